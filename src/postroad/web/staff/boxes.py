"""What goes home by mail in one box with another thing: /staff/requests/REF/box/."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from postroad.accounts.models import BORROWING
from postroad.ill import access, boxes, returns
from postroad.ill.access import NoSuchRequest
from postroad.web.shared.gates import STAFF, SignedIn, needs
from postroad.web.staff.counter import works
from postroad.web.staff.tracking import before_it


@require_POST
@needs(*STAFF, or_center=True)
def pack(request: SignedIn, ref: str) -> HttpResponse:
    """Into the box of what was sent home before it, or out of it again."""
    ill, _sight = access.request_for(request.user, ref)
    mailed = ill.loan is not None and returns.home_by_mail(ill.loan) is not None
    if ill.loan is None or not mailed or not works(request.user, ill.library, BORROWING):
        raise NoSuchRequest(ref=ref)
    if request.POST.get("out"):
        boxes.leave(ill.loan)
        messages.success(request, _("It goes by itself. Enter its own tracking number."))
    else:
        parcel = boxes.join(ill.loan, timezone.now())
        said = _("It is in the same box, with the same tracking number.")
        none = _("It is in the same box. The box has no tracking number yet.")
        messages.success(request, said if parcel.tracking_number else none)
    return redirect(before_it(request, ill))
