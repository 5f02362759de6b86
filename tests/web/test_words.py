"""Everything that a rule, a state or an event can say has words."""

import importlib
import pkgutil
from datetime import UTC, date, datetime

import pytest
import time_machine

import postroad
from postroad.accounts import cards
from postroad.cases import lifecycle as cases
from postroad.directory import listing
from postroad.errors import Refusal
from postroad.ill import homeward, lifecycle, rota, sweeps, undo
from postroad.ill.access import Sight
from postroad.ill.intake import Concern
from postroad.ill.lending import ItemOut
from postroad.ill.lifecycle import BORROWING, LENDING, State
from postroad.ill.models import MovedMeanwhile, System
from postroad.web import words
from postroad.web.shared import history, mileposts, record_words
from tests.ill.story import MONDAY, begin


def load_all() -> None:
    for found in pkgutil.walk_packages(postroad.__path__, "postroad."):
        if "__main__" not in found.name and "migrations" not in found.name:
            importlib.import_module(found.name)


def refusals(kind: type[Refusal] = Refusal) -> set[type[Refusal]]:
    below = set(kind.__subclasses__())
    return below.union(*(refusals(each) for each in below)) if below else below


def test_every_refusal_has_a_sentence():
    load_all()
    mine = {kind for kind in refusals() if kind.__module__.startswith("postroad.")}
    codes = {kind.code for kind in mine} - {Refusal.code, "out-of-turn"}
    assert codes <= set(words.REFUSALS)


@pytest.mark.parametrize(
    ("codes", "meant"),
    [
        (lifecycle.State, words.STATES),
        (lifecycle.SupplyState, words.SUPPLY_STATES),
        (lifecycle.Outcome, words.OUTCOMES),
        (lifecycle.Ending, words.ENDINGS),
        (lifecycle.Reason, words.REASONS),
        (lifecycle.Owner, words.OWNERS),
        (rota.WhyNot, words.WHY_NOT),
        (Concern, words.CONCERNS),
        (cases.State, words.CASE_STATES),
        (cases.State, words.ASKED_STATES),
        (cases.Ending, words.CASE_ENDINGS),
        (cases.Verb, words.CASE_VERBS),
        (cards.Why, record_words.LIST_WRONG),
        (listing.Why, record_words.LIST_WRONG),
        (homeward.Way, words.WAYS_HOME),
        (homeward.Way, words.TODO),
        (homeward.Because, words.BECAUSE),
        (System, words.NUMBER_SYSTEMS),
    ],
)
def test_every_code_has_words(codes, meant):
    assert {str(code) for code in codes} <= {str(code) for code in meant}


def test_every_verb_has_a_sentence_in_the_history():
    every = {*BORROWING, *LENDING, *undo.OF_NUMBERS, "ask", "forget"}
    assert every <= set(history.FOR_STAFF)


def test_a_day_is_written_with_its_year_only_when_that_is_another():
    with time_machine.travel(datetime(2026, 11, 23, tzinfo=UTC)):
        assert words.day(date(2026, 12, 3)) == "Thursday 3 December"
        assert words.day("2027-01-04") == "Monday 4 January 2027"


@pytest.mark.parametrize("state", list(State)[list(State).index(State.SHIPPED) :])
def test_the_whole_story_reads_plainly_for_everybody(cast, state):
    story = begin(cast).at(state)
    for sight in Sight:
        lines = [line.sentence for line in history.history(story.ill, sight)]
        assert lines
        assert not any("%(" in line or "unknown" in line for line in lines), lines
    assert mileposts.status(story.ill, MONDAY).sentence
    stones = mileposts.stones(story.ill, MONDAY, list(story.ill.events.all()))
    assert [stone.place for stone in stones] == sorted(
        (stone.place for stone in stones), key=["passed", "here", "ahead"].index
    )


def test_the_patron_reads_no_clerks_name_and_the_lender_no_patrons(cast):
    story = begin(cast).at(State.CLOSED)
    seen = {
        sight: " ".join(f"{line.sentence} {line.who}" for line in history.history(story.ill, sight))
        for sight in Sight
    }
    assert not any(name in seen[Sight.PATRON] for name in ("Borrower", "Lender", "rota"))
    assert "Ada" not in seen[Sight.LENDING]
    assert "Borrower" not in seen[Sight.LENDING]
    assert "Borrower" in seen[Sight.BORROWING]


def test_the_status_names_the_town_and_the_day(cast):
    story = begin(cast).at(State.SHIPPED)
    with time_machine.travel(MONDAY):
        assert mileposts.status(story.ill, MONDAY).sentence == (
            "On its way from Lenox; should be here on Tuesday 24 November."
        )


def test_a_refusal_groups_its_numbers_as_every_page_does():
    load_all()
    late = lifecycle.OutOfTurn(state=State.LENT, verb="receive", side="borrowing", ref="7K3M9Q2X")
    moved = words.refusal(MovedMeanwhile(ref="7K3M9Q2X", verb="ship"))
    gone = words.refusal(ItemOut(barcode="30001000000017", status="out"))
    assert "request 7K3M 9Q2X just before you" in moved
    assert "request 7K3M 9Q2X is with the patron" in words.refusal(late)
    assert "Copy 3000 1000 0000 17 is out on another loan" in gone


@pytest.mark.parametrize(
    ("table", "side", "states"),
    [(BORROWING, "borrowing", lifecycle.State), (LENDING, "lending", lifecycle.SupplyState)],
)
def test_only_what_stands_where_the_verb_leads_is_called_done(table, side, states):
    for verb, (before, after) in table.items():
        for state in set(states) - before:
            said = words.refusal(lifecycle.OutOfTurn(state=state, verb=verb, side=side))
            done = state == after and state != "closed"
            assert said.startswith("That is already done: the " if done else "This cannot")


def test_every_clock_that_only_reminds_has_words_for_what_did_not_happen():
    clocks = [*lifecycle.REQUEST_CLOCKS.items(), *lifecycle.SUPPLY_CLOCKS.items()]
    reminding = {str(state) for state, clock in clocks if clock.rings.startswith("nudge")}
    outside = {str(state) for state in lifecycle.WAITING}
    assert reminding | outside == {str(state) for state in words.TIME_IS_UP}


def test_a_clock_that_rings_on_both_sides_is_told_once_to_each(cast):
    story = begin(cast).at(State.LENT)
    sweeps.ring(story.rings_at)
    for sight, told in (
        (Sight.BORROWING, "Time is up: the patron has not brought it back."),
        (Sight.LENDING, "Time is up: the borrowing library has not sent it back."),
    ):
        lines = [line.sentence for line in history.history(story.ill, sight)]
        assert [line for line in lines if line.startswith("Time is up")] == [told]
