"""Asking for a title: /patron/ask/RECORD/."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from postroad import words
from postroad.accounts.models import Role, User
from postroad.accounts.roles import card_of
from postroad.catalogue import citation
from postroad.catalogue.models import Item, Record
from postroad.directory import closures
from postroad.directory.models import Library
from postroad.ill import asked_before, asking, intake, prospects, rota, wanted
from postroad.ill.asking import AlreadyAsked, NeedByPassed, NeedByTooSoon, OnYourShelf
from postroad.ill.intake import Concern
from postroad.ill.models import Request
from postroad.web.shared import gates, mileposts, parts, refusals
from postroad.web.shared.gates import SignedIn, needs
from postroad.web.shared.one_press import OnePress
from postroad.web.shared.pick_up import PickUp, WhatElse, choose_volume, pick_ups

NOTE_LENGTH = 500


class AskForm(OnePress, WhatElse):
    """What the patron says about her wish."""

    field_order = ("library", "need_by", "note")

    library = forms.ChoiceField(
        label=gettext_lazy("Where will you pick it up?"),
        error_messages={
            "required": gettext_lazy("Choose the library where you will pick it up."),
            "invalid_choice": gettext_lazy("Choose one of the libraries in the list."),
        },
    )
    note = forms.CharField(
        label=gettext_lazy("Note to your own library"),
        required=False,
        max_length=NOTE_LENGTH,
        help_text=gettext_lazy(
            "Staff at your library and the ILL center read it; no library that lends it does."
        ),
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(
        self,
        data: QueryDict | None,
        pick_up: PickUp,
        today: date,
        begun: Mapping[str, Any] | None = None,
    ) -> None:
        first = pick_up.found[0] if pick_up.found else pick_up.home
        start = {"library": first.code, **(begun or {})}
        super().__init__(data and printable(data), initial=start, today=today)
        self.pick_up = pick_up
        library = self.fields["library"]
        assert isinstance(library, forms.ChoiceField)
        library.choices = pick_up.choices(self.data.get("library", ""))


def printable(data: QueryDict) -> QueryDict:
    """What was typed, without signs that no keyboard has."""
    clean = data.copy()
    for name, typed in data.lists():
        clean.setlist(name, [_printable(str(text)) for text in typed])
    return clean


def _printable(text: str) -> str:
    return "".join(sign for sign in text if sign.isprintable() or sign in "\r\n")


@dataclass(frozen=True, slots=True)
class Prospect:
    """What she should know before she asks."""

    own_copy: Item | None  # in at her own library, or where she would fetch it
    copy_at: closures.Today | None  # whether she can go there today
    asked: Request | None  # her open request for the same title
    asked_status: str
    warnings: list[str]
    arrives: date | None  # at the library where she would fetch it
    able: bool  # some library could lend it, today or when it opens

    @property
    def insists(self) -> bool:
        """Asking all the same needs her word."""
        return self.own_copy is not None or self.asked is not None


@needs(Role.PATRON)
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: SignedIn, pk: int) -> HttpResponse:
    record = Record.objects.filter(pk=pk).first()
    card = card_of(request.user)
    if record is None or card is None:
        raise Http404
    if request.method != "POST" and parts.is_only_copied(record):
        numbers = record.identifiers.all()
        return redirect(parts.address(reverse("patron-ask-blank"), record, numbers))
    if record.format in wanted.NOT_LENT:
        heading = _("Not lent between libraries")
        return refusals.say(request, words.refusal(asking.NotLent()), status=409, heading=heading)
    now = timezone.now()
    pick_up = PickUp(card.library, request.GET.get("where", ""))
    today = card.library.day_of(now)
    begun = {"any_edition": request.GET.get("any_edition") == "on"}
    form = AskForm(request.POST if request.method == "POST" else None, pick_up, today, begun)
    choose_volume(form, record)
    library = library_of(form, pick_up)
    if not form.is_bound:
        return show(request, record, form, pick_up, library)
    if not form.is_valid():
        return show(request, record, form, pick_up, library, status=422)
    try:
        ill = send(request, record, library, form)
    except NeedByPassed as no:
        form.add_error("need_by", words.refusal(no))
        return show(request, record, form, pick_up, library, status=422)
    except NeedByTooSoon as no:
        form.add_error("need_by", words.refusal(no))
        return show(request, record, form, pick_up, library, too_soon=True, status=409)
    except (AlreadyAsked, OnYourShelf):
        return show(request, record, form, pick_up, library, status=409)
    messages.success(request, _("We have your request."))
    return redirect("patron-request", ill.ref)


def library_of(form: AskForm, pick_up: PickUp) -> Library:
    """The library chosen in the form, or else the one that it offers first."""
    code = str(form["library"].value() or "")[:16]
    known = pick_ups().filter(code=code).first() if code.isprintable() else None
    return known or pick_up.home


def send(request: SignedIn, record: Record, library: Library, form: AskForm) -> Request:
    return asking.ask(
        record,
        gates.act(request.user),
        patron=request.user,
        library=library,
        need_by=form.cleaned_data["need_by"],
        note=form.cleaned_data["note"],
        note_for_lender=form.cleaned_data["note_for_lender"],
        acceptable=form.acceptable(),
        volume=form.cleaned_data.get("volume", ""),
        insists=form.cleaned_data["insists"],
        key=form.cleaned_data["key"],
    )


def show(
    request: SignedIn,
    record: Record,
    form: AskForm,
    pick_up: PickUp,
    library: Library,
    *,
    too_soon: bool = False,
    status: int = 200,
) -> HttpResponse:
    return render(
        request,
        "patron/ask.html",
        {
            "record": record,
            "title": citation.short_title(record.title),
            "author": citation.person(record.author),
            "form": form,
            "library": library,
            "too_soon": too_soon,
            "prospect": prospect(request.user, record, pick_up.home, library, timezone.now()),
        },
        status=status,
    )


def prospect(
    patron: User, record: Record, home: Library, library: Library, now: datetime
) -> Prospect:
    """What is known before anything was asked, by the very rules that will look at it after."""
    asked = asked_before.already_asked(record, patron)
    if asked is not None:
        asked = Request.objects.shown().get(pk=asked.pk)
    lenders = rota.rank(prospects.gather(record, library, now))
    copy = asking.own_copy(record.pk, {home.pk, library.pk})
    return Prospect(
        own_copy=copy,
        copy_at=closures.today([copy.library], now)[copy.library_id] if copy else None,
        asked=asked,
        asked_status=mileposts.status(asked, now).sentence if asked else "",
        warnings=list(warnings(Request(patron=patron, library=library, record=record), now)),
        arrives=lenders[0].arrives if lenders else None,
        able=bool(lenders),
    )


def warnings(wish: Request, now: datetime) -> Iterator[str]:
    """What will make intake leave the request to staff, said before she asks."""
    facts = intake.gather(wish, now)
    facts = replace(facts, outstanding=facts.outstanding + 1)
    found = set(intake.concerns(facts))
    if Concern.BLOCKED in found:
        yield _(
            "Your card is blocked: %(why)s. You can ask anyway; your library will review the "
            "request first."
        ) % {"why": facts.blocked}
    if Concern.EXPIRED in found:
        yield _(
            "Your card has expired. You can ask anyway; your library will review the request first."
        )
    if Concern.LIMIT in found:
        yield ngettext(
            "You have one open request, as many as your library approves automatically. You can "
            "ask anyway; your library will review it first.",
            "You have %(n)d open requests, as many as your library approves automatically. You "
            "can ask anyway; your library will review it first.",
            facts.outstanding - 1,
        ) % {"n": facts.outstanding - 1}
    if Concern.POLICY in found:
        yield _("%(library)s reviews each request, so it may take an extra day.") % {
            "library": wish.library.name
        }
