"""Working days belong to a library, in its own zone, also in the nights when its clocks change.

Each promise is read back on the wall clock of the library that it is made to. In 2026 and 2027
the clocks go back on 1 November and forward on 14 March where they change; in Honolulu and
Phoenix they never do.
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from postroad.delivery import outlook, parcels, promises
from postroad.delivery.models import Custody, Parcel, Stop
from postroad.directory.models import Closure, Effect, Library
from postroad.directory.opening import Calendar, Shut, weekdays
from postroad.ill import clocks, loans, sweeps
from postroad.ill.acts import Act
from postroad.ill.lifecycle import (
    LOAN_CLOCKS,
    WAITING,
    WISH_CLOCKS,
    Ending,
    LoanState,
    Outcome,
    State,
    SupplyState,
    Unit,
)
from postroad.ill.models import Request, Supply
from tests import lots
from tests.cast import Cast
from tests.ill.story import begin

ZONES = [
    "America/New_York",
    "America/Chicago",
    "America/Phoenix",
    "Pacific/Honolulu",
    "Pacific/Auckland",
    "Pacific/Kiritimati",
    "Pacific/Pago_Pago",
]
BACK, FORWARD = date(2026, 11, 1), date(2027, 3, 14)  # the Sundays of the two nights
SECOND = timedelta(seconds=1)
LAST = time(23, 59, 59)

zones = st.sampled_from(ZONES)
around = st.builds(
    lambda night, hours, seconds: (
        datetime.combine(night, time(), UTC) + timedelta(hours=hours, seconds=seconds)
    ),
    st.sampled_from([BACK, FORWARD]),
    st.integers(-30 * 24, 5 * 24),
    st.integers(0, 3599),
)
open_days = st.sampled_from(["MTWTFSS", "MTWTF--", "M-W-F--", "------S", "-----SS", "-T-----"])


@st.composite
def calendars(draw):
    first = draw(st.dates(date(2026, 10, 20), date(2027, 3, 20)))
    shut = Shut(first, first + timedelta(days=draw(st.integers(0, 12))), "snow")
    days = weekdays(draw(open_days))
    return Calendar(days, draw(zones), (shut,) if draw(st.booleans()) else ())


def wall(moment: datetime, zone: str) -> datetime:
    return moment.astimezone(ZoneInfo(zone))


def is_the_end_of_a_day(moment: datetime, zone: str) -> bool:
    here = wall(moment, zone)
    return here.time() == LAST and wall(moment + SECOND, zone).date() > here.date()


@given(calendars(), around, st.integers(1, 6))
def test_a_clock_of_working_days_counts_the_open_days_of_the_wall_calendar(calendar, at, count):
    end = calendar.after(at, count)
    assert end is not None
    assert end > at
    assert is_the_end_of_a_day(end, calendar.zone)
    first, last = calendar.day_of(at) + timedelta(days=1), calendar.day_of(end)
    between = [first + timedelta(days=ahead) for ahead in range((last - first).days + 1)]
    assert sum(calendar.is_open(day) for day in between) == count
    assert calendar.is_open(last)


@given(calendars(), around, st.integers(1, 6))
def test_whatever_the_hour_of_the_day_the_clock_rings_at_the_same_moment(calendar, at, count):
    midnight = datetime.combine(calendar.day_of(at), time(), ZoneInfo(calendar.zone))
    next_day = datetime.combine(calendar.day_of(at) + timedelta(days=1), time(), midnight.tzinfo)
    assert calendar.after(midnight, count) == calendar.after(at, count)
    assert calendar.after(next_day.astimezone(UTC) - SECOND, count) == calendar.after(at, count)


@given(zones, st.dates(date(2026, 10, 25), date(2027, 3, 21)))
def test_the_days_of_a_zone_leave_no_second_out_and_count_none_twice(zone, day):
    calendar = Calendar(frozenset(), zone)
    last, end = calendar.end_of(day - timedelta(days=1)), calendar.end_of(day)
    assert calendar.day_of(last + SECOND) == calendar.day_of(end) == day
    assert calendar.day_of(end + SECOND) == day + timedelta(days=1)
    assert end - last in {timedelta(hours=hours) for hours in (23, 24, 25)}


@pytest.mark.parametrize(
    ("at", "end"),
    [
        # A day of 25 hours: 3 November, 23:59:59 in New York, is 04:59:59 in Greenwich again.
        (datetime(2026, 10, 30, 22, tzinfo=UTC), datetime(2026, 11, 4, 4, 59, 59, tzinfo=UTC)),
        (datetime(2026, 10, 31, 3, 59, tzinfo=UTC), datetime(2026, 11, 4, 4, 59, 59, tzinfo=UTC)),
        # Within the doubled hour: Sunday itself does not count, whichever of the two it is.
        (datetime(2026, 11, 1, 5, 30, tzinfo=UTC), datetime(2026, 11, 4, 4, 59, 59, tzinfo=UTC)),
        (datetime(2026, 11, 1, 6, 30, tzinfo=UTC), datetime(2026, 11, 4, 4, 59, 59, tzinfo=UTC)),
        # A day of 23 hours.
        (datetime(2027, 3, 12, 22, tzinfo=UTC), datetime(2027, 3, 17, 3, 59, 59, tzinfo=UTC)),
        (datetime(2027, 3, 14, 7, 30, tzinfo=UTC), datetime(2027, 3, 17, 3, 59, 59, tzinfo=UTC)),
    ],
)
def test_two_working_days_over_the_night_on_which_the_clocks_change(at, end):
    assert Calendar(weekdays("MTWTF--")).after(at, 2) == end


def test_the_same_moment_is_two_deadlines_in_two_zones():
    friday = datetime(2026, 10, 30, 22, tzinfo=UTC)
    ends = {
        zone: Calendar(weekdays("MTWTF--"), zone).after(friday, 2)
        for zone in ("America/Chicago", "Pacific/Honolulu", "Pacific/Auckland")
    }
    assert ends == {
        "America/Chicago": datetime(2026, 11, 4, 5, 59, 59, tzinfo=UTC),
        "Pacific/Honolulu": datetime(2026, 11, 4, 9, 59, 59, tzinfo=UTC),
        "Pacific/Auckland": datetime(2026, 11, 3, 10, 59, 59, tzinfo=UTC),  # it was Saturday there
    }


@pytest.fixture
def lee(cast: Cast) -> Library:
    Closure.objects.create(  # over the whole of the night in November
        library=cast.lee, effect=Effect.CLOSED, first_day=BACK, last_day=date(2026, 11, 3)
    )
    return cast.lee


of_a_database = settings(
    max_examples=60 if lots.NIGHT else 20,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    deadline=None,
)
BY_THE_DAY = sorted(
    wish for wish, clock in WISH_CLOCKS.items() if clock.unit not in (Unit.HOURS, Unit.DAY)
)


@of_a_database
@given(
    zone=zones,
    days=open_days,
    at=around,
    state=st.sampled_from([*BY_THE_DAY, *sorted(LOAN_CLOCKS)]),
    due=st.integers(-40, 20),
)
def test_every_clock_of_a_wish_or_a_thing_rings_later_at_the_end_of_a_day_of_its_library(
    lee, zone, days, at, state, due
):
    lee.time_zone, lee.open_days = zone, days
    if isinstance(state, LoanState):
        due_back = lee.day_of(at) + timedelta(days=due)
        running = clocks.of_loan(state, at, borrower=lee, due_back=due_back)
    else:
        running = clocks.of_wish(state, at, borrower=lee)
    assert running.due_at is not None
    assert running.due_at > at
    assert is_the_end_of_a_day(running.due_at, zone)


@of_a_database
@given(
    lender_zone=zones,
    zone=zones,
    at=around,
    state=st.sampled_from(sorted(SupplyState)),
)
def test_a_lender_has_its_own_days_to_answer(cast, lee, lender_zone, zone, at, state):
    lender = cast.lenox
    lender.time_zone, lee.time_zone = lender_zone, zone
    running = clocks.of_supply(
        state,
        at,
        lender=lender,
        borrower=lee,
    )
    if state not in WAITING:
        assert running.due_at is None
        return
    assert running.due_at is not None
    assert running.due_at > at
    whose = (
        zone if state == SupplyState.OFFERED else lender_zone
    )  # the borrower's word is waited for
    assert is_the_end_of_a_day(running.due_at, whose)


@of_a_database
@given(zone=zones, at=around, missed=st.integers(1, 60))
def test_reminders_come_once_a_week_by_the_calendar_of_the_library(lee, zone, at, missed):
    lee.time_zone = zone
    due_back = lee.day_of(at) - timedelta(days=missed)
    rings = clocks.of_loan(LoanState.LENT, at, borrower=lee, due_back=due_back).due_at
    assert rings is not None
    desk = clocks.at_work(lee, at)  # nobody is reminded before it is open again
    assert rings in {desk.eve(due_back + timedelta(days=7 * week)) for week in range(12)}
    assert 0 <= (rings - at) / timedelta(days=1) <= 12


PLACES = {"lee": "America/New_York", "lenox": "America/Chicago", "pittsfield": "Pacific/Honolulu"}


@pytest.fixture
def scattered(cast):
    """Lee's clocks change in New York's nights, Lenox's in Chicago's, Pittsfield's never."""
    for code, zone in PLACES.items():
        getattr(cast, code).time_zone = zone
        Library.objects.filter(code=code).update(time_zone=zone)
    return cast


@pytest.mark.parametrize("night", [BACK, FORWARD])
def test_a_lender_in_another_zone_lapses_with_its_own_day(scattered, night):
    """Asked on Friday noon, Chicago may answer until its own Monday is over."""
    friday = datetime.combine(night - timedelta(days=2), time(12), ZoneInfo("America/Chicago"))
    story = begin(scattered)
    story.now = friday.astimezone(UTC)
    story.listen()
    monday = datetime.combine(night + timedelta(days=1), LAST, ZoneInfo("America/Chicago"))
    ends = monday.astimezone(UTC)
    assert story.supply.due_at == ends
    assert sweeps.supplies(ends - timedelta(hours=1)) == 0  # New York's Monday is over
    assert sweeps.supplies(ends - SECOND) == 0
    assert sweeps.supplies(ends) == 1
    assert story.ill.supplies.get(attempt=1).ending == Ending.LAPSED


@pytest.mark.parametrize("zone", ["America/New_York", "Pacific/Honolulu", "Pacific/Auckland"])
@pytest.mark.parametrize("night", [BACK, FORWARD])
def test_a_request_expires_when_its_need_by_day_is_over_where_it_is_fetched(cast, night, zone):
    Library.objects.filter(pk=cast.lee.pk).update(time_zone=zone)
    story = begin(cast)
    Request.objects.update(need_by=night)
    midnight = datetime.combine(night + timedelta(days=1), time(), ZoneInfo(zone)).astimezone(UTC)
    assert sweeps.expire(midnight - SECOND) == 0
    assert sweeps.expire(midnight) == 1
    story.look()
    assert story.ill.outcome == Outcome.EXPIRED


@pytest.mark.parametrize("zone", ["America/New_York", "Pacific/Honolulu", "Pacific/Auckland"])
def test_a_book_is_overdue_when_its_due_day_is_over_where_it_was_lent(cast, zone):
    story = begin(cast).at(State.ARRIVED)
    Library.objects.filter(pk=cast.lee.pk).update(time_zone=zone)
    story.look()
    days = BACK + timedelta(days=60) - story.ill.library.day_of(story.now)
    Supply.objects.update(loan_days=days.days)
    story.look()
    loans.check_out(story.loan, Act(cast.borrower, story.now))
    midnight = datetime.combine(BACK + timedelta(days=61), time(), ZoneInfo(zone)).astimezone(UTC)
    assert sweeps.ring(midnight - 2 * SECOND) == 0
    assert sweeps.ring(midnight) == 1


@pytest.mark.parametrize("zone", ["America/New_York", "Pacific/Honolulu", "Pacific/Auckland"])
def test_a_lender_that_shuts_for_long_is_left_when_its_own_first_day_begins(cast, zone):
    story = begin(cast)
    story.listen()
    first = date(2026, 11, 25)
    Library.objects.filter(pk=cast.lenox.pk).update(time_zone=zone)
    Closure.objects.create(
        library=cast.lenox, first_day=first, last_day=first + timedelta(days=20), reason="Roof"
    )
    dawn = datetime.combine(first, time(), ZoneInfo(zone)).astimezone(UTC)
    assert sweeps.closed_lenders(dawn - SECOND) == 0
    assert sweeps.closed_lenders(dawn) == 1


van = st.sampled_from(["MTWTF--", "M-W-F--", "MTWTFSS", "-----SS"])
ENDS = ("lee", "lenox", "pittsfield")


def sent(cast: Cast, sender: str, receiver: str, at: datetime) -> Parcel:
    return parcels.make(
        from_library=getattr(cast, sender),
        to_library=getattr(cast, receiver),
        item_barcode="30001000000017",
        title="Walden",
        ref="7K3M9Q2X",
        at=at,
        by=None,
    )


def forget_parcels() -> None:
    Custody.objects.all().delete()
    Parcel.objects.all().delete()


@of_a_database
@given(
    at=around,
    days=st.tuples(van, van),
    ends=st.permutations(ENDS),
    wait=st.integers(0, 5 * 24),
    collected=st.booleans(),
)
def test_a_parcel_between_two_zones_is_promised_for_a_day_of_its_receiver_that_is_not_over(
    scattered, at, days, ends, wait, collected
):
    sender, receiver = (getattr(scattered, code) for code in ends[:2])
    for library, calls in ((sender, days[0]), (receiver, days[1])):
        Stop.objects.filter(library=library).update(drop_days=calls, pick_up_days=calls)
    parcel = sent(scattered, ends[0], ends[1], at)
    assert parcel.expected_on is not None
    assert parcel.expected_on > sender.day_of(at)  # a night at the hub
    promised_well(parcel, receiver, at, days[1])
    assert is_the_end_of_a_day(parcel.late_at, receiver.time_zone)
    assert (receiver.day_of(parcel.late_at) - sender.day_of(at)).days == 14
    if collected:
        parcels.pick_up(parcel, by=None, at=at + timedelta(hours=1))
    later = at + timedelta(hours=wait)
    Parcel.objects.filter(pk=parcel.pk).update(expected_on=None)  # whatever was promised before
    promises.expect_anew([Parcel.objects.select_related().get(pk=parcel.pk)], at=later)
    parcel.refresh_from_db()
    promised_well(parcel, receiver, later, days[1])
    forget_parcels()


def promised_well(parcel: Parcel, receiver: Library, now: datetime, days: str) -> None:
    assert parcel.expected_on is not None
    assert parcel.expected_on >= receiver.day_of(now)
    assert parcel.expected_on.weekday() in weekdays(days)


def test_a_parcel_under_way_is_not_promised_for_a_day_that_is_over_where_it_goes(scattered):
    """At ten on Monday evening in Honolulu it is Tuesday where the parcel goes."""
    saturday = datetime(2026, 11, 29, 2, tzinfo=UTC)
    parcel = sent(scattered, "pittsfield", "lee", saturday)
    parcels.pick_up(parcel, by=None, at=saturday)
    Stop.objects.filter(library=scattered.lee).update(drop_days="MTWTFSS", pick_up_days="MTWTFSS")
    outlook.follow(datetime(2026, 12, 1, 8, tzinfo=UTC))
    parcel.refresh_from_db()
    assert parcel.expected_on == date(2026, 12, 1)


def test_the_nights_of_a_changing_clock_are_one_night_for_a_parcel_too(scattered):
    for night in (BACK, FORWARD):
        evening = datetime.combine(night, time(20), ZoneInfo("America/Chicago")).astimezone(UTC)
        Stop.objects.update(drop_days="MTWTFSS", pick_up_days="MTWTFSS")
        parcel = sent(scattered, "lenox", "lee", evening)
        assert parcel.expected_on == night + timedelta(days=1)
        assert scattered.lee.day_of(parcel.late_at) == night + timedelta(days=14)
