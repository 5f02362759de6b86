"""How libraries stand by what was said of them, in two statements whatever their number.

All of them are kept for a minute in each process. What is said, closed or reopened in this process
shows at once, and in the others within that minute.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import chain
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from django.core.cache import caches
from django.db.models import FilteredRelation, OuterRef, Q, QuerySet, Subquery

from postroad.directory import closures, saying, standing, thresholds
from postroad.directory.models import Authority, Closure, Kind, Library, Membership, Symbol
from postroad.directory.opening import Calendar, weekdays
from postroad.directory.standing import ALL, Answer, Hold, Said, Service, Standing
from postroad.directory.statements import FIELDS, Source, Verdict

AT_HAND = 60  # seconds


@dataclass(frozen=True, slots=True)
class Known:
    """A library and how it stands."""

    pk: int
    code: str
    name: str
    town: str
    state: str
    outside: bool
    latitude: float | None
    longitude: float | None
    invented: bool
    symbol: str  # its first OCLC symbol
    standing: Standing
    source: str = ""  # of the newest statement
    said_by: str = ""
    note: str = ""

    @property
    def by_list(self) -> bool:
        return self.source == Source.LIST


SAID = (
    "pk said_at heard_at row is_open lends accepts_returns on_delivery not_asked since until "
    "source said_by note"
).split()
PLACE = (
    "pk code name town state membership latitude longitude invented symbol time_zone open_days "
    "hours policy__lends"
).split()
OCLC = Symbol.objects.filter(library=OuterRef("pk"), authority=Authority.OCLC, umbrella=False)
CURRENT = Q(statement__current=True, statement__verdict=Verdict.TAKEN)
Facts = Mapping[str, Any]


Made = TypeVar("Made")


class Everybody(list[Known]):
    """All of them, with what was made of them, which is kept and forgotten together with them."""

    def __init__(self, libraries: Iterable[Known], shut: Iterable[Closure] = ()) -> None:
        super().__init__(libraries)
        self._shut = list(shut)
        self._made: dict[object, Any] = {}

    def once(self, key: object, make: Callable[[], Made]) -> Made:
        """What is made the first time, and found afterwards. There must be few keys."""
        if key not in self._made:
            self._made[key] = make()
        found: Made = self._made[key]
        return found

    def shut_on(self, day: date) -> list[Closure]:
        """What stops on a day for all of them, or all of a state: to be told once, above them."""
        return closures.for_many(self._shut, day)


def everybody(now: datetime) -> Everybody:
    """All members that take part, and those outside of whom something was said; by town."""
    cache = caches["process"]
    found: Everybody | None = cache.get(closures.KNOWN)
    if found is None:
        every = Library.objects.filter(active=True).exclude(kind=Kind.CENTRE)
        shut = _shut(now)
        found = Everybody(
            (each for each in _of(every, now, shut) if not each.outside or each.standing.as_of),
            chain.from_iterable(shut.values()),
        )
        cache.set(closures.KNOWN, found, AT_HAND)
    return found


def one(library: Library, now: datetime) -> Known:
    (found,) = of(Library.objects.filter(pk=library.pk), now)
    return found


def of(libraries: QuerySet[Library], now: datetime) -> list[Known]:
    """How these stand: one statement for them and what was said, one for their closures."""
    return _of(libraries, now, _shut(now))


def _of(
    libraries: QuerySet[Library], now: datetime, shut: Mapping[int | str, list[Closure]]
) -> list[Known]:
    rows = (
        libraries.annotate(
            said=FilteredRelation("statement", condition=CURRENT),
            symbol=Subquery(OCLC.order_by("value").values("value")[:1]),
        )
        .order_by("town", "name", "pk")
        .values_list(*PLACE, *(f"said__{name}" for name in SAID))
    )
    places: dict[int, Facts] = {}
    words: dict[int, list[Facts]] = defaultdict(list)
    for row in rows:
        place = dict(zip(PLACE, row[: len(PLACE)], strict=True))
        said = dict(zip(SAID, row[len(PLACE) :], strict=True))
        places.setdefault(place["pk"], place)
        if said["pk"] is not None:
            words[place["pk"]].append(said)
    stale_after = thresholds.days("status-stale", on=now.date())
    return [_known(each, words[key], shut, now, stale_after) for key, each in places.items()]


def _shut(now: datetime) -> Mapping[int | str, list[Closure]]:
    """The closures around today by library; those of a state, and of all, under its letters."""
    day = timedelta(days=1)
    found: dict[int | str, list[Closure]] = defaultdict(list)
    for closure in Closure.objects.touching((now - day).date(), (now + day).date()):
        found[closure.scope].append(closure)
    return found


def _known(
    place: Facts,
    words: Sequence[Facts],
    shut: Mapping[int | str, list[Closure]],
    now: datetime,
    stale_after: int,
) -> Known:
    zone = ZoneInfo(place["time_zone"])
    said = [_said(each, zone) for each in words]
    outside = place["membership"] == Membership.OUTSIDE  # what is said of many is of members
    many = () if outside else (place["state"], "")
    here = [each for scope in (place["pk"], *many) for each in shut.get(scope, ())]
    stands = standing.standing(
        said,
        holds(here),
        today=(today := now.astimezone(zone).date()),
        now=now,
        stale_after=stale_after,
    )
    # Weekdays alone may be those that every new library begins with; hours somebody has told.
    told = weekdays(place["open_days"]) if place["hours"] else frozenset[int]()
    opening = Calendar(told, place["time_zone"])
    doors = standing.of_day(stands.open, opening, today)
    stands = replace(stands, answers={**stands.answers, Service.OPEN: doors})
    if place["policy__lends"] is False and stands.lending.value is not False:
        never = {Service.LENDING: Answer(False)}  # by its policy, so without beginning or end
        stands = replace(stands, answers={**stands.answers, **never})
    last: Facts = next((each for each in words if each["pk"] == stands.key), {})
    return Known(
        **{name: place[name] for name in PLACE[:5]},
        outside=outside,
        latitude=place["latitude"],
        longitude=place["longitude"],
        invented=place["invented"],
        symbol=place["symbol"] or "",
        standing=stands,
        **{name: last.get(name, "") for name in ("source", "said_by", "note")},
    )


def _said(facts: Facts, zone: ZoneInfo) -> Said:
    moment: datetime = facts["said_at"] or facts["heard_at"]
    not_asked = facts["not_asked"]
    return Said(
        said_on=moment.astimezone(zone).date(),
        key=facts["pk"],
        answers={each: facts[FIELDS[each]] for each in ALL if each.value not in not_asked},
        **{name: facts[name] for name in ("said_at", "heard_at", "row", "since", "until")},
    )


def holds(rows: Iterable[Closure]) -> list[Hold]:
    """Closures, as far as the rules of `standing` ask."""
    return [
        Hold(
            saying.STOPPED[row.effect],
            row.first_day,
            row.last_day,
            row.reason,
            many=row.library_id is None,
        )
        for row in rows
    ]


@dataclass(frozen=True, slots=True)
class Coverage:
    """Of how many of our members anything is known (R3: of the others it is not)."""

    known: int
    members: int
    unconfirmed: int  # of the known ones


def coverage(every: Iterable[Known]) -> Coverage:
    members = [each for each in every if not each.outside]
    known = [each for each in members if each.standing.as_of is not None]
    return Coverage(len(known), len(members), sum(not each.standing.confirmed for each in known))
