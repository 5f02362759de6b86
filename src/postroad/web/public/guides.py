"""One search over guides, answers, news and libraries; and the pictures that guides show."""

import mimetypes
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.core.exceptions import SuspiciousFileOperation
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils._os import safe_join
from django.views.decorators.http import require_safe

from postroad.directory.models import Library
from postroad.guides import searching
from postroad.web.public.libraries import chosen

A_PAGE = 20
LIBRARIES = 5
YEAR = timedelta(days=365)


@require_safe
def find(request: HttpRequest) -> HttpResponse:
    words = request.GET.get("q", "").replace("\x00", "").strip()[:200]
    found = searching.find(words)
    page = Paginator(found, A_PAGE).get_page(request.GET.get("page"))
    libraries = list(named(words)[: LIBRARIES + 1]) if words else []
    return render(
        request,
        "public/guides.html",
        {
            "words": words,
            "page": page,
            "libraries": libraries[:LIBRARIES],
            "more_libraries": len(libraries) > LIBRARIES,
        },
    )


def named(words: str) -> QuerySet[Library]:
    """The libraries with all of the words in their names or towns, as on their own page."""
    return chosen({"q": words, "state": "", "kind": "", "network": ""})


@require_safe
def show(request: HttpRequest, picture: str) -> HttpResponse:
    """A picture as pages show it. Its name is new whenever it is drawn anew."""
    try:
        path = Path(safe_join(Path(settings.MEDIA_ROOT) / "images", picture))
        drawn = path.read_bytes()
    except (OSError, ValueError, SuspiciousFileOperation) as why:
        raise Http404 from why
    kind, _encoding = mimetypes.guess_type(path.name)
    answer = HttpResponse(drawn, content_type=kind or "application/octet-stream")
    answer.headers["Cache-Control"] = f"public, max-age={YEAR.total_seconds():.0f}, immutable"
    return answer
