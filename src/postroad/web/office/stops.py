"""Stops, their days, and days without the van: /office/delivery/stops/ and /pauses/."""

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from postroad.accounts.models import Role
from postroad.delivery import outlook, stops
from postroad.delivery.models import ScheduleChange, Stop
from postroad.directory import closures, records
from postroad.directory.models import (
    Closure,
    Effect,
    Joining,
    Library,
    Membership,
    State,
)
from postroad.web.office.stop_forms import (
    OF_A_STOP,
    ChangeForm,
    CodeForm,
    PauseForm,
    StopForm,
)
from postroad.web.shared import closing
from postroad.web.shared.gates import SignedIn, needs
from postroad.web.shared.pieces import Choice

A_PAGE = 40


@needs(Role.DELIVERY)
def stop_list(request: SignedIn) -> HttpResponse:
    """Every stop by route and place; libraries without one on demand."""
    asked = request.GET.get("q", "").replace("\0", "").strip()[:80]
    off_route = "off" in request.GET
    wanted = Q()
    for word in asked.split():
        wanted &= Q(name__icontains=word) | Q(town__icontains=word) | Q(code__iexact=word)
    libraries = Library.objects.filter(wanted)
    if off_route:
        served = Stop.objects.filter(active=True).values("library")
        listed: Any = libraries.members().exclude(pk__in=served)
    else:
        listed = Stop.objects.filter(library__in=libraries).select_related("library", "route")
    return render(
        request,
        "office/delivery/stops.html",
        {
            "page": Paginator(listed, A_PAGE).get_page(request.GET.get("page")),
            "asked": asked,
            "off_route": off_route,
            "choices": [
                Choice(_("On a route"), "?" + urlencode({"q": asked}), chosen=not off_route),
                Choice(
                    _("Not on a route"),
                    "?" + urlencode({"off": 1, "q": asked}),
                    chosen=off_route,
                ),
            ],
            "missing_codes": Library.objects.members().filter(
                state=State.RHODE_ISLAND, delivery_code=""
            )[:20],
        },
    )


@needs(Role.DELIVERY)
def stop(request: SignedIn, code: str) -> HttpResponse:
    """One library's stop: its days, its reduced schedules, its pauses, its code."""
    library = get_object_or_404(Library, code=code, membership=Membership.MEMBER)
    known = Stop.objects.select_related("route", "behind__library")
    found = known.filter(library=library).first()
    forms_here = forms_of(request, library, found)
    if request.method == "POST" and change(request, library, found, forms_here):
        return redirect("office-delivery-stop", library.code)
    today = timezone.localdate()
    return render(
        request,
        "office/delivery/stop.html",
        {
            "library": library,
            "stop": found,
            "joining": Joining.objects.filter(library=library).exclude(wished_days="").first(),
            "forms": forms_here,
            "satellites": known.filter(behind=found, active=True) if found else [],
            "changes": found.changes.filter(last_day__gte=today) if found else [],
            "pauses": stops.pauses_from(today).at(library),
            "ended": stops.lately_ended(today).at(library),
            "rhode_island": library.state == State.RHODE_ISLAND,
        },
    )


def forms_of(request: SignedIn, library: Library, stop: Stop | None) -> dict[str, forms.Form]:
    """The forms of the page; the one that was sent bears what was sent."""
    kept: dict[str, Any] = {"drop_days": "MTWTF--", "active": True}
    if stop:
        kept = {name: getattr(stop, name) for name in OF_A_STOP}
        town = stop.behind.library if stop.behind else None
        kept |= {"apart": stop.days_apart, "behind": town.code if town else ""}
    made: dict[str, tuple[Callable[..., forms.Form], dict[str, Any]]] = {
        "stop": (partial(StopForm, library=library), kept),
        "change": (ChangeForm, {}),
        "pause": (PauseForm, {}),
        "code": (partial(CodeForm, library=library), {"delivery_code": library.delivery_code}),
    }
    sent = request.POST.get("form") if request.method == "POST" else None
    return {
        name: kind(request.POST if name == sent else None, initial=initial, prefix=name)
        for name, (kind, initial) in made.items()
    }


@transaction.atomic
def change(
    request: SignedIn, library: Library, stop: Stop | None, forms_here: dict[str, forms.Form]
) -> bool:
    """Do what was asked; False if the form must be shown again."""
    name = request.POST.get("form", "")
    if name in CHANGES_OF_MIND:
        change_of_mind(request, library, stop)
        return True
    form = forms_here.get(name)
    if form is None or not form.is_valid():
        return False
    facts = getattr(form, "facts", form.cleaned_data)
    if name == "stop":
        Stop.objects.update_or_create(library=library, defaults={**facts, "invented": False})
        confirmed(request, library, "delivery")
    elif name == "change" and stop:
        stops.change_for_a_while(stop, **facts)
    elif name == "pause":
        stops.pause(at=library, said_by=str(request.user), **facts)
        if late := closing.short_notice_at(library, Effect.NO_DELIVERY, facts["first_day"]):
            messages.warning(request, late)
    elif name == "code":
        Library.objects.filter(pk=library.pk).update(**facts)
        confirmed(request, library, "delivery_code")
        messages.success(request, _("Saved. Slips to this library can be printed now."))
        return True
    messages.success(request, saved(facts.get("first_day"), facts.get("last_day"), [library.pk]))
    return True


def confirmed(request: SignedIn, library: Library, field: str) -> None:
    records.confirm(library, [field], by=str(request.user), on=timezone.localdate())


CHANGES_OF_MIND = ("remove", "put-back")


def change_of_mind(request: SignedIn, library: Library, stop: Stop | None) -> None:
    """A reduced schedule or a pause of this library; a pause for everybody is ended elsewhere."""
    if stop and (number := whole(request.POST.get("change", ""))):
        ScheduleChange.objects.filter(pk=number, stop=stop).delete()
    end_or_put_back(request, library)
    messages.success(request, saved())


def end_or_put_back(request: SignedIn, library: Library) -> None:
    """End a pause of this library, or take its end back."""
    entry = closing.entry_of(request.POST.get("pause", ""))
    if entry is None or not Closure.objects.filter(entry=entry, effect=Effect.NO_DELIVERY):
        return
    if request.POST.get("form") == "put-back":
        closures.put_back(entry, by=str(request.user), library=library)
    else:
        stops.resume(entry, by=str(request.user), library=library)


def whole(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 18 else 0


def saved(
    first_day: date | None = None, last_day: date | None = None, libraries: list[int] | None = None
) -> str:
    """What the change means for parcels under way; a job gives them their new days."""
    soon = _("Saved. Parcels in transit get their new dates within a minute.")
    if first_day is None or last_day is None:
        return soon
    count = outlook.expected(first_day, last_day, libraries)
    if not count:
        return _("Saved. No parcel in transit was expected on these days.")
    said = ngettext(
        "%(count)s parcel was expected on these days.",
        "%(count)s parcels were expected on these days.",
        count,
    ) % {"count": count}
    return f"{soon} {said}"
