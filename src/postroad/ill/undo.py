"""Taking back what was done by mistake: each such verb has an opposite, in the same tables."""

from collections.abc import Callable
from datetime import datetime

from postroad.accounts.models import User
from postroad.errors import Refusal
from postroad.ill import borrowing, lending
from postroad.ill.models import Event


class TooLateToUndo(Refusal):
    """Something else has happened to the request since, or this verb has no opposite."""

    code = "too-late-to-undo"


def _unship(event: Event, by: User | None, at: datetime | None) -> None:
    assert event.supply is not None  # a request is shipped with its supply
    event.supply.request = event.request
    lending.unship(event.supply, by=by, at=at)


Undo = Callable[[Event, User | None, datetime | None], None]
OPPOSITES: dict[str, Undo] = {
    "ship": _unship,
    "receive": lambda event, by, at: borrowing.unreceive(event.request, by=by, at=at),
    "lend": lambda event, by, at: borrowing.unlend(event.request, by=by, at=at),
    "take_back": lambda event, by, at: borrowing.untake_back(event.request, by=by, at=at),
    "send_home": lambda event, by, at: borrowing.unsend(event.request, by=by, at=at),
}


def undo(event: Event, *, by: User | None, at: datetime | None = None) -> None:
    """Take back the last thing that happened to a request.

    Raises TooLateToUndo, or the refusal of the opposite verb: a parcel that the driver has
    collected is not unshipped from a desk.
    """
    last = Event.objects.filter(request=event.request_id).order_by("pk").last()  # clocks differ
    if last is None or last.pk != event.pk or event.verb not in OPPOSITES:
        raise TooLateToUndo(verb=event.verb, ref=event.request.ref)
    OPPOSITES[event.verb](event, by, at)
