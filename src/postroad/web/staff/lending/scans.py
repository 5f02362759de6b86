"""The scan pages of the lending desk: ship and check in."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from postroad import barcodes, reference_numbers, words
from postroad.catalogue import holdings
from postroad.catalogue.models import Item, ItemStatus
from postroad.delivery.models import Parcel, ParcelState, Via
from postroad.directory.models import Library
from postroad.errors import Refusal
from postroad.ill import finding, identity, lending, lookup, referral, shipping
from postroad.ill import undo as undoing
from postroad.ill.access import NoSuchRequest
from postroad.ill.lifecycle import Ending, LoanState, OutOfTurn, Owner, Verb
from postroad.ill.models import Event, Loan, Supply
from postroad.web.shared import gates
from postroad.web.shared.gates import SignedIn, needs
from postroad.web.shared.scanning import Asks, Line, Scan, ScanPage, Tone, sitting
from postroad.web.staff import queues
from postroad.web.staff.counter import LENDING, frame, works
from postroad.web.staff.lending import copies
from postroad.web.staff.strays import stray

SHOWN = 12  # rows of what is left; the queue has all


@needs(*LENDING)
def ship(request: SignedIn) -> HttpResponse:
    """Each scan finds who waits for this copy, and says where it goes."""
    library = gates.desk(request).library
    page = ScanPage(
        f"lending-ship-{library.pk}",
        "staff/lending/ship.html",
        scan=lambda scan: answered(ship_scan, request, library, scan),
        undo=lambda token: undo(request, token),
        stands=stands,
    )
    return page.answer(request, lambda: to_ship(request, library, page.name))


Answer = Callable[[SignedIn, Library, Scan], Line]


def answered(answer: Answer, request: SignedIn, library: Library, scan: Scan) -> Line:
    """What the page says; a parcel of other libraries is told as such on every page."""
    try:
        return answer(request, library, scan)
    except finding.Ambiguous:
        raise
    except Refusal:
        if line := stray(library, request.user, scan):
            return line
        raise


def ship_scan(request: SignedIn, library: Library, scan: Scan) -> Line:
    asked = by_request(library, scan.text)
    try:
        supply, item = finding.to_ship(library, scan.text, meant=asked[0] if asked else None)
    except finding.NotWanted as unwanted:
        return not_wanted(request, library, scan, unwanted)
    except Refusal:
        if asked is None:
            raise
        supply, only = asked
        if only is None:
            said = _("That is the request for “%(title)s”. Now scan the barcode of the item.")
            return Line(Tone.WARN, said % {"title": supply.request.title[:80]}, scan.text)
        item = only
    if not scan.sure and (several := shipping.volumes(item)):
        return which_volume(item, supply, several, scan)
    return shipped(request, supply, item)


def which_volume(item: Item, supply: Supply, several: list[str], scan: Scan) -> Line:
    """The request names none, so a person says that this is the one."""
    said = _(
        "This is %(volume)s of “%(title)s”; your library has %(several)s, and the request does not "
        "say which one is wanted. Nothing was changed yet."
    )
    facts = {"volume": item.volume, "title": supply.request.title[:80]}
    listed = ", ".join(several[:8])
    asks = Asks(scan.text, _("Ship this one"))
    return Line(Tone.WARN, said % {**facts, "several": listed}, supply.request.ref, asks=asks)


def shipped(request: SignedIn, supply: Supply, item: Item, first: str = "") -> Line:
    """Send it, and say where it goes; and what the catalogue had said of it, if that was not so."""
    was = ItemStatus(item.status)
    loan = shipping.ship(supply, gates.act(request.user), item=item)
    parcel = loan.parcel_out
    assert parcel is not None  # it was made with it
    tone, said = where_to(parcel)
    if was != ItemStatus.IN:
        known = _("The catalog said “%(status)s”, but you have it, so it can go.")
        first = first or known % {"status": was.label}
    if first:
        tone, said = Tone.WARN, f"{said} {first}"
    return replace(done(tone, said, loan, Verb.SHIP), ref=parcel.number)


def not_wanted(
    request: SignedIn, library: Library, scan: Scan, unwanted: finding.NotWanted
) -> Line:
    """Nobody waits for it now. Who waited before a copy was missed, or the answer came too late?"""
    item = lookup.read(Item.objects.filter(library=library), scan.text)
    assert item is not None  # or it would not be unwanted
    if (ended := finding.turned_up(library, item)) is not None:
        act = gates.act(request.user).as_role(Owner.LENDING)
        supply = referral.resume(ended, act, why="found", taken=False)
        ending = words.label(words.ill.ENDINGS, ended.ending)
        first = _("The list said that your library %(ending)s; that has been undone.") % {
            "ending": ending
        }
        return shipped(request, supply, item, first)
    if item.status != ItemStatus.MISSING:
        raise unwanted
    return found_again(library, item)


def found_again(library: Library, item: Item) -> Line:
    """It was missing, and is not: it belongs on its shelf, and the catalogue says so again."""
    lending.found(item.pk)
    waited = finding.waited_for(library, item)
    said = _("Found: “%(title)s” was missing, and is listed as on the shelf again. Shelve it.")
    facts = {"title": item.record.title[:80]}
    if waited is not None:
        said += " " + _("%(library)s waited for it: %(where)s.")
        facts["library"] = waited.library.name
        where = words.label(words.ill.STATES, waited.state)
        facts["where"] = _("that request %(where)s") % {"where": where}
    return Line(Tone.WARN, said % facts, item.barcode, undo=f"{MISSED}{item.pk}")


def by_request(library: Library, text: str) -> tuple[Supply, Item | None] | None:
    """What is meant by the request's number on the pull list: its one copy, or no telling which.

    So a library whose books bear no barcodes can ship by scan too.
    """
    waiting = queues.supplies(library).select_related("request__library", "lender", "item")
    refs = [reference_numbers.tidy(each) for each in barcodes.readings(text[: lookup.LONGEST])]
    supply = waiting.filter(request__ref__in=refs).first()
    if supply is None:
        return None
    known = copies.of([supply], library).get(supply.pk)
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


MISSED = "missed-"  # before the key of a copy, in the token of a line that put it right


def undo(request: SignedIn, token: str) -> str:
    """Take back a line of either page, if nothing has happened since."""
    if token.startswith(MISSED):
        return miss_again(request, token.removeprefix(MISSED))
    event = (
        Event.objects.select_related("request__library", "request__current__lender")
        .select_related("supply__lender", "supply__item")
        .select_related("loan__item", "loan__parcel_out", "loan__parcel_home")
        .filter(pk=token)
        .first()
    )
    lender = event.supply.lender if event and event.supply else None
    if event is None or not works(request.user, lender, LENDING):
        raise NoSuchRequest(ref="")
    undoing.undo(event, gates.act(request.user))
    facts = {"title": event.request.title}
    if event.verb == Verb.SHIP:
        said = _("Undone. “%(title)s” is waiting to be shipped again; throw its slip away.")
    elif event.verb == Verb.CHECK_IN:
        facts["where"] = words.label(words.ill.STATES, event.request.state)
        said = _("Undone. “%(title)s” %(where)s.")
    else:
        said = _("Undone. “%(title)s” is on its way to the borrower.")
    return said % facts


def miss_again(request: SignedIn, key: str) -> str:
    item = Item.objects.select_related("record", "library").filter(pk=key).first()
    if item is None or not works(request.user, item.library, LENDING):
        raise NoSuchRequest(ref="")
    holdings.mark_missing(item)
    return _("Undone. “%(title)s” is listed as missing.") % {"title": item.record.title}


def stands(token: str) -> bool:
    return token.startswith(MISSED) or undoing.stands(token)


def to_ship(request: SignedIn, library: Library, name: str) -> dict[str, Any]:
    """What is still to do, and the slip of the last scan."""
    left = queues.supplies(library).shown().order_by("due_at", "pk")[:SHOWN]
    at_hand = copies.of(left, library)
    return {
        **frame(request),
        "follows": "staff/lending/_latest.html",
        "rest": "staff/lending/_to_ship.html",
        "left": [(supply, at_hand.get(supply.pk)) for supply in left],
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
        scan=lambda scan: answered(check_in_scan, request, library, scan),
        undo=lambda token: undo(request, token),
        stands=stands,
    )
    return page.answer(request, lambda: coming_home(request, library))


def check_in_scan(request: SignedIn, library: Library, scan: Scan) -> Line:
    try:
        loan = finding.to_lend(library, scan.text, Verb.CHECK_IN)
    except OutOfTurn as no:
        return not_out(request, library, scan, no)
    except identity.OwnItem:
        item = lookup.read(Item.objects.filter(library=library), scan.text)
        if item is None or item.status != ItemStatus.MISSING:
            if item is not None and (wanted := waits_for(library, item)):
                return Line(Tone.WARN, wanted, scan.text)
            raise
        return found_again(library, item)
    unclaimed = loan.lent_at is None
    shipping.check_in(loan, gates.act(request.user))
    facts = {"title": loan.request.title[:80], "shelf": shelf_of(loan)}
    said = (
        _("Home, never picked up: “%(title)s”. Shelve it: %(shelf)s.")
        if unclaimed
        else _("Home: “%(title)s”. Shelve it: %(shelf)s.")
    )
    return done(Tone.OK, said % facts, loan, Verb.CHECK_IN)


def waits_for(library: Library, item: Item) -> str:
    """Who has asked this library for the title in hand; nothing if nobody has."""
    asked = Supply.objects.waiting().at(library).filter(request__record=item.record)
    first = asked.select_related("request__library").order_by("asked_at", "pk").first()
    if first is None:
        return ""
    return _(
        "“%(title)s” was not out, and %(town)s is waiting for it: scan it on the Ship page. "
        "Nothing was changed."
    ) % {"title": item.record.title[:80], "town": first.request.library.town}


def done(tone: Tone, said: str, loan: Loan, *verbs: Verb) -> Line:
    """A line that can be undone: it names the event."""
    event = Event.objects.filter(loan=loan, verb__in=verbs).order_by("pk").last()
    return Line(tone, said, loan.request.ref, undo=str(event.pk) if event else "")


def shelf_of(loan: Loan) -> str:
    item = loan.item
    parts = [item.location, item.call_number] if item else [loan.call_number]
    return ", ".join(part for part in parts if part) or _("no call number")


def not_out(request: SignedIn, library: Library, scan: Scan, no: OutOfTurn) -> Line:
    """What never got to its borrower has come back; what is home already is told as such."""
    ref = str(no.facts["ref"])
    if no.facts["state"] == LoanState.SHIPPED:
        loan = finding.to_lend(library, scan.text, Verb.COME_BACK)
        shipping.back_again(loan, gates.act(request.user))
        said = _(
            "This never reached %(library)s: “%(title)s”. It is waiting to be shipped again; send "
            "it again or say no."
        )
        facts = {"library": loan.request.library.name, "title": loan.request.title[:80]}
        return done(Tone.WARN, said % facts, loan, Verb.UNDO_SHIP, Verb.COME_BACK)
    last = Supply.objects.at(library).filter(request__ref=ref).latest("attempt")
    if last.ending == Ending.SUPPLIED:
        day = words.day(timezone.localdate(last.closed_at)) if last.closed_at else ""
        said = _("Already checked in, on %(day)s. Nothing more to do: put it on its shelf.")
        return Line(Tone.WARN, said % {"day": day}, ref)
    raise no


def coming_home(request: SignedIn, library: Library) -> dict[str, Any]:
    queue = queues.coming_home()
    rows = queues.listed(library, queue)
    return {
        **frame(request),
        "rest": "staff/lending/_coming_home.html",
        "queue": queue,
        "left": rows[:SHOWN],
    }
