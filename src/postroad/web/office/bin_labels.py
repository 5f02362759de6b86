"""Labels of bins, also presorted ones: /office/delivery/bins/labels/."""

import re
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from postroad import words
from postroad.accounts.models import Role
from postroad.delivery import bin_labels, codes
from postroad.delivery.models import Container, Paper, Route, Stop
from postroad.delivery.slip_facts import Layout
from postroad.errors import Refusal
from postroad.form_errors import InOurWords
from postroad.web.shared.gates import SignedIn, needs

MOST = 200  # labels of one print
BETWEEN = re.compile(r"[\n\r,;]+")  # numbers; within one there may be spaces


class OfStops(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: Stop) -> str:
        return f"{obj.library.town}, {obj.library.name}"


class LabelsForm(InOurWords, forms.Form):
    numbers = forms.CharField(
        label=gettext_lazy("Numbers of bins and bags"),
        widget=forms.Textarea(attrs={"rows": 6, "class": "number"}),
        max_length=4000,
        help_text=gettext_lazy("One a line. A hand scanner can type them."),
    )
    route = forms.ModelChoiceField(
        Route.objects.all(),
        label=gettext_lazy("Presorted for a route"),
        required=False,
        to_field_name="code",
    )
    stop = OfStops(
        Stop.objects.filter(active=True).select_related("library").order_by("library__town", "pk"),
        label=gettext_lazy("Presorted for a library"),
        required=False,
    )
    layout = forms.ChoiceField(label=gettext_lazy("Paper"), choices=Paper.choices)

    def clean_numbers(self) -> list[Container]:
        typed = [each.strip() for each in BETWEEN.split(self.cleaned_data["numbers"])]
        typed = [each for each in typed if each]
        if len(typed) > MOST:
            raise forms.ValidationError(_("At most %(most)d labels at once.") % {"most": MOST})
        read = {each: codes.scanned_number(each, codes.CONTAINER) for each in typed}
        known = {
            each.number: each for each in Container.objects.filter(number__in=set(read.values()))
        }
        unknown = [each for each, number in read.items() if number not in known]
        if unknown:
            said = _("No bin or bag has the number %(numbers)s.")
            raise forms.ValidationError(said % {"numbers": ", ".join(unknown[:5])})
        return [known[number] for number in dict.fromkeys(read.values()) if number]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("route") and given.get("stop"):
            self.add_error("stop", _("Choose a route or a library, not both."))
        return given


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Role.DELIVERY)
def page(request: SignedIn) -> HttpResponse:
    """Filled in with the bin that the address names, or those that nobody has scanned yet."""
    initial = {"numbers": proposed(request), "layout": Paper.LABEL}
    form = LabelsForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        try:
            file = bin_labels.drawn(
                given["numbers"], Layout(given["layout"]), given["stop"] or given["route"]
            )
        except Refusal as no:
            form.add_error(None, words.refusal(no))
        else:
            named = {"Content-Disposition": 'inline; filename="bins.pdf"'}
            return HttpResponse(file, content_type="application/pdf", headers=named)
    status = 422 if form.is_bound else 200
    return render(request, "office/delivery/bin-labels.html", {"form": form}, status=status)


def proposed(request: SignedIn) -> str:
    asked = codes.read_number(request.GET.get("bin", "")[:60], codes.CONTAINER)
    if asked:
        return asked
    new = Container.objects.filter(retired_on=None, lines=None).order_by("-made_at", "pk")
    return "\n".join(new.values_list("number", flat=True)[:MOST])
