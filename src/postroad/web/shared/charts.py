"""Charts drawn on the server: a few numbers as bars in their table, or a line with a table beside.

The drawing stretches with the page, words and figures stay text of their own size; so a chart
reads on a phone, in the dark, printed, and by ear.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

WIDTH, HEIGHT = 600, 160  # of the line's ground; the page stretches it


@dataclass(frozen=True, slots=True)
class Bar:
    label: str
    value: float
    address: str = ""  # the rows behind the figure


@dataclass(frozen=True, slots=True)
class Bars:
    """A table whose figures are also bars."""

    title: str
    label: str  # heading of the names
    unit: str  # heading of the figures
    bars: Sequence[Bar]
    mark: float = 0  # a line across them all, where there is a figure to keep to

    @property
    def rows(self) -> list[tuple[Bar, str]]:
        """Each bar with its width in percent of the longest."""
        return [(bar, percent(bar.value, self.longest)) for bar in self.bars]

    @property
    def longest(self) -> float:
        return max((self.mark, *(bar.value for bar in self.bars)))

    @property
    def mark_at(self) -> str:
        """Where its line stands; nowhere without one."""
        return percent(self.mark, self.longest) if self.mark else ""


@dataclass(frozen=True, slots=True)
class Line:
    """Figures day by day."""

    title: str
    unit: str
    points: Sequence[tuple[date, float]]
    one: str = ""  # the unit of a single one, where that is another word

    @property
    def most(self) -> float:
        return max((value for _day, value in self.points), default=0)

    @property
    def unit_of_most(self) -> str:
        return self.one if self.one and self.most == 1 else self.unit

    @property
    def first(self) -> date | None:
        return self.points[0][0] if self.points else None

    @property
    def last(self) -> date | None:
        return self.points[-1][0] if self.points else None

    @property
    def path(self) -> str:
        """The line as the points of an SVG polyline; days without a figure are bridged."""
        return " ".join(f"{x:g},{y:g}" for x, y in self.places)

    @property
    def area(self) -> str:
        """The line closed along the bottom."""
        return f"0,{HEIGHT} {self.path} {WIDTH},{HEIGHT}" if self.points else ""

    @property
    def places(self) -> list[tuple[float, float]]:
        if not self.points:
            return []
        start, end = self.points[0][0], self.points[-1][0]
        stretch = max((end - start).days, 1)
        top = self.most or 1
        return [
            (
                round((day - start).days / stretch * WIDTH, 1),
                round(HEIGHT - value / top * (HEIGHT - 6), 1),
            )
            for day, value in self.points
        ]


def percent(value: float, longest: float) -> str:
    """For an SVG attribute; whatever is more than nothing stays visible."""
    if value <= 0 or longest <= 0:
        return "0%"
    return f"{max(value / longest * 100, 1):.1f}%"
