"""The verbs of the lending side: yes, no, shipped, home again."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from postroad.accounts.models import User
from postroad.catalogue import holdings
from postroad.catalogue.models import Item, ItemStatus
from postroad.delivery import finding, parcels
from postroad.delivery.models import How, Parcel, Purpose
from postroad.errors import Refusal
from postroad.ill import tally
from postroad.ill.lifecycle import Ending, Outcome, OutOfTurn, Owner, Proof, Reason, SupplyState
from postroad.ill.models import Event, Supply

MISSING_NOW = frozenset({Reason.NOT_ON_SHELF, Reason.MISSING})
OUT = frozenset({SupplyState.SHIPPED, SupplyState.RECEIVED, SupplyState.HOMEWARD})


class WrongItem(Refusal):
    """The item in hand is another title than the one asked for."""

    code = "wrong-item"


class ForeignItem(Refusal):
    """The item in hand belongs to another library than the one that was asked."""

    code = "foreign-item"


class ItemOut(Refusal):
    """The copy is away on another loan of ours, which has to be ended first."""

    code = "item-out"


class WhichVolume(Refusal):
    """The lender has the title in several volumes, and nobody said which one is asked for."""

    code = "which-volume"


@transaction.atomic
def promise(supply: Supply, *, by: User | None, at: datetime | None = None) -> None:
    """The lender says yes; what follows is the walk to the shelf."""
    at = at or timezone.now()
    _check(supply, "promise")
    supply.request.move(
        "promise",
        by=by,
        at=at,
        supply=supply,
        supply_change={"answered_at": at},
        facts={"lender": supply.lender_name},
        role=Owner.LENDING,
    )


@transaction.atomic
def refuse(
    supply: Supply,
    *,
    reason: Reason,
    by: User | None,
    at: datetime | None = None,
    note: str = "",
    item: Item | None = None,
) -> None:
    """The lender says no, with a reason from the list; the next lender is asked.

    An `item` that was looked for and not found is marked missing, so that nobody else is sent to
    the same empty place.
    """
    at = at or timezone.now()
    _check(supply, "refuse")
    missed = item is not None and reason in MISSING_NOW and item.status == ItemStatus.IN
    if item is not None and missed:
        holdings.mark_missing(item)
    supply.request.move(
        "refuse",
        by=by,
        at=at,
        supply=supply,
        supply_change={
            "answered_at": at,
            "ending": Ending.REFUSED,
            "reason": reason,
            "reason_note": note,
        },
        facts={"lender": supply.lender_name, "reason": reason, **_missed(item if missed else None)},
        note=note,
        role=_answers(supply),
    )


def _answers(supply: Supply) -> Owner:
    """Who says what the lender says: of one outside the centre writes it down."""
    return Owner.CENTRE if supply.is_outside else Owner.LENDING


def _missed(item: Item | None) -> dict[str, int]:
    """The copy that was marked missing, for whoever takes that back."""
    return {"missed": item.pk} if item is not None else {}


@transaction.atomic
def not_on_shelf(
    supply: Supply, *, by: User | None, item: Item | None, at: datetime | None = None
) -> Item | None:
    """The copy was looked for in vain: the next copy of this library, or else the next library.

    It is marked missing, so that nobody is sent there again. Returns the copy to look for now, or
    None if this was a no.
    """
    at = at or timezone.now()
    _check(supply, "refuse")
    other = another_copy(supply, item) if item is not None else None
    if item is None or other is None:
        refuse(supply, reason=Reason.NOT_ON_SHELF, by=by, at=at, item=item)
        return None
    missed = item.status == ItemStatus.IN
    if missed:
        holdings.mark_missing(item)
    supply.request.move(
        "not_found",
        by=by,
        at=at,
        supply=supply,
        supply_change={"item": other},
        facts={"lender": supply.lender_name, **_missed(item if missed else None)},
        role=Owner.LENDING,
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
def refind(supply: Supply, *, missed: int | None, by: User | None, at: datetime) -> None:
    """The copy that was looked for in vain is the one to fetch after all."""
    item = found(missed) or supply.item
    supply.request.move(
        "find",
        by=by,
        at=at,
        supply=supply,
        supply_change={"item": item},
        facts={"lender": supply.lender_name},
        role=Owner.LENDING,
    )


@transaction.atomic
def withdraw(supply: Supply, *, by: User | None, at: datetime, role: Owner) -> None:
    """The lender need not look for it any more: another has it in hand."""
    supply.request.move(
        "withdraw",
        by=by,
        at=at,
        supply=supply,
        supply_change={"ending": Ending.WITHDRAWN},
        facts={"lender": supply.lender_name},
        role=role,
    )


@transaction.atomic
def lapse(supply: Supply, *, at: datetime, ending: Ending = Ending.LAPSED) -> None:
    """The lender was silent past its own limit, or has closed; the next lender is asked."""
    supply.request.move(
        "lapse",
        by=None,
        at=at,
        supply=supply,
        supply_change={"ending": ending},
        facts={"lender": supply.lender_name, "ending": ending},
        role=Owner.MACHINE,
    )


@transaction.atomic
def ship(supply: Supply, *, item: Item, by: User | None, at: datetime | None = None) -> Parcel:
    """The item leaves in a parcel of its own, on the terms of the lender of this day (R14)."""
    at = at or timezone.now()
    _may_go(supply, item)
    ill, lender = supply.request, supply.lender
    was = _take(item)
    parcel = parcels.make(
        from_library=lender,
        to_library=ill.library,
        purpose=Purpose.LOAN,
        item_library=lender,
        item_barcode=item.barcode,
        title=ill.title,
        ref=ill.ref,
        at=at,
        by=by,
        need_by=ill.need_by,
    )
    expected = parcel.expected_on.isoformat() if parcel.expected_on else None
    _leave(supply, item, was, parcel, by=by, at=at, role=Owner.LENDING, expected_on=expected)
    return parcel


@transaction.atomic
def left_unscanned(supply: Supply, *, item: Item, by: User | None, at: datetime) -> None:
    """The borrowing library has the item in hand, and its lender never scanned it out.

    There is no parcel: nobody made one. To be followed by its receipt, in one transaction.
    """
    _may_go(supply, item)
    was = _take(item)
    _leave(supply, item, was, None, by=by, at=at, role=Owner.BORROWING, unscanned=True)


def _leave(
    supply: Supply,
    item: Item,
    was: str,
    parcel: Parcel | None,
    *,
    by: User | None,
    at: datetime,
    role: Owner,
    **facts: object,
) -> None:
    """Both sides go on, on the terms of the lender of this day (R14)."""
    ill, lender = supply.request, supply.lender
    told = {"lender": lender.name, "town": lender.town, "to": ill.library.name, **facts}
    ill.move(
        "ship",
        by=by,
        at=at,
        supply=supply,
        supply_change={
            **_terms(supply),
            "item": item,
            "item_barcode": item.barcode,
            "call_number": item.call_number,
            "shipped_at": at,
            "answered_at": supply.answered_at or at,
            "parcel_out": parcel,
            "expected_on": parcel.expected_on if parcel else None,
        },
        facts=told if was == ItemStatus.IN else {**told, "was": was},
        role=role,
    )
    tally.count(lender=lender, borrower=ill.library, at=at)


def _may_go(supply: Supply, item: Item) -> None:
    """Refuse another library's copy and another title; the copy promised may be catalogued anew."""
    ill, lender = supply.request, supply.lender
    if item.library_id != lender.pk:
        raise ForeignItem(barcode=item.barcode, owner=item.library.name)
    if item.record_id != ill.record_id and item.pk != supply.item_id:
        raise WrongItem(barcode=item.barcode, title=item.record.title, wanted=ill.title)
    _check(supply, "ship")


def volumes(item: Item) -> list[str]:
    """The volumes in which its library has this title, where there are several."""
    same = Item.objects.filter(record=item.record_id, library=item.library_id)
    known = same.exclude(volume="").exclude(status=ItemStatus.WITHDRAWN)
    found = sorted(set(known.values_list("volume", flat=True)))
    return found if len(found) > 1 and item.volume else []


def _check(supply: Supply, verb: str) -> None:
    """Refuse a verb that is out of turn before anything else is tried, for the clearer words."""
    if supply.state not in (SupplyState.ASKED, SupplyState.PROMISED):
        raise OutOfTurn(state=supply.state, verb=verb, side="lending", ref=supply.request.ref)


def _take(item: Item) -> str:
    """What is in hand wins over what the last file said of it, which is returned.

    Missing, lent out, in the library only, no longer listed: it lies here and goes. Only what is
    out on another loan of ours cannot be here too, until that loan is ended.
    """
    was = item.status
    out = Supply.objects.filter(item=item, state__in=OUT)
    try:
        if was == ItemStatus.AWAY and out.exists():
            raise ItemOut(barcode=item.barcode, status=was)
        holdings.take(item)
    except holdings.ItemNotHere as gone:
        raise ItemOut(barcode=item.barcode, status=item.status) from gone
    return was


def _terms(supply: Supply) -> dict[str, int]:
    policy = supply.lender.rules
    return {
        "loan_days": policy.loan_days,
        "renewals_allowed": policy.renewals,
        "renewal_days": policy.renewal_days,
    }


@transaction.atomic
def unship(supply: Supply, *, by: User | None, at: datetime | None = None) -> None:
    """It has not left after all: undo while the driver has not collected it."""
    at, parcel = at or timezone.now(), supply.parcel_out
    _take_back(supply, "unship", by=by, at=at)
    if parcel is not None:
        parcels.cancel(parcel, by=by, at=at)


@transaction.atomic
def come_back(supply: Supply, *, by: User | None, at: datetime | None = None) -> None:
    """The parcel went astray and is at its lender again, to be sent once more or refused."""
    at, parcel = at or timezone.now(), supply.parcel_out
    _take_back(supply, "come_back", by=by, at=at)
    if parcel is not None:
        parcels.receive(parcel, library=supply.lender, by=by, at=at)


def _take_back(supply: Supply, verb: str, *, by: User | None, at: datetime) -> None:
    ill, item, lender = supply.request, supply.item, supply.lender
    shipped = supply.shipped_at or at
    ill.move(
        verb,
        by=by,
        at=at,
        supply=supply,
        supply_change={
            "item_barcode": "",
            "shipped_at": None,
            "parcel_out": None,
            "expected_on": None,
        },
        facts={"lender": supply.lender_name, **_parcel_of(supply)},
        role=Owner.LENDING,
    )
    if item is not None:
        holdings.give_back(item, _status_before(supply))
    if not lender.is_outside:
        tally.uncount(lender=lender, borrower=ill.library, at=shipped)


def _parcel_of(supply: Supply) -> dict[str, str]:
    """The parcel that comes back, for whoever finds that it did not."""
    return {"parcel": supply.parcel_out.number} if supply.parcel_out is not None else {}


def _status_before(supply: Supply) -> ItemStatus:
    """What the catalogue said of the copy when it was shipped."""
    shipped = Event.objects.filter(supply=supply, verb="ship").order_by("pk").last()
    return ItemStatus(shipped.facts.get("was", ItemStatus.IN) if shipped else ItemStatus.IN)


def _status_at_home(supply: Supply) -> ItemStatus:
    """Of a copy that came home: on its shelf, and there for use in the library only if it was."""
    before = _status_before(supply)
    return ItemStatus.REFERENCE if before == ItemStatus.REFERENCE else ItemStatus.IN


@transaction.atomic
def reship(event: Event, *, by: User | None, at: datetime | None = None) -> None:
    """It did not come back after all: the opposite of `unship` and `come_back`."""
    at, supply = at or timezone.now(), event.supply
    assert supply is not None  # it came back with its supply
    assert supply.item is not None  # which keeps the copy in mind
    supply.request = event.request
    parcel = finding.find(event.facts.get("parcel", ""))
    was = _take(supply.item)
    expected = parcel.expected_on if parcel else None
    day = expected.isoformat() if expected else None
    _leave(supply, supply.item, was, parcel, by=by, at=at, role=Owner.LENDING, expected_on=day)
    if parcel is not None:
        back = parcels.uncancel if event.verb == "unship" else parcels.unreceive
        back(parcel, by=by, at=at)


@transaction.atomic
def uncheck_in(event: Event, *, by: User | None, at: datetime | None = None) -> None:
    """The check-in was a mistake: the loan stands where it stood before."""
    at, supply, ill = at or timezone.now(), event.supply, event.request
    assert supply is not None  # a loan is checked in with its supply
    supply.request = ill
    if supply.item is not None:
        _take(supply.item)
    ill.move(
        f"reopen_{event.before}",
        by=by,
        at=at,
        supply=supply,
        change={"outcome": "", "closed_at": None},
        supply_change={"ending": "", "closed_at": None},
        facts={"lender": supply.lender_name},
        role=_answers(supply),
    )
    if supply.parcel_home is not None:
        parcels.unreceive(supply.parcel_home, by=by, at=at)


@transaction.atomic
def check_in(
    supply: Supply,
    *,
    by: User | None,
    at: datetime | None = None,
    rests_on: Proof | None = None,
    note: str = "",
) -> None:
    """The item is home. What the lender has in hand wins over what the borrower forgot to scan.

    Where the lender is elsewhere, nobody here has it in hand: `rests_on` says how we know.
    """
    at = at or timezone.now()
    ill = supply.request
    ill.move(
        "check_in",
        by=by,
        at=at,
        supply=supply,
        change={"outcome": Outcome.FILLED if ill.lent_at else Outcome.UNCLAIMED},
        supply_change={"ending": Ending.SUPPLIED},
        facts={"lender": supply.lender_name} | ({"rests_on": rests_on} if rests_on else {}),
        note=note,
        role=_answers(supply),
    )
    if supply.item is not None:
        holdings.give_back(supply.item, _status_at_home(supply))
    if supply.parcel_home is not None:
        how = How.DECLARED if supply.is_outside else How.SCANNED
        parcels.receive(supply.parcel_home, library=supply.lender, by=by, at=at, how=how)
