"""From approved to a lender: `prospects` gathers the facts, `rota` ranks, the first is asked."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction

from postroad.catalogue import holdings
from postroad.catalogue.models import Item, ItemStatus, Record
from postroad.composed import Composed
from postroad.directory.models import Library
from postroad.ill import identity, lending, mending, prospects, rota, volumes
from postroad.ill.acts import Act, house
from postroad.ill.lifecycle import Ending, OutOfTurn, Owner, State, Verb
from postroad.ill.lifecycle.questions import QuestionKind
from postroad.ill.models import Event, Request, Supply
from postroad.ill.models.question import hold_of

AWAITS_LENDER = frozenset(
    {
        *(Verb.APPROVE, Verb.REFUSE, Verb.RETRY, Verb.LAPSE),
        *(Verb.DECLINE_OFFER, Verb.REFER_AGAIN, Verb.CHANGE_SERVICE),
    }
)
RELEASES = frozenset({Verb.ANSWER, Verb.WITHDRAW_QUESTION})  # where it was held

WITH_POLICY = Composed(lambda: Library.objects.select_related("policy"), by="code")


def refer(event: Event, now: datetime) -> None:
    """Listener: ask the next lender of an approved request, or pass it to the ILL centre. One that
    is held waits; once that is over, this hears of it."""
    released = event.verb in RELEASES and event.facts.get("kind") == QuestionKind.HOLD
    if event.verb in AWAITS_LENDER or released:
        refer_by_rota(event.request, now)
    elif event.verb == Verb.AMEND:
        look_again(event.request, now)


def soonest(
    record: Record | None, borrower: Library, now: datetime, ill: Request | None = None
) -> date | None:
    """The first day on which some member could bring it, whenever needed; None if none can."""
    able = rota.rank(prospects.gather(record, borrower, now, ill=ill))
    days = (lender.arrives or lender.mailed_by for lender in able)
    return min((day for day in days if day is not None), default=None)


def look_again(ill: Request, now: datetime) -> None:
    """What went to the centre goes round the members again, if one can bring it now: she has said
    that she needs it later, or fetches it elsewhere. Who said no is not asked twice. And what waits
    for a day that has become too late does not wait for it."""
    waits = ill.state == State.WAITING
    in_vain = waits and not _worth_waiting(ill)
    if in_vain or ((waits or ill.state == State.CENTRE) and rota.rank(_lenders(ill, now))):
        with transaction.atomic():
            ill.move(Verb.REFER_AGAIN, house(now))


def _worth_waiting(ill: Request) -> bool:
    """Whether the day for which it waits comes before that on which it is needed."""
    return ill.need_by is None or ill.retry_on is None or ill.retry_on < ill.need_by


def _lenders(ill: Request, now: datetime) -> list[rota.Lender]:
    if ill.is_copy:
        return prospects.gather_for_copy(ill, now)
    return prospects.gather(ill.record, ill.library, now, need_by=ill.need_by, ill=ill)


def refer_by_rota(ill: Request, now: datetime) -> None:
    """The same for one request; does nothing if it no longer waits for a lender, or is held."""
    if ill.state != State.APPROVED or hold_of(ill) is not None:
        return
    lenders = _lenders(ill, now)
    order = rota.rank(lenders)
    kept = explain(lenders, order)
    with transaction.atomic():
        if not order:
            _nobody(ill, kept, now)
            return
        first = order[0]
        (lender,) = WITH_POLICY.find([first.code])
        attempt(
            ill,
            Verb.REFER,
            Supply(
                lender=lender,
                item=_likeliest(ill, lender),
                expected_on=first.arrives,
                level=prospects.level(ill, first.tier) if ill.is_copy else "",
            ),
            house(now),
            said={
                "lender": lender.name,
                "town": lender.town,
                "expected_on": first.arrives.isoformat() if first.arrives else None,
                "rota": kept,
            },
        )


def _likeliest(ill: Request, lender: Library) -> Item | None:
    """The copy that it would fetch first; of several volumes, one of that which is wanted."""
    if not ill.volume:
        return holdings.likeliest(ill.record_id, lender.pk)
    there = Item.objects.filter(record=ill.record_id, library=lender, status=ItemStatus.IN)
    return volumes.first_that_fits(there.order_by("shelf_key", "pk"), ill.volume)


def _nobody(ill: Request, kept: Mapping[str, Any], now: datetime) -> None:
    """No member can be asked now: it waits for the first that said when it can, or goes to the
    ILL center."""
    today = ill.library.day_of(now)
    later = ill.supplies.filter(ending=Ending.LATER, retry_on__gt=today)
    if ill.need_by is not None:
        later = later.filter(retry_on__lt=ill.need_by)  # nothing is here on the day it leaves
    first = later.select_related("lender").order_by("retry_on", "attempt").first()
    if first is None or first.retry_on is None:
        ill.move(Verb.ESCALATE, house(now), said={"rota": kept})
    else:  # it lives by that attempt meanwhile
        change = {"retry_on": first.retry_on, "current": first}
        said = {"until": first.retry_on.isoformat(), "rota": kept}
        ill.move(Verb.WAIT, house(now), change=change, said=said)


def check_waiting(ill: Request) -> None:
    """Refuse to ask the center for what waits for no day, in words of where it stands."""
    if ill.state != State.WAITING:
        raise OutOfTurn(state=ill.state, verb=Verb.ESCALATE, part="wish", ref=ill.ref)


@transaction.atomic
def ask_centre(ill: Request, act: Act) -> None:
    """Her library does not wait for a member's day: the ILL center looks for it now."""
    check_waiting(ill)
    kept = explain(_lenders(ill, act.at), ())
    ill.move(Verb.ESCALATE, act.as_role(Owner.BORROWING), said={"rota": kept})


def attempt(
    ill: Request, verb: Verb, supply: Supply, act: Act, *, said: Mapping[str, Any]
) -> Supply:
    """Write the next supply of a request and move the request to it. In a transaction.

    Raises MovedMeanwhile if another process did so just before.
    """
    supply.request, supply.attempt, supply.asked_at = ill, ill.attempts + 1, act.at
    ill.move(verb, act, supply=supply, change={"attempts": supply.attempt}, said=said)
    return supply


@transaction.atomic
def resume(ended: Supply, act: Act, *, why: str, taken: bool = True) -> Supply:
    """A lender that had let the request go has the item after all: a new attempt follows the old.

    Whoever was asked meanwhile is told to look no more. With `taken` it is in hand at the borrower,
    so a promise of another gives way too; otherwise it stays, as does what was asked for outside.
    """
    ill = Request.objects.select_related("library", "current__lender").get(pk=ended.request_id)
    held = ill.supply
    if ill.state == State.REFERRED and held is not None:
        if held.is_outside or not (taken or identity.still_to_be_had(ill)):
            raise lending.Elsewhere(ref=ill.ref, title=ill.title[:80], lender=held.lender_name)
        lending.withdraw(held, act)
    follows = Supply(lender=ended.lender, item=ended.item, follows=ended, level=ended.level)
    said = {"lender": ended.lender_name, "why": why}
    if ended.reason in mending.DOUBTFUL and ill.record_id is not None:
        mending.trust(ended.lender_id, ill.record_id, act.at)
    return attempt(ill, Verb.RESUME, follows, act, said=said)


def explain(lenders: Collection[rota.Lender], order: Sequence[rota.Lender]) -> dict[str, Any]:
    """The choice as its event keeps it: the order, each "why not", and the facts.

    Of two hundred owners the facts alone would be 33 kB a referral: the first `TOLD` keep theirs,
    and of all others the code says enough. {"order": [facts], "then": [codes],
    "passed_over": {why not: [codes]}, "steps": [the borrower's order]}
    """
    over: dict[str, list[str]] = {}
    steps = next((lender.order for lender in lenders), ())
    for lender, reason in rota.passed_over(lenders):
        over.setdefault(str(reason), []).append(lender.code)
    return {
        "order": [_plain(lender) for lender in order[:TOLD]],
        "then": [lender.code for lender in order[TOLD:]],
        "passed_over": over,
        "steps": [str(step) for step in steps],
    }


TOLD = 20
KEPT = ("code", "on_shelf", "arrives", "lent", "borrowed", "in_hand", "miles")
ODD = ("doubted", "can_by_now", "same_network")  # kept only where it is so


def _plain(lender: rota.Lender) -> dict[str, Any]:
    facts = {name: getattr(lender, name) for name in KEPT}
    odd: dict[str, object] = {name: True for name in ODD if getattr(lender, name)}
    if lender.tier:
        odd["tier"] = lender.tier.name.lower()
    return {**facts, "arrives": lender.arrives.isoformat() if lender.arrives else None, **odd}
