"""Bins and bags as property: /office/delivery/bins/."""

from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from postroad import words
from postroad.accounts.models import Role
from postroad.delivery import containers
from postroad.delivery.models import Container, ContainerLine, ContainerStep, Hub
from postroad.errors import Refusal
from postroad.form_errors import InOurWords
from postroad.web.shared.gates import SignedIn, needs

LINES = 60  # of a container's history; the newest


class NewBinsForm(InOurWords, forms.Form):
    count = forms.IntegerField(
        label=gettext_lazy("How many"), min_value=1, max_value=containers.MOST_AT_ONCE
    )
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=Container.Kind.choices)
    hub = forms.ModelChoiceField(
        label=gettext_lazy("At which hub"), queryset=Hub.objects.all(), to_field_name="code"
    )


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Role.DELIVERY)
def overview(request: SignedIn) -> HttpResponse:
    """How many where, who asks for empties; new ones with numbers of their own."""
    form = NewBinsForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        made = containers.put_to_use(
            given["count"], given["kind"], holder=given["hub"].code, at=timezone.now()
        )
        said = ngettext("%(n)d has a number now.", "%(n)d have numbers now.", len(made))
        messages.success(request, said % {"n": len(made)})
        return redirect("office-delivery-bins")
    asked = request.GET.get("q", "").strip()[:60]
    if asked and (found := containers.find(asked)):
        return redirect("office-delivery-bin", found.number)
    return render(
        request,
        "office/delivery/bins.html",
        {
            "form": form,
            "asked": asked,
            "piles": containers.piles(),
            "wanted": containers.empties_wanted(),
            "latest": Container.objects.select_related("library").order_by("-last_at", "pk")[:20],
        },
        status=422 if form.is_bound else 200,
    )


@dataclass(frozen=True, slots=True)
class Told:
    """A line of a container's history in words."""

    line: ContainerLine
    sentence: str


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Role.DELIVERY)
def one(request: SignedIn, bin_number: str) -> HttpResponse:
    """What is in one, and all that happened to it."""
    found = containers.find(bin_number)
    if found is None:
        raise Http404
    if request.method == "POST":
        undo(request, found)
        return redirect("office-delivery-bin", found.number)
    lines = found.lines.select_related("library", "into", "user", "undone_by")
    return render(
        request,
        "office/delivery/bin.html",
        {
            "container": found,
            "inside": containers.contents(found),
            "history": [
                Told(each, sentence(each)) for each in lines.order_by("-at", "-pk")[:LINES]
            ],
        },
    )


def undo(request: SignedIn, found: Container) -> None:
    key = request.POST.get("undo", "")
    try:
        with transaction.atomic():
            mine = found.lines.filter(pk=int(key) if key.isdecimal() and len(key) < 18 else 0)
            line = mine.first()
            containers.undo(line.pk if line else 0, by=request.user, at=timezone.now())
    except Refusal as no:
        messages.warning(request, words.refusal(no))
    else:
        messages.success(request, _("Undone, with all that was moved with it."))


def sentence(line: ContainerLine) -> str:
    place = f"{line.library.name}, {line.library.town}" if line.library else line.holder
    facts = {"place": place, "into": line.into or ""}
    return {
        ContainerStep.OPENED: _("Emptied at %(place)s"),
        ContainerStep.ARRIVED: _("Came in at %(place)s"),
        ContainerStep.PUT_IN: _("Put into %(into)s at %(place)s"),
        ContainerStep.TAKEN_OUT: _("Taken out at %(place)s"),
        ContainerStep.CLOSED: _("Closed at %(place)s"),
        ContainerStep.LOADED: _("Loaded on %(place)s"),
        ContainerStep.DROPPED: _("Left at %(place)s"),
    }[ContainerStep(line.step)] % facts
