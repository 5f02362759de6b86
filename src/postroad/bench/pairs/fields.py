"""Changes of a MARC record in place: what another library writes otherwise, and other editions."""

import copy
import re
from collections.abc import Callable, Iterator

import pymarc

Change = Callable[[str], str]


def of(record: pymarc.Record) -> pymarc.Record:
    return copy.deepcopy(record)


def fields(record: pymarc.Record, *tags: str) -> Iterator[pymarc.Field]:
    return (field for field in record.fields if field.tag in tags)


def change(record: pymarc.Record, tag: str, codes: str, how: Change) -> bool:
    """Change these subfields; whether that made any other."""
    changed = False
    for field in fields(record, tag):
        made = [
            pymarc.Subfield(sub.code, how(sub.value) if sub.code in codes else sub.value)
            for sub in field.subfields
        ]
        changed |= made != field.subfields
        field.subfields = made
    return changed


def drop(record: pymarc.Record, *tags: str) -> bool:
    kept = [field for field in record.fields if field.tag not in tags]
    dropped = len(kept) != len(record.fields)
    record.fields = kept
    return dropped


def drop_codes(record: pymarc.Record, tag: str, codes: str) -> bool:
    dropped = False
    for field in fields(record, tag):
        kept = [sub for sub in field.subfields if sub.code not in codes]
        dropped |= len(kept) != len(field.subfields)
        field.subfields = kept
    return dropped


def add(record: pymarc.Record, tag: str, indicators: str, **subfields: str) -> None:
    record.add_ordered_field(
        pymarc.Field(
            tag,
            indicators=pymarc.Indicators(*indicators),
            subfields=[pymarc.Subfield(code, value) for code, value in subfields.items()],
        )
    )


def text(record: pymarc.Record, tag: str, codes: str) -> str:
    """Of the first such field."""
    for field in fields(record, tag):
        return " ".join(sub.value for sub in field.subfields if sub.code in codes)
    return ""


def has(record: pymarc.Record, tag: str) -> bool:
    return any(field.tag == tag for field in record.fields)


def coded(record: pymarc.Record, place: int, signs: str) -> None:
    """Places of field 008."""
    for field in fields(record, "008"):
        data = (field.data or "").ljust(40)
        field.data = data[:place] + signs + data[place + len(signs) :]


def year(record: pymarc.Record) -> int | None:
    found = re.match(r"[12][0-9]{3}", text008(record)[7:11])
    return int(found.group()) if found else None


def text008(record: pymarc.Record) -> str:
    return next((field.data or "" for field in fields(record, "008")), "")


def set_year(record: pymarc.Record, to: int) -> None:
    """In the coded dates and in the imprint."""
    coded(record, 6, f"s{to}    ")
    for tag in ("260", "264"):
        change(record, tag, "c", lambda said: YEAR.sub(str(to), said))


YEAR = re.compile(r"(?<![0-9])[12][0-9]{3}(?![0-9])")


def words(record: pymarc.Record, how: Change) -> bool:
    """In all texts that a cataloger writes."""
    tags = ("100", "110", "245", "250", "260", "264", "300", "490", "700")
    changed = [change(record, tag, "abcdefghijklmnopqrstuvxyz", how) for tag in tags]
    return any(changed)
