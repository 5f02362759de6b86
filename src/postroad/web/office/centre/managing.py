"""Who looks after a request: take, take over, hand on, give back; and who is away."""

from collections.abc import Sequence
from datetime import timedelta

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from postroad import words
from postroad.accounts import absence
from postroad.accounts.models import Role, User
from postroad.catalogue import citation
from postroad.errors import Refusal
from postroad.form_errors import InOurWords
from postroad.ill import access, managing, waiting
from postroad.ill.access import NoSuchRequest
from postroad.ill.models import Event, Request
from postroad.web.shared import gates
from postroad.web.shared.gates import SignedIn, needs
from postroad.web.shared.paging import is_key

FURTHEST = timedelta(days=366)


@needs(Role.CENTRE)
@require_POST
def take_from_list(request: SignedIn) -> HttpResponse:
    """The button of a row: what nobody looks after."""
    ill, _sight = access.request_for(request.user, request.POST.get("ref", ""))
    change(request, ill, request.user, None)
    return redirect(f"{reverse('office-centre')}?{request.GET.urlencode()}")


@needs(Role.CENTRE)
@require_POST
def manager(request: SignedIn, ref: str) -> HttpResponse:
    """Take, hand on or give back, from the page of a request, which names who has it now."""
    ill, _sight = access.request_for(request.user, ref)
    before, after = request.POST.get("instead_of", ""), request.POST.get("to", "")
    if "undo" in request.POST:
        undo(request, ill, request.POST["undo"])
    elif not after:
        give_back(request, ill)
    else:
        to = User.objects.filter(pk=after, is_active=True).first() if is_key(after) else None
        if to is None:
            raise NoSuchRequest(ref=ref)
        change(request, ill, to, int(before) if is_key(before) else None)
    return redirect("office-centre-request", ill.ref)


def change(request: SignedIn, ill: Request, to: User, instead_of: int | None) -> None:
    try:
        event = managing.assign(ill, gates.act(request.user), to, instead_of=instead_of)
    except Refusal as no:
        messages.warning(request, words.refusal(no))
    else:
        messages.success(request, looks_after(ill, to, request.user, event))


def looks_after(ill: Request, to: User, me: User, event: Event | None) -> str:
    """Who does now, and instead of whom."""
    facts = {"title": citation.short_title(ill.title), "name": str(to)}
    was = event.facts.get("instead_of") if event else None
    if was:
        said = _("%(name)s looks after “%(title)s” now, instead of %(was)s.")
        return said % {**facts, "was": was}
    if to == me:
        return _("You look after “%(title)s” now.") % facts
    return _("%(name)s looks after “%(title)s” now.") % facts


def undo(request: SignedIn, ill: Request, event: str) -> None:
    try:
        done = managing.undo(ill, gates.act(request.user), int(event) if is_key(event) else 0)
    except Refusal as no:
        messages.warning(request, words.refusal(no))
    else:
        said = _("Undone: %(name)s looks after “%(title)s” again.")
        title = citation.short_title(ill.title)
        messages.success(request, said % {"title": title, "name": done.facts["manager"]})


def give_back(request: SignedIn, ill: Request) -> None:
    try:
        managing.give_back(ill, gates.act(request.user))
    except Refusal as no:
        messages.warning(request, words.refusal(no))
    else:
        said = _("Given back: nobody looks after “%(title)s” now.")
        messages.success(request, said % {"title": citation.short_title(ill.title)})


class AwayForm(InOurWords, forms.Form):
    """Until which day somebody is away."""

    until = forms.DateField(
        label=gettext_lazy("Last day away"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def clean_until(self) -> object:
        until = self.cleaned_data["until"]
        today = timezone.localdate()
        if not today <= until <= today + FURTHEST:
            raise forms.ValidationError(_("Choose a day from today on, within a year."))
        return until


@needs(Role.CENTRE)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def away(request: SignedIn) -> HttpResponse:
    """Mark oneself away until a day, or at work again."""
    user, today = request.user, timezone.localdate()
    if request.method == "POST" and "back" in request.POST:
        absence.leave(user, None)
        messages.success(request, _("You are at work again."))
        return redirect("office-centre")
    form = AwayForm(
        request.POST or None, initial={"until": user.away_until if user.is_away(today) else None}
    )
    if form.is_valid():
        absence.leave(user, form.cleaned_data["until"])
        day = words.day(form.cleaned_data["until"])
        messages.success(request, _("You are away through %(day)s.") % {"day": day})
        return redirect("office-centre")
    return render(
        request,
        "office/centre/away.html",
        {
            "form": form,
            "away": user.away_until if user.is_away(today) else None,
            "mine": Request.objects.open().filter(managed_by=user).count(),
        },
        status=422 if form.is_bound else 200,
    )


def offered(ill: Request, user: User, events: Sequence[Event]) -> dict[str, object]:
    """Who looks after a request, whom this person may give it to, and for whom the center acts."""
    today, people = timezone.localdate(), absence.people(Role.CENTRE)
    manager = ill.managed_by
    free = [each for each in people if each not in (manager, user) and not each.is_away(today)]
    return {
        "manager": manager,
        "acts_for": waiting.of_members(ill),
        "manager_away": manager.away_until if manager and manager.is_away(today) else None,
        "others": free if ill.is_open else [],
        "taken_over": managing.taken_over(events, user) if ill.is_open else None,
    }
