"""Counting what each library lent and borrowed: once for each loan, in its own transaction."""

from collections.abc import Collection
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import F, Sum

from postroad.directory.models import Library
from postroad.ill.models import Tally

YEAR = timedelta(days=365)


def count(*, lender: Library, borrower: Library, at: datetime, by: int = 1) -> None:
    """One loan more, or (by=-1) one less, in the lender's month.

    In a fixed order, so that two loans cannot deadlock.
    """
    month = lender.day_of(at).replace(day=1)
    steps = sorted([(lender.pk, "lent"), (borrower.pk, "borrowed")])
    for library, field in steps:
        _add(library, month, field, by)


def _add(library: int, month: date, field: str, by: int) -> None:
    row = Tally.objects.filter(library_id=library, month=month)
    if row.update(**{field: F(field) + by}) or by < 0:
        return
    try:
        with transaction.atomic():
            Tally.objects.create(library_id=library, month=month, **{field: by})
    except IntegrityError:  # the month's first loan was counted by another process just now
        row.update(**{field: F(field) + by})


def of_the_year(libraries: Collection[int], today: date) -> dict[int, tuple[int, int]]:
    """(lent, borrowed) of each library in the last twelve months, in one query."""
    rows = (
        Tally.objects.filter(library__in=libraries, month__gt=today - YEAR)
        .values_list("library_id")
        .annotate(Sum("lent"), Sum("borrowed"))
    )
    return {library: (lent, borrowed) for library, lent, borrowed in rows}
