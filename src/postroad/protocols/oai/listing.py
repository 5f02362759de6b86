"""The records of one answer to ListRecords, one after the other.

A strict parser reads as far as the answer is well-formed; behind a fault each record is cut out of
the text, mended and read by itself, so that one bad character loses no other record.
"""

import html
import re
from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from typing import Any

from lxml import etree

from postroad.protocols.marc import limits, marcxml, xmltext
from postroad.protocols.marc.dialect import UNIMARC, is_unimarc
from postroad.protocols.marc.results import Complaints, Read, Trouble
from postroad.protocols.oai import answers, frames, stamps
from postroad.protocols.oai.frames import child, local, text
from postroad.protocols.oai.values import CutShort, Error, Harvested, NotOai, Token

ANOTHER_NAMESPACE = "the MARC record was in a wrong namespace"
NO_METADATA = "the record is there without its data"
NO_MARC = "what comes is not MARC"
LONGEST_IDENTIFIER = 255

ANY = r"(?:[\w.-]+:)?"
START = re.compile(rf"<{ANY}record\b[^<>]*>\s*<{ANY}header\b")
STOP = re.compile(rf"</{ANY}record\s*>")
AFTER = re.compile(rf"<{ANY}resumptionToken\b|</{ANY}ListRecords\s*>")
TOKEN = re.compile(rf"<{ANY}resumptionToken\b([^<>]*?)(?:/>|>([^<]*)<)")
ATTRIBUTE = re.compile(r"([\w-]+)\s*=\s*[\"']([^\"'<]*)[\"']")
IDENTIFIER = re.compile(rf"<{ANY}identifier\s*>([^<]+)<")
STAMP = re.compile(rf"<{ANY}datestamp\s*>([^<]+)<")
ANSWERED = re.compile(rf"<{ANY}responseDate\s*>([^<]+)<")
ERROR = re.compile(rf"<{ANY}error\b([^<>]*?)(?:/>|>([^<]*)<)")


class Listing:
    """Iterate over it once; then it knows what stood around the records."""

    def __init__(self, body: bytes) -> None:
        self.body = body
        self.read = 0
        self.token = Token("")
        self.errors: tuple[Error, ...] = ()
        self.answered_at: datetime | None = None
        self.mended = False  # its XML was not well-formed

    def __iter__(self) -> Iterator[Harvested]:
        if self.body[:2] not in marcxml.UTF16:
            frames.refuse_other(self.body)
        try:
            yield from self.strictly()
        except etree.XMLSyntaxError as why:
            if not frames.END.search(self.body):
                raise CutShort from why
            self.mended = True
            yield from self.loosely()

    def strictly(self) -> Iterator[Harvested]:
        parser = etree.XMLPullParser(events=("start", "end"), **marcxml.SAFE)
        depth = 0
        for begin in range(0, len(self.body), limits.CHUNK):
            parser.feed(self.body[begin : begin + limits.CHUNK])
            for event, element in parser.read_events():
                if event == "start":
                    if depth == 0:
                        refuse_root(element)
                    depth += 1
                    continue
                depth -= 1
                if depth == 2 and local(element) == "record":
                    self.read += 1
                    yield harvested(element, self.read)
                    marcxml.forget(element)
                elif depth in {1, 2}:
                    self.note(element)
        parser.close()

    def note(self, element: Any) -> None:
        match local(element):
            case "responseDate":
                self.answered_at = stamps.moment(text(element))
            case "error":
                self.errors += (frames.error_of(element),)
            case "resumptionToken":
                self.token = answers.token_of(element)

    def loosely(self) -> Iterator[Harvested]:
        said = frames.decoded(self.body)
        starts = [found.start() for found in START.finditer(said)]
        head = said[: starts[0]] if starts else said
        declared = " ".join(dict.fromkeys(marcxml.NAMESPACE.findall(head)))
        self.around(said, head, starts[-1] if starts else 0)
        ends = [*starts[1:], end_of(said, starts[-1] if starts else 0)]
        for begin, end in islice(zip(starts, ends, strict=False), self.read, None):
            self.read += 1
            yield cut_out(said[begin:end], declared, self.read)

    def around(self, said: str, head: str, last: int) -> None:
        """What stands before the records and behind them."""
        if found := ANSWERED.search(head):
            self.answered_at = stamps.moment(found[1])
        if not last:
            self.errors = tuple(error_in(found) for found in ERROR.finditer(head))
        if found := TOKEN.search(said, last):
            named = dict(ATTRIBUTE.findall(found[1]))
            token = html.unescape((found[2] or "").replace(xmltext.FOREIGN, "")).strip()
            size, cursor = named.get("completeListSize"), named.get("cursor")
            self.token = answers.token(token, size, cursor)


def refuse_root(root: Any) -> None:
    if local(root) != frames.NAME:
        raise NotOai(reason="html" if local(root).lower() == "html" else "other-xml")
    if root.getroottree().docinfo.internalDTD is not None:
        raise NotOai(reason="document-type")


def end_of(said: str, last: int) -> int:
    found = AFTER.search(said, last)
    return found.start() if found else len(said)


def error_in(found: re.Match[str]) -> Error:
    named = dict(ATTRIBUTE.findall(found[1]))
    return Error(named.get("code", "").strip()[:40], " ".join((found[2] or "").split())[:200])


def cut_out(piece: str, declared: str, position: int) -> Harvested:
    """The record in this text, mended; if that is in vain, what its header says."""
    complaints = Complaints()
    stops = list(STOP.finditer(piece))
    whole = piece[: stops[-1].end()] if stops else piece
    try:
        said = f"<x {declared}>{xmltext.mended(whole, complaints)}</x>"
        found = etree.fromstring(said.encode(), marcxml.parser())
        return harvested(found[0], position, complaints)
    except etree.XMLSyntaxError as why:
        identifier, stamp = IDENTIFIER.search(piece), STAMP.search(piece)
        number = marcxml.NUMBER_IN_XML.search(piece)
        control = number[1].strip()[:80] if number else ""
        said = stamp[1] if stamp else ""
        return Harvested(
            identifier=plain(identifier[1]) if identifier else "",
            stamp=stamps.moment(said),
            marc=Trouble(position, "not well-formed XML", control, seen=str(why.msg)[:80]),
            by_day=stamps.is_day(said),
        )


def plain(said: str) -> str:
    return html.unescape(said).strip()[:LONGEST_IDENTIFIER]


def harvested(element: Any, position: int, complaints: Complaints | None = None) -> Harvested:
    header = child(element, "header")
    identifier = text(header, "identifier")[:LONGEST_IDENTIFIER] if header is not None else ""
    said = text(header, "datestamp") if header is not None else ""
    status = (header.get("status") or "").strip().lower() if header is not None else ""
    deleted = status == "deleted"
    return Harvested(
        identifier=identifier,
        stamp=stamps.moment(said),
        deleted=deleted,
        marc=None if deleted else marc_of(element, position, complaints or Complaints()),
        by_day=stamps.is_day(said),
    )


def marc_of(element: Any, position: int, complaints: Complaints) -> Read | Trouble:
    """The MARC record within the metadata, in whatever namespace it was written."""
    metadata = child(element, "metadata")
    if metadata is None or not len(metadata):
        return Trouble(position, NO_METADATA)
    found = next((each for each in metadata.iter("{*}record")), None)
    if found is None:
        return Trouble(position, NO_MARC, seen=local(metadata[0])[:40])
    if not marcxml.is_record(found):
        complaints.note(ANOTHER_NAMESPACE, etree.QName(found).namespace or "")
        found = in_its_namespace(found)
    read = marcxml.from_element(found, position, complaints)
    if isinstance(read, Read) and is_unimarc(read.record):
        return Trouble(position, UNIMARC, read.control_number)
    return read


def in_its_namespace(element: Any) -> Any:
    """The same element with the names that MARCXML has."""
    made = etree.Element(f"{{{marcxml.SLIM}}}{local(element)}", nsmap={None: marcxml.SLIM})
    made.attrib.update(element.attrib)
    made.text = element.text
    made.extend(in_its_namespace(each) for each in element.iterchildren("{*}*"))
    return made
