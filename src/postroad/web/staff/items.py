"""How our items are read: /staff/library/items/."""

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from postroad.accounts.models import Role
from postroad.web.shared import gates, items
from postroad.web.shared.gates import SignedIn, needs
from postroad.web.staff import counter


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@needs(Role.DIRECTOR)
def page(request: SignedIn) -> HttpResponse:
    ours = gates.desk(request).library
    return items.page(request, ours, reverse("staff-library-items"), counter.frame(request))
