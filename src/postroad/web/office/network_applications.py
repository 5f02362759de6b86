"""A library that asks to join a network: looked at, taken in or refused, and either put back."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from postroad.cases import applying, handling
from postroad.cases.models import Application, Decision
from postroad.errors import Refusal
from postroad.form_errors import InOurWords
from postroad.web.office import keeping
from postroad.web.shared.casework.forms import text_field
from postroad.web.shared.gates import KEEPERS, SignedIn, needs
from postroad.web.shared.networks import in_office, network_of


class TakeInForm(InOurWords, forms.Form):
    text = text_field(gettext_lazy("What we write to them"), rows=6)


class RefuseForm(InOurWords, forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Why not: they read this"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class UndoForm(InOurWords, forms.Form):
    said = forms.CharField(
        label=gettext_lazy("What we write to them"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Empty: nothing is mailed."),
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(*KEEPERS)
def application(request: SignedIn, network: str, application: int) -> HttpResponse:
    """What it says of itself, what was written, and the decision."""
    found = network_of(request.user, network)
    asked = get_object_or_404(
        Application.objects.select_related("network", "case__thread", "library"),
        pk=application,
        network=found,
    )
    shown, status = begun(asked), 200
    if request.method == "POST":
        answer = decide(request, asked, shown)
        if answer is not None:
            return answer
        status = 422
    return render(
        request,
        "office/networks/application.html",
        {
            "network": found,
            "application": asked,
            "case": asked.case,
            "facts": facts(asked),
            "said": handling.messages(asked.case),
            "alike": applying.alike(asked) if not asked.decision else None,
            "center": in_office(request.user),
            "taken_in": asked.decision == Decision.TAKEN_IN,
            **shown,
        },
        status=status,
    )


def begun(asked: Application) -> dict[str, forms.Form]:
    hello = _(
        "Welcome to %(network)s. Next your library comes in step by step; we will write to you "
        "about your account and what we need."
    ) % {"network": asked.network.name}
    return {
        "take_in": TakeInForm(initial={"text": hello}, prefix="in"),
        "refuse": RefuseForm(prefix="no"),
        "undo": UndoForm(prefix="undo"),
    }


def decide(
    request: SignedIn, asked: Application, shown: dict[str, forms.Form]
) -> HttpResponse | None:
    """Carry out what was pressed; None where a form must be filled in first."""
    verb = next((each for each in ("take_in", "refuse", "undo") if each in request.POST), "")
    if not verb:
        return redirect("office-network-application", asked.network.code, asked.pk)
    prefix = {"take_in": "in", "refuse": "no", "undo": "undo"}[verb]
    shown[verb] = form = type(shown[verb])(request.POST, prefix=prefix)
    if not form.is_valid():
        return None
    try:
        return VERBS[verb](request, asked, form.cleaned_data)
    except Refusal as no:
        keeping.say_no(request, no)
    return redirect("office-network-application", asked.network.code, asked.pk)


def take_in(request: SignedIn, asked: Application, given: dict[str, Any]) -> HttpResponse:
    library = applying.take_in(asked, given["text"], by=request.user)
    messages.success(
        request,
        _("%(library)s is a member now, and they have been told. It comes in step by step.")
        % {"library": library.name},
    )
    if in_office(request.user):
        return redirect("office-joining", library.code)
    return redirect("office-network-application", asked.network.code, asked.pk)


def refuse(request: SignedIn, asked: Application, given: dict[str, Any]) -> HttpResponse:
    applying.refuse(asked, given["reason"], by=request.user)
    messages.success(request, _("Refused, and they have been told why. This can be undone here."))
    return redirect("office-network-application", asked.network.code, asked.pk)


def undo(request: SignedIn, asked: Application, given: dict[str, Any]) -> HttpResponse:
    applying.undo(asked, given["said"], by=request.user)
    messages.success(request, _("Undone: the application is waiting again."))
    return redirect("office-network-application", asked.network.code, asked.pk)


VERBS = {"take_in": take_in, "refuse": refuse, "undo": undo}


def facts(asked: Application) -> list[tuple[str, Any]]:
    told = [
        (_("Town"), f"{asked.town}, {asked.get_state_display()}"),
        (_("Kind"), asked.get_kind_display()),
        (_("Phone"), asked.phone),
        (_("System"), asked.system),
        (_("Titles, about"), asked.titles),
        (_("Asked by"), asked.case.from_name),
        (_("E-mail"), asked.case.from_email),
    ]
    return [(term, value) for term, value in told if value not in (None, "")]
