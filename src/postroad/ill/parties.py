"""The gate of questions: on which sides of a request somebody sits, and what she may do there.

A lender has its side only where the question is about its own attempt. For an outside lender the
center speaks. What is no lender's business (`Question.parties`) is not there for it.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from postroad import reference_numbers
from postroad.accounts import roles
from postroad.accounts.models import BORROWING, LENDING, Role, User
from postroad.directory.models import Library
from postroad.errors import Refusal
from postroad.ill import renewals
from postroad.ill.lifecycle import LoanState, Owner, State
from postroad.ill.lifecycle.questions import QUESTIONS, Answer, QuestionKind, answers_of, may_open
from postroad.ill.models import Loan, Question, Request, Supply
from postroad.ill.models.request import together

# For which side somebody asks who sits on several.
ORDER = (Owner.PATRON, Owner.BORROWING, Owner.LENDING, Owner.CENTRE)
# Who waits for what is on the road.
WAITS_FOR: Mapping[LoanState, frozenset[Owner]] = {
    LoanState.SHIPPED: frozenset({Owner.BORROWING, Owner.CENTRE}),
    LoanState.HOMEWARD: frozenset({Owner.LENDING, Owner.CENTRE}),
}
# What only a scan or the house itself finds.
BY_ITSELF = frozenset({QuestionKind.SECOND_COPY, QuestionKind.BLOCKED})


class NoSuchQuestion(Refusal):
    """There is no such question for this person."""

    code = "no-such-question"


@dataclass(frozen=True, slots=True)
class Seat:
    """The sides on which somebody sits of one request, and of one attempt for it."""

    sides: frozenset[Owner]

    @property
    def at_work(self) -> "Seat":
        """The same without her own requests as a patron."""
        return Seat(self.sides - {Owner.PATRON})

    def may_read(self, question: Question) -> bool:
        parties = QUESTIONS[QuestionKind(question.kind)].parties
        return not self.sides.isdisjoint(parties | {Owner(question.owner)})

    def answering(self, question: Question) -> Owner | None:
        """The side for which this person may answer: the one whose turn it is before all others."""
        if not question.is_open:
            return None
        owner = Owner(question.owner)
        row = QUESTIONS[QuestionKind(question.kind)]
        whose = row.whose_answer(owner, Owner(question.side)) & self.sides
        return owner if owner in whose else min(whose, default=None)

    def answers(self, question: Question) -> tuple[Answer, ...]:
        """What this person may answer now."""
        side = self.answering(question)
        return answers_of(QuestionKind(question.kind), side) if side else ()

    def withdrawing(self, question: Question) -> Owner | None:
        """The side for which this person may withdraw it: that of who asked, and of a patron's her
        library. Where who asked is the one who answers, the answer does it."""
        asked_by = Owner(question.side)
        answers = QUESTIONS[QuestionKind(question.kind)].answered_by
        if not question.is_open or asked_by in answers:
            return None
        whose = {asked_by} | ({Owner.BORROWING} if asked_by == Owner.PATRON else set())
        return min(whose & self.sides, default=None)

    def asking(self, kind: QuestionKind, about: LoanState | State) -> Owner | None:
        """The side for which this person may ask it now of what stands here."""
        mine = (side for side in ORDER if side in self.sides and may_open(kind, side, about))
        return next(mine, None)


def seat(user: User, ill: Request, supply: Supply | None) -> Seat:
    """Where this person sits, beside this attempt of the request. Who acts for a library from the
    center sits at its desk too, and at no other."""
    sides = {
        Owner.PATRON: ill.patron_id is not None and ill.patron_id == user.pk,
        Owner.BORROWING: _works(user, ill.library, BORROWING),
        Owner.LENDING: supply is not None and _lends(user, supply),
        Owner.CENTRE: roles.has(user, Role.CENTRE),
        Owner.DELIVERY: roles.has(user, Role.DELIVERY),
    }
    return Seat(frozenset(side for side, there in sides.items() if there))


def _works(user: User, library: Library, wanted: Collection[Role]) -> bool:
    if user.stands_in_for is not None:
        return user.stands_in_for == library
    return any(roles.has(user, role, library) for role in wanted)


def _lends(user: User, supply: Supply) -> bool:
    if supply.is_outside:
        return roles.has(user, Role.CENTRE)
    return _works(user, supply.lender, LENDING)


def question_for(user: User, key: int, ref: str = "") -> tuple[Question, Seat]:
    """The question and where this person sits; otherwise as if there were none."""
    found = Question.objects.shown().filter(pk=key)
    if ref:
        found = found.filter(request__ref=reference_numbers.tidy(ref))
    if (question := found.first()) is None:
        raise NoSuchQuestion
    together(question.request, question.supply, question.loan)
    here = seat(user, question.request, question.supply)
    if not here.may_read(question):
        raise NoSuchQuestion
    return question, here


@dataclass(frozen=True, slots=True)
class Openable:
    """A question that somebody may ask now: about one thing, or about the wish."""

    kind: QuestionKind
    loan: Loan | None
    side: Owner


Sits = Callable[[Supply | None], Seat]  # where somebody sits, beside each attempt of a request


def sits(user: User, ill: Request, *, hers: bool) -> Sits:
    """At work, or as the patron whose request it is."""

    def beside(supply: Supply | None) -> Seat:
        found = seat(user, ill, supply)
        return Seat(found.sides & {Owner.PATRON}) if hers else found.at_work

    return beside


def readable(ill: Request, at: Sits) -> list[Question]:
    """The questions of a request that this person may read, the open ones first."""
    every = list(ill.questions.shown().order_by("-opened_at", "-pk"))
    mine = [each for each in every if at(each.supply).may_read(each)]
    return sorted(mine, key=lambda each: not each.is_open)


def openable(
    ill: Request, at: Sits, now: datetime, asked: Iterable[Question] = ()
) -> Iterator[Openable]:
    """What this person may ask now; not what is `asked` already."""
    open_now = {(each.kind, each.loan_id) for each in asked if each.is_open}
    loans = things(ill)
    for kind, row in QUESTIONS.items():
        about: list[Loan | None] = [*loans] if row.of_a_thing else [None]
        for thing in about:
            side = at(thing.supply if thing else None).asking(kind, _stands(ill, thing))
            is_open = (kind, thing.pk if thing else None) in open_now
            if side is not None and not is_open and fits(kind, thing, side, now):
                yield Openable(kind, thing, side)


def things(ill: Request) -> list[Loan]:
    """What is out, or was last: looked up only where it is more than the foremost."""
    if ill.things_out < 2:
        return [ill.loan] if ill.loan is not None else []
    every = list(ill.loans.open().select_related("supply__lender", "item"))
    for each in every:
        together(ill, None, each)
    return every


def _stands(ill: Request, thing: Loan | None) -> LoanState | State:
    return State(ill.state) if thing is None else LoanState(thing.state)


def fits(kind: QuestionKind, loan: Loan | None, side: Owner, now: datetime) -> bool:
    """Whether this side would ask it: a renewal is asked by hand where the lender's terms alone say
    no, by a desk also when it is overdue; and for what is on the road asks whoever waits for it."""
    if kind == QuestionKind.RENEWAL:
        late = side != Owner.PATRON
        return loan is not None and renewals.by_hand(loan, now, late=late)
    if kind == QuestionKind.NOT_RECEIVED:
        return loan is not None and side in WAITS_FOR[LoanState(loan.state)]
    return kind not in BY_ITSELF
