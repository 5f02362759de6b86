"""One library: how it stands, and what was said of it since when: /status/CODE.

What anybody may add to it here waits for the center.
"""

from allauth.core.internal import ratelimit
from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from postroad.delivery.models import Stop
from postroad.directory import evidence, known
from postroad.directory.models import Library
from postroad.directory.statements import Source, Statement, Verdict
from postroad.web.shared import status

SHOWN = 50  # of what was said
OFTEN = {"status": "10/h/ip"}  # anyone's words from one place


class TellForm(status.SayForm):
    """What anybody else knows of a library, and who they are."""

    name = forms.CharField(label=gettext_lazy("Your name and library"), max_length=120)
    contact = forms.CharField(
        label=gettext_lazy("E-mail or telephone, only for the center"), max_length=120
    )


@require_http_methods(["GET", "HEAD", "POST"])
def of_library(request: HttpRequest, code: str) -> HttpResponse:
    """How it stands, what was said of it since when, and a form for whoever knows better."""
    library = get_object_or_404(Library, code=code)
    stop = Stop.objects.filter(library=library, active=True).exists()
    form = TellForm(request.POST if request.method == "POST" else None, stop=stop)
    answered = 422 if form.is_bound else 200
    if form.is_bound and form.is_valid():
        if ratelimit.consume(request, app="postroad", action="status", config=OFTEN):
            return _told(request, library, form)
        sentence = _(
            "That was a lot in one hour. Nothing was lost: send it again later, or call us."
        )
        messages.warning(request, sentence)
        answered = 429
    now = timezone.now()
    today = library.day_of(now)
    here = known.one(library, now)
    history = Statement.objects.filter(library=library).exclude(verdict=Verdict.WAITS)
    seen = evidence.standing(library, today)
    return render(
        request,
        "public/status_of.html",
        {
            "library": library,
            "known": here,
            "lines": status.lines(here, stop=stop),
            "history": status.entries(list(history.newest_first()[:SHOWN]), now),
            "evidence": seen,
            "runs_out": evidence.runs_out(seen) if seen else None,
            "form": form,
        },
        status=answered,
    )


def _told(request: HttpRequest, library: Library, form: TellForm) -> HttpResponse:
    facts = form.cleaned_data
    status.say(
        library,
        form.words(),
        request.POST,
        source=Source.ANYONE,
        said_by=facts["name"],
        contact=facts["contact"],
    )
    messages.success(request, _("Thank you. The center reads it before it counts."))
    return redirect("status-of", library.code)
