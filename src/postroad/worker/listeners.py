"""Who hears of an event. Each bears being told twice; none counts on another."""

from collections.abc import Callable
from datetime import datetime

from postroad.ill import intake, referral
from postroad.ill.models import Event
from postroad.notices import tell

Listener = Callable[[Event, datetime], None]

LISTENERS: tuple[Listener, ...] = (
    intake.check,  # asked: approve, or leave for staff with a reason
    referral.refer,  # approved or turned down: ask the next lender
    tell.people,  # mail and on-screen notices
)

# The verbs whose listeners ask for the request: it is brought to them with the event.
WITH_REQUEST = frozenset({"ask", "amend"}) | referral.AWAITS_LENDER | tell.HEARD


def name(listener: Listener) -> str:
    """What an event remembers of a listener that was told: "intake.check"."""
    return f"{listener.__module__.rpartition('.')[2]}.{listener.__name__}"
