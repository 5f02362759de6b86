"""The record of being open: who is closed, why, since when, and what of it is worth telling."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import transaction

from postroad.delivery import stops
from postroad.directory import closures
from postroad.directory.models import Closure, Effect, Happening, Library
from postroad.ill import clocks

CHRISTMAS, NEXT = date(2026, 12, 25), date(2026, 12, 26)


def closure(effect, last=CHRISTMAS, library=None):
    return Closure.objects.create(
        library=library, effect=effect, first_day=CHRISTMAS, last_day=last, reason="Christmas"
    )


def test_that_no_van_comes_where_nobody_is_there_need_not_be_told(cast):
    shut = closure(Effect.CLOSED)
    closure(Effect.NO_DELIVERY)
    closure(Effect.NO_DELIVERY, library=cast.lee)
    longer = closure(Effect.NO_DELIVERY, last=NEXT)
    assert set(Closure.objects.worth_telling()) == {shut, longer}


def test_what_is_shut_at_one_library_hides_nothing_of_another(cast):
    shut = closure(Effect.CLOSED, library=cast.lee)
    closure(Effect.NO_DELIVERY, library=cast.lee)
    elsewhere = closure(Effect.NO_DELIVERY, library=cast.lenox)
    everywhere = closure(Effect.NO_DELIVERY)
    assert set(Closure.objects.worth_telling()) == {shut, elsewhere, everywhere}


MONDAY = datetime(2026, 11, 23, 15, tzinfo=UTC)  # ten in the morning in Lee
TODAY = date(2026, 11, 23)


def close(**more):
    facts = {"first_day": TODAY, "last_day": NEXT, "reason": "Pipe", "source": "library"}
    return closures.close(**{**facts, "at": MONDAY, "said_by": "Dora", **more})


def open_on(library, day):
    return closures.calendar(library, day).is_open(day)


def test_a_closure_of_a_state_shuts_its_libraries_alone(cast):
    close(state="RI", last_day=TODAY)
    close(state="MA", first_day=TODAY + timedelta(days=1), last_day=TODAY + timedelta(days=1))
    known = closures.calendars(cast.libraries, TODAY)
    for day, shut in ((TODAY, {cast.providence}), (TODAY + timedelta(days=1), {cast.lee})):
        closed = {each for each in cast.libraries if not known[each.pk].is_open(day)}
        assert closed >= shut
        assert closed.isdisjoint({cast.lee, cast.providence} - shut)


def test_the_van_knows_the_holiday_of_one_state(cast):
    close(state="RI", last_day=TODAY)
    known = stops.calendars([cast.lee.pk, cast.providence.pk], TODAY)
    assert known[cast.lee.pk].drop.shut_on(TODAY) is None
    assert known[cast.providence.pk].drop.shut_on(TODAY).reason == "Pipe"


def test_until_further_notice_has_no_end_and_ends_all_the_same(cast):
    (closure,) = close(libraries=[cast.lee], last_day=None)
    assert closure.open_ended
    assert not open_on(cast.lee, TODAY + timedelta(days=300))
    closures.reopen(closure.entry, by="Dora", at=MONDAY + timedelta(days=2))
    assert open_on(cast.lee, TODAY + timedelta(days=2))


def test_what_held_for_some_days_stays_on_record_with_who_said_so(cast):
    (closure,) = close(libraries=[cast.lee])
    closures.reopen(closure.entry, by="Ben", at=MONDAY + timedelta(days=2))
    closure.refresh_from_db()
    assert (closure.first_day, closure.last_day) == (TODAY, TODAY + timedelta(days=1))
    assert (closure.was_until, closure.ended_by, closure.said_by) == (NEXT, "Ben", "Dora")
    assert not open_on(cast.lee, TODAY + timedelta(days=1))


@pytest.mark.parametrize("ahead", [0, 5])
def test_what_has_held_no_day_yet_holds_none_afterwards_and_can_be_put_back(cast, ahead):
    first = TODAY + timedelta(days=ahead)
    (closure,) = close(libraries=[cast.lee], first_day=first)
    closures.reopen(closure.entry, by="Ben", at=MONDAY)
    assert not Closure.objects.held().exists()
    assert open_on(cast.lee, TODAY)
    assert open_on(cast.lee, first + timedelta(days=2))
    closures.put_back(closure.entry)
    assert not open_on(cast.lee, first)
    assert Closure.objects.held().get().last_day == NEXT


def test_days_that_are_over_are_not_undone(cast):
    (closure,) = close(libraries=[cast.lee], last_day=TODAY)
    with pytest.raises(closures.AlreadyOver):
        closures.reopen(closure.entry, by="Ben", at=MONDAY + timedelta(days=3))
    with pytest.raises(closures.NotEnded):
        closures.put_back(closure.entry)


def test_one_library_of_several_reopens_alone(cast):
    made = close(libraries=[cast.lee, cast.lenox])
    closures.reopen(made[0].entry, by="Ben", at=MONDAY, library=cast.lee)
    assert open_on(cast.lee, TODAY)
    assert not open_on(cast.lenox, TODAY)


def test_a_library_of_which_nothing_is_known_is_neither_open_nor_closed(cast):
    for nothing in ("-------", ""):
        Library.objects.filter(pk=cast.lee.pk).update(open_days=nothing)
        cast.lee.refresh_from_db()
        today = closures.today([cast.lee], MONDAY)[cast.lee.pk]
        assert (today.is_open, today.is_known, today.again) == (False, False, None)


def test_a_closed_day_says_why_and_when_it_opens_again(cast):
    close(
        libraries=[cast.lee], last_day=date(2026, 11, 28), effect=Effect.NO_LENDING, reason="Move"
    )
    close(last_day=date(2026, 11, 28), reason="Recess")
    today = closures.today(cast.libraries, MONDAY)[cast.lee.pk]
    assert (today.standing, today.closure.reason) == ("closed", "Recess")
    assert today.again == date(2026, 11, 30)  # the 29th is a Sunday


def test_what_ended_long_ago_is_not_read(cast):
    for ago in range(40, 60):
        day = TODAY - timedelta(days=ago)
        close(libraries=[cast.lee], first_day=day, last_day=day)
        close(libraries=[cast.lee], first_day=day, last_day=day, effect=Effect.NO_DELIVERY)
    assert stops.calendars([cast.lee.pk], TODAY)[cast.lee.pk].drop.shut == ()
    assert clocks.at_work(cast.lee, MONDAY).shut == ()


def test_a_second_press_finds_the_first_entry(cast):
    key = uuid4()
    first = close(libraries=[cast.lee, cast.lenox], key=key)
    assert close(libraries=[cast.lenox, cast.lee], key=key) == first
    assert Closure.objects.count() == 2
    assert {each.entry for each in Closure.objects.all()} == {first[0].entry} != {key}


def test_the_same_form_with_other_days_or_by_another_hand_is_another_entry(cast):
    key = uuid4()
    close(state="RI", key=key)
    close(state="RI", key=key, last_day=CHRISTMAS)
    close(state="MA", key=key)
    close(state="RI", key=key, said_by="Ben")
    close(state="RI", key=uuid4())
    assert len({each.entry for each in Closure.objects.all()}) == 5


def test_what_was_ended_and_is_entered_with_its_old_form_holds_again(cast):
    key = uuid4()
    (first,) = close(libraries=[cast.lee], key=key)
    closures.reopen(first.entry, by="Dora", at=MONDAY)
    again = close(libraries=[cast.lee], key=key)
    assert not open_on(cast.lee, TODAY)
    assert close(libraries=[cast.lee], key=key) == again
    assert list(Closure.objects.held()) == again


def happenings():
    return list(Happening.objects.order_by("pk").values_list("verb", "library", "subject", "at"))


def test_each_entry_is_one_event_however_many_libraries_it_closes(cast):
    (one,) = close(libraries=[cast.lee])
    several = close(libraries=[cast.lee, cast.lenox])
    (state,) = close(state="RI")
    assert happenings() == [
        ("close", cast.lee.pk, f"closure:{one.entry}", MONDAY),
        ("close", None, f"closure:{several[0].entry}", MONDAY),
        ("close", None, f"closure:{state.entry}", MONDAY),
    ]
    assert [each.facts["libraries"] for each in Happening.objects.order_by("pk")] == [1, 2, 0]
    assert Happening.objects.untold().count() == 3


def test_a_closure_that_ends_and_goes_on_after_all_tells_of_both(cast):
    later = MONDAY + timedelta(hours=1)
    (row,) = close(libraries=[cast.lee])
    closures.reopen(row.entry, by="Ben", at=later)
    closures.reopen(uuid4(), by="Ben", at=later)  # nothing, so nothing to tell
    closures.put_back(row.entry, by="Carl", at=later)
    verbs = Happening.objects.order_by("pk").values_list("verb", "facts__by")
    assert list(verbs) == [("close", "Dora"), ("reopen", "Ben"), ("put_back", "Carl")]


def test_a_form_that_is_sent_twice_tells_once_and_what_is_refused_tells_nothing(cast):
    key = uuid4()
    (row,) = close(libraries=[cast.lee], last_day=TODAY, key=key)
    close(libraries=[cast.lee], last_day=TODAY, key=key)
    with pytest.raises(closures.NotEnded):
        closures.put_back(row.entry)
    with pytest.raises(closures.AlreadyOver):
        closures.reopen(row.entry, by="Ben", at=MONDAY + timedelta(days=3))
    assert [verb for verb, *_more in happenings()] == ["close"]


def test_what_is_not_saved_is_not_told(cast):
    with transaction.atomic():
        close(libraries=[cast.lee])
        transaction.set_rollback(True)
    assert not Closure.objects.exists()
    assert happenings() == []
