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
from postroad.ill.access import Sight
from postroad.ill.acts import Door
from postroad.ill.lifecycle import LoanState, Verb
from postroad.ill.models import Event, Request
from postroad.ill.renewals import NoRenewal
from postroad.web.shared.pieces import Told

Sentences = Mapping[Verb, Promise]

# What staff read. The facts of the event stand in by name.
FOR_STAFF: Sentences = {
    Verb.ASK: gettext_lazy("Asked for."),
    Verb.REVIEW: gettext_lazy("Left for staff review: %(concerns)s."),
    Verb.AMEND: gettext_lazy("Changed: %(changes)s."),
    Verb.MATCH: gettext_lazy("Matched to “%(title)s” in the catalog; asked for as “%(asked_as)s”."),
    Verb.UNMATCH: gettext_lazy("No longer matched to “%(title)s”: asked for as “%(asked_as)s”."),
    Verb.APPROVE: gettext_lazy("Approved."),
    Verb.REFER: gettext_lazy("Sent to %(lender)s in %(town)s; could arrive on %(expected_on)s."),
    Verb.ESCALATE: gettext_lazy("No member library can supply it now; passed to the ILL center."),
    Verb.REFER_OUTSIDE: gettext_lazy("Asked %(lender)s, not a member library: %(through)s."),
    Verb.CORRECT: gettext_lazy("Corrected: asked %(lender)s, not a member library: %(through)s."),
    Verb.NUMBER_ENTERED: gettext_lazy("Entered: %(of)s %(number)s."),
    Verb.NUMBER_CORRECTED: gettext_lazy(
        "Corrected: %(of)s %(number)s; it was %(was_of)s %(was_number)s."
    ),
    Verb.NUMBER_TAKEN_OFF: gettext_lazy("Taken off: %(of)s %(number)s."),
    Verb.NUMBER_PUT_BACK: gettext_lazy("Put back: %(of)s %(number)s."),
    Verb.REFER_AGAIN: gettext_lazy("Sent to the member libraries again."),
    Verb.WAIT: gettext_lazy("No member library can supply it before %(until)s; waiting till then."),
    Verb.PROMISE: gettext_lazy("%(lender)s said yes."),
    Verb.OFFER: gettext_lazy("%(lender)s said yes, on conditions: %(conditions)s."),
    Verb.CHANGE_OFFER: gettext_lazy("%(lender)s changed its conditions: %(conditions)s."),
    Verb.ACCEPT_OFFER: gettext_lazy("The conditions of %(lender)s were accepted."),
    Verb.DECLINE_OFFER: gettext_lazy("The conditions of %(lender)s were not accepted."),
    Verb.RETRY: gettext_lazy("%(lender)s can send it from %(on)s: %(reason)s."),
    Verb.REFUSE: gettext_lazy("%(lender)s said no: %(reason)s."),
    Verb.LAPSE: gettext_lazy("%(lender)s %(ending)s."),
    Verb.SHIP: gettext_lazy("Shipped by %(lender)s; should arrive on %(expected_on)s."),
    Verb.SHIP_LATE: gettext_lazy("Sent by %(lender)s after all; should arrive on %(expected_on)s."),
    Verb.ENTER: gettext_lazy("Entered afterwards: lent by %(lender)s until %(due_back)s."),
    Verb.UNDO_ENTER: gettext_lazy("Entered by mistake: it was not lent by %(lender)s."),
    Verb.STAY_HOME: gettext_lazy("It is at %(lender)s again, and another was sent."),
    Verb.CHANGE_DUE: gettext_lazy("Due on %(due_back)s instead of %(was)s, says its library."),
    Verb.WRITE_OFF: gettext_lazy("Closed as lost by %(lender)s."),
    Verb.UNDO_WRITE_OFF: gettext_lazy("%(lender)s no longer calls it lost."),
    Verb.RECOVER: gettext_lazy("Found again at %(lender)s."),
    Verb.DELIVER: gettext_lazy("%(lender)s delivered the copy: %(what)s."),
    Verb.UNDO_DELIVER: gettext_lazy("The delivery by %(lender)s was undone; nobody can open it."),
    Verb.DELIVER_AGAIN: gettext_lazy("%(lender)s sent the copy once more: %(what)s."),
    Verb.REJECT_COPY: gettext_lazy("The copy from %(lender)s cannot be used: %(fault)s."),
    Verb.UNDO_REJECT_COPY: gettext_lazy("The copy from %(lender)s can be used after all."),
    Verb.HAND_OVER: gettext_lazy("Staff opened the copy, to hand it to its reader."),
    Verb.FINISH: gettext_lazy("Finished: the copy from %(lender)s had its time."),
    Verb.CHANGE_SERVICE: gettext_lazy("Changed: %(service)s."),
    Verb.CHOOSE_COPYRIGHT: gettext_lazy("Copyright: %(choice)s."),
    Verb.ASK_QUESTION: gettext_lazy("%(kind)s."),
    Verb.ANSWER: gettext_lazy("%(kind)s: answered “%(answer)s”."),
    Verb.WITHDRAW_QUESTION: gettext_lazy("%(kind)s: withdrawn."),
    Verb.REMIND_QUESTION: gettext_lazy("%(kind)s: not answered yet."),
    Verb.CHARGE: gettext_lazy("Charged: %(amount)s, %(charge)s."),
    Verb.SETTLE_CHARGE: gettext_lazy("Charge of %(amount)s (%(charge)s): %(settled)s."),
    Verb.NOT_FOUND: gettext_lazy(
        "A copy was not on its shelf at %(lender)s; it looks for another."
    ),
    Verb.FIND: gettext_lazy("The copy is on its shelf at %(lender)s after all."),
    Verb.RESUME: gettext_lazy("%(lender)s has it after all: %(why)s."),
    Verb.WITHDRAW: gettext_lazy("%(lender)s no longer needs to look for it."),
    Verb.UNDO_SHIP: gettext_lazy("The shipment was undone at %(lender)s."),
    Verb.COME_BACK: gettext_lazy("Came back to %(lender)s without arriving."),
    Verb.REROUTE: gettext_lazy("Pickup changed on the way: %(library)s, not %(was_at)s."),
    Verb.RECEIVE: gettext_lazy("Arrived from %(lender)s; due back on %(due_back)s."),
    Verb.UNDO_RECEIVE: gettext_lazy("The receipt was undone: it has not arrived."),
    Verb.CHECK_OUT: gettext_lazy("Lent to the patron until %(due_back)s."),
    Verb.UNDO_CHECK_OUT: gettext_lazy("The loan was undone: it is on the hold shelf."),
    Verb.POSTPONE: gettext_lazy(
        "Due on %(due_back)s instead of %(was)s: its library is closed then."
    ),
    Verb.HOLD_LONGER: gettext_lazy("Held until %(until)s: days of a closure do not count."),
    Verb.RENEW: gettext_lazy("Renewed until %(due_back)s."),
    Verb.REFUSE_RENEWAL: gettext_lazy("Renewal refused: %(why)s."),
    Verb.RETURN: gettext_lazy("Brought back by the patron."),
    Verb.UNDO_RETURN: gettext_lazy("The return was undone: the patron still has it."),
    Verb.SHIP_RETURN: gettext_lazy("Sent home to %(to)s."),
    Verb.UNDO_SHIP_RETURN: gettext_lazy("Sending home was undone: it is still at the desk."),
    Verb.CHECK_IN: gettext_lazy("Checked in at %(lender)s."),
    Verb.CHECK_IN_OPEN: gettext_lazy("Checked in at %(lender)s; the request goes on."),
    Verb.MORE_TO_SEND: gettext_lazy("Still to be sent by %(lender)s: %(more)s."),
    Verb.COUNT_PIECES: gettext_lazy("Pieces counted: %(counted)s of %(expected)s."),
    Verb.NOT_WANTED: gettext_lazy("The reader does not want it any more; it goes home."),
    Verb.WANTED: gettext_lazy("The reader wants it after all."),
    Verb.UNDO_CHECK_IN: gettext_lazy("The check-in at %(lender)s was undone."),
    Verb.CANCEL: gettext_lazy("Canceled."),
    Verb.DECLINE: gettext_lazy("Closed unfilled: %(reason)s"),
    Verb.EXPIRE: gettext_lazy("Ended: the date it was needed by has passed."),
    Verb.REMIND: gettext_lazy("Time is up: %(state)s."),
    Verb.REMIND_LENDER: gettext_lazy("Time is up: %(state)s."),
    Verb.REMIND_LOAN: gettext_lazy("Time is up: %(state)s."),
    Verb.ASSIGN: gettext_lazy("%(manager)s looks after it."),
    Verb.UNASSIGN: gettext_lazy("Given back: %(manager)s no longer looks after it."),
    Verb.FORGET: gettext_lazy("The patron's name was removed from this record."),
}

# What the patron reads; what is not here, she is spared.
FOR_PATRON: Sentences = {
    Verb.ASK: gettext_lazy("You asked for it."),
    Verb.AMEND: gettext_lazy("Changed: %(changes)s."),
    Verb.REVIEW: gettext_lazy("Your library is looking at the request."),
    Verb.REFER: gettext_lazy("%(lender)s was asked to send it."),
    Verb.ESCALATE: gettext_lazy("The ILL center is looking for it farther away."),
    Verb.REFER_OUTSIDE: gettext_lazy("%(lender)s was asked to send it."),
    Verb.WAIT: gettext_lazy("A library can send it from %(until)s; we are waiting for that day."),
    Verb.PROMISE: gettext_lazy("%(lender)s said yes."),
    Verb.OFFER: gettext_lazy("%(lender)s can send it on conditions; your library looks at them."),
    Verb.DECLINE_OFFER: gettext_lazy("%(lender)s could not send it."),
    Verb.RETRY: gettext_lazy("%(lender)s could not send it now."),
    Verb.REFUSE: gettext_lazy("%(lender)s could not send it."),
    Verb.LAPSE: gettext_lazy("%(lender)s could not send it."),
    Verb.SHIP: gettext_lazy("%(lender)s sent it."),
    Verb.UNDO_SHIP: gettext_lazy("%(lender)s has not sent it after all."),
    Verb.COME_BACK: gettext_lazy("It got lost on the way and came back to %(lender)s."),
    Verb.REROUTE: gettext_lazy("You pick it up at %(library)s now."),
    Verb.RECEIVE: gettext_lazy("It arrived."),
    Verb.UNDO_RECEIVE: gettext_lazy("It has not arrived after all. We are sorry."),
    Verb.ENTER: gettext_lazy("You took it home from %(lender)s, until %(due_back)s."),
    Verb.CHECK_OUT: gettext_lazy("You took it home, until %(due_back)s."),
    Verb.UNDO_CHECK_OUT: gettext_lazy("It is on the hold shelf."),
    Verb.POSTPONE: gettext_lazy(
        "Due on %(due_back)s instead of %(was)s: your library is closed then."
    ),
    Verb.HOLD_LONGER: gettext_lazy(
        "It is held for you until %(until)s, since your library is closed."
    ),
    Verb.RENEW: gettext_lazy("Renewed until %(due_back)s."),
    Verb.REFUSE_RENEWAL: gettext_lazy("It could not be renewed: %(why)s."),
    Verb.SHIP_LATE: gettext_lazy("%(lender)s sent it."),
    Verb.CHANGE_DUE: gettext_lazy(
        "Due on %(due_back)s instead of %(was)s: the library that owns it said so."
    ),
    Verb.WRITE_OFF: gettext_lazy("It was closed as lost."),
    Verb.UNDO_WRITE_OFF: gettext_lazy("It is not closed as lost any more."),
    Verb.RECOVER: gettext_lazy("It was found again."),
    Verb.DELIVER: gettext_lazy("%(lender)s sent the copy."),
    Verb.UNDO_DELIVER: gettext_lazy("The copy was taken back: it was not the right one."),
    Verb.DELIVER_AGAIN: gettext_lazy("%(lender)s sent the copy once more."),
    Verb.REJECT_COPY: gettext_lazy("The copy cannot be used: %(fault)s. It will be sent anew."),
    Verb.UNDO_REJECT_COPY: gettext_lazy("The copy can be used after all."),
    Verb.HAND_OVER: gettext_lazy("Your library opened the copy, to hand it to you."),
    Verb.CHANGE_SERVICE: gettext_lazy("Changed: %(service)s."),
    Verb.RETURN: gettext_lazy("You brought it back."),
    Verb.UNDO_RETURN: gettext_lazy("It is still with you."),
    Verb.SHIP_RETURN: gettext_lazy("It was sent home."),
    Verb.RESUME: gettext_lazy("%(lender)s has it after all."),
    Verb.CHECK_IN: gettext_lazy("It has been returned."),
    Verb.CHECK_IN_OPEN: gettext_lazy("It has been returned; your request goes on."),
    Verb.NOT_WANTED: gettext_lazy("You said that you do not want it any more."),
    Verb.WANTED: gettext_lazy("You want it after all."),
    Verb.UNDO_CHECK_IN: gettext_lazy("It is not home yet after all."),
    Verb.CANCEL: gettext_lazy("Canceled."),
    Verb.DECLINE: gettext_lazy("It could not be supplied. %(reason)s"),
    Verb.EXPIRE: gettext_lazy("The date you needed it by has passed."),
}

# What stays to be said when the words that were written to the patron have gone with her name.
FORGOTTEN: Sentences = {Verb.DECLINE: gettext_lazy("Closed unfilled.")}

AT_THE_CENTER = frozenset({Verb.ASSIGN, Verb.UNASSIGN})
TAKEN_OVER = gettext_lazy("%(manager)s looks after it now, instead of %(instead_of)s.")

# A shipment that only its receipt told of, as staff read it.
UNSCANNED = gettext_lazy("Left %(lender)s without a scan; %(to)s has it.")
# What was sent home and is on the hold shelf again, as staff and as the patron read it.
OTHER_TERMS = gettext_lazy("Corrected: the terms of %(lender)s, not a member library.")
RESHELVED = gettext_lazy("Sending home was undone: it is on the hold shelf.")
RESHELVED_FOR_HER = gettext_lazy("It is on the hold shelf again.")

# What the ledger adds; the desks' own steps are events already.
CUSTODY: Mapping[CustodyStep, Promise] = {
    CustodyStep.PICKED_UP: gettext_lazy("The van picked it up at %(place)s."),
    CustodyStep.SORTED: gettext_lazy("Sorted for its route."),
    CustodyStep.HELD: gettext_lazy("Held at the sorting center."),
    CustodyStep.RELEASED: gettext_lazy("Released at the sorting center."),
    CustodyStep.FOUND: gettext_lazy("Found at the sorting center."),
    CustodyStep.MISROUTED: gettext_lazy("It came to a sorting center by mistake."),
    CustodyStep.DAMAGED: gettext_lazy("The sorting center found it damaged."),
    CustodyStep.DROPPED: gettext_lazy("The van left it at %(place)s."),
}
LOADED = gettext_lazy("It left the sorting center on the van.")

DAYS = ("expected_on", "due_back", "was", "until", "on", "wished")
CODES: Mapping[str, Mapping[str, Promise]] = {
    "reason": {**words.ill.REASONS, **words.ill.LATER},
    "ending": words.ill.ENDINGS,
    "why": {**words.ill.NO_RENEWAL, **words.ill.RESUMED},
    "rests_on": words.ill.PROOFS,
    "fault": words.document_delivery.FAULTS,
    "service": words.document_delivery.CHANGED,
    "choice": words.document_delivery.CHOSEN,
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
        events = ill.events.select_related("by", "on_behalf_of")
    told = [line for event in events if (line := tell(event, sight))]
    told += [line for parcel in parcels_of(ill, libraries) for line in road(parcel)]
    return sorted(told, key=lambda line: line.at)[::-1]


def tell(event: Event, sight: Sight) -> Told | None:
    """One event as a sentence, with who did it where the reader may know; None if it is not this
    reader's."""
    saying = sentence(event, sight)
    if saying is None:
        return None
    said = str(saying) % facts(event, sight)
    if event.facts.get("rests_on") and sight != Sight.PATRON:
        said = f"{said} {_('We know it because %(rests_on)s.') % facts(event, sight)}"
    if event.verb == Verb.RENEW and event.facts.get("blocked") and sight == Sight.BORROWING:
        said = f"{said} {_('The card was blocked.')}"
    if event.verb == Verb.RENEW and event.facts.get("wished"):
        said = f"{said} {_('Wished until %(wished)s.') % facts(event, sight)}"
    if sight == Sight.PATRON:
        return Told(said, event.at)
    note = event.note if sight.reads_notes else ""
    return Told(said, event.at, who(event, sight), note)


def sentence(event: Event, sight: Sight) -> Promise | None:
    """What this reader reads of an event; None where she is spared it."""
    verb, hers = Verb(event.verb), sight == Sight.PATRON
    if verb in AT_THE_CENTER and sight not in (Sight.CENTRE, Sight.OPERATOR):
        return None  # who does what there is nobody else's business
    if verb == Verb.ASSIGN and event.facts.get("instead_of"):
        return TAKEN_OVER
    if verb in FORGOTTEN and not event.facts:
        return FORGOTTEN[verb]
    if verb == Verb.SHIP and event.facts.get("unscanned") and not hers:
        return UNSCANNED
    if verb == Verb.CORRECT and event.facts.get("terms"):
        return OTHER_TERMS
    if verb == Verb.UNDO_SHIP_RETURN and event.loan_after == LoanState.ARRIVED:
        return RESHELVED_FOR_HER if hers else RESHELVED
    if verb == Verb.REMIND_LOAN and event.facts.get("state") not in time_is_up(sight):
        return None
    return (FOR_PATRON if hers else FOR_STAFF).get(verb)


def time_is_up(sight: Sight) -> words.Words:
    """What has not happened when a clock rings, as this reader says it."""
    return words.ill.TIME_IS_UP_FOR_LENDER if sight == Sight.LENDING else words.ill.TIME_IS_UP


def facts(event: Event, sight: Sight) -> dict[str, Any]:
    """The event's facts in words: days as days, codes as what they mean. Why a card is blocked, or
    that it is, nobody reads who does not know whose it is."""
    said = _Unknown({name: value for name, value in event.facts.items() if value is not None})
    for name in DAYS:
        if said.get(name):
            said[name] = words.day(said[name])
    for name, meaning in {**CODES, "state": time_is_up(sight)}.items():
        if name in said:
            said[name] = words.label(meaning, said[name])
    if event.facts.get("why") == NoRenewal.BLOCKED and not sight.knows_patron:
        said["why"] = _("the borrowing library said no")
    if "system" in said:
        said["through"] = words.ill.asked_through(said["system"], said["number"])
    said.update(listed(event, sight))
    return said


def listed(event: Event, sight: Sight) -> dict[str, str]:
    """The facts that are lists, or kept by their kind, in words."""
    said, told = event.facts, {}
    if "conditions" in said:
        told["conditions"] = words.ill.conditions(said["conditions"], said.get("cost", ""))
    if "kind" in said:
        told |= words.questions.said(said, hers=sight == Sight.PATRON)
    if event.verb in (Verb.DELIVER, Verb.DELIVER_AGAIN):
        told["what"] = words.document_delivery.what(said)
    if event.verb == Verb.AMEND:
        told["changes"] = "; ".join(changes(said))
    if "concerns" in said:
        told["concerns"] = "; ".join(words.intake.concerns(said["concerns"]))
    return told


def changes(amended: Mapping[str, Any]) -> Iterator[str]:
    """What is otherwise now than it was asked for."""
    if amended.get("need_by"):
        yield _("needed by %(day)s") % {"day": words.day(amended["need_by"])}
    elif "need_by" in amended:
        yield _("no need-by date")
    if "library" in amended:
        yield _("pickup at %(library)s") % {"library": amended["library"]}
    if "acceptable" in amended:
        yield _("what else would do")
    if not amended:
        yield _("the note")


class _Unknown(dict[str, Any]):
    """A fact that an older event did not keep reads as unknown; no page fails over it."""

    def __missing__(self, name: str) -> str:
        return _("an unknown date") if name in DAYS else _("unknown")


def stood_in(event: Event, sight: Sight, role: str) -> str:
    """Who did it for a library: for that one's desk and the center also her name."""
    library, borrows = event.on_behalf_of, event.on_behalf_of_id == event.request.library_id
    assert library is not None
    its_own = {Sight.BORROWING: borrows, Sight.LENDING: not borrows}
    if its_own.get(sight, sight in (Sight.CENTRE, Sight.OPERATOR)):
        facts = {"name": str(event.by), "library": library.name}
        return _("%(name)s of the ILL center, for %(library)s") % facts
    return _("the ILL center, for %(library)s") % {"library": library.name}


def who(event: Event, sight: Sight) -> str:
    """The name of the clerk for her colleagues, the side for all others; a patron has no name."""
    role = str(ROLES.get(event.role, event.role))
    if event.door == Door.MAIL:
        return _("%(library)s, by the link in its mail") % {"library": role}
    if event.by is not None and event.on_behalf_of is not None:
        return stood_in(event, sight, role)
    own = {"borrowing": Sight.BORROWING, "lending": Sight.LENDING, "centre": Sight.CENTRE}
    if event.by is not None and own.get(event.role) == sight:
        return str(event.by)
    return role


def parcels_of(ill: Request, libraries: Collection[int] | None) -> list[Parcel]:
    """Every parcel of the request, also of earlier attempts."""
    every = Parcel.objects.filter(ref=ill.ref).order_by("made_at", "pk")
    if libraries is not None:
        every = every.filter(Q(from_library__in=libraries) | Q(to_library__in=libraries))
    return list(every)


def road(parcel: Parcel) -> list[Told]:
    """What the van did with a parcel."""
    return [
        Told(_step(line), line.at)
        for line in custody.chain(parcel)
        if line.step in CUSTODY and not hasattr(line, "undone_by")
    ]


def _step(line: Custody) -> str:
    if line.library is None and line.step == CustodyStep.PICKED_UP:
        return str(LOADED)
    place = line.library.name if line.library is not None else _("an unknown place")
    return str(CUSTODY[CustodyStep(line.step)]) % {"place": place}
