"""What is overdue, by steps: after its reader its desk hears it, then the center, each once."""

from collections.abc import Iterator

from postroad.accounts.models import Role
from postroad.directory.models import Library
from postroad.ill import turns
from postroad.ill.lifecycle import LoanState, Verb
from postroad.ill.models import Event, Request
from postroad.ill.turns import Step
from postroad.notices.models import Kind

FOR_STAFF = frozenset({Kind.OVERDUE_LENT, Kind.OVERDUE_DESK, Kind.OVERDUE_CENTRE})
STEPS = list(Step)
TALK, SETTLE = STEPS.index(Step.TALK), STEPS.index(Step.SETTLE)


def steps(event: Event, ill: Request) -> Iterator[tuple[Kind, Library | Role]]:
    """Who hears for the first time that it is overdue, by the thresholds of its borrower. Of an
    outside lender's the center hears what a lender does."""
    if event.verb != Verb.REMIND_LOAN or event.loan_after != LoanState.LENT:
        return
    loan = event.parts()[2]
    if loan is None or loan.due_back is None or loan.state != LoanState.LENT:
        return
    reached = STEPS.index(turns.overdue_step(loan, ill.library.day_of(event.at)))
    rang = Event.objects.filter(loan=loan, verb=Verb.REMIND_LOAN, pk__lt=event.pk)
    earlier = rang.filter(loan_after=LoanState.LENT).values_list("at", flat=True)
    before = [STEPS.index(turns.overdue_step(loan, ill.library.day_of(at))) for at in earlier]
    told = max(before, default=0)
    if told < TALK <= reached:
        yield Kind.OVERDUE_DESK, ill.library
    if told < SETTLE <= reached and not loan.is_outside:
        yield Kind.OVERDUE_CENTRE, Role.CENTRE


def is_long(event: Event, ill: Request) -> bool:
    """Whether it is overdue for so long that it is to be settled with its lender."""
    loan = event.parts()[2]
    if loan is None or loan.due_back is None or loan.state != LoanState.LENT:
        return False
    return turns.overdue_step(loan, ill.library.day_of(event.at)) == Step.SETTLE
