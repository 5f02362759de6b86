"""`./run test`: every check that stands before a change, with the sum at the end.

    ./run test [--nightly] [--may-skip] [PATH OR OPTION OF PYTEST...]

Nothing is skipped unless `--may-skip` allows it; then what the machine lacks is left out, and told.
With a path, only those tests run, on SQLite (or on DATABASE_URL).
"""

import ctypes.util
import os
import random
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

from postroad.bench import servers, zebra
from tests import browser, debian
from tests.documents import virus_scanner

ROOT = Path(__file__).parent.parent
SKIPS = re.compile(r"(\d+) skipped")

# What a check needs from the machine: Debian's package, and whether it is there.
NEEDS: dict[str, Callable[[], object]] = {
    "postgresql": servers.programs,
    "chromium": browser.installed,
    "libzbar0": lambda: ctypes.util.find_library("zbar"),
    "clamav-daemon": virus_scanner.program,
}
BY_NIGHT: dict[str, Callable[[], object]] = {"idzebra-2.0": zebra.program}


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
TEMPLATES = "src/postroad/web/templates"
LINT_IMPORTS = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports())"


def reading() -> list[Gate]:
    """What reads the code."""
    here = sys.executable
    folders = [folder for folder in ("src", "tests", "tools") if (ROOT / folder).is_dir()]
    return [
        Gate("format", (here, "-m", "ruff", "format", "--check", *folders)),
        Gate("templates", (str(Path(here).with_name("djangofmt")), "--check", TEMPLATES)),
        Gate("lint", (here, "-m", "ruff", "check", *folders)),
        Gate("types", (here, "-m", "mypy", "--strict", *folders)),
        Gate("imports", (here, "-c", LINT_IMPORTS)),
        Gate("system checks", (*POSTROAD, "check", "--fail-level", "WARNING")),
        Gate("migrations", (*POSTROAD, "makemigrations", "--check", "--dry-run")),
    ]


def laying(nightly: bool) -> Gate:
    """All tables on PostgreSQL, from nothing: tools/lay_empty.py.

    They make `template1`, which every new database of that server begins as a copy of; so no
    process of the tests has to run the migrations once more.
    """
    command = (sys.executable, "tools/lay_empty.py", *(["--by-migrations"] if nightly else []))
    return Gate("tables on PostgreSQL", command, ("postgresql",), "template1")


def running(nightly: bool, missing: Sequence[str] = ()) -> list[Gate]:
    """What runs the code. What is drawn for PostgreSQL is not asked of SQLite too, but at night."""
    night = "nightly or not nightly" if nightly else "not nightly"
    again = f"({night}) and not browser" + ("" if nightly else " and (both or drawn)")
    here = night if nightly or "postgresql" in missing else f"({night}) and not drawn"
    return [
        # Those in a browser are among them: while one process waits for a page, two have work.
        Gate("tests on SQLite", tests(here, processes=3), aloud=True),
        Gate(
            "tests on PostgreSQL",
            tests(again, processes=2),
            ("postgresql",),
            "postgres",
            aloud=True,
        ),
    ]


def tests(which: str, processes: int) -> tuple[str, ...]:
    pytest = (sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--durations=12")
    return (*pytest, *seeded(), "-n", str(processes), "--dist", "loadgroup", "-m", which)


def seeded() -> tuple[str, ...]:
    """Hypothesis draws by the same seed as tests/lots.py, if there is one."""
    seed = os.environ.get("POSTROAD_SEED")
    return ("--hypothesis-seed", seed) if seed else ()


def main(arguments: Sequence[str]) -> int:
    own = {"--nightly", "--may-skip"}
    nightly, lenient = ("--nightly" in arguments), ("--may-skip" in arguments)
    rest = [argument for argument in arguments if argument not in own]
    if nightly:
        os.environ["POSTROAD_NIGHT"] = "yes"  # all that is drawn by lot falls
    if rest:
        which = ["-m", "nightly or not nightly"] if nightly else []
        pytest = [sys.executable, "-m", "pytest", *seeded(), *which, *rest]
        return subprocess.run(pytest, cwd=ROOT).returncode
    missing = absent()
    if missing and may_install():
        missing = provide(missing)
    if missing and not lenient:
        print(WITHOUT.format(", ".join(missing)), file=sys.stderr)
        return 1
    if not lenient:
        os.environ["POSTROAD_NO_SKIPS"] = "yes"
    os.environ.setdefault("POSTROAD_SEED", str(random.randrange(10**6)))  # of what is drawn by lot
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # a hundred starts would each compile it all
    with ExitStack() as stack:
        # To read the code takes one core; the other begins with the tests meanwhile.
        beside = ThreadPoolExecutor(1)
        stack.callback(beside.shutdown, cancel_futures=True)
        server = ""
        if "postgresql" not in missing:
            server = stack.enter_context(servers.postgresql(careful=False))
        first = [laying(nightly), *reading()]
        read = [beside.submit(attempt, gate, missing, server) for gate in first]
        ran = []
        for gate in running(nightly, missing):
            if gate.database:
                read[0].result()  # its tables are there
            ran.append(attempt(gate, missing, server))
        outcomes = [*(each.result() for each in read), *ran]
    return conclude(outcomes, lenient)


WITHOUT = """
FAILED before anything was tried: this machine lacks {}.
As root on Debian, `./run test` installs these packages; elsewhere please install what they hold.
`./run test --may-skip` goes on without them, and tells what it left out."""


def absent() -> list[str]:
    """What the checks need and this machine lacks, by Debian's names."""
    needs = NEEDS | (BY_NIGHT if os.environ.get("POSTROAD_NIGHT") else {})
    return [package for package, there in needs.items() if not there()]


def may_install() -> bool:
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def provide(missing: Sequence[str]) -> list[str]:
    """Install what is missing; the names of what is missing still."""
    try:
        debian.install(missing)
    except debian.Failed as why:
        print(f"It could not be installed: {why}", file=sys.stderr, flush=True)
    return absent()


def attempt(gate: Gate, missing: Sequence[str] = (), server: str = "") -> Outcome:
    """Pass one gate, showing what it says. `server` is the address of the private PostgreSQL."""
    title = f"\n== {gate.name} ==\n"
    lacking = [package for package in gate.needs if package in missing]
    if lacking:
        reason = f"skipped: {', '.join(lacking)} is not on this machine"
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


def conclude(outcomes: Sequence[Outcome], lenient: bool) -> int:
    """The sum of all; 1 if a gate is shut, or if something was skipped that may not be."""
    print("\n== all together ==")
    for each in outcomes:
        verdict = "passed" if each.passed else "FAILED"
        print(f"{verdict}  {each.name:<22} {each.seconds:6.1f} s  {each.words}")
    if "POSTROAD_SEED" in os.environ:
        print(f"Drawn by lot with POSTROAD_SEED={os.environ['POSTROAD_SEED']}")
    shut = [each.name for each in outcomes if not each.passed]
    skipped = sum(each.skipped for each in outcomes)
    if skipped:
        print(f"{skipped} skipped; the reasons stand above.")
    if shut:
        print(f"FAILED: {', '.join(shut)}")
    elif skipped and not lenient:
        print("FAILED: nothing may be skipped without --may-skip")
    return 1 if shut or (skipped and not lenient) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
