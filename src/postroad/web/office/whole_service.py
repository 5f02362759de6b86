"""The whole service suspended, or wound down before a contract ends: /office/delivery/service/.
What it will change is shown first; it ends by one press, and the end can be taken back."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from postroad import words
from postroad.accounts.models import Role
from postroad.delivery import delays, service
from postroad.delivery.models import WHOLE, Delay
from postroad.directory.models import Closure
from postroad.errors import Refusal
from postroad.ill.models import Supply
from postroad.web.office.delays import PRESSES, press
from postroad.web.office.stop_forms import StretchForm, day_field
from postroad.web.shared.gates import SignedIn, needs
from postroad.web.shared.one_press import OnePress


class ServiceForm(StretchForm, OnePress):
    """What becomes of the service, from when to when, and what is done instead."""

    kind = forms.ChoiceField(
        label=gettext_lazy("What happens"), choices=[(each.value, each.label) for each in WHOLE]
    )
    last_day = day_field(
        gettext_lazy("Last day, if it is known"),
        required=False,
        help_text=gettext_lazy("Empty: until further notice."),
    )
    last_pick_up = day_field(
        gettext_lazy("The last day on which the van picks up"),
        required=False,
        help_text=gettext_lazy(
            "Of a service that is wound down: what goes home is picked up until then."
        ),
    )
    instead = forms.ChoiceField(label=gettext_lazy("Meanwhile"), choices=Delay.Instead)
    field_order = ("kind", "first_day", "last_pick_up", "last_day", "instead", "reason")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        first, last = cleaned.get("first_day"), cleaned.get("last_day")
        if first and first < timezone.localdate():
            self.add_error("first_day", _("This day is over. Choose today or a later day."))
        if cleaned.get("kind") == Delay.Kind.WOUND_DOWN and "last_pick_up" not in self.errors:
            picks_up = cleaned.get("last_pick_up")
            if picks_up is None:
                self.add_error("last_pick_up", _("Please fill this in."))
            elif (first and picks_up < first) or (last and picks_up > last):
                self.add_error(
                    "last_pick_up", _("It has to lie between the first and the last day.")
                )
        return cleaned


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Role.DELIVERY)
def page(request: SignedIn) -> HttpResponse:
    """What stops and what was ended, and a form that shows what it will change before it asks."""
    if request.POST.get("form") in PRESSES:
        press(request)
        return redirect("office-delivery-service")
    form = ServiceForm(request.POST if request.method == "POST" else None)
    valid = request.method == "POST" and form.is_valid()
    if valid and "sure" in request.POST and stop(request, form):
        return redirect("office-delivery-service")
    today = timezone.localdate()
    whole = Delay.objects.filter(kind__in=WHOLE, last_day__gte=today)
    return render(
        request,
        "office/delivery/service.html",
        {
            "form": form,
            "will": will(form) if valid and not form.errors else None,
            "standing": whole.filter(ended_at=None),
            "ended": whole.exclude(ended_at=None),
        },
        status=422 if form.errors else 200,
    )


def will(form: ServiceForm) -> dict[str, Any]:
    """What it will change, with what was typed to send again."""
    given = form.cleaned_data
    facts = {name: given[name] for name in ("kind", "first_day", "last_day", "last_pick_up")}
    said = Delay(**facts, instead=given["instead"], reason=given["reason"])
    said.last_day = given["last_day"] or Closure.FURTHER_NOTICE
    return {
        "said": said,
        "preview": service.preview(given["first_day"]),
        "asked": Supply.objects.of_members().waiting().count(),
        "hidden": [field.as_hidden() for field in form],
    }


def stop(request: SignedIn, form: ServiceForm) -> bool:
    """Do it; False if it was refused."""
    given = form.cleaned_data
    days = {name: given[name] for name in ("first_day", "last_day", "last_pick_up")}
    try:
        delays.announce(
            Delay.Kind(given["kind"]),
            at=None,
            **days,
            instead=given["instead"],
            reason=given["reason"],
            by=str(request.user),
            now=timezone.now(),
            key=given["key"],
        )
    except Refusal as no:
        form.add_error(None, words.refusal(no))
        return False
    messages.success(request, _("Saved. All libraries at which the van stops are told."))
    return True
