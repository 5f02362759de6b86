"""From one library to 600 others: on which day the van would bring what is ready now.

No two of them have the same days: each has changes and closures of its own, half of them another
hub, and all of them the holidays of two years.
"""

import random
from collections.abc import Iterator
from datetime import date, timedelta

from django.utils import timezone

from postroad.bench import consortium
from postroad.bench.figures import Conditions, Figure, Times, conditions
from postroad.delivery import forecast, stops
from postroad.delivery.lanes import Vans
from postroad.delivery.models import Courier, Hub, Region, Route, ScheduleChange, Stop, Transfer
from postroad.directory.models import Closure, Effect, Library

NAME = "days"
LIBRARIES, TIMES, WARM_UP = 601, 200, 10
SEED = 14
WEEKS = ("MTWTF--", "M-W-F--", "-T-T---", "M--T---", "----F--", "MTWT---")


class WrongDay(Exception):
    """To some library it takes other days than one by one, so there is no figure."""


def main() -> None:
    for figure in measure():
        print(figure.line(), flush=True)  # noqa: T201


def measure(libraries: int = LIBRARIES, times: int = TIMES) -> Iterator[Figure]:
    today = timezone.localdate()
    made = network(libraries, today)
    keys, origin = [each.pk for each in made], made[0].pk
    known: Conditions = {**conditions(), "destinations": libraries - 1}
    read, reckoned = Times(), Times()
    vans = stops.calendars(keys, today)
    for number in range(times + WARM_UP):
        if number == WARM_UP:
            read, reckoned = Times(), Times()
        day = today + timedelta(days=number % 28)
        read.take(lambda: stops.calendars(keys, today))
        days: list[dict[int, date]] = []
        reckoned.take(lambda: days.append(forecast.to_each(day, vans[origin], vans)))  # noqa: B023
        check(days[0], vans, origin, day)
    yield from reckoned.figures(NAME, "days to all others", known)
    yield from read.figures(NAME, "timetables read", known)


def check(found: dict[int, date], vans: Vans, origin: int, day: date) -> None:
    """Each day is the one that a parcel to that library alone would be promised."""
    sender = vans[origin]
    for library, receiver in vans.items():
        alone = forecast.legs(day, sender, receiver, vans.nights(sender, receiver, day))
        if alone is None or found.get(library) != alone[-1]:
            raise WrongDay(f"{library} on {day}")


def network(count: int, today: date) -> list[Library]:
    made = consortium.libraries(count, today)
    dice = random.Random(SEED)  # noqa: S311  # the same each time
    courier = Courier.objects.create(code="BENCH", name="Bench", state="MA")
    hubs = [
        Hub.objects.create(code=f"HUB{at}", name=f"Hub {at}", courier=courier) for at in range(2)
    ]
    for start, end in (hubs, hubs[::-1]):
        Transfer.objects.create(from_hub=start, to_hub=end, nights=1, first_day=today)
    Region.objects.update(hub=hubs[0])
    region = Region.objects.create(code="B", name="Bench", letter="B", hub=hubs[1])
    route = Route.objects.create(code="B1", name="Bench 1", region=region)
    rows = list(Stop.objects.order_by("pk"))
    for at, stop in enumerate(rows):
        stop.drop_days, stop.pick_up_days = dice.choice(WEEKS), dice.choice(WEEKS)
        stop.route = route if at % 2 else stop.route
    Stop.objects.bulk_update(rows, ["drop_days", "pick_up_days", "route"], batch_size=200)
    ScheduleChange.objects.bulk_create(
        ScheduleChange(
            stop=stop,
            first_day=today + timedelta(days=at % 40),
            last_day=today + timedelta(days=at % 40 + 60),
            drop_days=dice.choice(WEEKS),
            pick_up_days=dice.choice(WEEKS),
        )
        for at, stop in enumerate(rows)
    )
    Closure.objects.bulk_create(
        Closure(
            library=each,
            effect=Effect.NO_DELIVERY,
            first_day=today + timedelta(days=at % 50),
            last_day=today + timedelta(days=at % 50 + 3),
        )
        for at, each in enumerate(made)
    )
    return made
