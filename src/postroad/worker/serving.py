"""Web server and worker as processes: one command starts both, and its end ends both."""

import logging
import multiprocessing
import os
import resource
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import blake2b
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.management import CommandError, call_command
from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels

from postroad import home

log = logging.getLogger(__name__)

HEADERS = 30  # seconds for the head of a visit; as long a connection may be idle between two
BUFFER = 65_536  # bytes of a head, with the address and all cookies; most proxies allow 32,768
CONNECTIONS = 4096  # that one process keeps open: 51 MB when all have asked once and stay
BACKLOG = 4096  # that wait to be opened; the kernel may allow fewer
FILES = 256  # besides connections: the database's, the index's, bodies on the disk
PATIENCE = 20  # seconds that a page, or the worker's step, has to finish once we are told to stop
REST = 2  # seconds before a worker that fell is started again


def web(address: str, port: int, workers: int) -> None:
    """Answer visits until interrupted."""
    require_free(address, port)
    gather_static_files()
    with tempfile.TemporaryDirectory(prefix="postroad-metrics-") as figures:
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = figures
        multiprocessing.set_start_method(
            "spawn", force=True
        )  # a fork would copy our threads' locks
        server = Granian(
            "postroad.asgi:application",
            address=address,
            port=port,
            interface=Interfaces.ASGINL,
            workers=workers,
            workers_kill_timeout=PATIENCE,
            respawn_failed_workers=True,
            http=HTTPModes.http1,  # to tell which HTTP it is, it waits for a silent one for ever
            http1_settings=HTTP1Settings(
                header_read_timeout=HEADERS * 1000, max_buffer_size=BUFFER
            ),
            websockets=False,
            backlog=BACKLOG,
            backpressure=connections(),  # open ones, not visits: an idle browser keeps several
            log_level=LogLevels.error,  # it warns of killing children that are ending already
        )
        # To Granian a closed terminal means "reload"; to whoever closed it, that all shall end.
        server.on_startup(lambda: signal.signal(signal.SIGHUP, server.signal_handler_interrupt))
        server.serve()


def connections() -> int:
    """How many may be open at once. The system is asked for as many files; it may give fewer."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = CONNECTIONS + FILES
    if soft != resource.RLIM_INFINITY and soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(hard, wanted)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    given = wanted if soft == resource.RLIM_INFINITY else min(soft, wanted)
    return max(given - FILES, given // 2)


@contextmanager
def worker_beside() -> Iterator[None]:
    """A worker in a process of its own, started again if it falls."""
    stopping = threading.Event()
    starting = threading.Lock()
    processes: list[subprocess.Popen[bytes]] = []
    # Of now: a start while another thread changes the environment itself fails with "Bad address".
    surroundings = dict(os.environ)

    def started() -> subprocess.Popen[bytes] | None:
        with starting:
            if stopping.is_set():
                return None
            # Out of the terminal's reach: Ctrl-C is for us, and we ask it to stop in good order.
            process = subprocess.Popen(
                [sys.executable, "-m", "postroad", "worker", "--tied"],
                process_group=0,
                stdin=subprocess.PIPE,
                env=surroundings,
            )
            processes[:] = [process]
            return process

    def watch() -> None:
        while process := started():
            code = process.wait()
            if not stopping.wait(REST):
                log.error("the worker ended with %d and is started again", code)

    watcher = threading.Thread(target=watch, name="worker-watch")
    watcher.start()
    try:
        yield
    finally:
        with starting:
            stopping.set()
        end(processes)
        watcher.join()


def when_it_answers(address: str, port: int, tell: Callable[[], None]) -> None:
    """Tell it once visitors can come: a browser sent too early says that nobody is there."""

    def wait() -> None:
        while True:
            try:
                socket.create_connection((address, port), timeout=1).close()
            except OSError:
                time.sleep(0.1)
            else:
                return tell()

    threading.Thread(target=wait, name="when-it-answers", daemon=True).start()


def end(processes: list[subprocess.Popen[bytes]]) -> None:
    """Ask each to stop; whoever does not, is stopped. Its leases give its work to the next."""
    for process in processes:
        process.terminate()
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()


def require_free(address: str, port: int) -> None:
    """A sentence instead of a stack of frames when the port is somebody else's, or none."""
    if not 0 < port < 1 << 16:
        raise CommandError(f"{port} is not a port; choose one from 1 to 65535 with --port.")
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError as why:
            raise CommandError(
                f"Port {port} at {address} cannot be used ({why.strerror}). "
                "Stop what uses it, or choose another with --port."
            ) from why


def require_writable(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as why:
        raise CommandError(
            f"The folder {folder} cannot be written ({why.strerror}). "
            "Make it writable for this user, or name another in POSTROAD_HOME."
        ) from why


def gather_static_files() -> None:
    """Stylesheets and pictures, compressed and named by their content; only when one changed."""
    root = Path(settings.STATIC_ROOT)
    stamp, now = root / ".gathered", fingerprint()
    if stamp.is_file() and stamp.read_text() == now:
        return
    require_writable(root.parent)
    with home.alone(settings.HOME):
        if stamp.is_file() and stamp.read_text() == now:
            return  # another start was quicker
        shutil.rmtree(root, ignore_errors=True)
        call_command("collectstatic", interactive=False, verbosity=0)
        home.put_whole(stamp, now.encode())


def fingerprint() -> str:
    """A short sum over the names, sizes and times of all static files."""
    seen = blake2b(digest_size=16)
    for finder in finders.get_finders():
        for name, storage in sorted(finder.list([]), key=lambda found: found[0]):
            facts = Path(storage.path(name)).stat()
            seen.update(f"{name} {facts.st_size} {facts.st_mtime_ns}\n".encode())
    return seen.hexdigest()
