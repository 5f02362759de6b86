"""What somebody wants, whoever asks: a page, a program, a partner's message."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from postroad.accounts.models import User
from postroad.catalogue import models as catalogue
from postroad.catalogue.models import Format, Record
from postroad.directory.models import Library
from postroad.ill.lifecycle import Service
from postroad.ill.materials import Citation
from postroad.ill.models import Request

NOT_LENT = catalogue.NOT_LENT
LENT = tuple(each for each in Format if each.value not in NOT_LENT and each != Format.OTHER)
HIGHEST_COST = Decimal("999.99")
LANGUAGES = 20  # more would be any


@dataclass(frozen=True, slots=True)
class Acceptable:
    """What else would do than the very thing, and the most that it may cost."""

    any_edition: bool = False
    languages: tuple[str, ...] = ()  # MARC's codes
    formats: tuple[str, ...] = ()
    max_cost: Decimal | None = None  # None: nothing was said; 0: it must cost nothing

    @classmethod
    def of(cls, ill: Request) -> "Acceptable":
        return cls(ill.any_edition, tuple(ill.languages), tuple(ill.formats), ill.max_cost)

    def columns(self) -> Mapping[str, Any]:
        """As a request keeps it."""
        return {
            "any_edition": self.any_edition,
            "languages": list(self.languages),
            "formats": list(self.formats),
            "max_cost": self.max_cost,
        }

    @property
    def mistaken(self) -> bool:
        """Whether it says what no form of ours could."""
        codes = [re.fullmatch("[a-z]{3}", code) is not None for code in self.languages]
        cost = self.max_cost
        return not (
            all(codes)
            and len(codes) <= LANGUAGES
            and set(self.formats) <= set(Format.values)
            and (cost is None or (cost.is_finite() and 0 <= cost <= HIGHEST_COST))
        )


THIS_ONE = Acceptable()


@dataclass(frozen=True, slots=True)
class Wanted:
    """One wish: of a record, or of what its `citation` says where no catalog lists it; or of a copy
    of the part that `citation` names, of the `record` if it is known.

    `key` names the form that was sent: a second press gives the first request again.
    """

    patron: User
    library: Library  # where it is fetched, which then answers for the loan
    record: Record | None = None
    citation: Citation | None = None
    need_by: date | None = None
    note: str = ""  # stays with her own library and the center
    note_for_lender: str = ""
    acceptable: Acceptable = THIS_ONE
    insists: bool = False
    key: UUID | None = None
    volume: str = ""  # of several, as a library calls it; or a word of `volumes`
    rush: bool = False  # of a copy: sooner than usual

    @property
    def service(self) -> Service:
        return self.citation.service if self.citation else Service.LOAN
