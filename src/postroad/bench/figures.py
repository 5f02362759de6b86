"""What a bench says: one figure a line, with the conditions under which it was taken."""

import json
import math
import os
import platform
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field

from django.db import connection

Conditions = dict[str, str | int | float]


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured value, of `n` things."""

    bench: str
    metric: str
    value: float
    unit: str
    n: int
    conditions: Conditions = field(default_factory=dict)

    def line(self) -> str:
        return json.dumps({**asdict(self), "value": round(self.value, 3)})


def conditions() -> Conditions:
    """The machine, the database, and how much else the machine has to do."""
    return {
        "cores": os.cpu_count() or 1,
        "machine": platform.machine(),
        "python": platform.python_version(),
        "database": database(),
        "load": round(os.getloadavg()[0], 1),  # processes that wanted a core, over a minute
    }


def database() -> str:
    if connection.vendor == "postgresql":
        version = connection.cursor().connection.info.server_version
        return f"PostgreSQL {version // 10000}.{version % 10000}"
    with connection.cursor() as cursor:
        cursor.execute("SELECT sqlite_version()")
        return f"SQLite {cursor.fetchone()[0]}"


def percentile(values: Sequence[float], percent: int) -> float:
    """The value that so many of a hundred do not exceed."""
    return sorted(values)[max(math.ceil(len(values) * percent / 100) - 1, 0)]


@dataclass(slots=True)
class Times:
    """Milliseconds that something took, by the clock on the wall and by that of the processor."""

    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)

    def take(self, act: Callable[[], object]) -> None:
        wall, cpu = time.perf_counter(), time.process_time()
        act()
        self.cpu.append((time.process_time() - cpu) * 1000)
        self.wall.append((time.perf_counter() - wall) * 1000)

    def figures(
        self, bench: str, what: str, known: Conditions, percents: Sequence[int] = (50, 95)
    ) -> Iterator[Figure]:
        for clock, values in (("", self.wall), (" cpu", self.cpu)):
            for percent in percents:
                value = percentile(values, percent)
                metric = f"{what}{clock} p{percent}"
                yield Figure(bench, metric, value, "ms", len(values), known)
