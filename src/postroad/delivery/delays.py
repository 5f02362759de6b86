"""Delays, bins that are held, days without the van: said once by the delivery office.

What is said becomes closures, and days in their stead, so that expected days, clocks and pages go
by it; whoever is concerned hears of it once (`notices/van.py`).
"""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.utils import timezone

from postroad.delivery import stops
from postroad.delivery.models import (
    WHOLE,
    Delay,
    Happening,
    Parcel,
    Purpose,
    Region,
    Route,
    ScheduleChange,
    Stop,
)
from postroad.directory import closures
from postroad.directory.models import Closure, Library
from postroad.directory.opening import ALWAYS
from postroad.errors import Refusal

Kind = Delay.Kind


class NewDayWrong(Refusal):
    """The day that comes in its stead is not after the days without the van."""

    code = "delay-new-day"


class NowhereServed(Refusal):
    """No stop of the van is there."""

    code = "delay-nowhere"


class StoppedAlready(Refusal):
    """The whole service stops on some of these days already."""

    code = "service-stopped-already"


class LastPickUpWrong(Refusal):
    """The last day on which the van takes something is before the first, or after the last."""

    code = "service-last-pick-up"


class DelayOver(Refusal):
    """It was ended, or its days have passed."""

    code = "delay-over"


@transaction.atomic
def announce(
    kind: Kind,
    *,
    at: Library | Route | Region | None,
    first_day: date,
    last_day: date | None = None,
    new_day: date | None = None,
    hours: int | None = None,
    last_pick_up: date | None = None,
    instead: str = "",
    reason: str,
    by: str,
    now: datetime,
    key: UUID | None,
) -> Delay:
    """Say that the van is late, does not come, comes on another day, that bins are held, or that
    the whole service stops: suspended, or wound down after a `last_pick_up`; and what is done
    `instead` meanwhile.

    No last day is the first day, and further notice for what is held or stops. By the `key` of its
    form a second press finds the first. Raises NewDayWrong, NowhereServed, StoppedAlready and
    LastPickUpWrong.
    """
    days, key = (first_day, last_day, new_day, last_pick_up), key or uuid4()
    facts = _facts(kind, days, hours, instead)
    _may_be_said(at, facts, key)
    who = {"reason": reason, "said_by": by, "said_at": now}
    delay, new = Delay.objects.get_or_create(key=key, defaults={**facts, **_where(at), **who})
    if new:
        _take_effect(delay)
        _happened("announce", delay, now)
    return delay


def _facts(
    kind: Kind,
    days: tuple[date, date | None, date | None, date | None],
    hours: int | None,
    way: str,
) -> dict[str, Any]:
    """What a notice of its kind says, and no more."""
    first_day, last_day, new_day, last_pick_up = days
    endless = kind == Kind.HELD or kind in WHOLE
    return {
        "kind": kind,
        "first_day": first_day,
        "last_day": last_day or (Closure.FURTHER_NOTICE if endless else first_day),
        "new_day": new_day if kind == Kind.MOVED else None,
        "hours": hours if kind == Kind.LATE else None,
        "last_pick_up": last_pick_up if kind == Kind.WOUND_DOWN else None,
        "instead": (way or Delay.Instead.MAIL) if kind in WHOLE else "",
    }


def _may_be_said(at: Library | Route | Region | None, facts: Mapping[str, Any], key: UUID) -> None:
    kind, new_day, last_day = facts["kind"], facts["new_day"], facts["last_day"]
    if kind == Kind.MOVED and (new_day is None or new_day <= last_day):
        raise NewDayWrong
    if not Stop.objects.filter(library__in=stops.served(at), active=True).exists():
        raise NowhereServed
    if kind in WHOLE:
        _may_stop(facts["first_day"], last_day, facts["last_pick_up"], kind, key)


def _may_stop(
    first_day: date, last_day: date, last_pick_up: date | None, kind: Kind, key: UUID
) -> None:
    in_turn = last_pick_up is not None and first_day <= last_pick_up <= last_day
    if kind == Kind.WOUND_DOWN and not in_turn:
        raise LastPickUpWrong
    # Two offices wait here for each other, and for a timetable that is taking effect.
    list(Stop.objects.select_for_update(no_key=True, of=("self",)).order_by("pk"))
    others = Delay.objects.filter(kind__in=WHOLE, ended_at=None).exclude(key=key)
    if other := others.filter(first_day__lte=last_day, last_day__gte=first_day).first():
        raise StoppedAlready(reason=other.reason)


def _where(at: Library | Route | Region | None) -> dict[str, Library | Route | Region | None]:
    return {
        "library": at if isinstance(at, Library) else None,
        "route": at if isinstance(at, Route) else None,
        "region": at if isinstance(at, Region) else None,
    }


def _take_effect(delay: Delay) -> None:
    if delay.kind in (Kind.LATE, Kind.WOUND_DOWN):  # which bring what is under way
        return
    made = stops.pause(
        first_day=delay.first_day,
        last_day=None if delay.open_ended else delay.last_day,
        reason=delay.reason,
        at=delay.scope,
        said_by=delay.said_by,
        source=delay.source,
    )
    delay.entry = made[0].entry
    delay.save(update_fields=["entry"])
    _come_on_another_day(delay)


def _come_on_another_day(delay: Delay) -> None:
    if delay.new_day is None:
        return
    weekday = delay.new_day.weekday()
    days = "".join(letter if at == weekday else "-" for at, letter in enumerate(ALWAYS))
    concerned = Stop.objects.filter(library__in=stops.served(delay.scope), active=True)
    ScheduleChange.objects.bulk_create(
        ScheduleChange(
            stop=stop,
            drop_days=days,
            pick_up_days=days,
            first_day=delay.new_day,
            last_day=delay.new_day,
            reason=delay.reason,
            source=delay.source,
        )
        for stop in concerned.order_by("pk")
    )


@transaction.atomic
def end(delay: Delay, *, by: str, now: datetime) -> Delay:
    """The van comes again: today is a day like others. Raises DelayOver."""
    delay = Delay.objects.select_for_update(no_key=True, of=("self",)).get(pk=delay.pk)
    if delay.ended_at is not None or is_over(delay, timezone.localdate(now)):
        raise DelayOver(reason=delay.reason)
    if delay.entry is not None:
        # What was ended library by library is ended already; days that are over stay.
        with suppress(closures.AlreadyOver):
            closures.reopen(delay.entry, by=by, at=now)
    changes = ScheduleChange.objects.filter(source=delay.source)
    changes.filter(first_day__gte=timezone.localdate(now)).delete()
    delay.ended_by, delay.ended_at = by, now
    delay.save(update_fields=["ended_by", "ended_at"])
    _happened("end", delay, now)
    return delay


@transaction.atomic
def put_back(delay: Delay, *, by: str, now: datetime) -> Delay:
    """The end was a mistake: it goes on as it was said. Raises DelayOver and StoppedAlready."""
    delay = Delay.objects.select_for_update(no_key=True, of=("self",)).get(pk=delay.pk)
    if delay.ended_at is None or is_over(delay, timezone.localdate(now)):
        raise DelayOver(reason=delay.reason)
    if delay.is_whole:
        _may_stop(delay.first_day, delay.last_day, delay.last_pick_up, Kind(delay.kind), delay.key)
    if delay.entry is not None:
        with suppress(closures.NotEnded):  # its days had passed, and stayed
            closures.put_back(delay.entry, by=by, at=now)
        _come_on_another_day(delay)
    delay.ended_by, delay.ended_at = "", None
    delay.save(update_fields=["ended_by", "ended_at"])
    _happened("put_back", delay, now)
    return delay


def concerns(delay: Delay, stop: Stop) -> bool:
    """Whether it is this stop's business, where both are at hand; a query asks `Delay.objects.at`.

    To be called with the stop's route at hand.
    """
    if delay.library_id is not None:
        return delay.library_id == stop.library_id
    if delay.route_id is not None:
        return delay.route_id == stop.route_id
    return delay.region_id in (None, stop.route.region_id)


def is_over(delay: Delay, today: date) -> bool:
    """Whether nobody need know of it any more."""
    return max(delay.last_day, delay.new_day or delay.last_day) < today


def _happened(verb: str, delay: Delay, now: datetime) -> None:
    Happening.objects.create(verb=verb, at=now, due_at=now, delay=delay)


def come_later(parcels: Iterable[Parcel], were: Mapping[int, date | None], now: datetime) -> None:
    """Write down of which of these, that are lent, people were told an earlier day than is expected
    now; `were` are the days of before, by the parcel's key."""
    Happening.objects.bulk_create(
        Happening(
            verb="later",
            at=now,
            due_at=now,
            parcel=parcel,
            facts={
                "was": was.isoformat(),
                "day": parcel.expected_on.isoformat() if parcel.expected_on else "",
                "reason": why(parcel),
            },
        )
        for parcel in parcels
        if parcel.purpose == Purpose.LOAN
        and (was := were.get(parcel.pk))
        and (parcel.expected_on is None or parcel.expected_on > was)
    )


def why(parcel: Parcel) -> str:
    """Why no day is promised, or what kept the van away last on its way, as its forecast says."""
    forecast = parcel.forecast
    if withdrawn := forecast.get("no_day") or forecast.get("stopped"):
        return str(withdrawn)
    skipped = [each for step in forecast.get("steps", ()) for each in step["skipped"]]
    return str(skipped[-1]["reason"]) if skipped else ""
