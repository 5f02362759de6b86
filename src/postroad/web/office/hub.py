"""The hub's desk: /office/delivery/hub/. One field, one answer to each scan, each can be undone."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from postroad.accounts.models import Role
from postroad.delivery import all_at_hub, containers
from postroad.delivery import hub as desk
from postroad.delivery.codes import grouped
from postroad.delivery.hub import Answer, AtHub, Hand, Meaning
from postroad.delivery.models import Container, Hub, Parcel, Route
from postroad.web.office import hub_all
from postroad.web.shared.bin_words import moved_with, of
from postroad.web.shared.gates import SignedIn, needs
from postroad.web.shared.pieces import Choice
from postroad.web.shared.scanning import Line, Scan, ScanPage, Tone

INTO = "hub-into"  # the container that was scanned last, in the session

HANDS: Mapping[Hand, Promise] = {
    Hand.SORT: gettext_lazy("Sort into a bin"),
    Hand.ARRIVE: gettext_lazy("Came in"),
    Hand.HOLD: gettext_lazy("Hold"),
    Hand.RELEASE: gettext_lazy("Release"),
    Hand.FOUND: gettext_lazy("Found"),
    Hand.MISROUTED: gettext_lazy("Misrouted"),
    Hand.DAMAGED: gettext_lazy("Damaged"),
    Hand.CLOSE: gettext_lazy("Close a bin"),
    Hand.LOAD: gettext_lazy("Load on a route"),
    Hand.EMPTY: gettext_lazy("Empty a bin"),
}
LABELS: Mapping[Hand, Promise] = {
    Hand.SORT: gettext_lazy("Scan a bin, then what goes into it"),
    Hand.ARRIVE: gettext_lazy("Scan the bins and parcels that came in"),
    Hand.HOLD: gettext_lazy("Scan what stays at the hub"),
    Hand.RELEASE: gettext_lazy("Scan what goes on"),
    Hand.FOUND: gettext_lazy("Scan what was found"),
    Hand.MISROUTED: gettext_lazy("Scan what came here by mistake"),
    Hand.DAMAGED: gettext_lazy("Scan what is damaged"),
    Hand.CLOSE: gettext_lazy("Scan the bin that is full"),
    Hand.LOAD: gettext_lazy("Scan the bins and parcels that are loaded"),
    Hand.EMPTY: gettext_lazy("Scan the bin that was emptied"),
}
OF_PARCELS: Mapping[Hand, Promise] = {
    Hand.SORT: gettext_lazy("At the hub, in no bin. It goes to %(receiver)s."),
    Hand.ARRIVE: gettext_lazy("Came in. It goes to %(receiver)s."),
    Hand.HOLD: gettext_lazy("Held at the hub. It goes to %(receiver)s when it is released."),
    Hand.RELEASE: gettext_lazy("Released. It goes to %(receiver)s."),
    Hand.FOUND: gettext_lazy("Found. It goes to %(receiver)s: sort it into its bin."),
    Hand.MISROUTED: gettext_lazy("Recorded as misrouted. It goes to %(receiver)s."),
    Hand.DAMAGED: gettext_lazy("Recorded as damaged. It still goes to %(receiver)s."),
    Hand.LOAD: gettext_lazy("Loaded on %(route)s. It goes to %(receiver)s."),
}
INTO_A_BIN = gettext_lazy("Into %(kind)s %(number)s. It goes to %(receiver)s.")
OF_CONTAINERS: Mapping[Hand, Promise] = {
    Hand.SORT: gettext_lazy("%(kind)s %(number)s is in %(into)s now."),
    Hand.ARRIVE: gettext_lazy("%(kind)s %(number)s came in."),
    Hand.CLOSE: gettext_lazy("%(kind)s %(number)s is closed."),
    Hand.LOAD: gettext_lazy("%(kind)s %(number)s is loaded on %(route)s."),
    Hand.EMPTY: gettext_lazy("%(kind)s %(number)s is empty."),
}
OTHERWISE: Mapping[Meaning, tuple[Tone, Promise]] = {
    Meaning.UNKNOWN: (
        Tone.NO,
        gettext_lazy("No parcel, bin or bag has this number. Set it aside for the office."),
    ),
    Meaning.SEVERAL: (
        Tone.NO,
        gettext_lazy("Several parcels have this number. Scan the barcode on the slip."),
    ),
    Meaning.OVER: (
        Tone.WARN,
        gettext_lazy(
            "This parcel is closed: received, kept back or given up. It is recorded that you have "
            "it. Set it aside for the office."
        ),
    ),
    Meaning.NOT_FOR_CONTAINERS: (
        Tone.NO,
        gettext_lazy("This is a bin or bag. Scan the parcels in it one by one."),
    ),
    Meaning.NOT_FOR_PARCELS: (
        Tone.NO,
        gettext_lazy("This is a parcel. Scan the number of a bin or bag."),
    ),
    Meaning.ROUTE_MISSING: (Tone.NO, gettext_lazy("Choose the route first, then scan.")),
    Meaning.AGAIN: (Tone.WARN, gettext_lazy("This was recorded before. Nothing was changed.")),
}


@needs(Role.DELIVERY)
def page(request: SignedIn) -> HttpResponse:
    """Every scan at the hub that was chosen."""
    hubs = list(Hub.objects.all())
    hub = next((each for each in hubs if each.code == request.GET.get("hub")), None)
    if hub is None:
        if len(hubs) == 1:
            return redirect(f"{reverse('office-delivery-hub')}?{urlencode({'hub': hubs[0].code})}")
        return render(request, "office/delivery/hubs.html", {"hubs": hubs})
    if request.method == "POST" and "done" in request.POST:
        request.session.pop(INTO, None)
        return redirect(request.get_full_path())
    here = standing(request, hub)
    if request.method == "POST" and "all" in request.POST:
        hub_all.press(request, here, f"hub-{hub.pk}")
        return redirect(request.get_full_path())
    sheet = ScanPage(
        f"hub-{hub.pk}",
        "office/delivery/hub.html",
        scan=lambda scan: answer(request, here, scan),
        undo=lambda token: undone(request, token),
        how=f"{here.hand} {here.into or ''}".strip(),
    )
    return sheet.answer(request, lambda: context(request, hub))


def standing(request: SignedIn, hub: Hub) -> AtHub:
    """What is done, with which bin and route, as the address and the session say."""
    try:
        hand = Hand(request.GET.get("do", ""))
    except ValueError:
        hand = Hand.SORT
    into = route = None
    if hand is Hand.SORT and (chosen := request.session.get(INTO)):
        into = Container.objects.select_related("inside").filter(pk=chosen).first()
    if hand is Hand.LOAD or into is not None:
        asked = request.GET.get("route", "").replace("\0", "")[:20]
        route = Route.objects.filter(code=asked).first() if asked else None
    return AtHub(request.user, hub, hand, timezone.now(), into, route)


def context(request: SignedIn, hub: Hub) -> dict[str, Any]:
    here = standing(request, hub)
    hands = [
        Choice(str(said), "?" + urlencode({"hub": hub.code, "do": hand}), chosen=hand is here.hand)
        for hand, said in HANDS.items()
    ]
    return {
        "hub": hub,
        "hands": hands,
        "hand": here.hand,
        "label": LABELS[here.hand],
        "into": here.into,
        "chosen_route": here.route,
        "routes": all_at_hub.by_route(hub) if here.hand is Hand.LOAD or here.into else (),
        "rest": "office/delivery/_hub_rest.html",
        "inside": containers.contents(here.into) if here.into else (),
        **hub_all.waiting(here),
    }


def answer(request: SignedIn, here: AtHub, scan: Scan) -> Line:
    """What came of a scan, as the hub's staff read it."""
    found = desk.scan(here, scan.text, key=scan.key)
    if found.meaning is Meaning.CHOSEN and found.container:
        request.session[INTO] = found.container.pk
        said = _("Into %(kind)s %(number)s now: scan what goes into it.")
        return Line(Tone.OK, said % of(found.container), found.container.number)
    number = found.parcel or found.container
    ref = number.number if number else scan.text[:40]
    tone, sentence = said_of(here, found)
    return Line(tone, sentence, ref, undo=found.undo)


def said_of(here: AtHub, found: Answer) -> tuple[Tone, str]:
    if found.meaning in OTHERWISE:
        tone, otherwise = OTHERWISE[found.meaning]
        return tone, str(otherwise)
    route = here.route.code if here.route else ""
    if found.parcel:
        to = found.parcel.to_library
        facts = {"receiver": f"{to.name}, {to.town}", "route": route}
        if found.into:
            return Tone.OK, str(INTO_A_BIN) % {**facts, **of(found.into)}
        warns = here.hand in (Hand.MISROUTED, Hand.DAMAGED)
        return Tone.WARN if warns else Tone.OK, str(OF_PARCELS[here.hand]) % facts
    assert found.container is not None  # it is about one or the other
    into = grouped(found.into.number) if found.into else ""
    said = str(OF_CONTAINERS[here.hand]) % {**of(found.container), "route": route, "into": into}
    return Tone.OK, " ".join([said[0].upper() + said[1:], *moved_with(found.carried)])


def undone(request: SignedIn, token: str) -> str:
    if token.startswith(hub_all.UNDO):
        return hub_all.undone(request, token, timezone.now())
    thing = desk.undo(token, by=request.user, at=timezone.now())
    if isinstance(thing, Parcel):
        return _("Undone. The parcel is %(state)s.") % {"state": thing.get_state_display()}
    said = _("Undone, with all that was moved with it. The %(kind)s is %(state)s.")
    return said % {**of(thing), "state": thing.get_state_display()}
