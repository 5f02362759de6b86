"""A request as the forms of other systems ask for it, and what is read back from their answer.

No Django here. A library's staff paste both by hand: the fields of a request, one after another,
and the page or the mail in which the system, or the lender, answers. What is not sure is left out,
so that somebody looks; nothing that is read is entered before somebody has seen it.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from postroad.ill import spelling
from postroad.ill.lifecycle import Condition, Reason

LONGEST = 20_000  # characters of an answer; who pastes more has copied something else
A_NOTE = 300  # characters of what is kept in the lender's words


class System(StrEnum):
    """Whose form it is, named as the page asks through which system a lender was asked."""

    OCLC = "OCLC WorldShare"
    DOCLINE = "Docline"


class Field(StrEnum):
    TITLE = "title"
    AUTHOR = "author"
    EDITION = "edition"
    IMPRINT = "imprint"  # publisher and year
    OCLC = "oclc"
    ISBN = "isbn"
    ISSN = "issn"
    NEED_BY = "need-by"
    MAX_COST = "max-cost"
    SHIP_TO = "ship-to"
    NOTES = "notes"


# The fields of each form in its own order.
FORMS: Mapping[System, Sequence[Field]] = {
    System.OCLC: (
        Field.OCLC,
        Field.TITLE,
        Field.AUTHOR,
        Field.EDITION,
        Field.IMPRINT,
        Field.ISBN,
        Field.ISSN,
        Field.NEED_BY,
        Field.MAX_COST,
        Field.SHIP_TO,
        Field.NOTES,
    ),
    System.DOCLINE: (
        Field.TITLE,
        Field.AUTHOR,
        Field.EDITION,
        Field.IMPRINT,
        Field.ISBN,
        Field.ISSN,
        Field.NEED_BY,
        Field.MAX_COST,
        Field.SHIP_TO,
        Field.NOTES,
        Field.OCLC,
    ),
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What another system may know of a request: the thing and the library, never who reads it."""

    title: str
    ref: str
    author: str = ""
    edition: str = ""
    publisher: str = ""
    year: int | None = None
    oclc: Sequence[str] = ()
    isbn: Sequence[str] = ()
    issn: Sequence[str] = ()
    need_by: date | None = None
    max_cost: Decimal | None = None  # in dollars
    ship_to: Sequence[str] = ()  # lines, as on a label
    courier: str = ""  # by which the van finds the library
    clio: str = ""
    also: Sequence[str] = ()  # what is known besides, each as it is to be read

    def values(self) -> Mapping[Field, str]:
        """Each field as it is pasted; nothing where nothing is known."""
        imprint = (self.publisher, str(self.year or ""))
        courier = (f"Courier: {self.courier}",) if self.courier else ()
        clio = f"Clio ID {self.clio}" if self.clio else ""
        ours = f"Our number {self.ref}"
        return {
            Field.TITLE: self.title,
            Field.AUTHOR: self.author,
            Field.EDITION: self.edition,
            Field.IMPRINT: ", ".join(part for part in imprint if part),
            Field.OCLC: next(iter(self.oclc), ""),
            Field.ISBN: next(iter(self.isbn), ""),
            Field.ISSN: next(iter(self.issn), ""),
            Field.NEED_BY: f"{self.need_by:%m/%d/%Y}" if self.need_by else "",
            Field.MAX_COST: f"{self.max_cost:.2f}" if self.max_cost is not None else "",
            Field.SHIP_TO: "\n".join((*self.ship_to, *courier)),
            Field.NOTES: "; ".join(part for part in (*self.also, clio, ours) if part),
        }


def fields(wanted: Wanted, system: System) -> list[tuple[Field, str]]:
    """The form of a system, field by field."""
    values = wanted.values()
    return [(each, values[each]) for each in FORMS[system]]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a pasted answer says, as far as it can be read; nothing where it cannot."""

    number: str = ""
    symbol: str = ""
    lender: str = ""
    due_on: date | None = None
    cost: Decimal | None = None  # in dollars
    conditions: Sequence[Condition] = ()
    reason: Reason | None = None  # of a no
    note: str = ""  # conditions or reason in the lender's words
    system: System | None = None
    unread: Sequence[str] = field(default=())  # values that stood there and could not be read

    def __bool__(self) -> bool:
        return self != Answer(system=self.system)


# What stands before a value, of each thing that is read. The longest that fits counts.
LABELS: Mapping[str, Sequence[str]] = {
    "number": (
        "request id",
        "request number",
        "request no",
        "request",
        "ill number",
        "ill no",
        "oclc ill number",
        "transaction number",
        "docline request number",
        "worldshare request id",
    ),
    "symbol": (
        "lender symbol",
        "symbol",
        "oclc symbol",
        "supplier symbol",
        "lender libid",
        "libid",
        "docline libid",
        "responder symbol",
    ),
    "lender": (
        "lender",
        "lender name",
        "lending library",
        "supplier",
        "supplier name",
        "current supplier",
        "current lender",
        "responder",
        "library name",
    ),
    "due_on": ("due date", "due", "date due", "due back", "return by", "loan due date"),
    "cost": (
        "cost",
        "lending charge",
        "lending charges",
        "charge",
        "charges",
        "total cost",
        "lender charges",
        "fee",
        "lending fee",
    ),
    "conditions": (
        "condition",
        "conditions",
        "loan conditions",
        "lending conditions",
        "lending restrictions",
        "restrictions",
        "reason for conditional",
        "conditional reason",
        "conditional",
    ),
    "reason": (
        "reason for no",
        "reason",
        "reason not supplied",
        "reason unfilled",
        "unfilled reason",
        "reason for non supply",
        "no reason",
        "rejection reason",
    ),
}
NAMED = {name: what for what, names in LABELS.items() for name in names}
SYSTEMS: Mapping[System, re.Pattern[str]] = {
    System.DOCLINE: re.compile(r"\bdocline\b", re.IGNORECASE),
    System.OCLC: re.compile(r"\b(?:worldshare|oclc)\b", re.IGNORECASE),
}
# Values that say that there is nothing.
NOTHING = re.compile(
    r"(?:none|no|n/?a|not applicable|nil|unknown|not given|[-–—. ]*)", re.IGNORECASE
)
SEPARATED = re.compile(r"\s*(?::|\t|\s[-–—]\s| {2,})\s*")
IN_BRACKETS = re.compile(r"^(?P<name>.*?)\s*[(\[](?P<symbol>[A-Za-z0-9$#+.-]{2,12})[)\]]\s*$")
SYMBOL = re.compile(r"[A-Z0-9$#+.-]{2,12}")


def read(text: str) -> Answer:
    """What an answer says. The first of each kind that can be read counts."""
    said: dict[str, str] = {}
    for what, value in _said(text[:LONGEST]):
        if not NOTHING.fullmatch(value):
            said.setdefault(what, value)
    lender, symbol = _lender(said.get("lender", ""), said.get("symbol", ""))
    number = spelling.read(said.get("number", ""))
    due_on, cost = day(said.get("due_on", "")), dollars(said.get("cost", ""))
    reason = said.get("reason", "")
    unread = [
        said[what]
        for what, found in (("number", number.value), ("due_on", due_on), ("cost", cost))
        if what in said and found in (None, "")
    ]
    return Answer(
        number=said["number"] if number.value else "",
        symbol=symbol,
        lender=lender,
        due_on=due_on,
        cost=cost,
        conditions=conditions(said.get("conditions", "")),
        reason=reason_for_no(reason) if reason else None,
        note=(reason or said.get("conditions", ""))[:A_NOTE],
        system=next((each for each, sign in SYSTEMS.items() if sign.search(text)), None),
        unread=tuple(unread),
    )


def _said(text: str) -> Iterator[tuple[str, str]]:
    """Each label that we know with its value: behind it, or on the line that follows."""
    waits = ""
    for line in _lines(text):
        label, value = _split(line)
        what = NAMED.get(label, "")
        if what and value:
            yield what, value
        elif waits and not what:
            yield waits, line
        waits = what if what and not value else ""


def _lines(text: str) -> Iterable[str]:
    plain = unicodedata.normalize("NFKC", text.replace("\0", ""))
    signs = "".join(sign for sign in plain if unicodedata.category(sign) != "Cf")
    return (line.strip(" >*•|") for line in signs.splitlines() if line.strip(" \t>*•|"))


def _split(line: str) -> tuple[str, str]:
    """A label as it is compared, and its value; one alone is a label without."""
    parts = SEPARATED.split(line, maxsplit=1)
    label = re.sub(r"[^a-z]+", " ", parts[0].casefold()).strip()
    return label, parts[1].strip() if len(parts) > 1 else ""


def _lender(name: str, symbol: str) -> tuple[str, str]:
    """A lender's name and symbol: "Yale University (YUS)", "YUS", or each by itself."""
    symbol = symbol if SYMBOL.fullmatch(symbol.upper()) else ""
    if both := IN_BRACKETS.match(name):
        name, symbol = both["name"], symbol or both["symbol"]
    elif not symbol and SYMBOL.fullmatch(name):
        name, symbol = "", name
    elif symbol and name.upper() == symbol.upper():
        name = ""
    return " ".join(name.split())[:160], symbol.upper()


NAMES = "jan feb mar apr may jun jul aug sep oct nov dec".split()
MONTHS = {name: number for number, name in enumerate(NAMES, start=1)}
ISO_DAY = re.compile(r"(?<!\d)(\d{4})[-/.]?(\d{2})[-/.]?(\d{2})(?!\d)")
US_DAY = re.compile(r"\b(\d{1,2})[/.-](\d{1,2})[/.-](\d{4}|\d{2})\b")
DAY_MONTH = re.compile(r"\b(\d{1,2})(?:st|nd|rd|th)?[ -]+([a-z]{3})[a-z]*\.?,?[ -]+(\d{4})\b")
MONTH_DAY = re.compile(r"\b([a-z]{3})[a-z]*\.? +(\d{1,2})(?:st|nd|rd|th)?,? +(\d{4})\b")


def day(text: str) -> date | None:
    """A day as the systems write it: 20261231, 2026-12-31, 12/31/2026, Dec 31, 2026."""
    said = text.casefold()
    if found := ISO_DAY.search(said):
        return _day(*found.groups())
    if found := US_DAY.search(said):
        month, of_month, year = found.groups()
        return _day(year if len(year) > 2 else f"20{year}", month, of_month)
    if found := DAY_MONTH.search(said):
        return _day(found[3], str(MONTHS.get(found[2], 0)), found[1])
    if found := MONTH_DAY.search(said):
        return _day(found[3], str(MONTHS.get(found[1], 0)), found[2])
    return None


def _day(year: str, month: str, of_month: str) -> date | None:
    try:
        return date(int(year), int(month), int(of_month))
    except ValueError:
        return None


FREE = re.compile(r"free|no (?:charge|cost|fee)s?|gratis", re.IGNORECASE)
MONEY = re.compile(
    r"(?P<before>[^\d]*?)(?P<amount>\d{1,3}(?:,\d{3})+(?:\.\d{2})?|\d+(?:[.,]\d{1,2})?)(?P<after>[^\d]*)"
)
DOLLARS = frozenset({"", "$", "us$", "usd", "us", "dollars", "us dollars", "$us", "ifm", "usd ifm"})
MOST = Decimal("999999.99")


def dollars(text: str) -> Decimal | None:
    """An amount in US dollars; of another currency, or of several amounts, nobody can say."""
    if FREE.fullmatch(text.strip(" .!")):
        return Decimal("0.00")
    found = MONEY.fullmatch(text.strip())
    if found is None:
        return None
    named = {re.sub(r"[()\[\]. :]+", " ", found[side]).strip().casefold() for side in (1, 3)}
    if not named <= DOLLARS:
        return None
    amount = found["amount"]
    whole = amount.replace(",", "") if re.search(r",\d{3}", amount) else amount.replace(",", ".")
    sum_of = Decimal(whole).quantize(Decimal("0.01"))
    return sum_of if sum_of <= MOST else None


WITHOUT = re.compile(r"\bno (?:charge|cost|fee|condition|restriction)s?\b")
# What of an answer's words means which of our conditions; several may hold at once.
CONDITIONS: Mapping[Condition, re.Pattern[str]] = {
    Condition.LIBRARY_USE: re.compile(
        r"(?:in[- ])?(?:library|building|house) use|use in (?:the )?lib"
    ),
    Condition.NO_COPYING: re.compile(
        r"(?:no|not|without|never)\W+(?:be )?(?:photo)?cop(?:y|ies|ied)"
    ),
    Condition.SIGNATURE: re.compile(r"\bsign(?:ed|ature|s)?\b"),
    Condition.SUPERVISED: re.compile(r"supervis|reading room|special collections"),
    Condition.COST: re.compile(r"\bcosts?\b|charge|\bfees?\b|\$\s*\d|prepa(?:id|y)"),
}


def conditions(text: str) -> tuple[Condition, ...]:
    """On what a lender sends it; in its own words alone, where none of ours is among them."""
    said = WITHOUT.sub("", text.casefold()).strip(" .,;")
    if NOTHING.fullmatch(said):
        return ()
    found = tuple(each for each, sign in CONDITIONS.items() if sign.search(said))
    return found or (Condition.OTHER,)


# What of an answer's words means which of our reasons. The first that fits counts.
REASONS: Mapping[Reason, re.Pattern[str]] = {
    Reason.NOT_ON_SHELF: re.compile(r"not (?:found )?on (?:the )?shelf|not on shelf"),
    Reason.ON_HOLD: re.compile(r"on hold|on reserve|\breserves?\b"),
    Reason.ON_LOAN: re.compile(r"on loan|in use|checked out|charged out|due date|circulating to"),
    Reason.BINDERY: re.compile(r"binder"),
    Reason.IN_PROCESS: re.compile(r"in process|technical processing|being processed|cataloging"),
    Reason.MISSING: re.compile(r"\blost\b|missing"),
    Reason.REFERENCE: re.compile(r"non[- ]?circulating|reference|library use|does not circulate"),
    Reason.CONDITION: re.compile(r"poor condition|fragile|brittle|too worn|damaged"),
    Reason.LACKS_PART: re.compile(r"lack(?:s|ing)|volume|issue not"),
    Reason.NOT_OWNED: re.compile(r"not owned|do(?:es)? not own|not held|no holdings"),
    Reason.NOT_AS_CITED: re.compile(r"as cited|cit(?:ation|ed)|not found as|verif"),
    Reason.POLICY: re.compile(r"policy|licen[cs]ed|not lend|too new"),
}


def reason_for_no(text: str) -> Reason:
    """The reason from our list that a lender's words mean; "another" where none is sure."""
    said = text.casefold()
    return next((each for each, sign in REASONS.items() if sign.search(said)), Reason.OTHER)
