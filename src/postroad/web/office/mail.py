"""The folder in which the demonstration's mail lies: /office/mail/.

Real mail is nobody's to read but the receiver's: outside the demonstration there is no such page.
"""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from postroad.accounts.models import Role
from postroad.notices import folder
from postroad.web.shared import gates

P = ParamSpec("P")
Page = Callable[Concatenate[gates.SignedIn, P], HttpResponse]
SHOWN = 40  # messages on the list


def in_the_demonstration(page: Page[P]) -> Page[P]:
    @wraps(page)
    def shown(request: gates.SignedIn, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not settings.DEMO:
            raise Http404
        return page(request, *args, **kwargs)

    return shown


@require_safe
@gates.needs(Role.CENTRE, Role.DELIVERY, Role.OPERATOR)
@in_the_demonstration
def mail(request: gates.SignedIn) -> HttpResponse:
    return render(request, "office/mail.html", {"letters": folder.newest(SHOWN), "most": SHOWN})


@require_safe
@gates.needs(Role.CENTRE, Role.DELIVERY, Role.OPERATOR)
@in_the_demonstration
def letter(request: gates.SignedIn, name: str) -> HttpResponse:
    return render(request, "office/letter.html", {"letter": found(name)})


@require_safe
@gates.needs(Role.CENTRE, Role.DELIVERY, Role.OPERATOR)
@in_the_demonstration
def letter_as_html(request: gates.SignedIn, name: str) -> HttpResponse:
    """The message as a mail program shows it. The page's policy lets nothing in it act or load."""
    html = found(name).html
    if not html:
        raise Http404
    return HttpResponse(html)


def found(name: str) -> folder.Letter:
    letter = folder.read(name)
    if letter is None:
        raise Http404
    return letter
