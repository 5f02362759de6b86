"""The one record of being open: closes, reopens, says why, and answers for a day.

Every page, clock and list that says something of open or closed asks here, or asks a calendar that
was made here. A closure is said of a library, of a state, or (without either) of everybody; what is
said of many is said of members.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4, uuid5

from django.core.cache import caches
from django.db import IntegrityError, connection, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.functional import cached_property

from postroad.directory import hours, opening
from postroad.directory.hours import Timetable
from postroad.directory.models import Closure, Effect, Happening, Library, SpecialHours
from postroad.directory.opening import Calendar, Scope, Shut, Standing
from postroad.errors import Refusal

DESK = (Effect.CLOSED,)  # what keeps a reader from the desk
LENDING = (Effect.CLOSED, Effect.NO_LENDING)  # what keeps a library from lending
RETURNS = (Effect.CLOSED, Effect.NO_RETURNS)  # what keeps it from taking back what comes by mail
ENDING = ("last_day", "was_until", "ended_by", "ended_at", "ended_source")  # what an end writes
KNOWN = "standings"  # what a process keeps for a minute, until something changes it
LOOK_BACK = timedelta(days=31)  # to find the last open day behind a row of closures


class NotEnded(Refusal):
    """The closure goes on, so there is nothing to put back."""

    code = "closure-not-ended"


class AlreadyOver(Refusal):
    """The days of the closure have passed: what was, stays."""

    code = "closure-over"


def changed() -> None:
    """Let this process look anew at how libraries stand, now and when what was written is there."""
    caches["process"].delete(KNOWN)
    transaction.on_commit(lambda: caches["process"].delete(KNOWN))


@transaction.atomic
def close(
    *,
    first_day: date,
    last_day: date | None = None,
    effect: Effect = Effect.CLOSED,
    reason: str = "",
    libraries: Iterable[Library | int] = (),
    state: str = "",
    source: str,
    said_by: str = "",
    at: datetime | None = None,
    key: UUID | None = None,
) -> list[Closure]:
    """Enter a closure; no last day means until further notice.

    With several libraries it is one entry of several rows, which ends as one. `key` names the form
    that was sent: whoever sends the same with it once more gets the first entry again. What follows
    from it, for loans, requests and parcels, follows from the event that is written here.
    """
    at, places = at or timezone.now(), _places(libraries, state)
    rows = [
        Closure(
            library_id=library,
            state=state,
            effect=effect,
            first_day=first_day,
            last_day=last_day or Closure.FURTHER_NOTICE,
            reason=reason,
            source=source,
            said_by=said_by,
            said_at=at,
        )
        for library in places
    ]
    if key is not None:
        return _enter(rows, _entry_of(key, rows), at)
    return _save(rows, uuid4(), at)


def _places(libraries: Iterable[Library | int], state: str) -> list[int | None]:
    """Their keys; one row without any for a state or for everybody."""
    keys = [each.pk if isinstance(each, Library) else each for each in libraries]
    if keys and state:
        raise ValueError("a closure is of libraries or of a state, not of both")
    return [*keys] or [None]


def _save(rows: list[Closure], entry: UUID, at: datetime) -> list[Closure]:
    for row in rows:
        row.entry = entry
    made = Closure.objects.bulk_create(rows)
    happened("close", made, at, by=made[0].said_by)
    return made


def happened(
    verb: str,
    rows: Sequence[Closure],
    at: datetime,
    *,
    by: str,
    these: Sequence[int] | None = None,
) -> None:
    """Write down, once for an entry, what became of these rows: in the transaction that did it.

    `these` are the keys of the libraries that it is news for, if it is not all of the entry.
    """
    changed()
    first = rows[0]
    if these is None and len(rows) == 1 and first.library_id:
        these = [first.library_id]
    Happening.objects.create(
        verb=verb,
        at=at,
        due_at=at,
        library_id=these[0] if these and len(these) == 1 else None,
        subject=f"closure:{first.entry}",
        facts={
            "effect": first.effect,
            "state": "" if these else first.state,
            "libraries": len(these or rows) if these or first.library_id else 0,  # none: all
            **({"these": list(these)} if these else {}),
            "first_day": first.first_day.isoformat(),
            "last_day": (first.was_until or first.last_day).isoformat(),  # as it was entered
            "reason": first.reason,
            "by": by,
        },
    )


def _entry_of(key: UUID, rows: Iterable[Closure]) -> UUID:
    """The same for the same form with the same in it: what was changed in it is another entry."""
    parts = "library_id state effect first_day last_day reason source said_by".split()
    said = [[str(getattr(row, part)) for part in parts] for row in rows]
    return uuid5(key, repr(sorted(said)))


def _enter(rows: list[Closure], entry: UUID, at: datetime) -> list[Closure]:
    """Save them as one entry, or find the one that is there. One that was ended since is not meant:
    what is said again after it holds again."""
    entered = list(Closure.objects.filter(entry=entry))
    if not entered:
        try:
            with transaction.atomic():
                return _save(rows, entry, at)
        except IntegrityError:  # the other press was faster
            entered = list(Closure.objects.filter(entry=entry))
            if not entered:
                raise
    if any(each.was_until is not None for each in entered):
        return _enter(rows, uuid5(entry, "again"), at)
    return entered


@transaction.atomic
def reopen(
    entry: UUID,
    *,
    by: str,
    at: datetime | None = None,
    library: Library | None = None,
    source: str = "",
) -> list[Closure]:
    """End what was entered at once, or its row of one library: today is open again.

    What has held for some days keeps them, so that it can be said afterwards why a clock stood
    still; what has not begun holds no day. Nothing is deleted, and `put_back` undoes it. `source`
    names the statement by which it ended, if that was not by hand.
    """
    at = at or timezone.now()
    rows = _rows(entry, library)
    standing = [row for row in rows if row.last_day >= max(row.first_day, today_of(row, at))]
    if rows and not standing:
        raise AlreadyOver(reason=rows[0].reason)
    for row in standing:
        end(row, by=by, at=at, source=source)
    Closure.objects.bulk_update(standing, ENDING)
    if standing:
        happened("reopen", standing, at, by=by)
    return standing


def end(row: Closure, *, by: str, at: datetime, source: str) -> None:
    """Its last day was yesterday; the caller saves it, and all that bears this end."""
    row.was_until, row.ended_by, row.ended_at = row.last_day, by, at
    row.ended_source = source
    day = timedelta(days=1)
    row.last_day = max(today_of(row, at) - day, row.first_day - day)


@transaction.atomic
def put_back(
    entry: UUID, *, by: str = "", at: datetime | None = None, library: Library | None = None
) -> list[Closure]:
    """The end was a mistake: the closure goes on as it was entered."""
    rows = [row for row in _rows(entry, library) if row.was_until is not None]
    if not rows:
        raise NotEnded
    for row in rows:
        assert row.was_until is not None  # the filter looked
        row.last_day, row.was_until, row.ended_by, row.ended_at = row.was_until, None, "", None
        row.ended_source = ""
    Closure.objects.bulk_update(rows, ENDING)
    happened("put_back", rows, at or timezone.now(), by=by)
    return rows


def _rows(entry: UUID, library: Library | None) -> list[Closure]:
    rows = Closure.objects.select_for_update(of=("self",)).filter(entry=entry)
    if library is not None:
        rows = rows.filter(library=library)
    return list(rows.select_related("library"))


def today_of(closure: Closure, at: datetime) -> date:
    """The day it is where the closure holds."""
    return closure.library.day_of(at) if closure.library else timezone.localdate(at)


def concerns(closure: Closure, library: Library) -> bool:
    """Whether a closure is this library's business, by whomever it was said."""
    return closure.scope in library.scopes


def by_scope(
    rows: Iterable[Closure], effects: Collection[str] = DESK
) -> Mapping[Scope, Sequence[Shut]]:
    """The days on which one of these effects holds, by whose they are."""
    found = defaultdict[Scope, list[Shut]](list)
    for row in rows:
        if row.effect in effects:
            found[row.scope].append(row.shut())
    return found


# Written out: every second clock asks for it, and to compose it took Django longer than to answer.
SHUT = """
    SELECT library_id, state, first_day, last_day, reason FROM directory_closure
    WHERE (library_id IS NULL OR library_id IN ({libraries})) AND effect IN ({effects})
        AND last_day >= %s
    ORDER BY first_day
"""


def calendar(library: Library, since: date, effects: Collection[str] = DESK) -> Calendar:
    """The calendar of one library from a day on, in one query."""
    return calendars([library], since, effects)[library.pk]


def calendars(
    libraries: Collection[Library], since: date, effects: Collection[str] = DESK
) -> dict[int, Calendar]:
    """The calendars of these libraries from a day on, in one query, by their keys.

    No day is shut but those on which one of `effects` holds; what ended before `since` is not read.
    """
    if not libraries:
        return {}
    shut = defaultdict[Scope, list[Shut]](list)
    for library, state, first, last, reason in _shut(
        [e.pk or 0 for e in libraries], since, effects
    ):
        shut[library or state].append(Shut(first, last, reason))
    return {each.pk: _calendar(each, shut) for each in libraries}


def _calendar(library: Library, shut: Mapping[Scope, Sequence[Shut]]) -> Calendar:
    return opening.calendar(library.open_days, library.time_zone, library.scopes, shut)


def _shut(
    libraries: Collection[int], since: date, effects: Collection[str]
) -> list[tuple[int | None, str, date, date, str]]:
    places = {"libraries": ["%s"] * len(libraries), "effects": ["%s"] * len(effects)}
    sql = SHUT.format(**{name: ", ".join(each) for name, each in places.items()})
    adapted = connection.ops.adapt_datefield_value(since)
    with connection.cursor() as cursor:
        cursor.execute(sql, (*libraries, *effects, adapted))
        return list(cursor.fetchall())


@dataclass(frozen=True, slots=True)
class Today:
    """How a library stands on its own day, and what a page may say of it."""

    library: Library
    day: date
    standing: Standing
    closure: Closure | None  # why it is closed, or what else stops although it is open
    again: date | None  # the next open day, of one that is closed

    @property
    def is_open(self) -> bool:
        return self.standing == Standing.OPEN

    @property
    def is_known(self) -> bool:
        return self.standing != Standing.UNKNOWN

    @property
    def is_shut(self) -> bool:
        """Whether a closure keeps its doors locked, be it one of its weekdays or not."""
        return self.closure is not None and self.closure.effect in DESK


class Board:
    """What is known of the days of some libraries from now on, in one query."""

    def __init__(self, libraries: Collection[Library], now: datetime) -> None:
        yesterday = (now - timedelta(days=1)).date()  # somewhere it is that day still
        scopes = Q(library__in=[each.pk for each in libraries]) | Q(library=None)
        self.now = now
        self.closures = list(Closure.objects.current(yesterday).filter(scopes))
        self.libraries = libraries

    def desk(self, library: Library) -> Calendar:
        """The days on which a reader finds its door open."""
        return _calendar(library, self.locked)

    @cached_property
    def locked(self) -> Mapping[Scope, Sequence[Shut]]:
        """The days on which doors are locked, by whose they are."""
        return by_scope(self.closures)

    def timetable(self, library: Library) -> Timetable:
        """With its hours: one more query, whatever the number of libraries."""
        seasons = tuple(self.special.get(library.pk, ()))
        return Timetable(self.desk(library), hours.unpack(library.hours), seasons)

    @cached_property
    def special(self) -> dict[int, list[hours.Season]]:
        """Hours other than the usual ones, by library, from now on."""
        found = defaultdict[int, list[hours.Season]](list)
        rows = SpecialHours.objects.filter(
            library__in=[each.pk for each in self.libraries],
            last_day__gte=(self.now - timedelta(days=2)).date(),
        )
        for each in rows:
            found[each.library_id].append(each.season())
        return found

    def today(self, library: Library) -> Today:
        own, desk = self.of(library), self.desk(library)
        day = library.day_of(self.now)
        standing = desk.standing(day)
        holding = [each for each in own if each.shut().covers(day)]
        holding.sort(key=lambda each: (each.effect not in DESK, each.library_id is None))
        again = desk.next_open(day) if standing == Standing.CLOSED else None
        return Today(library, day, standing, next(iter(holding), None), again)

    def of(self, library: Library) -> list[Closure]:
        """The closures that are this library's business."""
        return [each for each in self.closures if concerns(each, library)]

    def told(self, library: Library, until: date) -> list[Closure]:
        """What is worth telling of a library from its today on, the next first."""
        own, today = self.of(library), library.day_of(self.now)
        soon = [each for each in own if each.last_day >= today and each.first_day <= until]
        return [each for each in soon if not _goes_without_saying(each, own)]

    def for_many(self, day: date) -> list[Closure]:
        """What holds on a day for all libraries, or for all of a state."""
        return for_many(self.closures, day)


def for_many(rows: Iterable[Closure], day: date) -> list[Closure]:
    """Those of them that hold on a day for all libraries, or for all of a state."""
    many = [each for each in rows if each.library_id is None]
    holding = [each for each in many if each.shut().covers(day)]
    return [each for each in holding if not _goes_without_saying(each, holding)]


def today(libraries: Collection[Library], now: datetime) -> dict[int, Today]:
    """How these libraries stand now, each on its own day; one query, whatever their number."""
    board = Board(libraries, now)
    return {each.pk: board.today(each) for each in libraries}


def _goes_without_saying(closure: Closure, among: Iterable[Closure]) -> bool:
    """Whether no van comes only because nobody is there anyway."""
    return closure.effect == Effect.NO_DELIVERY and any(
        other.effect == Effect.CLOSED
        and other.state in ("", closure.state or other.state)
        and (other.library_id is None or closure.library_id is not None)
        and other.first_day <= closure.first_day
        and other.last_day >= closure.last_day
        for other in among
    )
