"""The status of libraries, for the center: what waits, what is silent, and any library's."""

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from postroad.accounts.models import Role
from postroad.delivery.models import Stop
from postroad.directory import asking, evidence, known, pausing, saying
from postroad.directory.models import Library
from postroad.directory.statements import (
    Evidence,
    PauseSuggestion,
    Source,
    Statement,
    StatusList,
    Verdict,
)
from postroad.form_errors import InOurWords
from postroad.web.shared import status
from postroad.web.shared.gates import SignedIn, needs

LATELY = timedelta(days=14)
SHOWN = 50
FOUND = 20


@require_safe
@needs(Role.CENTRE, Role.OPERATOR)
def overview(request: SignedIn) -> HttpResponse:
    """What waits for the center, and where a library is found to speak for it."""
    now = timezone.now()
    every = known.everybody(now)
    waiting = Statement.objects.waiting().select_related("library").order_by("heard_at", "pk")
    decided = Statement.objects.filter(decided_at__gt=now - LATELY).select_related("library")
    typed = request.GET.get("q", "").replace("\x00", "").strip()[:100]
    words = typed.casefold().split()
    return render(
        request,
        "office/status/overview.html",
        {
            "waiting": status.entries(list(waiting[:SHOWN]), now),
            "decided": status.entries(list(decided.order_by("-decided_at", "-pk")[:SHOWN]), now),
            "suggestions": PauseSuggestion.objects.filter(decided_at=None).select_related(
                "library"
            ),
            "answered": PauseSuggestion.objects.filter(decided_at__gt=now - LATELY).select_related(
                "library"
            ),
            "asked": asking.unanswered()
            .select_related("library")
            .order_by("asked_at", "pk")[:SHOWN],
            "lists": StatusList.objects.all(),
            "coverage": known.coverage(every),
            "typed": typed,
            "found": [
                each
                for each in every
                if all(
                    word in f"{each.name} {each.town} {each.code} {each.symbol}".casefold()
                    for word in words
                )
            ][:FOUND]
            if words
            else [],
        },
    )


class EvidenceForm(InOurWords, forms.Form):
    """What a library's own website says."""

    address = forms.URLField(
        label=gettext_lazy("Address of the page"), max_length=500, assume_scheme="https"
    )
    seen = forms.CharField(
        label=gettext_lazy("What it says"),
        max_length=300,
        help_text=gettext_lazy("In its own words: “Staff are in the building on weekdays.”"),
    )
    staff_on_site = forms.ChoiceField(
        label=gettext_lazy("So a return by mail"),
        choices=[
            ("yes", gettext_lazy("would be taken in")),
            ("no", gettext_lazy("would find nobody there")),
        ],
        widget=forms.RadioSelect,
    )
    seen_on = forms.DateField(
        label=gettext_lazy("Seen on"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    initials = forms.CharField(label=gettext_lazy("Your initials"), max_length=10)

    def clean_seen_on(self) -> Any:
        day = self.cleaned_data["seen_on"]
        if day > timezone.localdate():
            raise forms.ValidationError(_("Choose today or an earlier day."))
        return day

    def note(self, library: Library, *, by: str) -> None:
        facts = self.cleaned_data
        on_site = facts["staff_on_site"] == "yes"
        evidence.note(library, **{**facts, "staff_on_site": on_site}, by=by, at=timezone.now())


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Role.CENTRE, Role.OPERATOR)
def of_library(request: SignedIn, code: str) -> HttpResponse:
    """The center speaks for a library, or notes what its website says."""
    library = get_object_or_404(Library, code=code)
    stop = Stop.objects.filter(library=library, active=True).exists()
    form, noted = status.SayForm(stop=stop), EvidenceForm(initial={"seen_on": timezone.localdate()})
    if request.method == "POST" and "website" in request.POST:
        noted = EvidenceForm(request.POST)
        if noted.is_valid():
            noted.note(library, by=str(request.user))
            messages.success(request, _("Noted. It runs out by itself."))
            return redirect("office-status-of", code)
    elif request.method == "POST":
        said, form = status.heard(request.POST, stop=stop)
        if said is not None:
            status.say(library, said, request.POST, source=Source.TEAM, said_by=str(request.user))
            messages.success(request, _("Saved. Requests and dates follow it from now on."))
            return redirect("office-status-of", code)
    now = timezone.now()
    here = known.one(library, now)
    history = Statement.objects.filter(library=library).newest_first()[:SHOWN]
    seen = Evidence.objects.filter(library=library).select_related("library")[:FOUND]
    return render(
        request,
        "office/status/library.html",
        {
            "library": library,
            "known": here,
            "lines": status.lines(here, stop=stop),
            "form": form,
            "noted": noted,
            "history": status.entries(list(history), now),
            "evidence": [(each, evidence.runs_out(each)) for each in seen],
        },
        status=422 if form.is_bound or noted.is_bound else 200,
    )


VERDICTS = {"take": Verdict.TAKEN, "refuse": Verdict.REFUSED, "undo": Verdict.WAITS}


@require_POST
@needs(Role.CENTRE, Role.OPERATOR)
def decide(request: SignedIn, statement: int) -> HttpResponse:
    """Take a statement, set it aside, or undo either."""
    said = get_object_or_404(Statement.objects.select_related("library"), pk=statement)
    pressed = request.POST.get("verdict", "")
    verdict = VERDICTS.get(pressed)
    if verdict is None:
        return redirect("office-status")
    if verdict == Verdict.WAITS and said.source != Source.ANYONE:
        verdict = Verdict.TAKEN  # what was trusted counts again
    saying.decide(said, verdict, by=str(request.user), at=timezone.now())
    if said.library is not None:
        status.follow(said.library, timezone.now())
    messages.success(request, DONE[pressed])
    back = request.POST.get("back", "")
    if back and said.library is not None:
        return redirect("office-status-of", said.library.code)
    return redirect("office-status")


DONE = {
    "take": gettext_lazy("Taken: it counts by its own date. You can undo it below."),
    "refuse": gettext_lazy("Set aside: it does not count. You can undo it below."),
    "undo": gettext_lazy("Undone: it is as it was before."),
}


@require_POST
@needs(Role.CENTRE, Role.OPERATOR)
def withdraw(request: SignedIn, seen: int) -> HttpResponse:
    """What was noted of a website was a mistake, or was none after all."""
    noted = get_object_or_404(Evidence.objects.select_related("library"), pk=seen)
    at = None if "put_back" in request.POST else timezone.now()
    evidence.withdraw(noted, by=str(request.user), at=at)
    messages.success(request, _("Withdrawn.") if at else _("It counts again."))
    return redirect("office-status-of", noted.library.code)


@require_POST
@needs(Role.CENTRE, Role.OPERATOR)
def pause(request: SignedIn, suggestion: int) -> HttpResponse:
    """Let a library that does not answer rest, or dismiss the suggestion; or undo either."""
    made = get_object_or_404(PauseSuggestion.objects.select_related("library"), pk=suggestion)
    by, now = str(request.user), timezone.now()
    if "undo" in request.POST:
        pausing.undo(made, by=by, at=now)
        messages.success(request, _("Undone: the suggestion stands again."))
    elif "pause" in request.POST:
        note = _("Paused by the center: requests were not answered")
        pausing.pause(made, note=note, by=by, at=now)
        messages.success(
            request, _("Its lending is paused until somebody says that it lends again.")
        )
    else:
        pausing.dismiss(made, by=by, at=now)
        messages.success(request, _("Dismissed. It comes again only after further requests."))
    status.follow(made.library, now)
    return redirect("office-status")
