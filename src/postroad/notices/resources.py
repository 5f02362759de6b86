"""Telling of licensed resources that end: when a payer's money does, and before any last day.

Each library hears in one letter of all that it loses, once; and once more, should the money go on
after all. What was entered by mistake may be taken back for a while before anybody hears of it.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format

from postroad.accounts.models import Role
from postroad.directory import thresholds
from postroad.directory.models import Library
from postroad.econtent import funding
from postroad.econtent.models import FundingEnd, Resource
from postroad.notices import tell
from postroad.notices.models import Kind, Notice

MONEY, LAST_DAYS = "econtent.funding", "econtent.ends"  # sources of these notices
PATIENCE = timedelta(minutes=10)  # until libraries are told of money that ends
LINES = 30  # resources in a letter


@dataclass(frozen=True, slots=True)
class ResourceFacts:
    """What the templates may say of resources that end, or go on."""

    resources: int
    lines: tuple[str, ...] = ()
    payer: str = ""
    day: str = ""  # with its year: it may be far


def tell_of_money(now: datetime) -> int:
    """Job: tell whoever loses something of money that ends, and who was told that it goes on; of
    how much money that was."""
    unheard = FundingEnd.objects.filter(told_at=None, undone_at=None, at__lte=now - PATIENCE)
    regained = FundingEnd.objects.filter(
        told_at__isnull=False, undone_at__isnull=False, undone_told_at=None
    )
    todo = [(ends, each) for each in unheard.values_list("pk", flat=True)]
    todo += [(stays, each) for each in regained.values_list("pk", flat=True)]
    for telling, key in todo:
        telling(key, now)
    return len(todo)


@transaction.atomic
def ends(key: int, now: datetime) -> None:
    ended = FundingEnd.objects.select_for_update(no_key=True).get(pk=key)
    if ended.told_at is not None or ended.undone_at is not None:
        return
    today = timezone.localdate(now)
    lost = funding.lost(ended)
    losses = funding.losses_by_library(funding.losses(lost))
    tell.write(
        of_money(Kind.FUNDING_ENDS, ended, library, resources, now)
        for library, resources in losses.items()
    )
    mark_warned(lost, today)
    FundingEnd.objects.filter(pk=key).update(told_at=now)


@transaction.atomic
def stays(key: int, now: datetime) -> None:
    """To those alone who heard that it ends, of what does not end on that day any more."""
    ended = FundingEnd.objects.select_for_update(no_key=True).get(pk=key)
    if ended.undone_told_at is not None:
        return
    losses = funding.losses_by_library(funding.losses(funding.regained(ended)))
    heard = Notice.objects.filter(source=MONEY, source_key=str(key), kind=Kind.FUNDING_ENDS)
    who = set(heard.values_list("library", flat=True))
    tell.write(
        of_money(Kind.FUNDING_STAYS, ended, library, resources, now)
        for library, resources in losses.items()
        if library.pk in who
    )
    FundingEnd.objects.filter(pk=key).update(undone_told_at=now)


def of_money(
    kind: Kind, ended: FundingEnd, library: Library, resources: Collection[Resource], now: datetime
) -> Notice:
    names = sorted((each.name for each in resources), key=str.casefold)
    return tell.compose(
        kind,
        library,
        ResourceFacts(len(names), tuple(names[:LINES]), ended.payer, written(ended.ends_on)),
        source=MONEY,
        source_key=ended.pk,
        now=now,
        about=f"e-resources:{library.code}",
    )


def warn(now: datetime) -> int:
    """Job: tell libraries and the center of what ends soon, at each of the days that hold; of how
    many resources."""
    today = timezone.localdate(now)
    with transaction.atomic():
        due = [each for each in soon(today) if not is_warned(each, today)]
        if not due:
            return 0
        losses = funding.losses_by_library(funding.losses(due))
        of_center = of_days(Role.CENTRE, due, today, now)
        tell.write([of_center, *(of_days(*each, today, now) for each in losses.items())])
        mark_warned(due, today)
    return len(due)


def soon(today: date) -> list[Resource]:
    last = today + timedelta(days=thresholds.days("resource-ends", on=today))
    rows = Resource.objects.usable(today).select_for_update(no_key=True)
    return list(rows.filter(Q(trial_until__lte=last) | Q(ends_on__lte=last)).order_by("pk"))


def stage(resource: Resource, today: date) -> int | None:
    """How many days before its end its libraries are told at the latest by now."""
    if resource.last_day is None:
        return None
    left = (resource.last_day - today).days
    names = ("resource-ends", "resource-ends-soon")
    reached = [days for name in names if left <= (days := thresholds.days(name, on=today))]
    return min(reached, default=None)


def is_warned(resource: Resource, today: date) -> bool:
    """Of this very day, and not earlier than there was to say."""
    now, before = stage(resource, today), resource.warned_days
    if resource.warned_of != resource.last_day or before is None:
        return False
    return now is None or before <= now


def mark_warned(resources: Iterable[Resource], today: date) -> None:
    for each in resources:
        each.warned_of, each.warned_days = each.last_day, stage(each, today)
        Resource.objects.filter(pk=each.pk).update(
            warned_of=each.warned_of, warned_days=each.warned_days
        )


def written(day: date) -> str:
    return date_format(day, "j F Y")


def of_days(
    to: Library | Role, resources: Collection[Resource], today: date, now: datetime
) -> Notice:
    days = [each.last_day for each in resources if each.last_day]
    newest = max(each.pk for each in resources)
    lines = tuple(
        f"{each.name} ({written(each.last_day)})"
        for each in sorted(resources, key=lambda each: (each.last_day or today, each.name))
        if each.last_day
    )
    return tell.compose(
        Kind.RESOURCE_ENDS,
        to,
        ResourceFacts(len(lines), lines[:LINES], day=written(min(days))),
        source=LAST_DAYS,
        source_key=f"{today} {max(days)} {len(lines)} {newest}",
        now=now,
        about=f"e-resources:{to.code}" if isinstance(to, Library) else "funding",
    )
