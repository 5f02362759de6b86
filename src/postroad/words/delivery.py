"""The words of parcels."""

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from postroad.delivery import tracking
from postroad.delivery.tracking import Carrier
from postroad.words.labels import Words

REFUSALS: Words = {
    "delivery-code-missing": gettext_lazy(
        "A slip to Rhode Island needs the library's three letters, and this library does not have "
        "them yet. The slip can be printed after the delivery office enters them."
    ),
    "nothing-to-record": gettext_lazy(
        "This scan names no stop, or no parcel that is under way. Nothing was recorded."
    ),
    "nothing-to-print": gettext_lazy("Nothing was chosen, so nothing was printed."),
    "nothing-to-undo": gettext_lazy("There is nothing to undo here. Nothing was changed."),
    "parcel-already-collected": gettext_lazy(
        "The van has this parcel already, so it cannot be held back. It will be sent back to you."
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

CARRIERS: dict[Carrier, Promise | str] = {
    Carrier.USPS: "USPS",
    Carrier.UPS: "UPS",
    Carrier.FEDEX: "FedEx",
    Carrier.POST: gettext_lazy("a postal service abroad"),
}


def carriers(number: str) -> str:
    """To whom a tracking number may belong; several are all named."""
    return _(" or ").join(str(CARRIERS[each]) for each in tracking.candidates(number))
