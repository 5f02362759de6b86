"""The door sheet of the stop at which the van stands: /courier/door/.

It is shown as the answer to a press, never at an address: so nothing of it is kept by a worker, by
going back, or by a phone that opens the page again without a network.
"""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from postroad.accounts.models import Role
from postroad.delivery import doors
from postroad.web.courier.route import chosen_stop
from postroad.web.shared.gates import SignedIn, needs


@needs(Role.DRIVER)
def door(request: SignedIn) -> HttpResponse:
    stop = chosen_stop(request)
    if stop is None:
        return redirect("courier-route")
    now = timezone.now()
    shown = doors.read(request.user, stop, now) if request.method == "POST" else None
    answer = render(
        request,
        "courier/door.html",
        {
            "stop": stop,
            "sheet": shown,
            "may_read": doors.may_read(request.user, stop, now),
            "has_sheet": doors.has_sheet(stop.library),
        },
    )
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
