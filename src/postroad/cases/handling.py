"""The verbs of a case: ask, answer, reply, put off, assign, close, reopen, merge.

Each opens one transaction and calls nothing over a network; who must hear of it, the worker tells.
"""

import unicodedata
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from postroad.accounts.models import User
from postroad.cases import access, clocks, mentions
from postroad.cases.lifecycle import BY_HAND, Ending, Side, State, Verb
from postroad.cases.models import (
    Answering,
    Between,
    Case,
    CaseEvent,
    Follower,
    Kind,
    Mention,
    Message,
    Parties,
    Seen,
    Thread,
)
from postroad.directory.models import Library
from postroad.errors import Refusal

LONGEST = 8000  # characters of a message
SUBJECT = 120
TYPING = timedelta(minutes=10)  # after this, a colleague who began to answer has gone away


class NothingWritten(Refusal):
    """A message says something."""

    code = "case-nothing-written"


class NumberWanted(Refusal):
    """Who asks whether a return is taken says of which loan: a Clio ID or an ILL number (R3)."""

    code = "case-number-wanted"


class DayHasPassed(Refusal):
    """A case is put off until a day that is still to come."""

    code = "case-day-passed"


class NotTheirs(Refusal):
    """A case is given to somebody who may see it."""

    code = "case-not-theirs"


class WrittenMeanwhile(Refusal):
    """Somebody wrote since the page was opened: look first. Nothing was sent."""

    code = "case-written-meanwhile"


def plain(text: str) -> str:
    """Text as it is kept: its lines, and nothing that no eye sees."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(_visible(line).rstrip() for line in lines).strip()


def one_line(text: str) -> str:
    """A name or a subject, in which no line can break."""
    return " ".join(_visible(text, " ").split())


def _visible(text: str, instead: str = "") -> str:
    kept = (
        sign
        if unicodedata.category(sign) not in ("Cc", "Cs", "Zl", "Zp") or sign == "\t"
        else instead
        for sign in text
    )
    return "".join(kept)


def ask(
    parties: Parties,
    *,
    kind: Kind,
    text: str,
    subject: str = "",
    by: User | None = None,
    name: str = "",
    email: str = "",
    about: str = "",
    library: Library | None = None,
    clio_id: str = "",
    ill_number: str = "",
    assigned: User | None = None,
    key: UUID | None = None,
    at: datetime | None = None,
) -> Case:
    """Somebody asks, or reports: a case begins. Its parties are fixed by this.

    `name` is shown to the other side; `email` is where who has no account reads the answer. The
    same form sent twice (`key`) begins one case.
    """
    at = at or timezone.now()
    case = Case(
        kind=kind,
        subject=one_line(subject)[:SUBJECT],
        about=about,
        library=library,
        clio_id=one_line(clio_id)[:40],
        ill_number=one_line(ill_number)[:40],
        assigned=assigned,
        key=key,
        asked_at=at,
        heard_at=at,
    )
    if parties.between == Between.VISITOR_OFFICE:
        case.from_name, case.from_email = one_line(name)[:100], one_line(email).lower()[:254]
    return _begin_once(parties, case, plain(text), by, one_line(name)[:160])


def _begin_once(parties: Parties, case: Case, text: str, by: User | None, name: str) -> Case:
    if not text:
        raise NothingWritten
    if case.kind == Kind.RETURN and not (case.clio_id or case.ill_number or case.about):
        raise NumberWanted
    if before := _of_form(case.key):
        return before
    case.subject = case.subject or _first_words(text)
    try:
        with transaction.atomic():
            return _begin(parties, case, text, by, name, case.asked_at)
    except IntegrityError:
        if before := _of_form(case.key):  # the other press was faster
            return before
        raise


def _of_form(key: UUID | None) -> Case | None:
    return Case.objects.filter(key=key).first() if key else None


def _begin(
    parties: Parties, case: Case, text: str, by: User | None, name: str, at: datetime
) -> Case:
    thread = Thread(
        between=parties.between,
        patron=parties.patron,
        asking=parties.asking,
        office=parties.office,
        answering=parties.answering,
    )
    thread.save(force_insert=True)
    case.thread, case.due_at = thread, clocks.rings_at(thread, State.NEW, at)
    case.save(force_insert=True)
    message = _write(case, Side.ASKER, text, by=by, name=name, at=at)
    note_numbers(case, f"{case.subject} {text}")
    note_numbers(case, "", also=(case.clio_id, case.ill_number))
    case.events.create(
        verb=Verb.ASK,
        after=case.state,
        by=by,
        side=Side.ASKER,
        name=name,
        at=at,
        due_at=at,
        message=message,
    )
    return case


def _first_words(text: str) -> str:
    line = text.partition("\n")[0]
    return line if len(line) <= 70 else line[:69].rsplit(" ", 1)[0] + "\N{HORIZONTAL ELLIPSIS}"


def _write(
    case: Case,
    side: Side,
    text: str,
    *,
    by: User | None,
    name: str,
    at: datetime,
    key: UUID | None = None,
) -> Message:
    message = Message.objects.create(
        thread=case.thread, at=at, side=side, user=by, name_shown=name, text=text, key=key
    )
    if by is not None:
        saw(case, by, at=at)
    return message


def note_numbers(case: Case, text: str, also: Iterable[str] = ()) -> None:
    """Keep the numbers that were typed, so that the case is found by them, and what they mean."""
    typed = [mentions.plain(each) for each in also]
    values = [value for value in (*typed, *mentions.found_in(text)) if value]
    rows = [Mention(case=case, value=value) for value in mentions.unique(values)]
    Mention.objects.bulk_create(rows, ignore_conflicts=True)


@transaction.atomic
def answer(
    case: Case,
    text: str,
    *,
    by: User,
    name: str,
    closes: Ending | None = None,
    seen: int | None = None,
    key: UUID | None = None,
    at: datetime | None = None,
) -> Case:
    """Whoever answers writes to the asker; with an ending, the case is closed by it.

    `seen` is the last message that stood on the page: if there is a newer one, nothing is sent.
    """
    return _speak(case, Verb.ANSWER, Side.ANSWERER, text, by, name, closes, seen, key, at)


@transaction.atomic
def reply(
    case: Case,
    text: str,
    *,
    name: str,
    by: User | None = None,
    seen: int | None = None,
    key: UUID | None = None,
    at: datetime | None = None,
) -> Case:
    """The asker writes again. What was closed is open by that; what was merged goes on there."""
    return _speak(continued(case), Verb.REPLY, Side.ASKER, text, by, name, None, seen, key, at)


def _speak(
    case: Case,
    verb: Verb,
    side: Side,
    text: str,
    by: User | None,
    name: str,
    closes: Ending | None,
    seen: int | None,
    key: UUID | None,
    at: datetime | None,
) -> Case:
    at, text = at or timezone.now(), plain(text)
    if not text:
        raise NothingWritten
    if key and Message.objects.filter(key=key).exists():
        return case
    if seen is not None and messages(case).filter(pk__gt=seen).exclude(user=by).exists():
        raise WrittenMeanwhile(case=case.number)
    message = _write(case, side, text, by=by, name=one_line(name)[:160], at=at, key=key)
    note_numbers(case, text)
    taken: dict[str, object] = {"heard_at": at}
    if verb == Verb.ANSWER and case.assigned_id is None:
        taken["assigned"] = by  # who answers first has it in hand
    facts = {"closes": True} if closes is not None else {}
    case.move(verb, side=side, by=by, at=at, name=name, change=taken, facts=facts, message=message)
    if by is not None:
        Answering.objects.filter(case=case, user=by).delete()
    if closes is not None:
        close(case, closes, by=by, name=name, at=at, answered=True)
    return case


def continued(case: Case) -> Case:
    """Where a merged case goes on; itself, if it was not merged."""
    while case.merged_into_id is not None:
        case = Case.objects.shown().get(pk=case.merged_into_id)
    return case


def messages(case: Case) -> QuerySet[Message]:
    """What was written in a case and in those that were merged into it, in order."""
    return Message.objects.filter(thread__in=threads(case)).select_related("user")


def threads(case: Case) -> list[int]:
    """Its thread and those of the cases that were merged into it: the same two talk in all."""
    found, level = [case.thread_id], [case.pk]
    while level:
        rows = list(Case.objects.filter(merged_into__in=level).values_list("pk", "thread_id"))
        level = [pk for pk, _thread in rows]
        found += [thread for _pk, thread in rows]
    return found


@transaction.atomic
def put_off(
    case: Case, until: date, *, by: User, name: str, why: str = "", at: datetime | None = None
) -> CaseEvent:
    """Let it rest until a day; then it waits again for whoever answers."""
    at = at or timezone.now()
    if until <= clocks.answers(case.thread).day_of(at):
        raise DayHasPassed(until=until)
    return case.move(
        Verb.PUT_OFF,
        side=Side.ANSWERER,
        by=by,
        at=at,
        name=name,
        until=until,
        facts={"until": until.isoformat(), "why": one_line(why)[:300]},
    )


@transaction.atomic
def assign(
    case: Case, to: User | None, *, by: User, name: str, at: datetime | None = None
) -> CaseEvent | None:
    """Put it into somebody's hands, or into nobody's."""
    if to is not None and Side.ANSWERER not in access.sides(access.seat(to), case.thread):
        raise NotTheirs(who=str(to))
    if to == case.assigned:
        return None
    return case.move(
        Verb.ASSIGN,
        side=Side.ANSWERER,
        by=by,
        at=at or timezone.now(),
        name=name,
        change={"assigned": to},
        facts={"to": str(to) if to else "", "to_key": to.pk if to else None},
    )


@transaction.atomic
def close(
    case: Case,
    ending: Ending,
    *,
    by: User | None,
    name: str,
    side: Side = Side.ANSWERER,
    answered: bool = False,
    at: datetime | None = None,
) -> CaseEvent:
    """It is done, for a reason. The asker is told, and may write again."""
    if side == Side.ASKER:
        ending = Ending.WITHDRAWN
    elif ending not in BY_HAND:
        raise ValueError(f"{ending} follows from something else")
    return case.move(
        Verb.CLOSE,
        side=side,
        by=by,
        at=at or timezone.now(),
        name=name,
        change={"ending": ending},
        facts={"ending": ending, "answered": answered},
    )


@transaction.atomic
def reopen(case: Case, *, by: User, name: str, at: datetime | None = None) -> CaseEvent:
    """It was not done after all; of a merged one, it stands by itself again."""
    verb = Verb.UNMERGE if case.merged_into_id is not None else Verb.REOPEN
    return case.move(verb, side=Side.ANSWERER, by=by, at=at or timezone.now(), name=name)


def follow(case: Case, user: User, *, follows: bool) -> None:
    """Be told, too, or no longer."""
    if follows:
        Follower.objects.get_or_create(case=case, user=user)
    else:
        Follower.objects.filter(case=case, user=user).delete()


def saw(case: Case, user: User, *, at: datetime) -> None:
    Seen.objects.update_or_create(thread=case.thread, user=user, defaults={"at": at})


def begin_answering(case: Case, user: User, *, at: datetime) -> None:
    """Let colleagues know. Told again while she writes; it ends by itself."""
    Answering.objects.update_or_create(
        case=case,
        user=user,
        defaults={"until": at + TYPING},
        create_defaults={"since": at, "until": at + TYPING},
    )


def others_answering(case: Case, user: User, *, at: datetime) -> list[Answering]:
    there = case.answering.filter(until__gt=at).exclude(user=user)
    return list(there.select_related("user").order_by("since", "pk"))
