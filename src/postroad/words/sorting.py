"""The words of what a sorter asks, and of holds that libraries tell."""

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from postroad.delivery.sort_stops import SortStop
from postroad.ill.destinations import Answer
from postroad.ill.sorting import Do, Reason, Trouble
from postroad.ill.told_holds import Why
from postroad.words.labels import Words, day

DOES: Words = {
    Do.SORT: gettext_lazy("Sort"),
    Do.HOLD: gettext_lazy("Hold"),
    Do.ASIDE: gettext_lazy("Set aside"),
}
REASONS: dict[Reason, Promise] = {
    Reason.LOAN: gettext_lazy("It is lent to %(to)s by a request."),
    Reason.RETURN: gettext_lazy("It is on its way home to %(to)s from a loan."),
    Reason.UNSENT: gettext_lazy(
        "It was lent by a request, and nobody recorded sending it home. It goes home to %(to)s."
    ),
    Reason.PARCEL: gettext_lazy("It was made ready for %(to)s."),
    Reason.HOLD: gettext_lazy("A library told us that it is for pick-up at %(to)s."),
    Reason.OWNER: gettext_lazy("Nothing else was told of it, so it goes home to %(to)s."),
    Reason.SEVERAL: gettext_lazy(
        "An item with this barcode is known of %(owners)s. It is not known which this is."
    ),
    Reason.UNKNOWN: gettext_lazy("No loan, parcel, hold or catalog of ours has this barcode."),
    Reason.UNREADABLE: gettext_lazy("This is no barcode: it is empty, or longer than any."),
    Reason.ROUNDED: gettext_lazy(
        "A spreadsheet program has rounded this barcode: nobody can tell which it was."
    ),
    Reason.NO_LIBRARY: gettext_lazy("We know no library with the code that was given."),
}
TROUBLES: dict[Trouble, Promise] = {
    Trouble.NO_STOP: gettext_lazy("The van does not stop there."),
    Trouble.NO_CODE: gettext_lazy(
        "The code that a slip there bears is missing, unknown or retired."
    ),
    Trouble.NO_DAYS: gettext_lazy("The van comes there on no day within a year."),
}
HELD = gettext_lazy("What is for there is held until %(day)s: %(reason)s.")
HELD_ON = gettext_lazy("What is for there is held until further notice: %(reason)s.")
WRONG: Words = {
    Why.NO_BARCODE: gettext_lazy("the barcode is missing"),
    Why.TOO_LONG: gettext_lazy("is longer than any barcode"),
    Why.ROUNDED: gettext_lazy(
        "is a number that a spreadsheet program has rounded; write the barcodes as text"
    ),
    Why.NO_LIBRARY: gettext_lazy("is no code of a library here"),
    Why.NOT_A_DAY: gettext_lazy("is no day that can be read"),
    Why.PAST: gettext_lazy("is over"),
    Why.TOO_FAR: gettext_lazy("is more than 90 days ahead"),
}


def why(answer: Answer) -> str:
    """Why it goes where it goes, and what keeps it."""
    facts = {
        "to": named(answer.to) if answer.to else "",
        "owners": _(" and of ").join(map(named, answer.owners)),
    }
    said = [str(REASONS[answer.reason]) % facts]
    if answer.trouble is Trouble.HELD and answer.held is not None:
        until = {"day": day(answer.held_until) if answer.held_until else ""}
        sentence = HELD if answer.held_until else HELD_ON
        said.append(str(sentence) % {**until, "reason": answer.held.reason.rstrip(".")})
    elif answer.trouble is not None:
        said.append(str(TROUBLES[answer.trouble]))
    return " ".join(said)


def named(stop: SortStop) -> str:
    return f"{stop.name}, {stop.town}" if stop.town else stop.name
