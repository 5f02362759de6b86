"""The pick-up library is changed while the thing travels: it goes on to another, which answers for
the loan from then on."""

from django.db import transaction

from postroad.delivery import parcels
from postroad.delivery.models import Parcel, Via
from postroad.directory.models import Library
from postroad.errors import Refusal
from postroad.ill import asking, tally
from postroad.ill.acts import Act
from postroad.ill.lifecycle import LoanState, Verb
from postroad.ill.models import Loan, Request, question


class NoVanThere(Refusal):
    """What the van carries cannot go on to a library at which it does not stop."""

    code = "no-van-there"


def may(ill: Request) -> bool:
    """Whether all that is out of it is one thing that travels by the van, or waits for it."""
    loan = ill.loan
    if ill.things_out != 1 or loan is None or loan.state != LoanState.SHIPPED:
        return False
    parcel = loan.parcel_out
    by_van = parcel is not None and parcel.via == Via.DELIVERY
    return by_van and not loan.not_wanted and ill.may(Verb.REROUTE, supply=loan.supply, loan=loan)


@transaction.atomic
def reroute(loan: Loan, act: Act, *, library: Library) -> Parcel:
    """It goes on to this library: its parcel, its expected day and its request follow, and where it
    was to be fetched the desk reads on Receive where it goes.

    Raises PickUpIsLender, NoVanThere, and what `Request.move` raises.
    """
    ill, was, parcel = loan.request, loan.request.library, loan.parcel_out
    ill.refuse_out_of_turn(Verb.REROUTE, supply=loan.supply, loan=loan)
    if parcel is None or parcel.via != Via.DELIVERY:
        raise NoVanThere(library=library.name)
    if library.pk == was.pk:
        return parcel
    if library.pk == loan.lender_id:
        raise asking.PickUpIsLender(library=library.name)
    if not parcels.send_on(parcel, library, at=act.at):
        raise NoVanThere(library=library.name)
    said = {"library": library.name, "was_at": was.name}
    if parcel.expected_on is not None:
        said["expected_on"] = parcel.expected_on.isoformat()
    ill.move(
        Verb.REROUTE,
        act,
        loan=loan,
        change={"library": library},
        loan_change={"borrower": library},
        said=said,
    )
    question.follow(ill)
    if not loan.is_outside:
        tally.uncount(lender=loan.lender, borrower=was, at=loan.shipped_at)
        tally.count(lender=loan.lender, borrower=library, at=loan.shipped_at)
    return parcel
