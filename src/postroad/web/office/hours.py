"""The opening hours of a library: /office/libraries/CODE/hours/.

The week that holds as a rule, and other hours for a while. Which days are opening days is one
record, which clocks, lender choice and promises use: who types hours for a day opens it, who types
"closed" closes it, and the page says so. Days off are closures.
"""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from postroad import words
from postroad.directory import hours, records
from postroad.directory.models import Library, SpecialHours
from postroad.directory.opening import weekdays
from postroad.form_errors import InOurWords
from postroad.web.office.keeping import library_of
from postroad.web.office.library_parts import remove
from postroad.web.office.stop_forms import day_field
from postroad.web.shared.gates import KEEPERS, SignedIn, needs

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
AHEAD, LONGEST = timedelta(days=731), timedelta(days=366)
ROOM = 200  # characters of a field: more than can be read, so that the sentence is about the hours


class HoursField(forms.CharField):
    """What somebody types of one weekday; the sentence about a mistake names it."""

    def __init__(self, day: int) -> None:
        super().__init__(label=WEEKDAYS[day], required=False, max_length=ROOM)
        self.day = day

    def clean(self, value: Any) -> hours.Spans | hours.Word | None:
        typed: str = super().clean(value)
        if not typed:
            return None
        try:
            return hours.read(typed)
        except hours.Unreadable as no:
            raise forms.ValidationError(words.hours.wrong(no.why, self.day, typed)) from no


class WeekForm(InOurWords, forms.Form):
    """A field a weekday."""

    def __init__(self, *args: Any, library: Library, **more: Any) -> None:
        super().__init__(*args, **more)
        self.library = library
        for day, name in enumerate(DAYS):
            self.fields[name] = HoursField(day)

    def said(self) -> dict[int, hours.Spans | hours.Word]:
        """What was typed, by weekday."""
        typed = {day: self.cleaned_data.get(name) for day, name in enumerate(DAYS)}
        return {day: what for day, what in typed.items() if what is not None}


class UsualForm(WeekForm):
    """The week as a rule. All days or none: what is not known of one cannot be left to guess."""

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        said = self.said()
        self.days, self.hours = "", ""
        if self.errors or not said:
            return given
        for day, name in enumerate(DAYS):
            if day not in said:
                facts = {"day": WEEKDAYS[day]}
                self.add_error(
                    name,
                    _("%(day)s: type the hours, or “closed”, or “open” if you do not know them.")
                    % facts,
                )
        if len(said) == len(DAYS):
            self.days, self.hours = hours.tell("", "", said)
            if not self.days:
                self.add_error(
                    None,
                    _(
                        "That would be closed every day. If the library is closed for a while, "
                        "enter a closure; if you do not know, leave all days empty."
                    ),
                )
        return given


class SpecialForm(WeekForm):
    """Other hours on opening days, for a while."""

    name = forms.CharField(
        label=gettext_lazy("What for"),
        max_length=80,
        help_text=gettext_lazy("As readers will see it, like “Summer hours”."),
    )
    first_day = day_field(gettext_lazy("First day"))
    last_day = day_field(gettext_lazy("Last day"))

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        self.check_days(given.get("first_day"), given.get("last_day"))
        said, known = self.said(), weekdays(self.library.open_days)
        for day, what in said.items():
            facts = {"day": WEEKDAYS[day]}
            if what is hours.Word.CLOSED and day in known:
                no = _("%(day)s: enter days on which you are closed as a closure.") % facts
                self.add_error(DAYS[day], no)
            elif what is not hours.Word.CLOSED and day not in known:
                no = _(
                    "%(day)s is not an opening day of this library. Add it to the usual hours "
                    "first, or leave it empty."
                )
                self.add_error(DAYS[day], no % facts)
        spans = [() if isinstance(w := said.get(day, ()), hours.Word) else w for day in range(7)]
        self.hours = hours.pack(tuple(spans))
        if not self.errors and not self.hours:
            self.add_error(None, _("Type the hours of one day or more."))
        return given

    def check_days(self, first: date | None, last: date | None) -> None:
        today = self.library.day_of(timezone.now())
        if first and first > today + AHEAD:
            self.add_error("first_day", _("Choose a day within the next two years."))
        if first and last and last < first:
            self.add_error("last_day", _("The last day is before the first day."))
        elif first and last and last - first > LONGEST:
            self.add_error("last_day", _("That is longer than a year: change the usual hours."))
        elif last and last < today:
            self.add_error("last_day", _("These days are over. Choose today or a later day."))


def typed(open_days: str, kept: str, *, known: bool) -> dict[str, str]:
    """A week as somebody would have typed it."""
    days = weekdays(open_days)
    said = {}
    for day, spans in enumerate(hours.unpack(kept)):
        word = hours.Word.OPEN if day in days else hours.Word.CLOSED
        said[DAYS[day]] = hours.as_typed(spans) or (str(word) if known else "")
    return said


@require_http_methods(["GET", "HEAD", "POST"])
@needs(*KEEPERS)
def usual(request: SignedIn, code: str) -> HttpResponse:
    """The week as a rule, and with it the opening days."""
    found = library_of(request.user, code)
    form = UsualForm(
        request.POST if request.method == "POST" else None,
        library=found,
        initial=typed(found.open_days, found.hours, known=bool(weekdays(found.open_days))),
    )
    if form.is_bound and form.is_valid():
        before = weekdays(found.open_days)
        facts = {"open_days": form.days, "hours": form.hours}
        changed = records.change(found, facts, by=str(request.user))
        if not changed:  # looked at, and found right
            said = [name for name, value in facts.items() if value]
            records.confirm(found, said, by=str(request.user), on=timezone.localdate())
        messages.success(request, " ".join(what_changed(found, before, changed)))
        return redirect("office-library", found.code)
    return render(
        request,
        "office/libraries/hours.html",
        {"library": found, "form": form},
        status=422 if form.is_bound else 200,
    )


def what_changed(library: Library, before: frozenset[int], changed: list[str]) -> list[str]:
    """How the hours were understood, and what else follows from them."""
    if not changed:
        return [_("Nothing was different. The record says now that you confirmed it today.")]
    said = [_("Saved.")]
    if library.hours:
        said.append(_("Readers see: %(week)s.") % {"week": words.hours.of_week(library.hours)})
    days = weekdays(library.open_days)
    for which, sentence in (
        (days - before, _("New opening days: %(days)s.")),
        (before - days, _("No opening days any more: %(days)s.")),
    ):
        if which:
            names = get_text_list([str(WEEKDAYS[day]) for day in sorted(which)], _("and"))
            said.append(sentence % {"days": names})
    if days != before:
        said.append(_("What is counted in working days follows them from now on."))
    return said


@require_http_methods(["GET", "HEAD", "POST"])
@needs(*KEEPERS)
def special(request: SignedIn, code: str, special: int | None = None) -> HttpResponse:
    """Other hours for a while: added, changed, removed."""
    found = library_of(request.user, code)
    row = (
        get_object_or_404(SpecialHours, pk=special, library=found)
        if special
        else SpecialHours(library=found)
    )
    if request.method == "POST" and "remove" in request.POST and special:
        return remove(request, found, row)
    kept = {name: getattr(row, name) for name in ("name", "first_day", "last_day")}
    form = SpecialForm(
        request.POST if request.method == "POST" else None,
        library=found,
        initial={**kept, **typed(found.open_days, row.hours, known=False)},
    )
    if form.is_bound and form.is_valid():
        for name in kept:
            setattr(row, name, form.cleaned_data[name])
        row.hours = form.hours
        facts = {name: getattr(row, name) for name in (*kept, "hours")}
        if not found.special_hours.filter(**facts).exists():  # else it was sent twice
            records.keep(row, by=str(request.user))
        says = _("Saved. Readers see: %(week)s.") % {"week": words.hours.of_week(row.hours)}
        messages.success(request, says)
        return redirect("office-library", found.code)
    return render(
        request,
        "office/libraries/special.html",
        {"library": found, "form": form, "row": special, "usual": usual_words(found)},
        status=422 if form.is_bound else 200,
    )


def usual_words(library: Library) -> str:
    return words.hours.of_week(library.hours) or words.records.weekdays(library.open_days)
