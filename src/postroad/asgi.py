"""What our own server mounts, in each of its page processes."""

import atexit
import logging
import multiprocessing
import os
import signal
import sys
import threading
import time
from multiprocessing.process import BaseProcess

from postroad.worker.front import Front
from postroad.wsgi import application as pages

ALONE = 2  # seconds that visits have to end when the server is gone; its port is wanted again


def as_page_process(server: BaseProcess) -> None:
    """Stop when the server says so, and only then; in any case when it is gone.

    Out of the terminal's reach, since Granian does not end a process that is told twice at the same
    moment, by Ctrl-C and by its server.
    """
    os.setpgid(0, 0)
    threading.Thread(target=end_after, args=(server,), daemon=True).start()
    atexit.register(leave)


def end_after(server: BaseProcess) -> None:
    """A server that was killed leaves no pages behind that hold its port.

    Asked while Granian still starts, a process may go on all the same; so it is not only asked.
    """
    server.join()
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(ALONE)
    os.kill(os.getpid(), signal.SIGKILL)


def leave() -> None:
    """Go without taking the interpreter apart: threads of Granian that wake then panic."""
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


application = Front(pages)
if parent := multiprocessing.parent_process():
    as_page_process(parent)
