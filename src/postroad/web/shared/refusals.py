"""What a page answers when a rule says no, or when the machine cannot write."""

import logging
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from django.contrib.sessions.exceptions import SessionInterrupted
from django.contrib.sessions.middleware import SessionMiddleware
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import Resolver404, resolve
from django.utils.deprecation import MiddlewareMixin
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.defaults import page_not_found

from postroad import words
from postroad.cases.access import NoSuchCase
from postroad.errors import Refusal
from postroad.ill.access import NoSuchRequest
from postroad.ill.lifecycle import OutOfTurn
from postroad.ill.parties import NoSuchQuestion
from postroad.web.shared import troubles

log = logging.getLogger(__name__)

Answer = Callable[[HttpRequest], Any]

LONGEST_PATH, LONGEST_QUERY = 2048, 8192  # characters of an address, before and after its `?`
MOST_IN_QUERY = 100  # names in it; a search narrowed by every filter that it offers has fewer
ANY_GUIDE = "wagtail_serve"  # the last pattern, which takes every address that no page of ours has
FORMS = frozenset({"application/x-www-form-urlencoded", "multipart/form-data"})
UTF_8 = frozenset({"utf-8", "utf8", "us-ascii", "ascii"})  # browsers send what the page is: UTF-8


def at_the_door(get_response: Answer) -> Answer:
    """Refuse what no page of ours ever asks for, before anything is looked up for it."""

    def answer(request: HttpRequest) -> Any:
        if (trouble := not_taken_in(request)) is not None:
            return troubles.page(request, trouble)
        return get_response(request)

    return answer


def not_taken_in(request: HttpRequest) -> troubles.Trouble | None:
    if (status := request.META.get(troubles.UNREAD)) is not None:
        return troubles.AT_THE_DOOR[status]
    query = request.META.get("QUERY_STRING", "")
    if len(request.path_info) > LONGEST_PATH or len(query) > LONGEST_QUERY:
        return troubles.TOO_LONG
    if query.count("&") >= MOST_IN_QUERY:
        return troubles.TOO_LONG
    if "\0" in request.path_info:  # PostgreSQL keeps no such text, so nothing has such a name
        return troubles.UNREADABLE
    charset = (request.content_params or {}).get("charset", "utf-8").lower()
    if request.content_type in FORMS and charset not in UTF_8:
        return troubles.UNREADABLE
    return None


class InTheReadersWords(MiddlewareMixin):
    """Turns a Refusal into a page that says what happened, and a full disk likewise."""

    get_response: Callable[[HttpRequest], HttpResponse]

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """The address of a button, opened as a page (a form loaded anew, the way back after
        signing in), would be a blank window."""
        opened = response.status_code == 405 and request.method in ("GET", "HEAD")
        if not opened or response.streaming or response.content:
            return response
        sentence = _(
            "What was opened is the address of a button, not of a page. Nothing was done and "
            "nothing was lost. Go back to the page and press the button there."
        )
        facts = {"heading": _("Not a page"), "sentence": sentence, "back": page_above(request)}
        page = render(request, "shared/refused.html", facts, status=405)
        page.headers["Allow"] = response.headers["Allow"]
        return page

    def process_exception(self, request: HttpRequest, trouble: Exception) -> HttpResponse | None:
        if isinstance(trouble, (NoSuchRequest, NoSuchCase, NoSuchQuestion)):
            return page_not_found(request, Http404())
        if isinstance(trouble, Refusal):
            log.info("%s %s refused: %s", request.method, request.path, trouble)
            already = isinstance(trouble, OutOfTurn) and trouble.already
            heading = _("Already done") if already else ""
            return say(request, words.refusal(trouble), status=409, heading=heading)
        known = troubles.of(trouble)
        if known is None:
            return None
        log.error("%s %s not done: %s", request.method, request.path, trouble)
        if known is troubles.AWAY:
            return troubles.page(request, known)
        return say_trouble(request, known)


class Sessions(SessionMiddleware):
    """Django's sessions, which blame the reader's browser when the disk is full.

    What was asked for is done by then. A page that tells so goes out, though the next one will not
    remember it; where there is only the way to that next one, the reader is told to look.
    """

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        try:
            return super().process_response(request, response)
        except (DatabaseError, SessionInterrupted) as trouble:
            known = troubles.of(trouble)
            if known is None:
                raise
            log.error(
                "%s %s: the session is not written: %s", request.method, request.path, trouble
            )
            if response.status_code == 200:
                return response
            return troubles.page(request, troubles.UNSURE)


def unreadable(request: HttpRequest, exception: Exception) -> HttpResponse:
    """What the browser sent cannot be read; when it is only too much, the page says so."""
    too_much = isinstance(exception, (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent))
    return troubles.page(request, troubles.TOO_MUCH if too_much else troubles.UNREADABLE)


def broken(request: HttpRequest) -> HttpResponse:
    """Something went wrong where no page can tell it: this one stands on nothing of ours."""
    known = troubles.of(sys.exc_info()[1])
    return troubles.page(request, troubles.BROKEN if known is None else known)


def say(request: HttpRequest, sentence: str, *, status: int, heading: str = "") -> HttpResponse:
    """The page of a no, with the way back to where the reader came from."""
    facts = {"heading": heading or _("Not now"), "sentence": sentence, "back": way_back(request)}
    return render(request, "shared/refused.html", facts, status=status)


def say_trouble(request: HttpRequest, trouble: troubles.Trouble) -> HttpResponse:
    """The page of a trouble during which pages can still be made."""
    response = say(request, f"{trouble.said} {trouble.todo}", status=trouble.status)
    response.headers["Retry-After"] = str(trouble.again)
    return response


def way_back(request: HttpRequest) -> str:
    """The page before, if it is ours."""
    before = request.headers.get("Referer", "")
    ours = url_has_allowed_host_and_scheme(before, {request.get_host()}, request.is_secure())
    return before if ours else "/"


def page_above(request: HttpRequest) -> str:
    """The nearest address above this one at which there is something."""
    parts = request.path_info.strip("/").split("/")
    for length in range(len(parts) - 1, 0, -1):
        address = "/" + "/".join(parts[:length]) + "/"
        with suppress(Resolver404):
            if resolve(address).url_name != ANY_GUIDE:
                return address
    return "/"
