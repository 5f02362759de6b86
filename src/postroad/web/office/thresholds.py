"""Numbers of days that the trade agreed on, each with the day from which it holds (R14).

/office/thresholds/: what holds today, what is to come, and what held. Numbers are never changed: a
new one begins on a day, and whatever went by the old one stays told by it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from postroad import words
from postroad.directory import thresholds
from postroad.directory.models import Agreement, Library, Threshold
from postroad.directory.thresholds import ForAWhile
from postroad.errors import Refusal
from postroad.form_errors import InOurWords
from postroad.situations.models import Situation
from postroad.web.office import keeping
from postroad.web.office.beginning import BeginningField
from postroad.web.office.situations import Shown
from postroad.web.shared.gates import RECORDS, SignedIn, needs
from postroad.web.shared.libraries import apart
from postroad.web.shared.paging import is_key

MOST = 730  # days that anything may take


@dataclass(frozen=True, slots=True)
class Lasting:
    """A number that holds only while a situation does, or held."""

    row: ForAWhile
    by: Shown | None  # the situation

    @property
    def where(self) -> str:
        if not self.row.libraries:
            return _("all libraries")
        if self.by is not None and self.row.last_day == self.by.situation.last:
            return self.by.where
        number = self.row.libraries  # where it held once is not where the situation is now
        return ngettext("%(n)s library", "%(n)s libraries", number) % {"n": number}


def lasting(rows: Sequence[ForAWhile]) -> list[Lasting]:
    shown = Shown.of(Situation.objects.behind({row.source for row in rows}).values())
    by = {each.situation.source: each for each in shown}
    return [Lasting(row, by.get(row.source)) for row in rows]


@dataclass(frozen=True, slots=True)
class Line:
    """One threshold as it stands for all."""

    name: str
    words: object
    days: int
    next: Threshold | None  # for all, not begun yet
    own: int  # rows of libraries and agreements
    meanwhile: Sequence[Lasting]  # of situations that hold, or are switched on and begin later
    usual: int  # for all, when no situation says otherwise


class EnterForm(InOurWords, forms.Form):
    """Another number, from a day on."""

    scope = forms.ChoiceField(label=gettext_lazy("For whom"))
    days = forms.IntegerField(label=gettext_lazy("How many"), min_value=0, max_value=MOST)
    effective = BeginningField(
        help_text=gettext_lazy("Today or later: what went by the old number stays.")
    )

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.libraries = {f"library:{each.code}": each for each in Library.objects.members()}
        self.agreements = {f"agreement:{each.pk}": each for each in Agreement.objects.all()}
        groups: list[Any] = [("all", _("all libraries"))]
        if self.agreements:
            named = [(key, str(each)) for key, each in self.agreements.items()]
            groups.append((_("Under an agreement"), named))
        places = apart(list(self.libraries.values()), lambda each: f"{each.town}: {each.name}")
        named = [(key, places[each.code]) for key, each in self.libraries.items()]
        groups.append((_("One library"), named))
        self.fields["scope"].choices = groups  # type: ignore[attr-defined]

    @property
    def whose(self) -> dict[str, Any]:
        scope = self.cleaned_data["scope"]
        return {"library": self.libraries.get(scope), "agreement": self.agreements.get(scope)}


@require_safe
@needs(*RECORDS)
def all_thresholds(request: SignedIn) -> HttpResponse:
    today = timezone.localdate()
    rows = list(Threshold.objects.order_by("effective", "pk"))
    meanwhile = lasting(thresholds.for_a_while(since=today))
    lines = [line_of(name, rows, meanwhile, today) for name in thresholds.DEFAULTS]
    return render(request, "office/thresholds/thresholds.html", {"lines": lines, "today": today})


def line_of(name: str, rows: list[Threshold], meanwhile: list[Lasting], today: date) -> Line:
    mine = [row for row in rows if row.name == name]
    wide = [row for row in mine if row.library_id is None and row.agreement_id is None]
    to_come = next((row for row in wide if row.effective > today), None)
    return Line(
        name,
        words.directory.THRESHOLDS[name],
        thresholds.days(name, on=today),
        to_come,
        len(mine) - len(wide),
        [each for each in meanwhile if each.row.name == name],
        thresholds.usual(name, on=today),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@needs(*RECORDS)
def threshold(request: SignedIn, threshold: str) -> HttpResponse:
    """One of them: its history, and another number from a day on."""
    if threshold not in thresholds.DEFAULTS:
        raise Http404
    if request.method == "POST" and "withdraw" in request.POST:
        return withdraw(request, threshold)
    form = EnterForm(request.POST if request.method == "POST" else None)
    good = form.is_bound and form.is_valid()
    if good and "look" not in request.POST:
        try:
            thresholds.enter(
                threshold,
                form.cleaned_data["days"],
                effective=form.cleaned_data["effective"],
                **form.whose,
                by=str(request.user),
                at=timezone.now(),
            )
        except Refusal as no:
            keeping.mistaken(form, "effective", no)
            good = False
        else:
            messages.success(request, _("Entered."))
            return redirect("office-threshold", threshold)
    today = timezone.localdate()
    return render(
        request,
        "office/thresholds/threshold.html",
        {
            **known(threshold, today),
            "form": form,
            "preview": preview(threshold, form, today) if good else None,
        },
        status=422 if form.is_bound and not good else 200,
    )


def known(name: str, today: date) -> dict[str, Any]:
    """Its history, what holds today, and what holds for a while."""
    rows = Threshold.objects.filter(name=name).select_related("library", "agreement")
    meanwhile = lasting(thresholds.for_a_while(name))
    return {
        "name": name,
        "words": words.directory.THRESHOLDS[name],
        "days": thresholds.days(name, on=today),
        "default": thresholds.DEFAULTS[name],
        "today": today,
        "usual": thresholds.usual(name, on=today),
        "meanwhile": [each for each in meanwhile if each.row.last_day >= today],
        "ended": [each for each in reversed(meanwhile) if each.row.last_day < today],
        "rows": rows.order_by("-effective", "-pk"),
    }


def preview(name: str, form: EnterForm, today: date) -> dict[str, Any]:
    """What holds for the same ones today, on the day before, and from then on until the next."""
    day, whose = form.cleaned_data["effective"], form.whose
    later = Threshold.objects.filter(name=name, effective__gt=day, **whose).order_by(
        "effective", "pk"
    )
    return {
        "now": thresholds.days(name, on=today, **whose),
        "before": thresholds.days(name, on=max(day - timedelta(days=1), today), **whose),
        "then": form.cleaned_data["days"],
        "day": day,
        "next": later.first(),
        "whose": whose["library"] or whose["agreement"],
        "meanwhile": any(row.last_day >= day for row in thresholds.for_a_while(name, since=today)),
        "exceptions": not any(whose.values())
        and Threshold.objects.filter(name=name).exclude(library=None, agreement=None).count(),
    }


def withdraw(request: SignedIn, name: str) -> HttpResponse:
    key = request.POST["withdraw"]
    row = get_object_or_404(Threshold, pk=key if is_key(key) else 0, name=name)
    try:
        thresholds.withdraw(row, today=timezone.localdate())
    except Refusal as no:
        keeping.say_no(request, no)
    else:
        messages.success(request, _("Taken back. It can be entered again below."))
    return redirect("office-threshold", name)
