"""The table of a case, walked at random."""

import random

import pytest

from postroad.cases.lifecycle import (
    CLOCKS,
    OPEN,
    TABLE,
    OutOfTurn,
    Side,
    State,
    Verb,
    may,
    step,
)


def test_a_question_is_asked_answered_and_closed():
    state = State.NEW
    for verb in (Verb.ASSIGN, Verb.ANSWER, Verb.CLOSE):
        state = step(state, verb, Side.ANSWERER)
    assert state == State.CLOSED


def test_whoever_writes_again_to_a_closed_case_opens_it():
    assert step(State.CLOSED, Verb.REPLY, Side.ASKER) == State.OURS


def test_an_asker_who_adds_a_word_before_the_first_answer_still_has_none():
    assert step(State.NEW, Verb.REPLY, Side.ASKER) == State.NEW


@pytest.mark.parametrize("verb", [Verb.ANSWER, Verb.PUT_OFF, Verb.ASSIGN, Verb.MERGE, Verb.CLOSE])
def test_nothing_moves_a_closed_case_but_a_reply_and_reopening(verb):
    with pytest.raises(OutOfTurn):
        step(State.CLOSED, verb, Side.ANSWERER)


@pytest.mark.parametrize("verb", [Verb.ANSWER, Verb.PUT_OFF, Verb.ASSIGN, Verb.MERGE, Verb.REOPEN])
def test_the_asker_does_nothing_that_is_the_other_sides(verb):
    assert not any(may(state, verb, Side.ASKER) for state in State)


@pytest.mark.parametrize("state", sorted(OPEN))
def test_every_open_state_has_a_clock_that_may_ring(state):
    assert may(state, CLOCKS[state].rings, Side.MACHINE)


@pytest.mark.parametrize("verb", [verb for verb in Verb if verb != Verb.ASK])
def test_every_verb_stands_in_the_table_and_somebody_may_use_it(verb):
    assert any(may(state, verb, side) for state in State for side in Side)


def test_no_walk_leaves_the_table_or_ends_where_nobody_can_go_on():
    dice = random.Random(16)
    state = State.NEW
    for _ in range(5000):
        ways = [(v, s) for v in TABLE for s in Side if may(state, v, s)]
        assert ways
        state = step(state, *dice.choice(ways))
        assert state in State
