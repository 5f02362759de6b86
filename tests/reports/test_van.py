"""What the van left and took, counted from the ledger."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from postroad.delivery import containers, custody, parcels, visits
from postroad.delivery.containers import At
from postroad.delivery.models import Container, CustodyStep, How, SetAside, Stop
from postroad.delivery.visits import Pieces
from postroad.directory import closures
from postroad.reports import van, van_figures
from postroad.reports.models import CountRun, LaneDay, StopDay

MONDAY = date(2026, 11, 30)
WEDNESDAY = MONDAY + timedelta(days=2)
NOON = datetime(2026, 11, 30, 17, tzinfo=UTC)  # in Massachusetts, on that Monday
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.fixture
def make(cast):
    def made(sender="lee", receiver="lenox", at=NOON - 3 * DAY):
        return parcels.make(
            from_library=getattr(cast, sender),
            to_library=getattr(cast, receiver),
            item_barcode="",
            title="Walden",
            ref="",
            by=cast.lender,
            at=at,
        )

    return made


@pytest.fixture
def drop(cast, make):
    """Left at Lenox on that Monday, as its driver scanned it."""

    def dropped(at=NOON, noted_at=None, parcel=None):
        parcel = parcel or make()
        parcels.drop(parcel, library=cast.lenox, by=cast.driver, at=at, noted_at=noted_at)
        return parcel

    return dropped


def of(library, day=MONDAY):
    return StopDay.objects.get(library=library, day=day)


def figures(day=MONDAY):
    """All that is kept of a day, without the keys of its rows."""
    rows = StopDay.objects.filter(day=day).order_by("library_id").values()
    lanes = LaneDay.objects.filter(day=day).order_by("origin", "destination").values()
    return [{name: value for name, value in row.items() if name != "id"} for row in (*rows, *lanes)]


def test_each_piece_is_counted_by_the_way_in_which_it_is_known(cast, make, drop):
    drop()
    drop()
    boxed = make()
    made = containers.put_to_use(1, Container.Kind.BIN, holder="HUB", at=NOON - DAY)[0]
    parcels.sort(boxed, holder="HUB", by=None, at=NOON - DAY, into=made)
    containers.load(made, At(cast.driver, NOON - HOUR, holder="WEST 2"))
    containers.drop(made, At(cast.driver, NOON, cast.lenox, "WEST 2"))
    parcels.receive(make(), library=cast.lenox, by=cast.lender, at=NOON + HOUR)
    van.count(MONDAY)
    row = of(cast.lenox)
    assert (row.left_scanned, row.left_in_bins, row.left_at_desk, row.bins_left) == (2, 1, 1, 1)
    assert (row.typed_left, row.own_left) == (None, None)
    assert (row.route, row.due) == ("WEST 2", True)


def test_taken_along_without_a_scan_is_no_scan(cast, make):
    parcels.pick_up(make(), by=cast.driver, at=NOON)
    parcels.pick_up(make(), by=cast.driver, at=NOON, how=How.DECLARED)
    van.count(MONDAY)
    row = of(cast.lee)
    assert (row.taken_scanned, row.taken_declared) == (1, 1)


def test_one_piece_that_is_seen_twice_on_a_day_is_one(cast, drop):
    parcel = drop()
    drop(at=NOON + 2 * HOUR, parcel=parcel)
    van.count(MONDAY)
    assert of(cast.lenox).left_scanned == 1


def test_what_was_undone_is_not_counted(cast, drop):
    custody.undo_step(drop(), CustodyStep.DROPPED, by=cast.driver, at=NOON + HOUR)
    van.count(MONDAY)
    assert of(cast.lenox).left_scanned == 0


def test_a_day_counted_again_says_the_same(cast, make, drop):
    drop()
    parcels.pick_up(make(), by=cast.driver, at=NOON)
    van.count(MONDAY)
    once = figures()
    van.count(MONDAY)
    assert figures() == once != []


def test_what_a_driver_typed_stands_beside_and_the_desk_has_its_own(cast, drop):
    drop()
    stop = Stop.objects.select_related("library", "route").get(library=cast.lenox)
    visit = visits.confirm(cast.driver, stop, Pieces(5, 2), key="a", at=NOON, now=NOON)
    van.count(MONDAY)
    row = of(cast.lenox)
    assert (row.left_scanned, row.typed_left, row.typed_taken, row.own_left) == (1, 5, 2, None)
    visits.count(cast.lenox, visit.pk, Pieces(4, 2), by=cast.lender, now=NOON + HOUR)
    van.count(MONDAY)
    assert of(cast.lenox).own_left == 4
    visits.confirm(
        cast.driver, stop, Pieces(1, 0), key="b", at=NOON + 2 * HOUR, now=NOON + 2 * HOUR
    )
    van.count(MONDAY)
    row = of(cast.lenox)  # the desk counted one of two visits
    assert (row.typed_left, row.own_left) == (6, None)


def test_a_visit_of_which_nobody_said_anything_is_not_known_and_not_none(cast, drop):
    drop()
    van.count(MONDAY)
    (route,) = van_figures.by_route(van_figures.days(MONDAY, MONDAY))
    assert (route.key, route.due, route.silent) == ("WEST 2", 3, 2)  # Providence: not on Mondays
    assert route.said["typed_left"] is None
    assert route.seen("left") == 1


def test_on_a_day_without_the_van_nothing_is_missing(cast):
    closures.close(first_day=MONDAY, last_day=MONDAY, reason="Snow", source="office")
    van.count(MONDAY)
    assert not StopDay.objects.exists()


def test_a_lane_is_what_its_senders_put_in(cast, make, drop):
    for receiver in ("lenox", "lenox", "otis_school"):
        parcels.pick_up(make(receiver=receiver), by=cast.driver, at=NOON)
    parcels.pick_up(drop(), by=cast.driver, at=NOON + HOUR, library=cast.lenox)  # a stray goes on
    van.count(MONDAY)
    lanes = van_figures.by_lane(MONDAY, MONDAY)
    assert [(each.origin, each.destination, each.items) for each in lanes] == [
        ("WEST 2", "WEST 2", 2),
        ("WEST 2", "", 1),
    ]
    assert of(cast.lenox).taken_scanned == 1


def test_the_route_of_a_day_stays_when_the_stop_moves(cast, drop):
    drop()
    van.count(MONDAY)
    stop = Stop.objects.get(library=cast.lenox)
    stop.route.pk, stop.route.code = None, "WEST 9"
    stop.route.save()
    stop.route = stop.route
    stop.save()
    van.count(MONDAY)
    assert of(cast.lenox).route == "WEST 2"


def test_the_job_counts_the_days_that_are_over_and_then_only_what_is_heard(cast, drop):
    drop()
    assert van.follow(NOON + HOUR) == 0  # that day is not over
    assert not StopDay.objects.exists()
    assert van.follow(NOON + DAY) == 1
    assert of(cast.lenox).left_scanned == 1
    assert van.follow(NOON + DAY + HOUR) == 0


def test_a_late_scan_changes_the_day_it_belongs_to(cast, make, drop):
    drop()
    van.follow(NOON + 3 * DAY)
    drop(noted_at=NOON + 3 * DAY)
    assert van.follow(NOON + 3 * DAY + HOUR) == 1
    assert of(cast.lenox).left_scanned == 2
    custody.undo_step(drop(at=NOON), CustodyStep.DROPPED, by=None, at=NOON + 3 * DAY + 2 * HOUR)
    parcel = drop(noted_at=NOON + 3 * DAY)
    van.follow(NOON + 3 * DAY + 3 * HOUR)
    assert of(cast.lenox).left_scanned == 3
    custody.undo_step(parcel, CustodyStep.DROPPED, by=None, at=NOON + 3 * DAY + 4 * HOUR)
    van.follow(NOON + 3 * DAY + 5 * HOUR)
    assert of(cast.lenox).left_scanned == 2


def test_what_a_desk_saw_first_is_the_vans_once_its_scan_is_heard(cast, make, drop):
    parcel = make()
    parcels.receive(parcel, library=cast.lenox, by=cast.lender, at=NOON + 2 * DAY)
    van.follow(NOON + 4 * DAY)
    assert of(cast.lenox, WEDNESDAY).left_at_desk == 1
    drop(parcel=parcel, noted_at=NOON + 4 * DAY)
    van.follow(NOON + 4 * DAY + HOUR)
    assert of(cast.lenox, WEDNESDAY).left_at_desk == 0
    assert of(cast.lenox).left_scanned == 1


def test_bins_and_visits_that_are_taken_back_change_their_day(cast, drop):
    made = containers.put_to_use(1, Container.Kind.BIN, holder="HUB", at=NOON - DAY)[0]
    turned = containers.drop(made, At(cast.driver, NOON, cast.lenox, "WEST 2"))
    stop = Stop.objects.select_related("library", "route").get(library=cast.lenox)
    visit = visits.confirm(cast.driver, stop, Pieces(5, 2), key="a", at=NOON, now=NOON)
    van.follow(NOON + DAY)
    assert (of(cast.lenox).bins_left, of(cast.lenox).typed_left) == (1, 5)
    containers.undo(turned.line.pk, by=None, at=NOON + 2 * DAY)
    visits.withdraw(cast.driver, visit.pk, NOON + 2 * DAY)
    van.follow(NOON + 2 * DAY + HOUR)
    assert (of(cast.lenox).bins_left, of(cast.lenox).typed_left) == (0, None)


def test_it_says_until_when_it_is_whole(cast, drop):
    assert van.whole_until(NOON) is None
    drop()
    van.follow(NOON + 7 * DAY)
    assert van.whole_until(NOON + 7 * DAY) == date(2026, 12, 3)  # desks count for three days
    aside = {"driver": cast.driver, "hand": "drop", "why": "unknown", "came_at": NOON + 2 * DAY}
    SetAside.objects.create(key="k", text="P1", at=NOON + 2 * DAY, **aside)
    assert van.whole_until(NOON + 7 * DAY) == MONDAY + DAY
    SetAside.objects.create(key="1970", text="P1", at=datetime(1970, 1, 1, tzinfo=UTC), **aside)
    assert van.whole_until(NOON + 7 * DAY) == MONDAY + DAY  # so old a day is not counted any more
    CountRun.objects.update(days=[MONDAY.isoformat()])
    assert van.whole_until(NOON + 7 * DAY) == MONDAY - DAY


def test_a_day_costs_the_same_statements_for_few_and_for_many(cast, make, drop):
    def statements():
        with CaptureQueriesContext(connection) as asked:
            van.count(MONDAY)
        return len(asked)

    drop()
    parcels.pick_up(make(), by=cast.driver, at=NOON)
    van.count(MONDAY)
    few = statements()
    for _each in range(8):
        drop()
        parcels.pick_up(make(sender="pittsfield"), by=cast.driver, at=NOON)
    assert statements() == few <= 16
