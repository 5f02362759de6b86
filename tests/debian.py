"""Packages from Debian, brought while other programs may be doing the same.

On a fresh machine something of its own holds apt's locks for the first minutes. There are several,
dpkg's, that of the lists, that of the archive, and apt itself waits for dpkg's alone. Whichever it
is, we say so and wait. A mirror that fails is asked again. What could not be brought is said in
apt's own words.
"""

import os
import re
import subprocess
import time
from collections.abc import Callable, Sequence

LOCKED = re.compile(r"^E: (?:Could not get lock|Unable to (?:lock|acquire)).*", re.MULTILINE)
ERROR = re.compile(r"^[EW]: .*", re.MULTILINE)
PATIENCE = 900.0  # seconds until somebody else's installation must have ended
LOOKS = 3.0  # seconds from one look at the lock to the next
TRIES = 3  # of a mirror
OPTIONS = ("-q", "-y", "--no-install-recommends", "-o", "Acquire::Retries=3")


class Failed(Exception):
    """What apt said in the end."""


def install(
    packages: Sequence[str],
    *,
    command: str = "apt-get",
    patience: float = PATIENCE,
    pause: Callable[[float], object] = time.sleep,
) -> None:
    """Bring these packages, or say why not: Failed."""
    print(f"Installing {', '.join(packages)} from Debian ...", flush=True)
    end, said = time.monotonic() + patience, ""
    for attempt in range(TRIES):
        if attempt:
            print(f"That failed: {said}\nTrying again in {attempt * 10} seconds ...", flush=True)
            pause(attempt * 10.0)
        try:
            # Of several sources one may be away that is not needed; what counts is the second step.
            unlocked((command, *OPTIONS, "update"), end, pause)
            done = unlocked((command, *OPTIONS, "install", *packages), end, pause)
        except subprocess.TimeoutExpired as late:
            raise Failed(f"apt did not end within {patience:.0f} seconds") from late
        if done.returncode == 0:
            return
        said = "\n".join(ERROR.findall(done.stdout)) or done.stdout[-2000:].strip()
    raise Failed(said)


def unlocked(
    command: Sequence[str], end: float, pause: Callable[[float], object]
) -> subprocess.CompletedProcess[str]:
    """Run it, as soon as no other program holds one of the locks."""
    told = False
    while True:
        done = subprocess.run(
            command,
            env=os.environ | {"DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=max(end - time.monotonic(), 1.0),
        )
        lock = LOCKED.search(done.stdout)
        if done.returncode == 0 or lock is None:
            return done
        if time.monotonic() >= end:
            raise Failed(f"another program kept apt's lock all the time.\n{lock[0]}")
        if not told:
            print(
                f"Another program is installing something; waiting for it.\n{lock[0]}", flush=True
            )
            told = True
        pause(LOOKS)
