"""The scan pages of the lending desk: ship and check in."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from postroad import words
from postroad.accounts.models import LENDING
from postroad.catalogue import holdings
from postroad.catalogue.models import Item, ItemStatus
from postroad.delivery.models import Parcel, ParcelState, Via
from postroad.directory.models import Library
from postroad.errors import Refusal
from postroad.ill import copies, finding
from postroad.ill import undo as undoing
from postroad.ill.access import NoSuchRequest
from postroad.ill.lifecycle import Ending, Verb
from postroad.ill.models import Event, Loan
from postroad.ill.scans import lending as scans
from postroad.web.shared import gates
from postroad.web.shared.gates import SignedIn, needs
from postroad.web.shared.scanning import Line, Scan, ScanPage, Tone, sitting
from postroad.web.shared.turn import no_day
from postroad.web.staff import queues, strays
from postroad.web.staff.counter import frame, works
from postroad.web.staff.lending import doubts

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
        if line := strays.stray(library, request.user, scan):
            return line
        raise


def ship_scan(request: SignedIn, library: Library, scan: Scan) -> Line:
    got = scans.ship(library, scan.text, gates.act(request.user), sure=scan.sure)
    match got:
        case scans.ScanItsItem():
            said = _("That is the request for “%(title)s”. Now scan the barcode of the item.")
            title = {"title": got.supply.request.title[:80]}
            return Line(Tone.WARN, said % title, scan.text)
        case scans.FoundAgain():
            return found_again(got, scan)
        case scans.Recovered():
            return recovered(got)
        case scans.Shipped():
            return shipped(got)
        case _:
            return doubts.of(got, scan)


def shipped(got: scans.Shipped) -> Line:
    """Where it goes; and what had been said of it, if that was not so."""
    parcel = got.loan.parcel_out
    assert parcel is not None  # it was made with it
    tone, said = where_to(parcel)
    first, more = "", doubts.to_follow(got.loan.supply)
    if got.undone:
        ending = words.label(words.ill.ENDINGS, got.undone)
        first = _("The list said that your library %(ending)s; that has been undone.")
        first %= {"ending": ending}
    elif got.was != ItemStatus.IN:
        first = _("The catalog said “%(status)s”, but you have it, so it can go.")
        first %= {"status": got.was.label}
    if first or more:
        tone, said = Tone.WARN, " ".join(filter(None, (said, first, more)))
    if terms := words.ill.terms(got.loan.supply):
        said = _("%(said)s Put on it: %(terms)s.") % {"said": said, "terms": terms}
        tone = Tone.WARN
    return replace(done(tone, said, got.loan, Verb.SHIP, Verb.SHIP_LATE), ref=parcel.number)


def found_again(got: scans.FoundAgain, scan: Scan) -> Line:
    """It belongs on its shelf; and who had waited for it."""
    item, waited = got.item, got.waited
    said = _("Found: “%(title)s” was missing, and is listed as on the shelf again. Shelve it.")
    facts = {"title": item.record.title[:80]}
    if waited is not None:
        said += " " + _("%(library)s waited for it: %(where)s.")
        facts["library"] = waited.library.name
        where = words.label(words.ill.STATES, waited.state)
        facts["where"] = _("that request %(where)s") % {"where": where}
    asks = doubts.all_the_same(scan) if got.ended is not None else None
    return Line(Tone.WARN, said % facts, item.barcode, undo=f"{MISSED}{item.pk}", asks=asks)


def recovered(got: scans.Recovered) -> Line:
    """The one thing that a closed record bears; what is owed for it is a person's to settle."""
    loan = got.loan
    said = _("Found: “%(title)s” was closed as lost for %(library)s. Shelve it: %(shelf)s.")
    if got.charged:
        said += " " + _("A charge stands on its request: waive it or mark it as refunded.")
    facts = {"title": loan.request.title[:80], "library": loan.request.library.name}
    return Line(Tone.WARN, said % {**facts, "shelf": shelf_of(loan)}, loan.request.ref)


def where_to(parcel: Parcel) -> tuple[Tone, str]:
    to = parcel.to_library
    facts = {"library": to.name, "town": to.town, "title": parcel.title[:80]}
    if reason := parcel.forecast.get("stopped"):
        said = _(
            "By mail to %(library)s in %(town)s, since the delivery service has stopped "
            "(%(reason)s): “%(title)s”."
        )
        return Tone.WARN, said % {**facts, "reason": reason}
    if parcel.via == Via.MAIL:
        said = _("By mail to %(library)s in %(town)s, since no van goes there: “%(title)s”.")
        return Tone.WARN, said % facts
    if parcel.expected_on:
        said = _("To %(library)s in %(town)s, there on %(day)s: “%(title)s”.")
        return Tone.OK, said % {**facts, "day": words.day(parcel.expected_on)}
    said = _("To %(library)s in %(town)s: “%(title)s”.") % facts
    return Tone.OK, f"{said} {no_day(parcel)}".strip()


MISSED = "missed-"  # before the key of a copy, in the token of a line that put it right


def undo(request: SignedIn, token: str) -> str:
    """Take back a line of either page, if nothing has happened since."""
    if token.startswith(MISSED):
        return miss_again(request, token.removeprefix(MISSED))
    if token.startswith(strays.ARRIVED):
        return strays.undo(request.user, token)
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
    if event.verb in (Verb.SHIP, Verb.SHIP_LATE):
        said = _("Undone. “%(title)s” is waiting to be shipped again; throw its slip away.")
    elif event.verb in (Verb.CHECK_IN, Verb.CHECK_IN_OPEN):
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
    return token.startswith((MISSED, strays.ARRIVED)) or undoing.stands(token)


def to_ship(request: SignedIn, library: Library, name: str) -> dict[str, Any]:
    """What is still to do, and the slip of the last scan."""
    left = queues.to_pull(library).shown().order_by("due_at", "pk")[:SHOWN]
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
    got = scans.check_in(library, scan.text, gates.act(request.user))
    match got:
        case scans.CheckedIn():
            return home(got)
        case scans.CameBack():
            return came_back(got.loan)
        case scans.HomeAlready():
            return home_already(got.loan)
        case scans.FoundAgain():
            return found_again(got, scan)
        case scans.Recovered():
            return recovered(got)
        case scans.NotOut():
            said = _(
                "“%(title)s” was not out, and %(town)s is waiting for it: scan it on the Ship "
                "page. Nothing was changed."
            )
            town = got.waiting.request.library.town
            facts = {"title": got.item.record.title[:80], "town": town}
            return Line(Tone.WARN, said % facts, scan.text)


def home(got: scans.CheckedIn) -> Line:
    facts = {"title": got.loan.request.title[:80], "shelf": shelf_of(got.loan)}
    if got.owes:
        said = _("Home: “%(title)s”. Shelve it: %(shelf)s. %(library)s is still waiting: %(what)s.")
        supply = got.loan.supply
        refused = supply.ending == Ending.REFUSED
        facts["library"] = got.loan.request.library.name
        facts["what"] = _("the next library is asked") if refused else _("ship it, or say no")
        return done(Tone.WARN, said % facts, got.loan, Verb.CHECK_IN_OPEN)
    said = (
        _("Home, never picked up: “%(title)s”. Shelve it: %(shelf)s.")
        if got.unclaimed
        else _("Home: “%(title)s”. Shelve it: %(shelf)s.")
    )
    return done(Tone.OK, said % facts, got.loan, Verb.CHECK_IN)


def came_back(loan: Loan) -> Line:
    said = _(
        "This never reached %(library)s: “%(title)s”. It is waiting to be shipped again; send it "
        "again or say no."
    )
    facts = {"library": loan.request.library.name, "title": loan.request.title[:80]}
    return done(Tone.WARN, said % facts, loan, Verb.UNDO_SHIP, Verb.COME_BACK)


def home_already(loan: Loan) -> Line:
    day = words.day(timezone.localdate(loan.closed_at)) if loan.closed_at else ""
    said = _("Already checked in, on %(day)s. Nothing more to do: put it on its shelf.")
    return Line(Tone.WARN, said % {"day": day}, loan.request.ref)


def done(tone: Tone, said: str, loan: Loan, *verbs: Verb) -> Line:
    """A line that can be undone: it names the event."""
    event = undoing.newest(loan, *verbs)
    return Line(tone, said, loan.request.ref, undo=str(event.pk) if event else "")


def shelf_of(loan: Loan) -> str:
    item = loan.item
    parts = [item.location, item.call_number] if item else [loan.call_number]
    return ", ".join(part for part in parts if part) or _("no call number")


def coming_home(request: SignedIn, library: Library) -> dict[str, Any]:
    queue = queues.coming_home()
    rows = queues.listed(library, queue)
    return {
        **frame(request),
        "rest": "staff/lending/_coming_home.html",
        "queue": queue,
        "left": rows[:SHOWN],
    }
