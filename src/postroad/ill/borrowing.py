"""The verbs of the borrowing side: the patron, her library's staff, and what time does for them."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from uuid import UUID, uuid5

from django.db import IntegrityError, transaction
from django.utils import timezone

from postroad.accounts.models import Card, User
from postroad.catalogue.models import Format, Item, ItemStatus, Record
from postroad.delivery import parcels
from postroad.delivery.parcels import carrier_of
from postroad.directory import thresholds
from postroad.directory.models import Library
from postroad.errors import Refusal
from postroad.ill import clocks, dates, lending, lifecycle, referral, renewals, returns
from postroad.ill.lifecycle import Ending, Outcome, Owner, State
from postroad.ill.models import Event, MovedMeanwhile, Request, Supply

# What is asked for as a copy or opened on a screen: no library puts it into a parcel.
NOT_LENT = frozenset({Format.SERIAL.value, Format.ERESOURCE.value})


class CannotAsk(Refusal):
    """Asking was refused; nothing was written."""


class NoCard(CannotAsk):
    """Only somebody with a library card can ask."""

    code = "no-card"


class NeedByPassed(CannotAsk):
    """The need-by day lies in the past."""

    code = "need-by-passed"


class NeedByTooSoon(CannotAsk):
    """No member library could bring it by the need-by day."""

    code = "need-by-too-soon"


class NeedByFarAway(NeedByTooSoon):
    """No member library could bring it at all now, and what comes by mail takes longer."""

    code = "need-by-far-away"


class PickUpIsLender(CannotAsk):
    """The library that was asked to send it cannot be the one where it is fetched."""

    code = "pick-up-is-lender"


class AlreadyAsked(CannotAsk):
    """The same patron has an open request for the same title."""

    code = "already-asked"


class NotLent(CannotAsk):
    """No library lends a thing of this format: it is read where it is, or on a screen."""

    code = "not-lent"


class OnYourShelf(CannotAsk):
    """A copy is in at the patron's own library or where she would fetch it."""

    code = "on-your-shelf"


def ask(
    record: Record,
    *,
    patron: User,
    library: Library,
    by: User | None,
    at: datetime | None = None,
    need_by: date | None = None,
    note: str = "",
    insists: bool = False,
    key: UUID | None = None,
) -> Request:
    """A patron asks for a title, to be fetched at `library`, which then answers for the loan.

    `key` names the form that was sent: a second press gives the first request again. What is on
    her own shelf, or asked for already, is refused unless she `insists`; then staff will look. So
    is a need-by day that nobody can keep.
    """
    at = at or timezone.now()
    key = uuid5(key, str(patron.pk)) if key else None  # hers: no other's form is hit by a guess
    if first := _first_press(key):
        return first
    _may_ask(record, patron, library, at, need_by, insists)
    try:
        with transaction.atomic():
            return _write(record, patron, library, by, at, need_by, note, insists, key)
    except IntegrityError:
        if first := _first_press(key):
            return first
        raise


def _first_press(key: UUID | None) -> Request | None:
    return Request.objects.filter(key=key).first() if key else None


def _may_ask(
    record: Record,
    patron: User,
    library: Library,
    at: datetime,
    need_by: date | None,
    insists: bool,
) -> None:
    homes = Card.objects.filter(user=patron).values_list("library", flat=True)
    if not homes:
        raise NoCard
    if record.format in NOT_LENT:
        raise NotLent(format=record.format)
    if need_by is not None and need_by < library.day_of(at):
        raise NeedByPassed(need_by=need_by)
    if insists:
        return
    if asked := already_asked(record, patron):
        raise AlreadyAsked(ref=asked.ref)
    if copy := own_copy(record.pk, {*homes, library.pk}):
        raise OnYourShelf(
            library=copy.library.name, call_number=copy.call_number, location=copy.location
        )
    if need_by is not None:
        _can_be_kept(need_by, record, library, at)


def _can_be_kept(
    need_by: date, record: Record | None, library: Library, at: datetime, ill: Request | None = None
) -> None:
    """Refuse a need-by day before the first on which it could be there, and say which that is."""
    soonest, today = referral.soonest(record, library, at, ill), library.day_of(at)
    if soonest is not None and need_by < soonest:
        raise NeedByTooSoon(need_by=need_by, first_day=soonest)
    by_mail = timedelta(days=thresholds.days("mail-late", on=today, library=library))
    if soonest is None and need_by < today + by_mail:
        raise NeedByFarAway(need_by=need_by, first_day=today + by_mail)


@transaction.atomic
def amend(
    ill: Request,
    *,
    need_by: date | None,
    library: Library,
    note: str,
    by: User | None,
    at: datetime | None = None,
    insists: bool = False,
) -> Event | None:
    """Change until when it is needed, where it is fetched, or the note: as long as nothing was
    shipped. Nothing is written where nothing changes; a day that nobody can keep is refused, unless
    somebody `insists`."""
    at = at or timezone.now()
    lifecycle.step(State(ill.state), "amend", ref=ill.ref)
    if _stands_so(ill, need_by, library, note):
        return None
    moved, later = library.pk != ill.library_id, need_by != ill.need_by
    held = ill.current if ill.state == State.REFERRED else None
    if moved and held is not None and held.lender_id == library.pk:
        raise PickUpIsLender(library=library.name)
    if need_by is not None and (moved or later):
        if need_by < library.day_of(at):
            raise NeedByPassed(need_by=need_by)
        if not insists:
            _can_be_kept(need_by, ill.record, library, at, ill if held is None else None)
    facts: dict[str, str | None] = {}
    if later:
        facts["need_by"] = need_by.isoformat() if need_by else None
    if moved:
        facts["library"] = library.name
    change: dict[str, object] = {"need_by": need_by, "library": library, "note": note}
    if not moved:
        change["due_at"] = ill.due_at  # whose turn it is has no more time for it
    asked = role(ill, by)
    event = ill.move("amend", by=by, at=at, change=change, facts=facts, role=asked)
    if moved and held is not None:
        _expect_at(library, held, ill, at)
    return event


def _stands_so(ill: Request, need_by: date | None, library: Library, note: str) -> bool:
    """Whether it is so already: nothing is new, or another hand made the same change just before.

    Raises MovedMeanwhile if somebody made another one.
    """
    row = Request.objects.select_for_update(no_key=True).filter(pk=ill.pk)
    stands = row.values_list("need_by", "library", "note").get()
    if stands == (need_by, library.pk, note):
        return True
    if stands != (ill.need_by, ill.library_id, ill.note):
        raise MovedMeanwhile(ref=ill.ref, verb="amend")
    return False


def _expect_at(library: Library, supply: Supply, ill: Request, at: datetime) -> None:
    """Say anew when the van could bring it, to another library than it was chosen for."""
    found = referral.prospects(ill.record, library, at)
    lender = supply.lender.code if supply.lender else ""
    supply.expected_on = next((each.arrives for each in found if each.code == lender), None)
    supply.save(update_fields=["expected_on"])


def already_asked(record: Record, patron: User) -> Request | None:
    """The patron's request for this title that she waits for or has at home, if any."""
    return Request.objects.outstanding().of(patron).filter(record=record).first()


def own_copy(record: int, libraries: Collection[int]) -> Item | None:
    """A copy that is in at one of these libraries, if any; by their keys."""
    return Item.objects.filter(record=record, library__in=libraries, status=ItemStatus.IN).first()


def _write(
    record: Record,
    patron: User,
    library: Library,
    by: User | None,
    at: datetime,
    need_by: date | None,
    note: str,
    insists: bool,
    key: UUID | None,
) -> Request:
    ill = Request(
        patron=patron,
        library=library,
        record=record,
        title=record.title,
        author=record.author,
        year=record.year,
        format=record.format,
        need_by=need_by,
        note=note,
        insists=insists,
        key=key,
        asked_at=at,
        owner=Owner.MACHINE,
    )
    running = clocks.of_request(State.ASKED, at, borrower=library)
    ill.due_at, ill.owner = running.due_at, Owner(running.owner)
    ill.save()
    ill.events.create(
        verb="ask", after=State.ASKED, by=by, role=role(ill, by), at=at, due_at=at, facts={}
    )
    return ill


def role(ill: Request, by: User | None) -> str:
    """What the actor is here: kept on the event when the name has gone."""
    if by is None:
        return Owner.MACHINE
    return Owner.PATRON if by.pk == ill.patron_id else Owner.BORROWING


@transaction.atomic
def review(
    ill: Request, *, concerns: list[str], by: User | None, at: datetime | None = None
) -> None:
    """Intake leaves the request to the library's staff, with the reasons."""
    ill.move(
        "review",
        by=by,
        at=at or timezone.now(),
        change={"concerns": concerns},
        facts={"concerns": concerns},
    )


@transaction.atomic
def approve(ill: Request, *, by: User | None, at: datetime | None = None, note: str = "") -> None:
    """The request may be referred; staff who overrule a concern stand in the history."""
    ill.move("approve", by=by, at=at or timezone.now(), note=note, role=role(ill, by))


@transaction.atomic
def receive(
    ill: Request, *, by: User | None, at: datetime | None = None, unscanned: bool = False
) -> None:
    """The item is on the hold shelf. Its due day is a proposal: it counts from when it is lent."""
    at = at or timezone.now()
    supply = _current(ill, "receive")
    due_back = dates.loan_end(ill.library, supply, at)
    ill.move(
        "receive",
        by=by,
        at=at,
        supply=supply,
        change={"due_back": due_back},
        facts={
            "due_back": due_back.isoformat(),
            "from": supply.lender_name,
            **({"unscanned": True} if unscanned else {}),
        },
        role=Owner.BORROWING,
    )
    if supply.parcel_out is not None:
        parcels.receive(supply.parcel_out, library=ill.library, by=by, at=at)


@transaction.atomic
def receive_unscanned(
    supply: Supply, *, item: Item, by: User | None, at: datetime | None = None
) -> Request:
    """The item is here, though its lender forgot to scan it, or had let the request go.

    The lender's supply is marked shipped by the borrower; an attempt that has ended is followed by
    a new one, and whoever was asked meanwhile need not look for it any more.
    """
    at = at or timezone.now()
    if not supply.is_open:
        supply = referral.resume(supply, by=by, at=at, role=Owner.BORROWING, why="here")
    ill = supply.request
    ill.current = supply
    lending.left_unscanned(supply, item=item, by=by, at=at)
    receive(ill, by=by, at=at, unscanned=True)
    return ill


@transaction.atomic
def unreceive(ill: Request, *, by: User | None, at: datetime | None = None) -> None:
    """The receipt was a mistake: the item is still on its way."""
    at = at or timezone.now()
    supply = _current(ill, "unreceive")
    ill.move("unreceive", by=by, at=at, supply=supply, change={"due_back": None}, role="borrowing")
    if supply.parcel_out is not None:
        parcels.unreceive(supply.parcel_out, by=by, at=at)


@transaction.atomic
def lend(ill: Request, *, by: User | None, at: datetime | None = None) -> None:
    """The patron takes the item with her: the days that its lender grants count from now.

    Neither the road nor the hold shelf takes a day of the loan. Both sides read the due day.
    """
    at = at or timezone.now()
    supply = _current(ill, "lend")
    due_back = dates.loan_end(ill.library, supply, at)
    proposed = ill.due_back or due_back
    ill.move(
        "lend",
        by=by,
        at=at,
        supply=supply,
        change={"lent_at": at, "due_back": due_back},
        facts={"due_back": due_back.isoformat(), "proposed": proposed.isoformat()},
        role=Owner.BORROWING,
    )


@transaction.atomic
def unlend(ill: Request, *, by: User | None, at: datetime | None = None) -> None:
    """The loan was a mistake: the item is on the hold shelf."""
    at = at or timezone.now()
    lent = ill.events.filter(verb="lend").order_by("-pk").first()
    proposed = lent.facts.get("proposed") if lent else None
    due_back = date.fromisoformat(proposed) if proposed else ill.due_back
    ill.move(
        "unlend",
        by=by,
        at=at,
        supply=_current(ill, "unlend"),
        change={"lent_at": None, "due_back": due_back},
        role=Owner.BORROWING,
    )


@transaction.atomic
def renew(ill: Request, *, by: User | None, at: datetime | None = None) -> Event:
    """Ask the lender's policy for more days; the answer, yes or no, is the event returned.

    A blocked card does not renew. Her library's staff may do it for her all the same, which stands
    in the history; the lender, which is not told of cards, hears of neither.
    """
    at = at or timezone.now()
    supply = _current(ill, "renew")
    blocked = renewals.blocked(ill)
    herself = blocked if role(ill, by) == Owner.PATRON else ""
    if why := renewals.why_not(ill, supply, at, renewals.held_for_others([ill]), herself):
        if (said := _said_today(ill, why, by, at)) is not None:
            return said
        return ill.move(
            "refuse_renewal",
            by=by,
            at=at,
            supply=supply if why != renewals.BLOCKED else None,
            facts={"why": why},
            role=role(ill, by),
        )
    assert ill.due_back is not None  # a lent request has one; why_not looked
    day = ill.due_back + timedelta(days=supply.renewal_days)
    due_back = dates.open_from(clocks.at_work(ill.library, at), day)
    return ill.move(
        "renew",
        by=by,
        at=at,
        supply=supply,
        change={"due_back": due_back, "renewals": ill.renewals + 1},
        facts={"due_back": due_back.isoformat()} | ({"blocked": True} if blocked else {}),
        role=role(ill, by),
    )


def _said_today(ill: Request, why: str, by: User | None, at: datetime) -> Event | None:
    """The same no to the same person, if nothing has happened since: two presses are one."""
    last = ill.events.order_by("pk").last()
    if last is None or last.verb != "refuse_renewal" or last.by_id != (by.pk if by else None):
        return None
    same_day = ill.library.day_of(last.at) == ill.library.day_of(at)
    return last if same_day and last.facts.get("why") == why else None


@transaction.atomic
def take_back(ill: Request, *, by: User | None, at: datetime | None = None) -> None:
    """The patron has brought the item back."""
    ill.move("take_back", by=by, at=at or timezone.now(), role=Owner.BORROWING)


@transaction.atomic
def untake_back(ill: Request, *, by: User | None, at: datetime | None = None) -> None:
    """It was not brought back: the patron still has it."""
    ill.move("untake_back", by=by, at=at or timezone.now(), role=Owner.BORROWING)


@transaction.atomic
def send_home(
    ill: Request, *, by: User | None, at: datetime | None = None, tracking_number: str = ""
) -> None:
    """The item goes back to its library, lent or unclaimed, in a parcel of its own (R4 to R7).

    What goes by mail goes without a number too; then its page says so until there is one (R5).
    """
    at = at or timezone.now()
    supply = _current(ill, "send_home")
    number = returns.checked(tracking_number, sure=True)
    parcel = returns.parcel_home(ill, supply, by=by, at=at, tracking_number=number)
    facts = {"to": supply.lender_name}
    if parcel is not None and parcel.expected_on is not None:
        facts["expected_on"] = parcel.expected_on.isoformat()
    ill.move(
        "send_home",
        by=by,
        at=at,
        supply=supply,
        supply_change={
            "parcel_home": parcel,
            "return_carrier": "" if parcel else carrier_of(number),
            "return_tracking_number": "" if parcel else number,
        },
        facts=facts,
        role=Owner.BORROWING,
    )


@transaction.atomic
def unsend(ill: Request, *, by: User | None, at: datetime | None = None) -> None:
    """It has not left after all, and lies where it lay before. Refused once the driver has it."""
    at = at or timezone.now()
    supply = _current(ill, "unsend")
    parcel = supply.parcel_home
    ill.move(
        "unsend" if ill.lent_at else "reshelve",
        by=by,
        at=at,
        supply=supply,
        supply_change={"parcel_home": None, "return_carrier": "", "return_tracking_number": ""},
        role=Owner.BORROWING,
    )
    if parcel is not None:
        parcels.cancel(parcel, by=by, at=at)


@transaction.atomic
def cancel(ill: Request, *, by: User | None, at: datetime | None = None, note: str = "") -> None:
    """The patron, or her library for her, no longer wants it. Too late once it was shipped."""
    _end(ill, "cancel", Outcome.CANCELLED, by=by, at=at or timezone.now(), note=note)


@transaction.atomic
def decline(ill: Request, *, reason: str, by: User | None, at: datetime | None = None) -> None:
    """Her library closes the request, with a reason that the patron can read."""
    ill.move(
        "decline",
        by=by,
        at=at or timezone.now(),
        change={"outcome": Outcome.UNFILLED, "reason": reason},
        facts={"reason": reason},
        role=Owner.CENTRE if ill.state == State.CENTRE else Owner.BORROWING,
    )


@transaction.atomic
def expire(ill: Request, *, at: datetime) -> None:
    """The need-by day has passed and nothing was shipped."""
    _end(ill, "expire", Outcome.EXPIRED, by=None, at=at)


def _end(
    ill: Request, verb: str, outcome: Outcome, *, by: User | None, at: datetime, note: str = ""
) -> None:
    held = ill.current if ill.state == State.REFERRED else None
    ill.move(
        verb,
        by=by,
        at=at,
        supply=held,
        change={"outcome": outcome},
        supply_change={"ending": Ending.WITHDRAWN},
        note=note,
        role=role(ill, by),
    )


def _current(ill: Request, verb: str) -> Supply:
    """The supply that the request lives by; a request without one is out of turn here."""
    if ill.current is None:
        raise lifecycle.OutOfTurn(state=ill.state, verb=verb, side="borrowing")
    return ill.current
