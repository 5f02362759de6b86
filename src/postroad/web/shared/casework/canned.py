"""Texts with which a room answers often: to add, change, remove, and put back."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from postroad.cases.handling import plain
from postroad.cases.models import CannedAnswer
from postroad.web.shared.casework.forms import CannedForm
from postroad.web.shared.casework.room import Room
from postroad.web.shared.gates import SignedIn


def canned(request: SignedIn, room: Room) -> HttpResponse:
    form, changed = CannedForm(), one(request, room)
    if request.method == "POST":
        if "remove" in request.POST or "put_back" in request.POST:
            return remove(request, room, changed)
        form = CannedForm(request.POST)
        if form.is_valid():
            return save(request, room, form, changed)
    elif changed is not None:
        form = CannedForm(initial={"title": changed.title, "text": changed.text})
    return render(
        request,
        "shared/cases/canned.html",
        {
            "room": room,
            "list": room.url("cases"),
            "answers": room.canned().filter(removed_at=None),
            "removed": room.canned().exclude(removed_at=None).order_by("-removed_at", "-pk")[:10],
            "form": form,
            "changed": changed,
        },
        status=422 if form.is_bound else 200,
    )


def one(request: SignedIn, room: Room) -> CannedAnswer | None:
    key = request.POST.get("which") or request.GET.get("which") or ""
    if not key:
        return None
    if not (key.isascii() and key.isdecimal() and len(key) < 18):
        raise Http404
    return get_object_or_404(room.canned(), pk=key)


def save(
    request: SignedIn, room: Room, form: CannedForm, changed: CannedAnswer | None
) -> HttpResponse:
    ready = changed or CannedAnswer(
        library=room.library, office="" if room.library else min(room.seat.offices)
    )
    ready.title, ready.text = form.cleaned_data["title"], plain(form.cleaned_data["text"])
    ready.save()
    messages.success(request, _("Saved."))
    return redirect(room.url("cases-canned"))


def remove(request: SignedIn, room: Room, ready: CannedAnswer | None) -> HttpResponse:
    if ready is None:
        raise Http404
    ready.removed_at = None if "put_back" in request.POST else timezone.now()
    ready.save(update_fields=["removed_at"])
    said = _("Put back.") if ready.removed_at is None else _("Removed. You can put it back below.")
    messages.success(request, said)
    return redirect(room.url("cases-canned"))
