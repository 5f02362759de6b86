"""How a thing goes home, what to do with it, and why (R4 to R7)."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from postroad.ill import homeward
from postroad.ill.homeward import Advice, Because, Way
from postroad.words.labels import Words, day, label

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
    Because.STOPPED: gettext_lazy("The delivery service has stopped, so no van takes it."),
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
    elif reason.is_endless:
        parts.append(_("No end is known."))
    return " ".join(parts)
