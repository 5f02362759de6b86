"""The verbs of the ILL centre: what no member could supply."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from postroad.accounts.models import User
from postroad.delivery.parcels import carrier_of
from postroad.directory import thresholds
from postroad.errors import Refusal
from postroad.ill import numbering
from postroad.ill.lifecycle import OutOfTurn, Owner, SupplyState
from postroad.ill.models import MovedMeanwhile, Request, Supply
from postroad.ill.referral import attempt


class Insider(Refusal):
    """This verb is for outside lenders; a member answers for itself."""

    code = "not-an-outside-lender"


@transaction.atomic
def refer_outside(
    ill: Request,
    *,
    lender: str,
    system: str,
    number: str,
    by: User | None,
    at: datetime | None = None,
) -> Supply:
    """An outside lender was asked, in a system of its own and under its ILL number."""
    at = at or timezone.now()
    if number:
        numbering.read(number)  # before anything moves
    supply = attempt(
        ill,
        "refer_outside",
        Supply(outside_lender=lender, outside_system=system),
        by=by,
        at=at,
        facts={"lender": lender, "system": system, "number": number},
        role=Owner.CENTRE,
    )
    numbering.write(supply, system, number, by=by, at=at)
    return supply


@transaction.atomic
def correct(
    supply: Supply,
    *,
    lender: str,
    system: str,
    number: str,
    by: User | None,
    at: datetime | None = None,
) -> None:
    """What was written down of an outside lender was mistyped. It moves no state and no clock.

    Raises MovedMeanwhile if the attempt has ended, or somebody corrected it just before.
    """
    ill = supply.request
    if not supply.is_outside:
        raise Insider(lender=supply.lender_name)
    there = numbering.of_lender(supply)
    before = {
        "outside_lender": supply.outside_lender,
        "outside_system": supply.outside_system,
    }
    after = {"outside_lender": lender, "outside_system": system}
    if after == before and number == (there.typed if there else ""):
        return
    at = at or timezone.now()
    numbering.write(supply, system, number, by=by, at=at)
    if not Supply.objects.open().filter(pk=supply.pk, **before).update(**after):
        raise MovedMeanwhile(ref=ill.ref, verb="correct")
    ill.events.create(
        verb="correct",
        supply=supply,
        before=ill.state,
        after=ill.state,
        supply_before=supply.state,
        supply_after=supply.state,
        by=by,
        role=Owner.CENTRE,
        at=at,
        facts={
            "lender": lender,
            "system": system,
            "number": number,
            "before": {**before, "ill_number": there.typed if there else ""},
        },
    )


@transaction.atomic
def refer_again(ill: Request, *, by: User | None, at: datetime | None = None) -> None:
    """Ask the members once more: a copy came home, a library opened."""
    ill.move("refer_again", by=by, at=at or timezone.now(), role=Owner.CENTRE)


@transaction.atomic
def outside_shipped(
    supply: Supply,
    *,
    by: User | None,
    at: datetime | None = None,
    lender_due_on: date | None = None,
    renewals: int = 0,
    expected_on: date | None = None,
    tracking_number: str = "",
    barcode: str = "",
) -> None:
    """The outside lender says that it has sent the item by mail (R9), and when it is due."""
    at = at or timezone.now()
    if not supply.is_outside:
        raise Insider(lender=supply.lender_name)
    if supply.state not in (SupplyState.ASKED, SupplyState.PROMISED):
        raise OutOfTurn(state=supply.state, verb="ship", side="lending")
    ill = supply.request
    today = ill.library.day_of(at)
    weeks = timedelta(days=thresholds.days("mail-late", on=today, library=ill.library))
    expected_on = expected_on or today + weeks
    ill.move(
        "ship",
        by=by,
        at=at,
        supply=supply,
        supply_change={
            "shipped_at": at,
            "answered_at": supply.answered_at or at,
            "lender_due_on": lender_due_on,
            "renewals_allowed": renewals,
            "expected_on": expected_on,
            "carrier": carrier_of(tracking_number),
            "tracking_number": tracking_number,
            "item_barcode": barcode,
        },
        facts={
            "lender": supply.outside_lender,
            "to": ill.library.name,
            "expected_on": expected_on.isoformat(),
            "by_mail": True,
        },
        role=Owner.CENTRE,
    )
