"""The yearly count week at the delivery office: /office/delivery/count-weeks/."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from postroad import words
from postroad.accounts.models import Role
from postroad.errors import Refusal
from postroad.form_errors import InOurWords
from postroad.reports import count_week, van
from postroad.reports.count_week import NUMBERS, Standing
from postroad.reports.models import CountWeek
from postroad.web.shared import csv_files
from postroad.web.shared.count_weeks import NAMES
from postroad.web.shared.gates import SignedIn, needs
from postroad.web.shared.pieces import Choice

RECENT = 10
A_PAGE = 100
SHOWN = ("", "open", "answered", "corrected")


class WeekForm(InOurWords, forms.Form):
    first_day = forms.DateField(
        label=gettext_lazy("First day"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    last_day = forms.DateField(
        label=gettext_lazy("Last day"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        first, last = given.get("first_day"), given.get("last_day")
        if first and last and last < first:
            self.add_error("last_day", _("The last day is before the first day."))
        elif first and last and last - first > count_week.LONGEST:
            self.add_error("last_day", _("A count week has at most two weeks."))
        return given


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Role.DELIVERY)
def weeks(request: SignedIn) -> HttpResponse:
    """Those that were named, and naming the next."""
    next_monday = timezone.localdate() + timedelta(days=7 - timezone.localdate().weekday())
    usual = {"first_day": next_monday, "last_day": next_monday + timedelta(days=4)}
    form = WeekForm(request.POST if request.method == "POST" else None, initial=usual)
    if form.is_bound and form.is_valid():
        try:
            week = count_week.plan(**form.cleaned_data, by=str(request.user), at=timezone.now())
            return redirect("office-delivery-count-week", week.pk)
        except Refusal as no:
            form.add_error(None, words.refusal(no))
    return render(
        request,
        "office/delivery/count-weeks.html",
        {"form": form, "weeks": CountWeek.objects.all()[:RECENT]},
        status=422 if form.is_bound else 200,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Role.DELIVERY)
def one(request: SignedIn, week: int) -> HttpResponse:
    """Who has answered, what was seen and said; withdrawing and putting back."""
    found = get_object_or_404(CountWeek, pk=week)
    if request.method == "POST":
        press(request, found)
        return redirect("office-delivery-count-week", found.pk)
    every = count_week.standings(found)
    if csv_files.wanted(request):
        return csv_files.plain(f"count-week-{found.first_day}", table(every))
    lists = {
        "": every,
        "open": [each for each in every if each.answer is None],
        "answered": [each for each in every if each.answer],
        "corrected": [each for each in every if each.corrected],
    }
    asked = request.GET.get("show", "")
    asked = asked if asked in SHOWN else ""
    said = dict(
        zip(SHOWN, (_("all"), _("no answer yet"), _("answered"), _("corrected")), strict=True)
    )
    return render(
        request,
        "office/delivery/count-week.html",
        {
            "week": found,
            "choices": [
                Choice(said[each], f"?show={each}", len(lists[each]), each == asked)
                for each in SHOWN
            ],
            "page": Paginator(lists[asked], A_PAGE).get_page(request.GET.get("page")),
            "sums": sums(lists["answered"]),
            "whole": (until := van.whole_until(timezone.now())) and until >= found.last_day,
            "until": until,
            "over": found.last_day < timezone.localdate(),
        },
    )


def press(request: SignedIn, week: CountWeek) -> None:
    try:
        if "put_back" in request.POST:
            count_week.put_back(week)
            messages.success(request, _("Libraries are asked for it again."))
        else:
            count_week.withdraw(week, at=timezone.now())
            messages.success(
                request, _("Withdrawn. What was answered is kept; you can put it back.")
            )
    except Refusal as no:
        messages.warning(request, words.refusal(no))


def sums(answered: Sequence[Standing]) -> list[tuple[str, int]]:
    """What those who answered said in all."""
    return [
        (str(NAMES[name]), sum(getattr(each.answer, name) or 0 for each in answered))
        for name in NUMBERS
    ]


def table(every: Sequence[Standing]) -> list[list[object]]:
    """What was seen and what was said, library by library."""
    lines: list[list[object]] = [
        [
            *(_("Library code"), _("Library"), _("Town"), _("Route")),
            *(f"{_('Seen')}: {said}" for said in NAMES.values()),
            *(_("Typed by drivers: sent"), _("Typed by drivers: received")),
            *(_("Days of the van"), _("Days scanned"), _("Days only typed")),
            *(f"{_('Said')}: {said}" for said in NAMES.values()),
            *(_("Corrected"), _("Answered by"), _("Answered at")),
        ]
    ]
    for each in every:
        seen, said, library = each.seen, each.answer, each.library
        lines.append(
            [
                *(library.code, library.name, library.town, each.route),
                *(getattr(seen, name) for name in NUMBERS),
                *(seen.typed_sent, seen.typed_received, seen.due, seen.scanned, seen.typed),
                *(getattr(said, name) if said else None for name in NUMBERS),
                (_("yes") if each.corrected else _("no")) if said else "",
                *((said.said_by, said.said_at) if said else ("", None)),
            ]
        )
    return lines
