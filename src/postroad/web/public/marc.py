"""The MARC record that describes a title, to be read and to be taken; to staff, each library's."""

from collections.abc import Callable

import pymarc
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from postroad import words
from postroad.accounts import roles
from postroad.accounts.models import Role
from postroad.catalogue import citation, originals
from postroad.catalogue.models import Contribution, Record
from postroad.catalogue.originals import TooLongForIso2709
from postroad.web.shared import gates, refusals
from postroad.web.shared.records import standing

FORMATS: dict[str, tuple[Callable[[list[pymarc.Record]], bytes], str]] = {
    "mrc": (originals.iso2709, "application/marc"),
    "xml": (originals.marcxml, "application/marcxml+xml"),
}


@require_safe
def marc(request: HttpRequest, pk: int) -> HttpResponse:
    shown = standing(pk)
    if shown.pk != pk:
        return redirect("record-marc", shown.pk)
    staff = is_staff(request)
    kept = originals.kept(shown)
    of = chosen(request, kept, staff=staff)
    found = originals.records(of, whole=staff) if of else []
    return render(
        request,
        "public/marc.html",
        {
            "record": shown,
            "short_title": citation.short_title(shown.title),
            "kept": kept if staff else kept[:1],
            "of": of,
            "records": [list(originals.lines(each)) for each in found],
            "choice": f"?of={of.pk}" if of and of != kept[0] else "",
            "staff": staff,
        },
    )


@require_safe
def download(request: HttpRequest, pk: int, ending: str) -> HttpResponse:
    shown = standing(pk)
    if shown.pk != pk:
        return redirect(f"record-{ending}", shown.pk)
    staff = is_staff(request)
    of = chosen(request, originals.kept(shown), staff=staff)
    found = originals.records(of, whole=staff) if of else []
    if not found:
        raise Http404
    write, media_type = FORMATS[ending]
    try:
        written = write(found)
    except TooLongForIso2709 as no:
        return refusals.say(request, words.refusal(no), status=409)
    return HttpResponse(
        written,
        content_type=f"{media_type}; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name_of(shown, of)}.{ending}"'},
    )


def is_staff(request: HttpRequest) -> bool:
    return roles.has_any(request.user, (*gates.STAFF, Role.CENTRE))


def chosen(request: HttpRequest, kept: list[Contribution], *, staff: bool) -> Contribution | None:
    """The one that describes the record, or which staff chose. Raises Http404 for any other."""
    typed = request.GET.get("of", "")
    if not typed:
        return kept[0] if kept else None
    found = next((each for each in kept if str(each.pk) == typed), None)
    if found is None or not staff:
        raise Http404
    return found


def name_of(record: Record, of: Contribution | None) -> str:
    return f"record-{record.pk}-{of.library.code}" if of else f"record-{record.pk}"
