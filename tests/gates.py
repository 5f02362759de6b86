"""`./run test`: every check that stands before a change, with the sum at the end.

    ./run test [--nightly] [--no-skips] [PATH OR OPTION OF PYTEST...]

With a path, only those tests run, on SQLite (or on DATABASE_URL).
"""

import ctypes.util
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from postroad.bench import servers
from tests import browser

ROOT = Path(__file__).parent.parent
SKIPS = re.compile(r"(\d+) skipped")

# What a check needs from the machine: Debian's package, and whether it is there.
NEEDS: dict[str, Callable[[], object]] = {
    "postgresql": servers.programs,
    "chromium": browser.installed,
    "libzbar0": lambda: ctypes.util.find_library("zbar"),
}


@dataclass(frozen=True, slots=True)
class Gate:
    """One check: its name, its command, and what it needs from the machine."""

    name: str
    command: tuple[str, ...]
    needs: tuple[str, ...] = ()
    database: str = ""  # on the private PostgreSQL; without one it is SQLite
    aloud: bool = False  # what it says is passed on line by line, since it takes minutes


@dataclass(slots=True)
class Outcome:
    """How a check ended, in the words of its last line."""

    name: str
    passed: bool
    seconds: float = 0.0
    words: str = ""
    skipped: int = 0


POSTROAD = (sys.executable, "-m", "postroad")
LINT_IMPORTS = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports())"


def reading() -> list[Gate]:
    """What reads the code."""
    here = sys.executable
    folders = [folder for folder in ("src", "tests", "tools") if (ROOT / folder).is_dir()]
    return [
        Gate("format", (here, "-m", "ruff", "format", "--check", *folders)),
        Gate("lint", (here, "-m", "ruff", "check", *folders)),
        Gate("types", (here, "-m", "mypy", "--strict", *folders)),
        Gate("imports", (here, "-c", LINT_IMPORTS)),
        Gate("system checks", (*POSTROAD, "check", "--fail-level", "WARNING")),
        Gate("migrations", (*POSTROAD, "makemigrations", "--check", "--dry-run")),
    ]


def laying() -> Gate:
    """All migrations on PostgreSQL, from nothing.

    They make `template1`, which every new database of that server begins as a copy of; so no
    process of the tests has to run them once more.
    """
    command = (*POSTROAD, "migrate", "--verbosity", "0")
    return Gate("migrate PostgreSQL", command, ("postgresql",), "template1")


def running(nightly: bool) -> list[Gate]:
    """What runs the code."""
    night = "nightly or not nightly" if nightly else "not nightly"
    steps = tests(f"({night}) and not browser", processes=2)
    seen = tests(f"({night}) and browser", processes=3)  # one waits while a page is drawn
    return [
        Gate("tests on SQLite", steps, aloud=True),
        Gate("tests on PostgreSQL", steps, ("postgresql",), "postgres", aloud=True),
        Gate("journeys in a browser", seen, ("chromium",), aloud=True),
    ]


def tests(which: str, processes: int) -> tuple[str, ...]:
    pytest = (sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--durations=12")
    return (*pytest, "-n", str(processes), "--dist", "loadgroup", "-m", which)


def main(arguments: Sequence[str]) -> int:
    own = {"--nightly", "--no-skips"}
    nightly, strict = ("--nightly" in arguments), ("--no-skips" in arguments)
    rest = [argument for argument in arguments if argument not in own]
    if strict:
        os.environ["POSTROAD_NO_SKIPS"] = "yes"
    if rest:
        which = ["-m", "nightly or not nightly"] if nightly else []
        return subprocess.run([sys.executable, "-m", "pytest", *which, *rest], cwd=ROOT).returncode
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # a hundred starts would each compile it all
    with ExitStack() as stack:
        # There are two cores: one reads the code while the other brings what the tests need.
        beside = ThreadPoolExecutor(1)
        stack.callback(beside.shutdown, cancel_futures=True)
        read = [beside.submit(attempt, gate) for gate in reading()]
        missing = provide()
        server = ""
        if "postgresql" not in missing:
            server = stack.enter_context(servers.postgresql(careful=False))
        laid = attempt(laying(), missing, server)
        outcomes = [*(each.result() for each in read), laid]
        outcomes += [attempt(gate, missing, server) for gate in running(nightly)]
    return conclude(outcomes, strict)


def provide() -> list[str]:
    """Install what is missing where we may; the names of what is missing still."""
    missing = [package for package, there in NEEDS.items() if not there()]
    if missing and os.geteuid() == 0 and shutil.which("apt-get"):
        print(f"Installing {', '.join(missing)} from Debian ...", flush=True)
        environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        for command in (["update"], ["install", "-y", "--no-install-recommends", *missing]):
            subprocess.run(["apt-get", "-q", "-q", *command], env=environment)
    return [package for package, there in NEEDS.items() if not there()]


def attempt(gate: Gate, missing: Sequence[str] = (), server: str = "") -> Outcome:
    """Pass one gate, showing what it says. `server` is the address of the private PostgreSQL."""
    title = f"\n== {gate.name} ==\n"
    absent = [package for package in gate.needs if package in missing]
    if absent:
        reason = f"skipped: {', '.join(absent)} is not on this machine"
        print(title + reason, flush=True)
        return Outcome(gate.name, passed=True, words=reason, skipped=1)
    environment = dict(os.environ)
    environment.pop("DATABASE_URL", None)
    if gate.database:
        environment["DATABASE_URL"] = f"{server.rpartition('/')[0]}/{gate.database}"
    start = time.monotonic()
    if gate.aloud:
        print(title, end="", flush=True)
    code, said = run(gate.command, environment, gate.aloud)
    if not gate.aloud:  # in one piece, since another speaks at the same time
        print(title + "".join(said), end="", flush=True)
    last = next((line.strip() for line in reversed(said) if line.strip()), "")
    skipped = sum(int(number) for number in SKIPS.findall(last))
    return Outcome(gate.name, code == 0, time.monotonic() - start, last, skipped)


def run(
    command: Sequence[str], environment: dict[str, str], aloud: bool
) -> tuple[int, Sequence[str]]:
    """Run a command and keep the lines that it prints; pass them on at once, if that is wanted."""
    said: list[str] = []
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            said.append(line)
            if aloud:
                print(line, end="", flush=True)
    return process.returncode, said


def conclude(outcomes: Sequence[Outcome], strict: bool) -> int:
    """The sum of all; 1 if a gate is shut, or if something was skipped where nothing may be."""
    print("\n== all together ==")
    for each in outcomes:
        verdict = "passed" if each.passed else "FAILED"
        print(f"{verdict}  {each.name:<22} {each.seconds:6.1f} s  {each.words}")
    shut = [each.name for each in outcomes if not each.passed]
    skipped = sum(each.skipped for each in outcomes)
    if skipped:
        print(f"{skipped} skipped; the reasons stand above.")
    if shut:
        print(f"FAILED: {', '.join(shut)}")
    elif strict and skipped:
        print("FAILED: nothing may be skipped here")
    return 1 if shut or (strict and skipped) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
