"""The people of the demonstration: posts, readers, teams and subscribers."""

import random
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from secrets import token_urlsafe

from django.contrib.auth.hashers import make_password
from django.utils import timezone

from postroad.accounts.models import Card, Post, Role, User
from postroad.directory import records
from postroad.directory.models import (
    Contact,
    Library,
)
from postroad.guides.models import AnswerPage, GuidePage
from postroad.notices import staff_notices, topics, updates
from postroad.notices.staff import Reach, Subject
from postroad.notices.subscribers import Frequency, Subscriber

HOME, LENDER = "LEE", "PITTSFIELD"  # where the accounts of the demonstration work
PASSWORD = "milepost"  # noqa: S105  # printed at every start of the demonstration

POSTS: dict[Role, str | None] = {
    Role.BORROWING: HOME,
    Role.LENDING: LENDER,
    Role.DIRECTOR: HOME,
    Role.CENTRE: None,
    Role.DRIVER: None,
    Role.DELIVERY: None,
    Role.EDITOR: None,
    Role.OPERATOR: None,
}

NAMES: dict[Role, tuple[str, str]] = {
    Role.PATRON: ("Ada", "Alcott"),
    Role.BORROWING: ("Ben", "Bartlett"),
    Role.LENDING: ("Lena", "Lowell"),
    Role.DIRECTOR: ("Dora", "Dickinson"),
    Role.CENTRE: ("Carl", "Channing"),
    Role.DRIVER: ("Rosa", "Revere"),
    Role.DELIVERY: ("Dan", "Dewey"),
    Role.EDITOR: ("Edith", "Emerson"),
    Role.OPERATOR: ("Otto", "Otis"),
}

BLOCKED = 103  # the number of the reader whose card is blocked

FIRST = (
    "Alma,Amos,Beth,Caleb,Clara,Daniel,Ellen,Ezra,Fanny,George,Grace,Hannah,Henry,Ida,Isaac,Jane,"
    "John,Kate,Lucy,Luke,Mary,Miles,Nora,Noah,Olive,Paul,Phoebe,Ruth,Rufus,Sarah,Seth,Susan,"
    "Thomas,Tilda,Una,Vera,Walter,Wilma,Yale,Zilpha"
).split(",")

LAST = (
    "Adams,Abbott,Bradford,Crane,Colby,Drew,Endicott,Eliot,Field,Gardner,Greene,Hale,Howe,Ives,"
    "Ingalls,Judd,Jewett,Knox,Lane,Lyman,Mather,Morse,Nash,Newell,Orne,Pratt,Peck,Rowe,Rand,"
    "Sewall,Stark,Shaw,Thayer,Town,Upham,Vose,Ward,West,York,Zane"
).split(",")

READERS = [
    (first, LAST[(place + shift) % len(LAST)])
    for shift in (0, 7, 19)
    for place, first in enumerate(FIRST)
]

SUBSCRIBERS: tuple[tuple[str, Frequency, list[str]], ...] = (
    ("alice", Frequency.AT_ONCE, [topics.NEWS]),
    ("ben", Frequency.DAILY, [topics.GUIDES, topics.NEWS]),
    (
        "clara",
        Frequency.WEEKLY,
        [topics.ROUTES, topics.of_library(HOME), topics.of_library(LENDER)],
    ),
)

# The team of the center; 555-01 numbers belong to nobody.
TEAM = (
    (Contact.Purpose.ILL, "Carl Channing", "1", "12"),
    (Contact.Purpose.DELIVERY, "Dan Dewey", "2", "20"),
    (Contact.Purpose.TEAM, "Edith Emerson", "3", "31"),
)

UNOWNED = ("document-delivery", "how-many-may-i-have")  # pages of guides in the demonstration


def make_people(libraries: dict[str, Library]) -> None:
    """An account for each role, named as the role, and readers who ask for books."""
    password = make_password(PASSWORD)
    roles = list(NAMES)
    accounts = User.objects.bulk_create(
        person(role.value, *NAMES[role], password=password) for role in roles
    )
    by_role = dict(zip(roles, accounts, strict=True))
    Post.objects.bulk_create(
        Post(user=by_role[role], role=role, library=libraries[at] if at else None)
        for role, at in POSTS.items()
    )
    Card.objects.create(
        user=by_role[Role.PATRON], library=libraries[HOME], barcode="29046000000017"
    )
    make_readers(libraries)


def make_team(today: date) -> None:
    """Whom to call at the center (R16); all of them are made up."""
    Contact.objects.bulk_create(
        Contact(
            purpose=purpose,
            name=name,
            email=f"{purpose}@center.example.org",
            phone="508-555-0147",
            menu_option=option,
            extension=extension,
            place="Old Post Road Interlibrary Loan Center, Sudbury",
            hours="Monday to Friday, 8:30 a.m. to 4:30 p.m.",
            confirmed_on=today - timedelta(days=30),
            confirmed_by="Otto Otis",
        )
        for purpose, name, option, extension in TEAM
    )
    home, director = Library.objects.get(code=HOME), " ".join(NAMES[Role.DIRECTOR])
    for purpose, role in (
        (Contact.Purpose.ILL, Role.BORROWING),
        (Contact.Purpose.DIRECTOR, Role.DIRECTOR),
    ):
        Contact.objects.create(
            library=home,
            purpose=purpose,
            name=" ".join(NAMES[role]),
            email=f"{purpose}@lee.example.org",
            phone="413-555-0123",
            confirmed_on=today - timedelta(days=12),
            confirmed_by=director,
        )
    on = today - timedelta(days=12)
    records.confirm(home, ["open_days", "hours"], by=director, on=on)


def make_subscribers() -> None:
    """Three who get updates, each in another way; invented, as everybody."""
    at = timezone.now() - timedelta(days=60)
    for name, frequency, wanted in SUBSCRIBERS:
        subscriber = Subscriber.objects.create(
            email=f"{name}@readers.example.org",
            secret=token_urlsafe(16),
            frequency=frequency,
            confirmed_at=at,
        )
        updates.add_interests(subscriber, wanted)


def tell_staff(now: datetime) -> None:
    """A route delay that some have read, and some have not."""
    notice = staff_notices.send(
        about=Subject.DELAY,
        title="The van comes an hour late this week",
        text="One driver is away. No stop is left out; what is ready at the usual time goes along.",
        reach=Reach.ALL,
        office=Role.DELIVERY,
        by="Dan Dewey",
        at=now - timedelta(hours=20),
    )
    for receipt in notice.receipts.select_related("user").filter(user__username="lending"):
        staff_notices.acknowledge(notice.pk, receipt.user, at=now - timedelta(hours=18))


def give_guides_owners(today: date) -> None:
    """The editor keeps nearly all of them right; one is due, and two have nobody."""
    editor = User.objects.get(username=Role.EDITOR.value)
    for kind in (GuidePage, AnswerPage):
        kind.objects.exclude(slug__in=UNOWNED).update(maintainer=editor)
    GuidePage.objects.filter(slug="how-delivery-days-work").update(review_by=today)


def make_readers(libraries: dict[str, Library]) -> None:
    """A third of them at the demonstration's own library, the others all over; one is blocked."""
    places = reader_places(libraries)
    users = User.objects.bulk_create(
        person(f"{first}.{last}".lower(), first, last, password=make_password(None))
        for first, last in READERS
    )
    Card.objects.bulk_create(
        Card(
            user=user,
            library=libraries[place],
            barcode=f"290460{number:08}",
            blocked="Owes for a lost book" if number == BLOCKED else "",
        )
        for number, (user, place) in enumerate(zip(users, places, strict=True), start=100)
    )


def reader_places(libraries: dict[str, Library]) -> list[str]:
    dice = random.Random(7)  # noqa: S311
    public = sorted(code for code, each in libraries.items() if each.kind == "public")
    elsewhere = dice.sample(public, len(READERS) * 2 // 3)
    return [HOME] * (len(READERS) - len(elsewhere)) + elsewhere


def person(username: str, first: str, last: str, *, password: str) -> User:
    return User(
        username=username,
        first_name=first,
        last_name=last,
        email=f"{username}@example.org",
        password=password,
    )


def sign_ins() -> Iterable[tuple[str, str]]:
    """(name, what it is) of each account."""
    return [(role.value, str(role.label)) for role in NAMES]
