"""The copyright count of our library: /staff/library/copyright/.

Which titles its readers want is the borrowing side's to see.
"""

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from postroad.accounts.models import BORROWING
from postroad.web.shared import copyright_count, gates
from postroad.web.shared.copyright_count import Place
from postroad.web.shared.gates import SignedIn, needs
from postroad.web.staff.counter import show

CHANGES = ("GET", "HEAD", "POST")


@require_safe
@needs(*BORROWING)
def titles(request: SignedIn) -> HttpResponse:
    return page(request, "titles", copyright_count.titles(request, ours(request)))


@require_safe
@needs(*BORROWING)
def title(request: SignedIn, use: int) -> HttpResponse:
    return page(request, "title", copyright_count.title(ours(request), use))


@require_http_methods(CHANGES)
@needs(*BORROWING)
def mark(request: SignedIn, use: int) -> HttpResponse:
    return page(request, "mark", copyright_count.mark(request, ours(request), use))


@require_http_methods(CHANGES)
@needs(*BORROWING)
def choice(request: SignedIn, use: int) -> HttpResponse:
    return page(request, "choice", copyright_count.choice(request, ours(request), use))


@require_http_methods(CHANGES)
@needs(*BORROWING)
def declined(request: SignedIn, declined_use: int) -> HttpResponse:
    return page(request, "declined", copyright_count.declined(request, ours(request), declined_use))


def ours(request: SignedIn) -> Place:
    above = (_("Our library"), reverse("staff-library"))
    return Place(gates.desk(request).library, "staff-library-copyright", above=above)


def page(request: SignedIn, name: str, answer: HttpResponse | dict[str, Any]) -> HttpResponse:
    if not isinstance(answer, dict):
        return answer
    template = copyright_count.TEMPLATES[name]
    return show(request, template, answer, status=copyright_count.status(answer))
