"""Copies that other libraries ask for: /staff/lending/copies/, and the page that sends one.

A lender sees a library and a number, never a patron.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models import Case, Count, IntegerField, Min, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from postroad.accounts.models import LENDING
from postroad.catalogue import serial_rows
from postroad.catalogue.models import Item, ItemStatus, Serial
from postroad.directory.models import Library
from postroad.documents import incoming as waiting_scans
from postroad.ill import copies, document_delivery, lending
from postroad.ill import waiting as at_desks
from postroad.ill.copies import Copies
from postroad.ill.lifecycle import Level, Service, SupplyState, Verb
from postroad.ill.models import Event, Request, Supply, SupplyQuerySet
from postroad.web.shared import gates
from postroad.web.shared.copy_sent import TAKES_BACK, SendAgainForm, SendCopyForm
from postroad.web.shared.gates import SignedIn, needs
from postroad.web.shared.paging import page_of
from postroad.web.shared.pieces import Choice
from postroad.web.staff.counter import goes_on, lent, show
from postroad.web.staff.lending.verbs import say
from postroad.words import materials
from postroad.words.document_delivery import FAULTS, LEVELS
from postroad.words.labels import label

ROWS = 50  # of one page
SENT_BACK = Q(shipped_at__isnull=False)  # it was delivered, and was no good
WAITING = at_desks.COPIES
DELIVERED = Q(request__service=Service.COPY, state=SupplyState.SUPPLYING)
# What the list is narrowed to, by the word in the address
FILTERS = {
    "all": (gettext_lazy("All"), WAITING),
    "back": (gettext_lazy("Sent back"), WAITING & SENT_BACK),
    "rush": (LEVELS[Level.RUSH], WAITING & Q(level=Level.RUSH)),
    "normal": (LEVELS[Level.VERIFIED], WAITING & Q(level=Level.VERIFIED)),
    "look-up": (LEVELS[Level.UNVERIFIED], WAITING & Q(level=Level.UNVERIFIED)),
    "delivered": (gettext_lazy("Delivered"), DELIVERED),
}
ORDER = (Level.RUSH, Level.VERIFIED, Level.UNVERIFIED)


@dataclass(frozen=True, slots=True)
class Row:
    """One copy to make: where the volume stands, what of it, and by when."""

    supply: Supply
    copies: Copies
    volumes: str = ""  # that its library says it has, of a serial
    fault: str = ""  # why it came back
    note: str = ""
    late: bool = False

    @property
    def parts(self) -> list[tuple[str, str]]:
        """What is to be copied, a line each; that it is an article, its journal says."""
        return list(materials.lines(self.ill.citation))[1:]

    @property
    def ill(self) -> Request:
        return self.supply.request

    @property
    def is_rush(self) -> bool:
        return self.supply.level == Level.RUSH

    @property
    def level(self) -> str:
        return label(LEVELS, self.supply.level) if self.supply.level else ""


@require_safe
@needs(*LENDING)
def listed(request: SignedIn) -> HttpResponse:
    library = gates.desk(request).library
    chosen = request.GET.get("show", "all")
    chosen = chosen if chosen in FILTERS else "all"
    counts = of_library(library).aggregate(
        **{
            f"n_{name}".replace("-", "_"): Count("pk", filter=q)
            for name, (_l, q) in FILTERS.items()
        }
    )
    number = {name: counts[f"n_{name}".replace("-", "_")] for name in FILTERS}
    rows = in_order(of_library(library).filter(FILTERS[chosen][1]), library)
    page = page_of(request, rows, ROWS, number[chosen])
    return show(
        request,
        "staff/lending/copies.html",
        {
            "choices": [
                Choice(str(words), f"?show={name}", number[name], name == chosen)
                for name, (words, _q) in FILTERS.items()
            ],
            "chosen": chosen,
            "press": _("Send another file") if chosen == "delivered" else _("Send the copy"),
            "page": page,
            "rows": list(as_rows(list(page), library)),
            "scans": waiting_scans.of(library).aggregate(n=Count("pk"), first=Min("expires_at")),
        },
    )


def of_library(library: Library) -> SupplyQuerySet:
    return Supply.objects.open().at(library)


def in_order(supplies: SupplyQuerySet, library: Library) -> SupplyQuerySet:
    """What came back first, then by level, then as somebody walks along the shelves."""
    here = Item.objects.filter(library=library, record=OuterRef("request__record"))
    first = here.exclude(status=ItemStatus.WITHDRAWN).order_by("shelf_key", "pk")
    ranks = [When(level=level, then=Value(place)) for place, level in enumerate(ORDER)]
    return supplies.shown().order_by(
        Case(When(SENT_BACK & WAITING, then=Value(0)), default=Value(1)),
        Case(*ranks, default=Value(len(ORDER)), output_field=IntegerField()),
        Coalesce(Subquery(first.values("location")[:1]), Value("")),
        Coalesce(Subquery(first.values("shelf_key")[:1]), Value("")),
        "due_at",
        "pk",
    )


def as_rows(supplies: list[Supply], library: Library) -> Iterator[Row]:
    """With where each stands and what came back of it: three statements for all."""
    at_hand = copies.of(supplies, library) if supplies else {}
    held = volumes_of(supplies, library)
    why, now = complaints(supplies), timezone.now()
    for each in supplies:
        if each.request.current_id == each.pk:
            each.request.current = each  # read already
        event = why.get(each.pk)
        waits = each.state != SupplyState.SUPPLYING
        yield Row(
            each,
            at_hand.get(each.pk, Copies()),
            held.get(each.request.record_id or 0, ""),
            label(FAULTS, event.facts["fault"]) if event and waits else "",
            event.note if event and waits else "",
            late=each.due_at is not None and each.due_at < now,
        )


def volumes_of(supplies: Iterable[Supply], library: Library) -> dict[int, str]:
    """By record, what the library says of the volumes that it has."""
    records = {each.request.record_id for each in supplies} - {None}
    said = Serial.objects.filter(library=library, contribution__record__in=records)
    found: dict[int, list[str]] = {}
    for record, statements in said.order_by("pk").values_list("contribution__record", "statements"):
        texts = (serial_rows.statement(each).text for each in statements)
        found.setdefault(record, []).extend(text for text in texts if text)
    return {record: "; ".join(dict.fromkeys(each))[:300] for record, each in found.items()}


def complaints(supplies: Iterable[Supply]) -> dict[int, Event]:
    """The last word about each that came back."""
    back = [each.pk for each in supplies if each.shipped_at is not None]
    said = Event.objects.filter(supply__in=back, verb=Verb.REJECT_COPY) if back else []
    return {each.supply_id: each for each in sorted(said, key=lambda one: one.pk) if each.supply_id}


@require_http_methods(["GET", "HEAD", "POST"])
@needs(*LENDING, or_center=True)
def send(request: SignedIn, ref: str, attempt: int) -> HttpResponse:
    """Send it as a file or a link; what was delivered already, again as another file."""
    supply = lent(request.user, ref, attempt)
    again = supply.state == SupplyState.SUPPLYING
    if not supply.request.is_copy:
        raise lending.AskedForLoan(ref=supply.request.ref, title=supply.request.title[:80])
    verb = Verb.DELIVER_AGAIN if again else Verb.DELIVER
    supply.request.refuse_out_of_turn(verb, supply=supply)
    made = SendAgainForm if again else SendCopyForm
    form = made(request.POST, request.FILES) if request.method == "POST" else made()
    if form.is_valid() and form.send(supply, gates.act(request.user)):
        said = _("Sent in its place.") if again else _("Sent. The reader is told how to open it.")
        say(request, said, supply)
        return redirect(*goes_on(request.user, "staff-lending-copies", ref))
    here: dict[str, Any] = {
        "supply": supply,
        "ill": supply.request,
        "again": again,
        "form": form,
        "back": reverse("staff-request", args=[ref]),
        **complaint(supply),
    }
    return show(request, "staff/lending/copy.html", here, 422 if form.is_bound else 200)


def complaint(supply: Supply) -> dict[str, str]:
    """Why what was sent before is no good."""
    event = complaints([supply]).get(supply.pk)
    if event is None or supply.state == SupplyState.SUPPLYING:
        return {}
    return {"fault": label(FAULTS, event.facts["fault"]), "note": event.note}


@require_http_methods(["GET", "HEAD", "POST"])
@needs(*LENDING, or_center=True)
def take_back(request: SignedIn, ref: str, attempt: int) -> HttpResponse:
    """It was another reader's, or another article. Asks first: its reader hears of it."""
    supply = lent(request.user, ref, attempt)
    supply.request.refuse_out_of_turn(Verb.UNDO_DELIVER, supply=supply)
    if request.method == "POST" and request.POST.get("sure") == "yes":
        document_delivery.undo_deliver(supply, gates.act(request.user))
        messages.success(request, _("Taken back: nobody can open it any more. Send the right one."))
        return redirect("staff-request", ref)
    return show(
        request,
        "shared/sure.html",
        {
            "title": _("Take the copy back?"),
            "happens": TAKES_BACK,
            "verb": _("Take the copy back"),
            "back": reverse("staff-request", args=[ref]),
        },
    )
