"""Scans of the van: by files, a thousand lines at a time, and one by one from the desk of a hub.

Each parcel is picked up, sorted at the hub into a bin, and dropped; the files come in another
order than things happened. Afterwards each parcel is looked at: one that is not where the last
scan left it ends the bench without a figure.
"""

import os
import random
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from datetime import datetime, timedelta
from http import HTTPStatus
from http.client import HTTPConnection
from urllib.parse import urlencode

from django.conf import settings
from django.test import Client
from django.utils import timezone
from django.utils.crypto import get_random_string

from postroad.accounts.models import Post, Role, User
from postroad.bench import consortium, visitors
from postroad.bench.figures import Figure, conditions, percentile
from postroad.delivery import codes, scan_files
from postroad.delivery.models import (
    Courier,
    Custody,
    CustodyStep,
    How,
    Hub,
    Parcel,
    ParcelState,
    Route,
    ScanFile,
    Stop,
)
from postroad.directory.models import Library
from postroad.worker import serving

NAME = "scans"
PARCELS, LIBRARIES, ONE_BY_ONE, WARM_UP = 10_000, 200, 1000, 100
SCANNERS = 2
HUB_DESK = "/office/delivery/hub/?hub=BENCHHUB&do=found"
SEED = 14


class WrongStory(Exception):
    """A parcel is not where its scans left it, so there is no figure."""


def main() -> None:
    serving.gather_static_files()
    for figure in measure(int(os.environ.get("POSTROAD_BENCH_RECORDS") or PARCELS)):
        print(figure.line(), flush=True)  # noqa: T201


def measure(parcels: int = PARCELS, one_by_one: int = ONE_BY_ONE) -> Iterator[Figure]:
    now = timezone.now()
    dice = random.Random(SEED)  # noqa: S311  # the same each time
    libraries = network(min(LIBRARIES, parcels), now)
    listed = furnish(parcels, libraries, now - timedelta(days=2), dice)
    yield from of_files(listed, now, dice)
    if one_by_one:
        yield from over_http(listed[:one_by_one])


def network(count: int, now: datetime) -> list[Library]:
    libraries = consortium.libraries(count, timezone.localdate(now))
    Stop.objects.all().delete()
    courier = Courier.objects.create(code="BENCH", name="Bench", state="MA")
    Hub.objects.create(code="BENCHHUB", name="Bench", courier=courier)
    routes = Route.objects.bulk_create(
        Route(code=f"B{number}", name=f"Bench {number}") for number in range(20)
    )
    Stop.objects.bulk_create(
        Stop(library=each, route=routes[place % 20], place=place)
        for place, each in enumerate(libraries)
    )
    return libraries


def furnish(
    count: int, libraries: list[Library], at: datetime, dice: random.Random
) -> list[Parcel]:
    """So many parcels, made ready; with the first line of each ledger."""
    ends = [dice.sample(libraries, 2) for _ in range(count)]
    parcels = Parcel.objects.bulk_create(
        (
            Parcel(
                number=codes.new_number(),
                from_library=start,
                to_library=end,
                made_at=at,
                last_at=at,
                last_library=start,
                late_days=14,
                late_at=at + timedelta(days=14),
                due_at=at + timedelta(days=14),
            )
            for start, end in ends
        ),
        batch_size=500,
    )
    Custody.objects.bulk_create(
        (
            Custody(
                parcel=each,
                key=f"{each.pk}:made",
                step=CustodyStep.MADE,
                at=at,
                noted_at=at,
                how=How.DECLARED,
                library=each.from_library,
            )
            for each in parcels
        ),
        batch_size=500,
    )
    return parcels


def of_files(parcels: list[Parcel], now: datetime, dice: random.Random) -> Iterator[Figure]:
    """Three scans of each, in files of which the last comes first."""
    scans: list[str] = []
    for hours, step in ((2, "dropped"), (9, "sorted"), (20, "picked-up")):
        at = (now - timedelta(hours=hours)).isoformat(timespec="seconds")
        part = [
            f"{at},{place_of(each, step)},{step},{each.number}"
            for each in dice.sample(parcels, len(parcels))
        ]
        content = "\n".join(["time,place,step,number", *part]).encode()
        scan_files.keep(f"{step}.csv", content, by=None, at=now)
        scans += part
    began, cpu = time.perf_counter(), time.process_time()
    while scan_files.work_off(now):
        pass
    took, cpu = time.perf_counter() - began, time.process_time() - cpu
    told = ScanFile.objects.filter(taken=len(parcels), refused=0, state=ScanFile.State.DONE)
    if told.count() != 3 or Parcel.objects.exclude(state=ParcelState.DROPPED).exists():
        raise WrongStory
    known = conditions()
    yield Figure(NAME, "scans from files", len(scans) / took, "/s", len(scans), known)
    yield Figure(NAME, "processor time of ours", 1000 * cpu / len(scans), "ms/scan", len(scans))


def place_of(parcel: Parcel, step: str) -> str:
    ends = {"picked-up": parcel.from_library.code, "dropped": parcel.to_library.code}
    return ends.get(step, "BENCHHUB")


def over_http(parcels: list[Parcel]) -> Iterator[Figure]:
    """Each scan a visit of its own with the answer that a scanner waits for: two scanners, a page
    process each, at one hub."""
    numbers, headers = [each.number for each in parcels], signed_in()
    warm, counted = numbers[:WARM_UP], numbers[WARM_UP:]
    with ExitStack() as stack:
        house = os.environ, str(settings.HOME)
        ports = [stack.enter_context(visitors.serving(*house)) for _ in range(SCANNERS)]
        shared_out(ports, headers, warm)
        began = time.perf_counter()
        waits = shared_out(ports, headers, counted)
        took = time.perf_counter() - began
    if Custody.objects.filter(step=CustodyStep.FOUND).count() != len(parcels):
        raise WrongStory("not each scan is in the ledger")
    known = {**conditions(), "scanners": SCANNERS}
    yield Figure(NAME, "scans one by one", len(counted) / took, "/s", len(counted), known)
    for percent in (50, 95, 99):
        value = percentile(waits, percent) * 1000
        yield Figure(NAME, f"answer to a scan p{percent}", value, "ms", len(counted), known)


def signed_in() -> dict[str, str]:
    """What a browser sends along in which somebody at a hub's desk has signed in."""
    user = User.objects.create(username="bench-delivery")
    Post.objects.create(user=user, role=Role.DELIVERY)
    client = Client()
    client.force_login(user)
    cookie, token = settings.SESSION_COOKIE_NAME, get_random_string(32)
    return {
        "Cookie": f"{cookie}={client.cookies[cookie].value}; {settings.CSRF_COOKIE_NAME}={token}",
        "X-CSRFToken": token,
        "HX-Request": "true",
        "Content-Type": "application/x-www-form-urlencoded",
    }


def shared_out(ports: list[int], headers: dict[str, str], numbers: list[str]) -> list[float]:
    """A scanner at each port scans its part of these, one after the other; the seconds of each."""
    parts = [numbers[place :: len(ports)] for place in range(len(ports))]
    with ThreadPoolExecutor(len(ports)) as scanners:
        waits = scanners.map(scan_each, ports, [headers] * len(ports), parts)
        return [wait for each in waits for wait in each]


def scan_each(port: int, headers: dict[str, str], numbers: list[str]) -> list[float]:
    connection, waits = HTTPConnection("127.0.0.1", port, timeout=30), []
    with closing(connection):
        for number in numbers:
            given = urlencode({"scan": number, "key": f"bench-{number}"})
            start = time.perf_counter()
            connection.request("POST", HUB_DESK, given, headers)
            answer = connection.getresponse()
            answer.read()
            waits.append(time.perf_counter() - start)
            if answer.status != HTTPStatus.OK:
                raise WrongStory(f"{HUB_DESK} answered {answer.status}")
    return waits
