"""When the clock of a state rings: the tables of `lifecycle` meet calendars and thresholds."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from postroad.directory import closures, network_rules, thresholds
from postroad.directory.models import Library
from postroad.directory.opening import Calendar
from postroad.ill.lifecycle import (
    ENDED,
    LENDERS_TURN,
    LOAN_CLOCKS,
    MORE_CLOCK,
    OUTSIDE_CLOCK,
    SUPPLY_CLOCKS,
    WISH_CLOCKS,
    Clock,
    Level,
    LoanState,
    Owner,
    SupplyState,
    Unit,
    Wish,
    of_copy,
)
from postroad.ill.lifecycle.questions import QUESTIONS, QuestionKind

NEVER_OPEN = timedelta(days=14)  # how long we wait for a library that does not open within a year


@dataclass(frozen=True, slots=True)
class Running:
    """A clock that runs: whose turn it is and until when; no time when all is done."""

    owner: Owner
    due_at: datetime | None


STOPPED = Running(owner=Owner.MACHINE, due_at=None)


def of_wish(
    wish: Wish, at: datetime, *, borrower: Library, retry_on: date | None = None
) -> Running:
    """The clock of a request that enters or stays in `wish` at `at`. What a lender has in hand has
    its clock there, and what is out on its loans. What waits does so until `retry_on`."""
    clock = WISH_CLOCKS.get(wish)
    if clock is None:
        return STOPPED
    return Running(clock.owner, _rings_at(clock, borrower, at, day=retry_on))


def of_supply(
    state: SupplyState,
    at: datetime,
    *,
    lender: Library,
    borrower: Library,
    to_send: int = 0,
    level: str = "",
) -> Running:
    """The clock of an attempt that enters or stays in `state` at `at`; `to_send` says how many
    things will follow what is out, `level` how soon a copy is to be sent."""
    more = state == SupplyState.SUPPLYING and to_send > 0
    if state not in SUPPLY_CLOCKS and not more:
        return STOPPED
    clock = supply_clock(state, outside=lender.is_outside, level=level)
    library = lender if clock.unit in (Unit.POLICY, Unit.HOURS_AT_WORK) else borrower
    return Running(clock.owner, _rings_at(clock, library, at))


def of_loan(
    state: LoanState,
    at: datetime,
    *,
    borrower: Library,
    due_back: date | None = None,
    late_at: datetime | None = None,
    outside: bool = False,
    rung: bool = False,
    for_nobody: bool = False,
    desk: Calendar | None = None,
) -> Running:
    """The clock of a thing that enters or stays in `state` at `at`.

    `late_at` is the last moment at which its parcel is not late. `outside` says that it comes from,
    and goes to, no member: by mail. `rung` says that the clock of this very state has just rung.
    What lies on the hold shelf `for_nobody` is to be sent home like what its patron brought back.
    Whoever has the borrower's calendar from `at` on gives it: `desk`, as `at_work` has it.
    """
    if state in ENDED:
        return STOPPED
    if for_nobody and state == LoanState.ARRIVED:
        state, rung = LoanState.BACK, False
    clock = by_mail(LOAN_CLOCKS[state]) if outside else LOAN_CLOCKS[state]
    owner = clock.then if rung and clock.then is not None else clock.owner
    return Running(owner, _rings_at(clock, borrower, at, due_back, late_at, desk))


def of_question(kind: QuestionKind, at: datetime, *, desk: Library, day: date | None) -> datetime:
    """Until when a question waits for an answer that was asked, or reminded of, at `at`: by the
    calendar of the desk that answers, or until the day that is named in it."""
    clock = QUESTIONS[kind].clock
    if clock.unit == Unit.DAY and (day is None or day <= desk.day_of(at)):
        return working(desk, at, 1)
    return _rings_at(clock, desk, at, day=day)


def of_day(desk: Library, day: date, at: datetime) -> datetime:
    """When a desk is asked again that said to wait until a day: as that day begins."""
    return max(_begins(desk, day), at)


def supply_clock(state: SupplyState, *, outside: bool, level: str = "") -> Clock:
    """The clock of a waiting state: an outside lender is asked after by the centre, and never
    lapses. Nor does one of which something is out."""
    if outside and state in LENDERS_TURN | {SupplyState.SUPPLYING}:
        return OUTSIDE_CLOCK
    if level and state in LENDERS_TURN:
        return of_copy(Level(level))
    return MORE_CLOCK if state == SupplyState.SUPPLYING else SUPPLY_CLOCKS[state]


def by_mail(clock: Clock) -> Clock:
    """What an outside lender sends comes by mail, which is not late as soon as the van is (R9)."""
    return replace(clock, limit="mail-late") if clock.limit == "courier-late" else clock


def _rings_at(
    clock: Clock,
    library: Library,
    at: datetime,
    due_back: date | None = None,
    late_at: datetime | None = None,
    desk: Calendar | None = None,
    day: date | None = None,
) -> datetime:
    match clock.unit:
        case Unit.DAY:
            return max(_begins(library, day or library.day_of(at)), at)
        case Unit.HOURS:
            return at + timedelta(hours=int(clock.limit))
        case Unit.ROAD if late_at is not None:
            return late_at if late_at > at else _next_reminder(library, late_at, at)
        case Unit.CALENDAR | Unit.ROAD:
            days = thresholds.days(clock.limit, on=library.day_of(at), library=library)
            return _end_of_day(library, at, days)
        case Unit.SHELF:
            desk, days = desk or at_work(library, at), library.rules.hold_shelf_days
            return desk.end_of(desk.kept_until(desk.day_of(at), days))
        case Unit.DATE:
            return _end_of_loan(library, due_back, at, desk)
        case Unit.HOURS_AT_WORK:
            hours = thresholds.days(clock.limit, on=library.day_of(at), library=library)
            return at_work(library, at).hours_after(at, hours) or at + NEVER_OPEN
        case Unit.POLICY:
            return working(library, at, getattr(library.rules, clock.limit))
        case Unit.WORKING:
            count = thresholds.days(clock.limit, on=library.day_of(at), library=library)
            return working(library, at, count)


def _begins(library: Library, day: date) -> datetime:
    """The first moment of a day, by the library's own clock."""
    eve = Calendar(frozenset(), library.time_zone).end_of(day - timedelta(days=1))
    return eve + timedelta(seconds=1)


def _end_of_day(library: Library, at: datetime, days: int) -> datetime:
    """The end of the library's own day, so many days on: that day is not yet too late (R10)."""
    day = library.day_of(at) + timedelta(days=days)
    return Calendar(frozenset(), library.time_zone).end_of(day)


def _end_of_loan(
    library: Library, due_back: date | None, at: datetime, desk: Calendar | None
) -> datetime:
    """The last moment before the library opens again after the due day; once that has passed, the
    same of the next reminder: nobody is reminded while the doors are locked."""
    if due_back is None:
        days = network_rules.terms(library, library.day_of(at)).loan_days
        return at + timedelta(days=days)
    desk = desk or at_work(library, at)
    end = desk.eve(due_back)
    if end > at:
        return end
    return desk.eve(desk.day_of(_next_reminder(library, desk.end_of(due_back), at)))


def _next_reminder(library: Library, missed: datetime, at: datetime) -> datetime:
    """The end of the day on which somebody is reminded next of what was missed: counted from then,
    so that nothing that happens in between puts it off."""
    since, today = library.day_of(missed), library.day_of(at)
    repeat = max(1, thresholds.days("overdue-repeat", on=today, library=library))
    number = max(1, -(-(today - since).days // repeat))
    rings = _end_of_day(library, missed, number * repeat)
    return rings if rings > at else _end_of_day(library, missed, (number + 1) * repeat)


def working(library: Library, at: datetime, count: int) -> datetime:
    """The end of the `count`th working day of a library after `at` (R8: closures pause it)."""
    return at_work(library, at).after(at, count) or at + NEVER_OPEN


def at_work(library: Library, at: datetime, effects: Collection[str] = closures.DESK) -> Calendar:
    """The calendar of a library's desk from some weeks before `at` on; no day counts as shut but
    those on which one of these `effects` holds."""
    return closures.calendar(library, at.date() - closures.LOOK_BACK, effects)
