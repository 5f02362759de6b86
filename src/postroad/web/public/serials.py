"""On the page of a serial: which libraries have the volume, the year or the issue that somebody
looks for, and which years each has."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from django.http import QueryDict
from django.utils.translation import gettext, ngettext

from postroad.catalogue import serial_rows
from postroad.catalogue.models import Format, Record
from postroad.catalogue.serial_rows import Said
from postroad.catalogue.serials import Answer, Asked, Kind, Reading, Statement
from postroad.catalogue.serials.asking import asked
from postroad.catalogue.serials.drawing import Span, spans
from postroad.directory.models import Library

FIELDS = ("year", "volume", "issue")
FIRST_ROWS = 12  # before "all others"
MOST_COPIES = 40  # of those that are listed one by one
ORDER = (Answer.HAS, Answer.UNKNOWN, Answer.NOT)


@dataclass(frozen=True, slots=True)
class Bar:
    """Years on the drawing, in parts of its width."""

    start: str
    width: str
    is_sure: bool


@dataclass(frozen=True, slots=True)
class Row:
    """What one library says, and what that means for the question."""

    library: Library
    answer: Answer
    why: str
    statements: list[str]
    years: str
    bars: list[Bar]

    @property
    def has(self) -> bool:
        return self.answer is Answer.HAS

    @property
    def may(self) -> bool:
        return self.answer is Answer.UNKNOWN


@dataclass(frozen=True, slots=True)
class Volumes:
    """The form, the answer to it, and the libraries."""

    typed: dict[str, str]
    strange: list[str]
    is_asked: bool
    sentence: str
    detail: str
    tone: str
    rows: list[Row]
    others: list[Row]
    first: int | None
    last: int | None
    mark: str  # where the year that is asked for stands on the drawing
    fields: list[tuple[str, str, str]] = field(default_factory=list)


def volumes_of(
    record: Record, typed: QueryDict, ordered: list[Library], today: date
) -> Volumes | None:
    """Nothing, where it is no serial or no library says which volumes it has. The owners come in
    the order in which a copy could come from them."""
    if record.format != Format.SERIAL:
        return None
    said = serial_rows.of_record(record.pk)
    if not said:
        return None
    texts = {name: typed.get(name, "").replace("\x00", "").strip()[:40] for name in FIELDS}
    looked_for, strange = asked(**texts)
    is_asked = bool(looked_for) and not strange
    libraries = [*ordered, *further(said, ordered)]
    answers = serial_rows.answers_of(said, looked_for, today) if is_asked else {}
    axis = Axis.of([each.reading for each in said], today)
    rows = [row(each, said, answers, axis, today) for each in libraries]
    if is_asked:
        rows.sort(key=lambda each: ORDER.index(each.answer))
    sentence, detail, tone = told(rows, looked_for) if is_asked else ("", "", "")
    return Volumes(
        typed=texts,
        strange=strange,
        is_asked=is_asked,
        sentence=sentence,
        detail=detail,
        tone=tone,
        rows=rows[:FIRST_ROWS],
        others=rows[FIRST_ROWS:],
        first=axis.first,
        last=axis.last,
        mark=axis.mark(looked_for.year) if is_asked else "",
        fields=[
            ("year", gettext("Year"), texts["year"]),
            ("volume", gettext("Volume"), texts["volume"]),
            ("issue", gettext("Issue or number"), texts["issue"]),
        ],
    )


def further(said: Iterable[Said], known: list[Library]) -> list[Library]:
    """Those that list no copies, but say which volumes they have."""
    codes = {each.library_id for each in said} - {each.pk for each in known}
    return list(Library.objects.filter(pk__in=codes).order_by("name", "pk")) if codes else []


@dataclass(frozen=True, slots=True)
class Axis:
    """The years from the first to the last that any library has."""

    first: int | None
    last: int | None

    @classmethod
    def of(cls, readings: Iterable[Reading], today: date) -> "Axis":
        drawn = [span for reading in readings for span in spans(reading, today)]
        if not drawn:
            return cls(None, None)
        return cls(min(span.first for span in drawn), max(span.last for span in drawn))

    def percent(self, years: float) -> str:
        assert self.first is not None
        assert self.last is not None
        return f"{100 * years / (self.last - self.first + 1):.2f}%"

    def bar(self, span: Span) -> Bar:
        assert self.first is not None
        start = self.percent(span.first - self.first)
        return Bar(start, self.percent(span.last - span.first + 1), span.is_sure)

    def mark(self, year: int | None) -> str:
        if year is None or self.first is None or self.last is None:
            return ""
        return self.percent(year - self.first + 0.5) if self.first <= year <= self.last else ""


def row(
    library: Library,
    said: list[Said],
    answers: Mapping[int, Answer],
    axis: Axis,
    today: date,
) -> Row:
    its = [each for each in said if each.library_id == library.pk]
    drawn = sorted(span for each in its for span in spans(each.reading, today))
    answer = answers.get(library.pk, Answer.UNKNOWN)
    return Row(
        library=library,
        answer=answer,
        why=why(its) if answer is Answer.UNKNOWN else "",
        statements=[text for each in its for text in texts_of(each.statements)],
        years="; ".join(in_words(span) for span in drawn),
        bars=[axis.bar(span) for span in drawn],
    )


def why(its: list[Said]) -> str:
    """Why nobody knows."""
    if not its:
        return gettext("it does not say which volumes it has")
    if any(each.reading.unread for each in its):
        return gettext("we could not read all that it says")
    if all(each.reading.listed for each in its):
        return gettext("it lists copies of other volumes only")
    return gettext("what it says leaves that open")


def in_words(span: Span) -> str:
    if span.is_open:
        return gettext("since %(year)s") % {"year": span.first}
    if span.first == span.last:
        return str(span.first)
    return f"{span.first}-{span.last}"


def texts_of(statements: tuple[Statement, ...]) -> list[str]:
    """Its own words, line by line; what stands on its copies in one line."""
    kinds = {Kind.SUPPLEMENT: gettext("Supplements"), Kind.INDEX: gettext("Indexes")}
    lines = []
    for each in statements:
        text = "; ".join(filter(None, (each.text, each.note)))
        if text and not each.is_copy:
            lines.append(f"{kinds[each.kind]}: {text}" if each.kind in kinds else text)
    copies = [each.text for each in statements if each.is_copy]
    if copies:
        more = "" if len(copies) <= MOST_COPIES else " ..."
        lines.append(
            gettext("Copies of: %(volumes)s") % {"volumes": ", ".join(copies[:MOST_COPIES])} + more
        )
    return list(dict.fromkeys(lines))


def thing(looked_for: Asked) -> str:
    """ "volume 12, number 3, 1987": what somebody looks for."""
    parts = []
    if looked_for.volume is not None:
        series = f" ({looked_for.series})" if looked_for.series else ""
        parts.append(gettext("volume %(n)s") % {"n": looked_for.volume} + series)
    if looked_for.issue is not None:
        parts.append(gettext("issue %(n)s") % {"n": looked_for.issue})
    if looked_for.year is not None:
        parts.append(str(looked_for.year))
    return ", ".join(parts)


def told(rows: list[Row], looked_for: Asked) -> tuple[str, str, str]:
    """The answer in a sentence, what else there is to know, and its tone."""
    has = sum(each.has for each in rows)
    may = sum(each.may for each in rows)
    facts = {"has": has, "may": may, "thing": thing(looked_for)}
    if has:
        sentence = ngettext(
            "%(has)s library has %(thing)s.", "%(has)s libraries have %(thing)s.", has
        )
    elif may:
        sentence = gettext("No library is known to have %(thing)s.")
    else:
        sentence = gettext("No library here has %(thing)s.")
    detail = ngettext(
        "%(may)s library may have it: what it says does not tell.",
        "%(may)s libraries may have it: what they say does not tell.",
        may,
    )
    return (
        sentence % facts,
        detail % facts if may else "",
        "ok" if has else "warn" if may else "note",
    )
