"""What a situation will change, said before it is switched on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from postroad.delivery.models import Parcel
from postroad.directory import thresholds
from postroad.directory.models import Effect, Library
from postroad.directory.thresholds import DEFAULTS
from postroad.ill import dates
from postroad.situations import where
from postroad.situations.models import Situation

SHOWN = 12  # libraries that are named


@dataclass(frozen=True, slots=True)
class Number:
    """A threshold, as it is and as it will be."""

    name: str
    now: int
    then: int


@dataclass(frozen=True, slots=True)
class Overlap:
    """Another situation in some of the same days, at some of the same libraries."""

    other: Situation
    libraries: int
    thresholds: Sequence[str]  # that both change
    wins: bool  # whether ours holds where both do: it begins later


@dataclass(frozen=True, slots=True)
class Preview:
    libraries: Sequence[Library]
    number: int
    stops: int
    loans: int
    held: int
    asked: int
    parcels: int
    thresholds: Sequence[Number]
    overlaps: Sequence[Overlap]


def of(situation: Situation, today: date) -> Preview:
    concerned = where.libraries(situation)
    known = list(concerned)
    loans = held = asked = 0
    for effect in situation.effects:
        found = dates.touched(effect, situation.first_day, situation.last, libraries=known)
        loans, held, asked = (max(pair) for pair in zip((loans, held, asked), found, strict=True))
    no_van = {Effect.CLOSED.value, Effect.NO_DELIVERY.value} & set(situation.effects)
    coming = Parcel.objects.open().filter(to_library__in=known)
    moving = coming.filter(expected_on__gte=situation.first_day, expected_on__lte=situation.last)
    return Preview(
        libraries=known[:SHOWN],
        number=len(known),
        stops=where.stops(situation).count() if no_van else 0,
        loans=loans,
        held=held,
        asked=asked,
        parcels=moving.count() if no_van else 0,
        thresholds=[
            Number(name, thresholds.days(name, on=today), days)
            for name, days in situation.thresholds.items()
            if name in DEFAULTS
        ],
        overlaps=overlaps(situation, {each.pk for each in known}),
    )


def overlaps(situation: Situation, concerned: set[int]) -> list[Overlap]:
    found = []
    for other in Situation.objects.running().exclude(pk=situation.pk):
        if other.first_day > situation.last or other.last < situation.first_day:
            continue
        shared = concerned & set(where.libraries(other).values_list("pk", flat=True))
        if shared:
            both = sorted(set(situation.thresholds) & set(other.thresholds))
            later = (situation.first_day, situation.pk) > (other.first_day, other.pk)
            found.append(Overlap(other, len(shared), both, later))
    return found
