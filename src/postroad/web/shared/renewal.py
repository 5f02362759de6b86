"""Renewing: what cannot be is said before anybody presses the button, and two presses are one."""

from collections.abc import Callable, Collection
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from postroad.accounts.models import User
from postroad.ill import borrowing
from postroad.ill.models import Event, Request
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


@transaction.atomic
def renew_once(find: Callable[[], Request], due: str, *, by: User) -> Event | None:
    """The lender's answer; None if the day that the page showed is no longer the due day."""
    Request.objects.select_for_update().get(pk=find().pk)  # two presses wait here for each other
    ill = find()
    if ill.due_back is not None and due != ill.due_back.isoformat():
        return None
    return borrowing.renew(ill, by=by)
