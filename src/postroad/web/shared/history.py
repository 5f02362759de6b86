"""What happened to a request, as plain sentences: events and the custody ledger in one."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from postroad import words
from postroad.delivery import custody
from postroad.delivery.models import Custody, CustodyStep, Parcel
from postroad.ill import renewals
from postroad.ill.access import Sight
from postroad.ill.lifecycle import CHECKED_IN_FROM, WAITING
from postroad.ill.models import Event, Request
from postroad.web.shared.pieces import Told

Sentences = Mapping[str, Promise]
REOPENS = tuple(f"reopen_{state}" for state in CHECKED_IN_FROM)

# What staff read. The facts of the event stand in by name.
FOR_STAFF: Sentences = {
    "ask": gettext_lazy("Asked for."),
    "review": gettext_lazy("Left for staff review: %(concerns)s."),
    "amend": gettext_lazy("Changed: %(changes)s."),
    "approve": gettext_lazy("Approved."),
    "refer": gettext_lazy("Sent to %(lender)s in %(town)s; could arrive on %(expected_on)s."),
    "escalate": gettext_lazy("No member library can supply it now; passed to the ILL center."),
    "refer_outside": gettext_lazy("Asked %(lender)s, not a member library: %(through)s."),
    "correct": gettext_lazy("Corrected: asked %(lender)s, not a member library: %(through)s."),
    "number_entered": gettext_lazy("Entered: %(of)s %(number)s."),
    "number_corrected": gettext_lazy(
        "Corrected: %(of)s %(number)s; it was %(was_of)s %(was_number)s."
    ),
    "number_taken_off": gettext_lazy("Taken off: %(of)s %(number)s."),
    "number_put_back": gettext_lazy("Put back: %(of)s %(number)s."),
    "refer_again": gettext_lazy("Sent to the member libraries again."),
    "promise": gettext_lazy("%(lender)s said yes."),
    "refuse": gettext_lazy("%(lender)s said no: %(reason)s."),
    "lapse": gettext_lazy("%(lender)s %(ending)s."),
    "ship": gettext_lazy("Shipped by %(lender)s; should arrive on %(expected_on)s."),
    "ship_unscanned": gettext_lazy("Left %(lender)s without a scan; %(to)s has it."),
    "not_found": gettext_lazy("A copy was not on its shelf at %(lender)s; it looks for another."),
    "find": gettext_lazy("The copy is on its shelf at %(lender)s after all."),
    "resume": gettext_lazy("%(lender)s has it after all: %(why)s."),
    "withdraw": gettext_lazy("%(lender)s no longer needs to look for it."),
    "unship": gettext_lazy("The shipment was undone at %(lender)s."),
    "come_back": gettext_lazy("Came back to %(lender)s without arriving."),
    "receive": gettext_lazy("Arrived from %(from)s; due back on %(due_back)s."),
    "unreceive": gettext_lazy("The receipt was undone: it has not arrived."),
    "lend": gettext_lazy("Lent to the patron until %(due_back)s."),
    "unlend": gettext_lazy("The loan was undone: it is on the hold shelf."),
    "postpone": gettext_lazy("Due on %(due_back)s instead of %(was)s: its library is closed then."),
    "hold_longer": gettext_lazy("Held until %(until)s: days of a closure do not count."),
    "renew": gettext_lazy("Renewed until %(due_back)s."),
    "refuse_renewal": gettext_lazy("Renewal refused: %(why)s."),
    "take_back": gettext_lazy("Brought back by the patron."),
    "untake_back": gettext_lazy("The return was undone: the patron still has it."),
    "send_home": gettext_lazy("Sent home to %(to)s."),
    "unsend": gettext_lazy("Sending home was undone: it is still at the desk."),
    "reshelve": gettext_lazy("Sending home was undone: it is on the hold shelf."),
    "check_in": gettext_lazy("Checked in at %(lender)s."),
    **dict.fromkeys(REOPENS, gettext_lazy("The check-in at %(lender)s was undone.")),
    "cancel": gettext_lazy("Canceled."),
    "decline": gettext_lazy("Closed unfilled: %(reason)s"),
    "expire": gettext_lazy("Ended: the date it was needed by has passed."),
    "nudge": gettext_lazy("Time is up: %(state)s."),
    "nudge_lender": gettext_lazy("Time is up: %(state)s."),
    "forget": gettext_lazy("The patron's name was removed from this record."),
}

# What the patron reads; what is not here, she is spared.
FOR_PATRON: Sentences = {
    "ask": gettext_lazy("You asked for it."),
    "amend": gettext_lazy("Changed: %(changes)s."),
    "review": gettext_lazy("Your library is looking at the request."),
    "refer": gettext_lazy("%(lender)s was asked to send it."),
    "escalate": gettext_lazy("The ILL center is looking for it farther away."),
    "refer_outside": gettext_lazy("%(lender)s was asked to send it."),
    "promise": gettext_lazy("%(lender)s said yes."),
    "refuse": gettext_lazy("%(lender)s could not send it."),
    "lapse": gettext_lazy("%(lender)s could not send it."),
    "ship": gettext_lazy("%(lender)s sent it."),
    "unship": gettext_lazy("%(lender)s has not sent it after all."),
    "come_back": gettext_lazy("It got lost on the way and came back to %(lender)s."),
    "receive": gettext_lazy("It arrived."),
    "unreceive": gettext_lazy("It has not arrived after all. We are sorry."),
    "lend": gettext_lazy("You took it home, until %(due_back)s."),
    "unlend": gettext_lazy("It is on the hold shelf."),
    "postpone": gettext_lazy(
        "Due on %(due_back)s instead of %(was)s: your library is closed then."
    ),
    "hold_longer": gettext_lazy(
        "It is held for you until %(until)s, since your library is closed."
    ),
    "renew": gettext_lazy("Renewed until %(due_back)s."),
    "refuse_renewal": gettext_lazy("It could not be renewed: %(why)s."),
    "take_back": gettext_lazy("You brought it back."),
    "untake_back": gettext_lazy("It is still with you."),
    "send_home": gettext_lazy("It was sent home."),
    "reshelve": gettext_lazy("It is on the hold shelf again."),
    "resume": gettext_lazy("%(lender)s has it after all."),
    "check_in": gettext_lazy("It has been returned."),
    **dict.fromkeys(REOPENS, gettext_lazy("It is not home yet after all.")),
    "cancel": gettext_lazy("Canceled."),
    "decline": gettext_lazy("It could not be supplied. %(reason)s"),
    "expire": gettext_lazy("The date you needed it by has passed."),
}

# What stays to be said when the words that were written to the patron have gone with her name.
FORGOTTEN: Sentences = {"decline": gettext_lazy("Closed unfilled.")}

# What the ledger adds; the desks' own steps are events already.
CUSTODY: Mapping[CustodyStep, Promise] = {
    CustodyStep.PICKED_UP: gettext_lazy("The van picked it up at %(place)s."),
    CustodyStep.SORTED: gettext_lazy("Sorted for its route."),
    CustodyStep.DROPPED: gettext_lazy("The van left it at %(place)s."),
}

DAYS = ("expected_on", "due_back", "was", "until")
CODES: Mapping[str, Mapping[str, Promise]] = {
    "reason": words.ill.REASONS,
    "ending": words.ill.ENDINGS,
    "why": {**words.ill.NO_RENEWAL, **words.ill.RESUMED},
    "state": words.ill.TIME_IS_UP,
    "rests_on": words.ill.PROOFS,
    "of": words.ill.NUMBER_SYSTEMS,
    "was_of": words.ill.NUMBER_SYSTEMS,
}
ROLES: Mapping[str, Promise] = {
    **words.ill.OWNERS,
    "machine": gettext_lazy("automatic"),
}


def history(
    ill: Request,
    sight: Sight,
    events: Iterable[Event] | None = None,
    libraries: Collection[int] | None = None,
) -> list[Told]:
    """The story so far, the newest first, in the words that this reader may see. Four queries.

    With `libraries` (their keys), of the parcels only those that left or went to one of them.
    """
    if events is None:
        events = ill.events.select_related("by")
    sentences = FOR_PATRON if sight == Sight.PATRON else FOR_STAFF
    told = [
        tell(event, sentences, sight)
        for event in events
        if event.verb in sentences and not said_by_the_other(event, sight)
    ]
    told += [line for parcel in parcels_of(ill, libraries) for line in road(parcel)]
    return sorted(told, key=lambda line: line.at)[::-1]


def said_by_the_other(event: Event, sight: Sight) -> bool:
    """Whether a clock rang on the reader's own side at the same time: both ring once it is sent."""
    other = "nudge" if sight == Sight.LENDING else "nudge_lender"
    return event.verb == other and event.supply_after not in WAITING


def tell(event: Event, sentences: Sentences, sight: Sight) -> Told:
    """One event as a sentence, with who did it where the reader may know."""
    silent = event.verb in FORGOTTEN and not event.facts
    sentence = str((FORGOTTEN if silent else sentences)[saying(event, sentences)]) % facts(
        event, sight
    )
    if event.facts.get("rests_on") and sight != Sight.PATRON:
        sentence = f"{sentence} {_('We know it because %(rests_on)s.') % facts(event, sight)}"
    if event.verb == "renew" and event.facts.get("blocked") and sight == Sight.BORROWING:
        sentence = f"{sentence} {_('The card was blocked.')}"
    if sight == Sight.PATRON:
        return Told(sentence, event.at)
    note = event.note if sight.reads_notes else ""
    return Told(sentence, event.at, who(event, sight), note)


def saying(event: Event, sentences: Sentences) -> str:
    """The name of the sentence: a shipment that only its receipt told of has one of its own."""
    unscanned = f"{event.verb}_unscanned"
    return unscanned if event.facts.get("unscanned") and unscanned in sentences else event.verb


def facts(event: Event, sight: Sight) -> dict[str, Any]:
    """The event's facts in words: days as days, codes as what they mean. Why a card is blocked, or
    that it is, nobody reads who does not know whose it is."""
    said = _Unknown({name: value for name, value in event.facts.items() if value is not None})
    for name in DAYS:
        if said.get(name):
            said[name] = words.day(said[name])
    for name, meaning in CODES.items():
        if name in said:
            said[name] = words.label(meaning, said[name])
    if event.facts.get("why") == renewals.BLOCKED and not sight.knows_patron:
        said["why"] = _("the borrowing library said no")
    if "system" in said:
        said["through"] = words.ill.asked_through(said["system"], said["number"])
    if event.verb == "amend":
        said["changes"] = "; ".join(changes(event.facts))
    if "concerns" in said:
        said["concerns"] = "; ".join(words.ill.concerns(said["concerns"]))
    return said


def changes(amended: Mapping[str, Any]) -> Iterator[str]:
    """What is otherwise now than it was asked for."""
    if amended.get("need_by"):
        yield _("needed by %(day)s") % {"day": words.day(amended["need_by"])}
    elif "need_by" in amended:
        yield _("no need-by date")
    if "library" in amended:
        yield _("pickup at %(library)s") % {"library": amended["library"]}
    if not amended:
        yield _("the note")


class _Unknown(dict[str, Any]):
    """A fact that an older event did not keep reads as unknown; no page fails over it."""

    def __missing__(self, name: str) -> str:
        return _("an unknown date") if name in DAYS else _("unknown")


def who(event: Event, sight: Sight) -> str:
    """The name of the clerk for her colleagues, the side for all others; a patron has no name."""
    role = str(ROLES.get(event.role, event.role))
    own = {"borrowing": Sight.BORROWING, "lending": Sight.LENDING, "centre": Sight.CENTRE}
    if event.by is not None and own.get(event.role) == sight:
        return str(event.by)
    return role


def parcels_of(ill: Request, libraries: Collection[int] | None) -> list[Parcel]:
    """Every parcel of the request, also of earlier attempts."""
    every = Parcel.objects.filter(ref=ill.ref).order_by("made_at")
    if libraries is not None:
        every = every.filter(Q(from_library__in=libraries) | Q(to_library__in=libraries))
    return list(every)


def road(parcel: Parcel) -> list[Told]:
    """What the van did with a parcel."""
    return [
        Told(str(CUSTODY[CustodyStep(line.step)]) % {"place": place(line)}, line.at)
        for line in custody.chain(parcel)
        if line.step in CUSTODY and not hasattr(line, "undone_by")
    ]


def place(line: Custody) -> str:
    return line.library.name if line.library is not None else _("an unknown place")
