"""How many copies of which title a library has had in a year: the rows behind the verdict.

No Django here. The groups and the counts are those of the rule itself, so that no page says another
number than the warning.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any

from postroad.documents import copyright as rule
from postroad.documents.copyright import FREE, Choice, Past


@dataclass(frozen=True, slots=True)
class Sum:
    """What copies cost that were paid for, as far as it is known."""

    amount: Decimal = Decimal(0)
    unknown: int = 0  # paid for, but nobody said how much

    def __add__(self, other: "Sum") -> "Sum":
        return Sum(self.amount + other.amount, self.unknown + other.unknown)


@dataclass(frozen=True, slots=True)
class Counts:
    """Of the copies of one title, or of all titles of a library."""

    made: int = 0  # under the guidelines, paid for or not
    free: int = 0  # of them those for which nothing was chosen
    beyond: int = 0  # made, after the free ones
    undecided: int = 0  # beyond, and nothing chosen
    royalties: int = 0
    elsewhere: int = 0  # from another source
    declined: int = 0
    not_counted: int = 0  # under another mark
    cost: Sum = Sum()  # of royalties
    spent: Sum = Sum()  # at other sources

    @property
    def is_plain(self) -> bool:
        """Whether there is nothing to say of them but how many they are."""
        return not any(
            (self.undecided, self.royalties, self.elsewhere, self.declined, self.not_counted)
        )

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(*(getattr(self, of.name) + getattr(other, of.name) for of in fields(self)))


@dataclass(frozen=True, slots=True)
class Title:
    """The copies of one title that one library has had."""

    uses: Sequence[Any]  # `Use`, or what a page reads of it
    counts: Counts

    @property
    def title(self) -> str:
        """As it was asked for last."""
        return str(self.uses[-1].title)

    @property
    def numbers(self) -> list[str]:
        return sorted({number for use in self.uses for number in use.numbers.split()})

    @property
    def shown_numbers(self) -> list[str]:
        """As they are printed: an ISSN with its hyphen."""
        return [f"{each[:4]}-{each[4:]}" if len(each) == 8 else each for each in self.numbers]

    @property
    def is_periodical(self) -> bool:
        return bool(self.uses[0].is_periodical)


def titles(uses: Iterable[Past], year: int) -> list[Title]:
    """Those of which a copy was asked for in this year, by rows that count in it: those with the
    most copies first."""
    every = [
        Title(family, counts(family))
        for family in rule.families(uses)
        if any(use.asked_in == year for use in family)
    ]
    return sorted(every, key=lambda each: (-each.counts.made, rule.title_key(each.title)))


def counts(uses: Iterable[Past]) -> Counts:
    """Of one title: its rows as `counted_in` finds them."""
    uses = list(uses)
    made = [use for use in uses if rule.under_guidelines(use)]
    free = sum(rule.takes_a_free_one(use) for use in uses)
    royalties = [use for use in uses if use.choice == Choice.ROYALTY]
    elsewhere = [use for use in uses if use.choice == Choice.OTHER_SOURCE]
    declined = sum(use.choice == Choice.DECLINED for use in uses)
    return Counts(
        made=len(made),
        free=free,
        beyond=max(0, len(made) - FREE),
        undecided=max(0, free - FREE),
        royalties=len(royalties),
        elsewhere=len(elsewhere),
        declined=declined,
        not_counted=len(uses) - len(made) - declined,
        cost=cost(royalties),
        spent=cost(elsewhere),
    )


def cost(uses: Iterable[Past]) -> Sum:
    known = [use.cost for use in uses]
    return Sum(sum((each for each in known if each is not None), Decimal(0)), known.count(None))


def total(every: Iterable[Title]) -> Counts:
    return sum((each.counts for each in every), Counts())


def found(every: Iterable[Title], asked: str) -> list[Title]:
    """Those whose title has each of these words, or whose number this is."""
    number, words = rule.compact(asked), rule.title_key(asked).split()
    return [
        each
        for each in every
        if (number and number in each.numbers)
        or (words and all(word in rule.title_key(each.title) for word in words))
    ]
