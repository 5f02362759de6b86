"""Where a request stands, in one sentence and as milestones along its road."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from postroad import words
from postroad.delivery.models import CustodyStep
from postroad.ill import clocks, dates, turns
from postroad.ill.lifecycle import Outcome, State, SupplyState, Verb
from postroad.ill.models import Event, Request
from postroad.ill.rota import WhyNot
from postroad.web.shared.pieces import Place, Stone

ROAD = (
    (State.ASKED, gettext_lazy("Asked")),
    (State.REFERRED, gettext_lazy("A lender has the request")),
    (State.SHIPPED, gettext_lazy("On its way")),
    (State.ARRIVED, gettext_lazy("Ready for pickup")),
    (State.LENT, gettext_lazy("Lent")),
    (State.HOMEWARD, gettext_lazy("On its way home")),
    (State.CLOSED, gettext_lazy("Home")),
)
PLACES = [state for state, _label in ROAD]
ASKED_ONLY = gettext_lazy("A library was asked")  # until it answers, nobody has it in hand
SAID_YES = frozenset({Verb.PROMISE, Verb.REFER_OUTSIDE})
# At which milestone the states between two milestones are shown.
AT: Mapping[State, State] = {
    State.REVIEW: State.ASKED,
    State.APPROVED: State.ASKED,
    State.CENTRE: State.ASKED,
    State.BACK: State.LENT,
}
REACHED_BY: Mapping[State, frozenset[Verb]] = {
    State.ASKED: frozenset({Verb.ASK}),
    State.REFERRED: frozenset({Verb.REFER, Verb.REFER_OUTSIDE}),
    State.SHIPPED: frozenset({Verb.SHIP}),
    State.ARRIVED: frozenset({Verb.RECEIVE}),
    State.LENT: frozenset({Verb.CHECK_OUT}),
    State.HOMEWARD: frozenset({Verb.SHIP_RETURN}),
    State.CLOSED: frozenset({Verb.CHECK_IN, Verb.CANCEL, Verb.DECLINE, Verb.EXPIRE}),
}
DELIVERED = frozenset({Outcome.FILLED, Outcome.UNCLAIMED})


@dataclass(frozen=True, slots=True)
class Status:
    """How it stands: one plain sentence, what comes next, and how it feels."""

    sentence: str
    detail: str = ""
    tone: str = "note"  # ok, warn, no, note


def status(ill: Request, now: datetime) -> Status:
    """The one line that the patron reads. It names no code, no clerk and no machine."""
    return SAY[State(ill.state)](ill, now)


def _asked(ill: Request, now: datetime) -> Status:
    return Status(
        _("We have your request and are looking for a library that can send it."),
        _("You will hear from us as soon as it is on its way."),
    )


def _review(ill: Request, now: datetime) -> Status:
    place = {"library": ill.library.name}
    return Status(
        _("%(library)s is looking at your request.") % place,
        _("Staff there will decide. You do not need to do anything."),
        "warn",
    )


def _centre(ill: Request, now: datetime) -> Status:
    if ill.need_by is not None and _too_late(ill):
        by = {"day": words.day(ill.need_by)}
        return Status(
            _("No library nearby can send it by %(day)s; the ILL center is looking farther away.")
            % by,
            _("If you can wait longer, choose a later date: libraries nearby could send it then."),
            "warn",
        )
    return Status(
        _("No library nearby can send it, so the ILL center is looking farther away."),
        _("This takes a few more days. You will hear from us either way."),
        "warn",
    )


def _too_late(ill: Request) -> bool:
    """Whether members could send it, but after the day on which it is needed."""
    led = (
        ill.events.filter(verb=Verb.ESCALATE)
        .order_by("-pk")
        .values_list("facts", flat=True)
        .first()
    )
    return bool(led and led.get("rota", {}).get("passed_over", {}).get(WhyNot.TOO_LATE))


def _referred(ill: Request, now: datetime) -> Status:
    lender = {"lender": _lender(ill)}
    if _has_answered(ill):
        sentence = _("%(lender)s has promised it and is getting it from the shelf.") % lender
    else:
        sentence = _("%(lender)s was asked to send it.") % lender
    day = _still_expected(ill, now)
    if day is None:
        return Status(sentence)
    hope = _("If all goes well it will be here on %(day)s.") % {"day": words.day(day)}
    return Status(sentence, hope)


def _shipped(ill: Request, now: datetime) -> Status:
    facts = {"town": _town(ill), "library": ill.library.name}
    if _at_the_door(ill):
        return Status(
            _("It has reached %(library)s, where staff are unpacking it.") % facts,
            _("We will tell you as soon as you can pick it up."),
        )
    day = _expected(ill)
    if day is None:
        return Status(_("On its way from %(town)s to %(library)s.") % facts)
    dated = {**facts, "day": words.day(day)}
    if day < ill.library.day_of(now):
        return Status(
            _("On its way from %(town)s, later than planned.") % facts,
            _("It should have been at %(library)s on %(day)s. We are watching it.") % dated,
            "warn",
        )
    return Status(_("On its way from %(town)s; should be here on %(day)s.") % dated)


def _arrived(ill: Request, now: datetime) -> Status:
    place = {"library": ill.library.name}
    until = ill.rings_at
    if until is None or (ill.loan is not None and dates.is_unclaimed(ill.loan, now)):
        return Status(
            _("Waiting for you at %(library)s, but not for much longer.") % place, tone="warn"
        )
    return Status(
        _("Ready for you at %(library)s.") % place,
        _("It is held until %(day)s.") % {"day": words.day(ill.library.day_of(until))},
        "ok",
    )


def _lent(ill: Request, now: datetime) -> Status:
    loan = ill.loan
    if loan is None or loan.due_back is None:
        return Status(_("You have it at home."), tone="ok")
    due = {"day": words.day(loan.due_back), "library": ill.library.name}
    today = ill.library.day_of(now)
    if turns.is_overdue(ill, now):
        return Status(
            _("It was due back on %(day)s.") % due,
            _("Please bring it to %(library)s.") % due,
            "no",
        )
    if loan.due_back < today:
        return _behind_a_locked_door(ill, loan.due_back, now)
    sentence = _("You have it until %(day)s.") % due
    if loan.due_back == today:
        return Status(sentence, _("That is today."), "warn")
    if loan.due_back == today + timedelta(days=1):
        return Status(sentence, _("That is tomorrow."), "warn")
    return Status(sentence, tone="ok")


def _behind_a_locked_door(ill: Request, due_back: date, now: datetime) -> Status:
    """Its day has passed, and the library has not been open since: nobody could bring it back."""
    facts = {"library": ill.library.name, "due": words.day(due_back)}
    again = clocks.at_work(ill.library, now).next_open(ill.library.day_of(now))
    said = _("It was to come back on %(due)s, but %(library)s is closed.") % facts
    if again is None:
        return Status(said, _("Keep it until the library is open again."), "warn")
    day = {"day": words.day(again)}
    return Status(said, _("Bring it on %(day)s, when it opens again.") % day, "warn")


def _back(ill: Request, now: datetime) -> Status:
    return Status(
        _("You have brought it back. Thank you."),
        _("%(library)s is sending it home.") % {"library": ill.library.name},
        "ok",
    )


def _homeward(ill: Request, now: datetime) -> Status:
    return Status(_("It is on its way home to %(lender)s.") % {"lender": _lender(ill)}, tone="ok")


def _closed(ill: Request, now: datetime) -> Status:
    ends: dict[str, Status] = {
        Outcome.FILLED: Status(_("Finished: it has been returned."), tone="ok"),
        Outcome.UNCLAIMED: Status(_("It was not picked up and has been sent home."), tone="warn"),
        Outcome.CANCELLED: Status(_("Canceled.")),
        Outcome.UNFILLED: Status(_("We could not get it for you."), ill.reason, "no"),
        Outcome.EXPIRED: Status(
            _("No library could send it by the date you needed it, so the request has ended."),
            _("If you still want it, ask again with a later date."),
            "no",
        ),
    }
    return ends[ill.outcome]


SAY: Mapping[State, Callable[[Request, datetime], Status]] = {
    State.ASKED: _asked,
    State.REVIEW: _review,
    State.APPROVED: _asked,
    State.REFERRED: _referred,
    State.CENTRE: _centre,
    State.SHIPPED: _shipped,
    State.ARRIVED: _arrived,
    State.LENT: _lent,
    State.BACK: _back,
    State.HOMEWARD: _homeward,
    State.CLOSED: _closed,
}


def stones(ill: Request, now: datetime, events: list[Event] | None = None) -> list[Stone]:
    """The milestones of a request; with its events, each passed one has its day."""
    if ill.state == State.CLOSED and ill.outcome not in DELIVERED:
        return _cut_short(ill, events or [])
    here = AT.get(State(ill.state), State(ill.state))
    standing = PLACES.index(here)
    days = _days(events or [], ill)
    return [
        _stone(ill, now, state, label, number - standing, days)
        for number, (state, label) in enumerate(ROAD)
    ]


def _stone(
    ill: Request,
    now: datetime,
    state: State,
    label: Promise,
    away: int,
    days: Mapping[State, datetime],
) -> Stone:
    if away < 0 or (away == 0 and state == State.CLOSED):
        return Stone(str(label), Place.PASSED, days.get(state))
    if away == 0:
        here = label if state != State.REFERRED or _has_answered(ill) else ASKED_ONLY
        return Stone(str(here), Place.HERE, days.get(state), _place(ill))
    expected = _expected_at(ill, state, now)
    late = expected is not None and expected < ill.library.day_of(now)
    return Stone(str(label), Place.AHEAD, expected, late=late)


def _expected_at(ill: Request, state: State, now: datetime) -> date | None:
    """The day on which a milestone ahead should be reached, where that can be said."""
    if state != State.ARRIVED:
        return None
    if ill.state == State.REFERRED:
        return _still_expected(ill, now)
    on_its_way = ill.state == State.SHIPPED and not _at_the_door(ill)
    return _expected(ill) if on_its_way else None


def _place(ill: Request) -> str:
    """Who has it at the milestone where it stands."""
    here = {
        State.REVIEW: ill.library.name,
        State.CENTRE: _("The ILL center"),
        State.REFERRED: _lender(ill),
        State.SHIPPED: _("From %(town)s") % {"town": _town(ill)},
        State.ARRIVED: ill.library.name,
        State.BACK: ill.library.name,
        State.HOMEWARD: _("To %(lender)s") % {"lender": _lender(ill)},
    }
    return here.get(State(ill.state), "")


def _cut_short(ill: Request, events: list[Event]) -> list[Stone]:
    """The road of a request that ended early: what was passed, and the end."""
    days = _days(events, ill)
    labels = {State.ASKED: ROAD[0][1], State.REFERRED: ROAD[1][1]}
    if not _last_said_yes(events):
        labels[State.REFERRED] = ASKED_ONLY
    passed = [
        Stone(str(label), Place.PASSED, days[state])
        for state, label in labels.items()
        if state in days
    ]
    end = words.label(words.ill.OUTCOMES, ill.outcome)
    return [*passed, Stone(end[:1].upper() + end[1:], Place.PASSED, ill.closed_at)]


def _days(events: list[Event], ill: Request) -> dict[State, datetime]:
    """When each milestone was last reached; one to which it fell back undoes those after it."""
    days = {State.ASKED: ill.asked_at}
    for event in events:
        after = State(event.after)
        if after != State.CLOSED:
            reached = PLACES.index(AT.get(after, after))
            days = {state: day for state, day in days.items() if PLACES.index(state) <= reached}
        for state, verbs in REACHED_BY.items():
            if event.verb in verbs:
                days[state] = event.at
    return days


def _has_answered(ill: Request) -> bool:
    """Whether the lender in hand has said yes, or is one outside, of which we hear by and by."""
    return ill.supply is not None and ill.supply.state != SupplyState.ASKED


def _last_said_yes(events: list[Event]) -> bool:
    """The same of a request that has ended, whose lender's record is closed."""
    steps = [event.verb for event in events if event.verb in {Verb.REFER, *SAID_YES}]
    return bool(steps) and steps[-1] in SAID_YES


def _at_the_door(ill: Request) -> bool:
    """Whether the van has left it at the borrowing library, which has not unpacked it yet."""
    parcel = ill.loan.parcel_out if ill.loan is not None else None
    if parcel is None or parcel.last_step != CustodyStep.DROPPED:
        return False
    return parcel.last_library_id == ill.library_id


def _expected(ill: Request) -> date | None:
    """When what is on its way arrives; before that, when what was asked for could."""
    if ill.loan is not None:
        return ill.loan.arrives_on
    return ill.supply.expected_on if ill.supply is not None else None


def _still_expected(ill: Request, now: datetime) -> date | None:
    """The day foreseen when the lender was asked, as long as the van can still keep it: what is
    on the lender's shelf today is not here before tomorrow."""
    day = _expected(ill)
    return day if day is not None and day > ill.library.day_of(now) else None


def _lender(ill: Request) -> str:
    return ill.supply.lender_name if ill.supply is not None else _("its library")


def _town(ill: Request) -> str:
    """Where it comes from, as short as can be: the town, or the name of an outside lender."""
    supply = ill.supply
    if supply is None:
        return _("its library")
    return supply.lender_name if supply.is_outside else supply.lender.town
