"""Runs of volumes, and what a statement says as a whole."""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field, fields, replace
from enum import StrEnum
from typing import Any, NamedTuple, Self


class Kind(StrEnum):
    """What of a serial is spoken of."""

    BASIC = "basic"
    SUPPLEMENT = "supplement"
    INDEX = "index"


class Level(StrEnum):
    """What is counted."""

    VOLUME = "volume"
    NUMBER = "number"  # numbers that run on without volumes
    NONE = ""  # years only


class Point(NamedTuple):
    """Where a run begins or ends. None is what nobody says."""

    series: str = ""  # "n.s.", "ser.2": where numbering began again
    volume: int | None = None  # or a number, where there are no volumes
    issue: int | None = None
    year: int | None = None
    whole: bool = True  # no month or day tells that only a part of the year is meant

    @property
    def starts(self) -> bool:
        """Whether nothing of the serial can have come before it."""
        return not self.series and self.volume == 1 and self.issue in {None, 1}


@dataclass(frozen=True, slots=True)
class Run:
    """All from one point to another, or to the newest."""

    first: Point
    last: Point
    level: Level = Level.VOLUME
    kind: Kind = Kind.BASIC
    is_open: bool = False  # still received
    partial: bool = False  # some of it is missing, and nobody says what
    doubted: bool = False  # its years contradict the others
    lacks: tuple["Run", ...] = ()

    def as_json(self) -> dict[str, Any]:
        kept = {"first": list(self.first), "last": list(self.last), "level": self.level.value}
        flags: dict[str, Any] = {name: True for name in FLAGS if getattr(self, name)}
        if self.lacks:
            flags["lacks"] = [each.as_json() for each in self.lacks]
        return {**kept, "kind": self.kind.value, **flags}

    @classmethod
    def of_json(cls, kept: dict[str, Any]) -> Self:
        return cls(
            Point(*kept["first"]),
            Point(*kept["last"]),
            Level(kept["level"]),
            Kind(kept["kind"]),
            **{name: True for name in FLAGS if kept.get(name)},
            lacks=tuple(cls.of_json(each) for each in kept.get("lacks", ())),
        )

    @property
    def is_across_series(self) -> bool:
        return self.first.series != self.last.series

    @property
    def pace(self) -> float | None:
        """Volumes a year, where both ends tell."""
        first, last = self.first, self.last
        if first.volume is None or last.volume is None or self.is_across_series:
            return None
        if first.year is None or last.year is None or last.year < first.year:
            return None
        return (last.volume - first.volume + 1) / (last.year - first.year + 1)

    def contradicts_itself(self) -> bool:
        first, last = self.first, self.last
        if first.year and last.year and first.year > last.year:
            return True
        if self.is_open or self.is_across_series or first.volume is None or last.volume is None:
            return False
        here = (first.volume, first.issue or 0)
        return here > (last.volume, last.issue if last.issue is not None else 10**9)


FLAGS = ("is_open", "partial", "doubted")


class Rolling(NamedTuple):
    """Only the newest, at any time: "latest 5 years only"."""

    years: int  # 0: less than a year
    exact: bool = True  # whole years; not months or "current issues"


@dataclass(frozen=True, slots=True)
class Reading:
    """What a library says that it has, as far as that was understood."""

    runs: tuple[Run, ...] = ()
    lacks: tuple[Run, ...] = ()
    rolling: tuple[Rolling, ...] = ()
    unread: tuple[str, ...] = ()  # what may tell of more, and was not understood
    partial: bool = False  # something is missing, and it was not understood what
    renumbered: bool = False  # there is another count beside this one
    listed: bool = False  # by copies alone: there may be more than these

    @property
    def understood(self) -> bool:
        sure = not any(run.partial or run.doubted for run in self.runs)
        return sure and not (self.unread or self.partial) and bool(self.runs or self.rolling)

    @property
    def basic(self) -> Iterator[Run]:
        """Neither supplements nor indexes."""
        return (run for run in self.runs if run.kind is Kind.BASIC)

    @property
    def is_open(self) -> bool:
        return bool(self.rolling) or any(run.is_open for run in self.runs)

    @property
    def first_year(self) -> int | None:
        return min((run.first.year for run in self.runs if run.first.year), default=None)

    @property
    def last_year(self) -> int | None:
        """None where it is still received, and where nobody says."""
        if self.is_open:
            return None
        ends = (run.last.year for run in self.runs if not run.doubted)
        return max((year for year in ends if year), default=None)

    def __add__(self, other: "Reading") -> "Reading":
        joined = {
            each.name: getattr(self, each.name) + getattr(other, each.name)
            for each in fields(self)[:4]
        }
        return Reading(
            **joined,
            partial=self.partial or other.partial,
            renumbered=self.renumbered or other.renumbered,
            listed=self.listed or other.listed,
        )

    def as_json(self) -> dict[str, Any]:
        """As it is kept, without what is empty."""
        kept: dict[str, Any] = {
            "runs": [run.as_json() for run in self.runs],
            "lacks": [run.as_json() for run in self.lacks],
            "rolling": [list(each) for each in self.rolling],
            "unread": list(self.unread),
            "partial": self.partial,
            "renumbered": self.renumbered,
            "listed": self.listed,
        }
        return {name: value for name, value in kept.items() if value}

    @classmethod
    def of_json(cls, kept: dict[str, Any]) -> Self:
        return cls(
            runs=tuple(Run.of_json(each) for each in kept.get("runs", ())),
            lacks=tuple(Run.of_json(each) for each in kept.get("lacks", ())),
            rolling=tuple(Rolling(*each) for each in kept.get("rolling", ())),
            unread=tuple(kept.get("unread", ())),
            partial=kept.get("partial", False),
            renumbered=kept.get("renumbered", False),
            listed=kept.get("listed", False),
        )


@dataclass(slots=True)
class Found:
    """What is being read."""

    runs: list[Run] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    renumbered: bool = False
    partial: bool = False


def doubting(runs: list[Run]) -> list[Run]:
    """With a mark on those whose years are a misprint: most follow one another, these do not."""
    ends: list[tuple[int, int]] = []  # a year, and the run that says it
    for place, run in enumerate(runs):
        counted = run.kind is Kind.BASIC and run.first.volume is not None
        in_turn = counted and (not ends or follows(run, runs[ends[-1][1]]))
        if counted and not in_turn:
            return [mark_reversed(each) for each in runs]
        years = (run.first.year, run.last.year) if counted else ()
        ends += [(year, place) for year in years if year]
    kept = longest_rising([year for year, _ in ends])
    odd = {place for at, (_, place) in enumerate(ends) if at not in kept}
    return [
        replace(run, doubted=True) if place in odd else mark_reversed(run)
        for place, run in enumerate(runs)
    ]


def follows(run: Run, before: Run) -> bool:
    same = run.first.series == before.last.series and run.level is before.level
    return same and (run.first.volume or 0) >= (before.last.volume or before.first.volume or 0)


def mark_reversed(run: Run) -> Run:
    return replace(run, doubted=True, partial=True) if run.contradicts_itself() else run


def longest_rising(years: list[int]) -> set[int]:
    """The places of the longest row of these that never falls."""
    tails: list[int] = []  # the place where the best row of each length ends
    before: list[int] = []
    for at, year in enumerate(years):
        length = bisect_right([years[each] for each in tails], year)
        before.append(tails[length - 1] if length else -1)
        tails[length : length + 1] = [at]
    kept: set[int] = set()
    at = tails[-1] if tails else -1
    while at >= 0:
        kept.add(at)
        at = before[at]
    return kept


def merged(runs: list[Run]) -> list[Run]:
    """Of runs of one volume each, those that follow one another as one."""
    made: list[Run] = []
    for run in sorted(runs, key=lambda run: (run.first.series, run.first.volume or 0)):
        if made and joins(made[-1], run):
            made[-1] = replace(made[-1], last=run.last)
        elif not (made and run == made[-1]):
            made.append(run)
    return made


def joins(one: Run, after: Run) -> bool:
    last, first = one.last, after.first
    plain = not (one.partial or after.partial or one.is_open or after.is_open)
    if (
        not plain
        or (one.level, one.kind) != (after.level, after.kind)
        or last.series != first.series
    ):
        return False
    if last.volume is None or first.volume != last.volume + 1 or last.issue or first.issue:
        return False
    if last.year is None or first.year is None:
        return last.year is first.year
    return 0 <= first.year - last.year <= 1
