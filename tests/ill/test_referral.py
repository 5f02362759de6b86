"""Whom the rota asks is the same, however fast its facts are brought."""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as some

from postroad.catalogue.models import Format, Item, ItemStatus, Record
from postroad.delivery import forecast, stops
from postroad.delivery.models import (
    Courier,
    Hub,
    Region,
    Route,
    ScheduleChange,
    Stop,
    Transfer,
)
from postroad.directory.models import Closure, Effect, Library, Policy
from postroad.ill import prospects, rota
from postroad.ill.lifecycle import WAITING, Owner, State, SupplyState
from postroad.ill.models import Event, Request, Supply, Tally
from postroad.ill.rota import Lender
from tests import lots
from tests.cast import Cast
from tests.ill.story import MONDAY, copy, title

TODAY = MONDAY.date()


# The rules once more, library by library and day by day, with no thought of time.


class Plainly:
    """The facts as somebody would tell them who has the tables before her."""

    def __init__(self, ill: Request, now: datetime) -> None:
        self.ill, self.now = ill, now
        self.items = list(Item.objects.filter(record=ill.record))
        self.policies = {policy.library_id: policy for policy in Policy.objects.all()}
        self.closures = list(Closure.objects.all())
        stops = Stop.objects.filter(active=True).select_related("library", "route__region")
        self.stops = {stop.library_id: stop for stop in stops}
        self.changes = list(ScheduleChange.objects.order_by("first_day"))
        self.tallies = list(Tally.objects.all())
        self.supplies = list(Supply.objects.all())
        self.anew = [event.at for event in ill.events.filter(verb="refer_again")]

    def lenders(self) -> list[Lender]:
        active = Library.objects.filter(active=True)
        return [self.lender(library) for library in active if self.copies(library)]

    def copies(self, library: Library) -> list[ItemStatus]:
        owned = [ItemStatus(item.status) for item in self.items if item.library_id == library.pk]
        return [status for status in owned if status != ItemStatus.WITHDRAWN]

    def lender(self, library: Library) -> Lender:
        borrower, today = self.ill.library, library.day_of(self.now)
        ready = first(today, lambda day: self.works(library, day, "closed", "no-lending"))
        policy = self.policies.get(library.pk, Policy())
        year = self.now.date() - timedelta(days=365)
        counted = [
            tally for tally in self.tallies if tally.library_id == library.pk and tally.month > year
        ]
        theirs = [supply for supply in self.supplies if supply.lender_id == library.pk]
        return Lender(
            code=library.code,
            name=library.name,
            town=library.town,
            on_shelf=self.copies(library).count(ItemStatus.IN),
            lends=policy.lends,
            lends_format="book" not in policy.formats_not_lent,
            is_borrower=library == borrower,
            asked_already=any(self.holds(supply) for supply in theirs),
            days_known=any(letter != "-" for letter in library.open_days),
            open_on=first(today, lambda day: self.works(library, day, "closed")),
            lending_on=ready,
            on_route=library.pk in self.stops,
            borrower_on_route=borrower.pk in self.stops,
            arrives=self.arrival(library, ready),
            need_by=self.ill.need_by,
            today=today,
            borrowers_day=borrower.day_of(self.now),
            patience=4,
            lent=sum(tally.lent for tally in counted),
            borrowed=sum(tally.borrowed for tally in counted),
            in_hand=sum(supply.state in ("asked", "promised") for supply in theirs),
            miles=miles(library, borrower),
            same_network=library.network_id is not None
            and library.network_id == borrower.network_id,
        )

    def holds(self, supply: Supply) -> bool:
        """It was asked for this request, and the members were not asked anew since."""
        return supply.request_id == self.ill.pk and all(at <= supply.asked_at for at in self.anew)

    def works(self, library: Library, day: date, *effects: str) -> bool:
        return library.open_days[day.weekday()] != "-" and not self.shut(library, day, *effects)

    def shut(self, library: Library, day: date, *effects: str) -> bool:
        return any(
            closure.first_day <= day <= closure.last_day
            for closure in self.closures
            if closure.library_id in (None, library.pk)
            and closure.state in ("", library.state)
            and closure.effect in effects
        )

    def arrival(self, lender: Library, ready: date | None) -> date | None:
        collected = first(ready, lambda day: self.van_takes(lender, day)) if ready else None
        if collected is None:
            return None
        nights = self.nights(self.stops[lender.pk], self.stops.get(self.ill.library_id))
        if nights is None:
            return None
        at_hub = collected + timedelta(days=nights)
        return first(at_hub, lambda day: self.van_brings(self.ill.library, day))

    def nights(self, start: Stop, end: Stop | None) -> int | None:
        if end is None:
            return None
        hubs = [stop.route.region.hub_id if stop.route.region else None for stop in (start, end)]
        if None in hubs:
            return 2 if {start.library.state, self.ill.library.state} == {"MA", "RI"} else 1
        between = Transfer.objects.filter(from_hub=hubs[0], to_hub=hubs[1]).first()
        if hubs[0] == hubs[1]:
            return 1
        return None if between is None else 1 + (between.nights or 0)

    def van_takes(self, library: Library, day: date) -> bool:
        return self.van_calls(library, day, "pick_up_days")

    def van_brings(self, library: Library, day: date) -> bool:
        return self.van_calls(library, day, "drop_days")

    def van_calls(self, library: Library, day: date, which: str) -> bool:
        stop = self.stops.get(library.pk)
        if stop is None or self.shut(library, day, "closed", "no-delivery"):
            return False
        days: str = getattr(stop, which)
        for change in self.changes:
            if change.stop_id == stop.pk and change.first_day <= day <= change.last_day:
                days = getattr(change, which)
        return days[day.weekday()] != "-"


def first(start: date, good: Callable[[date], bool]) -> date | None:
    """The first good day within a year."""
    days = (start + timedelta(days=ahead) for ahead in range(366))
    return next((day for day in days if good(day)), None)


def miles(one: Library, other: Library) -> float | None:
    if one.latitude is None or one.longitude is None:
        return None
    if other.latitude is None or other.longitude is None:
        return None
    north, south = math.radians(one.latitude), math.radians(other.latitude)
    apart = math.radians(other.longitude - one.longitude)
    half = math.sin((south - north) / 2) ** 2
    half += math.cos(north) * math.cos(south) * math.sin(apart / 2) ** 2
    return round(2 * 3959 * math.asin(math.sqrt(half)), 1)


# Worlds in which that may go wrong.


@dataclass(frozen=True)
class Place:
    """What is drawn for one library."""

    copies: list[ItemStatus]
    open_days: str
    zone: str
    active: bool
    policy: tuple[bool, list[str]] | None
    van: tuple[str, str, bool, str] | None  # days that take, that bring; active; its hub
    changes: list[tuple[int, int, str, str]]  # first day, length, days that take, that bring
    closures: list[tuple[Effect, int, int]]
    tallies: dict[int, tuple[int, int]]  # months ago: lent, borrowed
    in_hand: list[SupplyState]
    asked: int | None  # days ago, for this very request
    latitude: float | None


QUIET = Place(
    copies=[ItemStatus.IN],
    open_days="MTWTF--",
    zone="America/New_York",
    active=True,
    policy=(True, []),
    van=("MTWTF--", "MTWTF--", True, ""),
    changes=[],
    closures=[],
    tallies={},
    in_hand=[],
    asked=None,
    latitude=42.3,
)
first_day = some.integers(-9, 9) | some.integers(10, 30)
length = some.integers(0, 3) | some.integers(0, 3) | some.integers(0, 200)
week = some.sampled_from(["MTWTFSS", "M-W-F--", "-T--F--", "-----S-", "-------"])
hub = some.sampled_from(["", "north", "south", "nowhere"])  # no lane leads to the last
closures = some.lists(
    some.tuples(some.sampled_from(Effect), first_day, length), min_size=1, max_size=3
)
changes = some.lists(
    some.tuples(first_day, length, week, week),
    min_size=1,
    max_size=2,
    unique_by=lambda change: change[0],
)
policy = some.tuples(some.booleans(), some.sampled_from([[], ["film"], ["book"]]))
waiting = some.sampled_from([SupplyState.ASKED, SupplyState.PROMISED, SupplyState.SUPPLYING])
usual: dict[str, some.SearchStrategy[Any]] = {
    "tallies": some.dictionaries(
        some.sampled_from([0, 1, 11, 12, 14]), some.tuples(*[some.integers(0, 3)] * 2), max_size=3
    ),
    "in_hand": some.lists(waiting, max_size=2),
    "latitude": some.sampled_from([None, 41.8, 42.3, 42.4]),
}
unusual: dict[str, some.SearchStrategy[Any]] = {
    "copies": some.lists(some.sampled_from(ItemStatus), max_size=3),
    "open_days": week,
    "zone": some.sampled_from(["Pacific/Honolulu", "Asia/Tokyo"]),
    "active": some.just(False),
    "policy": some.none() | policy,
    "van": some.none() | some.tuples(week, week, some.booleans(), hub),
    "changes": changes,
    "closures": closures,
    "asked": some.integers(1, 9),
}
# One or two things are unusual about a library, so that in most worlds several are able.
places = some.builds(
    lambda usually, *troubles: replace(QUIET, **usually, **dict(troubles)),
    some.fixed_dictionaries(usual),
    *[some.sampled_from([*unusual]).flatmap(lambda name: unusual[name].map(lambda x: (name, x)))]
    * 2,
)
YESTERDAY = replace(QUIET, open_days="MTWTFSS", closures=[(Effect.CLOSED, -1, 0)])
GONE = replace(QUIET, copies=[ItemStatus.WITHDRAWN])
PAUSED = replace(QUIET, closures=[(Effect.NO_DELIVERY, 0, 39), (Effect.NO_DELIVERY, 40, 40)])


@pytest.mark.django_db
@settings(
    max_examples=80 if lots.NIGHT else 30,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    drawn=some.lists(places, min_size=5, max_size=5),
    everybodys=some.just([]) | closures,
    hour=some.integers(0, 23),
    need_by=some.none() | some.integers(0, 12),
    anew=some.none() | some.integers(1, 9),
)
@example(drawn=[QUIET, PAUSED, QUIET, PAUSED, QUIET], everybodys=[], hour=15, need_by=None, anew=1)
@example(drawn=[PAUSED, QUIET, QUIET, QUIET, QUIET], everybodys=[], hour=15, need_by=9, anew=None)
@example(drawn=[QUIET, YESTERDAY, GONE, GONE, QUIET], everybodys=[], hour=2, need_by=9, anew=None)
def test_the_choice_is_that_of_the_rules_told_plainly(
    cast: Cast,
    drawn: list[Place],
    everybodys: list[tuple[Effect, int, int]],
    hour: int,
    need_by: int | None,
    anew: int | None,
):
    """Lee borrows; every library of the cast is as it was drawn."""
    now = datetime(TODAY.year, TODAY.month, TODAY.day, hour, tzinfo=UTC)
    with transaction.atomic():
        record = title(format=Format.BOOK)
        ill = request(cast.lee, record, need_by=None if need_by is None else ahead(need_by))
        for library, place in zip(cast.libraries, drawn, strict=True):
            furnish(Library.objects.get(pk=library.pk), place, record, ill)
        shut(None, everybodys)
        if anew is not None:
            at = MONDAY - timedelta(days=anew, hours=1)
            Event.objects.create(request=ill, verb="refer_again", after=State.APPROVED, at=at)
        ill = Request.objects.get(pk=ill.pk)
        fast = prospects.gather(ill.record, ill.library, now, need_by=ill.need_by, ill=ill)
        plain = Plainly(ill, now).lenders()
        transaction.set_rollback(True)
    assert rota.rank(fast) == rota.rank(plain)
    assert rota.passed_over(map(nearby, fast)) == rota.passed_over(map(nearby, plain))


def nearby(lender: Lender) -> Lender:
    """Of who is passed over for being closed, days that are weeks away need not be right."""
    if lender.lending_on is not None and (lender.lending_on - TODAY).days <= lender.patience + 1:
        return lender
    days = {name: getattr(lender, name) for name in ("open_on", "lending_on", "arrives")}
    return replace(lender, **{name: day and min(day, ahead(15)) for name, day in days.items()})


def furnish(library: Library, place: Place, record: Record, ill: Request) -> None:
    library.open_days, library.time_zone, library.active = place.open_days, place.zone, place.active
    library.latitude, library.longitude = place.latitude, -71.5 if place.latitude else None
    library.save()
    Policy.objects.filter(library=library).delete()
    if place.policy is not None:
        lends, formats = place.policy
        Policy.objects.create(library=library, lends=lends, formats_not_lent=formats)
    for number, status in enumerate(place.copies):
        Item.objects.create(record=record, library=library, barcode=str(number), status=status)
    call_at(library, place)
    shut(library, place.closures)
    months = {date(2026 - (12 + ago - 10) // 12, (10 - ago) % 12 + 1, 1): ago for ago in range(15)}
    Tally.objects.bulk_create(
        Tally(library=library, month=month, lent=lent, borrowed=borrowed)
        for month, ago in months.items()
        for lent, borrowed in [place.tallies.get(ago, (0, 0))]
    )
    for state in place.in_hand:
        ask(request(library, record), library, state, MONDAY)
    if place.asked is not None:
        ask(ill, library, SupplyState.CLOSED, MONDAY - timedelta(days=place.asked))


def call_at(library: Library, place: Place) -> None:
    Stop.objects.filter(library=library).delete()
    if place.van is None:
        return
    takes, brings, active, hub = place.van
    stop = Stop.objects.create(
        library=library,
        route=route_from(hub),
        pick_up_days=takes,
        drop_days=brings,
        active=active,
    )
    for start, more, takes, brings in place.changes:
        ScheduleChange.objects.create(
            stop=stop,
            first_day=ahead(start),
            last_day=ahead(start + more),
            pick_up_days=takes,
            drop_days=brings,
        )


def route_from(hub: str) -> Route:
    """A route of the hub of this name; it takes three nights from the north to the south."""
    if not hub:
        return Route.objects.get(code="WEST 2")
    facts: dict[str, Any] = {"code": hub, "name": hub}
    if not Hub.objects.exists():
        courier = Courier.objects.create(code="C", name="C", state="MA")
        hubs = [Hub.objects.create(courier=courier, code=x, name=x) for x in ("north", "south")]
        for start, end in (hubs, hubs[::-1]):
            day = date(2020, 1, 1)
            Transfer.objects.create(from_hub=start, to_hub=end, nights=2, first_day=day)
        Hub.objects.create(courier=courier, code="nowhere", name="nowhere")
    region, _new = Region.objects.get_or_create(**facts, hub=Hub.objects.get(code=hub))
    return Route.objects.get_or_create(**facts, region=region)[0]


def shut(library: Library | None, closures: Iterable[tuple[Effect, int, int]]) -> None:
    Closure.objects.bulk_create(
        Closure(
            library=library, effect=effect, first_day=ahead(start), last_day=ahead(start + more)
        )
        for effect, start, more in closures
    )


def ahead(days: int) -> date:
    return TODAY + timedelta(days=days)


def request(library: Library, record: Record, **more: Any) -> Request:
    return Request.objects.create(
        library=library,
        record=record,
        title=record.title,
        state=State.APPROVED,
        owner=Owner.MACHINE,
        asked_at=MONDAY,
        due_at=MONDAY,
        turn_until=MONDAY,
        **more,
    )


def ask(ill: Request, lender: Library, state: SupplyState, at: datetime) -> None:
    closed_at = MONDAY if state == SupplyState.CLOSED else None
    ill.attempts += 1
    ill.save()
    Supply.objects.create(
        request=ill,
        attempt=ill.attempts,
        lender=lender,
        state=state,
        owner=Owner.LENDING,
        asked_at=at,
        closed_at=closed_at,
        due_at=MONDAY if state in WAITING else None,
    )


def test_the_facts_of_any_number_of_owners_take_two_statements(
    cast: Cast, django_assert_num_queries: Any
):
    record = title()
    for library in cast.libraries:
        Item.objects.create(record=record, library=library, barcode="1")
    prospects.gather(record, cast.lee, MONDAY)  # the thresholds are at hand from here
    with django_assert_num_queries(2):
        found = prospects.gather(record, cast.lee, MONDAY)
    assert len(found) == len(cast.libraries)


def test_a_van_that_pauses_for_half_a_year_is_told_of_to_the_day(cast: Cast):
    record = title()
    Item.objects.create(record=record, library=cast.lenox, barcode="1")
    shut(cast.lee, [(Effect.NO_DELIVERY, 0, 99), (Effect.NO_DELIVERY, 100, 81)])
    (found,) = prospects.gather(record, cast.lee, MONDAY)
    assert found.arrives == date(2027, 5, 24)


def test_a_house_without_a_home_library_still_tells_who_owns_a_title(cast: Cast):
    record = title()
    Item.objects.create(record=record, library=cast.lenox, barcode="1")
    (found,) = prospects.gather(record, Library(), MONDAY)
    assert (found.code, found.borrower_on_route, found.is_borrower) == ("lenox", False, False)


def test_the_day_of_a_satellite_is_that_of_its_parcel(cast: Cast, django_assert_num_queries):
    town = Stop.objects.get(library=cast.pittsfield)
    Stop.objects.filter(pk=town.pk).update(drop_days="----F--", pick_up_days="----F--")
    Stop.objects.filter(library=cast.lee).update(behind=town)
    record = title()
    copy(record, cast.lee, "30001000000017")
    prospects.gather(record, cast.lenox, MONDAY)  # what is at hand after that
    with django_assert_num_queries(3):  # one for the hub town
        [lender] = prospects.gather(record, cast.lenox, MONDAY)
    known = stops.calendars([cast.lee.pk, cast.lenox.pk], TODAY)
    ends = known[cast.lee.pk], known[cast.lenox.pk]
    expected = forecast.expect(TODAY, *ends, known.nights(*ends, TODAY))
    assert expected is not None
    assert lender.arrives == expected.day == date(2026, 11, 30)
