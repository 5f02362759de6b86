"""What two sides have open between them, while something about a request is messy."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from postroad.accounts.models import User
from postroad.directory.models import Library
from postroad.errors import Refusal
from postroad.ill.lifecycle import LoanState, Owner, Standing, State, Verb
from postroad.ill.lifecycle.questions import (
    QUESTIONS,
    Answer,
    QuestionKind,
    blocks,
    forsakes,
    settles,
)

if TYPE_CHECKING:
    from postroad.ill.models.loan import Loan
    from postroad.ill.models.request import Request


class QuestionOpen(Refusal):
    """A question is open that must be answered, or withdrawn, before this verb."""

    code = "question-open"


def asked_at(library: Library) -> Q:
    """Those that this library asked, or a patron of its."""
    borrows = Q(side__in=(Owner.BORROWING, Owner.PATRON), request__library=library)
    return borrows | Q(side=Owner.LENDING, supply__lender=library)


class QuestionQuerySet(models.QuerySet["Question"]):
    def open(self) -> "QuestionQuerySet":
        """Those that wait for an answer. They have a clock, as a constraint holds; so an index
        knows them."""
        return self.filter(due_at__isnull=False)

    def due_before(self, moment: datetime) -> "QuestionQuerySet":
        return self.filter(due_at__lte=moment)

    def at(self, library: Library) -> "QuestionQuerySet":
        """Those that this library's desk has to answer."""
        return self.filter(library=library)

    def shown(self) -> "QuestionQuerySet":
        """With what every list and page of questions shows, in one query. No patron: a lender sees
        none."""
        return self.select_related(
            "request__library",
            "supply__lender",
            "loan__item",
            "loan__supply__lender",
            "library",
            "opened_by",
            "answered_by",
        )


class Question(models.Model):
    """One question: who asked, whose turn it is and until when, what was answered.

    Its kind says the rest (`lifecycle.questions`). Opened, answered and withdrawn in
    `ill/questions.py` alone.
    """

    request = models.ForeignKey("Request", on_delete=models.CASCADE, related_name="questions")
    supply = models.ForeignKey("Supply", null=True, on_delete=models.CASCADE, related_name="+")
    loan = models.ForeignKey("Loan", null=True, on_delete=models.CASCADE, related_name="questions")
    kind = models.CharField(
        max_length=20,
    )
    side = models.CharField(
        max_length=10,
    )  # who asked
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    # Whose turn it is; of a desk, at which library: none, if it is the center's or the patron's.
    owner = models.CharField(
        max_length=10,
    )
    library = models.ForeignKey(Library, null=True, on_delete=models.PROTECT, related_name="+")
    due_at = models.DateTimeField(null=True)  # when its clock rings; none, once it is over
    reminders = models.PositiveSmallIntegerField(default=0)
    day = models.DateField(null=True)  # wished, or by which it is wanted back
    reason = models.CharField(max_length=32, blank=True)  # a code, where its kind has a list
    note = models.CharField(max_length=500, blank=True)  # in the words of who asked
    answer = models.CharField(max_length=32, blank=True)  # of `Answer`; or the verb that ended it
    answer_note = models.CharField(max_length=500, blank=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")

    objects = QuestionQuerySet.as_manager()

    class Meta:
        ordering = ["opened_at", "pk"]
        indexes = [
            models.Index(
                fields=["library", "owner", "due_at"],
                name="question_desk",
                condition=Q(due_at__isnull=False),
            ),
            models.Index(
                fields=["due_at"], name="question_clock", condition=Q(due_at__isnull=False)
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["loan", "kind", "owner"],
                condition=Q(due_at__isnull=False, loan__isnull=False),
                name="one_question_of_a_kind_a_loan",
            ),
            models.UniqueConstraint(
                fields=["request", "kind", "owner"],
                condition=Q(due_at__isnull=False, loan=None),
                name="one_question_of_a_kind_a_request",
            ),
            models.CheckConstraint(
                condition=Q(due_at=None, answered_at__isnull=False) & ~Q(answer="")
                | Q(due_at__isnull=False, answered_at=None, answer=""),
                name="an_open_question_has_a_clock",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.request_id}"

    @property
    def is_open(self) -> bool:
        return self.due_at is not None

    @property
    def answers(self) -> frozenset[Answer]:
        return QUESTIONS[QuestionKind(self.kind)].answers


@dataclass(frozen=True, slots=True)
class Beside:
    """The questions that are open beside a request while a verb moves it."""

    open: tuple[Question, ...] = ()

    @classmethod
    def of(cls, request: "Request") -> "Beside":
        """Asked only where the request says that any is open: the straight road pays nothing."""
        return cls(tuple(request.questions.open()) if request.open_questions else ())

    def after(self, verb: Verb, loan: "Loan | None", after: Standing) -> tuple[Question, ...]:
        """The questions that the verb ends by itself.

        Raises QuestionOpen if it must wait for one, or would leave one where it makes no sense.
        """
        ended = []
        for question, leads in self._touched(loan, after):
            kind = QuestionKind(question.kind)
            if blocks(kind, verb) or forsakes(kind, verb, leads):
                raise QuestionOpen(
                    kind=kind, verb=verb, question=question.pk, ref=question.request.ref
                )
            if settles(kind, verb, leads):
                ended.append(question)
        return tuple(ended)

    def _touched(
        self, loan: "Loan | None", after: Standing
    ) -> Iterable[tuple[Question, LoanState | State]]:
        """Each question that the verb may touch, with where its thing or its request is led."""
        for question in self.open:
            if question.loan_id is None:
                yield question, after.state
            elif loan is not None and question.loan_id == loan.pk and after.loan is not None:
                yield question, after.loan


def hold_of(request: "Request") -> Question | None:
    """That by which it waits for a person before any lender is asked. Asked only where the request
    says that something is open."""
    held = (each for each in Beside.of(request).open if each.kind == QuestionKind.HOLD)
    return next(held, None)


def stops(request: "Request", verb: Verb, loan: "Loan | None" = None) -> bool:
    """Whether an open question stops this verb, of this thing where it moves one. Asked of the
    database only for a verb that some kind stops, and where the request says that any is open."""
    if not any(blocks(kind, verb) for kind in QUESTIONS):
        return False
    thing = loan.pk if loan is not None else None
    return any(
        blocks(QuestionKind(each.kind), verb)
        for each in Beside.of(request).open
        if each.loan_id in (None, thing)
    )


def follow(request: "Request") -> None:
    """It is fetched at another library, whose desk answers from now on what the one before was
    asked."""
    if request.open_questions:
        asked = request.questions.open().filter(owner=Owner.BORROWING)
        asked.update(library=request.library)


def not_with_her() -> QuestionQuerySet:
    """The open questions by which a thing is with its patron no more, as she or her desk says:
    until they are answered nobody asks her to bring it."""
    hers = Q(kind=QuestionKind.LOST, side__in=(Owner.PATRON, Owner.BORROWING))
    return Question.objects.open().filter(Q(kind=QuestionKind.CLAIMED_RETURNED) | hers)


def close(questions: Iterable[Question], at: datetime, verb: Verb) -> None:
    """A verb has ended them by itself, and has sealed the request before."""
    open_ones = Question.objects.open().filter(pk__in=[question.pk for question in questions])
    open_ones.update(due_at=None, answered_at=at, answer=verb)
