"""Copies that were counted, for the pages of the copyright count."""

from datetime import UTC, datetime
from decimal import Decimal

from postroad.directory.models import Library
from postroad.documents import uses
from postroad.documents.copyright import Choice, Citation
from postroad.documents.models import Use
from postroad.documents.uses import Asked, Chosen

AT = datetime(2026, 11, 23, 15, tzinfo=UTC)
FERRIES = Citation("Ferries & trains", ("0378-5955",), "2025")
BEES = Citation("The beekeeper", ("0028-0836",), "2026")


def had(library: Library, number: int, of: Citation = FERRIES, at: datetime = AT) -> list[Use]:
    return [uses.record(Asked(library, of, at), at) for _ in range(number)]


def the_sixth(library: Library, cost: str = "31.50") -> Use:
    """A royalty was chosen for it before it was made."""
    paid = Chosen(Choice.ROYALTY, Decimal(cost))
    return uses.record(Asked(library, FERRIES, AT), AT, chosen=paid)


def declined(library: Library) -> Use:
    return uses.decline(Asked(library, FERRIES, AT))
