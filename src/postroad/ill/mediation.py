"""The verbs of the ILL centre: what no member could supply."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from postroad.accounts.models import User
from postroad.delivery import parcels
from postroad.delivery.models import Purpose, Via
from postroad.directory import thresholds
from postroad.directory.models import Library
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
    lender: Library,
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
        Supply(lender=_outside(lender), outside_system=system),
        by=by,
        at=at,
        facts={"lender": lender.name, "system": system, "number": number},
        role=Owner.CENTRE,
    )
    numbering.write(supply, system, number, by=by, at=at)
    return supply


def _outside(lender: Library) -> Library:
    if not lender.is_outside:
        raise Insider(lender=lender.name)
    return lender


@transaction.atomic
def correct(
    supply: Supply,
    *,
    lender: Library,
    system: str,
    number: str,
    by: User | None,
    at: datetime | None = None,
) -> None:
    """What was written down of an outside lender was mistyped. It moves no state and no clock.

    Raises MovedMeanwhile if the attempt has ended, or somebody corrected it just before.
    """
    ill, was = supply.request, _outside(supply.lender)
    _outside(lender)
    there = numbering.of_lender(supply)
    before = {
        "lender": was.pk,
        "outside_system": supply.outside_system,
    }
    after = {"lender": lender.pk, "outside_system": system}
    if after == before and number == (there.typed if there else ""):
        return
    at = at or timezone.now()
    numbering.write(supply, system, number, by=by, at=at)
    if not Supply.objects.open().filter(pk=supply.pk, **before).update(**after):
        raise MovedMeanwhile(ref=ill.ref, verb="correct")
    for parcel in (supply.parcel_out, supply.parcel_home):
        if parcel is not None:
            parcels.readdress(parcel, was, lender)
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
            "lender": lender.name,
            "system": system,
            "number": number,
            "before": {
                **before,
                "lender": was.name,
                "ill_number": there.typed if there else "",
            },
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
    at, lender = at or timezone.now(), _outside(supply.lender)
    if supply.state not in (SupplyState.ASKED, SupplyState.PROMISED):
        raise OutOfTurn(state=supply.state, verb="ship", side="lending")
    ill = supply.request
    today = ill.library.day_of(at)
    weeks = timedelta(days=thresholds.days("mail-late", on=today, library=ill.library))
    expected_on = expected_on or today + weeks
    parcel = parcels.make(
        from_library=lender,
        to_library=ill.library,
        purpose=Purpose.LOAN,
        item_library=lender,
        item_barcode=barcode,
        title=ill.title,
        ref=ill.ref,
        via=Via.MAIL,
        tracking_number=tracking_number,
        need_by=ill.need_by,
        expected_on=expected_on,
        at=at,
        by=by,
    )
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
            "parcel_out": parcel,
            "item_barcode": barcode,
        },
        facts={
            "lender": lender.name,
            "to": ill.library.name,
            "expected_on": expected_on.isoformat(),
            "by_mail": True,
        },
        role=Owner.CENTRE,
    )
