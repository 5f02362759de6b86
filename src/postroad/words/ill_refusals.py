"""With what words a loan says no, and where it stands instead."""

from collections.abc import Mapping, Sequence

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from postroad.ill.identity import Side, Thing
from postroad.ill.lifecycle import ROWS, OutOfTurn, Owner, State, Verb
from postroad.reference_numbers import grouped
from postroad.words.ill import LOAN_STATES, STATES, SUPPLY_STATES, TRAVELS
from postroad.words.labels import Words, label

REFUSALS: Words = {
    "told-hold-over": gettext_lazy(
        "Somebody else was faster: this stands as you wanted it, or is gone. Nothing was changed."
    ),
    "answer-link-unknown": gettext_lazy(
        "A part of this link is missing, or a newer mail has another one in its place. Open it "
        "from the newest mail about the request, or copy all of it. Nothing was changed."
    ),
    "answer-link-stopped": gettext_lazy(
        "The link for request %(ref)s was stopped on %(day)s, so it opens nothing any more. If "
        "%(library)s still has to answer, ask the ILL center for a new link. Nothing was changed."
    ),
    "answer-link-too-old": gettext_lazy(
        "%(library)s has been finished with request %(ref)s for a while, and its link worked until "
        "%(day)s. Nothing is waiting for you. If you still have a question about it, write to the "
        "ILL center."
    ),
    "shipped-too-early": gettext_lazy(
        "It cannot have left before %(first_day)s, when it was asked for, nor after today. Nothing "
        "was changed."
    ),
    "no-van-there": gettext_lazy(
        "It is on its way by the van, which does not stop at %(library)s, or it goes by mail. "
        "Choose another library, or have it sent on after it has arrived. Nothing was changed."
    ),
    "handed-over-when": gettext_lazy(
        "Choose the day on which it was handed over: today or earlier, and not before "
        "%(first_day)s. Nothing was changed."
    ),
    "due-when": gettext_lazy(
        "It cannot be due before %(on)s, when it was handed over, nor after %(last_day)s. Nothing "
        "was changed."
    ),
    "own-loan": gettext_lazy(
        "It belongs to %(library)s itself, so it is no loan between libraries. Check it out in "
        "your own system. Nothing was changed."
    ),
    "others-item": gettext_lazy(
        "Barcode %(barcode)s belongs to %(owner)s. Choose that library as the lender. Nothing was "
        "changed."
    ),
    "card-stopped": gettext_lazy(
        "This card is blocked: %(why)s. Nothing was changed. If the reader has it already, you "
        "can enter the loan anyway."
    ),
    "entered-though-asked": gettext_lazy(
        "This reader has request %(ref)s open for “%(title)s”. Nothing was changed. Cancel that "
        "request, or enter the loan anyway."
    ),
    "offer-changed": gettext_lazy(
        "%(lender)s changed the conditions for request %(ref)s just before you. Nothing was "
        "answered: open the request again and read them."
    ),
    "retry-not-later": gettext_lazy("Choose a day after today."),
    "retry-too-late": gettext_lazy("Choose a day within a year, or say no."),
    "retry-closed": gettext_lazy(
        "%(library)s does not lend on %(on)s. The next day on which it does is %(next)s."
    ),
    "managed-by-other": gettext_lazy(
        "%(name)s looks after request %(ref)s by now. Nothing was changed; look at it again, and "
        "take it over if that is right."
    ),
    "managed-by-nobody": gettext_lazy(
        "Nobody looks after request %(ref)s any more. Nothing was changed; take it if that is "
        "right."
    ),
    "manager-away": gettext_lazy(
        "%(name)s is away or no longer works at the ILL center, so request %(ref)s was not handed "
        "on. Nothing was changed."
    ),
    "question-out-of-turn": gettext_lazy(
        "That cannot be asked about request %(ref)s as it stands now. Nothing was changed."
    ),
    "question-asked-already": gettext_lazy(
        "That question about request %(ref)s is open already. Nothing was changed."
    ),
    "question-needs-a-day": gettext_lazy("Choose a day. Nothing was changed."),
    "due-day-not-later": gettext_lazy(
        "It is due on %(due)s already. Choose a later day on which the borrowing library is open. "
        "Nothing was changed."
    ),
    "day-has-passed": gettext_lazy("Choose a day after today. Nothing was changed."),
    "charged-already": gettext_lazy(
        "A charge of this kind is owed for request %(ref)s already. Nothing was changed."
    ),
    "charge-moved": gettext_lazy(
        "That charge for request %(ref)s was changed just before you. Nothing was changed."
    ),
    "no-such-question": gettext_lazy("There is no such question. Nothing was changed."),
    "question-over": gettext_lazy(
        "That question about request %(ref)s was answered or withdrawn just before you. Nothing "
        "was changed."
    ),
    "no-such-answer": gettext_lazy(
        "That is no answer to this question about request %(ref)s. Nothing was changed."
    ),
    "question-open": gettext_lazy(
        "A question about request %(ref)s is open: %(kind)s. Answer or withdraw it first. "
        "Nothing was changed."
    ),
    "ambiguous-number": gettext_lazy(
        "%(number)s is on more than one thing: %(things)s. Nothing was changed. Scan the number "
        "on the slip or the request number: it matches only one of them."
    ),
    "several-things": gettext_lazy(
        "%(number)s stands for more than one thing: %(things)s. Nothing was changed. Scan the "
        "barcode of the one that you have, or the number on its own slip."
    ),
    "book-number": gettext_lazy(
        "%(number)s is an ISBN or ISSN, which every copy of the edition has. Scan the barcode "
        "that the library put on this copy. Nothing was changed."
    ),
    "already-asked": gettext_lazy(
        "You have already asked for this title. Your request is %(ref)s; you can follow it there, "
        "or ask for another copy."
    ),
    "finished-elsewhere": gettext_lazy(
        "The loan of “%(title)s” is over. It belongs to %(owner)s: put it out for the van so it "
        "goes there. Nothing was changed."
    ),
    "finished-parcel": gettext_lazy(
        "That is the slip for a parcel from %(sender)s to %(receiver)s, which has arrived or was "
        "kept back. Scan the barcode of the item itself. Nothing was changed."
    ),
    "foreign-item": gettext_lazy(
        "Barcode %(barcode)s belongs to %(owner)s, not to your library. Put it out for the van. "
        "Nothing was changed."
    ),
    "not-one-box": gettext_lazy(
        "These do not go in one box: it goes to the same library by mail, and has not left yet. "
        "Nothing was changed."
    ),
    "wrong-tracking-number": gettext_lazy(
        "No carrier's numbers look like %(number)s, or a digit of it is wrong. Compare it with "
        "the label again. Nothing was changed."
    ),
    "ill-number-taken": gettext_lazy(
        "%(system)s %(number)s is already on request %(ref)s. If it is wrong there, take it off "
        "first, or ask the ILL center to. Nothing was changed."
    ),
    "ill-number-there": gettext_lazy(
        "Request %(ref)s already has the %(system)s %(number)s. Correct that one, or take it off "
        "first. Nothing was changed."
    ),
    "not-an-ill-number": gettext_lazy(
        "“%(number)s” does not look like a number: type the number alone, with at least one digit. "
        "Nothing was changed."
    ),
    "item-out": gettext_lazy(
        "Copy %(barcode)s is out on another loan. If you have it, check it in first, then scan it "
        "again. Nothing was changed."
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
        "Someone else changed request %(ref)s just before you. Nothing of yours was lost; open it "
        "again to see its status."
    ),
    "need-by-passed": gettext_lazy(
        "The date you need it by has already passed. Choose today or a later date, or leave it "
        "empty."
    ),
    "need-by-too-soon": gettext_lazy(
        "No library can bring it by %(need_by)s: the earliest is %(first_day)s. Choose that date "
        "or a later one, leave the date empty, or ask anyway."
    ),
    "need-by-far-away": gettext_lazy(
        "No library here can lend it now, and from farther away it takes until about "
        "%(first_day)s, which is after %(need_by)s. Choose a later date, leave the date empty, or "
        "ask anyway."
    ),
    "need-by-closed": gettext_lazy(
        "Libraries are closed until %(first_day)s, so most likely nobody can send it by "
        "%(need_by)s. Choose a later date, leave the date empty, or ask anyway."
    ),
    "pick-up-is-lender": gettext_lazy(
        "%(library)s is the library that was asked to lend it, so it cannot be sent there. Choose "
        "another library, or cancel the request and ask there. Nothing was changed."
    ),
    "patron-link-unknown": gettext_lazy(
        "This link is not whole, or the request has ended. Open it from the mail once more, or "
        "sign in to see your requests."
    ),
    "patron-link-over": gettext_lazy(
        "The question was answered or withdrawn. There is nothing more to do."
    ),
    "not-cited": gettext_lazy(
        "What was told of it is not enough to look for it, or cannot be right. Nothing was sent."
    ),
    "unacceptable": gettext_lazy(
        "We do not know this language, format or cost. Choose from the lists. Nothing was sent."
    ),
    "not-a-blank-request": gettext_lazy(
        "Request %(ref)s was asked for from the catalog, so there is no record to choose. Nothing "
        "was changed."
    ),
    "no-card": gettext_lazy(
        "You need a library card to ask for a title, and this account has none. Your library's "
        "staff can add it."
    ),
    "no-such-reader": gettext_lazy("There is no reader here that you can see."),
    "no-such-request": gettext_lazy("There is no request here that you can see."),
    "not-an-outside-lender": gettext_lazy(
        "%(lender)s is a member library and answers its own requests. Nothing was changed."
    ),
    "no-longer-asked": gettext_lazy(
        "Request %(ref)s for “%(title)s” is no longer with your library: %(ending)s. If you have "
        "the item, scan its own barcode. Nothing was changed."
    ),
    "not-wanted": gettext_lazy(
        "Nobody is waiting for “%(title)s” (%(barcode)s) from your library. Put it back on its "
        "shelf. Nothing was changed."
    ),
    "not-lent": gettext_lazy(
        "Libraries do not lend whole journals, newspapers or electronic resources to each other. "
        "Ask for the article you need instead, and you get a copy of it. The staff at your "
        "library’s desk can help you with it, or with another way to read it."
    ),
    "on-your-shelf": gettext_lazy(
        "It is in at %(library)s: look under %(call_number)s. You can fetch it there, or ask "
        "anyway."
    ),
    "other-copy": gettext_lazy(
        "This is “%(title)s”, but not the copy on record for request %(ref)s, which is %(sent)s. "
        "If this copy came instead, scan the request number, and tell the other library. Nothing "
        "was changed."
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
        "come back, check it in on the lending side. Nothing was changed."
    ),
    "parcel-under-way": gettext_lazy(
        "That is the slip for a parcel from %(sender)s to %(receiver)s. Scan it where parcels are "
        "received, or scan the barcode of the item. Nothing was changed."
    ),
    "promised-elsewhere": gettext_lazy(
        "Request %(ref)s for “%(title)s” has been promised by %(lender)s in the meantime, so it "
        "stays there. Nothing was changed."
    ),
    "request-elsewhere": gettext_lazy(
        "That request is between other libraries, and nothing has been sent for it yet. If an "
        "item came with it, scan its barcode. Nothing was changed."
    ),
    "scan-the-item": gettext_lazy(
        "That is request %(ref)s for “%(title)s”, but it does not tell which copy came. Scan the "
        "barcode of the item itself. Nothing was changed."
    ),
    "too-late-to-undo": gettext_lazy(
        "Something else has happened to request %(ref)s since, so this can no longer be undone. "
        "Open the request to see what can be done."
    ),
    "unknown-number": gettext_lazy(
        "%(desk)s has nothing with the number %(number)s. Scan it again; if it is still unknown, "
        "put it aside and ask the ILL center."
    ),
    "asked-for-copy": gettext_lazy(
        "Request %(ref)s is for a copy of some pages, not for “%(title)s” itself. Scan the pages "
        "and send the file. Nothing was changed."
    ),
    "asked-for-loan": gettext_lazy(
        "Request %(ref)s is for “%(title)s” itself, not for a copy. Nothing was sent."
    ),
    "no-such-link": gettext_lazy(
        "This is no web address. It has to begin with https:// and lead to the copy. Nothing was "
        "sent."
    ),
    "cost-not-agreed": gettext_lazy(
        "Nobody has agreed to a cost of $%(cost)s yet. Say yes on conditions first, with the cost; "
        "once it is accepted, send the copy."
    ),
    "service-already": gettext_lazy("It was changed just before. Nothing more was changed."),
    "wrong-item": gettext_lazy(
        "This is “%(title)s” (%(barcode)s), but “%(wanted)s” was asked for. Nothing was changed."
    ),
}

# What has to be done before, where that is at hand.
FIRST: Mapping[tuple[str, str], Promise] = {
    (Verb.RECEIVE, State.REFERRED): gettext_lazy(
        "If you have the item, scan the barcode of the item itself. Items from outside the member "
        "libraries are recorded by the ILL center first: tell the center."
    ),
    (Verb.RECEIVE, State.CENTRE): gettext_lazy(
        "If you have the item, scan the barcode of the item itself, or tell the ILL center."
    ),
    (Verb.RECEIVE, State.APPROVED): gettext_lazy(
        "If you have the item, scan the barcode of the item itself."
    ),
    **{
        (verb, State.CLOSED): gettext_lazy(
            "Its loan is over. If you have the item, it belongs to its lender: put it out for the "
            "van so it goes there."
        )
        for verb in (Verb.RECEIVE, Verb.CHECK_OUT, Verb.RETURN, Verb.SHIP_RETURN)
    },
    (Verb.CHECK_OUT, State.SHIPPED): gettext_lazy("Receive it first."),
    (Verb.SHIP_RETURN, State.SHIPPED): gettext_lazy("Receive it first."),
    (Verb.RETURN, State.ARRIVED): gettext_lazy("It was not lent: lend it, or send it home."),
}

# What a library does with a request, and where its desk works on it.
SIDES: Words = {
    Side.LENDING: gettext_lazy("lends: work on it under Lending, Ship or Check in"),
    Side.BORROWING: gettext_lazy(
        "borrows: work on it under Borrowing, Receive, Lend, Take back or Send home"
    ),
}


def out_of_turn(no: OutOfTurn) -> str:
    """Where the thing stands, which is why the verb cannot be done now; and what to do first."""
    state, verb = str(no.facts["state"]), str(no.facts["verb"])
    states = SUPPLY_STATES if no.facts["part"] == "supply" else _loan_words(verb)
    facts = {"request": the_thing(state, no.facts.get("ref")), "where": label(states, state)}
    if no.already:
        return _("That is already done: %(request)s %(where)s. Nothing was changed.") % facts
    said = _("This cannot be done now because %(request)s %(where)s. Nothing was changed.") % facts
    first = FIRST.get((verb, state))
    return f"{said} {first}" if first else said


def _loan_words(verb: str) -> Words:
    """A lender says of its own thing no more than that the other library has it."""
    return LOAN_STATES if ROWS[Verb(verb)].role == Owner.LENDING else STATES


def the_thing(state: str, ref: object) -> str:
    """What it is that is there: the item while it travels, else the request."""
    numbered, bare = (
        (_("the item of request %(ref)s"), _("the item"))
        if state in TRAVELS
        else (_("request %(ref)s"), _("the request"))
    )
    return numbered % {"ref": grouped(str(ref))} if ref else bare


def told_apart(things: Sequence[Thing]) -> str:
    """ "“Walden” of Lenox Library (request 1234 ABCD) and “Emma” of ...", or with their barcodes
    where all are of one request."""
    of_lender = _("“%(title)s” of %(lender)s (request %(ref)s)")
    bare = _("“%(title)s” (request %(ref)s)")
    itself = _("“%(title)s” of %(lender)s (barcode %(barcode)s)")
    one = len({thing.ref for thing in things}) == 1
    said = [
        (itself if one and thing.barcode else of_lender if thing.lender else bare)
        % {
            "title": thing.title,
            "lender": thing.lender,
            "ref": grouped(thing.ref),
            "barcode": grouped(thing.barcode),
        }
        for thing in things
    ]
    return _(" and ").join(said)
