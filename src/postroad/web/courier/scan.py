"""Picking up and dropping by scan: /courier/scan/.

The driver says where the van stands and whether he drops or picks up. Where the parcel itself
leaves no doubt (it waits here, or it comes here), the parcel decides.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from postroad import words
from postroad.accounts.models import Role, User
from postroad.delivery import custody, finding, parcels, rounds
from postroad.delivery.custody import Doubt, Noted
from postroad.delivery.models import Custody, CustodyStep, How, Parcel, ParcelState, Stop
from postroad.directory.models import Library
from postroad.web.courier.route import SITTINGS, chosen_stop, next_call
from postroad.web.shared.gates import SignedIn, needs
from postroad.web.shared.scanning import Line, Scan, ScanPage, Tone, sitting

OVER = (Doubt.CANCELLED, Doubt.ARRIVED)  # a desk was quicker than this scan, by a moment


DROPPED_HERE = gettext_lazy("Already dropped here (%(time)s). Leave it here.")
ON_THE_VAN = gettext_lazy("Already on the van: picked up %(time)s at %(place)s.")


class Hand(StrEnum):
    """What the driver is doing."""

    DROP = "drop"
    PICK_UP = "pick-up"


@dataclass(frozen=True, slots=True)
class AtStop:
    """Somebody with a scanner, at a stop, at a moment."""

    user: User
    stop: Stop
    hand: Hand
    at: datetime  # of the scan
    noted_at: datetime  # when we heard of it

    def before(self, waited: timedelta) -> "AtStop":
        """The moment of a scan that waited for the network."""
        return replace(self, at=self.at - waited)

    def heard_late(self, parcel: Parcel) -> bool:
        """Whether something was heard of the parcel that happened after this scan."""
        return self.at < self.noted_at and self.at < parcel.last_at

    @property
    def library(self) -> Library:
        return self.stop.library


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
        undo=lambda token: take_back(here, token),
        how=here.hand,
    )
    return page.answer(request, lambda: {**context(here), "next": next_stop(request, here)})


def next_stop(request: SignedIn, here: AtStop) -> rounds.Call | None:
    """Told with the whole page only: a scan changes nothing at another stop."""
    if request.method == "POST":
        return None
    calls = rounds.calls(here.stop.route, timezone.localdate(here.at))
    return next_call(calls, here.stop.pk)


def hand_in(request: SignedIn, stop: Stop) -> Hand:
    """As the address says; without a word, what there is to drop is dropped first."""
    try:
        return Hand(request.GET.get("hand", ""))
    except ValueError:
        anything = rounds.to_drop(stop, timezone.localdate())
        return Hand.DROP if anything else Hand.PICK_UP


def context(here: AtStop) -> dict[str, Any]:
    return {
        "stop": here.stop,
        "hand": here.hand,
        "rest": "courier/_rest.html",
        "to_drop": rounds.to_drop(here.stop, timezone.localdate(here.at)),
        "to_pick_up": rounds.to_pick_up(here.stop),
    }


def answer(here: AtStop, scan: Scan) -> Line:
    """Find the parcel, decide what the scan means, write it down, say what came of it."""
    found = finding.matching(scan.text)
    open_ones = [parcel for parcel in found if parcel.is_open]
    if len(open_ones) > 1:
        return several(open_ones, scan)
    if not found:
        return no(
            _(
                "This is not a parcel number. Scan the slip again, or set the item aside for the "
                "office."
            ),
            scan.text[:40],
        )
    here = here.before(scan.waited)
    parcel = (open_ones or found)[0]
    if here.heard_late(parcel):
        return write_down(here, parcel, scan)
    if not open_ones:
        return closed(parcel)
    return nothing_to_do(here, parcel) or write_down(here, parcel, scan)


def write_down(here: AtStop, parcel: Parcel, scan: Scan) -> Line:
    """Into the ledger, at the moment of the scan, whatever was heard of the parcel since."""
    facts: dict[str, Any] = {
        "by": here.user,
        "at": here.at,
        "noted_at": here.noted_at,
        "key": scan.key[:64],
        "library": here.library,
        "holder": here.stop.route.code,
    }
    if picks_up(here, parcel):
        return said_of_pick_up(parcels.pick_up(parcel, **facts))
    return said_of_drop(parcels.drop(parcel, **facts))


def several(parcels: list[Parcel], scan: Scan) -> Line:
    """Nothing moves by a guess: each is named, so that the driver sees which slips to look for."""
    way = _("“%(title)s” from %(sender)s to %(receiver)s")
    named_each = [
        way
        % {
            "title": parcel.title[:40],
            "sender": parcel.from_library.town,
            "receiver": parcel.to_library.town,
        }
        for parcel in parcels[:4]
    ]
    said = _("Several parcels have this number: %(parcels)s. Scan the barcode on the slip.")
    return no(said % {"parcels": "; ".join(named_each)}, scan.text[:40])


def picks_up(here: AtStop, parcel: Parcel) -> bool:
    """What waits here is picked up, what comes here is dropped; of the rest the hand decides."""
    leaves = parcel.state == ParcelState.READY or here.heard_late(parcel)
    if leaves and parcel.from_library_id == here.library.pk:
        return True
    if parcel.to_library_id == here.library.pk:
        return False
    return here.hand is Hand.PICK_UP


def nothing_to_do(here: AtStop, parcel: Parcel) -> Line | None:
    """The line for a parcel that is already where this scan would bring it."""
    facts = {"time": time_of(parcel), "place": place_of(parcel)}
    lies_here = parcel.last_library_id == here.library.pk
    if parcel.last_step == CustodyStep.DROPPED and lies_here and not picks_up(here, parcel):
        return look(DROPPED_HERE % facts, parcel)
    if parcel.last_step == CustodyStep.PICKED_UP and picks_up(here, parcel):
        return look(ON_THE_VAN % facts, parcel)
    return None


def said_of_pick_up(noted: Noted) -> Line:
    if noted.doubt in OVER:
        return closed(noted.parcel)
    if noted.again and noted.doubt == Doubt.ALREADY:  # another scanner was quicker by a moment
        facts = {"time": time_of(noted.parcel), "place": place_of(noted.parcel)}
        return look(ON_THE_VAN % facts, noted.parcel)
    if noted.doubt == Doubt.ELSEWHERE:
        sender = named(noted.parcel.from_library)
        sentence = _("Picked up, although it was expected at %(sender)s. It goes to %(receiver)s.")
        facts = {"sender": sender, "receiver": named(noted.parcel.to_library)}
        return line(Tone.WARN, sentence % facts, noted)
    sentence = _("Picked up. It goes to %(receiver)s.")
    return line(Tone.OK, sentence % {"receiver": named(noted.parcel.to_library)}, noted)


def said_of_drop(noted: Noted) -> Line:
    if noted.doubt in OVER:
        return closed(noted.parcel)
    if noted.again and noted.doubt == Doubt.ALREADY:
        return look(DROPPED_HERE % {"time": time_of(noted.parcel)}, noted.parcel)
    if noted.doubt == Doubt.MISDROPPED:
        sentence = _(
            "This goes to %(receiver)s, not here. It is recorded as left here: undo, and keep it "
            "on the van."
        )
        return line(Tone.WARN, sentence % {"receiver": named(noted.parcel.to_library)}, noted)
    sentence = _("Dropped. It comes from %(sender)s.")
    return line(Tone.OK, sentence % {"sender": named(noted.parcel.from_library)}, noted)


def closed(parcel: Parcel) -> Line:
    facts = {"time": time_of(parcel), "place": place_of(parcel)}
    if parcel.state == ParcelState.CANCELLED:
        said = _("%(place)s kept this parcel back (%(time)s). Leave it at the desk there.")
    else:
        said = _("%(place)s received this parcel (%(time)s). Leave it at a desk, not on the van.")
    return no(said % facts, parcel.number)


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
        line = take_along(here, [parcel for parcel in waiting if parcel.number in shown])
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


@transaction.atomic
def take_along(here: AtStop, waiting: list[Parcel]) -> Line:
    """One line for them all; its undo takes all of them back."""
    noted = [
        parcels.pick_up(
            parcel,
            by=here.user,
            at=here.at,
            library=here.library,
            holder=here.stop.route.code,
            how=How.DECLARED,
        )
        for parcel in waiting
    ]
    taken = [each for each in noted if not each.again and each.doubt not in OVER]
    said = ngettext(
        "Picked up without a scan: %(count)s parcel.",
        "Picked up without a scan: %(count)s parcels.",
        len(taken),
    ) % {"count": len(taken)}
    return Line(
        Tone.OK if taken else Tone.WARN,
        said,
        undo=",".join(str(each.line.pk) for each in taken),
        key=uuid4().hex,
        at=here.at.isoformat(),
    )


def take_back(here: AtStop, token: str) -> str:
    """Undo one line of the sitting; the ledger keeps both."""
    lines = token.split(",")
    if len(lines) > 1:
        for line in Custody.objects.filter(pk__in=lines).select_related("parcel"):
            custody.undo(line, by=here.user, at=here.at)
        return _("Undone. They are waiting here again.")
    noted = Custody.objects.select_related("parcel__to_library").get(pk=token)
    parcel = custody.undo(noted, by=here.user, at=here.at).parcel
    parcel.refresh_from_db()
    if parcel.state == ParcelState.READY:
        return _("Undone. It is waiting at %(place)s again.") % {"place": place_of(parcel)}
    if parcel.last_step == CustodyStep.PICKED_UP:
        return _("Undone. It is on the van again.")
    return _("Undone. It was last seen at %(place)s.") % {"place": place_of(parcel)}


def line(tone: Tone, sentence: str, noted: Noted) -> Line:
    undo = "" if noted.again else str(noted.line.pk)
    return Line(tone, sentence, noted.parcel.number, undo=undo)


def look(sentence: str, parcel: Parcel) -> Line:
    return Line(Tone.WARN, sentence, parcel.number)


def no(sentence: str, ref: str) -> Line:
    return Line(Tone.NO, sentence, ref)


def named(library: Library) -> str:
    return f"{library.name}, {library.town}"


def place_of(parcel: Parcel) -> str:
    return named(parcel.last_library) if parcel.last_library else ""


def time_of(parcel: Parcel) -> str:
    """ "2:05 p.m." of today, "Monday 30 November, 2:05 p.m." of another day."""
    at = timezone.localtime(parcel.last_at)
    time = date_format(at, "TIME_FORMAT")
    return time if at.date() == timezone.localdate() else f"{words.day(at.date())}, {time}"
