"""Why is this loan taking so long? /why-so-long, of one loan or in general.

Who has not signed in is told the same of every number: nothing is looked up. So is who has, of a
number that is no business of hers.
"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from postroad.accounts.models import User
from postroad.ill import access
from postroad.ill.access import Sight
from postroad.reports.counts import SEASON
from postroad.web.shared import live, pace

LONGEST = 60  # of a number that somebody types


@never_cache
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    asked = " ".join(request.GET.get("number", "").replace("\0", "").split())[:LONGEST]
    if asked and isinstance(request.user, User) and (found := access.find(request.user, asked)):
        ill, sight = found[0]  # of several that bear the number, the newest
        name = "patron-why" if sight == Sight.PATRON else "staff-request-why"
        return redirect(name, ill.ref)
    now = timezone.now()
    return render(
        request,
        "public/why-so-long.html",
        {
            "asked": asked,
            "usual": pace.for_all(),
            "season": SEASON.days,
            "lending": live.lending(now)["lending"],
            "delays": live.delays(now),
            "closed": live.closed(now),
            "here": reverse("why-so-long"),
        },
    )
