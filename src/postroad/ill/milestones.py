"""The road of a request as a few milestones: which are passed and when, and when the next is due.

For whoever shows or sends it; what a milestone is called is the shower's business.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from postroad.delivery.models import CustodyStep
from postroad.ill import turns
from postroad.ill.lifecycle import Outcome, State, SupplyState, Verb
from postroad.ill.models import Event, Request
from postroad.ill.rota import WhyNot

ROAD = (
    *(State.ASKED, State.REFERRED, State.SHIPPED, State.ARRIVED),
    *(State.LENT, State.HOMEWARD, State.CLOSED),
)
COPY_ROAD = (State.ASKED, State.REFERRED, State.DELIVERED, State.CLOSED)
# At which milestone the states between two milestones are shown.
AT: Mapping[State, State] = {
    State.REVIEW: State.ASKED,
    State.APPROVED: State.ASKED,
    State.WAITING: State.ASKED,
    State.CENTRE: State.ASKED,
    State.BACK: State.LENT,
}
REACHED_BY: Mapping[Verb, State] = {
    Verb.ASK: State.ASKED,
    Verb.REFER: State.REFERRED,
    Verb.REFER_OUTSIDE: State.REFERRED,
    **dict.fromkeys((Verb.SHIP, Verb.SHIP_LATE), State.SHIPPED),
    Verb.RECEIVE: State.ARRIVED,
    Verb.DELIVER: State.DELIVERED,
    **dict.fromkeys((Verb.CHECK_OUT, Verb.ENTER), State.LENT),
    Verb.SHIP_RETURN: State.HOMEWARD,
    **dict.fromkeys(
        (
            Verb.FINISH,
            Verb.CHECK_IN,
            Verb.CANCEL,
            Verb.DECLINE,
            Verb.EXPIRE,
            Verb.WRITE_OFF,
            Verb.UNDO_ENTER,
        ),
        State.CLOSED,
    ),
}
SAID_YES = frozenset({Verb.PROMISE, Verb.OFFER, Verb.REFER_OUTSIDE})
CAME_HOME = frozenset({Outcome.FILLED, Outcome.UNCLAIMED})
WENT_ITS_WAY = CAME_HOME | {Outcome.DELIVERED}


class Place(StrEnum):
    """Where a milestone lies, seen from where the thing is now."""

    PASSED = "passed"
    HERE = "here"
    AHEAD = "ahead"


@dataclass(frozen=True, slots=True)
class Milestone:
    """One of them."""

    state: State
    place: Place
    day: date | datetime | None = None  # on which it was passed, or is expected
    late: bool = False  # the day is over and the thing is not there
    answered: bool = True  # of a lender asked: it has said yes


def road(ill: Request, now: datetime, events: Sequence[Event] = ()) -> list[Milestone]:
    """The milestones of a request; with its events, each passed one has its day. One that ended
    without a loan has those that it passed, and the end."""
    days = reached(ill, events)
    way = of(ill)
    if ill.state == State.CLOSED and ill.outcome not in WENT_ITS_WAY:
        answered = last_said_yes(events)
        passed = [
            Milestone(state, Place.PASSED, days[state], answered=answered)
            for state in way[:-1]
            if state in days
        ]
        return [*passed, Milestone(State.CLOSED, Place.PASSED, ill.closed_at)]
    here = way.index(at(State(ill.state)))
    return [_one(ill, now, state, n - here, days) for n, state in enumerate(way)]


def _one(
    ill: Request, now: datetime, state: State, away: int, days: Mapping[State, datetime]
) -> Milestone:
    if away < 0 or (away == 0 and state == State.CLOSED):
        return Milestone(state, Place.PASSED, days.get(state))
    if away == 0:
        answered = state != State.REFERRED or has_answered(ill)
        return Milestone(state, Place.HERE, days.get(state), answered=answered)
    expected = _expected_at(ill, state, now)
    late = expected is not None and expected < ill.library.day_of(now)
    return Milestone(state, Place.AHEAD, expected, late)


def of(ill: Request) -> tuple[State, ...]:
    """The milestones that a request passes: a copy does not travel."""
    return COPY_ROAD if ill.is_copy else ROAD


def at(state: State) -> State:
    """The milestone at which a state is shown."""
    return AT.get(state, state)


def reached(ill: Request, events: Iterable[Event]) -> dict[State, datetime]:
    """When each milestone was last reached; one to which it fell back undoes those after it."""
    days, way = {State.ASKED: ill.asked_at}, of(ill)
    for event in events:
        after = at(State(event.after))
        if after != State.CLOSED and after in way:  # it may have been a loan before
            last = way.index(after)
            days = {state: day for state, day in days.items() if way.index(state) <= last}
        if (state := REACHED_BY.get(Verb(event.verb))) in way:
            days[state] = event.at
    return days


def _expected_at(ill: Request, state: State, now: datetime) -> date | None:
    """The day on which a milestone ahead should be reached, where that can be said."""
    if state != State.ARRIVED:
        return None
    if ill.state == State.REFERRED:
        return still_expected(ill, now)
    on_its_way = ill.state == State.SHIPPED and not is_at_the_door(ill)
    return expected(ill) if on_its_way else None


def expected(ill: Request) -> date | None:
    """When what is on its way arrives; before that, when what was asked for could."""
    if ill.loan is not None:
        return ill.loan.arrives_on
    return ill.supply.expected_on if ill.supply is not None else None


def still_expected(ill: Request, now: datetime) -> date | None:
    """The day foreseen when the lender was asked, as long as the van can still keep it: what is
    on the lender's shelf today is not here before tomorrow."""
    day = expected(ill)
    return day if day is not None and day > ill.library.day_of(now) else None


def is_late(ill: Request, now: datetime) -> bool:
    """Whether it is on the road after the day on which it should have arrived."""
    return ill.loan is not None and turns.is_late_on_road(ill.loan, now)


def has_answered(ill: Request) -> bool:
    """Whether the lender in hand has said yes, or is one outside, of which we hear by and by."""
    return ill.supply is not None and ill.supply.state != SupplyState.ASKED


def last_said_yes(events: Iterable[Event]) -> bool:
    """The same of a request that has ended, whose lender's record is closed."""
    steps = [event.verb for event in events if event.verb in {Verb.REFER, *SAID_YES}]
    return bool(steps) and steps[-1] in SAID_YES


def is_at_the_door(ill: Request) -> bool:
    """Whether the van has left it at the borrowing library, which has not unpacked it yet."""
    parcel = ill.loan.parcel_out if ill.loan is not None else None
    if parcel is None or parcel.last_step != CustodyStep.DROPPED:
        return False
    return parcel.last_library_id == ill.library_id


def could_come_later(ill: Request) -> bool:
    """Whether members could send it, but after the day on which it is needed."""
    if ill.need_by is None:
        return False
    led = ill.events.filter(verb=Verb.ESCALATE).order_by("-pk")
    facts = led.values_list("facts", flat=True).first()
    return bool(facts and facts.get("rota", {}).get("passed_over", {}).get(WhyNot.TOO_LATE))
