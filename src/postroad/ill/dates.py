"""The days of a loan: when it is due, how long it is held, and what is overdue.

No due day and no last day on the hold shelf is a day on which the borrowing library is closed, and
nothing is overdue before a desk has opened again after its day. A closure that is told later moves
what it hits; one that ends early takes no day back that somebody was promised.
"""

from collections.abc import Collection
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from postroad.directory import closures
from postroad.directory.models import Closure, Library, holds_at
from postroad.directory.opening import HORIZON, Calendar, Standing
from postroad.ill import clocks
from postroad.ill.lifecycle import Owner, State, SupplyState
from postroad.ill.models import Event, Request, Supply

SECOND = timedelta(seconds=1)


def loan_end(library: Library, supply: Supply, at: datetime) -> date:
    """The day until which a loan that begins now may last, an open day of `library`.

    A member grants days, which count from now. An outside lender names its own day, on which the
    item must be back at the borrowing library (ALA code of 2016, 4.12): a closed day gives way to
    the open one before it, and a day that has passed to the first on which it can be brought.
    """
    at_work = clocks.at_work(library, at)
    today = at_work.day_of(at)
    if supply.lender_due_on is None:
        return open_from(at_work, today + timedelta(days=supply.loan_days))
    return open_from(at_work, max(today, at_work.last_open(supply.lender_due_on)))


def open_from(at_work: Calendar, day: date) -> date:
    """The first open day from `day` on; the day itself where nobody knows one."""
    return at_work.next_open(day) or day


def is_overdue(ill: Request, now: datetime) -> bool:
    """Whether its day has passed and its library has been open since. Asks only when it may be."""
    if ill.due_back is None or ill.due_back >= ill.library.day_of(now):
        return False
    return ill.due_back < desk_day(ill.library, now)


def desk_day(library: Library, now: datetime) -> date:
    """The last day up to now on which the library was open: what is due that day is not overdue."""
    at_work = clocks.at_work(library, now)
    return at_work.last_open(at_work.day_of(now))


def overdue_of(lender: Library, now: datetime) -> Q:
    """A filter for what this library has lent that is overdue, each by its borrower's own days."""
    passed = Supply.objects.at(lender).filter(
        state=SupplyState.RECEIVED, request__due_back__lt=now.date() + timedelta(days=1)
    )
    borrowers = list(Library.objects.filter(pk__in=passed.values("request__library")))
    known = closures.calendars(borrowers, now.date() - closures.LOOK_BACK)
    found = Q(pk__in=())
    for each in borrowers:
        day = known[each.pk].last_open(each.day_of(now))
        found |= Q(request__library=each, request__due_back__lt=day)
    return found & Q(state=SupplyState.RECEIVED)


def shut_lately(now: datetime) -> QuerySet[Closure]:
    """The closures that hold, will hold or were over a short while ago, where a request is."""
    scope = holds_at(OuterRef("library"), OuterRef("library__state"))
    lately = Closure.objects.current((now - closures.LOOK_BACK).date())
    return lately.filter(scope, effect__in=closures.DESK)


def hit_loans(now: datetime) -> QuerySet[Request]:
    """What is lent until a day on which its library is closed, where a later day is known."""
    due = OuterRef("due_back")
    over = shut_lately(now).filter(first_day__lte=due, last_day__gte=due)
    endless = over.filter(last_day__gt=(now + timedelta(days=HORIZON)).date())
    lent = Request.objects.filter(Exists(over), ~Exists(endless), state=State.LENT)
    return lent.select_related("library", "current__lender").order_by("due_back", "pk")


SHELVED = ("receive", "unlend", "reshelve")  # the verbs from which the hold shelf counts


def hit_holds(now: datetime) -> list[Request]:
    """What is kept on the hold shelf for too short, since a closure was told later."""
    over = shut_lately(now).filter(first_day__lte=OuterRef("due_at"))
    shelved = Event.objects.filter(request=OuterRef("pk"), verb__in=SHELVED).order_by("-pk")
    held = list(
        Request.objects.filter(Exists(over), state=State.ARRIVED, owner=Owner.PATRON)
        .annotate(since=Subquery(shelved.values("at")[:1]))
        .select_related("library__policy", "current__lender")
        .order_by("due_at", "pk")
    )
    libraries = {ill.library_id: ill.library for ill in held}
    first = min((since for ill in held if (since := getattr(ill, "since", None))), default=now)
    known = closures.calendars(list(libraries.values()), first.date())
    return [
        ill
        for ill in held
        if (since := getattr(ill, "since", None))  # annotated above
        and ill.due_at
        and kept(ill, known[ill.library_id], since) > ill.due_at
    ]


def kept(ill: Request, at_work: Calendar, since: datetime) -> datetime:
    """Until when it is kept on the hold shelf, by what is known of closures now."""
    days = ill.library.rules.hold_shelf_days
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
        where, lender = Q(library=library), Q(lender=library)
    elif libraries is not None:
        where, lender = Q(library__in=libraries), Q(lender__in=libraries)
    elif state:
        where, lender = Q(library__state=state), Q(lender__state=state)
    loans = held = asked = 0
    if effect in closures.DESK:
        lent = Request.objects.filter(where, state=State.LENT)
        loans = lent.filter(due_back__gte=first, due_back__lte=last).count()
        shelf = Request.objects.filter(where, state=State.ARRIVED, owner=Owner.PATRON)
        held = shelf.filter(due_at__date__gte=first).count()
    if effect in closures.LENDING:
        asked = Supply.objects.of_members().waiting().filter(lender).count()
    return loans, held, asked


@transaction.atomic
def postpone(ill: Request, now: datetime) -> bool:
    """Move the due day to the first open day after the closure; whether there is such a day."""
    if ill.due_back is None or ill.current is None:
        return False
    at_work = clocks.at_work(ill.library, min(now, _noon(ill.due_back)))
    due_back = open_from(at_work, ill.due_back)
    if due_back == ill.due_back:
        return False
    shut = at_work.shut_on(ill.due_back)
    ill.move(
        "postpone",
        by=None,
        at=now,
        supply=ill.current,
        change={"due_back": due_back},
        facts={
            "due_back": due_back.isoformat(),
            "was": ill.due_back.isoformat(),
            "reason": shut.reason if shut else "",
        },
        role=Owner.MACHINE,
    )
    return True


@transaction.atomic
def hold_longer(ill: Request, now: datetime) -> bool:
    """Keep it on the hold shelf as long as it would have been, had the closure been known."""
    shelved = ill.events.filter(verb__in=SHELVED).order_by("-pk").values_list("at", flat=True)
    since = shelved.first()
    if since is None or ill.due_at is None:
        return False
    at_work = clocks.at_work(ill.library, since)
    until, was = kept(ill, at_work, since), ill.library.day_of(ill.due_at)
    if until <= ill.due_at:
        return False
    shut = at_work.shut_on(was) or next((s for s in at_work.shut if s.last >= was), None)
    ill.move(
        "hold_longer",
        by=None,
        at=now,
        change={"due_at": until},
        facts={
            "until": at_work.day_of(until).isoformat(),
            "was": was.isoformat(),
            "reason": shut.reason if shut else "",
        },
        role=Owner.MACHINE,
    )
    return True


def put_off(thing: Request | Supply, library: Library, now: datetime) -> bool:
    """Let a clock ring no sooner than the borrowing library opens again."""
    at_work = clocks.at_work(library, now)
    today = at_work.day_of(now + SECOND)  # a clock rings in the last second of a day
    if at_work.standing(today) != Standing.CLOSED:
        return False
    again = at_work.next_open(today)
    rings = at_work.eve(today) if again else now + clocks.NEVER_OPEN
    same = type(thing).objects.filter(pk=thing.pk, state=thing.state, due_at=thing.due_at)
    return bool(same.update(due_at=max(rings, now)))


def _noon(day: date) -> datetime:
    return datetime.fromisoformat(f"{day.isoformat()}T12:00:00+00:00")
