"""What a page answers when a rule says no, or when the machine cannot write."""

import errno
import logging
from collections.abc import Callable, Iterator

from django.contrib.sessions.exceptions import SessionInterrupted
from django.contrib.sessions.middleware import SessionMiddleware
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.db import DatabaseError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.deprecation import MiddlewareMixin
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.defaults import bad_request, page_not_found

from postroad.errors import Refusal
from postroad.ill.access import NoSuchRequest
from postroad.ill.lifecycle import OutOfTurn
from postroad.web import words

log = logging.getLogger(__name__)

FULL = ("full", "no space left", "disk i/o", "could not extend")
BUSY = ("locked", "lock timeout", "deadlock")


class InTheReadersWords(MiddlewareMixin):
    """Turns a Refusal into a page that says what happened, and a full disk likewise."""

    get_response: Callable[[HttpRequest], HttpResponse]

    def process_exception(self, request: HttpRequest, trouble: Exception) -> HttpResponse | None:
        if isinstance(trouble, NoSuchRequest):
            return page_not_found(request, Http404())
        if isinstance(trouble, Refusal):
            log.info("%s %s refused: %s", request.method, request.path, trouble)
            already = isinstance(trouble, OutOfTurn) and trouble.already
            heading = _("Done already") if already else ""
            return say(request, words.refusal(trouble), status=409, heading=heading)
        if isinstance(trouble, (DatabaseError, OSError)) and (why := cannot_write(trouble)):
            log.error("%s %s not written: %s", request.method, request.path, trouble)
            return say(request, why, status=503)
        return None


class Sessions(SessionMiddleware):
    """Django's sessions, which blame the reader's browser when the disk is full.

    What was asked for is done by then. A page that tells so goes out, though the next one will not
    remember it; where there is only the way to that next one, the reader is told to look.
    """

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        try:
            return super().process_response(request, response)
        except (DatabaseError, SessionInterrupted) as trouble:
            if not any(map(cannot_write, causes(trouble))):
                raise
            log.error(
                "%s %s: the session is not written: %s", request.method, request.path, trouble
            )
            return response if response.status_code == 200 else say(request, unsure(), status=503)


def unsure() -> str:
    return _(
        "The disk of this server is full. What you did just now may be written down, or not: look "
        "at it once more before you do it again. Please tell whoever runs the server."
    )


def causes(trouble: BaseException | None) -> Iterator[Exception]:
    """An exception and those in whose place it was raised."""
    while isinstance(trouble, Exception):
        yield trouble
        trouble = trouble.__cause__ or trouble.__context__


def cannot_write(trouble: Exception) -> str:
    """The sentence for a machine that cannot take anything down just now, or nothing."""
    said = str(trouble).lower()
    if getattr(trouble, "errno", None) == errno.ENOSPC or any(word in said for word in FULL):
        return _(
            "The disk of this server is full, so this could not be written down. Nothing was half "
            "done. Please tell whoever runs it, and try again later."
        )
    if isinstance(trouble, OperationalError) and any(word in said for word in BUSY):
        return _(
            "The server was too busy to write this down. Nothing was half done. Please try again."
        )
    return ""


def unreadable(request: HttpRequest, exception: Exception) -> HttpResponse:
    """What the browser sent cannot be read; when it is only too much, the page says so."""
    if isinstance(exception, (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)):
        return render(request, "413.html", status=413)
    return bad_request(request, exception)


def say(request: HttpRequest, sentence: str, *, status: int, heading: str = "") -> HttpResponse:
    """The page of a no, with the way back to where the reader came from."""
    facts = {"heading": heading or _("Not now"), "sentence": sentence, "back": way_back(request)}
    return render(request, "shared/refused.html", facts, status=status)


def way_back(request: HttpRequest) -> str:
    """The page before, if it is ours."""
    before = request.headers.get("Referer", "")
    ours = url_has_allowed_host_and_scheme(before, {request.get_host()}, request.is_secure())
    return before if ours else "/"
