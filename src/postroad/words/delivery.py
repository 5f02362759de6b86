"""The words of parcels."""

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from postroad.delivery import tracking
from postroad.delivery.scan_lines import Why
from postroad.delivery.stops import NotBehind
from postroad.delivery.timetable_rows import Wrong
from postroad.delivery.tracking import Carrier
from postroad.words.labels import Words, label

REFUSALS: Words = {
    "not-that-many": gettext_lazy("Enter how many pieces, from 0 to 99,999. Nothing was saved."),
    "no-such-visit": gettext_lazy(
        "This stop of the van is over three days ago, or its driver took it back. Nothing was "
        "saved."
    ),
    "door-not-your-round": gettext_lazy(
        "Keys and alarms are shown only to the driver whom the delivery office has put on "
        "%(route)s today. Nothing was shown."
    ),
    "no-door-sheet": gettext_lazy("This library has no door sheet: its staff open the door."),
    "container-in-itself": gettext_lazy(
        "%(inner)s cannot go into %(outer)s: it would be inside itself. Nothing was changed."
    ),
    "container-line-undone": gettext_lazy("This was already undone. Nothing was changed."),
    "delivery-code-missing": gettext_lazy(
        "A slip to Rhode Island needs the library's three letters, and this library does not have "
        "them yet. The slip can be printed after the delivery office enters them."
    ),
    "delivery-code-unknown": gettext_lazy(
        "No list of Rhode Island has the letters %(letters)s, so a slip with them would go astray. "
        "The delivery office corrects them, or brings in a newer list, under Codes of Rhode Island."
    ),
    "delivery-code-taken": gettext_lazy(
        "%(letters)s are the letters of %(library)s. Two libraries with the same letters would get "
        "each other's items. Nothing was saved."
    ),
    "stop-code-missing": gettext_lazy(
        "On the day on which it arrives another contractor drives, and %(library)s has no code of "
        "that contractor yet. The slip can be printed after the delivery office has brought in its "
        "codes, under Change of contractor."
    ),
    "changeover-already": gettext_lazy(
        "%(courier)s is followed by another contractor already. End that first. Nothing was saved."
    ),
    "changeover-over": gettext_lazy(
        "Somebody else was faster: it was changed already. Nothing was changed."
    ),
    "delivery-code-retired": gettext_lazy(
        "Rhode Island has retired the letters %(letters)s. The delivery office enters the "
        "library's new ones at its stop, or sets the old ones in force again under Codes of Rhode "
        "Island."
    ),
    "nothing-to-record": gettext_lazy(
        "This scan names no stop, or no parcel that is under way. Nothing was recorded."
    ),
    "nothing-to-print": gettext_lazy("Nothing was chosen, so nothing was printed."),
    "nothing-to-undo": gettext_lazy("There is nothing to undo here. Nothing was changed."),
    "timetable-applied": gettext_lazy(
        "“%(name)s” took effect or was undone already. Nothing was changed."
    ),
    "timetable-changed-meanwhile": gettext_lazy(
        "Some of these stops were changed since you looked. Look at the difference again. Nothing "
        "was changed."
    ),
    "timetable-not-confirmed": gettext_lazy(
        "Nothing was changed. If the van shall really stop calling at these libraries, type their "
        "number: %(number)s."
    ),
    "delay-new-day": gettext_lazy(
        "The day on which the van comes instead has to come after the days without it. Nothing was "
        "saved."
    ),
    "delay-nowhere": gettext_lazy(
        "The van stops at no library there, so nobody would notice. Nothing was saved."
    ),
    "service-last-pick-up": gettext_lazy(
        "The last day on which the van picks up has to lie between the first and the last day. "
        "Nothing was saved."
    ),
    "service-stopped": gettext_lazy(
        "Keep “%(title)s” for now. The delivery service has stopped (%(reason)s), and meanwhile "
        "only copies are sent. Nothing was changed."
    ),
    "service-stopped-already": gettext_lazy(
        "On some of these days the whole service stops already: %(reason)s. End that first. "
        "Nothing was saved."
    ),
    "delay-over": gettext_lazy(
        "This is over already, or somebody else was faster. Nothing was changed."
    ),
    "parcel-already-collected": gettext_lazy(
        "The van has this parcel already, so it cannot be held back. It will be sent back to you."
    ),
    "claim-not-yours": gettext_lazy(
        "Only the library that owns an item claims it: here %(owner)s. Nothing was changed."
    ),
    "claim-too-early": gettext_lazy(
        "It is too early: this may be claimed from %(day)s on. Nothing was changed."
    ),
    "claim-too-late": gettext_lazy(
        "It is too late: this could be claimed until %(day)s. Nothing was changed."
    ),
    "claim-over-the-cap": gettext_lazy(
        "The carrier pays at most $%(cap)s for this item, which was sent on %(day)s. Nothing was "
        "changed."
    ),
    "claim-paid-too-much": gettext_lazy(
        "$%(amount)s was claimed, so no more than that was paid. Nothing was changed."
    ),
    "claim-not-sent": gettext_lazy(
        "%(sender)s has kept this or has it again, so nothing was lost on the road. Nothing was "
        "changed."
    ),
    "claim-has-arrived": gettext_lazy(
        "%(receiver)s has received this, so it is not lost on the road. Claim it as damaged if it "
        "arrived so. Nothing was changed."
    ),
    "claim-found": gettext_lazy(
        "This was found by somebody who was asked to look for it, or scanned by the van or at a "
        "hub in the last days, so it is not lost on the road. Nothing was changed."
    ),
    "claim-by-mail": gettext_lazy(
        "This went by mail. Claim it from the mail carrier by its own rules. Nothing was changed."
    ),
    "claim-made-already": gettext_lazy(
        "This item is claimed already. Open that claim instead. Nothing was changed."
    ),
    "claim-moved": gettext_lazy(
        "This claim has gone on since the page was opened. Look at it again. Nothing was changed."
    ),
    "claim-sender-silent": gettext_lazy(
        "No scan shows that it left %(sender)s. Ask there, and write down who says so. Nothing was "
        "changed."
    ),
    "claim-withdrawal-told": gettext_lazy(
        "The carrier was told that this claim is withdrawn, so that stays. Make a new claim if it "
        "is needed. Nothing was changed."
    ),
    "mail-not-on-this-day": gettext_lazy(
        "It was sent on %(day)s, so this happened on that day or later, and not after today. "
        "Nothing was changed."
    ),
    "scan-file-too-large": gettext_lazy(
        "The file has more than %(most)s lines. Split it, and send the parts one after the other."
    ),
    "scan-file-unreadable": gettext_lazy(
        "This is no file of scans. It is text with one scan a line, and its first line names the "
        "columns time, place, step and number."
    ),
    "search-answered": gettext_lazy(
        "This was answered by somebody else just before, or the item was found elsewhere. Nothing "
        "was changed."
    ),
    "search-not-answered": gettext_lazy(
        "There is no answer to take back, or the question was asked again since. Nothing was "
        "changed."
    ),
}

# Why a library cannot be a satellite of another
NOT_BEHIND: Words = {
    NotBehind.NO_VAN: gettext_lazy("The van does not stop at this library."),
    NotBehind.SATELLITE: gettext_lazy("A satellite is no hub town. Name the library that is."),
    NotBehind.HAS_OWN: gettext_lazy(
        "Other libraries are satellites of this one, so it cannot be one itself."
    ),
}

# A line of a file of scans that was not taken: its column, and why.
COLUMNS: Words = {
    "time": gettext_lazy("time"),
    "place": gettext_lazy("place"),
    "step": gettext_lazy("step"),
    "number": gettext_lazy("number"),
    "library": gettext_lazy("library"),
    "into": gettext_lazy("into"),
    "": gettext_lazy("the whole line"),
}
BAD_LINES: Words = {
    Why.TIME_MISSING: gettext_lazy("The time is missing."),
    Why.TIME_UNREAD: gettext_lazy("The time cannot be read. Write it as 2026-11-30 14:05."),
    Why.TIME_AHEAD: gettext_lazy("The time has not come yet: the scanner's clock is wrong."),
    Why.TIME_OLD: gettext_lazy("The time is more than a year ago: the scanner's clock is wrong."),
    Why.PLACE_UNKNOWN: gettext_lazy("No hub, route or stop has this code."),
    Why.STEP_UNKNOWN: gettext_lazy("No step has this name."),
    Why.STEP_ELSEWHERE: gettext_lazy(
        "This does not happen at such a place: things are dropped at a library; they are sorted, "
        "held, released, found and misrouted at a hub."
    ),
    Why.STEP_OF_OTHERS: gettext_lazy(
        "Parcels are not closed or emptied; bins and bags are not held, released, found, misrouted "
        "or damaged."
    ),
    Why.NUMBER_MISSING: gettext_lazy("The number is missing."),
    Why.NUMBER_UNKNOWN: gettext_lazy("No parcel, bin or bag has this number."),
    Why.NUMBER_ROUNDED: gettext_lazy(
        "A spreadsheet program has rounded this number. Send the file as the scanner wrote it."
    ),
    Why.NUMBER_SEVERAL: gettext_lazy("Several parcels have this item. Use the parcel's number."),
    Why.LIBRARY_NEEDED: gettext_lazy(
        "An item's barcode needs the code of its library: other libraries may use the same number."
    ),
    Why.INTO_UNKNOWN: gettext_lazy("No bin or bag has the number in this column."),
    Why.IN_ITSELF: gettext_lazy("It would be inside itself."),
    Why.TOO_FEW_COLUMNS: gettext_lazy("The line has fewer columns than the first line names."),
}

CARRIERS: dict[Carrier, Promise | str] = {
    Carrier.USPS: "USPS",
    Carrier.UPS: "UPS",
    Carrier.FEDEX: "FedEx",
    Carrier.POST: gettext_lazy("a postal service abroad"),
}


def carriers(number: str) -> str:
    """To whom a tracking number may belong; several are all named."""
    return _(" or ").join(str(CARRIERS[each]) for each in tracking.candidates(number))


# What a timetable says of a stop
OF_A_STOP: Words = {
    "route": gettext_lazy("Route"),
    "place": gettext_lazy("Place on the route"),
    "drop_days": gettext_lazy("Delivery days"),
    "pick_up_days": gettext_lazy("Pick-up days"),
    "opens": gettext_lazy("Not before"),
    "closes": gettext_lazy("Not after"),
    "on_demand": gettext_lazy("Only on demand"),
    "notice_hours": gettext_lazy("Hours of notice"),
    "behind": gettext_lazy("Satellite of"),
}
WRONG_CELLS: Words = {
    Wrong.LIBRARY: gettext_lazy(
        "No library here is called that, or several are: use its code, or its name and town."
    ),
    Wrong.TWICE: gettext_lazy("This library stands in another row already."),
    Wrong.ROUTE: gettext_lazy("A route has at most 20 characters."),
    Wrong.PLACE: gettext_lazy("Write a number from 0 to 999."),
    Wrong.DAYS: gettext_lazy("Write days such as Mon, Wed, Fri or MTWTF, or none."),
    Wrong.CLOCK: gettext_lazy("Write a time such as 9:30 or 1 pm."),
    Wrong.WINDOW: gettext_lazy("This is not after the time from which the van may come."),
    Wrong.NOTICE: gettext_lazy("Write hours, from 0 to 240."),
    Wrong.YES_OR_NO: gettext_lazy("Write yes or no."),
    Wrong.BEHIND: gettext_lazy(
        "Name a library at which the van stops and that is no satellite itself, or write none."
    ),
}


def wrong_cell(why: str) -> str:
    """What is wrong with a cell of a timetable."""
    return label(WRONG_CELLS, why)
