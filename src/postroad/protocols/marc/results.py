"""What reading a file gives: records, and what was wrong with them."""

from dataclasses import dataclass
from typing import Literal

import pymarc

from postroad.errors import Refusal

LEADER_LENGTH = 24


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
    raw: bytes  # as it stood in the file, from its leader to its end, or its element as UTF-8
    form: Literal["iso2709", "marcxml"]
    mended: str = ""
    cut: bool = False  # some of it is missing, so it does not list all
