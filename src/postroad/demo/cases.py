"""Thirteen cases of all kinds and states, so that no list of the demonstration is empty.

Who writes is invented. Each begins by the verb that a page calls, at a moment of its own.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from postroad.accounts.models import Role, User
from postroad.cases import handling, returns, sweeps
from postroad.cases.lifecycle import Ending
from postroad.cases.models import (
    Absence,
    CannedAnswer,
    Duty,
    Kind,
    Teammate,
    Topic,
    libraries,
    library_and,
    of_request,
    office_and,
    patron_and,
    visitor_and,
)
from postroad.demo import networks
from postroad.demo.people import HOME, LENDER
from postroad.directory.models import Contact, Library
from postroad.ill.lifecycle import OPEN, State
from postroad.ill.models import Request

TOPICS = (
    ("Interlibrary loan", Role.CENTRE, Kind.QUESTION, ""),
    (
        "May I return this book?",
        Role.CENTRE,
        Kind.RETURN,
        "Give the Clio ID or the ILL number, and both if you have them.",
    ),
    ("A library’s address or hours", Role.CENTRE, Kind.DIRECTORY, ""),
    ("Something in the wrong place", Role.DELIVERY, Kind.MISSORT, "Keep it; we tell you where to."),
    ("Delivery: late or missing", Role.DELIVERY, Kind.LATE, ""),
)
SAVED = {
    "Two weeks first": "Give it two weeks from the day it was shipped. If it is not there by then, "
    "write to us again, and we ask the library that sent it.",
    "Returns go by the van": "Put it out for the van with a slip to its owner. You need not ask "
    "first: the van takes returns to every library on a route.",
    "Which number": "Please send us the Clio ID or the ILL number. It stands on the slip that came "
    "with the book.",
}


@dataclass(frozen=True, slots=True)
class Desk:
    """Who acts in the story, and when."""

    now: datetime
    home: Library
    lender: Library
    people: dict[str, User]

    def ago(self, days: float) -> datetime:
        return self.now - timedelta(days=days)


def tell(now: datetime) -> None:
    """Write all of it. Call it when the story of the loans has been told."""
    people = {each.username: each for each in User.objects.filter(username__in=list(Role))}
    places = {each.code: each for each in Library.objects.filter(code__in=(HOME, LENDER))}
    here = Desk(now, places[HOME], places[LENDER], people)
    staff_the_topics(here)
    of_visitors(here)
    of_libraries(here)
    of_a_reader(here)
    networks.ask(here.now)
    sweeps.ring(now)


def staff_the_topics(here: Desk) -> None:
    """Carl has what is about loans, Dan what is about the van; Carl is away next week."""
    cards = {each.name: each for each in Contact.objects.filter(library=None)}
    mates = {}
    for name, role in (("Carl Channing", Role.CENTRE), ("Dan Dewey", Role.DELIVERY)):
        if card := cards.get(name):
            mates[role] = Teammate.objects.create(contact=card, user=here.people[role])
    for place, (name, office, kind, hint) in enumerate(TOPICS, start=1):
        topic = Topic.objects.create(place=place, name=name, office=office, kind=kind, hint=hint)
        if mate := mates.get(office):
            Duty.objects.create(topic=topic, teammate=mate, since=here.ago(300).date())
    if Role.CENTRE in mates:
        Absence.objects.create(
            teammate=mates[Role.CENTRE],
            first_day=here.ago(-7).date(),
            last_day=here.ago(-11).date(),
            cover=mates.get(Role.DELIVERY),
        )
    CannedAnswer.objects.bulk_create(
        CannedAnswer(office=Role.CENTRE, title=title, text=text) for title, text in SAVED.items()
    )


CENTRE, VAN = visitor_and(Role.CENTRE), visitor_and(Role.DELIVERY)


def of_visitors(here: Desk) -> None:
    of_a_book_club(here)
    of_a_college_that_is_closed(here)
    of_books_for_another_town(here)
    of_a_telephone_number(here)
    of_a_return_by_mail(here)


def of_a_book_club(here: Desk) -> None:
    """Twice by the same person: two cases that may be merged."""
    hester: dict[str, Any] = {"name": "Hester Prynne", "email": "hester@example.net"}
    handling.ask(
        CENTRE,
        kind=Kind.QUESTION,
        subject="A book for my book club",
        text="We are twelve. Can we get twelve copies of one book at the same time?",
        assigned=here.people[Role.CENTRE],
        at=here.ago(0.2),
        **hester,
    )
    handling.ask(
        CENTRE,
        kind=Kind.QUESTION,
        subject="A book for my book club",
        text="I forgot to say: we meet in March.",
        at=here.ago(0.1),
        **hester,
    )


def of_a_college_that_is_closed(here: Desk) -> None:
    carl = here.people[Role.CENTRE]
    waits = handling.ask(
        CENTRE,
        kind=Kind.RETURN,
        subject="A book from a college that is closed for the summer",
        text="The college does not answer. Do they take it back now, or do I keep it?",
        name="Ishmael Coffin",
        email="ishmael@example.net",
        clio_id="418822",
        ill_number="201993144",
        assigned=carl,
        at=here.ago(3),
    )
    handling.put_off(
        waits,
        here.ago(-3).date(),
        by=carl,
        name=str(carl),
        why="They are back on that day.",
        at=here.ago(2),
    )


def of_books_for_another_town(here: Desk) -> None:
    dan = here.people[Role.DELIVERY]
    sorted_wrong = handling.ask(
        VAN,
        kind=Kind.MISSORT,
        subject="Four books that are not ours",
        text="They came with this morning's bins, with slips for another town.",
        name="Zenobia Fuller",
        email="zenobia@example.net",
        at=here.ago(1),
    )
    handling.answer(
        sorted_wrong,
        "Thank you. Put them out for the van as they are; tomorrow they go on.",
        by=dan,
        name=str(dan),
        at=here.ago(0.8),
    )


def of_a_telephone_number(here: Desk) -> None:
    carl = here.people[Role.CENTRE]
    moved = handling.ask(
        CENTRE,
        kind=Kind.DIRECTORY,
        subject="Our telephone number has changed",
        text="The new one is 555-0142.",
        name="Silas Holgrave",
        email="silas@example.net",
        at=here.ago(9),
    )
    handling.answer(
        moved,
        "Changed. Thank you for telling us.",
        by=carl,
        name=str(carl),
        closes=Ending.ANSWERED,
        at=here.ago(8),
    )


def of_a_return_by_mail(here: Desk) -> None:
    carl = here.people[Role.CENTRE]
    confirmed = handling.ask(
        CENTRE,
        kind=Kind.RETURN,
        subject="May I send it back by mail?",
        text="Nobody picks up the telephone there.",
        name="Phoebe Pyncheon",
        email="phoebe@example.net",
        library=here.lender,
        ill_number="201887701",
        at=here.ago(12),
    )
    returns.confirm(
        confirmed,
        here.lender,
        True,
        by=carl,
        name=str(carl),
        note="Told by telephone.",
        at=here.ago(11),
    )


def of_libraries(here: Desk) -> None:
    of_the_borrower(here)
    of_the_lender(here)
    handling.ask(
        office_and(Role.CENTRE, here.home),
        kind=Kind.DIRECTORY,
        subject="Are your winter hours right?",
        text="Your page says that you are open on Saturdays. Is that so in winter, too?",
        by=here.people[Role.CENTRE],
        name=str(here.people[Role.CENTRE]),
        library=here.home,
        at=here.ago(0.3),
    )


def of_the_borrower(here: Desk) -> None:
    ben, carl = here.people[Role.BORROWING], here.people[Role.CENTRE]
    signs: dict[str, Any] = {"by": ben, "name": f"{ben}, {here.home.name}"}
    handling.ask(
        library_and(here.home, Role.DELIVERY),
        kind=Kind.LATE,
        text="It was to be here a week ago, and no bin has it.",
        about=request_of(here, State.SHIPPED),
        at=here.ago(0.5),
        **signs,
    )
    found = handling.ask(
        library_and(here.home, Role.CENTRE),
        kind=Kind.MISSING,
        text="Lender and borrower have both looked for it.",
        at=here.ago(15),
        **signs,
    )
    handling.reply(
        found, "It stood on the wrong shelf here. We are sorry.", at=here.ago(13), **signs
    )
    handling.close(found, Ending.SETTLED, by=carl, name=str(carl), at=here.ago(12))


def of_the_lender(here: Desk) -> None:
    ben, lena = here.people[Role.BORROWING], here.people[Role.LENDING]
    torn = handling.ask(
        libraries(here.home, here.lender),
        kind=Kind.DAMAGE,
        text="Its spine was broken when it came. We lend it in a box, if you agree.",
        about=request_of(here, State.LENT, lender=here.lender),
        library=here.lender,
        at=here.ago(6),
        by=ben,
        name=f"{ben}, {here.home.name}",
    )
    handling.answer(
        torn,
        "Please do. We have it mended when it is home.",
        by=lena,
        name=f"{lena}, {here.lender.name}",
        at=here.ago(5.5),
    )
    handling.ask(
        library_and(here.lender, Role.CENTRE),
        kind=Kind.HOLDING,
        text="The catalog says that we have volume 2. We have volume 3 only.",
        by=lena,
        name=f"{lena}, {here.lender.name}",
        at=here.ago(6),
    )


def of_a_reader(here: Desk) -> None:
    """Ada asks her library about a request of hers; if she has none, about her card."""
    ada = here.people[Role.PATRON]
    ill = Request.objects.filter(patron=ada, state__in=OPEN).order_by("asked_at", "pk").first()
    handling.ask(
        patron_and(ada, here.home),
        kind=Kind.QUESTION,
        subject=ill.title[:120] if ill else "My card",
        text="May my daughter pick it up for me?",
        about=of_request(ill.ref) if ill else "",
        by=ada,
        name=str(ada),
        at=here.ago(0.4),
    )


def request_of(here: Desk, state: State, lender: Library | None = None) -> str:
    """What a case of the home library is about; about nothing, if it has none of this kind."""
    mine = Request.objects.at(here.home).filter(state=state)
    if lender is not None:
        mine = mine.filter(current__lender=lender)
    ill = mine.order_by("asked_at", "pk").first()
    return of_request(ill.ref) if ill else ""
