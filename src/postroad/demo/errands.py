"""What follows from a request in the demonstration: who comes back to it, when, to do what."""

import heapq
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from zoneinfo import ZoneInfo

from postroad.accounts.models import Card, Role, User
from postroad.catalogue.models import Item, ItemStatus, Record
from postroad.delivery import parcels, stops
from postroad.delivery.models import Parcel, Stop
from postroad.demo.facts import CENTRE
from postroad.demo.people import HOME, LENDER
from postroad.directory import closures
from postroad.directory.models import Library
from postroad.directory.opening import ALWAYS, HORIZON, Calendar, Standing, weekdays
from postroad.errors import Refusal
from postroad.ill import asking, borrowing, lending, loans, mediation, numbering, shipping, sweeps
from postroad.ill.acts import Act
from postroad.ill.lifecycle import Owner, Reason, State, SupplyState
from postroad.ill.models import Loan, Request, Supply, System
from postroad.situations import switching
from postroad.worker import run

HISTORY = timedelta(days=92)
HOURS, DAYS = timedelta(hours=1), timedelta(days=1)
OPENS, CLOSES = 9, 17  # by the clock there, for desks and vans; readers ask at any hour
LOCAL = ZoneInfo("America/New_York")
ANY_DAY = Calendar(weekdays(ALWAYS))
ASTRAY = 0.025  # of the parcels: they lie somewhere for weeks, unseen
MACHINES_TURN = frozenset({State.ASKED, State.APPROVED})
# Why lenders say no, as counted over 18,289 answers: docs/reference/data.md names the source.
NO = {
    Reason.NOT_ON_SHELF: 25,
    Reason.ON_LOAN: 21,
    Reason.LACKS_PART: 18,
    Reason.ON_HOLD: 15,
    Reason.NOT_AS_CITED: 5,
    Reason.OTHER: 5,
    Reason.REFERENCE: 3,
    Reason.BINDERY: 3,
    Reason.MISSING: 3,
}
CLIO_IDS = 410_000  # where the center's own count of requests stands; invented
UNFILLED = (
    "No library that we can reach lends this title.",
    "Only copies that may not leave their library were found.",
    "Every copy that we found is newly bought and not lent yet.",
)
OUTSIDE = (
    ("x-congress", "OCLC WorldShare"),
    ("x-yale", "OCLC WorldShare"),
    ("x-new-york", "OCLC WorldShare"),
    ("x-dartmouth", "RapidILL"),
    ("x-maine", "OCLC WorldShare"),
)


def works(days: Calendar, day: date) -> bool:
    """Whether somebody may be at work on a day; of whom no days are known, on any."""
    return days.standing(day) != Standing.CLOSED


def at_work(days: Calendar, at: datetime) -> bool:
    there = at.astimezone(LOCAL)
    return OPENS <= there.hour < CLOSES and works(days, there.date())


@dataclass(order=True)
class Errand:
    """Somebody comes back to a request at a time."""

    at: datetime
    number: int
    ill: Request = field(compare=False)  # as that person remembers it


class Errands:
    """The cast, the dice and the queue."""

    def __init__(self, seed: int, now: datetime) -> None:
        self.dice = random.Random(seed)  # noqa: S311  # a story, not a secret
        self.now = now
        self.errands: list[Errand] = []
        self.numbers = count()
        self.people = {user.username: user for user in User.objects.all()}
        self.libraries = Library.objects.select_related("policy").in_bulk()
        self.cards = list(Card.objects.select_related("user").order_by("pk"))
        for card in self.cards:
            card.library = self.libraries[card.library_id]
        self.driver = self.people[Role.DRIVER]
        since = (now - HISTORY - DAYS).date()
        self.van = stops.calendars(list(Stop.objects.values_list("library", flat=True)), since)
        self.desks = closures.calendars(list(self.libraries.values()), since)
        self.elsewhere = {each.code: each for each in self.libraries.values() if each.is_outside}
        self.centre = next(each.pk for each in self.libraries.values() if each.code == CENTRE)
        self.swept: date | None = None

    def later(self, ill: Request, at: datetime) -> None:
        at = self.in_hours(self.whose_days(ill), at)
        heapq.heappush(self.errands, Errand(at, next(self.numbers), ill))

    def whose_days(self, ill: Request) -> Calendar:
        """The days of the desk whose turn it is; while the van has it, any day."""
        supply, loan, desk, parcel = ill.supply, ill.loan, ill.library_id, None
        lender = self.centre if supply is None or supply.is_outside else supply.lender_id
        match State(ill.state):
            case State.REFERRED:
                desk = lender
            case State.CENTRE:
                desk = self.centre
            case State.SHIPPED:
                parcel = loan and loan.parcel_out
            case State.HOMEWARD:
                desk, parcel = lender, loan and loan.parcel_home
        with_van = parcel and parcel.expected_on and parcel.state in ("ready", "moving")
        return ANY_DAY if with_van else self.desks[desk]

    def in_hours(self, days: Calendar, at: datetime) -> datetime:
        """That time or, if nobody works then, one between nine and five on the next day of work."""
        if at_work(days, at):
            return at
        there = at.astimezone(LOCAL)
        first = there.date() + DAYS if there.hour >= CLOSES else there.date()
        ahead = (first + number * DAYS for number in range(HORIZON))
        day = next((day for day in ahead if works(days, day)), first)
        opening = datetime.combine(day, time(OPENS), LOCAL).astimezone(UTC)
        return opening + self.within(timedelta(), (CLOSES - OPENS) * HOURS)

    def hour_before(self, days: Calendar, at: datetime) -> datetime:
        """That time or, if nobody works then, one on the last day of work before it."""
        if at_work(days, at):
            return at
        there = at.astimezone(LOCAL)
        last = there.date() - DAYS if there.hour < OPENS else there.date()
        back = (last - number * DAYS for number in range(HORIZON))
        day = next((day for day in back if works(days, day)), last)
        closing = datetime.combine(day, time(CLOSES), LOCAL).astimezone(UTC)
        return closing - self.within(HOURS / 4, (CLOSES - OPENS) * HOURS)

    def catch_up(self, until: datetime) -> int:
        """Everything that happens before a moment, in its order."""
        done = 0
        while self.errands and self.errands[0].at <= until:
            errand = heapq.heappop(self.errands)
            self.sweep(errand.at)
            self.step(errand)
            done += 1
        return done

    def sweep(self, at: datetime) -> None:
        """The clocks, once a day of the story."""
        if self.swept == at.date():
            return
        self.swept = at.date()
        switching.follow(at)
        sweeps.ring(at)
        sweeps.expire(at)
        sweeps.closed_lenders(at)
        sweeps.forget(at)
        run.until_idle(at)

    def within(self, least: timedelta, most: timedelta) -> timedelta:
        return least + self.dice.random() * (most - least)

    def ask(self, at: datetime, record: Record, number: int) -> None:
        """A reader asks; now and then it is the demo's own patron."""
        card = self.cards[0] if number % 32 == 0 else self.dice.choice(self.cards[1:])
        need_by = at.date() + self.within(12 * DAYS, 40 * DAYS) if self.chance(0.3) else None
        try:
            ill = asking.ask(
                record,
                Act(card.user, at),
                patron=card.user,
                library=card.library,
                need_by=need_by,
                insists=self.chance(0.04),
            )
        except Refusal:
            return
        run.until_idle(at)
        self.later(ill, at + self.within(2 * HOURS, 30 * HOURS))

    def step(self, errand: Errand) -> None:
        """Whoever's turn it is does what such a person does.

        If it is the worker's turn then, it works at once; of the rest it hears in the evening, many
        at a time.
        """
        ill, at = self.as_it_is_now(errand.ill), errand.at
        act = self.TURN.get(State(ill.state))
        if act is None:
            return
        if ill is not errand.ill and not at_work(self.whose_days(ill), at):
            self.later(ill, at)  # it is another's turn by now, and that desk is closed
            return
        try:
            wait = act(self, ill, at)
        except Refusal:
            ill, wait = self.read_anew(ill), DAYS
        if ill.state in MACHINES_TURN:
            run.until_idle(at)
        if wait is not None:
            self.later(ill, at + wait)

    def as_it_is_now(self, ill: Request) -> Request:
        """What is remembered, if nobody else has done anything to it since."""
        rings = ill.loan.due_at if ill.loan else None
        now = Request.objects.filter(pk=ill.pk).values_list("version", "current_loan__due_at")
        return ill if now.get() == (ill.version, rings) else self.read_anew(ill)

    def read_anew(self, ill: Request) -> Request:
        known = Request.objects.select_related("current", "current_loan", "patron")
        ill = known.get(pk=ill.pk)
        ill.library = self.libraries[ill.library_id]
        if ill.current:
            ill.current.lender = self.libraries[ill.current.lender_id]
        if ill.current_loan:
            ill.current_loan.lender = self.libraries[ill.current_loan.lender_id]
            ill.current_loan.borrower = ill.library
        return ill

    def chance(self, of: float) -> bool:
        return self.dice.random() < of

    def staff_of(self, library: Library) -> User | None:
        """The clerk with an account, where the demonstration has one."""
        return self.people[Role.BORROWING] if library.code == HOME else None

    def review(self, ill: Request, at: datetime) -> timedelta | None:
        clerk = self.staff_of(ill.library)
        if self.chance(0.35):
            return 3 * DAYS  # nobody has looked yet
        if "blocked" in ill.concerns:
            reason = "Your card is blocked. Please come to the desk."
            borrowing.decline(ill, Act(clerk, at), reason=reason)
            return None
        borrowing.approve(ill, Act(clerk, at), note="Looked at the shelf: it is not usable.")
        return self.within(4 * HOURS, DAYS)

    def answer(self, ill: Request, at: datetime) -> timedelta | None:
        """The lender walks to the shelf; some are slow, some say no, readers change their minds."""
        supply = self.supply(ill)
        if supply.is_outside:
            return self.outside(supply, at)
        if self.chance(0.03):
            borrowing.cancel(ill, Act(ill.patron, at))
            return None
        if self.chance(0.12):
            return 5 * DAYS  # silent past its own limit: the clock will take it on
        by = self.people[Role.LENDING] if supply.lender.code == LENDER else None
        item = (
            Item.objects.filter(
                record=ill.record_id, library=supply.lender_id, status=ItemStatus.IN
            )
            .select_related("record", "library")
            .first()
        )
        if item is None or self.chance(0.15):
            reason = self.dice.choices(list(NO), weights=list(NO.values()))[0]
            lending.refuse(supply, Act(by, at), reason=reason, item=item)
            return self.within(3 * HOURS, 30 * HOURS)
        if supply.state == SupplyState.ASKED and self.chance(0.3):
            lending.promise(supply, Act(by, at))
            return self.within(2 * HOURS, DAYS)
        shipping.ship(supply, Act(by, at), item=item)
        return 3 * HOURS

    def outside(self, supply: Supply, at: datetime) -> timedelta | None:
        if self.chance(0.3):
            lending.refuse(supply, Act(self.people[Role.CENTRE], at), reason=Reason.ON_LOAN)
        elif self.chance(0.6):
            mediation.outside_shipped(
                supply,
                Act(self.people[Role.CENTRE], at),
                lender_due_on=at.date() + timedelta(days=35),
                barcode=f"X{supply.pk:06}",
            )
        return self.within(2 * DAYS, 6 * DAYS)

    def travel(self, ill: Request, at: datetime) -> timedelta | None:
        """The van: picked up on the sender's next day, dropped on the receiver's; then received."""
        loan = self.thing(ill)
        return self.carried(loan.parcel_out, at, lambda: self.arrive(loan, at))

    def carried(
        self, parcel: Parcel | None, at: datetime, arrive: Callable[[], timedelta]
    ) -> timedelta:
        if parcel is None or parcel.expected_on is None:
            return arrive()
        parcel.from_library = self.libraries[parcel.from_library_id]
        parcel.to_library = self.libraries[parcel.to_library_id]
        if parcel.state == "ready":
            if self.van_takes(parcel.from_library_id, at):
                parcels.pick_up(parcel, by=self.driver, at=at)
            return self.until_morning(at)
        if at.date() < parcel.expected_on:
            return self.until_morning(at, parcel.expected_on - at.date())
        if parcel.state == "moving" and self.chance(ASTRAY):
            return self.until_morning(at, 40 * DAYS)
        if parcel.state == "moving" and self.chance(0.04):
            return self.until_morning(at)
        if parcel.state == "moving" and not self.van_brings(parcel.to_library_id, at):
            return self.until_morning(at)
        if parcel.state == "moving":
            parcels.drop(parcel, library=parcel.to_library, by=self.driver, at=at)
            return self.within(1 * HOURS, 5 * HOURS)
        return arrive()

    def van_takes(self, library: int, at: datetime) -> bool:
        return (van := self.van.get(library)) is not None and van.pick_up.is_open(van.day_of(at))

    def van_brings(self, library: int, at: datetime) -> bool:
        return (van := self.van.get(library)) is not None and van.drop.is_open(van.day_of(at))

    def until_morning(self, at: datetime, days: timedelta = DAYS) -> timedelta:
        """To a time between eight and noon so many days on, in Massachusetts."""
        morning = (at + days).replace(hour=13, minute=0) + self.within(timedelta(), 4 * HOURS)
        return morning - at

    def arrive(self, loan: Loan, at: datetime) -> timedelta:
        loans.receive(loan, Act(self.staff_of(loan.borrower), at))
        return self.within(5 * HOURS, 4 * DAYS)

    def fetch(self, ill: Request, at: datetime) -> timedelta | None:
        loan, act = self.thing(ill), Act(self.staff_of(ill.library), at)
        if self.chance(0.06):
            if loan.due_at and loan.due_at < at:
                loans.ship_return(loan, act)
                return DAYS
            return 12 * DAYS  # nobody comes for it
        loans.check_out(loan, act)
        return self.within(6 * DAYS, 33 * DAYS)

    def read(self, ill: Request, at: datetime) -> timedelta | None:
        """Most bring it back in time, some renew, a few forget."""
        loan = self.thing(ill)
        first = loan.renewals == 0 and loan.due_back and loan.due_back > at.date()
        if first and self.chance(0.25):
            loans.renew(loan, Act(ill.patron, at))
            return self.within(5 * DAYS, 15 * DAYS)
        if self.chance(0.08):
            return 9 * DAYS
        loans.return_item(loan, Act(self.staff_of(ill.library), at))
        return self.within(HOURS, DAYS)

    def ship_return(self, ill: Request, at: datetime) -> timedelta | None:
        loans.ship_return(self.thing(ill), Act(self.staff_of(ill.library), at))
        return 3 * HOURS

    def go_home(self, ill: Request, at: datetime) -> timedelta | None:
        loan = self.thing(ill)
        return self.carried(loan.parcel_home, at, lambda: self.check_in(loan, at))

    def check_in(self, loan: Loan, at: datetime) -> timedelta:
        by = self.people[Role.LENDING] if loan.lender.code == LENDER else None
        shipping.check_in(loan, Act(by, at))
        return DAYS

    def mediate(self, ill: Request, at: datetime) -> timedelta | None:
        """The centre looks outside, or closes with a reason; some wait for their turn."""
        clerk = self.people[Role.CENTRE]
        if self.chance(0.4):
            return 2 * DAYS
        clio = numbering.Place(System.CLIO)
        numbering.enter(ill, clio, f"{CLIO_IDS + ill.pk}", Act(clerk, at, role=Owner.CENTRE))
        if self.chance(0.3):
            borrowing.decline(ill, Act(clerk, at), reason=self.dice.choice(UNFILLED))
            return None
        code, system = self.dice.choice(OUTSIDE)
        lender = self.elsewhere[code]
        number = str(self.dice.randrange(200_000_000, 299_999_999))
        mediation.refer_outside(ill, Act(clerk, at), lender=lender, system=system, number=number)
        return self.within(DAYS, 4 * DAYS)

    def supply(self, ill: Request) -> Supply:
        """The attempt of whoever has it in hand."""
        assert ill.supply is not None  # or nobody would be at it
        return ill.supply

    def thing(self, ill: Request) -> Loan:
        """What is out for it."""
        assert ill.loan is not None  # as its state says
        return ill.loan

    TURN: dict[State, Callable[["Errands", Request, datetime], timedelta | None]] = {
        State.ASKED: lambda self, ill, at: DAYS,
        State.APPROVED: lambda self, ill, at: DAYS,
        State.REVIEW: review,
        State.REFERRED: answer,
        State.CENTRE: mediate,
        State.SHIPPED: travel,
        State.ARRIVED: fetch,
        State.LENT: read,
        State.BACK: ship_return,
        State.HOMEWARD: go_home,
    }
