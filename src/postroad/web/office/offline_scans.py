"""Scans from phones that the ledger could not take: /office/delivery/phone-scans/."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import F
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from postroad import words
from postroad.accounts.models import Role
from postroad.delivery import offline
from postroad.delivery.models import SetAside
from postroad.errors import Refusal
from postroad.web.shared.gates import SignedIn, needs
from postroad.web.shared.van_words import said_of_taken

A_PAGE = 50


@needs(Role.DELIVERY)
def listed(request: SignedIn) -> HttpResponse:
    """What waits for a person, the oldest last; below it what was settled."""
    if request.method == "POST":
        settle(request)
        return redirect("office-delivery-phone-scans")
    rows = SetAside.objects.select_related("driver", "handed_in_by", "settled_by", "stop__library")
    waiting = rows.filter(settled_at=None).order_by("-came_at", "-pk")
    settled = rows.exclude(settled_at=None).order_by(F("settled_at").desc(), "-pk")[:20]
    page = Paginator(waiting, A_PAGE).get_page(request.GET.get("page"))
    return render(
        request, "office/delivery/phone_scans.html", {"page": page, "settled": list(settled)}
    )


def settle(request: SignedIn) -> None:
    """Record it, let it be, or have it wait again; one press each."""
    now, asked = timezone.now(), request.POST
    pk = next((whole(asked[name]) for name in ("record", "done", "again") if name in asked), 0)
    try:
        with transaction.atomic():
            if "record" in asked:
                taken = offline.record(pk, by=request.user, now=now)
                answer = said_of_taken(taken)[1]
                messages.success(request, _("Recorded. %(answer)s") % {"answer": answer})
            elif "done" in asked:
                offline.settle(pk, by=request.user, now=now)
                messages.success(request, _("Settled. It is below, and can wait again."))
            else:
                offline.unsettle(pk)
                messages.success(request, _("It waits again."))
    except Refusal as no:
        messages.warning(request, words.refusal(no))


def whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 18 else 0
