"""The verbs of the ILL centre: what no member could supply."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import transaction

from postroad.delivery import parcels
from postroad.delivery.models import Parcel, Purpose, Via
from postroad.directory import thresholds
from postroad.directory.models import Library
from postroad.errors import Refusal
from postroad.ill import lending, numbering, shipping
from postroad.ill.acts import Act
from postroad.ill.lending import Offer
from postroad.ill.lifecycle import Owner, Verb
from postroad.ill.models import Loan, MovedMeanwhile, Request, Supply
from postroad.ill.referral import attempt

NO_CONDITIONS = Offer(())


class Insider(Refusal):
    """This verb is for outside lenders; a member answers for itself."""

    code = "not-an-outside-lender"


@transaction.atomic
def refer_outside(ill: Request, act: Act, *, lender: Library, system: str, number: str) -> Supply:
    """An outside lender was asked, in a system of its own and under its ILL number."""
    if number:
        numbering.read(number)  # before anything moves
    supply = attempt(
        ill,
        Verb.REFER_OUTSIDE,
        Supply(lender=_outside(lender), outside_system=system),
        act,
        said={"lender": lender.name, "system": system, "number": number},
    )
    numbering.write(supply, system, number, act)
    return supply


def _outside(lender: Library) -> Library:
    if not lender.is_outside:
        raise Insider(lender=lender.name)
    return lender


@transaction.atomic
def correct(supply: Supply, act: Act, *, lender: Library, system: str, number: str) -> None:
    """What was written down of an outside lender was mistyped. It moves no state and no clock.

    Raises MovedMeanwhile if the attempt has ended, or somebody corrected it just before.
    """
    ill, was = supply.request, _outside(supply.lender)
    _outside(lender)
    there = numbering.of_lender(supply)
    before = {"lender": was.pk, "outside_system": supply.outside_system}
    after = {"lender": lender.pk, "outside_system": system}
    if after == before and number == (there.typed if there else ""):
        return
    numbering.write(supply, system, number, act)
    if not Supply.objects.open().filter(pk=supply.pk, **before).update(**after):
        raise MovedMeanwhile(ref=ill.ref, verb=Verb.CORRECT)
    _sent_by(lender, supply, was)
    ill.write_down(
        Verb.CORRECT,
        act.as_role(Owner.CENTRE),
        supply=supply,
        said={
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


def _sent_by(lender: Library, supply: Supply, was: Library) -> None:
    """What came of an attempt came, and goes back, to this lender."""
    for loan in supply.loans.select_related("parcel_out", "parcel_home"):
        Loan.objects.filter(pk=loan.pk).update(lender=lender)
        for parcel in (loan.parcel_out, loan.parcel_home):
            if parcel is not None:
                parcels.readdress(parcel, was, lender)


@transaction.atomic
def refer_again(ill: Request, act: Act) -> None:
    """Ask the members once more: a copy came home, a library opened."""
    ill.move(Verb.REFER_AGAIN, act)


@dataclass(frozen=True, slots=True)
class Terms:
    """On what an outside lender sends it, as it said so: each as it stands now."""

    lender_due_on: date | None = None
    renewals: int = 0
    offer: Offer = NO_CONDITIONS
    return_to: str = ""  # lines as on a label, if not to its own address

    @property
    def columns(self) -> dict[str, Any]:
        return {
            "lender_due_on": self.lender_due_on,
            "renewals_allowed": self.renewals,
            "return_to": self.return_to,
            **self.offer.columns,
        }


def terms(supply: Supply) -> Terms:
    """Those that stand on an attempt."""
    offered = lending.offered(supply)
    return Terms(supply.lender_due_on, supply.renewals_allowed, offered, supply.return_to)


@transaction.atomic
def change_terms(supply: Supply, act: Act, now: Terms) -> None:
    """The outside lender said otherwise, or it was mistyped. What was sent home goes there too.

    Of what a patron has, the due day stands on its loan: it is renewed, lengthened or recalled.
    Raises MovedMeanwhile.
    """
    _outside(supply.lender)
    ill, before = supply.request, terms(supply)
    if not supply.is_open:
        raise lending.out_of_turn(supply, Verb.CORRECT)
    if now == before:
        return
    number = numbering.of_lender(supply)
    ill.seal(Verb.CORRECT)
    ill.write_down(
        Verb.CORRECT,
        act.as_role(Owner.CENTRE),
        supply=supply,
        said={
            "lender": supply.lender_name,
            "system": supply.outside_system,
            "number": number.typed if number else "",
            "before": {name: _plain(each) for name, each in before.columns.items()},
            "terms": True,
        },
    )
    Supply.objects.filter(pk=supply.pk).update(**now.columns)
    going = Parcel.objects.open().filter(
        pk__in=supply.loans.exclude(parcel_home=None).values("parcel_home")
    )
    going.update(send_to=now.return_to)


def _plain(value: object) -> object:
    """As an event keeps it."""
    return value if isinstance(value, str | int | list) else str(value or "")


@transaction.atomic
def outside_shipped(
    supply: Supply,
    act: Act,
    *,
    lender_due_on: date | None = None,
    renewals: int = 0,
    offer: Offer | None = None,
    return_to: str = "",
    expected_on: date | None = None,
    tracking_number: str = "",
    barcode: str = "",
) -> Loan:
    """The outside lender says that it has sent the item by mail (R9), and when it is due."""
    _outside(supply.lender)
    lending.check(supply, Verb.SHIP)
    ill = supply.request
    if expected_on is None:
        today = ill.library.day_of(act.at)
        days = thresholds.days("mail-late", on=today, library=ill.library)
        expected_on = today + timedelta(days=days)
    parcel = _by_mail(supply, act, expected_on, tracking_number, barcode)
    said = Terms(lender_due_on, renewals, offer or lending.offered(supply), return_to)
    return shipping.mail(supply, act, parcel, barcode, **said.columns)


def _by_mail(
    supply: Supply, act: Act, expected_on: date, tracking_number: str, barcode: str
) -> Parcel:
    """The parcel of an outside lender to the borrower."""
    ill = supply.request
    return parcels.make(
        from_library=supply.lender,
        to_library=ill.library,
        purpose=Purpose.LOAN,
        item_library=supply.lender,
        item_barcode=barcode,
        title=ill.title,
        ref=ill.ref,
        via=Via.MAIL,
        tracking_number=tracking_number,
        need_by=ill.need_by,
        expected_on=expected_on,
        at=act.at,
        by=act.by,
    )
