"""Readers at the door while others keep it open: this release beside the one before, in one run.

Both serve the demonstration as it is shipped, one page process without a proxy. Meanwhile there are
connections that say nothing, others that asked once and stay, and senders of one byte in five
seconds.
"""

import asyncio
import contextlib
import os
import random
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from postroad import __version__
from postroad.bench.figures import Conditions, Figure, conditions, percentile

NAME = "visitors"
BEFORE = "4a8fefaa3145"  # the release before this one, while no tag names it
SOURCE = Path(__file__).parents[2]
SECONDS, THINK = 20, 3.0  # how long, and what a reader thinks between two pages on average
PATIENCE = 10  # seconds; who waits longer goes away
DRIP = 5  # seconds between two bytes of a slow sender
WORDS = "history whale boston garden war love music river stars bread house sea law".split()
REQUESTS = 20  # of the demonstration, whose catalogue is what counts here


class NotServed(Exception):
    """A server did not start, so there is no figure."""


@dataclass(frozen=True, slots=True)
class Crowd:
    visitors: int = 200
    silent: int = 500
    kept: int = 500
    slow: int = 100
    addresses: Sequence[str] = ()  # that they visit; none: they search


@dataclass(slots=True)
class Visits:
    seconds: list[float] = field(default_factory=list)
    ended: Counter[str] = field(default_factory=Counter)


def main() -> None:
    for figure in measure():
        print(figure.line(), flush=True)  # noqa: T201


def measure() -> Iterator[Figure]:
    with releases() as sources:
        for release, source in sources.items():
            with demonstration(source) as port:
                for crowd in (Crowd(silent=0, kept=0, slow=0), Crowd()):
                    visits = asyncio.run(come(port, crowd))
                    yield from figures(release, crowd, visits)


def figures(release: str, crowd: Crowd, visits: Visits, bench: str = NAME) -> Iterator[Figure]:
    idle = crowd.silent + crowd.kept
    known: Conditions = {
        **conditions(),
        "release": release,
        "visitors": crowd.visitors,
        "idle": idle,
        "slow": crowd.slow,
    }
    number = sum(visits.ended.values())
    yield Figure(bench, "pages", visits.ended["200"], "pages", number, known)
    yield Figure(bench, "failures", number - visits.ended["200"], "visits", number, known)
    for percent in (50, 95, 100):
        value = percentile(visits.seconds or [PATIENCE], percent)
        yield Figure(bench, f"visit p{percent}", value * 1000, "ms", number, known)


@contextmanager
def releases() -> Iterator[dict[str, Path]]:
    """Where the source of each release lies; the one before is taken out of the history."""
    with tempfile.TemporaryDirectory(prefix="postroad-before-") as folder:
        before = take_out(Path(folder))
        yield ({"before": before} if before else {}) | {__version__: SOURCE}


def take_out(folder: Path) -> Path | None:
    """The source of the release before, or nothing where there is no history."""
    git = ["git", "-C", str(SOURCE)]
    try:
        said = subprocess.run(
            [*git, "describe", "--tags", "--abbrev=0"], capture_output=True, check=False
        )
        name = said.stdout.decode().strip() or BEFORE
        archive = subprocess.run([*git, "archive", name, "."], capture_output=True, check=True)
        subprocess.run(["tar", "-x", "-C", str(folder)], input=archive.stdout, check=True)
    except (OSError, subprocess.CalledProcessError):
        sys.stderr.write("visitors: no history here, so no figures of the release before.\n")
        return None
    return folder


@contextmanager
def demonstration(source: Path) -> Iterator[int]:
    """The port of a release's own server, on a demonstration of its own."""
    with tempfile.TemporaryDirectory(prefix="postroad-visitors-") as home:
        environment = os.environ | {
            "POSTROAD_HOME": home,
            "POSTROAD_DEMO": "yes",
            "PYTHONPATH": str(source),
            "LOG_LEVEL": "ERROR",
            "DJANGO_SETTINGS_MODULE": "postroad.settings",  # not of whoever calls
        }
        environment.pop("DATABASE_URL", None)
        postroad = [sys.executable, "-m", "postroad"]
        for command in (["migrate", "-v0"], ["demo", "--requests", str(REQUESTS)]):
            subprocess.run(
                [*postroad, *command],
                env=environment,
                cwd=home,
                check=True,
                stdout=subprocess.DEVNULL,
            )
        try:
            with serving(environment, home) as port:
                yield port
        finally:
            shutil.rmtree(home, ignore_errors=True)


@contextmanager
def serving(environment: Mapping[str, str], home: str) -> Iterator[int]:
    """The port of a server of a house that is there."""
    port = free_port()
    server = subprocess.Popen(
        [sys.executable, "-m", "postroad", "web", "--port", str(port)],
        env=environment,
        cwd=home,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for(port, server)
        yield port
    finally:
        server.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            server.wait(60)
        server.kill()
        server.wait()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_for(port: int, server: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end and server.poll() is None:
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        time.sleep(0.1)
    raise NotServed("the server did not start")


async def come(port: int, crowd: Crowd, seconds: float = SECONDS) -> Visits:
    """All of them at once; what the readers met."""
    visits = Visits()
    loop = asyncio.get_running_loop()
    async with contextlib.AsyncExitStack() as stack:
        others = [
            *(linger(port, b"") for _ in range(crowd.silent)),
            *(linger(port, head(port, "/healthz")) for _ in range(crowd.kept)),
            *(drip(port) for _ in range(crowd.slow)),
        ]
        tasks = [asyncio.create_task(other) for other in others]
        stack.callback(lambda: [task.cancel() for task in tasks])
        await asyncio.sleep(1 if tasks else 0)
        end = loop.time() + seconds
        await asyncio.gather(
            *(read(port, place, end, visits, crowd) for place in range(crowd.visitors))
        )
    await asyncio.gather(*tasks, return_exceptions=True)
    return visits


async def read(port: int, place: int, end: float, visits: Visits, crowd: Crowd) -> None:
    """One reader: a page, a while to think, the next, by a connection that is kept."""
    chance = random.Random(place)  # noqa: S311  # the same readers in each run
    clock = asyncio.get_running_loop().time
    connection = None
    await asyncio.sleep(chance.random() * THINK)
    while clock() < end:
        address = chance.choice(crowd.addresses) if crowd.addresses else search(chance)
        start = clock()
        try:
            async with asyncio.timeout(PATIENCE):
                if connection is None:
                    connection = await asyncio.open_connection("127.0.0.1", port)
                status = await ask(*connection, head(port, address))
        except (OSError, TimeoutError, asyncio.IncompleteReadError) as why:
            status = type(why).__name__
            if connection is not None:
                connection[1].close()
            connection = None
        visits.ended[status] += 1
        visits.seconds.append(clock() - start)
        await asyncio.sleep(chance.expovariate(1 / THINK))
    if connection is not None:
        connection[1].close()


def search(chance: random.Random) -> str:
    return f"/search?q={'+'.join(chance.sample(WORDS, 2))}"


def head(port: int, address: str) -> bytes:
    return f"GET {address} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode()


async def ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, said: bytes) -> str:
    """The status of an answer that is read to its end."""
    writer.write(said)
    first, *headers = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").splitlines()
    named = dict(line.lower().split(": ", 1) for line in headers if line)
    await reader.readexactly(int(named["content-length"]))
    return first.split(" ", 2)[1]


async def linger(port: int, said: bytes) -> None:
    """A connection that is open and says nothing (more)."""
    _reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(said)
        await asyncio.Event().wait()
    finally:
        writer.close()


async def drip(port: int) -> None:
    """A form that comes one byte after the other."""
    while True:
        _reader, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            writer.write(
                f"POST /accounts/login/ HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
                "Content-Type: application/x-www-form-urlencoded\r\n"
                "Content-Length: 1000\r\n\r\nlogin=".encode()
            )
            while True:
                await asyncio.sleep(DRIP)
                writer.write(b"a")
                await writer.drain()
        except OSError:
            pass  # sent away; there he is again
        finally:
            writer.close()
