"""Statements are written down, and closures follow them (R1 to R3)."""

from datetime import UTC, date, datetime, timedelta
from itertools import permutations
from typing import Any
from uuid import uuid4

import pytest

from postroad.directory import closures, saying
from postroad.directory.models import Closure, Effect
from postroad.directory.saying import Words
from postroad.directory.standing import ALL, Service
from postroad.directory.statements import Source, Statement, Verdict

NOW = datetime(2026, 11, 23, 15, tzinfo=UTC)  # ten in the morning in Lee
TODAY = date(2026, 11, 23)
DAY = timedelta(days=1)


def say(library, ago=0, *, source=Source.OWN, at=NOW, since=None, until=None, note="", **answers):
    words = Words({Service(name): v for name, v in answers.items()}, since, until, note)
    return saying.say(library, words, source=source, said_by="Ben", at=at, said_at=at - ago * DAY)


def stopped(library, day=TODAY):
    """What stops at a library on a day, by whatever was entered."""
    rows = Closure.objects.touching(day, day).filter(library=library)
    return {Effect(row.effect) for row in rows}


def ever_again(library):
    """All that stops from today on, as days."""
    rows = Closure.objects.current(TODAY).filter(library=library)
    return {(row.effect, day) for row in rows for day in days(row)}


def days(row):
    first, last = max(row.first_day, TODAY), min(row.last_day, TODAY + 30 * DAY)
    return [first + n * DAY for n in range((last - first).days + 1)]


def test_a_no_becomes_a_closure_with_who_said_so_and_why(cast):
    said = say(cast.lee, lending=False, until=TODAY + 4 * DAY, note="We are moving")
    closure = Closure.objects.get()
    assert (closure.library, closure.effect) == (cast.lee, Effect.NO_LENDING)
    assert (closure.first_day, closure.last_day) == (TODAY, TODAY + 4 * DAY)
    assert closure.source == f"statement:{said.pk}"
    assert (closure.said_by, closure.reason) == ("Ben", "We are moving")


@pytest.mark.parametrize(("service", "effect"), saying.STOPS.items())
def test_each_no_stops_its_own_service(cast, service, effect):
    say(cast.lee, **{service.value: False})
    assert stopped(cast.lee) == {effect}


def test_what_says_yes_ends_an_older_no_and_nothing_is_deleted(cast):
    say(cast.lee, 3, lending=False, returns=False)
    say(cast.lee, lending=True, returns=False)
    assert stopped(cast.lee) == {Effect.NO_RETURNS}
    ended = Closure.objects.get(effect=Effect.NO_LENDING)
    assert (ended.first_day, ended.last_day) == (TODAY - 3 * DAY, TODAY - DAY)
    assert ended.ended_by == "Ben"
    assert Statement.objects.count() == 2


def test_r2_a_blank_ends_what_an_older_statement_closed(cast):
    say(cast.lee, 3, lending=False, returns=False)
    say(cast.lee, lending=None, returns=False)
    assert stopped(cast.lee) == {Effect.NO_RETURNS}


def test_r1_an_older_word_heard_late_changes_nothing_now(cast):
    say(cast.lee, 1, open=True, lending=True, returns=True, delivery=True)
    before = ever_again(cast.lee)
    say(cast.lee, 30, lending=False, open=False, source=Source.LIST)
    assert ever_again(cast.lee) == before == set()
    assert Statement.objects.filter(library=cast.lee).count() == 2


WORDS: tuple[tuple[int, dict[str, Any]], ...] = (
    (9, {"lending": False, "returns": True}),
    (6, {"open": False, "lending": None}),
    (4, {"open": True, "lending": False, "since": TODAY + 5 * DAY}),
    (2, {"returns": False, "until": TODAY + 3 * DAY}),
)


def test_r1_the_order_of_arrival_never_matters(cast):
    found = []
    for order in permutations(WORDS):
        Closure.objects.all().delete()
        Statement.objects.all().delete()
        for ago, words in order:
            say(cast.lee, ago, **words)
        found.append(ever_again(cast.lee))
    assert found[0]
    assert all(each == found[0] for each in found)


def test_r1_a_stamp_ahead_of_the_clock_counts_once_its_day_has_come(cast):
    say(cast.lee, 1, lending=True)
    say(cast.lee, -1, lending=False)
    assert stopped(cast.lee) == set()
    assert saying.in_time(NOW + 2 * DAY) == 1
    assert stopped(cast.lee, TODAY + 2 * DAY) == {Effect.NO_LENDING}
    assert saying.in_time(NOW + 2 * DAY) == 0


def test_anyone_elses_word_waits_until_the_center_takes_it(cast):
    said = say(cast.lee, lending=False, source=Source.ANYONE)
    assert stopped(cast.lee) == set()
    assert list(Statement.objects.waiting()) == [said]
    saying.decide(said, Verdict.TAKEN, by="Cleo", at=NOW)
    assert stopped(cast.lee) == {Effect.NO_LENDING}
    saying.decide(said, Verdict.REFUSED, by="Cleo", at=NOW)
    assert stopped(cast.lee) == set()
    saying.decide(said, Verdict.TAKEN, by="Cleo", at=NOW)
    assert stopped(cast.lee) == {Effect.NO_LENDING}
    saying.decide(said, Verdict.WAITS, by="Cleo", at=NOW)
    assert stopped(cast.lee) == set()


def test_who_else_said_something_is_forgotten_half_a_year_later_and_the_word_stays(cast):
    said = say(cast.lee, lending=False, source=Source.ANYONE, note="The door is locked")
    own = say(cast.lee, lending=True)
    Statement.objects.filter(pk=said.pk).update(contact="sam@example.org")
    saying.forget_strangers(NOW + 180 * DAY)
    assert Statement.objects.get(pk=said.pk).contact == "sam@example.org"
    assert saying.forget_strangers(NOW + 181 * DAY) == 1
    said.refresh_from_db()
    assert (said.said_by, said.contact, said.note) == ("", "", "The door is locked")
    own.refresh_from_db()
    assert own.said_by == "Ben"


def test_what_was_set_aside_gives_back_what_it_had_ended(cast):
    closures.close(
        first_day=TODAY - 5 * DAY,
        effect=Effect.NO_LENDING,
        libraries=[cast.lee],
        source="library",
        at=NOW - 5 * DAY,
    )
    say(cast.lee, 2, returns=False)
    wrong = say(cast.lee, lending=True, returns=True)
    assert stopped(cast.lee) == set()
    saying.decide(wrong, Verdict.REFUSED, by="Cleo", at=NOW)
    assert stopped(cast.lee) == {Effect.NO_LENDING, Effect.NO_RETURNS}


def entered(library, effect, *, last=None, source="library", first=TODAY - 2 * DAY):
    return closures.close(
        first_day=first,
        last_day=last,
        effect=effect,
        libraries=[library],
        source=source,
        at=NOW - 2 * DAY,
    )


def test_a_yes_of_the_library_ends_what_it_had_entered_by_hand(cast):
    entered(cast.lee, Effect.NO_LENDING, last=TODAY + 9 * DAY)
    entered(cast.lee, Effect.CLOSED)
    say(cast.lee, open=True, lending=True)
    assert stopped(cast.lee) == set()


def test_a_yes_leaves_holidays_the_vans_pauses_and_what_was_said_of_many(cast):
    entered(cast.lee, Effect.CLOSED, last=TODAY + DAY)
    entered(cast.lee, Effect.NO_DELIVERY, source="delivery")
    closures.close(first_day=TODAY, last_day=TODAY, state="MA", source="office", at=NOW - DAY)
    say(cast.lee, **{each.value: True for each in ALL})
    assert stopped(cast.lee) == {Effect.CLOSED, Effect.NO_DELIVERY}
    assert Closure.objects.filter(was_until=None).count() == 3


def test_a_yes_of_a_list_ends_nothing_that_the_library_entered(cast):
    entered(cast.lee, Effect.NO_LENDING)
    say(cast.lee, lending=True, source=Source.LIST)
    assert stopped(cast.lee) == {Effect.NO_LENDING}


def test_a_closure_that_somebody_ended_by_hand_stays_ended(cast):
    say(cast.lee, 3, lending=False)
    closures.reopen(Closure.objects.get().entry, by="Dora", at=NOW)
    saying.follow([cast.lee], NOW)
    say(cast.lee, 9, lending=True)
    assert stopped(cast.lee) == set()
    say(cast.lee, lending=False)
    assert stopped(cast.lee) == {Effect.NO_LENDING}


def test_following_twice_changes_nothing(cast):
    for ago, words in WORDS:
        say(cast.lee, ago, **words)
    before = list(Closure.objects.values())
    assert saying.follow([cast.lee, cast.lenox], NOW) == 0
    assert list(Closure.objects.values()) == before


def test_the_same_form_sent_twice_is_one_statement(cast):
    key = uuid4().hex
    for _press in range(2):
        saying.say(cast.lee, Words({Service.LENDING: False}), source=Source.OWN, at=NOW, key=key)
    assert Statement.objects.count() == Closure.objects.count() == 1


def test_what_ends_before_it_starts_is_refused(cast):
    with pytest.raises(saying.EndsBeforeItStarts):
        say(cast.lee, lending=False, since=TODAY, until=TODAY - DAY)
    assert not Statement.objects.exists()


def test_only_what_rules_today_or_later_is_marked_as_current(cast):
    for ago in (9, 6, 3):
        say(cast.lee, ago, **{each.value: True for each in ALL})
    (current,) = Statement.objects.filter(current=True)
    assert current.said_at == NOW - 3 * DAY


def test_a_signed_link_can_be_used_once(cast):
    saying.use("a nonce", at=NOW)
    with pytest.raises(saying.LinkUsed):
        saying.use("a nonce", at=NOW)
