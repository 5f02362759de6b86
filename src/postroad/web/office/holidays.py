"""The holidays of a year, proposed: /office/closures/holidays/. Only what is entered counts."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from postroad import words
from postroad.directory import closures, holidays
from postroad.directory.holidays import Holiday
from postroad.directory.models import Closure, Effect, State
from postroad.web.shared.gates import CASES, SignedIn, needs
from postroad.web.shared.one_press import OnePress

YEARS = 2  # that are proposed: this one and the next
EFFECTS = [
    (Effect.CLOSED, gettext_lazy("Libraries are closed, and no van comes")),
    (Effect.NO_DELIVERY, gettext_lazy("No van comes; libraries decide for themselves")),
]


@dataclass(frozen=True, slots=True)
class Proposed:
    """A holiday, and what was entered for it already."""

    holiday: Holiday
    entered: Closure | None

    @property
    def key(self) -> str:
        return f"{self.holiday.day.isoformat()} {self.holiday.state}".strip()

    @property
    def state(self) -> str:
        return str(State(self.holiday.state).label) if self.holiday.state else _("both states")


class HolidaysForm(OnePress):
    """Which are kept, and how."""

    effect = forms.ChoiceField(
        label=gettext_lazy("What changes"),
        choices=EFFECTS,
        initial=Effect.CLOSED,
        widget=forms.RadioSelect,
    )
    days = forms.MultipleChoiceField(
        label=gettext_lazy("Holidays"), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, data: Any, proposed: list[Proposed]) -> None:
        super().__init__(data)
        open_ones = [each for each in proposed if each.entered is None]
        field = self.fields["days"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(each.key, said(each)) for each in open_ones]
        field.initial = [each.key for each in open_ones]


def said(each: Proposed) -> str:
    day = words.day(each.holiday.day)
    return f"{day}: {each.holiday.name} ({each.state})"


@require_http_methods(["GET", "HEAD", "POST"])
@needs(*CASES)
def page(request: SignedIn) -> HttpResponse:
    """Choose, and enter them at once; each can be ended below, as any closure."""
    this_year = timezone.localdate().year
    asked = request.GET.get("year", "")
    years = [this_year + each for each in range(YEARS)]
    year = next((each for each in years if str(each) == asked), years[-1])
    proposed = propose(year)
    form = HolidaysForm(request.POST if request.method == "POST" else None, proposed)
    if form.is_bound and form.is_valid():
        count = enter(form, proposed, by=str(request.user))
        entered = ngettext(
            "%(n)d holiday is entered. You can end it below.",
            "%(n)d holidays are entered. You can end each below.",
            count,
        )
        messages.success(request, entered % {"n": count})
        return redirect(f"{reverse('office-holidays')}?year={year}")
    facts = {
        "form": form,
        "year": year,
        "years": years,
        "entered": [each for each in proposed if each.entered],
        "left": any(each.entered is None for each in proposed),
    }
    status = 422 if form.is_bound else 200
    return render(request, "office/holidays.html", facts, status=status)


def propose(year: int) -> list[Proposed]:
    """Those of a year that are not over, with what covers each already, in one query."""
    today = timezone.localdate()
    wanted = [each for each in holidays.of_years(year, year) if each.day >= today]
    if not wanted:
        return []
    kept = Closure.objects.touching(wanted[0].day, wanted[-1].day).filter(
        Q(effect=Effect.CLOSED) | Q(effect=Effect.NO_DELIVERY), library=None
    )
    found = list(kept)
    return [
        Proposed(each, next((one for one in found if covers(one, each)), None)) for each in wanted
    ]


def covers(closure: Closure, holiday: Holiday) -> bool:
    same = closure.state in ("", holiday.state)
    return same and closure.first_day <= holiday.day <= closure.last_day


@transaction.atomic
def enter(form: HolidaysForm, proposed: list[Proposed], *, by: str) -> int:
    given = form.cleaned_data
    chosen = [each.holiday for each in proposed if each.key in given["days"]]
    for holiday in chosen:
        closures.close(
            effect=Effect(given["effect"]),
            state=holiday.state,
            first_day=holiday.day,
            last_day=holiday.day,
            reason=holiday.name,
            source="office",
            said_by=by,
            key=given["key"],
        )
    return len(chosen)
