"""What reading a file gives: records, and what was wrong with them."""

import re
from dataclasses import dataclass
from typing import Literal

import pymarc

from postroad.errors import Refusal

LEADER_LENGTH = 24
SHOWN = 24  # bytes of what is wrong
TYPE_AND_LEVEL = re.compile(r"[acdnp][a-t][a-ms]")
PLAIN_LEADER = "     n    a2200000   4500"


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
class Complaint:
    """What was wrong with a record: a sentence that is the same for all that have it, and the bytes
    or words that show it."""

    what: str
    seen: str = ""


@dataclass(frozen=True, slots=True)
class Trouble:
    """A record that was left out, or mended: its place in the file, counted from 1, and why."""

    position: int
    reason: str
    control_number: str = ""
    mended: bool = False
    breaks_off: bool = False  # nothing can be said of what should have come behind it
    seen: str = ""  # the bytes that show it


@dataclass(frozen=True, slots=True)
class Read:
    """A record, its place, and what had to be mended in it."""

    position: int
    record: pymarc.Record
    raw: bytes  # as it stood in the file, from its leader to its end, or its element as UTF-8
    form: Literal["iso2709", "marcxml"]
    complaints: tuple[Complaint, ...] = ()
    cut: bool = False  # some of it is missing, so it does not list all

    @property
    def mended(self) -> str:
        return "; ".join(each.what for each in self.complaints)

    @property
    def control_number(self) -> str:
        """The record's own number."""
        found = (field.data or "" for field in self.record.fields if field.tag == "001")
        return next(found, "").strip()[:80]


class Complaints:
    """Of one record: each once, with the first that shows it."""

    def __init__(self) -> None:
        self.seen: dict[str, str] = {}

    def note(self, what: str, seen: bytes | str = "") -> None:
        self.seen.setdefault(what, shown(seen) if isinstance(seen, bytes) else seen[:80])

    def told(self) -> tuple[Complaint, ...]:
        return tuple(Complaint(what, seen) for what, seen in self.seen.items())


def shown(data: bytes) -> str:
    """Bytes for the eye: what is no plain letter by its number."""
    few = data[:SHOWN]
    return "".join(chr(byte) if 32 <= byte < 127 else f"<{byte:02X}>" for byte in few)


def whole_leader(said: str) -> str:
    """A leader of 24 signs: one that is too short or too long is laid by the pattern of its status,
    type and level, since each of its places is off by as many."""
    if len(said) == LEADER_LENGTH:
        return said
    found = TYPE_AND_LEVEL.search(said[:12])
    if not found:
        return PLAIN_LEADER[:5] + "n  " + PLAIN_LEADER[8:LEADER_LENGTH]
    coding = "a" if said[found.end() : found.end() + 2].endswith("a") else " "
    return f"     {found.group()} {coding}2200000   4500"[:LEADER_LENGTH]
