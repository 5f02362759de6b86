"""Title lists of licensed resources: /office/e-resources/lists/.

A file is read and shown as a difference before anything of it takes effect; its bad lines are
corrected here, left out, or sent again. Who edits the guides or works at the center may.
"""

from collections.abc import Callable, Mapping
from time import monotonic
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Count, Prefetch, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from postroad import words
from postroad.econtent import arriving, reading, staging, taking
from postroad.econtent.models import OPEN, BadLine, FileState, ListFile, Resource, TitleList
from postroad.errors import Refusal
from postroad.form_errors import InOurWords
from postroad.web.office.title_links import broken
from postroad.web.shared import paging
from postroad.web.shared.gates import E_CONTENT, SignedIn, needs

AT_ONCE = 1_000_000  # bytes of a file that is read while somebody waits
PATIENCE = 3.0  # seconds
SHOWN = 20  # titles of a difference
LINES = 50
HISTORY = 25
MANY = 20  # percent of a list that a file takes away, from which on it is said


class SendForm(InOurWords, forms.Form):
    resource = forms.ModelChoiceField(
        Resource.objects.all(),
        label=gettext_lazy("Resource"),
        empty_label=gettext_lazy("Choose one"),
    )
    platform = forms.CharField(
        label=gettext_lazy("Platform"),
        help_text=gettext_lazy(
            "Where its titles are read, by the name that it had last time. A new file of the same "
            "platform takes the place of the one before."
        ),
        max_length=80,
    )
    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy(
            "A title list in KBART (RP-9-2014): tab-separated text in UTF-8, at most 200 MB."
        ),
        max_length=200,
        allow_empty_file=True,  # we have better words for it
    )


@require_safe
@never_cache
@needs(*E_CONTENT)
def overview(request: SignedIn) -> HttpResponse:
    asked = request.GET.get("resource", "")
    known = {"resource": asked, "platform": request.GET.get("platform", "")}
    return page(request, SendForm(initial=known))


def page(request: SignedIn, form: SendForm) -> HttpResponse:
    """All lists by their resource, what waits, and the form for a file."""
    waiting = ListFile.objects.filter(state__in=OPEN).select_related("title_list__resource")
    lists = TitleList.objects.select_related("resource").order_by(
        "resource__name", "platform", "pk"
    )
    return render(
        request,
        "office/title_lists/overview.html",
        {
            "form": form,
            "waiting": waiting,
            "lists": lists.prefetch_related(last_file()),
            "resources": Resource.objects.exists(),
            **broken(),
        },
        status=422 if form.is_bound else 200,
    )


def last_file() -> Prefetch[Any]:
    done = ListFile.objects.filter(state=FileState.DONE).select_related("by").order_by("pk")
    return Prefetch("files", queryset=done, to_attr="done_files")


@require_POST
@needs(*E_CONTENT)
def send(request: SignedIn) -> HttpResponse:
    """A file has been chosen: read it, or let it wait for the worker if it is a large one."""
    form = SendForm(request.POST, request.FILES)
    if not form.is_valid():
        return page(request, form)
    sent, now = form.cleaned_data["file"], timezone.now()
    resource, platform = form.cleaned_data["resource"], form.cleaned_data["platform"]
    try:
        file = arriving.receive(
            sent.chunks(), sent.name, resource, platform, by=request.user, now=now
        )
    except Refusal as no:
        form.add_error("file", words.refusal(no))
        return page(request, form)
    if file.size <= AT_ONCE and file.state in reading.IN_LINE:
        reading.go_on(file, monotonic() + PATIENCE)
    return redirect("office-title-file", file.pk)


@require_safe
@needs(*E_CONTENT)
def history(request: SignedIn, title_list: int) -> HttpResponse:
    """All files of one list."""
    found = get_object_or_404(TitleList.objects.select_related("resource"), pk=title_list)
    files = found.files.select_related("by", "decided_by", "undone_by").order_by("-sent_at", "-pk")
    return render(
        request,
        "office/title_lists/history.html",
        {"list": found, "page": paging.page_of(request, files, HISTORY)},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@needs(*E_CONTENT)
def one(request: SignedIn, list_file: int) -> HttpResponse:
    """One file: how far it is, what it would change, what came of it."""
    found = get_object_or_404(
        ListFile.objects.select_related("title_list__resource", "by", "decided_by", "undone_by"),
        pk=list_file,
    )
    if request.method == "POST":
        press(request, found)
        return redirect("office-title-file", found.pk)
    return render(request, "office/title_lists/file.html", facts(request, found))


def press(request: SignedIn, file: ListFile) -> None:
    """Do what was pressed; somebody else may have been quicker."""
    by: dict[str, Any] = {"by": request.user, "now": timezone.now()}
    steps: Mapping[str, tuple[Callable[[], object], str]] = {
        "take": (lambda: taking.take_effect(file, **by), _("The list took effect.")),
        "good": (
            lambda: taking.take_effect(file, good_only=True, **by),
            _("The good lines took effect."),
        ),
        "discard": (lambda: discard(file, **by), _("Discarded. The list is as it was.")),
        "undo": (lambda: taking.undo(file, **by), _("Undone. The list is as it was before.")),
        "redo": (lambda: taking.redo(file, **by), _("The list is in effect again.")),
    }
    if (pressed := request.POST.get("step", "")) not in steps:
        return
    act, said = steps[pressed]
    try:
        act()
    except Refusal as no:
        messages.warning(request, words.refusal(no))
    else:
        messages.success(request, said)


def discard(file: ListFile, **by: Any) -> None:
    if not arriving.discard(file, **by):
        raise taking.DecidedAlready


def facts(request: SignedIn, file: ListFile) -> dict[str, Any]:
    """What the page of a file shows in the state in which it is."""
    told: dict[str, Any] = {"file": file, "list": file.title_list}
    if file.state in reading.IN_LINE:
        done = 100 * file.read_bytes // max(file.size, 1)
        return told | {"running": True, "percent": min(100, done)}
    if file.state == FileState.SHOWN:
        told |= {
            "added": staging.added(file).order_by("title", "pk")[:SHOWN],
            "removed": staging.removed(file).order_by("title", "pk")[:SHOWN],
            "share": share_taken(file),
            "counts": file.bad_lines.aggregate(
                **{
                    state.name.lower(): Count("pk", filter=Q(state=state))
                    for state in BadLine.State
                }
            ),
            "same": file.title_list.files.filter(
                pk=file.title_list.current, sha256=file.sha256
            ).exists(),
        }
    lines = file.bad_lines.select_related("by").order_by("line", "pk")
    return told | {"page": paging.page_of(request, lines, LINES), "may": ways_back(file)}


def share_taken(file: ListFile) -> int:
    """Percent of the list that it takes away, if that is much."""
    share = 100 * file.removed // file.size_before if file.size_before else 0
    return share if share >= MANY else 0


def ways_back(file: ListFile) -> str:
    """What can be pressed on a file that was decided; the verb itself looks again."""
    if file.state == FileState.DONE and file.title_list.current == file.pk:
        return "undo"
    return (
        "redo" if file.state == FileState.UNDONE and file.title_list.current == file.before else ""
    )
