"""What cannot be renewed, said before anybody presses the button."""

from collections.abc import Collection
from datetime import datetime

from django.utils.translation import gettext as _

from postroad.ill import borrowing
from postroad.ill.models import Request
from postroad.web import words


def no_renewal(ill: Request, now: datetime, waited_for: Collection[int]) -> str:
    """The sentence that stands in the button's place, or nothing where the lender would say yes."""
    if ill.current is None:
        return ""
    why = borrowing.why_not_renew(ill, ill.current, now, waited_for)
    return (
        _("It cannot be renewed: %(why)s.") % {"why": words.label(words.NO_RENEWAL, why)}
        if why
        else ""
    )
