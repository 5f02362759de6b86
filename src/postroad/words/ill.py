"""The words of a loan: where it stands, how it ended, and why."""

from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from postroad.ill import volumes
from postroad.ill.lifecycle import (
    OUT,
    Condition,
    Ending,
    Later,
    LoanState,
    Outcome,
    Owner,
    Proof,
    Reason,
    State,
    SupplyState,
)
from postroad.ill.models import Request, Supply, System
from postroad.ill.rota import WhyNot
from postroad.words.labels import Words, day, label

# Where a request stands, as staff say it; also the end of "This cannot be done now: it …"
STATES: Words = {
    State.ASKED: gettext_lazy("is being checked"),
    State.REVIEW: gettext_lazy("is waiting for staff review"),
    State.APPROVED: gettext_lazy("is waiting for a lender to be chosen"),
    State.WAITING: gettext_lazy("is waiting for the day on which a lender can send it"),
    State.REFERRED: gettext_lazy("is waiting for the lender"),
    State.CENTRE: gettext_lazy("is at the ILL center"),
    State.SHIPPED: gettext_lazy("is on its way to the pickup library"),
    State.ARRIVED: gettext_lazy("is on the hold shelf"),
    State.LENT: gettext_lazy("is with the patron"),
    State.BACK: gettext_lazy("has been returned by the patron and needs to be sent home"),
    State.HOMEWARD: gettext_lazy("is on its way home"),
    State.DELIVERED: gettext_lazy("was answered with a copy"),
    State.CLOSED: gettext_lazy("is finished"),
}

# The same, as a filter of a long list says it
LISTED: Words = {
    State.ASKED: gettext_lazy("Being checked"),
    State.REVIEW: gettext_lazy("Waiting for staff review"),
    State.APPROVED: gettext_lazy("A lender is being chosen"),
    State.WAITING: gettext_lazy("Waiting for a lender’s day"),
    State.REFERRED: gettext_lazy("With a lender"),
    State.CENTRE: gettext_lazy("To look for"),
    State.SHIPPED: gettext_lazy("On its way"),
    State.ARRIVED: gettext_lazy("On the hold shelf"),
    State.LENT: gettext_lazy("With the reader"),
    State.BACK: gettext_lazy("To send home"),
    State.HOMEWARD: gettext_lazy("On its way home"),
    State.DELIVERED: gettext_lazy("Copy delivered"),
}

# Whose turn it is
TURNS: Words = {
    Owner.CENTRE: gettext_lazy("The ILL center"),
    Owner.BORROWING: gettext_lazy("The borrowing library"),
    Owner.LENDING: gettext_lazy("The lending library"),
    Owner.PATRON: gettext_lazy("The reader"),
    Owner.MACHINE: gettext_lazy("Nobody: it goes on by itself"),
}

# The milestones along its road, as everybody reads them.
MILESTONES: Words = {
    State.ASKED: gettext_lazy("Asked"),
    State.REFERRED: gettext_lazy("A lender has the request"),
    State.SHIPPED: gettext_lazy("On its way"),
    State.ARRIVED: gettext_lazy("Ready for pickup"),
    State.LENT: gettext_lazy("Lent"),
    State.HOMEWARD: gettext_lazy("On its way home"),
    State.DELIVERED: gettext_lazy("Copy delivered"),
    State.CLOSED: gettext_lazy("Home"),
}
NOT_READY = gettext_lazy("At the pickup library")  # and something is to be settled first
ASKED_ONLY = gettext_lazy("A library was asked")  # until it answers, nobody has it in hand

SUPPLY_STATES: Words = {
    SupplyState.ASKED: gettext_lazy("is waiting for an answer"),
    SupplyState.OFFERED: gettext_lazy("is waiting for the borrowing library to accept conditions"),
    SupplyState.PROMISED: gettext_lazy("is promised and is waiting to be sent"),
    SupplyState.SUPPLYING: gettext_lazy("was sent"),
    SupplyState.CLOSED: gettext_lazy("is finished"),
}

# How far a lender is that has a request in hand, as the borrowing desk reads it.
IN_HAND: Words = {
    SupplyState.OFFERED: gettext_lazy("%(lender)s can send it on conditions."),
    SupplyState.PROMISED: gettext_lazy("%(lender)s has promised it and will send it."),
}
WAS_ASKED = gettext_lazy("%(lender)s was asked for it.")

# Where a thing stands, as its lender says it.
LOAN_STATES: Words = {
    LoanState.SHIPPED: gettext_lazy("is on its way to the borrower"),
    LoanState.ARRIVED: gettext_lazy("is at the borrowing library"),
    LoanState.LENT: gettext_lazy("is at the borrowing library"),
    LoanState.BACK: gettext_lazy("is at the borrowing library"),
    LoanState.HOMEWARD: gettext_lazy("is on its way home"),
    LoanState.CLOSED: gettext_lazy("is finished"),
    LoanState.LOST: gettext_lazy("is lost"),
}

# The same, as the reader says it who asked for several.
LOAN_STATES_FOR_PATRON: Words = {
    LoanState.SHIPPED: gettext_lazy("is on its way"),
    LoanState.ARRIVED: gettext_lazy("is ready for you"),
    LoanState.LENT: gettext_lazy("is with you"),
    LoanState.BACK: gettext_lazy("has been brought back"),
    LoanState.HOMEWARD: gettext_lazy("is on its way home"),
}

# In these it is the item that is somewhere; in the others, the request.
TRAVELS = frozenset({*OUT, LoanState.LOST, SupplyState.SUPPLYING})

# What has not happened when the clock of a state rings, on either side.
TIME_IS_UP: Words = {
    State.REVIEW: gettext_lazy("nobody has reviewed it yet"),
    State.CENTRE: gettext_lazy("it is still waiting at the ILL center"),
    State.SHIPPED: gettext_lazy("it has not arrived yet"),
    State.ARRIVED: gettext_lazy("nobody has picked it up"),
    State.LENT: gettext_lazy("the patron has not brought it back"),
    State.BACK: gettext_lazy("it is still waiting to be sent home"),
    State.HOMEWARD: gettext_lazy("it has not come home yet"),
    SupplyState.ASKED: gettext_lazy("the lender has not answered yet"),
    SupplyState.OFFERED: gettext_lazy("the borrowing library has not said if it accepts"),
    SupplyState.PROMISED: gettext_lazy("the lender has not sent it yet"),
}

# The same, as the lender of a thing says it; how the borrower's own desk fares is not told it.
TIME_IS_UP_FOR_LENDER: Words = {
    LoanState.SHIPPED: TIME_IS_UP[State.SHIPPED],
    LoanState.LENT: gettext_lazy("the borrowing library has not sent it back"),
    LoanState.HOMEWARD: TIME_IS_UP[State.HOMEWARD],
    SupplyState.ASKED: TIME_IS_UP[SupplyState.ASKED],
    SupplyState.OFFERED: TIME_IS_UP[SupplyState.OFFERED],
    SupplyState.PROMISED: TIME_IS_UP[SupplyState.PROMISED],
}

OUTCOMES: Words = {
    Outcome.FILLED: gettext_lazy("lent and returned"),
    Outcome.DELIVERED: gettext_lazy("a copy was delivered"),
    Outcome.UNCLAIMED: gettext_lazy("not picked up, and sent home"),
    Outcome.CANCELLED: gettext_lazy("canceled"),
    Outcome.UNFILLED: gettext_lazy("could not be supplied"),
    Outcome.EXPIRED: gettext_lazy("not sent by the day it was needed"),
    Outcome.LOST: gettext_lazy("lost"),
}

ENDINGS: Words = {
    Ending.SUPPLIED: gettext_lazy("supplied"),
    Ending.REFUSED: gettext_lazy("said no"),
    Ending.LAPSED: gettext_lazy("did not answer in time"),
    Ending.CLOSED: gettext_lazy("closed before it answered"),
    Ending.WITHDRAWN: gettext_lazy("no longer needed"),
    Ending.LATER: gettext_lazy("can send it later"),
    Ending.CONDITIONS_DECLINED: gettext_lazy("could not be accepted on its conditions"),
    Ending.LOST: gettext_lazy("what it sent was lost"),
    Ending.CAME_BACK: gettext_lazy("what it sent came back"),
}

REASONS: Words = {
    Reason.NOT_ON_SHELF: gettext_lazy("not on the shelf"),
    Reason.ON_LOAN: gettext_lazy("on loan"),
    Reason.MISSING: gettext_lazy("missing or lost"),
    Reason.REFERENCE: gettext_lazy("used in the library only"),
    Reason.CONDITION: gettext_lazy("too worn to send"),
    Reason.IN_PROCESS: gettext_lazy("being processed"),
    Reason.ON_HOLD: gettext_lazy("on hold for someone else"),
    Reason.BINDERY: gettext_lazy("at the bindery"),
    Reason.LACKS_PART: gettext_lazy("the requested part is missing"),
    Reason.NOT_OWNED: gettext_lazy("not owned after all"),
    Reason.NOT_AS_CITED: gettext_lazy("not found as described"),
    Reason.POLICY: gettext_lazy("not sent by this library's policy"),
    Reason.ON_ORDER: gettext_lazy("on order, not here yet"),
    Reason.NOT_YET_OUT: gettext_lazy("this volume or issue is not out yet"),
    Reason.RESERVE: gettext_lazy("on reserve for a course"),
    Reason.COST: gettext_lazy("it costs more than you want to pay"),
    Reason.CHARGES: gettext_lazy("charges would apply"),
    Reason.PREPAYMENT: gettext_lazy("must be paid in advance"),
    Reason.COPYRIGHT: gettext_lazy("the copyright statement is missing"),
    Reason.LOCATIONS: gettext_lazy("no library that has it was found"),
    Reason.DELIVERY: gettext_lazy("cannot be sent in the way you asked"),
    Reason.TOO_LATE: gettext_lazy("cannot be there in time"),
    Reason.LICENCE: gettext_lazy("the license does not allow lending it"),
    Reason.BRANCH: gettext_lazy("the branch that has it does not lend it"),
    Reason.TECHNICAL: gettext_lazy("being repaired or relabeled"),
    Reason.OTHER: gettext_lazy("another reason"),
}

# Why a lender can send it only later
LATER: Words = {
    Later.IN_USE: gettext_lazy("in use until then"),
    Later.ON_ORDER: gettext_lazy("on order"),
    Later.BINDERY: gettext_lazy("at the bindery"),
    Later.CLOSED: gettext_lazy("closed until then"),
    Later.BUSY: gettext_lazy("too busy until then"),
    Later.OTHER: gettext_lazy("another reason"),
}

# On what a lender sends it
CONDITIONS: Words = {
    Condition.LIBRARY_USE: gettext_lazy("use in the library only"),
    Condition.NO_COPYING: gettext_lazy("no copying"),
    Condition.SIGNATURE: gettext_lazy("the patron signs for it"),
    Condition.SUPERVISED: gettext_lazy("use under supervision"),
    Condition.COST: gettext_lazy("it costs something"),
    Condition.OTHER: gettext_lazy("as the lender writes"),
}

# The same, as the reader has to know it; what the two libraries settle, she need not
CONDITIONS_FOR_PATRON: Words = {
    Condition.LIBRARY_USE: gettext_lazy("Use in the library only."),
    Condition.NO_COPYING: gettext_lazy("Do not copy anything from it."),
    Condition.SIGNATURE: gettext_lazy("You sign for it when you pick it up."),
    Condition.SUPERVISED: gettext_lazy("A member of the staff stays with you while you use it."),
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

PROOFS: Words = {
    Proof.SYSTEM: gettext_lazy("the lender closed the loan in its system"),
    Proof.MESSAGE: gettext_lazy("the lender wrote or called"),
    Proof.TRACKING: gettext_lazy("the carrier says that it was delivered"),
}

WHY_NOT: Words = {
    WhyNot.BORROWER: gettext_lazy("it is the borrowing library"),
    WhyNot.ASKED: gettext_lazy("it was asked for this request before"),
    WhyNot.LATER: gettext_lazy("it can send it only later"),
    WhyNot.NOT_IN_ORDER: gettext_lazy("the borrowing library has the center look first"),
    WhyNot.NOT_LENDING: gettext_lazy("it does not lend to other libraries"),
    WhyNot.FORMAT: gettext_lazy("it does not lend this format"),
    WhyNot.KEPT_INSIDE: gettext_lazy("its network lends this only to its own members"),
    WhyNot.KEPT_IN_STATE: gettext_lazy("it lends to libraries of its own state only"),
    WhyNot.NO_COPY: gettext_lazy("no copy is in"),
    WhyNot.LACKS_VOLUME: gettext_lazy("the volume that is wanted is not in"),
    WhyNot.CLOSED: gettext_lazy("it is closed on those days"),
    WhyNot.NOT_KNOWN: gettext_lazy("its opening days are not known"),
    WhyNot.NO_LENDING_NOW: gettext_lazy("it is open, but not lending on those days"),
    WhyNot.NO_DELIVERY: gettext_lazy("the van does not stop there"),
    WhyNot.NO_DELIVERY_THERE: gettext_lazy("the van does not stop at the pickup library"),
    WhyNot.TOO_LATE: gettext_lazy("it would arrive after the day it is needed"),
    WhyNot.COPIES_ONLY: gettext_lazy("the delivery service has stopped, and only copies are sent"),
}

# Why a library cannot lend the thing today, for a reader.
WHY_NOT_TODAY: Words = {
    WhyNot.BORROWER: gettext_lazy("your own library, pick it up there"),
    WhyNot.NOT_IN_ORDER: gettext_lazy("asked only through the ILL center"),
    WhyNot.NOT_LENDING: gettext_lazy("does not lend to other libraries"),
    WhyNot.FORMAT: gettext_lazy("does not lend this format to other libraries"),
    WhyNot.KEPT_INSIDE: gettext_lazy("its network lends this only to its own members"),
    WhyNot.KEPT_IN_STATE: gettext_lazy("it lends to libraries of its own state only"),
    WhyNot.NO_COPY: gettext_lazy("no copy on the shelf"),
    WhyNot.CLOSED: gettext_lazy("closed right now"),
    WhyNot.NOT_KNOWN: gettext_lazy("its opening days are not known"),
    WhyNot.NO_LENDING_NOW: gettext_lazy("not lending right now"),
    WhyNot.NO_DELIVERY: gettext_lazy("the van does not stop there"),
    WhyNot.NO_DELIVERY_THERE: gettext_lazy("the van does not come to your library"),
    WhyNot.COPIES_ONLY: gettext_lazy("no deliveries right now, only copies are sent"),
}

# Which of several volumes is wanted, where it is none by its name
VOLUMES: Words = {volumes.ANY: gettext_lazy("any volume"), volumes.ALL: gettext_lazy("all volumes")}


def volume(wanted: str) -> str:
    """The volume that a request wants, as people read it."""
    return label(VOLUMES, wanted) if wanted in VOLUMES else wanted


# Why a renewal was refused, for the reader
NO_RENEWAL: Words = {
    "never": gettext_lazy("the library that owns it does not renew"),
    "no-more": gettext_lazy("it has already been renewed as often as its library allows"),
    "overdue": gettext_lazy("it is already overdue"),
    "others-wait": gettext_lazy("someone else is waiting for it"),
    "blocked": gettext_lazy("the library card is blocked"),
    "needed-back": gettext_lazy("the library that owns it needs it back"),
    "lender-said-no": gettext_lazy("the library that owns it said no"),
}

# What keeps the reader's name on a loan that has ended
NAME_KEPT: Words = {
    "questions": gettext_lazy("a question about this loan is open"),
    "charges": gettext_lazy("a charge between the two libraries is not settled"),
    "talk": gettext_lazy("a case about it is open"),
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
    Owner.DELIVERY: gettext_lazy("the delivery office"),
}


def it_stands(state: str, states: Words = STATES, *, is_copy: bool = False) -> str:
    """ "The item is on the hold shelf.", "The request is at the ILL centre." """
    if is_copy and state == SupplyState.SUPPLYING:
        return _("The copy was sent.")
    said = _("The item %(where)s.") if state in TRAVELS else _("The request %(where)s.")
    return said % {"where": label(states, state)}


def asked_through(system: str, number: str) -> str:
    """ "OCLC WorldShare, number 201993144", or "by letter or mail"."""
    facts = {"system": label(SYSTEMS, system), "number": number}
    return _("%(system)s, number %(number)s") % facts if number else facts["system"]


def in_hand(state: str, lender: str) -> str:
    """ "Lenox Library has promised it and will send it." """
    return str(IN_HAND.get(state, WAS_ASKED)) % {"lender": lender}


def conditions(codes: Iterable[str], cost: str = "") -> str:
    """On what a lender sends it, and what it costs: "12.50 USD"."""
    amount = cost.removesuffix(" USD")
    costs = [_("it costs $%(amount)s") % {"amount": amount}] if amount else []
    said = [label(CONDITIONS, code) for code in codes if not (costs and code == Condition.COST)]
    return ", ".join([*said, *costs])


def no_of(supply: Supply) -> str:
    """Why an attempt ended without a thing, as far as its lender said: "on loan", or "from Monday 7
    December: at the bindery"."""
    if supply.ending == Ending.LATER and supply.retry_on is not None:
        facts = {"day": day(supply.retry_on), "why": label(LATER, supply.reason)}
        return _("from %(day)s: %(why)s") % facts
    if supply.ending == Ending.CONDITIONS_DECLINED:
        cost = "" if supply.cost is None else f"{supply.cost:.2f} USD"
        return conditions(supply.conditions, cost)
    return label(REASONS, supply.reason) if supply.reason else ""


def waits(ill: Request) -> str:
    """For which day a request waits, and why: "Lenox Library can send it from Monday 7 December:
    at the bindery."."""
    supply = ill.supply
    facts = {"day": day(ill.retry_on) if ill.retry_on else ""}
    if supply is None or supply.ending != Ending.LATER:
        return _("It waits until %(day)s.") % facts
    facts |= {"lender": supply.lender_name, "why": label(LATER, supply.reason)}
    if supply.reason == Later.OTHER:
        return _("%(lender)s can send it from %(day)s.") % facts
    return _("%(lender)s can send it from %(day)s: %(why)s.") % facts


def terms(supply: Supply) -> str:
    """The conditions that stand on an attempt, for staff, with what its lender wrote; nothing
    where there are none."""
    if not supply.conditions or supply.ending not in ("", Ending.SUPPLIED):
        return ""
    cost = "" if supply.cost is None else f"{supply.cost:.2f} USD"
    said = conditions(supply.conditions, cost)
    return f"{said}: “{supply.offer_note}”" if supply.offer_note else said


def terms_for_patron(supply: Supply | None) -> list[str]:
    """Those of the conditions that she has to know, as sentences, once her library took them."""
    if supply is None or supply.state == SupplyState.OFFERED or not terms(supply):
        return []
    return [str(CONDITIONS_FOR_PATRON[c]) for c in supply.conditions if c in CONDITIONS_FOR_PATRON]
