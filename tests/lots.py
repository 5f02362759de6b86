"""What is drawn by lot on each change and done whole at night.

`./run test` gives each run another POSTROAD_SEED and tells it; the same draws the same again, test
by test, whichever process runs it. `./run test --nightly` sets POSTROAD_NIGHT: then all falls.
"""

import os
import random
from collections.abc import Sequence
from functools import cache
from typing import TypeVar

Thing = TypeVar("Thing")

SEED = os.environ.get("POSTROAD_SEED", "1673")
NIGHT = "POSTROAD_NIGHT" in os.environ


def falls(share: int) -> bool:
    """Whether it is the turn of what is done once in so many times."""
    return NIGHT or die_of(this_test()).randrange(share) == 0


def some(things: Sequence[Thing], share: int, apart: str = "") -> list[Thing]:
    """One in so many of these, and at least one; `apart`: what else is to draw others."""
    if NIGHT:
        return list(things)
    count = max(1, len(things) // share)
    return random.Random(f"{SEED} {this_test()} {apart}").sample(things, k=count)


def drawn(name: str, share: int) -> bool:
    """Whether it is the turn of this, one of so many: for what is drawn before any test runs."""
    return NIGHT or random.Random(f"{SEED} {name}").randrange(share) == 0


def this_test() -> str:
    """As pytest names it, but its phase."""
    return os.environ.get("PYTEST_CURRENT_TEST", "").partition(" (")[0]


@cache
def die_of(test: str) -> random.Random:
    return random.Random(f"{SEED} {test}")
