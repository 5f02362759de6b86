"""The delivery office: /office/delivery/."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from postroad import words
from postroad.accounts.models import Role
from postroad.delivery import custody, finding, glance, offline, overview, slips, stops
from postroad.delivery.models import (
    OPEN_STATES,
    Claim,
    ClaimState,
    Custody,
    CustodyStep,
    Parcel,
    ParcelState,
    Search,
)
from postroad.delivery.slip_facts import Layout
from postroad.errors import Refusal
from postroad.web.shared import custody_flaws
from postroad.web.shared.gates import SignedIn, needs
from postroad.web.shared.paging import page_of
from postroad.web.shared.pieces import Choice
from postroad.web.shared.turn import no_day

A_PAGE = 50
OPEN = [(value, label) for value, label in ParcelState.choices if value in OPEN_STATES]
STATES = {*ParcelState.values, overview.LATE, overview.PAST_ITS_DAY}
SOON = timedelta(days=31)  # the days without the van that are told beside the day's work


@dataclass(frozen=True, slots=True)
class Part:
    """One figure of a route, and where it lies in the drawing, in percent."""

    state: str
    count: int
    start: str
    length: str


@dataclass(frozen=True, slots=True)
class Bar:
    """A line of a chart. Late parcels are counted but not drawn: they are among the others."""

    of: Any  # a route's code, or an age
    parts: list[Part]

    @property
    def drawn(self) -> list[Part]:
        return [part for part in self.parts if part.state != overview.LATE]


@needs(Role.DELIVERY)
def today(request: SignedIn) -> HttpResponse:
    """What waits, what moves, what needs a person."""
    now = timezone.now()
    day = timezone.localdate(now)
    standings = overview.by_route(now)
    late = overview.rows(now, state=overview.LATE)
    astray = Parcel.objects.astray().select_related("to_library", "last_library")
    ahead = stops.pauses(day)
    return render(
        request,
        "office/delivery/today.html",
        {
            "today": day,
            "now": now,
            "bars": bars([each for each in standings if each.total or each.late]),
            "routes_without": sum(not (each.total or each.late) for each in standings),
            "totals": {
                part: sum(getattr(each, part) for each in standings)
                for part in ("ready", "moving", "dropped", "late")
            },
            "ages": ages(overview.by_age(now)),
            "late": late.order_by("late_at", "pk")[:10],
            "astray": astray.order_by("last_at", "pk")[:10],
            "past_its_day": Parcel.objects.past_its_day(now).count(),
            "phone_scans": offline.waiting(),
            **glanced(glance.today(now)),
            "pauses": [each for each in ahead if each.first_day <= day + SOON][:10],
            "later": sum(each.first_day > day + SOON for each in ahead),
        },
    )


def glanced(day: glance.Today) -> dict[str, Any]:
    """The day of the routes, first what is not as usual, and what else is due today."""
    return {
        "day": day,
        "unusual": [each for each in day.running if each.disturbed],
        "usual": [each for each in day.running if not each.disturbed],
        "searches": Search.objects.at(None).waiting().count(),
        "claims": Claim.objects.filter(state=ClaimState.READY).count(),
    }


def bars(standings: list[overview.Standing]) -> list[Bar]:
    longest = max((each.total for each in standings), default=0) or 1
    states = (*OPEN_STATES, overview.LATE)
    return [Bar(str(each.route or ""), parts(each, longest, states)) for each in standings]


def ages(counted: list[overview.Age]) -> list[Bar]:
    longest = max((each.total for each in counted), default=0) or 1
    return [Bar(each, parts(each, longest, OPEN_STATES)) for each in counted]


def parts(
    counted: overview.Standing | overview.Age, longest: int, states: Iterable[str]
) -> list[Part]:
    drawn, start = [], 0
    for state in states:
        count: int = getattr(counted, state)
        drawn.append(
            Part(state, count, f"{100 * start / longest:.2f}", f"{100 * count / longest:.2f}")
        )
        start += count
    return drawn


@needs(Role.DELIVERY)
def parcel_list(request: SignedIn) -> HttpResponse:
    """The parcels behind a figure, or those that bear a number."""
    asked = request.GET.get("q", "").strip()
    if asked:
        found = finding.matching(asked)
        if len(found) == 1:
            return redirect("office-delivery-parcel", found[0].number)
        page: Any = Paginator(found, A_PAGE).get_page(request.GET.get("page"))
    else:
        page = page_of(request, overview.rows(timezone.now(), **filters(request)), A_PAGE)
    return render(
        request,
        "office/delivery/parcels.html",
        {
            "page": page,
            "asked": asked,
            "now": timezone.now(),
            "today": timezone.localdate(),
            "choices": choices(request),
        },
    )


def filters(request: SignedIn) -> dict[str, Any]:
    """The filter in the address; what it does not know is no filter."""
    state = request.GET.get("state", "")
    days = request.GET.get("days", "")
    return {
        "state": state if state in STATES else "",
        "route": request.GET.get("route", "").replace("\0", "")[:20],
        "days": int(days) if days in {str(bound) for bound in (0, *overview.AGES)} else None,
    }


def choices(request: SignedIn) -> list[Choice]:
    """The filter in words; a route or an age that was chosen stays, until it is taken off."""
    asked = filters(request)
    kept = {name: asked[name] for name in ("route", "days") if asked[name] not in ("", None)}
    unseen = (overview.PAST_ITS_DAY, _("past their date"))
    states = [("", _("all open")), *OPEN, unseen, (overview.LATE, _("late"))]
    route = asked["route"]
    found = [
        Choice(
            label=f"{label}, {route}" if route else str(label),
            address="?" + urlencode({"state": state, **kept}),
            chosen=state == asked["state"],
        )
        for state, label in states
    ]
    if route:
        found.append(without("route", _("all routes"), {"state": asked["state"], **kept}))
    if "days" in kept:
        found.append(without("days", _("last seen any time"), {"state": asked["state"], **kept}))
    return found


def without(name: str, label: str, asked: dict[str, Any]) -> Choice:
    return Choice(label, "?" + urlencode({key: asked[key] for key in asked if key != name}))


@dataclass(frozen=True, slots=True)
class Told:
    """A line of the ledger in words."""

    line: Custody
    sentence: str
    undone: bool
    told_later: bool
    may_undo: bool


@needs(Role.DELIVERY)
def parcel(request: SignedIn, number: str) -> HttpResponse:
    """One parcel and everything that happened to it."""
    found = parcel_of(number)
    if request.method == "POST":
        undo(request, found)
        return redirect("office-delivery-parcel", found.number)
    now = timezone.now()
    chain = custody.chain(found)
    return render(
        request,
        "office/delivery/parcel.html",
        {
            "parcel": found,
            "late": found.is_late(now),
            "no_day": no_day(found),
            "ledger": [told(line) for line in reversed(chain)],  # newest first
            "flaws": custody_flaws.of_parcel(found, now, chain),
            "claims": list(found.claims.order_by("opened_at", "pk")),
            "steps": steps(found),
        },
    )


def parcel_of(number: str) -> Parcel:
    found = finding.find(number)
    if found is None:
        raise Http404
    return found


def undo(request: SignedIn, found: Parcel) -> None:
    """Undo a scan; what a library said of its own desk is undone there."""
    key = request.POST.get("undo", "")
    try:
        with transaction.atomic():
            pk = int(key) if key.isdecimal() and len(key) < 18 else 0
            custody.undo_scan(found, pk, by=request.user, at=timezone.now())
    except Refusal as no:
        messages.warning(request, words.refusal(no))
    else:
        messages.success(request, _("Undone. The line stays in the history, crossed out."))


def told(line: Custody) -> Told:
    return Told(
        line=line,
        sentence=sentence(line),
        undone=line.was_undone,
        told_later=line.was_told_later,
        may_undo=line.may_be_undone,
    )


def sentence(line: Custody) -> str:
    place = f"{line.library.name}, {line.library.town}" if line.library else line.holder
    facts = {"place": place, "holder": line.holder}
    if line.step == CustodyStep.PICKED_UP and not line.library:
        return _("Loaded on %(holder)s") % facts
    if line.step == CustodyStep.UNDONE and line.undoes:
        return _("Undone: %(what)s") % {"what": sentence(line.undoes)}
    return {
        CustodyStep.MADE: _("Made ready at %(place)s"),
        CustodyStep.PICKED_UP: _("Picked up at %(place)s"),
        CustodyStep.SORTED: _("Sorted at %(place)s"),
        CustodyStep.HELD: _("Held at %(place)s"),
        CustodyStep.RELEASED: _("Released at %(place)s"),
        CustodyStep.FOUND: _("Found at %(place)s"),
        CustodyStep.MISROUTED: _("Came to %(place)s by mistake"),
        CustodyStep.DAMAGED: _("Found damaged at %(place)s"),
        CustodyStep.DROPPED: _("Dropped at %(place)s"),
        CustodyStep.RECEIVED: _("Received at %(place)s"),
        CustodyStep.CANCELLED: _("Kept back by %(place)s"),
        CustodyStep.LOST: _("Given up as lost"),
    }[CustodyStep(line.step)] % facts


@dataclass(frozen=True, slots=True)
class Reason:
    """A step of the forecast in words."""

    day: datetime | Any
    sentence: str
    skipped: list[dict[str, Any]]


def overnight(forecast: Iterable[Mapping[str, Any]]) -> str:
    """How many nights were reckoned between the van that takes it and the one that brings it."""
    days = {step["leg"]: parse_date(step["day"]) for step in forecast}
    taken, sorted_on = days.get("from-town", days.get("collected")), days.get("sorted")
    nights = (sorted_on - taken).days if taken and sorted_on else 1
    if nights < 2:
        return _("Sorted overnight")
    return _("%(n)s nights: it goes from hub to hub") % {"n": nights}


def steps(found: Parcel) -> list[Reason]:
    """Why this day: the forecast as it was made."""
    sender, receiver = found.from_library.town, found.to_library.town
    said = {
        "ready": _("Ready at %(sender)s"),
        "collected": _("Next delivery day of %(sender)s"),
        "from-town": _("The van takes it on from the hub town of %(sender)s"),
        "to-town": _("The van brings it to the hub town of %(receiver)s"),
        "sorted": overnight(found.forecast.get("steps", ())),
        "delivered": _("Next delivery day of %(receiver)s"),
    }
    return [
        Reason(
            parse_date(step["day"]),
            said[step["leg"]] % {"sender": sender, "receiver": receiver},
            [{**each, "day": parse_date(each["day"])} for each in step["skipped"]],
        )
        for step in found.forecast.get("steps", [])
    ]


@require_POST
@needs(Role.DELIVERY)
def slip(request: SignedIn, number: str) -> HttpResponse:
    """The slip once more, marked as a copy."""
    found = parcel_of(number)
    try:
        layout = Layout(request.POST.get("layout", Layout.LABEL))
    except ValueError:
        layout = Layout.LABEL
    try:
        with transaction.atomic():
            printed = slips.print_slips([found], layout)
    except Refusal as no:
        messages.warning(request, words.refusal(no))
        return redirect("office-delivery-parcel", found.number)
    return HttpResponse(
        printed,
        content_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="slip-{found.number}.pdf"'},
    )
