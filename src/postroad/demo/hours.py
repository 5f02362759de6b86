"""Opening hours of the demonstration: all invented, and of a third of the libraries not known."""

from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from zlib import crc32

from postroad.demo.facts import LibraryFact
from postroad.directory import hours

KNOWN = 67  # of a hundred libraries
SUMMER = 12  # of a hundred have other hours in summer
Typed = tuple[str, str, str, str, str, str, str]  # Monday first, as on the door

WEEKS: Mapping[str, tuple[Typed, ...]] = {
    "public": (
        ("10-8", "10-5", "10-8", "10-5", "10-5", "10-2", "1-4"),
        ("9-9", "9-9", "9-9", "9-9", "9-5", "9-5", "1-5"),
        ("9:30-5:30", "noon-8", "9:30-5:30", "noon-8", "9:30-5", "9:30-1", "1-4"),
        ("10-1, 2-6", "10-1, 2-6", "10-1, 2-8", "10-1, 2-6", "10-1, 2-5", "9-noon", "1-4"),
    ),
    "academic": (
        ("8-midnight", "8-midnight", "8-midnight", "8-midnight", "8-6", "10-6", "noon-midnight"),
        ("7:30am-2am", "7:30am-2am", "7:30am-2am", "7:30am-2am", "7:30-8", "9-8", "10am-2am"),
    ),
    "school": (("7:30-3", "7:30-3", "7:30-3", "7:30-3", "7:30-2", "9-noon", "1-4"),),
    "special": (("9-4:30", "9-4:30", "9-4:30", "9-4:30", "9-noon, 1-4:30", "10-2", "1-4"),),
}
IN_SUMMER: Typed = ("10-4", "10-4", "10-7", "10-4", "10-1", "10-1", "")


def of(library: LibraryFact) -> str:
    """Hours of its opening days, as they are kept; nothing where nobody has said them."""
    drawn = crc32(library.code.encode())
    weeks = WEEKS.get(library.kind)
    if weeks is None or drawn % 100 >= KNOWN:
        return ""
    return kept(library.open_days, weeks[drawn // 100 % len(weeks)])


def in_summer(libraries: Iterable[LibraryFact]) -> dict[str, str]:
    """Other hours in July and August, by code: of some public libraries whose usual ones are
    known."""
    return {
        each.code: kept(each.open_days, IN_SUMMER)
        for each in libraries
        if each.kind == "public" and crc32(each.code.encode()) % 100 < SUMMER
    }


def next_summer(today: date) -> tuple[date, date]:
    year = today.year + (today.month > 8)
    return date(year, 7, 1), date(year, 8, 31)


@cache
def kept(open_days: str, typed: Typed) -> str:
    read = [hours.read(each) if each else () for each in typed]
    week = tuple(() if isinstance(each, hours.Word) else each for each in read)
    return hours.fit(open_days, hours.pack(week))
