"""Licensed resources as readers find them: who may use each, and the link that lets them in."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from postroad import words
from postroad.directory import thresholds
from postroad.directory.models import Library
from postroad.econtent import licensed
from postroad.econtent.models import Resource, Right
from postroad.econtent.opening import Opening, opening


@dataclass(frozen=True, slots=True)
class Shown:
    """A resource for readers of one library, or for readers of whom nothing is known."""

    resource: Resource
    rights: Sequence[Right]
    opening: Opening | None  # None: which library it is for is not known
    today: date

    @property
    def who(self) -> list[str]:
        return [words.resources.who(right) for right in self.rights]

    @property
    def groups(self) -> list[tuple[str, str]]:
        """Who may use it, and how they get in."""
        return [(words.resources.who(each), self.gets_in(each)) for each in self.rights]

    @property
    def some(self) -> list[tuple[str, str]]:
        rights = self.opening.some if self.opening else ()
        return [(words.resources.who(each), self.gets_in(each)) for each in rights]

    @property
    def asks_where_she_lives(self) -> bool:
        return any(each.who in (Right.Who.TOWN, Right.Who.ZIP) for each in self.rights)

    @property
    def how(self) -> str:
        right = self.opening.right if self.opening else None
        return self.gets_in(right) if right else ""

    @staticmethod
    def gets_in(right: Right) -> str:
        return words.label(words.resources.GETTING_IN, right.how)

    @property
    def entry(self) -> str:
        return licensed.entry(self.resource, self.opening, self.rights)

    @property
    def until(self) -> str:
        return words.resources.until(self.resource, self.today)

    @property
    def is_over(self) -> bool:
        return self.resource.is_over(self.today)

    @property
    def ends_soon(self) -> bool:
        """A trial always says so; another within the days in which its libraries are warned."""
        last = self.resource.last_day
        if last is None or self.is_over:
            return False
        soon = timedelta(days=thresholds.days("resource-ends", on=self.today))
        return self.resource.is_trial or last <= self.today + soon


def shown(
    resources: Iterable[Resource],
    rights: Mapping[int, Sequence[Right]],
    library: Library | None,
    today: date,
    lives: str = "",
) -> list[Shown]:
    """For readers of a library, or for one who says where she lives."""
    found = []
    for each in resources:
        its = rights.get(each.pk, ())
        knows = library is not None or lives
        found.append(Shown(each, its, opening(its, library, lives) if knows else None, today))
    return found
