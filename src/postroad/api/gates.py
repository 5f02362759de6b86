"""The gate of the doors for programs: a key in each question, and so many questions a minute."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.conf import settings
from django.core.cache import caches
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from postroad import spreadsheet
from postroad.accounts import keys
from postroad.accounts.models import ProgramKey
from postroad.api import problems
from postroad.errors import Refusal

P = ParamSpec("P")
BEARER = "bearer "  # however it is written (RFC 9110)
MOST = 6000  # questions of one key in a minute, in each page process


class KeyMissing(Refusal):
    """No key was shown that is in force."""

    code = "program-key-missing"


class NotForThis(Refusal):
    """The key is in force, for something else."""

    code = "program-key-not-for-this"


class TooOften(Refusal):
    """A program that asks without end would keep all others waiting."""

    code = "program-asks-too-often"


def needs_key(
    may: ProgramKey.May,
) -> Callable[
    [Callable[Concatenate[HttpRequest, ProgramKey, P], HttpResponse]],
    Callable[Concatenate[HttpRequest, P], HttpResponse],
]:
    """Let in what shows a key for this. A session counts for nothing here, and so no form of
    another site can use one: these doors need no token against that."""

    def gate(
        door: Callable[Concatenate[HttpRequest, ProgramKey, P], HttpResponse],
    ) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
        @csrf_exempt
        @never_cache
        @wraps(door)
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            try:
                return door(request, admitted(request, may), *args, **kwargs)
            except KeyMissing as no:
                answer = problems.answer(no, 401)
                answer.headers["WWW-Authenticate"] = "Bearer"
                return answer
            except NotForThis as no:
                return problems.answer(no, 403)
            except TooOften as no:
                answer = problems.answer(no, 429)
                answer.headers["Retry-After"] = "60"
                return answer
            except RequestDataTooBig:
                most = (settings.DATA_UPLOAD_MAX_MEMORY_SIZE or 0) / 1_000_000
                return problems.answer(spreadsheet.TooLarge(megabytes=round(most, 1)), 413)
            except Refusal as no:
                return problems.answer(no, 422)

        return guarded

    return gate


def admitted(request: HttpRequest, may: ProgramKey.May) -> ProgramKey:
    said = request.headers.get("Authorization", "")
    is_shown = said[: len(BEARER)].lower() == BEARER
    key = keys.of(said[len(BEARER) :].strip()) if is_shown else None
    if key is None:
        raise KeyMissing
    if key.may != may:
        raise NotForThis
    count(key)
    return key


def count(key: ProgramKey) -> None:
    minute = int(timezone.now().timestamp()) // 60
    name, kept = f"asked:{key.pk}:{minute}", caches["process"]
    asked = kept.get(name, 0)
    if asked >= MOST:
        raise TooOften(most=MOST)
    kept.set(name, asked + 1, 60)
