"""Labels and refusals in the reader's language.

A refusal says what happened, that nothing was lost, and what to do.
"""

from collections.abc import Mapping, Sequence
from datetime import date

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from postroad.delivery import tracking
from postroad.delivery.tracking import Carrier
from postroad.errors import Refusal
from postroad.ill.identity import Side, Thing
from postroad.ill.intake import Concern
from postroad.ill.lifecycle import (
    Ending,
    Outcome,
    OutOfTurn,
    Owner,
    Proof,
    Reason,
    State,
    SupplyState,
)
from postroad.ill.rota import WhyNot
from postroad.numbers import grouped

Words = Mapping[str, Promise]
NUMBERS = ("ref", "barcode", "sent")  # among the facts of a refusal

# code of the refusal: its sentence, with the facts by name
REFUSALS: dict[str, Promise] = {
    "ambiguous-number": gettext_lazy(
        "%(number)s is on more than one thing: %(things)s. Nothing was changed. Scan the number "
        "on the slip, or that of the request: it fits only one of them."
    ),
    "book-number": gettext_lazy(
        "%(number)s is the number of an edition (ISBN or ISSN), which every copy bears. Scan the "
        "barcode that its library put on it. Nothing was changed."
    ),
    "already-asked": gettext_lazy(
        "You have already asked for this title. Your request is %(ref)s; you can follow it there, "
        "or ask for another copy."
    ),
    "closure-not-ended": gettext_lazy(
        "This closure has not been ended, so there is nothing to put back. Nothing was changed."
    ),
    "closure-over": gettext_lazy(
        "The days of this closure are over already. They stay on record. Nothing was changed."
    ),
    "delivery-code-missing": gettext_lazy(
        "A slip to Rhode Island needs the library's three letters, and this library has none yet. "
        "It cannot be printed until the delivery office enters them."
    ),
    "finished-elsewhere": gettext_lazy(
        "The loan of “%(title)s” is over. It belongs to %(owner)s: put it out for the van, to go "
        "there. Nothing was changed."
    ),
    "finished-parcel": gettext_lazy(
        "That is the slip of a parcel from %(sender)s to %(receiver)s, which has arrived or was "
        "taken back. Scan the barcode of the item itself. Nothing was changed."
    ),
    "foreign-item": gettext_lazy(
        "Barcode %(barcode)s belongs to %(owner)s, not to your library. Put it aside for the van. "
        "Nothing was changed."
    ),
    "deleted-record": gettext_lazy("The library that sent this record has deleted it."),
    "holdings-record": gettext_lazy("This is a record of holdings, not of a book."),
    "wrong-tracking-number": gettext_lazy(
        "No carrier's numbers look like %(number)s, or a digit of it is wrong. Compare it with the "
        "label once more. Nothing was changed."
    ),
    "ill-number-taken": gettext_lazy(
        "%(system)s number %(number)s stands on another open request, %(ref)s. Check the number. "
        "Nothing was changed."
    ),
    "item-not-here": gettext_lazy(
        "By the catalogue this copy, %(barcode)s, is not where it would have to be for this. "
        "Look at its status first. Nothing was changed."
    ),
    "item-out": gettext_lazy(
        "Copy %(barcode)s is out on another loan. If you have it in hand, check it in first, then "
        "scan it again. Nothing was changed."
    ),
    "lent-elsewhere": gettext_lazy(
        "“%(title)s” belongs to %(owner)s and is lent to %(to)s. It has to go to %(goes)s: put it "
        "out for the van. Nothing was changed."
    ),
    "library-card": gettext_lazy(
        "That is the number of a library card, not of an item. Scan the barcode of the item. "
        "Nothing was changed."
    ),
    "moved-meanwhile": gettext_lazy(
        "Somebody else moved request %(ref)s a moment before you. Nothing of yours was lost; look "
        "at it again to see where it stands."
    ),
    "need-by-passed": gettext_lazy(
        "The day by which you need it has passed already. Choose a day from today on, or none."
    ),
    "need-by-too-soon": gettext_lazy(
        "No library can bring it by %(need_by)s: the first possible day is %(first_day)s. Choose "
        "that day or a later one, leave the day empty, or ask all the same."
    ),
    "need-by-far-away": gettext_lazy(
        "No library here can lend it now, and from farther away it takes until about "
        "%(first_day)s, after %(need_by)s. Choose a later day, leave the day empty, or ask all the "
        "same."
    ),
    "pick-up-is-lender": gettext_lazy(
        "%(library)s is the library that was asked to lend it, so it cannot be sent there. Choose "
        "another library, or cancel the request and ask there. Nothing was changed."
    ),
    "no-card": gettext_lazy(
        "Asking needs a library card, and this account has none. Your library's desk can add it."
    ),
    "no-such-reader": gettext_lazy("There is no such reader for you here."),
    "no-such-request": gettext_lazy("There is no such request for you here."),
    "no-search-index": gettext_lazy(
        "The catalogue is being made ready for searching. Nothing is lost; please try again in a "
        "few minutes."
    ),
    "no-title": gettext_lazy("The record has no title, so nobody could find it."),
    "not-an-outside-lender": gettext_lazy(
        "%(lender)s is a member and answers for itself. Nothing was changed."
    ),
    "not-marc": gettext_lazy("The file is nothing that Postroad reads: ISO 2709 or MARCXML."),
    "no-longer-asked": gettext_lazy(
        "Request %(ref)s for “%(title)s” is no longer with your library: %(ending)s. If you have "
        "the item in hand, scan its own barcode. Nothing was changed."
    ),
    "not-wanted": gettext_lazy(
        "Nobody is waiting for “%(title)s” (%(barcode)s) from your library. Put it back on its "
        "shelf. Nothing was changed."
    ),
    "not-lent": gettext_lazy(
        "Libraries do not lend whole journals, newspapers or electronic resources to each other, "
        "so this cannot be asked for as a loan. The staff at your library's desk can help you get "
        "an article or a way to read it."
    ),
    "nothing-to-print": gettext_lazy("Nothing was chosen, so nothing was printed."),
    "nothing-to-undo": gettext_lazy("There is nothing to take back here. Nothing changed."),
    "on-your-shelf": gettext_lazy(
        "It is in at %(library)s: look under %(call_number)s. You can fetch it there, or ask all "
        "the same."
    ),
    "other-copy": gettext_lazy(
        "This is “%(title)s”, but another copy than the one on record for request %(ref)s, which "
        "is %(sent)s. If this one came in its place, scan the number of the request instead, and "
        "tell the other library. Nothing was changed."
    ),
    "other-side": gettext_lazy(
        "That is request %(ref)s for “%(title)s”, which your library %(side)s. Nothing was changed."
    ),
    "own-item": gettext_lazy(
        "“%(title)s” (%(barcode)s) is your library's own, and it is not out with another library. "
        "Put it on its shelf: %(shelf)s. Nothing was changed."
    ),
    "own-item-out": gettext_lazy(
        "“%(title)s” (%(barcode)s) is your library's own, lent to %(to)s in %(town)s. If it has "
        "come home, check it in on the lending side. Nothing was changed."
    ),
    "parcel-already-collected": gettext_lazy(
        "The van has this parcel already, so it cannot be held back. It will come home by itself."
    ),
    "parcel-under-way": gettext_lazy(
        "That is the slip of a parcel from %(sender)s to %(receiver)s. Scan it where parcels are "
        "received, or scan the barcode of the item. Nothing was changed."
    ),
    "promised-elsewhere": gettext_lazy(
        "Request %(ref)s for “%(title)s” was promised by %(lender)s meanwhile, so it stays there. "
        "Nothing was changed."
    ),
    "request-elsewhere": gettext_lazy(
        "That is the number of a request between other libraries, for which nothing has been sent "
        "yet. If something came with it, scan its barcode. Nothing was changed."
    ),
    "scan-the-item": gettext_lazy(
        "That is request %(ref)s for “%(title)s”, but it does not tell which copy came. Scan the "
        "barcode of the item itself. Nothing was changed."
    ),
    "search-index-busy": gettext_lazy(
        "The search index is being written by somebody else. Nothing is lost; please try again in "
        "a few minutes."
    ),
    "search-index-trouble": gettext_lazy(
        "The search index could not be written. The catalogue itself is unharmed; please tell "
        "whoever runs this server."
    ),
    "too-late-to-undo": gettext_lazy(
        "Something else has happened to request %(ref)s since, so this can no longer be taken "
        "back. Open the request to see what can be done."
    ),
    "unknown-number": gettext_lazy(
        "%(desk)s has nothing with the number %(number)s. Scan it once more; if it stays unknown, "
        "put it aside and ask the ILL centre."
    ),
    "which-volume": gettext_lazy(
        "This is %(volume)s of “%(title)s”, and your library has it in several volumes. The "
        "request does not say which one is wanted. Nothing was changed yet."
    ),
    "wrong-item": gettext_lazy(
        "This is “%(title)s” (%(barcode)s), but “%(wanted)s” was asked for. Nothing was changed."
    ),
}

# Where a request stands, as staff say it; also the end of "This cannot be done now: it …"
STATES: Words = {
    State.ASKED: gettext_lazy("is being checked"),
    State.REVIEW: gettext_lazy("waits for staff to look at it"),
    State.APPROVED: gettext_lazy("waits for a lender to be chosen"),
    State.REFERRED: gettext_lazy("waits for the lender"),
    State.CENTRE: gettext_lazy("is at the ILL centre"),
    State.SHIPPED: gettext_lazy("is on its way to the pick-up library"),
    State.ARRIVED: gettext_lazy("is on the hold shelf"),
    State.LENT: gettext_lazy("is with the patron"),
    State.BACK: gettext_lazy("is back from the patron, to be sent home"),
    State.HOMEWARD: gettext_lazy("is on its way home"),
    State.CLOSED: gettext_lazy("is finished"),
}

SUPPLY_STATES: Words = {
    SupplyState.ASKED: gettext_lazy("waits for an answer"),
    SupplyState.PROMISED: gettext_lazy("is promised and waits to be shipped"),
    SupplyState.SHIPPED: gettext_lazy("is on its way to the borrower"),
    SupplyState.RECEIVED: gettext_lazy("is at the borrowing library"),
    SupplyState.HOMEWARD: gettext_lazy("is on its way home"),
    SupplyState.CLOSED: gettext_lazy("is finished"),
}

# What has not happened when the clock of a state rings, on either side.
TIME_IS_UP: Words = {
    State.REVIEW: gettext_lazy("nobody has looked at it yet"),
    State.REFERRED: gettext_lazy("it still waits for its lender"),
    State.CENTRE: gettext_lazy("it still waits at the ILL centre"),
    State.SHIPPED: gettext_lazy("it has not arrived yet"),
    State.ARRIVED: gettext_lazy("nobody has fetched it"),
    State.LENT: gettext_lazy("the patron has not brought it back"),
    State.BACK: gettext_lazy("it still waits to be sent home"),
    State.HOMEWARD: gettext_lazy("it has not come home yet"),
    SupplyState.ASKED: gettext_lazy("the lender has not answered yet"),
    SupplyState.PROMISED: gettext_lazy("the lender has not sent it yet"),
    SupplyState.RECEIVED: gettext_lazy("the borrowing library has not sent it back"),
}

# What has to be done before, where that is at hand.
FIRST: Mapping[tuple[str, str], Promise] = {
    ("receive", State.REFERRED): gettext_lazy(
        "If you have it in hand, scan the barcode of the item itself. What comes from outside the "
        "member libraries is written down by the ILL centre first: tell it."
    ),
    ("receive", State.CENTRE): gettext_lazy(
        "If you have it in hand, scan the barcode of the item itself, or tell the ILL centre."
    ),
    ("receive", State.APPROVED): gettext_lazy(
        "If you have it in hand, scan the barcode of the item itself."
    ),
    **{
        (verb, State.CLOSED): gettext_lazy(
            "Its loan is over. If you have it in hand, it belongs to its lender: put it out for "
            "the van, to go there."
        )
        for verb in ("receive", "lend", "take_back", "send_home")
    },
    ("lend", State.SHIPPED): gettext_lazy("Receive it first."),
    ("send_home", State.SHIPPED): gettext_lazy("Receive it first."),
    ("take_back", State.ARRIVED): gettext_lazy("It was not lent: lend it, or send it home."),
}

# What a library does with a request, and where its desk works on it.
SIDES: Words = {
    Side.LENDING: gettext_lazy("lends: work on it under Lending, Ship or Check in"),
    Side.BORROWING: gettext_lazy(
        "borrows: work on it under Borrowing, Receive, Lend, Take back or Send home"
    ),
}

OUTCOMES: Words = {
    Outcome.FILLED: gettext_lazy("lent and home again"),
    Outcome.UNCLAIMED: gettext_lazy("not fetched, and home again"),
    Outcome.CANCELLED: gettext_lazy("cancelled"),
    Outcome.UNFILLED: gettext_lazy("could not be supplied"),
    Outcome.EXPIRED: gettext_lazy("not sent by the day it was needed"),
}

ENDINGS: Words = {
    Ending.SUPPLIED: gettext_lazy("supplied"),
    Ending.REFUSED: gettext_lazy("said no"),
    Ending.LAPSED: gettext_lazy("did not answer in time"),
    Ending.CLOSED: gettext_lazy("closed while it held the request"),
    Ending.WITHDRAWN: gettext_lazy("no longer needed"),
}

REASONS: Words = {
    Reason.NOT_ON_SHELF: gettext_lazy("not on the shelf"),
    Reason.ON_LOAN: gettext_lazy("on loan"),
    Reason.MISSING: gettext_lazy("missing or lost"),
    Reason.REFERENCE: gettext_lazy("used in the library only"),
    Reason.CONDITION: gettext_lazy("too worn to travel"),
    Reason.IN_PROCESS: gettext_lazy("being made ready for the shelf"),
    Reason.ON_HOLD: gettext_lazy("held for somebody else"),
    Reason.BINDERY: gettext_lazy("at the bindery"),
    Reason.LACKS_PART: gettext_lazy("the part asked for is not there"),
    Reason.NOT_OWNED: gettext_lazy("not owned after all"),
    Reason.NOT_AS_CITED: gettext_lazy("not found as described"),
    Reason.POLICY: gettext_lazy("not lent by this library's policy"),
    Reason.OTHER: gettext_lazy("another reason"),
}

# Through which system or in which way the ILL centre asks a lender elsewhere
SYSTEMS: Words = {
    "OCLC WorldShare": gettext_lazy("OCLC WorldShare"),
    "Docline": gettext_lazy("Docline"),
    "RapidILL": gettext_lazy("RapidILL"),
    "letter": gettext_lazy("by letter or mail"),
    "other": gettext_lazy("another way"),
}

PROOFS: Words = {
    Proof.SYSTEM: gettext_lazy("the lender closed the loan in its system"),
    Proof.MESSAGE: gettext_lazy("the lender wrote or called"),
    Proof.TRACKING: gettext_lazy("the carrier says that it was delivered"),
}

CONCERNS: Words = {
    Concern.NO_CARD: gettext_lazy("the patron has no library card any more"),
    Concern.BLOCKED: gettext_lazy("the patron's card is blocked"),
    Concern.LIMIT: gettext_lazy("the patron has as many open requests as the library allows"),
    Concern.OWN_COPY: gettext_lazy("a copy is in at the patron's own or the pick-up library"),
    Concern.DUPLICATE: gettext_lazy("the patron has already asked for this title"),
    Concern.NEED_BY: gettext_lazy("the day by which it is needed has passed"),
    Concern.POLICY: gettext_lazy("this library looks at every request itself"),
    "not-checked": gettext_lazy("the automatic checks did not finish in time"),
}

WHY_NOT: Words = {
    WhyNot.BORROWER: gettext_lazy("it is the library that asks"),
    WhyNot.ASKED: gettext_lazy("it was asked for this request before"),
    WhyNot.NOT_LENDING: gettext_lazy("it does not lend to other libraries"),
    WhyNot.FORMAT: gettext_lazy("it does not lend this format"),
    WhyNot.NO_COPY: gettext_lazy("no copy is in"),
    WhyNot.CLOSED: gettext_lazy("it is closed these days"),
    WhyNot.NOT_KNOWN: gettext_lazy("its opening days are not known"),
    WhyNot.NO_LENDING_NOW: gettext_lazy("it is open, but not lending these days"),
    WhyNot.NO_DELIVERY: gettext_lazy("the van does not call there"),
    WhyNot.NO_DELIVERY_THERE: gettext_lazy("the van does not call at the pick-up library"),
    WhyNot.TOO_LATE: gettext_lazy("it would arrive after the day it is needed"),
}

# Why a renewal was refused, for the reader
NO_RENEWAL: Words = {
    "never": gettext_lazy("the library that owns it does not renew"),
    "no-more": gettext_lazy("it has been renewed as often as its library allows"),
    "overdue": gettext_lazy("it is overdue already"),
    "others-wait": gettext_lazy("somebody else is waiting for it"),
    "blocked": gettext_lazy("the library card is blocked"),
}

# Why a lender that had let a request go has it again
RESUMED: Words = {
    "here": gettext_lazy("the borrowing library has it in hand"),
    "found": gettext_lazy("the copy has turned up"),
    "mistake": gettext_lazy("it took its no back"),
}

OWNERS: Words = {
    Owner.MACHINE: gettext_lazy("Postroad"),
    Owner.BORROWING: gettext_lazy("the borrowing library"),
    Owner.LENDING: gettext_lazy("the lending library"),
    Owner.CENTRE: gettext_lazy("the ILL centre"),
    Owner.PATRON: gettext_lazy("the patron"),
}


def refusal(no: Refusal) -> str:
    """Why a rule said no, for people."""
    if isinstance(no, OutOfTurn):
        return out_of_turn(no)
    sentence = REFUSALS.get(no.code)
    if sentence is None:
        return _("This cannot be done now (%(code)s). Nothing was changed.") % {"code": no.code}
    return str(sentence) % shown(no.facts)


def shown(facts: Mapping[str, object]) -> dict[str, object]:
    """The facts as people read them: days in words, numbers four by four."""
    return {name: shown_fact(name, fact) for name, fact in facts.items()}


def shown_fact(name: str, fact: object) -> object:
    match name:
        case "things" if isinstance(fact, tuple):
            return told_apart(fact)
        case "shelf" if isinstance(fact, tuple):
            return ", ".join(fact) or _("no call number")
        case "ending":
            return label(ENDINGS, str(fact))
        case "side":
            return label(SIDES, str(fact))
    if isinstance(fact, date):
        return day(fact)
    return grouped(str(fact)) if name in NUMBERS else fact


def told_apart(things: Sequence[Thing]) -> str:
    """ "“Walden” of Lenox Library (request 1234 ABCD) and “Emma” of ..." """
    of_lender = _("“%(title)s” of %(lender)s (request %(ref)s)")
    bare = _("“%(title)s” (request %(ref)s)")
    said = [
        (of_lender if thing.lender else bare)
        % {"title": thing.title, "lender": thing.lender, "ref": grouped(thing.ref)}
        for thing in things
    ]
    return _(" and ").join(said)


def out_of_turn(no: OutOfTurn) -> str:
    """Where the thing stands, which is why the verb cannot be done now; and what to do first."""
    state, verb = str(no.facts["state"]), str(no.facts["verb"])
    states = SUPPLY_STATES if no.facts["side"] == "lending" else STATES
    facts = {"request": the_request(no.facts.get("ref")), "where": label(states, state)}
    if no.already:
        return _("That is done already: %(request)s %(where)s. Nothing was changed.") % facts
    said = _("This cannot be done now, for %(request)s %(where)s. Nothing was changed.") % facts
    first = FIRST.get((verb, state))
    return f"{said} {first}" if first else said


def the_request(ref: object) -> str:
    return _("request %(ref)s") % {"ref": grouped(str(ref))} if ref else _("the request")


def asked_through(system: str, number: str) -> str:
    """ "OCLC WorldShare, number 201993144", or "by letter or mail"."""
    facts = {"system": label(SYSTEMS, system), "number": number}
    return _("%(system)s, number %(number)s") % facts if number else facts["system"]


def label(words: Words, code: str) -> str:
    """The words for a code; the code itself where nobody wrote any, which a test forbids."""
    return str(words.get(code, code))


def day(value: date | str) -> str:
    """ "Thursday 3 December"; with the year if it is another one than today's."""
    date_ = date.fromisoformat(value) if isinstance(value, str) else value
    same_year = date_.year == timezone.localdate().year
    return date_format(date_, "l j F" if same_year else "l j F Y")


CARRIERS: dict[Carrier, Promise | str] = {
    Carrier.USPS: "USPS",
    Carrier.UPS: "UPS",
    Carrier.FEDEX: "FedEx",
    Carrier.POST: gettext_lazy("a foreign post"),
}


def carriers(number: str) -> str:
    """To whom a tracking number may belong; several are all named."""
    return _(" or ").join(str(CARRIERS[each]) for each in tracking.candidates(number))
