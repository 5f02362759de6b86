"""The words of opening hours: of a moment, of a day, of a week, and of what was typed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta

from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from postroad.directory import hours
from postroad.directory.closures import Board, Today
from postroad.directory.hours import MINUTES, Now, Spans, State, Weekday, Why
from postroad.directory.models import Library
from postroad.words import labels
from postroad.words.labels import Words, day

# Why hours cannot be taken; %(typed)s is what stands there, %(day)s the weekday.
WRONG: Words = {
    Why.NOT_HOURS: gettext_lazy(
        "%(day)s: “%(typed)s” does not read as hours. Type them like 9-5 or 9-12, 1-5:30; or "
        "“closed”, or “open” where you do not know the hours."
    ),
    Why.BACKWARDS: gettext_lazy(
        "%(day)s: in “%(typed)s” it closes before it opens. Write am or pm with each time."
    ),
    Why.OVERLAP: gettext_lazy("%(day)s: the hours in “%(typed)s” overlap."),
    Why.TOO_MANY: gettext_lazy("%(day)s: “%(typed)s” has more than three stretches of hours."),
}


def wrong(why: Why, weekday: int, typed: str) -> str:
    shown = typed if len(typed) <= 40 else typed[:39] + "…"
    return str(WRONG[why]) % {"day": WEEKDAYS[weekday], "typed": shown}


def clock(minute: int) -> str:
    """A minute of a day: 9 a.m., 5:30 p.m., noon."""
    hour, minutes = divmod(minute % MINUTES, 60)
    return labels.clock(time(hour, minutes))


def of_day(spans: Spans) -> str:
    """9 a.m. to noon, 1 p.m. to 5 p.m."""
    if spans == (hours.Span(0, MINUTES),):
        return _("24 hours")
    return ", ".join(
        _("%(opens)s to %(closes)s") % {"opens": clock(each.opens), "closes": clock(each.closes)}
        for each in spans
    )


def of_week(kept: str) -> str:
    """Days with the same hours in one go: Monday to Friday 9 a.m. to 5 p.m.; Saturday 9 a.m. to
    noon."""
    runs = list[tuple[int, int, Spans]]()
    for weekday, spans in enumerate(hours.unpack(kept)):
        if runs and runs[-1][1] == weekday - 1 and runs[-1][2] == spans:
            runs[-1] = (runs[-1][0], weekday, spans)
        elif spans:
            runs.append((weekday, weekday, spans))
    return "; ".join(f"{_days(first, last)} {of_day(spans)}" for first, last, spans in runs)


def _days(first: int, last: int) -> str:
    if first == last:
        return str(WEEKDAYS[first])
    return _("%(first)s to %(last)s") % {"first": WEEKDAYS[first], "last": WEEKDAYS[last]}


def of_moment(now: Now) -> str:
    """Whether it is open at this moment, and until when it is so."""
    turn = now.turn
    if now.state is State.OPEN and turn is not None:
        end = turn.day + timedelta(days=(turn.minute or 0) // MINUTES)
        if end - now.today > timedelta(days=1):
            return _("Open now, day and night.")
        return _("Open now until %(hour)s") % {"hour": _ends(clock(turn.minute or 0))}
    if now.state is State.OPEN_TODAY:
        return _("Open today.")
    if now.state is State.UNKNOWN:
        return _("We do not know its opening days.")
    if turn is None:
        return _("Closed now; we do not know when it opens again.")
    return _("Closed now, opens %(when)s") % {"when": _ends(again(turn, now.today))}


def again(turn: hours.Turn, today: date) -> str:
    """When it opens: at 1 p.m., tomorrow at 9 a.m., on Monday 30 November."""
    if turn.day == today and turn.minute is not None:
        return _("at %(hour)s") % {"hour": clock(turn.minute)}
    facts = {"day": day(turn.day), "hour": clock(turn.minute or 0)}
    tomorrow = turn.day == today + timedelta(days=1)
    if turn.minute is None:
        return _("tomorrow") if tomorrow else _("on %(day)s") % facts
    return _("tomorrow at %(hour)s") % facts if tomorrow else _("on %(day)s at %(hour)s") % facts


def _ends(sentence: str) -> str:
    """One full stop, also where the sentence ends in "p.m."."""
    return sentence if sentence.endswith(".") else f"{sentence}."


@dataclass(frozen=True, slots=True)
class Stands:
    """How a library stands now, in a sentence."""

    tone: str
    sentence: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A weekday of the table."""

    name: str
    day: date
    is_today: bool
    says: str
    note: str = ""  # what is different the next time, or today


@dataclass(frozen=True, slots=True)
class Other:
    """Hours other than the usual ones, now or to come."""

    name: str
    first: date
    last: date
    says: str


@dataclass(frozen=True, slots=True)
class Shown:
    """What a page shows of a library's hours."""

    stands: Stands
    known: bool
    lines: list[Line]
    others: list[Other]


def shown(board: Board, library: Library) -> Shown:
    """How it stands at the board's moment, its week, and its special hours."""
    timetable, today = board.timetable(library), board.today(library)
    now = timetable.now(board.now)
    days = timetable.days(now.today)
    usual = next(each.usual for each in days if each.is_today)
    return Shown(
        stands=stands(today, now, usual),
        known=timetable.known,
        lines=[line(each) for each in days],
        others=[
            Other(each.name, each.first, each.last, of_week(hours.pack(each.week)))
            for each in timetable.seasons
            if each.last >= now.today
        ],
    )


def stands(today: Today, now: Now, usual: Spans) -> Stands:
    """Closures first: whatever the hours of other days are, a closed library is closed."""
    closure, reason = today.closure, today.closure.reason if today.closure else ""
    if now.state is State.OPEN and closure is None:
        return Stands("ok", of_moment(now))
    if today.is_open and closure is not None:
        effect = _("Today: %(effect)s.") % {"effect": closure.get_effect_display()}
        return Stands("warn", effect, _detail(reason, of_moment(now)))
    if today.is_open:
        if now.state is State.OPEN_TODAY:
            return Stands("ok", of_moment(now), _("Hours not known."))
        return Stands("note", of_moment(now))
    if not today.is_known and not today.is_shut:
        return Stands("note", of_moment(now), _("Ask there before you go."))
    others = ""
    if today.is_shut and usual:
        others = _any_other(today.day, usual)
    return Stands("warn", _closed(today, now), _detail(reason, others))


def _any_other(on: date, usual: Spans) -> str:
    facts = {"weekday": WEEKDAYS[on.weekday()], "hours": of_day(usual)}
    return _ends(_("On any other %(weekday)s: %(hours)s") % facts)


def _closed(today: Today, now: Now) -> str:
    if today.closure is not None and today.closure.open_ended:
        return _("Closed until further notice.")
    if today.again is None:
        return _("Closed today; we do not know when it opens again.")
    facts = {"day": day(today.again)}
    if now.turn is not None and now.turn.day == today.again and now.turn.minute is not None:
        hour = clock(now.turn.minute)
        said = _("Closed today; opens again on %(day)s at %(hour)s") % {**facts, "hour": hour}
        return _ends(said)
    return _("Closed today; opens again on %(day)s.") % facts


def _detail(*sentences: str) -> str:
    return " ".join(_ends(each) for each in sentences if each)


def line(each: Weekday) -> Line:
    note = ""
    if not each.opening_day:
        says = _("closed")
    elif each.shut is not None:
        when = _("today") if each.is_today else _("on %(day)s") % {"day": day(each.day)}
        says = _("closed %(when)s") % {"when": when}
        says += f": {each.shut.reason}" if each.shut.reason else ""
        note = _any_other(each.day, each.usual) if each.usual else _("Hours not known.")
    else:
        says = of_day(each.spans) or _("hours not known")
        if each.special is not None:
            usually = of_day(each.usual) or _("not known")
            facts = {"name": each.special.name, "usually": usually}
            note = _("%(name)s; usually %(usually)s") % facts
    return Line(str(WEEKDAYS[each.day.weekday()]), each.day, each.is_today, says, note)


def today_of(board: Board, libraries: list[Library]) -> Mapping[int, str]:
    """The hours of today, by library, of those that are open and whose hours are known."""
    found = {}
    for library in libraries:
        spans = board.timetable(library).spans_on(library.day_of(board.now))
        if spans:
            found[library.pk] = of_day(spans)
    return found
