"""The tables: one loan from ask to home, and what holds for every verb and state of all parts."""

import random
from dataclasses import dataclass, field, replace

import pytest
from hypothesis import settings
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from hypothesis.strategies import integers, sampled_from

from postroad.ill import undo
from postroad.ill.lifecycle import (
    FOREMOST,
    HOLDER,
    IDLE,
    LOAN_CLOCKS,
    OPPOSITES,
    OUT,
    ROWS,
    SUPPLY_CLOCKS,
    WAITING,
    WISH_CLOCKS,
    LoanState,
    OutOfTurn,
    Standing,
    State,
    SupplyState,
    Verb,
    Wish,
    facts,
    step,
    summary,
    wish_of,
)

WHOLE_LOAN = (
    "approve refer promise ship receive check_out renew return ship_return check_in".split()
)
REOPENS = {Verb.UNDO_CHECK_IN}  # the one thing that a closed record bears
MOVING = [verb for verb, row in ROWS.items() if row.wish or row.supply or row.loan]


def test_a_loan_goes_out_and_comes_home_on_all_parts_at_once():
    stands = Standing(Wish.ASKED)
    words = []
    for name in WHOLE_LOAN:
        stands = step(Verb(name), stands)
        words.append(stands.state)
    assert words == [
        State.APPROVED,
        *(State.REFERRED, State.REFERRED),
        *(State.SHIPPED, State.ARRIVED, State.LENT, State.LENT, State.BACK, State.HOMEWARD),
        State.CLOSED,
    ]
    assert (stands.supply, stands.loan) == (SupplyState.CLOSED, LoanState.CLOSED)


@pytest.mark.parametrize("verb", [verb for verb in MOVING if verb not in REOPENS])
def test_nothing_moves_a_request_of_which_all_is_closed(verb):
    closed = Standing(Wish.CLOSED, SupplyState.CLOSED, _closed_loan(verb))
    with pytest.raises(OutOfTurn):
        step(verb, closed, to=_any_end(verb))


def _closed_loan(verb: Verb) -> LoanState | None:
    return LoanState.CLOSED if ROWS[verb].loan else None


def _any_end(verb: Verb) -> LoanState | None:
    part = ROWS[verb].loan
    return part.ends[0] if part is not None and len(part.ends) > 1 else None


@pytest.mark.parametrize(
    "verb",
    [
        verb
        for verb in MOVING
        if ROWS[verb].loan and (part := ROWS[verb].supply) and None not in part.starts
    ],
)
def test_a_verb_of_a_thing_cannot_be_said_without_its_attempt(verb):
    with pytest.raises(TypeError):
        step(verb, Standing(Wish.SUPPLIED, None, LoanState.LENT), to=_any_end(verb))


@pytest.mark.parametrize(
    "verb", [verb for verb in MOVING if (part := ROWS[verb].supply) and None not in part.starts]
)
def test_a_verb_of_two_sides_cannot_be_said_with_one_side_missing(verb):
    """What no lender holds may be cancelled alone; what one holds may not."""
    loan = LoanState.LENT if ROWS[verb].loan and None not in ROWS[verb].loan.starts else None
    wish = ROWS[verb].wish
    wishes = (Wish.REFERRED, Wish.DELIVERED, Wish.SUPPLIED)
    held = next(each for each in wishes if wish is None or each in wish.starts)
    with pytest.raises(TypeError):
        step(verb, Standing(held, None, loan), to=_any_end(verb))


def test_a_verb_that_may_lead_to_several_states_must_say_which():
    home = Standing(Wish.CLOSED, SupplyState.CLOSED, LoanState.CLOSED)
    with pytest.raises(TypeError):
        step(Verb.UNDO_CHECK_IN, home)
    assert step(Verb.UNDO_CHECK_IN, home, to=LoanState.BACK).state == State.BACK
    with pytest.raises(OutOfTurn):
        step(Verb.UNDO_CHECK_IN, home, to=LoanState.SHIPPED)


def test_the_last_of_several_things_ends_the_request_and_no_other():
    two = Standing(
        Wish.SUPPLIED, SupplyState.SUPPLYING, LoanState.HOMEWARD, beside=(LoanState.LENT,)
    )
    first = step(Verb.CHECK_IN, two)
    assert (first.wish, first.supply, first.loan) == (
        Wish.SUPPLIED,
        SupplyState.SUPPLYING,
        LoanState.CLOSED,
    )
    assert first.state == State.LENT
    elsewhere = replace(two, beside=(), elsewhere=(LoanState.SHIPPED,))
    ended = step(Verb.CHECK_IN, elsewhere)
    assert (ended.wish, ended.supply) == (Wish.SUPPLIED, SupplyState.CLOSED)


def test_the_word_of_several_things_is_that_of_the_foremost():
    assert set(FOREMOST) == OUT
    everything = sorted(OUT)
    random.shuffle(everything)
    assert summary(Wish.SUPPLIED, everything) == State.BACK
    assert summary(Wish.CENTRE, []) == State.CENTRE


@pytest.mark.parametrize("state", State)
def test_every_word_says_where_its_wish_stands(state):
    wish = wish_of(state)
    assert (wish == Wish.SUPPLIED) == (state in {State(each) for each in OUT})
    assert wish == Wish.SUPPLIED or wish == state


def test_each_state_that_waits_for_somebody_has_one_clock_and_no_other_state_has_any():
    assert set(WISH_CLOCKS) == set(Wish) - {Wish.REFERRED, Wish.SUPPLIED, Wish.CLOSED}
    assert set(SUPPLY_CLOCKS) == WAITING
    assert set(LOAN_CLOCKS) == OUT


def test_every_clock_rings_a_verb_of_its_state():
    for wish, clock in WISH_CLOCKS.items():
        assert wish in ROWS[clock.rings].wish.starts
    for supply, clock in SUPPLY_CLOCKS.items():
        assert supply in ROWS[clock.rings].supply.starts
    for loan, clock in LOAN_CLOCKS.items():
        assert loan in ROWS[clock.rings].loan.starts


def test_every_state_of_each_part_is_reached_and_every_open_one_has_a_way_to_its_end():
    for name, states, first in (
        ("wish", Wish, Wish.ASKED),
        ("supply", SupplyState, SupplyState.ASKED),
        ("loan", LoanState, LoanState.SHIPPED),
    ):
        parts = [part for row in ROWS.values() if (part := getattr(row, name))]
        assert {end for part in parts for end in part.ends} | {first} == set(states)
        for state in states:
            reached: set[object] = {state}
            while (
                more := {end for part in parts if part.starts & reached for end in part.ends}
                - reached
            ):
                reached |= more
            assert states.CLOSED in reached


def test_every_state_of_a_thing_has_one_holder():
    assert set(HOLDER) == set(LoanState)


def test_every_verb_has_a_row_a_type_of_facts_and_if_it_can_be_undone_a_way():
    assert set(ROWS) == set(Verb)
    assert set(facts.FACTS) == set(Verb)
    assert set(undo.UNDO) == set(OPPOSITES)


def test_what_undoes_a_verb_starts_where_the_verb_leads():
    for verb, opposite in OPPOSITES.items():
        if ROWS[verb].loan is None:  # what follows is a new attempt, or another copy
            continue
        done, back = ROWS[verb].loan, ROWS[opposite].loan
        assert set(done.ends) <= back.starts or back.starts == {None}, verb


def test_facts_that_are_not_the_verbs_own_cannot_be_written():
    with pytest.raises(TypeError):
        facts.whole(Verb.PROMISE, {})
    with pytest.raises(TypeError):
        facts.whole(Verb.PROMISE, {"lender": "Lenox Library", "due_back": "2026-12-01"})
    assert facts.whole(Verb.PROMISE, {"lender": "Lenox Library"}) == {"lender": "Lenox Library"}


def test_what_moves_nothing_and_asks_nobody_stands_in_nobodys_way():
    between_sides = {
        *(Verb.ASK_QUESTION, Verb.ANSWER, Verb.WITHDRAW_QUESTION),
        *(Verb.CHARGE, Verb.SETTLE_CHARGE),
    }
    assert {verb for verb in Verb if verb not in MOVING} - {Verb.ASK} - between_sides <= IDLE


# No deadline: a busy machine takes its time, and is not wrong for that.
FEW = settings(max_examples=100, stateful_step_count=60, deadline=None)
MANY = settings(FEW, max_examples=1000)


@dataclass
class Attempt:
    """One lender, and what it sent."""

    state: SupplyState
    loans: list[LoanState] = field(default_factory=list)

    def out(self, but: int | None = None) -> tuple[LoanState, ...]:
        kept = (loan for place, loan in enumerate(self.loans) if place != but)
        return tuple(loan for loan in kept if loan in OUT)


class Walk(RuleBasedStateMachine):
    """Any verb at any time on any attempt and any thing, as `Request.move` applies them."""

    @initialize()
    def ask(self):
        self.wish = Wish.ASKED
        self.attempts: list[Attempt] = []

    @rule(verb=sampled_from(sorted(MOVING)), place=integers(0, 3), end=integers(0, 3))
    def try_a_verb(self, verb, place, end):
        """Refused as a whole, or applied as a whole: never one side alone."""
        before = self.seen()
        try:
            self.apply(verb, place, end)
        except OutOfTurn:
            assert self.seen() == before
        else:
            assert self.moved_whole(verb, before)

    def apply(self, verb: Verb, place: int, end: int) -> None:
        row = ROWS[verb]
        new = row.supply is not None and None in row.supply.starts
        of_an_attempt = row.supply is not None or row.loan is not None
        attempt = self.attempts[-1] if self.attempts and of_an_attempt and not new else None
        if attempt is None and row.supply and not new and row.wish is None:
            raise OutOfTurn(state=self.wish, verb=verb, part="supply")
        if attempt is None and row.supply and not new and self.wish == Wish.REFERRED:
            raise AssertionError("a lender has it in hand, and there is none")
        if row.loan is not None and None not in row.loan.starts:
            if attempt is None or not attempt.loans:
                raise OutOfTurn(state=self.wish, verb=verb, part="loan")
            thing: int | None = place % len(attempt.loans)
        else:
            thing = None
        if attempt is None and row.supply is not None and not new and row.loan is not None:
            raise OutOfTurn(state=self.wish, verb=verb, part="supply")
        in_hand = self.wish in (Wish.REFERRED, Wish.SUPPLIED, Wish.DELIVERED)
        held = attempt if row.loan or in_hand else None
        now = Standing(
            self.wish,
            held.state if held else None,
            held.loans[thing] if held and thing is not None else None,
            beside=held.out(thing) if held else (),
            elsewhere=tuple(
                loan for each in self.attempts if each is not held for loan in each.out()
            ),
        )
        ends = row.loan.ends if row.loan and len(row.loan.ends) > 1 else ()
        after = step(verb, now, to=ends[end % len(ends)] if ends else None)
        assert after.wish is not None
        self.wish = after.wish
        if new:
            held = Attempt(SupplyState.ASKED)
            self.attempts.append(held)
        if held and after.supply:
            held.state = after.supply
        if held and after.loan and thing is None:
            held.loans.append(after.loan)
        elif held and after.loan and thing is not None:
            held.loans[thing] = after.loan

    def seen(self):
        return self.wish, tuple((each.state, tuple(each.loans)) for each in self.attempts)

    def moved_whole(self, verb: Verb, before) -> bool:
        """Every part that the verb's row sends somewhere for sure is there."""
        row = ROWS[verb]
        certain = [
            (part, state)
            for part, state in (
                (row.wish, self.wish),
                (row.supply, self.attempts[-1].state if self.attempts else None),
            )
            if part is not None and part.ends and part.when.name == "ALWAYS"
        ]
        may = (Verb.CANCEL, Verb.EXPIRE, Verb.CHANGE_SERVICE)
        alone = verb in may and before[0] != Wish.REFERRED
        return all(state in part.ends for part, state in certain) or alone

    @invariant()
    def a_request_that_is_referred_is_in_one_hand_and_one_that_is_supplied_has_things_out(self):
        waiting = [each for each in self.attempts if each.state in WAITING]
        out = [loan for each in self.attempts for loan in each.out()]
        assert len(waiting) == (self.wish == Wish.REFERRED)
        assert bool(out) == (self.wish == Wish.SUPPLIED)
        for each in self.attempts:
            delivered = self.wish == Wish.DELIVERED and each is self.attempts[-1]
            assert (each.state == SupplyState.SUPPLYING) == (bool(each.out()) or delivered)

    @invariant()
    def the_word_is_that_of_its_things(self):
        out = [loan for each in self.attempts for loan in each.out()]
        assert wish_of(summary(self.wish, out)) == self.wish

    @invariant()
    def exactly_one_row_rings_for_each_thing_that_is_waited_for(self):
        rings: list[object] = [self.wish] if self.wish in WISH_CLOCKS else []
        rings += [each.state for each in self.attempts if each.state in SUPPLY_CLOCKS]
        things = [loan for each in self.attempts for loan in each.loans if loan in LOAN_CLOCKS]
        if self.wish == Wish.CLOSED:
            assert not rings
            assert not things
        elif things:
            assert not rings
        else:
            assert len(rings) == 1


@pytest.mark.parametrize("hard", [FEW, pytest.param(MANY, marks=pytest.mark.nightly)])
def test_random_verbs_never_part_the_sides(hard):
    run_state_machine_as_test(Walk, settings=hard)
