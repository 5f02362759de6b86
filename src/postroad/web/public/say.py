"""The link in a mail to a silent library: /say/TOKEN. Opening it does nothing; its buttons act.

Mail scanners open links, so only a button says anything, and it does so once.
"""

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from postroad import words
from postroad.delivery.models import Stop
from postroad.directory import asking, known, saying
from postroad.directory.asking import Link, LinkTooOld, LinkUnknown
from postroad.directory.saying import LinkUsed
from postroad.directory.statements import Source
from postroad.errors import Refusal
from postroad.web.shared import status

GONE = {LinkUnknown: 404, LinkTooOld: 410, LinkUsed: 410}


@require_http_methods(["GET", "HEAD", "POST"])
def say(request: HttpRequest, link: str) -> HttpResponse:
    now = timezone.now()
    try:
        sent = asking.read(link, now)
    except (LinkUnknown, LinkTooOld, LinkUsed) as gone:
        return refused(request, gone)
    stop = Stop.objects.filter(library=sent.library, active=True).exists()
    said, form = None, status.SayForm(stop=stop)
    if request.method == "POST":
        said, form = status.heard(request.POST, stop=stop)
    if said is not None:
        try:
            with transaction.atomic():
                saying.use(sent.nonce, at=now)
                status.say(sent.library, said, request.POST, source=Source.LINK, said_by=who(sent))
        except LinkUsed as gone:
            return refused(request, gone)
        lines = status.lines(known.one(sent.library, now), stop=stop)
        return render(request, "public/said.html", {"library": sent.library, "lines": lines})
    answer = render(
        request,
        "public/say.html",
        {
            "library": sent.library,
            "address": sent.address,
            "known": (here := known.one(sent.library, now)),
            "lines": status.lines(here, stop=stop),
            "form": form,
        },
        status=422 if form.is_bound else 200,
    )
    answer["X-Robots-Tag"] = "noindex"
    return answer


def who(link: Link) -> str:
    return _("whoever reads %(address)s") % {"address": link.address}


def refused(request: HttpRequest, gone: Refusal) -> HttpResponse:
    return render(
        request,
        "shared/refused.html",
        {
            "heading": _("This link does not work any more"),
            "sentence": words.refusal(gone),
            "back": "/status",
        },
        status=GONE[type(gone)],
    )
