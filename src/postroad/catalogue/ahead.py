"""What records say, read ahead in processes beside the one that writes: half of a load's time.

No Django here. Only records without faults are sent over; the others, and all if a process beside
is lost, are read where they are written. Of a short file the processes are not worth their start.
`python -m postroad.catalogue.ahead` is one of them: it ends when nobody asks it any more.
"""

import logging
import marshal
import os
import pickle
import subprocess
import sys
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, suppress
from dataclasses import fields
from itertools import cycle, islice
from operator import attrgetter
from typing import IO, Any, Self

from postroad.catalogue import marc
from postroad.catalogue.description import TEXTS, Description, Made, made_of, texts_of
from postroad.catalogue.identifiers import Number
from postroad.catalogue.marc import Facts
from postroad.catalogue.marc.copies import Copy, Reading
from postroad.errors import Refusal
from postroad.protocols.marc import plain
from postroad.protocols.marc.plain import Plain
from postroad.protocols.marc.results import Read, Trouble

log = logging.getLogger(__name__)

AFTER = 1000  # records of a file, before help is called
GROUP, AHEAD = 100, 4  # records that are sent at once; groups of each process that are on their way
MOST_PROCESSES = 3
NICE = 5  # whoever looks for a book goes before
LOST = (OSError, ValueError, EOFError, TypeError)
copy_parts = attrgetter(*(each.name for each in fields(Copy)))
made_parts = attrgetter(*(each.name for each in fields(Made)))
Told = tuple[Any, ...]
Found = Iterator[Read | Trouble]
Waiting = deque[tuple[list[Read | Trouble], Future[list[Told | None]]]]


def told(found: Found, items: Reading, after: int = AFTER) -> Found:
    """The same records in the same order; of most it is known already what they say."""
    yield from islice(found, after)
    count = min(len(os.sched_getaffinity(0)) - 1, MOST_PROCESSES)
    if count < 1:
        yield from found
        return
    first = list(islice(found, GROUP))
    if len(first) < GROUP:
        yield from first
        return
    with ExitStack() as stack:
        beside = [stack.enter_context(Beside(items)) for _ in range(count)]
        yield from first
        yield from in_turn(found, beside, items)


def in_turn(found: Found, beside: list["Beside"], items: Reading) -> Found:
    """One group after the other; what went wrong in reading the file goes wrong behind all that
    was read before."""
    waiting = Waiting()
    helpers = cycle(beside)
    trouble: Exception | None = None
    groups = in_groups(found)
    while trouble is None:
        try:
            group = next(groups, None)
        except Exception as why:
            trouble, group = why, None
        if group is None:
            break
        waiting.append((group, next(helpers).ask(group)))
        if len(waiting) >= AHEAD * len(beside):
            yield from next_of(waiting, items)
    while waiting:
        yield from next_of(waiting, items)
    if trouble is not None:
        raise trouble


def in_groups(found: Found) -> Iterator[list[Read | Trouble]]:
    group: list[Read | Trouble] = []
    try:
        for each in found:
            group.append(each)
            if len(group) == GROUP:
                yield group
                group = []
    finally:
        if group and sys.exc_info()[0] is not GeneratorExit:
            yield group


def next_of(waiting: Waiting, items: Reading) -> Found:
    """The first group that waits. As long as it is not answered, those behind it that nobody has
    begun are read here: the processes beside may have to wait for the processor."""
    group, answer = waiting.popleft()
    while not answer.done():
        behind = next((each for each, their in reversed(waiting) if their.cancel()), None)
        if behind is None:
            break
        for each in behind:
            if isinstance(each, Read) and isinstance(each.record, Plain):
                with suppress(Refusal):
                    each.record.known = marc.facts(each.record, items)
    return known(group, answer)


def known(group: list[Read | Trouble], answer: Future[list[Told | None]]) -> Found:
    answers = iter(() if answer.cancelled() else answer.result())
    for each in group:
        record = each.record if isinstance(each, Read) else None
        if isinstance(record, Plain) and not record.known and (said := next(answers, None)):
            *facts, made = said
            record.known, record.made = facts_of(facts), Made(*made)
        yield each


class Beside:
    """A process beside, and the thread that waits for it."""

    def __init__(self, items: Reading) -> None:
        self.items = items

    def __enter__(self) -> Self:
        command = [sys.executable, "-m", "postroad.catalogue.ahead"]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.thread = ThreadPoolExecutor(1)
        self.thread.submit(self.send, pickle.dumps(self.items))
        return self

    def __exit__(self, *_: object) -> None:
        self.thread.shutdown(cancel_futures=True)
        with suppress(OSError):
            assert self.process.stdin is not None
            self.process.stdin.close()
        assert self.process.stdout is not None
        self.process.stdout.close()
        self.process.wait()

    def ask(self, group: Iterable[Read | Trouble]) -> Future[list[Told | None]]:
        chunks = [
            each.raw for each in group if isinstance(each, Read) and isinstance(each.record, Plain)
        ]
        return self.thread.submit(self.answer, chunks)

    def answer(self, chunks: list[bytes]) -> list[Told | None]:
        """Nothing of any, if it is lost."""
        try:
            self.send(marshal.dumps(chunks))
            assert self.process.stdout is not None
            answers: list[Told | None] = marshal.loads(received(self.process.stdout))  # noqa: S302  # of our own process
        except LOST as why:
            log.warning("a process that reads records ahead was lost: %s", why)
            return []
        return answers

    def send(self, message: bytes) -> None:
        with suppress(BrokenPipeError):  # which is told when the answer is read
            assert self.process.stdin is not None
            send(self.process.stdin, message)


def send(to: IO[bytes], message: bytes) -> None:
    to.write(len(message).to_bytes(4, "big"))
    to.write(message)
    to.flush()


def received(source: IO[bytes]) -> bytes:
    """The next message; EOFError where there is none."""
    length = int.from_bytes(whole(source, 4), "big")
    return whole(source, length)


def whole(source: IO[bytes], length: int) -> bytes:
    data = source.read(length)
    if len(data) < length:
        raise EOFError
    return data


# Over there


def main() -> None:
    os.nice(NICE)
    items: Reading = pickle.loads(received(sys.stdin.buffer))  # noqa: S301  # of the process that started us
    with suppress(EOFError, BrokenPipeError):
        while True:
            chunks: list[bytes] = marshal.loads(received(sys.stdin.buffer))  # noqa: S302
            send(sys.stdout.buffer, marshal.dumps([read(chunk, items) for chunk in chunks]))


def read(chunk: bytes, items: Reading) -> Told | None:
    """What a record says, as plain tuples; None where it is better read on the other side."""
    record = plain.record_of(chunk)
    if record is None:
        return None
    try:
        facts = marc.facts(record, items)
    except Refusal:
        return None
    parts = parts_of(facts)
    return parts and (*parts, made_parts(made_of(facts.description, chunk)))


def parts_of(facts: Facts) -> Told | None:
    if facts.statements:
        return None
    said = facts.description
    numbers = tuple((each.kind, each.value, each.raw) for each in said.numbers)
    return facts.control_number, texts_of(said), numbers, tuple(map(copy_parts, facts.copies))


def facts_of(told: Iterable[Any]) -> Facts:
    control, texts, numbers, copies = told
    said = Description(
        **dict(zip(TEXTS, texts, strict=True)), numbers=tuple(Number(*each) for each in numbers)
    )
    return Facts(control, said, tuple(Copy(*each) for each in copies))


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        main()
