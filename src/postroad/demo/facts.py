"""What the demo consortium is made of: libraries, rounds of the van and titles.

Read from two files that tools/make_demo_data.py makes from free sources. docs/reference/data.md
says which facts are real, and what is invented. What the libraries own is in stock.py.
"""

import csv
import gzip
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

CENTRE = "CENTER"  # code of the library that handles what no member could supply
REAL_DELIVERY_CODES = frozenset({"JAM", "BRO", "RED"})


@dataclass(frozen=True, slots=True)
class OutsideFact:
    """A library that is no member. It is real; its symbol is invented."""

    code: str
    name: str
    town: str
    state: str
    symbol: str
    street: str = ""  # of its main building; empty: its address is not known here
    zip: str = ""


OUTSIDE = (
    OutsideFact(
        "x-congress",
        "Library of Congress",
        "Washington",
        "DC",
        "XLOC",
        "101 Independence Avenue SE",
        "20540",
    ),
    OutsideFact(
        "x-yale", "Yale University Library", "New Haven", "CT", "XYAL", "120 High Street", "06511"
    ),
    OutsideFact(
        "x-new-york",
        "New York Public Library",
        "New York",
        "NY",
        "XNYP",
        "476 Fifth Avenue",
        "10018",
    ),
    OutsideFact("x-dartmouth", "Dartmouth College Library", "Hanover", "NH", "XDRB"),
    OutsideFact("x-maine", "Maine State Library", "Augusta", "ME", "XMSL"),
)


@dataclass(frozen=True, slots=True)
class NetworkFact:
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class LibraryFact:
    """A library. Its code, network, opening days and delivery are invented even if it is real."""

    code: str
    name: str
    town: str
    state: str
    kind: str
    network: str  # code, or empty
    latitude: float
    longitude: float
    yearly_loans: int  # of the whole system, at its main library; 0 where nobody publishes it
    volumes: int
    branch_of: str  # code of the main library, or empty
    open_days: str
    delivery_code: str  # Rhode Island's 3 letters
    delivery_code_invented: bool
    invented: bool  # the library itself


@dataclass(frozen=True, slots=True)
class RouteFact:
    code: str
    name: str
    region: str


@dataclass(frozen=True, slots=True)
class StopFact:
    library: str
    route: str
    place: int
    days: str


@dataclass(frozen=True, slots=True)
class ScheduleFact:
    """Other delivery days than usual, for a while."""

    library: str
    days: str
    first_day: date
    last_day: date
    reason: str


@dataclass(frozen=True, slots=True)
class TitleFact:
    """A title as the file has it; tools/demo_titles.py says what each field holds."""

    source: str
    number: str
    format: str
    title: str
    rest: str
    author: str
    dates: str
    corporate: str
    language: str
    year: str
    place: str
    publisher: str
    edition: str
    extent: str
    congress: str
    dewey: str
    subjects: str
    others: str
    isbn: str
    issn: str
    lccn: str
    oclc: str
    fiction: str
    known: str

    @property
    def fame(self) -> int:
        """How widely the demo's libraries own it, 0 to 9: our own judgement."""
        return int(self.known)

    @property
    def control_number(self) -> str:
        """Field 001 of its record."""
        return self.source + self.number


NETWORKS = (
    NetworkFact("hilltown", "Hilltown Catalog"),
    NetworkFact("milestone", "Milestone Libraries"),
    NetworkFact("lantern", "Lantern Network"),
    NetworkFact("harborlight", "Harborlight Libraries"),
    NetworkFact("millrace", "Millrace Library Network"),
    NetworkFact("cranberry", "Cranberry Shelf"),
    NetworkFact("herring-run", "Herring Run Libraries"),
    NetworkFact("dunes", "Dunes and Islands Libraries"),
    NetworkFact("salt-pond", "Salt Pond Libraries"),
    NetworkFact("quadrangle", "Quadrangle Academic Libraries"),
    NetworkFact("bay-scholars", "Bay Scholars"),
    NetworkFact("chalkboard", "Chalkboard Catalog"),
)


def networks() -> Iterable[NetworkFact]:
    """All invented."""
    return NETWORKS


def rows(name: str) -> list[list[str]]:
    """The rows of one of our tab-separated files, without the line of names."""
    packed = files("postroad.demo").joinpath("data", name).read_bytes()
    lines = gzip.decompress(packed).decode().splitlines()
    return list(csv.reader(lines[1:], delimiter="\t", quoting=csv.QUOTE_NONE))


@cache
def library_rows() -> tuple[tuple[LibraryFact, StopFact | None], ...]:
    return tuple(read_library(row) for row in rows("libraries.tsv.gz"))


def read_library(row: list[str]) -> tuple[LibraryFact, StopFact | None]:
    code, name, town, state, kind, network, latitude, longitude, loans, volumes = row[:10]
    parent, open_days, delivery_code, route, place, days, invented = row[10:]
    library = LibraryFact(
        code=code,
        name=name,
        town=town,
        state=state,
        kind=kind,
        network=network,
        latitude=float(latitude),
        longitude=float(longitude),
        yearly_loans=int(loans),
        volumes=int(volumes),
        branch_of=parent,
        open_days=open_days,
        delivery_code=delivery_code,
        delivery_code_invented=bool(delivery_code) and delivery_code not in REAL_DELIVERY_CODES,
        invented=bool(invented),
    )
    return library, StopFact(code, route, int(place), days) if days else None


def libraries() -> Iterator[LibraryFact]:
    """By code; a branch may come before its main library."""
    return (library for library, _ in library_rows())


def stops() -> Iterator[StopFact]:
    """All invented. A handful of libraries have none."""
    return (stop for _, stop in library_rows() if stop)


def routes() -> Iterator[RouteFact]:
    """All invented, named by region and number as the trade does."""
    regions = {"RI": "Rhode Island", "CAPE": "Cape and Islands", "METRO": "Metro West"}
    for code in sorted({stop.route for stop in stops()}):
        short, _, number = code.partition(" ")
        region = regions.get(short, short.capitalize())
        yield RouteFact(code, f"{region} {number}", region)


def schedule_changes(first_year: int, last_year: int) -> Iterator[ScheduleFact]:
    """Invented: schools without delivery in summer, quiet colleges, busier summers on the Cape."""
    stop_of = {stop.library: stop for stop in stops()}
    for year in range(first_year, last_year + 1):
        for library in libraries():
            if library.code in stop_of:
                yield from changes_in(year, library, stop_of[library.code])


def changes_in(year: int, library: LibraryFact, stop: StopFact) -> Iterator[ScheduleFact]:
    def change(days: str, first: tuple[int, int], last: tuple[int, int], why: str) -> ScheduleFact:
        return ScheduleFact(library.code, days, date(year, *first), date(year, *last), why)

    if library.kind == "school":
        yield change("-------", (6, 27), (8, 28), "Summer holidays")
        yield change("-------", (12, 24), (12, 31), "Winter break")
    elif library.kind == "academic" and stop.days == "MTWTF--":
        yield change("M-W-F--", (5, 26), (8, 24), "Summer term")
        yield change("--W----", (12, 21), (12, 31), "Between terms")
    elif stop.route.startswith("CAPE") and stop.days == "M-W-F--":
        yield change("MTWTF--", (7, 1), (8, 31), "Summer visitors")


@cache
def title_facts() -> tuple[TitleFact, ...]:
    """As the file has them, by source and author."""
    return tuple(TitleFact(*row) for row in rows("titles.tsv.gz"))
