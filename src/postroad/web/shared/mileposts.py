"""Where a request stands, in one sentence and as milestones along its road."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _

from postroad import words
from postroad.ill import clocks, dates, milestones, turns
from postroad.ill.lifecycle import Outcome, State, SupplyState, Verb
from postroad.ill.milestones import Milestone, Place
from postroad.ill.models import Event, Request
from postroad.ill.models.question import stops
from postroad.web.shared.pieces import Stone
from postroad.web.shared.turn import no_day


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
    until = _("You will hear from us as soon as it is on its way.")
    if ill.is_copy:
        until = _("You will hear from us as soon as it is here.")
    return Status(_("We have your request and are looking for a library that can send it."), until)


def _review(ill: Request, now: datetime) -> Status:
    place = {"library": ill.library.name}
    return Status(
        _("%(library)s is looking at your request.") % place,
        _("Staff there will decide. You do not need to do anything."),
        "warn",
    )


def _centre(ill: Request, now: datetime) -> Status:
    if ill.need_by is not None and milestones.could_come_later(ill):
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


def _referred(ill: Request, now: datetime) -> Status:
    lender = {"lender": _lender(ill), "library": ill.library.name}
    if ill.supply is not None and ill.supply.state == SupplyState.OFFERED:
        return Status(
            _("%(lender)s can send it on conditions.") % lender,
            _("%(library)s is looking at them. You do not need to do anything.") % lender,
        )
    if ill.is_copy and ill.supply is not None and ill.supply.use is not None:
        sentence = _("%(lender)s was asked to send it once more.") % lender
    elif milestones.has_answered(ill):
        sentence = _("%(lender)s has promised it and is getting it from the shelf.") % lender
    else:
        sentence = _("%(lender)s was asked to send it.") % lender
    day = milestones.still_expected(ill, now)
    if day is None:
        return Status(sentence)
    hope = _("If all goes well it will be here on %(day)s.") % {"day": words.day(day)}
    return Status(sentence, hope)


def _waiting(ill: Request, now: datetime) -> Status:
    return Status(
        words.ill.waits(ill),
        _("We ask for it again on that day. You do not need to do anything."),
    )


def _shipped(ill: Request, now: datetime) -> Status:
    facts = {"town": _town(ill), "library": ill.library.name}
    if milestones.is_at_the_door(ill):
        return Status(
            _("It has reached %(library)s, where staff are unpacking it.") % facts,
            _("We will tell you as soon as you can pick it up."),
        )
    day = milestones.expected(ill)
    if day is None:
        why = no_day(ill.loan.parcel_out if ill.loan else None)
        return Status(_("On its way from %(town)s to %(library)s.") % facts, why)
    dated = {**facts, "day": words.day(day)}
    if milestones.is_late(ill, now):
        return Status(
            _("On its way from %(town)s, later than planned.") % facts,
            _("It should have been at %(library)s on %(day)s. We are watching it.") % dated,
            "warn",
        )
    return Status(_("On its way from %(town)s; should be here on %(day)s.") % dated)


def _arrived(ill: Request, now: datetime) -> Status:
    place = {"library": ill.library.name}
    if not to_pick_up(ill):
        if ill.loan is not None and ill.loan.not_wanted:
            return Status(_("It is at %(library)s, and goes back to its owner.") % place)
        return Status(
            _("It has reached %(library)s, where staff are checking it.") % place,
            _("You cannot pick it up yet. Your library can tell you more."),
            "warn",
        )
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


def to_pick_up(ill: Request) -> bool:
    """Whether it is on the hold shelf for her, and nothing has to be settled before she has it."""
    loan = ill.loan
    if ill.state != State.ARRIVED or (loan is not None and loan.not_wanted):
        return False
    return not stops(ill, Verb.CHECK_OUT, loan)


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


def _delivered(ill: Request, now: datetime) -> Status:
    return Status(_("Your copy is here."), tone="ok")


def _closed(ill: Request, now: datetime) -> Status:
    ends: dict[str, Status] = {
        Outcome.FILLED: Status(_("Finished: it has been returned."), ill.reason, "ok"),
        Outcome.DELIVERED: Status(_("Finished: you had a copy."), tone="ok"),
        Outcome.LOST: Status(
            _("Finished: the library that owns it has given it up as lost."),
            _("If you have a question about it, ask your library."),
            "warn",
        ),
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
    State.WAITING: _waiting,
    State.REFERRED: _referred,
    State.CENTRE: _centre,
    State.SHIPPED: _shipped,
    State.ARRIVED: _arrived,
    State.LENT: _lent,
    State.BACK: _back,
    State.HOMEWARD: _homeward,
    State.DELIVERED: _delivered,
    State.CLOSED: _closed,
}


def stones(ill: Request, now: datetime, events: Sequence[Event] = ()) -> list[Stone]:
    """The milestones of a request; with its events, each passed one has its day."""
    return [_stone(ill, each) for each in milestones.road(ill, now, events)]


def _stone(ill: Request, each: Milestone) -> Stone:
    label = str(words.ill.MILESTONES[each.state])
    if each.state == State.CLOSED and ill.is_copy:
        label = _("Finished")
    if each.state == State.REFERRED and not each.answered:
        label = str(words.ill.ASKED_ONLY)
    if each.state == State.ARRIVED and each.place == Place.HERE and not to_pick_up(ill):
        label = str(words.ill.NOT_READY)
    if each.state == State.CLOSED and each.place == Place.PASSED:
        label = _end(ill)
    detail = _place(ill) if each.place == Place.HERE else ""
    return Stone(label, each.place, each.day, detail, late=each.late)


def _end(ill: Request) -> str:
    """The last milestone: it is home, or how the request ended without a loan."""
    if ill.is_copy and ill.outcome == Outcome.DELIVERED:
        return _("Finished")
    if ill.outcome in milestones.CAME_HOME:
        return str(words.ill.MILESTONES[State.CLOSED])
    end = words.label(words.ill.OUTCOMES, ill.outcome)
    return end[:1].upper() + end[1:]


def _place(ill: Request) -> str:
    """Who has it at the milestone where it stands."""
    here = {
        State.REVIEW: ill.library.name,
        State.WAITING: _lender(ill),
        State.CENTRE: _("The ILL center"),
        State.REFERRED: _lender(ill),
        State.SHIPPED: _("From %(town)s") % {"town": _town(ill)},
        State.ARRIVED: ill.library.name,
        State.BACK: ill.library.name,
        State.HOMEWARD: _("To %(lender)s") % {"lender": _lender(ill)},
    }
    return here.get(State(ill.state), "")


def _lender(ill: Request) -> str:
    return ill.supply.lender_name if ill.supply is not None else _("its library")


def _town(ill: Request) -> str:
    """Where it comes from, as short as can be: the town, or the name of an outside lender."""
    supply = ill.supply
    if supply is None:
        return _("its library")
    return supply.lender_name if supply.is_outside else supply.lender.town
