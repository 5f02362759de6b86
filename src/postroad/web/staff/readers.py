"""A reader of this library: /staff/readers/CARD/, found by her card or her name.

Her library's own staff see what waits for her, what she has at home, and how she can be told. The
address holds a key of ours: neither her name nor her number stands in a log or behind a redirect.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from postroad.accounts.models import BORROWING, Card
from postroad.ill import dates, readers
from postroad.ill.lifecycle import UNSHIPPED, State
from postroad.ill.models import Request
from postroad.web.shared.gates import SignedIn, needs
from postroad.web.staff import queues, standing, telling
from postroad.web.staff.counter import frame


@dataclass(frozen=True, slots=True)
class Held:
    """Something of hers, as the desk reads it."""

    ill: Request
    day: date | None  # until when it waits, or is due
    overdue: bool = False
    stands: str = ""


@dataclass(frozen=True, slots=True)
class Reader:
    """Who she is for the desk, and what is hers at this library."""

    card: Card
    contact: telling.Contact
    shelf: list[Held]  # to hand out
    home: list[Held]  # with her
    waits: list[Held]  # asked for, or on its way
    back: list[Held]  # brought back


@require_safe
@never_cache
@needs(*BORROWING)
def reader(request: SignedIn, key: int) -> HttpResponse:
    card = readers.one(request.user, key)
    with timezone.override(card.library.time_zone):
        facts = {**frame(request), "reader": of(card, readers.libraries(request.user))}
        return render(request, "staff/reader.html", facts)


def of(card: Card, at: Collection[int]) -> Reader:
    """What these libraries have to do with her; nothing of what she fetches elsewhere."""
    now = timezone.now()
    hers = Request.objects.open().of(card.user).filter(library__in=at).shown()
    found: dict[str, list[Held]] = {"shelf": [], "home": [], "waits": [], "back": []}
    for ill in hers.order_by("current_loan__due_back", queues.RINGS, "pk"):
        loan = ill.loan
        match ill.state:
            case State.ARRIVED if loan:
                day = timezone.localdate(loan.due_at) if loan.due_at else None
                found["shelf"].append(Held(ill, day))
            case State.LENT if loan:
                found["home"].append(Held(ill, loan.due_back, dates.is_overdue(loan, now)))
            case state:
                stands = standing.sentence(ill, now)
                waits = state in UNSHIPPED or state == State.SHIPPED
                found["waits" if waits else "back"].append(Held(ill, None, stands=stands))
    return Reader(card, telling.contact(card.user), **found)
