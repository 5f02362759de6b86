"""E-mail updates as offices see them: numbers, never an address. /office/updates/"""

from django.contrib import messages
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe
from wagtail.models import Page

from postroad.accounts.models import Role
from postroad.guides import announcing
from postroad.notices import publishing, topics, updates
from postroad.notices.subscribers import Bulletin, Frequency, Interest, Subscriber
from postroad.web.shared.gates import OFFICE, SignedIn, needs

LATELY = 20


@require_safe
@needs(*OFFICE)
def counts(request: SignedIn) -> HttpResponse:
    """How many get updates, on what and how often, and what went out lately to how many."""
    often = dict(Subscriber.objects.values_list("frequency").annotate(n=Count("pk")))
    on = dict(Interest.objects.values_list("topic").annotate(n=Count("pk")))
    known = topics.known(on)
    return render(
        request,
        "office/updates.html",
        {
            "often": [(each.label, often.get(each.value, 0)) for each in Frequency],
            "topics": sorted(
                ((topic.label, on[topic.key]) for topic in known), key=lambda row: (-row[1], row[0])
            ),
            "lately": Bulletin.objects.annotate(n=Count("alerts")).order_by("-at", "-pk")[:LATELY],
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Role.EDITOR)
def announce(request: SignedIn, page: int) -> HttpResponse:
    """Let subscribers hear of a page once more; it says first how many that is."""
    found = get_object_or_404(Page.objects.live().exact_type(*announcing.KINDS), pk=page)
    back = reverse("wagtailadmin_pages:edit", args=[page])
    if request.method == "POST":
        announcing.again(found, by=str(request.user), at=timezone.now())
        messages.success(request, _("“%(page)s” is announced again.") % {"page": found.title})
        return redirect(back)
    many = updates.audience(publishing.about(found.specific)).count()
    happens = ngettext(
        "%(n)d subscriber hears of it once more; who wants a digest, in the next one.",
        "%(n)d subscribers hear of it once more; those who want a digest, in the next one.",
        many,
    ) % {"n": many}
    return render(
        request,
        "shared/sure.html",
        {
            "title": _("Announce “%(page)s” again?") % {"page": found.title},
            "happens": happens,
            "verb": _("Announce it again"),
            "back": back,
        },
    )
