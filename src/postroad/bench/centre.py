"""The center's queue with many requests on file: its lists through the WSGI application.

Requests, attempts and things are written as rows, many at once: as many as a state's libraries make
in a year, of which most have ended.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.core.wsgi import get_wsgi_application
from django.db.models import F, OuterRef, Subquery
from django.urls import reverse
from django.utils import timezone

from postroad.accounts.models import Post, Role, SavedView, User
from postroad.bench import consortium
from postroad.bench.figures import Figure
from postroad.bench.pages import Page, timed
from postroad.directory.models import Library, Membership
from postroad.ill.lifecycle import (
    ON_LOAN,
    LoanState,
    Owner,
    State,
    SupplyState,
    Verb,
)
from postroad.ill.models import Event, Loan, Request, Supply
from postroad.worker import serving

NAME = "centre"
REQUESTS, LIBRARIES, VISITS = 100_000, 1600, 60
OPEN_IN, OUTSIDE_IN = 8, 17  # one of so many
PEOPLE = 8  # at the center
TURNS = {
    State.REVIEW: Owner.BORROWING,
    State.REFERRED: Owner.LENDING,
    State.CENTRE: Owner.CENTRE,
    State.SHIPPED: Owner.BORROWING,
    State.ARRIVED: Owner.PATRON,
    State.LENT: Owner.PATRON,
    State.BACK: Owner.BORROWING,
    State.HOMEWARD: Owner.LENDING,
}
# Of those that are open, in what part of ten each stands.
STANDS = (
    *(State.LENT,) * 4,
    *(State.SHIPPED, State.HOMEWARD, State.REFERRED, State.ARRIVED, State.CENTRE, State.BACK),
)
VIEWS = (
    ("Our turn, outside", "turn=centre&outside=yes"),
    ("Nobody's and late", "manager=nobody&late=yes"),
    ("Late at lenders", "turn=lending&late=yes"),
    ("One library", "library=L7"),
    ("On its way", "state=shipped"),
)
SAID = {"rota": {"passed_over": {"not-lending": ["L1", "L2", "L3"], "no-copy": ["L4"]}}}


def main() -> None:
    serving.gather_static_files()
    for figure in measure():
        print(figure.line(), flush=True)  # noqa: T201


def measure(
    requests: int = REQUESTS, libraries: int = LIBRARIES, visits: int = VISITS
) -> Iterator[Figure]:
    furnish(requests, libraries)
    yield Figure(NAME, "requests on file", Request.objects.count(), "requests", 1)
    yield Figure(NAME, "open", Request.objects.exclude(state=State.CLOSED).count(), "requests", 1)
    yield from timed(NAME, get_wsgi_application(), pages(), visits)


def pages() -> list[Page]:
    here = reverse("office-centre")
    of = {
        "to look for": "",
        "second page": "?show=queue&page=2",
        "our turn": "?show=ours",
        "everything open": "?show=all",
        "everything open, needed soonest": "?show=all&sort=needed",
        "late": "?show=late",
        "of one library": "?library=L7",
        "by a text": "?q=title+12",
    }
    return [Page(name, here + query, Role.CENTRE) for name, query in of.items()]


def furnish(requests: int, libraries: int) -> None:
    """Members and a hundred lenders elsewhere, the center's people with their views, and all that
    was asked for in a year."""
    now = timezone.now()
    members = consortium.libraries(libraries, timezone.localdate(now))
    elsewhere = Library.objects.bulk_create(
        Library(code=f"X{n}", name=f"Elsewhere {n}", membership=Membership.OUTSIDE, open_days="")
        for n in range(min(100, libraries))
    )
    people = at_the_center()
    made = [request(number, members, people, now) for number in range(requests)]
    Request.objects.bulk_create(made, batch_size=2000)
    attempts = [attempt(number, ill, members, elsewhere) for number, ill in enumerate(made)]
    Supply.objects.bulk_create((each for each in attempts if each), batch_size=2000)
    things = (thing(each) for each in attempts if each and each.request.state in ON_LOAN)
    Loan.objects.bulk_create(things, batch_size=2000)
    Event.objects.bulk_create(
        (escalated(ill) for ill in made if ill.state == State.CENTRE), batch_size=2000
    )
    lead()


def at_the_center() -> list[User]:
    """The first is the demo's name for it, with views of her own."""
    people = User.objects.bulk_create(
        User(username=Role.CENTRE if n == 0 else f"center-{n}", first_name=f"Person {n}")
        for n in range(PEOPLE)
    )
    Post.objects.bulk_create(Post(user=each, role=Role.CENTRE) for each in people)
    SavedView.objects.bulk_create(
        SavedView(user=people[0], name=name, query=query, order=place)
        for place, (name, query) in enumerate(VIEWS)
    )
    return people


def request(number: int, members: list[Library], people: list[User], now: datetime) -> Request:
    """Most of them closed; of the others one in nine is late."""
    asked = now - timedelta(minutes=5 * number)
    is_open = number % OPEN_IN == 0
    state = STANDS[number // OPEN_IN % len(STANDS)] if is_open else State.CLOSED
    place = number // OPEN_IN  # so that what is open is spread over all libraries
    outside = state != State.CENTRE and place % OUTSIDE_IN == 0
    owner = Owner.CENTRE if outside and state == State.REFERRED else TURNS.get(state, Owner.MACHINE)
    until = now + timedelta(days=number % 9 - 1, seconds=number % 977) if is_open else None
    managed = owner == Owner.CENTRE and place % 3 == 0
    return Request(
        library=members[place % len(members)],
        title=f"Title {number % 5000}: a history",
        author="Author, An",
        state=state,
        owner=owner,
        outcome="" if is_open else "filled",
        asked_at=asked,
        closed_at=None if is_open else asked + timedelta(days=20),
        due_at=until if state == State.CENTRE else None,
        need_by=(now + timedelta(days=number % 60)).date() if number % 4 == 0 else None,
        turn_since=asked if is_open else None,
        turn_until=until,
        outside=outside,
        managed_by=people[place % PEOPLE] if managed else None,
        things_out=int(state in ON_LOAN),
        attempts=1,
    )


def attempt(
    number: int, ill: Request, members: list[Library], elsewhere: list[Library]
) -> Supply | None:
    """The one attempt of a request; of what nobody could supply none."""
    if ill.state == State.CENTRE:
        return None
    lenders = elsewhere if ill.outside else members
    states = {State.CLOSED: SupplyState.CLOSED, State.REFERRED: SupplyState.ASKED}
    state = states.get(State(ill.state), SupplyState.SUPPLYING)
    return Supply(
        request=ill,
        attempt=1,
        lender=lenders[(number // OPEN_IN * 7 + 1) % len(lenders)],
        state=state,
        owner=ill.owner,
        ending="supplied" if state == SupplyState.CLOSED else "",
        asked_at=ill.asked_at,
        closed_at=ill.closed_at,
        due_at=ill.turn_until if state == SupplyState.ASKED else None,
    )


def thing(supply: Supply) -> Loan:
    ill = supply.request
    return Loan(
        request=ill,
        supply=supply,
        lender=supply.lender,
        borrower=ill.library,
        state=LoanState(ill.state),
        owner=ill.owner,
        due_at=ill.turn_until,
        shipped_at=ill.asked_at,
        due_back=ill.turn_until.date() if ill.turn_until else None,
    )


def escalated(ill: Request) -> Event:
    return Event(request=ill, verb=Verb.ESCALATE, after=State.CENTRE, at=ill.asked_at, facts=SAID)


def lead() -> None:
    """Each request leads to its attempt and to its thing, as a move would have it."""
    supplies = Supply.objects.filter(request=OuterRef("pk")).values("pk")
    loans = Loan.objects.filter(request=OuterRef("pk")).values("pk")
    Request.objects.update(current=Subquery(supplies), current_loan=Subquery(loans))
    Request.objects.filter(state=State.CENTRE).update(attempts=F("attempts") - 1)
