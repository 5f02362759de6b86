"""Whose turn it is, and until when, in words."""

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from postroad import words
from postroad.ill import dates
from postroad.ill.access import Sight
from postroad.ill.lifecycle import State
from postroad.ill.models import Request


def turn(ill: Request, sight: Sight, now: datetime) -> str:
    """Whose turn it is, and until when."""
    until = deadline(ill)
    if until is None:
        return ""
    day = words.day(timezone.localdate(until))
    if ill.state == State.LENT and dates.is_overdue(ill, now):
        if sight == Sight.PATRON:
            return _("It is your turn: it was due on %(day)s.") % {"day": due_back(ill)}
        return _("The patron will be reminded again after %(day)s.") % {"day": day}
    if ill.owner == sight:
        if until < now:
            return _("It is your turn, since %(day)s.") % {"day": day}
        return _("It is your turn, until %(day)s.") % {"day": day}
    facts = {"who": words.label(words.ill.OWNERS, ill.owner), "day": day}
    if until < now:
        return _("Next to act: %(who)s, since %(day)s.") % facts
    return _("Next to act: %(who)s, by %(day)s.") % facts


def due_back(ill: Request) -> str:
    return words.day(ill.due_back) if ill.due_back else ""


def deadline(ill: Request) -> datetime | None:
    """The lender's own while it has the request in hand: the request's clock is the longer one."""
    asked = ill.current if ill.state == State.REFERRED else None
    return asked.due_at if asked and asked.due_at else ill.due_at
