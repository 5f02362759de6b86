"""The whole service suspended, or wound down: what moves, what is promised, and how things go."""

from datetime import date, timedelta
from uuid import uuid4

import pytest

from postroad.delivery import delays, outlook, parcels, service, stops
from postroad.delivery.models import Delay, Happening, Purpose, Via
from postroad.delivery.stopping import Meanwhile, ServiceStopped, Stopped
from tests.delivery.conftest import later
from tests.delivery.test_delays import MONDAY, THURSDAY, WEDNESDAY, anew, say

SUSPENDED, WOUND_DOWN = Delay.Kind.SUSPENDED, Delay.Kind.WOUND_DOWN
COPIES = Delay.Instead.COPIES


@pytest.fixture(autouse=True)
def reckoned(cast):
    outlook.follow(later())


def test_r6_suspended_nothing_is_promised_and_no_clock_runs_until_it_is_over(make_parcel):
    parcel = make_parcel(purpose=Purpose.LOAN)
    assert parcel.expected_on == WEDNESDAY
    say(SUSPENDED, last_day=THURSDAY)
    outlook.follow(later(hours=1))
    assert anew(parcel).expected_on is None  # though its last day is known
    assert anew(parcel).late_at == parcel.late_at + timedelta(days=2)
    outlook.follow(later(days=4))  # Friday: it is over
    assert anew(parcel).expected_on == date(2026, 12, 7)
    [told] = Happening.objects.filter(verb="later")
    assert told.facts["day"] == ""


def test_what_comes_before_its_first_day_keeps_its_day(make_parcel):
    parcel = make_parcel()
    say(SUSPENDED, THURSDAY)
    outlook.follow(later(hours=1))
    assert anew(parcel).expected_on == WEDNESDAY


def test_its_end_brings_the_days_back_and_the_end_can_be_taken_back(make_parcel):
    parcel = make_parcel()
    said = say(SUSPENDED)
    delays.end(said, by="Dora", now=later(hours=1))
    outlook.follow(later(hours=2))
    assert anew(parcel).expected_on == WEDNESDAY
    delays.put_back(said, by="Dora", now=later(hours=3))
    outlook.follow(later(hours=4))
    assert anew(parcel).expected_on is None


def test_what_is_sent_meanwhile_goes_by_mail_and_says_why(make_parcel):
    say(SUSPENDED, MONDAY, reason="Strike")
    for purpose in (Purpose.LOAN, Purpose.RETURN):
        parcel = make_parcel(purpose=purpose, item_barcode=purpose)
        assert parcel.via == Via.MAIL
        assert parcel.forecast == {"stopped": "Strike"}
        assert parcel.expected_on is None


def test_where_only_copies_are_sent_nothing_is_made_unless_somebody_mails_it(make_parcel):
    say(SUSPENDED, MONDAY, instead=COPIES)
    with pytest.raises(ServiceStopped):
        make_parcel(purpose=Purpose.LOAN)
    assert make_parcel(via=Via.MAIL).via == Via.MAIL


def test_wound_down_only_what_goes_home_is_taken_and_only_until_its_last_day(make_parcel, cast):
    """Lenox and Lee have the van on Mondays, Wednesdays and Fridays."""
    under_way = make_parcel(purpose=Purpose.LOAN)
    parcels.pick_up(under_way, by=cast.driver, at=later(hours=1))
    waits = make_parcel(sender="lenox", receiver="lee", item_barcode="2", purpose=Purpose.RETURN)
    say(WOUND_DOWN, MONDAY, last_pick_up=MONDAY)
    outlook.follow(later(days=1))
    assert anew(under_way).expected_on == WEDNESDAY
    assert anew(waits).expected_on is None  # it was not put out in time
    assert make_parcel(item_barcode="3", purpose=Purpose.LOAN).via == Via.MAIL
    home = make_parcel(item_barcode="4", purpose=Purpose.RETURN)
    assert home.via == Via.DELIVERY
    too_late = make_parcel(item_barcode="5", purpose=Purpose.RETURN, at=later(days=1))
    assert too_late.via == Via.MAIL


def test_wound_down_the_van_brings_and_takes_no_more(cast):
    say(WOUND_DOWN, MONDAY, last_pick_up=MONDAY)
    van = stops.calendars([cast.lee.pk], MONDAY)[cast.lee.pk]
    assert van.pick_up.is_open(MONDAY)
    assert van.drop.is_open(WEDNESDAY)
    assert not van.pick_up.is_open(WEDNESDAY)


@pytest.mark.parametrize("last", [None, MONDAY - timedelta(days=1), THURSDAY])
def test_the_last_pick_up_lies_between_the_ends(last):
    with pytest.raises(delays.LastPickUpWrong):
        say(WOUND_DOWN, MONDAY, last_day=WEDNESDAY, last_pick_up=last)
    assert not Delay.objects.exists()


def test_it_stops_once_at_a_time():
    say(SUSPENDED, WEDNESDAY)
    with pytest.raises(delays.StoppedAlready):
        say(WOUND_DOWN, THURSDAY, last_pick_up=THURSDAY)
    assert say(SUSPENDED, MONDAY, last_day=MONDAY).pk


def test_its_end_is_not_taken_back_while_another_stops_the_same_days():
    ended = say(SUSPENDED)
    delays.end(ended, by="Dora", now=later())
    say(SUSPENDED, THURSDAY)
    with pytest.raises(delays.StoppedAlready):
        delays.put_back(ended, by="Dora", now=later())


def test_one_form_pressed_twice_stops_it_once():
    key = uuid4()
    assert say(SUSPENDED, key=key) == say(SUSPENDED, key=key)


def test_what_it_would_change_is_counted_in_two_statements(
    make_parcel, cast, django_assert_num_queries
):
    make_parcel()
    moving = make_parcel(item_barcode="2")
    parcels.pick_up(moving, by=cast.driver, at=later(hours=1))
    with django_assert_num_queries(2):
        found = service.preview(WEDNESDAY)
    assert (found.ready, found.moving, found.promised) == (1, 1, 2)
    assert found.stops == len(stops.served(None))


def test_what_a_stop_leaves_open():
    while_it_lasts = Stopped(WEDNESDAY, THURSDAY, "Strike", Meanwhile.MAIL)
    assert while_it_lasts.leaves_open(date(2026, 12, 7), MONDAY)
    assert not while_it_lasts.leaves_open(MONDAY, MONDAY)
    assert not while_it_lasts.leaves_open(date(2026, 12, 7), date(2026, 12, 4))
    assert while_it_lasts.no_pick_up is None
