"""Everything that a rule or a state can say has words, and has them once."""

import ast
import importlib
import pkgutil
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import time_machine

import postroad
from postroad import words
from postroad.accounts import card_lists
from postroad.cases import lifecycle as cases
from postroad.directory import listing
from postroad.errors import Refusal
from postroad.ill import homeward, lifecycle, rota
from postroad.ill.in_hand import ItemOut
from postroad.ill.intake import Concern
from postroad.ill.lifecycle import (
    LOAN_CLOCKS,
    ROWS,
    WISH_CLOCKS,
    LoanState,
    State,
    Verb,
    questions,
)
from postroad.ill.models import MovedMeanwhile, System
from postroad.ill.renewals import NoRenewal
from postroad.words.refusals import ROOMS

SOURCE = Path(postroad.__file__).parent
# The file of the words, where it is not called as the room.
FILES = {
    "fetching": "files",
    "spreadsheet": "files",
    "protocols": "catalogue",
    "ill": "ill_refusals",
}


def load_all() -> None:
    for found in pkgutil.walk_packages(postroad.__path__, "postroad."):
        if "__main__" not in found.name and "migrations" not in found.name:
            importlib.import_module(found.name)


def refusals(kind: type[Refusal] = Refusal) -> set[type[Refusal]]:
    below = set(kind.__subclasses__())
    return below.union(*(refusals(each) for each in below)) if below else below


def own_refusals() -> set[type[Refusal]]:
    load_all()
    return {kind for kind in refusals() if kind.__module__.startswith("postroad.")}


def test_every_refusal_has_a_sentence_in_the_file_of_its_room():
    for kind in own_refusals():
        if kind.code not in (Refusal.code, lifecycle.OutOfTurn.code):
            room = kind.__module__.split(".")[1]
            assert kind.code in getattr(words, FILES.get(room, room)).REFUSALS, kind


def test_every_sentence_is_of_one_refusal_and_stands_once():
    said = [code for room in ROOMS for code in room.REFUSALS]
    assert len(said) == len(set(said))
    assert set(said) <= {kind.code for kind in own_refusals()}


WORDED = {
    each.__name__
    for each in (
        *(lifecycle.State, lifecycle.SupplyState, lifecycle.LoanState, NoRenewal),
        *(lifecycle.Outcome, lifecycle.Ending),
        *(lifecycle.Later, lifecycle.Condition, questions.QuestionKind, questions.Answer),
        *(lifecycle.Reason, lifecycle.Owner, lifecycle.Proof, rota.WhyNot, Concern),
        homeward.Because,
    )
}
SAID_BY = {"_", "gettext", "gettext_lazy"}
# What somebody should do next is no word for where it stands.
ADVICE = {"web/office/centre/queue.py", "web/patron/following.py", "web/staff/buttons.py"}


def tables_of_words(file: Path) -> Iterator[ast.Dict]:
    """What maps codes to words in this file."""
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Dict) and node.values:
            key, value = node.keys[0], node.values[0]
            of_code = isinstance(key, ast.Attribute) and isinstance(key.value, ast.Name)
            called = value.func if isinstance(value, ast.Call) else None
            said = isinstance(called, ast.Name) and called.id in SAID_BY
            if of_code and said and key.value.id in WORDED:
                yield node


def test_pages_and_notices_keep_no_words_of_their_own_for_a_code():
    found = {
        str(file.relative_to(SOURCE))
        for file in SOURCE.rglob("*.py")
        if file.parent.name != "words" and any(tables_of_words(file))
    }
    assert found <= ADVICE
    assert any(tables_of_words(SOURCE / "words/ill.py"))


@pytest.mark.parametrize(
    ("codes", "meant"),
    [
        (lifecycle.State, words.ill.STATES),
        (lifecycle.SupplyState, words.ill.SUPPLY_STATES),
        (lifecycle.LoanState, words.ill.LOAN_STATES),
        (NoRenewal, words.ill.NO_RENEWAL),
        (lifecycle.Outcome, words.ill.OUTCOMES),
        (lifecycle.Ending, words.ill.ENDINGS),
        (lifecycle.Reason, words.ill.REASONS),
        (lifecycle.Owner, words.ill.OWNERS),
        (lifecycle.Later, words.ill.LATER),
        (lifecycle.Condition, words.ill.CONDITIONS),
        (questions.QuestionKind, words.questions.KINDS),
        (questions.QuestionKind, words.questions.ASKS),
        (questions.Answer, words.questions.ANSWERS),
        (rota.WhyNot, words.ill.WHY_NOT),
        (Concern, words.intake.CONCERNS),
        (cases.State, words.cases.STATES),
        (cases.State, words.cases.ASKED_STATES),
        (cases.Ending, words.cases.ENDINGS),
        (cases.Verb, words.cases.VERBS),
        (card_lists.Why, words.records.LIST_WRONG),
        (listing.Why, words.records.LIST_WRONG),
        (homeward.Way, words.homeward.WAYS_HOME),
        (homeward.Way, words.homeward.TODO),
        (homeward.Because, words.homeward.BECAUSE),
        (System, words.ill.NUMBER_SYSTEMS),
    ],
)
def test_every_code_has_words(codes, meant):
    assert {str(code) for code in codes} <= {str(code) for code in meant}


def test_a_day_is_written_with_its_year_only_when_that_is_another():
    with time_machine.travel(datetime(2026, 11, 23, tzinfo=UTC)):
        assert words.day(date(2026, 12, 3)) == "Thursday 3 December"
        assert words.day("2027-01-04") == "Monday 4 January 2027"


def test_a_refusal_groups_its_numbers_as_every_page_does():
    load_all()
    late = lifecycle.OutOfTurn(state=State.LENT, verb=Verb.RECEIVE, part="loan", ref="7K3M9Q2X")
    moved = words.refusal(MovedMeanwhile(ref="7K3M9Q2X", verb="ship"))
    gone = words.refusal(ItemOut(barcode="30001000000017", status="out"))
    assert "request 7K3M 9Q2X just before you" in moved
    assert "request 7K3M 9Q2X is with the patron" in words.refusal(late)
    assert "Copy 3000 1000 0000 17 is out on another loan" in gone


@pytest.mark.parametrize(
    ("part", "states"),
    [("wish", lifecycle.State), ("supply", lifecycle.SupplyState), ("loan", LoanState)],
)
def test_only_what_stands_where_the_verb_leads_is_called_done(part, states):
    rows = {verb: getattr(row, part) for verb, row in ROWS.items()}
    for verb, moves in rows.items():
        for state in set(states) - (moves.starts if moves else set(states)):
            said = words.refusal(lifecycle.OutOfTurn(state=state, verb=verb, part=part))
            asks = ROWS[verb].supply is not None and None in ROWS[verb].supply.starts
            done = state in moves.ends and state != "closed" and not asks  # another attempt's
            assert said.startswith("That is already done: the " if done else "This cannot")


def test_every_clock_that_only_reminds_has_words_for_what_did_not_happen():
    clocks = [*WISH_CLOCKS.items(), *LOAN_CLOCKS.items()]
    reminding = {str(state) for state, clock in clocks if clock.rings in lifecycle.REMINDERS}
    outside = {str(state) for state in lifecycle.WAITING}
    assert reminding | outside == {str(state) for state in words.ill.TIME_IS_UP}


def test_a_time_does_not_break_before_its_half_and_a_midnight_is_a_day_without_a_time():
    at = datetime(2026, 11, 23, 22, 30, tzinfo=UTC)
    with time_machine.travel(at, tick=False):
        assert words.clock(at) == "5:30\xa0p.m."
        assert words.hours.clock(9 * 60) == "9\xa0a.m."
        assert words.moment(at) == "Monday 23 November, 5:30\xa0p.m."
        assert words.moment(datetime(2026, 11, 23, 5, tzinfo=UTC)) == "Monday 23 November"
