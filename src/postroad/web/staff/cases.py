"""Cases of a library: what its readers and other libraries wrote, and what it asked. /staff/cases/.

A case about a request is opened from its page: with the other library, or with an office.
"""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from postroad.accounts.models import Role
from postroad.cases import handling
from postroad.cases.models import OFFICES, Case, Kind, Parties, libraries, library_and, of_request
from postroad.directory.models import Library
from postroad.ill import access
from postroad.ill.access import NoSuchRequest, Sight
from postroad.ill.models import Request
from postroad.web.shared.casework import canned as ready
from postroad.web.shared.casework import lists, room, steps
from postroad.web.shared.casework.forms import NewForm, key_of
from postroad.web.shared.casework.room import Room
from postroad.web.shared.gates import STAFF, SignedIn, needs
from postroad.web.staff.counter import show


@needs(*STAFF)
@never_cache
@require_safe
def cases(request: SignedIn) -> HttpResponse:
    return show(
        request,
        "shared/cases/cases.html",
        lists.context(request, room.staff(request), timezone.now()),
    )


@needs(*STAFF)
@never_cache
@require_safe
def case(request: SignedIn, case_number: str) -> HttpResponse:
    here = room.staff_of(request, case_number)
    return steps.show(request, here, *here.case(case_number))


@needs(*STAFF)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def act(request: SignedIn, case_number: str, case_step: str) -> HttpResponse:
    return steps.act(request, room.staff_of(request, case_number), case_number, case_step)


@needs(*STAFF)
@require_http_methods(["GET", "HEAD", "POST"])
def canned(request: SignedIn) -> HttpResponse:
    return ready.canned(request, room.staff(request))


@needs(*STAFF)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: SignedIn) -> HttpResponse:
    """The library asks an office."""
    return open_one(request, None, [])


@needs(*STAFF)
@require_http_methods(["GET", "HEAD", "POST"])
def about_request(request: SignedIn, ref: str) -> HttpResponse:
    """One about a request: with the other library, or with an office, or one with each."""
    ill, sight = access.request_for(request.user, ref)
    here = room.staff(request).library
    if sight not in (Sight.BORROWING, Sight.LENDING) or here is None:
        raise NoSuchRequest(ref=ref)
    return open_one(request, ill, others(ill, here))


def others(ill: Request, here: Library) -> list[Library]:
    """The members with whom this one has to do about a request."""
    found: list[Library | None] = [ill.library] if ill.library != here else []
    if ill.library == here:
        found = [each.lender for each in ill.supplies.all()]
    members = {each.pk: each for each in found if each and not each.is_outside and each != here}
    return list(members.values())


def open_one(request: SignedIn, ill: Request | None, near: list[Library]) -> HttpResponse:
    here = room.staff(request)
    assert here.library is not None  # it is a desk
    to = [*((each.code, each.name) for each in near), *((r.value, r.label) for r in OFFICES)]
    form = NewForm(
        request.POST if request.method == "POST" else None,
        to=to,  # type: ignore[arg-type]  # a lazy label is as good
        initial={"kind": Kind.LATE if ill else Kind.QUESTION},
    )
    form.about = of_request(ill.ref) if ill else ""
    if form.is_bound and form.is_valid():
        begun = [begin(here, form, name, ill, near) for name in form.cleaned_data["to"]]
        messages.success(request, _("Sent. You are told when there is an answer."))
        return redirect("staff-case", begun[0].number)
    context: dict[str, Any] = {"room": here, "list": here.url("cases"), "form": form, "ill": ill}
    return show(request, "shared/cases/new.html", context, 422 if form.is_bound else 200)


def begin(here: Room, form: NewForm, name: str, ill: Request | None, near: list[Library]) -> Case:
    given = form.cleaned_data
    assert here.library is not None  # it is a desk
    other = next((each for each in near if each.code == name), None)
    parties: Parties = (
        libraries(here.library, other) if other else library_and(here.library, Role(name))
    )
    return handling.ask(
        parties,
        kind=Kind(given["kind"]),
        subject=given["subject"],
        text=given["text"],
        about=of_request(ill.ref) if ill else "",
        library=other,
        clio_id=given["clio_id"],
        ill_number=given["ill_number"],
        by=here.user,
        name=here.signs_as,
        key=key_of(form, name),
    )
