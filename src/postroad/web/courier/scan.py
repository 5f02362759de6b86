"""Picking up and dropping by scan: /courier/scan/.

What a scan means is decided in `delivery/scans.py`; here it is put into words.
"""

from typing import Any
from uuid import uuid4

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from postroad.accounts.models import Role
from postroad.delivery import offline, rounds, scans
from postroad.delivery.models import CustodyStep, ParcelState, Stop
from postroad.delivery.scans import AtStop, Hand
from postroad.web.courier import bins
from postroad.web.courier.route import SITTINGS, chosen_stop
from postroad.web.shared.gates import SignedIn, needs
from postroad.web.shared.scanning import Line, Scan, ScanPage, Tone, sitting
from postroad.web.shared.van_words import place_of, said


@needs(Role.DRIVER)
def scan(request: SignedIn) -> HttpResponse:
    """Every scan at the stop that was chosen on the route."""
    stop = chosen_stop(request)
    if stop is None:
        return redirect("courier-route")
    now = timezone.now()
    here = AtStop(request.user, stop, hand_in(request, stop), now, now)
    page = ScanPage(
        f"{SITTINGS}{stop.pk}",
        "courier/scan.html",
        scan=lambda scan: answer(here, scan),
        undo=lambda token: undo(here, token),
        how=here.hand,
    )
    return page.answer(request, lambda: {**context(here), "next": next_stop(request, here)})


def next_stop(request: SignedIn, here: AtStop) -> rounds.Call | None:
    """Told with the whole page only: a scan changes nothing at another stop."""
    if request.method == "POST":
        return None
    calls = rounds.calls(here.stop.route, timezone.localdate(here.at))
    return rounds.next_call(calls, here.stop.pk)


def hand_in(request: SignedIn, stop: Stop) -> Hand:
    """As the address says, or as there is something to do."""
    try:
        return Hand(request.GET.get("hand", ""))
    except ValueError:
        return scans.first_hand(stop, timezone.localdate())


def context(here: AtStop) -> dict[str, Any]:
    return {
        "stop": here.stop,
        "hand": here.hand,
        "rest": "courier/_rest.html",
        "to_drop": rounds.to_drop(here.stop, timezone.localdate(here.at)),
        "to_pick_up": rounds.to_pick_up(here.stop),
    }


def answer(here: AtStop, scan: Scan) -> Line:
    """What came of a scan, as the driver reads it."""
    key = offline.own_key(here.user, scan.key)  # as if the phone had kept it and sent it later
    if (of_a_bin := bins.scanned(here, scan, key)) is not None:
        return of_a_bin
    found = scans.scan(here, scan.text, key=key, waited=scan.waited)
    tone, sentence = said(found)
    ref = found.parcel.number if len(found.parcels) == 1 else scan.text[:40]
    return Line(tone, sentence, ref, undo=str(found.line.pk) if found.line else "")


@needs(Role.DRIVER)
def take_all(request: SignedIn) -> HttpResponse:
    """The driver took along all that waits here, without a scan of each. Asks first."""
    stop = chosen_stop(request)
    if stop is None:
        return redirect("courier-route")
    back = f"{reverse('courier-scan')}?hand={Hand.PICK_UP}"
    waiting = rounds.to_pick_up(stop)
    if request.method == "POST" and request.POST.get("sure") == "yes":
        now = timezone.now()
        here = AtStop(request.user, stop, Hand.PICK_UP, now, now)
        shown = request.POST.get("numbers", "").split()
        line = take_along(here, shown)
        sitting(request, f"{SITTINGS}{stop.pk}").add(line)
        return redirect(back)
    if not waiting:
        return redirect(back)
    count = len(waiting)
    return render(
        request,
        "courier/all.html",
        {"stop": stop, "waiting": waiting, "back": back, "count": count},
    )


def take_along(here: AtStop, numbers: list[str]) -> Line:
    """One line for them all; its undo takes all of them back."""
    taken = scans.take_all(here, numbers)
    said = ngettext(
        "Picked up without a scan: %(count)s parcel.",
        "Picked up without a scan: %(count)s parcels.",
        len(taken),
    ) % {"count": len(taken)}
    return Line(
        Tone.OK if taken else Tone.WARN,
        said,
        undo=",".join(str(line.pk) for line in taken),
        key=uuid4().hex,
        at=here.at.isoformat(),
    )


def undo(here: AtStop, token: str) -> str:
    """Undo what one line of the sitting did."""
    if token.startswith(bins.UNDO):
        return bins.undone(here, token)
    lines = token.split(",")
    parcels = scans.undo(here, lines)
    if len(lines) > 1:
        return _("Undone. They are waiting here again.")
    (parcel,) = parcels
    if parcel.state == ParcelState.READY:
        return _("Undone. It is waiting at %(place)s again.") % {"place": place_of(parcel)}
    if parcel.last_step == CustodyStep.PICKED_UP:
        return _("Undone. It is on the van again.")
    return _("Undone. It was last seen at %(place)s.") % {"place": place_of(parcel)}
