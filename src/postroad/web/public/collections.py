"""A named part of the catalogue: its page, on which only it is searched."""

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from postroad.catalogue import collections
from postroad.catalogue.models import Collection, Record
from postroad.web.public.catalogue import hits

A_PAGE = 20
NEWEST = 6


@require_safe
def collection(request: HttpRequest, slug: str) -> HttpResponse:
    shown = Collection.objects.select_related("library").filter(slug=slug).first()
    if shown is None:
        raise Http404
    words = request.GET.get("q", "").replace("\x00", "").strip()[:200]
    keys = collections.find(shown, words)
    page = Paginator(keys, A_PAGE).get_page(request.GET.get("page"))
    found = Record.objects.in_bulk(list(page.object_list))
    return render(
        request,
        "public/collection.html",
        {
            "collection": shown,
            "words": words,
            "page": page,
            "hits": hits(request, [found[key] for key in page.object_list if key in found]),
            "newest": [] if words or page.number > 1 else collections.newest(shown, NEWEST),
            "lending": [line.strip() for line in shown.lending.splitlines() if line.strip()],
        },
    )
