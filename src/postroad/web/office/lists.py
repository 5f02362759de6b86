"""Lists of statuses that others keep: files, addresses, and the names that somebody must match."""

from typing import Any, ClassVar
from zoneinfo import available_timezones

from django import forms
from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from postroad import fetching, words
from postroad.accounts.models import Role
from postroad.directory import reading
from postroad.directory.models import Library
from postroad.directory.statements import ListedName, Statement, StatementImport, StatusList
from postroad.errors import Refusal
from postroad.form_errors import InOurWords
from postroad.web.shared.gates import SignedIn, needs

SHOWN = 25
FOUND = 8
SAMPLE = 8  # rows of a preview
WHY = {
    "nameless": gettext_lazy("names no library, so it was left out"),
    "stamp": gettext_lazy("its date cannot be read, so it counts as undated"),
    "days": gettext_lazy("its days cannot be right, so they were left out"),
}


class ListForm(InOurWords, forms.ModelForm[StatusList]):
    """A list: whose it is, and where it is fetched."""

    homepage = forms.URLField(
        label=gettext_lazy("Its page, for people"),
        max_length=300,
        required=False,
        assume_scheme="https",
    )
    address = forms.URLField(
        label=gettext_lazy("Address of the file (CSV, XLSX or ODS)"),
        help_text=gettext_lazy("Leave it blank if you upload the file yourself."),
        max_length=500,
        required=False,
        assume_scheme="https",
    )

    class Meta:
        model = StatusList
        fields: ClassVar[list[str]] = [
            "name",
            "credit",
            "homepage",
            "address",
            "every_hours",
            "time_zone",
        ]
        labels: ClassVar[dict[str, Any]] = {
            "name": gettext_lazy("Name of the list"),
            "credit": gettext_lazy("Credit, shown wherever its entries are"),
            "every_hours": gettext_lazy("Fetch it every so many hours"),
            "time_zone": gettext_lazy("Time zone of its dates"),
        }
        help_texts: ClassVar[dict[str, Any]] = {
            "every_hours": gettext_lazy(
                "Leave it blank to fetch it only when you press the button."
            ),
        }

    def clean_address(self) -> str:
        address: str = self.cleaned_data["address"]
        if address:
            try:
                fetching.split(address)
            except Refusal as no:
                raise forms.ValidationError(words.refusal(no)) from no
        return address

    def clean_every_hours(self) -> int | None:
        hours: int | None = self.cleaned_data["every_hours"]
        if hours is not None and not 1 <= hours <= 24 * 31:
            raise forms.ValidationError(_("Choose between 1 and 744 hours."))
        return hours

    def clean_time_zone(self) -> str:
        zone: str = self.cleaned_data["time_zone"]
        if zone not in available_timezones():
            raise forms.ValidationError(_("Type a time zone like America/New_York."))
        return zone


class FileForm(InOurWords, forms.Form):
    file = forms.FileField(
        label=gettext_lazy("The file"),
        help_text=gettext_lazy("CSV, XLSX or ODS, at most 5 MB and 20,000 rows."),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Role.CENTRE, Role.OPERATOR)
def lists(request: SignedIn) -> HttpResponse:
    """All lists, and what was read of each; a new one."""
    form = ListForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        made = form.save(commit=False)
        made.added_by = str(request.user)
        made.fetch_at = timezone.now() if made.address else None
        made.save()
        messages.success(request, _("The list is there. Its first file can be read now."))
        return redirect("office-status-list", made.pk)
    return render(
        request,
        "office/status/lists.html",
        {
            "form": form,
            "lists": [(each, trouble(each)) for each in StatusList.objects.all()],
            "doubtful": reading.doubtful().count(),
        },
        status=422 if form.is_bound else 200,
    )


def trouble(each: StatusList) -> str:
    """What went wrong at the last try, in words."""
    if not each.trouble:
        return ""
    refusal = Refusal(**each.trouble_facts)
    refusal.code = each.trouble
    return words.refusal(refusal)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Role.CENTRE, Role.OPERATOR)
def one(request: SignedIn, status_list: int) -> HttpResponse:
    """One list: fetch it, change it, and all that was read of it."""
    shown = get_object_or_404(StatusList, pk=status_list)
    form = ListForm(instance=shown)
    if request.method == "POST" and "fetch" in request.POST:
        StatusList.objects.filter(pk=shown.pk).exclude(address="").update(fetch_at=timezone.now())
        messages.success(request, _("It is fetched within a minute."))
        return redirect("office-status-list", shown.pk)
    if request.method == "POST" and "change" in request.POST:
        form = ListForm(request.POST, instance=shown)
        if form.is_valid():
            changed = form.save(commit=False)
            if {"address", "every_hours"} & set(form.changed_data):
                changed.fetch_at = timezone.now() if changed.address else None
                changed.etag = ""
            changed.save()
            messages.success(request, _("Saved."))
            return redirect("office-status-list", shown.pk)
    return shown_list(request, shown, form, FileForm())


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Role.CENTRE, Role.OPERATOR)
def send(request: SignedIn, status_list: int) -> HttpResponse:
    """A file for a list. It has an address of its own, at which the front door takes files."""
    shown = get_object_or_404(StatusList, pk=status_list)
    if request.method != "POST":
        return redirect("office-status-list", shown.pk)
    file = FileForm(request.POST, request.FILES)
    if file.is_valid():
        sent = file.cleaned_data["file"]
        try:
            made, new = reading.receive(
                shown, sent.name, sent.read(), by=str(request.user), at=timezone.now()
            )
        except Refusal as no:
            file.add_error("file", words.refusal(no))
        else:
            if not new:
                messages.info(request, _("This very file is known already: nothing was added."))
            return redirect("office-status-import", made.pk)
    return shown_list(request, shown, ListForm(instance=shown), file)


def shown_list(
    request: SignedIn, shown: StatusList, form: ListForm, file: FileForm
) -> HttpResponse:
    mistaken = form.is_bound or file.is_bound
    return render(
        request,
        "office/status/list.html",
        {
            "list": shown,
            "trouble": trouble(shown),
            "form": form,
            "file": file,
            "imports": shown.imports.defer("waiting", "skipped")[:SHOWN],
        },
        status=422 if mistaken else 200,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Role.CENTRE, Role.OPERATOR)
def file(request: SignedIn, file: int) -> HttpResponse:
    """One file: what it would say, how far it is read, and what became of it."""
    shown = get_object_or_404(StatementImport.objects.select_related("status_list"), pk=file)
    if request.method == "POST":
        if "discard" in request.POST:
            if reading.discard(shown):
                messages.success(request, _("Thrown away. Nothing of it was read."))
            return redirect("office-status-list", shown.status_list_id)
        reading.begin(shown, timezone.now())
        reading.go_on(timezone.now(), pieces=3)  # a usual list is read at once
        return redirect("office-status-import", shown.pk)
    said = Statement.objects.filter(entered=shown)
    counted = said.aggregate(
        matched=Count("pk", filter=Q(library__isnull=False)),
        doubtful=Count("pk", filter=Q(listed__how=ListedName.How.DOUBTFUL)),
        elsewhere=Count("pk", filter=Q(library=None) & ~Q(listed__how=ListedName.How.DOUBTFUL)),
    )
    return render(
        request,
        "office/status/import.html",
        {
            "file": shown,
            "counted": counted,
            "skipped": [(line, WHY[why]) for line, why in shown.skipped],
            "sample": reading.entries(shown, shown.waiting[:SAMPLE])[0],
            "doubtful": reading.doubtful().count(),
        },
    )


@require_safe
@needs(Role.CENTRE, Role.OPERATOR)
def doubtful(request: SignedIn) -> HttpResponse:
    """Names for which somebody must choose a library; it can be left and gone on with any time."""
    names = list(
        reading.doubtful().annotate(said=Count("statement")).order_by("-said", "name", "pk")[:SHOWN]
    )
    codes = {code for each in names for code in each.candidates}
    libraries = {each.code: each for each in Library.objects.filter(code__in=codes)}
    typed = request.GET.get("q", "").replace("\x00", "").strip()[:100]
    asked = request.GET.get("name", "")
    chosen = ListedName.objects.filter(how=ListedName.How.PERSON).select_related("library")
    return render(
        request,
        "office/status/doubtful.html",
        {
            "names": [
                (each, [libraries[code] for code in each.candidates if code in libraries])
                for each in names
            ],
            "left": reading.doubtful().count(),
            "typed": typed,
            "asked": int(asked) if asked.isascii() and asked.isdigit() else None,
            "found": look(typed),
            "chosen": chosen.order_by("-decided_at", "-pk")[:SHOWN],
        },
    )


def look(typed: str) -> list[Library]:
    if not typed:
        return []
    found = Library.objects.filter(active=True)
    for word in typed.split():
        found = found.filter(
            Q(name__icontains=word) | Q(town__icontains=word) | Q(code__iexact=word)
        )
    return list(found[:FOUND])


@require_POST
@needs(Role.CENTRE, Role.OPERATOR)
def choose(request: SignedIn, listed: int) -> HttpResponse:
    """It is this library, or none of ours; or the choice was a mistake."""
    named = get_object_or_404(ListedName, pk=listed)
    code = request.POST.get("library", "")
    if "undo" in request.POST:
        reading.unchoose(named)
        messages.success(request, _("Undone: it is doubtful again."))
    elif code == "none":
        reading.choose(named, None, by=str(request.user))
        messages.success(request, _("Remembered: it is none of our libraries."))
    elif (library := Library.objects.filter(code=code).first()) is None:
        messages.warning(request, _("Choose a library. Nothing was changed."))
    else:
        reading.choose(named, library, by=str(request.user))
        messages.success(
            request,
            _("Remembered: “%(name)s” is %(library)s.") % {"name": named.name, "library": library},
        )
    return redirect("office-status-doubtful")
