"""How often two records of one edition are joined, and how often two editions: on labelled pairs.

The pairs are made of real records, which lie beside the clone; each file in `pairs` says how they
were labelled. A third of them is held back: the rules of `catalogue.matching` were made by looking
at the others. Which are wrong is told on standard error.
"""

import math
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from postroad.bench.figures import Conditions, Figure
from postroad.bench.pairs import made, real, sets
from postroad.bench.pairs.real import Pair
from postroad.catalogue import matching

NAME = "matching"
SURE = 1.96  # of a normal distribution: 95 of 100
PARTS = {False: "tuned on", True: "held back"}


def main() -> None:
    if missing := sets.missing():
        sys.stderr.write(
            f"matching: no figures, since {len(missing)} of {len(sets.SETS)} sets are not in"
            f" {sets.folder()}; set POSTROAD_SHARED to where they are.\n"
        )
        return
    for figure in measure():
        print(figure.line(), flush=True)  # noqa: T201


def measure() -> Iterator[Figure]:
    pairs = [*real.pairs(), *made.pairs()]
    judged = [Judged(pair, are_joined(pair)) for pair in pairs]
    for each in judged:
        if each.joined != each.pair.same:
            sys.stderr.write(f"{each.told()}\n")
    for held_back, part in PARTS.items():
        of_part = [each for each in judged if each.pair.is_held_back == held_back]
        yield from of_all(of_part, part)
        yield from by_kind(of_part, part)
    known: Conditions = {"part": "neither", "why": "a reader could not tell"}
    yield Figure(NAME, "doubtful pairs", real.doubtful(), "pairs", len(pairs), known)


@dataclass(frozen=True, slots=True)
class Judged:
    pair: Pair
    joined: bool

    def told(self) -> str:
        wrong = "joined, and are two" if self.joined else "not joined, and are one"
        verdict = matching.compare(self.pair.one, self.pair.other)
        against = ", ".join(each.of for each in matching.against(verdict)) or "too little said"
        why = "" if self.joined else f" ({against if not verdict.same else 'never compared'})"
        part = PARTS[self.pair.is_held_back]
        return f"{part}: {self.pair.kind}: {wrong}{why}: {self.pair.name}: {self.pair.one.title}"


def are_joined(pair: Pair) -> bool:
    """Whether a load would join them: first one must be found for the other, as `pool` finds it."""
    key = pair.one.match_key
    alike = key == pair.other.match_key and matching.is_telling(key)
    return (
        bool(alike or pair.one.pairs & pair.other.pairs)
        and matching.compare(pair.one, pair.other).same
    )


def of_all(judged: list[Judged], part: str) -> Iterator[Figure]:
    joined = [each for each in judged if each.joined]
    one = [each for each in judged if each.pair.same]
    yield share("precision", part, sum(each.pair.same for each in joined), len(joined))
    yield share("recall", part, sum(each.joined for each in one), len(one))


def by_kind(judged: Iterable[Judged], part: str) -> Iterator[Figure]:
    """Of each kind how many were judged rightly."""
    kinds: dict[tuple[bool, str], list[bool]] = defaultdict(list)
    for each in judged:
        kinds[not each.pair.same, each.pair.kind].append(each.joined == each.pair.same)
    for (other, kind), right in sorted(kinds.items()):
        what = "two editions" if other else "one edition"
        yield share(f"{what}, right: {kind}", part, sum(right), len(right))


def share(metric: str, part: str, right: int, of: int) -> Figure:
    low, high = wilson(right, of)
    known: Conditions = {"part": part, "from": round(low, 4), "to": round(high, 4)}
    return Figure(NAME, metric, right / of if of else 0.0, "share", of, known)


def wilson(right: int, of: int) -> tuple[float, float]:
    """Between which shares the true one lies, 19 times of 20 (Wilson's interval)."""
    if not of:
        return 0.0, 1.0
    share, spread = right / of, SURE**2 / of
    middle = share + spread / 2
    width = SURE * math.sqrt(share * (1 - share) / of + spread / (4 * of))
    return (middle - width) / (1 + spread), (middle + width) / (1 + spread)
