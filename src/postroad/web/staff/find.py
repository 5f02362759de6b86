"""One search box for any number: /staff/find/.

Ours, an ILL number, an item's barcode, a parcel's number or its carrier's. What is no number at all
is looked for in the catalogue. The delivery office, which sees no requests, finds the parcel.
"""

from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from postroad.accounts import roles
from postroad.accounts.models import Role, User
from postroad.delivery import codes, parcels
from postroad.ill import access
from postroad.ill.access import Sight
from postroad.ill.lifecycle import State
from postroad.ill.models import Request
from postroad.web import words
from postroad.web.shared import gates
from postroad.web.shared.scanning import plain
from postroad.web.staff.counter import STAFF

LONGEST = 200


@require_safe
@login_required
def find(request: HttpRequest) -> HttpResponse:
    """One hit is opened, several are listed, and none says what was looked for and what to do."""
    asked = plain(request.GET.get("q", ""))[:LONGEST]
    assert isinstance(request.user, User)  # the gate
    found = access.find(request.user, asked)
    if len(found) == 1:
        return redirect(address(*found[0]))
    if not found and roles.has(request.user, Role.DELIVERY) and parcels.matching(asked):
        return redirect(f"{reverse('office-delivery-parcels')}?{urlencode({'q': asked})}")
    catalogue = f"{reverse('search')}?{urlencode({'q': asked})}"
    if not found and asked and is_words(asked):
        return redirect(catalogue)
    rows = [
        (ill, address(ill, sight), words.label(words.STATES, ill.state)) for ill, sight in found
    ]
    with timezone.override(gates.zone_of(request, STAFF)):
        return render(
            request, "staff/find.html", {"asked": asked, "rows": rows, "catalogue": catalogue}
        )


def is_words(asked: str) -> bool:
    """Whether a title or a name is meant. By chance a parcel's number has no digit either."""
    return not any(sign.isdigit() for sign in asked) and codes.read_number(asked) is None


def address(ill: Request, sight: Sight) -> str:
    """Where this person works on it: the centre on its own page, if it is the centre's turn."""
    if sight == Sight.CENTRE and is_the_centres(ill):
        return reverse("office-centre-request", args=[ill.ref])
    name = "patron-request" if sight == Sight.PATRON else "staff-request"
    return reverse(name, args=[ill.ref])


def is_the_centres(ill: Request) -> bool:
    outside = ill.current is not None and ill.current.is_outside and ill.current.is_open
    return ill.state == State.CENTRE or outside
