"""The timetable of a region from its office's spreadsheet: shown as a difference, then applied at
once or not at all, and undone as it was.

A stop of the region that the file does not name is given up. Whoever would give up many says so by
typing how many.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.utils import timezone

from postroad.delivery import timetable_rows
from postroad.delivery.models import Region, Route, ScheduleChange, Stop, TimetableFile
from postroad.delivery.row_libraries import Libraries
from postroad.delivery.timetable_rows import Asked, Bad, Wrong
from postroad.directory.models import Closure, Library
from postroad.directory.opening import NEVER
from postroad.errors import Refusal

FEW = 5  # so many stops are not given up at one press: their number is typed
KEPT = (
    *("place", "drop_days", "pick_up_days", "opens", "closes"),
    *("on_demand", "notice_hours", "active"),
)
TIMES = ("opens", "closes")
DAYS = {"drop_days", "pick_up_days"}
HEADINGS: Mapping[str, Sequence[str]] = {
    "town": ("Community", "Town", "City"),
    "library": ("Library", "Name", "Institution", "Code", "Library code"),
    "route": ("Route", "Round"),
    "place": ("Order", "Place", "Stop number", "Sequence"),
    "drop_days": ("Delivery days", "Days", "Drop days", "Drop-off days"),
    "pick_up_days": ("Pick-up days", "Pickup days"),
    "opens": ("From", "Earliest", "Window from"),
    "closes": ("Until", "Latest", "Window until"),
    "on_demand": ("On demand", "Delivery on demand"),
    "notice_hours": ("Notice", "Notice hours", "Hours of notice"),
    "behind": ("Satellite of", "Hub town", "Behind"),
}


class AlreadyApplied(Refusal):
    """It took effect, or somebody undid it."""

    code = "timetable-applied"


class ChangedMeanwhile(Refusal):
    """Somebody changed stops that it speaks of since it was shown."""

    code = "timetable-changed-meanwhile"


class NotConfirmed(Refusal):
    """It gives up many stops, and their number was not typed."""

    code = "timetable-not-confirmed"


@dataclass(frozen=True, slots=True)
class Change:
    """What becomes of a stop: by field, what is and what shall be."""

    library: Library
    was: Mapping[str, Any]
    new: Mapping[str, Any]

    @property
    def fields(self) -> list[str]:
        return [name for name in self.new if self.was.get(name) != self.new[name]]


@dataclass(frozen=True, slots=True)
class Difference:
    added: Sequence[Change]
    changed: Sequence[Change]
    gone: Sequence[Library]
    same: int
    routes: Sequence[str]  # that are new
    of_all: bool = False  # whether no stop that the region has would stay

    @property
    def is_nothing(self) -> bool:
        return not (self.added or self.changed or self.gone)

    @property
    def wants_number(self) -> bool:
        return self.of_all or len(self.gone) >= FEW


def digest(found: Difference) -> str:
    """A digest of what somebody saw, so that nothing else takes effect when it is pressed."""
    parts = [(c.library.pk, dict(c.was), dict(c.new)) for c in (*found.added, *found.changed)]
    said = repr((parts, [each.pk for each in found.gone]))
    return hashlib.blake2b(said.encode(), digest_size=12).hexdigest()


def take(
    region: Region,
    name: str,
    rows: Iterable[tuple[int, Mapping[str, str]]],
    *,
    by: str,
    at: datetime,
    key: UUID | None,
    first_day: date | None = None,
) -> TimetableFile:
    """Read the rows of a file; nothing takes effect yet. Sent twice with one key it is one."""
    asked: list[dict[str, Any]] = []
    bad: list[Bad] = []
    seen: dict[int, int] = {}
    known = Libraries()
    for line, cells in rows:
        row, wrong = timetable_rows.read(line, cells)
        library = known.meant(row)
        if library is None:
            typed = row.library or row.town
            wrong = [Bad(line, "library" if row.library else "town", typed, Wrong.LIBRARY), *wrong]
        elif library.pk in seen:
            wrong = [Bad(line, "library", row.library or row.town, Wrong.TWICE), *wrong]
        bad += wrong
        if library is not None and library.pk not in seen:
            seen[library.pk] = line  # a bad row gives up nothing: its library is named
            asked.append({"library": library.pk, "bad": bool(wrong), **_kept(row)})
    _find_routes(asked)
    bad += _find_towns(asked, seen, known)
    sent = {"name": name[:200], "first_day": first_day, "sent_by": by, "sent_at": at}
    made, _new = TimetableFile.objects.get_or_create(
        key=key or uuid4(),
        defaults={
            "region": region,
            "asked": asked,
            "bad": [[each.line, each.column, each.typed, str(each.why)] for each in bad],
            **sent,
        },
    )
    return made


def _kept(row: Asked) -> dict[str, Any]:
    said = {name: getattr(row, name) for name in ("route", "behind", *KEPT) if name != "active"}
    return {name: _plain(value) for name, value in said.items() if value is not None}


def _plain(value: Any) -> Any:
    return value.isoformat(timespec="minutes") if isinstance(value, time) else value


def _find_routes(asked: Sequence[dict[str, Any]]) -> None:
    """Put the code of a route that is there in the stead of one that is written otherwise."""
    codes = {code.upper(): code for code in Route.objects.values_list("code", flat=True)}
    for each in asked:
        if code := codes.get(each.get("route", "")):
            each["route"] = code


def _find_towns(
    asked: Sequence[dict[str, Any]], lines: Mapping[int, int], known: Libraries
) -> list[Bad]:
    """Put the key of its hub town in the stead of what a satellite's row says; those of which no
    hub town is meant, or one that is a satellite itself."""
    said = {each["library"]: each["behind"] for each in asked if "behind" in each}
    if not said:
        return []
    satellites = Stop.objects.exclude(behind=None).order_by()
    behind = dict(satellites.values_list("library", "behind__library"))
    for library, typed in said.items():
        town = known.meant(Asked(0, typed)) if typed else None
        behind[library] = town.pk if town else 0
    bad = []
    for each in asked:
        library, typed = each["library"], said.get(each["library"])
        if typed is not None:
            each["behind"] = town_pk = behind[library]
            if typed and (town_pk in (0, library) or behind.get(town_pk)):
                each["bad"] = True
                bad.append(Bad(lines[library], "behind", typed, Wrong.BEHIND))
    return bad


def difference(file: TimetableFile) -> Difference:
    """What it would change now, in four statements."""
    stops = {
        stop.library_id: stop
        for stop in Stop.objects.filter(route__region=file.region, active=True)
        .select_related("library", "route", "behind")
        .order_by("route__code", "place", "pk")
    }
    keys = [each["library"] for each in file.asked]
    rows = Stop.objects.select_related("library", "route", "behind")
    elsewhere = rows.filter(library__in=keys)
    known = {stop.library_id: stop for stop in elsewhere} | stops
    libraries = Library.objects.in_bulk(keys)
    added, changed, same = [], [], 0
    for each in file.asked:
        if each["library"] not in libraries or each["bad"]:
            continue
        stop = known.get(each["library"])
        change = _change(libraries[each["library"]], stop, each)
        if stop is None or not stop.active:
            added.append(change)
        elif change.fields:
            changed.append(change)
        else:
            same += 1
    named_here = set(keys)
    gone = [stop.library for pk, stop in stops.items() if pk not in named_here]
    routes = _not_there({change.new["route"] for change in (*added, *changed)})
    of_all = bool(gone) and len(gone) == len(stops)
    return Difference(added, changed, gone, same, routes, of_all)


def _not_there(routes: set[str]) -> Sequence[str]:
    """Those of these codes of routes that no route has."""
    there = Route.objects.filter(code__in=routes).values_list("code", flat=True)
    return sorted(routes - {"", *there})


def _change(library: Library, stop: Stop | None, asked: Mapping[str, Any]) -> Change:
    fresh = Stop(library=library)
    was = _state(stop) if stop else {}
    usual = _state(fresh) | {"route": ""}
    said = {name: value for name, value in asked.items() if name in (*KEPT, "route", "behind")}
    return Change(library, was, (was or usual) | said | {"active": True})


def _state(stop: Stop) -> dict[str, Any]:
    kept = {name: _plain(getattr(stop, name)) for name in KEPT}
    town = stop.behind.library_id if stop.behind else 0
    return {"route": stop.route.code if stop.route_id else "", "behind": town, **kept}


@transaction.atomic
def apply(
    file: TimetableFile, *, seen: str, typed: str = "", by: str, at: datetime
) -> TimetableFile:
    """Let it take effect, all of it or nothing: at once, or by itself on its first day. `seen` is
    the digest of what was shown; `typed` the number of stops that are given up, where there are
    many.

    Raises AlreadyApplied, ChangedMeanwhile, NotConfirmed.
    """
    file = TimetableFile.objects.select_for_update(no_key=True, of=("self",)).get(pk=file.pk)
    if file.applied_at is not None:
        raise AlreadyApplied(name=file.name)
    list(Stop.objects.select_for_update(no_key=True, of=("self",)).order_by("pk"))
    found = difference(file)
    if digest(found) != seen:
        raise ChangedMeanwhile(name=file.name)
    if found.wants_number and typed.strip() != str(len(found.gone)):
        raise NotConfirmed(number=len(found.gone))
    file.applied_by, file.applied_at, file.undone_at = by, at, None
    if file.first_day is not None and file.first_day > timezone.localdate(at):
        _announce(file, found, file.first_day)
        file.save(update_fields=["applied_by", "applied_at", "undone_at"])
    else:
        _take_effect(file, found, at)
    return file


def _announce(file: TimetableFile, found: Difference, first_day: date) -> None:
    """The days of its first day and after, beside the usual ones: so they can be promised."""
    wanted = {each.library.pk: each.new for each in found.changed if DAYS & set(each.fields)}
    never = dict.fromkeys(DAYS, NEVER)
    wanted |= {each.pk: never for each in found.gone}
    stops = Stop.objects.filter(library__in=wanted, active=True).order_by("pk")
    ScheduleChange.objects.bulk_create(
        ScheduleChange(
            stop=stop,
            drop_days=wanted[stop.library_id]["drop_days"],
            pick_up_days=wanted[stop.library_id]["pick_up_days"],
            first_day=first_day,
            last_day=Closure.FURTHER_NOTICE,
            reason=file.name[:120],
            source=file.source,
        )
        for stop in stops
    )


def follow(now: datetime) -> int:
    """Job: let those take effect whose first day has come; how many did."""
    due = TimetableFile.objects.filter(
        applied_at__isnull=False,
        undone_at=None,
        held_at=None,
        first_day__lte=timezone.localdate(now),
    )
    return sum(begin(file, now) for file in due.order_by("first_day", "pk"))


@transaction.atomic
def begin(file: TimetableFile, at: datetime) -> bool:
    """What was announced holds, by what stands now; it may be told twice. Only what was announced
    is given up."""
    file = TimetableFile.objects.select_for_update(no_key=True, of=("self",)).get(pk=file.pk)
    if not file.planned:
        return False
    list(Stop.objects.select_for_update(no_key=True, of=("self",)).order_by("pk"))
    announced = ScheduleChange.objects.filter(source=file.source)
    told, found = set(announced.values_list("stop__library", flat=True)), difference(file)
    announced.delete()
    # Nobody was shown that a stop would be given up which has come to the region since.
    _take_effect(file, replace(found, gone=[each for each in found.gone if each.pk in told]), at)
    return True


def _take_effect(file: TimetableFile, found: Difference, at: datetime) -> None:
    _lay_out(found.routes, file.region)
    file.before = [
        {"library": each.library.pk, **each.was} for each in (*found.added, *found.changed)
    ]
    file.before += [{"library": each.pk, "active": True} for each in found.gone]
    _write({each.library.pk: each.new for each in (*found.added, *found.changed)}, file.region)
    Stop.objects.filter(library__in=[each.pk for each in found.gone]).update(active=False)
    file.held_at = at
    file.save(update_fields=["before", "applied_by", "applied_at", "undone_at", "held_at"])


def _lay_out(routes: Iterable[str], region: Region) -> None:
    for code in routes:
        Route.objects.create(code=code, name=code.title(), region=region)


@transaction.atomic
def undo(file: TimetableFile, *, by: str, at: datetime) -> TimetableFile:
    """As it was before; what somebody changed since is changed back too. Raises AlreadyApplied."""
    file = TimetableFile.objects.select_for_update(no_key=True, of=("self",)).get(pk=file.pk)
    if file.applied_at is None or file.undone_at is not None:
        raise AlreadyApplied(name=file.name)
    list(Stop.objects.select_for_update(no_key=True, of=("self",)).order_by("pk"))
    if file.planned:
        ScheduleChange.objects.filter(source=file.source).delete()
    else:
        _lay_out(_not_there({each.get("route", "") for each in file.before}), file.region)
        _write({each["library"]: each for each in file.before}, file.region)
    file.undone_at = at
    file.save(update_fields=["undone_at"])
    return file


def _write(wanted: Mapping[int, Mapping[str, Any]], region: Region) -> None:
    """A stop each; one of which nothing was known before is given up."""
    routes = {route.code: route for route in Route.objects.all()}
    first = Route.objects.filter(region=region).first()
    known = {stop.library_id: stop for stop in Stop.objects.filter(library__in=wanted)}
    new: list[Stop] = []
    for library, state in wanted.items():
        stop = known.get(library) or Stop(library_id=library)
        for name in KEPT:
            if name in state:
                value = state[name]
                is_time = name in TIMES and isinstance(value, str)
                setattr(stop, name, time.fromisoformat(value) if is_time else value)
        if set(state) == {"library"}:  # it was not there
            stop.active = False
        if state.get("route"):
            stop.route = routes[state["route"]]
        elif not stop.route_id and first is not None:
            stop.route = first
        stop.invented = False
        if library not in known:
            new.append(stop)
    Stop.objects.bulk_create(new)
    Stop.objects.bulk_update(known.values(), ["route", "invented", *KEPT], batch_size=200)
    _put_behind({key: state["behind"] for key, state in wanted.items() if "behind" in state})


def _put_behind(behind: Mapping[int, int]) -> None:
    """Which stop each is a satellite of, once all of them are there."""
    wanted = {*behind, *behind.values()}
    stops = {stop.library_id: stop for stop in Stop.objects.filter(library__in=wanted)}
    changed = []
    for library, town in behind.items():
        before, stop = stops[library].behind_id, stops[library]
        stop.behind = stops.get(town)
        if stop.behind_id != before:
            changed.append(stop)
    Stop.objects.bulk_update(changed, ["behind"], batch_size=200)
