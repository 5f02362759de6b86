"""Counting what each library lent and borrowed: once for each loan, in its own transaction."""

from datetime import date, datetime

from django.db import connection
from django.db.models import F

from postroad.directory.models import Library
from postroad.ill.models import Tally

# Several loans of a library may be counted at once, each adding to what the others wrote.
ADD = """
    INSERT INTO ill_tally (library_id, month, lent, borrowed)
    VALUES (%s, %s, %s, %s), (%s, %s, %s, %s)
    ON CONFLICT (library_id, month) DO UPDATE
    SET lent = ill_tally.lent + excluded.lent, borrowed = ill_tally.borrowed + excluded.borrowed
"""


def count(*, lender: Library, borrower: Library, at: datetime) -> None:
    """One loan more in the lender's month."""
    month = _month(lender, at).isoformat()
    one, other = sorted([(lender.pk, month, 1, 0), (borrower.pk, month, 0, 1)])  # no deadlock
    with connection.cursor() as cursor:
        cursor.execute(ADD, [*one, *other])


def uncount(*, lender: Library, borrower: Library, at: datetime) -> None:
    """One loan less in the lender's month: it was shipped at `at`, and that was a mistake."""
    month = _month(lender, at)
    for library, field in sorted([(lender.pk, "lent"), (borrower.pk, "borrowed")]):
        rows = Tally.objects.filter(library=library, month=month)
        rows.update(**{field: F(field) - 1})


def _month(library: Library, at: datetime) -> date:
    return library.day_of(at).replace(day=1)
