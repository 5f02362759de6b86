"""Readers say that a link did not work: counted for the office, and nobody's name is kept."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import F

from postroad.accounts.models import User
from postroad.econtent.models import LinkReport, Title
from postroad.econtent.models.links import LONGEST


def report(title: Title, *, now: datetime) -> None:
    """Once more, or for the first time, of the address at which this title should be."""
    address = (title.address or title.title_list.resource.address)[:LONGEST]
    waiting = LinkReport.objects.filter(
        title_list=title.title_list_id, address=address, settled_at=None
    )
    more = {"count": F("count") + 1, "last_at": now}
    if waiting.update(**more):
        return
    try:
        with transaction.atomic():
            LinkReport.objects.create(
                title_list_id=title.title_list_id, address=address, first_at=now, last_at=now
            )
    except IntegrityError:  # somebody else was first just now
        waiting.update(**more)


def settle(report: LinkReport, *, by: User | None, now: datetime) -> bool:
    """Somebody has looked; False if another was quicker."""
    waiting = LinkReport.objects.filter(pk=report.pk, settled_at=None)
    return bool(waiting.update(settled_at=now, settled_by=by))


def reopen(report: LinkReport) -> bool:
    """It does not work after all; False if it has been reported anew meanwhile."""
    try:
        with transaction.atomic():
            settled = LinkReport.objects.filter(pk=report.pk, settled_at__isnull=False)
            return bool(settled.update(settled_at=None, settled_by=None))
    except IntegrityError:
        return False
