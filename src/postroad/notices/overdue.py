"""What is overdue, by steps: after its reader its desk hears it, then the center, each once."""

from collections.abc import Iterator
from datetime import date

from postroad.accounts.models import Role
from postroad.directory.models import Library
from postroad.ill import turns
from postroad.ill.lifecycle import LoanState, Verb
from postroad.ill.models import Event, Loan, Request
from postroad.ill.models.question import not_with_her
from postroad.ill.turns import Step
from postroad.notices.models import Kind

FOR_STAFF = frozenset({Kind.OVERDUE_LENT, Kind.OVERDUE_DESK, Kind.OVERDUE_CENTRE})
AT_THE_BORROWER = frozenset({LoanState.ARRIVED, LoanState.LENT, LoanState.BACK})
STEPS = list(Step)
TALK, SETTLE = STEPS.index(Step.TALK), STEPS.index(Step.SETTLE)


def steps(event: Event, ill: Request) -> Iterator[tuple[Kind, Library | Role]]:
    """Who hears for the first time that it is overdue, by the thresholds of its borrower. Of an
    outside lender's the center hears at once, and later what a lender does."""
    if event.verb != Verb.REMIND_LOAN or event.loan_after not in AT_THE_BORROWER:
        return
    loan = event.parts()[2]
    if loan is None or loan.due_back is None or loan.state not in AT_THE_BORROWER:
        return
    if loan.is_outside and _is_first_after(loan.due_back, loan, event, ill):
        yield Kind.OVERDUE_CENTRE, Role.CENTRE
    if event.loan_after != LoanState.LENT or loan.state != LoanState.LENT:
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


def is_with_her(event: Event) -> bool:
    """Whether its reader has it, as far as she and her desk say: then she is asked to bring it."""
    if not event.request.open_questions:
        return True
    return not not_with_her().filter(loan=event.loan_id).exists()


def _is_first_after(day: date, loan: Loan, event: Event, ill: Request) -> bool:
    """Whether this is the first time that its clock rings after the day of an outside lender, which
    knows nothing of our reader, our desk or their closed days."""
    if ill.library.day_of(event.at) <= day:
        return False
    rang = Event.objects.filter(loan=loan, verb=Verb.REMIND_LOAN, pk__lt=event.pk)
    rang = rang.filter(loan_after__in=AT_THE_BORROWER).order_by("-pk")
    before = rang.values_list("at", flat=True).first()
    return before is None or ill.library.day_of(before) <= day


def is_long(event: Event, ill: Request) -> bool:
    """Whether it is overdue for so long that it is to be settled with its lender."""
    loan = event.parts()[2]
    if loan is None or loan.due_back is None or loan.state != LoanState.LENT:
        return False
    return turns.overdue_step(loan, ill.library.day_of(event.at)) == Step.SETTLE


def outside_lender(event: Event) -> str:
    """Whose it is, if it is no member's."""
    supply = event.parts()[1]
    return supply.lender_name if supply is not None and supply.is_outside else ""
