"""Our records: a library's files brought in by its staff, under /staff/catalog/CODE/.

A file is looked at before anything is loaded. Then it waits in line, and the worker loads it. Who
keeps a library's records may: its director, the center, an operator.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from postroad import words
from postroad.accounts import roles
from postroad.accounts.models import Role, User
from postroad.catalogue import absences, incoming, loads
from postroad.catalogue.incoming import AlreadyHere
from postroad.catalogue.load_models import IN_LINE, Load, LoadState
from postroad.catalogue.models import Contribution, ContributionState, Item, ItemStatus
from postroad.directory.models import Library
from postroad.errors import Refusal
from postroad.form_errors import InOurWords
from postroad.web.shared import csv_files, gates
from postroad.web.shared.gates import KEEPERS, RECORDS, SignedIn, needs
from postroad.web.staff import load_report
from postroad.web.staff.load_columns import Columns

HISTORY = 20
SHOWN = 50  # copies of a question
CHUNK = 500


class FileForm(InOurWords, forms.Form):
    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy(
            "MARC (.mrc, .xml or .mrk, also gzipped, up to 200 MB) or a spreadsheet (.xlsx, .ods "
            "or .csv, up to 5 MB and 20,000 rows)."
        ),
        max_length=200,
        allow_empty_file=True,  # we have better words for it
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("What does it list?"),
        choices=[(code, words.loads.KINDS[code]) for code in Load.Kind.values],
        initial=Load.Kind.CHANGES,
        widget=forms.RadioSelect,
    )


def library_of(user: User, code: str) -> Library:
    library = get_object_or_404(Library.objects.members(), code=code)
    if not (roles.has_any(user, RECORDS) or roles.has(user, Role.DIRECTOR, library)):
        raise Http404
    return library


@require_safe
@needs(Role.DIRECTOR)
def here(request: SignedIn) -> HttpResponse:
    """Those of the library at whose desk somebody sits."""
    return redirect("staff-loads", gates.desk(request).library.code)


@require_safe
@never_cache
@needs(*KEEPERS)
def overview(request: SignedIn, code: str) -> HttpResponse:
    return page(request, library_of(request.user, code), FileForm())


def page(request: SignedIn, library: Library, form: FileForm) -> HttpResponse:
    """The form for a file, what is in line, and what came before."""
    every = Load.objects.of(library).select_related("by")
    items = Item.objects.filter(library=library).exclude(status=ItemStatus.WITHDRAWN)
    live = Contribution.objects.filter(library=library, state=ContributionState.LIVE)
    return render(
        request,
        "staff/loads/overview.html",
        {
            "library": library,
            "in_office": roles.has_any(request.user, RECORDS),
            "form": form,
            "records": live.count(),
            "copies": items.count(),
            "running": [
                (each, load_report.progress(each)) for each in every.filter(state__in=IN_LINE)
            ],
            "open": every.filter(state__in=(LoadState.SHOWN, LoadState.ASKS)),
            "past": every.exclude(state__in=(*IN_LINE, LoadState.SHOWN, LoadState.ASKS))[:HISTORY],
        },
        status=422 if form.is_bound else 200,
    )


@require_POST
@needs(*KEEPERS)
def file(request: SignedIn, code: str) -> HttpResponse:
    """A file has been chosen: look at it first."""
    library = library_of(request.user, code)
    form = FileForm(request.POST, request.FILES)
    if not form.is_valid():
        return page(request, library, form)
    sent, kind = form.cleaned_data["file"], form.cleaned_data["kind"]
    try:
        load = incoming.receive(
            sent.chunks(), sent.name, library, kind, by=request.user, at=timezone.now()
        )
    except AlreadyHere as no:
        messages.warning(request, words.refusal(no))
        return redirect("staff-load", code, no.load.pk)
    except Refusal as no:
        form.add_error("file", words.refusal(no))
        return page(request, library, form)
    return redirect("staff-load", code, load.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@needs(*KEEPERS)
def one(request: SignedIn, code: str, load: int) -> HttpResponse:
    """One file: what is in it, how far it is, what came of it."""
    library = library_of(request.user, code)
    found = get_object_or_404(
        Load.objects.select_related("library", "by"), library=library, pk=load
    )
    try:
        return shown(request, library, found)
    except FileNotFoundError:  # it was put away just now, or the disk has lost it
        loads.put_away(found, "gone")
        return redirect("staff-load", code, found.pk)


def shown(request: SignedIn, library: Library, found: Load) -> HttpResponse:
    """Its page, or what was pressed on it. What is put away needs no right columns."""
    columns = None
    if found.state == LoadState.SHOWN and found.is_list:
        columns = Columns(found, request.POST if "columns" in request.POST else None)
    away = request.POST.get("step") == "away"
    if request.method == "POST" and (away or columns is None or columns.keep()):
        step(request, found)
        return redirect("staff-load", library.code, found.pk)
    return render(
        request,
        "staff/loads/load.html",
        {
            "library": library,
            "load": found,
            "columns": columns,
            "in_office": roles.has_any(request.user, RECORDS),
            **facts(found),
        },
        status=422 if request.method == "POST" else 200,
    )


def step(request: SignedIn, load: Load) -> None:
    """Do what was pressed; somebody else may have been quicker."""
    now, pressed = timezone.now(), request.POST.get("step", "")
    steps: Mapping[str, tuple[Callable[[], bool], str]] = {
        "load": (lambda: loads.queue(load, now), _("It is loaded as soon as it is its turn.")),
        "away": (lambda: loads.put_away(load), _("Discarded. Nothing was changed.")),
        "pause": (
            lambda: loads.pause(load),
            _("Paused. What was loaded so far is in the catalog."),
        ),
        "resume": (lambda: loads.resume(load), _("It goes on where it was.")),
        "stop": (lambda: loads.stop(load), _("Stopped. What was loaded so far stays.")),
        "withdraw": (
            lambda: loads.answer(load, "withdraw", request.user, now),
            _("They are being withdrawn. You can put them back afterward."),
        ),
        "keep": (
            lambda: loads.answer(load, "keep", request.user, now),
            _("They stay. You can still withdraw them below."),
        ),
        "back": (
            lambda: (
                absences.can_be_put_back(load) and loads.answer(load, "back", request.user, now)
            ),
            _("They are being put back."),
        ),
    }
    if pressed not in steps:
        return
    act, said = steps[pressed]
    if act():
        messages.success(request, said)
    else:
        messages.warning(request, _("This has changed meanwhile: look at it again."))


def facts(load: Load) -> dict[str, Any]:
    """What the page of a load shows in the state in which it is."""
    if load.state == LoadState.SHOWN:
        return {
            "of_another": incoming.of_another(load),
            "first": [] if load.is_list else list(incoming.first_records(load)),
            "system": incoming.system_of(load),
        }
    told: dict[str, Any] = {
        "came_of_it": load_report.counts(load),
        "complaints": load_report.complaints(load),
        "failed": words.loads.failed(load.reason) if load.state == LoadState.FAILED else "",
    }
    if load.state in IN_LINE:
        told |= {
            "progress": load_report.progress(load),
            "ahead": loads.ahead(load),
            "interrupted": not (load.file or loads.is_alive(load)) and load.task == Load.Task.READ,
        }
    if load.absent:
        told["absent"] = list(absent_items(load)[:SHOWN])
        told["may_put_back"] = absences.can_be_put_back(load)
        told["share"] = round(100 * load.absent / max(load.counts.get("copies", 0), load.absent))
    return told


def absent_items(load: Load) -> Any:
    keys = [key for some in absences.of(load).values() for key in some]
    return Item.objects.filter(pk__in=keys).select_related("record").order_by("shelf_key", "pk")


@require_safe
@needs(*KEEPERS)
def report_csv(request: SignedIn, code: str, load: int) -> HttpResponse:
    """The report, for a spreadsheet."""
    found = get_object_or_404(Load, library=library_of(request.user, code), pk=load)
    return csv_files.plain(f"load-{found.pk}", load_report.lines(found))


@require_safe
@needs(*KEEPERS)
def absent_csv(request: SignedIn, code: str, load: int) -> HttpResponse:
    """The copies that are not in the file, for a spreadsheet."""
    found = get_object_or_404(Load, library=library_of(request.user, code), pk=load)
    return csv_files.plain(f"not-in-the-file-{found.pk}", absent_lines(found))


def absent_lines(load: Load) -> Iterator[Sequence[object]]:
    yield (_("Title"), _("Barcode"), _("Call number"), _("Location"), _("Record number"))
    for _status, keys in absences.batches(load):
        for item in Item.objects.filter(pk__in=keys).select_related("record").order_by("pk"):
            yield (
                item.record.title,
                item.barcode,
                item.call_number,
                item.location,
                item.control_number,
            )
