"""A library's own records read anew, from the bytes that are kept."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from postroad.catalogue import holdings, loading, mapping, rereading, sampling
from postroad.catalogue.marc.copies import Reading
from postroad.catalogue.marc.layouts import PRESETS, Layout
from postroad.catalogue.models import Item, ItemMapping, Record, Rereading, Unindexed
from postroad.directory.models import Library
from tests.cast import Cast
from tests.catalogue.records import load, record

pytestmark = pytest.mark.django_db
KOHA = PRESETS["koha"]


def at_949(barcode: str, word: str = "here") -> tuple[str, dict[str, str]]:
    """An item in nobody's form: field 949, of which no preset makes a copy with a barcode."""
    return "949", {"z": barcode, "q": "PR4034", "w": word}


OWN = Layout(
    "own", "949", barcode="z", call_number="q", location="l", status="w", words={"HERE": "in"}
)


def read_on(library: Library, now: datetime | None = None) -> Rereading:
    """Ask, and let the job have as many turns as it wants."""
    moment = now or timezone.now()
    rereading.ask(library, by=None, at=moment)
    while rereading.work_off(moment):
        pass
    return Rereading.objects.get(library=library)


def say(library: Library, layout: Layout | None, **more: bool) -> None:
    mapping.keep(library, Reading(layout, **more), at=timezone.now())


def test_what_was_not_read_as_copies_is_once_the_mapping_says_so(cast: Cast):
    load(cast.lee, record("b1", at_949("31")), record("b2", at_949("32", "gone fishing")))
    assert not Item.objects.exclude(barcode="").exists()
    say(cast.lee, OWN)
    assert ItemMapping.objects.get().read_as  # the copies are not yet as it says
    read = read_on(cast.lee)
    assert dict(Item.objects.values_list("barcode", "status")) == {"31": "in", "32": "unknown"}
    assert (read.records, read.total, bool(read.ended_at)) == (2, 2, True)
    assert read.report["copies_new"] == 2
    assert read.report["strange"] == {"gone fishing": 1}
    assert ItemMapping.objects.get().read_as is None
    assert Unindexed.objects.exists()  # the search index follows


def test_put_back_and_read_anew_it_is_as_before(cast: Cast):
    load(cast.lee, record("b1", ("952", {"p": "31", "o": "A", "c": "X"})))
    say(cast.lee, OWN, only=True)
    read_on(cast.lee)
    assert Item.objects.get().status == "withdrawn"
    assert mapping.go_back(cast.lee, by=None, at=timezone.now())
    assert mapping.of(cast.lee) == Reading(KOHA)
    read_on(cast.lee)
    assert Item.objects.get().status == "in"
    assert mapping.go_back(cast.lee, by=None, at=timezone.now())
    assert mapping.of(cast.lee) == Reading(OWN, only=True)
    assert not mapping.go_back(cast.lenox, by=None, at=timezone.now())


def test_what_was_seen_since_the_file_came_is_newer_and_stays(cast: Cast):
    word = replace_words(OWN, {"HERE": "in", "HIDDEN": "in"})
    say(cast.lee, OWN)
    load(
        cast.lee,
        *(record(f"b{n}", at_949(f"3{n}"), title=f"Volume {n}") for n in (1, 2)),
        record("b3", at_949("33", "hidden"), title="Hidden"),
        record("b4", ("949", {"q": "PR1", "l": "Attic", "w": "hidden"}), title="Without a barcode"),
    )
    missing, away, hidden, bare = Item.objects.order_by("control_number")
    holdings.mark_missing(missing)
    holdings.take(away)
    assert {hidden.status, bare.status} == {"unknown"}
    say(cast.lee, word)
    read_on(cast.lee)
    now = dict(Item.objects.values_list("control_number", "status"))
    assert now == {"b1": "missing", "b2": "away", "b3": "in", "b4": "in"}


def replace_words(layout: Layout, words: dict[str, str]) -> Layout:
    return Layout(**{**layout.as_rules(), "words": words})


def test_a_wrong_mapping_that_was_stopped_half_way_leaves_nothing_behind(cast: Cast, monkeypatch):
    monkeypatch.setattr(loading, "BATCH", 1)
    monkeypatch.setattr(rereading, "A_TURN", 1)
    say(cast.lee, OWN)
    load(cast.lee, *(record(f"b{n}", at_949(f"3{n}"), title=f"No. {n}") for n in (1, 2)))
    say(cast.lee, replace_words(OWN, {"HERE": "missing"}))
    now = timezone.now()
    rereading.ask(cast.lee, by=None, at=now)
    assert rereading.work_off(now) == 1
    assert rereading.stop(cast.lee, now)
    assert rereading.work_off(now) == 0
    assert sorted(Item.objects.values_list("status", flat=True)) == ["in", "missing"]
    say(cast.lee, OWN)
    assert Rereading.objects.get().stopped
    read_on(cast.lee)
    assert set(Item.objects.values_list("status", flat=True)) == {"in"}


def test_who_is_killed_goes_on_behind_the_last_batch(cast: Cast, monkeypatch):
    monkeypatch.setattr(loading, "BATCH", 2)
    monkeypatch.setattr(rereading, "A_TURN", 1)
    load(cast.lee, *(record(f"b{n}", at_949(f"3{n}"), title=f"No. {n}") for n in range(5)))
    say(cast.lee, OWN)
    now = timezone.now()
    rereading.ask(cast.lee, by=None, at=now)
    turns: list[tuple[int, str]] = []
    while read := rereading.work_off(now + timedelta(seconds=len(turns))):
        turns.append((read, Rereading.objects.get().last))
    assert turns == [(2, "b1"), (2, "b3"), (1, "b4")]
    assert Item.objects.exclude(barcode="").count() == 5


def test_a_record_without_items_makes_an_owner_or_not_as_is_set(cast: Cast):
    load(cast.lee, record("b1"), record("b2", ("952", {"p": "31", "o": "A", "c": "X"})))
    load(cast.lee, record("e1", ("856", {"u": "http://x"}), ("338", {"b": "cr"}), title="E-book"))
    say(cast.lee, KOHA, owns_without_items=True)
    assert rereading.without_items(cast.lee) >= 1
    read_on(cast.lee)
    assert dict(Item.objects.values_list("control_number", "status"))["b1"] == "unknown"
    count = rereading.without_items(cast.lee)
    say(cast.lee, KOHA)
    read_on(cast.lee)
    assert dict(Item.objects.values_list("control_number", "status"))["b1"] == "withdrawn"
    assert rereading.without_items(cast.lee) == count


def test_a_copy_that_two_records_list_stays_on_the_one_that_had_it(cast: Cast):
    koha = ("952", {"p": "31", "o": "A", "c": "X"})
    load(cast.lee, record("b1", title="Other"), record("b2", koha, title="Emma"))
    load(cast.lee, record("b1", koha, title="Other"), record("b2", koha, title="Emma"))
    was = Item.objects.get()
    read_on(cast.lee)
    assert Item.objects.get().record_id == was.record_id


def test_records_that_came_as_xml_and_in_parts_are_read_as_one(cast: Cast):
    say(cast.lee, OWN)
    load(cast.lee, record("b1", at_949("31")), record("b1", at_949("32")))
    read = read_on(cast.lee)
    assert read.report.get("copies_withdrawn") == 0
    assert Item.objects.filter(status="in").count() == 2
    xml = record("b9", at_949("39")).as_marc()
    assert sampling.parts(xml, "iso2709")[0].control_number == "b9"
    element = (
        "<record xmlns='http://www.loc.gov/MARC21/slim'><leader>00000nam a2200000 a 4500</leader>"
    )
    element += "<controlfield tag='001'>x1</controlfield></record>"
    parts = sampling.parts((element * 2).encode(), "marcxml")
    assert [each.control_number for each in parts] == ["x1", "x1"]
    assert sampling.parts(b"nothing", "iso2709") == []


def test_the_sample_shows_each_pattern_and_each_word(cast: Cast):
    odd = record("z9", at_949("99", "in the whaler"), title="Moby Dick")
    many = [record(f"b{n:03}", at_949(f"3{n}"), title=f"Book {n}") for n in range(60)]
    bare = record("n1", title="Without")
    load(cast.lee, *many, odd, bare, record("p1", ("952", {"p": "7"}), title="Plain"))
    looked_at = sampling.look(cast.lee)
    assert len(looked_at) == 63
    chosen = [each.control_number for each in sampling.choose(looked_at, OWN)]
    assert len(chosen) == 20
    assert {"z9", "n1", "p1"} <= set(chosen)
    assert sampling.look(cast.lenox) == ()


def test_a_mapping_kept_before_the_first_file_is_still_guessed_on_it(cast: Cast):
    say(cast.lee, None, owns_without_items=True)
    load(cast.lee, record("b1", ("952", {"p": "31", "o": "A", "c": "X"})), record("b2", title="B"))
    assert mapping.of(cast.lee) == Reading(KOHA, owns_without_items=True)
    assert Record.objects.count() == 2
    assert Item.objects.count() == 2


def test_a_fault_of_ours_with_one_library_keeps_no_other_waiting(cast: Cast):
    """Such a row is made by no page of ours."""
    load(cast.lee, record("b1", at_949("31")))
    load(cast.lenox, record("x1", at_949("41")))
    say(cast.lee, OWN)
    ItemMapping.objects.filter(library=cast.lee).update(read_as=[{}])
    say(cast.lenox, OWN)
    rereading.ask(cast.lee, by=None, at=timezone.now() - timedelta(minutes=1))
    assert read_on(cast.lenox).records == 1
    fallen = Rereading.objects.get(library=cast.lee)
    assert (fallen.stopped, bool(fallen.ended_at), fallen.report) == (True, True, {"failed": True})
    assert list(Item.objects.exclude(barcode="").values_list("barcode", flat=True)) == ["41"]
