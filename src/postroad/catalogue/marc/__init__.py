"""What a MARC 21 record says, in our terms. No Django here.

Punctuation of the card catalogue is taken off, Unicode is brought to one form, and what is too
long for a column is cut. `fields` reads the fields, and each subject has a file: `texts`, `forms`,
`parts`, `dates`, `numbers`, `copies`.
"""

from dataclasses import dataclass, replace

import pymarc

from postroad.catalogue import matching
from postroad.catalogue.description import Description
from postroad.catalogue.marc import holdings, texts
from postroad.catalogue.marc.copies import UNSET, Copy, Reading, copies_of
from postroad.catalogue.marc.dates import year_of
from postroad.catalogue.marc.fields import Fields, by_tag, first
from postroad.catalogue.marc.forms import carrier_of, format_of
from postroad.catalogue.marc.numbers import numbers_of
from postroad.catalogue.marc.parts import part_of
from postroad.catalogue.marc.works import uniform_title_of
from postroad.catalogue.serials import Statement
from postroad.errors import Refusal
from postroad.protocols.marc.plain import Plain

__all__ = [
    "Copy",
    "Deleted",
    "Facts",
    "Holdings",
    "HoldingsRecord",
    "NoTitle",
    "Reading",
    "control_number",
    "facts",
    "holdings_record",
]


class HoldingsRecord(Refusal):
    """A holdings record (MFHD) among the bibliographic ones."""

    code = "holdings-record"


class Deleted(Refusal):
    """The library says that it has this record no more (leader/05 = d)."""

    code = "deleted-record"


class NoTitle(Refusal):
    """Nobody could find or ask for a record without a title."""

    code = "no-title"

    def __str__(self) -> str:
        return "no title (field 245)"


@dataclass(frozen=True, slots=True)
class Facts:
    """What a record says about a book, and which copies it lists."""

    control_number: str
    description: Description
    copies: tuple[Copy, ...] = ()
    statements: tuple[Statement, ...] = ()  # of the volumes that the library has


@dataclass(frozen=True, slots=True)
class Holdings:
    """What a holdings record (MFHD) says of the volumes of another record."""

    source: str  # its own control number
    control_number: str  # of the record to which it belongs
    statements: tuple[Statement, ...] = ()


def facts(record: pymarc.Record, reading: Reading = UNSET) -> Facts:
    """What the record says, with its items as its library's are read.

    Raises HoldingsRecord, Deleted and NoTitle.
    """
    if isinstance(record, Plain) and isinstance(record.known, Facts):
        return record.known  # read ahead, with the same reading
    leader = str(record.leader)
    if leader[6] in set("uvxy"):
        raise HoldingsRecord
    if leader[5] == "d":
        raise Deleted
    fields = by_tag(record)
    described = description_of(leader, fields)
    unowned = described.format in {"eresource", "article"}
    copies = copies_of(fields, replace(reading, owns_without_items=False) if unowned else reading)
    said = Facts(control_number(record), described, statements=holdings.statements_of(fields))
    return with_copies(said, copies)


def with_copies(facts: Facts, copies: tuple[Copy, ...]) -> Facts:
    """The facts with these copies instead; of a serial, its volumes are what stands on them."""
    statements = facts.statements
    if facts.description.format == "serial":
        before = holdings.volumes_of(facts.copies)
        statements = tuple(each for each in statements if each not in before)
        statements += holdings.volumes_of(copies)
    return replace(facts, copies=copies, statements=statements)


def holdings_record(record: pymarc.Record) -> Holdings:
    """What a holdings record says, and of which record."""
    fields = by_tag(record)
    said = () if str(record.leader)[5] == "d" else holdings.statements_of(fields)
    return Holdings(control_number(record), holdings.record_of(fields), said)


def description_of(leader: str, fields: Fields) -> Description:
    """What the record says of the book."""
    title, short = texts.titles_of(fields)
    if not title:
        raise NoTitle
    author = texts.author_of(fields)
    year = year_of(fields)
    form = format_of(leader, fields)
    return Description(
        title=title[:1000],
        author=author[:300],
        year=year,
        language=texts.language_of(fields),
        format=form,
        carrier=carrier_of(form, fields)[:24],
        part=part_of(fields)[:80],
        edition=first(fields, "250", "ab")[:200],
        place=texts.place_of(fields)[:120],
        publisher=texts.publisher_of(fields)[:300],
        extent=first(fields, "300", "ab")[:200],
        series=(first(fields, "490", "av") or first(fields, "830", "av"))[:300],
        responsibility=first(fields, "245", "c")[:500],
        notes=texts.notes_of(fields),
        uniform_title=uniform_title_of(form, fields)[:300],
        other_titles=texts.other_titles_of(fields),
        subjects=texts.subjects_of(fields),
        contributors=texts.contributors_of(fields),
        match_key=matching.key(short, year, form),
        numbers=numbers_of(fields),
    )


def control_number(record: pymarc.Record) -> str:
    """By which the library that sent the record knows it."""
    if isinstance(record, Plain):
        said = record.first("001")
    else:
        found = (field.data or "" for field in record.fields if field.tag == "001")
        said = next(found, "")
    return said.replace("\x00", "").strip()[:80]
