"""Questions between two sides: opened, answered, withdrawn, and what silence means.

Each kind is a row in `lifecycle/questions.py`. What an answer does besides ending the question is
in `EFFECTS`: the verb of the thing that follows, in the same transaction.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from django.db import IntegrityError, transaction

from postroad.directory import agreements
from postroad.directory.models import Agreement, Library
from postroad.errors import Refusal
from postroad.ill import charging, clocks, dates, due, losing, wrong_items
from postroad.ill.acts import Act, house
from postroad.ill.lifecycle import LoanState, Owner, State, Verb
from postroad.ill.lifecycle.questions import QUESTIONS, Answer, QuestionKind, Silence
from postroad.ill.models import ChargeKind, Loan, MovedMeanwhile, Question, Request
from postroad.ill.models.request import together
from postroad.ill.renewals import NoRenewal


class NotToAsk(Refusal):
    """This cannot be asked where the request stands, or not by this side."""

    code = "question-out-of-turn"


class AskedAlready(Refusal):
    """The same question is open already."""

    code = "question-asked-already"


class QuestionOver(Refusal):
    """It was answered or withdrawn meanwhile, or ended by itself."""

    code = "question-over"


class NoSuchAnswer(Refusal):
    """The kind of question has no such answer, or it is another side's to give."""

    code = "no-such-answer"


class NoDay(Refusal):
    """The question, or its answer, needs a day."""

    code = "question-needs-a-day"


@dataclass(frozen=True, slots=True)
class Said:
    """What is said with a question or with its answer."""

    day: date | None = None  # wished, granted, or until which is waited
    reason: str = ""  # a code, where the kind has a list
    note: str = ""
    cost: Decimal | None = None


NOTHING_SAID = Said()


@dataclass(frozen=True, slots=True)
class Asking:
    """A question about to be opened: of which kind, by whom, about what."""

    kind: QuestionKind
    request: Request
    loan: Loan | None = None
    said: Said = field(default_factory=Said)
    owner: Owner | None = None  # whose turn it is, where several are asked the same

    @property
    def about(self) -> LoanState | State:
        """Where that stands about which it is."""
        if self.loan is not None:
            return LoanState(self.loan.state)
        return State(self.request.state)


@transaction.atomic
def ask(asking: Asking, act: Act) -> Question:
    """Open a question; what follows from asking it is done with it, or neither is.

    Raises NotToAsk, NoDay, AskedAlready, MovedMeanwhile, and whatever the verb refuses that
    follows.
    """
    ill, loan = asking.request, asking.loan
    row, side = QUESTIONS[asking.kind], act.role or ill.role_of(act.by)
    facts = {"kind": asking.kind, "ref": ill.ref}
    if row.of_a_thing != (loan is not None) or asking.about not in row.opens_in:
        raise NotToAsk(state=asking.about, **facts)
    if side not in row.by:
        raise NotToAsk(state=asking.about, side=side, **facts)
    _check_day(asking, act)
    owner = asking.owner or row.turn(side)
    library = _desk(owner, ill, loan)
    said = asking.said
    question = Question(
        request=ill,
        supply=loan.supply if loan is not None else ill.supply,
        loan=loan,
        kind=asking.kind,
        side=side,
        opened_at=act.at,
        opened_by=act.by,
        owner=Owner.CENTRE if owner == Owner.LENDING and library is None else owner,
        library=library,
        due_at=clocks.of_question(asking.kind, act.at, desk=library or ill.library, day=said.day),
        day=said.day,
        reason=said.reason,
        note=said.note,
    )
    ill.seal(Verb.ASK_QUESTION, open_questions=ill.open_questions + 1)
    _save(question)
    _write_down(question, Verb.ASK_QUESTION, act)
    if effect := OPENS.get(asking.kind):
        effect(question, act, asking.said)
    return question


def _save(question: Question) -> None:
    try:
        with transaction.atomic():
            question.save(force_insert=True)
    except IntegrityError as taken:
        raise AskedAlready(kind=question.kind, ref=question.request.ref) from taken


def _check_day(asking: Asking, act: Act) -> None:
    """The day that is wished must be one that its lender could grant."""
    if asking.kind not in (QuestionKind.RENEWAL, QuestionKind.RECALL) or asking.loan is None:
        return
    if asking.said.day is None:
        raise NoDay(kind=asking.kind, ref=asking.request.ref)
    if asking.kind == QuestionKind.RENEWAL:
        due.check_later(asking.loan, asking.said.day, act.at)


def _desk(owner: Owner, ill: Request, loan: Loan | None) -> Library | None:
    """At which library somebody answers; nowhere, if the center does for an outside lender."""
    if owner == Owner.BORROWING:
        return ill.library
    if owner == Owner.LENDING and loan is not None and not loan.is_outside:
        return loan.supply.lender
    return None


@transaction.atomic
def answer(question: Question, answer: Answer, act: Act, said: Said = NOTHING_SAID) -> None:
    """Answer a question; what follows from the answer is done with it, or neither is.

    Raises QuestionOver if it waits no more, NoSuchAnswer if its kind has no such one, and whatever
    the verb refuses that follows.
    """
    kind = QuestionKind(question.kind)
    if answer not in QUESTIONS[kind].answers:
        raise NoSuchAnswer(kind=kind, answer=answer, ref=question.request.ref)
    if answer == Answer.WAIT:
        _wait(question, act, said)
        return
    _over(question, act, Verb.ANSWER, answer, said)
    _write_down(question, Verb.ANSWER, act, said=said, note=said.note)
    if effect := EFFECTS.get((kind, answer)):
        effect(question, act, said)


def _wait(question: Question, act: Act, said: Said) -> None:
    """It stays open, and rings anew on the day that was named."""
    loan, day = _thing(question), _day(question, said)
    due.check_to_come(loan, day, act.at)
    desk = question.library or question.request.library
    rings = clocks.of_day(desk, day, act.at)
    _seal(question, Verb.ANSWER)
    _change(question, {"due_at": rings, "day": day, "reminders": 0, "answer_note": said.note})
    _write_down(question, Verb.ANSWER, act, said=said, note=said.note, answer=Answer.WAIT)


@transaction.atomic
def withdraw(question: Question, act: Act) -> None:
    """Whoever asked needs no answer any more. Raises QuestionOver."""
    _over(question, act, Verb.WITHDRAW_QUESTION, Verb.WITHDRAW_QUESTION, NOTHING_SAID)
    _write_down(question, Verb.WITHDRAW_QUESTION, act)
    if effect := WITHDRAWN.get(QuestionKind(question.kind)):
        effect(question, act, NOTHING_SAID)


@transaction.atomic
def remind(question: Question, act: Act, *, owner: Owner | None = None) -> None:
    """Its clock has rung: whoever is to answer is told again, or `owner` from now on."""
    desk = question.library or question.request.library
    changes = {
        "reminders": question.reminders + 1,
        "due_at": clocks.of_question(QuestionKind(question.kind), act.at, desk=desk, day=None),
    }
    if owner is not None:
        changes |= {"owner": owner, "library": _desk(owner, question.request, question.loan)}
    _seal(question, Verb.REMIND_QUESTION)
    _change(question, changes)
    _write_down(question, Verb.REMIND_QUESTION, act)


def _over(question: Question, act: Act, verb: Verb, answer: str, said: Said) -> None:
    _seal(question, verb, open_questions=max(question.request.open_questions - 1, 0))
    changes = {"due_at": None, "answered_at": act.at, "answered_by": act.by, "answer": answer}
    _change(question, {**changes, "answer_note": said.note})


def _change(question: Question, changes: Mapping[str, object]) -> None:
    """Of an open question; whoever is second is told."""
    if not Question.objects.open().filter(pk=question.pk).update(**changes):
        raise QuestionOver(kind=question.kind, ref=question.request.ref)
    for name, value in changes.items():
        setattr(question, name, value)


def _seal(question: Question, verb: Verb, **change: object) -> None:
    """The request first: a verb that ends its questions takes them in this order too."""
    facts = {"kind": question.kind, "ref": question.request.ref}
    if not question.is_open:
        raise QuestionOver(**facts)
    try:
        question.request.seal(verb, **change)
    except MovedMeanwhile as moved:
        if not Question.objects.open().filter(pk=question.pk).exists():
            raise QuestionOver(**facts) from moved
        raise


def _write_down(
    question: Question,
    verb: Verb,
    act: Act,
    *,
    said: Said = NOTHING_SAID,
    note: str = "",
    answer: str = "",
) -> None:
    facts: dict[str, object] = {"kind": question.kind, "question": question.pk}
    day = said.day or question.day
    if day is not None:
        facts["day"] = day.isoformat()
    if reason := said.reason or question.reason:
        facts["reason"] = reason
    if question.kind == QuestionKind.NOT_RECEIVED:
        facts["turn"] = question.owner
    if verb == Verb.ANSWER:
        facts["answer"] = answer or question.answer
        if said.cost is not None:
            facts["cost"] = f"{said.cost:.2f}"
    question.request.write_down(
        verb, act, supply=question.supply, loan=question.loan, said=facts, note=note
    )


def _thing(question: Question) -> Loan:
    """What it is about, as one family with its request: a verb of one is seen by the other."""
    _ill, _supply, loan = together(question.request, question.supply, question.loan)
    assert loan is not None  # the kinds that have effects on things are about one
    return loan


def _day(question: Question, said: Said) -> date:
    """The day that was said, or the one that was wished. Raises NoDay."""
    if (day := said.day or question.day) is None:
        raise NoDay(kind=question.kind, ref=question.request.ref)
    return day


def _grant(question: Question, act: Act, said: Said) -> None:
    due.grant(_thing(question), act, day=_day(question, said), wished=question.day)


def _deny(question: Question, act: Act, said: Said) -> None:
    why = NoRenewal(said.reason) if said.reason else NoRenewal.LENDER
    due.deny(_thing(question), act, why=why)


def _recall(question: Question, act: Act, said: Said) -> None:
    due.recall(_thing(question), act, day=_day(question, said))


def _release(question: Question, act: Act, said: Said) -> None:
    due.release(_thing(question), act, since=question.opened_at)


def _write_off(question: Question, act: Act, said: Said) -> None:
    """Charged first, so that giving it up is the last thing done, and can be undone."""
    _charged(ChargeKind.REPLACEMENT)(question, act, said)
    losing.write_off(_thing(question), act)


def _charged(kind: ChargeKind) -> "Effect":
    """A charge of this kind, where an amount is said: only its lender knows one."""

    def effect(question: Question, act: Act, said: Said) -> None:
        if said.cost is not None:
            charging.charge(
                _thing(question), act, kind=kind, amount=said.cost, note=said.note[:300]
            )

    return effect


Effect = Callable[[Question, Act, Said], None]
# What follows from an answer. A kind and answer that is not here only ends the question.
EFFECTS: Mapping[tuple[QuestionKind, Answer], Effect] = {
    (QuestionKind.RENEWAL, Answer.GRANT): _grant,
    (QuestionKind.RENEWAL, Answer.DENY): _deny,
    (QuestionKind.RECALL, Answer.RELEASE): _release,
    (QuestionKind.WRONG_ITEM, Answer.SEND_AGAIN): wrong_items.send_again,
    (QuestionKind.WRONG_ITEM, Answer.KEEP): wrong_items.keep,
    (QuestionKind.WRONG_ITEM, Answer.NO_MORE): wrong_items.no_more,
    (QuestionKind.SECOND_COPY, Answer.KEEP): wrong_items.keep,
    (QuestionKind.LOST, Answer.WRITE_OFF): _write_off,
    (QuestionKind.DAMAGED, Answer.CHARGE): _charged(ChargeKind.REPAIR),
    (QuestionKind.MISSING_PARTS, Answer.CHARGE): _charged(ChargeKind.REPLACEMENT),
}
# What follows from the question itself, and from taking it back.
OPENS: Mapping[QuestionKind, Effect] = {
    QuestionKind.RECALL: _recall,
    QuestionKind.WRONG_ITEM: wrong_items.said,
}
WITHDRAWN: Mapping[QuestionKind, Effect] = {
    QuestionKind.RECALL: _release,
    QuestionKind.WRONG_ITEM: wrong_items.keep,
    QuestionKind.SECOND_COPY: wrong_items.keep,
}


def ring(question: Question, now: datetime) -> None:
    """Nobody has answered in time: once that was said it may be another's turn and, where the two
    sides agreed on what silence means, that is done."""
    act, row = house(now), QUESTIONS[QuestionKind(question.kind)]
    if row.silence != Silence.AGREED or question.owner == Owner.CENTRE:
        remind(question, act, owner=row.clock.then if question.reminders else None)
    elif _silence(question, now) == Agreement.Silence.ASK:
        remind(question, act, owner=Owner.CENTRE)
    else:
        _granted_by_silence(question, act)


def _silence(question: Question, now: datetime) -> str:
    """What the silence of a lender means, by what holds between the two libraries. Never a yes of
    what was overdue when it was asked."""
    ill, loan = question.request, _thing(question)
    if dates.is_overdue(loan, question.opened_at):
        return Agreement.Silence.ASK
    agreed = agreements.between(loan.supply.lender, ill.library, ill.library.day_of(now))
    return agreed.silence_on_renewal if agreed else Agreement.Silence.ASK


def _granted_by_silence(question: Question, act: Act) -> None:
    """It counts as a yes; where that cannot be done any more, the center is asked."""
    before = (question.request.version, question.request.open_questions)
    try:
        answer(question, Answer.GRANT, act)
    except QuestionOver:
        raise
    except Refusal:
        question.refresh_from_db()
        question.request.version, question.request.open_questions = before
        remind(question, act, owner=Owner.CENTRE)
