"""MARC records out of a file, one after the other, however badly the file was written.

No Django here. ISO 2709 (UTF-8 or MARC-8, whatever the leader claims) and MARCXML. What cannot be
read is named with its place, and reading goes on behind it.
"""

import codecs
import gzip
import logging
import re
import warnings
import zlib
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext, redirect_stderr
from dataclasses import dataclass
from io import StringIO
from itertools import islice
from typing import IO, Any, cast

import pymarc
from lxml import etree
from pymarc.exceptions import BadSubfieldCodeWarning, PymarcException

from postroad.errors import Refusal

RECORD_END, FIELD_END = b"\x1d", b"\x1e"
BLANK = b"\x00\x1a \t\r\n"
GZIP, UTF16 = b"\x1f\x8b", (b"\xff\xfe", b"\xfe\xff")
ESCAPE = b"\x1b"
LONGEST = 4_000_000  # bytes of one record; the format itself ends at 99,999
CHUNK = 1 << 18
LEADER_LENGTH = 24
SLIM = "http://www.loc.gov/MARC21/slim"
SAFE = {"resolve_entities": False, "no_network": True, "load_dtd": False, "huge_tree": False}
RECORD_START = re.compile(r"<((?:[\w.-]+:)?)record[\s>]")
RECORD_STOP = re.compile(r"</((?:[\w.-]+:)?)record\s*>")
NAMESPACE = re.compile(r"xmlns(?::[\w.-]+)?\s*=\s*(?:\"[^\"<]*\"|'[^'<]*')")
NUMBER_IN_XML = re.compile(r"<(?:[\w.-]+:)?controlfield\s+tag=[\"']001[\"']\s*>([^<]+)<")
DECLARED_ENCODING = re.compile(rb"""<\?xml[^>]*encoding\s*=\s*["']([A-Za-z0-9._-]+)""")
TOO_LONG = "too long for its format"
NO_MARC8 = "its characters are no UTF-8, and some are no MARC-8 either: its words may be wrong"
# What pymarc lets through when a directory, a length or a character is not what it claims to be.
UNREADABLE = (PymarcException, ValueError, IndexError, KeyError, TypeError, AttributeError)


logging.getLogger("pymarc").setLevel(logging.CRITICAL)  # its complaints are counted here instead


class DirectoryBroken(ValueError):
    """The directory and the fields have nothing to do with each other."""

    def __str__(self) -> str:
        return "the directory does not fit the fields"


class NotMarc(Refusal):
    """The file as a whole is nothing that we read."""

    code = "not-marc"


class BreaksOff(Exception):
    """The file ends where it should not. What came before is good."""


class TooLong(Exception):
    """Nothing ended for so long that it cannot be one record."""

    def __str__(self) -> str:
        return "no end of record within 4 MB"


@dataclass(frozen=True, slots=True)
class Trouble:
    """A record that was left out, or mended: its place in the file, counted from 1, and why."""

    position: int
    reason: str
    control_number: str = ""
    mended: bool = False
    breaks_off: bool = False  # nothing can be said of what should have come behind it


@dataclass(frozen=True, slots=True)
class Read:
    """A record, its place, and what had to be mended in it."""

    position: int
    record: pymarc.Record
    mended: str = ""
    cut: bool = False  # some of it is missing, so it does not list all


def records(file: IO[bytes]) -> Iterator[Read | Trouble]:
    """Each record of the file, or what is wrong with it."""
    start = file.read(2)
    file.seek(0)
    if start == GZIP:
        file = cast("IO[bytes]", gzip.GzipFile(fileobj=file))
    position = 0
    try:
        for each in from_xml(file) if looks_like_xml(file) else from_iso2709(file):
            position = each.position
            yield each
    except BreaksOff as why:
        if not position:
            raise NotMarc(reason=f"there is no record in it: {why}") from why
        yield Trouble(position + 1, str(why), breaks_off=True)
    except (EOFError, zlib.error, gzip.BadGzipFile) as why:
        if not position:
            raise NotMarc(reason=f"its compression is damaged: {why}") from why
        yield Trouble(position + 1, f"its compression is damaged: {why}", breaks_off=True)


def looks_like_xml(file: IO[bytes]) -> bool:
    """Whether the first sign that is not blank opens an element."""
    head = file.read(256)
    file.seek(0)
    return head[:2] in UTF16 or head.removeprefix(codecs.BOM_UTF8).lstrip()[:1] == b"<"


def from_iso2709(file: IO[bytes]) -> Iterator[Read | Trouble]:
    refuse_what_has_no_leader(file)
    position = 0
    for chunk in chunks(file):
        if not chunk.strip(BLANK + RECORD_END):
            continue  # blank lines between records, and the end of a DOS file
        position += 1
        if len(chunk) > LONGEST:
            yield Trouble(position, str(TooLong()))
        elif not chunk.endswith(RECORD_END):
            raise BreaksOff("the file ends in the middle of a record")
        else:
            yield decode(chunk, position)


def refuse_what_has_no_leader(file: IO[bytes]) -> None:
    """A picture would be a thousand bad records."""
    head = [chunk.lstrip(BLANK) for chunk in file.read(CHUNK).split(RECORD_END)]
    file.seek(0)
    if any(head) and not any(chunk[:5].isdigit() for chunk in head):
        raise NotMarc(reason="it is neither MARC (ISO 2709) nor MARCXML")


def chunks(file: IO[bytes]) -> Iterator[bytes]:
    """The file cut after each end-of-record sign.

    The length in the leader is not believed: when it is wrong, every later record would be lost.
    A stretch without an end is given out cut short and skipped, so that memory stays bounded.
    """
    rest, skipping = b"", False
    while block := file.read(CHUNK):
        *whole, rest = (rest + block).split(RECORD_END)
        for chunk in whole:
            if not skipping:
                yield chunk.lstrip(BLANK) + RECORD_END
            skipping = False
        if len(rest) > LONGEST:
            if not skipping:
                yield rest
            rest, skipping = b"", True
    if rest and not skipping:
        yield rest.lstrip(BLANK)


def decode(chunk: bytes, position: int) -> Read | Trouble:
    """The record in these bytes."""
    if len(chunk) < 26 or not chunk[:5].isdigit():
        return Trouble(position, "no MARC leader", number_in(chunk))
    try:
        chunk, mended = with_true_directory(chunk)
        return parse(chunk, position, mended)
    except UNREADABLE as why:
        return Trouble(position, reason(why), number_in(chunk))


def number_in(chunk: bytes) -> str:
    """The control number of a record that cannot be read, if it stands where it should: in the
    first field, and the directory begins with that."""
    head, *fields = chunk.split(FIELD_END)
    if head[LEADER_LENGTH:][:3] != b"001" or not fields:
        return ""
    said = fields[0].decode("ascii", "replace").strip()
    return said if said.isascii() and said.isprintable() and len(said) <= 80 else ""


def with_true_directory(chunk: bytes) -> tuple[bytes, str]:
    """The record with a directory that fits its fields, and what was wrong with the one it had.

    Lengths counted in characters instead of bytes, or a record beyond 99,999 bytes, make the
    directory point beside the fields; the order of its tags is still right.
    """
    base = int(chunk[12:17])
    directory = chunk[LEADER_LENGTH : base - 1]
    if base < LEADER_LENGTH or base >= len(chunk) or len(directory) % 12:
        return chunk, ""  # pymarc names what is wrong
    entries = entries_of(directory)
    if int(chunk[:5]) == len(chunk) and all(fits(entry, chunk, base) for entry in entries):
        return chunk, ""
    fields = chunk[base:-1].removesuffix(FIELD_END).split(FIELD_END)
    if len(fields) != len(entries):
        raise DirectoryBroken
    return rebuilt(chunk[:LEADER_LENGTH], [entry[:3] for entry in entries], fields)


def entries_of(directory: bytes) -> list[bytes]:
    return [directory[at : at + 12] for at in range(0, len(directory), 12)]


def place_of(entry: bytes, base: int) -> tuple[int, int]:
    """Where the field begins and ends to which this entry of the directory points."""
    start = base + int(entry[7:])
    return start, start + int(entry[3:7])


def fits(entry: bytes, chunk: bytes, base: int) -> bool:
    """Whether this entry of the directory points at one whole field."""
    start, end = place_of(entry, base)
    return chunk[end - 1 : end] == FIELD_END and FIELD_END not in chunk[start : end - 1]


def rebuilt(leader: bytes, tags: list[bytes], fields: list[bytes]) -> tuple[bytes, str]:
    directory, data, left_out = b"", b"", 0
    for tag, field in zip(tags, fields, strict=True):
        if len(field) > 9_998 or len(data) + len(field) + 12 * len(tags) > 99_900:
            left_out += 1
            continue
        directory += b"%3b%04d%05d" % (tag, len(field) + 1, len(data))
        data += field + FIELD_END
    base = LEADER_LENGTH + len(directory) + 1
    whole = directory + FIELD_END + data + RECORD_END
    head = b"%05d" % (LEADER_LENGTH + len(whole)) + leader[5:12] + b"%05d" % base + leader[17:]
    what = f"{TOO_LONG}: {left_out} fields were left out"
    return head + whole, what if left_out else "its lengths were wrong"


def is_utf8(chunk: bytes) -> bool:
    """Whether to read it as UTF-8: the leader is often wrong, the bytes are not.

    MARC-8 with letters beyond ASCII is hardly ever valid UTF-8, and ASCII is both.
    """
    if ESCAPE in chunk:
        return chunk[9:10] == b"a"
    try:
        chunk.decode()
    except UnicodeDecodeError:
        return chunk[9:10] == b"a"
    return True


def parse(chunk: bytes, position: int, mended: str) -> Read | Trouble:
    """The record, as UTF-8 or MARC-8, if need be with signs for what is no character."""
    utf8, cut = is_utf8(chunk), mended.startswith(TOO_LONG)
    complaints = StringIO()  # pymarc tells standard error, its log and `warnings`
    with warnings.catch_warnings(), quiet(utf8, complaints):
        warnings.simplefilter("ignore", BadSubfieldCodeWarning)
        try:
            record = decoded(chunk, utf8=utf8, handling="strict")
        except UnicodeDecodeError:
            record = decoded(with_plain_codes(chunk), utf8=True, handling="replace")
            mended = "some characters could not be read"
    return Read(position, record, mended or (NO_MARC8 if complaints.getvalue() else ""), cut)


def with_plain_codes(chunk: bytes) -> bytes:
    """A question mark for what is no character in the leader, a coded field or an indicator.

    pymarc puts a sign for such bytes into subfields alone, and gives up the record for the others.
    """
    base, made = int(chunk[12:17]), bytearray(chunk)
    places = [(0, LEADER_LENGTH)]
    for entry in entries_of(chunk[LEADER_LENGTH : base - 1]):
        start, end = place_of(entry, base)
        places.append((start, end) if entry.startswith(b"00") else (start, start + 2))
    for start, end in places:
        made[start:end] = plain(chunk[start:end])
    return bytes(made)


def plain(code: bytes) -> bytes:
    try:
        code.decode()
    except UnicodeDecodeError:
        return bytes(byte if byte < 128 else ord("?") for byte in code)
    return code


def quiet(utf8: bool, complaints: StringIO) -> AbstractContextManager[object]:
    return nullcontext() if utf8 else redirect_stderr(complaints)


def decoded(chunk: bytes, *, utf8: bool, handling: str) -> pymarc.Record:
    scheme = b"a" if utf8 else b" "
    return pymarc.Record(
        data=chunk[:9] + scheme + chunk[10:], force_utf8=utf8, utf8_handling=handling
    )


def reason(why: Exception) -> str:
    """In words for the librarian who must mend the record."""
    if isinstance(why, UnicodeDecodeError):
        return "the characters are neither UTF-8 nor MARC-8"
    if isinstance(why, PymarcException | DirectoryBroken):
        return str(why) or type(why).__name__
    return f"the directory or leader is damaged ({type(why).__name__})"


def from_xml(file: IO[bytes]) -> Iterator[Read | Trouble]:
    """Each record of a MARCXML file.

    A strict parser reads as far as the file is well-formed; behind a fault, each record is cut
    out of the text and read by itself, so that one bad record does not lose the others.
    """
    position, fault = 0, ""
    try:
        for element in well_formed(file):
            position += 1
            yield from_element(element, position)
        return
    except etree.XMLSyntaxError as why:
        fault = f"the XML breaks off: {why.msg}"
    except TooLong as why:
        yield Trouble(position + 1, str(why))
    well, position = position, position + (not fault)
    file.seek(0)
    for text in islice(cut_out(file), well, None):
        position += 1
        yield from_text(text, position)
    if position == well:
        raise BreaksOff(fault)


def well_formed(file: IO[bytes]) -> Iterator[Any]:
    """The record elements; XMLSyntaxError where the file is not XML any more."""
    parser = etree.XMLPullParser(events=("start", "end"), **SAFE)
    first, begun, waiting = True, False, 0
    while block := file.read(CHUNK):
        parser.feed(block)
        waiting += len(block)
        for event, element in parser.read_events():
            if first:
                refuse_document_type(element)
                first = False
            if is_record(element):
                begun = True
                if event == "end":
                    waiting = 0
                    yield element
                    forget(element)
        if waiting > LONGEST + CHUNK:
            raise TooLong if begun else NotMarc(reason="no MARC record within 4 MB")
    parser.close()


def refuse_document_type(root: Any) -> None:
    """Entities are not resolved anyhow; but then their text would be missing without a word."""
    if root.getroottree().docinfo.internalDTD is not None:
        raise NotMarc(reason="it has a document type (DOCTYPE), which may hide entities")


def is_record(element: Any) -> bool:
    """A MARC record, not the record of OAI-PMH around it."""
    name = etree.QName(element)
    return name.localname == "record" and name.namespace in (None, SLIM)


def forget(element: Any) -> None:
    """Free what has been read: the tree of a large file would not fit."""
    element.clear()
    while element.getprevious() is not None:
        del element.getparent()[0]


def cut_out(file: IO[bytes]) -> Iterator[str]:
    """The text of each record element, with the names that its file declares."""
    decoder = codecs.getincrementaldecoder(encoding_of(file.read(1024)))(errors="replace")
    file.seek(0)
    text, declared = "", ""
    while block := file.read(CHUNK):
        text += decoder.decode(block)
        if not declared and (start := RECORD_START.search(text)):
            head = text[: start.start()]
            if "<!DOCTYPE" in head:
                raise NotMarc(reason="it has a document type (DOCTYPE), which may hide entities")
            declared = " ".join(dict.fromkeys(NAMESPACE.findall(head))) or " "
        done = 0
        for begins, ends in records_in(text):
            yield f"<x {declared}>{text[begins:ends]}</x>"
            done = ends
        text = text[done:]
        if len(text) > LONGEST:  # no record is as long: what is looked through again and again
            text = text[-CHUNK:]  # would take hours, and the next one may begin at its end
    if RECORD_START.search(text):
        raise BreaksOff("the XML breaks off in the middle of a record")


def records_in(text: str) -> Iterator[tuple[int, int]]:
    """Where each record element begins and ends. Begins without an end cost no look for it each."""
    ends = defaultdict[str, list[tuple[int, int]]](list)
    for end in RECORD_STOP.finditer(text):
        ends[end[1]].append(end.span())
    last = 0
    for start in RECORD_START.finditer(text):
        known = ends.get(start[1], [])
        place = bisect_left(known, (start.end(), 0))
        if start.start() >= last and place < len(known):
            last = known[place][1]
            yield start.start(), last


def encoding_of(head: bytes) -> str:
    if head[:2] in UTF16:
        return "utf-16"
    match = DECLARED_ENCODING.search(head)
    try:
        return codecs.lookup(match.group(1).decode()).name if match else "utf-8-sig"
    except LookupError:
        return "utf-8-sig"


def from_text(text: str, position: int) -> Read | Trouble:
    try:
        wrapper = etree.fromstring(text.encode(), etree.XMLParser(**SAFE))
    except etree.XMLSyntaxError as why:
        number = NUMBER_IN_XML.search(text)
        said = number[1].strip()[:80] if number else ""
        return Trouble(position, f"not well-formed XML: {why.msg}", said)
    if len(wrapper) != 1 or not is_record(wrapper[0]):
        return Trouble(position, "not a MARC record")
    return from_element(wrapper[0], position)


def from_element(element: Any, position: int) -> Read | Trouble:
    """The record in a MARCXML element."""
    record, mended = pymarc.Record(), ""
    leader = "".join(element.xpath("string(*[local-name()='leader'][1])"))
    if len(leader) != LEADER_LENGTH:
        mended = "the leader is missing or has a wrong length"
    record.leader = pymarc.Leader(f"{leader[:LEADER_LENGTH]:<{LEADER_LENGTH}}")
    for child in element.iterchildren("{*}controlfield", "{*}datafield"):
        tag = child.get("tag", "")
        if len(tag) != 3:
            mended = f"a field with the tag {tag[:20]!r} was left out"
        elif etree.QName(child).localname == "controlfield":
            record.fields.append(pymarc.Field(tag=tag, data=child.text or ""))
        else:
            record.fields.append(data_field(tag, child))
    if not record.fields:
        return Trouble(position, "a record without fields")
    return Read(position, record, mended)


def data_field(tag: str, element: Any) -> pymarc.Field:
    return pymarc.Field(
        tag=tag,
        indicators=pymarc.Indicators(element.get("ind1", " ")[:1], element.get("ind2", " ")[:1]),
        subfields=[
            pymarc.Subfield(code=child.get("code", "")[:1], value=child.text or "")
            for child in element.iterchildren("{*}subfield")
        ],
    )
