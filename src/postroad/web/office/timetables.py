"""A region's timetable as a spreadsheet: /office/delivery/timetables/. Sent, looked at as a
difference, applied, undone; and the same file to take away.
"""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from postroad import words
from postroad.accounts.models import Role
from postroad.delivery import timetables
from postroad.delivery.models import Region, Stop, TimetableFile
from postroad.delivery.timetables import HEADINGS, Change
from postroad.directory.models import Library
from postroad.errors import Refusal
from postroad.web.office.stop_forms import day_field
from postroad.web.shared import csv_files
from postroad.web.shared.file_form import FileForm, known_headings
from postroad.web.shared.gates import SignedIn, needs
from postroad.web.shared.one_press import OnePress
from postroad.web.templatetags.delivery import weekdays

RECENT = 10
COLUMNS = (
    *("town", "library", "code", "route", "place", "drop_days", "pick_up_days"),
    *("opens", "closes", "on_demand", "notice_hours", "behind"),
)


class TimetableForm(FileForm, OnePress):
    """A file, and whose stops it lists."""

    region = forms.ModelChoiceField(
        Region.objects.all(),
        label=gettext_lazy("Region"),
        help_text=gettext_lazy("Its stops that the file does not name are given up."),
    )
    first_day = day_field(
        gettext_lazy("From which day on"),
        required=False,
        help_text=gettext_lazy("Empty: at once. The days of a later one are promised already."),
    )
    field_order = ("region", "file", "first_day")


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Role.DELIVERY)
def page(request: SignedIn) -> HttpResponse:
    form = TimetableForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        table = form.table(HEADINGS, ["drop_days"])
        if table is not None and ("library" in table.columns or "town" in table.columns):
            given = form.cleaned_data
            cells = (
                (
                    row.line,
                    {name: csv_files.as_it_was(table.cell(row, name)) for name in table.columns},
                )
                for row in table.rows
            )
            made = timetables.take(
                given["region"],
                given["file"].name,
                cells,
                by=str(request.user),
                at=timezone.now(),
                key=given["key"],
                first_day=given["first_day"],
            )
            return redirect("office-delivery-timetable", made.pk)
        if table is not None:
            form.add_error("file", _("It needs a column with the library, or with the community."))
    return render(
        request,
        "office/delivery/timetables.html",
        {
            "form": form,
            "known": known_headings(HEADINGS),
            "regions": Region.objects.all(),
            "files": TimetableFile.objects.select_related("region")[:RECENT],
        },
        status=422 if form.errors else 200,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Role.DELIVERY)
def one(request: SignedIn, timetable: int) -> HttpResponse:
    """The difference that a file makes, with its wrong cells; and what is pressed there."""
    file = get_object_or_404(TimetableFile.objects.select_related("region"), pk=timetable)
    trouble = ""
    if request.method == "POST":
        try:
            press(request, file)
            return redirect("office-delivery-timetable", file.pk)
        except Refusal as no:
            trouble = words.refusal(no)
    found = timetables.difference(file) if file.applied_at is None else None
    return render(
        request,
        "office/delivery/timetable.html",
        {
            "file": file,
            "found": found,
            "seen": timetables.digest(found) if found else "",
            "added": lines(found.added) if found else [],
            "changed": lines(found.changed) if found else [],
            "bad": list(wrong(file)),
            "trouble": trouble,
        },
        status=409 if trouble else 200,
    )


def press(request: SignedIn, file: TimetableFile) -> None:
    by, now = str(request.user), timezone.now()
    if "undo" in request.POST:
        timetables.undo(file, by=by, at=now)
        messages.success(request, _("Undone: these stops are as they were."))
        return
    typed = request.POST.get("number", "")
    timetables.apply(file, seen=request.POST.get("seen", ""), typed=typed, by=by, at=now)
    messages.success(request, _("Saved. Parcels in transit get their new dates within a minute."))


def lines(changes: Any) -> list[tuple[Change, list[tuple[str, str, str]]]]:
    """Each stop with what becomes of it, in words."""
    return [(each, list(said(each))) for each in changes]


def said(change: Change) -> Iterator[tuple[str, str, str]]:
    for name in change.fields:
        label = words.delivery.OF_A_STOP.get(name)
        if label is not None:
            was = shown(name, change.was.get(name)) if change.was else ""
            yield str(label), was, shown(name, change.new[name])


def shown(name: str, value: object) -> str:
    if name == "behind":
        return Library.objects.get(pk=str(value)).name if value else _("no other library")
    if value is None or value == "":
        return _("not known")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return weekdays(str(value)) if name.endswith("_days") else str(value)


def wrong(file: TimetableFile) -> Iterator[tuple[int, str, str, str]]:
    """Each wrong cell: its line, the heading of its column, what stands there, and why not."""
    for line, column, typed, why in file.bad:
        yield line, HEADINGS[column][0], typed, words.delivery.wrong_cell(why)


@require_safe
@needs(Role.DELIVERY)
def export(request: HttpRequest, region: str) -> HttpResponse:
    """The same spreadsheet, as it would be sent again."""
    found = get_object_or_404(Region, code=region)
    stops = Stop.objects.filter(route__region=found, active=True)
    rows = stops.select_related("library", "route", "behind__library").order_by(
        "library__town", "library__name", "pk"
    )
    heads = [HEADINGS[name][0] if name in HEADINGS else "Library code" for name in COLUMNS]
    heads[1], heads[2] = "Institution name", "Code"
    return csv_files.plain(f"timetable-{found.code}", [heads, *map(row_of, rows)])


def row_of(stop: Stop) -> list[object]:
    library = stop.library
    return [
        *(library.town, library.name, library.code, stop.route.code, stop.place),
        *(stop.drop_days, stop.pick_up_days, clock(stop.opens), clock(stop.closes)),
        *("yes" if stop.on_demand else "no", stop.notice_hours),
        stop.behind.library.code if stop.behind else "none",
    ]


def clock(at: Any) -> str:
    return at.strftime("%H:%M") if at else ""
