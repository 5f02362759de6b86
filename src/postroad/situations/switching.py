"""Switches a situation on and off: the only place that does. What others entered stays."""

import json
import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime, timedelta
from functools import partial
from uuid import NAMESPACE_URL, UUID, uuid5

from django.core.cache import caches
from django.db import transaction
from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast
from django.utils import timezone
from wagtail.models import Page

from postroad.accounts.models import Role
from postroad.delivery.models import Parcel
from postroad.directory import closures, thresholds
from postroad.directory.models import Closure, Effect
from postroad.errors import Refusal
from postroad.ill.lifecycle import Ending
from postroad.ill.models import Event, Supply
from postroad.notices import staff_notices
from postroad.notices.staff import StaffNotice, Subject
from postroad.situations import where
from postroad.situations.models import BANNERS, Area, Situation

log = logging.getLogger(__name__)


class EndsBeforeItBegins(Refusal):
    """Its last day is before its first, or has passed."""

    code = "situation-ends-before"


class NobodyConcerned(Refusal):
    """No library lies where it is said to hold."""

    code = "situation-nowhere"


@transaction.atomic
def switch_on(situation: Situation, *, by: str, at: datetime) -> Situation:
    """Closures and thresholds are dated, so they are entered at once, and what is due moves ahead
    of time; the rest begins on its day. Pressed twice, it is switched on once."""
    situation = Situation.objects.select_for_update().get(pk=situation.pk)
    if situation.ready_at is not None:
        return situation
    if situation.last < max(situation.first_day, timezone.localdate(at)):
        raise EndsBeforeItBegins(name=situation.name)
    concerned = list(where.libraries(situation))
    if not concerned:
        raise NobodyConcerned(name=situation.name)
    wide = situation.area in (Area.ALL, Area.STATE)
    for effect in situation.effects:
        for state in situation.places if situation.area == Area.STATE else [""]:
            closures.close(
                effect=Effect(effect),
                first_day=situation.first_day,
                last_day=situation.last_day,
                reason=situation.name,
                libraries=[] if wide else concerned,
                state=state,
                source=situation.source,
                said_by=by,
                at=at,
            )
    for name, days in situation.thresholds.items():
        thresholds.hold_meanwhile(
            name,
            days,
            first_day=situation.first_day,
            last_day=situation.last,
            libraries=None if situation.area == Area.ALL else concerned,
            source=situation.source,
        )
    situation.ready_at, situation.ready_by = at, by
    situation.save()
    if situation.first_day <= timezone.localdate(at):
        begin(situation, at)
        situation.refresh_from_db()
    return situation


@transaction.atomic
def begin(situation: Situation, at: datetime) -> None:
    """Its day has come: banner, answers, news, and the notice to those concerned."""
    situation = Situation.objects.select_for_update().get(pk=situation.pk)
    if situation.on_at is not None or situation.off_at is not None:
        return
    drafts = Page.objects.filter(pk__in=situation.pages, live=False)
    published = []
    for page in drafts.specific():
        page.get_latest_revision_as_object().save_revision().publish()
        published.append(page.pk)
    situation.published, situation.on_at = published, at
    situation.save()
    _tell(situation, at)
    _changed()


def _tell(situation: Situation, at: datetime) -> None:
    if not situation.notice:
        return
    reach, places = where.reached(situation)
    try:
        staff_notices.send(
            about=Subject.OTHER,
            title=situation.name,
            text=situation.notice,
            reach=reach,
            places=places,
            until=situation.last_day,
            office=Role(situation.office),
            by=situation.ready_by,
            at=at,
            key=uuid5(NAMESPACE_URL, situation.source),
        )
    except staff_notices.NobodyThere:
        log.info("%s: nobody works at these libraries, so nobody was told", situation.source)


def notice_of(situation: Situation) -> StaffNotice | None:
    return StaffNotice.objects.filter(key=uuid5(NAMESPACE_URL, situation.source)).first()


@transaction.atomic
def end(situation: Situation, *, by: str, at: datetime) -> Situation:
    """All that it changed returns; what others entered stays. Pressed twice, it ends once."""
    situation = Situation.objects.select_for_update().get(pk=situation.pk)
    if situation.ready_at is None or situation.off_at is not None:
        return situation
    today = timezone.localdate(at)
    for entry in _standing(situation, today):
        with suppress(closures.AlreadyOver):  # where it is tomorrow already
            closures.reopen(entry, by=by or situation.name, at=at, source=situation.source)
    thresholds.end_meanwhile(situation.source, today=today)
    for page in Page.objects.filter(pk__in=situation.published, live=True).specific():
        page.unpublish()
    if (told := notice_of(situation)) is not None and told.withdrawn_at is None:
        staff_notices.withdraw(told, by=by, at=at)
    situation.report = count(situation, at)
    situation.off_at, situation.ended_by = at, by
    situation.save()
    _changed()
    return situation


def _standing(situation: Situation, today: date) -> set[UUID]:
    """Its closures that nobody has ended and whose days are not over."""
    yesterday = today - timedelta(days=1)  # somewhere it is that day still
    rows = Closure.objects.filter(source=situation.source, was_until=None, last_day__gt=yesterday)
    return set(rows.values_list("entry", flat=True))


def _changed() -> None:
    caches["process"].delete(BANNERS)
    transaction.on_commit(lambda: caches["process"].delete(BANNERS))


def count(situation: Situation, at: datetime) -> dict[str, int]:
    """What it has moved so far, at the libraries concerned, since it was switched on."""
    since = situation.ready_at
    if since is None:
        return {}
    concerned = where.libraries(situation)
    moved = Event.objects.filter(at__gte=since, at__lte=at, request__library__in=concerned)
    first = max(timezone.localdate(situation.on_at or at), situation.first_day)
    told = notice_of(situation)
    return {
        "days": max((min(situation.last, timezone.localdate(at)) - first).days + 1, 1),
        "libraries": concerned.count(),
        "closures": Closure.objects.filter(source=situation.source).count(),
        "due_days": moved.filter(verb="postpone", facts__reason=situation.name).count(),
        "holds": moved.filter(verb="hold_longer").count(),
        "requests": Supply.objects.filter(
            lender__in=concerned, ending=Ending.CLOSED, closed_at__gte=since, closed_at__lte=at
        ).count(),
        "parcels": _delayed(situation).count(),
        "told": told.receipts.count() if told is not None else 0,
        "pages": len(situation.published),
    }


def _delayed(situation: Situation) -> QuerySet[Parcel]:
    """The parcels for which the van would have come on one of its days."""
    reason = json.dumps(situation.name)
    parcels = Parcel.objects.filter(last_at__gte=situation.ready_at).annotate(
        as_text=Cast("forecast", TextField())
    )
    escaped = json.dumps(situation.name, ensure_ascii=False)  # PostgreSQL keeps letters as they are
    return parcels.filter(Q(as_text__contains=reason) | Q(as_text__contains=escaped))


def follow(now: datetime) -> int:
    """Job: begin what begins today, and end what ended yesterday."""
    today = timezone.localdate(now)
    running = Situation.objects.running()
    over = list(running.filter(last_day__lt=today))
    due = list(running.filter(on_at=None, first_day__lte=today).exclude(last_day__lt=today))
    ended = [_attempt(partial(end, by="", at=now), each) for each in over]
    begun = [_attempt(partial(begin, at=now), each) for each in due]
    return sum(ended) + sum(begun)


def _attempt(act: Callable[[Situation], object], situation: Situation) -> bool:
    """One that cannot be switched stops no other; its next turn comes."""
    try:
        act(situation)
    except Exception:
        log.exception("%s", situation.source)
        return False
    return True
