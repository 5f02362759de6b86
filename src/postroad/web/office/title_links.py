"""Links to licensed titles that do not work: what readers report, and what fails by night."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from postroad.econtent import links, reports
from postroad.econtent.models import LinkReport
from postroad.web.shared.gates import E_CONTENT, SignedIn, needs

SHOWN = 100
SETTLED = 5  # of the last ones, which can be opened again


def broken() -> dict[str, Any]:
    """What the page of lists says of them."""
    told = LinkReport.objects.select_related("title_list__resource", "settled_by")
    return {
        "reports": told.filter(settled_at=None).order_by("-last_at", "-pk")[:SHOWN],
        "settled": told.filter(settled_at__isnull=False).order_by("-settled_at", "-pk")[:SETTLED],
        "dead": links.dead()[:SHOWN],
    }


@require_POST
@needs(*E_CONTENT)
def settle(request: SignedIn, link_report: int) -> HttpResponse:
    """Somebody has looked at what readers reported; or it does not work after all."""
    found = get_object_or_404(LinkReport, pk=link_report)
    if request.POST.get("step") == "reopen":
        done, said = reports.reopen(found), _("It is open again.")
    else:
        done = reports.settle(found, by=request.user, now=timezone.now())
        said = _("Settled. If it is reported again, it stands here again.")
    if done:
        messages.success(request, said)
    else:
        messages.warning(request, _("This has changed meanwhile: look at it again."))
    return redirect("office-title-lists")
