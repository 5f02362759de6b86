"""A library's own MARC record, from the bytes that are kept of it: to be read, and to be taken.

Whoever is not staff is not shown what a library says to itself: local fields (9XX, 59X), where its
items, their prices and notes on donors stand, and the fields of acquisition and preservation.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO

import pymarc

from postroad.catalogue import description
from postroad.catalogue.models import Contribution, ContributionState, RawRecord, Record
from postroad.errors import Refusal
from postroad.protocols.marc import reading
from postroad.protocols.marc.results import NotMarc, Read

OF_ITS_OWN = re.compile(r"9..|59.|541|583|87[678]")
MAY_BE_PRIVATE = frozenset({"542", "561"})  # where their first indicator says so
# Of these only some subfields: where it stands, but no barcode, price or note of the staff.
FOR_ALL = {"852": "abchijklm", "856": "3abcdefinqstuvwyz"}
HOLDINGS = re.compile("86[3-8]")  # where $x is a note of the staff, and $z one for all
LINK = "6"
OTHER_SCRIPT = "880"  # a field once more; which one, its $6 says
MOST_OF_A_FIELD, MOST_OF_A_RECORD = 9999, 99_999  # what ISO 2709 has figures for
NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class TooLongForIso2709(Refusal):
    """It has no figures for such a length; MARCXML has no limit."""

    code = "too-long-for-iso2709"


@dataclass(frozen=True, slots=True)
class Line:
    """One field as it is shown."""

    tag: str
    indicators: tuple[str, str]
    subfields: tuple[tuple[str, str], ...]  # of a control field one, without a code


def kept(record: Record) -> list[Contribution]:
    """Whose own records are kept, first the one that describes it. Without the bytes."""
    there = record.contributions.filter(state=ContributionState.LIVE, raw__isnull=False)
    return list(there.select_related("library").defer("facts").order_by("pk"))


def records(contribution: Contribution, *, whole: bool) -> list[pymarc.Record]:
    """What its bytes say: one, or several, where its library's system split it. Nothing, if they
    cannot be read any more. `whole` is for staff."""
    raw = RawRecord.objects.filter(pk=contribution.pk).first()
    if raw is None:
        return []
    file = BytesIO(description.unpacked(bytes(raw.bytes)))
    try:
        found = [each.record for each in reading.records(file) if isinstance(each, Read)]
    except NotMarc:
        return []
    return found if whole else [for_all(each) for each in found]


def for_all(record: pymarc.Record) -> pymarc.Record:
    """Without what is its library's own business."""
    shown = pymarc.Record(force_utf8=True)
    shown.leader = record.leader
    shown.fields = [public(field) for field in record.fields if not is_its_own(field)]
    return shown


def is_its_own(field: pymarc.Field) -> bool:
    tag = tag_of(field)
    marked = tag in MAY_BE_PRIVATE and (field.indicators or " ")[0] == "0"
    return marked or OF_ITS_OWN.fullmatch(tag) is not None


def tag_of(field: pymarc.Field) -> str:
    """Of what it is, in whatever script."""
    is_again = field.tag == OTHER_SCRIPT and not field.control_field
    return (field.get("6") or field.tag).strip()[:3] if is_again else field.tag


def public(field: pymarc.Field) -> pymarc.Field:
    tag = tag_of(field)
    if HOLDINGS.fullmatch(tag) and not field.control_field:
        said = [sub for sub in field.subfields if sub.code != "x"]
    elif codes := FOR_ALL.get(tag):
        said = [sub for sub in field.subfields if sub.code in (*codes, *LINK)]
    else:
        return field
    return pymarc.Field(field.tag, indicators=field.indicators, subfields=said)


def lines(record: pymarc.Record) -> Iterator[Line]:
    yield Line("LDR", ("", ""), (("", str(record.leader)),))
    for field in record.fields:
        if field.control_field:
            yield Line(field.tag, ("", ""), (("", field.data or ""),))
            continue
        first, second = (field.indicators or ("", ""))[:2]
        subfields = tuple((sub.code, sub.value) for sub in field.subfields)
        yield Line(field.tag, (first.strip(), second.strip()), subfields)


def iso2709(all_of_them: list[pymarc.Record]) -> bytes:
    """In UTF-8. Raises TooLongForIso2709."""
    return b"".join(map(one_iso2709, all_of_them))


def one_iso2709(record: pymarc.Record) -> bytes:
    record.force_utf8 = True
    record.leader = pymarc.Leader(f"{str(record.leader)[:9]}a{str(record.leader)[10:]}")
    if any(len(field.as_marc("utf-8")) > MOST_OF_A_FIELD for field in record.fields):
        raise TooLongForIso2709
    written = record.as_marc()
    if len(written) > MOST_OF_A_RECORD:
        raise TooLongForIso2709
    return written


def marcxml(all_of_them: list[pymarc.Record]) -> bytes:
    """A collection, however many there are."""
    file = BytesIO()
    writer = pymarc.XMLWriter(file)
    for record in all_of_them:
        writer.write(legal(record))
    writer.close(close_fh=False)
    return file.getvalue()


def legal(record: pymarc.Record) -> pymarc.Record:
    """Without signs that XML does not have."""
    for field in record.fields:
        if field.control_field:
            field.data = NOT_IN_XML.sub("", field.data or "")
        else:
            field.subfields = [
                pymarc.Subfield(NOT_IN_XML.sub("", code), NOT_IN_XML.sub("", value))
                for code, value in field.subfields
            ]
    return record
