"""What is known of a library from what was said of it (R1 to R3): pure, no database."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise, permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postroad.directory.standing import (
    ALL,
    END,
    Hold,
    Said,
    Service,
    newest,
    newest_first,
    standing,
    stops,
)

NOW = datetime(2026, 11, 23, 15, tzinfo=UTC)
TODAY = date(2026, 11, 23)
DAY = timedelta(days=1)


def said(key, ago=0, *, dated=True, row=0, since=None, until=None, heard=None, **answers):
    """A statement of so many days ago; `lending=None` was left blank, what is absent not asked."""
    moment = NOW - ago * DAY
    return Said(
        key=key,
        said_at=moment if dated else None,
        heard_at=heard or NOW,
        said_on=moment.date(),
        row=row,
        answers={Service(name): value for name, value in answers.items()},
        since=since,
        until=until,
    )


def stand(*every, holds=(), stale_after=60):
    return standing(every, holds, today=TODAY, now=NOW, stale_after=stale_after)


def test_r1_the_newest_stamp_counts():
    old, new = said(1, 5, lending=False), said(2, 1, lending=True)
    assert newest([new, old], NOW) is new
    assert stand(old, new).lending.value is True


def test_r1_of_equal_stamps_the_last_in_the_file_counts():
    every = [said(key, 3, row=row, lending=row == 7) for key, row in ((9, 2), (8, 7), (7, 4))]
    for order in permutations(every):
        assert newest(order, NOW).row == 7


def test_r1_of_equal_stamps_of_two_files_the_later_heard_counts():
    amended = said(1, 3, row=2, lending=True)
    before = said(2, 3, row=9, heard=NOW - DAY, lending=False)
    assert newest([amended, before], NOW) is amended


def test_r1_an_undated_entry_loses_to_any_dated_one():
    undated, ancient = said(1, dated=False, lending=True), said(2, 2000, lending=False)
    assert newest([undated, ancient], NOW) is ancient
    assert newest([undated], NOW) is undated


def test_r1_a_stamp_in_the_future_is_flagged_and_left_out():
    ahead, now = said(1, -1, lending=True), said(2, 0, lending=False)
    assert ahead.is_ahead(NOW)
    assert not now.is_ahead(NOW)
    assert newest([ahead, now], NOW) is now
    assert newest([ahead], NOW) is None
    assert newest([ahead, now], NOW + 2 * DAY) is ahead


def test_r2_a_blank_in_the_newest_entry_is_unknown_and_ends_an_older_no():
    old = said(1, 9, lending=False, returns=False)
    new = said(2, 1, lending=None, returns=True)
    found = stand(old, new)
    assert (found.lending.value, found.returns.value) == (None, True)
    assert stops([old, new], NOW, TODAY) == []


def test_r2_returns_and_lending_are_independent():
    for returns in (True, False, None):
        for lending in (True, False, None):
            stopped = {
                each.service
                for each in stops([said(1, returns=returns, lending=lending)], NOW, TODAY)
            }
            assert (Service.RETURNS in stopped) == (returns is False)
            assert (Service.LENDING in stopped) == (lending is False)


def test_r2_what_a_list_does_not_ask_is_no_blank():
    own = said(1, 9, open=True, lending=True, returns=True, delivery=False)
    listed = said(2, 1, lending=True, returns=True)
    (stretch,) = stops([own, listed], NOW, TODAY)
    assert (stretch.key, stretch.service) == (1, Service.DELIVERY)


def test_r3_a_library_of_which_nobody_spoke_is_unknown_and_never_closed():
    found = stand()
    assert {each.value for each in found.answers.values()} == {None}
    assert not found.known
    assert not found.confirmed
    assert found.as_of is None
    assert stops([], NOW, TODAY) == []


def test_a_no_runs_out_after_its_last_day_and_leaves_it_unknown():
    no = said(1, 9, lending=False, until=TODAY - DAY)
    assert stand(no).lending.value is None
    assert stops([no], NOW, TODAY) == []
    (last_day,) = stops([said(1, 9, lending=False, until=TODAY)], NOW, TODAY)
    assert last_day.last == TODAY


def test_a_yes_runs_out_too():
    assert stand(said(1, 9, lending=True, until=TODAY)).lending.value is True
    assert stand(said(1, 9, lending=True, until=TODAY - DAY)).lending.value is None


def test_what_counts_from_a_later_day_leaves_the_days_before_it_to_the_older_word():
    no = said(1, 9, lending=False)
    yes_later = said(2, 1, lending=True, since=TODAY + 7 * DAY)
    (stretch,) = stops([no, yes_later], NOW, TODAY)
    assert stretch.last == TODAY + 6 * DAY
    no_later = said(3, 0, lending=False, since=TODAY + 3 * DAY)
    found = {
        (each.key, each.first, each.last) for each in stops([no, yes_later, no_later], NOW, TODAY)
    }
    assert found == {(1, TODAY - 9 * DAY, TODAY + 2 * DAY), (3, TODAY + 3 * DAY, END)}


def test_a_closure_is_a_no_whoever_entered_it_and_tells_until_when():
    yes = said(1, 1, open=True, lending=True, returns=True, delivery=True)
    shut = Hold(frozenset(ALL), TODAY, TODAY + 2 * DAY, "Flood")
    found = stand(yes, holds=[shut])
    assert {each.value for each in found.answers.values()} == {False}
    assert (found.lending.until, found.lending.reason) == (TODAY + 2 * DAY, "Flood")
    over = Hold(frozenset(ALL), TODAY - 2 * DAY, TODAY - DAY)
    assert stand(yes, holds=[over]).lending.value is True


def test_r2_a_holiday_of_all_closes_the_doors_and_leaves_what_was_said_of_the_rest():
    yes = said(1, 1, lending=True, returns=False)
    holiday = Hold(frozenset(ALL), TODAY, TODAY, "Thanksgiving Day", many=True)
    no_van = Hold(frozenset({Service.DELIVERY}), TODAY, TODAY, many=True)
    found = stand(yes, holds=[holiday, no_van])
    assert (found.open.value, found.open.reason) == (False, "Thanksgiving Day")
    assert found.open.holiday
    assert not stand(holds=[holiday, no_van]).known
    assert (found.lending.value, found.returns.value) == (True, None)
    assert found.delivery.value is None
    own = Hold(frozenset(ALL), TODAY - DAY, TODAY, "Flood")
    found = stand(yes, holds=[holiday, own])
    assert (found.open.reason, found.open.holiday) == ("Flood", False)
    assert found.lending.value is False
    weeks = Hold(frozenset(ALL), TODAY, TODAY + 7 * DAY, "Epidemic", many=True)
    assert stand(yes, holds=[weeks]).lending.value is False


def test_a_no_whose_closure_somebody_ended_by_hand_is_unknown():
    assert stand(said(1, 5, lending=False)).lending.value is None


@pytest.mark.parametrize(("ago", "confirmed"), [(60, True), (61, False)])
def test_a_word_that_is_too_old_is_not_confirmed(ago, confirmed):
    assert stand(said(1, ago, lending=True), stale_after=60).confirmed is confirmed


ANSWERS = st.dictionaries(st.sampled_from(ALL), st.sampled_from([True, False, None]))
DAYS = st.none() | st.integers(-9, 9).map(lambda n: TODAY + n * DAY)


@st.composite
def statements(draw):
    found = []
    for key, ago in enumerate(draw(st.lists(st.integers(-3, 12), max_size=7, unique=True))):
        since, until = draw(DAYS), draw(DAYS)
        if since and until and until < since:
            since, until = until, since
        answers = {each.value: value for each, value in draw(ANSWERS).items()}
        dated = draw(st.booleans()) or ago < 0
        found.append(said(key, ago, dated=dated, since=since, until=until, row=key, **answers))
    return found


@given(statements(), st.randoms(use_true_random=False))
def test_r1_the_order_of_arrival_never_matters(every, chance):
    mixed = list(every)
    chance.shuffle(mixed)
    assert newest_first(mixed, NOW) == newest_first(every, NOW)
    assert stops(mixed, NOW, TODAY) == stops(every, NOW, TODAY)
    assert stand(*mixed) == stand(*every)


@given(statements(), ANSWERS)
def test_r1_an_older_word_heard_late_changes_nothing_now(every, answers):
    full = said(50, 0, **{each.value: True for each in ALL})
    late = said(99, 400, **{each.value: value for each, value in answers.items()})
    assert stops([*every, full, late], NOW, TODAY) == stops([*every, full], NOW, TODAY)


@given(statements())
def test_no_day_is_stopped_twice_for_one_service_and_none_by_anything_but_a_no(every):
    by_key = {each.key: each for each in every}
    found = stops(every, NOW, TODAY)
    for stretch in found:
        assert by_key[stretch.key].answers[stretch.service] is False
        assert stretch.first <= stretch.last >= TODAY
    for service in ALL:
        own = sorted((each.first, each.last) for each in found if each.service == service)
        assert all(last < first for (_, last), (first, _) in pairwise(own))


@given(statements())
def test_r3_nothing_is_yes_but_what_somebody_said(every):
    for service, answer in stand(*every).answers.items():
        if answer.value:
            assert any(each.answers.get(service) for each in every)
