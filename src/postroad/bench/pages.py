"""The main pages of the demo, through the WSGI application: time on the server, weight on the wire.

The weight is all that a first visit fetches, compressed: the page, its stylesheets and scripts.
"""

import gzip
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from io import BytesIO, StringIO
from typing import Any
from wsgiref.types import WSGIApplication
from wsgiref.util import setup_testing_defaults

from django.conf import settings
from django.contrib.auth import login
from django.contrib.sessions.backends.db import SessionStore
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest
from django.urls import reverse

from postroad.accounts.models import Role, User
from postroad.bench.figures import Figure, Times, conditions
from postroad.ill.lifecycle import OPEN_SUPPLY
from postroad.ill.models import Request, Supply
from postroad.worker import serving

NAME = "pages"
VISITS, WARM_UP = 30, 3
PARTS = re.compile(r'<(?:link|script|img)\b[^>]*?(?:href|src)="(/static/[^"]+)"')


class NotShown(Exception):
    """A page answered with something else than 200, so there is no figure."""


@dataclass(frozen=True, slots=True)
class Page:
    name: str
    address: str
    role: Role | None = None


def main() -> None:
    call_command("demo", stdout=StringIO())
    serving.gather_static_files()
    for figure in measure():
        print(figure.line(), flush=True)  # noqa: T201


def measure(visits: int = VISITS) -> Iterator[Figure]:
    application = get_wsgi_application()  # only now, when the static files are gathered
    yield from timed(NAME, application, pages(), visits)


def timed(
    bench: str, application: WSGIApplication, visited: Iterable[Page], visits: int
) -> Iterator[Figure]:
    """How long each page takes, and what it weighs with all that it fetches."""
    known = conditions()
    for page in visited:
        cookie = sign_in(page.role)
        body = visit(application, page.address, cookie)
        weight = len(body) + sum(
            len(visit(application, part, cookie)) for part in parts(unpacked(body))
        )
        times = Times()
        for _ in range(WARM_UP):
            visit(application, page.address, cookie)
        for _ in range(visits):
            times.take(lambda: visit(application, page.address, cookie))  # noqa: B023
        yield from times.figures(bench, page.name, known)
        yield Figure(bench, f"{page.name} weight", weight / 1000, "kB gz", 1, known)


def pages() -> list[Page]:
    """Ten that people have open most of the day, each as the one whose page it is."""
    hers = Request.objects.filter(patron__username=Role.PATRON, current__isnull=False)
    mine = hers.order_by("-asked_at", "-pk")[0]
    lent = Supply.objects.filter(state__in=OPEN_SUPPLY, request__current__isnull=False)
    at_home = Request.objects.filter(library=home(), current__in=lent).order_by("-asked_at", "-pk")[
        0
    ]
    return [
        Page("search with facets", reverse("search") + "?q=history&format=book"),
        Page("record", reverse("record", args=[mine.record_id])),
        Page("patron's requests", reverse("patron-requests"), Role.PATRON),
        Page("patron's request", reverse("patron-request", args=[mine.ref]), Role.PATRON),
        Page("borrowing queue", reverse("staff-borrowing"), Role.BORROWING),
        Page("lending queue", reverse("staff-lending"), Role.LENDING),
        Page("staff's request", reverse("staff-request", args=[at_home.ref]), Role.BORROWING),
        Page("centre's queue", reverse("office-centre"), Role.CENTRE),
        Page("driver's route", reverse("courier-route"), Role.DRIVER),
        Page("delivery office", reverse("office-delivery"), Role.DELIVERY),
    ]


def home() -> int:
    """The library where the demo's borrowing clerk works."""
    return int(User.objects.get(username=Role.BORROWING).posts.values_list("library", flat=True)[0])


def sign_in(role: Role | None) -> str:
    """The cookie of a session of the demo's account for this role; empty for a passer-by."""
    if role is None:
        return ""
    request = HttpRequest()
    request.session = SessionStore()
    login(request, User.objects.get(username=role), settings.AUTHENTICATION_BACKENDS[0])
    request.session.save()
    return f"{settings.SESSION_COOKIE_NAME}={request.session.session_key}"


def visit(application: WSGIApplication, address: str, cookie: str) -> bytes:
    """The body as it travels: compressed."""
    path, _, query = address.partition("?")
    environ: dict[str, Any] = {
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "HTTP_HOST": "127.0.0.1",
        "HTTP_COOKIE": cookie,
        "HTTP_ACCEPT_ENCODING": "gzip",
        "wsgi.input": BytesIO(),
    }
    setup_testing_defaults(environ)
    said: list[str] = []

    def start(status: str, *_rest: object) -> Callable[[bytes], object]:
        said.append(status)
        return said_at_once.append

    said_at_once: list[bytes] = []
    answer = application(environ, start)
    try:
        body = b"".join([*said_at_once, *answer])
    finally:
        getattr(answer, "close", lambda: None)()
    if not said[0].startswith("200"):
        raise NotShown(f"{address}: {said[0]}")
    return body


def unpacked(body: bytes) -> bytes:
    """A short page travels as it is."""
    return gzip.decompress(body) if body.startswith(b"\x1f\x8b") else body


def parts(html: bytes) -> set[str]:
    """The files of ours that a page fetches besides itself."""
    return set(PARTS.findall(html.decode()))
