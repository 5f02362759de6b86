"""Files of titles: what they would change, when it takes effect, and the way back."""

import os
import tracemalloc
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from time import monotonic

import pytest
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from postroad.econtent import arriving, reading, staging, taking
from postroad.econtent.arriving import ListTooLarge, NoTitleList
from postroad.econtent.models import BadLine, FileState, ListFile, Title, TitleList
from postroad.econtent.taking import AnotherWaits, DecidedAlready, HasBadLines, NoWayBack
from postroad.protocols import kbart
from postroad.protocols.kbart import COLUMNS_2014, REPEATED
from tests.econtent.lists import NOW, boats, line, listed, send, shown, titles

pytestmark = pytest.mark.django_db


def effective(content: bytes) -> ListFile:
    file = shown(content)
    taking.take_effect(file, by=None, now=NOW)
    return ListFile.objects.get(pk=file.pk)


def live() -> list[str]:
    return sorted(title.title for title in Title.objects.live())


def counts(file: ListFile) -> tuple[int, int, int]:
    return (file.added, file.removed, file.kept)


def test_a_file_is_only_shown_until_somebody_says_so() -> None:
    file = shown(titles("A", "B"))
    assert (file.state, counts(file), live()) == ("shown", (2, 0, 0), [])
    taking.take_effect(file, by=None, now=NOW)
    assert live() == ["A", "B"]
    assert TitleList.objects.get().size == 2


def test_the_same_platform_twice_is_an_update() -> None:
    effective(titles("A", "B", "C"))
    file = shown(titles("B", "C", "D"))
    assert (counts(file), live()) == ((1, 1, 2), ["A", "B", "C"])
    assert [title.title for title in staging.removed(file)] == ["A"]
    assert [title.title for title in staging.added(file)] == ["D"]
    taking.take_effect(file, by=None, now=NOW)
    assert (live(), TitleList.objects.count()) == (["B", "C", "D"], 1)


def test_the_same_file_twice_changes_nothing() -> None:
    effective(titles("A", "B"))
    before = set(Title.objects.values_list("pk", flat=True))
    file = effective(titles("A", "B"))
    assert (counts(file), set(Title.objects.values_list("pk", flat=True))) == ((0, 0, 2), before)


def test_undone_is_as_it_was_and_undoing_can_be_undone() -> None:
    effective(titles("A", "B"))
    file = effective(titles("B", "C"))
    taking.undo(file, by=None, now=NOW)
    assert (live(), TitleList.objects.get().size) == (["A", "B"], 2)
    taking.redo(file, by=None, now=NOW)
    assert live() == ["B", "C"]


def test_after_an_undone_file_the_next_is_compared_with_what_is_in_effect() -> None:
    first = effective(titles("A", "B"))
    undone = effective(titles("C"))
    taking.undo(undone, by=None, now=NOW)
    file = effective(titles("B", "C"))
    assert (counts(file), live()) == ((1, 1, 1), ["B", "C"])
    with pytest.raises(NoWayBack):
        taking.redo(undone, by=None, now=NOW)
    taking.undo(file, by=None, now=NOW)
    assert live() == ["A", "B"]
    taking.undo(first, by=None, now=NOW)
    assert live() == []


def test_what_was_two_files_ago_is_gone_and_says_so() -> None:
    every = [effective(titles(name)) for name in "ABCD"]
    taking.undo(every[3], by=None, now=NOW)
    taking.undo(every[2], by=None, now=NOW)
    assert live() == ["B"]
    with pytest.raises(NoWayBack):
        taking.undo(every[1], by=None, now=NOW)


def test_a_discarded_file_leaves_nothing() -> None:
    effective(titles("A", "B"))
    file = shown(titles("B", "C"))
    assert arriving.discard(file, by=None, now=NOW)
    assert not arriving.discard(file, by=None, now=NOW)
    with pytest.raises(DecidedAlready):
        taking.take_effect(file, by=None, now=NOW)
    assert live() == ["A", "B"]
    assert reading.work_off(NOW) == 1
    assert Title.objects.count() == Title.objects.filter(until=None).count() == 2
    assert reading.work_off(NOW) == 0


def test_a_file_pressed_twice_is_one_and_another_takes_its_place() -> None:
    one = send(titles("A"))
    assert send(titles("A")) == one
    other = shown(titles("B"))
    one.refresh_from_db()
    assert (one.state, other.state) == (FileState.DISCARDED, FileState.SHOWN)


def test_while_one_waits_nothing_is_undone() -> None:
    file = effective(titles("A"))
    shown(titles("B"))
    with pytest.raises(AnotherWaits):
        taking.undo(file, by=None, now=NOW)


# Bad lines


def test_a_file_with_bad_lines_waits_until_they_are_corrected() -> None:
    effective(titles("A", "B"))
    file = shown(listed(line("A"), line("B", access_type="X"), line("C", embargo_info="1 y")))
    assert (file.bad, counts(file)) == (2, (0, 1, 1))
    with pytest.raises(HasBadLines):
        taking.take_effect(file, by=None, now=NOW)
    corrected = taking.correct(file, 3, line("B").split("\t"), by=None, now=NOW)
    again = taking.correct(file, 4, line("C", embargo_info="x").split("\t"), by=None, now=NOW)
    assert (corrected.state, again.state) == (BadLine.State.CORRECTED, BadLine.State.OPEN)
    assert [column for column, _sentence in again.wrong] == ["embargo_info"]
    taking.correct(file, 4, line("C").split("\t"), by=None, now=NOW)
    file.refresh_from_db()
    assert counts(file) == (1, 0, 2)
    taking.take_effect(file, by=None, now=NOW)
    assert live() == ["A", "B", "C"]


def test_the_good_lines_are_taken_if_somebody_says_so() -> None:
    file = shown(listed(line("A"), line("B", access_type="X")))
    taking.take_effect(file, by=None, now=NOW, good_only=True)
    assert live() == ["A"]
    assert [bad.state for bad in file.bad_lines.all()] == [BadLine.State.LEFT_OUT]


def test_a_line_is_left_out_and_put_back() -> None:
    file = shown(listed(line("A"), line("B", access_type="X")))
    taking.leave_out(file, 3, by=None, now=NOW)
    taking.leave_out(file, 3, by=None, now=NOW, back=True)
    with pytest.raises(HasBadLines):
        taking.take_effect(file, by=None, now=NOW)
    taking.leave_out(file, 3, by=None, now=NOW)
    taking.take_effect(file, by=None, now=NOW)
    with pytest.raises(DecidedAlready):
        taking.leave_out(file, 3, by=None, now=NOW, back=True)


def test_a_line_that_repeats_another_is_told_wherever_the_steps_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(staging, "A_BATCH", 2)
    effective(titles("A"))
    file = shown(titles("A", "B", "B", "A", "C"))
    assert [(bad.line, bad.wrong) for bad in file.bad_lines.all()] == [
        (4, [["", REPEATED]]),
        (5, [["", REPEATED]]),
    ]
    assert counts(file) == (2, 0, 1)
    assert taking.correct(file, 4, line("B").split("\t"), by=None, now=NOW).wrong == [
        ["", REPEATED]
    ]


# What is killed, cut off, or no list at all


@transaction.atomic
def die_after_a_step(file: ListFile) -> None:
    """What the step did is lost with its transaction."""
    reading.go_on(file, 0)
    raise KeyboardInterrupt


def test_after_each_death_it_goes_on_and_nothing_is_done_twice(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(staging, "A_BATCH", 2)
    effective(titles(*"ABCDE"))
    file = send(listed(*(line(name) for name in "DEFGH"), line("I", access_type="X")))
    deaths = 0
    while ListFile.objects.get(pk=file.pk).state != FileState.SHOWN:
        there = ListFile.objects.select_related("title_list").get(pk=file.pk)
        with pytest.raises(KeyboardInterrupt):
            die_after_a_step(there)
        there = ListFile.objects.select_related("title_list").get(pk=file.pk)
        reading.go_on(there, 0)
        deaths += 1
    file.refresh_from_db()
    assert (counts(file), file.bad, deaths > 6) == ((3, 3, 2), 1, True)
    taking.take_effect(file, by=None, now=NOW, good_only=True)
    assert live() == list("DEFGH")


def test_of_two_who_read_one_file_one_stops() -> None:
    file = send(titles("A"))
    other = ListFile.objects.get(pk=file.pk)
    assert reading.go_on(file, 0) == 1
    assert reading.go_on(other, monotonic() + 60) == 0


def test_a_file_that_is_gone_or_has_no_titles_says_so() -> None:
    file = send(titles("A"))
    arriving.place(file).unlink()
    reading.go_on(file, monotonic() + 60)
    empty = shown(titles(), platform="k.example")
    file.refresh_from_db()
    assert (file.state, empty.state) == ("failed", "failed")
    assert "not there any more" in file.reason
    assert "no titles under it" in empty.reason


def test_a_file_of_bad_lines_alone_is_told_as_a_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MOST_BAD", 3)
    file = shown(listed(*(line(name, access_type="X") for name in "ABCD")))
    assert (file.state, file.bad_lines.count()) == ("failed", 0)
    assert "More than 3 lines" in file.reason


def kept() -> set[Path]:
    return set((Path(settings.HOME) / "title-lists").glob("*"))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"PK\x03\x04" + b"\0" * 5000, "archive"),
        (b"\x89PNG\r\n\x1a\n\0\0\0", "not a text file"),
        (b"title\tissn\n", "no KBART file"),
    ],
)
def test_what_is_no_list_is_refused_and_not_kept(content: bytes, words: str) -> None:
    before = kept()
    with pytest.raises(NoTitleList) as no:
        send(content)
    assert words in str(no.value.facts["why"])
    assert kept() == before
    assert not ListFile.objects.exists()


def test_a_file_that_is_too_large_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arriving, "BYTES", 100)
    before = kept()
    with pytest.raises(ListTooLarge):
        send(titles("A"))
    assert kept() == before


def cut_off() -> Iterator[bytes]:
    yield titles("A")
    raise ConnectionResetError


def test_of_an_upload_that_is_cut_off_nothing_is_kept() -> None:
    before = kept()
    with pytest.raises(ConnectionResetError):
        arriving.receive(cut_off(), "boats.txt", boats(), "j.example", by=None, now=NOW)
    assert kept() == before
    assert not ListFile.objects.exists()


def test_what_a_killed_upload_left_goes_after_a_day_and_what_waits_stays() -> None:
    waits = arriving.place(send(titles("A")))
    left, fresh = waits.with_name("left.sent"), waits.with_name("fresh.sent")
    for path in (left, fresh):
        path.touch()
    day = timezone.now()
    for path in (left, waits):
        os.utime(path, (0, 0))
    arriving.tidy(day)
    assert (left.exists(), fresh.exists(), waits.exists()) == (False, True, True)


def test_however_long_a_list_is_only_a_line_of_it_is_in_memory() -> None:
    content = listed(*(line(f"Ferries {at}") for at in range(20_000)))
    file, text = BytesIO(content), kbart.look(BytesIO(content))
    head = kbart.head_of(kbart.lines_of(BytesIO(content), text), text)
    tracemalloc.start()
    try:
        for number, said in kbart.lines_of(file, text):
            kbart.read_line(head, number, said)
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert most < len(content) // 4


@pytest.mark.django_db(transaction=True)
def test_the_file_goes_when_it_is_decided() -> None:
    file = shown(titles("A"))
    assert arriving.place(file).exists()
    taking.take_effect(file, by=None, now=NOW)
    assert not arriving.place(file).exists()


def test_a_corrected_line_may_have_no_more_columns_than_the_header() -> None:
    file = shown(listed(line("A") + "\tmore"))
    cells = [*line("A").split("\t"), "more"]
    assert taking.correct(file, 2, cells, by=None, now=NOW).state == BadLine.State.OPEN
    kept = cells[: len(COLUMNS_2014)]
    assert taking.correct(file, 2, kept, by=None, now=NOW).state == BadLine.State.CORRECTED


def test_a_step_has_as_many_statements_whatever_is_on_the_list(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    effective(titles(*(f"T{number}" for number in range(300))))
    file = send(titles(*(f"T{number}" for number in range(100, 340))))
    reading.go_on(file, 0)  # puts earlier files away
    with django_assert_num_queries(8):
        reading.go_on(file, 0)
    assert (file.added, file.kept) == (40, 200)
