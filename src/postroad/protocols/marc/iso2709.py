"""MARC in ISO 2709, the format of files since 1973.

What a record claims of itself is believed only where its bytes agree: the length in the leader, the
directory and the encoding are often wrong, the ends of fields and records hardly ever.
"""

import logging
import warnings
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext, redirect_stderr
from io import StringIO
from typing import IO

import pymarc
from pymarc.exceptions import BadSubfieldCodeWarning, PymarcException

from postroad.protocols.marc import limits
from postroad.protocols.marc.results import (
    LEADER_LENGTH,
    BreaksOff,
    NotMarc,
    Read,
    TooLong,
    Trouble,
)

RECORD_END, FIELD_END = b"\x1d", b"\x1e"
BLANK = b"\x00\x1a \t\r\n"
ESCAPE = b"\x1b"
TOO_LONG = "too long for its format"
NO_MARC8 = "its characters are no UTF-8, and some are no MARC-8 either: its words may be wrong"
# What pymarc lets through when a directory, a length or a character is not what it claims to be.
UNREADABLE = (PymarcException, ValueError, IndexError, KeyError, TypeError, AttributeError)


logging.getLogger("pymarc").setLevel(logging.CRITICAL)  # its complaints are counted here instead


class DirectoryBroken(ValueError):
    """The directory and the fields have nothing to do with each other."""

    def __str__(self) -> str:
        return "the directory does not fit the fields"


def records(file: IO[bytes]) -> Iterator[Read | Trouble]:
    refuse_what_has_no_leader(file)
    position = 0
    for chunk in chunks(file):
        if not chunk.strip(BLANK + RECORD_END):
            continue  # blank lines between records, and the end of a DOS file
        position += 1
        if len(chunk) > limits.LONGEST:
            yield Trouble(position, str(TooLong()))
        elif not chunk.endswith(RECORD_END):
            raise BreaksOff("the file ends in the middle of a record")
        else:
            yield decode(chunk, position)


def refuse_what_has_no_leader(file: IO[bytes]) -> None:
    """A picture would be a thousand bad records."""
    head = [chunk.lstrip(BLANK) for chunk in file.read(limits.CHUNK).split(RECORD_END)]
    file.seek(0)
    if any(head) and not any(chunk[:5].isdigit() for chunk in head):
        raise NotMarc(reason="it is neither MARC (ISO 2709) nor MARCXML")


def chunks(file: IO[bytes]) -> Iterator[bytes]:
    """The file cut after each end of a record.

    The length in the leader is not believed: when it is wrong, every later record would be lost.
    A stretch without an end is given out cut short and skipped, so that memory stays bounded.
    """
    rest, skipping = b"", False
    while block := file.read(limits.CHUNK):
        *whole, rest = (rest + block).split(RECORD_END)
        for chunk in whole:
            if not skipping:
                yield chunk.lstrip(BLANK) + RECORD_END
            skipping = False
        if len(rest) > limits.LONGEST:
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
        sound, mended = with_true_directory(chunk)
        record, mended, cut = parse(sound, mended)
        return Read(position, record, chunk, "iso2709", mended, cut)
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


def parse(chunk: bytes, mended: str) -> tuple[pymarc.Record, str, bool]:
    """The record, as UTF-8 or MARC-8, if need be with U+FFFD for what is no character; what was
    mended in it; whether some of it is missing."""
    utf8, cut = is_utf8(chunk), mended.startswith(TOO_LONG)
    complaints = StringIO()  # pymarc tells standard error, its log and `warnings`
    with warnings.catch_warnings(), quiet(utf8, complaints):
        warnings.simplefilter("ignore", BadSubfieldCodeWarning)
        try:
            record = decoded(chunk, utf8=utf8, handling="strict")
        except UnicodeDecodeError:
            record = decoded(with_plain_codes(chunk), utf8=True, handling="replace")
            mended = "some characters could not be read"
    return record, mended or (NO_MARC8 if complaints.getvalue() else ""), cut


def with_plain_codes(chunk: bytes) -> bytes:
    """A question mark for what is no character in the leader, a coded field or an indicator.

    pymarc puts U+FFFD for such bytes into subfields alone, and gives up the record for the others.
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
