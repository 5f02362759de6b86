"""Announcements: a page is published for the first time, or an editor announces it again (R15).

Wagtail's own signal is the edge, by whichever way a page is published: by an editor, or by its
schedule. A process that is killed between the page and the signal loses nothing: `follow` looks for
pages that are published and were never announced. No edit of a page is announced.
"""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from wagtail.models import Page
from wagtail.signals import page_published

from postroad.guides.models import Announcement, AnswerPage, GuidePage, NewsPage

KINDS = (GuidePage, AnswerPage, NewsPage)
BATCH = 100


def listen() -> None:
    page_published.connect(published, dispatch_uid="postroad.guides.announcing")


def published(*, instance: Page, revision: Any = None, **_: Any) -> None:
    """A page has gone out; if never before, that is announced. The signal is sent as well when a
    page is only put on the schedule."""
    if instance.live and isinstance(instance, KINDS):
        user = getattr(revision, "user", None)
        first(instance, by=str(user or ""), at=timezone.now())


def first(page: Page, *, by: str = "", at: datetime) -> None:
    """Once a page, whoever finds out first."""
    Announcement.objects.get_or_create(
        page_id=page.pk,
        first=True,
        defaults={"verb": "publish", "at": at, "due_at": at, "by": by[:150]},
    )


@transaction.atomic
def again(page: Page, *, by: str, at: datetime) -> None:
    """An editor wants it to be heard of once more."""
    Announcement.objects.create(
        page_id=page.pk, first=False, verb="announce", at=at, due_at=at, by=by[:150]
    )


def follow(now: datetime) -> int:
    """Job: announce what was published and announced by nobody; how much it was."""
    announced = Announcement.objects.filter(first=True).values("page")
    forgotten = Page.objects.live().exact_type(*KINDS).exclude(pk__in=announced)
    found = list(forgotten.order_by("first_published_at", "pk")[:BATCH])
    for page in found:
        first(page, at=page.first_published_at or now)
    return len(found)
