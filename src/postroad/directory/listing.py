"""A list of libraries as a spreadsheet: what it would add and change, and doing it.

Libraries are matched by their codes. One that is not in the list stays as it is. It is done whole
or not at all.
"""

import zlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator, validate_email, validate_slug
from django.db import transaction
from django.utils import timezone

from postroad import spreadsheet
from postroad.directory import hours, records
from postroad.directory.models import (
    Authority,
    Kind,
    Library,
    LibraryChange,
    Membership,
    Network,
    Policy,
    State,
    Symbol,
)
from postroad.directory.places import OTHER_STATES, PROVINCES
from postroad.directory.symbols import LONGEST as LONGEST_SYMBOL
from postroad.directory.symbols import normalize

HEADINGS: Mapping[str, Sequence[str]] = {
    "code": ("Code", "Library code", "Our code"),
    "name": ("Name", "Library", "Library name", "Institution"),
    "town": ("Town", "City", "Municipality"),
    "state": ("State", "ST"),
    "kind": ("Kind", "Type", "Library type"),
    "network": ("Network", "Consortium"),
    "email": ("E-mail", "Mail", "Email address", "E-mail address"),
    "phone": ("Phone", "Telephone", "Phone number"),
    "website": ("Website", "Web site", "URL", "Web address", "Homepage"),
    "membership": ("Membership", "Member"),
    "oclc": ("OCLC symbol", "OCLC", "Symbol"),
    "isil": ("ISIL",),
    "delivery_code": ("Rhode Island code", "RI code", "LORI code", "Delivery code"),
    "monday": ("Monday", "Mon", "Monday hours"),
    "tuesday": ("Tuesday", "Tue", "Tues", "Tuesday hours"),
    "wednesday": ("Wednesday", "Wed", "Wednesday hours"),
    "thursday": ("Thursday", "Thu", "Thurs", "Thursday hours"),
    "friday": ("Friday", "Fri", "Friday hours"),
    "saturday": ("Saturday", "Sat", "Saturday hours"),
    "sunday": ("Sunday", "Sun", "Sunday hours"),
}
WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
SYMBOLS = {"oclc": Authority.OCLC, "isil": Authority.ISIL}
KINDS: Mapping[str, Kind] = {
    **{kind.value: kind for kind in Kind},
    **{str(kind.label).casefold(): kind for kind in Kind},
    "college": Kind.ACADEMIC,
    "university": Kind.ACADEMIC,
    "k-12": Kind.SCHOOL,
    "center": Kind.CENTRE,
}
MEMBERSHIPS: Mapping[str, Membership] = {
    **dict.fromkeys(("", "member", "yes", "y", "true", "1"), Membership.MEMBER),
    **dict.fromkeys(("outside", "no", "n", "false", "0"), Membership.OUTSIDE),
}
STATES: Mapping[str, str] = {
    word.casefold(): code
    for code, label in (*State.choices, *OTHER_STATES, *PROVINCES)
    for word in (code, str(label))
}
LONGEST = {"code": 16, "name": 160, "town": 60, "email": 254, "phone": 40, "website": 200}


class Why(StrEnum):
    """Why a cell cannot be taken."""

    MISSING = "missing"
    NOT_A_CODE = "not-a-code"
    TWICE = "twice"
    TOO_LONG = "too-long"
    NO_SUCH_STATE = "no-such-state"
    NO_SUCH_KIND = "no-such-kind"
    NO_SUCH_NETWORK = "no-such-network"
    NO_SUCH_MEMBERSHIP = "no-such-membership"
    NOT_AN_ADDRESS = "not-an-address"
    NOT_A_WEBSITE = "not-a-website"
    NOT_THREE_LETTERS = "not-three-letters"
    SYMBOL_TAKEN = "symbol-taken"
    NOT_HOURS = "not-hours"
    HOURS_MISSING = "hours-missing"
    NEVER_OPEN = "never-open"


@dataclass(frozen=True, slots=True)
class Wrong:
    line: int
    column: str  # its letters in the spreadsheet
    why: Why
    text: str  # what stands there, or whose it is


@dataclass(frozen=True, slots=True)
class Step:
    """What would become of one library: by field, as it is and as it would be."""

    line: int
    code: str
    name: str
    library: Library | None
    facts: Mapping[str, Any]  # all that the list says of it
    symbols: Mapping[Authority, str]
    changes: Mapping[str, tuple[str, str]]


@dataclass(slots=True)
class Difference:
    steps: list[Step] = field(default_factory=list)
    wrong: list[Wrong] = field(default_factory=list)

    @property
    def new(self) -> list[Step]:
        return [step for step in self.steps if step.library is None]

    @property
    def changed(self) -> list[Step]:
        return [step for step in self.steps if step.library is not None and step.changes]

    @property
    def same(self) -> int:
        return len(self.steps) - len(self.new) - len(self.changed)

    @property
    def seen(self) -> str:
        """What was looked at: if it is not the same at the button, it is shown again."""
        said = [
            (step.code, step.library is None, sorted(step.changes.items())) for step in self.steps
        ]
        return str(zlib.crc32(repr(said).encode()))


def compare(
    rows: Iterable[tuple[int, Mapping[str, str]]], columns: Mapping[str, int]
) -> Difference:
    """What a list would change, in three queries."""
    found = Difference()
    known = Known()
    for line, cells in rows:
        read = Row(line, cells, columns, known)
        if read.wrong:
            found.wrong += read.wrong
        else:
            found.steps.append(read.step())
    return found


class Known:
    """What is on record, and what the list has said so far."""

    def __init__(self) -> None:
        self.libraries = {each.code: each for each in Library.objects.select_related("network")}
        self.networks = {
            word.casefold(): network
            for network in Network.objects.all()
            for word in (network.code, network.name)
        }
        self.symbols = {
            (symbol.authority, symbol.value): symbol.library_id
            for symbol in Symbol.objects.filter(umbrella=False)
        }
        self.lines = dict[str, int]()  # by code
        self.said = dict[tuple[str, str], str]()  # symbols of the list: whose


class Row:
    """One line of a list, as it is read."""

    def __init__(
        self, line: int, cells: Mapping[str, str], columns: Mapping[str, int], known: Known
    ) -> None:
        self.line, self.cells, self.columns, self.known = line, cells, columns, known
        self.wrong: list[Wrong] = []
        self.code = self.read_code()
        self.library = known.libraries.get(self.code)
        self.facts = {name: value for name, value in self.read() if value is not None}
        self.symbols = self.read_symbols()
        for name, most in LONGEST.items():
            if len(self.cell(name)) > most:
                self.no(name, Why.TOO_LONG)

    def cell(self, name: str) -> str:
        return " ".join(self.cells.get(name, "").split())

    def no(self, name: str, why: Why, text: str = "") -> None:
        at = self.columns.get(name)
        letters = "" if at is None else spreadsheet.column(at)
        self.wrong.append(Wrong(self.line, letters, why, text or self.cell(name)[:60]))

    def read_code(self) -> str:
        code = self.cell("code").lower()
        try:
            validate_slug(code)
        except ValidationError:
            self.no("code", Why.NOT_A_CODE if code else Why.MISSING)
            return code
        if before := self.known.lines.get(code):
            self.no("code", Why.TWICE, str(before))
        self.known.lines.setdefault(code, self.line)
        return code

    def read(self) -> Iterable[tuple[str, Any]]:
        """Each field of which the list says something; an empty cell says nothing."""
        yield "name", self.name()
        yield "town", self.cell("town") or None
        yield "phone", self.cell("phone") or None
        yield "state", self.state()
        yield "kind", self.one_of("kind", KINDS, Why.NO_SUCH_KIND)
        yield "network", self.one_of("network", self.known.networks, Why.NO_SUCH_NETWORK)
        yield "membership", self.membership()
        yield "email", self.checked("email", validate_email, Why.NOT_AN_ADDRESS)
        yield "website", self.checked("website", URLValidator(["http", "https"]), Why.NOT_A_WEBSITE)
        yield "delivery_code", self.three_letters()
        yield from self.week().items()

    def name(self) -> str | None:
        if not self.cell("name") and self.library is None:
            self.no("name", Why.MISSING)
        return self.cell("name") or None

    def state(self) -> str | None:
        """The van goes to members, so they are where it goes."""
        state: str | None = self.one_of("state", STATES, Why.NO_SUCH_STATE)
        member = (
            not self.library.is_outside
            if self.library is not None
            else MEMBERSHIPS.get(self.cell("membership").casefold()) != Membership.OUTSIDE
        )
        if state and member and state not in State.values:
            self.no("state", Why.NO_SUCH_STATE)
        return state

    def membership(self) -> Membership | None:
        """It is said when a library comes in; afterwards it takes more than a list to change it."""
        if self.library is not None:
            return None
        said = self.cell("membership").casefold()
        if said not in MEMBERSHIPS:
            self.no("membership", Why.NO_SUCH_MEMBERSHIP)
            return None
        if MEMBERSHIPS[said] == Membership.MEMBER and not self.cell("state"):
            self.no("state", Why.MISSING)
        return MEMBERSHIPS[said]

    def one_of(self, name: str, words: Mapping[str, Any], why: Why) -> Any:
        said = self.cell(name)
        if said and said.casefold() not in words:
            self.no(name, why)
        return words.get(said.casefold()) if said else None

    def checked(self, name: str, check: Any, why: Why) -> str | None:
        said = self.cell(name)
        try:
            if said:
                check(said)
        except ValidationError:
            self.no(name, why)
        return said or None

    def week(self) -> dict[str, str]:
        """Hours by weekday, as people type them, and the opening days with them. A day of which
        the list says nothing stays as it is on record."""
        said = dict[int, hours.Spans | hours.Word]()
        for day, name in enumerate(WEEK):
            try:
                if self.cell(name):
                    said[day] = hours.read(self.cell(name))
            except hours.Unreadable:
                self.no(name, Why.NOT_HOURS)
        if not said or any(wrong.why == Why.NOT_HOURS for wrong in self.wrong):
            return {}
        before = ("", "") if self.library is None else (self.library.open_days, self.library.hours)
        try:
            open_days, kept = hours.tell(*before, said)
        except hours.Unsaid as unsaid:
            self.no(WEEK[unsaid.days[0]], Why.HOURS_MISSING)
            return {}
        if not open_days:
            self.no(WEEK[min(said)], Why.NEVER_OPEN)
        return {"open_days": open_days, "hours": kept}

    def three_letters(self) -> str | None:
        said = self.cell("delivery_code").upper()
        if said and not (len(said) == 3 and said.isascii() and said.isalpha()):
            self.no("delivery_code", Why.NOT_THREE_LETTERS)
        return said or None

    def read_symbols(self) -> dict[Authority, str]:
        found = dict[Authority, str]()
        for name, authority in SYMBOLS.items():
            if not (value := normalize(self.cells.get(name, ""))):
                continue
            if len(value) > LONGEST_SYMBOL:
                self.no(name, Why.TOO_LONG)
            owner = self.known.symbols.get((authority, value))
            mine = self.library is not None and owner == self.library.pk
            said = self.known.said.setdefault((authority, value), self.code)
            if (owner is not None and not mine) or said != self.code:
                self.no(name, Why.SYMBOL_TAKEN)
            if not mine:
                found[authority] = value
        return found

    def step(self) -> Step:
        changes = {
            name: (records.shown(getattr(self.library, name, "")), records.shown(value))
            for name, value in self.facts.items()
            if self.library is None or getattr(self.library, name) != value
        }
        changes |= {SYMBOL_NAMES[each]: ("", value) for each, value in self.symbols.items()}
        name = self.facts.get("name") or (self.library.name if self.library else "")
        return Step(self.line, self.code, name, self.library, self.facts, self.symbols, changes)


SYMBOL_NAMES = {authority: name for name, authority in SYMBOLS.items()}


@transaction.atomic
def apply(difference: Difference, *, by: str, at: datetime) -> Counter[str]:
    """All of a list that has no mistakes, in a few statements for however many libraries."""
    assert not difference.wrong
    moved = [*difference.new, *difference.changed]
    libraries = {step.code: step.library for step in difference.changed if step.library}
    for step in difference.changed:
        for name, value in step.facts.items():
            setattr(libraries[step.code], name, value)
    Library.objects.bulk_update(libraries.values(), [*records.FIELDS], batch_size=100)
    made = Library.objects.bulk_create(
        Library(**{**step.facts, "code": step.code}) for step in difference.new
    )
    Policy.objects.bulk_create(Policy(library=each) for each in made if not each.is_outside)
    libraries |= {library.code: library for library in made}
    LibraryChange.objects.bulk_create(
        LibraryChange(
            library=libraries[step.code],
            verb=records.Verb.CHANGE if step.library else records.Verb.ADD,
            at=at,
            by=by,
            facts={name: list(change) for name, change in step.changes.items()},
        )
        for step in moved
    )
    _confirm(moved, libraries, by=by, on=timezone.localdate(at))
    return Counter(new=len(difference.new), changed=len(difference.changed), same=difference.same)


def _confirm(moved: Sequence[Step], libraries: Mapping[str, Library], *, by: str, on: date) -> None:
    """Symbols, and who said each field."""
    Symbol.objects.bulk_create(
        Symbol(
            library=libraries[step.code],
            authority=authority,
            value=value,
            confirmed_on=on,
            confirmed_by=by,
        )
        for step in moved
        for authority, value in step.symbols.items()
    )
    said = [
        (libraries[step.code], name)
        for step in moved
        for name in step.changes
        if name in records.FIELDS
    ]
    records.confirm_each(said, by=by, on=on)
