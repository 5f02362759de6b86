"""Look on your shelf: /staff/shelf/, what did not come on its day, to be printed."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from postroad.web.shared import gates, shelf
from postroad.web.shared.gates import STAFF, SignedIn, needs
from postroad.web.staff.buttons import BUTTONS
from postroad.web.staff.counter import show


@require_http_methods(["GET", "HEAD", "POST"])
@needs(*STAFF)
def page(request: SignedIn) -> HttpResponse:
    """In shelf order, each answered with one press."""
    desk = gates.desk(request)
    if request.method == "POST":
        shelf.act(request, desk.library)
        return redirect("staff-shelf")
    found = shelf.page(desk.library, timezone.now(), desk.roles, BUTTONS)
    return show(request, "staff/shelf.html", found)
