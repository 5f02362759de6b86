"""What her library wrote to a reader about a request: /patron/requests/REF/messages/."""

from django.contrib import messages as told
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from postroad.accounts.models import Role
from postroad.ill import access
from postroad.web.shared import talk
from postroad.web.shared.casework.forms import MessageForm
from postroad.web.shared.gates import SignedIn, needs


@needs(Role.PATRON)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def thread(request: SignedIn, ref: str) -> HttpResponse:
    """Her library has begun, and she answers; what she asks herself is a case."""
    ill = access.patron_request(request.user, ref)
    party = talk.of_patron(request.user, ill)
    if party.talk is None:
        return redirect("patron-case-new", ill.ref)
    form, status = MessageForm(), 200
    if request.method == "POST":
        form, status = MessageForm(request.POST), 422
        if form.is_valid():
            talk.write(ill, party, form, request.user)
            told.success(request, _("Sent."))
            return redirect("patron-request-messages", ill.ref)
    here = talk.context(ill, party, form, timezone.now())
    answer = render(request, "patron/messages.html", here, status=status)
    if request.method == "GET":
        talk.read(party, request.user)
    return answer
