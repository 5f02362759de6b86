"""Lists of cards that a library sends: read row by row, and compared with what is on record."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import Exists, OuterRef
from django.utils.functional import cached_property

from postroad import barcodes, spreadsheet
from postroad.accounts.models import Card, Post
from postroad.directory.models import Library

# Our name of a column: the headings under which it is known, the one that we show first. So do
# Koha, Sierra, Evergreen, Polaris and Symphony write it.
HEADINGS: Mapping[str, Sequence[str]] = {
    "barcode": (
        "Barcode",
        "Card",
        "Card number",
        "Cardnumber",
        "Library card",
        "P Barcode",
        "Patron barcode",
        "User ID",
        "Borrower number",
    ),
    "name": ("Name", "Patron name", "Patrn name", "Full name", "Reader"),
    "first": ("First name", "First", "Firstname", "Given name", "First given name"),
    "last": ("Last name", "Last", "Surname", "Family name", "Lastname"),
    "email": ("E-mail", "Mail", "Email address", "E-mail address", "Email addr"),
    "expires": (
        "Expires",
        "Expiry",
        "Expiration",
        "Expiration date",
        "Expiry date",
        "Exp date",
        "Date expiry",
        "Expire date",
        "Privilege expires",
    ),
    "blocked": ("Blocked", "Block", "Mblock", "Debarred", "Debarred comment", "Barred", "Status"),
}

NO = frozenset({"", "-", "0", "no", "n", "false", "none", "ok", "active", "good"})

YES = frozenset({"1", "yes", "y", "true", "x"})

LONGEST = {"barcode": 30, "first": 150, "last": 150, "email": 254, "blocked": 120}


class Why(StrEnum):
    """Why a row of a file cannot be taken."""

    NO_NUMBER = "no-number"
    DAMAGED_NUMBER = "damaged-number"
    TWICE = "twice"
    NO_NAME = "no-name"
    NOT_AN_ADDRESS = "not-an-address"
    NOT_A_DAY = "not-a-day"
    TOO_LONG = "too-long"


@dataclass(frozen=True, slots=True)
class Wrong:
    line: int
    column: str  # its letters in the spreadsheet
    why: Why
    text: str  # what stands there


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the file says of one card. None: it has no such column."""

    line: int
    barcode: str
    first: str
    last: str
    email: str | None = None
    expires: date | None = None
    blocked: str | None = None


class Found(NamedTuple):
    """A card as it is."""

    pk: int
    barcode: str
    blocked: str
    expires: date | None
    user: int
    first: str
    last: str
    email: str
    works: bool  # the reader has a post here, too


@dataclass(frozen=True, slots=True)
class Step:
    """What would become of one card: by field, as it is and as it would be."""

    wanted: Wanted
    found: Found | None
    changes: Mapping[str, tuple[object, object]]


@dataclass
class Difference:
    steps: list[Step] = field(default_factory=list)
    absent: int = 0  # cards on record that are not in the file, and not blocked

    @cached_property
    def new(self) -> list[Step]:
        return [step for step in self.steps if step.found is None]

    @cached_property
    def changed(self) -> list[Step]:
        return [step for step in self.steps if step.found is not None and step.changes]

    @property
    def same(self) -> int:
        return len(self.steps) - len(self.new) - len(self.changed)

    @cached_property
    def counts(self) -> Counter[str]:
        """How many cards change in what: "expires", or "email-gone" where an address goes."""
        counted = Counter[str]()
        for step in self.changed:
            for name, (_old, new) in step.changes.items():
                counted[name if new else f"{name}-gone"] += 1
        return counted


def wanted(
    rows: Iterable[tuple[int, Mapping[str, str]]], columns: Mapping[str, int]
) -> tuple[list[Wanted], list[Wrong]]:
    """The cards of a file, and what cannot be taken of it. `rows` are lines with their cells."""
    good, wrong, seen = list[Wanted](), list[Wrong](), dict[str, int]()
    for line, cells in rows:
        found = Row(line, cells, columns)
        if found.mistakes:
            wrong += found.mistakes
        elif found.barcode in seen:
            wrong.append(found.mistake("barcode", Why.TWICE, str(seen[found.barcode])))
        else:
            seen[found.barcode] = line
            good.append(found.wanted())
    return good, wrong


class Row:
    """One line of a file, as it is read."""

    def __init__(self, line: int, cells: Mapping[str, str], columns: Mapping[str, int]) -> None:
        self.line, self.cells, self.columns = line, cells, columns
        self.mistakes: list[Wrong] = []
        self.barcode = self.number()
        self.first, self.last = self.names()
        self.email = self.address()
        self.expires = self.day()
        self.blocked = self.block()
        for name, most in LONGEST.items():
            if len(getattr(self, name) or "") > most:
                self.no(name, Why.TOO_LONG)

    def wanted(self) -> Wanted:
        return Wanted(
            self.line, self.barcode, self.first, self.last, self.email, self.expires, self.blocked
        )

    def mistake(self, name: str, why: Why, text: str = "") -> Wrong:
        shown = name if name in self.columns else "name"
        at = self.columns.get(shown)
        letters = "" if at is None else spreadsheet.column(at)
        return Wrong(self.line, letters, why, text or self.cells.get(shown, "")[:60])

    def no(self, name: str, why: Why) -> None:
        self.mistakes.append(self.mistake(name, why))

    def number(self) -> str:
        number = barcodes.plain(self.cells["barcode"])
        if not number:
            self.no("barcode", Why.NO_NUMBER)
        elif barcodes.is_rounded(number):
            self.no("barcode", Why.DAMAGED_NUMBER)
        return number

    def names(self) -> tuple[str, str]:
        first, last = self.cells.get("first", ""), self.cells.get("last", "")
        if not (first or last):
            first, last = parted(self.cells.get("name", ""))
        if not (first or last):
            self.no("name", Why.NO_NAME)
        return " ".join(first.split()), " ".join(last.split())

    def address(self) -> str | None:
        if "email" not in self.columns:
            return None
        address = self.cells["email"].removeprefix("mailto:").strip()
        if address:
            try:
                validate_email(address)
            except ValidationError:
                self.no("email", Why.NOT_AN_ADDRESS)
        return address

    def day(self) -> date | None:
        text = self.cells.get("expires", "")
        found = spreadsheet.day(text)
        if found is None and not NO_DAY.fullmatch(text):
            self.no("expires", Why.NOT_A_DAY)
        return found

    def block(self) -> str | None:
        if "blocked" not in self.columns:
            return None
        text = " ".join(self.cells["blocked"].split())
        if text.casefold() in NO:
            return ""
        return BY_THEIR_SYSTEM if text.casefold() in YES else text


# As library systems write that a card does not expire: Sierra without digits, others with zeros.
NO_DAY = re.compile(r"[-/. 0]*|n/?a|none|never", re.IGNORECASE)

BY_THEIR_SYSTEM = "blocked in the library's own system"

NOT_IN_THE_FILE = "not in the library's list of %s"


def parted(name: str) -> tuple[str, str]:
    """First and last name of a whole one: "Lovelace, Ada" or "Ada Lovelace"."""
    if "," in name:
        last, _comma, first = name.partition(",")
        return first.strip(), last.strip()
    first, _space, last = name.strip().rpartition(" ")
    return first.strip(), last.strip()


def numbers(rows: Iterable[tuple[int, Mapping[str, str]]]) -> set[str]:
    """The numbers in a file, those of lines that cannot be taken, too."""
    return {barcodes.plain(cells["barcode"]) for _line, cells in rows}


def compare(
    library: Library, good: Sequence[Wanted], columns: Collection[str], listed: Collection[str]
) -> Difference:
    """What a whole file would change, in one query; `listed` are all numbers that stand in it."""
    known = {card.barcode: card for card in on_record(library)}
    steps = [step(card, known.get(card.barcode), columns) for card in good]
    absent = sum(not card.blocked for number, card in known.items() if number not in listed)
    return Difference(steps, absent)


def on_record(library: Library, numbers: Collection[str] | None = None) -> list[Found]:
    rows = Card.objects.filter(library=library)
    if numbers is not None:
        rows = rows.filter(barcode__in=numbers)
    works = Exists(Post.objects.filter(user=OuterRef("user")))
    fields = ("pk", "barcode", "blocked", "expires", "user_id")
    hers = ("user__first_name", "user__last_name", "user__email", "works")
    return [Found(*row) for row in rows.annotate(works=works).values_list(*fields, *hers)]


def step(card: Wanted, found: Found | None, columns: Collection[str]) -> Step:
    if found is None:
        return Step(card, None, {})
    said = dict[str, tuple[object, object]]()
    if not found.works:
        name, new = f"{found.first} {found.last}".strip(), f"{card.first} {card.last}".strip()
        if name != new:
            said["name"] = (name, new)
        if card.email is not None and card.email != found.email:
            said["email"] = (found.email, card.email)
    if "expires" in columns and card.expires != found.expires:
        said["expires"] = (found.expires, card.expires)
    if card.blocked is not None and card.blocked != found.blocked:
        said["blocked"] = (found.blocked, card.blocked)
    return Step(card, found, said)
