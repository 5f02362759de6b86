"""What has not come in time (R9, R10): everybody who may have it is asked, each for itself."""

from collections.abc import Iterator
from datetime import datetime

from postroad.delivery.models import Via
from postroad.ill import questions
from postroad.ill.acts import house
from postroad.ill.lifecycle import LoanState, Owner
from postroad.ill.lifecycle.questions import Answer, QuestionKind
from postroad.ill.models import Loan
from postroad.ill.models.loan import TRAVELS
from postroad.ill.questions import Asking


def ask(loan: Loan, now: datetime) -> None:
    """Ask whoever was not asked yet on this way; what they answered is kept."""
    asked = _asked(loan)
    for owner in _whom(loan):
        if owner not in asked:
            asking = Asking(QuestionKind.NOT_RECEIVED, loan.request, loan, owner=owner)
            questions.ask(asking, house(now))


def _whom(loan: Loan) -> Iterator[Owner]:
    """Its library, for which the center speaks if it is no member; and the delivery office or, of
    what goes by mail, the center."""
    parcel = getattr(loan, TRAVELS[LoanState(loan.state)])
    if not loan.is_outside:
        yield Owner.LENDING
    mailed = loan.is_outside or (parcel is not None and parcel.via == Via.MAIL)
    yield Owner.CENTRE if mailed else Owner.DELIVERY


def _asked(loan: Loan) -> set[str]:
    parcel = getattr(loan, TRAVELS[LoanState(loan.state)])
    since = parcel.made_at if parcel is not None else loan.shipped_at
    kept = loan.questions.filter(kind=QuestionKind.NOT_RECEIVED, opened_at__gte=since)
    return {each.owner for each in kept if each.is_open or each.answer == Answer.NOT_HERE}
