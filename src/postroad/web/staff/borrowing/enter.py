"""Entering a loan that was made without us: /staff/borrowing/enter/.

First the card, then the thing, then who lent it and when.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from uuid import uuid4

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from postroad import words
from postroad.accounts.models import BORROWING
from postroad.catalogue.models import Item, Record
from postroad.directory.models import Library
from postroad.errors import Refusal
from postroad.form_errors import InOurWords
from postroad.ill import entering, lookup
from postroad.ill.entering import AskedElsewhere, CardStopped, Entry
from postroad.web.shared import gates
from postroad.web.shared.gates import SignedIn, needs
from postroad.web.shared.libraries import apart
from postroad.web.shared.paging import is_key
from postroad.web.staff.ask import Asked, found, said
from postroad.web.staff.counter import show


class Enter(InOurWords, forms.Form):
    """Who lent it and when; of what no catalog has, what it is."""

    key = forms.UUIDField(widget=forms.HiddenInput, required=False)
    title = forms.CharField(label=gettext_lazy("Title"), max_length=1000)
    author = forms.CharField(label=gettext_lazy("Author"), max_length=300, required=False)
    barcode = forms.CharField(
        label=gettext_lazy("Barcode"),
        help_text=gettext_lazy(
            "As on its label; the library that lent it scans it when it is back."
        ),
        max_length=40,
        required=False,
    )
    lender = forms.ChoiceField(label=gettext_lazy("Who lent it"))
    on = forms.DateField(
        label=gettext_lazy("Handed over"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    due = forms.DateField(
        label=gettext_lazy("Due"),
        help_text=gettext_lazy(
            "As its library said. Leave it empty for as many days as it usually lends."
        ),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        required=False,
    )
    insists = forms.BooleanField(widget=forms.HiddenInput, required=False)

    def __init__(self, thing: "Thing", at: Library, *args: object, **more: object) -> None:
        super().__init__(*args, **more)  # type: ignore[arg-type]
        self.lenders = {each.code: each for each in lenders(at)}
        if thing.item is not None:
            for name in ("title", "author", "barcode", "lender"):
                del self.fields[name]
        elif thing.record is not None:
            del self.fields["title"], self.fields["author"]
        if thing.item is None:
            self.fields["lender"].choices = [("", ""), *by_side(self.lenders.values())]  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Thing:
    """What was lent, as the address says it so far."""

    item: Item | None = None
    record: Record | None = None
    typed: bool = False  # no catalog has it

    @property
    def known(self) -> bool:
        return self.typed or self.item is not None or self.record is not None


def lenders(at: Library) -> Iterator[Library]:
    """The members but this one, then those elsewhere."""
    for every in (Library.objects.members(), Library.objects.outside()):
        yield from every.exclude(pk=at.pk).order_by("name", "pk")


Choices = list[tuple[str, str]]


def by_side(every: Iterable[Library]) -> list[tuple[str, Choices]]:
    """As a field offers them, in two groups."""
    groups: dict[str, Choices] = {_("Member libraries"): [], _("Elsewhere"): []}
    listed = list(every)
    places = apart(listed, lambda each: ", ".join(filter(None, (each.name, each.town))))
    for each in listed:
        groups[_("Elsewhere") if each.is_outside else _("Member libraries")].append(
            (each.code, places[each.code])
        )
    return [(name, choices) for name, choices in groups.items() if choices]


@require_http_methods(["GET", "HEAD", "POST"])
@needs(*BORROWING)
def enter(request: SignedIn) -> HttpResponse:
    library = gates.desk(request).library
    asked = said(request, library)
    copies = lookup.items(asked.words) if asked.card and asked.words else []
    thing = thing_of(request, asked, copies)
    begun = {"key": uuid4(), "on": library.day_of(timezone.now()), "title": asked.words}
    given = request.POST if request.method == "POST" else None
    form = Enter(thing, library, given, initial=begun)
    trouble: Refusal | None = None
    if form.is_bound and asked.card and thing.known and form.is_valid():
        try:
            return entered(request, form, asked, thing, library)
        except Refusal as no:
            trouble = no
    hits, nearest, later = ([], [], False) if thing.known or copies else found(asked)
    context = {
        "asked": asked,
        "thing": thing,
        "copies": [] if thing.known else copies,
        "hits": hits or nearest,
        "later": later,
        "form": form,
        "trouble": words.refusal(trouble) if trouble else "",
        "may_insist": isinstance(trouble, (CardStopped, AskedElsewhere)),
    }
    status = 409 if trouble else 422 if form.is_bound else 200
    return show(request, "staff/borrowing/enter.html", context, status=status)


def thing_of(request: SignedIn, asked: Asked, copies: list[Item]) -> Thing:
    """The copy or the record that was chosen; of a barcode that one copy bears, that one."""
    if request.GET.get("typed") == "on":
        return Thing(typed=True)
    key = request.GET.get("item", "")
    if is_key(key):
        every = Item.objects.select_related("record", "library")
        return Thing(item=every.filter(pk=key).first())
    if asked.record is not None:
        return Thing(record=asked.record)
    return Thing(item=copies[0]) if len(copies) == 1 else Thing()


def entered(
    request: SignedIn, form: Enter, asked: Asked, thing: Thing, library: Library
) -> HttpResponse:
    assert asked.card is not None  # the page asks for it first
    told = form.cleaned_data
    on: date = told["on"]
    entry = Entry(
        card=asked.card,
        library=library,
        lender=thing.item.library if thing.item else form.lenders[told["lender"]],
        on=on,
        due=told["due"],
        item=thing.item,
        record=thing.record,
        title=told.get("title", ""),
        author=told.get("author", ""),
        barcode=told.get("barcode", ""),
        insists=told["insists"],
        key=told["key"],
    )
    loan = entering.enter(entry, gates.act(request.user))
    due = words.day(loan.due_back) if loan.due_back else ""
    facts = {"patron": asked.card.user, "day": due}
    messages.success(request, _("Entered for %(patron)s; due back on %(day)s.") % facts)
    return redirect("staff-request", loan.request.ref)
