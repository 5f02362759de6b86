"""Look at the hub: /office/delivery/searches/, what did not come on its day."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from postroad.accounts.models import Role
from postroad.web.shared import shelf
from postroad.web.shared.gates import SignedIn, needs


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Role.DELIVERY)
def page(request: SignedIn) -> HttpResponse:
    """What the hub is asked to look for, each answered with one press."""
    if request.method == "POST":
        shelf.act(request, None)
        return redirect("office-delivery-searches")
    return render(request, "office/delivery/searches.html", shelf.page(None, timezone.now()))
