"""A clamd of our own: a real one, with one signature, reached by its socket, gone afterwards."""

import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# The harmless string that each scanner for viruses calls one; in two parts, or this file were one
VIRUS = (r"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + "EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*").encode()
NAME = "Postroad.Test"
SECONDS = 30.0  # until it must listen


def program() -> str | None:
    """Debian puts it where only root looks."""
    return shutil.which("clamd") or shutil.which("clamd", path="/usr/sbin:/usr/local/sbin")


@contextmanager
def clamd(*lines: str) -> Iterator[str]:
    """Where it listens. `lines` are more of its configuration."""
    found = program()
    if found is None:
        raise FileNotFoundError("no clamd on this machine: install `clamav-daemon`")
    folder = Path(
        tempfile.mkdtemp(prefix="postroad-clamd-", dir="/tmp")
    )  # a socket's path is short
    (folder / "signatures").mkdir()
    (folder / "signatures" / "own.ndb").write_text(f"{NAME}:0:*:{VIRUS.hex()}\n")
    said = (f"DatabaseDirectory {folder}/signatures", f"LocalSocket {folder}/socket")
    (folder / "conf").write_text("\n".join([*said, "Foreground yes", *lines, ""]))
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen([found, "-c", str(folder / "conf")], stdout=log, stderr=log)
    try:
        end = time.monotonic() + SECONDS
        while not (folder / "socket").exists():
            if server.poll() is not None or time.monotonic() > end:
                raise RuntimeError((folder / "log").read_text(errors="replace"))
            time.sleep(0.02)
        yield f"{folder}/socket"
    finally:
        server.kill()
        server.wait()
        shutil.rmtree(folder, ignore_errors=True)
