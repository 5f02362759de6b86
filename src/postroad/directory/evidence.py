"""What was seen on a library's own website (R3, step 1): noted with who, when and where, and only
for a while. It says nothing of lending, and is no statement of the library."""

from datetime import date, datetime, timedelta

from postroad.directory import thresholds
from postroad.directory.models import Library
from postroad.directory.statements import Evidence


def runs_out(evidence: Evidence) -> date:
    """The last day on which it counts, by the threshold of the day on which it was seen."""
    days = thresholds.days("status-evidence", on=evidence.seen_on, library=evidence.library)
    return evidence.seen_on + timedelta(days=days)


def standing(library: Library, today: date) -> Evidence | None:
    """The newest that still counts; None: nobody has looked lately."""
    seen = Evidence.objects.filter(
        library=library, withdrawn_at__isnull=True, seen_on__lte=today
    ).select_related("library")
    newest = seen.first()
    return newest if newest is not None and runs_out(newest) >= today else None


def note(
    library: Library,
    *,
    address: str,
    seen: str,
    staff_on_site: bool,
    seen_on: date,
    initials: str,
    by: str,
    at: datetime,
) -> Evidence:
    """Write it down; the same said twice is one."""
    noted, _new = Evidence.objects.get_or_create(
        library=library,
        address=address,
        seen=seen,
        staff_on_site=staff_on_site,
        seen_on=seen_on,
        initials=initials.upper(),
        withdrawn_at=None,
        defaults={"noted_by": by, "noted_at": at},
    )
    return noted


def withdraw(evidence: Evidence, *, by: str, at: datetime | None) -> None:
    """It was a mistake; without a time: it was none, after all."""
    evidence.withdrawn_by, evidence.withdrawn_at = (by if at else ""), at
    evidence.save(update_fields=["withdrawn_by", "withdrawn_at"])
