"""A catalogue of any size for the benches: MARC records that are the same in each run.

Titles, names and subjects are put together from those of the demo, which are real, so that words
are as frequent as in a catalogue, and of as many scripts. Of one work there are editions, volumes
and forms. Libraries share half of their editions and each writes them down in its own way, with
four items on average; which edition a record is of stands in field 901 and in no field that is
compared.
"""

import os
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from itertools import accumulate
from pathlib import Path

from stdnum import isbn as isbn_rules

from postroad.demo import records as marc
from postroad.demo.facts import TitleFact, title_facts
from postroad.demo.records import Field, field

VERSION = 2  # raise it when the same seed makes other records
OWN = 100_000_000  # from here on, editions that only one library has
EDITION, VOLUME, FORM = 0.14, 0.04, 0.04  # shares of records of a work that there is already
FORMS = ("large-print", "audiobook", "eresource", "film")
PUBLISHERS = (
    "Penguin Books|Random House|HarperCollins|Simon & Schuster|Scholastic|Macmillan|Knopf|Doubleday"
    "|Oxford University Press|Cambridge University Press|Houghton Mifflin|Little, Brown|W.W. Norton"
    "|Springer|Wiley|McGraw-Hill|Farrar, Straus and Giroux|Candlewick Press|Beacon Press|Tor"
).split("|")
PLACES = ("New York", "London", "Boston", "Chicago", "San Francisco", "Toronto", "Oxford")
BRANCHES = ("MAIN", "EAST", "WEST", "NORTH", "SOUTH", "BOOKMOBILE")
SPOKEN = ("", "Second edition", "Third edition", "Fourth edition", "Fifth edition", "Sixth edition")
SHORT = ("", "2nd ed.", "3rd ed.", "4th ed.", "5th ed.", "6th ed.")
STATUSES = ("", "", "", "", "", "", "", "lost", "loan")


@dataclass(frozen=True, slots=True)
class Edition:
    """One book as its publisher made it; libraries write down the same of it."""

    number: int
    title: TitleFact
    editing: int = 0  # 1: the second edition
    volume: int = 0
    notes: str = ""

    @property
    def identifier(self) -> int:
        """Of which its ISBN, OCLC number and LCCN are made."""
        return self.number * 7919 % 899_999_963


@cache
def facts() -> tuple[tuple[TitleFact, ...], tuple[int, ...], tuple[str, ...]]:
    """The titles, how famous they are (summed up, for choosing), and their subjects."""
    titles = tuple(title_facts())
    subjects = tuple(each.subjects for each in titles if each.subjects)
    return titles, tuple(accumulate(1 + each.fame for each in titles)), subjects


def chance_of(*seeds: int) -> random.Random:
    return random.Random(hash(seeds))  # noqa: S311  # nothing secret; of numbers, always the same


def edition(number: int, seed: int) -> Edition:
    """Most are works of their own; the others follow on one shortly before."""
    chance = chance_of(seed, number)
    kind = chance.random()
    if kind >= EDITION + VOLUME + FORM or number % OWN < 8:
        return Edition(number, work(chance), notes=notes(chance))
    before = edition(number - 1 - chance.randrange(4), seed)
    made = replace(before, number=number)
    if kind < EDITION:
        year = int(before.title.year or 1990) + chance.randrange(2, 12)
        title = replace(before.title, year=str(min(year, 2026)), publisher=publisher(chance))
        return replace(made, title=title, editing=min(before.editing + 1, len(SPOKEN) - 1))
    if kind < EDITION + VOLUME:
        return replace(made, volume=before.volume + 1)
    extent = {"audiobook": "8 audio discs (10 hr.)", "film": "1 videodisc (DVD) (96 min.)"}
    form = chance.choice(FORMS)
    title = replace(before.title, format=form, extent=extent.get(form, before.title.extent))
    return replace(made, title=title)


def work(chance: random.Random) -> TitleFact:
    """A title of parts of real ones, in one language, and somebody's name."""
    known, fame, subjects = facts()
    one, other = chance.choices(known, cum_weights=fame, k=2)
    named = chance.choice(known)
    title, rest = one.title, other.title if chance.random() < 0.4 else one.rest
    if one.language == other.language:
        title = mixed(one.title, other.title, chance)
        author = crossed(one.author, other.author)
    else:
        rest, author = one.rest, one.author
    year = str(min(2026, 2026 - int(chance.expovariate(1 / 22))))
    return replace(
        one,
        title=title,
        rest=rest,
        author=author,
        year=year,
        publisher=publisher(chance),
        place=chance.choice(PLACES),
        extent=f"{chance.randrange(40, 900)} pages",
        subjects=one.subjects or chance.choice(subjects),
        others=named.author if chance.random() < 0.3 else "",
        edition="",
    )


def mixed(one: str, other: str, chance: random.Random) -> str:
    """Some words of both, in their order."""
    words, others = one.split(), other.split()
    kept = words[: chance.randrange(1, len(words) + 1)]
    made = [*kept, *others[chance.randrange(len(others)) :]] if len(kept) < 6 else words
    return " ".join(made)[:200].rstrip(" ,:;/.")


def crossed(one: str, other: str) -> str:
    """The family name of one with the given names of another."""
    family, comma, _ = one.partition(", ")
    _, also, given = other.partition(", ")
    return f"{family}, {given}" if comma and also else one


def publisher(chance: random.Random) -> str:
    return PUBLISHERS[min(int(chance.expovariate(0.25)), len(PUBLISHERS) - 1)]


def notes(chance: random.Random) -> str:
    """Contents, of which a third of records tell: some titles in a row."""
    known, fame, _ = facts()
    if chance.random() > 1 / 3:
        return ""
    parts = chance.choices(known, cum_weights=fame, k=chance.randrange(3, 9))
    return " -- ".join(each.title for each in parts)


# What a library writes


def records(count: int, seed: int = 1, library: int = 0) -> Iterator[bytes]:
    """So many records of this library. Half of its editions are of those that all may have: each
    has one of two."""
    for place in range(count):
        number = number_of(place, library, seed)
        yield record(edition(number, seed), library, place, chance_of(seed, library + 1, place))


def number_of(place: int, library: int, seed: int = 1) -> int:
    """Which edition the record in this place of the library's file is of."""
    if place % 2:
        return OWN * (library + 1) + place
    return place + chance_of(seed, library, place).randrange(2)


def record(of: Edition, library: int, place: int, chance: random.Random) -> bytes:
    title = of.title
    if chance.random() < 0.05:  # without what others know of it
        title = replace(title, dates="", others="", subjects="")
    if chance.random() < 0.3:
        title = replace(title, title=title.title.replace(" and ", " & "))
    fields = [
        ("001", f"{library}b{place}"),
        ("003", f"Bench{library}"),
        ("005", "20260101120000.0"),
        ("007", marc.PHYSICAL[title.format]),
        ("008", marc.coded(title)),
        *numbers(of, chance),
        ("040", f"  {marc.DELIMITER}aDLC{marc.DELIMITER}beng{marc.DELIMITER}cDLC"),
        *statement(of, title),
        *description(of, title, chance),
        *marc.headings(title),
        field("901", "  ", ("e", str(of.number))),
        *items(of, library, place, chance),
    ]
    return marc.written(title.format, fields)


def numbers(of: Edition, chance: random.Random) -> Iterator[Field]:
    """Four of five have an ISBN, in ten or in 13 digits; half an LCCN, seven of ten an OCLC
    number."""
    known = of.identifier
    if known % 2:
        yield field(
            "010", "  ", ("a", f"  {1926 + known // 1_000_000 % 100}{known % 1_000_000:06d}")
        )
    if known % 5 and int(of.title.year or 0) > 1968:
        short = isbn10(known)
        isbn = short if chance.random() < 0.4 else str(isbn_rules.to_isbn13(short))
        bound = " (pbk.)" if chance.random() < 0.3 else ""
        yield field("020", "  ", ("a", isbn + bound))
    if known % 10 < 7 and chance.random() < 0.9:
        yield field("035", "  ", ("a", f"(OCoLC)ocn{known + 1_000_000:09d}"))


def isbn10(number: int) -> str:
    digits = f"{number % 1_000_000_000:09d}"
    check = -sum((10 - place) * int(digit) for place, digit in enumerate(digits)) % 11
    return digits + ("X" if check == 10 else str(check))


def statement(of: Edition, title: TitleFact) -> Iterator[Field]:
    """Heading and title; a volume has its number in the title."""
    for tag, text in marc.statement(title):
        if tag == "245" and of.volume:
            number = f"{marc.DELIMITER}nVolume {of.volume}"
            yield tag, re.sub(f"(?={marc.DELIMITER}[bc]|$)", number, text, count=1)
        else:
            yield tag, text


def description(of: Edition, title: TitleFact, chance: random.Random) -> Iterator[Field]:
    spoken = SPOKEN if chance.random() < 0.6 else SHORT
    if of.editing:
        yield field("250", "  ", ("a", spoken[of.editing]))
    imprint = (("a", f"{title.place} :"), ("b", f"{title.publisher},"), ("c", f"{title.year}."))
    yield field(*(("264", " 1") if chance.random() < 0.7 else ("260", "  ")), *imprint)
    size = f"{20 + of.number % 10} cm"
    yield field("300", "  ", ("a", f"{title.extent or '1 v.'} ;"), ("c", size))
    yield field("336", "  ", ("a", "text"), ("b", "txt"), ("2", "rdacontent"))
    if chance.random() < 0.5:
        yield field("504", "  ", ("a", "Includes bibliographical references and index."))
    if of.notes:
        yield field("505", "0 ", ("a", of.notes))
    yield field("500", "  ", ("a", "Made for a measurement."))


def items(of: Edition, library: int, place: int, chance: random.Random) -> Iterator[Field]:
    """One to seven, as Koha writes them: four on average."""
    letters = (of.title.author or of.title.title)[:3].upper()
    for copy in range(chance.randrange(1, 8)):
        state = chance.choice(STATUSES)
        yield field(
            "952",
            "  ",
            ("a", f"LIB{library}"),
            ("c", chance.choice(BRANCHES)),
            ("o", f"{of.number % 1000}.{of.number % 97} {letters}"),
            ("p", f"3{library:02d}{place:09d}{copy}"),
            ("y", "BK"),
            ("1", "1" if state == "lost" else "0"),
            ("q", "2026-12-24" if state == "loan" else ""),
        )


# Kept


def folder() -> Path:
    """Where corpora are kept for the next run: POSTROAD_BENCH_CORPUS, or among the user's caches.
    Whoever wants the room takes the folder away."""
    if named := os.environ.get("POSTROAD_BENCH_CORPUS"):
        return Path(named)
    caches = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(caches) / "postroad-bench"


def file(count: int, seed: int = 1, library: int = 0) -> Path:
    """These records in a file, made the first time that it is asked for: 1.2 GB for a million."""
    path = folder() / f"v{VERSION}-{seed}-{library}-{count}.mrc"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        half = path.with_suffix(f".{os.getpid()}")
        with half.open("wb") as out:
            out.writelines(records(count, seed, library))
        half.replace(path)
    return path
