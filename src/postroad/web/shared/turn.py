"""Whose turn it is, and until when, in words."""

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from postroad import words
from postroad.ill import dates
from postroad.ill.access import Sight
from postroad.ill.lifecycle import ON_LOAN, State
from postroad.ill.models import Loan, Request


def turn(ill: Request, sight: Sight, now: datetime) -> str:
    """Whose turn it is, and until when."""
    until = deadline(ill)
    if until is None:
        return ""
    day = words.day(timezone.localdate(until))
    loan = ill.loan
    if ill.state == State.LENT and loan is not None and dates.is_overdue(loan, now):
        if sight == Sight.PATRON:
            return _("It is your turn: it was due on %(day)s.") % {"day": due_back(loan)}
        return _("The patron will be reminded again after %(day)s.") % {"day": day}
    if ill.owner == sight:
        if until < now:
            return _("It is your turn, since %(day)s.") % {"day": day}
        return _("It is your turn, until %(day)s.") % {"day": day}
    facts = {"who": words.label(words.ill.OWNERS, ill.owner), "day": day}
    if until < now:
        return _("Next to act: %(who)s, since %(day)s.") % facts
    return _("Next to act: %(who)s, by %(day)s.") % facts


def due_back(loan: Loan | None) -> str:
    return words.day(loan.due_back) if loan and loan.due_back else ""


def deadline(ill: Request) -> datetime | None:
    """When the one clock rings that runs: the request's until a lender has it in hand, then that of
    the attempt, then that of the foremost thing."""
    row = ill.loan if ill.state in ON_LOAN else ill.supply
    return ill.due_at or (row.due_at if row else None)
