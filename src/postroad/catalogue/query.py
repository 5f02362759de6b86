"""What somebody looks for, and what an engine found. No Django here."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

PAGE = 20
LAST_PAGE = 500  # nobody reads that far, and each page before it must be counted through
LONGEST = 500  # characters that are read
FIRST_YEAR, LAST_YEAR = 1, 9999
SORTS = ("relevance", "newest", "oldest")
FACETS = ("format", "language", "library", "network", "collection", "decade")
LENDABLE, NEAR, SCOPE = "lendable", "near", "scope"  # what the index has no field for
WHERE = frozenset({"library", "network", LENDABLE, NEAR})  # they are about one and the same copy


def tidy(text: str) -> str:
    """What was typed, in one form of Unicode, without signs that no text has, cut at a length."""
    said = "".join(sign if sign.isprintable() else instead(sign) for sign in text[:LONGEST])
    return unicodedata.normalize("NFC", said).strip()


def instead(sign: str) -> str:
    """What joins letters or parts them unseen is no space between words."""
    return "" if unicodedata.category(sign) == "Cf" else " "


@dataclass(frozen=True, slots=True)
class Query:
    """Of each facet, any of the chosen values will do."""

    words: str = ""
    author: str = ""
    number: str = ""  # ISBN, ISSN, OCLC number, LCCN or barcode
    formats: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()
    libraries: frozenset[str] = frozenset()  # their codes
    networks: frozenset[str] = frozenset()  # their codes: any of the libraries of each
    collections: frozenset[str] = frozenset()  # their slugs
    lendable: bool = False  # a copy is on the shelf of a library that lends now
    rings: tuple[tuple[str, frozenset[str]], ...] = ()  # the libraries within so many miles
    within: str = ""  # which of the rings
    years: frozenset[int] = frozenset()  # any year of each decade
    since: int | None = None  # the first year that will do; what has none is left out
    until: int | None = None  # the last
    sort: str = "relevance"
    scope: frozenset[str] | None = None  # codes of libraries: only what one of them has; None: all

    def tidied(self) -> "Query":
        return replace(
            self, words=tidy(self.words), author=tidy(self.author), number=tidy(self.number)
        )

    @property
    def span(self) -> tuple[int, int] | None:
        """The first and the last year that will do, if only some years will."""
        if self.since is None and self.until is None:
            return None
        return self.since or FIRST_YEAR, LAST_YEAR if self.until is None else self.until

    @property
    def narrowed(self) -> bool:
        placed = self.lendable or bool(self.within)
        return placed or self.span is not None or bool(self.chosen())

    def chosen(self) -> dict[str, list[str]]:
        """The facets that narrow it, by the index's name for them."""
        values = {
            "format": sorted(self.formats),
            "language": sorted(self.languages),
            "library": sorted(self.libraries),
            "network": sorted(self.networks),
            "collection": sorted(self.collections),
            "decade": sorted({str(year // 10 * 10) for year in self.years}),
        }
        return {name: chosen for name, chosen in values.items() if chosen}


@dataclass(frozen=True, slots=True)
class Members:
    """What a search asks of the libraries themselves, all by their codes."""

    codes: frozenset[str] = frozenset()
    networks: Mapping[str, frozenset[str]] = field(default_factory=dict)
    not_lending: frozenset[str] = frozenset()  # today
    not_lent: Mapping[str, frozenset[str]] = field(default_factory=dict)  # by format, some of them


@dataclass(frozen=True, slots=True)
class Nearest:
    """What is not what was asked for, but like it: of a query that finds nothing."""

    records: list[int] = field(default_factory=list)
    total: int = 0
    suggestion: Query | None = None  # the words that may have been meant: they find something
    loosened: bool = False  # these have all words but one


@dataclass(frozen=True, slots=True)
class Found:
    """The keys of one page of records, in order."""

    records: list[int]
    total: int
    facets: dict[str, dict[str, int]] = field(default_factory=dict)  # name: value: how many
    nearest: Nearest = field(default_factory=Nearest)
