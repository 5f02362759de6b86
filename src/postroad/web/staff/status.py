"""Our own status: whether we are open, lend, accept returns and have deliveries: /staff/status/."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from postroad.delivery.models import Stop
from postroad.directory import known
from postroad.directory.statements import Source, Statement
from postroad.web.shared import gates, status
from postroad.web.shared.gates import STAFF, SignedIn, needs
from postroad.web.staff.counter import show


@require_http_methods(["GET", "HEAD", "POST"])
@needs(*STAFF)
def page(request: SignedIn) -> HttpResponse:
    """How we stand, a button for each change, and a form with days and a note."""
    ours = gates.desk(request).library
    stop = Stop.objects.filter(library=ours, active=True).exists()
    form = status.SayForm(stop=stop)
    if request.method == "POST":
        said, form = status.heard(request.POST, stop=stop)
        if said is not None:
            status.say(ours, said, request.POST, source=Source.OWN, said_by=str(request.user))
            messages.success(
                request, _("Saved. Requests, dates and the van follow it from now on.")
            )
            return redirect("staff-status" if "stay" in request.POST else "staff")
    now = timezone.now()
    here = known.one(ours, now)
    history = Statement.objects.filter(library=ours).newest_first()[:20]
    return show(
        request,
        "staff/status.html",
        {
            "known": here,
            "lines": status.lines(here, stop=stop),
            "form": form,
            "history": status.entries(list(history), now),
        },
        status=422 if form.is_bound else 200,
    )
