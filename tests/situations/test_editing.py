"""A situation that is on is changed: what differs moves, nothing doubles, and who hears of it."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from postroad.accounts.models import Role
from postroad.directory import closures, thresholds
from postroad.directory.models import Closure, Effect, Happening, Meanwhile
from postroad.guides.models import AnswerPage, Answers
from postroad.ill import sweeps
from postroad.ill.lifecycle import State
from postroad.notices import publishing
from postroad.notices.staff import Receipt, StaffNotice
from postroad.notices.subscribers import Bulletin
from postroad.situations import editing, preview, switching
from postroad.situations.models import Area, Situation, Stands, banners
from tests.ill.story import MONDAY, begin

TODAY = MONDAY.date()
DAY = timedelta(days=1)
WEDNESDAY = MONDAY + 2 * DAY


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(MONDAY, tick=False) as clock:
        yield clock


def storm(**more: Any) -> Situation:
    """On since Monday, through Thursday, at Lee and Lenox."""
    facts = {
        "name": "Snowstorm",
        "area": Area.LIBRARIES,
        "places": ["lee", "lenox"],
        "first_day": TODAY,
        "last_day": TODAY + 3 * DAY,
        "effects": ["closed"],
        "entered_by": "Carl",
        "office": Role.CENTRE,
        "entered_at": MONDAY,
    }
    made = Situation.objects.create(**{**facts, **more})
    return switching.switch_on(made, by="Carl", at=MONDAY)


def change(situation: Situation, at=WEDNESDAY, **values: Any):
    situation.refresh_from_db()
    made = editing.change(situation, values, version=situation.version, by="Dora", at=at)
    situation.refresh_from_db()
    return made


def closed(cast, day) -> set[str]:
    """Where it is closed on a day, whatever the weekdays are."""
    found = Closure.objects.filter(effect="closed").touching(day, day)
    return {each.code for each in cast.libraries if found.at(each).exists()}


def told() -> dict[str, list[str]]:
    """The texts that the staff of each library were sent about changes."""
    found: dict[str, list[str]] = {}
    changes = Receipt.objects.filter(notice__title__contains="what changed").order_by("pk")
    for library, text in changes.values_list("library__code", "notice__text").distinct():
        found.setdefault(library, [])
        if text not in found[library]:
            found[library].append(text)
    return found


@pytest.fixture
def on_wednesday(clock):
    def go() -> None:
        clock.move_to(WEDNESDAY)

    return go


def test_a_longer_storm_moves_its_closures_and_enters_none(cast, on_wednesday):
    situation = storm(thresholds={"courier-late": 21})
    rows, numbers = Closure.objects.count(), Meanwhile.objects.count()
    on_wednesday()
    change(situation, last_day=TODAY + 9 * DAY)
    assert (Closure.objects.count(), Meanwhile.objects.count()) == (rows, numbers)
    assert closed(cast, TODAY) == closed(cast, TODAY + 9 * DAY) == {"lee", "lenox"}
    assert closed(cast, TODAY + 10 * DAY) == set()
    late = [
        thresholds.days("courier-late", on=TODAY + n * DAY, library=cast.lee) for n in (0, 9, 10)
    ]
    assert late == [21, 21, 14]


def test_a_shorter_one_ends_sooner_and_until_further_notice_is_an_end_too(cast, on_wednesday):
    situation = storm(last_day=None)
    on_wednesday()
    change(situation, last_day=TODAY + 2 * DAY)
    assert closed(cast, TODAY + 2 * DAY) == {"lee", "lenox"}
    assert closed(cast, TODAY + 3 * DAY) == set()
    change(situation, last_day=None)
    assert closed(cast, TODAY + 400 * DAY) == {"lee", "lenox"}
    switching.follow(MONDAY + 3 * DAY)
    situation.refresh_from_db()
    assert situation.stands == Stands.ON


def test_loans_that_are_due_on_the_added_days_move(cast):
    story = begin(cast).at(State.LENT)
    due = story.loan.due_back
    situation = storm(first_day=due - 3 * DAY, last_day=due - DAY)
    sweeps.closed_days(MONDAY)
    story.look()
    assert story.loan.due_back == due
    values = {"last_day": due + DAY}
    seen = preview.of_change(editing.plan(situation, values, MONDAY), TODAY)
    assert (seen.loans, seen.told) == (1, 0)
    change(situation, MONDAY, **values)
    sweeps.closed_days(MONDAY)
    story.look()
    assert story.loan.due_back > due + DAY
    assert switching.count(situation, MONDAY)["due_days"] == 1


def test_another_area_closes_who_joins_from_today_and_opens_who_leaves(cast, on_wednesday):
    situation = storm(thresholds={"courier-late": 21})
    on_wednesday()
    change(situation, places=["lenox", "pittsfield"])
    assert closed(cast, TODAY + DAY) == {"lee", "lenox"}  # what was, stays
    assert closed(cast, TODAY + 2 * DAY) == {"lenox", "pittsfield"}
    lenox = Closure.objects.filter(library=cast.lenox)
    assert [each.first_day for each in lenox] == [TODAY]
    late = {
        each.code
        for each in cast.libraries
        if thresholds.days("courier-late", on=TODAY + 2 * DAY, library=each) == 21
    }
    assert late == {"lenox", "pittsfield"}
    assert switching.count(situation, WEDNESDAY)["libraries"] == 3  # it concerned them all


@pytest.mark.parametrize(
    ("narrow", "wide"),
    [
        ({"area": "libraries", "places": ["lee"]}, {"area": "all", "places": []}),
        ({"area": "network", "places": ["berkshire"]}, {"area": "state", "places": ["MA"]}),
    ],
)
def test_from_some_to_many_and_back_nothing_is_doubled(cast, on_wednesday, narrow, wide):
    situation = storm(**narrow)
    before = closed(cast, TODAY)
    on_wednesday()
    change(situation, **wide)
    day = TODAY + 2 * DAY
    many = closed(cast, day)
    assert before < many
    assert Closure.objects.touching(day, day).count() == 1
    change(situation, **narrow)
    assert closed(cast, day) == before
    assert Closure.objects.touching(day, day).count() == len(before)


def test_what_stops_and_what_goes_on_again(cast, on_wednesday):
    situation = storm(effects=["closed", "no-delivery"])
    on_wednesday()
    change(situation, effects=["no-returns", "no-delivery"])
    day = TODAY + 2 * DAY
    standing = Closure.objects.touching(day, day).values_list("effect", flat=True)
    assert set(standing) == {"no-returns", "no-delivery"}
    (text,) = told()["lee"]
    assert (
        text
        == "New for your library: open, but not accepting returns.\nOver for your library: closed."
    )


def test_where_somebody_ended_it_by_hand_it_stays_ended(cast, on_wednesday):
    situation = storm()
    on_wednesday()
    entry = Closure.objects.get(library=cast.lee).entry
    closures.reopen(entry, by="Ben", at=WEDNESDAY, library=cast.lee)
    change(situation, last_day=TODAY + 9 * DAY)
    assert closed(cast, TODAY + 3 * DAY) == {"lenox"}
    assert set(told()) == {"lenox"}  # nothing changed for Lee
    plan = editing.plan(situation, {"area": "all", "places": []}, WEDNESDAY)
    assert [each.code for each in preview.of_change(plan, TODAY).stays_ended.shown] == ["lee"]
    change(situation, area="all", places=[])
    assert closed(cast, TODAY + 3 * DAY) == {each.code for each in cast.libraries} - {"lee"}
    closures.put_back(entry, by="Ben", at=WEDNESDAY, library=cast.lee)
    assert "lee" in closed(cast, TODAY + 9 * DAY)  # as long as the others


def test_what_others_entered_stays_as_it_is(cast, on_wednesday):
    own = closures.close(libraries=[cast.lee], first_day=TODAY, reason="Pipe", source="library")
    situation = storm()
    on_wednesday()
    change(situation, places=["lenox"], last_day=TODAY + 5 * DAY)
    own[0].refresh_from_db()
    assert (own[0].was_until, own[0].last_day) == (None, Closure.FURTHER_NOTICE)


def test_those_for_whom_something_changed_are_told_once_and_nobody_else(cast, on_wednesday):
    situation = storm(notice="Stay at home.")
    on_wednesday()
    last = TODAY + 4 * DAY
    made = change(situation, places=["lenox", "pittsfield"], last_day=last)
    texts = {library: text.splitlines() for library, (text,) in told().items()}
    assert texts == {
        "lee": ["It no longer concerns your library.", "Over for your library: closed."],
        "lenox": [
            "It lasts through Friday 27 November. Before, that was through Thursday 26 November."
        ],
        "pittsfield": [
            "It concerns your library now, through Friday 27 November.",
            "New for your library: closed.",
            "",
            "Stay at home.",
        ],
    }
    number = Receipt.objects.count()
    assert change(situation, places=["pittsfield", "lenox"], last_day=last) is None
    assert Receipt.objects.count() == number
    assert situation.version == 2
    assert situation.changes.get() == made


def test_a_new_notice_takes_the_place_of_the_old_one(cast, on_wednesday):
    situation = storm(notice="Stay at home.")
    on_wednesday()
    change(situation, notice="Come back on Friday.")
    assert told() == {"lee": ["Come back on Friday."], "lenox": ["Come back on Friday."]}
    standing = StaffNotice.objects.filter(withdrawn_at=None).values_list("text", flat=True)
    assert list(standing) == ["Come back on Friday."]
    switching.end(situation, by="Carl", at=WEDNESDAY)
    assert not StaffNotice.objects.filter(withdrawn_at=None).exists()
    situation.refresh_from_db()
    people = Receipt.objects.values("user").distinct().count()
    assert (situation.report["told"], situation.report["changes"]) == (people, 1)


@pytest.mark.parametrize(
    "values", [{"name": "Blizzard"}, {"banner": "Snow."}, {"pages": []}, {"notice": ""}]
)
def test_what_is_nothing_to_staff_is_told_to_none(cast, on_wednesday, values):
    storm_on = storm(notice="Stay at home.", pages=[1])
    on_wednesday()
    change(storm_on, **values)
    assert told() == {}


def test_another_name_is_the_reason_everywhere_and_the_report_knows_both(cast):
    story = begin(cast).at(State.LENT)
    due = story.loan.due_back
    situation = storm(first_day=due, last_day=due)
    sweeps.closed_days(MONDAY)
    change(situation, MONDAY, name="Blizzard")
    assert {each.reason for each in Closure.objects.all()} == {"Blizzard"}
    assert switching.count(situation, MONDAY)["due_days"] == 1


def test_followers_of_a_library_hear_what_changed_there(cast, on_wednesday):
    situation = storm()
    on_wednesday()
    Happening.objects.all().delete()
    change(situation, area="state", places=["MA"])
    happened = {each.verb: each for each in Happening.objects.all()}
    assert set(happened) == {"close"}  # it goes on as it was at Lee and Lenox
    assert sorted(happened["close"].facts["these"]) == sorted(
        [cast.pittsfield.pk, cast.otis_school.pk]
    )
    change(situation, last_day=TODAY + 5 * DAY)
    (moved,) = Happening.objects.filter(verb="amend")
    publishing.of_libraries(moved, WEDNESDAY)
    assert Bulletin.objects.get().title == (
        "Massachusetts: closed, now Wednesday 25 November to Saturday 28 November"
    )


def test_one_that_begins_later_moves_whole_and_tells_when_it_begins(cast, clock):
    situation = storm(first_day=TODAY + 5 * DAY, last_day=TODAY + 6 * DAY, notice="Stay.")
    change(situation, MONDAY, first_day=TODAY + DAY, last_day=TODAY + 2 * DAY, places=["lee"])
    assert not Receipt.objects.exists()
    assert [closed(cast, TODAY + n * DAY) for n in (0, 1, 2, 5)] == [set(), {"lee"}, {"lee"}, set()]
    change(situation, MONDAY, first_day=TODAY)
    assert situation.stands == Stands.ON
    assert set(Receipt.objects.values_list("library__code", flat=True)) == {"lee"}
    assert told() == {}


def test_of_two_editors_the_second_is_told_and_changes_nothing(cast, on_wednesday):
    situation = storm()
    on_wednesday()
    change(situation, last_day=TODAY + 9 * DAY)
    with pytest.raises(editing.ChangedMeanwhile) as refused:
        editing.change(situation, {"places": ["lee"]}, version=1, by="Carl", at=WEDNESDAY)
    assert (refused.value.facts["by"], refused.value.facts["name"]) == ("Dora", "Snowstorm")
    situation.refresh_from_db()
    assert situation.places == ["lee", "lenox"]
    same = {"last_day": TODAY + 9 * DAY}  # a double press
    assert editing.change(situation, same, version=1, by="Dora", at=WEDNESDAY) is None


@pytest.mark.parametrize(
    ("values", "refusal"),
    [
        ({"first_day": TODAY + DAY}, editing.HasBegun),
        ({"last_day": TODAY + DAY}, switching.EndsBeforeItBegins),
        ({"area": "route", "places": ["NOWHERE"]}, switching.NobodyConcerned),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(cast, on_wednesday, values, refusal):
    situation = storm()
    on_wednesday()
    rows = list(Closure.objects.values())
    with pytest.raises(refusal):
        change(situation, **values)
    situation.refresh_from_db()
    assert (situation.version, list(Closure.objects.values())) == (1, rows)


def test_one_that_is_over_stays_as_it_was(cast):
    situation = storm()
    switching.end(situation, by="Carl", at=MONDAY)
    with pytest.raises(editing.IsOver):
        change(situation, last_day=TODAY + 9 * DAY)


def test_pages_and_banner_follow_at_once(cast, on_wednesday):
    answers = Answers.objects.get()
    first, second = (
        answers.add_child(instance=AnswerPage(title=title, intro="Yes.", live=False))
        for title in ("May I wait?", "Is it late?")
    )
    for each in (first, second):
        each.save_revision()
    situation = storm(pages=[first.pk], banner="Snow.")
    on_wednesday()
    change(situation, pages=[second.pk], banner="More snow.")
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.live, second.live) == (False, True)
    assert banners() == [("Snowstorm", "More snow.")]
    switching.end(situation, by="Carl", at=WEDNESDAY)
    second.refresh_from_db()
    assert not second.live


def test_after_changes_an_end_still_returns_everything(cast, on_wednesday):
    situation = storm(thresholds={"desk": 5})
    on_wednesday()
    change(situation, area="all", places=[], effects=["closed", "no-returns"])
    change(situation, area="state", places=["MA"], thresholds={"desk": 3, "mail-late": 40})
    switching.end(situation, by="Carl", at=WEDNESDAY)
    today = TODAY + 2 * DAY
    assert not Closure.objects.current(today).exists()
    assert [thresholds.days(n, on=today, library=cast.lee) for n in ("desk", "mail-late")] == [
        1,
        21,
    ]
    assert Effect.CLOSED in {each.effect for each in Closure.objects.all()}  # the history stays
