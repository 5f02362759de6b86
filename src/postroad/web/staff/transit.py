"""Anything of any library, sent home or elsewhere without a request: /staff/transit/.

Barcodes are scanned or typed, one a line; the page says whose they are, asks where it does not
know, and then makes parcels of them, or prints their slips where nothing is to be followed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from postroad import words
from postroad.delivery import parcels, slips
from postroad.directory.called import named
from postroad.directory.models import Library
from postroad.errors import Refusal
from postroad.ill import transit
from postroad.ill.acts import Act
from postroad.ill.transit import MOST, Thing, Why
from postroad.web.shared import gates
from postroad.web.shared.gates import STAFF, SignedIn, needs
from postroad.web.staff.counter import show
from postroad.web.staff.slips import as_pdf, layout, numbers, papers

LONGEST = 100  # signs of a library's name
SAYS = {
    Why.UNKNOWN: gettext_lazy("No catalog of ours has this barcode. Whose is it?"),
    Why.SEVERAL: gettext_lazy("Several libraries have this barcode. Whose is it?"),
    Why.OURS: gettext_lazy("It belongs here. No slip is needed."),
    Why.BORROWED: gettext_lazy("You borrowed this by a request. Send it home by that instead."),
}


@dataclass(frozen=True, slots=True)
class Row:
    """A thing as the page shows it, with what was typed of its owner."""

    thing: Thing
    typed: str
    choices: Sequence[Library]  # of whom one is meant
    says: str

    @property
    def asks(self) -> bool:
        """Whether its library is asked for."""
        return self.thing.why in (Why.UNKNOWN, Why.SEVERAL)


@dataclass(slots=True)
class Sent:
    """What the form was sent with, and what it means."""

    texts: list[str]
    to: str
    there: Sequence[Library]  # that may be meant by `to`
    rows: list[Row]

    @property
    def barcodes(self) -> str:
        """As they stand in the form."""
        return "\n".join(self.texts)

    @property
    def unclear(self) -> bool:
        """Whether something is to be said before all of it can go."""
        return bool(self.to and len(self.there) != 1) or any(row.thing.why for row in self.rows)

    @property
    def things(self) -> list[Thing]:
        return [row.thing for row in self.rows]


def read(request: SignedIn, sender: Library) -> Sent:
    texts = [
        line for line in request.POST.get("barcodes", "").replace("\x00", "").splitlines() if line
    ][:MOST]
    to = typed(request, "to")
    there = named(to) if to else []
    owners = dict(
        zip(
            (text[:LONGEST] for text in request.POST.getlist("barcode")[:MOST]),
            (clean(text) for text in request.POST.getlist("owner")[:MOST]),
            strict=False,
        )
    )
    meant = {barcode: named(text) for barcode, text in owners.items() if text}
    said = {barcode: found[0] for barcode, found in meant.items() if len(found) == 1}
    things = transit.look(texts, sender, said=said, to=there[0] if len(there) == 1 else None)
    rows = [
        Row(
            each,
            owners.get(each.barcode, ""),
            each.owners or meant.get(each.barcode, ()),
            says(each),
        )
        for each in things
    ]
    return Sent(texts, to, there, rows)


def says(thing: Thing) -> str:
    if thing.refusal is not None:
        return words.refusal(thing.refusal)
    return str(SAYS[thing.why]) if thing.why in SAYS else ""


def typed(request: SignedIn, name: str) -> str:
    return clean(request.POST.get(name, ""))


def clean(text: str) -> str:
    return " ".join(text.replace("\x00", "").split())[:LONGEST]


@require_http_methods(["GET", "HEAD", "POST"])
@needs(*STAFF)
def page(request: SignedIn) -> HttpResponse:
    """What is scanned here is shown with its library; below it what waits for the driver."""
    library = gates.desk(request).library
    return answer(request, read(request, library) if request.method == "POST" else None)


def answer(request: SignedIn, sent: Sent | None) -> HttpResponse:
    library = gates.desk(request).library
    known: dict[str, Any] = {"parcels": transit.waiting(library), "sent": sent, "most": MOST}
    mistaken = sent is not None and (sent.unclear or not sent.rows)
    return show(
        request,
        "staff/transit.html",
        {**known, **papers(library)},
        status=422 if mistaken else 200,
    )


@require_POST
@needs(*STAFF)
def add(request: SignedIn) -> HttpResponse:
    """A parcel of each, once all is clear."""
    library = gates.desk(request).library
    sent = read(request, library)
    if sent.unclear or not sent.rows:
        return answer(request, sent)
    made = transit.send(sent.things, library, act(request))
    said = ngettext(
        "%(n)s parcel is ready. Print its slip below.",
        "%(n)s parcels are ready. Print their slips below.",
        len(made),
    )
    messages.success(request, said % {"n": len(made)})
    return redirect("staff-transit")


@require_POST
@needs(*STAFF)
def bare_pdf(request: SignedIn) -> HttpResponse:
    """Only the slips: nothing is followed."""
    library = gates.desk(request).library
    sent = read(request, library)
    if sent.unclear or not sent.rows:
        return answer(request, sent)
    return as_pdf(slips.print_bare(library, transit.bare(sent.things, library), layout(request)))


@require_POST
@needs(*STAFF)
def pdf(request: SignedIn) -> HttpResponse:
    """The slips of the parcels that were ticked, in one file."""
    wanted = set(numbers(request))
    waiting = transit.waiting(gates.desk(request).library)
    try:
        with transaction.atomic():
            chosen = [each for each in waiting if each.number in wanted]
            file = slips.print_slips(chosen, layout(request))
    except Refusal as no:
        messages.warning(request, words.refusal(no))
        return redirect("staff-transit")
    return as_pdf(file)


@require_POST
@needs(*STAFF)
def remove(request: SignedIn) -> HttpResponse:
    """It stays here after all."""
    number = request.POST.get("number", "")
    waiting = transit.waiting(gates.desk(request).library)
    found = next((each for each in waiting if each.number == number), None)
    if found is None:
        messages.warning(request, _("This does not wait here any more. Nothing was changed."))
        return redirect("staff-transit")
    try:
        with transaction.atomic():
            parcels.cancel(found, by=request.user, at=act(request).at)
    except Refusal as no:
        messages.warning(request, words.refusal(no))
    else:
        said = _("Removed: nothing is sent to %(town)s. Scan it again to send it after all.")
        messages.success(request, said % {"town": found.to_library.town})
    return redirect("staff-transit")


def act(request: SignedIn) -> Act:
    return gates.act(request.user)
