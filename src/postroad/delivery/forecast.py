"""On which day a parcel should come (R11), and from which moment it is late (R6, R10).

Pure: two stops and a day come in; a day comes out, with the steps that lead to it.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from postroad.delivery.lanes import Van
from postroad.directory.opening import HORIZON, Calendar, Shut

SUSPENSION = 7  # days; a shorter stretch without delivery is a holiday and stops no clock


class Leg(StrEnum):
    READY = "ready"  # the sender has packed it
    COLLECTED = "collected"  # the van takes it from the sender
    SORTED = "sorted"  # the night at the hub is over
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
    days = legs(ready, sender, receiver, nights)
    if days is None:
        return None
    collected, at_hub, delivered = days
    steps = (
        Step(Leg.READY, ready),
        Step(Leg.COLLECTED, collected, skipped(sender.pick_up, ready, collected)),
        Step(Leg.SORTED, at_hub),
        Step(Leg.DELIVERED, delivered, skipped(receiver.drop, at_hub, delivered)),
    )
    return Forecast(delivered, steps)


def legs(
    ready: date, sender: Van, receiver: Van, nights: int | None = 1
) -> tuple[date, date, date] | None:
    """The days of a forecast alone: collected, at the hub, delivered.

    A stop to which the van comes when it is asked for wants to be told some hours before.
    """
    if nights is None:
        return None
    collected = sender.pick_up.next_open(ready + timedelta(days=sender.notice_days))
    if collected is None:
        return None
    at_hub = collected + timedelta(days=nights)
    delivered = receiver.drop.next_open(at_hub)
    return None if delivered is None else (collected, at_hub, delivered)


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


def waits(day: date, suspended: list[Shut]) -> bool:
    return any(shut.covers(day) for shut in suspended)
