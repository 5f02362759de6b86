"""Switches a situation on and off: the only place that does. What others entered stays."""

import json
import logging
from collections.abc import Callable, Collection
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
from postroad.directory.models import Closure
from postroad.errors import Refusal
from postroad.ill.lifecycle import Ending, Verb
from postroad.ill.models import Event, Supply
from postroad.notices import staff_notices
from postroad.notices.staff import Receipt, StaffNotice, Subject
from postroad.situations import where, writing
from postroad.situations.models import BANNERS, Situation

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
    today = timezone.localdate(at)
    check(situation, today)
    writing.write(situation, situation.first_day, by=by, at=at, today=today)
    situation.ready_at, situation.ready_by = at, by
    situation.save()
    if situation.first_day <= today:
        begin(situation, at)
        situation.refresh_from_db()
    return situation


def check(situation: Situation, today: date) -> None:
    """Refuse what would hold on no day, or nowhere."""
    if situation.last < max(situation.first_day, today):
        raise EndsBeforeItBegins(name=situation.name)
    if not where.libraries(situation).exists():
        raise NobodyConcerned(name=situation.name)


@transaction.atomic
def begin(situation: Situation, at: datetime) -> None:
    """Its day has come: banner, answers, news, and the notice to those concerned."""
    situation = Situation.objects.select_for_update().get(pk=situation.pk)
    if situation.on_at is not None or situation.off_at is not None:
        return
    situation.published, situation.on_at = publish(situation.pages), at
    situation.save()
    _tell(situation, at)
    show_banners()


def publish(pages: Collection[int]) -> list[int]:
    """Those of these pages that are drafts, published: an end takes down these and no others."""
    published = []
    for page in Page.objects.filter(pk__in=pages, live=False).specific():
        page.get_latest_revision_as_object().save_revision().publish()
        published.append(page.pk)
    return published


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


def notices_of(situation: Situation) -> QuerySet[StaffNotice]:
    """The one of its beginning, and those of its changes."""
    told = [pk for each in situation.changes.all() for pk in each.notices]
    return StaffNotice.objects.filter(
        Q(key=uuid5(NAMESPACE_URL, situation.source)) | Q(pk__in=told)
    )


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
    for told in notices_of(situation).filter(withdrawn_at=None):
        staff_notices.withdraw(told, by=by, at=at)
    situation.report = count(situation, at)
    situation.off_at, situation.ended_by = at, by
    situation.save()
    show_banners()
    return situation


def _standing(situation: Situation, today: date) -> set[UUID]:
    """Its closures that nobody has ended and whose days are not over."""
    yesterday = today - timedelta(days=1)  # somewhere it is that day still
    rows = Closure.objects.filter(source=situation.source, was_until=None, last_day__gt=yesterday)
    return set(rows.values_list("entry", flat=True))


def show_banners() -> None:
    """As they are now, not as this process read them."""
    caches["process"].delete(BANNERS)
    transaction.on_commit(lambda: caches["process"].delete(BANNERS))


def count(situation: Situation, at: datetime) -> dict[str, int]:
    """What it has moved so far, at the libraries concerned, since it was switched on."""
    since = situation.ready_at
    if since is None:
        return {}
    concerned, names = where.ever(situation), situation.names()
    moved = Event.objects.filter(at__gte=since, at__lte=at, request__library__in=concerned)
    first = max(timezone.localdate(situation.on_at or at), situation.first_day)
    told = Receipt.objects.filter(notice__in=notices_of(situation))
    return {
        "days": max((min(situation.last, timezone.localdate(at)) - first).days + 1, 1),
        "libraries": concerned.count(),
        "closures": Closure.objects.filter(source=situation.source).count(),
        "due_days": moved.filter(verb=Verb.POSTPONE, facts__reason__in=names).count(),
        "holds": moved.filter(verb=Verb.HOLD_LONGER).count(),
        "requests": Supply.objects.filter(
            lender__in=concerned, ending=Ending.CLOSED, closed_at__gte=since, closed_at__lte=at
        ).count(),
        "parcels": _delayed(situation).count(),
        "told": told.values("user").distinct().count(),
        "pages": len(situation.published),
        "changes": situation.changes.filter(while_on=True).count(),
    }


def _delayed(situation: Situation) -> QuerySet[Parcel]:
    """The parcels for which the van would have come on one of its days."""
    parcels = Parcel.objects.filter(last_at__gte=situation.ready_at).annotate(
        as_text=Cast("forecast", TextField())
    )
    found = Q(pk__in=())
    for name in situation.names():
        found |= Q(as_text__contains=json.dumps(name))
        found |= Q(as_text__contains=json.dumps(name, ensure_ascii=False))  # as PostgreSQL keeps it
    return parcels.filter(found)


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
