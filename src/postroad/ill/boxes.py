"""Several things that go home by mail in one box: one tracking number, a label for each."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from postroad.delivery.models import Parcel, ParcelState, Purpose, Via
from postroad.errors import Refusal
from postroad.ill import shipping
from postroad.ill.acts import Act
from postroad.ill.lifecycle import LoanState, Proof
from postroad.ill.models import Loan, Request
from postroad.ill.models.request import together

PACKED_TOGETHER = timedelta(hours=24)  # after that a box has left


class NotOneBox(Refusal):
    """The two do not go from one library to one lender by mail, or one of them has left."""

    code = "not-one-box"


def open_box(loan: Loan, at: datetime) -> Parcel | None:
    """What was sent home last, from the same library to the same lender, and may share a box."""
    parcel = loan.parcel_home
    if parcel is None or parcel.box or not _waits(parcel):
        return None
    packed = Parcel.objects.filter(
        from_library=parcel.from_library_id,
        to_library=parcel.to_library_id,
        send_to=parcel.send_to,
        purpose=Purpose.RETURN,
        via=Via.MAIL,
        state=ParcelState.READY,
        made_at__gt=at - PACKED_TOGETHER,
    )
    return packed.exclude(pk=parcel.pk).order_by("-made_at", "-pk").first()


def _waits(parcel: Parcel) -> bool:
    return parcel.via == Via.MAIL and parcel.state == ParcelState.READY


@transaction.atomic
def join(loan: Loan, at: datetime) -> Parcel:
    """It is in the same box as the last one, whose tracking number is now its own."""
    last = open_box(loan, at)
    found = [each for each in (last, loan.parcel_home) if each is not None]
    kept = _held(Q(pk__in=[each.pk for each in found]))
    parcel = next((each for each in kept if each.pk == loan.parcel_home_id), None)
    last = next((each for each in kept if last is not None and each.pk == last.pk), None)
    if last is None or parcel is None or parcel.box or not (_waits(last) and _waits(parcel)):
        raise NotOneBox(ref=loan.request.ref)
    box = last.box or last.number
    Parcel.objects.filter(pk=last.pk).update(box=box)
    shared = {"box": box, "tracking_number": last.tracking_number, "carrier": last.carrier}
    for name, value in shared.items():
        setattr(parcel, name, value)
    parcel.save(update_fields=[*shared])
    return parcel


def _held(which: Q) -> list[Parcel]:
    """As they are now, and until we are done: two who pack one box take them in the same order."""
    rows = Parcel.objects.select_for_update(no_key=True, of=("self",)).filter(which)
    return list(rows.order_by("pk"))


@transaction.atomic
def leave(loan: Loan) -> None:
    """It goes by itself after all, and has no tracking number yet."""
    parcel = loan.parcel_home
    kept = _held(Q(box=parcel.box)) if parcel is not None and parcel.box else []
    if parcel is None or parcel.pk not in {each.pk for each in kept}:
        raise NotOneBox(ref=loan.request.ref)
    Parcel.objects.filter(pk=parcel.pk).update(box="", tracking_number="", carrier="")
    rest = Parcel.objects.filter(box=parcel.box)
    if rest.count() == 1:
        rest.update(box="")


def others(loan: Loan) -> list[Loan]:
    """What else is in its box and on the way home."""
    box = loan.parcel_home.box if loan.parcel_home is not None else ""
    if not box:
        return []
    inside = Loan.objects.filter(parcel_home__box=box, state=LoanState.HOMEWARD)
    shown = inside.exclude(pk=loan.pk).select_related(
        "request__library", "request__current_loan", "request__current", "supply__lender"
    )
    return list(shown.select_related("parcel_home", "parcel_out", "item").order_by("pk"))


@transaction.atomic
def check_in(loans: Iterable[Loan], act: Act, *, rests_on: Proof, note: str = "") -> None:
    """Its lender has the box, and these things that were in it; what was left out stays open."""
    for key in [loan.pk for loan in loans]:  # read anew: two may be of one request
        request = Request.objects.shown().get(loans=key)
        loan = Loan.objects.select_related("supply__lender", "parcel_home", "item").get(pk=key)
        together(request, request.current, loan)
        shipping.check_in(loan, act, rests_on=rests_on, note=note)
