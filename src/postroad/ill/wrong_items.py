"""What came is not what was asked for: what follows from the lender's answer, and from the desk's.

The questions themselves are `questions`'; these are their effects, in the same transaction.
"""

from typing import TYPE_CHECKING

from postroad.catalogue.models import Item
from postroad.ill import clocks, in_hand, lending, lookup
from postroad.ill.acts import Act
from postroad.ill.lifecycle import LoanState, Owner, SupplyState
from postroad.ill.lifecycle.questions import Answer, QuestionKind
from postroad.ill.models import Loan, Question, Request
from postroad.ill.models.request import together

if TYPE_CHECKING:
    from postroad.ill.questions import Said


def said(question: Question, act: Act, said: "Said") -> None:
    """It is no copy of what was asked for; nobody fetches it. Where the barcode of what came is
    said with it, that copy is the one that is out."""
    loan = question.loan
    if loan is None:
        return
    came = lookup.read(Item.objects.filter(library=loan.lender), said.note)
    if came is not None and came.pk != loan.item_id and not _is_out(came):
        Loan.objects.filter(pk=loan.pk).update(**in_hand.exchange(loan, came))
        loan.refresh_from_db(fields=["item", "barcode", "call_number", "label", "status_before"])
    _mark(loan, act, wrong_item=True)


def _is_out(item: Item) -> bool:
    return Loan.objects.open().filter(item=item).exists()


def send_again(question: Question, act: Act, _said: "Said") -> None:
    """The right one follows, as another thing of the same attempt; the wrong one goes home."""
    _mark(question.loan, act, wrong_item=True, not_wanted=True)
    _ill, supply, _loan = together(question.request, question.supply, question.loan)
    if supply is not None and supply.state == SupplyState.SUPPLYING:
        act = act.as_role(Owner.LENDING)
        lending.more_to_send(supply, act, more=supply.to_send + 1)


def no_more(question: Question, act: Act, _said: "Said") -> None:
    """It goes home, and nothing comes in its place: once it is home another library is asked."""
    _mark(question.loan, act, wrong_item=True, not_wanted=True)


def refusal(loan: Loan) -> Question | None:
    """The lender's word that nothing will come in place of the wrong item."""
    answered = loan.questions.filter(kind=QuestionKind.WRONG_ITEM, answer=Answer.NO_MORE)
    return answered.last() if loan.wrong_item else None


def keep(question: Question, act: Act, _said: "Said | None" = None) -> None:
    """It will do, and waits for its patron like any other."""
    _mark(question.loan, act, wrong_item=False, not_wanted=False)


def _mark(loan: Loan | None, act: Act, **marks: bool) -> None:
    """What the desk has to do with it from now on; the question has sealed the request."""
    if loan is None or not loan.is_open:
        return
    changes: dict[str, object] = dict(marks)
    if loan.state == LoanState.ARRIVED:
        clock = clocks.of_loan(
            LoanState.ARRIVED,
            act.at,
            borrower=loan.request.library,
            for_nobody=any(marks.values()),
        )
        changes |= {"due_at": clock.due_at, "owner": clock.owner}
        whole = Request.objects.filter(pk=loan.request_id, current_loan=loan.pk)
        whole.update(owner=clock.owner, turn_until=clock.due_at, turn_since=act.at)
    Loan.objects.filter(pk=loan.pk, state=loan.state).update(**changes)
    for name, value in changes.items():
        setattr(loan, name, value)
