"""Library cards: /office/libraries/CODE/cards/. Who may ask here, until when, and who is blocked.

What readers ask for and have at home is no business of these pages. The office, which keeps cards
for many libraries, finds one by its number alone; only a director reads the names of her own.
"""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from postroad import barcodes, words
from postroad.accounts import card_lists, cards, invitations, roles, uploads
from postroad.accounts.cards import NumberTaken
from postroad.accounts.models import Card, CardQuerySet, Role, Upload, User
from postroad.directory.models import Library
from postroad.form_errors import InOurWords
from postroad.web.office import keeping
from postroad.web.office.keeping import A_PAGE, library_of
from postroad.web.shared.file_form import FileForm, known_headings
from postroad.web.shared.gates import KEEPERS, SignedIn, needs

SHOWN_AT_MOST = 100  # lines of a preview


class CardForm(InOurWords, forms.Form):
    barcode = forms.CharField(label=gettext_lazy("Number of the card"), max_length=40)
    first = forms.CharField(label=gettext_lazy("First name"), max_length=150, required=False)
    last = forms.CharField(label=gettext_lazy("Last name"), max_length=150)
    email = forms.EmailField(
        label=gettext_lazy("E-mail"),
        max_length=254,
        required=False,
        help_text=gettext_lazy("Without one the reader is told at the desk only."),
    )
    expires = forms.DateField(
        label=gettext_lazy("Good through"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    blocked = forms.CharField(
        label=gettext_lazy("Blocked, because"),
        max_length=120,
        required=False,
        help_text=gettext_lazy(
            "The reader and the desk read this. Requests then wait for the desk to look at them, "
            "and nothing is renewed automatically. Empty: not blocked."
        ),
    )

    def clean_barcode(self) -> str:
        number = barcodes.plain(self.cleaned_data["barcode"])
        if not number or len(number) > 30:
            raise forms.ValidationError(_("Use 1 to 30 characters, as they are on the card."))
        return number


class NewCardForm(CardForm):
    invite = forms.BooleanField(
        label=gettext_lazy("Send a letter with a link for choosing a password"),
        required=False,
        initial=True,
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("invite") and not given.get("email") and "email" not in self.errors:
            given["invite"] = False  # nowhere to send it
        return given


def reads_names(user: User, library: Library) -> bool:
    return roles.has(user, Role.DIRECTOR, library)


@require_safe
@never_cache
@needs(*KEEPERS)
def card_list(request: SignedIn, code: str) -> HttpResponse:
    """How many there are, and one by its number; for the director of the library all of them."""
    library, asked = library_of(request.user, code), keeping.asked(request)
    every = Card.objects.filter(library=library).select_related("user", "library")
    names, today = reads_names(request.user, library), timezone.localdate()
    found = matching(every, asked, names=names)
    return render(
        request,
        "office/cards/cards.html",
        {
            "library": library,
            "asked": asked,
            "names": names,
            "page": Paginator(found, A_PAGE).get_page(request.GET.get("page")),
            "total": every.count(),
            "blocked": every.exclude(blocked="").count(),
            "expired": every.filter(expires__lt=today).count(),
            "uploads": Upload.objects.filter(library=library, kind=Upload.Kind.CARDS).order_by(
                "-at", "-pk"
            )[:5],
        },
    )


def matching(every: CardQuerySet, asked: str, *, names: bool) -> CardQuerySet:
    by_number = every.filter(barcode__in=barcodes.readings(asked))
    if not names:
        return by_number.order_by("pk")
    found = by_number | every.named(asked) if asked else every
    return found.order_by("user__last_name", "user__first_name", "pk")


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@needs(*KEEPERS)
def add(request: SignedIn, code: str) -> HttpResponse:
    library = library_of(request.user, code)
    form = NewCardForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        facts = {**form.cleaned_data}
        invites = facts.pop("invite")
        try:
            made = cards.enter(library, **facts)
        except NumberTaken as no:
            keeping.mistaken(form, "barcode", no)
        else:
            if invites:
                invitations.invite(made.user, by=library.name)
            messages.success(
                request,
                _("Added. The reader's name for signing in is %(name)s.")
                % {"name": made.user.username},
            )
            return redirect("office-card", library.code, made.pk)
    return render(
        request,
        "office/cards/card.html",
        {"library": library, "form": form},
        status=422 if form.is_bound else 200,
    )


def on_card(card: Card) -> dict[str, Any]:
    """What its form begins with."""
    return {
        "barcode": card.barcode,
        "first": card.user.first_name,
        "last": card.user.last_name,
        "email": card.user.email,
        "expires": card.expires,
        "blocked": card.blocked,
    }


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@needs(*KEEPERS)
def card(request: SignedIn, code: str, card: int) -> HttpResponse:
    """One card: changed, blocked, unblocked; and the letter sent again."""
    library = library_of(request.user, code)
    every = Card.objects.select_related("user", "library")
    found = get_object_or_404(every, pk=card, library=library)
    person = found.user
    may_invite = bool(person.email) and not person.has_usable_password() and person.is_active
    if request.method == "POST" and "invite" in request.POST and may_invite:
        invitations.invite(person, by=library.name)
        messages.success(request, _("A letter is on its way; a link sent before is over."))
        return redirect("office-card", library.code, found.pk)
    form = CardForm(request.POST if request.method == "POST" else None, initial=on_card(found))
    works = person.posts.exists()
    if works:
        for name in ("first", "last", "email"):
            form.fields[name].disabled, form.fields[name].required = True, False
    if form.is_bound and form.is_valid():
        try:
            cards.change(found, **form.cleaned_data)
        except NumberTaken as no:
            keeping.mistaken(form, "barcode", no)
        else:
            messages.success(request, _("Saved."))
            return redirect("office-card", library.code, found.pk)
    return render(
        request,
        "office/cards/card.html",
        {
            "library": library,
            "form": form,
            "card": found,
            "works": works,
            "may_invite": may_invite,
        },
        status=422 if form.is_bound else 200,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@needs(*KEEPERS)
def file(request: SignedIn, code: str) -> HttpResponse:
    """Choose a file from the library's own system."""
    library = library_of(request.user, code)
    form = FileForm(request.POST, request.FILES) if request.method == "POST" else FileForm()
    if form.is_bound and form.is_valid():
        table = form.table(card_lists.HEADINGS, ["barcode"])
        if table is not None and not {"name", "last"} & {*table.columns}:
            form.add_error("file", _("No heading says in which column the names are."))
        elif table is not None:
            kept = uploads.keep(
                Upload.Kind.CARDS,
                form.cleaned_data["file"].name,
                table,
                library=library,
                by=request.user,
                at=timezone.now(),
            )
            return redirect("office-cards-file-one", library.code, kept.pk)
    return render(
        request,
        "office/cards/file.html",
        {
            "library": library,
            "form": form,
            "headings": known_headings(card_lists.HEADINGS),
        },
        status=422 if form.is_bound else 200,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@needs(*KEEPERS)
def file_one(request: SignedIn, code: str, upload: int) -> HttpResponse:
    """What a file would change; then how far the worker is with it, and what became of it."""
    library = library_of(request.user, code)
    kept = get_object_or_404(Upload, pk=upload, library=library, kind=Upload.Kind.CARDS)
    if request.method == "POST":
        if "cancel" in request.POST:
            uploads.cancel(kept)
            messages.success(request, _("Stopped. Nothing more is changed by this file."))
            return redirect("office-cards", library.code)
        uploads.accept(kept, block_absent="block_absent" in request.POST)
        return redirect("office-cards-file-one", library.code, kept.pk)
    facts: dict[str, Any] = {"library": library, "upload": kept}
    if kept.state == Upload.State.READ and not (
        kept.by_id == request.user.pk or reads_names(request.user, library)
    ):
        raise Http404  # it names readers
    if kept.state == Upload.State.READ:
        facts |= preview(library, kept)
    return render(request, "office/cards/file_one.html", facts)


def preview(library: Library, kept: Upload) -> dict[str, Any]:
    rows = [*uploads.rows(kept)]
    good, wrong = card_lists.wanted(rows, kept.columns)
    found = card_lists.compare(library, good, kept.columns, card_lists.numbers(rows))
    counted = [
        (words.label(words.records.CARD, name), count) for name, count in found.counts.items()
    ]
    return {
        "difference": found,
        "moved": counted,
        "wrong": wrong[:SHOWN_AT_MOST],
        "wrongs": len(wrong),
        "new": found.new[:SHOWN_AT_MOST],
        "changed": [
            (each, words.records.changes(each.changes, words.records.CARD))
            for each in found.changed[:SHOWN_AT_MOST]
        ],
        "shown_at_most": SHOWN_AT_MOST,
    }
