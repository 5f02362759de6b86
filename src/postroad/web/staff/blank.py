"""What no catalog lists, at a library's desk: asked for a patron (/staff/ask/blank/), and matched
to a record (/staff/requests/REF/match/), at the ILL center too."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from postroad import words
from postroad.accounts.models import BORROWING, Card, Role
from postroad.catalogue.models import Record
from postroad.directory.models import Library
from postroad.errors import Refusal
from postroad.ill import access, catalogued
from postroad.ill.access import NoSuchRequest, Sight
from postroad.ill.lifecycle import Owner, Verb
from postroad.ill.models import Request
from postroad.ill.wanted import Wanted
from postroad.web.shared import blank, gates
from postroad.web.shared.blank import Answer, BlankForm
from postroad.web.shared.gates import SignedIn, needs
from postroad.web.shared.scanning import plain
from postroad.web.staff.ask import Asked, said
from postroad.web.staff.counter import show


@require_http_methods(["GET", "HEAD", "POST"])
@needs(*BORROWING)
def ask(request: SignedIn) -> HttpResponse:
    library = gates.desk(request).library
    asked = said(request, library)
    card = asked.card_number
    if request.headers.get("X-Alike"):
        return blank.looked_up(request, of_record(card), card=card)
    typed = blank.begun(request)
    if asked.card is None:
        kept = [*blank.said(request).items()]
        if (material := blank.material_of(request)) is not None:
            kept.append(("material", material))
        return show(request, "staff/blank_card.html", {"asked": asked, "kept": kept})
    material = blank.material_of(request)
    if material is None:
        return choose(request, asked)
    form = BlankForm(
        request.POST if request.method == "POST" else None,
        material,
        begun=typed,
        today=library.day_of(timezone.now()),
        looks_at=blank.with_query(request.path, card=card),
    )
    answer = sent(request, form, asked.card, library)
    if answer.ill is not None:
        messages.success(request, _("Asked for %(patron)s.") % {"patron": asked.card.user})
        return redirect("staff-request", answer.ill.ref)
    context = {
        "asked": asked,
        "form": form,
        "answer": answer,
        **blank.of_catalog(answer.alike, of_record(card), request.path, card=card),
        "checked": form.is_bound,
        "choose": blank.with_query(request.path, card=card, **blank.said(request)),
        "kept": [("card", card)],
        **blank.of_a_copy(request, answer),
    }
    return show(request, "staff/blank.html", context, status=answer.status)


def choose(request: SignedIn, asked: Asked) -> HttpResponse:
    """What kind of thing it is; or its number, which may find it at once."""
    card = asked.card_number
    context = {
        "asked": asked,
        "choices": blank.choices(request, request.path, card=card),
        "kept": [("card", card)],
        **blank.of_catalog(blank.known(request), of_record(card), request.path, card=card),
        "begun": blank.begun(request),
        **blank.of_a_copy(request, Answer()),
    }
    return show(request, "staff/blank_choose.html", context)


def sent(request: SignedIn, form: BlankForm, card: Card, library: Library) -> Answer:
    if not form.is_bound:
        return blank.before(request, form, library)
    act = gates.act(request.user)
    return blank.sent(form, request.POST, lambda: wanted(form, card, library), act, library)


def wanted(form: BlankForm, card: Card, library: Library) -> Wanted:
    given = form.cleaned_data
    return Wanted(
        patron=card.user,
        library=library,
        citation=form.citation(),
        need_by=given["need_by"],
        note=given["note"],
        note_for_lender=given["note_for_lender"],
        acceptable=form.acceptable(),
        insists=given["insists"],
        key=given["key"],
        rush=given.get("rush", False),
    )


def of_record(card: str) -> Callable[[Record], str]:
    return lambda record: blank.with_query(reverse("staff-ask"), card=card, record=str(record.pk))


@require_http_methods(["GET", "HEAD", "POST"])
@needs(*BORROWING, Role.CENTRE)
def match(request: SignedIn, ref: str) -> HttpResponse:
    """Choose the record that a blank request is for, or say that it is none after all."""
    ill, sight = access.request_for(request.user, ref)
    if sight not in (Sight.BORROWING, Sight.CENTRE) or not ill.citation:
        raise NoSuchRequest(ref=ref)
    page = "office-centre-request" if sight == Sight.CENTRE else "staff-request"
    if request.method == "POST":
        matched(request, ill, Owner.CENTRE if sight == Sight.CENTRE else Owner.BORROWING)
        return redirect(page, ill.ref)
    typed = plain(request.GET.get("q", ""))
    number = str(ill.citation.get("number", ""))
    found = (
        catalogued.alike(typed, "", typed)
        if typed
        else catalogued.alike(catalogued.asked_as(ill), ill.author, number)
    )
    return show(
        request,
        "staff/match.html",
        {
            "ill": ill,
            "title": catalogued.asked_as(ill),
            "typed": typed,
            "alike": found,
            "hits": blank.hits(found, lambda record: reverse("record", args=[record.pk])),
            "may": ill.may(Verb.MATCH),
            "back": reverse(page, args=[ill.ref]),
        },
    )


def matched(request: SignedIn, ill: Request, side: Owner) -> None:
    chosen = request.POST.get("record", "")
    act = gates.act(request.user).as_role(side)
    try:
        if chosen == "none":
            catalogued.unmatch(ill, act)
            messages.success(request, _("It is no longer matched to a record."))
            return
        key = int(chosen) if chosen.isascii() and chosen.isdecimal() and len(chosen) < 18 else 0
        record = Record.objects.filter(pk=key, moved_to=None).first()
        if record is None:
            messages.warning(request, _("That record is no longer in the catalog. Choose again."))
            return
        catalogued.match(ill, act, record=record)
    except Refusal as no:
        messages.warning(request, words.refusal(no))
        return
    messages.success(request, _("Matched. The libraries that own it are asked next."))
