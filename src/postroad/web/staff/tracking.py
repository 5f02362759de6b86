"""The numbers under which the mail carries a loan: /staff/requests/REF/tracking/."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from postroad import words
from postroad.accounts.models import BORROWING, LENDING, Role, User
from postroad.delivery import tracking
from postroad.form_errors import InOurWords
from postroad.ill import access, returns
from postroad.ill.access import NoSuchRequest, Sight
from postroad.ill.models import MovedMeanwhile, Request
from postroad.ill.returns import Posting, Way, WrongTrackingNumber
from postroad.web.shared.gates import STAFF, SignedIn, needs
from postroad.web.shared.tracking import TrackingNumber
from postroad.web.staff.counter import show, works


class Number(InOurWords, forms.Form):
    """What the label or the receipt of the mail says."""

    number = TrackingNumber()


@dataclass(frozen=True, slots=True)
class Mailed:
    """A way by mail as the pages tell it."""

    posting: Posting
    heading: str
    carriers: str  # to whom the number may belong; several are all named
    doubtful: bool  # it is nobody's
    mine: bool  # this person's library sends it, and may write its number down


def mailed(user: User, ill: Request, sight: Sight) -> list[Mailed]:
    """What of this request goes by mail, for those who have a part in it."""
    if ill.loan is None:
        return []
    names = {Way.OUT: _("By mail from its lender"), Way.HOME: _("By mail home to its lender")}
    return [
        Mailed(
            posting,
            names[posting.way],
            words.delivery.carriers(posting.number),
            bool(posting.number) and not tracking.candidates(posting.number),
            sends(user, ill, posting, sight),
        )
        for posting in returns.postings(ill.loan)
    ]


def sends(user: User, ill: Request, posting: Posting, sight: Sight) -> bool:
    """Each side writes down what it sends; for a lender elsewhere the ILL centre does."""
    if posting.way == Way.HOME:
        return works(user, ill.library, BORROWING)
    if posting.loan.is_outside:
        return sight == Sight.CENTRE
    return works(user, posting.loan.supply.lender, LENDING)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(*STAFF, Role.CENTRE, or_center=True)
def page(request: SignedIn, ref: str) -> HttpResponse:
    """Enter, mend or take off a number. One that is nobody's is asked about, and then kept."""
    ill, sight = access.request_for(request.user, ref)
    ways = [each for each in mailed(request.user, ill, sight) if each.mine]
    if not ways:
        raise NoSuchRequest(ref=ref)
    asked = request.POST.get("way") or request.GET.get("way")
    chosen = next((each for each in ways if each.posting.way == asked), ways[-1])
    initial = {"number": chosen.posting.number}
    form = Number(request.POST if request.method == "POST" else None, initial=initial)
    doubtful = False
    if request.method == "POST" and form.is_valid():
        sure = "sure" in request.POST
        try:
            number = returns.track(
                chosen.posting,
                form.cleaned_data["number"],
                seen=request.POST.get("seen"),
                sure=sure,
            )
        except WrongTrackingNumber as no:
            form.add_error("number", words.refusal(no))
            doubtful = True
        except MovedMeanwhile as no:
            form.add_error("number", words.refusal(no))
        else:
            messages.success(request, said(number))
            return redirect(before_it(request, ill))
    return show(
        request,
        "staff/tracking.html",
        {
            "ill": ill,
            "mailed": chosen,
            "form": form,
            "doubtful": doubtful,
            "back": reverse("staff-request", args=[ill.ref]),
        },
        status=422 if form.errors else 200,
    )


def before_it(request: SignedIn, ill: Request) -> str:
    """The scan page, if the number was entered there; else the request."""
    scan_page = reverse("staff-borrowing-send-home")
    try:
        came_from = urlsplit(request.headers.get("Referer", "")).path
    except ValueError:  # no address at all
        came_from = ""
    return scan_page if came_from == scan_page else reverse("staff-request", args=[ill.ref])


def said(number: str) -> str:
    if not number:
        return _("The tracking number was taken off.")
    found = words.delivery.carriers(number)
    if not found:
        return _("The number was saved as you entered it; it does not look like any carrier's.")
    return _("Recorded as a %(carrier)s number.") % {"carrier": found}
