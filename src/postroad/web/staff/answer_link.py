"""Stop the link by which a lender answers from its mail, or mail a new one."""

from django.contrib import messages
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from postroad.accounts.models import LENDING, Role, User
from postroad.ill import access, answer_links
from postroad.ill.access import NoSuchRequest, Sight
from postroad.ill.models import AnswerLink
from postroad.web.shared.gates import SignedIn, needs
from postroad.web.staff.counter import back, works


@require_POST
@needs(*LENDING, Role.CENTRE)
def act(request: SignedIn, ref: str, attempt: int) -> HttpResponse:
    link, now = link_of(request.user, ref, attempt), timezone.now()
    if request.POST.get("do") == "renew":
        answer_links.renew(link, at=now)
        said = _("A new link is mailed within a minute. The old one opens nothing any more.")
    else:
        answer_links.stop(link, by=request.user, at=now)
        said = _("Stopped: the link opens nothing any more. You can mail a new one.")
    messages.success(request, said)
    return back(request, "staff-request", link.supply.request.ref)


def link_of(user: User, ref: str, attempt: int) -> AnswerLink:
    """That of an attempt at a library where this person lends, or any for the center."""
    ill, sight = access.request_for(user, ref)
    supply = next((each for each in ill.supplies.all() if each.attempt == attempt), None)
    link = answer_links.of(supply) if supply is not None else None
    if supply is None or link is None:
        raise NoSuchRequest(ref=ref)
    if sight != Sight.CENTRE and not works(user, supply.lender, LENDING):
        raise NoSuchRequest(ref=ref)
    supply.request = ill
    return link
