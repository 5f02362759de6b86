"""MARC records made for a test, and how they come into the catalogue."""

from io import BytesIO

import pymarc

from postroad.catalogue import loading
from postroad.catalogue.loading import Report
from postroad.directory.models import Library


def subfields(parts: dict[str, str]) -> list[pymarc.Subfield]:
    return [pymarc.Subfield(code, value) for code, value in parts.items()]


def record(
    control: str = "b1",
    *fields: tuple[str, dict[str, str]],
    title: str = "Pride and prejudice",
    author: str = "Austen, Jane",
    year: str = "1813",
    language: str = "eng",
    leader: str = "am",
    status: str = "n",
) -> pymarc.Record:
    """A MARC record with what nearly every one has; `fields` adds more, tag and subfields."""
    made = pymarc.Record(force_utf8=True)
    made.leader = pymarc.Leader(f"00000{status}{leader} a2200000 a 4500")
    fixed = f"260101s{year:4}    mau           000 0 {language} d"
    if control:
        made.add_field(pymarc.Field("001", data=control))
    made.add_field(pymarc.Field("008", data=fixed))
    if author:
        made.add_field(field("100", {"a": author}))
    if title:
        made.add_field(field("245", {"a": title}))
    made.add_field(*(field(tag, parts) for tag, parts in fields))
    return made


def field(tag: str, parts: dict[str, str], indicators: str = "  ") -> pymarc.Field:
    return pymarc.Field(tag, indicators=pymarc.Indicators(*indicators), subfields=subfields(parts))


def item(barcode: str, call_number: str = "PR4034 .P7", **more: str) -> tuple[str, dict[str, str]]:
    """A copy, as Koha writes it in field 952."""
    return "952", {"p": barcode, "o": call_number, "c": "STACKS", **more}


def file_of(*records: pymarc.Record) -> BytesIO:
    return BytesIO(b"".join(each.as_marc() for each in records))


def load(library: Library, *records: pymarc.Record) -> Report:
    return loading.load(file_of(*records), library)
