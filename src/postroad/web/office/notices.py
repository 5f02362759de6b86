"""What people are sent, kind by kind, with made-up facts: /office/notices/."""

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_safe

from postroad.notices import samples
from postroad.notices.models import FOR_STAFF, Kind
from postroad.web.shared import gates


@dataclass(frozen=True, slots=True)
class Shown:
    """One kind of notice, as it would be sent."""

    kind: Kind
    for_staff: bool
    subject: str
    text: str
    html: SafeString


@require_safe
@gates.needs(*gates.MAIL_READERS)
def notices(request: gates.SignedIn) -> HttpResponse:
    return render(request, "office/notices.html", {"notices": [shown(kind) for kind in Kind]})


def shown(kind: Kind) -> Shown:
    written = samples.written(kind)
    return Shown(
        kind=kind,
        for_staff=kind in FOR_STAFF,
        subject=written.subject,
        text=written.text,
        html=mark_safe(written.html),  # noqa: S308  # our layout, which escapes everything
    )
