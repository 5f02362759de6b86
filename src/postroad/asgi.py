"""What our own server mounts, in each of its page processes."""

import atexit
import logging
import multiprocessing
import os
import signal
import socket
import stat
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from multiprocessing.process import BaseProcess

from postroad.worker.front import Front
from postroad.wsgi import application as pages

UNTAKEN = 30  # seconds in which a visitor takes nothing of what we send; then he is let go
ALONE = 2  # seconds that visits have to end when the server is gone; its port is wanted again


def as_page_process(server: BaseProcess) -> None:
    """Stop when the server says so, and only then; in any case when it is gone.

    Out of the terminal's reach, since Granian does not end a process that is told twice at the same
    moment, by Ctrl-C and by its server.
    """
    os.setpgid(0, 0)
    threading.Thread(target=end_after, args=(server,), daemon=True).start()
    if sys.platform == "linux":
        threading.Thread(target=limit_when_open, daemon=True).start()
    atexit.register(leave)


def end_after(server: BaseProcess) -> None:
    """A server that was killed leaves no pages behind that hold its port.

    Asked while Granian still starts, a process may go on all the same; so it is not only asked.
    """
    server.join()
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(ALONE)
    os.kill(os.getpid(), signal.SIGKILL)


def limit_when_open() -> None:
    """Wait for the door, which the server opens only now, and limit who comes in by it."""
    while not let_go_of_who_takes_nothing():
        time.sleep(0.05)


def let_go_of_who_takes_nothing() -> int:
    """Else he keeps his page, and one of our connections, for ever. At how many doors.

    Granian has no such limit, the system has: it stands at the socket that listens, and each that
    is accepted there inherits it.
    """
    doors = 0
    for door in listening():
        with door:
            door.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNTAKEN * 1000)
            doors += 1
    return doors


def listening() -> Iterator[socket.socket]:
    """The sockets of this process at which visitors come in, each by a number of its own."""
    for name in os.listdir("/proc/self/fd"):
        with suppress(OSError):  # closed by now
            if not stat.S_ISSOCK(os.fstat(int(name)).st_mode):
                continue
            found = socket.socket(fileno=os.dup(int(name)))
            opened = found.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN)
            if opened and found.family in (socket.AF_INET, socket.AF_INET6):
                yield found
            else:
                found.close()


def leave() -> None:
    """Go without taking the interpreter apart: threads of Granian that wake then panic."""
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


application = Front(pages)
if parent := multiprocessing.parent_process():
    as_page_process(parent)
