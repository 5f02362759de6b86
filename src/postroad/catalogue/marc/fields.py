"""Fields and subfields of a MARC record, read as text."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache

import pymarc

CARD = " /:;=,"
ABBREVIATION = re.compile(r"(?:\b\w|\b(?:etc|ed|rev|vol|no|v|Jr|Sr|Dr|Co|Inc|Ltd|St))\.$", re.I)

Fields = dict[str, list[pymarc.Field]]


def by_tag(record: pymarc.Record) -> Fields:
    """The fields of each tag, in the order of the record."""
    fields: Fields = {}
    for field in record.fields:
        fields.setdefault(field.tag, []).append(field)
    return fields


@lru_cache(1 << 14)
def tidy(text: str) -> str:
    """One form of Unicode, single spaces, no punctuation of the card catalogue at the end."""
    text = text if text.isascii() else unicodedata.normalize("NFC", text)
    text = " ".join(text.replace("\x00", "").split()).rstrip(CARD).lstrip(CARD)
    if text.endswith(".") and not text.endswith("..") and not ABBREVIATION.search(text):
        text = text[:-1].rstrip(CARD)
    return text


def control(fields: Fields, tag: str) -> str:
    return (fields[tag][0].data or "").replace("\x00", "") if tag in fields else ""


def join(field: pymarc.Field, codes: str, separator: str = " ") -> str:
    """The subfields with these codes, in the order of the record."""
    return separator.join([value for code, value in field.subfields if code in codes])


def first(fields: Fields, tag: str, codes: str, *, nonfiling: bool = False) -> str:
    """The first field that says anything. `nonfiling` leaves out a leading article."""
    for field in fields.get(tag, ()):
        if text := join(field, codes):
            skip = str(field.indicators[1]) if nonfiling and field.indicators else ""
            text = text[int(skip) :] if skip in set("123456789") else text
            return tidy(text)
    return ""


def each(fields: Fields, tag: str, codes: str) -> Iterator[str]:
    for field in fields.get(tag, ()):
        if text := tidy(join(field, codes)):
            yield text[:300]


def unique(texts: Iterable[str]) -> tuple[str, ...]:
    """Without repeats that differ in case only, in their order."""
    return tuple({text.casefold(): text for text in reversed(list(texts))}.values())[::-1]


def one(field: pymarc.Field, code: str) -> str:
    if code:
        for of, value in field.subfields:
            if of == code:
                return value
    return ""
