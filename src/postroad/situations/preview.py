"""What a situation will change, said before it is switched on."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q

from postroad.accounts.models import AT_A_LIBRARY
from postroad.delivery import stops
from postroad.delivery.models import Parcel, Stop
from postroad.directory import thresholds
from postroad.directory.amending import Wanted
from postroad.directory.models import Effect, Library
from postroad.directory.thresholds import DEFAULTS
from postroad.ill import dates
from postroad.notices import staff_notices
from postroad.situations import where, writing
from postroad.situations.editing import Plan
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


@dataclass(frozen=True, slots=True)
class Some:
    """Some libraries: how many, and the first of them."""

    number: int
    shown: Sequence[Library]

    def __bool__(self) -> bool:
        return self.number > 0


@dataclass(frozen=True, slots=True)
class OfChange:
    """What a change of one that was switched on will change."""

    joins: Some
    leaves: Some
    stays_ended: Some  # somebody ended it there
    stops: int  # that the van leaves out from now on
    stops_again: int
    loans: int
    held: int
    asked: int
    parcels: int
    told: int  # people
    overlaps: Sequence[Overlap]


def of_change(plan: Plan, today: date) -> OfChange:
    after, concerned = plan.after, plan.concerned
    meant = writing.wanted(after, plan.first_day)
    newly = _newly(plan, meant, today)
    touched = [
        dates.touched(e, first, last, libraries=list(where.some(at)))
        for e, first, last, at in newly
    ]
    no_van = [(first, last, at) for effect, first, last, at in newly if effect in stops.NO_VAN]
    coming = Q(pk__in=())
    for first, last, at in no_van:
        coming |= Q(to_library__in=at, expected_on__gte=first, expected_on__lte=last)
    effects = [each for each in plan.closures if each.effect in stops.NO_VAN]
    left_out = frozenset[int]().union(*(each.before for each in effects))
    will_be = frozenset[int]().union(*(each.after for each in effects))
    told = {
        who
        for each in plan.letters
        for who in staff_notices.readers(where.some(each.libraries), AT_A_LIBRARY)
    }
    return OfChange(
        joins=_some(plan.concerned - plan.concerned_before),
        leaves=_some(plan.concerned_before - concerned),
        stays_ended=_some(frozenset[int]().union(*(e.stays_ended for e in plan.closures))),
        stops=Stop.objects.filter(active=True, library__in=will_be - left_out).count(),
        stops_again=Stop.objects.filter(active=True, library__in=left_out - will_be).count(),
        loans=max((loans for loans, _held, _asked in touched), default=0),
        held=max((held for _loans, held, _asked in touched), default=0),
        asked=max((asked for _loans, _held, asked in touched), default=0),
        parcels=Parcel.objects.open().filter(coming).count(),
        told=len(told),
        overlaps=overlaps(after, concerned),
    )


def _newly(
    plan: Plan, meant: Wanted, today: date
) -> list[tuple[Effect, date, date, frozenset[int]]]:
    """What stops that did not: which effect, on which days, where."""
    found = []
    for each in plan.closures:
        found.append((each.effect, plan.first_day, meant.last_day, each.began))
        was = plan.before.last
        if was < meant.last_day:
            longer = each.moved(meant, today)
            found.append((each.effect, was + timedelta(days=1), meant.last_day, longer))
    return [each for each in found if each[3]]


def _some(keys: Collection[int]) -> Some:
    return Some(len(keys), list(where.some(keys).order_by("name", "pk")[:SHOWN]))


def overlaps(situation: Situation, concerned: Collection[int]) -> list[Overlap]:
    found = []
    for other in Situation.objects.running().exclude(pk=situation.pk):
        if other.first_day > situation.last or other.last < situation.first_day:
            continue
        shared = set(concerned) & set(where.libraries(other).values_list("pk", flat=True))
        if shared:
            both = sorted(set(situation.thresholds) & set(other.thresholds))
            later = (situation.first_day, situation.pk) > (other.first_day, other.pk)
            found.append(Overlap(other, len(shared), both, later))
    return found
