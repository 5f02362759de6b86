"""Who answers for a topic on a day: whose it is, and who covers while she is away (R16).

No Django here: facts come in with their days, so what was true last week can be asked, too.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Duty:
    """A topic is this person's from a day on, until another's begins."""

    person: int
    since: date


@dataclass(frozen=True, slots=True)
class Away:
    """Somebody is not there, both days included; no cover: nobody was named."""

    person: int
    first: date
    last: date
    cover: int | None = None

    def holds(self, day: date) -> bool:
        return self.first <= day <= self.last


def in_charge(duties: Iterable[Duty], day: date) -> int | None:
    """Whose topic it is on this day, there or not: of those that have begun the latest."""
    begun = [duty for duty in duties if duty.since <= day]
    return max(begun, key=lambda duty: duty.since).person if begun else None


def absence(away: Iterable[Away], person: int, day: date) -> Away | None:
    """Why this person is not there on a day: of several the one that lasts longest."""
    own = [each for each in away if each.person == person and each.holds(day)]
    return max(own, key=lambda each: each.last, default=None)


def there(away: Iterable[Away], person: int, day: date) -> int | None:
    """This person, or who covers, or who covers for that one; None: nobody is there."""
    away = list(away)
    asked: set[int] = set()
    at: int | None = person
    while at is not None and at not in asked:
        gone = absence(away, at, day)
        if gone is None:
            return at
        asked.add(at)
        at = gone.cover
    return None
