"""The demo consortium before anybody asks for anything: libraries, van, catalogue and people."""

import io
import random
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, timedelta
from secrets import token_urlsafe

from django.contrib.auth.hashers import make_password
from django.utils import timezone

from postroad.accounts.models import Card, Post, Role, User
from postroad.catalogue import loading, search
from postroad.catalogue.models import Collection, Contribution, ItemStatus
from postroad.delivery.models import Route, ScheduleChange, Stop
from postroad.demo import facts, hours, records
from postroad.demo.stock import StockFact, invented_beside
from postroad.directory import records as library_records
from postroad.directory.models import (
    Address,
    Authority,
    Closure,
    Contact,
    Effect,
    Library,
    Membership,
    Network,
    Policy,
    SpecialHours,
    Symbol,
    Threshold,
)
from postroad.directory.thresholds import DEFAULTS
from postroad.guides import announcing
from postroad.guides import seed as guides
from postroad.guides.models import AnswerPage, GuidePage
from postroad.notices import staff_notices, topics, updates
from postroad.notices.staff import Reach, Subject
from postroad.notices.subscribers import Frequency, Subscriber

PASSWORD = "milepost"  # noqa: S105  # printed at every start of the demonstration
HOME, LENDER = "LEE", "PITTSFIELD"  # where the accounts of the demonstration work
FEW = 8  # libraries
# What the README plays with: nobody in the story asks for these. The first ones only the demo's
# lender owns; the last one stands on the shelf at home.
TRY = (
    "West of the Pecos",
    "Murder in Blue Street",
    "Henry Flagler : visionary of the Gilded Age",
    "Observations on Italy",
)
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

# The professional collection: invented, kept by the library of a school for librarians.
PROFESSIONAL, SHELF = "SIMMONS-U", "Professional Collection"
OF_OUR_TRADE = (
    "Librar",
    "Children's libraries",
    "Books",
    "Book collecting",
    "Prohibited books",
    "Storytelling",
    "Copyright",
    "Children -- Books and reading",
)
NOT_OF_IT = ("iction", "oetry", "uvenile", "Catalogs")
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

Say = Callable[[str], None]


def build(today: date, say: Say, titles: int | None = None) -> None:
    """Everything that stands still, with all titles or so many. In the caller's transaction."""
    say("libraries, routes and delivery days")
    libraries = make_libraries()
    make_outside()
    make_routes(libraries, today)
    make_closures(libraries, today)
    make_special_hours(libraries, today)
    with invented_beside() as copies:
        say(f"{titles or 20_000:,} titles, as MARC")
        load_titles(libraries[facts.CENTRE], titles)
        say("the shelves of the libraries")
        fill_shelves(libraries, copies())
        make_collection(libraries)
    say("people, guides and news")
    make_people(libraries)
    make_team(today)
    make_subscribers()
    guides.publish(today)
    announcing.follow(timezone.now())
    give_guides_owners(today)
    say("the search index")
    search.refresh()


def make_libraries() -> dict[str, Library]:
    """All libraries by code, with networks and policies."""
    networks = {
        each.code: each
        for each in Network.objects.bulk_create(
            Network(code=each.code, name=each.name, invented=True) for each in facts.networks()
        )
    }
    made = Library.objects.bulk_create(
        Library(
            code=each.code,
            name=each.name,
            town=each.town,
            state=each.state,
            kind=each.kind,
            network=networks.get(each.network),
            latitude=each.latitude,
            longitude=each.longitude,
            open_days=each.open_days,
            hours=hours.of(each),
            email=f"ill@{each.code.lower()}.example.org",
            yearly_loans=each.yearly_loans,
            delivery_code=each.delivery_code,
            invented=each.invented,
        )
        for each in facts.libraries()
    )
    Policy.objects.bulk_create(policy(each) for each in made)
    Threshold.objects.bulk_create(
        Threshold(name=name, days=days, effective=date(2021, 1, 1))
        for name, days in DEFAULTS.items()
    )
    return {each.code: each for each in made}


def make_special_hours(libraries: dict[str, Library], today: date) -> None:
    first, last = hours.next_summer(today)
    SpecialHours.objects.bulk_create(
        SpecialHours(
            library=libraries[code], name="Summer hours", first_day=first, last_day=last, hours=kept
        )
        for code, kept in hours.in_summer(facts.libraries()).items()
        if kept
    )


def make_outside() -> None:
    """The libraries elsewhere that the centre asks."""
    made = Library.objects.bulk_create(
        Library(
            code=each.code,
            name=each.name,
            town=each.town,
            state=each.state,
            membership=Membership.OUTSIDE,
            open_days="",
        )
        for each in facts.OUTSIDE
    )
    of = dict(zip(facts.OUTSIDE, made, strict=True))
    Symbol.objects.bulk_create(
        Symbol(library=of[each], authority=Authority.OCLC, value=each.symbol, invented=True)
        for each in facts.OUTSIDE
    )
    Address.objects.bulk_create(
        Address(
            library=of[each],
            purpose=Address.Purpose.MAIL,
            lines=each.street,
            town=each.town,
            state=each.state,
            zip=each.zip,
        )
        for each in facts.OUTSIDE
        if each.street
    )


def policy(library: Library) -> Policy:
    """Invented; each library's own, and the same at every start."""
    dice = random.Random(library.code)  # noqa: S311  # a story, not a secret
    not_lent = ["film", "music"] if dice.random() < 0.2 else []
    return Policy(
        library=library,
        lends=library.kind != "centre" and dice.random() > 0.03,
        formats_not_lent=[*not_lent, "map"] if dice.random() < 0.3 else not_lent,
        answer_days=dice.choice((1, 2, 2, 3)),
        loan_days=dice.choice((21, 28, 28)),
        renewals=dice.choice((0, 1, 1, 2)) if library.code != LENDER else 1,
        approves_by_itself=library.kind != "school",
    )


def make_routes(libraries: dict[str, Library], today: date) -> None:
    routes = {
        each.code: each
        for each in Route.objects.bulk_create(
            Route(code=each.code, name=each.name, letter=each.code[:1], invented=True)
            for each in facts.routes()
        )
    }
    stops = Stop.objects.bulk_create(
        Stop(
            library=libraries[each.library],
            route=routes[each.route],
            place=each.place,
            days=each.days,
            invented=True,
        )
        for each in facts.stops()
    )
    at = {stop.library.code: stop for stop in stops}
    ScheduleChange.objects.bulk_create(
        ScheduleChange(
            stop=at[each.library],
            days=each.days,
            first_day=each.first_day,
            last_day=each.last_day,
            reason=each.reason,
        )
        for each in facts.schedule_changes(today.year, today.year + 1)
    )


def make_closures(libraries: dict[str, Library], today: date) -> None:
    """The holidays, and a few libraries that are shut or not lending just now."""
    Closure.objects.bulk_create(
        Closure(
            state=each.state,
            effect=Effect.CLOSED,
            first_day=each.day,
            last_day=each.day,
            reason=each.name,
            source="office",
        )
        for each in facts.holidays(today.year - 1, today.year + 1)
    )
    some = [
        ("GOSHEN", Effect.CLOSED, -20, 40, "New roof"),
        ("STOCKBRIDGE", Effect.CLOSED, -2, 12, "Flooded basement"),
        ("ADAMS", Effect.NO_LENDING, -5, 25, "Moving the shelves"),
        ("WILLIAMSTOWN", Effect.CLOSED, 10, 14, "New carpets"),
        (HOME, Effect.CLOSED, 20, 20, "Staff day"),
    ]
    Closure.objects.bulk_create(
        Closure(
            library=libraries[code],
            effect=effect,
            first_day=today + timedelta(days=first),
            last_day=today + timedelta(days=last),
            reason=reason,
            source="library",
        )
        for code, effect, first, last, reason in some
        if code in libraries
    )


def load_titles(centre: Library, wanted: int | None) -> None:
    """Through the same door as any library's file."""
    tried = {title.partition(" : ")[0] for title in TRY}
    file = io.BytesIO(b"".join(records.titles(wanted, tried)))
    loading.load(file, centre, refresh=False)


def fill_shelves(libraries: dict[str, Library], copies: list[StockFact]) -> None:
    known = dict(
        Contribution.objects.filter(library=libraries[facts.CENTRE]).values_list(
            "control_number", "record"
        )
    )
    loading.stock(
        loading.NewCopy(
            record_id=known[copy.control_number],
            library_id=libraries[copy.library].pk,
            barcode=copy.barcode,
            call_number=copy.call_number,
            location=copy.location,
            status=copy.status,
        )
        for copy in last_copies(copies)
        if copy.control_number in known
    )


def make_collection(libraries: dict[str, Library]) -> None:
    """The books about books and libraries, once more, at one location of one library."""
    numbers = [each.control_number for each in facts.title_facts() if is_of_our_trade(each)]
    listed = Contribution.objects.filter(
        library=libraries[facts.CENTRE], control_number__in=numbers
    )
    known = dict(listed.values_list("control_number", "record"))
    loading.stock(
        loading.NewCopy(
            record_id=known[number],
            library_id=libraries[PROFESSIONAL].pk,
            barcode=f"37777{place:09}",
            call_number="",
            location=SHELF,
            status=ItemStatus.IN,
        )
        for place, number in enumerate(numbers, start=1)
        if number in known
    )
    Collection.objects.create(
        slug="professional",
        name="Professional collection",
        library=libraries[PROFESSIONAL],
        location=SHELF,
        about="Books about libraries, reading and books, for those who work in libraries.",
        lending=(
            "Everybody may borrow; staff of member libraries go first.\n"
            "Find a title, press Ask for it, and the van brings it to your library."
        ),
        invented=True,
    )


def is_of_our_trade(title: facts.TitleFact) -> bool:
    return (
        title.format == "book"
        and title.language == "eng"
        and any(each.startswith(OF_OUR_TRADE) for each in title.subjects.split("|"))
        and not any(word in title.subjects for word in NOT_OF_IT)
    )


def last_copies(copies: list[StockFact]) -> Iterator[StockFact]:
    """The stock, but what the demo's two libraries share with few others they own alone.

    So that whoever plays the patron can ask for a title that the demo's own lender will get.
    """
    holders: dict[str, set[str]] = {}
    for copy in copies:
        holders.setdefault(copy.control_number, set()).add(copy.library)
    alone = {
        number: library
        for number, owners in holders.items()
        if len(owners) <= FEW
        for library in (LENDER, HOME)
        if library in owners
    }
    return (copy for copy in copies if alone.get(copy.control_number, copy.library) == copy.library)


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
    library_records.confirm(home, ["open_days", "hours"], by=director, on=on)


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
