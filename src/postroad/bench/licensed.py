"""Whether a title is licensed for a library's readers, among a million rows of title lists."""

import os
import random
from collections.abc import Callable, Iterator
from datetime import date
from functools import partial

from django.db import connection
from django.utils import timezone

from postroad.bench import consortium
from postroad.bench.figures import Conditions, Figure, Times, conditions
from postroad.directory.models import Kind, Library
from postroad.econtent.licensed import Wanted, answer
from postroad.econtent.models import Resource, Right, Title, TitleList

NAME = "licensed"
ROWS, LISTS, LIBRARIES = 1_000_000, 200, 50
ON_LISTS = 4  # of each title
ASKED, WARM_UP = 2000, 50
BATCH = 5000
SEED = 13
BOOKS = 0.4  # of the titles
GAPS = 0.1  # of the serials, which have two rows then
UNKNOWN = 0.3  # of what is asked for, which is on no list
EMBARGOES = ("", "", "P1Y", "P12M", "R10Y")


class NothingFound(Exception):
    """No answer was a link, or each was: the figure would be of something else."""


def main() -> None:
    rows = int(os.environ.get("POSTROAD_BENCH_RECORDS") or ROWS)
    for figure in measure(rows):
        print(figure.line(), flush=True)  # noqa: T201


def measure(rows: int = ROWS, lists: int = LISTS, asked: int = ASKED) -> Iterator[Figure]:
    drawn, today = random.Random(SEED), timezone.localdate()  # noqa: S311  # the same each time
    libraries = consortium.libraries(LIBRARIES, today)
    Library.objects.update(kind=Kind.PUBLIC)
    for library in libraries:
        library.kind = Kind.PUBLIC
    made = furnish(rows, license_all(lists), drawn)
    times, found = Times(), 0
    for number in range(asked + WARM_UP):
        wanted = some(made, drawn, today)
        ask = partial(answer, wanted, drawn.choice(libraries), today)
        found += ask_once(ask, times if number >= WARM_UP else Times())
    if not 0 < found < asked + WARM_UP:
        raise NothingFound(f"{found} of {asked + WARM_UP} answers were a link")
    known: Conditions = {**conditions(), "rows": rows, "lists": lists, "found": found}
    yield from times.figures(NAME, "is it licensed", known)


def ask_once(ask: Callable[[], object], times: Times) -> bool:
    said: list[object] = []
    times.take(lambda: said.append(ask()))
    return said[0] is not None


def license_all(number: int) -> list[TitleList]:
    """Resources with a list each: for public libraries, through a proxy for one, or not said."""
    resources = Resource.objects.bulk_create(
        Resource(slug=f"r{place}", name=f"Collection {place}", address=f"https://r{place}.example/")
        for place in range(number)
    )
    public = {"who": Right.Who.KIND, "value": Kind.PUBLIC, "how": Right.How.CARD}
    one = {"who": Right.Who.LIBRARY, "how": Right.How.PROXY, "prefix": "https://p.example/?qurl="}
    keys = list(Library.objects.order_by("pk").values_list("pk", flat=True))
    Right.objects.bulk_create(
        Right(resource=each, **public)
        if place % 3
        else Right(resource=each, library_id=keys[place % len(keys)], **one)
        for place, each in enumerate(resources)
        if place % 10
    )
    return TitleList.objects.bulk_create(
        TitleList(resource=each, platform=f"r{place}.example")
        for place, each in enumerate(resources)
    )


def furnish(rows: int, lists: list[TitleList], drawn: random.Random) -> int:
    """So many rows; says how many titles they are of."""
    waiting: list[Title] = []
    made, titles = 0, 0
    while made < rows:
        listed = [
            row
            for title_list in drawn.sample(lists, min(ON_LISTS, len(lists)))
            for row in rows_of(titles, title_list, drawn)
        ][: rows - made]
        waiting, made, titles = waiting + listed, made + len(listed), titles + 1
        if len(waiting) >= BATCH or made == rows:
            Title.objects.bulk_create(waiting, batch_size=BATCH)
            waiting = []
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return titles


def rows_of(number: int, title_list: TitleList, drawn: random.Random) -> Iterator[Title]:
    is_book = drawn.random() < BOOKS
    known = {
        "title_list": title_list,
        "title": f"Title {number} of the Society for Ferries and Harbors",
        "print_number": numbered(number),
        "online_number": numbered(number, "5"),
        "address": f"https://{title_list.platform}/t/{number}",
        "depth": "fulltext",
        "is_book": is_book,
    }
    first = drawn.randint(1950, 2015)
    if is_book:
        yield Title(**known)
    elif drawn.random() < GAPS:
        yield Title(begin=str(first), end=str(first + 3), **known)
        yield Title(begin=str(first + 6), embargo=drawn.choice(EMBARGOES), **known)
    else:
        yield Title(begin=str(first), embargo=drawn.choice(EMBARGOES), **known)


def numbered(number: int, kind: str = "1") -> str:
    return f"{kind}{number:07}"


def some(titles: int, drawn: random.Random, today: date) -> Wanted:
    """A citation: its two numbers, the year, and a third of the time of a title on no list."""
    number = drawn.randrange(titles) + (titles if drawn.random() < UNKNOWN else 0)
    return Wanted((numbered(number), numbered(number, "5")), drawn.randint(1950, today.year))
