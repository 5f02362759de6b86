"""Pieces that travel together, a book and its discs: counted out, and in at every end."""

from django.db import transaction

from postroad.ill import questions
from postroad.ill.acts import Act
from postroad.ill.lifecycle import LoanState, OutOfTurn, Owner, Verb
from postroad.ill.lifecycle.questions import QuestionKind
from postroad.ill.models import Loan, Question
from postroad.ill.questions import Asking, Said

# Where each side may have it before it, and count.
COUNTS = {
    Owner.LENDING: frozenset({LoanState.SHIPPED, LoanState.HOMEWARD, LoanState.CLOSED}),
    Owner.BORROWING: frozenset({LoanState.ARRIVED, LoanState.BACK}),
}


def may_count(loan: Loan, side: Owner) -> bool:
    return loan.state in COUNTS.get(side, ())


@transaction.atomic
def count(loan: Loan, act: Act, counted: int, *, side: Owner) -> Question | None:
    """How many there are. Its lender says how many leave; where fewer come than that, the other
    side is asked for the rest by itself, and the question is returned."""
    if not may_count(loan, side):
        ref = loan.request.ref
        raise OutOfTurn(state=loan.state, verb=Verb.COUNT_PIECES, part="loan", ref=ref)
    leaves = loan.state == LoanState.SHIPPED
    expected = counted if leaves else loan.pieces
    act = act.as_role(side)
    said = {"counted": counted, "expected": expected}
    loan.request.seal(Verb.COUNT_PIECES)
    loan.request.write_down(Verb.COUNT_PIECES, act, supply=loan.supply, loan=loan, said=said)
    change = {"pieces": counted} if leaves else {"pieces_back": counted}
    Loan.objects.filter(pk=loan.pk).update(**change)
    for name, value in change.items():
        setattr(loan, name, value)
    if counted >= expected or _asked(loan):
        return None
    note = f"{counted}/{expected}"
    return questions.ask(
        Asking(QuestionKind.MISSING_PARTS, loan.request, loan, Said(note=note)), act
    )


def _asked(loan: Loan) -> bool:
    """Whether they are looked for already."""
    return loan.questions.open().filter(kind=QuestionKind.MISSING_PARTS).exists()
