"""What did not come on its day is looked for: at both its ends, where it strayed, and at the hub.

Each place is asked once, on a day on which it is open, and again some days after it has said no.
Whoever finds it ends the search for all, and so does a scan of it on the van or at a hub.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from postroad.accounts.models import User
from postroad.delivery import claims, custody, parcels
from postroad.delivery.models import (
    LEFT_AT_A_LIBRARY,
    ON_THE_ROAD,
    Custody,
    How,
    Parcel,
    Search,
    Via,
)
from postroad.directory import closures, thresholds
from postroad.directory.models import Library
from postroad.directory.opening import Calendar
from postroad.errors import Refusal

BATCH = 200  # parcels that are looked at together

Place = tuple[int, int | None]  # a parcel, and the library that is asked; None: the hub


class SearchAnswered(Refusal):
    """Somebody has said otherwise, or it was found elsewhere meanwhile."""

    code = "search-answered"


class NotAnswered(Refusal):
    """There is no answer to take back."""

    code = "search-not-answered"


@dataclass(frozen=True, slots=True)
class Known:
    """What was asked and answered before, and which days the libraries are open."""

    last: Mapping[Place, Search]
    found: Mapping[int, datetime]
    calendars: Mapping[int, Calendar]


def ask(now: datetime) -> int:
    """Ask each place that has not been asked yet, or not for long; how many were asked."""
    Search.objects.seen().update(over_at=now)
    keys = list(Parcel.objects.to_look_for(now).order_by("pk").values_list("pk", flat=True))
    batches = (keys[at : at + BATCH] for at in range(0, len(keys), BATCH))
    return sum(_ask(batch, now) for batch in batches)


def _ask(keys: Sequence[int], now: datetime) -> int:
    listed = Parcel.objects.filter(pk__in=keys).with_ends().order_by("pk")
    missing = list(listed)
    libraries = {place.pk: place for each in missing for place in _places(each) if place}
    known = Known(
        *_asked(keys), closures.calendars(list(libraries.values()), now.date() - closures.LOOK_BACK)
    )
    rows = [
        Search(parcel=parcel, library=place, asked_on=day, asked_at=now)
        for parcel in missing
        for place in _places(parcel)
        if (day := _asks_on(parcel, place, known, now))
    ]
    Search.objects.bulk_create(rows, ignore_conflicts=True)  # another process may ask the same
    return len(rows)


def _places(parcel: Parcel) -> Iterator[Library | None]:
    """Its two ends, the library where it was left instead, and the hub, of what the van carries."""
    yield parcel.from_library
    yield parcel.to_library
    left_at = parcel.last_library if parcel.last_step in LEFT_AT_A_LIBRARY else None
    if left_at and left_at.pk not in (parcel.from_library_id, parcel.to_library_id):
        yield left_at
    if parcel.via == Via.DELIVERY:
        yield None


def _asked(keys: Sequence[int]) -> tuple[dict[Place, Search], dict[int, datetime]]:
    last: dict[Place, Search] = {}
    found: dict[int, datetime] = {}
    for each in Search.objects.filter(parcel__in=keys).order_by("pk"):
        last[each.parcel_id, each.library_id] = each
        if each.found and each.answered_at:
            found[each.parcel_id] = each.answered_at
    return last, found


def _asks_on(parcel: Parcel, place: Library | None, known: Known, now: datetime) -> date | None:
    """The day on which this place is asked: today, unless it is closed or was asked lately."""
    today = day_at(place, now)
    again = timedelta(days=thresholds.days("look-again", on=today, library=place))
    seen = _seen_late(parcel)
    found = [at for at in (known.found.get(parcel.pk), seen) if at is not None]
    if found and day_at(place, max(found)) + again > today:
        return None
    last = known.last.get((parcel.pk, place.pk if place else None))
    if last is not None and last.is_waiting:
        return None
    scan_undone = last is not None and last.ended_by_a_scan and seen is None
    if last is not None and not scan_undone and last.asked_on + again > today:
        return None
    if place is not None and not known.calendars[place.pk].is_open(today):
        return None
    return today


def _seen_late(parcel: Parcel) -> datetime | None:
    """When the van or a hub has scanned it, if that was after it was missed."""
    if parcel.last_step not in ON_THE_ROAD or parcel.last_how != How.SCANNED:
        return None
    missed = parcel.expected_on or timezone.localdate(parcel.late_at)
    return parcel.last_at if timezone.localdate(parcel.last_at) > missed else None


def day_at(place: Library | None, at: datetime) -> date:
    """The day there; at the hub the consortium's."""
    if place is not None:
        return place.day_of(at)
    with timezone.override(settings.TIME_ZONE):
        return timezone.localdate(at)


@transaction.atomic
def answer(search: Search, *, found: bool, by: User | None, at: datetime) -> Search:
    """This place has it, or has not. Raises SearchAnswered where it was said otherwise before."""
    row = Search.objects.select_for_update().get(pk=search.pk)
    if row.found is found:
        return row  # pressed twice
    if not row.is_waiting:
        raise SearchAnswered
    row.found, row.answered_at, row.answered_by = found, at, by
    row.save(update_fields=["found", "answered_at", "answered_by"])
    if found:
        others = Search.objects.filter(parcel=row.parcel_id, answered_at=None, over_at=None)
        others.update(over_at=at, over_by=row)
        claims.found(row.parcel_id, by=by, at=at, search=row)
        _seen_elsewhere(row, by, at)
    return row


def _seen_elsewhere(search: Search, by: User | None, at: datetime) -> None:
    """At a library to which it does not go the ledger has it from now on. At its ends the desk
    says itself that it is received, or that it never left."""
    parcel, here = search.parcel, search.library
    if here is not None and here.pk not in (parcel.from_library_id, parcel.to_library_id):
        parcels.receive(parcel, library=here, by=by, at=at, key=_key(search))


def _key(search: Search) -> str:
    assert search.answered_at is not None
    return f"search-{search.pk}-{int(search.answered_at.timestamp())}"


@transaction.atomic
def undo(search: Search, *, by: User | None, at: datetime) -> Search:
    """That was a mistake: it is looked for again, also where it was no more because of that."""
    row = Search.objects.select_for_update().get(pk=search.pk)
    since = Search.objects.filter(parcel=row.parcel_id).waiting()
    if not row.found:  # then the other places are still asked
        since = since.at(row.library_id)
    if row.answered_at is None or since.exists():
        raise NotAnswered
    if row.found:
        row.ended.update(over_at=None, over_by=None)
        claims.undo_found(row, by=by, at=at)
        seen = Custody.objects.filter(key=f"{row.parcel_id}:{_key(row)}", undone_by=None).first()
        if seen is not None:
            custody.undo(seen, by=by, at=at)
    row.found = row.answered_at = row.answered_by = None
    row.save(update_fields=["found", "answered_at", "answered_by"])
    return row
