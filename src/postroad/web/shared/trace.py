"""Each visit gets a number, a line in the log, and a place in the figures."""

import logging
import re
import secrets
import time
from collections.abc import Callable
from contextvars import ContextVar

from django.http import HttpRequest, HttpResponseBase
from prometheus_client import Histogram

from postroad.web.shared import troubles

log = logging.getLogger("postroad.visits")
current: ContextVar[str] = ContextVar("visit", default="-")
QUIET = frozenset({"/healthz", "/readyz", "/metrics"})
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
SAFE = re.compile(r"[\w.-]{8,64}", re.ASCII)

SECONDS = Histogram(
    "postroad_page_seconds",
    "Time to make a page",
    ["page", "method", "status"],
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)

Answer = Callable[[HttpRequest], HttpResponseBase]


class Visit(logging.Filter):
    """Writes into each line of the log during which visit it was."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.visit = current.get()
        return True


class Refused(logging.Filter):
    """What a visitor sent and Django refused, or the machine cannot do just now, is no fault of the
    code: one line, without frames."""

    def filter(self, record: logging.LogRecord) -> bool:
        request = getattr(record, "request", None)
        if record.name.startswith("django.security.") and request is not None:
            record.msg = f"{method_of(request)} {path_of(request)}: {record.getMessage()}"
            record.args, record.exc_info, record.exc_text = None, None, None
        if record.name == "django.request" and record.exc_info:
            cause = record.exc_info[1]
            if troubles.of(cause) is not None:  # no fault of the code either: a line for each visit
                record.msg = f"{record.getMessage()}: {' '.join(str(cause).split())}"
                record.args, record.exc_info, record.exc_text = None, None, None
        return True


def trace(get_response: Answer) -> Answer:
    """Number the visit; afterwards tell what was asked, what came of it, and how long it took.

    Words that people searched for stay out of the log: the line has the path, not what follows `?`.
    """

    def answer(request: HttpRequest) -> HttpResponseBase:
        number = number_of(request)
        token = current.set(number)
        start = time.perf_counter()
        try:
            response = get_response(request)
            took = time.perf_counter() - start
            response.headers["X-Request-ID"] = number
            tell(request, response.status_code, took)
            return response
        finally:
            current.reset(token)

    return answer


def number_of(request: HttpRequest) -> str:
    """The number that a proxy before us gave this visit, if it can be trusted in a log; or ours."""
    given = request.headers.get("X-Request-ID", "")
    return given if SAFE.fullmatch(given) else secrets.token_hex(6)


def tell(request: HttpRequest, status: int, took: float) -> None:
    match = request.resolver_match
    page = match.view_name or match.route if match else "none"
    SECONDS.labels(page, method_of(request), str(status)).observe(took)
    if request.path in QUIET:
        return
    milliseconds = round(took * 1000)
    log.info("%s %s: %d in %d ms", request.method, path_of(request), status, milliseconds)


def method_of(request: HttpRequest) -> str:
    return request.method if request.method in METHODS else "other"


LETS_IN = frozenset(
    {"letter", "link", "answer_link", "token"}
)  # what opens a page by itself stands in no log


def path_of(request: HttpRequest) -> str:
    match = request.resolver_match
    for name, value in (match.kwargs if match else {}).items():
        if name in LETS_IN:
            return ascii(request.path.replace(str(value), "..."))[1:-1]
    return ascii(request.path)[1:-1]  # no line break of a visitor's making
