"""What was agreed on between those who lend and those who borrow, as it stood on a day.

Of several that fit two libraries the one that names them most closely holds: a library goes before
a network, that before a state, and all come last; of equals the one that began last.
"""

from collections.abc import Sequence
from datetime import date

from django.core.cache import caches

from postroad.directory.models import Agreement, Library
from postroad.errors import Refusal

AT_HAND = 30  # seconds until a process reads the rows anew, and knows what another has changed
CLOSENESS = ("all", "state", "network", "library")


def between(lender: Library, borrower: Library, on: date) -> Agreement | None:
    """What holds for a loan of this lender to this borrower; None where nothing was agreed on."""
    begun = [each for each in _known() if each.effective <= on]
    if not begun:
        return None  # nobody asks where these two belong
    lends, borrows = names(lender), names(borrower)
    fits = [each for each in begun if each.lender_side in lends and each.borrower_side in borrows]
    return max(fits, key=_closeness, default=None)


def means(lender: Library, on: date) -> str:
    """What a due day of this lender means for whoever borrows of it and has agreed nothing else."""
    begun = [each for each in _known() if each.effective <= on and each.borrower_side == "all"]
    lends = names(lender) if begun else ()
    fits = [each for each in begun if each.lender_side in lends]
    agreed = max(fits, key=_closeness, default=None)
    return agreed.due_means if agreed else Agreement.DueMeans.AT_BORROWER


def say_what_due_means(lender: Library, means_now: str, on: date) -> None:
    """From this day on; what was lent before stays as it was (R14)."""
    if means(lender, on) == means_now:
        return
    side = f"library:{lender.code}"
    same = Agreement.objects.filter(lender_side=side, borrower_side="all")
    before = same.filter(effective__lte=on).order_by("-effective", "-pk").first()
    kept = {"silence_on_renewal": before.silence_on_renewal} if before is not None else {}
    Agreement.objects.update_or_create(
        lender_side=side,
        borrower_side="all",
        effective=on,
        defaults={"name": lender.name[:100], "due_means": means_now, **kept},
    )


class AgreedAlready(Refusal):
    """On this day something else was entered for the same two sides."""

    code = "agreed-already"


class AgreementHasBegun(Refusal):
    """It has held on some day, and the loans of that day go by it (R14)."""

    code = "agreement-has-begun"


class AgreementFollows(Refusal):
    """Numbers of days were entered under it."""

    code = "agreement-has-numbers"


def enter(new: Agreement) -> Agreement:
    """What holds between two sides from its day on; what was lent before stays as it was.

    Sent twice, it is entered once. Raises AgreedAlready.
    """
    row, fresh = Agreement.objects.get_or_create(
        lender_side=new.lender_side,
        borrower_side=new.borrower_side,
        effective=new.effective,
        defaults={name: getattr(new, name) for name in SAID},
    )
    if not fresh and any(getattr(row, name) != getattr(new, name) for name in SAID):
        raise AgreedAlready(day=new.effective, name=row.name)
    return row


SAID = ("name", "due_means", "silence_on_renewal")


def withdraw(row: Agreement, *, today: date) -> None:
    """Take back what has not begun to hold. Raises AgreementHasBegun or AgreementFollows."""
    if row.effective <= today:
        raise AgreementHasBegun(day=row.effective)
    if row.threshold_set.exists():
        raise AgreementFollows(name=row.name)
    row.delete()


def names(library: Library) -> dict[str, int]:
    """The sides on which a library stands."""
    network = f"network:{library.network.code}" if library.network is not None else ""
    every = ("all", f"state:{library.state}", network, f"library:{library.code}")
    return {name: place for place, name in enumerate(every) if name}


def _closeness(agreed: Agreement) -> tuple[int, date, int]:
    sides = (agreed.lender_side, agreed.borrower_side)
    near = sum(CLOSENESS.index(side.partition(":")[0]) for side in sides)
    return near, agreed.effective, agreed.pk


def _known() -> Sequence[Agreement]:
    """Read once a while: they change once in years, and every loan asks."""
    found: Sequence[Agreement] | None = caches["process"].get_or_set(
        "agreements", lambda: list(Agreement.objects.all()), AT_HAND
    )
    return found or ()
