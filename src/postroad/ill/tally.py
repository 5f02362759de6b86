"""Counting what each library lent and borrowed, and the copies that it sent and had: once for each,
in its own transaction."""

from collections.abc import Mapping
from datetime import date, datetime

from django.db import connection
from django.db.models import F

from postroad.directory.models import Library
from postroad.ill.lifecycle import Service
from postroad.ill.models import Tally

# The columns of who sends it and of who gets it.
COLUMNS: Mapping[str, tuple[str, str]] = {
    Service.LOAN: ("lent", "borrowed"),
    Service.COPY: ("copies_sent", "copies_had"),
}
# Several loans of a library may be counted at once, each adding to what the others wrote.
ADD = """
    INSERT INTO ill_tally (library_id, month, lent, borrowed, copies_sent, copies_had)
    VALUES (%s, %s, %s, %s, %s, %s), (%s, %s, %s, %s, %s, %s)
    ON CONFLICT (library_id, month) DO UPDATE
    SET lent = ill_tally.lent + excluded.lent,
        borrowed = ill_tally.borrowed + excluded.borrowed,
        copies_sent = ill_tally.copies_sent + excluded.copies_sent,
        copies_had = ill_tally.copies_had + excluded.copies_had
"""


def count(*, lender: Library, borrower: Library, at: datetime, service: str = Service.LOAN) -> None:
    """One more in the lender's month."""
    month = _month(lender, at).isoformat()
    sends, gets = ((1, 0, 0, 0), (0, 1, 0, 0))
    if service == Service.COPY:
        sends, gets = ((0, 0, 1, 0), (0, 0, 0, 1))
    one, other = sorted([(lender.pk, month, *sends), (borrower.pk, month, *gets)])  # no deadlock
    with connection.cursor() as cursor:
        cursor.execute(ADD, [*one, *other])


def uncount(
    *, lender: Library, borrower: Library, at: datetime, service: str = Service.LOAN
) -> None:
    """One less in the lender's month: it was sent at `at`, and that was a mistake."""
    month = _month(lender, at)
    sends, gets = COLUMNS[service]
    for library, field in sorted([(lender.pk, sends), (borrower.pk, gets)]):
        rows = Tally.objects.filter(library=library, month=month)
        rows.update(**{field: F(field) - 1})


def _month(library: Library, at: datetime) -> date:
    return library.day_of(at).replace(day=1)
