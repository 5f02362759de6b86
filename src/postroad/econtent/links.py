"""Whether the links to licensed resources answer: asked by night, a few of each, one at a time.

What a server refuses to a machine, or answers only slowly, is not known, and not dead. An address
is dead when it failed on three days.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from http import HTTPStatus

from django.conf import settings
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from postroad import fetching
from postroad.econtent.models import FailingLink, LinkTurn, Resource, Title, TitleList
from postroad.econtent.models.links import LONGEST
from postroad.fetching import NotFetched, Unreached

BY_NIGHT = range(1, 6)  # hours
DEAD = 3  # days
OF_A_LIST = 5  # titles a night
AGAIN = 20  # failing ones a night, of one resource
SECONDS = 10.0  # for one of them
A_WHILE = 60.0  # seconds for all of a resource
GONE = {HTTPStatus.NOT_FOUND, HTTPStatus.GONE}


@dataclass(frozen=True, slots=True)
class Asked:
    """An address, whose it is, and what came of asking. Neither works nor fails what a server
    keeps from us."""

    address: str
    title_list: int | None
    works: bool = False
    why: FailingLink.Why | None = None
    reached: bool = False  # some server answered


def check_by_night(now: datetime) -> int:
    """Job: the links of one resource whose turn it is."""
    if timezone.localtime(now).hour not in BY_NIGHT:
        return 0
    return check_next(now)


def check_next(now: datetime) -> int:
    today = timezone.localdate(now)
    resource = next_in_turn(today)
    if resource is None:
        return 0
    found = list(ask_for_a_while(resource))
    with transaction.atomic():
        write(resource, found, now, today)
    return len(found)


def ask_for_a_while(resource: Resource) -> Iterator[Asked]:
    """Other systems wait for the same lane, so slow servers are left until another night."""
    until = time.monotonic() + A_WHILE
    for address, title_list in addresses(resource):
        yield ask(address, title_list)
        if time.monotonic() >= until:
            return


def next_in_turn(today: date) -> Resource | None:
    """The one that was not asked for the longest, if not today."""
    done = LinkTurn.objects.filter(on=today).values("resource")
    waiting = [each for each in Resource.objects.exclude(pk__in=done) if not each.is_over(today)]
    tried = dict(LinkTurn.objects.values_list("resource", "tried_at"))
    never = datetime.min.replace(tzinfo=timezone.get_current_timezone())
    return min(waiting, key=lambda each: (tried.get(each.pk, never), each.pk), default=None)


def addresses(resource: Resource) -> Iterator[tuple[str, int | None]]:
    """Its own, those that failed last time, and the next titles of each list; each once."""
    seen = set[str]()
    for address, title_list in asked_for(resource):
        if address and len(address) <= LONGEST and address not in seen:
            seen.add(address)
            yield address, title_list


def asked_for(resource: Resource) -> Iterator[tuple[str, int | None]]:
    yield resource.address, None
    failing = resource.failing_links.order_by("failed_on", "pk")
    yield from failing.values_list("address", "title_list")[:AGAIN]
    for title_list in resource.lists.all():
        for title in sample(title_list):
            yield title.address, title_list.pk


def sample(title_list: TitleList) -> list[Title]:
    """The next titles behind the last that was asked, and from the start when all were."""
    live = title_list.titles.live().exclude(address="").order_by("pk")
    found = list(live.filter(pk__gt=title_list.checked_to)[:OF_A_LIST])
    return found or list(live[:OF_A_LIST])


def ask(address: str, title_list: int | None) -> Asked:
    try:
        status = fetching.knock(address, private=settings.FETCH_PRIVATE, seconds=SECONDS)
    except Unreached:
        return Asked(address, title_list, why=FailingLink.Why.UNREACHED)
    except NotFetched:
        return Asked(address, title_list)
    why = FailingLink.Why.GONE if status in GONE else None
    return Asked(address, title_list, status < fetching.REFUSED, why, reached=True)


def write(resource: Resource, found: list[Asked], now: datetime, today: date) -> None:
    """Where nothing at all was reached today, the fault may be ours: then it is tried again."""
    reached = any(each.reached for each in found)
    ours = not reached and not LinkTurn.objects.filter(on=today, reached=True).exists()
    is_done = not (ours and found)
    LinkTurn.objects.update_or_create(
        resource=resource,
        defaults={"tried_at": now, "reached": reached, **({"on": today} if is_done else {})},
    )
    if not is_done:
        return
    for each in found:
        if each.why is not None:
            fails(resource, each, today)
        elif each.works:
            resource.failing_links.filter(address=each.address).delete()
    for title_list in resource.lists.all():
        forget(title_list)
        asked = {each.address for each in found if each.title_list == title_list.pk}
        # Where the time ran out, the next night begins with the first that was not asked
        done = [title.pk for title in sample(title_list) if title.address in asked]
        if done:
            TitleList.objects.filter(pk=title_list.pk).update(checked_to=done[-1])


def forget(title_list: TitleList) -> None:
    """What failed and is not on the list any more."""
    failing = FailingLink.objects.filter(title_list=title_list)
    known = set(failing.values_list("address", flat=True))
    there = title_list.titles.live().filter(address__in=known) if known else Title.objects.none()
    failing.exclude(address__in=set(there.values_list("address", flat=True))).delete()


def fails(resource: Resource, asked: Asked, today: date) -> None:
    row, is_new = FailingLink.objects.get_or_create(
        resource=resource,
        address=asked.address,
        defaults={
            "title_list_id": asked.title_list,
            "why": asked.why,
            "since": today,
            "failed_on": today,
        },
    )
    if not is_new and row.failed_on < today:
        FailingLink.objects.filter(pk=row.pk).update(
            days=F("days") + 1, failed_on=today, why=asked.why
        )


def dead() -> QuerySet[FailingLink]:
    rows = FailingLink.objects.filter(days__gte=DEAD).select_related("resource", "title_list")
    return rows.order_by("resource__name", "since", "pk")
