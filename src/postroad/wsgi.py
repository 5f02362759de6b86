"""What a web server of the operator's choice mounts."""

import atexit
import logging
import multiprocessing
import os
import signal
import sys
import threading
from multiprocessing.process import BaseProcess

from django.core.wsgi import get_wsgi_application

from postroad import memory


def as_page_process(server: BaseProcess) -> None:
    """Stop when the server says so, and only then; in any case when it is gone.

    Out of the terminal's reach, since Granian does not end a process that is told twice at the same
    moment, by Ctrl-C and by its server.
    """
    os.setpgid(0, 0)
    threading.Thread(target=end_after, args=(server,), daemon=True).start()
    atexit.register(leave)


def end_after(server: BaseProcess) -> None:
    """A server that was killed leaves no pages behind that hold its port."""
    server.join()
    os.kill(os.getpid(), signal.SIGTERM)


def leave() -> None:
    """Go without taking the interpreter apart: threads of Granian that wake then panic."""
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


os.environ.setdefault("DJANGO_SETTINGS_MODULE", "postroad.settings")
application = get_wsgi_application()
memory.settle()
if parent := multiprocessing.parent_process():
    as_page_process(parent)
