"""Whose turn it is, and until when, in words."""

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from postroad import words
from postroad.ill import turns
from postroad.ill.access import Sight
from postroad.ill.models import Loan, Request


def turn(ill: Request, sight: Sight, now: datetime) -> str:
    """Whose turn it is, and until when."""
    found = turns.of_request(ill, now)
    if found is None:
        return ""
    day = words.day(timezone.localdate(found.until))
    if found.overdue:
        if sight == Sight.PATRON:
            return _("It is your turn: it was due on %(day)s.") % {"day": due_back(ill.loan)}
        return _("The patron will be reminded again after %(day)s.") % {"day": day}
    if found.owner.value == sight.value:
        if found.late:
            return _("It is your turn, since %(day)s.") % {"day": day}
        return _("It is your turn, until %(day)s.") % {"day": day}
    facts = {"who": words.label(words.ill.OWNERS, found.owner), "day": day}
    if found.late:
        return _("Next to act: %(who)s, since %(day)s.") % facts
    return _("Next to act: %(who)s, by %(day)s.") % facts


def due_back(loan: Loan | None) -> str:
    return words.day(loan.due_back) if loan and loan.due_back else ""
