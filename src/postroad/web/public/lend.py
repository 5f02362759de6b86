"""A request that a library answers from its mail, without signing in: /lend/LINK/.

Mail scanners open links, so opening one changes nothing: each step is a page with one button. The
link works for whoever has it. So it is of one attempt alone and shows no patron.
"""

from contextlib import nullcontext
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from postroad import words
from postroad.accounts import throttle
from postroad.delivery import slips
from postroad.delivery.models import Parcel, ParcelState
from postroad.delivery.slip_facts import Layout
from postroad.errors import Refusal
from postroad.ill import answer_links, unscanned
from postroad.ill.answer_links import (
    AnswerLinkStopped,
    AnswerLinkTooOld,
    AnswerLinkUnknown,
    Held,
)
from postroad.ill.lifecycle import LoanState, SupplyState
from postroad.ill.returns import WrongTrackingNumber
from postroad.web.public import lend_questions, lend_steps
from postroad.web.public.lend_steps import ASIDE, EXPECTED, STEPS, Step

GONE = {AnswerLinkUnknown: 404, AnswerLinkTooOld: 410, AnswerLinkStopped: 410}
NO_LINK = (AnswerLinkUnknown, AnswerLinkTooOld, AnswerLinkStopped)
RATE = "60/h/ip"  # steps from one place


@never_cache
@require_safe
def request(request: HttpRequest, answer_link: str) -> HttpResponse:
    """The request, to be printed; how it stands; and what can be done now."""
    try:
        held = answer_links.read(answer_link, timezone.now())
    except NO_LINK as gone:
        return gone_page(request, gone)
    beside = lend_questions.beside(held)
    return shown(
        request,
        "public/lend.html",
        answer_link,
        held,
        steps=offered(held),
        expected=expected(held),
        **beside,
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def step(request: HttpRequest, answer_link: str, answer_step: str) -> HttpResponse:
    """One step: a page with one button, which does it."""
    try:
        held = answer_links.read(answer_link, timezone.now())
    except NO_LINK as gone:
        return gone_page(request, gone)
    wanted = STEPS.get(answer_step) or lend_questions.step(answer_step, held)
    if wanted is None:
        raise Http404
    if not wanted.may(held):
        return moved_on(request, answer_link, held, wanted)
    if request.method != "POST":
        return asks(request, answer_link, held, wanted, wanted.form(None, held))
    if not throttle.lets_try(request, "lend", RATE):
        return too_often(request, answer_link)
    form = wanted.form(request.POST, held)
    form.files = request.FILES
    if not form.is_valid():
        return asks(request, answer_link, held, wanted, form, 422)
    return take(request, answer_link, held, wanted, form)


def take(
    request: HttpRequest, answer_link: str, held: Held, wanted: Step, form: Any
) -> HttpResponse:
    """Do it, or say why not."""
    try:
        with nullcontext() if wanted.takes_a_file else transaction.atomic():
            said = wanted.act(held, form, timezone.now())
    except WrongTrackingNumber as no:
        form.add_error("number", words.refusal(no))
        return asks(request, answer_link, held, wanted, form, 422, doubtful=True)
    except Refusal as no:
        held = answer_links.read(answer_link, timezone.now())
        return moved_on(request, answer_link, held, wanted, words.refusal(no))
    if not said:
        return asks(request, answer_link, held, wanted, form, 422)
    messages.success(request, said)
    return redirect("lend", answer_link)


def offered(held: Held) -> list[Step]:
    """What may be done now, what is expected first; a link is stopped further below."""
    able = [each for each in STEPS.values() if each.name not in ASIDE and each.may(held)]
    first = expected(held)
    return sorted(able, key=lambda each: each.name != first)


def expected(held: Held) -> str:
    """The one step that is this lender's to take now, if one is."""
    if held.ill.is_copy:
        return "copy" if STEPS["copy"].may(held) else ""
    loan = held.loan if held.supply.state == SupplyState.SUPPLYING else None
    if loan is not None and loan.state != LoanState.HOMEWARD:
        return ""  # what is not even on its way home is expected from nobody here
    return EXPECTED.get(held.supply.state, "")


def asks(
    request: HttpRequest,
    answer_link: str,
    held: Held,
    wanted: Step,
    form: Any,
    status: int = 200,
    *,
    doubtful: bool = False,
) -> HttpResponse:
    last = lend_steps.last_step(held) if wanted.name == "undo" else None
    more = {"step": wanted, "form": form, "doubtful": doubtful, "event": last and last.event.pk}
    return shown(request, "public/lend_step.html", answer_link, held, status, **more)


def moved_on(
    request: HttpRequest, answer_link: str, held: Held, wanted: Step, said: str = ""
) -> HttpResponse:
    """It is done already, or not to be done any more: where it stands, and what to do now."""
    more = {"step": wanted, "said": said}
    return shown(request, "public/lend_moved.html", answer_link, held, 409, **more)


def shown(
    request: HttpRequest,
    template: str,
    answer_link: str,
    held: Held,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    now = timezone.now()
    with timezone.override(held.lender.time_zone):
        sentence, todo = lend_steps.stands(held, now)
        facts = {
            "here": reverse("lend", args=[answer_link]),
            "link": answer_link,
            "address": held.link.address,
            "ill": held.ill,
            "supply": held.supply,
            "lender": held.lender,
            "copies": unscanned.copies_to_send(held.supply)[: lend_steps.MOST_COPIES],
            "parcel": ready(held),
            "sentence": sentence,
            "todo": todo,
            "until": answer_links.works_until(held),
        }
        answer = render(request, template, {**facts, **more}, status=status)
    answer["X-Robots-Tag"] = "noindex"
    return answer


def ready(held: Held) -> Parcel | None:
    """The parcel that waits for the van or the mail, whose slip can be printed."""
    parcel = held.loan.parcel_out if held.loan is not None and held.loan.is_open else None
    return parcel if parcel is not None and parcel.state == ParcelState.READY else None


@require_POST
def slip(request: HttpRequest, answer_link: str) -> HttpResponse:
    """The slip that travels on it, as PDF. Printing counts, hence it is a form."""
    try:
        held = answer_links.read(answer_link, timezone.now())
    except NO_LINK as gone:
        return gone_page(request, gone)
    if not throttle.lets_try(request, "lend", RATE):
        return too_often(request, answer_link)
    parcel = ready(held)
    if parcel is None:
        return moved_on(request, answer_link, held, STEPS["shipped"])
    file = slips.print_slips([parcel], Layout.SHEET)
    named = {"Content-Disposition": f'inline; filename="{_("slips")}.pdf"'}
    return HttpResponse(file, content_type="application/pdf", headers=named)


def gone_page(request: HttpRequest, gone: Refusal) -> HttpResponse:
    return render(
        request,
        "public/lend_gone.html",
        {"sentence": words.refusal(gone)},
        status=GONE[type(gone)],
    )


def too_often(request: HttpRequest, answer_link: str) -> HttpResponse:
    said = _(
        "Many answers came from your network in the last hour. Nothing was recorded: try again "
        "later."
    )
    facts = {"heading": _("Not now"), "sentence": said, "back": reverse("lend", args=[answer_link])}
    return render(request, "shared/refused.html", facts, status=429)
