"""The round on the phone: /courier/round/, its data, and the scans that a phone sends later.

The page itself is the same for everybody and holds nothing of anybody, so that the phone may keep
it; what it shows is filled in by the phone (static/round.js) from what the two doors of data told.
"""

import json
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from postroad import web, words
from postroad.accounts.models import Role, User
from postroad.delivery import offline, rounds
from postroad.delivery.models import Parcel
from postroad.delivery.offline import KeptScan, Pieces, Taken
from postroad.delivery.scans import Hand
from postroad.web.courier import bins
from postroad.web.courier.route import SITTINGS, chosen_route, chosen_stop
from postroad.web.shared.gates import SignedIn, needs
from postroad.web.shared.scanning import Line, plain, sitting
from postroad.web.shared.van_words import said_of_taken

LONGEST_KEY = 40
MILLISECONDS = 1 << 53  # no clock of a browser counts further


@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """The page without anything in it: nothing of whoever asks for it."""
    return render(request, "courier/round.html", {"signposts": ()})


@cache
def script() -> str:
    return (Path(web.__file__).parent / "static" / "round-worker.js").read_text()


@require_GET
def worker(request: HttpRequest) -> HttpResponse:
    """From here, and not from /static/, since a worker serves what lies beneath its own address."""
    answer = HttpResponse(script(), content_type="text/javascript; charset=utf-8")
    answer.headers["Cache-Control"] = "no-cache"
    return answer


@require_GET
@needs(Role.DRIVER)
def facts(request: SignedIn) -> HttpResponse:
    """What the phone keeps: whose it is, the stops of the round, the numbers of their parcels."""
    route, today = chosen_route(request), timezone.localdate()
    calls = rounds.calls(route, today) if route else []
    pieces = offline.pieces(calls, today)
    stop = chosen_stop(request)
    return JsonResponse(
        {
            "driver": {"id": request.user.pk, "name": str(request.user)},
            "token": get_token(request),
            "route": route.code if route else "",
            "day": words.day(today),
            "now": int(timezone.now().timestamp() * 1000),
            "here": stop.pk if stop else None,
            "stops": [told(call, pieces.get(call.stop.library_id, Pieces())) for call in calls],
        },
        headers={"Cache-Control": "private, no-store"},
    )


def told(call: rounds.Call, pieces: Pieces) -> dict[str, Any]:
    library = call.stop.library
    return {
        "id": call.stop.pk,
        "library": library.name,
        "town": library.town,
        "called": call.called,
        "drop": [piece(each, each.from_library.town) for each in pieces.drop],
        "pick_up": [piece(each, each.to_library.town) for each in pieces.pick_up],
    }


def piece(parcel: Parcel, town: str) -> dict[str, str]:
    """What is inside is no matter of the van's: the numbers on it, and its other end."""
    return {"number": parcel.number, "item": parcel.item_barcode, "town": town}


@require_POST
@needs(Role.DRIVER)
def take(request: SignedIn) -> HttpResponse:
    """Scans that a phone kept. Those of another driver are never taken under this one's name."""
    sent = read(request)
    if sent is None:
        return JsonResponse({"error": "unreadable"}, status=400)
    driver, kept = sent
    now = timezone.now()
    if driver == request.user.pk:
        taken = offline.take(request.user, kept, now)
        list_them(request, kept, taken, now)
    elif request.headers.get("X-Handed-In") and (other := User.objects.filter(pk=driver).first()):
        taken = offline.hand_in(request.user, other, kept, now)
    else:
        return JsonResponse({"error": "another-driver"}, status=409)
    return JsonResponse({"answers": [answered(each) for each in taken]})


def list_them(request: SignedIn, kept: list[KeptScan], taken: list[Taken], now: datetime) -> None:
    """On the list of their stops, so that each can be undone there as any other scan."""
    for scan, result in zip(kept, taken, strict=True):
        if result.answer is None and result.bin is None:
            continue  # the office has it, or it is no scan: on the list there is nothing to undo
        here = sitting(request, f"{SITTINGS}{scan.stop}")
        if here.known(scan.key):
            continue
        tone, sentence = said_of_taken(result)
        at = now - max(scan.waited or timedelta(), timedelta())
        undo = token_of(result)
        here.add(Line(tone, sentence, scan.text[:40], undo, scan.key, at.isoformat()))


def token_of(result: Taken) -> str:
    """What the undo of its line is told."""
    if result.bin is not None:
        return bins.token(result.bin)
    return str(result.answer.line.pk) if result.answer and result.answer.line else ""


def read(request: HttpRequest) -> tuple[int, list[KeptScan]] | None:
    """Whose scans they are, and the scans; None if it is no message of ours."""
    try:
        sent = json.loads(request.body)
        driver, listed, clock = sent["driver"], sent["scans"], sent["sent"]
        fits = isinstance(driver, int) and isinstance(listed, list) and 0 < driver < MILLISECONDS
        if not fits or len(listed) > offline.MOST_AT_ONCE:
            return None
        return driver, [read_one(each, clock) for each in listed]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None


def read_one(each: dict[str, Any], clock: object) -> KeptScan:
    key, stop = plain(str(each["key"]))[:LONGEST_KEY], each.get("stop")
    if not key:
        raise ValueError("without a key it could be taken twice")
    return KeptScan(
        key=key,
        text=plain(str(each.get("text", "")))[: offline.LONGEST + 1],
        hand=Hand.PICK_UP if each.get("hand") == Hand.PICK_UP else Hand.DROP,
        stop=stop if isinstance(stop, int) and 0 < stop < MILLISECONDS else None,
        declared=each.get("what") == "taken-along",
        done=each.get("what") == "done",
        waited=between(each.get("at"), clock),
    )


def between(at: object, clock: object) -> timedelta | None:
    """From the scan to the sending, both by the phone's clock."""
    if not (isinstance(at, int) and isinstance(clock, int)):
        return None
    if not (0 < at < MILLISECONDS and 0 < clock < MILLISECONDS):
        return None
    return timedelta(milliseconds=clock - at)


def answered(taken: Taken) -> dict[str, str]:
    tone, sentence = said_of_taken(taken)
    return {"key": taken.key, "tone": str(tone), "sentence": sentence}
