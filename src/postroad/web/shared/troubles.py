"""What the machine cannot do just now, and the page that says so without database and session."""

import errno
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus

from django.db import DatabaseError, InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.html import escape, format_html
from django.utils.translation import gettext_lazy as _

log = logging.getLogger(__name__)
UNREAD = "postroad.unread"  # in a visit's environment: the status, where the server read no body
FULL = ("full", "no space left", "disk i/o", "could not extend")
BUSY = ("locked", "lock timeout", "deadlock")


@dataclass(frozen=True, slots=True)
class Trouble:
    """What a visitor is told, and when a machine may ask again."""

    status: HTTPStatus
    title: Promise
    said: Promise
    todo: Promise
    again: int | None = None  # seconds


UNREADABLE = Trouble(
    HTTPStatus.BAD_REQUEST,
    _("We could not read that"),
    _("What your browser sent did not arrive complete, so nothing was changed."),
    _(
        "Go back, reload the page and try again. If it happens again, tell your library which "
        "page it was."
    ),
)
TOO_SLOW = Trouble(
    HTTPStatus.REQUEST_TIMEOUT,
    _("That took too long to arrive"),
    _("What you sent did not arrive in time, so nothing was saved and nothing was changed."),
    _("Your connection may be slow. Go back and try again."),
)
TOO_MUCH = Trouble(
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    _("That was too much at once"),
    _("What you sent is larger than we can take, so nothing was saved and nothing was changed."),
    _("Send a smaller file or a shorter text."),
)
TOO_LONG = Trouble(
    HTTPStatus.REQUEST_URI_TOO_LONG,
    _("That address is too long"),
    _("The address asks for more than this page can show at once."),
    _("Choose fewer filters, or start a new search."),
)
OVERRUN = Trouble(
    HTTPStatus.SERVICE_UNAVAILABLE,
    _("Very busy right now"),
    _("Too many people are asking for pages right now, so we could not answer you."),
    _("Nothing was lost. Wait a moment, then try again."),
    again=10,
)
LOCKED = Trouble(
    HTTPStatus.SERVICE_UNAVAILABLE,
    _("Very busy right now"),
    _("The server was too busy to save this. Nothing was half done and nothing was lost."),
    _("Please try again."),
    again=10,
)
DISK_FULL = Trouble(
    HTTPStatus.SERVICE_UNAVAILABLE,
    _("The disk is full"),
    _("This server's disk is full, so this could not be saved. Nothing was half done."),
    _("Please tell whoever runs it, and try again later."),
    again=300,
)
AWAY = Trouble(
    HTTPStatus.SERVICE_UNAVAILABLE,
    _("Unavailable for a moment"),
    _(
        "The database is not answering right now. Postroad comes back automatically as soon as it "
        "does; what was saved before is safe."
    ),
    _("Try again in a minute. At the desk, put books aside and scan them when the page is back."),
    again=30,
)
UNSURE = Trouble(
    HTTPStatus.SERVICE_UNAVAILABLE,
    _("Please check again"),
    _(
        "This server could not save everything: its disk may be full, or it is very busy. What "
        "you just did may or may not be saved."
    ),
    _(
        "Go back and check before you do it again. If this keeps happening, tell whoever runs the "
        "server."
    ),
    again=30,
)
BROKEN = Trouble(
    HTTPStatus.INTERNAL_SERVER_ERROR,
    _("Something went wrong on our side"),
    _(
        "It is not your fault. Anything half done was undone, so nothing is lost and nothing has "
        "happened twice."
    ),
    _(
        "We have been told. Try again in a few minutes; if you were about to send or receive a "
        "book, note its barcode and scan it later."
    ),
)
ALL = (BROKEN, UNREADABLE, TOO_SLOW, TOO_MUCH, TOO_LONG, OVERRUN, LOCKED, DISK_FULL, AWAY, UNSURE)
AT_THE_DOOR = {
    HTTPStatus.BAD_REQUEST: UNREADABLE,
    HTTPStatus.REQUEST_TIMEOUT: TOO_SLOW,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: TOO_MUCH,
    HTTPStatus.SERVICE_UNAVAILABLE: OVERRUN,
    HTTPStatus.INSUFFICIENT_STORAGE: DISK_FULL,
}


def of(exception: BaseException | None) -> Trouble | None:
    """The trouble of the machine that stands behind an exception, if it is one."""
    return next((found for each in causes(exception) if (found := of_one(each))), None)


def of_one(exception: Exception) -> Trouble | None:
    if not isinstance(exception, (DatabaseError, InterfaceError, OSError)):
        return None
    words = str(exception).lower()
    if getattr(exception, "errno", None) == errno.ENOSPC or any(word in words for word in FULL):
        return DISK_FULL
    if not isinstance(exception, (OperationalError, InterfaceError)):
        return None
    if any(word in words for word in BUSY):
        return LOCKED
    opened = connection.vendor == "sqlite" and "unable to open" not in words
    return None if opened else AWAY


def causes(trouble: BaseException | None) -> Iterator[Exception]:
    """An exception and those in whose place it was raised."""
    while isinstance(trouble, Exception):
        yield trouble
        trouble = trouble.__cause__ or trouble.__context__


def page(request: HttpRequest, trouble: Trouble) -> HttpResponse:
    """For people a page in our frame, for programs the same in JSON."""
    if wants_json(request):
        facts = {"error": trouble.status.name.lower(), "detail": f"{trouble.said} {trouble.todo}"}
        response: HttpResponse = JsonResponse(facts, status=trouble.status)
    else:
        response = HttpResponse(in_the_frame(trouble), status=trouble.status)
    if trouble.again is not None:
        response.headers["Retry-After"] = str(trouble.again)
    response.headers["Cache-Control"] = "no-store"
    return response


def in_the_frame(trouble: Trouble) -> str:
    """Without the request, so that nothing asks who reads; and without the frame, should that be
    what is broken."""
    try:
        return render_to_string("trouble.html", {"trouble": trouble})
    except Exception:
        log.exception("the page of a trouble cannot be made")
        words = format_html(
            "<h1>{}</h1><p>{}</p><p>{}</p>", trouble.title, trouble.said, trouble.todo
        )
        return f"<!doctype html><title>{escape(trouble.title)}</title>{words}"


def wants_json(request: HttpRequest) -> bool:
    return "json" in request.headers.get("Accept", "") and not request.accepts("text/html")
