"""Libraries, a van, readers and shelves, in any number and the same each time."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from postroad.accounts.models import Card, User
from postroad.catalogue.models import Item, Record
from postroad.delivery.models import Region, Route, Stop
from postroad.directory.models import Closure, Effect, Library, Network, Policy, State, Threshold
from postroad.directory.opening import ALWAYS
from postroad.directory.thresholds import DEFAULTS
from postroad.ill.models import Tally

HOLIDAYS = 24  # of the van, over two years
FIRST_COPY = 30_000_000_000_000


def libraries(number: int, today: date) -> list[Library]:
    """Open every day and called at every day, so that no figure hangs on the day of the week."""
    made = Library.objects.bulk_create(
        Library(
            code=f"L{place}",
            name=f"Library of Town {place}",
            town=f"Town {place}",
            state=State.MASSACHUSETTS,
            latitude=42 + (place % 40) / 100,
            longitude=-72 + (place // 40) / 100,
            open_days=ALWAYS,
            email=f"ill@l{place}.example.org",
            invented=True,
        )
        for place in range(number)
    )
    Policy.objects.bulk_create(Policy(library=each) for each in made)
    Threshold.objects.bulk_create(
        Threshold(name=name, days=days, effective=date(2021, 1, 1))
        for name, days in DEFAULTS.items()
    )
    give_a_van(made, today)
    return made


def networks(number: int) -> None:
    """Each library in one of so many, all by turns."""
    made = Network.objects.bulk_create(
        Network(code=f"n{place}", name=f"Network {place}", invented=True) for place in range(number)
    )
    for place, network in enumerate(made):
        keys = Library.objects.order_by("pk").values_list("pk", flat=True)[place::number]
        Library.objects.filter(pk__in=list(keys)).update(network=network)


def give_a_van(made: Iterable[Library], today: date) -> None:
    region = Region.objects.create(code="R", name="Round", letter="R", invented=True)
    route = Route.objects.create(code="R1", name="Round 1", region=region, invented=True)
    Stop.objects.bulk_create(
        Stop(
            library=each,
            route=route,
            place=place,
            drop_days=ALWAYS,
            pick_up_days=ALWAYS,
            invented=True,
        )
        for place, each in enumerate(made)
    )
    holidays = (today + timedelta(days=30 * ahead + 20) for ahead in range(-12, HOLIDAYS - 12))
    Closure.objects.bulk_create(
        Closure(effect=Effect.NO_DELIVERY, first_day=day, last_day=day) for day in holidays
    )


def past_year(made: Iterable[Library], today: date) -> None:
    """What each library lent and borrowed in each of twelve months."""
    months = {(today.replace(day=1) - timedelta(days=30 * ago)).replace(day=1) for ago in range(12)}
    Tally.objects.bulk_create(
        Tally(library=each, month=month, lent=place % 7, borrowed=place % 5)
        for place, each in enumerate(made)
        for month in months
    )


def titles(number: int) -> list[Record]:
    return Record.objects.bulk_create(
        Record(title=f"Title {place}", author="Author, An", year=1900, match_key=f"title {place}")
        for place in range(number)
    )


def copies(records: Iterable[Record], owners: list[Library], each: int) -> None:
    """So many copies of each title, each at another library, all libraries by turns."""

    def shelved() -> Iterator[Item]:
        number = 0
        for record in records:
            for _ in range(each):
                barcode = str(FIRST_COPY + number)
                library = owners[number % len(owners)]
                yield Item(record=record, library=library, barcode=barcode, call_number="813 AUT")
                number += 1

    Item.objects.bulk_create(shelved(), batch_size=5000)


def readers(number: int, home: Library) -> list[User]:
    """Each with a card and an address, so that mail is written."""
    people = User.objects.bulk_create(
        User(username=f"reader-{place}", email=f"reader-{place}@example.org")
        for place in range(number)
    )
    Card.objects.bulk_create(
        Card(user=each, library=home, barcode=f"card-{each.pk}") for each in people
    )
    return people
