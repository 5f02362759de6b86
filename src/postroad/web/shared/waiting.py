"""What waits for an answer, in the line that says how a request stands: whose word it is, until
when. The questions are those that this person may read (`web/shared/questions.py`)."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from django.utils import timezone
from django.utils.translation import gettext as _

from postroad import words
from postroad.ill.access import Sight
from postroad.ill.lifecycle import State, Verb
from postroad.ill.lifecycle.questions import QuestionKind, blocks
from postroad.ill.models import Request
from postroad.web.shared.mileposts import Status
from postroad.web.shared.questions import Line, side_name

# Here nothing goes on before the answer; elsewhere the road has a turn of its own.
STANDS_STILL = frozenset({State.ASKED, State.REVIEW, State.APPROVED, State.ARRIVED})


def told(status: Status, ill: Request, lines: Iterable[Line], sight: Sight) -> Status:
    """The status with what is asked and not answered."""
    waiting = _open(lines, sight)
    if not waiting:
        return status
    said = [_whose(each, sight) for each in waiting]
    state = State(ill.state)
    if state not in STANDS_STILL or sight in (Sight.PATRON, Sight.LENDING):
        said.insert(0, f"{status.detail.rstrip('.')}." if status.detail else "")
    elif state == State.ARRIVED and not _stopped(waiting):
        said.append(_("It can be lent meanwhile."))
    sentence, tone = status.sentence, status.tone
    if state == State.ARRIVED and _stopped(waiting) and sight in (Sight.BORROWING, Sight.CENTRE):
        sentence = _("It is here, and is not lent until this is settled.")
    if tone == "note" and any(_is_mine(each, sight) for each in waiting):
        tone = "warn"
    return replace(status, sentence=sentence, detail=" ".join(filter(None, said)), tone=tone)


def _open(lines: Iterable[Line], sight: Sight) -> list[Line]:
    """One of a kind and a thing, though several may be asked the same; those of this side first.
    What holds her request is told to its patron in words of its own."""
    asked = [each for each in lines if each.question.is_open]
    if sight == Sight.PATRON:
        asked = [each for each in asked if each.question.kind != QuestionKind.HOLD]
    asked.sort(key=lambda each: not _is_mine(each, sight))
    found: dict[tuple[str, int | None], Line] = {}
    for each in asked:
        found.setdefault((each.question.kind, each.question.loan_id), each)
    return list(found.values())


def _is_mine(line: Line, sight: Sight) -> bool:
    return line.question.owner == sight.value


def _stopped(waiting: Sequence[Line]) -> bool:
    return any(blocks(QuestionKind(each.question.kind), Verb.CHECK_OUT) for each in waiting)


def _whose(line: Line, sight: Sight) -> str:
    question, several = line.question, line.question.request.things_out > 1
    facts = {
        "what": f"{line.label} ({line.thing})" if several and line.thing else line.label,
        "who": side_name(question.owner, question, hers=sight == Sight.PATRON),
        "day": words.day(timezone.localdate(line.until)) if line.until else "",
    }
    if _is_mine(line, sight):
        said = _("%(what)s: it is your turn, until %(day)s.")
        return (_("%(what)s: it is your turn, since %(day)s.") if line.late else said) % facts
    said = _("%(what)s: waiting for %(who)s, until %(day)s.")
    return (_("%(what)s: waiting for %(who)s, since %(day)s.") if line.late else said) % facts
