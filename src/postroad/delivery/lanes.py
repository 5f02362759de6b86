"""The way from stop to stop as the timetable has it: days that bring and days that take, the hub in
between, and the nights that it costs.

Pure: facts come in, days come out.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from heapq import heappop, heappush
from math import ceil

from postroad.delivery import routing
from postroad.delivery.stopping import Stopped
from postroad.directory.opening import Calendar

SORT_NIGHT = 1  # what is taken today is sorted tonight (R11)


@dataclass(frozen=True, slots=True)
class OnADay:
    """Whether the van brings and takes at a stop on a day, and what keeps it from either."""

    day: date
    brings: bool
    takes: bool
    kept_away: bool  # by its timetable it would come
    reason: str = ""

    @property
    def comes(self) -> bool:
        return self.brings or self.takes


@dataclass(frozen=True, slots=True)
class Van:
    """What a forecast must know of a stop."""

    pick_up: Calendar
    drop: Calendar
    state: str = ""
    hub: int | None = None
    notice_hours: int = 0  # an on-demand stop wants to be asked so early
    behind: "Van | None" = None  # the stop of its hub town, where it is a satellite of one

    @property
    def zone(self) -> str:
        return self.drop.zone

    @property
    def notice_days(self) -> int:
        return ceil(self.notice_hours / 24)

    def day_of(self, moment: datetime) -> date:
        return self.drop.day_of(moment)

    def on(self, day: date) -> OnADay:
        shut = self.drop.shut_on(day) or self.pick_up.shut_on(day)  # at times it only brings
        in_timetable = day.weekday() in self.drop.days_on(day) | self.pick_up.days_on(day)
        brings, takes = self.drop.is_open(day), self.pick_up.is_open(day)
        reason = shut.reason if shut and in_timetable else ""
        away = shut is not None and in_timetable and not (brings or takes)
        return OnADay(day, brings, takes, away, reason)

    def ahead(self, first: date, count: int) -> list[OnADay]:
        """So many days, one by one."""
        return [self.on(first + timedelta(days=each)) for each in range(count)]


@dataclass(frozen=True, slots=True)
class Lane:
    """From a day on it takes so many nights more from one hub to another; None: it goes no more."""

    from_hub: int
    to_hub: int
    first_day: date
    nights: int | None


@dataclass(frozen=True, slots=True)
class Vans(Mapping[int, Van]):
    """The stops of some libraries, by the library's key, the lanes between their hubs, and when the
    whole service stops. Who has no stop is absent."""

    stops: Mapping[int, Van]
    lanes: tuple[Lane, ...] = ()
    stopped: tuple[Stopped, ...] = ()

    def __getitem__(self, library: int) -> Van:
        return self.stops[library]

    def __iter__(self) -> Iterator[int]:
        return iter(self.stops)

    def __len__(self) -> int:
        return len(self.stops)

    def nights(self, sender: Van, receiver: Van, day: date) -> int | None:
        return nights(sender, receiver, self.lanes, day)

    def stopped_on(self, day: date, *, lent: bool) -> Stopped | None:
        """Why the van does not take what is sent on this day, if the whole service has stopped."""
        return next((each for each in self.stopped if not each.takes(day, lent=lent)), None)

    def left_open(self, today: date) -> tuple[Stopped, ...]:
        """Those behind whose beginning nobody can promise a day."""
        return tuple(each for each in self.stopped if each.leaves_open(each.last_day, today))

    def may_be_promised(self, day: date, today: date) -> bool:
        return not any(each.leaves_open(day, today) for each in self.stopped)


def nights(sender: Van, receiver: Van, lanes: Iterable[Lane], day: date) -> int | None:
    """Nights between the day of collection and the first on which it can be delivered.

    One for sorting, and those of the shortest way from hub to hub. Where nobody has said which hub
    serves a stop, one more between the states. None where no way leads from the one to the other.
    """
    if sender.hub is None or receiver.hub is None:
        return routing.nights(sender.state, receiver.state)
    if sender.hub == receiver.hub:
        return SORT_NIGHT
    between = shortest(in_force(lanes, day), sender.hub, receiver.hub)
    return None if between is None else SORT_NIGHT + between


def in_force(lanes: Iterable[Lane], day: date) -> Mapping[int, Mapping[int, int]]:
    """What holds on a day, by where it starts: of each lane the row that began last (R14)."""
    last: dict[tuple[int, int], Lane] = {}
    for lane in lanes:
        ends = lane.from_hub, lane.to_hub
        if lane.first_day <= day and (ends not in last or last[ends].first_day < lane.first_day):
            last[ends] = lane
    found: dict[int, dict[int, int]] = {}
    for (start, end), lane in last.items():
        if lane.nights is not None:
            found.setdefault(start, {})[end] = lane.nights
    return found


def shortest(ways: Mapping[int, Mapping[int, int]], start: int, end: int) -> int | None:
    """The fewest nights from one hub to another, through gateways if need be."""
    ahead, seen = [(0, start)], set[int]()
    while ahead:
        so_far, hub = heappop(ahead)
        if hub == end:
            return so_far
        if hub not in seen:
            seen.add(hub)
            for other, more in ways.get(hub, {}).items():
                heappush(ahead, (so_far + more, other))
    return None
