"""The numbers of days that the trade agreed on, each with the date from which it holds (R14)."""

from datetime import date

from django.db.models import F, Q

from postroad.directory.models import Library, Threshold

# What holds where no row says otherwise; the reason stands in docs/reference/thresholds.md.
DEFAULTS = {
    "courier-late": 14,  # calendar days since shipped, delivery between members (R10)
    "mail-late": 21,  # calendar days since shipped, by mail (R9)
    "centre-answer": 2,  # working days until the centre is reminded
    "staff-answer": 2,  # working days until borrowing staff are reminded
    "desk": 1,  # working days that an item may lie at a desk before it goes on
    "closure-patience": 4,  # calendar days that a request waits for a lender to open again
    "overdue-repeat": 7,  # calendar days between two reminders
    "due-soon": 3,  # calendar days before the due day on which the reader is reminded
    "forget-after-loan": 0,  # calendar days from check-in until the patron's name goes
    "forget-after-unfilled": 14,  # the same for a request that ended without a loan
}


def days(name: str, *, on: date, library: Library | None = None) -> int:
    """The threshold `name` as it stood on a day, for a library if it has its own.

    Raises KeyError for a name that nobody agreed on.
    """
    default = DEFAULTS[name]
    row = (
        Threshold.objects.filter(Q(library=library) | Q(library=None), name=name, effective__lte=on)
        .order_by(F("library").desc(nulls_last=True), "-effective")
        .values_list("days", flat=True)
        .first()
    )
    return default if row is None else row
