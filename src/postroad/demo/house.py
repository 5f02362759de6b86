"""The demo consortium before anybody asks for anything: libraries, van, catalogue and people."""

import io
import random
from collections.abc import Callable, Iterator
from datetime import date, timedelta

from django.utils import timezone

from postroad.catalogue import loading, search
from postroad.catalogue.models import Collection, Contribution, ItemStatus
from postroad.demo import (
    facts,
    hours,
    journals,
    loads,
    network,
    networks,
    records,
    resources,
    title_lists,
)
from postroad.demo.people import (
    HOME,
    LENDER,
    give_guides_owners,
    make_people,
    make_subscribers,
    make_team,
)
from postroad.demo.stock import StockFact, invented_beside
from postroad.directory import holidays
from postroad.directory.models import (
    Address,
    Agreement,
    Authority,
    Closure,
    Effect,
    Library,
    Membership,
    Network,
    Policy,
    SpecialHours,
    State,
    Symbol,
    Threshold,
)
from postroad.directory.thresholds import DEFAULTS
from postroad.guides import announcing
from postroad.guides import seed as guides

FEW = 8  # libraries
# What the README plays with: nobody in the story asks for these. The first ones only the demo's
# lender owns; the last one stands on the shelf at home.
TRY = (
    "West of the Pecos",
    "Murder in Blue Street",
    "Henry Flagler : visionary of the Gilded Age",
    "Observations on Italy",
)

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


Say = Callable[[str], None]


def build(today: date, say: Say, titles: int | None = None) -> None:
    """Everything that stands still, with all titles or so many. In the caller's transaction."""
    say("libraries, routes and delivery days")
    libraries = make_libraries()
    make_outside()
    network.make_routes(libraries, today)
    network.make_codes(libraries)
    make_closures(libraries, today)
    make_special_hours(libraries, today)
    networks.make(libraries, today, timezone.now())
    resources.make(libraries, today, timezone.now())
    with invented_beside() as copies:
        say(f"{titles or 20_000:,} titles, as MARC")
        load_titles(libraries[facts.CENTRE], titles)
        load_again([libraries[HOME], libraries[LENDER]])
        journals.load(libraries)
        loading.load(io.BytesIO(b"".join(records.local())), libraries[HOME], refresh=False)
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
    loads.make(timezone.now())
    title_lists.make(timezone.now())
    say("the search index")
    search.refresh()


def make_libraries() -> dict[str, Library]:
    """All libraries by code, with networks and policies."""
    known = {
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
            network=known.get(each.network),
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
    Agreement.objects.create(
        name="Between libraries of Rhode Island (invented)",
        lender_side="state:RI",
        borrower_side="state:RI",
        silence_on_renewal=Agreement.Silence.GRANT,
        effective=date(2021, 1, 1),
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
        # That Rhode Island's academic and some of its public ones do is so; which ones, invented.
        lends_to_other_states=library.state != State.RHODE_ISLAND
        or library.kind == "academic"
        or dice.random() < 0.3,
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
        for each in holidays.of_years(today.year - 1, today.year + 1)
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
    tried = {journals.JOURNAL, *(title.partition(" : ")[0] for title in TRY)}
    file = io.BytesIO(b"".join(records.titles(wanted, tried)))
    loading.load(file, centre, refresh=False)


def load_again(others: list[Library]) -> None:
    """Some titles as other libraries describe them, so that these are said by several."""
    tried = {title.partition(" : ")[0] for title in TRY}
    for library in others:
        loading.load(io.BytesIO(b"".join(records.again(tried))), library, refresh=False)


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
