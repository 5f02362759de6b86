"""What an answer says."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from postroad.errors import Refusal
from postroad.protocols.marc.results import Read, Trouble

LONGEST_TOKEN = 4_000  # characters; an address with a longer one is refused by many servers


class Verb(StrEnum):
    IDENTIFY = "Identify"
    FORMATS = "ListMetadataFormats"
    SETS = "ListSets"
    RECORDS = "ListRecords"


class NotOai(Refusal):
    """The answer is something else. `reason`: html, empty, not-xml, other-xml, document-type."""

    code = "not-oai"


class CutShort(Refusal):
    """The answer ends in its middle."""

    code = "oai-cut-short"


@dataclass(frozen=True, slots=True)
class Error:
    """What the server says instead: one of the protocol's codes, and its own words."""

    code: str
    said: str = ""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the server says it is."""

    name: str
    base: str
    version: str
    earliest: str
    deleted: str  # no, transient, persistent
    granularity: str
    answered_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Format:
    prefix: str
    namespace: str = ""
    schema: str = ""


@dataclass(frozen=True, slots=True)
class Set:
    spec: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Token:
    """Where the list goes on; empty: here it ends."""

    said: str
    size: int | None = None  # of the whole list, as the server thinks
    cursor: int | None = None

    @property
    def is_too_long(self) -> bool:
        """It can be asked for no more, and the list is not at its end."""
        return len(self.said) > LONGEST_TOKEN


@dataclass(frozen=True, slots=True)
class Sets:
    """The sets of one page, and where their list goes on."""

    sets: tuple[Set, ...]
    token: Token


@dataclass(frozen=True, slots=True)
class Harvested:
    """One record of a list: its header, and the MARC in it unless it is deleted."""

    identifier: str
    stamp: datetime | None
    deleted: bool = False
    marc: Read | Trouble | None = None
    by_day: bool = False  # its datestamp is a day alone
