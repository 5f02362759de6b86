"""On which day a parcel should come (R11), and from which moment it is late (R6, R10).

Pure: two stops and a day come in; a day comes out, with the steps that lead to it.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from postroad.delivery.lanes import Van, Vans
from postroad.directory.opening import HORIZON, Calendar, Shut

SUSPENSION = 7  # days; a shorter stretch without delivery is a holiday and stops no clock


class Leg(StrEnum):
    READY = "ready"  # the sender has packed it
    COLLECTED = "collected"  # the van takes it from the sender
    FROM_TOWN = "from-town"  # the van takes a satellite's things on from its hub town
    SORTED = "sorted"  # the night at the hub is over
    TO_TOWN = "to-town"  # the van brings a satellite's things to its hub town
    DELIVERED = "delivered"  # the van brings it to the receiver


@dataclass(frozen=True, slots=True)
class Skipped:
    """A delivery day that falls out, and why."""

    day: date
    reason: str


@dataclass(frozen=True, slots=True)
class Step:
    leg: Leg
    day: date
    skipped: tuple[Skipped, ...] = ()

    def as_json(self) -> dict[str, object]:
        skipped = [{"day": s.day.isoformat(), "reason": s.reason} for s in self.skipped]
        return {"leg": self.leg.value, "day": self.day.isoformat(), "skipped": skipped}


@dataclass(frozen=True, slots=True)
class Forecast:
    day: date
    steps: tuple[Step, ...]

    def as_json(self) -> dict[str, object]:
        return {"day": self.day.isoformat(), "steps": [step.as_json() for step in self.steps]}


def expect(ready: date, sender: Van, receiver: Van, nights: int | None = 1) -> Forecast | None:
    """The day on which a parcel that is ready on a day should be delivered.

    None if the sender or the receiver has no delivery day within a year, or if no way leads there.
    """
    way = _way(ready, sender, receiver, nights)
    if way is None:
        return None
    steps = [
        Step(Leg.READY, ready),
        Step(Leg.COLLECTED, way.collected, skipped(sender.pick_up, ready, way.collected)),
    ]
    if sender.behind:
        stood = skipped(sender.behind.pick_up, way.collected, way.from_town)
        steps.append(Step(Leg.FROM_TOWN, way.from_town, stood))
    steps.append(Step(Leg.SORTED, way.at_hub))
    if receiver.behind:
        stood = skipped(receiver.behind.drop, way.at_hub, way.to_town)
        steps.append(Step(Leg.TO_TOWN, way.to_town, stood))
    stood = skipped(receiver.drop, way.to_town, way.delivered)
    return Forecast(way.delivered, (*steps, Step(Leg.DELIVERED, way.delivered, stood)))


def legs(
    ready: date, sender: Van, receiver: Van, nights: int | None = 1
) -> tuple[date, date, date] | None:
    """The days of a forecast alone: collected, at the hub, delivered."""
    way = _way(ready, sender, receiver, nights)
    return None if way is None else (way.collected, way.at_hub, way.delivered)


class _Way(NamedTuple):
    collected: date
    from_town: date
    at_hub: date
    to_town: date
    delivered: date


def _way(ready: date, sender: Van, receiver: Van, nights: int | None) -> _Way | None:
    """A stop to which the van comes when it is asked for wants to be told some hours before. What
    goes from or to a satellite waits for the van of its hub town, and then for its own days."""
    left = _left(ready, sender) if nights is not None else None
    if left is None or nights is None:
        return None
    at_hub = left[-1] + timedelta(days=nights)
    brought = _brought(at_hub, receiver)
    return None if brought is None else _Way(*left, at_hub, *brought)


def _left(ready: date, sender: Van) -> tuple[date, date] | None:
    """When it is collected, and when it leaves the sender's hub town."""
    collected = sender.pick_up.next_open(ready + timedelta(days=sender.notice_days))
    from_town = _in_town(sender.behind.pick_up if sender.behind else None, collected)
    return None if collected is None or from_town is None else (collected, from_town)


def _brought(at_hub: date, receiver: Van) -> tuple[date, date] | None:
    """When it comes to the receiver's hub town, and to the receiver."""
    to_town = _in_town(receiver.behind.drop if receiver.behind else None, at_hub)
    delivered = receiver.drop.next_open(to_town) if to_town else None
    return None if to_town is None or delivered is None else (to_town, delivered)


def _in_town(days: Calendar | None, day: date | None) -> date | None:
    """When the van calls at the hub town; where there is none in between, that very day."""
    return day if days is None or day is None else days.next_open(day)


def to_each(ready: date, sender: Van, receivers: Vans) -> dict[int, date]:
    """The same from one library to many: the day at each; to whom no way leads is absent."""
    left = _left(ready, sender)
    nights: dict[tuple[int | None, str], int | None] = {}
    found = dict[int, date]()
    if left is None:
        return found
    for library, receiver in receivers.items():
        way = receiver.hub, receiver.state
        if way not in nights:
            nights[way] = receivers.nights(sender, receiver, ready)
        if (between := nights[way]) is None:
            continue
        if brought := _brought(left[-1] + timedelta(days=between), receiver):
            found[library] = brought[-1]
    return found


def skipped(calendar: Calendar, first: date, until: date) -> tuple[Skipped, ...]:
    """The days before `until` on which the van would have come, had there been no closure."""
    days = (first + timedelta(days=ahead) for ahead in range((until - first).days))
    return tuple(
        Skipped(day, shut.reason)
        for day in days
        if day.weekday() in calendar.days_on(day) and (shut := calendar.shut_on(day))
    )


def late_after(shipped: date, days: int, receiver: Calendar) -> datetime:
    """The last moment at which a parcel is not late: the end of the `days`th day.

    While the receiver's deliveries are suspended its parcels wait at the hub and no day counts
    (R6). A thin timetable or a holiday lengthens the forecast, never this (R10, R11).
    """
    suspended = [shut for shut in receiver.shut if is_suspension(shut)]
    day, counted = shipped, 0
    for _ahead in range(days + HORIZON):
        if counted == days:
            break
        day += timedelta(days=1)
        counted += not waits(day, suspended)
    return receiver.end_of(day)


def is_suspension(shut: Shut) -> bool:
    """Whether what is for there waits at the hub (R6): its bins are held, or it is for long."""
    return shut.held or (shut.last - shut.first).days + 1 >= SUSPENSION


def suspension(ready: date, sender: Van, receiver: Van, nights: int | None) -> Shut | None:
    """The suspension in which what is ready on a day would come to the receiver; a holiday is none
    (R6)."""
    long = [shut for shut in receiver.drop.shut if is_suspension(shut)]
    served = tuple(shut for shut in receiver.drop.shut if shut not in long)
    always = replace(receiver, drop=replace(receiver.drop, shut=served))
    days = legs(ready, sender, always, nights)
    held = [shut for shut in long if days and shut.covers(days[-1])]
    return max(held, key=lambda shut: shut.last) if held else None


def waits(day: date, suspended: list[Shut]) -> bool:
    return any(shut.covers(day) for shut in suspended)
