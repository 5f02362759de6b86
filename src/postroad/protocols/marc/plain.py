"""Records of ISO 2709 without any fault, which most are: checked as a whole, and cut into fields
when somebody asks for them.

What is not just as the format wants it, or is not UTF-8, goes the longer way through `iso2709`,
which mends and complains. Both give the same fields.
"""

import re
from typing import Any

import pymarc

from postroad.protocols.marc.directory import ENTRY, FIELD_END
from postroad.protocols.marc.results import LEADER_LENGTH
from postroad.protocols.marc.subfields import DELIMITER, may_be

BEGIN = re.compile(rb"[0-9]{5}[\x20-\x7e]{19}")
TEXT_OF_ASCII = bytes(range(0x20, 0x7F)) + b"\x1e\x1f"
NO_TEXT = re.compile("[\x00-\x1d\x7f-\x9f\u2028\u2029\ufdd0-\ufdef\ufffd-\uffff]")
NO_CODE = re.compile(f"{DELIMITER}(?:[^A-Za-z0-9]|$)")
CAPITAL = re.compile(f"{DELIMITER}([A-Z])")
INDICATORS = {
    f"{one}{other}": pymarc.Indicators(one, other)
    for one in map(chr, range(0x20, 0x7F))
    for other in map(chr, range(0x20, 0x7F))
}
CONTROL = frozenset(f"00{digit}" for digit in range(10))
PARTS = frozenset({"control_field", "data", "subfields", "_indicators"})
Texts = list[tuple[str, str]]
new, SUBFIELD = tuple.__new__, pymarc.Subfield  # half the time of calling it


class Field(pymarc.Field):
    """The same as pymarc makes, without its checks; cut into subfields when somebody asks for them,
    as nobody does for most fields of a load."""

    __slots__ = ("text",)

    def __init__(self, tag: str, text: str) -> None:
        self.tag = tag
        self.text = text

    def __getattr__(self, name: str) -> Any:
        """Of what is not there yet."""
        if name not in PARTS:
            raise AttributeError(name)
        self.control_field = self.tag in CONTROL
        if self.control_field:
            self.data, self.subfields, self._indicators = self.text, [], None
        else:
            indicators, *pieces = self.text.split(DELIMITER)
            self.data, self._indicators = None, INDICATORS[indicators]
            self.subfields = [new(SUBFIELD, (piece[0], piece[1:])) for piece in pieces]
        return getattr(self, name)


class Plain(pymarc.Record):
    """A record of which nothing had to be mended."""

    def __init__(self, leader: str, texts: Texts) -> None:
        self.leader = pymarc.Leader(leader)
        self.texts = texts
        self.pos = 0
        self.force_utf8 = self.to_unicode = True
        self.all: list[pymarc.Field] | None = None
        self.known: object = None  # what was found out about it beside
        self.made: Any = None  # and made of it

    @property
    def fields(self) -> list[pymarc.Field]:
        """All fields, in their order."""
        if self.all is None:
            self.all = [Field(tag, text) for tag, text in self.texts]
        return self.all

    @fields.setter
    def fields(self, fields: list[pymarc.Field]) -> None:
        self.all = fields

    def first(self, tag: str) -> str:
        """The text of the first field with this tag, as the file has it."""
        return next((text for each, text in self.texts if each == tag), "")


def record_of(chunk: bytes) -> Plain | None:
    """The record in these bytes, from its leader to its end; None if anything in it is odd."""
    end = chunk.find(FIELD_END)
    head, data = chunk[LEADER_LENGTH:end], chunk[end + 1 : -1]
    if not (BEGIN.match(chunk) and head.isalnum() and head.isascii()):
        return None
    if int(chunk[:5]) != len(chunk) or not data.endswith(FIELD_END):
        return None
    fields = data.split(FIELD_END)
    fields.pop()
    if len(head) != ENTRY * len(fields) or not is_told(head, fields):
        return None
    text = text_of(data)
    if text is None:
        return None
    texts = text.split("\x1e")
    tags = head.decode("ascii")
    named = [
        (tags[ENTRY * place : ENTRY * place + 3], texts[place]) for place in range(len(fields))
    ]
    if not are_sound(named):
        return None
    if CAPITAL.search(text) and not all(may_have_capitals(tag, text) for tag, text in named):
        return None
    return Plain(chunk[:LEADER_LENGTH].decode("ascii"), named)


def is_told(head: bytes, fields: list[bytes]) -> bool:
    """Whether the directory has just these fields, one behind the other."""
    at = place = 0
    for field in fields:
        length = len(field) + 1
        if head[place + 3 : place + ENTRY] != b"%04d%05d" % (length, at):
            return False
        at += length
        place += ENTRY
    return True


def text_of(data: bytes) -> str | None:
    """UTF-8 with letters and signs of text only, and subfields with a code of the usual ones."""
    if data.isascii():
        if data.translate(None, TEXT_OF_ASCII):
            return None
        text = data.decode("ascii")
    else:
        try:
            text = data.decode()
        except UnicodeDecodeError:
            return None
        if NO_TEXT.search(text):
            return None
    return None if NO_CODE.search(text) else text


def are_sound(named: Texts) -> bool:
    """Two indicators, then subfields; in a control field neither."""
    for tag, text in named:
        if tag in CONTROL:
            if DELIMITER in text:
                return False
        elif text[2:3] != DELIMITER or text[:2] not in INDICATORS:
            return False
    return True


def may_have_capitals(tag: str, text: str) -> bool:
    return all(may_be(code, tag) for code in CAPITAL.findall(text))
