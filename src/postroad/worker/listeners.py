"""Who hears of an event. Each bears being told twice; none counts on another.

None calls anything over a network: it writes a row of an outbox, which a job of the lanes `post`
or `net` sends (`worker/timetable.py`). For mail the notice is that row.
"""

from collections.abc import Callable, Mapping, Sequence
from copy import copy
from datetime import datetime
from typing import Any

from postroad.cases.models import CaseEvent, TalkEvent
from postroad.composed import Composed
from postroad.delivery import models as delivery
from postroad.directory.models import Happening
from postroad.guides.models import Announcement
from postroad.ill import document_delivery, intake, mending, mentioned, referral
from postroad.ill import models as ill
from postroad.ill.lifecycle import Verb
from postroad.notices import between, cases, charges, delivered, publishing, talk, tell, van
from postroad.telling import Told
from postroad.worker import turns

Listener = Callable[[Any, datetime], None]  # of an event of its room

LISTENERS: Mapping[type[Told], tuple[Listener, ...]] = {
    ill.Event: (
        intake.check,  # asked: approve, or leave for staff with a reason
        referral.refer,  # approved or turned down: ask the next lender
        tell.people,  # mail and on-screen notices
        between.sides,  # the same of what two sides ask each other
        delivered.people,  # and of a copy: it is here, taken back, or cannot be used
        charges.borrower,  # and of what one owes the other
        document_delivery.clear,  # a copy that was no good, and was not sent again: its file goes
        mending.look,  # said twice that it has none: the holding is doubted, its desk asked
    ),
    Announcement: (
        publishing.of_pages,  # subscribers and feeds hear of it
    ),
    Happening: (
        turns.follow_closures,  # due days, holds, waiting requests and parcels go by it at once
        publishing.of_libraries,  # subscribers and feeds hear of it
    ),
    delivery.Happening: (
        van.desks,  # mail and on-screen notices to the libraries of a delay
        van.reader,  # who waits for what comes later than she was told
    ),
    TalkEvent: (
        talk.other_side,  # mail and on-screen notices to who did not write
    ),
    CaseEvent: (
        mending.heed,  # the desk that was asked has it: no doubt any more
        mentioned.link,  # the requests of the numbers that were typed
        cases.parties,  # mail and on-screen notices to the two sides
    ),
}

# The verbs whose listeners ask for the request: it is brought to them with the event.
WITH_REQUEST = (
    frozenset({Verb.ASK, Verb.AMEND}) | referral.AWAITS_LENDER | referral.RELEASES | tell.HEARD
)

HEARD_OF = Composed(ill.Request.objects.heard_of)


def bring(events: Sequence[Told]) -> None:
    """Bring what the listeners of these will ask for, read at once for all of them."""
    bring_requests([each for each in events if isinstance(each, ill.Event)])


def bring_requests(events: Sequence[ill.Event]) -> None:
    """Let each event have its request. What one does to its own, no other sees.

    A listener that acts on what has moved since is refused by `move`, and told again.
    """
    wanted = [event for event in events if event.verb in WITH_REQUEST]
    if not wanted:
        return
    keys = {event.request_id for event in wanted}
    requests = {each.pk: each for each in HEARD_OF.find(keys)}
    for event in wanted:
        event.request = copy(requests[event.request_id])


def name(listener: Listener) -> str:
    """What an event remembers of a listener that was told: "intake.check"."""
    return f"{listener.__module__.rpartition('.')[2]}.{listener.__name__}"
