"""What follows by itself, or what she has to do, after the line that says how it stands."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from postroad.ill.lifecycle import Outcome, State
from postroad.ill.models import Request
from postroad.web.shared import mileposts

NEXT: Mapping[State, Promise] = {
    State.ASKED: gettext_lazy("We are checking the request; that takes a minute."),
    State.REVIEW: gettext_lazy(
        "Staff there will approve it or tell you why not, usually within two working days."
    ),
    State.APPROVED: gettext_lazy("We ask the library that can get it here soonest."),
    State.REFERRED: gettext_lazy(
        "It will be sent to you, or the next library will be asked. You do not need to do anything."
    ),
    State.WAITING: gettext_lazy(
        "We ask that library again on its day. If you cannot wait so long, ask your library's "
        "staff."
    ),
    State.CENTRE: gettext_lazy("The center asks libraries elsewhere, or tells you why it cannot."),
    State.SHIPPED: gettext_lazy(
        "We will tell you when it has arrived. Then pick it up with your library card."
    ),
    State.ARRIVED: gettext_lazy("Pick it up with your library card before it goes back."),
    State.LENT: gettext_lazy("Bring it back to the library where you picked it up."),
    State.BACK: gettext_lazy("You have nothing more to do."),
    State.DELIVERED: gettext_lazy("You have nothing more to do."),
    State.HOMEWARD: gettext_lazy(
        "You have nothing more to do. When it is home, your name is removed from this record."
    ),
}


# Of a copy, where it is otherwise than of a loan
FOR_COPY: Mapping[State, Promise] = {
    State.APPROVED: gettext_lazy("We ask the library that can send it soonest."),
    State.DELIVERED: gettext_lazy(
        "Save it, or print it: it can be opened here only for some days, and only a few times."
    ),
}

SENT_AS_LINK = gettext_lazy(
    "Read it there. If it is not there, say that something is wrong with it."
)

# The same of a request that ended without a loan.
AFTER: Mapping[str, Promise] = {
    Outcome.CANCELLED: gettext_lazy("If you want it after all, you can ask for it again."),
    Outcome.UNFILLED: gettext_lazy(
        "Another edition may work: search for the title again. Or talk to your library's staff; "
        "they may have another way."
    ),
    Outcome.EXPIRED: gettext_lazy("If you still want it, ask again with a later date, or no date."),
    Outcome.LOST: gettext_lazy("If you still want it, you can ask for it again."),
    Outcome.UNCLAIMED: gettext_lazy("If you still want it, you can ask for it again."),
}


def of(ill: Request, *, used_up: bool = False) -> str | Promise:
    """What she can expect, or has to do; nothing while staff have to settle something first, nor
    of a copy that is used up: its own part of the page has the way on."""
    if ill.state == State.ARRIVED and not mileposts.to_pick_up(ill):
        return ""
    if ill.supply is not None and ill.supply.link and ill.state == State.DELIVERED:
        return SENT_AS_LINK
    if used_up and ill.state == State.DELIVERED:
        return ""
    if ill.is_copy and (said := FOR_COPY.get(State(ill.state))):
        return said
    return AFTER.get(ill.outcome, "") or NEXT.get(State(ill.state), "")
