"""What to do with a parcel that was looked for and found: its loan says."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import Q

from postroad.delivery.models import Parcel
from postroad.directory.models import Library
from postroad.ill.lifecycle import LoanState
from postroad.ill.models import Loan


class Next(StrEnum):
    """What whoever found it does now."""

    RECEIVE = "receive"  # at its borrower
    RECEIVE_UNWANTED = "receive-unwanted"  # at its borrower, to be sent straight home
    COME_BACK = "come-back"  # at its lender, which it never left
    CHECK_IN = "check-in"  # at its lender, where it was to come
    SEND_ON = "send-on"  # anywhere else: put out for the van again
    POST = "post"  # the same of what goes by mail
    SORT = "sort"  # at the hub: into the bin of where it goes


@dataclass(frozen=True, slots=True)
class Found:
    """A parcel that was looked for, with its loan if it carries one."""

    parcel: Parcel
    loan: Loan | None
    next: Next


def loans_of(parcels: Collection[Parcel]) -> Mapping[int, Loan]:
    """The loans that travel in these parcels, by the parcel, in one query."""
    keys = [each.pk for each in parcels]
    rows = Loan.objects.filter(Q(parcel_out__in=keys) | Q(parcel_home__in=keys))
    found: dict[int, Loan] = {}
    for loan in rows.select_related("request__library", "supply__lender", "item").order_by("pk"):
        found |= {key: loan for key in (loan.parcel_out_id, loan.parcel_home_id) if key}
    return found


def what_now(parcel: Parcel, loan: Loan | None, here: Library | None) -> Found:
    """What to do with it at this library; None: at the hub."""
    return Found(parcel, loan, _next(parcel, loan, here))


def _next(parcel: Parcel, loan: Loan | None, here: Library | None) -> Next:
    if here is None:
        return Next.SORT
    if loan is not None and loan.state == LoanState.SHIPPED:
        if here.pk == loan.borrower_id:
            return Next.RECEIVE_UNWANTED if loan.not_wanted else Next.RECEIVE
        if here.pk == loan.lender_id:
            return Next.COME_BACK
    if loan is not None and loan.state == LoanState.HOMEWARD and here.pk == loan.lender_id:
        return Next.CHECK_IN
    return Next.SEND_ON if parcel.via == "delivery" else Next.POST
