"""What the parts of pages are made from: milestones, lines of history, reasons, facets."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from postroad.ill.milestones import Place


def together(*parts: Mapping[str, Any]) -> dict[str, Any]:
    """The context of a page that several files put together. Raises ValueError where two of them
    use one name, since one would hide what the other says."""
    whole: dict[str, Any] = {}
    for part in parts:
        if twice := whole.keys() & part.keys():
            raise ValueError(f"two parts of a page are called {sorted(twice)}")
        whole |= part
    return whole


@dataclass(frozen=True, slots=True)
class Stone:
    """One milestone: `detail` tells who has the thing and what comes next."""

    label: str
    place: Place
    day: date | datetime | None = None  # on which it was passed, or is expected
    detail: str = ""
    late: bool = False  # the day is over and the thing is not there


@dataclass(frozen=True, slots=True)
class Told:
    """One line of a history, as a plain sentence."""

    sentence: str
    at: datetime
    who: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Ranked:
    """A place in a ranking: the name, and a short word under each heading of the table."""

    name: str
    facts: Sequence[object] = ()
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class PassedOver:
    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Why:
    """A decision of the machine: its facts, its order, each why not, what would change it."""

    sentence: str
    headings: Sequence[str] = ()
    ranking: Sequence[Ranked] = ()
    then: Sequence[str] = ()  # the names of those after them
    passed_over: Sequence[PassedOver] = ()
    changes: str = ""
    decided: datetime | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """One line of a facet or a filter: choosing it leads to `address`."""

    label: str
    address: str
    count: int | None = None
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Span:
    """The first and the last year, to be typed beside the choices of a facet."""

    first: str
    last: str
    kept: Sequence[tuple[str, str]]  # what else the address says
    chosen: Choice | None = None  # leads to where it is left out
    mistake: str = ""


@dataclass(frozen=True, slots=True)
class Near:
    """The place from which miles are counted, to be typed beside the choices of a facet."""

    typed: str
    kept: Sequence[tuple[str, str]]  # what else the address says
    distances: Sequence[int]
    miles: str = ""  # how many are chosen
    mistake: str = ""
    meant: Sequence[Choice] = ()  # the libraries that may be meant


@dataclass(frozen=True, slots=True)
class Facet:
    label: str
    choices: Sequence[Choice]
    open: bool = field(default=False)  # unfolded from the start
    span: Span | None = None
    near: Near | None = None

    @property
    def chosen(self) -> int:
        typed = self.span is not None and self.span.chosen is not None
        return sum(choice.chosen for choice in self.choices) + typed
