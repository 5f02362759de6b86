"""A record for a program in which somebody keeps her references."""

from collections.abc import Callable
from dataclasses import replace

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from postroad import words
from postroad.protocols.citing import Cited, bibtex, ris
from postroad.web.public import beside
from postroad.web.shared.records import standing

FORMATS: dict[str, tuple[Callable[[Cited], str], str]] = {
    "ris": (ris.render, ris.MEDIA_TYPE),
    "bib": (bibtex.render, bibtex.MEDIA_TYPE),
}


@require_safe
def cite(request: HttpRequest, pk: int, ending: str) -> HttpResponse:
    shown = standing(pk)
    if shown.pk != pk:
        return redirect(f"record-{ending}", shown.pk)
    write, media_type = FORMATS[ending]
    form = words.catalogue.form(shown.get_format_display(), shown.carrier)
    text = write(replace(beside.cited_of(request, shown), form=form))
    return HttpResponse(
        text,
        content_type=f"{media_type}; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="record-{pk}.{ending}"'},
    )
