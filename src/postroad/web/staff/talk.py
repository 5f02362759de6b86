"""Messages about requests: /staff/messages/.

A thread is at /staff/requests/REF/messages/PARTY/, for a desk and for the ILL center.
"""

from django.contrib import messages as told
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from postroad.accounts import roles
from postroad.accounts.models import Role
from postroad.cases import access as case_access
from postroad.ill import access
from postroad.ill.access import NoSuchRequest
from postroad.ill.models import Request
from postroad.web.shared import gates, talk
from postroad.web.shared.casework.forms import MessageForm
from postroad.web.shared.gates import STAFF, SignedIn, needs
from postroad.web.shared.talk import Party
from postroad.web.staff.counter import frame, show


@never_cache
@require_safe
@needs(*STAFF)
def messages(request: SignedIn) -> HttpResponse:
    """All threads of this desk, what is unread first."""
    sitting = case_access.seat(request.user).narrowed(gates.desk(request).library)
    return show(request, "shared/messages.html", {"rows": talk.listed(sitting)})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(*STAFF, Role.CENTRE)
def thread(request: SignedIn, ref: str, party: str) -> HttpResponse:
    """What two parties have written about a request, and a form to write."""
    ill, with_whom = found(request, ref, party)
    form, status = MessageForm(), 200
    if request.method == "POST":
        form, status = MessageForm(request.POST), 422
        if form.is_valid():
            talk.write(ill, with_whom, form, request.user)
            told.success(request, _("Sent."))
            return redirect("staff-request-messages", ill.ref, party)
    now = timezone.now()
    here = {**frame(request), **talk.context(ill, with_whom, form, now)}
    answer = render(request, "staff/messages.html", here, status=status)
    if request.method == "GET":
        talk.read(with_whom, request.user)
    return answer


def found(request: SignedIn, ref: str, party: str) -> tuple[Request, Party]:
    """The request and the party, if this person talks with it from where she sits."""
    ill, sight = access.request_for(request.user, ref)
    supplies = list(ill.supplies.all())
    every = talk.of_staff(request, ill, sight, supplies)
    if roles.has(request.user, Role.CENTRE):  # who works at a desk, too, sits at that first
        every = [*every, *talk.of_the_centre(request.user, ill, supplies)]
    with_whom = next((each for each in every if each.key == party), None)
    if with_whom is None:
        raise NoSuchRequest(ref=ref)
    return ill, with_whom
