"""The verbs of the lending side: yes, no, shipped, home again."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from postroad.accounts.models import User
from postroad.catalogue import holdings
from postroad.catalogue.models import Item, ItemStatus
from postroad.delivery import parcels
from postroad.delivery.models import Parcel, Purpose
from postroad.errors import Refusal
from postroad.ill import tally
from postroad.ill.lifecycle import Ending, Outcome, OutOfTurn, Owner, Proof, Reason, SupplyState
from postroad.ill.models import Supply

MISSING_NOW = frozenset({Reason.NOT_ON_SHELF, Reason.MISSING})


class WrongItem(Refusal):
    """The item in hand is another title than the one asked for."""

    code = "wrong-item"


class ForeignItem(Refusal):
    """The item in hand belongs to another library than the one that was asked."""

    code = "foreign-item"


class ItemOut(Refusal):
    """The copy is on loan or away, by the catalogue; check it in first."""

    code = "item-out"


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
    if item is not None and reason in MISSING_NOW and item.status == ItemStatus.IN:
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
        facts={"lender": supply.lender_name, "reason": reason},
        note=note,
        role=Owner.LENDING if supply.lender_id else Owner.CENTRE,
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
    ill, lender = supply.request, supply.lender
    if lender is None or item.library_id != lender.pk:
        raise ForeignItem(barcode=item.barcode, owner=item.library.name)
    if item.record_id != ill.record_id:
        raise WrongItem(barcode=item.barcode, title=item.record.title, wanted=ill.title)
    _check(supply, "ship")
    _take(item)
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
            "expected_on": parcel.expected_on,
        },
        facts={
            "lender": lender.name,
            "town": lender.town,
            "to": ill.library.name,
            "expected_on": parcel.expected_on.isoformat() if parcel.expected_on else None,
        },
        role=Owner.LENDING,
    )
    tally.count(lender=lender, borrower=ill.library, at=at)
    return parcel


def _check(supply: Supply, verb: str) -> None:
    """Refuse a verb that is out of turn before anything else is tried, for the clearer words."""
    if supply.state not in (SupplyState.ASKED, SupplyState.PROMISED):
        raise OutOfTurn(state=supply.state, verb=verb, side="lending", ref=supply.request.ref)


def _take(item: Item) -> None:
    """What is in hand was not missing; what is on loan must be checked in first."""
    if item.status == ItemStatus.MISSING:
        holdings.mark_found(item)
    try:
        holdings.take(item)
    except holdings.ItemNotHere as gone:
        raise ItemOut(barcode=item.barcode, status=item.status) from gone


def _terms(supply: Supply) -> dict[str, int]:
    assert supply.lender is not None  # `ship` looked: an outside lender ships by mediation
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
    if parcel is not None and supply.lender is not None:
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
            "item": None,
            "item_barcode": "",
            "shipped_at": None,
            "parcel_out": None,
            "expected_on": None,
        },
        facts={"lender": supply.lender_name},
        role=Owner.LENDING,
    )
    if item is not None:
        holdings.give_back(item)
    if lender is not None:
        tally.uncount(lender=lender, borrower=ill.library, at=shipped)


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
        role=Owner.LENDING if supply.lender_id else Owner.CENTRE,
    )
    if supply.item is not None:
        holdings.give_back(supply.item)
    if supply.parcel_home is not None and supply.lender is not None:
        parcels.receive(supply.parcel_home, library=supply.lender, by=by, at=at)
