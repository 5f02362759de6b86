"""The tables: one loan from ask to home, and what must hold for every verb and state."""

import pytest
from hypothesis import settings
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from hypothesis.strategies import sampled_from

from postroad.ill.lifecycle import (
    AGREE,
    BORROWING,
    HOLDER,
    LENDING,
    OPEN,
    OPEN_SUPPLY,
    REQUEST_CLOCKS,
    SUPPLY_CLOCKS,
    Holder,
    OutOfTurn,
    State,
    SupplyState,
    step,
    step_supply,
)

WHOLE_LOAN = "approve refer promise ship receive lend renew take_back send_home check_in".split()


def test_a_loan_goes_out_and_comes_home():
    state = State.ASKED
    for verb in WHOLE_LOAN:
        state = step(state, verb)
    assert state == State.CLOSED


def test_the_lender_sees_the_same_loan_from_its_side():
    state = SupplyState.ASKED
    for verb in WHOLE_LOAN:
        if verb in LENDING:
            state = step_supply(state, verb)
    assert state == SupplyState.CLOSED


def ordinary(table):
    """All verbs but the one that takes back a check-in, which is what a closed record bears."""
    return [verb for verb in table if not verb.startswith("reopen_")]


@pytest.mark.parametrize("verb", ordinary(BORROWING))
def test_nothing_moves_a_closed_request(verb):
    with pytest.raises(OutOfTurn):
        step(State.CLOSED, verb)


@pytest.mark.parametrize("verb", ordinary(LENDING))
def test_nothing_moves_a_closed_supply(verb):
    with pytest.raises(OutOfTurn):
        step_supply(SupplyState.CLOSED, verb)


@pytest.mark.parametrize("state", sorted(OPEN))
def test_every_open_state_of_a_request_has_a_clock_that_rings_a_verb_of_that_state(state):
    clock = REQUEST_CLOCKS[state]
    assert state in BORROWING[clock.rings][0]


@pytest.mark.parametrize("state", sorted(OPEN_SUPPLY))
def test_every_open_state_of_a_supply_has_a_clock_that_rings_a_verb_of_that_state(state):
    clock = SUPPLY_CLOCKS[state]
    assert state in LENDING[clock.rings][0]


def test_a_closed_record_has_no_clock():
    assert State.CLOSED not in REQUEST_CLOCKS
    assert SupplyState.CLOSED not in SUPPLY_CLOCKS


@pytest.mark.parametrize("state", sorted(OPEN))
def test_every_open_state_has_a_way_to_its_end(state):
    reached, edge = {state}, {state}
    while edge:
        edge = {
            after
            for before in edge
            for starts, after in BORROWING.values()
            if before in starts and after is not None
        } - reached
        reached |= edge
    assert State.CLOSED in reached


def test_every_state_can_be_reached():
    after = {end for _, end in BORROWING.values() if end}
    assert after | {State.ASKED} == set(State)
    after_supply = {end for _, end in LENDING.values() if end}
    assert after_supply | {SupplyState.ASKED} == set(SupplyState)


def test_every_state_has_one_holder_and_a_word_on_what_the_lender_may_think():
    assert set(HOLDER) == set(State) == set(AGREE)


# No deadline: a busy machine takes its time, and is not wrong for that.
FEW = settings(max_examples=100, stateful_step_count=60, deadline=None)
MANY = settings(FEW, max_examples=1000)


class Loan(RuleBasedStateMachine):
    """Any verb at any time, on both sides, as `Request.move` applies them."""

    @initialize()
    def ask(self):
        self.state = State.ASKED
        self.supply: SupplyState | None = None
        self.attempts = 0

    @rule(verb=sampled_from(sorted({*BORROWING, *LENDING})))
    def try_a_verb(self, verb):
        """Refused as a whole, or applied as a whole: never one side alone."""
        before = (self.state, self.supply)
        try:
            after = self.applied(verb)
        except OutOfTurn:
            after = before
        self.state, self.supply = after

    def applied(self, verb: str) -> tuple[State, SupplyState | None]:
        state = step(self.state, verb) if verb in BORROWING else self.state
        if verb in {"refer", "refer_outside", "resume"}:
            assert self.supply in (None, SupplyState.CLOSED), "two open supplies"
            self.attempts += 1
            return state, SupplyState.ASKED
        # A request that no lender holds is cancelled alone; every other verb of both moves both.
        alone = verb in {"cancel", "expire"} and self.state != State.REFERRED
        if verb not in LENDING or alone:
            return state, self.supply
        if self.supply is None:
            raise OutOfTurn(state="none", verb=verb)
        return state, step_supply(self.supply, verb)

    @precondition(lambda self: self.state != State.CLOSED)
    @rule()
    def let_the_clock_ring(self):
        """Silence is always followed by a verb that is in turn."""
        assert step(self.state, REQUEST_CLOCKS[self.state].rings) in State
        if self.supply in OPEN_SUPPLY:
            self.state, self.supply = self.applied(SUPPLY_CLOCKS[self.supply].rings)

    @invariant()
    def both_sides_agree(self):
        open_supply = self.supply if self.supply in OPEN_SUPPLY else None
        if AGREE[self.state]:
            assert open_supply in AGREE[self.state]
        else:
            assert open_supply is None

    @invariant()
    def the_item_is_with_exactly_one(self):
        lenders_view = {
            None: Holder.LENDER,
            SupplyState.ASKED: Holder.LENDER,
            SupplyState.PROMISED: Holder.LENDER,
            SupplyState.SHIPPED: Holder.COURIER,
            SupplyState.HOMEWARD: Holder.COURIER,
            SupplyState.CLOSED: Holder.LENDER,
        }
        holder = HOLDER[self.state]
        if self.supply == SupplyState.RECEIVED:
            assert holder in {Holder.BORROWER, Holder.PATRON}
        else:
            assert holder == lenders_view[self.supply]

    @invariant()
    def an_open_record_has_a_clock(self):
        assert (self.state in REQUEST_CLOCKS) == (self.state != State.CLOSED)
        if self.supply is not None:
            assert (self.supply in SUPPLY_CLOCKS) == (self.supply != SupplyState.CLOSED)


@pytest.mark.parametrize("hard", [FEW, pytest.param(MANY, marks=pytest.mark.nightly)])
def test_random_verbs_never_part_the_two_sides(hard):
    run_state_machine_as_test(Loan, settings=hard)
