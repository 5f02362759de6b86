"""Each turn that a loan can take, once, at the two libraries of the demonstration's accounts.

What the story of ordinary loans has left open is taken up here, by the verbs that the pages call.
`docs/tutorial/every-turn.md` leads through them.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial
from itertools import chain

from django.db import transaction

from postroad.accounts.models import Role, User
from postroad.demo.facts import CENTRE
from postroad.demo.people import HOME, LENDER
from postroad.directory.models import Library
from postroad.directory.opening import Standing
from postroad.errors import Refusal
from postroad.ill import clocks, lending, losing, questions
from postroad.ill.acts import Act
from postroad.ill.duedates import open_from
from postroad.ill.lifecycle import Condition, Later, LoanState, Owner, SupplyState
from postroad.ill.lifecycle.questions import QuestionKind
from postroad.ill.models import Loan, LoanQuerySet, Request, Supply
from postroad.ill.questions import Asking, Said

LOOKED_BACK = timedelta(days=14)  # longer than any row of closed days


@dataclass(frozen=True, slots=True)
class Turns:
    """Who acts, and when."""

    now: datetime
    home: Library
    lender: Library
    office: Library
    borrower: User
    lends: User
    centre: User

    def ago(self, hours: float, at: Library) -> datetime:
        """So long ago or, if that library was closed on that day, on the open day before it."""
        moment = self.now - timedelta(hours=hours)
        days = clocks.at_work(at, moment - LOOKED_BACK)
        back = (moment - timedelta(days=number) for number in range(LOOKED_BACK.days))
        open_ones = (each for each in back if days.standing(at.day_of(each)) != Standing.CLOSED)
        return next(open_ones, moment)

    def at_home(self, hours: float) -> Act:
        return Act(self.borrower, self.ago(hours, self.home), Owner.BORROWING)

    def of_borrower(self, loan: Loan) -> Act:
        """Its own clerk; elsewhere somebody without an account here."""
        by = self.borrower if loan.borrower_id == self.home.pk else None
        return Act(by, self.ago(2, loan.request.library), Owner.BORROWING)

    def at_lender(self, hours: float) -> Act:
        return Act(self.lends, self.ago(hours, self.lender), Owner.LENDING)

    def of_centre(self, hours: float) -> Act:
        return Act(self.centre, self.ago(hours, self.office), Owner.CENTRE)

    def once_asked(self, act: Act, ill: Request) -> Act:
        """The same, but not before that was asked for which it is about."""
        return replace(act, at=min(max(act.at, ill.asked_at + timedelta(minutes=5)), self.now))


def tell(now: datetime) -> int:
    """Take each turn for which the story has left something; how many were taken."""
    people = {each.username: each for each in User.objects.filter(username__in=list(Role))}
    places = {each.code: each for each in Library.objects.filter(code__in=(HOME, LENDER, CENTRE))}
    here = Turns(
        now,
        places[HOME],
        places[LENDER],
        places[CENTRE],
        people[Role.BORROWING],
        people[Role.LENDING],
        people[Role.CENTRE],
    )
    every = chain(_of_attempts(here), _of_things(here), _of_wishes(here))
    return sum(map(_take, every))  # each is taken before the next is looked for


def _take(turn: Callable[[], object]) -> bool:
    """One that the story does not bear is left out: it is other each day."""
    try:
        with transaction.atomic():
            turn()
    except Refusal:
        return False
    return True


def _of_attempts(here: Turns) -> Iterator[Callable[[], object]]:
    """What lenders answer but yes and no: at home on conditions, at the lender later."""
    waits = Supply.objects.filter(state=SupplyState.ASKED, level="").select_related(
        "request__library", "lender"
    )
    conditions = lending.Offer(
        (Condition.LIBRARY_USE, Condition.NO_COPYING), "A gift of the author; please use gloves."
    )
    cost = lending.Offer((Condition.COST,), "Postage of a heavy volume.", Decimal("12.50"))
    ours = waits.filter(request__library=here.home).order_by("-pk")
    for supply, offered in zip(ours[:2], (conditions, cost), strict=False):
        act = here.once_asked(Act(None, here.ago(3, supply.lender), Owner.LENDING), supply.request)
        yield partial(lending.offer, supply, act, offered)
    day = here.lender.day_of(here.now) + timedelta(days=12)
    for supply in waits.filter(lender=here.lender).order_by("-pk")[:1]:
        yield partial(
            lending.retry,
            supply,
            here.once_asked(here.at_lender(2), supply.request),
            reason=Later.BINDERY,
            on=day,
            note="Back from the binder then.",
        )


def _of_things(here: Turns) -> Iterator[Callable[[], object]]:
    """Questions about what is out: a different thing for each, so that each can be played."""
    taken: set[int] = set()
    ours = _one_after_another(Loan.objects.open().borrowed_by(here.home), here.now, taken)
    anybody_s = _one_after_another(Loan.objects.open(), here.now, taken)
    theirs = _one_after_another(Loan.objects.open().lent_by(here.lender), here.now, taken)
    week = here.home.day_of(here.now) + timedelta(days=7)
    for kind, state, said in (
        (QuestionKind.RENEWAL, LoanState.LENT, Said(note="For a class that is not over.")),
        (QuestionKind.LOST, LoanState.LENT, Said(note="Left on a train.")),
        (QuestionKind.WRONG_ITEM, LoanState.ARRIVED, Said(note="The large-print edition came.")),
        (QuestionKind.MISSING_PARTS, LoanState.ARRIVED, Said(note="The second disc is not there.")),
        (QuestionKind.DAMAGED, LoanState.BACK, Said(note="Coffee on pages 40 to 44.")),
    ):  # of what its lender lent, which answers; else what its borrower has, or anybody
        if loan := theirs(state) or ours(state) or anybody_s(state):
            wished = _a_week_longer(loan, here.now) if kind == QuestionKind.RENEWAL else None
            yield partial(_ask, loan, kind, replace(said, day=wished), here.of_borrower(loan))
    if loan := ours(LoanState.LENT) or anybody_s(LoanState.LENT):
        said = Said(note="Put into the box on Sunday.")
        act = here.of_borrower(loan)
        yield partial(_ask, loan, QuestionKind.CLAIMED_RETURNED, said, act)
    if loan := ours(LoanState.LENT) or anybody_s(LoanState.LENT):
        said = Said(day=week, note="A faculty member needs it for her course.")
        act = Act(None, here.ago(5, loan.supply.lender), Owner.LENDING)
        yield partial(_ask, loan, QuestionKind.RECALL, said, act)
    if loan := theirs(LoanState.SHIPPED):
        yield partial(
            losing.write_off,
            loan,
            here.at_lender(30),
            note="The van’s office looked for it for five weeks.",
        )


def _of_wishes(here: Turns) -> Iterator[Callable[[], object]]:
    """A question to a reader, and one that the center holds."""
    open_ones = Request.objects.filter(state="review", library=here.home).order_by("pk")
    if ill := open_ones.first():
        note = "Would the edition of 1998 do as well? It is here on the shelf."
        yield partial(
            questions.ask,
            Asking(QuestionKind.ASK_PATRON, ill, said=Said(note=note)),
            here.once_asked(here.at_home(4), ill),
        )
    if held := Request.objects.filter(state="centre").order_by("-pk").first():
        note = "The rights holder was asked; wait for the answer before asking elsewhere."
        act = here.once_asked(here.of_centre(6), held)
        yield partial(questions.ask, Asking(QuestionKind.HOLD, held, said=Said(note=note)), act)


def _ask(loan: Loan, kind: QuestionKind, said: Said, act: Act) -> None:
    questions.ask(Asking(kind, loan.request, loan, said), act)


def _a_week_longer(loan: Loan, now: datetime) -> date:
    """An open day of its borrower, as the page lets one be chosen."""
    assert loan.due_back is not None  # a lent thing has one
    at_work = clocks.at_work(loan.request.library, now)
    return open_from(at_work, loan.due_back + timedelta(days=7))


def _one_after_another(
    loans: LoanQuerySet, now: datetime, taken: set[int]
) -> Callable[[LoanState], Loan | None]:
    """The next thing that stands so, each once; not what is overdue, which has its own turn."""
    later = loans.filter(due_at__gt=now, request__open_questions=0)
    rows = later.select_related("request__library", "supply__lender", "item").order_by("-pk")

    def another(state: LoanState) -> Loan | None:
        found = rows.filter(state=state).exclude(pk__in=taken).first()
        if found is not None:
            taken.add(found.pk)
        return found

    return another
