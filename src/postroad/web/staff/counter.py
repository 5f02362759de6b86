"""The counter at which staff work: its counts in the navigation, the way back to it."""

from collections.abc import Collection
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from postroad.accounts import roles
from postroad.accounts.models import BORROWING, LENDING, Role, User
from postroad.directory.models import Library
from postroad.ill import access, finding, lending, undo
from postroad.ill.access import NoSuchRequest, Sight
from postroad.ill.lifecycle import SupplyState, Verb
from postroad.ill.models import Event, Loan, Request, Supply
from postroad.web.shared import gates
from postroad.web.shared.gates import SignedIn
from postroad.web.shared.paging import is_key
from postroad.web.staff import counts


def show(
    request: SignedIn, template: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    """A page of the desk, with the counts of its navigation."""
    return render(request, template, {**frame(request), **context}, status=status)


def frame(request: SignedIn) -> dict[str, Any]:
    """The desk and what waits at it; whoever works for no library has none."""
    if not gates.desks(request.user):
        return {}
    desk = gates.desk(request)
    found = counts.counts(desk, timezone.now())
    return {"desk": desk, "counts": found.navigation, "found": found}


def back(request: HttpRequest, name: str, *args: object) -> HttpResponseRedirect:
    """To the page of ours on which the button was pressed, or else to the page of this name."""
    before = request.headers.get("Referer", "")
    ours = url_has_allowed_host_and_scheme(before, {request.get_host()}, request.is_secure())
    return HttpResponseRedirect(before if ours else reverse(name, args=args))


def goes_on(user: User, queue: str, ref: str) -> tuple[str, ...]:
    """The page after a button of a queue; who acts for a library from the center has no queue."""
    return (queue,) if user.stands_in_for is None else ("staff-request", ref)


UNDO = "undo"  # in the address of a page: the event that it offers to take back


def with_undo(answer: HttpResponseRedirect, ill: Request) -> HttpResponseRedirect:
    """The page to come offers to take the last step back."""
    event = ill.events.order_by("pk").last()
    parts = urlsplit(answer.url)
    query = [pair for pair in parse_qsl(parts.query) if pair[0] != UNDO]
    query.append((UNDO, str(event.pk) if event else ""))
    return HttpResponseRedirect(urlunsplit(parts._replace(query=urlencode(query))))


def undoable_no(request: HttpRequest, **whose: Library) -> Event | None:
    """The "no" of a moment ago, if it can still be undone by whoever it is."""
    key = request.GET.get(UNDO, "")
    if not is_key(key):
        return None
    said = Event.objects.filter(pk=key, **whose)
    event = said.select_related("supply", "request__current__lender").first()
    return event if event is not None and undo.may_undo_no(event) else None


def works(user: User, library: Library | None, wanted: Collection[Role]) -> bool:
    """Whether this person fills one of these roles at this library, or acts for it from the center:
    then for no other."""
    if library is None or user.stands_in_for is not None:
        return library is not None and user.stands_in_for == library
    return any(roles.has(user, role, library) for role in wanted)


def borrowed(user: User, ref: str) -> Request:
    """A request that this person answers for on the borrowing side; or as if there were none."""
    ill, sight = access.request_for(user, ref)
    seen = sight == Sight.BORROWING or user.stands_in_for is not None
    if not seen or not works(user, ill.library, BORROWING):
        raise NoSuchRequest(ref=ref)
    return ill


def lent(user: User, ref: str, attempt: int) -> Supply:
    """A supply that this person answers for on the lending side; or as if there were none."""
    supply = access.supply_for(user, ref, attempt)
    if not works(user, supply.lender, LENDING):
        raise NoSuchRequest(ref=ref)
    return supply


def sent(user: User, ref: str, attempt: int, verb: Verb, named: str = "") -> Loan:
    """The thing that such a supply sent, for this verb, by its key where a button `named` it; out
    of turn where it has nothing out."""
    supply = lent(user, ref, attempt)
    if supply.state != SupplyState.SUPPLYING:
        raise lending.out_of_turn(supply, verb)
    return finding.the_one(supply.request, verb, supply=supply, named=named) or access.loan_of(
        supply
    )
