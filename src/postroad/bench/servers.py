"""A PostgreSQL of our own: in a new folder, reached by its socket there, gone afterwards."""

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

DEBIAN = Path("/usr/lib/postgresql")
OWNER = "postgres"  # the server refuses to run as root


def programs() -> Path | None:
    """The folder of the newest PostgreSQL server of this machine, or None."""
    debian = sorted(DEBIAN.glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    if debian:
        return debian[-1].parent
    found = shutil.which("initdb")
    return Path(found).resolve().parent if found else None


@contextmanager
def postgresql(*, careful: bool = True) -> Iterator[str]:
    """The DATABASE_URL of a new, empty server. It writes to disk as carefully as a real one, unless
    what it keeps may be lost with the machine."""
    bin_folder = programs()
    if bin_folder is None:
        raise FileNotFoundError("no PostgreSQL server on this machine: install `postgresql`")
    folder = Path(tempfile.mkdtemp(prefix="postroad-pg-", dir="/tmp"))  # a socket's path is short
    data = folder / "data"
    control = [str(bin_folder / "pg_ctl"), "-D", str(data), "-w", "-t", "60"]
    exit_when_told()
    try:
        give_away(folder)
        as_owner(
            str(bin_folder / "initdb"), "-D", str(data), "-A", "trust", "-U", OWNER, "-E", "UTF8"
        )
        options = f"-k {folder} -c listen_addresses='' -c max_connections=200"
        if not careful:
            options += " -c fsync=off -c synchronous_commit=off -c full_page_writes=off"
        as_owner(*control, "-o", options, "-l", str(folder / "log"), "start")
        try:
            yield f"postgres://{OWNER}@{quote(str(folder), safe='')}/postgres"
        finally:
            as_owner(*control, "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def exit_when_told() -> None:
    """Let SIGTERM end us as Ctrl-C does, so that the server ends too."""
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))


def give_away(folder: Path) -> None:
    if os.geteuid() == 0:
        owner = pwd.getpwnam(OWNER)
        os.chown(folder, owner.pw_uid, owner.pw_gid)


def as_owner(*command: str) -> None:
    """Run quietly as somebody who may own a server; what went wrong is in the exception."""
    prefix: tuple[str, ...] = ()
    if os.geteuid() == 0:
        prefix = ("setpriv", f"--reuid={OWNER}", f"--regid={OWNER}", "--clear-groups", "--")
    done = subprocess.run(
        [*prefix, *command],
        cwd="/",
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{command[0]} failed: {done.stdout}")
