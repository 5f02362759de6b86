"""One search box for any number: /staff/find/.

Ours, an ILL number, an item's barcode, a parcel's number or its carrier's. What is no number at all
is looked for in the catalogue. The delivery office and the driver, who see no requests, find the
parcel. At a borrowing desk a reader's card and her name find the reader; there the box is sent as a
form, so that no name stands in an address.
"""

from collections.abc import Sequence
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from postroad import reference_numbers, words
from postroad.accounts import roles
from postroad.accounts.models import Card, Role, User
from postroad.cases import access as case_access
from postroad.cases.models import Case
from postroad.delivery import codes, finding
from postroad.directory import networks
from postroad.ill import access, readers, waiting
from postroad.ill.access import Sight
from postroad.ill.models import Request
from postroad.web.shared import gates
from postroad.web.shared.gates import STAFF
from postroad.web.shared.scanning import plain

LONGEST = 200


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def find(request: HttpRequest) -> HttpResponse:
    """One hit is opened, several are listed, and none says what was looked for and what to do."""
    typed = request.POST if request.method == "POST" else request.GET
    asked = plain(typed.get("q", ""))[:LONGEST]
    assert isinstance(request.user, User)  # the gate
    found = access.find(request.user, asked)
    people = readers_of(request.user, asked)
    cases = found_cases(request.user, asked)
    if len(cases) == 1 and not found and not people:
        return redirect(cases[0][1])
    if len(found) == 1 and not people and not cases:
        return redirect(address(*found[0]))
    if len(people) == 1 and not found and not cases and not is_words(asked):
        return redirect("staff-reader", people[0].pk)
    if people or cases:
        return listed(request, asked, found, people, cases)
    if not found and roles.has(request.user, Role.DELIVERY) and finding.matching(asked):
        return redirect(f"{reverse('office-delivery-parcels')}?{urlencode({'q': asked})}")
    if not found and roles.has(request.user, Role.DRIVER) and finding.matching(asked):
        return redirect(f"{reverse('courier-find')}?{urlencode({'q': asked})}")
    catalogue = f"{reverse('search')}?{urlencode({'q': asked})}"
    if not found and asked and is_words(asked):
        return redirect(catalogue)
    return listed(request, asked, found, people)


def found_cases(user: User, asked: str) -> list[tuple[Case, str]]:
    """The cases with this number, or in which it was typed, each with its page for this person."""
    is_number = any(sign.isdigit() for sign in asked) or reference_numbers.is_ours(
        reference_numbers.tidy(asked)
    )
    cases = case_access.find(user, asked) if is_number else []
    return [(case, case_page(user, case)) for case in cases]


def case_page(user: User, case: Case) -> str:
    offices = case_access.seat(user).offices
    if case.thread.patron_id == user.pk:
        return reverse("patron-case", args=[case.number])
    name = "office-case" if case.thread.office in offices else "staff-case"
    return reverse(name, args=[case.number])


def readers_of(user: User, asked: str) -> list[Card]:
    """The readers of this person's libraries: by a card's number, or by a name without a digit."""
    at = readers.libraries(user)
    if not at or not asked:
        return []
    return readers.by_number(at, asked) or (readers.by_name(at, asked) if is_words(asked) else [])


def listed(
    request: HttpRequest,
    asked: str,
    found: list[tuple[Request, Sight]],
    people: list[Card],
    cases: Sequence[tuple[Case, str]] = (),
) -> HttpResponse:
    """What was found, to choose from."""
    assert isinstance(request.user, User)
    rows = [
        (ill, address(ill, sight), words.label(words.ill.STATES, ill.state)) for ill, sight in found
    ]
    with timezone.override(gates.zone_of(request, STAFF)):
        return render(
            request,
            "staff/find.html",
            {
                "asked": asked,
                "rows": rows,
                "cases": cases,
                "people": people,
                "knows_readers": bool(readers.libraries(request.user)),
                "catalogue": f"{reverse('search')}?{urlencode({'q': asked})}",
                "own_network": own_network(request, asked) if not rows else None,
            },
        )


def own_network(request: HttpRequest, asked: str) -> tuple[str, str] | None:
    """The network of the desk at which she works, and where it is searched for the same."""
    library = gates.desk(request).library if gates.desks(request.user) else None
    found = networks.known().get(library.network_id) if library and library.network_id else None
    if found is None:
        return None
    address = reverse("network-search", args=[found.code])
    return found.name, f"{address}?{urlencode({'q': asked})}"


def is_words(asked: str) -> bool:
    """Whether a title or a name is meant. By chance a parcel's number has no digit either."""
    return not any(sign.isdigit() for sign in asked) and codes.read_number(asked) is None


def address(ill: Request, sight: Sight) -> str:
    """Where this person works on it: the centre on its own page, if it is the centre's turn."""
    if sight == Sight.CENTRE and waiting.is_the_centres(ill):
        return reverse("office-centre-request", args=[ill.ref])
    name = "patron-request" if sight == Sight.PATRON else "staff-request"
    return reverse(name, args=[ill.ref])
