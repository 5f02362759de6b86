"""The days of a loan: when it is due, how long it is held, and what is overdue.

No due day and no last day on the hold shelf is a day on which the borrowing library is closed, and
nothing is overdue before a desk has opened again after its day. A closure that is told later moves
what it hits; one that ends early takes no day back that somebody was promised.
"""

from collections.abc import Collection
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from postroad.directory import closures, thresholds
from postroad.directory.models import Agreement, Closure, Library, holds_at
from postroad.directory.opening import HORIZON, Calendar, Standing
from postroad.ill import clocks, duedates
from postroad.ill.acts import house
from postroad.ill.duedates import Due, open_from
from postroad.ill.lifecycle import LoanState, Owner, Verb
from postroad.ill.lifecycle.questions import QuestionKind
from postroad.ill.models import Event, Loan, Request, Supply

AT_THE_BORROWER = Q(state__in=(LoanState.ARRIVED, LoanState.LENT, LoanState.BACK))
SECOND = timedelta(seconds=1)


def loan_end(loan: Loan, at: datetime, at_work: Calendar) -> Due:
    """Until when a loan that begins now may last: an open day of its borrower, whose calendar is
    `at_work`; and when it is due at its lender, if that is what "due" means for it.

    A member grants days, which count from now. An outside lender names its own day, on which the
    item must be back at the borrowing library (ALA code of 2016, 4.12): a closed day gives way to
    the open one before it, and a day that has passed to the first on which it can be brought.
    """
    supply = loan.supply
    today = at_work.day_of(at)
    if is_due_at_home(supply):
        named = supply.lender_due_on or today + timedelta(days=supply.loan_days)
        sooner = recalled(loan)
        return duedates.at_home(min(named, sooner or named), _ends(supply, at, at_work))
    if supply.lender_due_on is None:
        day = open_from(at_work, today + timedelta(days=supply.loan_days))
    else:
        day = open_from(at_work, max(today, at_work.last_open(supply.lender_due_on)))
    if (sooner := recalled(loan)) is not None and sooner < day:
        day = open_from(at_work, max(today, at_work.last_open(sooner)))
    return Due(day)


def is_due_at_home(supply: Supply) -> bool:
    """Whether "due" means back at its lender, on the terms of the day on which it was sent."""
    return supply.due_means == Agreement.DueMeans.BACK_HOME


def _ends(supply: Supply, at: datetime, at_work: Calendar) -> duedates.Ends:
    borrower, today = supply.request.library, at_work.day_of(at)
    way_home = thresholds.days("way-home", on=today, library=borrower)
    return duedates.Ends(at_work, clocks.at_work(supply.lender, at), today, way_home)


def named(loan: Loan, day: date, at: datetime) -> Due:
    """What follows from a day that its lender names for what is out: a closed day gives way to the
    open one before it."""
    at_work = clocks.at_work(loan.request.library, at)
    if is_due_at_home(loan.supply):
        return duedates.at_home(day, _ends(loan.supply, at, at_work))
    return Due(at_work.last_open(day))


def renewed(loan: Loan, at: datetime) -> Due:
    """Until when it is renewed on the terms of its lender: so many days after it was due."""
    at_work, days = clocks.at_work(loan.request.library, at), loan.supply.renewal_days
    assert loan.due_back is not None  # it is lent
    if loan.due_home is not None:
        day = loan.due_home + timedelta(days=days)
        return duedates.at_home(day, _ends(loan.supply, at, at_work))
    return Due(open_from(at_work, loan.due_back + timedelta(days=days)))


def recalled(loan: Loan) -> date | None:
    """By when its lender needs it back, if it was recalled. Asked only where a question is open."""
    if loan.is_new or not loan.request.open_questions:
        return None
    asked = loan.questions.open().filter(kind=QuestionKind.RECALL)
    return asked.values_list("day", flat=True).first()


def is_overdue(loan: Loan, now: datetime) -> bool:
    """Whether its day has passed and its library has been open since. Asks only when it may be."""
    library = loan.request.library
    if loan.due_back is None or loan.due_back >= library.day_of(now):
        return False
    return loan.due_back < desk_day(library, now)


def is_overdue_at_home(loan: Loan, now: datetime) -> bool:
    """Whether the day has passed on which it was due at its lender."""
    return loan.due_home is not None and loan.due_home < loan.supply.lender.day_of(now)


def desk_day(library: Library, now: datetime) -> date:
    """The last day up to now on which the library was open: what is due that day is not overdue."""
    at_work = clocks.at_work(library, now)
    return at_work.last_open(at_work.day_of(now))


def is_held(loan: Loan, now: datetime) -> bool:
    """Whether it is kept on the hold shelf for its patron."""
    return loan.state == LoanState.ARRIVED and not is_unclaimed(loan, now)


def is_unclaimed(loan: Loan, now: datetime) -> bool:
    """Whether it is on the hold shelf, and its time there is over."""
    if loan.state != LoanState.ARRIVED:
        return False
    return loan.owner == Owner.BORROWING or loan.due_at is None or loan.due_at <= now


def overdue_of(lender: Library, now: datetime) -> Q:
    """A filter for what this library has lent that is overdue, each by its borrower's own days.

    With the patron or at the borrower's desk: what is on the road is the road's. What is due at
    home is overdue by this library's days, wherever it is.
    """
    late_home = Q(due_home__lt=lender.day_of(now)) & (AT_THE_BORROWER | Q(state=LoanState.HOMEWARD))
    there = AT_THE_BORROWER & Q(due_home=None)
    passed = Loan.objects.open().lent_by(lender)
    passed = passed.filter(there, due_back__lt=now.date() + timedelta(days=1))
    borrowers = list(Library.objects.filter(pk__in=passed.values("borrower")))
    known = closures.calendars(borrowers, now.date() - closures.LOOK_BACK)
    found = Q(pk__in=())
    for each in borrowers:
        day = known[each.pk].last_open(each.day_of(now))
        found |= Q(borrower=each, due_back__lt=day)
    return found & there | late_home


def shut_lately(now: datetime) -> QuerySet[Closure]:
    """The closures that hold, will hold or were over a short while ago, where a thing is."""
    scope = holds_at(OuterRef("borrower"), OuterRef("borrower__state"))
    lately = Closure.objects.current((now - closures.LOOK_BACK).date())
    return lately.filter(scope, effect__in=closures.DESK)


def hit_loans(now: datetime) -> QuerySet[Loan]:
    """What is lent until a day on which its library is closed, where a later day is known."""
    due = OuterRef("due_back")
    over = shut_lately(now).filter(first_day__lte=due, last_day__gte=due)
    endless = over.filter(last_day__gt=(now + timedelta(days=HORIZON)).date())
    lent = Loan.objects.filter(Exists(over), ~Exists(endless), state=LoanState.LENT)
    return lent.select_related(*WITH).order_by("due_back", "pk")


WITH = ("request__library__policy", "supply__lender")  # what a verb of a thing looks at
# The verbs from which the hold shelf counts; of the last, where it came back to the shelf.
SHELVED = (Verb.RECEIVE, Verb.UNDO_CHECK_OUT, Verb.UNDO_SHIP_RETURN)


def shelved() -> QuerySet[Event]:
    """The events by which things came to the hold shelf, the last first."""
    came = Event.objects.filter(verb__in=SHELVED, loan_after=LoanState.ARRIVED)
    return came.order_by("-pk")


def hit_holds(now: datetime) -> list[Loan]:
    """What is kept on the hold shelf for too short, since a closure was told later."""
    over = shut_lately(now).filter(first_day__lte=OuterRef("due_at"))
    held = list(
        Loan.objects.filter(Exists(over), state=LoanState.ARRIVED, owner=Owner.PATRON)
        .annotate(since=Subquery(shelved().filter(loan=OuterRef("pk")).values("at")[:1]))
        .select_related(*WITH)
        .order_by("due_at", "pk")
    )
    libraries = {loan.borrower_id: loan.request.library for loan in held}
    first = min((since for loan in held if (since := getattr(loan, "since", None))), default=now)
    known = closures.calendars(list(libraries.values()), first.date())
    return [
        loan
        for loan in held
        if (since := getattr(loan, "since", None))  # annotated above
        and loan.due_at
        and kept(loan, known[loan.borrower_id], since) > loan.due_at
    ]


def kept(loan: Loan, at_work: Calendar, since: datetime) -> datetime:
    """Until when it is kept on the hold shelf, by what is known of closures now."""
    days = loan.request.library.rules.hold_shelf_days
    return at_work.end_of(at_work.kept_until(at_work.day_of(since), days))


def touched(
    effect: str,
    first: date,
    last: date,
    *,
    library: Library | None = None,
    state: str = "",
    libraries: Collection[Library] | None = None,
) -> tuple[int, int, int]:
    """How many loans, holds and requests to be answered a closure of these days would touch: at a
    library, at several, in a state, or everywhere."""
    where, lender = Q(), Q()
    if library is not None:
        where, lender = Q(borrower=library), Q(lender=library)
    elif libraries is not None:
        where, lender = Q(borrower__in=libraries), Q(lender__in=libraries)
    elif state:
        where, lender = Q(borrower__state=state), Q(lender__state=state)
    loans = held = asked = 0
    if effect in closures.DESK:
        lent = Loan.objects.filter(where, state=LoanState.LENT)
        loans = lent.filter(due_back__gte=first, due_back__lte=last).count()
        shelf = Loan.objects.filter(where, state=LoanState.ARRIVED, owner=Owner.PATRON)
        held = shelf.filter(due_at__date__gte=first).count()
    if effect in closures.LENDING:
        asked = Supply.objects.of_members().waiting().filter(lender).count()
    return loans, held, asked


@transaction.atomic
def postpone(loan: Loan, now: datetime) -> bool:
    """Move the due day to the first open day after the closure; whether there is such a day."""
    if loan.due_back is None:
        return False
    at_work = clocks.at_work(loan.request.library, min(now, _noon(loan.due_back)))
    due_back = open_from(at_work, loan.due_back)
    if due_back == loan.due_back:
        return False
    shut = at_work.shut_on(loan.due_back)
    loan.request.move(
        Verb.POSTPONE,
        house(now),
        loan=loan,
        loan_change={"due_back": due_back},
        said={
            "due_back": due_back.isoformat(),
            "was": loan.due_back.isoformat(),
            "reason": shut.reason if shut else "",
        },
    )
    return True


@transaction.atomic
def hold_longer(loan: Loan, now: datetime) -> bool:
    """Keep it on the hold shelf as long as it would have been, had the closure been known."""
    since = shelved().filter(loan=loan).values_list("at", flat=True).first()
    if since is None or loan.due_at is None:
        return False
    library = loan.request.library
    at_work = clocks.at_work(library, since)
    until, was = kept(loan, at_work, since), library.day_of(loan.due_at)
    if until <= loan.due_at:
        return False
    shut = at_work.shut_on(was) or next((s for s in at_work.shut if s.last >= was), None)
    loan.request.move(
        Verb.HOLD_LONGER,
        house(now),
        loan=loan,
        loan_change={"due_at": until},
        said={
            "until": at_work.day_of(until).isoformat(),
            "was": was.isoformat(),
            "reason": shut.reason if shut else "",
        },
    )
    return True


def put_off(loan: Loan, now: datetime) -> bool:
    """Let a clock ring no sooner than the borrowing library opens again."""
    at_work = clocks.at_work(loan.request.library, now)
    today = at_work.day_of(now + SECOND)  # a clock rings in the last second of a day
    if at_work.standing(today) != Standing.CLOSED:
        return False
    again = at_work.next_open(today)
    rings = at_work.eve(today) if again else now + clocks.NEVER_OPEN
    same = Loan.objects.filter(pk=loan.pk, state=loan.state, due_at=loan.due_at)
    if not same.update(due_at=max(rings, now)):
        return False
    if not loan.reminders:  # what has rung is late, however long its library is closed
        Request.objects.give_until(max(rings, now), loan=loan.pk)
    return True


def _noon(day: date) -> datetime:
    return datetime.fromisoformat(f"{day.isoformat()}T12:00:00+00:00")
