"""Renewing, in words: what cannot be is said before anybody presses the button."""

from collections.abc import Collection
from datetime import datetime

from django.utils.translation import gettext as _

from postroad import words
from postroad.ill import renewals
from postroad.ill.models import Loan
from postroad.ill.renewals import NoRenewal


def no_renewal(
    loan: Loan | None,
    now: datetime,
    held_for_others: Collection[int],
    blocked: str = "",
    *,
    to_her: bool = True,
) -> str:
    """The sentence that stands in the button's place, or nothing where the answer would be yes.

    `to_her` adds what the patron herself can do.
    """
    if loan is None:
        return ""
    why = renewals.why_not(loan, now, held_for_others, blocked)
    if why is None:
        return ""
    said = _("It cannot be renewed: %(why)s.") % {"why": words.label(words.ill.NO_RENEWAL, why)}
    return f"{said} {after_no(why)}" if to_her else said


def after_no(why: str) -> str:
    """What a patron can do after a renewal was refused."""
    if why == NoRenewal.BLOCKED:
        return _("Ask at your library; staff can help you.")
    if why == NoRenewal.OVERDUE:
        return _("Please bring it back; if you need it longer, talk to your library.")
    return _("Bring it back by its due date; you can ask for it again after that.")
