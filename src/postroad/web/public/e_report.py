"""“The link did not work”: counted for the office; the reader goes on to ask all the same."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from postroad.accounts import throttle
from postroad.econtent import reports
from postroad.econtent.models import Title

RATE = "20/h/ip"  # reports from one place


@require_POST
def report(request: HttpRequest) -> HttpResponse:
    """Whatever comes of the report, nobody is kept from asking."""
    key = request.POST.get("title", "")
    if key.isascii() and key.isdecimal() and len(key) < 18:
        title = Title.objects.select_related("title_list__resource").filter(pk=key).first()
        if title is not None and throttle.lets_try(request, "link-report", RATE):
            reports.report(title, now=timezone.now())
    return redirect(onward(request, request.POST.get("next", "")))


def onward(request: HttpRequest, asked: str) -> str:
    ours = url_has_allowed_host_and_scheme(asked, {request.get_host()}, request.is_secure())
    return asked if ours and asked.startswith("/") else reverse("openurl")
