"""No listener calls a network: in every test, one that tries ends the test.

What a listener wants to say it writes down, and a job sends it. So a server that is slow or away
delays no event. Asked of the interpreter, so that it holds whatever library makes the call.
"""

import sys
from types import FrameType
from typing import Any

from postroad.worker import run

CALLS = frozenset(
    f"socket.{call}" for call in ("connect", "getaddrinfo", "gethostbyname", "sendto", "sendmsg")
)


class Called(BaseException):
    """A listener called. No `except Exception` of the worker may take it for a trouble."""


def guard() -> None:
    """From now on, in this process."""
    sys.addaudithook(refuse)


def refuse(event: str, arguments: tuple[Any, ...]) -> None:
    if event in CALLS and is_telling(sys._getframe(1)):
        raise Called(f"a listener calls {event}{arguments[1:]}: let a job send what it writes")


def is_telling(frame: FrameType | None) -> bool:
    """Whether this was called, however far down, by the worker while it tells an event."""
    while frame is not None:
        if frame.f_code is run.tell.__code__:
            return True
        frame = frame.f_back
    return False
