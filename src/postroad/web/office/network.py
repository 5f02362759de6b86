"""The network of the van: /office/delivery/network/. Couriers, hubs and the nights between them,
regions with their letters, routes.

Nights have a date and are never changed: what holds from a later day is a row of its own (R14).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.db import models, transaction
from django.db.models import Count, ProtectedError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from postroad.accounts.models import Role
from postroad.delivery.models import Courier, Hub, Region, Route, Transfer
from postroad.form_errors import InOurWords
from postroad.web.office.stop_forms import day_field
from postroad.web.shared.gates import SignedIn, needs

CODE = gettext_lazy("Code")
NAME = gettext_lazy("Name")


class PartForm(InOurWords, forms.ModelForm[Any]):
    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["code"].help_text = _("Short, as the office calls it.")

    def clean_code(self) -> str:
        """In one line: it stands in the address of a page."""
        return " ".join(self.cleaned_data["code"].split())


class CourierForm(PartForm):
    class Meta:
        model = Courier
        fields = ("code", "name", "slip", "state")
        labels: Mapping[str, Promise] = {
            "code": CODE,
            "name": NAME,
            "slip": gettext_lazy("Its slips"),
            "state": gettext_lazy("The state whose holidays it keeps"),
        }


class HubForm(PartForm):
    class Meta:
        model = Hub
        fields = ("code", "name", "courier", "kind", "town")
        labels: Mapping[str, Promise] = {
            "code": CODE,
            "name": NAME,
            "courier": gettext_lazy("Courier"),
            "kind": gettext_lazy("What it is"),
            "town": gettext_lazy("Town"),
        }


class RegionForm(PartForm):
    class Meta:
        model = Region
        fields = ("code", "name", "letter", "hub")
        labels: Mapping[str, Promise] = {
            "code": CODE,
            "name": NAME,
            "letter": gettext_lazy("Letter on Massachusetts slips"),
            "hub": gettext_lazy("Hub"),
        }


class RouteForm(PartForm):
    class Meta:
        model = Route
        fields = ("code", "name", "region")
        labels: Mapping[str, Promise] = {
            "code": CODE,
            "name": NAME,
            "region": gettext_lazy("Region"),
        }


class TransferForm(InOurWords, forms.Form):
    """Nights between two hubs, from a day on."""

    from_hub = forms.ModelChoiceField(Hub.objects.all(), label=gettext_lazy("From"))
    to_hub = forms.ModelChoiceField(Hub.objects.all(), label=gettext_lazy("To"))
    nights = forms.IntegerField(
        label=gettext_lazy("Nights more than within one hub"),
        min_value=0,
        max_value=14,
        required=False,
        help_text=gettext_lazy("Empty: nothing goes this way from that day on."),
    )
    first_day = day_field(gettext_lazy("From which day"))
    both = forms.BooleanField(
        label=gettext_lazy("The same on the way back"), required=False, initial=True
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("from_hub") and given["from_hub"] == given.get("to_hub"):
            self.add_error("to_hub", _("Choose another hub: within one hub it is one night."))
        first = given.get("first_day")
        if first and first < timezone.localdate():
            self.add_error("first_day", _("This day is over. Choose today or a later day."))
        return given


@dataclass(frozen=True, slots=True)
class Part:
    """A kind of thing that the network is made of."""

    form: type[PartForm]
    heading: Promise
    listed: Callable[[], models.QuerySet[Any]]


PARTS: Mapping[str, Part] = {
    "courier": Part(
        CourierForm,
        gettext_lazy("Couriers"),
        lambda: Courier.objects.annotate(n=Count("hubs")),
    ),
    "hub": Part(
        HubForm,
        gettext_lazy("Hubs"),
        lambda: Hub.objects.select_related("courier").annotate(n=Count("regions")),
    ),
    "region": Part(
        RegionForm,
        gettext_lazy("Regions"),
        lambda: Region.objects.select_related("hub").annotate(n=Count("routes")),
    ),
    "route": Part(
        RouteForm,
        gettext_lazy("Routes"),
        lambda: Route.objects.select_related("region").annotate(
            n=Count("stops", filter=models.Q(stops__active=True))
        ),
    ),
}


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Role.DELIVERY)
def page(request: SignedIn) -> HttpResponse:
    """Everything at once; nights between hubs are entered here."""
    sent = request.POST if request.method == "POST" and "remove" not in request.POST else None
    form = TransferForm(sent)
    if request.method == "POST":
        if "remove" in request.POST:
            remove_transfer(request)
            return redirect("office-delivery-network")
        if form.is_valid():
            enter(form)
            messages.success(request, _("Saved. Parcels in transit get their new dates soon."))
            return redirect("office-delivery-network")
    today = timezone.localdate()
    transfers = Transfer.objects.select_related("from_hub", "to_hub")
    return render(
        request,
        "office/delivery/network.html",
        {
            "parts": [(name, part.heading, part.listed()) for name, part in PARTS.items()],
            "transfers": [(each, each.first_day > today) for each in transfers],
            "form": form,
        },
        status=422 if form.errors else 200,
    )


@transaction.atomic
def enter(form: TransferForm) -> None:
    given = form.cleaned_data
    ends = (given["from_hub"], given["to_hub"])
    for start, end in (ends, ends[::-1]) if given["both"] else (ends,):
        Transfer.objects.update_or_create(
            from_hub=start,
            to_hub=end,
            first_day=given["first_day"],
            defaults={"nights": given["nights"]},
        )


def remove_transfer(request: SignedIn) -> None:
    """What has not begun; what has, stays as it was (R14)."""
    number = request.POST["remove"]
    if number.isdecimal() and len(number) < 18:
        to_come = Transfer.objects.filter(first_day__gt=timezone.localdate())
        to_come.filter(pk=int(number)).delete()
    messages.success(request, _("Removed."))


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Role.DELIVERY)
def part(request: SignedIn, part: str, piece: int = 0) -> HttpResponse:
    """One of them, or a new one. What others depend on is not removed."""
    known = PARTS.get(part)
    if known is None:
        raise Http404
    model = known.form._meta.model
    row = get_object_or_404(model, pk=piece) if piece else None
    form = known.form(request.POST if request.method == "POST" else None, instance=row)
    if request.method == "POST" and row is not None and "remove" in request.POST:
        try:
            row.delete()
            messages.success(request, _("Removed."))
        except ProtectedError:
            messages.error(request, _("It is in use, so it stays. Move what hangs on it first."))
            return redirect("office-delivery-network-part", part, piece)
        return redirect("office-delivery-network")
    if request.method == "POST" and form.is_valid():
        saved = form.save(commit=False)
        saved.invented = False
        saved.save()
        messages.success(request, _("Saved."))
        return redirect("office-delivery-network")
    return render(
        request,
        "office/delivery/network_part.html",
        {"form": form, "row": row, "heading": known.heading},
        status=422 if form.errors else 200,
    )
