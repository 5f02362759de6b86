"""All editions and formats of the work of a record."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from postroad.catalogue import citation
from postroad.web.public import beside
from postroad.web.shared.records import standing


@require_safe
def editions(request: HttpRequest, pk: int) -> HttpResponse:
    shown = standing(pk)
    if shown.pk != pk:
        return redirect("record-editions", shown.pk)
    return render(
        request,
        "public/editions.html",
        {
            "record": shown,
            "short_title": citation.short_title(shown.title),
            "editions": beside.other_editions(shown),
        },
    )
