"""Asking for a patron at the desk: /staff/ask/. First the card, then the title, then the wish."""

from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import uuid4

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from postroad import words
from postroad.accounts.models import BORROWING, Card
from postroad.catalogue import search
from postroad.catalogue.models import Record
from postroad.catalogue.query import Query
from postroad.catalogue.search import NoIndex
from postroad.directory.models import Library
from postroad.errors import Refusal
from postroad.ill import asking, readers, wanted
from postroad.ill.asking import AlreadyAsked, NeedByTooSoon, OnYourShelf
from postroad.web.shared import gates, parts
from postroad.web.shared.gates import SignedIn, needs
from postroad.web.shared.pick_up import WhatElse, choose_volume
from postroad.web.shared.scanning import plain
from postroad.web.staff.counter import show

LONGEST = 60  # signs of a card's number


class Wish(WhatElse):
    """What the patron said at the desk."""

    key = forms.UUIDField(widget=forms.HiddenInput, required=False)
    note = forms.CharField(
        label=gettext_lazy("A note for the staff here"), max_length=500, required=False
    )


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address says so far."""

    card_number: str
    card: Card | None
    words: str
    record: Record | None


@require_http_methods(["GET", "HEAD", "POST"])
@needs(*BORROWING)
def ask(request: SignedIn) -> HttpResponse:
    library = gates.desk(request).library
    asked = said(request, library)
    begun = {"key": uuid4(), "any_edition": request.GET.get("any_edition") == "on"}
    form = Wish(request.POST if request.method == "POST" else None, initial=begun)
    if asked.record is not None:
        choose_volume(form, asked.record)
    trouble: Refusal | None = None
    if form.is_bound and form.is_valid() and asked.card and asked.record:
        try:
            return send(request, asked.card, asked.record, library, form)
        except Refusal as no:
            trouble = no
    lent = asked.record is None or asked.record.format not in wanted.NOT_LENT
    trouble = trouble if lent else asking.NotLent()
    hits, nearest, later = found(asked)
    blank = urlencode({"card": asked.card_number, "title": asked.words})
    return show(
        request,
        "staff/ask.html",
        {
            "asked": asked,
            "form": form,
            "trouble": words.refusal(trouble) if trouble else "",
            "too_soon": isinstance(trouble, NeedByTooSoon),
            "may_insist": isinstance(trouble, (AlreadyAsked, NeedByTooSoon, OnYourShelf)),
            "lent": lent,
            **part_of(asked),
            "hits": hits,
            "nearest": nearest,
            "later": later,
            "blank": f"{reverse('staff-ask-blank')}?{blank}",
        },
        status=409 if trouble else 422 if form.is_bound else 200,
    )


def said(request: SignedIn, library: Library) -> Asked:
    """A card of another library is as unknown here as one that does not exist."""
    number = "".join(plain(request.GET.get("card", "")).split())[:LONGEST]
    cards = readers.by_number([library.pk], number) if number else []
    key = request.GET.get("record", "")
    record = int(key) if key.isascii() and key.isdecimal() and len(key) < 18 else 0
    return Asked(
        number,
        next((card for card in cards if card.library_id == library.pk), None),
        plain(request.GET.get("q", "")),
        Record.objects.filter(pk=record).first() if record else None,
    )


def part_of(asked: Asked) -> dict[str, str]:
    """Where a copy of a part of the title is asked for, with the same card."""
    if asked.record is None:
        return {}
    numbers, form = asked.record.identifiers.all(), reverse("staff-ask-blank")
    card = {"card": asked.card_number}
    address = parts.address(form, asked.record, numbers, kept=card)
    return {"part": address, "part_label": str(parts.label(asked.record) or "")}


def found(asked: Asked) -> tuple[list[Record], list[Record], bool]:
    """The titles that fit; where none does, the nearest; and whether the index cannot be asked just
    now."""
    if asked.card is None or asked.record is not None or not asked.words:
        return [], [], False
    try:
        answer = search.find(Query(words=asked.words))
    except NoIndex:
        return [], [], True
    return answer.hits, answer.nearest, False


def send(
    request: SignedIn, card: Card, record: Record, library: Library, form: Wish
) -> HttpResponse:
    """The same verb as the patron's own; a second press gives the first request again."""
    ill = asking.ask(
        record,
        gates.act(request.user),
        patron=card.user,
        library=library,
        need_by=form.cleaned_data["need_by"],
        note=form.cleaned_data["note"],
        note_for_lender=form.cleaned_data["note_for_lender"],
        acceptable=form.acceptable(),
        volume=form.cleaned_data.get("volume", ""),
        insists=form.cleaned_data["insists"],
        key=form.cleaned_data["key"],
    )
    messages.success(request, _("Asked for %(patron)s.") % {"patron": card.user})
    return redirect("staff-request", ill.ref)
