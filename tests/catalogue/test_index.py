"""The index bears killed writers, full disks, other versions and many at once."""

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from tantivy import Query as Clause

from postroad.catalogue import holdings, loading, search
from postroad.catalogue.engines import tantivy as engine
from postroad.catalogue.engines.tantivy import Entry, IndexBusy, IndexTrouble
from postroad.catalogue.models import Indexed, Item, Record, Unindexed
from postroad.catalogue.search import NoIndex, Query
from tests.catalogue.records import file_of, item, load, record
from tests.disk import full_disk

ISBN = ("020", {"a": "0141439513"})
ROOT = Path(__file__).parent.parent.parent


def entry(key: int, title: str = "Emma") -> Entry:
    return Entry(
        key, title, "", "Austen, Jane", "", "", "", "", "", "", 1816, "book", "eng", ("lee",)
    )


def keys() -> list[int]:
    """Every entry, copies and all."""
    _index, reader = engine.searcher()
    found = reader.search(Clause.all_query(), 10_000)
    values = reader.fast_field_values("record", [place for _score, place in found.hits])
    return sorted(int(value) for value in values if value is not None)


@pytest.fixture
def written(index: Path) -> Path:
    with engine.lock():
        engine.rebuild(entry(key) for key in range(50))
    return index


def test_after_an_update_there_is_one_copy(written):
    for _ in range(3):
        with engine.lock():
            engine.write([entry(7, "Persuasion"), entry(8)], gone=[9])
    assert keys() == [key for key in range(50) if key != 9]


def settled() -> dict[str, str]:
    """The surroundings of a process that writes the index and knows no database."""
    return {**os.environ, "PYTHONPATH": str(ROOT / "src"), "DJANGO_SETTINGS_MODULE": ""}


PROCESS = """
import itertools
from pathlib import Path
from django.conf import settings
settings.configure(HOME=Path({home!r}))
from postroad.catalogue.engines import tantivy as engine
from postroad.catalogue.engines.tantivy import Entry
def entry(key, title):
    return Entry(key, title, "", "", "", "", "", "", "", "", 1816, "book", "eng", ("lee",))
"""
WRITER = """
for turn in itertools.count():
    with engine.lock():
        engine.write([entry(key, f"turn {turn}") for key in range(50)])
        print("wrote", flush=True)
        if REBUILD and turn % 2:
            engine.rebuild([entry(key, "anew") for key in range(50)])
"""


def test_a_reader_sees_what_another_process_commits(written):
    before = keys()
    script = PROCESS.format(home=str(written.parent))
    script += "with engine.lock():\n    engine.write([entry(1000, 'Emma')])\n"
    subprocess.run([sys.executable, "-c", script], check=True, env=settled())
    assert keys() == [*before, 1000]


@pytest.mark.parametrize("rebuild", [False, True])
def test_a_killed_writer_leaves_a_whole_index_and_no_lock(rebuild, written):
    script = PROCESS.format(home=str(written.parent)) + f"REBUILD = {rebuild}\n" + WRITER
    for moment in (0.0, 0.003, 0.011, 0.02, 0.05, 0.09):
        writer = subprocess.Popen(
            [sys.executable, "-c", script], stdout=subprocess.PIPE, env=settled()
        )
        assert writer.stdout is not None
        assert writer.stdout.readline() == b"wrote\n"
        time.sleep(moment)
        writer.send_signal(signal.SIGKILL)
        writer.wait()
        writer.stdout.close()
        assert keys() == list(range(50))
        with engine.lock():
            engine.write([entry(3)])
        assert keys() == list(range(50))


def test_a_full_disk_leaves_the_old_state_and_the_work_undone(cast, index):
    load(cast.lee, record("b1", item("31")))
    Record.objects.update(title="Persuasion")
    Unindexed.objects.note(Record.objects.values_list("pk", flat=True))
    with full_disk(), pytest.raises(IndexTrouble):
        search.refresh()
    assert search.find(Query(words="pride")).total == 1
    assert Unindexed.objects.count() == 1
    with full_disk(), pytest.raises(IndexTrouble):
        search.rebuild()
    assert search.find(Query(words="pride")).total == 1
    assert len(list(index.glob("v*"))) == 1  # nothing half made is left
    search.refresh()
    assert search.find(Query(words="persuasion")).total == 1
    assert not Unindexed.objects.exists()


def test_loading_goes_on_when_the_index_cannot_follow(cast, monkeypatch):
    def busy() -> None:
        raise IndexBusy(seconds=0)

    monkeypatch.setattr(search, "refresh", busy)
    report = load(cast.lee, record("b1", item("31")))
    assert (report.searchable, report.written.new) == (False, 1)
    assert Unindexed.objects.count() == 1


def test_the_index_of_another_version_is_made_anew(cast, monkeypatch):
    load(cast.lee, record("b1", item("31")))
    monkeypatch.setattr(engine, "SCHEMA_VERSION", engine.SCHEMA_VERSION + 1)
    with pytest.raises(NoIndex):
        search.find(Query(words="pride"))
    search.refresh()
    assert search.find(Query(words="pride")).total == 1


def test_a_damaged_index_is_made_anew(cast, index):
    load(cast.lee, record("b1", item("31")))
    (engine.current() / "meta.json").write_text("{")
    engine._open.clear()
    with pytest.raises(NoIndex):
        search.find(Query(words="pride"))
    search.refresh()
    assert search.find(Query(words="pride")).total == 1


def test_what_changes_while_the_index_is_written_is_taken_next_time(cast, monkeypatch):
    load(cast.lee, record("b1", item("31")))
    put = engine.put
    book = Record.objects.get()

    def put_slowly(*how, **more):
        put(*how, **more)
        if Record.objects.filter(title="Emma").exists():
            return
        Record.objects.update(title="Emma")
        Unindexed.objects.note([book.pk])

    Unindexed.objects.note([book.pk])
    monkeypatch.setattr(engine, "put", put_slowly)
    assert search.refresh() == 2
    assert search.find(Query(words="emma")).total == 1


def test_two_writers_wait_for_each_other_and_give_up_in_the_end(written, monkeypatch):
    monkeypatch.setattr(engine, "LOCK_PATIENCE", 0.2)
    with engine.lock(), pytest.raises(IndexBusy), engine.lock():
        pass
    with engine.lock():
        pass


def test_readers_and_a_writer_at_once(written):
    wrong: list[object] = []
    stop = threading.Event()

    def look() -> None:
        while not stop.is_set():
            try:
                if (found := keys()) != list(range(50)):
                    wrong.append(found)
            except BaseException as why:  # a thread tells nobody otherwise
                wrong.append(why)

    readers = [threading.Thread(target=look) for _ in range(3)]
    for reader in readers:
        reader.start()
    for turn in range(10):
        with engine.lock():
            if turn % 3:
                engine.write([entry(key, f"turn {turn}") for key in range(50)])
            else:
                engine.rebuild(entry(key) for key in range(50))
    stop.set()
    for reader in readers:
        reader.join()
    assert wrong == []


def some_segment(index: Path) -> Path:
    return next(engine.current().glob("*.term"))


@pytest.mark.parametrize("part", engine.PARTS)
def test_an_index_that_lost_a_part_while_it_is_in_use_is_made_anew(part, cast, index, client):
    load(cast.lee, record("b1", ISBN, item("31000")))
    assert search.state() == "ok"
    next(engine.current().glob(f"*.{part}")).unlink()
    assert search.state() == "none yet"
    Unindexed.objects.note(Record.objects.values_list("pk", flat=True))
    assert search.refresh() == 1
    assert search.state() == "ok"
    assert search.find(Query(words="pride")).total == 1


def test_an_index_that_is_damaged_within_is_found_out_when_it_fails(cast, index, client):
    load(cast.lee, record("b1", ISBN, item("31000")))
    part = some_segment(index)
    part.write_bytes(part.read_bytes()[:-40])
    engine._open.clear()
    answer = client.get("/search?q=pride")
    assert answer.status_code == 503
    assert "is being rebuilt" in answer.text
    assert "A number works right away" in answer.text
    for number in ("31000", "0141439513"):
        assert "Pride and prejudice" in client.get("/search", {"q": number}).text
    search.refresh()
    assert "Pride and prejudice" in client.get("/search?q=pride").text


def test_a_part_that_was_overwritten_is_seen_by_its_sum(written):
    assert engine.damage(thorough=True) == ""
    part = some_segment(written)
    content = part.read_bytes()
    part.write_bytes(bytes([content[0] ^ 1]) + content[1:])
    assert engine.damage() == ""
    assert engine.damage(thorough=True) == part.name
    engine.doubt()
    with pytest.raises(NoIndex):
        engine.current()


def test_whoever_doubts_a_whole_index_leaves_it_alone(written):
    engine.doubt()
    assert keys() == list(range(50))


def test_a_part_of_an_index_that_others_write_is_never_missed(written):
    """They take away old parts; to look at those of before would be a false alarm."""
    stop = threading.Event()
    wrong: list[str] = []

    def look() -> None:
        while not stop.is_set():
            wrong.extend(filter(None, [engine.damage(thorough=True)]))

    looking = threading.Thread(target=look)
    looking.start()
    for turn in range(8):
        with engine.lock():
            engine.write([entry(key, f"turn {turn}") for key in range(50)])
            if turn % 4 == 3:
                engine.rebuild(entry(key) for key in range(50))
    stop.set()
    looking.join()
    assert wrong == []


def test_a_database_of_an_older_day_gets_an_index_of_its_own(cast):
    load(cast.lee, record("b1", item("31")))
    older = Indexed.objects.get()
    load(cast.lee, record("b2", item("41"), title="Emma"))
    # The database comes back as it was before, and the index does not.
    Item.objects.filter(barcode="41").delete()
    Record.objects.filter(title="Emma").delete()
    Unindexed.objects.all().delete()
    older.save()
    assert search.find(Query(words="emma")).total == 1  # which is no more
    assert search.state() == "of another time"
    search.refresh()
    assert search.state() == "ok"
    assert search.find(Query(words="emma")).total == 0
    assert search.find(Query(words="pride")).total == 1


def test_an_index_of_an_older_day_is_made_anew_too(cast, index):
    load(cast.lee, record("b1", item("31")))
    older = index.with_name("older")
    shutil.copytree(index, older)
    load(cast.lee, record("b2", item("41"), title="Emma"))
    shutil.rmtree(index)
    older.rename(index)
    engine._open.clear()
    assert search.state() == "of another time"
    search.refresh()
    assert search.find(Query(words="emma")).total == 1


def test_a_writer_killed_between_index_and_database_costs_no_rebuild(cast, monkeypatch):
    load(cast.lee, record("b1", item("31")))

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    for step in ("settled", "begin"):
        with monkeypatch.context() as patch:
            patch.setattr(search, step, killed)
            Unindexed.objects.note(Record.objects.values_list("pk", flat=True))
            with pytest.raises(KeyboardInterrupt):
                search.refresh()
        assert search.state() == "ok"
    search.refresh()
    assert search.state() == "ok"


def found(words: str) -> int:
    return search.find(Query(words=words)).total


def test_what_somebody_did_does_not_wait_behind_a_file_of_many_records(cast, monkeypatch):
    """Rounds are counted, not seconds: each is one batch, of a second or two in a real house."""
    monkeypatch.setattr(search, "WRITE_BATCH", 5)
    load(cast.lee, record("b1", item("31"), title="Walden"))
    many = (record(f"m{n}", item(f"5{n}"), title=f"Novel number {n}") for n in range(40))
    loading.load(file_of(*many), cast.lenox, refresh=False)
    Record.objects.filter(title="Walden").update(title="Persuasion")
    Unindexed.objects.note([Record.objects.get(title="Persuasion").pk])  # a verb, at last
    assert search.refresh(turns=0) == 1
    assert (found("walden"), found("persuasion"), found("novel")) == (0, 1, 0)
    assert search.refresh(turns=2) == 10
    assert (found("novel"), Unindexed.objects.count()) == (10, 30)
    Unindexed.objects.note([Record.objects.get(title="Persuasion").pk])
    Record.objects.filter(title="Persuasion").update(title="Emma")
    assert search.refresh(turns=1) == 6
    assert (found("emma"), found("persuasion")) == (1, 0)
    assert search.refresh() == 25
    assert (found("novel"), Unindexed.objects.count()) == (40, 0)


def test_while_a_file_is_loaded_each_change_is_found_after_one_round(cast, monkeypatch):
    monkeypatch.setattr(search, "WRITE_BATCH", 5)
    monkeypatch.setattr(loading, "BATCH", 10)
    load(cast.lee, record("b1", item("31"), title="Walden"))
    book, seen = Record.objects.get(), []

    def change(report: loading.Report) -> None:
        title = f"Edition {'abcdefgh'[report.read // 10]}"
        Record.objects.filter(pk=book.pk).update(title=title)
        Unindexed.objects.note([book.pk])
        search.refresh(waits=False, turns=1)
        seen.append((found(title), Unindexed.objects.count()))

    many = (record(f"m{n}", item(f"5{n}"), title=f"Novel number {n}") for n in range(40))
    loading.load(file_of(*many), cast.lenox, refresh=False, progress=change)
    assert {there for there, _ in seen} == {1}
    assert max(waiting for _, waiting in seen) == 20  # of what the file brought


def test_a_copy_that_is_shipped_is_not_offered_in_the_next_search_while_a_file_is_loaded(
    cast, monkeypatch
):
    monkeypatch.setattr(search, "WRITE_BATCH", 5)
    monkeypatch.setattr(loading, "BATCH", 10)
    load(cast.lee, record("b1", item("31"), title="Walden"))
    load(cast.lenox, record("b1", item("41"), title="Emma"))
    walden, offered = Item.objects.get(barcode="31"), []

    def ship(report: loading.Report) -> None:
        if report.read == 20:
            holdings.take(walden)
            lent = Query(words="walden", lendable=True)
            offered.append(search.find(lent).total)  # before the index knows
            search.refresh(waits=False, turns=1)
            offered.append(search.find(lent).total)
            offered.append(Unindexed.objects.filter(loaded=True).exists())

    many = (record(f"m{n}", item(f"5{n}"), title=f"Novel number {n}") for n in range(40))
    loading.load(file_of(*many), cast.lenox, refresh=False, progress=ship)
    assert offered == [0, 0, True]


def test_what_a_file_says_of_shelves_waits_behind_what_people_did(cast):
    load(cast.lee, *(record(f"b{n}", item(f"3{n}"), title=f"No. {n}") for n in range(3)))
    lent = (record(f"b{n}", item(f"3{n}", q="2026-12-01"), title=f"No. {n}") for n in range(3))
    loading.load(file_of(*lent), cast.lee, refresh=False)
    assert set(Item.objects.values_list("status", flat=True)) == {"out"}
    assert set(Unindexed.objects.values_list("loaded", flat=True)) == {True}


def test_how_long_the_index_is_behind_is_told_of_people_and_of_files(cast):
    load(cast.lee, record("b1", item("31")))
    waits = Unindexed.objects.waiting_since
    assert waits(loaded=True) is waits(loaded=False) is None
    loading.load(file_of(record("b2", item("32"), title="Emma")), cast.lee, refresh=False)
    assert waits(loaded=True) is not None
    assert waits(loaded=False) is None
    Unindexed.objects.note([1])
    assert waits(loaded=False) is not None
    search.refresh()
    assert waits(loaded=True) is waits(loaded=False) is None
