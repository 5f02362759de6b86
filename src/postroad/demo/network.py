"""The couriers of the demonstration, their hubs, regions, routes and stops; all invented."""

from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone

from postroad.delivery import contractors, delays, stops
from postroad.delivery.models import (
    Courier,
    Delay,
    Hub,
    Region,
    RiCode,
    Route,
    ScheduleChange,
    Stop,
    StopCode,
    Transfer,
)
from postroad.demo import facts
from postroad.directory.models import Kind, Library


def make_regions() -> dict[str, Region]:
    """The regions of two couriers, each with its hub, and the night that it takes from one to the
    other; by name. The couriers are invented."""
    statewide, islands = (
        Courier.objects.create(code=code, name=name, slip=slip, state=state, invented=True)
        for code, name, slip, state in (
            ("BAY", "Bay State Couriers", Courier.Slip.MLS, "MA"),
            ("OCEAN", "Ocean State Couriers", Courier.Slip.LORI, "RI"),
        )
    )
    hubs = {
        "MA": Hub.objects.create(
            code="PLYMOUTH", name="Plymouth sort", courier=statewide, town="Plymouth", invented=True
        ),
        "RI": Hub.objects.create(
            code="WARWICK", name="Warwick sort", courier=islands, town="Warwick", invented=True
        ),
    }
    for start, end in ("MA", "RI"), ("RI", "MA"):
        Transfer.objects.create(
            from_hub=hubs[start], to_hub=hubs[end], nights=1, first_day=date(2016, 4, 1)
        )
    first_codes = {each.region: each.code.split()[0] for each in facts.routes()}
    made = Region.objects.bulk_create(
        Region(
            code=code,
            name=name,
            letter=code[:1],
            hub=hubs["RI" if code == "RI" else "MA"],
            invented=True,
        )
        for name, code in sorted(first_codes.items())
    )
    return {each.name: each for each in made}


def make_codes(libraries: dict[str, Library]) -> None:
    """The list of Rhode Island's codes, most of them invented, and one that is retired."""
    bearers = {each.delivery_code: each for each in libraries.values() if each.delivery_code}
    listed = [
        RiCode(
            code=code,
            name=each.name,
            town=each.town,
            library=each,
            invented=code not in facts.REAL_DELIVERY_CODES,
        )
        for code, each in bearers.items()
    ]
    if "ZZZ" not in bearers:
        gone = date(2025, 6, 30)
        listed.append(
            RiCode(code="ZZZ", name="A branch that closed", retired_on=gone, invented=True)
        )
    if "CLH" not in bearers:
        listed.append(RiCode(code="CLH", name="Clearinghouse", clearinghouse=True, invented=True))
    RiCode.objects.bulk_create(listed)


def make_routes(libraries: dict[str, Library], today: date) -> None:
    regions = make_regions()
    routes = {
        each.code: each
        for each in Route.objects.bulk_create(
            Route(code=each.code, name=each.name, region=regions[each.region], invented=True)
            for each in facts.routes()
        )
    }
    stops = Stop.objects.bulk_create(
        Stop(
            library=libraries[each.library],
            route=routes[each.route],
            place=each.place,
            drop_days=each.days,
            pick_up_days=each.days,
            invented=True,
        )
        for each in facts.stops()
    )
    at = {stop.library.code: stop for stop in stops}
    ScheduleChange.objects.bulk_create(
        ScheduleChange(
            stop=at[each.library],
            drop_days=each.days,
            pick_up_days=each.days,
            first_day=each.first_day,
            last_day=each.last_day,
            reason=each.reason,
        )
        for each in facts.schedule_changes(today.year, today.year + 1)
    )


def say_what_is_not_as_usual(now: datetime) -> None:
    """A van that is late on its next day, and bins that are held: at libraries of which nobody in
    the story has a book."""
    quiet = Stop.objects.filter(active=True, library__kind=Kind.SPECIAL).select_related("library")
    held = quiet.order_by("-library__code", "pk").first()
    announce_a_contractor(now)
    make_a_satellite(quiet.order_by("library__code", "pk").first())
    facts: dict[str, Any] = {"by": "Delivery office", "now": now, "key": None}
    today = timezone.localdate(now)
    if held is not None:
        reason = "New roof"
        delays.announce(Delay.Kind.HELD, at=held.library, first_day=today, reason=reason, **facts)
    route = Route.objects.filter(stops__active=True).order_by("-code", "pk").first()
    if route is None:
        return
    a_strike_that_was_called_off(today, facts)
    called = [stop.library_id for stop in route.stops.filter(active=True)]
    days = (van.drop.next_open(today) for van in stops.calendars(called, today).values())
    if first_day := min((day for day in days if day), default=None):
        reason = "Flat tire"
        delays.announce(
            Delay.Kind.LATE, at=route, first_day=first_day, hours=2, reason=reason, **facts
        )


def announce_a_contractor(now: datetime) -> None:
    """In half a year another one drives, and half of its codes are known."""
    old = Courier.objects.get(code="BAY")
    new = Courier.objects.create(code="COAST", name="Coast Couriers", state="MA", invented=True)
    first_day = timezone.localdate(now) + timedelta(days=180)
    contractors.change(old, new, first_day, by="Delivery office", now=now, key=None)
    driven = list(contractors.driven_by(old))
    StopCode.objects.bulk_create(
        StopCode(
            courier=new, library=stop.library, sign=str(at % 9 + 1), word=f"C{at:03}", invented=True
        )
        for at, stop in enumerate(driven[: len(driven) // 2], start=1)
    )


def make_a_satellite(stop: Stop | None) -> None:
    """One library whose things the van leaves at another library of its round."""
    if stop is not None:
        others = stop.route.stops.filter(active=True).exclude(pk=stop.pk)
        stop.behind = others.order_by("place", "pk").first()
        stop.save(update_fields=["behind"])


def a_strike_that_was_called_off(today: date, facts: dict[str, Any]) -> None:
    """The whole service was to stop, and does not: so its page has something to show."""
    first_day = today + timedelta(days=14)
    said = delays.announce(
        Delay.Kind.SUSPENDED, at=None, first_day=first_day, reason="Strike of drivers", **facts
    )
    delays.end(said, by=facts["by"], now=facts["now"])
