"""What goes by mail: the day's boxes of a library, what became of them, lists of the carrier."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Prefetch, Q, QuerySet

from postroad import spreadsheet
from postroad.accounts.models import User
from postroad.delivery import tracking
from postroad.delivery.models import MailEvent, MailStep, Parcel, Via
from postroad.directory.models import Library
from postroad.errors import Refusal

HEADINGS: Mapping[str, Sequence[str]] = {
    "number": ("number", "tracking number", "tracking"),
    "event": ("event", "status", "what"),
    "day": ("day", "date"),
}
WORDS: Mapping[str, MailStep] = {
    "posted": MailStep.POSTED,
    "accepted": MailStep.POSTED,
    "returned": MailStep.RETURNED,
    "returned to sender": MailStep.RETURNED,
    "delivered": MailStep.DELIVERED,
}


class Wrong(StrEnum):
    """Why a line of a list says nothing."""

    NUMBER = "number"  # of no parcel of this library
    EVENT = "event"
    DAY = "day"
    AHEAD = "ahead"  # a day that has not come, or before it was sent


class NotOnThisDay(Refusal):
    """The day is still to come, or it was not sent yet."""

    code = "mail-not-on-this-day"


@dataclass(frozen=True, slots=True)
class Box:
    """One thing to post: several loans may lie in it, under one number."""

    parcels: Sequence[Parcel]

    @property
    def first(self) -> Parcel:
        return self.parcels[0]

    @property
    def number(self) -> str:
        return next((each.tracking_number for each in self.parcels if each.tracking_number), "")

    @property
    def events(self) -> list[MailEvent]:
        return list(self.first.mail_events.all())


@dataclass(frozen=True, slots=True)
class Bad:
    """A line that was left out, and its column."""

    line: int
    column: str
    why: Wrong
    cell: str


@dataclass(frozen=True, slots=True)
class Read:
    """What a list said: how much is new, how much was known, which lines say nothing."""

    taken: int
    again: int
    bad: Sequence[Bad]


def of_day(library: Library, day: date) -> list[Box]:
    """What a library mails on a day, box by box, in two queries."""
    zone = ZoneInfo(library.time_zone)
    dawn = datetime.combine(day, time(), zone)
    made = Parcel.objects.filter(
        via=Via.MAIL,
        from_library=library,
        made_at__gte=dawn,
        made_at__lt=datetime.combine(day + timedelta(days=1), time(), zone),
    )
    events = Prefetch("mail_events", MailEvent.objects.select_related("said_by").order_by("pk"))
    boxes: dict[str, list[Parcel]] = {}
    for parcel in made.select_related("to_library").prefetch_related(events).order_by("pk"):
        boxes.setdefault(parcel.box or parcel.number, []).append(parcel)
    return [Box(parcels) for parcels in boxes.values()]


def of(library: Library) -> QuerySet[Parcel]:
    """What this library mails or gets by mail."""
    ends = Q(from_library=library) | Q(to_library=library)
    return Parcel.objects.filter(ends, via=Via.MAIL)


@transaction.atomic
def declare(
    parcel: Parcel,
    step: MailStep,
    *,
    day: date,
    by: User | None,
    at: datetime,
    listed: bool = False,
) -> bool:
    """Somebody, or a list, says so of the whole box; whether that is new."""
    if not parcel.from_library.day_of(parcel.made_at) <= day <= parcel.from_library.day_of(at):
        raise NotOnThisDay(day=parcel.from_library.day_of(parcel.made_at))
    together = [parcel]
    if parcel.box:
        together = list(Parcel.objects.filter(box=parcel.box, from_library=parcel.from_library_id))
    new = False
    for each in together:
        _event, fresh = MailEvent.objects.get_or_create(
            parcel=each,
            step=step,
            day=day,
            defaults={"imported": listed, "said_by": by, "noted_at": at},
        )
        new = new or fresh
    return new


@transaction.atomic
def undo(event: MailEvent) -> None:
    """It was a mistake, of the whole box."""
    same = MailEvent.objects.filter(step=event.step, day=event.day)
    box = event.parcel.box
    same.filter(parcel__box=box).delete() if box else same.filter(parcel=event.parcel).delete()


@transaction.atomic
def read(library: Library, sent: bytes, *, by: User | None, at: datetime) -> Read:
    """Take a list of the carrier: number, event, day. Bad lines are named, the others taken."""
    table = spreadsheet.table(spreadsheet.read(sent), HEADINGS, tuple(HEADINGS))
    numbers = {tracking.tidy(table.cell(row, "number")) for row in table.rows} - {""}
    known: dict[str, Parcel] = {}
    rows = of(library).filter(tracking_number__in=numbers).select_related("from_library")
    for parcel in rows.order_by("pk"):
        known[parcel.tracking_number] = parcel
    taken = again = 0
    bad = []
    for row in table.rows:
        cells = {name: table.cell(row, name) for name in HEADINGS}
        wrong = _take(cells, known, by, at)
        if isinstance(wrong, bool):
            taken, again = taken + wrong, again + (not wrong)
            continue
        name = "day" if wrong is Wrong.AHEAD else wrong.value
        where = spreadsheet.column(table.columns[name])
        bad.append(Bad(row.line, where, wrong, cells[name][:60]))
    return Read(taken, again, bad)


def _take(
    cells: Mapping[str, str], known: Mapping[str, Parcel], by: User | None, at: datetime
) -> bool | Wrong:
    """Whether the line is new; or what is wrong with it."""
    parcel = known.get(tracking.tidy(cells["number"]))
    step = WORDS.get(" ".join(cells["event"].casefold().split()))
    day = spreadsheet.day(cells["day"])
    if parcel is None:
        return Wrong.NUMBER
    if step is None:
        return Wrong.EVENT
    if day is None:
        return Wrong.DAY
    try:
        return declare(parcel, step, day=day, by=by, at=at, listed=True)
    except NotOnThisDay:
        return Wrong.AHEAD
