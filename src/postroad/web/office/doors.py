"""Who drives which route, and the door sheets that only that driver reads: under /office/delivery/.

A sheet is shown to the office, too, only by a press that is written down.
"""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from postroad import words
from postroad.accounts.models import Role, User
from postroad.delivery import doors, visits
from postroad.delivery.models import DoorSheet, Route
from postroad.directory.models import Library, Membership
from postroad.form_errors import InOurWords
from postroad.web.shared.gates import SignedIn, needs

A_PAGE = 50


def day_field(label: Any, **more: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}), **more)


class DutyForm(InOurWords, forms.Form):
    """A driver on a route, for a day or several."""

    route = forms.ModelChoiceField(Route.objects.all(), label=gettext_lazy("Route"))
    driver = forms.ModelChoiceField(User.objects.none(), label=gettext_lazy("Driver"))
    first_day = day_field(gettext_lazy("First day"))
    last_day = day_field(gettext_lazy("Last day, if there are several"), required=False)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["driver"].queryset = doors.drivers()  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        first = cleaned.get("first_day")
        last = cleaned["last_day"] = cleaned.get("last_day") or first
        if first and first < timezone.localdate():
            self.add_error("first_day", _("This day is over. Choose today or a later day."))
        elif first and last and last < first:
            self.add_error("last_day", _("The last day is before the first day."))
        elif first and last and last - first >= doors.LONGEST_DUTY:
            self.add_error("last_day", _("Choose two months at most; enter the rest separately."))
        return cleaned


class DoorForm(InOurWords, forms.Form):
    """How to get in where nobody opens."""

    entrance = forms.CharField(label=gettext_lazy("Entrance"), max_length=300, required=False)
    keys = forms.CharField(label=gettext_lazy("Keys"), max_length=300, required=False)
    alarm = forms.CharField(label=gettext_lazy("Alarm"), max_length=300, required=False)


@needs(Role.DELIVERY)
def drivers(request: SignedIn) -> HttpResponse:
    """Who drives which route from today on."""
    today, now = timezone.localdate(), timezone.now()
    form = DutyForm(request.POST if request.POST.get("form") == "duty" else None)
    if request.method == "POST":
        if "off" in request.POST:
            take_off(request)
            return redirect("office-delivery-drivers")
        if form.is_valid():
            made = doors.put_on(**form.cleaned_data, by=str(request.user), at=now)
            said = ngettext("Saved: %(count)s day.", "Saved: %(count)s days.", len(made))
            messages.success(request, said % {"count": len(made)})
            return redirect("office-delivery-drivers")
    listed = Paginator(doors.from_day(today), A_PAGE)
    page = listed.get_page(request.GET.get("page"))
    return render(
        request,
        "office/delivery/drivers.html",
        {"form": form, "page": page, "today": today, **confirmed(now)},
    )


def confirmed(now: datetime) -> dict[str, Any]:
    """The stops that drivers confirmed today, and those that a library counted otherwise."""
    return {
        "visits": list(visits.of_day(timezone.localdate(now))[:A_PAGE]),
        "in_doubt": list(visits.in_doubt(now)[:A_PAGE]),
    }


def take_off(request: SignedIn) -> None:
    gone = doors.take_off(whole(request.POST["off"]))
    if gone is not None:
        facts = {"who": str(gone.driver), "route": gone.route.code, "day": words.day(gone.day)}
        said = _("%(who)s is no longer on %(route)s on %(day)s. Enter it again to undo.")
        messages.success(request, said % facts)


def whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 18 else 0


@needs(Role.DELIVERY)
def sheets(request: SignedIn) -> HttpResponse:
    """Which libraries have a door sheet, and who read one."""
    page = Paginator(doors.readings(), A_PAGE).get_page(request.GET.get("page"))
    return render(request, "office/delivery/doors.html", {"kept": doors.kept(), "page": page})


@needs(Role.DELIVERY)
def sheet(request: SignedIn, code: str) -> HttpResponse:
    """One library's: written anew blindly, or shown by a press and then changed."""
    library = get_object_or_404(Library, code=code, membership=Membership.MEMBER)
    now = timezone.now()
    form = DoorForm(request.POST if request.POST.get("form") == "door" else None)
    shown = False
    if request.method == "POST" and "show" in request.POST:
        form, shown = shown_form(request, library), True
    elif request.method == "POST" and form.is_valid():
        doors.write(library, by=str(request.user), at=now, **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("office-delivery-door", library.code)
    answer = render(
        request,
        "office/delivery/door.html",
        {
            "library": library,
            "form": form,
            "shown": shown,
            "known": DoorSheet.objects.filter(library=library).defer(*doors.EMPTY).first(),
            "readings": doors.readings(library)[:20],
        },
    )
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def shown_form(request: SignedIn, library: Library) -> DoorForm:
    found = doors.read_in_office(request.user, library, timezone.now())
    return DoorForm(initial={name: getattr(found, name) for name in doors.EMPTY})
