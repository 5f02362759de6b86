"""MARCXML, the same records as elements of XML."""

import codecs
import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator
from itertools import islice
from typing import IO, Any

import pymarc
from lxml import etree

from postroad.protocols.marc import characters, limits, xmltext
from postroad.protocols.marc.directory import SHORT_LEADER
from postroad.protocols.marc.results import (
    LEADER_LENGTH,
    BreaksOff,
    Complaints,
    NotMarc,
    Read,
    TooLong,
    Trouble,
    whole_leader,
)
from postroad.protocols.marc.subfields import glued, indicators, is_control

WRONG_TAG = "a field with a wrong tag was left out"
UTF16 = (b"\xff\xfe", b"\xfe\xff")
SLIM = "http://www.loc.gov/MARC21/slim"
SAFE = {"resolve_entities": False, "no_network": True, "load_dtd": False, "huge_tree": False}
RECORD_START = re.compile(r"<((?:[\w.-]+:)?)record[\s>]")
RECORD_STOP = re.compile(r"</((?:[\w.-]+:)?)record\s*>")
NAMESPACE = re.compile(r"xmlns(?::[\w.-]+)?\s*=\s*(?:\"[^\"<]*\"|'[^'<]*')")
NUMBER_IN_XML = re.compile(r"<(?:[\w.-]+:)?controlfield\s+tag=[\"']001[\"']\s*>([^<]+)<")
DECLARED_ENCODING = re.compile(rb"""<\?xml[^>]*encoding\s*=\s*["']([A-Za-z0-9._-]+)""")


def records(file: IO[bytes], skip: int = 0) -> Iterator[Read | Trouble]:
    """Each record of a MARCXML file behind the first `skip`.

    A strict parser reads as far as the file is well-formed; behind a fault, each record is cut
    out of the text and read by itself, so that one bad record does not lose the others.
    """
    position, fault = 0, ""
    try:
        for element in well_formed(file):
            position += 1
            if position > skip:
                yield from_element(element, position)
        return
    except etree.XMLSyntaxError as why:
        fault = f"the XML breaks off: {why.msg}"
    except TooLong as why:
        if position >= skip:
            yield Trouble(position + 1, str(why))
    well, position = position, position + (not fault)
    file.seek(0)
    for text in islice(cut_out(file), well, None):
        position += 1
        if position > skip:
            yield from_text(text, position)
    if position == well:
        raise BreaksOff(fault)


def well_formed(file: IO[bytes]) -> Iterator[Any]:
    """The record elements; XMLSyntaxError where the file is not XML any more."""
    parser = etree.XMLPullParser(events=("start", "end"), **SAFE)
    first, begun, waiting = True, False, 0
    while block := file.read(limits.CHUNK):
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
        if waiting > limits.LONGEST + limits.CHUNK:
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
    decoder = decoder_for(encoding_of(file.read(1024)))
    file.seek(0)
    text, declared = "", ""
    while block := file.read(limits.CHUNK):
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
        if (
            len(text) > limits.LONGEST
        ):  # no record is as long: what is looked through again and again
            text = text[-limits.CHUNK :]  # would take hours, and the next one may begin at its end
    if RECORD_START.search(text):
        raise BreaksOff("the XML breaks off in the middle of a record")


def decoder_for(encoding: str) -> codecs.IncrementalDecoder:
    errors = "windows-1252" if encoding.startswith("utf-8") else "replace"
    return codecs.getincrementaldecoder(encoding)(errors=errors)


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
    complaints = Complaints()
    try:
        wrapper = etree.fromstring(xmltext.mended(text, complaints).encode(), parser())
    except etree.XMLSyntaxError as why:
        number = NUMBER_IN_XML.search(text)
        said = number[1].strip()[:80] if number else ""
        return Trouble(position, "not well-formed XML", said, seen=str(why.msg))
    if len(wrapper) != 1 or not is_record(wrapper[0]):
        return Trouble(position, "not a MARC record")
    return from_element(wrapper[0], position, complaints)


def parser() -> Any:
    return etree.XMLParser(**SAFE)


def from_element(
    element: Any, position: int, complaints: Complaints | None = None
) -> Read | Trouble:
    """The record in a MARCXML element."""
    record, complaints = pymarc.Record(), complaints or Complaints()
    leader = "".join(element.xpath("string(*[local-name()='leader'][1])"))
    if len(leader) != LEADER_LENGTH:
        complaints.note(SHORT_LEADER, leader)
    leader = "".join(sign if sign.isascii() else " " for sign in whole_leader(leader))
    record.leader = pymarc.Leader(leader)
    for child in element.iterchildren("{*}controlfield", "{*}datafield"):
        tag = child.get("tag", "").strip()
        if len(tag) != 3 or not tag.isascii():
            complaints.note(WRONG_TAG, tag[:20])
        elif is_control(tag) or etree.QName(child).localname == "controlfield":
            record.fields.append(control_field(tag, child, complaints))
        else:
            record.fields.append(data_field(tag, child, complaints))
    if not record.fields:
        return Trouble(position, "a record without fields")
    raw = etree.tostring(element, encoding="utf-8", with_tail=False)
    return Read(position, record, raw, "marcxml", complaints.told())


def control_field(tag: str, element: Any, complaints: Complaints) -> pymarc.Field:
    text = text_of(element)
    if not text.strip():  # some write it with a subfield
        text = "".join(map(text_of, element.iterchildren("{*}subfield")))
    return pymarc.Field(tag=tag, data=characters.clean(text, complaints, fixed=True))


def data_field(tag: str, element: Any, complaints: Complaints) -> pymarc.Field:
    coded = (
        (child.get("code", "").strip()[:1], characters.clean(text_of(child), complaints))
        for child in element.iterchildren("{*}subfield")
    )
    return pymarc.Field(
        tag=tag,
        indicators=indicators("".join((element.get(name) or " ")[0] for name in ("ind1", "ind2"))),
        subfields=glued(tag, coded, complaints),
    )


def text_of(element: Any) -> str:
    """The text, also of what stands within it; without remarks."""
    text: str = element.text or ""
    return text if not len(element) else str(element.xpath("string()"))
