"""What did not come on its day, as places that are asked read it: look, found, not here."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from postroad import words
from postroad.accounts.models import BORROWING, LENDING, Role
from postroad.delivery import searches
from postroad.delivery.models import Search
from postroad.directory.models import Library
from postroad.errors import Refusal
from postroad.ill import on_shelf
from postroad.ill.lifecycle import Verb
from postroad.ill.models import Loan
from postroad.ill.on_shelf import Found, Next
from postroad.web.shared.gates import SignedIn
from postroad.web.shared.paging import is_key

MOST = 200  # of one walk, those asked first; the rest comes when these are answered
FOUND_FOR = timedelta(days=30)  # how long what was found stands on the list until it is dealt with
ANSWERED_FOR = timedelta(days=2)  # how long a "not here" can be taken back

WHAT_NOW: Mapping[Next, Promise] = {
    Next.RECEIVE: gettext_lazy("Receive it: it is for one of your readers."),
    Next.RECEIVE_UNWANTED: gettext_lazy(
        "Receive it and send it straight home: its reader no longer wants it."
    ),
    Next.COME_BACK: gettext_lazy("It never left. Say so, then ship it again or say no."),
    Next.CHECK_IN: gettext_lazy("Check it in: it is home."),
    Next.SEND_ON: gettext_lazy("Put it out for the van to %(town)s again."),
    Next.POST: gettext_lazy("Mail it to %(town)s again."),
    Next.SORT: gettext_lazy("Put it into the bin for %(town)s."),
}
# By which button of the desks, and who may press it.
BORROWERS, LENDERS = frozenset(BORROWING), frozenset(LENDING)
BY_BUTTON: Mapping[Next, tuple[Verb, frozenset[Role]]] = {
    Next.RECEIVE: (Verb.RECEIVE, BORROWERS),
    Next.RECEIVE_UNWANTED: (Verb.RECEIVE, BORROWERS),
    Next.COME_BACK: (Verb.COME_BACK, LENDERS),
    Next.CHECK_IN: (Verb.CHECK_IN, LENDERS),
}


class Button(Protocol):
    """What a verb is called at the desks, and the name of its address."""

    @property
    def label(self) -> Promise: ...
    @property
    def address(self) -> str: ...


Buttons = Mapping[Verb, Button]


@dataclass(frozen=True, slots=True)
class Row:
    """One parcel that a place was asked for."""

    search: Search
    found: Found
    seen: bool  # whether this place may open its request
    button: str = ""  # the address of the button that comes next, if it is this person's
    button_label: str = ""

    @property
    def loan(self) -> Loan | None:
        return self.found.loan

    @property
    def title(self) -> str:
        return self.loan.request.title if self.loan else self.search.parcel.title

    @property
    def call_number(self) -> str:
        if self.loan is None:
            return ""
        return self.loan.item.call_number if self.loan.item else self.loan.call_number

    @property
    def location(self) -> str:
        return self.loan.item.location if self.loan and self.loan.item else ""

    @property
    def place(self) -> tuple[str, str, str]:
        """Its place on the walk: location, then call number as the shelf has it."""
        item = self.loan.item if self.loan else None
        key = item.shelf_key if item else ""
        return self.location, key or self.call_number, self.title

    @property
    def what_now(self) -> str:
        return str(WHAT_NOW[self.found.next]) % {"town": self.search.parcel.to_library.town}


def page(
    here: Library | None,
    now: datetime,
    may: Collection[Role] = (),
    buttons: Buttons | None = None,
) -> dict[str, Any]:
    """What is to be looked for, what was found and is to be dealt with, what was not there."""
    asked = Search.objects.at(here).select_related(
        "parcel__from_library", "parcel__to_library", "answered_by"
    )
    waiting = asked.waiting()
    look = list(waiting.order_by("asked_at", "pk")[:MOST])
    found = _once_each(asked.found_lately(now - FOUND_FOR).order_by("-answered_at", "-pk"))
    missed = list(asked.missed_lately(now - ANSWERED_FOR).order_by("-answered_at", "-pk")[:MOST])
    loans = on_shelf.loans_of([each.parcel for each in (*look, *found, *missed)])
    rows = [
        [_row(each, loans, here, may, buttons or {}) for each in part]
        for part in (look, found, missed)
    ]
    return {
        "look": sorted(rows[0], key=lambda row: row.place),
        "to_deal_with": rows[1],
        "missed": rows[2],
        "more": waiting.count() - MOST if len(look) == MOST else 0,
        "printed": now,
    }


def _once_each(found: QuerySet[Search]) -> list[Search]:
    """The last answer of each parcel that is still where it was found."""
    last: dict[int, Search] = {}
    for each in found[:MOST]:
        if each.answered_at is not None and each.answered_at >= each.parcel.last_at:
            last.setdefault(each.parcel_id, each)
    return list(last.values())


def _row(
    search: Search,
    loans: Mapping[int, Loan],
    here: Library | None,
    may: Collection[Role],
    buttons: Buttons,
) -> Row:
    loan = loans.get(search.parcel_id)
    found = on_shelf.what_now(search.parcel, loan, here)
    seen = loan is not None and here is not None and here.pk in (loan.borrower_id, loan.lender_id)
    if loan is None or found.next not in BY_BUTTON:
        return Row(search, found, seen)
    verb, roles = BY_BUTTON[found.next]
    if roles.isdisjoint(may):
        return Row(search, found, seen)
    args: list[object] = [loan.request.ref]
    if roles == LENDERS:
        args.append(loan.supply.attempt)
    button = buttons[verb]
    address = reverse(button.address, args=args)
    return Row(search, found, seen, address, str(button.label))


def act(request: SignedIn, here: Library | None) -> None:
    """What a button says: found here, not here, or that this was a mistake."""
    key, step = request.POST.get("search", ""), request.POST.get("step", "")
    search = Search.objects.at(here).filter(pk=key if is_key(key) else 0).first()
    if search is None or step not in ("found", "not-here", "undo"):
        raise Http404
    now = timezone.now()
    try:
        if step == "undo":
            searches.undo(search, by=request.user, at=now)
        else:
            searches.answer(search, found=step == "found", by=request.user, at=now)
    except Refusal as no:
        messages.warning(request, words.refusal(no))
        return
    said = {
        "found": _("Found. The search is over everywhere; below is what to do with it now."),
        "not-here": _("Not here. Thank you for looking; you are asked again if it stays away."),
        "undo": _("Taken back. It is on the list again."),
    }
    messages.success(request, said[step])


def waiting(here: Library | None) -> int:
    """How many parcels this place is asked to look for."""
    return Search.objects.at(here).waiting().count()
