"""Taking back what was done by mistake: each such verb has an opposite, in the same tables."""

from collections.abc import Callable, Iterable
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from postroad.accounts.models import User
from postroad.errors import Refusal
from postroad.ill import borrowing, identity, lending, referral
from postroad.ill.lifecycle import Owner, SupplyState
from postroad.ill.models import Event

# What may come after a mistake without making it more than that: clocks that ring, an answer that
# changed nothing, a name that was taken from the record.
OF_NUMBERS = frozenset(
    {"number_entered", "number_corrected", "number_taken_off", "number_put_back"}
)
HARMLESS = OF_NUMBERS | {"nudge", "nudge_lender", "refuse_renewal", "forget", "correct"}

# After a "no" the machine goes on at once; until another library has promised, it can come back.
AFTER_A_NO = HARMLESS | {"refer", "escalate", "withdraw"}


class TooLateToUndo(Refusal):
    """Something else has happened to the request since, or this verb has no opposite."""

    code = "too-late-to-undo"


def _unship(event: Event, by: User | None, at: datetime | None) -> None:
    assert event.supply is not None  # a request is shipped with its supply
    event.supply.request = event.request
    lending.unship(event.supply, by=by, at=at)


def _unreceive(event: Event, by: User | None, at: datetime | None) -> None:
    borrowing.unreceive(event.request, by=by, at=at)
    if event.facts.get("unscanned"):  # then the shipment was written down by the same scan
        _unship_unscanned(event, by, at)


def _unship_unscanned(event: Event, by: User | None, at: datetime | None) -> None:
    supply = event.request.current
    assert supply is not None  # `unreceive` looked
    supply.request = event.request
    lending.unship(supply, by=by, at=at)


def _unrefuse(event: Event, by: User | None, at: datetime | None) -> None:
    """The lender has it after all: the copy is put right, and the request is its own again."""
    at = at or timezone.now()
    assert event.supply is not None  # a lender says no to its supply
    lending.found(event.facts.get("missed"))
    supply = referral.resume(
        event.supply, by=by, at=at, role=Owner.LENDING, why="mistake", taken=False
    )
    if event.supply_before == SupplyState.PROMISED:
        lending.promise(supply, by=by, at=at)


def _refind(event: Event, by: User | None, at: datetime | None) -> None:
    """The copy stood on its shelf after all: it is the one to fetch again."""
    assert event.supply is not None  # a copy is looked for on behalf of a supply
    at, supply = at or timezone.now(), event.supply
    supply.request = event.request
    lending.refind(supply, missed=event.facts.get("missed"), by=by, at=at)


Undo = Callable[[Event, User | None, datetime | None], None]
OPPOSITES: dict[str, Undo] = {
    "ship": _unship,
    "receive": _unreceive,
    "lend": lambda event, by, at: borrowing.unlend(event.request, by=by, at=at),
    "take_back": lambda event, by, at: borrowing.untake_back(event.request, by=by, at=at),
    "send_home": lambda event, by, at: borrowing.unsend(event.request, by=by, at=at),
    "unship": lambda event, by, at: lending.reship(event, by=by, at=at),
    "come_back": lambda event, by, at: lending.reship(event, by=by, at=at),
    "check_in": lambda event, by, at: lending.uncheck_in(event, by=by, at=at),
    "refuse": _unrefuse,
    "not_found": _refind,
}


@transaction.atomic
def undo(event: Event, *, by: User | None, at: datetime | None = None) -> None:
    """Take back the last thing that happened to a request; reminders since then do not count.

    Raises TooLateToUndo, or the refusal of the opposite verb: a parcel that the driver has
    collected is not unshipped from a desk.
    """
    if not is_last(event):
        raise TooLateToUndo(verb=event.verb, ref=event.request.ref)
    OPPOSITES[event.verb](event, by, at)


def is_last(event: Event, known: Iterable[Event] | None = None) -> bool:
    """Whether nothing has happened since that stands in the way of taking it back.

    Whoever has the events of the request at hand gives them: `known`.
    """
    if event.verb not in OPPOSITES:
        return False
    harmless = AFTER_A_NO if event.verb == "refuse" else HARMLESS
    if known is not None:
        return all(each.verb in harmless for each in known if each.pk > event.pk)
    since = Event.objects.filter(request=event.request_id, pk__gt=event.pk)  # clocks differ
    return not since.exclude(verb__in=harmless).exists()


def stands(token: str) -> bool:
    """Whether the event of this key can still be taken back."""
    event = Event.objects.filter(pk=token).first()
    return event is not None and is_last(event)


def may_take_back_no(event: Event, known: Iterable[Event] | None = None) -> bool:
    """Whether a "no" can still be taken back: what the button asks that offers it."""
    refused = event.verb in ("refuse", "not_found")
    if not refused or not is_last(event, known):
        return False
    return event.verb == "not_found" or identity.still_to_be_had(event.request)
