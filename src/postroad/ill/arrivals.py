"""What is not as it should be with something that has arrived, and what is asked of whom."""

from enum import StrEnum

from postroad.catalogue.models import Item
from postroad.ill import questions, renewals, volumes
from postroad.ill.acts import Act
from postroad.ill.intake import Concern
from postroad.ill.lifecycle import LoanState, Owner
from postroad.ill.lifecycle.questions import QuestionKind
from postroad.ill.models import Loan
from postroad.ill.questions import Asking, Said


class NotForHer(StrEnum):
    """Why what has arrived is not announced to its patron."""

    NOT_WANTED = "not-wanted"  # she has said so since it left
    WRONG_ITEM = "wrong-item"
    SECOND_COPY = "second-copy"  # of what has come from another library


AT_HAND = (LoanState.ARRIVED, LoanState.LENT, LoanState.BACK)


def not_for_her(
    loan: Loan, instead: Item | None = None, *, unscanned: bool = False
) -> NotForHer | None:
    """Why its patron is not told of it; None, if it is what she waits for."""
    if loan.not_wanted:
        return NotForHer.NOT_WANTED
    if instead is not None and not will_do(loan, instead):
        return NotForHer.WRONG_ITEM
    if loan.request.things_out > 1 and _is_second(loan, instead, unscanned):
        return NotForHer.SECOND_COPY
    return None


def will_do(loan: Loan, item: Item) -> bool:
    """Whether another copy of the lender is as good as the one that was scanned out."""
    if item.record_id != loan.request.record_id:
        return False
    wanted = loan.label or volumes.named(loan.request.volume)
    return not wanted or volumes.fits(wanted, item.volume)


def _is_second(loan: Loan, instead: Item | None, unscanned: bool) -> bool:
    """Whether the same is here already: from another library, or from this one that sent another
    copy of it, or one of which nobody knew."""
    label = instead.volume if instead is not None else loan.label
    others = loan.request.loans.open().filter(state__in=AT_HAND, wrong_item=False)
    for supply, other in others.exclude(pk=loan.pk).values_list("supply", "label"):
        if label and other:
            if volumes.same(label, other):
                return True
        elif unscanned or supply != loan.supply_id:
            return True
    return False


def ask(loan: Loan, act: Act, why: NotForHer | None) -> None:
    """Open the question that follows by itself from how something arrived."""
    kinds = {
        NotForHer.WRONG_ITEM: QuestionKind.WRONG_ITEM,
        NotForHer.SECOND_COPY: QuestionKind.SECOND_COPY,
    }
    if why is None and _blocked_since(loan):
        asking = Asking(QuestionKind.BLOCKED, loan.request, loan)
        questions.ask(asking, act.as_role(Owner.MACHINE))
    if why not in kinds:
        return
    note = ""
    if why == NotForHer.WRONG_ITEM and loan.item is not None:
        note = f"{loan.item.record.title[:200]} ({loan.barcode})"
    asking = Asking(kinds[why], loan.request, loan, Said(note=note))
    questions.ask(asking, act.as_role(Owner.BORROWING))


def _blocked_since(loan: Loan) -> bool:
    """Whether its patron's card is blocked, and nobody has approved the request knowing that."""
    return Concern.BLOCKED not in loan.request.concerns and bool(renewals.blocked(loan.request))
