"""Files of records in line: loaded once each, whatever happens to the worker on the way."""

import gzip
import zipfile
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError, transaction
from django.utils import timezone

from postroad.catalogue import absences, incoming, list_files, load_sessions, loading, loads
from postroad.catalogue.incoming import AlreadyHere, Empty, NoRecords, TooLarge
from postroad.catalogue.load_models import Load, LoadPart, LoadState
from postroad.catalogue.loading import Report
from postroad.catalogue.models import Contribution, Item, ItemStatus, Record
from postroad.directory.models import Library
from tests.cast import Cast
from tests.catalogue.records import file_of, item, record
from tests.disk import full_disk
from tests.test_spreadsheet import xlsx

FULL, CHANGES, DELETIONS = Load.Kind.FULL, Load.Kind.CHANGES, Load.Kind.DELETIONS


@pytest.fixture(autouse=True)
def nothing_open() -> Any:
    yield
    for session in loads.at_work.values():
        session.close()
    loads.at_work.clear()


def send(library: Library, sent: bytes, kind: str = CHANGES, name: str = "books.mrc") -> Load:
    """Sent by a page, looked at, and taken."""
    load = incoming.receive([sent], name, library, kind, by=None, at=timezone.now())
    assert loads.queue(load, timezone.now())
    return now(load)


def many(count: int, first: int = 1, *, copies: int = 1) -> bytes:
    books = (
        record(
            f"b{at}",
            *(item(f"{copy}{at:05}") for copy in range(3, 3 + copies)),
            title=f"Book {at}",
            author=f"Author {at}",
        )
        for at in range(first, first + count)
    )
    return file_of(*books).getvalue()


def work(turns: int = 20) -> None:
    """As many turns as the worker takes."""
    for _ in range(turns):
        if not loads.work_off(timezone.now()):
            break


def now(load: Load) -> Load:
    load.refresh_from_db()
    return load


def barcodes(library: Library, **more: Any) -> list[str]:
    return sorted(Item.objects.filter(library=library, **more).values_list("barcode", flat=True))


def everything() -> list[Any]:
    """What the catalogue says, but for the keys that databases count up."""
    return [
        sorted(Record.objects.values_list("title", "author", "year", "format")),
        sorted(
            Contribution.objects.values_list("library__code", "control_number", "state", "digest")
        ),
        sorted(Item.objects.values_list("library__code", "barcode", "control_number", "status")),
    ]


def counts_of(load: Load) -> dict[str, Any]:
    return {name: each for name, each in load.counts.items() if name != "seconds"}


def test_a_file_is_loaded_by_the_worker_and_goes_from_the_disk(cast: Cast):
    load = send(cast.lee, many(3))
    assert incoming.place(load).exists()
    work()
    assert now(load).state == LoadState.DONE
    assert (load.position, load.counts["written"]["copies_new"]) == (3, 3)
    assert not incoming.place(load).exists()
    assert not LoadPart.objects.exists()
    assert loads.work_off(timezone.now()) == 0


def after_steps(load: Load, steps: int) -> None:
    """A worker that is killed behind so many of its transactions: nothing of it goes on."""
    loads.begin(load)
    session = load_sessions.Session(load, incoming.place(load).open("rb"))
    for _ in range(steps):
        next(session.steps)
    session.file.close()


def a_minute_later(load: Load) -> None:
    """Its worker has not been heard of since."""
    load.refresh_from_db()
    Load.objects.filter(pk=load.pk).update(beat_at=timezone.now() - timedelta(minutes=1))


@pytest.mark.parametrize("kind", [CHANGES, FULL])
def test_a_load_whose_worker_is_killed_goes_on_and_ends_as_if_nothing_had_been(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, kind: str
):
    monkeypatch.setattr(loading, "BATCH", 3)
    monkeypatch.setattr(loading, "MOST_ABSENT", 0.5)
    bad = file_of(record("bad", item("399999"), title="")).getvalue()
    old, new = many(12, copies=2), many(9, first=3) + bad + many(2, first=30)
    lee, lenox = send(cast.lee, old), send(cast.lenox, old)
    work()
    unkilled = send(cast.lee, new, kind)
    work()
    killed = send(cast.lenox, new, kind)
    for steps in (1, 2, 1, 3):
        after_steps(killed, steps)
        a_minute_later(killed)
    assert killed.position > 3
    work()
    assert (now(killed).state, now(unkilled).state) == (LoadState.DONE, LoadState.DONE)
    one, other = counts_of(unkilled), counts_of(killed)
    assert (one.pop("library"), other.pop("library")) == ("lee", "lenox")
    for each in (one, other):  # who came first
        each["written"]["new"] += each["written"].pop("joined")
        each.pop("guessed")
    assert one == other
    assert barcodes(cast.lee, status="in") == barcodes(cast.lenox, status="in")
    assert len(killed.troubles.all()) == 1
    assert {now(lee).state, now(lenox).state} == {LoadState.DONE}


def test_a_worker_that_another_has_overtaken_does_nothing(cast: Cast):
    load = send(cast.lee, many(5))
    loads.begin(load)
    slow = load_sessions.Session(load, incoming.place(load).open("rb"))
    a_minute_later(load)
    other = Load.objects.select_related("library").get(pk=load.pk)
    loads.begin(other)
    quick = load_sessions.Session(other, incoming.place(load).open("rb"))
    next(quick.steps)
    with pytest.raises(load_sessions.NotOurs), transaction.atomic():
        next(slow.steps)
    assert quick.go_on(loads.FOREVER)
    assert now(load).counts["written"]["copies_new"] == 5
    for each in (slow, quick):
        each.close()


def test_a_load_is_paused_goes_on_and_is_stopped_while_it_runs(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(loading, "BATCH", 2)
    monkeypatch.setattr(loads, "AT_A_TURN", 0)
    load = send(cast.lee, many(9))
    loads.go_on(load, 0)
    assert (now(load).state, load.position) == (LoadState.READING, 2)
    assert loads.pause(load)
    monkeypatch.setattr(loads, "AT_A_TURN", 5)
    assert loads.work_off(timezone.now()) == 0
    assert not loads.at_work
    assert loads.resume(load)
    loads.go_on(now(load), 0)
    assert now(load).position == 4
    assert loads.stop(load)
    work()
    assert (now(load).state, load.position) == (LoadState.STOPPED, 4)
    assert barcodes(cast.lee) == ["300001", "300002", "300003", "300004"]
    assert not incoming.place(load).exists()
    assert not LoadPart.objects.exists()


def test_a_turn_ends_in_time_and_the_next_goes_on_with_the_open_file(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(loading, "BATCH", 2)
    load = send(cast.lee, many(5))
    loads.go_on(load, 0)
    session = loads.at_work[load.pk]
    loads.go_on(now(load), 0)
    assert loads.at_work[load.pk] is session
    assert now(load).position == 4


def test_a_later_file_of_a_library_waits_and_a_small_one_of_another_goes_before_a_large(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(loads, "SMALL", 1000)
    large = send(cast.lee, many(20))
    later = send(cast.lee, many(1, first=50))
    small = send(cast.lenox, many(1))
    assert loads.line() == [small, large, later]
    assert loads.ahead(later) == [small, large]
    assert loads.pause(large)
    assert loads.ahead(later) == [small, large]
    work()
    assert now(small).state == LoadState.DONE
    assert now(later).state == LoadState.WAITING  # what comes later is right, so it waits
    assert loads.resume(large)
    work()
    assert now(later).state == LoadState.DONE


# Copies that are not in a file


def absent_of(load: Load) -> int:
    return sum(map(len, absences.of(load).values()))


def test_a_file_without_many_copies_asks_and_withdraws_them_when_it_is_told_to(cast: Cast):
    send(cast.lee, many(30))
    work()
    Item.objects.filter(barcode="300001").update(status=ItemStatus.MISSING)
    load = send(cast.lee, many(25, first=6), FULL)
    work()
    assert (now(load).state, load.absent) == (LoadState.ASKS, 5)
    assert len(barcodes(cast.lee, status="withdrawn")) == 0
    assert loads.answer(load, "withdraw", None, timezone.now())
    work()
    assert now(load).state == LoadState.DONE
    assert load.counts["written"]["copies_withdrawn"] == 5
    assert barcodes(cast.lee, status="withdrawn") == [f"3{at:05}" for at in range(1, 6)]
    assert loads.answer(load, "back", None, timezone.now())  # and that can be taken back
    work()
    assert (now(load).state, load.counts["put_back"]) == (LoadState.DONE, 5)
    assert Item.objects.get(barcode="300001").status == ItemStatus.MISSING
    assert len(barcodes(cast.lee, status="in")) == 29


def test_a_no_keeps_them_and_can_be_thought_over(cast: Cast):
    send(cast.lee, many(30))
    work()
    load = send(cast.lee, many(25), FULL)
    work()
    assert loads.answer(now(load), "keep", None, timezone.now())
    assert not loads.answer(now(load), "back", None, timezone.now())
    work()
    assert barcodes(cast.lee, status="withdrawn") == []
    assert loads.answer(load, "withdraw", None, timezone.now())
    work()
    assert len(barcodes(cast.lee, status="withdrawn")) == 5


def test_a_few_that_are_absent_go_without_a_question_and_can_come_back(cast: Cast):
    send(cast.lee, many(40))
    work()
    load = send(cast.lee, many(39), FULL)
    work()
    assert (now(load).state, load.absent) == (LoadState.DONE, 1)
    assert barcodes(cast.lee, status="withdrawn") == ["300040"]
    assert absences.can_be_put_back(load)
    loads.answer(load, "back", None, timezone.now())
    work()
    assert barcodes(cast.lee, status="withdrawn") == []


def test_a_question_forgets_what_a_later_file_lists_and_ends_with_a_whole_one(cast: Cast):
    send(cast.lee, many(30))
    work()
    asks = send(cast.lee, many(20), FULL)
    work()
    assert now(asks).absent == 10
    send(cast.lee, many(4, first=21))
    work()
    assert (now(asks).state, asks.absent) == (LoadState.ASKS, 6)
    again = send(cast.lee, many(21), FULL)
    work()
    assert (now(asks).state, asks.answer) == (LoadState.DONE, "lapsed")
    assert now(again).absent == 9


def test_a_load_that_the_database_never_takes_holds_nobody_up(cast: Cast):
    strange = send(cast.lee, many(3))
    Load.objects.filter(pk=strange.pk).update(counts={**Report("lee").as_json(), "read": -100})
    other = send(cast.lenox, many(3))
    work()
    assert (now(strange).state, strange.reason) == (LoadState.FAILED, "ours: IntegrityError")
    assert now(other).state == LoadState.DONE


@pytest.mark.parametrize("said", ["keep", "withdraw"])
@pytest.mark.parametrize("kind", [CHANGES, FULL])
def test_what_a_later_file_lists_is_not_withdrawn_by_the_answer_to_an_earlier(
    cast: Cast, said: str, kind: str
):
    send(cast.lee, many(30))
    work()
    asks = send(cast.lee, many(20), FULL)
    work()
    later = send(cast.lee, many(9, first=21) if kind == CHANGES else many(29), kind)
    assert loads.answer(now(asks), said, None, timezone.now())  # the later file is in line
    work()
    assert now(later).state == LoadState.DONE
    loads.answer(now(asks), "withdraw", None, timezone.now())  # thought over
    work()
    assert now(asks).state == LoadState.DONE
    assert barcodes(cast.lee, status="withdrawn") == ["300030"]


def test_what_was_looked_at_for_long_and_loaded_last_is_the_later_file(cast: Cast):
    send(cast.lee, many(40))
    work()
    looked_at = incoming.receive([many(38)], "long.mrc", cast.lee, FULL, by=None, at=timezone.now())
    first = send(cast.lee, many(39), FULL)
    work()
    assert absences.can_be_put_back(now(first))
    loads.queue(looked_at, timezone.now())
    work()
    assert not absences.can_be_put_back(now(first))
    assert absences.can_be_put_back(now(looked_at))


def test_what_is_in_line_is_not_put_away_as_if_nothing_were_loaded(cast: Cast):
    load = send(cast.lee, many(3))
    assert not loads.put_away(load)
    work()
    assert now(load).state == LoadState.DONE


def test_a_list_that_is_stopped_once_its_rows_are_records_leaves_no_file(cast: Cast):
    load = send(cast.lee, b"Title,Author\nEmma,Austen\n", name="list.csv")
    seen_before = Load.objects.get(pk=load.pk)
    list_files.make(load)
    assert loads.stop(seen_before)
    assert list(incoming.folder().iterdir()) == []


def test_a_list_of_deletions_takes_the_copies_of_its_records(cast: Cast):
    send(cast.lee, many(5))
    work()
    load = send(cast.lee, b"Control number\nb2\nb4\nb99\n", DELETIONS, "gone.csv")
    work()
    assert now(load).state == LoadState.DONE
    written = load.counts["written"]
    assert (written["deleted"], written["deleted_unseen"]) == (2, 1)
    assert barcodes(cast.lee, status="withdrawn") == ["300002", "300004"]
    bare = send(cast.lee, b"b1\nb3\n", DELETIONS, "gone.txt")  # a text without any heading
    work()
    assert now(bare).counts["written"]["deleted"] == 2
    marc = send(cast.lee, many(1, first=5), DELETIONS)
    work()
    assert now(marc).counts["written"]["deleted"] == 1
    assert barcodes(cast.lee, status="in") == []


# Files that nobody should have sent


def test_what_cannot_be_loaded_is_refused_before_it_is_kept(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
):
    junk: list[tuple[bytes, type[Exception]]] = [
        (b"", Empty),
        (b"\n \r\n", Empty),
        (b"%PDF-1.7 a letter", NoRecords),
        (b"PK\x03\x04 a folder", NoRecords),
        (b"<!DOCTYPE html><html></html>", NoRecords),
        (b'<!DOCTYPE x [<!ENTITY a "b">]><collection>&a;</collection>', NoRecords),
        (b"\x89PNG\r\n\x1a\n", NoRecords),
        (gzip.compress(b"nothing of the kind" * 100), NoRecords),
    ]
    for sent, no in junk:
        with pytest.raises((no, incoming.Unreadable)):
            incoming.receive([sent], "x", cast.lee, CHANGES, by=None, at=timezone.now())
    monkeypatch.setattr(incoming, "BYTES", 1000)
    with pytest.raises(TooLarge):
        incoming.receive([b"0" * 600] * 2, "x", cast.lee, CHANGES, by=None, at=timezone.now())
    assert not Load.objects.exists()
    assert list(incoming.folder().iterdir()) == []


def test_a_gzipped_file_that_swells_without_end_is_given_up(cast: Cast):
    """The records before what swells are loaded; nothing is withdrawn."""
    bomb = BytesIO()
    with gzip.GzipFile(fileobj=bomb, mode="wb", compresslevel=1) as packed:
        packed.write(many(2))
        for _ in range(70):
            packed.write(bytes(1_000_000))
    load = send(cast.lee, bomb.getvalue(), FULL)
    work()
    assert now(load).state == LoadState.DONE
    assert load.counts["breaks_off"]
    assert len(barcodes(cast.lee)) == 2


def test_the_same_file_sent_twice_at_once_is_one_load(cast: Cast):
    load = send(cast.lee, many(3))
    with pytest.raises(AlreadyHere) as no:
        send(cast.lee, many(3))
    assert no.value.load == load
    other = send(cast.lenox, many(3))  # the file of another library
    assert incoming.of_another(other) == cast.lee
    work()
    again = send(cast.lee, many(3))  # once it is over it may be sent again, and changes nothing
    work()
    assert now(again).counts["written"]["unchanged"] == 3


def test_a_file_that_is_gone_fails_and_holds_nobody_up(cast: Cast):
    load, other = send(cast.lee, many(3)), send(cast.lenox, many(1))
    incoming.place(load).unlink()
    work()
    assert (now(load).state, load.reason) == (LoadState.FAILED, "gone")
    assert now(other).state == LoadState.DONE


def test_a_load_that_we_cannot_read_for_a_fault_of_ours_holds_nobody_up(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    load, other = send(cast.lee, many(3)), send(cast.lenox, many(1))
    place = incoming.place(load)
    place.unlink()
    place.mkdir()  # nothing that can be opened
    with pytest.raises(IsADirectoryError):
        work()
    place.rmdir()
    work()
    assert now(other).state == LoadState.DONE
    assert now(load).state in (LoadState.READING, LoadState.FAILED)


def test_a_workbook_is_read_as_a_list_is_and_a_bomb_of_one_is_refused(cast: Cast):
    load = send(cast.lee, xlsx(["Title", "Barcode"], ["Emma", "31"], ["Walden", ""]), name="a.xlsx")
    work()
    assert now(load).counts["written"]["copies_new"] == 2
    bomb = BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as folder:
        folder.writestr("xl/workbook.xml", bytes(1000))
        folder.writestr("xl/worksheets/sheet1.xml", bytes(130_000_000))
    with pytest.raises(incoming.Unreadable):
        send(cast.lee, bomb.getvalue(), name="bomb.xlsx")


@pytest.mark.once
@pytest.mark.django_db(transaction=True)
def test_a_full_disk_half_does_nothing_and_the_load_goes_on_when_there_is_room(cast: Cast):
    load = send(cast.lee, many(3))
    with full_disk(), pytest.raises(OperationalError):
        loads.work_off(timezone.now())
    assert now(load).position == 0
    with full_disk(), pytest.raises(OSError, match="large"):
        incoming.receive([many(4)], "b.mrc", cast.lee, CHANGES, by=None, at=timezone.now())
    assert [path.name for path in incoming.folder().iterdir()] == [load.file]
    Load.objects.update(beat_at=None)
    work()
    assert (now(load).state, load.position) == (LoadState.DONE, 3)


def test_a_file_that_nobody_takes_goes_after_a_week(cast: Cast):
    sent = timezone.now()
    load = incoming.receive([many(1)], "x.mrc", cast.lee, CHANGES, by=None, at=sent)
    loads.work_off(sent + timedelta(days=6))
    assert incoming.place(load).exists()
    loads.work_off(sent + timedelta(days=8))
    assert now(load).state == LoadState.STOPPED
    assert not Path(incoming.place(load)).exists()
