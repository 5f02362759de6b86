"""Whose turn it is, and until when, in words."""

from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from postroad import words
from postroad.delivery.models import Parcel
from postroad.ill import turns
from postroad.ill.access import Sight
from postroad.ill.lifecycle import State
from postroad.ill.models import Loan, Request
from postroad.ill.turns import Turn


def turn(ill: Request, sight: Sight, now: datetime) -> str:
    """Whose turn it is, and until when."""
    if ill.state == State.DELIVERED and ill.due_at is not None and sight != Sight.PATRON:
        day = words.day(ill.library.day_of(ill.due_at))
        return _("Until %(day)s its reader can say that something is wrong with it.") % {"day": day}
    if ill.loan and (kept := no_day(turns.under_way(ill.loan))):
        return kept
    found = turns.of_request(ill, now)
    if found is None:
        return ""
    day = words.day(_last_day(ill, found, now))
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


def no_day(parcel: Parcel | None) -> str:
    """Why no day is named for what the van has or is to take; "" where one is."""
    if parcel is None or not parcel.no_day_because:
        return ""
    facts = {"why": parcel.no_day_because}
    if parcel.clock_stands:
        said = _(
            "No day can be promised for now (%(why)s). It is not late: no day counts until the "
            "van comes again."
        )
        return said % facts
    return _("No day can be promised for now (%(why)s).") % facts


def _last_day(ill: Request, found: Turn, now: datetime) -> date:
    """Until when: what is lent until its due day, though its clock rings only once the library is
    open again after it."""
    due, rings = ill.loan.due_back if ill.loan else None, timezone.localdate(found.until)
    if ill.state == State.LENT and due is not None and ill.library.day_of(now) <= due:
        return min(due, rings)
    return rings


def due_back(loan: Loan | None) -> str:
    return words.day(loan.due_back) if loan and loan.due_back else ""
