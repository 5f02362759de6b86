"""One made-up notice of each kind, for the page that shows what people are sent."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from postroad.notices.models import FOR_STAFF, Kind
from postroad.notices.words import Facts

WALDEN = Facts(
    ref="4K7Q2M9A",
    title="Walden; or, Life in the woods",
    author="Thoreau, Henry David",
    library="Lee Library",
    place="Lenox",
    day=date(2026, 12, 3),
    link="https://postroad.example/patron/requests/4K7Q2M9A/",
)

WAITS = replace(
    WALDEN,
    ref="",
    title="",
    author="",
    number=3,
    lines=("2 requests to answer", "1 item to send home"),
    titles=("Walden", "Cape Cod"),
    link="https://postroad.example/staff/",
)

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
        WAITS if kind in {Kind.MORNING, Kind.NEWLY_ASKED} else WALDEN,
        why=REASONS.get(kind, ""),
        link=WALDEN.link.replace("patron", "staff") if kind in FOR_STAFF else WALDEN.link,
    )
    for kind in Kind
}
