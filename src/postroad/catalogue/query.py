"""What somebody looks for, and what an engine found. No Django here."""

import unicodedata
from dataclasses import dataclass, field, replace

PAGE = 20
LAST_PAGE = 500  # nobody reads that far, and each page before it must be counted through
LONGEST = 500  # characters that are read
FIRST_YEAR, LAST_YEAR = 1, 9999
SORTS = ("relevance", "newest", "oldest")
FACETS = ("format", "language", "library", "decade")


def tidy(text: str) -> str:
    """What was typed, in one form of Unicode, without signs that no text has, cut at a length."""
    said = "".join(sign if sign.isprintable() else " " for sign in text[:LONGEST])
    return unicodedata.normalize("NFC", said).strip()


@dataclass(frozen=True, slots=True)
class Query:
    """Of each facet, any of the chosen values will do."""

    words: str = ""
    author: str = ""
    number: str = ""  # ISBN, ISSN, OCLC number, LCCN or barcode
    formats: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()
    libraries: frozenset[str] = frozenset()  # their codes
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
        return self.span is not None or bool(self.chosen())

    def chosen(self) -> dict[str, list[str]]:
        """The facets that narrow it, by the index's name for them."""
        values = {
            "format": sorted(self.formats),
            "language": sorted(self.languages),
            "library": sorted(self.libraries),
            "decade": sorted({str(year // 10 * 10) for year in self.years}),
        }
        return {name: chosen for name, chosen in values.items() if chosen}


@dataclass(frozen=True, slots=True)
class Found:
    """The keys of one page of records, in order."""

    records: list[int]
    total: int
    facets: dict[str, dict[str, int]] = field(default_factory=dict)  # name: value: how many
    suggestion: Query | None = None  # when nothing was found: what may have been meant
    loosened: bool = False  # nothing has all the words; these have all but one
