"""The verbs of an attempt: what its lender answers, and what silence means."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from typing import Any

from django.db import transaction

from postroad.catalogue import holdings
from postroad.catalogue.models import Item, ItemStatus
from postroad.directory import closures
from postroad.directory.models import Library
from postroad.directory.opening import Standing
from postroad.errors import Refusal
from postroad.ill import clocks
from postroad.ill.acts import Act
from postroad.ill.lifecycle import (
    WAITING,
    Condition,
    Ending,
    Later,
    OutOfTurn,
    Reason,
    SupplyState,
    Verb,
)
from postroad.ill.models import Supply


class Elsewhere(Refusal):
    """Another library has promised the request meanwhile, or one outside was asked."""

    code = "promised-elsewhere"


class AskedForCopy(Refusal):
    """Some pages of it are wanted, not the thing itself."""

    code = "asked-for-copy"


class AskedForLoan(Refusal):
    """The thing itself is wanted, not a copy of a part."""

    code = "asked-for-loan"


MISSING_NOW = frozenset({Reason.NOT_ON_SHELF, Reason.MISSING})
FURTHEST = timedelta(days=365)  # how far away the day of a "later" may lie


class OfferChanged(Refusal):
    """The conditions are others by now than those that somebody says yes or no to."""

    code = "offer-changed"


class NotLater(Refusal):
    """The day from which a lender says that it can send it has come already."""

    code = "retry-not-later"


class TooLateToWait(Refusal):
    """Nobody waits for so long."""

    code = "retry-too-late"


class ClosedThen(Refusal):
    """It is none of the days on which this lender lends."""

    code = "retry-closed"


@transaction.atomic
def promise(supply: Supply, act: Act) -> None:
    """The lender says yes, without conditions; what follows is the walk to the shelf."""
    check(supply, Verb.PROMISE)
    freed = FREE.columns if supply.state == SupplyState.OFFERED else {}
    if supply.level and supply.state == SupplyState.ASKED:  # a yes gives a copy no more time
        freed = {"due_at": supply.due_at}
    supply.request.move(
        Verb.PROMISE,
        act,
        supply=supply,
        supply_change={**freed, "answered_at": act.at},
        said={"lender": supply.lender_name},
    )


@transaction.atomic
def refuse(
    supply: Supply, act: Act, *, reason: Reason, note: str = "", item: Item | None = None
) -> None:
    """The lender says no, with a reason from the list; the next lender is asked.

    An `item` that was looked for and not found is marked missing, so that nobody else is sent to
    the same empty place.
    """
    check(supply, Verb.REFUSE)
    missed = item is not None and reason in MISSING_NOW and item.status == ItemStatus.IN
    if item is not None and missed:
        holdings.mark_missing(item)
    supply.request.move(
        Verb.REFUSE,
        act,
        supply=supply,
        supply_change={
            "answered_at": act.at,
            "ending": Ending.REFUSED,
            "reason": reason,
            "reason_note": note,
        },
        said={"lender": supply.lender_name, "reason": reason, **_missed(item if missed else None)},
        note=note,
    )


@dataclass(frozen=True, slots=True)
class Offer:
    """On what a lender sends it."""

    conditions: Sequence[Condition]
    note: str = ""
    cost: Decimal | None = None  # in dollars

    @property
    def facts(self) -> dict[str, Any]:
        cost = {} if self.cost is None else {"cost": f"{self.cost:.2f} USD"}
        return {"conditions": list(self.conditions), **cost}

    @property
    def columns(self) -> dict[str, Any]:
        conditions = [str(each) for each in self.conditions]
        return {"conditions": conditions, "offer_note": self.note, "cost": self.cost}

    @property
    def mark(self) -> str:
        """What tells these conditions from others: whoever answers says which they have read."""
        cost = "" if self.cost is None else f"{self.cost:.2f}"
        read = "\n".join([*sorted(self.conditions), cost, self.note])
        return sha256(read.encode()).hexdigest()[:16]


FREE = Offer(())


@transaction.atomic
def offer(supply: Supply, act: Act, offered: Offer) -> None:
    """The lender says yes on conditions, which wait for the borrower's word; or changes them."""
    check(supply, Verb.OFFER)
    verb = Verb.CHANGE_OFFER if supply.state == SupplyState.OFFERED else Verb.OFFER
    supply.request.move(
        verb,
        act,
        supply=supply,
        supply_change={**offered.columns, "answered_at": act.at},
        said={"lender": supply.lender_name, **offered.facts},
        note=offered.note,
    )


def offered(supply: Supply) -> Offer:
    """The conditions that stand on an attempt."""
    conditions = [Condition(each) for each in supply.conditions]
    return Offer(conditions, supply.offer_note, supply.cost)


@transaction.atomic
def accept_offer(supply: Supply, act: Act, *, read: str | None = None) -> None:
    """The borrower takes it on these conditions; the lender ships.

    `read` is the mark of the conditions that somebody has read. Raises OfferChanged.
    """
    check_offer(supply, read)
    supply.request.move(Verb.ACCEPT_OFFER, act, supply=supply, said={"lender": supply.lender_name})


@transaction.atomic
def decline_offer(supply: Supply, act: Act, *, read: str | None = None, note: str = "") -> None:
    """The borrower cannot take it on these conditions, or was silent; the next lender is asked."""
    check_offer(supply, read)
    supply.request.move(
        Verb.DECLINE_OFFER,
        act,
        supply=supply,
        supply_change={"ending": Ending.CONDITIONS_DECLINED},
        said={"lender": supply.lender_name},
        note=note,
    )


def check_offer(supply: Supply, read: str | None) -> None:
    """Raises OfferChanged where other conditions were read than stand."""
    if read is not None and supply.state == SupplyState.OFFERED and read != offered(supply).mark:
        raise OfferChanged(ref=supply.request.ref, lender=supply.lender_name)


@transaction.atomic
def retry(supply: Supply, act: Act, *, reason: Later, on: date, note: str = "") -> None:
    """The lender can send it later: others are asked meanwhile, and it is again from then on.

    Raises NotLater, TooLateToWait or ClosedThen of a day that is none.
    """
    check(supply, Verb.RETRY)
    check_day(supply.lender, on, act.at)
    supply.request.move(
        Verb.RETRY,
        act,
        supply=supply,
        supply_change={
            "answered_at": act.at,
            "ending": Ending.LATER,
            "reason": reason,
            "reason_note": note,
            "retry_on": on,
        },
        said={"lender": supply.lender_name, "reason": reason, "on": on.isoformat()},
        note=note,
    )


def check_day(lender: Library, on: date, at: datetime) -> None:
    """Refuse a day from which a lender cannot send it: one that has come, one that is more than a
    year away, one on which it does not lend. Where nobody knows its days, its own word counts."""
    days, today = clocks.at_work(lender, at, closures.LENDING), lender.day_of(at)
    if on <= today:
        raise NotLater(on=on)
    if on > today + FURTHEST:
        raise TooLateToWait(on=on)
    if days.standing(on) == Standing.CLOSED:
        raise ClosedThen(on=on, library=lender.name, next=days.next_open(on) or on)


def _missed(item: Item | None) -> dict[str, int]:
    """The copy that was marked missing, for whoever takes that back."""
    return {"missed": item.pk} if item is not None else {}


@transaction.atomic
def not_on_shelf(supply: Supply, act: Act, *, item: Item | None) -> Item | None:
    """The copy was looked for in vain: the next copy of this library, or else the next library.

    It is marked missing, so that nobody is sent there again. Returns the copy to look for now, or
    None if this was a no.
    """
    check(supply, Verb.REFUSE)
    other = another_copy(supply, item) if item is not None else None
    if item is None or other is None:
        refuse(supply, act, reason=Reason.NOT_ON_SHELF, item=item)
        return None
    missed = item.status == ItemStatus.IN
    if missed:
        holdings.mark_missing(item)
    supply.request.move(
        Verb.NOT_FOUND,
        act,
        supply=supply,
        supply_change={"item": other},
        said={"lender": supply.lender_name, **_missed(item if missed else None)},
    )
    return other


def another_copy(supply: Supply, item: Item) -> Item | None:
    """Another copy of the lender that is in and would do as well: of the same volume."""
    same = Item.objects.filter(
        library=item.library_id, record=item.record_id, volume=item.volume, status=ItemStatus.IN
    )
    return same.exclude(pk=item.pk).order_by("shelf_key", "pk").first()


@transaction.atomic
def found(missed: int | None) -> Item | None:
    """A copy that was said to be missing is on its shelf; None if it has moved on since."""
    item = Item.objects.filter(pk=missed, status=ItemStatus.MISSING).first() if missed else None
    if item is not None:
        holdings.mark_found(item)
    return item


@transaction.atomic
def refind(supply: Supply, act: Act, *, missed: int | None) -> None:
    """The copy that was looked for in vain is the one to fetch after all."""
    item = found(missed) or supply.item
    supply.request.move(
        Verb.FIND,
        act,
        supply=supply,
        supply_change={"item": item},
        said={"lender": supply.lender_name},
    )


@transaction.atomic
def more_to_send(supply: Supply, act: Act, *, more: int) -> None:
    """The lender says how many things will follow what is out; none, if that is all."""
    supply.request.move(
        Verb.MORE_TO_SEND,
        act,
        supply=supply,
        supply_change={"to_send": more},
        said={"lender": supply.lender_name, "more": more},
    )


@transaction.atomic
def withdraw(supply: Supply, act: Act) -> None:
    """The lender need not look for it any more: another has it in hand."""
    supply.request.move(
        Verb.WITHDRAW,
        act,
        supply=supply,
        supply_change={"ending": Ending.WITHDRAWN},
        said={"lender": supply.lender_name},
    )


@transaction.atomic
def lapse(supply: Supply, act: Act, *, ending: Ending = Ending.LAPSED) -> None:
    """The lender was silent past its own limit, or has closed; the next lender is asked."""
    supply.request.move(
        Verb.LAPSE,
        act,
        supply=supply,
        supply_change={"ending": ending},
        said={"lender": supply.lender_name, "ending": ending},
    )


def check(supply: Supply, verb: Verb) -> None:
    """Refuse a verb that is out of turn before anything else is tried, for the clearer words."""
    if supply.state not in WAITING:
        raise out_of_turn(supply, verb)


def out_of_turn(supply: Supply, verb: Verb) -> OutOfTurn:
    """Where it stands, in the word of its things once they are out."""
    loan = supply.request.loan
    if loan is not None and loan.supply_id == supply.pk and supply.state not in WAITING:
        return OutOfTurn(state=loan.state, verb=verb, part="loan", ref=supply.request.ref)
    return OutOfTurn(state=supply.state, verb=verb, part="supply", ref=supply.request.ref)
