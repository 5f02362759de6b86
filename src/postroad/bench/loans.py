"""Whole loans a second: clerks call the verbs, workers tell the events, each in its own process."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.db import connection
from django.utils import timezone

from postroad.bench import clerk, consortium
from postroad.bench.figures import Figure, conditions
from postroad.ill.lifecycle import Outcome, State, Verb
from postroad.ill.models import Event, Request
from postroad.worker import run

NAME = "loans"
LOANS, CLERKS, WORKERS = 200, 2, 2
WARM_UP = 3  # loans of this process, of which the last is counted
LIBRARIES, COPIES = 40, 5
COMMITS = 200
LOOK, CALM = 0.5, 0.05  # seconds between two looks, and of the processor that rest may use
PATIENCE = 60  # seconds that the workers may take to tell what is left
Process = subprocess.Popen[bytes]
WHOLE = "ask approve refer ship receive check_out return ship_return check_in".split()


class NotWhole(Exception):
    """A loan did not end as it should, so there is no figure."""


def main() -> None:
    for figure in measure():
        print(figure.line(), flush=True)  # noqa: T201


def measure(loans: int = LOANS, clerks: int = CLERKS, workers: int = WORKERS) -> Iterator[Figure]:
    known = {**conditions(), "clerks": clerks, "workers": workers}
    alone = range(loans + clerks, loans + clerks + WARM_UP)
    people_and_books(loans + clerks + WARM_UP)
    queries = one_by_one(alone)
    yield Figure(NAME, "queries a loan", queries, "queries", 1, known)
    commits = bare_commits()
    yield Figure(NAME, "bare commits", commits, "commits/s", COMMITS, known)
    seconds, cpu = in_processes(loans, clerks, workers)
    check(loans + clerks + WARM_UP)
    yield Figure(NAME, "whole loans", loans / seconds, "loans/s", loans, known)
    yield Figure(NAME, "bare commits a loan", commits * seconds / loans, "commits", loans, known)
    yield Figure(NAME, "processor time of ours", cpu / loans * 1000, "ms/loan", loans, known)


def people_and_books(loans: int) -> None:
    today = timezone.localdate()
    home, *owners = consortium.libraries(LIBRARIES, today)
    consortium.readers(loans, home)
    consortium.copies(consortium.titles(loans), owners, COPIES)


@dataclass(slots=True)
class Counted:
    """Counts the statements that it lets through."""

    queries: int = 0

    def __call__(self, execute: Any, sql: str, *rest: Any) -> Any:
        self.queries += 1
        return execute(sql, *rest)


def one_by_one(numbers: Sequence[int]) -> int:
    """Whole loans in this process; the number of statements of the last."""
    counted = Counted()
    for number in numbers:
        counted.queries = 0
        with connection.execute_wrapper(counted):
            pk = clerk.ask(number)
            run.until_idle(timezone.now())
            while clerk.visit(pk):
                run.until_idle(timezone.now())
    return counted.queries


def bare_commits() -> float:
    """What the database and its disk do in a second, one after the other: one row, one commit."""
    row = Request.objects.order_by("pk")[:1].values_list("pk", flat=True)[0]
    start = time.perf_counter()
    for number in range(COMMITS):
        Request.objects.filter(pk=row).update(note=str(number))
    return COMMITS / (time.perf_counter() - start)


def in_processes(loans: int, clerks: int, workers: int) -> tuple[float, float]:
    """Seconds from the first ask until the last event is told, and processor seconds of all."""
    each = loans // clerks
    with ExitStack() as stack:
        tellers = [stack.enter_context(beside("-m", "postroad", "worker")) for _ in range(workers)]
        desks = [
            stack.enter_context(beside("-m", "postroad.bench.alone", "clerk", *map(str, numbers)))
            for place in range(clerks)
            for numbers in [(loans + place, place * each, (place + 1) * each)]
        ]
        for desk in desks:
            hear(desk, "ready")
        wait_until_told()
        wait_until_calm(tellers)
        before, start = sum(map(cpu, [*tellers, *desks])), time.perf_counter()
        for desk in desks:
            say(desk)
        for desk in desks:
            hear(desk, "done")
        wait_until_told()
        return time.perf_counter() - start, sum(map(cpu, [*tellers, *desks])) - before


@contextmanager
def beside(*arguments: str) -> Iterator[Process]:
    """Another Python on the same house, ended in the end."""
    process = subprocess.Popen(
        [sys.executable, *arguments],
        env=os.environ | {"POSTROAD_HOME": str(settings.HOME), "DATABASE_URL": address()},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    try:
        with process:
            yield process
            process.terminate()
    except BaseException:
        process.kill()
        raise


def address() -> str:
    """The database of this process, as another finds it."""
    facts = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{facts['NAME']}"
    host = quote(str(facts["HOST"]), safe="")
    port = f":{facts['PORT']}" if facts["PORT"] else ""
    return f"postgres://{facts['USER']}:{facts['PASSWORD']}@{host}{port}/{facts['NAME']}"


def hear(process: Process, word: str) -> None:
    assert process.stdout is not None
    if (said := process.stdout.readline().decode().strip()) != word:
        raise NotWhole(f"a clerk said {said!r} instead of {word!r}")


def say(process: Process) -> None:
    assert process.stdin is not None
    process.stdin.write(b"go\n")
    process.stdin.flush()


def wait_until_told() -> None:
    """Until every listener has heard of every event."""
    end = time.monotonic() + PATIENCE
    while Event.objects.untold().exists():
        if time.monotonic() > end:
            raise NotWhole("events are left that nobody was told of")
        time.sleep(0.01)


def wait_until_calm(processes: Sequence[Process]) -> None:
    """Until all have loaded what they need, a worker that told nothing yet too: that is no loan's
    cost."""
    end = time.monotonic() + PATIENCE
    used, before = sum(map(cpu, processes)), -1.0
    while used - before > CALM and time.monotonic() < end:
        time.sleep(LOOK)
        used, before = sum(map(cpu, processes)), used


def cpu(process: Process) -> float:
    """Seconds of the processor that a process has used, where the system tells (Linux)."""
    stat = Path(f"/proc/{process.pid}/stat")
    if not stat.exists():
        return 0.0
    user, system = stat.read_text().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def check(loans: int) -> None:
    """Every loan is closed and filled, by its nine verbs each once, and all were told of them."""
    filled = Request.objects.filter(state=State.CLOSED, outcome=Outcome.FILLED)
    stories: dict[int, list[str]] = {}
    for request, verb in (
        Event.objects.exclude(verb=Verb.FORGET).order_by("pk").values_list("request_id", "verb")
    ):
        stories.setdefault(request, []).append(verb)
    if filled.count() != loans or len(stories) != loans:
        raise NotWhole(f"{filled.count()} of {loans} loans are whole")
    if any(story != WHOLE for story in stories.values()) or Event.objects.untold().exists():
        raise NotWhole("a loan went another way than the usual")
