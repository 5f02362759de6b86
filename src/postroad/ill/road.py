"""What happens to a parcel on its way concerns the loan: its clock follows the parcel's (R6)."""

from datetime import datetime

from django.db.models import F, Q

from postroad.delivery.models import Parcel
from postroad.ill import clocks
from postroad.ill.lifecycle import LoanState
from postroad.ill.models import Loan, Request
from postroad.ill.models.loan import TRAVELS

BATCH = 200  # of one way a turn; the next takes the rest


def coming_in(parcel: Parcel) -> Loan | None:
    """What is on its way to its borrower in this parcel, with its request and who waits for it."""
    found = Loan.objects.open().filter(parcel_out=parcel, state=LoanState.SHIPPED)
    return found.select_related("request__patron").first()


def follow(now: datetime) -> int:
    """Set the clocks of loans on the road by when their parcels are late now; how many moved.

    Deliveries that are suspended after shipping stop these clocks, and their return starts them.
    """
    return sum(_follow(state, parcel, now) for state, parcel in TRAVELS.items())


def _follow(state: LoanState, name: str, now: datetime) -> int:
    late, rings = F(f"{name}__late_at"), F("due_at")
    ahead = Q(**{f"{name}__late_at__gt": now}) & ~Q(due_at=late)
    behind = Q(**{f"{name}__late_at__lte": now, f"{name}__late_at__lt": rings}, due_at__gt=now)
    on_the_road = Loan.objects.open().filter(ahead | behind, state=state)
    listed = on_the_road.select_related("borrower", "lender", name).order_by("due_at", "pk")
    return sum(_set(loan, state, name, now) for loan in listed[:BATCH])


def _set(loan: Loan, state: LoanState, name: str, now: datetime) -> bool:
    """Whoever moved it meanwhile has set its clock."""
    parcel = getattr(loan, name)
    clock = clocks.of_loan(
        state, now, borrower=loan.borrower, late_at=parcel.late_at, outside=loan.lender.is_outside
    )
    rings = clock.due_at
    if rings is None or (rings >= (loan.due_at or rings) and parcel.late_at <= now):
        return False  # it has rung, and rings again in its time
    same = {"state": state, "due_at": loan.due_at, f"{name}_id": parcel.pk}
    if not Loan.objects.filter(pk=loan.pk, **same).update(due_at=rings):
        return False
    Request.objects.give_until(parcel.late_at, loan=loan.pk)
    return True
