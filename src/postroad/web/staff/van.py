"""What the van left and took at this library, and what its desk counted: /staff/van/."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from postroad import words
from postroad.delivery import visits
from postroad.delivery.models import Stop
from postroad.delivery.visits import Pieces
from postroad.errors import Refusal
from postroad.web.shared import gates
from postroad.web.shared.counted import whole
from postroad.web.shared.gates import STAFF, SignedIn, needs


@needs(*STAFF)
def page(request: SignedIn) -> HttpResponse:
    """Each visit of the last days with the driver's numbers; the desk says its own."""
    library, now = gates.desk(request).library, timezone.now()
    if request.method == "POST":
        given = request.POST
        pieces = Pieces(whole(given.get("left", "")), whole(given.get("taken", "")))
        try:
            visits.count(library, whole(given.get("visit", "")), pieces, by=request.user, now=now)
        except Refusal as no:
            messages.warning(request, words.refusal(no))
        else:
            messages.success(request, _("Saved. Count again to change it."))
        return redirect("staff-van")
    seen = list(visits.lately(library, now))
    served = Stop.objects.filter(library=library, active=True).exists()
    context = {"visits": seen, "library": library, "served": served}
    return render(request, "staff/van.html", context)
