"""Jobs that begin at once, since what they look after has changed."""

from datetime import date, timedelta

import pytest

from postroad.delivery.models import Parcel
from postroad.directory import closures
from postroad.ill.lifecycle import State
from postroad.worker import run, turns
from postroad.worker.models import Turn
from postroad.worker.timetable import TIMETABLE
from tests.ill.story import MONDAY, begin

DUE, AFTER = date(2026, 12, 21), date(2026, 12, 23)  # of what is lent for 28 days on that Monday
SOON = MONDAY + timedelta(seconds=9)  # long before the next turn of any of these jobs


@pytest.fixture
def worker(settings, tmp_path):
    """What a worker does in one look, every job just having had its turn."""
    settings.HOME = tmp_path

    def begins():
        turns.looked.clear()
        run.jobs(MONDAY)

    return begins


def shut(**more):
    days = {"first_day": DUE, "last_day": DUE + timedelta(days=1)}
    return closures.close(**{**days, "source": "office", "reason": "Snow", "at": SOON, **more})


def test_a_closure_moves_a_due_day_at_once_and_not_at_the_next_turn(cast, worker):
    story = begin(cast).at(State.LENT)
    run.until_idle(MONDAY)
    worker()
    run.jobs(SOON)
    assert story.loan.due_back == DUE
    shut(libraries=[cast.lee])
    run.once(SOON)
    story.look()
    assert story.loan.due_back == AFTER


def test_a_request_at_a_lender_that_closes_for_long_moves_on_at_once(cast, worker):
    story = begin(cast).at(State.REFERRED)
    run.until_idle(MONDAY)
    worker()
    lender = story.supply.lender
    shut(libraries=[lender], first_day=date(2026, 11, 23), last_day=None)
    for _look in range(2):
        run.once(SOON)
    assert story.ill.events.filter(verb="lapse").exists()


@pytest.mark.parametrize("ends", [False, True])
def test_days_of_parcels_follow_a_pause_and_its_end_at_once(cast, worker, ends):
    story = begin(cast).at(State.SHIPPED)
    run.until_idle(MONDAY)
    worker()
    before = Parcel.objects.get().expected_on
    assert before is not None
    pause = {"effect": "no-delivery", "first_day": before, "last_day": before}
    (row,) = shut(libraries=[cast.lee], **pause)
    run.once(SOON)
    moved = Parcel.objects.get().expected_on
    assert moved is not None
    assert moved > before
    if ends:
        closures.reopen(row.entry, by="Dora", at=SOON)
        run.once(SOON)
        assert Parcel.objects.get().expected_on == before
        closures.put_back(row.entry, at=SOON)
        run.once(SOON)
        assert Parcel.objects.get().expected_on == moved
    assert story.ill.state == State.SHIPPED


def test_a_turn_that_has_come_is_not_put_off_by_being_called(db):
    Turn.objects.create(name="closed days", next_at=MONDAY)
    turns.begin(["closed days", "clocks"], SOON)
    assert list(Turn.objects.values_list("name", "next_at")) == [("closed days", MONDAY)]


def test_what_goes_by_the_calendar_stands_in_the_timetable():
    assert {job.name for job in TIMETABLE} >= set(turns.BY_CALENDAR)
