"""The door to a delivered copy: /copies/LINK/.

Mail scanners and crawlers open links, so opening one shows a page with a button, which tells
neither title nor name. Only the button, pressed by the reader who is signed in or with the code
from her mail, spends a view and answers with the file: as an attachment, never as a page.
"""

import logging
from datetime import datetime

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from postroad import words
from postroad.accounts import throttle
from postroad.accounts.models import User
from postroad.documents import gate
from postroad.documents.models import Copy
from postroad.documents.troubles import (
    Gone,
    LinkUnknown,
    Missing,
    NotOpened,
    NoViewsLeft,
    TooManyCodes,
)
from postroad.errors import Refusal
from postroad.form_errors import InOurWords
from postroad.ill.models import Request
from postroad.notices import copies as notices
from postroad.web.shared.copy_file import as_attachment

log = logging.getLogger(__name__)

TRIES = "30/h/ip"  # codes typed at one place
CODES = "5/h/key"  # codes mailed for one copy
CODES_FROM = "20/h/ip"


class CodeForm(InOurWords, forms.Form):
    """The code from the reader's mail."""

    code = forms.CharField(
        label=gettext_lazy("Code"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "spellcheck": "false"}),
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def copy(request: HttpRequest, copy_link: str) -> HttpResponseBase:
    """The page with the button, and what the button does."""
    now, found = timezone.now(), None
    try:
        found = gate.read(copy_link)
        gate.require_open(found, now)
        if request.method == "POST":
            return opened(request, found, now)
    except (LinkUnknown, Gone, NoViewsLeft, Missing) as no:
        return no_copy(request, no, found)
    return page(request, found)


@never_cache
@require_POST
def code(request: HttpRequest, copy_link: str) -> HttpResponse:
    """Mail a code to the reader; whether there is a reader, or an address, is told to nobody."""
    now, found = timezone.now(), None
    try:
        found = gate.read(copy_link)
        gate.require_open(found, now)
    except NotOpened as no:
        return no_copy(request, no, found)
    allowed = throttle.lets_try(request, "copy-code-from", CODES_FROM)
    if not (allowed and throttle.lets_try(request, "copy-code", CODES, key=str(found.pk))):
        return page(request, found, no=TooManyCodes())
    reader = reader_of(found)
    if reader is not None and reader.email.strip():
        notices.send_code(found, reader, now)
    return redirect(f"{request.path.removesuffix('code/')}?sent=1")


def opened(request: HttpRequest, found: Copy, now: datetime) -> HttpResponseBase:
    """The file, if this is its reader; else the page again, which says why not."""
    form = None
    proof: gate.Proof = gate.SignedIn(request.user.pk, reader_key(found))
    if "code" in request.POST and not gate.may_read(found, proof, now):
        if not throttle.lets_try(request, "copy-try", TRIES):
            return page(request, found, no=TooManyCodes())
        form = CodeForm(request.POST)
        if not form.is_valid():
            return page(request, found, form)
        proof = gate.Code(form.cleaned_data["code"])
    try:
        return as_attachment(request, gate.open_copy(found, proof, now))
    except (Gone, NoViewsLeft, Missing):
        raise
    except NotOpened as no:
        return page(request, found, form, no)


def reader_of(found: Copy) -> User | None:
    """Whose the copy is, as the request says; nobody's once her name has left it."""
    asked = Request.objects.filter(ref=found.ref).select_related("patron").first()
    return asked.patron if asked else None


def reader_key(found: Copy) -> int | None:
    return Request.objects.filter(ref=found.ref).values_list("patron", flat=True).first()


def page(
    request: HttpRequest,
    found: Copy,
    form: CodeForm | None = None,
    no: Refusal | None = None,
) -> HttpResponse:
    facts = {
        "copy": found,
        "is_hers": gate.may_read(
            found, gate.SignedIn(request.user.pk, reader_key(found)), timezone.now()
        ),
        "form": form or CodeForm(),
        "no": words.refusal(no) if no else "",
        "sent": "sent" in request.GET,
        "megabytes": max(round(found.size / 1_000_000, 1), 0.1),
    }
    answer = render(request, "public/copy.html", facts, status=422 if form or no else 200)
    answer["X-Robots-Tag"] = "noindex"
    return answer


def no_copy(request: HttpRequest, no: Refusal, found: Copy | None = None) -> HttpResponse:
    """Why not; from one that was opened too often, the way to the button that gives more."""
    if isinstance(no, Missing):
        log.error("the file of a copy is missing: %s", request.resolver_match)
    statuses: dict[type[Refusal], int] = {LinkUnknown: 404, Missing: 503}
    heading = _("This copy cannot be opened")
    facts = {"heading": heading, "sentence": words.refusal(no), "back": "/"}
    if found is not None and isinstance(no, NoViewsLeft):
        facts |= {
            "leads": reverse("patron-request", args=[found.ref]),
            "led": _("See your request"),
        }
    status = statuses.get(type(no), 410)
    answer = render(request, "shared/refused.html", facts, status=status)
    answer["X-Robots-Tag"] = "noindex"
    return answer
