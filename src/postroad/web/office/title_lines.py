"""The bad lines of a title list: corrected one by one, left out, or taken home as a file."""

import csv
from collections.abc import Iterator, Sequence
from io import BytesIO
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from postroad import words
from postroad.econtent import corrected, taking
from postroad.econtent.models import BadLine, FileState, ListFile
from postroad.errors import Refusal
from postroad.form_errors import InOurWords
from postroad.web.shared import csv_files
from postroad.web.shared.gates import E_CONTENT, SignedIn, needs

LONGEST = 20_000  # characters of a cell


class LineForm(InOurWords, forms.Form):
    """The cells of a line under the names of their columns, the wrong ones first."""

    def __init__(self, line: BadLine, columns: Sequence[str], *args: object) -> None:
        super().__init__(*args)  # type: ignore[arg-type]  # the data of a form, or none
        self.columns = columns
        wrong = [column for column, _sentence in line.wrong]
        cells = dict(zip(columns, line.cells, strict=False))
        for at, column in sorted(enumerate(columns), key=lambda each: each[1] not in wrong):
            self.fields[f"cell{at}"] = forms.CharField(
                label=column,
                initial=cells.get(column, ""),
                max_length=LONGEST,
                required=False,
                help_text=" ".join(said for named, said in line.wrong if named == column),
            )
        self.wrong = [f"cell{at}" for at, column in enumerate(columns) if column in wrong]

    def wrong_fields(self) -> Iterator[forms.BoundField]:
        return (self[name] for name in self.fields if name in self.wrong)

    def other_fields(self) -> Iterator[forms.BoundField]:
        return (self[name] for name in self.fields if name not in self.wrong)

    def cells(self) -> list[str]:
        return [" ".join(self.cleaned_data[f"cell{at}"].split()) for at in range(len(self.columns))]


class LinesForm(InOurWords, forms.Form):
    lines = forms.FileField(label=gettext_lazy("The file with the corrected lines"), max_length=200)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(*E_CONTENT)
def line(request: SignedIn, list_file: int, line: int) -> HttpResponse:
    """Correct a line, leave it out, or put it back."""
    file = get_object_or_404(ListFile.objects.select_related("title_list__resource"), pk=list_file)
    bad = file.bad_lines.filter(line=line).first()
    if bad is None:
        raise Http404
    columns = file.head["columns"]
    form = LineForm(bad, columns, request.POST if request.method == "POST" else None)
    if request.method == "POST":
        try:
            if (answer := pressed(request, file, bad, form)) is not None:
                return answer
        except Refusal as no:
            messages.warning(request, words.refusal(no))
            return redirect("office-title-file", file.pk)
        bad.refresh_from_db()
        form = LineForm(bad, columns, request.POST)
    return render(
        request,
        "office/title_lists/line.html",
        {
            "file": file,
            "list": file.title_list,
            "line": bad,
            "whole": [sentence for column, sentence in bad.wrong if column not in columns],
            "beyond": bad.cells[len(columns) :],
            "form": form,
            "may": file.state == FileState.SHOWN and bad.state != BadLine.State.CORRECTED,
        },
        status=422 if request.method == "POST" else 200,
    )


def pressed(request: SignedIn, file: ListFile, bad: BadLine, form: LineForm) -> HttpResponse | None:
    """What was pressed on a line; None if it is still wrong."""
    by: dict[str, Any] = {"by": request.user, "now": timezone.now()}
    step = request.POST.get("step", "")
    if step in {"out", "back"}:
        taking.leave_out(file, bad.line, back=step == "back", **by)
        said = _("Line %(line)s is left out.") if step == "out" else _("Line %(line)s is back.")
    elif not form.is_valid():
        return None
    else:
        if taking.correct(file, bad.line, form.cells(), **by).state == BadLine.State.OPEN:
            return None
        said = _("Line %(line)s is corrected.")
    messages.success(request, said % {"line": bad.line})
    next_bad = file.bad_lines.filter(state=BadLine.State.OPEN, line__gt=bad.line).order_by(
        "line", "pk"
    )
    if step not in {"out", "back"} and (following := next_bad.first()):
        return redirect("office-title-line", file.pk, following.line)
    return redirect("office-title-file", file.pk)


@require_safe
@needs(*E_CONTENT)
def bad_lines(request: SignedIn, list_file: int) -> HttpResponse:
    """The lines that still wait, as a file like the one that came, with the reason of each."""
    file = get_object_or_404(ListFile, pk=list_file)
    writer = csv.writer(csv_files.Line(), delimiter="\t", quoting=csv.QUOTE_NONE, quotechar=None)
    said = StreamingHttpResponse(
        (writer.writerow(map(csv_files.defused, row)) for row in corrected.rows(file)),
        content_type="text/tab-separated-values; charset=utf-8",
    )
    said["Content-Disposition"] = f'attachment; filename="bad-lines-{file.pk}.txt"'
    return cast("HttpResponse", said)  # what a page may answer with


@require_POST
@needs(*E_CONTENT)
def corrected_lines(request: SignedIn, list_file: int) -> HttpResponse:
    """The bad lines come back as a file. It has an address of its own, for its size."""
    file = get_object_or_404(ListFile, pk=list_file)
    form = LinesForm(request.POST, request.FILES)
    if not form.is_valid():
        messages.warning(request, _("Choose the file with the corrected lines."))
        return redirect("office-title-file", file.pk)
    sent = BytesIO(form.cleaned_data["lines"].read())
    try:
        done = corrected.take(
            file, sent, by=request.user, now=timezone.now(), as_it_was=csv_files.as_it_was
        )
    except Refusal as no:
        messages.warning(request, words.refusal(no))
    else:
        said = _("%(taken)s corrected, %(wrong)s still wrong, %(strange)s that do not wait here.")
        counts = {"taken": done.taken, "wrong": done.wrong, "strange": done.strange}
        level = messages.WARNING if done.wrong or done.strange else messages.SUCCESS
        messages.add_message(request, level, said % counts)
    return redirect("office-title-file", file.pk)
