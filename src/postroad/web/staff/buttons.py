"""The buttons of the desks: each verb with its words, its address, and where it is expected.

Whether a verb is in turn, the tables of `ill.lifecycle` say (`Request.may`); whose it is, too.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from postroad.ill import rerouting, service
from postroad.ill.lifecycle import ROWS, LoanState, Owner, SupplyState, Verb, Wish
from postroad.ill.models import Loan, Request


@dataclass(frozen=True, slots=True)
class Button:
    """What a verb is called, and where its button leads."""

    label: Promise
    address: str  # its name
    # Where it is the one thing expected; elsewhere it is for what went otherwise.
    expected: Wish | SupplyState | LoanState | None = None
    asks: bool = False  # leads to a page with a question or a scan first
    # Where it means something else than elsewhere.
    otherwise: Mapping[str, Promise] = field(default_factory=dict)
    only: frozenset[str] | None = None  # where it is offered, if not wherever it is in turn
    also: frozenset[str] = frozenset()  # where it is expected, too

    def fits(self, stands: str) -> bool:
        return self.only is None or stands in self.only

    def is_expected(self, stands: str) -> bool:
        return stands in (self.expected, *self.also)

    def label_at(self, stands: str) -> Promise:
        return self.otherwise.get(stands, self.label)


BUTTONS: Mapping[Verb, Button] = {
    Verb.APPROVE: Button(_("Approve"), "staff-request-approve", Wish.REVIEW),
    Verb.ACCEPT_OFFER: Button(_("Accept"), "staff-request-accept", SupplyState.OFFERED),
    Verb.DECLINE_OFFER: Button(_("Decline"), "staff-request-decline-offer"),
    Verb.ESCALATE: Button(
        _("Ask the center now"), "staff-request-center", asks=True, only=frozenset({Wish.WAITING})
    ),
    Verb.RECEIVE: Button(_("It is here"), "staff-request-receive", LoanState.SHIPPED),
    Verb.CHECK_OUT: Button(_("Lend it"), "staff-request-lend", LoanState.ARRIVED),
    Verb.RETURN: Button(_("Take back"), "staff-request-take-back", LoanState.LENT),
    Verb.SHIP_RETURN: Button(_("Send home"), "staff-request-send-home", LoanState.BACK),
    Verb.RENEW: Button(_("Renew"), "staff-request-renew"),
    Verb.NOT_WANTED: Button(_("No longer wanted"), "staff-request-not-wanted"),
    Verb.WANTED: Button(_("Wanted after all"), "staff-request-wanted"),
    Verb.REROUTE: Button(_("Pick up elsewhere"), "staff-request-amend", asks=True),
    Verb.AMEND: Button(_("Change it"), "staff-request-amend", asks=True),
    Verb.CHANGE_SERVICE: Button(
        _("A copy of some pages instead"), "staff-request-service", asks=True
    ),
    Verb.REJECT_COPY: Button(_("The copy is no good"), "staff-request-copy-wrong", asks=True),
    Verb.DECLINE: Button(_("Say no"), "staff-request-decline", asks=True),
    Verb.CANCEL: Button(_("Cancel it"), "staff-request-cancel", asks=True),
    Verb.PROMISE: Button(
        _("Yes, on the shelf"),
        "staff-supply-promise",
        SupplyState.ASKED,
        otherwise={SupplyState.OFFERED: _("Send it without conditions")},
    ),
    Verb.OFFER: Button(_("Yes, on conditions"), "staff-supply-offer", asks=True),
    Verb.CHANGE_OFFER: Button(_("Change the conditions"), "staff-supply-offer", asks=True),
    # Shipping needs the item in hand, so it has a scan page.
    Verb.SHIP: Button(_("Scan to ship"), "staff-lending-ship", SupplyState.PROMISED, asks=True),
    Verb.DELIVER: Button(
        _("Send the copy"),
        "staff-supply-copy",
        SupplyState.ASKED,
        asks=True,
        also=frozenset({SupplyState.PROMISED}),
    ),
    Verb.DELIVER_AGAIN: Button(_("Send another file"), "staff-supply-copy", asks=True),
    Verb.UNDO_DELIVER: Button(_("Take the copy back"), "staff-supply-copy-undo", asks=True),
    Verb.MORE_TO_SEND: Button(_("More to send"), "staff-supply-more", asks=True),
    Verb.CHECK_IN: Button(_("Check in"), "staff-supply-check-in", LoanState.HOMEWARD),
    Verb.COME_BACK: Button(_("It is here again"), "staff-supply-come-back"),
    Verb.RETRY: Button(_("Later"), "staff-supply-later", asks=True),
    Verb.REFUSE: Button(_("Say no"), "staff-supply-refuse", asks=True),
}
# Who acts for a library has nothing in hand to scan.
SHIPPED_BY_HAND = Button(_("It was shipped"), "staff-supply-ship", SupplyState.PROMISED, asks=True)
OF_THE_LENDER = tuple(verb for verb in BUTTONS if ROWS[verb].role == Owner.LENDING)
OF_THE_BORROWER = tuple(verb for verb in BUTTONS if verb not in OF_THE_LENDER)
BOOK_INSTEAD = _("The book itself instead")  # of a copy, where a copy is wanted instead of a loan
# The copy was looked for in vain: either `not_found` or `refuse`.
NOT_ON_SHELF = Button(_("Not on shelf"), "staff-supply-not-on-shelf")
# Beside the one that is expected, for what waits for an answer or to be shipped.
ANSWERS = (NOT_ON_SHELF, BUTTONS[Verb.OFFER], BUTTONS[Verb.RETRY], BUTTONS[Verb.REFUSE])
WITHOUT_CONDITIONS = replace(
    BUTTONS[Verb.PROMISE], label=BUTTONS[Verb.PROMISE].label_at(SupplyState.OFFERED)
)
TOLD = Button(_("Mark as told"), "staff-request-told")  # a word about a notice, no verb


def is_pointless(verb: Verb, ill: Request, loan: Loan | None) -> bool:
    """Whether a verb that the tables allow would say what is so already, or what nobody asks."""
    not_wanted = loan is not None and loan.not_wanted
    if verb == Verb.REROUTE:
        return not rerouting.may(ill)
    if verb == Verb.CHANGE_SERVICE:
        return not service.may_change(ill)
    if verb in (Verb.SHIP, Verb.DELIVER):
        return ill.is_copy != (verb == Verb.DELIVER)
    if verb == Verb.PROMISE and ill.is_copy:  # a copy is sent at once
        return ill.supply is None or ill.supply.state != SupplyState.OFFERED
    if verb == Verb.MORE_TO_SEND:  # of a title in one volume nothing follows
        more = ill.supply is not None and ill.supply.to_send > 0
        return not (more or ill.volume or (loan is not None and loan.label))
    return not_wanted if verb == Verb.NOT_WANTED else verb == Verb.WANTED and not not_wanted
