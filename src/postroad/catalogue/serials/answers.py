"""Whether a library has a volume, a year, an issue: it has, it has not, or nobody knows."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from postroad.catalogue.serials.runs import Level, Point, Reading, Rolling, Run

MOST_A_YEAR = 1.2  # volumes; of more, a year at the end of a run may be there in part only
FASTEST = 60  # volumes a year: what is asked of an open run beyond that is a slip of the pen


class Answer(StrEnum):
    HAS = "has"
    NOT = "not"
    UNKNOWN = "unknown"


class Where(StrEnum):
    """Of what is asked, by one measure: years, or volumes."""

    IN = "in"
    EDGE = "edge"  # at an end, and perhaps in part only
    OUT = "out"
    UNSAID = "unsaid"


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody is looking for. A combined volume is asked by its first number."""

    year: int | None = None
    volume: int | None = None
    issue: int | None = None
    series: str = ""

    def __bool__(self) -> bool:
        return not (self.year is None and self.volume is None and self.issue is None)


def answer(reading: Reading, asked: Asked, today: date) -> Answer:
    """What the statement says to that. Supplements and indexes are not the thing itself."""
    if not asked:
        return Answer.UNKNOWN
    runs = list(reading.basic)
    several = len({point.series for run in runs for point in (run.first, run.last)}) > 1
    answers = {of_run(run, asked, today, several=several) for run in runs}
    answers |= {of_rolling(each, asked, today) for each in reading.rolling}
    if Answer.HAS in answers and not reading.partial:
        return Answer.HAS
    unsure = reading.unread or reading.partial or reading.listed
    renumbered = reading.renumbered and asked.volume is not None
    return Answer.NOT if answers == {Answer.NOT} and not (unsure or renumbered) else Answer.UNKNOWN


def together(answers: Iterable[Answer]) -> Answer:
    """What several statements of one library say."""
    said = set(answers)
    if Answer.HAS in said:
        return Answer.HAS
    return Answer.NOT if said == {Answer.NOT} else Answer.UNKNOWN


def of_rolling(rolling: Rolling, asked: Asked, today: date) -> Answer:
    if asked.year is None:
        return Answer.UNKNOWN
    since = today.year - max(rolling.years, 1) + 1
    if asked.year > today.year or asked.year < since - 1:
        return Answer.NOT
    whole = rolling.exact and asked.year >= since and asked.volume is None and asked.issue is None
    return Answer.HAS if whole else Answer.UNKNOWN


def of_run(run: Run, asked: Asked, today: date, *, several: bool) -> Answer:
    held = held_in(run, asked, today, several=several)
    if held is not Answer.HAS:
        return held
    if run.partial:
        return Answer.UNKNOWN
    gaps = {held_in(each, asked, today, several=several) for each in inherited(run)}
    if Answer.HAS in gaps:
        return Answer.NOT
    return Answer.UNKNOWN if Answer.UNKNOWN in gaps or touched(run, asked) else Answer.HAS


def inherited(run: Run) -> list[Run]:
    """What the run lacks; a lack without a series is of the run's."""
    return [
        Run(lack.first._replace(series=run.first.series), lack.last._replace(
            series=lack.last.series or run.last.series), lack.level, doubted=lack.doubted,
            is_open=lack.is_open)
        if not lack.first.series else lack
        for lack in run.lacks
    ]  # fmt: skip


def touched(run: Run, asked: Asked) -> bool:
    """Whether something is lacking, and of what is asked nobody can say if that is it: a lack by
    volumes, where a year is asked."""
    for lack in run.lacks:
        by_volume = lack.first.volume is not None
        if by_volume and asked.volume is None and lack.first.year is None:
            return True
        if not by_volume and asked.year is None:
            return True
        if lack.level is not run.level and lack.level is not Level.NONE:
            return True  # no.3602, of volumes
        in_part = lack.first.issue is not None and asked.issue is None
        if in_part and (asked.volume is None or within(asked.volume, lack)):
            return True
    return False


def within(volume: int, run: Run) -> bool:
    low, high = run.first.volume, run.last.volume
    return low is not None and high is not None and low <= volume <= high


def held_in(run: Run, asked: Asked, today: date, *, several: bool) -> Answer:
    """By both measures. Where they contradict each other, nobody knows which is the slip."""
    volume = by_volume(run, asked, today)
    year = by_year(run, asked, today)
    if volume is Where.UNSAID and year is Where.UNSAID:
        return Answer.UNKNOWN
    if year is Where.OUT:
        unlike = volume in {Where.UNSAID, Where.OUT} or several or bool(run.first.series)
        return Answer.NOT if unlike else Answer.UNKNOWN
    if volume is Where.OUT:
        return Answer.UNKNOWN if year is Where.IN else Answer.NOT
    if volume is Where.IN:
        again = bool(run.first.series or several) and not asked.series
        return Answer.UNKNOWN if again and year is Where.UNSAID else Answer.HAS
    if volume is Where.EDGE:
        return Answer.UNKNOWN
    unsure = (
        asked.volume is not None and run.level is Level.NUMBER
    )  # a volume, where numbers run on
    return Answer.HAS if year is Where.IN and not unsure else Answer.UNKNOWN


def by_volume(run: Run, asked: Asked, today: date) -> Where:
    """Where the volume stands; of numbers without volumes, the number."""
    volume, issue = asked.volume, asked.issue
    if run.level is Level.NUMBER:
        if volume is not None and issue is not None:
            return Where.UNSAID
        volume, issue = (issue if volume is None else volume), None
    if run.level is Level.NONE:
        return by_issue_of_year(run, asked)
    if volume is None or run.is_across_series:
        return Where.UNSAID
    if asked.series and asked.series != run.first.series:
        return Where.OUT
    return between(run, volume, issue, today)


def between(run: Run, volume: int, issue: int | None, today: date) -> Where:
    low, high = run.first.volume, run.last.volume
    if low is None or (high is None and not run.is_open):
        return Where.UNSAID
    if volume < low or (high is not None and volume > high):
        return Where.OUT
    if high is None and volume > low and too_far(run, volume, today):
        return Where.UNSAID
    return at_ends(run, volume, issue, volume + 1 if high is None else high)


def at_ends(run: Run, volume: int, issue: int | None, high: int) -> Where:
    """At an end of the run, it depends on the issue."""
    where = Where.IN
    if volume == run.first.volume and not (run.first.issue in {None, 1} and run.first.starts):
        where = ends(issue, run.first.issue, before=True)
    if volume == high and run.last.issue is not None and where is not Where.OUT:
        at_end = ends(issue, run.last.issue, before=False)
        where = at_end if where is Where.IN else where if at_end is Where.IN else at_end
    if volume == run.first.volume == high and run.first.issue is not None and issue is None:
        return Where.EDGE
    return where


def ends(issue: int | None, limit: int | None, *, before: bool) -> Where:
    if limit is None or (before and limit == 1 and issue is None):
        return Where.IN
    if issue is None:
        return Where.EDGE
    return Where.OUT if (issue < limit if before else issue > limit) else Where.IN


def by_issue_of_year(run: Run, asked: Asked) -> Where:
    """1986:no.2: the year stands in the place of the volume."""
    if asked.year is None:
        return Where.UNSAID
    where = Where.UNSAID
    for point, before in ((run.first, True), (run.last, False)):
        if point.year == asked.year and point.issue is not None:
            found = ends(asked.issue, point.issue, before=before)
            where = found if found is not Where.IN or where is Where.UNSAID else where
            if found is Where.OUT:
                return found
    return where


def too_far(run: Run, volume: int, today: date) -> bool:
    """Whether it can hardly have come out yet."""
    if run.first.year is None or run.first.volume is None:
        return False
    return volume - run.first.volume > FASTEST * (today.year - run.first.year + 1)


def by_year(run: Run, asked: Asked, today: date) -> Where:
    year = asked.year
    if year is None:
        return Where.UNSAID
    low, high = run.first.year, today.year if run.is_open else run.last.year
    if run.doubted:
        return Where.UNSAID
    if (low is not None and year < low) or (high is not None and year > high):
        return Where.OUT
    if low is None or high is None:
        return Where.UNSAID
    if low < year < high:
        return Where.IN
    edges = [run.first] * (year == low) + [run.last] * (year == high and not run.is_open)
    return Where.IN if all(is_whole(run, edge) for edge in edges) else Where.EDGE


def is_whole(run: Run, edge: Point) -> bool:
    """Whether all of the year of this end is there."""
    if edge is run.first and edge.starts:
        return True
    pace = run.pace
    if pace is not None and pace > MOST_A_YEAR:
        return False
    many_numbers = run.level is Level.NUMBER
    return edge.whole and edge.issue is None and not many_numbers
