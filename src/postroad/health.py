"""What machines ask about this one: does it live, can it work, how is it doing."""

import logging
import os
from collections.abc import Callable, Iterator
from datetime import timedelta
from hmac import compare_digest
from urllib.parse import urlsplit

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.models import Count, Max
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

from postroad.catalogue import search
from postroad.errors import Refusal
from postroad.ill.models import Event, Request, Supply
from postroad.worker.models import Turn

log = logging.getLogger(__name__)

SILENCE = timedelta(minutes=3)  # a worker that shows no sign of life for so long is thought dead
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
    parts = {name: check() for name, check in CHECKS.items()}
    ready = all(word == "ok" for word in parts.values())
    if not ready:
        log.warning("not ready: %s", parts)
    return JsonResponse(parts, status=200 if ready else 503)


def database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return "no answer"
    return "ok"


def index() -> str:
    try:
        return "ok" if search.is_ready() else "none yet"
    except Refusal as why:
        return why.code


def worker() -> str:
    try:
        last = last_seen()
    except DatabaseError:
        return "unknown"
    if last is None:
        return "never seen"
    return "ok" if last < SILENCE else "silent"


CHECKS: dict[str, Callable[[], str]] = {"database": database, "index": index, "worker": worker}


def last_seen() -> timedelta | None:
    """How long ago a worker last showed that it lives."""
    ran_at = Turn.objects.aggregate(last=Max("ran_at"))["last"]
    return None if ran_at is None else timezone.now() - ran_at


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
    """What stands in the database, counted when asked, so that every process says the same."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        now = timezone.now()
        due = Event.objects.filter(due_at__lte=now)
        yield gauge("events_due", "Events that wait to be told", due.count())
        given_up = Event.objects.exclude(gave_up_at=None)
        yield gauge("events_given_up", "Events that an operator must see to", given_up.count())
        seen = last_seen()
        if seen is not None:
            seconds = seen.total_seconds()
            yield gauge("worker_silence_seconds", "Since a worker last showed its life", seconds)
        late = Request.objects.filter(due_at__lte=now - SILENCE)
        yield gauge("requests_late", "Requests whose clock rang and nothing came", late.count())
        yield by_state("requests", "Borrowing requests", Request)
        yield by_state("supplies", "Attempts of a lender", Supply)


def gauge(name: str, words: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"postroad_{name}", words, value=value)


def by_state(name: str, words: str, model: type[Request] | type[Supply]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(f"postroad_{name}", words, labels=["state"])
    rows = model.objects.order_by().values_list("state").annotate(Count("pk"))
    for state, number in rows:
        family.add_metric([state], number)
    return family


urlpatterns: list[URLPattern] = [
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("metrics", metrics, name="metrics"),
]
