"""How many slips a second are drawn, on every paper, for 600 libraries."""

import random
import time
from collections.abc import Iterator

from postroad.bench.figures import Conditions, Figure, conditions
from postroad.delivery import slips
from postroad.delivery.bars import Symbology
from postroad.delivery.codes import new_number
from postroad.delivery.routing import Place
from postroad.delivery.slip_facts import Layout, SlipFacts

NAME = "slips"
SLIPS, BATCH = 5000, 1000
LIBRARIES = 600
SEED = 14
SCRIPTS = ("The age of innocence, volume {}", "Ὀδύσσεια {}", "ألف ليلة وليلة {}", "紅樓夢 {}")


def main() -> None:
    for figure in measure():
        print(figure.line(), flush=True)  # noqa: T201


def measure(number: int = SLIPS, batch: int = BATCH) -> Iterator[Figure]:
    drawn = random.Random(SEED)  # noqa: S311  # the same each time
    usual = facts(number, drawn)
    for layout in Layout:
        yield timed(f"slips on {layout.value}", usual, layout, batch)
    both = facts(number, drawn, item=True)
    yield timed("slips with both barcodes", both, Layout.SHEET, batch)
    scripts = facts(number, drawn, titles=SCRIPTS)
    yield timed("slips with titles of four scripts", scripts, Layout.SHEET, batch)


def facts(
    number: int, drawn: random.Random, *, item: bool = False, titles: tuple[str, ...] = SCRIPTS[:1]
) -> list[SlipFacts]:
    """Slips between libraries as they come: no two have the same number or title."""
    places = [
        Place(f"Library of Town {at} Memorial", f"Town {at}", "MA", f"WEST {at % 20}", "W")
        for at in range(LIBRARIES)
    ]
    ends = [drawn.sample(places, 2) for _slip in range(number)]
    return [
        SlipFacts(
            new_number(),
            sender,
            receiver,
            ref=f"R{at:07}",
            title=titles[at % len(titles)].format(at),
            item=f"3{at:013}" if item else "",
            symbology=Symbology.CODABAR if item else Symbology.CODE_128,
        )
        for at, (sender, receiver) in enumerate(ends)
    ]


def timed(metric: str, made: list[SlipFacts], layout: Layout, batch: int) -> Figure:
    """In files of so many, as a desk prints them; one before it is not counted."""
    slips.slips(made[:20], layout)
    started, busy, written = time.perf_counter(), time.process_time(), 0
    for at in range(0, len(made), batch):
        written += len(slips.slips(made[at : at + batch], layout))
    took, busy = time.perf_counter() - started, time.process_time() - busy
    known: Conditions = {
        **conditions(),
        "batch": batch,
        "bytes a slip": written // len(made),
        "slips a second of the processor": round(len(made) / busy),
    }
    return Figure(NAME, metric, len(made) / took, "slips/s", len(made), known)
