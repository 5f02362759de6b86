"""Pages that come and go by themselves: the editor has said on which day and at what time."""

import logging
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import transaction
from wagtail.models import Page, Revision

log = logging.getLogger(__name__)


def follow(now: datetime) -> int:
    """Take away what is over and publish what is due; how many it was.

    A page that cannot be published keeps no other from it; the job fails, and so is seen.
    """
    over = Page.objects.filter(live=True, expire_at__lte=now).order_by("expire_at", "pk")
    due = Revision.objects.filter(approved_go_live_at__lte=now)
    steps: list[Callable[[], Any]] = [
        *(lambda page=page: unpublish(page) for page in over),
        *(lambda one=one: publish(one) for one in due.order_by("approved_go_live_at", "pk")),
    ]
    failed: Exception | None = None
    for step in steps:
        try:
            with transaction.atomic():
                step()
        except Exception as why:
            log.exception("a page could not be published, or taken away, at its time")
            failed = why
    if failed is not None:
        raise failed
    return len(steps)


def unpublish(page: Page) -> None:
    page.specific.unpublish(set_expired=True, log_action="wagtail.unpublish.scheduled")


def publish(revision: Revision) -> None:
    revision.publish(log_action="wagtail.publish.scheduled")
