"""Copies of articles that libraries of the demonstration have had, of invented titles: so that the
copyright counts show something on any day, in this year and the two before."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from postroad.demo.people import HOME, LENDER
from postroad.directory.models import Library
from postroad.documents import uses
from postroad.documents.copyright import Basis, Choice, Citation, Rights
from postroad.documents.uses import Asked, Chosen

THERE = ZoneInfo("America/New_York")
FERRIES = Citation("Journal of ferry studies (invented)", ("9900-0016", "9900-0024"))
BEES = Citation("The upland beekeeper (invented)", ("9900-0032",))
NURSES = Citation("Annals of small-town nursing (invented)", ("9900-0040",))
DIALECTS = Citation("Bulletin of hill dialects (invented)")  # no number: by its title
BOOK = Citation("A handbook of millponds (invented)", ("9789900000013",), is_periodical=False)
PAID, ELSEWHERE = Chosen(Choice.ROYALTY, Decimal("38.50")), Chosen(Choice.OTHER_SOURCE)
# whose, of what, how many in each year, the years before this one, its age, what was chosen beyond
HAD: Sequence[tuple[str, Citation, int, Sequence[int], int, Sequence[Chosen]]] = (
    (HOME, FERRIES, 8, (0, 1), 1, (PAID, Chosen(Choice.ROYALTY), Chosen())),
    (HOME, BEES, 4, (0, 1, 2), 2, ()),
    (HOME, NURSES, 2, (0,), 9, ()),
    (HOME, DIALECTS, 1, (0, 2), 0, ()),
    (HOME, BOOK, 1, (0, 1, 2), 12, ()),
    (LENDER, NURSES, 6, (0,), 1, (ELSEWHERE,)),
    (LENDER, BEES, 5, (0, 1), 3, ()),
    (LENDER, FERRIES, 1, (0,), 1, ()),
)


def make(now: datetime) -> None:
    now = now.astimezone(THERE)
    found = {each.code: each for each in Library.objects.filter(code__in=(HOME, LENDER))}
    for code, citation, number, years, age, beyond in HAD:
        for year in years:
            copies(found[code], citation, number, beyond, list(moments(now, year, number)), age)
    say_more(found[HOME], now)


def copies(
    library: Library,
    citation: Citation,
    number: int,
    beyond: Sequence[Chosen],
    moments: Sequence[datetime],
    age: int,
) -> None:
    for nth, at in enumerate(moments):
        published = str(at.year - age)
        one = Citation(citation.title, citation.numbers, published, citation.is_periodical)
        place = nth - (number - len(beyond))
        uses.record(Asked(library, one, at), at, chosen=beyond[place] if place >= 0 else None)


def moments(now: datetime, before: int, number: int) -> Iterator[datetime]:
    """So many in a year, the last one at its end or now."""
    year = now.year - before
    first = datetime(year, 1, 1, tzinfo=THERE)
    last = min(now, datetime(year, 12, 31, 12, tzinfo=THERE))
    for nth in range(number):
        yield first + (max(last - first, timedelta(0))) * (nth + 1) / number


def say_more(library: Library, now: datetime) -> None:
    """A mark that staff changed, one of a title that the library has itself, and a decline."""
    asked = Asked(library, Citation(BEES.title, BEES.numbers, str(now.year)), now)
    uses.change_mark(
        uses.record(asked, now),
        Basis.CCL,
        "The author put it on the web herself",
        by="Ben Bartlett",
    )
    own = Asked(library, asked.citation, now, Rights(owns_unusable=True))
    uses.record(own, now)
    ferries = Citation(FERRIES.title, FERRIES.numbers, str(now.year))
    uses.decline(Asked(library, ferries, now))
