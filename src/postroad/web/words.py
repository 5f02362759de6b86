"""Labels and refusals in the reader's language.

A refusal says what happened, that nothing was lost, and what to do.
"""

from collections.abc import Mapping, Sequence
from datetime import date

from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from postroad.cases.lifecycle import Ending as CaseEnding
from postroad.cases.lifecycle import State as CaseState
from postroad.cases.lifecycle import Verb as CaseVerb
from postroad.delivery import tracking
from postroad.delivery.tracking import Carrier
from postroad.directory import thresholds
from postroad.errors import Refusal
from postroad.ill import homeward
from postroad.ill.homeward import Advice, Because, Way
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
from postroad.ill.models import System
from postroad.ill.rota import WhyNot
from postroad.reference_numbers import grouped

Words = Mapping[str, Promise]
NUMBERS = ("ref", "barcode", "sent", "case")  # among the facts of a refusal

# code of the refusal: its sentence, with the facts by name
REFUSALS: dict[str, Promise] = {
    "ambiguous-number": gettext_lazy(
        "%(number)s is on more than one thing: %(things)s. Nothing was changed. Scan the number "
        "on the slip or the request number: it matches only one of them."
    ),
    "book-number": gettext_lazy(
        "%(number)s is an ISBN or ISSN, which every copy of the edition has. Scan the barcode "
        "that the library put on this copy. Nothing was changed."
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
    "situation-ends-before": gettext_lazy(
        "“%(name)s” would end before it begins: its last day is before its first, or has passed. "
        "Nothing was changed."
    ),
    "situation-nowhere": gettext_lazy(
        "No member library lies where “%(name)s” holds. Nothing was changed."
    ),
    "ends-before-it-starts": gettext_lazy(
        "The last day is before the first day. Nothing was saved: enter the days again."
    ),
    "no-such-case": gettext_lazy("There is no such case."),
    "case-out-of-turn": gettext_lazy(
        "Case %(case)s has moved on in the meantime, so this no longer fits. Nothing was "
        "changed. Look at where it stands now."
    ),
    "case-moved": gettext_lazy(
        "Somebody else has just changed case %(case)s. What you sent was not saved: look at the "
        "case, and send it again if it is still right."
    ),
    "case-nothing-written": gettext_lazy("Nothing was written. Write a message first."),
    "case-number-wanted": gettext_lazy(
        "To ask whether a return is accepted, give the Clio ID or the ILL number of the loan, and "
        "both if you know them. Nothing was sent yet."
    ),
    "case-day-passed": gettext_lazy(
        "A case is put off until a day after today. Nothing was changed: choose another day."
    ),
    "case-other-parties": gettext_lazy(
        "These two cases are of different people, so they cannot be merged: nobody may read "
        "another's words. Nothing was changed."
    ),
    "case-not-theirs": gettext_lazy(
        "%(who)s does not work where this case is answered. Nothing was changed."
    ),
    "case-written-meanwhile": gettext_lazy(
        "Something was written in case %(case)s while you were writing. Your answer was not "
        "sent yet: read the new message, then send it or change it."
    ),
    "case-nothing-to-confirm": gettext_lazy(
        "Whether a library accepts returns is said in a case about a return, by an office or by "
        "that library itself. Nothing was changed."
    ),
    "calendar-unreadable": gettext_lazy(
        "This is no calendar file that can be read here, or it is too large. Export it from your "
        "calendar program as .ics, only the closures. Nothing was changed."
    ),
    "not-fetched": gettext_lazy("Nothing could be fetched from that address."),
    "address-not-of-the-web": gettext_lazy(
        "This is no address of the web. It begins with https:// or http:// and names a server."
    ),
    "address-private": gettext_lazy(
        "%(host)s is inside a private network, so nothing is fetched from there. The operator can "
        "allow it."
    ),
    "address-unreached": gettext_lazy(
        "Nobody answered at %(host)s, or not in time. It is tried again later."
    ),
    "address-answered": gettext_lazy(
        "The server answered, but not with the file (it said %(status)s). Look whether the address "
        "is still right."
    ),
    "address-redirects": gettext_lazy(
        "The address leads on and on, more than %(redirects)s times. Enter the one at the end."
    ),
    "address-too-large": gettext_lazy("What stands there is more than %(megabytes)s MB."),
    "link-unknown": gettext_lazy(
        "This is no link of ours, or a part of it is missing. Open it from the mail once more, or "
        "copy all of it. Nothing was recorded."
    ),
    "link-too-old": gettext_lazy(
        "The days of this link are over: it worked for %(days)s days. Nothing was recorded. Sign "
        "in, or call the center."
    ),
    "suggestion-decided": gettext_lazy(
        "Somebody has decided this just before you. Nothing more was changed."
    ),
    "updates-link-is-over": gettext_lazy(
        "The link was used, has been replaced or is more than a week old, or you have left "
        "already. Nothing was changed. If you want updates, sign up again: it takes a minute."
    ),
    "nobody-to-tell": gettext_lazy(
        "Nobody holds one of these posts at these libraries, so nobody would read it. Nothing was "
        "sent. Choose other posts or libraries; your text is still here."
    ),
    "link-used": gettext_lazy(
        "This link has been used already, and works once. What was said with it is recorded."
    ),
    "delivery-code-missing": gettext_lazy(
        "A slip to Rhode Island needs the library's three letters, and this library does not have "
        "them yet. The slip can be printed after the delivery office enters them."
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
    "deleted-record": gettext_lazy("The library that sent this record has deleted it."),
    "holdings-record": gettext_lazy("This is a holdings record, not a bibliographic record."),
    "symbol-taken": gettext_lazy(
        "%(symbol)s is the symbol of %(library)s. Check it, or leave it empty. Nothing was changed."
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
    "item-not-here": gettext_lazy(
        "According to the catalog, copy %(barcode)s is not where it needs to be for this. Check "
        "its status first. Nothing was changed."
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
    "library-code-taken": gettext_lazy(
        "Another library has the code %(library)s, maybe one that no longer takes part. Choose "
        "another code. Nothing was changed."
    ),
    "post-not-yours-to-give": gettext_lazy(
        "Only somebody who may give all posts of this account can change it. Nothing was changed."
    ),
    "post-without-its-place": gettext_lazy(
        "A post at a library needs one of our members, and a post for the consortium none. Nothing "
        "was changed."
    ),
    "last-operator": gettext_lazy(
        "%(name)s is the last operator: nobody could appoint another. Make somebody else operator "
        "first. Nothing was changed."
    ),
    "last-director": gettext_lazy(
        "%(name)s is the last director of %(library)s. Nothing was changed."
    ),
    "invitation-is-over": gettext_lazy(
        "This link was used already, is too old, or a newer one was sent. Nothing was changed."
    ),
    "card-number-taken": gettext_lazy(
        "Another card of %(library)s has the number %(barcode)s. Nothing was changed."
    ),
    "threshold-entered-already": gettext_lazy(
        "%(days)s is entered from %(day)s on already. Choose another day, or take that one back "
        "if it has not begun. Nothing was changed."
    ),
    "threshold-has-begun": gettext_lazy(
        "It has held since %(day)s, so it stays in the history. Enter another number from a later "
        "day on. Nothing was changed."
    ),
    "spreadsheet-unreadable": gettext_lazy(
        "This file is damaged or cannot be read. Open it in your spreadsheet program, save it "
        "again as .xlsx, .ods or .csv, and choose it again. Nothing was changed."
    ),
    "spreadsheet-of-another-kind": gettext_lazy(
        "This is not a spreadsheet that can be read here. Save it as .xlsx, .ods or .csv and "
        "choose it again. Nothing was changed."
    ),
    "spreadsheet-locked": gettext_lazy(
        "This spreadsheet opens only with a password. Save it without one and choose it again. "
        "Nothing was changed."
    ),
    "spreadsheet-too-large": gettext_lazy(
        "This file is too large: %(megabytes)s MB is the most. Divide it into several files, or "
        "remove pictures and unneeded sheets. Nothing was changed."
    ),
    "spreadsheet-too-many-rows": gettext_lazy(
        "This file has more than %(rows)s rows. Divide it into several files. Nothing was changed."
    ),
    "spreadsheet-too-wide": gettext_lazy(
        "This file has more than %(columns)s columns, or a cell with more than %(characters)s "
        "characters. Remove what does not belong there. Nothing was changed."
    ),
    "spreadsheet-open-quote": gettext_lazy(
        "A quotation mark near line %(line)s has no partner, so it is not clear where a cell "
        "ends. Correct that line. Nothing was changed."
    ),
    "spreadsheet-empty": gettext_lazy(
        "There is nothing in this spreadsheet. Choose another. Nothing was changed."
    ),
    "spreadsheet-without-headings": gettext_lazy(
        "None of the first rows has these headings: %(needed)s. Add them above the columns. "
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
    "pick-up-is-lender": gettext_lazy(
        "%(library)s is the library that was asked to lend it, so it cannot be sent there. Choose "
        "another library, or cancel the request and ask there. Nothing was changed."
    ),
    "no-card": gettext_lazy(
        "You need a library card to ask for a title, and this account has none. Your library's "
        "staff can add it."
    ),
    "no-such-reader": gettext_lazy("There is no reader here that you can see."),
    "no-such-request": gettext_lazy("There is no request here that you can see."),
    "no-search-index": gettext_lazy(
        "The catalog is being prepared for searching. Nothing is lost; please try again in a few "
        "minutes."
    ),
    "no-title": gettext_lazy("The record has no title, so nobody could find it."),
    "not-an-outside-lender": gettext_lazy(
        "%(lender)s is a member library and answers its own requests. Nothing was changed."
    ),
    "not-marc": gettext_lazy("Postroad cannot read this file. It reads ISO 2709 and MARCXML."),
    "no-longer-asked": gettext_lazy(
        "Request %(ref)s for “%(title)s” is no longer with your library: %(ending)s. If you have "
        "the item, scan its own barcode. Nothing was changed."
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
    "nothing-to-undo": gettext_lazy("There is nothing to undo here. Nothing changed."),
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
    "parcel-already-collected": gettext_lazy(
        "The van has this parcel already, so it cannot be held back. It will be sent back to you."
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
    "search-index-busy": gettext_lazy(
        "The search index is being updated by another process. Nothing is lost; please try again "
        "in a few minutes."
    ),
    "search-index-trouble": gettext_lazy(
        "The search index could not be updated. The catalog itself is fine; please tell whoever "
        "runs this server."
    ),
    "too-late-to-undo": gettext_lazy(
        "Something else has happened to request %(ref)s since, so this can no longer be undone. "
        "Open the request to see what can be done."
    ),
    "unknown-number": gettext_lazy(
        "%(desk)s has nothing with the number %(number)s. Scan it again; if it is still unknown, "
        "put it aside and ask the ILL center."
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
    State.REVIEW: gettext_lazy("is waiting for staff review"),
    State.APPROVED: gettext_lazy("is waiting for a lender to be chosen"),
    State.REFERRED: gettext_lazy("is waiting for the lender"),
    State.CENTRE: gettext_lazy("is at the ILL center"),
    State.SHIPPED: gettext_lazy("is on its way to the pickup library"),
    State.ARRIVED: gettext_lazy("is on the hold shelf"),
    State.LENT: gettext_lazy("is with the patron"),
    State.BACK: gettext_lazy("has been returned by the patron and needs to be sent home"),
    State.HOMEWARD: gettext_lazy("is on its way home"),
    State.CLOSED: gettext_lazy("is finished"),
}

SUPPLY_STATES: Words = {
    SupplyState.ASKED: gettext_lazy("is waiting for an answer"),
    SupplyState.PROMISED: gettext_lazy("is promised and is waiting to be shipped"),
    SupplyState.SHIPPED: gettext_lazy("is on its way to the borrower"),
    SupplyState.RECEIVED: gettext_lazy("is at the borrowing library"),
    SupplyState.HOMEWARD: gettext_lazy("is on its way home"),
    SupplyState.CLOSED: gettext_lazy("is finished"),
}

# In these it is the item that is somewhere; in the others, the request.
TRAVELS = frozenset(
    {
        *(State.SHIPPED, State.ARRIVED, State.LENT, State.BACK, State.HOMEWARD),
        *(SupplyState.SHIPPED, SupplyState.RECEIVED, SupplyState.HOMEWARD),
    }
)

# What has not happened when the clock of a state rings, on either side.
TIME_IS_UP: Words = {
    State.REVIEW: gettext_lazy("nobody has reviewed it yet"),
    State.REFERRED: gettext_lazy("it is still waiting for the lender"),
    State.CENTRE: gettext_lazy("it is still waiting at the ILL center"),
    State.SHIPPED: gettext_lazy("it has not arrived yet"),
    State.ARRIVED: gettext_lazy("nobody has picked it up"),
    State.LENT: gettext_lazy("the patron has not brought it back"),
    State.BACK: gettext_lazy("it is still waiting to be sent home"),
    State.HOMEWARD: gettext_lazy("it has not come home yet"),
    SupplyState.ASKED: gettext_lazy("the lender has not answered yet"),
    SupplyState.PROMISED: gettext_lazy("the lender has not sent it yet"),
    SupplyState.RECEIVED: gettext_lazy("the borrowing library has not sent it back"),
}

# What has to be done before, where that is at hand.
FIRST: Mapping[tuple[str, str], Promise] = {
    ("receive", State.REFERRED): gettext_lazy(
        "If you have the item, scan the barcode of the item itself. Items from outside the member "
        "libraries are recorded by the ILL center first: tell the center."
    ),
    ("receive", State.CENTRE): gettext_lazy(
        "If you have the item, scan the barcode of the item itself, or tell the ILL center."
    ),
    ("receive", State.APPROVED): gettext_lazy(
        "If you have the item, scan the barcode of the item itself."
    ),
    **{
        (verb, State.CLOSED): gettext_lazy(
            "Its loan is over. If you have the item, it belongs to its lender: put it out for the "
            "van so it goes there."
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
    Outcome.FILLED: gettext_lazy("lent and returned"),
    Outcome.UNCLAIMED: gettext_lazy("not picked up, and sent home"),
    Outcome.CANCELLED: gettext_lazy("canceled"),
    Outcome.UNFILLED: gettext_lazy("could not be supplied"),
    Outcome.EXPIRED: gettext_lazy("not sent by the day it was needed"),
}

ENDINGS: Words = {
    Ending.SUPPLIED: gettext_lazy("supplied"),
    Ending.REFUSED: gettext_lazy("said no"),
    Ending.LAPSED: gettext_lazy("did not answer in time"),
    Ending.CLOSED: gettext_lazy("closed before it answered"),
    Ending.WITHDRAWN: gettext_lazy("no longer needed"),
}

REASONS: Words = {
    Reason.NOT_ON_SHELF: gettext_lazy("not on the shelf"),
    Reason.ON_LOAN: gettext_lazy("on loan"),
    Reason.MISSING: gettext_lazy("missing or lost"),
    Reason.REFERENCE: gettext_lazy("used in the library only"),
    Reason.CONDITION: gettext_lazy("too worn to ship"),
    Reason.IN_PROCESS: gettext_lazy("being processed"),
    Reason.ON_HOLD: gettext_lazy("on hold for someone else"),
    Reason.BINDERY: gettext_lazy("at the bindery"),
    Reason.LACKS_PART: gettext_lazy("the requested part is missing"),
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
    "letter": gettext_lazy("by letter or e-mail"),
    "other": gettext_lazy("another way"),
}

# What a number of another system is called, before the number
NUMBER_SYSTEMS: Words = {System(code): label for code, label in System.choices}

# How a thing goes home
WAYS_HOME: Words = {
    Way.VAN: gettext_lazy("Send it by the van"),
    Way.VAN_HELD: gettext_lazy("Send it by the van; the hub will hold it"),
    Way.MAIL: gettext_lazy("Send it by mail"),
    Way.HOLD_ON: gettext_lazy("Keep it for now"),
    Way.ASK_US: gettext_lazy("Ask the ILL center before you send it"),
    Way.HERE: gettext_lazy("It is at home"),
}

# What to do then
TODO: Words = {
    Way.VAN: gettext_lazy("Put this slip on it, so that it shows, and put it out for the van."),
    Way.VAN_HELD: gettext_lazy(
        "Put this slip on it, so that it shows, and put it out for the van all the same. While it "
        "waits at the hub it does not count as late."
    ),
    Way.MAIL: gettext_lazy("Mail it to %(library)s with a tracking number, and keep the receipt."),
    Way.HOLD_ON: gettext_lazy(
        "Keep it at your library. What is sent now would come back or get lost. Look here again "
        "before you send it."
    ),
    Way.ASK_US: gettext_lazy("Keep it until the ILL center has answered."),
    Way.HERE: gettext_lazy("It belongs to the library that has it. Check it in there."),
}

# Why it goes so (R4 to R7)
BECAUSE: Words = {
    Because.SAYS_YES: gettext_lazy("%(library)s says that it is accepting returns."),
    Because.TEAM_SAYS_YES: gettext_lazy(
        "The ILL center has confirmed that %(library)s is accepting returns."
    ),
    Because.WEBSITE_SAYS_YES: gettext_lazy(
        "The website of %(library)s says that staff are in the building."
    ),
    Because.SAYS_NO: gettext_lazy("%(library)s says that it is not accepting returns."),
    Because.WEBSITE_SAYS_NO: gettext_lazy(
        "The website of %(library)s says that nobody is in the building."
    ),
    Because.SHUT: gettext_lazy("%(library)s is closed or not accepting returns."),
    Because.NOT_KNOWN: gettext_lazy(
        "Nobody has told us whether %(library)s is accepting returns, and we do not guess. Look at "
        "its website; the ILL center can find out."
    ),
    Because.LEFT: gettext_lazy("%(library)s no longer takes part in interlibrary loan here."),
    Because.NUMBER: gettext_lazy(
        "Without a tracking number nobody can ask the carrier where it is. It may go without one."
    ),
    Because.NO_ADDRESS: gettext_lazy(
        "We do not have its address for returns. Use the one on the lender's own paperwork; if "
        "there is none, ask the ILL center."
    ),
    Because.VAN_AT_BOTH: gettext_lazy(
        "The delivery van stops at both ends, and a return by the van is always allowed."
    ),
    Because.HELD_AT_HUB: gettext_lazy("The van is not stopping at %(library)s now."),
    Because.OUTSIDE: gettext_lazy("%(library)s is outside the consortium, so no van goes there."),
    Because.NO_VAN_HERE: gettext_lazy("The van does not stop where it would be sent from."),
    Because.NO_VAN_THERE: gettext_lazy("The van does not stop at %(library)s."),
    Because.SLIP_OF_RI: gettext_lazy(
        "%(library)s is in Rhode Island: its slip shows three letters. Only one slip may show; "
        "take off the one that it came with."
    ),
    Because.SLIP_OF_MA: gettext_lazy(
        "%(library)s is in Massachusetts: its slip shows the region's letter and the town. Only "
        "one slip may show; take off the one that it came with."
    ),
    Because.SLIP_VIA_SOUTHEAST: gettext_lazy(
        "From Rhode Island to Massachusetts a filled-in slip “S via Southeast” with the town shows "
        "at the top. Only one slip may show; take off the one that it came with."
    ),
    Because.NO_CODE: gettext_lazy(
        "A slip to Rhode Island needs the library's three letters, and those of %(library)s are "
        "not known. Without them it cannot be sorted."
    ),
}
# Of these the desk must hear before it lets go of the thing.
BEWARE = frozenset(
    {
        *(Because.SAYS_NO, Because.WEBSITE_SAYS_NO, Because.SHUT, Because.NOT_KNOWN, Because.LEFT),
        *(Because.HELD_AT_HUB, Because.NO_CODE),
    }
)
ENDLESS = frozenset({Because.SAYS_NO, Because.SHUT, Because.HELD_AT_HUB})

TOO_MANY_TRIES = gettext_lazy(
    "That were many tries in one minute. Wait a minute, then try again. Staff who sign in are not "
    "limited."
)

PROOFS: Words = {
    Proof.SYSTEM: gettext_lazy("the lender closed the loan in its system"),
    Proof.MESSAGE: gettext_lazy("the lender wrote or called"),
    Proof.TRACKING: gettext_lazy("the carrier says that it was delivered"),
}

CONCERNS: Words = {
    Concern.NO_CARD: gettext_lazy("the patron no longer has a library card"),
    Concern.BLOCKED: gettext_lazy("the patron's card is blocked"),
    Concern.EXPIRED: gettext_lazy("the patron's card has expired"),
    Concern.LIMIT: gettext_lazy("the patron has as many open requests as the library allows"),
    Concern.OWN_COPY: gettext_lazy("a copy is in at the patron's own or the pickup library"),
    Concern.DUPLICATE: gettext_lazy("the patron has already asked for this title"),
    Concern.NEED_BY: gettext_lazy("the date it is needed by has passed"),
    Concern.POLICY: gettext_lazy("this library reviews every request"),
    "not-checked": gettext_lazy("the automatic checks did not finish in time"),
}

WHY_NOT: Words = {
    WhyNot.BORROWER: gettext_lazy("it is the borrowing library"),
    WhyNot.ASKED: gettext_lazy("it was asked for this request before"),
    WhyNot.NOT_LENDING: gettext_lazy("it does not lend to other libraries"),
    WhyNot.FORMAT: gettext_lazy("it does not lend this format"),
    WhyNot.NO_COPY: gettext_lazy("no copy is in"),
    WhyNot.CLOSED: gettext_lazy("it is closed on those days"),
    WhyNot.NOT_KNOWN: gettext_lazy("its opening days are not known"),
    WhyNot.NO_LENDING_NOW: gettext_lazy("it is open, but not lending on those days"),
    WhyNot.NO_DELIVERY: gettext_lazy("the van does not stop there"),
    WhyNot.NO_DELIVERY_THERE: gettext_lazy("the van does not stop at the pickup library"),
    WhyNot.TOO_LATE: gettext_lazy("it would arrive after the day it is needed"),
}

# Why a renewal was refused, for the reader
NO_RENEWAL: Words = {
    "never": gettext_lazy("the library that owns it does not renew"),
    "no-more": gettext_lazy("it has already been renewed as often as its library allows"),
    "overdue": gettext_lazy("it is already overdue"),
    "others-wait": gettext_lazy("someone else is waiting for it"),
    "blocked": gettext_lazy("the library card is blocked"),
}

# Why a lender that had let a request go has it again
RESUMED: Words = {
    "here": gettext_lazy("the borrowing library has it"),
    "found": gettext_lazy("the copy has turned up"),
    "mistake": gettext_lazy("it had said no by mistake"),
}

OWNERS: Words = {
    Owner.MACHINE: gettext_lazy("Postroad"),
    Owner.BORROWING: gettext_lazy("the borrowing library"),
    Owner.LENDING: gettext_lazy("the lending library"),
    Owner.CENTRE: gettext_lazy("the ILL center"),
    Owner.PATRON: gettext_lazy("the patron"),
}


# Where a case stands, as whoever answers reads it.
CASE_STATES: Words = {
    CaseState.NEW: gettext_lazy("new, not answered yet"),
    CaseState.OURS: gettext_lazy("waiting for us"),
    CaseState.THEIRS: gettext_lazy("waiting for the asker"),
    CaseState.PUT_OFF: gettext_lazy("put off"),
    CaseState.CLOSED: gettext_lazy("closed"),
}
# The same, as the asker reads it.
ASKED_STATES: Words = {
    CaseState.NEW: gettext_lazy("sent, not answered yet"),
    CaseState.OURS: gettext_lazy("sent, not answered yet"),
    CaseState.THEIRS: gettext_lazy("answered"),
    CaseState.PUT_OFF: gettext_lazy("being worked on"),
    CaseState.CLOSED: gettext_lazy("closed"),
}
CASE_ENDINGS: Words = {
    CaseEnding.ANSWERED: gettext_lazy("answered"),
    CaseEnding.SETTLED: gettext_lazy("settled"),
    CaseEnding.CONFIRMED: gettext_lazy("the library has said whether it accepts returns"),
    CaseEnding.NOTHING: gettext_lazy("nothing more can be done"),
    CaseEnding.WITHDRAWN: gettext_lazy("no longer needed"),
    CaseEnding.NOT_FOR_US: gettext_lazy("not for us"),
    CaseEnding.NO_REPLY: gettext_lazy("no reply came"),
    CaseEnding.MERGED: gettext_lazy("merged with another case"),
}
CASE_VERBS: Words = {
    CaseVerb.ASK: gettext_lazy("The case was opened."),
    CaseVerb.ANSWER: gettext_lazy("It was answered."),
    CaseVerb.REPLY: gettext_lazy("The asker wrote again."),
    CaseVerb.PUT_OFF: gettext_lazy("It was put off."),
    CaseVerb.ASSIGN: gettext_lazy("It was assigned."),
    CaseVerb.CLOSE: gettext_lazy("It was closed."),
    CaseVerb.CONFIRM: gettext_lazy("The library said whether it accepts returns."),
    CaseVerb.REOPEN: gettext_lazy("It was reopened."),
    CaseVerb.MERGE: gettext_lazy("It was merged with another case."),
    CaseVerb.UNMERGE: gettext_lazy("It was taken apart from the other case again."),
    CaseVerb.WAKE: gettext_lazy("Its day came."),
    CaseVerb.REMIND: gettext_lazy("A reminder was sent."),
    CaseVerb.LAPSE: gettext_lazy("It was closed because no reply came."),
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
        case "needed" if isinstance(fact, tuple):
            return ", ".join(fact)
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
    facts = {"request": the_thing(state, no.facts.get("ref")), "where": label(states, state)}
    if no.already:
        return _("That is already done: %(request)s %(where)s. Nothing was changed.") % facts
    said = _("This cannot be done now because %(request)s %(where)s. Nothing was changed.") % facts
    first = FIRST.get((verb, state))
    return f"{said} {first}" if first else said


def the_thing(state: str, ref: object) -> str:
    """What it is that is there: the item while it travels, else the request."""
    numbered, bare = (
        (_("the item of request %(ref)s"), _("the item"))
        if state in TRAVELS
        else (_("request %(ref)s"), _("the request"))
    )
    return numbered % {"ref": grouped(str(ref))} if ref else bare


def it_stands(state: str, states: Words = STATES) -> str:
    """ "The item is on the hold shelf.", "The request is at the ILL centre." """
    said = _("The item %(where)s.") if state in TRAVELS else _("The request %(where)s.")
    return said % {"where": label(states, state)}


def asked_through(system: str, number: str) -> str:
    """ "OCLC WorldShare, number 201993144", or "by letter or mail"."""
    facts = {"system": label(SYSTEMS, system), "number": number}
    return _("%(system)s, number %(number)s") % facts if number else facts["system"]


def todo(advice: Advice, library: str) -> str:
    """What to do, once it is decided how a thing goes home."""
    return label(TODO, advice.way) % {"library": library}


def because(reason: homeward.Reason, library: str) -> str:
    """One reason for it: since when, until when, and in whose words."""
    parts = [label(BECAUSE, reason.because) % {"library": library}]
    if reason.why:
        parts.append(_("The reason given: %(why)s.") % {"why": reason.why.rstrip(".")})
    if reason.on:
        parts.append(_("That was on %(day)s.") % {"day": day(reason.on)})
    if reason.until:
        parts.append(_("It holds until %(day)s.") % {"day": day(reason.until)})
    elif reason.because in ENDLESS:
        parts.append(_("No end is known."))
    return " ".join(parts)


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
    Carrier.POST: gettext_lazy("a postal service abroad"),
}


def carriers(number: str) -> str:
    """To whom a tracking number may belong; several are all named."""
    return _(" or ").join(str(CARRIERS[each]) for each in tracking.candidates(number))


# What each threshold counts, for a heading. The days follow.
THRESHOLDS: Words = {
    "courier-late": gettext_lazy("Late by delivery after"),
    "mail-late": gettext_lazy("Late by mail after"),
    "centre-answer": gettext_lazy("The ILL center answers within"),
    "staff-answer": gettext_lazy("Your library's staff answer within"),
    "desk": gettext_lazy("A returned item is sent home within"),
    "closure-patience": gettext_lazy("A request waits for a closed library for"),
    "overdue-repeat": gettext_lazy("Reminders of an overdue item come every"),
    "overdue-desk": gettext_lazy("The desk talks to the reader when overdue for"),
    "overdue-lender": gettext_lazy("Settled with the lender when overdue for"),
    "due-soon": gettext_lazy("Reminder before the due date"),
    "status-ask": gettext_lazy("A library that says nothing is asked how it stands after"),
    "status-stale": gettext_lazy("A library's word counts as not confirmed after"),
    "status-evidence": gettext_lazy("What a library's website said counts for"),
    "status-link": gettext_lazy("The link in a mail works for"),
    "pause-after": gettext_lazy("A pause is suggested after, left unanswered,"),
    "forget-after-loan": gettext_lazy("The reader's name is kept after a loan for"),
    "forget-after-unfilled": gettext_lazy(
        "The reader's name is kept after an unfilled request for"
    ),
    "acknowledge": gettext_lazy("Staff are reminded to acknowledge a notice after"),
    "bounces": gettext_lazy("An address is written to no more after"),
    "updates-weekday": gettext_lazy("Weekly updates go out on"),
    "case-new": gettext_lazy("A new question waits for its first answer at most"),
    "case-ours": gettext_lazy("An answer to a question waits at most"),
    "case-theirs": gettext_lazy("A question is closed when its asker is silent for"),
    "case-addresses": gettext_lazy("The address of who asked is kept after the end for"),
}


def amount(threshold: str, count: int) -> str:
    """A number with what it counts: "14 days"."""
    if threshold in thresholds.REQUESTS:
        return ngettext("%(n)s request", "%(n)s requests", count) % {"n": count}
    if threshold in thresholds.LETTERS:
        return ngettext("%(n)s returned letter", "%(n)s returned letters", count) % {"n": count}
    if threshold in thresholds.WEEKDAYS:
        return str(WEEKDAYS[(count - 1) % len(WEEKDAYS)])
    if threshold in thresholds.WORKING:
        return ngettext("%(n)s working day", "%(n)s working days", count) % {"n": count}
    return ngettext("%(n)s day", "%(n)s days", count) % {"n": count}
