"""Which libraries let requests lapse one after the other, so that the center may let them rest.

Counted are requests that a library did not answer within its own limit, since the last one that it
did answer. What lapsed because it had closed does not count.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from postroad.directory import pausing, thresholds
from postroad.directory.models import Library
from postroad.directory.statements import PauseSuggestion
from postroad.ill.lifecycle import Ending
from postroad.ill.models import Supply

AHEAD = timedelta(days=90)  # what lapsed longer ago tells nothing of today


def suggest(now: datetime) -> int:
    """Job: suggest a pause for each that left too many unanswered; how many are new."""
    limit = thresholds.days("pause-after", on=now.date())
    found = {
        library: (len(lapsed), lapsed[-1])
        for library, lapsed in in_a_row(now).items()
        if len(lapsed) >= limit
    }
    answering = PauseSuggestion.objects.filter(decided_at=None).exclude(library__in=found)
    answering.delete()  # they have answered since: nothing is to be decided any more
    return pausing.suggest(found, now)


def in_a_row(now: datetime) -> dict[int, list[datetime]]:
    """When each member let requests lapse, the last first, without an answer between them."""
    lapses = Supply.objects.filter(ending=Ending.LAPSED, closed_at__gt=now - AHEAD)
    lapses = lapses.filter(answered_at=None, lender__in=Library.objects.members())
    decided = _decided(lapses.values_list("lender", flat=True).distinct())
    found: dict[int, list[datetime]] = {}
    for library, closed_at in lapses.order_by("-closed_at", "-pk").values_list(
        "lender", "closed_at"
    ):
        assert closed_at is not None  # the filter looked
        if closed_at > decided.get(library, now - AHEAD):
            found.setdefault(library, []).append(closed_at)
    answered = Supply.objects.filter(lender__in=found, answered_at__gt=now - AHEAD).order_by()
    for library, at in answered.values_list("lender", "answered_at"):
        if library in found and at is not None:
            found[library] = [each for each in found[library] if each > at]
    return {library: lapsed for library, lapsed in found.items() if lapsed}


def _decided(libraries: Iterable[int | None]) -> dict[int, datetime]:
    """When the center last decided about each: what lapsed before that has been judged."""
    rows = PauseSuggestion.objects.filter(library__in=list(libraries), decided_at__isnull=False)
    latest: dict[int, datetime] = {}
    for library, at in rows.order_by("decided_at", "pk").values_list("library", "decided_at"):
        assert at is not None  # the filter looked
        latest[library] = at
    return latest
