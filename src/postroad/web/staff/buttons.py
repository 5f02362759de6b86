"""The buttons of the desks: each verb with its words, its address, and where it is expected.

Whether a verb is in turn, the tables of `ill.lifecycle` say (`Request.may`); whose it is, too.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from postroad.ill.lifecycle import ROWS, LoanState, Owner, SupplyState, Verb, Wish


@dataclass(frozen=True, slots=True)
class Button:
    """What a verb is called, and where its button leads."""

    label: Promise
    address: str  # its name
    # Where it is the one thing expected; elsewhere it is for what went otherwise.
    expected: Wish | SupplyState | LoanState | None = None
    asks: bool = False  # leads to a page with a question or a scan first


BUTTONS: Mapping[Verb, Button] = {
    Verb.APPROVE: Button(_("Approve"), "staff-request-approve", Wish.REVIEW),
    Verb.RECEIVE: Button(_("It is here"), "staff-request-receive", LoanState.SHIPPED),
    Verb.CHECK_OUT: Button(_("Lend it"), "staff-request-lend", LoanState.ARRIVED),
    Verb.RETURN: Button(_("Take back"), "staff-request-take-back", LoanState.LENT),
    Verb.SHIP_RETURN: Button(_("Send home"), "staff-request-send-home", LoanState.BACK),
    Verb.RENEW: Button(_("Renew"), "staff-request-renew"),
    Verb.AMEND: Button(_("Change it"), "staff-request-amend", asks=True),
    Verb.DECLINE: Button(_("Say no"), "staff-request-decline", asks=True),
    Verb.CANCEL: Button(_("Cancel it"), "staff-request-cancel", asks=True),
    Verb.PROMISE: Button(_("Yes, on the shelf"), "staff-supply-promise", SupplyState.ASKED),
    # Shipping needs the item in hand, so it has a scan page.
    Verb.SHIP: Button(_("Scan to ship"), "staff-lending-ship", SupplyState.PROMISED, asks=True),
    Verb.CHECK_IN: Button(_("Check in"), "staff-supply-check-in", LoanState.HOMEWARD),
    Verb.COME_BACK: Button(_("It is here again"), "staff-supply-come-back"),
    Verb.REFUSE: Button(_("Say no"), "staff-supply-refuse", asks=True),
}
OF_THE_LENDER = tuple(verb for verb in BUTTONS if ROWS[verb].role == Owner.LENDING)
OF_THE_BORROWER = tuple(verb for verb in BUTTONS if verb not in OF_THE_LENDER)
TOLD = Button(_("Mark as told"), "staff-request-told")  # a word about a notice, no verb
