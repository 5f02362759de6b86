"""The verbs of the ILL centre: what no member could supply."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from postroad.accounts.models import User
from postroad.directory import thresholds
from postroad.errors import Refusal
from postroad.ill.lifecycle import OutOfTurn, Owner, SupplyState
from postroad.ill.models import Request, Supply
from postroad.ill.referral import attempt


class NumberTaken(Refusal):
    """This ILL number of this system stands on another open request."""

    code = "ill-number-taken"


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
    taken = Supply.objects.open().filter(outside_system=system, ill_number=number)
    others = taken.exclude(request=ill).exclude(ill_number="")  # a letter has no number
    if other := others.select_related("request").first():
        raise NumberTaken(system=system, number=number, ref=other.request.ref)
    return attempt(
        ill,
        "refer_outside",
        Supply(outside_lender=lender, outside_system=system, ill_number=number),
        by=by,
        at=at,
        facts={"lender": lender, "system": system, "number": number},
        role=Owner.CENTRE,
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
    loan_days: int = 28,
    renewals: int = 0,
    expected_on: date | None = None,
    tracking_number: str = "",
    barcode: str = "",
) -> None:
    """The outside lender says that it has sent the item by mail (R9)."""
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
            "loan_days": loan_days,
            "renewals_allowed": renewals,
            "expected_on": expected_on,
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
