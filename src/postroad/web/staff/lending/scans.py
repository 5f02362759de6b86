"""The scan pages of the lending desk: ship and check in."""

from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from postroad import numbers
from postroad.catalogue.models import Item, ItemStatus
from postroad.delivery.models import Parcel, ParcelState, Via
from postroad.directory.models import Library
from postroad.ill import finding, lending
from postroad.ill import undo as taking_back
from postroad.ill.access import NoSuchRequest
from postroad.ill.lifecycle import Ending, OutOfTurn, SupplyState
from postroad.ill.models import Event, Supply
from postroad.web import words
from postroad.web.shared import gates
from postroad.web.shared.gates import SignedIn, needs
from postroad.web.shared.scanning import Line, Scan, ScanPage, Tone, sitting
from postroad.web.staff import queues
from postroad.web.staff.counter import LENDING, frame, works
from postroad.web.staff.lending import copies, verbs

SHOWN = 12  # rows of what is left; the queue has all


@needs(*LENDING)
def ship(request: SignedIn) -> HttpResponse:
    """Each scan finds who waits for this copy, and says where it goes."""
    library = gates.desk(request).library
    page = ScanPage(
        f"lending-ship-{library.pk}",
        "staff/lending/ship.html",
        scan=lambda scan: ship_scan(request, library, scan),
        undo=lambda token: undo(request, token),
    )
    return page.answer(request, lambda: to_ship(request, library, page.name))


def ship_scan(request: SignedIn, library: Library, scan: Scan) -> Line:
    try:
        supply, item = finding.to_ship(library, scan.text)
    except finding.UnknownNumber:
        if (asked := by_request(library, scan.text)) is None:
            raise
        supply, only = asked
        if only is None:
            said = _("That is the request for “%(title)s”. Now scan the barcode of the item.")
            return Line(Tone.WARN, said % {"title": supply.request.title[:80]}, scan.text)
        item = only
    parcel = lending.ship(supply, item=item, by=request.user)
    event = Event.objects.filter(supply=supply, verb="ship").latest("pk")
    tone, said = where_to(parcel)
    return Line(tone, said, parcel.number, undo=str(event.pk))


def by_request(library: Library, text: str) -> tuple[Supply, Item | None] | None:
    """What is meant by the request's number on the pull list: its one copy, or no telling which.

    So a library whose books bear no barcodes can ship by scan too.
    """
    waiting = queues.supplies(library).waiting().select_related("request__library", "lender")
    supply = waiting.filter(request__ref=numbers.tidy(text)[: numbers.LENGTH + 1]).first()
    if supply is None:
        return None
    known = copies.of([supply], library).get(supply.request.record_id or 0)
    on_shelf = [item for item in known.items if item.status == ItemStatus.IN] if known else []
    return supply, on_shelf[0] if len(on_shelf) == 1 else None


def where_to(parcel: Parcel) -> tuple[Tone, str]:
    to = parcel.to_library
    facts = {"library": to.name, "town": to.town, "title": parcel.title[:80]}
    if parcel.via == Via.MAIL:
        said = _("By mail to %(library)s in %(town)s, since no van goes there: “%(title)s”.")
        return Tone.WARN, said % facts
    if parcel.expected_on:
        said = _("To %(library)s in %(town)s, there on %(day)s: “%(title)s”.")
        return Tone.OK, said % {**facts, "day": words.day(parcel.expected_on)}
    return Tone.OK, _("To %(library)s in %(town)s: “%(title)s”.") % facts


def undo(request: SignedIn, token: str) -> str:
    """Take back a shipment that has not left yet."""
    event = (
        Event.objects.select_related("request__library", "supply__lender", "supply__item")
        .select_related("supply__parcel_out")
        .filter(pk=token)
        .first()
    )
    lender = event.supply.lender if event and event.supply else None
    if event is None or not works(request.user, lender, LENDING):
        raise NoSuchRequest(ref="")
    taking_back.undo(event, by=request.user)
    return _("Taken back. “%(title)s” waits to be shipped again; throw its slip away.") % {
        "title": event.request.title
    }


def to_ship(request: SignedIn, library: Library, name: str) -> dict[str, Any]:
    """What is still to do, and the slip of the last scan."""
    left = queues.supplies(library).waiting().shown().order_by("due_at", "pk")[:SHOWN]
    at_hand = copies.of(left, library)
    return {
        **frame(request),
        "follows": "staff/lending/_latest.html",
        "rest": "staff/lending/_to_ship.html",
        "left": [(supply, at_hand.get(supply.request.record_id or 0)) for supply in left],
        "latest": latest_parcel(request, library, name),
        "unprinted": Parcel.objects.filter(
            from_library=library, state=ParcelState.READY, printings=0
        ).count(),
    }


def latest_parcel(request: SignedIn, library: Library, name: str) -> Parcel | None:
    lines = sitting(request, name).lines
    shown = [line.ref for line in lines[:1] if line.stands]
    return (
        Parcel.objects.select_related("to_library")
        .filter(number__in=shown, from_library=library, state=ParcelState.READY)
        .first()
    )


@needs(*LENDING)
def check_in(request: SignedIn) -> HttpResponse:
    """Each scan brings a copy back to its shelf."""
    library = gates.desk(request).library
    page = ScanPage(
        f"lending-check-in-{library.pk}",
        "staff/lending/check-in.html",
        scan=lambda scan: check_in_scan(request, library, scan),
        undo=lambda token: undo(request, token),
    )
    return page.answer(request, lambda: coming_home(request, library))


def check_in_scan(request: SignedIn, library: Library, scan: Scan) -> Line:
    try:
        supply = finding.to_lend(library, scan.text, "check_in")
    except OutOfTurn as no:
        return not_out(request, library, scan, no)
    unclaimed = supply.request.lent_at is None
    lending.check_in(supply, by=request.user)
    facts = {"title": supply.request.title[:80], "shelf": shelf_of(supply)}
    said = (
        _("Home, not fetched by anybody: “%(title)s”. Shelve it: %(shelf)s.")
        if unclaimed
        else _("Home: “%(title)s”. Shelve it: %(shelf)s.")
    )
    return Line(Tone.OK, said % facts, supply.request.ref)


def shelf_of(supply: Supply) -> str:
    item = supply.item
    parts = [item.location, item.call_number] if item else [supply.call_number]
    return ", ".join(part for part in parts if part) or _("no call number")


def not_out(request: SignedIn, library: Library, scan: Scan, no: OutOfTurn) -> Line:
    """What never got to its borrower has come back; what is home already is told as such."""
    ref = str(no.facts["ref"])
    if no.facts["state"] == SupplyState.SHIPPED:
        supply = finding.to_lend(library, scan.text, "come_back")
        verbs.returned(supply, request)
        said = _(
            "This never reached %(library)s: “%(title)s”. It waits to be shipped again; send it "
            "once more or say no."
        )
        facts = {"library": supply.request.library.name, "title": supply.request.title[:80]}
        return Line(Tone.WARN, said % facts, ref)
    last = Supply.objects.at(library).filter(request__ref=ref).latest("attempt")
    if last.ending == Ending.SUPPLIED:
        day = words.day(timezone.localdate(last.closed_at)) if last.closed_at else ""
        said = _("Checked in before, on %(day)s. Nothing more to do: put it on its shelf.")
        return Line(Tone.WARN, said % {"day": day}, ref)
    raise no


def coming_home(request: SignedIn, library: Library) -> dict[str, Any]:
    queue = queues.coming_home()
    rows = queues.supplies(library).filter(queue.which).shown().order_by(*queue.order)
    return {
        **frame(request),
        "rest": "staff/lending/_coming_home.html",
        "queue": queue,
        "left": rows[:SHOWN],
    }
