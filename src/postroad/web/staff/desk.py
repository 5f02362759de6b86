"""Choosing the library to work for: /staff/desk/."""

from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme

from postroad.accounts.models import Role
from postroad.web.shared import gates


@gates.needs(Role.BORROWING, Role.LENDING, Role.DIRECTOR)
def desk(request: gates.SignedIn) -> HttpResponse:
    """The desks of this person; choosing one goes back to where the question came up."""
    choices = gates.desks(request.user)
    if request.method == "POST":
        return sit_down(request, choices)
    return render(
        request,
        "staff/desk.html",
        {
            "choices": choices,
            "chosen": gates.desk(request),
            "back": request.GET.get(REDIRECT_FIELD_NAME, ""),
        },
    )


def sit_down(request: gates.SignedIn, choices: list[gates.Desk]) -> HttpResponse:
    wanted = request.POST.get("library", "")
    chosen = next((desk for desk in choices if desk.library.code == wanted), None)
    if chosen is None:
        raise Http404
    request.session[gates.CHOSEN] = chosen.library.pk
    back = request.POST.get(REDIRECT_FIELD_NAME, "")
    ours = url_has_allowed_host_and_scheme(
        back, {request.get_host()}, require_https=request.is_secure()
    )
    return redirect(back if ours else "account-start")
