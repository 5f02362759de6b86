"""Messages of the ILL center about requests: /office/messages/."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from postroad.accounts.models import Role
from postroad.web.shared import talk
from postroad.web.shared.gates import SignedIn, needs


@never_cache
@require_safe
@needs(Role.CENTRE)
def messages(request: SignedIn) -> HttpResponse:
    """All threads of the center, what is unread first."""
    rows = talk.listed(talk.at_the_centre())
    return render(request, "shared/messages.html", {"rows": rows})
