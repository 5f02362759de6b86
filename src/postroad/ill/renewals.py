"""Whether a loan may be renewed: the lender's terms, the reader's card, and who waits."""

from collections import Counter
from collections.abc import Collection, Iterable
from datetime import datetime
from enum import StrEnum

from django.db.models import Count

from postroad.accounts.models import Card
from postroad.catalogue.models import Item, ItemStatus
from postroad.ill import dates
from postroad.ill.lifecycle import UNSHIPPED, Ending, State
from postroad.ill.models import Loan, Request, Supply


class NoRenewal(StrEnum):
    """Why a loan is not renewed."""

    NEVER = "never"  # its lender grants none
    NO_MORE = "no-more"
    OVERDUE = "overdue"
    OTHERS_WAIT = "others-wait"
    BLOCKED = "blocked"  # her card: a reason of her own library, which no lender hears
    NEEDED = "needed-back"  # these two by its lender's own word, whatever its terms are
    LENDER = "lender-said-no"


def why_not(
    loan: Loan, at: datetime, held_for_others: Collection[int], blocked: str = ""
) -> NoRenewal | None:
    """The rule that says no to a renewal, or None.

    `held_for_others` are keys of loans, as the function of this name finds them. `blocked` is what
    her card is blocked for; staff, who may renew all the same, do not give it.
    """
    if blocked:
        return NoRenewal.BLOCKED
    if loan.supply.renewals_allowed == 0:
        return NoRenewal.NEVER
    if loan.renewals >= loan.supply.renewals_allowed:
        return NoRenewal.NO_MORE
    if loan.due_back is None or dates.is_overdue(loan, at):
        return NoRenewal.OVERDUE
    return NoRenewal.OTHERS_WAIT if loan.pk in held_for_others else None


BY_HAND = frozenset({NoRenewal.NEVER, NoRenewal.NO_MORE})  # terms, from which a lender may depart


def by_hand(loan: Loan, at: datetime, *, late: bool = False) -> bool:
    """Whether the lender itself may be asked, since its terms alone speak against it; a desk may
    ask when it is `late` already, too."""
    why = why_not(loan, at, ())
    return why in BY_HAND or (late and why == NoRenewal.OVERDUE)


def blocked(ill: Request) -> str:
    """Why the reader's card is blocked, or that it has expired; empty if neither, or if no name is
    kept."""
    patron = ill.patron if Request.patron.is_cached(ill) else None
    if patron is not None and "card" in patron._state.fields_cache:
        card = getattr(patron, "card", None)
    else:
        card = Card.objects.filter(user=ill.patron_id).first() if ill.patron_id else None
    return card.stopped if card else ""


def held_for_others(lent: Iterable[Loan]) -> set[int]:
    """Those of these loans, by their keys, for whose very copy somebody else waits: a hold at its
    owner.

    A copy is waited for by a request that its owner has in hand, unless the owner has another copy
    in; and by one that no library can serve now, unless this owner was asked for it before and did
    not say "later", or a copy that can be lent is in elsewhere. What another library has in hand,
    that one will send.
    """
    loans = [loan for loan in lent if loan.request.record_id]
    records = {loan.request.record_id for loan in loans}
    waiting = list(
        Request.objects.filter(record__in=records, state__in=UNSHIPPED).select_related("current")
        if records
        else []
    )
    if not waiting:
        return set()
    copies = _copies(records)
    asked = Supply.objects.filter(request__in=waiting).exclude(ending=Ending.LATER)
    before = set(asked.values_list("request", "lender"))
    return {
        loan.pk
        for loan in loans
        if not loan.is_outside and _is_held(loan.request, loan.lender_id, waiting, copies, before)
    }


def _copies(records: set[int | None]) -> Counter[tuple[int, int]]:
    """How many copies are in, by record and by library that lends; withdrawn ones are none."""
    found = Item.objects.filter(record__in=records, status=ItemStatus.IN, library__active=True)
    lent = found.exclude(library__policy__lends=False).order_by()
    rows = lent.values_list("record", "library").annotate(copies=Count("pk"))
    return Counter({(record, library): copies for record, library, copies in rows})


def _is_held(
    ill: Request,
    owner: int,
    waiting: list[Request],
    copies: Counter[tuple[int, int]],
    before: set[tuple[int, int]],
) -> bool:
    others = [
        each
        for each in waiting
        if each.record_id == ill.record_id
        and each.pk != ill.pk
        and (each.patron_id is None or each.patron_id != ill.patron_id)
    ]
    asked_here = [each for each in others if _in_hand(each) == owner]
    if len(asked_here) > copies[(ill.record_id or 0, owner)]:
        return True
    return any(
        each.library_id != owner
        and (each.pk, owner) not in before
        and (each.state == State.CENTRE or not _in_elsewhere(each, copies))
        for each in others
        if each.state != State.REFERRED
    )


def _in_hand(ill: Request) -> int | None:
    """The library that was asked for it and has not answered or shipped."""
    return ill.current.lender_id if ill.state == State.REFERRED and ill.current else None


def _in_elsewhere(ill: Request, copies: Counter[tuple[int, int]]) -> bool:
    """Whether some library other than its own could send it a copy that is in."""
    return any(record == ill.record_id and library != ill.library_id for record, library in copies)
