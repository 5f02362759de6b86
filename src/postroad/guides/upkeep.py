"""Who keeps which page right, and which have waited too long to be read again."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from postroad.accounts.models import User
from postroad.guides.kept_up import editors_now
from postroad.guides.models import AnswerPage, GuidePage

KINDS = (GuidePage, AnswerPage)


def overdue(today: date) -> list[Any]:
    """Published pages whose day to be read again has come, the longest overdue first."""
    found = pages(review_by__lte=today)
    return sorted(found, key=lambda page: (page.review_by, page.title))


def unowned() -> list[Any]:
    """Published pages that nobody keeps, or somebody who is no editor any more; by title."""
    keepers = set(User.objects.filter(editors_now()).values_list("pk", flat=True))
    return sorted(
        (page for page in pages() if page.maintainer_id not in keepers),
        key=lambda page: page.title,
    )


def pages(**chosen: object) -> Iterator[Any]:
    for kind in KINDS:
        yield from kind.objects.live().filter(**chosen).select_related("maintainer")


def to_remind(today: date) -> Iterable[tuple[Any, User | None]]:
    """What is overdue, each with whom to tell; None where all editors are told."""
    keepers = set(User.objects.filter(editors_now()).values_list("pk", flat=True))
    for page in overdue(today):
        yield page, page.maintainer if page.maintainer_id in keepers else None


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The two lists, whole. Wagtail's gate of editors stands before it."""
    today = timezone.localdate()
    lists = {"overdue": overdue(today), "unowned": unowned()}
    return render(request, "guides/upkeep.html", lists)
