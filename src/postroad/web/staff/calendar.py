"""Closures from a calendar file: look at them, choose, enter: /staff/library/calendar/."""

from uuid import NAMESPACE_URL, uuid5

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from postroad import words
from postroad.accounts.models import Role
from postroad.directory import calendars, closures
from postroad.directory.calendars import Event, NoCalendar, Read
from postroad.directory.models import Library
from postroad.form_errors import InOurWords
from postroad.web.shared import gates, status
from postroad.web.shared.gates import SignedIn, needs
from postroad.web.staff.counter import show


class CalendarForm(InOurWords, forms.Form):
    file = forms.FileField(
        label=gettext_lazy("Calendar file (.ics)"),
        help_text=gettext_lazy("As your calendar program exports it, at most 500 kB."),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Role.DIRECTOR)
def page(request: SignedIn) -> HttpResponse:
    ours = gates.desk(request).library
    form, no = CalendarForm(), ""
    read = Read([], [], 0)
    if request.method == "POST" and "enter" in request.POST:
        return entered(request, ours)
    if request.method == "POST":
        form = CalendarForm(request.POST, request.FILES)
        if form.is_valid():
            today = ours.day_of(timezone.now())
            try:
                sent = form.cleaned_data["file"].read()
                read = calendars.parse(sent, today=today, zone=ours.time_zone)
            except NoCalendar as refused:
                no = words.refusal(refused)
            else:
                told = read.events or read.refused or read.unread
                no = "" if told else _("There is no event in this file that is not over.")
    return show(
        request,
        "staff/calendar.html",
        {
            "form": form,
            "found": [(each, value(each)) for each in read.events],
            "refused": [
                (each, words.label(words.directory.RECURRENCE, each.refused or ""))
                for each in read.refused
            ],
            "more": read.more,
            "unread": unread(read.unread),
            "no": no,
        },
        status=422 if no or (form.is_bound and not form.is_valid()) else 200,
    )


def unread(count: int) -> str:
    said = ngettext(
        "%(n)s event has no day that we can read. Look it up in your calendar.",
        "%(n)s events have no day that we can read. Look them up in your calendar.",
        count,
    )
    return said % {"n": count} if count else ""


def value(event: Event) -> str:
    """An event as its box sends it back."""
    return f"{event.first.isoformat()} {event.last.isoformat()} {event.summary}"


def entered(request: SignedIn, ours: Library) -> HttpResponse:
    """What was checked is a closure; the same day entered twice is one."""
    count = 0
    for sent in request.POST.getlist("event")[: calendars.EVENTS]:
        try:
            first, last, *rest = sent.split(" ", 2)
            days = forms.DateField().clean(first), forms.DateField().clean(last)
        except (ValueError, forms.ValidationError):
            continue
        furthest = ours.day_of(timezone.now()) + calendars.AHEAD
        if not days[0] <= min(days[1], furthest) or days[1] - days[0] > calendars.LONGEST:
            continue
        closures.close(
            libraries=[ours],
            first_day=days[0],
            last_day=days[1],
            reason="".join(rest)[: calendars.SUMMARY],
            source="library",
            said_by=str(request.user),
            key=uuid5(NAMESPACE_URL, f"calendar {ours.pk}"),
        )
        count += 1
    status.follow(ours, timezone.now())
    if not count:
        messages.warning(request, _("Nothing was checked, so nothing was entered."))
        return redirect("staff-library-calendar")
    said = ngettext("%(n)s closure entered.", "%(n)s closures entered.", count) % {"n": count}
    messages.success(request, said)
    return redirect(f"{reverse('staff-library')}?show=closures")
