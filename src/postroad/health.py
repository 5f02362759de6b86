"""What machines ask about this one: does it live, can it work, how is it doing."""

import logging
import os
from collections.abc import Iterator, Mapping
from datetime import datetime
from hmac import compare_digest
from urllib.parse import urlsplit

from django.conf import settings
from django.db import Error, connection
from django.db.models import Count
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.request import split_domain_port
from django.urls import URLPattern, path
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from postroad import telling
from postroad.catalogue import search
from postroad.catalogue.models import Unindexed
from postroad.errors import Refusal
from postroad.ill.models import Request, Supply
from postroad.notices.models import Notice
from postroad.worker import pulse
from postroad.worker.models import Turn
from postroad.worker.timetable import TIMETABLE

log = logging.getLogger(__name__)

LOOPBACK = frozenset({"127.0.0.1", "::1"})
OURSELVES = frozenset({"127.0.0.1", "localhost", "::1", "[::1]"})
BY_A_PROXY = ("X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP", "Forwarded")


@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return JsonResponse({"process": "ok"})


@never_cache
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """What a visit needs is there; 503 and a word for each thing that is not."""
    lanes = lanes_of_the_worker()
    parts = {"database": database(), "index": index(), "worker": worker(lanes)}
    ready = all(word == "ok" for word in parts.values())
    said = parts | ({"lanes": lanes} if lanes else {})
    if not ready:
        log.warning("not ready: %s", said)
    return JsonResponse(said, status=200 if ready else 503)


def database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        return "no answer"
    return "ok"


def index() -> str:
    """Whether it belongs to this database only the database can say."""
    try:
        return search.state()
    except Refusal as why:
        return why.code
    except Error:
        return "unknown"


def lanes_of_the_worker() -> dict[str, str]:
    """A word for each lane; none if the database does not say."""
    try:
        return {str(lane): str(seen) for lane, seen in pulse.of_lanes(timezone.now()).items()}
    except Error:
        return {}


def worker(lanes: Mapping[str, str]) -> str:
    """All of them in one word: a lane that is silent is worth as much as all."""
    if not lanes:
        return "unknown"
    for word in ("silent", "never seen"):
        if word in lanes.values():
            return word
    return "ok"


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """The figures in Prometheus' text, for who has the operator's token; where there is none, for
    this machine."""
    if not may_read_metrics(request):
        return HttpResponse("Ask with the operator's token.\n", "text/plain", status=403)
    registry = CollectorRegistry()
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    else:
        registry.register(REGISTRY)
    registry.register(Work())
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def may_read_metrics(request: HttpRequest) -> bool:
    token = settings.METRICS_TOKEN
    given = request.headers.get("Authorization", "")
    if token and compare_digest(given.encode(), f"Bearer {token}".encode()):
        return True
    return not token and is_of_this_machine(request)


def is_of_this_machine(request: HttpRequest) -> bool:
    """Directly from here, in a house that is nowhere else known: nginx as it comes passes visits on
    without a word of whose they are, so behind a public address only the token counts."""
    called = (split_domain_port(request.get_host())[0], urlsplit(settings.SITE_URL).hostname)
    return (
        request.META.get("REMOTE_ADDR") in LOOPBACK
        and all(name in OURSELVES for name in called)
        and not any(name in request.headers for name in BY_A_PROXY)
    )


class Work(Collector):
    """What stands in the database, counted when asked, so that every process says the same. While
    it is away one figure says so, and what the process counts by itself is told as ever."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        try:
            counted = list(self.counted())
        except Error as why:
            log.warning("no figures of the database: %s", why)
            counted = []
        yield gauge("database_up", "Whether the database answered", 1 if counted else 0)
        yield from counted

    def counted(self) -> Iterator[GaugeMetricFamily]:
        now = timezone.now()
        due = telling.of_all(lambda room: room.objects.filter(due_at__lte=now).values_list("pk"))
        yield gauge("events_due", "Events that wait to be told", due.count())
        given_up = telling.of_all(lambda room: room.objects.given_up().values_list("pk"))
        yield gauge("events_given_up", "Events that an operator must see to", given_up.count())
        yield from of_jobs(now)
        late = Request.objects.filter(due_at__lte=now - pulse.SILENCE)
        yield gauge("requests_late", "Requests whose clock rang and nothing came", late.count())
        yield by_state("requests", "Open borrowing requests", Request)
        yield by_state("supplies", "Open attempts of a lender", Supply)
        letters = Notice.objects.unmailed().count()
        yield gauge("mail_waiting", "Letters that have yet to leave", letters)
        yield index_behind(now)


def index_behind(now: datetime) -> GaugeMetricFamily:
    """For how long the oldest change waits that the search index has yet to follow."""
    behind = family("index_behind_seconds", "Since the index is behind, by what changed", ["by"])
    for by, loaded in (("people", False), ("files", True)):
        since = Unindexed.objects.waiting_since(loaded=loaded)
        behind.add_metric([by], (now - since).total_seconds() if since else 0)
    return behind


def of_jobs(now: datetime) -> Iterator[GaugeMetricFamily]:
    """How long ago each job ran; a time that lies ahead is below nothing."""
    age = family("job_age_seconds", "Since a job of the worker last ended", ["job", "lane"])
    failures = family("job_failures", "Failures of a job, in a row", ["job", "lane"])
    lane_of = {job.name: job.lane for job in TIMETABLE}
    ages = []
    for turn in Turn.objects.filter(name__in=lane_of, ran_at__isnull=False):
        seconds = (now - turn.ran_at).total_seconds() if turn.ran_at else 0
        ages.append(seconds)
        age.add_metric([turn.name, lane_of[turn.name]], seconds)
        failures.add_metric([turn.name, lane_of[turn.name]], turn.failures)
    if ages:
        last = min(ages, key=abs)
        yield gauge("worker_silence_seconds", "Since a worker last showed its life", last)
    yield age
    yield failures


def family(name: str, words: str, labels: list[str]) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"postroad_{name}", words, labels=labels)


def gauge(name: str, words: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"postroad_{name}", words, value=value)


def by_state(name: str, words: str, model: type[Request] | type[Supply]) -> GaugeMetricFamily:
    """What is open has a clock, and an index of its own: nothing that ended is counted."""
    states = family(name, words, ["state"])
    ticking = model.objects.filter(due_at__isnull=False)
    rows = ticking.order_by().values_list("state").annotate(Count("pk"))
    for state, number in rows:
        states.add_metric([state], number)
    return states


urlpatterns: list[URLPattern] = [
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("metrics", metrics, name="metrics"),
]
