"""Cases of the offices: /office/cases/."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from postroad.accounts.models import Role
from postroad.cases import handling
from postroad.cases.models import Kind, office_and
from postroad.web.shared.casework import canned as ready
from postroad.web.shared.casework import lists, room, steps
from postroad.web.shared.casework.forms import ToLibraryForm
from postroad.web.shared.gates import CASES, SignedIn, needs


@needs(*CASES)
@never_cache
@require_safe
def cases(request: SignedIn) -> HttpResponse:
    here = room.office(request)
    shown = lists.context(request, here, timezone.now())
    shown["counts"] = {"office-cases": lists.to_answer(here)}
    return render(request, "shared/cases/cases.html", shown)


@needs(*CASES)
@never_cache
@require_safe
def case(request: SignedIn, case_number: str) -> HttpResponse:
    here = room.office(request)
    return steps.show(request, here, *here.case(case_number))


@needs(*CASES)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def act(request: SignedIn, case_number: str, case_step: str) -> HttpResponse:
    return steps.act(request, room.office(request), case_number, case_step)


@needs(*CASES)
@require_http_methods(["GET", "HEAD", "POST"])
def canned(request: SignedIn) -> HttpResponse:
    return ready.canned(request, room.office(request))


@needs(*CASES)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: SignedIn) -> HttpResponse:
    """The office writes to a member library."""
    here = room.office(request)
    form = ToLibraryForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        begun = handling.ask(
            office_and(Role(min(here.seat.offices)), given["library"]),
            kind=Kind(given["kind"]),
            subject=given["subject"],
            text=given["text"],
            library=given["library"],
            about=f"library:{given['library'].code}",
            by=request.user,
            name=here.signs_as,
            key=given["key"],
        )
        messages.success(request, _("Sent. The library has been told."))
        return redirect("office-case", begun.number)
    return render(
        request,
        "shared/cases/new.html",
        {"room": here, "list": here.url("cases"), "form": form},
        status=422 if form.is_bound else 200,
    )
