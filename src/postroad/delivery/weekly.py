"""The week of a stop: on which days what is put out there arrives at another, and what is put out
there arrives here (R11).

Pure: days of stops come in, days of arrival come out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from postroad.delivery import forecast
from postroad.delivery.forecast import Forecast, Leg, Skipped
from postroad.delivery.lanes import Van, Vans

Week = Sequence[date]  # seven days, Monday first


@dataclass(frozen=True, slots=True)
class Between:
    """The days of arrival of what the van takes within the week at the one end and at the other."""

    there: tuple[date, ...]
    here: tuple[date, ...]
    fall_out: tuple[Skipped, ...]  # the days of the other stop on which the van does not come


def week_of(day: date) -> Week:
    monday = day - timedelta(days=day.weekday())
    return [monday + timedelta(days=ahead) for ahead in range(7)]


def overview(vans: Vans, library: int, week: Week, today: date) -> Mapping[int, Between]:
    """One library and all others that the van serves. Of those whose days are alike, one is
    reckoned. A day that nobody can promise is left out."""
    here = vans[library]
    alike: dict[Van, Between] = {}
    found = {}
    for other, there in vans.items():
        if other == library:
            continue
        if there not in alike:
            alike[there] = between(vans, here, there, week, today)
        found[other] = alike[there]
    return found


def between(vans: Vans, here: Van, there: Van, week: Week, today: date) -> Between:
    return Between(
        arrivals(vans, here, there, week, today),
        arrivals(vans, there, here, week, today),
        fall_out(there, week),
    )


def arrivals(vans: Vans, sender: Van, receiver: Van, week: Week, today: date) -> tuple[date, ...]:
    """When what the sender's van takes within the week is delivered."""
    found = set()
    for day in week:
        legs = forecast.legs(day, sender, receiver, vans.nights(sender, receiver, day))
        if legs is not None and legs[0] <= week[-1]:
            found.add(legs[-1])
    return tuple(sorted(day for day in found if vans.may_be_promised(day, today)))


def ways(vans: Vans, sender: Van, receiver: Van, week: Week, today: date) -> list[Forecast]:
    """The same with its steps: for each day on which the van takes something, what is put out at
    the last moment."""
    found: dict[date, Forecast] = {}
    for day in week:
        expected = forecast.expect(day, sender, receiver, vans.nights(sender, receiver, day))
        if expected is None or not vans.may_be_promised(expected.day, today):
            continue
        collected = next(step.day for step in expected.steps if step.leg is Leg.COLLECTED)
        if collected <= week[-1]:
            found[collected] = expected
    return list(found.values())


def fall_out(van: Van, week: Week) -> tuple[Skipped, ...]:
    """The days of the week on which the van would come and does not."""
    days = (van.on(day) for day in week)
    return tuple(Skipped(each.day, each.reason) for each in days if each.kept_away)
