"""The text of a title list: its encoding is found out once, then it is read line by line."""

import codecs
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from io import TextIOWrapper
from itertools import count
from typing import BinaryIO

LONGEST = 200_000  # characters of a line
PIECE = 1 << 16
PACKED = (
    b"PK\x03\x04",
    b"PK\x05\x06",
    b"\xd0\xcf\x11\xe0",
    b"\x1f\x8b",
    b"BZh",
    b"\xfd7zXZ",
    b"7z",
)
NOT_TEXT = "This is not a text file: save the list as tab-separated text first."
LOST = "\N{REPLACEMENT CHARACTER}"


class NotATitleList(ValueError):
    """The whole file cannot be read; the message says why in one sentence."""


@dataclass(frozen=True, slots=True)
class Text:
    """How a file is written. `strict` is False where some bytes mean nothing in this encoding."""

    codec: str
    name: str
    strict: bool = True
    warning: str = ""


UTF8 = Text("utf-8", "UTF-8")
MARKED = Text("utf-8-sig", "UTF-8")
MIXED = Text(
    "utf-8-sig",
    "UTF-8",
    strict=False,
    warning="Some of its bytes are no UTF-8; the lines in which they stand are told below.",
)
UTF16 = Text(
    "utf-16",
    "UTF-16",
    warning="The file is in UTF-16, and KBART wants UTF-8. It was read as UTF-16.",
)
LATIN = Text(
    "cp1252",  # all but five of the 256 bytes mean something here
    "Latin-1",
    strict=False,
    warning="The file is in Latin-1, and KBART wants UTF-8. It was read as Latin-1: look whether"
    " letters with accents are right.",
)


def look(file: BinaryIO) -> Text:
    """How the file is written, by all of its bytes."""
    head = file.read(PIECE)
    if not head:
        raise NotATitleList("The file is empty.")
    if head.startswith(PACKED):
        raise NotATitleList(
            "This is a spreadsheet or an archive: save the list as tab-separated text first."
        )
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return UTF16
    return of_bytes(head, file)


def of_bytes(head: bytes, file: BinaryIO) -> Text:
    decoder = codecs.getincrementaldecoder("utf-8")()
    piece, is_blank, has_letters = head, True, False
    try:
        while piece:
            if b"\0" in piece:
                raise NotATitleList(NOT_TEXT)
            is_blank = is_blank and not piece.strip()
            has_letters = has_letters or not decoder.decode(piece).isascii()
            piece = file.read(PIECE)
    except UnicodeDecodeError as why:
        has_letters = has_letters or not why.object[: why.start].isascii()
        while piece := file.read(PIECE):
            if b"\0" in piece:
                raise NotATitleList(NOT_TEXT) from None
        return MIXED if has_letters else LATIN
    if is_blank:
        raise NotATitleList("The file is empty.")
    if decoder.getstate()[0] and has_letters:
        raise NotATitleList("The file breaks off in the middle of a character.")
    if decoder.getstate()[0]:
        return LATIN
    return MARKED if head.startswith(codecs.BOM_UTF8) else UTF8


def lines_of(file: BinaryIO, text: Text) -> Iterator[tuple[int, str]]:
    """Each line with its number, whatever ends it; never more than one of them in memory."""
    errors = "strict" if text.strict else "replace"
    reading = TextIOWrapper(file, text.codec, errors, newline=None)
    try:
        for number in count(1):
            line = reading.readline(LONGEST + 1)
            if not line:
                return
            if len(line) > LONGEST:
                raise NotATitleList(f"Line {number} is too long to be read.")
            if "\0" in line:
                raise NotATitleList(NOT_TEXT)
            yield number, line.rstrip("\n")
    except UnicodeError:
        raise NotATitleList("The file breaks off in the middle of a character.") from None
    finally:
        with suppress(ValueError):  # it was closed meanwhile
            reading.detach()
