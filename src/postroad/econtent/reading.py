"""A title list is read, a transaction a step, from where it was left: a process may be killed at
any moment, and nothing is done twice."""

import logging
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import islice

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import F

from postroad.econtent import arriving, staging
from postroad.econtent.models import BadLine, FileState, ListFile, TitleList
from postroad.econtent.taking import head_of
from postroad.protocols import kbart
from postroad.protocols.kbart import Bad, Line, Text

log = logging.getLogger(__name__)

AT_A_TURN = 5.0  # seconds
MOST_BAD = 10_000  # lines: so many nobody corrects, and something is wrong with the file
IN_LINE = (FileState.WAITING, FileState.READING)

Numbered = tuple[int, Line | None]
Tell = Callable[[], int]


class NotOurs(Exception):
    """It was discarded, or another process goes on with it."""


def work_off(now: datetime) -> int:
    """Job: go on with the files that came, and put away what never takes effect."""
    until, done = time.monotonic() + AT_A_TURN, 0
    waiting = ListFile.objects.filter(state__in=IN_LINE).select_related("title_list")
    for file in waiting.order_by("size", "pk"):
        done += go_on(file, until)
        if time.monotonic() >= until:
            return done
    return done + sweep_until(until)


def sweep_until(until: float) -> int:
    """The titles of files that were discarded, or could not be read."""
    over = ListFile.objects.filter(state__in=(FileState.DISCARDED, FileState.FAILED))
    found = over.filter(is_clean=False).order_by("pk").first()
    if found is None:
        return 0
    while not found.is_clean and time.monotonic() < until:
        with transaction.atomic():
            staging.sweep(found)
    return 1


def go_on(file: ListFile, until: float) -> int:
    """Some steps of it, at least one; 1 if anything was done."""
    try:
        with arriving.place(file).open("rb") as opened:
            lines = numbered(file, kbart.lines_of(opened, Text(**file.text)))
            while step(file, lines, opened.tell) and time.monotonic() < until:
                pass
    except NotOurs:
        return 0
    except FileNotFoundError:
        fail(file, "The file is not there any more. Send it again.")
    except kbart.NotATitleList as why:
        fail(file, str(why))
    except (OperationalError, InterfaceError, OSError):
        raise  # busy, or the disk is full: at the next turn
    except Exception as why:
        log.exception("the title list %s could not be read", file.pk)
        fail(file, f"Something is wrong here, and not in the file: {type(why).__name__}.")
    return 1


def fail(file: ListFile, reason: str) -> None:
    with transaction.atomic():
        arriving.end(file, FileState.FAILED, reason=reason[:300])


def numbered(file: ListFile, lines: Iterator[tuple[int, str]]) -> Iterator[Numbered]:
    """The lines behind the last that was read."""
    head = head_of(file)
    for number, said in lines:
        if number > file.line:
            yield number, kbart.read_line(head, number, said)


def step(file: ListFile, lines: Iterator[Numbered], tell: Tell) -> bool:
    """One transaction; whether there is more to do."""
    phase = ListFile.Phase(file.phase)
    found = list(islice(lines, staging.A_BATCH)) if phase is ListFile.Phase.READ else []
    with transaction.atomic():
        claim(file)
        more = True
        match phase:
            case ListFile.Phase.TIDY if not staging.tidy(file):
                file.before, file.size_before = file.title_list.current, file.title_list.size
                file.phase = ListFile.Phase.READ
            case ListFile.Phase.READ if found:
                read(file, found, tell)
            case ListFile.Phase.READ:
                check(file)
                file.phase = ListFile.Phase.COMPARE
            case ListFile.Phase.COMPARE if not staging.mark_missing(file):
                file.state, file.read_bytes, more = FileState.SHOWN, file.size, False
        file.save()
    return more


def claim(file: ListFile) -> None:
    """The next step is ours; to be asked within its transaction. Nothing of the list takes effect
    or is undone meanwhile."""
    file.title_list = TitleList.objects.select_for_update().get(pk=file.title_list_id)
    row = ListFile.objects.filter(pk=file.pk, state__in=IN_LINE, step=file.step)
    if not row.update(step=F("step") + 1, state=FileState.READING):
        raise NotOurs
    file.step += 1
    file.state = FileState.READING


def read(file: ListFile, found: list[Numbered], tell: Tell) -> None:
    lines = [(number, line) for number, line in found if line is not None]
    good = {line.row.line: line for _number, line in lines if not line.bad}
    repeated = staging.lay(file, [line.row for line in good.values()])
    bad = [(number, line, line.bad) for number, line in lines if line.bad]
    bad += [(row.line, good[row.line], (Bad(row.line, "", kbart.REPEATED),)) for row in repeated]
    BadLine.objects.bulk_create(
        BadLine(
            list_file=file,
            line=number,
            cells=line.cells,
            wrong=[[each.column, each.sentence] for each in told],
        )
        for number, line, told in bad
    )
    file.bad += len(bad)
    if file.bad > MOST_BAD:
        raise kbart.NotATitleList(
            f"More than {MOST_BAD:,} lines cannot be read: something is wrong with the whole file."
        )
    file.line = found[-1][0]
    file.read_bytes = min(tell(), file.size)


def check(file: ListFile) -> None:
    if not (file.titles or file.bad):
        raise kbart.NotATitleList(kbart.EMPTY)
