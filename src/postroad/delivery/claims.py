"""Claims against the carrier: made by the library that owns the thing, sent once a month (R12)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q

from postroad.accounts.models import User
from postroad.delivery import claim_rules, custody, rounds
from postroad.delivery.claim_rules import Kind, Sent, Step, Time, Window
from postroad.delivery.models import (
    SCANS,
    Claim,
    ClaimKind,
    ClaimLine,
    ClaimState,
    ClaimStep,
    Custody,
    How,
    Parcel,
    ParcelState,
    Purpose,
    Search,
    Via,
    seen_since,
)
from postroad.directory import thresholds
from postroad.directory.models import Library
from postroad.errors import Refusal


class NotYours(Refusal):
    """Only the library that owns a thing claims it."""

    code = "claim-not-yours"


class TooEarly(Refusal):
    code = "claim-too-early"


class TooLate(Refusal):
    code = "claim-too-late"


class OverTheCap(Refusal):
    code = "claim-over-the-cap"


class PaidTooMuch(Refusal):
    """More than was claimed."""

    code = "claim-paid-too-much"


class NotSent(Refusal):
    """Its sender has it: nothing is lost on the road."""

    code = "claim-not-sent"


class HasArrived(Refusal):
    """It is where it goes."""

    code = "claim-has-arrived"


class FoundAlready(Refusal):
    """Somebody who was asked to look for it has it, or the van or a hub has scanned it."""

    code = "claim-found"


class ByMail(Refusal):
    """The van never had it; a postal service has rules of its own."""

    code = "claim-by-mail"


class ClaimedAlready(Refusal):
    code = "claim-made-already"


class ClaimMoved(Refusal):
    """It stands elsewhere than the page has shown, or this is not in turn."""

    code = "claim-moved"


class SenderSilent(Refusal):
    """No scan shows that it left its sender, and nobody has asked the sender."""

    code = "claim-sender-silent"


class ToldAlready(Refusal):
    """The carrier was told that it is withdrawn."""

    code = "claim-withdrawal-told"


@dataclass(frozen=True, slots=True)
class Terms:
    """What holds for a parcel, by the day on which it was sent (R14)."""

    sent_on: date
    window: Window
    cap: int


def owner(parcel: Parcel) -> Library:
    """Whose the thing in a parcel is: what goes home is its receiver's."""
    if parcel.item_library is not None:
        return parcel.item_library
    return parcel.to_library if parcel.purpose == Purpose.RETURN else parcel.from_library


def terms(parcel: Parcel, kind: Kind) -> Terms:
    sent_on = parcel.from_library.day_of(parcel.made_at)
    whose = owner(parcel)
    first, last, cap = (
        thresholds.days(name, on=sent_on, library=whose)
        for name in ("claim-from", "claim-until", "claim-cap")
    )
    return Terms(sent_on, claim_rules.window(kind, sent_on, first, last), cap)


def was_sent(parcel: Parcel) -> Sent:
    lines = map(custody.entry_of, custody.chain(parcel))
    return claim_rules.was_sent(lines, parcel.from_library_id)


def turned_up(on: date) -> Q:
    """Parcels that somebody who was asked has found, or that were scanned on the road so lately
    that nobody would be asked yet."""
    again = timedelta(days=thresholds.days("look-again", on=on))
    found = Search.objects.stands().values("parcel")
    return Q(pk__in=found) | seen_since(rounds.start_of(on - again))


def check(parcel: Parcel, kind: Kind, library: Library, on: date) -> Terms:
    """What holds for a claim of this library on this day. Raises why there can be none."""
    if owner(parcel).pk != library.pk:
        raise NotYours(owner=owner(parcel).name)
    if parcel.via == Via.MAIL:
        raise ByMail
    if was_sent(parcel) is Sent.NO:
        raise NotSent(sender=parcel.from_library.name)
    if kind is Kind.LOST and parcel.state == ParcelState.ARRIVED:
        raise HasArrived(receiver=parcel.to_library.name)
    if kind is Kind.LOST and Parcel.objects.filter(turned_up(on), pk=parcel.pk).exists():
        raise FoundAlready
    found = terms(parcel, kind)
    match found.window.on(on):
        case Time.EARLY:
            raise TooEarly(day=found.window.first)
        case Time.LATE:
            raise TooLate(day=found.window.last)
    return found


@transaction.atomic
def make(
    parcel: Parcel,
    library: Library,
    *,
    kind: Kind,
    amount: Decimal,
    by: User | None,
    at: datetime,
) -> Claim:
    """The owner claims what it is worth, up to what the carrier pays."""
    today = library.day_of(at)
    holds = check(parcel, kind, library, today)
    if claim_rules.is_over(amount, Decimal(holds.cap)):
        raise OverTheCap(cap=holds.cap, day=holds.sent_on)
    made = Claim(
        parcel=parcel,
        library=library,
        kind=ClaimKind(kind.value),
        opened_on=today,
        opened_at=at,
        sent_on=holds.sent_on,
        earliest=holds.window.first,
        latest=holds.window.last,
        amount=amount,
        cap=holds.cap,
    )
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError as taken:
        raise ClaimedAlready from taken
    _write_down(made, ClaimStep.OPEN, "", by, at)
    return made


def complete(
    claim: Claim,
    *,
    evidence: str,
    initials: str,
    sender_said: str,
    by: User | None,
    at: datetime,
) -> Claim:
    """What the carrier asks for is written down: it goes with the next file."""
    if claim.is_late(claim.library.day_of(at)):
        raise TooLate(day=claim.latest)
    if not sender_said and was_sent(claim.parcel) is not Sent.SEEN:
        raise SenderSilent(sender=claim.parcel.from_library.name)
    return move(
        claim,
        Step.COMPLETE,
        by=by,
        at=at,
        change={
            "evidence": evidence,
            "initials": initials,
            "seen_on": claim.library.day_of(at),
            "sender_said": sender_said,
        },
    )


def pay(claim: Claim, *, amount: Decimal, by: User | None, at: datetime) -> Claim:
    """The carrier has paid, all of it or less."""
    if claim_rules.is_over(amount, claim.amount):
        raise PaidTooMuch(amount=claim.amount)
    return move(claim, Step.PAY, by=by, at=at, change={"paid": amount})


def refuse(claim: Claim, *, why: str, by: User | None, at: datetime) -> Claim:
    """The carrier does not pay, and says why."""
    return move(claim, Step.REFUSE, by=by, at=at, note=why)


def cancel(claim: Claim, *, why: str = "", by: User | None, at: datetime) -> Claim:
    """Its library does not claim it after all."""
    return move(claim, Step.CANCEL, by=by, at=at, note=why)


@transaction.atomic
def move(
    claim: Claim,
    step: Step,
    *,
    by: User | None,
    at: datetime,
    change: Mapping[str, Any] | None = None,
    note: str = "",
    search: Search | None = None,
) -> Claim:
    """One step of a claim. Raises ClaimMoved where it is not in turn any more."""
    row = Claim.objects.select_for_update().get(pk=claim.pk)
    before, after = row.stands, claim_rules.after(row.stands, step)
    if after is None:
        raise ClaimMoved
    row.state = ClaimState(after.value)
    for name, value in (change or {}).items():
        setattr(row, name, value)
    row.save(update_fields=["state", *(change or {})])
    _write_down(row, ClaimStep(step.value), before.value, by, at, note, search)
    return row


def last_step(claim: Claim) -> ClaimLine | None:
    """The step that stands: those that were taken back, and what took them back, do not count."""
    standing: list[ClaimLine] = []
    for line in claim.history.order_by("pk"):
        if line.step == ClaimStep.UNDO:
            standing.pop()
        else:
            standing.append(line)
    return standing[-1] if standing else None


def undoable(claim: Claim) -> ClaimLine | None:
    """The last step, if it can be taken back."""
    last = last_step(claim)
    steps = {step.value for step in claim_rules.UNDOABLE}
    return last if last is not None and last.step in steps and not claim.withdrawn_id else None


@transaction.atomic
def undo(claim: Claim, *, by: User | None, at: datetime) -> Claim:
    """The last step was a mistake. What the carrier was told cannot be taken back so."""
    row = Claim.objects.select_for_update().get(pk=claim.pk)
    if row.withdrawn_id:
        raise ToldAlready
    last = undoable(row)
    if last is None:
        raise ClaimMoved
    before = row.state
    row.state = ClaimState(last.before)
    if last.step == ClaimStep.PAY:
        row.paid = None
    try:
        with transaction.atomic():
            row.save(update_fields=["state", "paid"])
    except IntegrityError as taken:  # another was made for the same thing since
        raise ClaimedAlready from taken
    _write_down(row, ClaimStep.UNDO, before, by, at)
    return row


def _write_down(
    claim: Claim,
    step: ClaimStep,
    before: str,
    by: User | None,
    at: datetime,
    note: str = "",
    search: Search | None = None,
) -> None:
    ClaimLine.objects.create(
        claim=claim,
        step=step,
        before=before,
        after=claim.state,
        at=at,
        by=by,
        note=note,
        search=search,
    )


@transaction.atomic
def found(
    parcel: Parcel | int, *, by: User | None, at: datetime, search: Search | None = None
) -> int:
    """What was lost has turned up: nothing is claimed for it any more, sent or not."""
    lost = Claim.objects.live().filter(parcel=parcel, kind=ClaimKind.LOST)
    rows = list(lost.select_for_update())
    for claim in rows:
        move(claim, Step.FIND, by=by, at=at, search=search)
    return len(rows)


def undo_found(search: Search, *, by: User | None, at: datetime) -> None:
    """It was not found after all, so what was claimed is claimed again, unless the carrier was told
    otherwise: then that needs a new claim."""
    lines = ClaimLine.objects.filter(search=search, claim__withdrawn=None).select_related("claim")
    for line in lines:
        last = last_step(line.claim)
        if last is not None and last.pk == line.pk:
            undo(line.claim, by=by, at=at)


def follow(now: datetime) -> int:
    """What was claimed as lost and is where it goes, or back, or was scanned by the van or at a hub
    since, is claimed no more."""
    came = Q(parcel__state__in=(ParcelState.ARRIVED, ParcelState.CANCELLED))
    seen = Custody.objects.filter(
        parcel=OuterRef("parcel"),
        step__in=SCANS,
        how=How.SCANNED,
        at__gt=OuterRef("opened_at"),
        undone_by=None,
    )
    lost = Claim.objects.live().filter(came | Exists(seen), kind=ClaimKind.LOST)
    return sum(found(claim.parcel_id, by=None, at=now) for claim in list(lost))
