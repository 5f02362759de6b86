"""A title list takes effect: all of it or nothing, and back again."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from postroad.accounts.models import User
from postroad.econtent import arriving, staging
from postroad.econtent.models import OPEN, BadLine, FileState, ListFile, TitleList
from postroad.errors import Refusal
from postroad.protocols import kbart
from postroad.protocols.kbart import TitleFile


class HasBadLines(Refusal):
    """The file is to be corrected first."""

    code = "list-has-bad-lines"


class DecidedAlready(Refusal):
    """Somebody was quicker."""

    code = "list-decided"


class NoWayBack(Refusal):
    """What was in effect then is not kept any more, or something else took effect since."""

    code = "list-no-way-back"


class AnotherWaits(Refusal):
    """Another file of the list was compared with what is in effect now."""

    code = "list-another-waits"


@dataclass(frozen=True, slots=True)
class Change:
    added: int
    removed: int
    kept: int


def take_effect(file: ListFile, *, by: User | None, now: datetime, good_only: bool = False) -> None:
    """From now on the list is what the file says; `good_only` leaves its bad lines out."""
    with transaction.atomic():
        title_list, file = held(file)
        if file.state != FileState.SHOWN:
            raise DecidedAlready
        waiting = file.bad_lines.filter(state=BadLine.State.OPEN)
        if good_only:
            waiting.update(state=BadLine.State.LEFT_OUT, by=by, at=now)
        elif waiting.exists():
            raise HasBadLines
        arriving.end(file, FileState.DONE, decided_by=by, decided_at=now)
        title_list.current, title_list.size = file.pk, file.titles
        title_list.save(update_fields=["current", "size"])


def undo(file: ListFile, *, by: User | None, now: datetime) -> None:
    """The list is what it was before this file."""
    with transaction.atomic():
        title_list, file = held(file)
        if file.state != FileState.DONE:
            raise DecidedAlready
        if title_list.current != file.pk or (file.before or 0) < title_list.oldest:
            raise NoWayBack
        none_waits(title_list)
        file.state, file.undone_by, file.undone_at = FileState.UNDONE, by, now
        file.save(update_fields=["state", "undone_by", "undone_at"])
        title_list.current, title_list.size = file.before or 0, file.size_before
        title_list.save(update_fields=["current", "size"])


def redo(file: ListFile, *, by: User | None, now: datetime) -> None:
    """An undone file takes effect after all."""
    with transaction.atomic():
        title_list, file = held(file)
        if file.state != FileState.UNDONE:
            raise DecidedAlready
        if title_list.files.filter(pk__gt=file.pk).exists():
            raise NoWayBack
        file.state, file.undone_by, file.undone_at = FileState.DONE, None, None
        file.decided_by, file.decided_at = by, now
        file.save()
        title_list.current, title_list.size = file.pk, file.titles
        title_list.save(update_fields=["current", "size"])


def held(file: ListFile) -> tuple[TitleList, ListFile]:
    """The list and its file as they are, until the transaction is over."""
    title_list = TitleList.objects.select_for_update().get(pk=file.title_list_id)
    return title_list, ListFile.objects.select_for_update().get(pk=file.pk)


def none_waits(title_list: TitleList) -> None:
    if title_list.files.filter(state__in=OPEN).exists():
        raise AnotherWaits


# Bad lines


def correct(
    file: ListFile, number: int, cells: list[str], *, by: User | None, now: datetime
) -> BadLine:
    """Take a line as somebody has corrected it. What is still wrong is told in the row."""
    with transaction.atomic():
        _title_list, file, line = held_line(file, number)
        read = kbart.read_cells(head_of(file), number, cells)
        wrong = [[each.column, each.sentence] for each in read.bad]
        if not wrong and staging.lay(file, [read.row]):
            wrong = [["", kbart.REPEATED]]
        line.cells, line.wrong, line.by, line.at = list(read.cells), wrong, by, now
        line.state = BadLine.State.OPEN if wrong else BadLine.State.CORRECTED
        line.save()
        file.save(update_fields=["added", "removed", "kept"])
    return line


def leave_out(
    file: ListFile, number: int, *, by: User | None, now: datetime, back: bool = False
) -> None:
    """The line takes no effect; or is to be corrected after all."""
    with transaction.atomic():
        _title_list, _file, line = held_line(file, number)
        line.state = BadLine.State.OPEN if back else BadLine.State.LEFT_OUT
        line.by, line.at = by, now
        line.save()


def held_line(file: ListFile, number: int) -> tuple[TitleList, ListFile, BadLine]:
    title_list, file = held(file)
    line = file.bad_lines.filter(line=number).exclude(state=BadLine.State.CORRECTED).first()
    if file.state != FileState.SHOWN or line is None:
        raise DecidedAlready
    return title_list, file, line


def head_of(file: ListFile) -> kbart.Head:
    said = dict(file.head)
    columns, warnings = tuple(said.pop("columns")), tuple(said.pop("warnings"))
    return kbart.Head(columns=columns, warnings=warnings, **said)


@transaction.atomic
def take(title_list: TitleList, found: TitleFile) -> Change:
    """A small list that nobody has to look at takes effect at once."""
    if found.bad:
        raise HasBadLines
    now = timezone.now()
    title_list = TitleList.objects.select_for_update().get(pk=title_list.pk)
    none_waits(title_list)
    file = ListFile(title_list=title_list, state=FileState.SHOWN, sent_at=now)
    file.before, file.size_before = title_list.current, title_list.size
    file.save()
    while staging.tidy(file):
        pass
    for at in range(0, len(found.rows), staging.A_BATCH):
        staging.lay(file, found.rows[at : at + staging.A_BATCH])
    while staging.mark_missing(file):
        pass
    file.save()
    take_effect(file, by=None, now=now)
    return Change(file.added, file.removed, file.kept)
