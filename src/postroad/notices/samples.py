"""One made-up notice of each kind, for the page that shows what people are sent."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from postroad.notices import words
from postroad.notices.layout import Words
from postroad.notices.models import FOR_STAFF, Kind
from postroad.notices.words import Facts

WALDEN = Facts(
    ref="4K7Q2M9A",
    title="Walden; or, Life in the woods",
    author="Thoreau, Henry David",
    library="Lee Library",
    place="Lenox",
    day=date(2026, 12, 3),
)

WAITS = replace(
    WALDEN,
    ref="",
    title="",
    author="",
    waiting=3,
    lines=("2 requests to answer", "1 item to send home"),
    titles=("Walden", "Cape Cod"),
)

PAGES = replace(
    WAITS,
    waiting=2,
    lines=("When a book is late (1 December 2026)", "How do I return something? (3 December 2026)"),
)

OF_A_DESK = frozenset({Kind.MORNING, Kind.NEWLY_ASKED})
REASONS = {
    Kind.NEW_DUE_DAY: "burst pipe",
    Kind.HELD_LONGER: "burst pipe",
    Kind.CANNOT_SUPPLY: "The only copy is too fragile to lend.",
    Kind.NOT_RENEWED: "Someone else is waiting for it.",
    Kind.UNREACHED: str(Kind.ARRIVED.label),
    Kind.NEEDS_REVIEW: "The reader has already asked for this title.",
}

SAMPLES: Mapping[Kind, Facts] = {
    kind: replace(
        PAGES if kind is Kind.REVIEW_DUE else WAITS if kind in OF_A_DESK else WALDEN,
        why=REASONS.get(kind, ""),
    )
    for kind in Kind
}


def written(kind: Kind) -> Words:
    """The sample, as it would be sent."""
    return words.write(kind, SAMPLES[kind], link(kind))


def link(kind: Kind) -> str:
    """A page of a house that is nowhere."""
    if kind in OF_A_DESK:
        return "https://postroad.example/staff/"
    if kind is Kind.REVIEW_DUE:
        return "https://postroad.example/cms/upkeep/"
    whose = "staff" if kind in FOR_STAFF else "patron"
    return f"https://postroad.example/{whose}/requests/{WALDEN.ref}/"
