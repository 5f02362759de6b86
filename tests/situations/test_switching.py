"""A situation is switched on and ended: what it changed returns, what others entered stays."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from postroad.accounts.models import Role
from postroad.directory import closures, thresholds
from postroad.directory.models import Closure, Effect, Meanwhile
from postroad.guides.models import AnswerPage, Answers
from postroad.ill import sweeps
from postroad.ill.lifecycle import State
from postroad.notices.staff import Receipt
from postroad.situations import preview, switching
from postroad.situations.models import Area, Situation, Stands, banners
from tests.ill.story import MONDAY, begin

TODAY = MONDAY.date()
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _monday():
    with time_machine.travel(MONDAY, tick=False):
        yield


def storm(**more: Any) -> Situation:
    facts = {
        "name": "Snowstorm",
        "area": Area.ALL,
        "first_day": TODAY,
        "last_day": None,
        "entered_by": "Carl",
        "office": Role.CENTRE,
        "entered_at": MONDAY,
    }
    return Situation.objects.create(**{**facts, **more})


def on(situation: Situation) -> Situation:
    switching.switch_on(situation, by="Carl", at=MONDAY)
    situation.refresh_from_db()
    return situation


def late(day=TODAY, library=None) -> int:
    return thresholds.days("courier-late", on=day, library=library)


def test_r14_a_threshold_of_a_situation_holds_only_meanwhile_and_returns_by_itself(cast):
    on(storm(thresholds={"courier-late": 21}, last_day=TODAY + 9 * DAY))
    assert [late(TODAY + n * DAY) for n in (-1, 0, 9, 10)] == [14, 21, 21, 14]


def test_r14_what_was_shipped_meanwhile_keeps_the_rule_of_its_day(cast):
    situation = on(storm(thresholds={"courier-late": 21}))
    parcel = begin(cast).at(State.SHIPPED).loan.parcel_out
    switching.end(situation, by="Carl", at=MONDAY + 3 * DAY)
    parcel.refresh_from_db()
    assert parcel.late_days == 21
    assert late(TODAY + 3 * DAY) == 14


def test_r14_of_two_situations_the_narrower_and_then_the_later_holds(cast):
    on(storm(thresholds={"courier-late": 21}))
    later = on(storm(name="Strike", thresholds={"courier-late": 28}, first_day=TODAY))
    assert late() == 28
    on(storm(area=Area.LIBRARIES, places=["lee"], thresholds={"courier-late": 17}))
    assert (late(library=cast.lee), late(library=cast.lenox)) == (17, 28)
    switching.end(later, by="Carl", at=MONDAY)
    assert late() == 21


def test_one_press_ends_it_and_what_others_entered_stays(cast):
    closures.close(libraries=[cast.lee], first_day=TODAY, reason="Burst pipe", source="library")
    situation = on(storm(effects=[Effect.CLOSED, Effect.NO_RETURNS], thresholds={"desk": 5}))
    board = closures.today([cast.lee, cast.lenox], MONDAY)
    assert not any(each.is_open for each in board.values())
    switching.end(situation, by="Carl", at=MONDAY + DAY)
    board = closures.today([cast.lee, cast.lenox], MONDAY + DAY)
    assert (board[cast.lee.pk].is_open, board[cast.lenox.pk].is_open) == (False, True)
    assert thresholds.days("desk", on=TODAY + DAY) == 1
    assert Closure.objects.filter(source=situation.source).exists()  # the history stays


def test_ended_or_switched_on_twice_it_is_once(cast):
    situation = storm(effects=[Effect.NO_DELIVERY], thresholds={"desk": 5}, notice="Stay at home.")
    on(situation)
    on(situation)
    assert Closure.objects.filter(source=situation.source).count() == 1
    assert Meanwhile.objects.count() == 1
    first = switching.end(situation, by="Carl", at=MONDAY)
    again = switching.end(situation, by="Dora", at=MONDAY + DAY)
    assert (again.off_at, again.ended_by) == (first.off_at, "Carl")


def test_loans_that_are_due_meanwhile_are_due_later_and_the_report_says_so(cast):
    story = begin(cast).at(State.LENT)
    due = story.loan.due_back
    situation = storm(
        area=Area.LIBRARIES,
        places=["lee"],
        effects=[Effect.CLOSED],
        first_day=due - DAY,
        last_day=due + DAY,
        notice="Leave the book drop closed.",
    )
    seen = preview.of(situation, TODAY)
    assert (seen.number, seen.stops, seen.loans) == (1, 1, 1)
    assert on(situation).stands == Stands.AHEAD
    sweeps.closed_days(MONDAY)
    story.look()
    assert story.loan.due_back > due + DAY
    switching.follow(MONDAY + (due - DAY - TODAY))
    assert Situation.objects.get().stands == Stands.ON
    switching.follow(MONDAY + (due + 2 * DAY - TODAY))
    situation.refresh_from_db()
    assert situation.stands == Stands.OVER
    assert situation.report["due_days"] == 1
    assert situation.report["told"] == Receipt.objects.count() > 0


def test_the_report_counts_the_parcels_for_which_the_van_came_later(cast):
    situation = on(
        storm(name="Éclair “storm”", effects=[Effect.NO_DELIVERY], last_day=TODAY + 3 * DAY)
    )
    parcel = begin(cast).at(State.SHIPPED).loan.parcel_out
    assert parcel.expected_on > TODAY + 3 * DAY
    ended = switching.end(situation, by="Carl", at=MONDAY + 2 * DAY)
    assert ended.report["parcels"] == 1


def test_answers_are_shown_only_meanwhile_and_those_that_stood_before_stay(cast):
    answers = Answers.objects.get()
    draft = answers.add_child(instance=AnswerPage(title="May I wait?", intro="Yes.", live=False))
    draft.save_revision()
    stands = answers.add_child(instance=AnswerPage(title="Is it late?", intro="No."))
    situation = on(storm(pages=[draft.pk, stands.pk]))
    draft.refresh_from_db()
    assert draft.live
    switching.end(situation, by="Carl", at=MONDAY)
    draft.refresh_from_db()
    stands.refresh_from_db()
    assert (draft.live, stands.live) == (False, True)


def test_the_banner_is_there_while_it_lasts(cast):
    situation = on(storm(banner="Vans rest."))
    assert banners() == [("Snowstorm", "Vans rest.")]
    switching.end(situation, by="Carl", at=MONDAY)
    assert banners() == []


def test_those_concerned_are_told_once(cast):
    situation = on(storm(area=Area.LIBRARIES, places=["lee"], notice="Stay at home."))
    switching.begin(situation, MONDAY)
    told = set(Receipt.objects.values_list("library__code", flat=True))
    assert told == {"lee"}
    assert Receipt.objects.count() == Receipt.objects.values("user").distinct().count()


def test_a_situation_that_ended_before_it_was_switched_on_is_refused(cast):
    situation = storm(first_day=TODAY - 3 * DAY, last_day=TODAY - DAY, effects=[Effect.CLOSED])
    with pytest.raises(switching.EndsBeforeItBegins):
        switching.switch_on(situation, by="Carl", at=MONDAY)
    assert not Closure.objects.filter(source=situation.source).exists()


def test_where_no_library_is_nothing_is_closed(cast):
    situation = storm(area=Area.ROUTE, places=["NOWHERE"], effects=[Effect.CLOSED])
    with pytest.raises(switching.NobodyConcerned):
        switching.switch_on(situation, by="Carl", at=MONDAY)
    assert not Closure.objects.exists()


@pytest.mark.parametrize(
    ("area", "places", "codes"),
    [
        (Area.STATE, ["RI"], {"providence"}),
        (Area.NETWORK, ["berkshire"], {"lee", "lenox"}),
        (Area.LIBRARIES, ["lee", "otis-school"], {"lee", "otis-school"}),
    ],
)
def test_its_area_says_who_is_concerned(cast, area, places, codes):
    seen = preview.of(storm(area=area, places=places), TODAY)
    assert {each.code for each in seen.libraries} == codes


def test_overlaps_are_told_with_what_holds_then(cast):
    first = on(storm(thresholds={"courier-late": 21}))
    second = storm(name="Strike", area=Area.STATE, places=["MA"], thresholds={"courier-late": 28})
    (found,) = preview.of(second, TODAY).overlaps
    assert (found.other, found.thresholds, found.wins) == (first, ["courier-late"], True)
