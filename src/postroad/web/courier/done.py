"""The driver confirms a stop, with its time and two counts: /courier/done/."""

from uuid import uuid4

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from postroad.accounts.models import Role
from postroad.delivery import visits
from postroad.delivery.visits import Pieces
from postroad.web.courier.route import chosen_stop
from postroad.web.shared.counted import whole
from postroad.web.shared.gates import SignedIn, needs
from postroad.web.shared.scanning import plain


@needs(Role.DRIVER)
def done(request: SignedIn) -> HttpResponse:
    stop = chosen_stop(request)
    if stop is None:
        return redirect("courier-route")
    now = timezone.now()
    if "withdraw" in request.POST:
        visits.withdraw(request.user, whole(request.POST["withdraw"]), now)
        return redirect("courier-done")
    if request.method == "POST":
        pieces = Pieces(whole(request.POST.get("left", "")), whole(request.POST.get("taken", "")))
        key = plain(request.POST.get("key", ""))[:40] or uuid4().hex
        visits.confirm(request.user, stop, pieces, key=key, at=now, now=now)
        return redirect("courier-done")
    facts = {
        "stop": stop,
        "visit": visits.last_here(request.user, stop.library, now),
        "scanned": visits.scanned(request.user, stop.library, timezone.localdate(now)),
        "key": uuid4().hex,
    }
    return render(request, "courier/done.html", facts)
