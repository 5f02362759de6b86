"""A crowd-sourced list of statuses, row by row: what each entry says, and whom it may mean.

Pure: rows of text come in, entries go out. Whatever is not surely a yes or a no is left blank, with
what was written beside it as a note: unknown is never yes.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from zoneinfo import ZoneInfo

from postroad import spreadsheet
from postroad.directory.standing import Service
from postroad.directory.symbols import normalize
from postroad.spreadsheet import NoHeadings, Row

# What a column may be called. A form's questions are long: so the first of these words that a
# heading has decides, in this order.
COLUMNS: Mapping[str, Sequence[str]] = {
    "stamp": (
        "timestamp",
        "submitted",
        "lastupdated",
        "updatedon",
        "dateofentry",
        "completiontime",
    ),
    "symbol": ("symbol",),
    "returns": ("return",),
    "lending": ("lend",),
    "since": ("since", "startdate", "effectivedate", "startingon"),
    "until": ("until", "enddate", "reopen", "resume"),
    "note": ("note", "comment", "remark", "details"),
    "town": ("town", "city"),
    "state": ("state", "province"),
    "name": ("institution", "libraryname", "library", "name"),
}
EXACT: Mapping[str, str] = {"date": "stamp", "time": "stamp", "oclc": "symbol"}
LOOKED_THROUGH = 20  # rows: above the headings there may be a title
YEARS = range(1990, 2201)  # in which something may have been said, or may begin or end
LONGEST = {"symbol": 40, "name": 200, "town": 80, "state": 40, "note": 500}


def columns(rows: Sequence[Row]) -> tuple[dict[str, int], int]:
    """Which column means what, and how many rows stand above the first entry."""
    for index, row in enumerate(rows[:LOOKED_THROUGH]):
        found: dict[str, int] = {}
        for at, cell in enumerate(row.cells):
            if (meant := _meant(cell)) is not None:
                found.setdefault(meant, at)
        if found.keys() & {"name", "symbol"} and found.keys() & {"returns", "lending"}:
            return found, index + 1
    raise NoHeadings(needed=("Library", "Accepting returns", "Lending"))


def _meant(heading: str) -> str | None:
    bare = "".join(sign for sign in heading.casefold() if sign.isalnum())
    if bare in EXACT:
        return EXACT[bare]
    for name, words in COLUMNS.items():
        if any(word in bare for word in words):
            return name
    return None


@dataclass(frozen=True, slots=True)
class Entry:
    """One row, as it was said."""

    line: int  # as the spreadsheet counts
    symbol: str
    name: str
    town: str
    state: str
    said_at: datetime | None
    answers: Mapping[Service, bool | None]  # of what has a column
    since: date | None
    until: date | None
    note: str
    troubles: tuple[str, ...]  # codes: what of it could not be read
    words: tuple[str, ...]  # all that was written

    @property
    def key(self) -> str:
        """The same words are the same entry, wherever in whichever file they stand."""
        return sha256("\x1f".join(self.words).encode()).hexdigest()


def entry(row: Row, at: Mapping[str, int], zone: ZoneInfo) -> Entry | None:
    """What a row says; None if it names no library."""
    cells = {name: row.cells[place] if place < len(row.cells) else "" for name, place in at.items()}
    symbol, name = normalize(cells.get("symbol", ""))[:40], _line(cells.get("name", ""), 200)
    if not symbol and not name:
        return None
    troubles, notes = [], [cells.get("note", "")]
    answers: dict[Service, bool | None] = {}
    for service in (Service.RETURNS, Service.LENDING):
        if service.value in at:
            written = cells[service.value]
            answers[service] = answer(written)
            if answers[service] is None and not _blank(written):
                notes.append(written)
    said_at = stamp(cells.get("stamp", ""), zone)
    if said_at is None and not _blank(cells.get("stamp", "")):
        troubles.append("stamp")
    since, until = (spreadsheet.day(cells.get(name, "")) for name in ("since", "until"))
    beyond = any(day and day.year not in YEARS for day in (since, until))
    if beyond or (since and until and until < since):
        since, until = None, None
        troubles.append("days")
    return Entry(
        line=row.line,
        symbol=symbol,
        name=name,
        town=_line(cells.get("town", ""), 80),
        state=_line(cells.get("state", ""), 40),
        said_at=said_at,
        answers=answers,
        since=since,
        until=until,
        note=_line(" · ".join(note for note in notes if note), 500),
        troubles=tuple(troubles),
        words=tuple(cells[name] for name in sorted(cells)),
    )


def _line(text: str, longest: int) -> str:
    return " ".join(text.split())[:longest]


# Yes and no

YES = {
    "yes",
    "y",
    "true",
    "1",
    "x",
    "yes we are",
    "yes we do",
    "currently yes",
    "accepting",
    "lending",
}
NO = {"no", "n", "false", "0", "not yet", "not now", "not at this time", "currently no", "none"}
BLANK = {
    "",
    "-",
    "--",
    "?",
    "n a",
    "na",
    "unknown",
    "unsure",
    "not sure",
    "not known",
    "tbd",
    "null",
}
NOT_SURELY = re.compile(
    r"\b(but|only|start|starting|begin|beginning|after|from|when|once|soon|partial|partially|"
    r"limited|except|until|if|some|maybe|depends|unless|not sure|unsure|no longer|as of|hope|plan|"
    r"expect|will|change)\b"
)


def answer(written: str) -> bool | None:
    """Yes, no, or nothing that is surely one of them."""
    said = _plain(written)
    if said in BLANK or written.startswith("="):
        return None
    if said in YES:
        return True
    if said in NO:
        return False
    if NOT_SURELY.search(said):
        return None
    if said.startswith("yes "):
        return None if re.search(r"\b(no|not)\b", said) else True
    return False if said.startswith("no ") else None


def _blank(written: str) -> bool:
    return _plain(written) in BLANK


def _plain(written: str) -> str:
    bare = re.sub(r"[^\w?-]+", " ", written.casefold().replace("/", " "))
    return " ".join(bare.split()).strip()


def stamp(written: str, zone: ZoneInfo) -> datetime | None:
    """When it was said, in the list's own time zone if it names none."""
    text = written.strip()
    if re.search(r"\d[Tt ]\d.*([+-]\d\d:?\d\d|[Zz])$", text):
        try:
            found = datetime.fromisoformat(text.replace("z", "Z"))
        except ValueError:
            return None
        return found if found.year in YEARS else None
    there = spreadsheet.moment(text)
    if there is None or there.year not in YEARS:
        return None
    return there.replace(tzinfo=zone)


# Whom it means

SHORT = {
    "lib": "library",
    "libs": "library",
    "libraries": "library",
    "univ": "university",
    "coll": "college",
    "pub": "public",
    "st": "saint",
    "mt": "mount",
    "ctr": "center",
    "centre": "center",
    "mem": "memorial",
    "inst": "institute",
    "assoc": "association",
}
SMALL = {"the", "of", "and", "at", "in", "for"}
COMMON = SMALL | {"library", "public", "free", "town", "city"}


def bare_name(name: str) -> str:
    """A name without capitals, accents, marks and small words, with the usual words written out."""
    plain = unicodedata.normalize("NFKD", name.casefold().replace("&", " and "))
    letters = "".join(sign for sign in plain if not unicodedata.combining(sign))
    words = re.findall(r"[^\W_]+", letters.replace("'", "").replace("’", ""))
    return " ".join(SHORT.get(word, word) for word in words if word not in SMALL)


@dataclass(frozen=True, slots=True)
class Place:
    """A library, as far as names go."""

    pk: int
    code: str
    name: str
    town: str
    state: str
    symbols: frozenset[str]  # of its own
    umbrellas: frozenset[str]  # shared with others


@dataclass(frozen=True, slots=True)
class Match:
    """Which library is meant: surely one, or some that it may be, or none."""

    library: int | None
    by: str  # "symbol", "name", "doubtful", "nobody"
    candidates: tuple[str, ...] = ()  # codes


NOBODY = Match(None, "nobody")
SEVERAL = 5  # candidates that are shown
ALIKE = 0.5  # of the words that either name has


class Finder:
    """All libraries, to be found by symbol and by name."""

    def __init__(self, places: Iterable[Place], states: Mapping[str, str]) -> None:
        """`states` tells the letters of each by its name and by its letters, in small letters."""
        self.states = states
        self.places = {each.pk: each for each in places}
        self.by_symbol: dict[str, Place] = {}
        self.under: dict[str, list[Place]] = defaultdict(list)
        self.by_name: dict[str, list[Place]] = defaultdict(list)
        self.by_word: dict[str, list[Place]] = defaultdict(list)
        self.words: dict[int, frozenset[str]] = {}
        for each in self.places.values():
            for symbol in each.symbols:
                self.by_symbol[symbol] = each
            for symbol in each.umbrellas:
                self.under[symbol].append(each)
            bare = bare_name(each.name)
            self.by_name[bare].append(each)
            self.words[each.pk] = frozenset(bare.split()) - COMMON
            for word in self.words[each.pk]:
                self.by_word[word].append(each)

    def find(self, symbol: str, name: str, town: str = "", state: str = "") -> Match:
        """By symbol if it is one of a library's own, else by name (R1). A symbol that we do not
        know beside a name that we do leaves it doubtful: somebody knows something that we do not.
        """
        if symbol in self.by_symbol:
            return Match(self.by_symbol[symbol].pk, "symbol")
        there = [
            each
            for each in self.by_name.get(bare_name(name), ())
            if self._agrees(each, town, state)
        ]
        if symbol in self.under:
            shared = self.under[symbol]
            same = [each for each in there if each in shared]
            return _sure(same) or _doubtful(same or shared)
        if there and not symbol:
            return _sure(there) or _doubtful(there)
        alike = there or self._alike(name, town, state)
        return _doubtful(alike) if alike else NOBODY

    def _alike(self, name: str, town: str, state: str) -> list[Place]:
        wanted = frozenset(bare_name(name).split()) - COMMON
        near: dict[int, float] = {}
        for word in wanted:
            for each in self.by_word.get(word, ()):
                have = self.words[each.pk]
                score = len(wanted & have) / len(wanted | have)
                if score >= ALIKE and self._agrees(each, town, state):
                    near[each.pk] = score
        best = sorted(near, key=lambda pk: (-near[pk], self.places[pk].name, pk))
        return [self.places[pk] for pk in best]

    def _agrees(self, each: Place, town: str, state: str) -> bool:
        """Whether what was said of town and state does not speak against it."""
        plain = state.casefold().replace(".", "").strip()
        said = self.states.get(plain, plain).casefold()
        if said and each.state and said != each.state.casefold():
            return False
        return not town or not each.town or bare_name(town) == bare_name(each.town)


def _sure(found: Sequence[Place]) -> Match | None:
    return Match(found[0].pk, "name") if len(found) == 1 else None


def _doubtful(found: Sequence[Place]) -> Match:
    return Match(None, "doubtful", tuple(each.code for each in found[:SEVERAL]))
