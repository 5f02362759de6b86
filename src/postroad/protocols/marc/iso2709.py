"""MARC in ISO 2709, the format of files since 1973.

What a record claims of itself is believed only where its bytes agree: the length in the leader, the
directory and the encoding are often wrong, the ends of fields and records hardly ever.
"""

import codecs
import re
from collections.abc import Iterable, Iterator
from typing import IO

import pymarc

from postroad.protocols.marc import characters, limits, plain, wrapped
from postroad.protocols.marc.directory import FIELD_END, Cut, DirectoryBroken, Fields, cut
from postroad.protocols.marc.results import (
    LEADER_LENGTH,
    BreaksOff,
    Complaints,
    NotMarc,
    Read,
    TooLong,
    Trouble,
    shown,
)
from postroad.protocols.marc.subfields import DELIMITER, field_of, is_control

RECORD_END = b"\x1d"
BLANK = b"\x00\x1a \t\r\n"
LEADER = re.compile(rb"[0-9]{5}[acdnp][a-t][a-ms][^\x1d\x1e]{2}22[0-9]{5}[^\x1d\x1e]{3}4")
BEGIN = re.compile(rb"[0-9]{3,6}[ acdnp][a-t][a-ms]")  # of a leader of any length
WITHIN = 2_000  # bytes of something else before a leader
BEFORE = "bytes before it were skipped"
STRAY_RECORD_END = "an end of record stood within it"
STRAY_DELIMITER = "a subfield sign stood in a field without subfields"
NO_LEADER = "no MARC leader"
UNREADABLE = (ValueError, IndexError, KeyError, TypeError, AttributeError)


def records(file: IO[bytes], skip: int = 0) -> Iterator[Read | Trouble]:
    """Each record of the file behind the first `skip`."""
    width = width_of(file)
    pieces = rejoined(chunks(wrapped.blocks(file, width)))
    position, prior = 0, 0.0
    for chunk in pieces:
        if not chunk.strip(BLANK + RECORD_END):
            continue  # blank lines between records, and the end of a DOS file
        position += 1
        if position <= skip and tells_nothing(chunk):
            continue
        complaints = Complaints()
        if width and position == 1:
            complaints.note(wrapped.WRAPPED.format(width))
        if len(chunk) > limits.LONGEST:
            if position > skip:
                yield Trouble(position, str(TooLong()), number_in(chunk))
        elif not chunk.endswith(RECORD_END):
            raise BreaksOff("the file ends in the middle of a record")
        else:
            read, encoding = decode(chunk, position, complaints, prior)
            prior = learned(prior, encoding)
            if position > skip:
                yield read


def tells_nothing(chunk: bytes) -> bool:
    """Whether no other record is read otherwise after a look at how this one is written."""
    return characters.ESCAPE not in chunk and (chunk.isascii() or characters.is_utf8(chunk))


def learned(prior: float, encoding: str) -> float:
    """What the records so far say of those to come, where their own bytes say little."""
    if encoding in {"marc-8", "cp1252"}:
        return max(-1.5, min(1.5, prior + (0.5 if encoding == "marc-8" else -0.5)))
    return prior


def width_of(file: IO[bytes]) -> int:
    """A picture would be a thousand bad records: what has no leader is refused."""
    head = file.read(limits.CHUNK)
    file.seek(0)
    starts = [start_of(chunk) for chunk in head.split(RECORD_END)]
    begun = any(BEGIN.match(start) or start[:5].isdigit() for start in starts)
    if any(starts) and not begun and not LEADER.search(head):
        raise NotMarc(reason="it is neither MARC (ISO 2709) nor MARCXML")
    return wrapped.width_of(head)


def chunks(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """The file cut after each end of a record.

    The length in the leader is not believed: when it is wrong, every later record would be lost.
    A stretch without an end is given out cut short and skipped, so that memory stays bounded.
    """
    rest, skipping = b"", False
    for block in blocks:
        *whole, rest = (rest + block).split(RECORD_END)
        for chunk in whole:
            if not skipping:
                yield chunk + RECORD_END
            skipping = False
        if len(rest) > limits.LONGEST:
            if not skipping:
                yield rest
            rest, skipping = b"", True
    if rest and not skipping:
        yield rest


def start_of(chunk: bytes) -> bytes:
    """Without what files have before a record: line ends, a byte order mark."""
    chunk = chunk.lstrip(BLANK)
    if chunk.startswith(codecs.BOM_UTF8):
        chunk = chunk.removeprefix(codecs.BOM_UTF8).lstrip(BLANK)
    return chunk


def rejoined(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Records in whose text the sign stands that ends one: the length in the leader, and what
    begins behind it, tell that the record goes on."""
    held = b""
    for piece in pieces:
        begun = start_of(piece)
        if held and (len(held) + len(piece) > declared(held) or is_start(begun)):
            yield held
            held = b""
        whole = held + piece if held else begun
        held = b""
        if is_start(whole) and len(whole) < declared(whole) and not whole.endswith(b"\x1e\x1d"):
            held = whole
        else:
            yield whole
    if held:
        yield held


def declared(chunk: bytes) -> int:
    return int(chunk[:5])


def is_start(chunk: bytes) -> bool:
    return LEADER.match(chunk) is not None


def decode(
    chunk: bytes, position: int, complaints: Complaints, prior: float = 0.0
) -> tuple[Read | Trouble, str]:
    """The record in these bytes, and how its characters were written."""
    if (sound := plain.record_of(chunk)) is not None:
        return Read(position, sound, chunk, "iso2709", complaints.told()), "utf-8"
    return mended(chunk, position, complaints, prior)


def mended(
    chunk: bytes, position: int, complaints: Complaints, prior: float
) -> tuple[Read | Trouble, str]:
    """The same for bytes that may be anything."""
    begins = chunk[:5].isdigit() or BEGIN.match(chunk) is not None
    if not begins and (begin := LEADER.search(chunk[:WITHIN])):
        complaints.note(BEFORE, chunk[: begin.start()])
        chunk, begins = chunk[begin.start() :], True
    if len(chunk) < 26 or not begins:
        return Trouble(position, NO_LEADER, number_in(chunk), seen=shown(chunk)), ""
    if RECORD_END in chunk[:-1]:
        complaints.note(STRAY_RECORD_END)
    try:
        parts = cut(chunk, complaints)
        record, encoding = parse(parts, complaints, prior)
    except UNREADABLE as why:
        reason = reason_of(why)
        return Trouble(position, reason, number_in(chunk), seen=shown(chunk)), ""
    if not record.fields:
        return Trouble(position, "a record without fields", seen=shown(chunk)), ""
    return Read(position, record, chunk, "iso2709", complaints.told(), parts.cut), encoding


def number_in(chunk: bytes) -> str:
    """The control number of a record that cannot be read, if it stands where it should: in the
    first field, and the directory begins with that."""
    head, *fields = chunk[: limits.CHUNK].split(FIELD_END, 2)
    if head[LEADER_LENGTH:][:3] != b"001" or not fields:
        return ""
    said = fields[0].decode("ascii", "replace").strip()
    return said if said.isascii() and said.isprintable() and len(said) <= 80 else ""


def parse(parts: Cut, complaints: Complaints, prior: float) -> tuple[pymarc.Record, str]:
    record = pymarc.Record()
    claims_utf8 = parts.leader[9] == "a"
    encoding = characters.encoding_of(
        [data for _, data in parts.fields],
        claims_utf8=claims_utf8,
        language=language_of(parts.fields),
        prior=prior,
    )
    record.leader = pymarc.Leader(parts.leader)
    if encoding == "marc-8" and claims_utf8:
        complaints.note(characters.CALLED_UTF8, first_beyond(parts.fields))
    for tag, data in parts.fields:
        record.fields.append(field(tag.decode("ascii", "replace"), data, encoding, complaints))
    return record, encoding


def field(tag: str, data: bytes, encoding: str, complaints: Complaints) -> pymarc.Field:
    if not is_control(tag):
        pieces = [characters.decoded(each, encoding, complaints) for each in data.split(b"\x1f")]
        text = DELIMITER.join(characters.clean(piece, complaints) for piece in pieces)
        return field_of(tag, text, complaints)
    text = characters.decoded(data, encoding, complaints)
    if DELIMITER in text:
        complaints.note(STRAY_DELIMITER, f"{tag} {text[:40]}".replace(DELIMITER, "$"))
        text = text.replace(DELIMITER, " ")
    text = text.replace("\ufffd", "?")
    return pymarc.Field(tag=tag, data=characters.clean(text, complaints, fixed=True))


def language_of(fields: Fields) -> str:
    coded = next((data for tag, data in fields if tag == b"008"), b"")
    return coded[35:38].decode("ascii", "replace").lower()


def first_beyond(fields: Fields) -> bytes:
    """The first bytes that are no ASCII, with what stands before them."""
    for _, data in fields:
        if found := characters.BEYOND.search(data):
            return data[max(0, found.start() - 8) :]
    return b""


def reason_of(why: Exception) -> str:
    """In words for the librarian who must mend the record."""
    if isinstance(why, DirectoryBroken):
        return str(why)
    return "the directory or leader is damaged"
