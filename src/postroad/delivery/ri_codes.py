"""Rhode Island's codes: which a slip may bear, and their list brought in from a spreadsheet."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from django.db import transaction

from postroad import spreadsheet
from postroad.delivery.codes import CodeMissing, CodeTaken, CodeTrouble, ri_code
from postroad.delivery.models import RiCode
from postroad.directory.models import Library, State
from postroad.spreadsheet import WrongCell

HEADINGS: Mapping[str, Sequence[str]] = {
    "code": ("Code", "RI code", "LORI code", "Delivery code"),
    "name": ("Library", "Name", "Institution"),
    "town": ("Town", "City", "Community"),
    "address": ("Address", "Street"),
    "symbol": ("Symbol", "OCLC symbol"),
    "retired_on": ("Retired", "Retired on", "Closed on"),
}
LONGEST = {"name": 160, "town": 60, "address": 200, "symbol": 20}


class Why(StrEnum):
    """Why a cell cannot be taken."""

    NOT_THREE_LETTERS = "not-three-letters"
    TWICE = "twice"
    MISSING = "missing"
    TOO_LONG = "too-long"
    NOT_A_DAY = "not-a-day"


Wrong = WrongCell[Why]


@dataclass(frozen=True, slots=True)
class Step:
    """What would become of one code: by field, as it is and as it would be."""

    line: int
    code: str
    facts: Mapping[str, Any]
    new: bool
    changes: Mapping[str, tuple[str, str]]


@dataclass(slots=True)
class Difference:
    steps: list[Step] = field(default_factory=list)
    wrong: list[Wrong] = field(default_factory=list)

    @property
    def changed(self) -> list[Step]:
        return [step for step in self.steps if step.changes]


def troubles(codes: Iterable[str], day: date) -> dict[str, CodeTrouble]:
    """What is wrong with each of these on a day, in one query. Where no list was brought in, nobody
    can say that a code is unknown."""
    rows = dict(RiCode.objects.order_by().values_list("code", "retired_on"))
    asked = set(codes) if rows else set()
    said = {code: trouble(code in rows, rows.get(code), day) for code in asked}
    return {code: wrong for code, wrong in said.items() if wrong is not None}


def trouble(listed: bool, retired_on: date | None, day: date) -> CodeTrouble | None:
    """What is wrong on a day with letters that the list has or has not."""
    if not listed:
        return CodeTrouble.UNKNOWN
    return CodeTrouble.RETIRED if retired_on is not None and retired_on <= day else None


def in_force(code: str, retired_on: date | None, day: date) -> str:
    """These letters, unless they are retired on that day."""
    return "" if retired_on is not None and retired_on <= day else code


def clearinghouse(day: date) -> str:
    """The letters of the office that takes what goes to libraries without any, and sends it on."""
    rows = RiCode.objects.filter(clearinghouse=True).order_by()
    return next((in_force(*row, day) for row in rows.values_list("code", "retired_on")), "")


@transaction.atomic
def name_clearinghouse(code: str) -> bool:
    """It is the one with these letters from now on; with none, there is none. False: unknown."""
    named = RiCode.objects.filter(code=code)
    if code and not named.exists():
        return False
    RiCode.objects.filter(clearinghouse=True).update(clearinghouse=False)
    named.update(clearinghouse=True)
    return True


def fit(text: str, library: Library | None, day: date) -> str:
    """The three letters that a library is to bear from now on, as they are kept.

    Raises CodeMissing, CodeUnknown, CodeRetired and CodeTaken: two libraries with the same letters
    would get what is for each other.
    """
    code = ri_code(text.strip().upper())
    ri_code(code, troubles([code], day).get(code))
    own = library.pk if library else 0
    bears = Library.objects.members().filter(state=State.RHODE_ISLAND, delivery_code=code)
    listed = Library.objects.filter(
        pk__in=RiCode.objects.filter(code=code).exclude(library=None).values("library")
    )
    if other := bears.exclude(pk=own).first() or listed.exclude(pk=own).first():
        raise CodeTaken(letters=code, library=other.name)
    return code


def difference(table: spreadsheet.Table) -> Difference:
    """What a spreadsheet would change; nothing is changed by this. An empty cell says nothing."""
    known = {each.code: each for each in RiCode.objects.all()}
    found, lines = Difference(), dict[str, int]()
    for row in table.rows:
        cells = {name: table.cell(row, name).strip() for name in table.columns}
        wrong = list(_wrong(row.line, cells, table, lines))
        found.wrong += wrong
        if not wrong:
            found.steps.append(_step(row.line, cells, known))
    return found


def _wrong(
    line: int, cells: Mapping[str, str], table: spreadsheet.Table, lines: dict[str, int]
) -> Iterable[Wrong]:
    def no(name: str, why: Why, text: str = "") -> Wrong:
        letters = spreadsheet.column(table.columns[name]) if name in table.columns else ""
        return Wrong(line, letters, why, text or cells.get(name, "")[:60])

    code = cells["code"].upper()
    try:
        ri_code(code)
    except CodeMissing:
        yield no("code", Why.NOT_THREE_LETTERS)
    else:
        if code in lines:
            yield no("code", Why.TWICE, str(lines[code]))
        lines.setdefault(code, line)
    if not cells["name"]:
        yield no("name", Why.MISSING)
    for name, longest in LONGEST.items():
        if len(cells.get(name, "")) > longest:
            yield no(name, Why.TOO_LONG)
    if cells.get("retired_on") and spreadsheet.day(cells["retired_on"]) is None:
        yield no("retired_on", Why.NOT_A_DAY)


def _step(line: int, cells: Mapping[str, str], known: Mapping[str, RiCode]) -> Step:
    code = cells["code"].upper()
    facts: dict[str, Any] = {name: cells[name] for name in ("name", *LONGEST) if cells.get(name)}
    if cells.get("retired_on"):
        facts["retired_on"] = spreadsheet.day(cells["retired_on"])
    before = known.get(code)
    changes = {
        name: (str(getattr(before, name, None) or ""), str(value))
        for name, value in facts.items()
        if before is None or getattr(before, name) != value
    }
    return Step(line, code, facts, before is None, changes)


@transaction.atomic
def apply(steps: Sequence[Step]) -> int:
    """Write down what changed, all or nothing; a code finds the library that bears it already."""
    changed = [step for step in steps if step.changes]
    bear = Library.objects.members().filter(
        state=State.RHODE_ISLAND, delivery_code__in=[step.code for step in changed]
    )
    libraries = dict(bear.values_list("delivery_code", "pk"))
    for step in changed:
        of = {"library_id": libraries[step.code]} if step.code in libraries else {}
        RiCode.objects.update_or_create(
            code=step.code, defaults={**step.facts, **of, "invented": False}
        )
    return len(changed)


@transaction.atomic
def retire(code: RiCode, day: date | None) -> None:
    """From this day on no slip bears it; None: it holds again."""
    RiCode.objects.filter(pk=code.pk).update(retired_on=day)
