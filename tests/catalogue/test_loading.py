import gzip
import os
import re
from io import BytesIO, StringIO
from pathlib import Path

import pymarc
import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection
from django.forms.models import model_to_dict

from postroad.catalogue import loading, search
from postroad.catalogue.models import Contribution, Item, ItemStatus, Record, Unindexed
from postroad.catalogue.search import Query
from postroad.protocols.marc.results import NotMarc
from tests.catalogue.records import file_of, item, load, record

ISBN = ("020", {"a": "0141439513"})


def statuses() -> dict[str, str]:
    return dict(Item.objects.values_list("barcode", "status"))


def owners(title: str) -> list[str]:
    answer = search.find(Query(words=title))
    return sorted(answer.facets["library"])


def test_records_and_copies_come_in_and_are_found_at_once(cast):
    report = load(cast.lee, record("b1", ISBN, item("31"), item("32")), record("b2", title="Emma"))
    assert (report.read, report.written.new, report.written.copies_new) == (2, 2, 2)
    assert report.searchable
    found = search.find(Query(words="pride"))
    assert [hit.title for hit in found.hits] == ["Pride and prejudice"]
    assert {each.library for each in found.hits[0].items.all()} == {cast.lee}
    assert not Unindexed.objects.exists()


def test_loading_again_changes_nothing(cast):
    file = [record("b1", ISBN, item("31")), record("", title="No control number"), record("b3")]
    load(cast.lee, *file)
    before = list(Record.objects.order_by("pk").values())
    report = load(cast.lee, *file)
    assert (report.written.unchanged, report.written.copies_changed) == (3, 0)
    assert list(Record.objects.order_by("pk").values()) == before
    assert Contribution.objects.count() == 3


def test_a_changed_record_is_brought_up_to_date_with_one_entry_in_the_index(cast):
    load(cast.lee, record("b1", ISBN, item("31")))
    report = load(cast.lee, record("b1", item("31"), title="Pride and prejudgments"))
    assert report.written.changed == 1
    assert search.find(Query(words="prejudice")).total == 0
    assert search.find(Query(words="prejudgments")).total == 1
    assert search.find(Query()).total == 1
    assert search.find(Query(number="0141439513")).hits == []  # no longer said


def test_the_same_book_of_two_libraries_is_one_record(cast):
    load(cast.lee, record("b1", ISBN, item("31"), ("650", {"a": "Sisters"})))
    report = load(cast.lenox, record("x9", ISBN, item("31"), ("300", {"a": "3 v."}), year="    "))
    assert report.written.joined == 1
    only = Record.objects.get()
    assert (only.year, only.subjects, only.extent) == (1813, ["Sisters"], "3 v.")  # filled in
    assert owners("pride") == ["lee", "lenox"]  # the same barcode in two libraries is two copies
    again = load(cast.lee, record("b1", ISBN, item("31"), ("650", {"a": "Sisters"})))
    assert again.written.unchanged == 1


def test_two_libraries_in_one_batch_of_their_own_duplicates(cast):
    report = load(cast.lee, record("b1", ISBN, item("31")), record("b2", ISBN, item("32")))
    assert (report.written.new, report.written.joined) == (1, 1)
    assert Record.objects.get().items.count() == 2


def test_a_control_number_given_to_another_book_leaves_the_shared_record(cast):
    load(cast.lee, record("b1", ISBN, item("31")))
    load(cast.lenox, record("x9", ISBN, item("41")))
    load(cast.lenox, record("x9", item("41"), title="Persuasion", year="1818"))
    assert owners("pride") == ["lee"]
    assert owners("persuasion") == ["lenox"]


def test_a_copy_no_longer_listed_is_withdrawn_and_comes_back(cast):
    load(cast.lee, record("b1", item("31"), item("32")))
    report = load(cast.lee, record("b1", item("31")))
    assert report.written.copies_withdrawn == 1
    assert statuses() == {"31": "in", "32": "withdrawn"}
    load(cast.lee, record("b1", item("31"), item("32")))
    assert statuses() == {"31": "in", "32": "in"}


def test_the_last_copy_gone_the_library_is_no_owner(cast):
    load(cast.lee, record("b1", item("31")))
    load(cast.lee, record("b1", item("31", **{"0": "1"})))
    assert owners("pride") == []


def test_a_file_without_items_withdraws_nothing(cast):
    load(cast.lee, record("b1", item("31")))
    load(cast.lee, record("b1"))
    assert statuses() == {"31": "in"}


def test_a_copy_away_with_us_stays_away(cast):
    load(cast.lee, record("b1", item("31"), item("32")))
    Item.objects.update(status=ItemStatus.AWAY)
    load(cast.lee, record("b1", item("31", "NEW SHELF")))
    assert statuses() == {"31": "away", "32": "away"}
    assert Item.objects.get(barcode="31").call_number == "NEW SHELF"


def test_a_record_split_in_two_keeps_all_its_copies(cast):
    parts = [record("b1", item("31")), record("b1", item("32"))]
    load(cast.lee, *parts)
    report = load(cast.lee, *parts)
    assert (report.written.copies_withdrawn, report.written.unchanged) == (0, 2)
    assert statuses() == {"31": "in", "32": "in"}


def test_a_file_that_breaks_off_withdraws_nothing(cast):
    parts = [record("b1", item("31")), record("b1", item("32"))]
    load(cast.lee, *parts)
    report = loading.load(BytesIO(file_of(*parts).getvalue()[:-9]), cast.lee)
    assert report.breaks_off
    assert statuses() == {"31": "in", "32": "in"}


def test_a_barcode_listed_twice_is_counted_and_stays_with_the_first(cast):
    report = load(cast.lee, record("b1", item("31")), record("b2", item("31"), title="Emma"))
    assert report.written.copies_twice == 1
    assert Item.objects.get().record.title == "Pride and prejudice"


def test_copies_without_barcodes_are_kept_apart_by_their_place(cast):
    held = ("852", {"b": "MAIN", "h": "Q1"}), ("852", {"b": "BRANCH", "h": "Q1"})
    load(cast.lee, record("b1", *held))
    report = load(cast.lee, record("b1", *held))
    assert (Item.objects.count(), report.written.copies_changed) == (2, 0)


def test_a_bad_record_is_counted_and_named_and_stops_nothing(cast):
    good = record("b1").as_marc()
    untitled = record("b2", title="").as_marc()
    report = loading.load(BytesIO(good + untitled + b"garbage\x1d" + good), cast.lee)
    assert (report.read, report.left_out, report.written.unchanged) == (4, 2, 1)
    assert [(each.position, each.control_number) for each in report.troubles] == [
        (2, "b2"),
        (3, ""),
    ]


def test_the_number_of_queries_does_not_grow_with_the_file(cast, django_assert_max_num_queries):
    many = [
        record(f"b{n}", item(f"3{n}"), title=f"Volume {n} of many", year="1900")
        for n in range(loading.BATCH)
    ]
    with django_assert_max_num_queries(60):
        loading.load(file_of(*many), cast.lee)
    with django_assert_max_num_queries(20):
        loading.load(file_of(*many), cast.lee)


def test_stock_is_put_on_the_shelves_in_one_go(cast):
    load(cast.lee, record("b1"))
    book = Record.objects.get()
    count = loading.stock(
        loading.NewCopy(book.pk, cast.lenox.pk, str(n), "QA9", "Stacks", ItemStatus.IN)
        for n in range(12)
    )
    assert count == 12
    shelved = Item.objects.filter(library=cast.lenox).order_by("pk")
    assert [copy.barcode for copy in shelved] == [str(n) for n in range(12)]
    as_usual = Item(record=book, library=cast.lenox, barcode="0", call_number="QA9")
    as_usual.location, as_usual.shelf_key = "Stacks", "QA 19"
    assert {**model_to_dict(shelved[0]), "id": None} == model_to_dict(as_usual)
    assert owners("pride") == []  # not yet
    assert search.refresh() == 1
    assert owners("pride") == ["lenox"]


def test_the_command_tells_what_became_of_the_file(cast, tmp_path):
    path = tmp_path / "lee.mrc"
    path.write_bytes(record("b1", item("31")).as_marc() + b"garbage\x1d")
    out = StringIO()
    call_command("load", str(path), library="lee", stdout=out)
    said = out.getvalue()
    assert "2 records read for lee" in said
    assert "1 new" in said
    assert "record 2 left out: no MARC leader" in said


def test_the_command_says_that_a_file_breaks_off_and_fails(cast, tmp_path):
    path = tmp_path / "torn.mrc"
    path.write_bytes(record("b1").as_marc() + record("b2").as_marc()[:-9])
    out = StringIO()
    with pytest.raises(CommandError, match=r"torn.mrc ends too early\. .*nothing was withdrawn"):
        call_command("load", str(path), library="lee", stdout=out)
    assert "record 2 left out: the file ends in the middle of a record" in out.getvalue()
    assert Record.objects.count() == 1


def test_a_code_may_be_written_in_any_case_and_a_wrong_one_is_given_a_hint(cast, tmp_path):
    path = tmp_path / "one.mrc"
    path.write_bytes(record("b1").as_marc())
    call_command("load", str(path), library="LEE", stdout=StringIO())
    assert Contribution.objects.get().library == cast.lee
    with pytest.raises(CommandError, match=r"code 'lenos'\. Did you mean lenox\?"):
        call_command("load", str(path), library="lenos")


@pytest.mark.parametrize(
    "trouble", [OperationalError("database or disk is full"), KeyboardInterrupt]
)
def test_what_stops_the_command_is_told_with_what_is_kept(cast, tmp_path, monkeypatch, trouble):
    path = tmp_path / "two.mrc"
    path.write_bytes(file_of(record("b1"), record("b2", title="Emma")).getvalue())
    monkeypatch.setattr(loading, "BATCH", 1)

    def stop(execute, sql, params, many, context):
        if "INSERT" in sql and "Emma" in str(params):
            raise trouble
        return execute(sql, params, many, context)

    err = StringIO()
    with connection.execute_wrapper(stop), pytest.raises((CommandError, KeyboardInterrupt)) as why:
        call_command("load", str(path), library="lee", stderr=err)
    assert "The first 1 records are loaded; load the file again" in f"{why.value} {err.getvalue()}"
    assert Record.objects.count() == 1


def test_a_pipe_is_not_waited_for(cast, tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(CommandError, match="not a file"):
        call_command("load", str(tmp_path / "pipe"), library="lee")


def test_the_command_refuses_in_one_sentence(cast, tmp_path):
    path = tmp_path / "hostile.xml"
    path.write_text("<!DOCTYPE x [<!ENTITY a 'b'>]><record/>")
    for arguments in (
        {"file": str(path), "library": "nowhere"},
        {"file": str(tmp_path / "absent"), "library": "lee"},
        {"file": str(path), "library": "lee"},
    ):
        with pytest.raises(CommandError):
            call_command("load", arguments["file"], library=arguments["library"])
    with pytest.raises(NotMarc), path.open("rb") as file:
        loading.load(file, cast.lee)


REAL = [
    ("marc-psu/sample_psucat.mrc", 10, 57, 1_004, 0),
    ("marc-uva-marc8/uva_001_2000.mrc", 10, 200, 299, 0),
    ("marcxml/temple_marc_fixture_2_marc.xml", 1, 91, 72, 0),
    ("marc-malformed/marc4j_pride-and-prejudice-with-many-errors.mrc", 1, None, None, 17),
]
WHOLE = [
    ("marc-psu/sample_psucat.mrc", 1, 531, 10_723, 0),
    ("marc-uva-marc8/uva_001_2000.mrc", 1, 1_993, 2_901, 0),
]


@pytest.mark.parametrize(
    ("name", "every", "made", "copies", "left_out"),
    [*REAL, *(pytest.param(*facts, marks=pytest.mark.nightly) for facts in WHOLE)],
)
def test_real_files(name, every, made, copies, left_out, cast, shared: Path):
    file = BytesIO(sampled((shared / "data" / name).read_bytes(), every))
    first = loading.load(file, cast.lee)
    file.seek(0)
    again = loading.load(file, cast.lee)
    assert first.left_out == left_out
    if made is not None:
        assert Record.objects.count() == made
        assert Item.objects.count() == first.written.copies_new == copies
    assert again.written.new == again.written.changed == again.written.copies_changed == 0
    assert search.find(Query()).total == Record.objects.count()


def sampled(file: bytes, every: int) -> bytes:
    """Every tenth record, say, of a file in MARC's own form."""
    return file if every == 1 else b"".join(re.findall(rb"[^\x1d]+\x1d", file)[::every])


def test_a_barcode_is_one_with_and_without_the_gaps_of_its_label(cast):
    load(cast.lee, record("b1", item("ES 000001")))
    assert load(cast.lee, record("b1", item("ES000001"))).written.copies_withdrawn == 0
    load(cast.lee, record("b1", item("ES\u00a0000001"), item("ES0000 01")))
    assert statuses() == {"ES000001": "in"}
    for typed in ("ES 000001", "ES000001", " ES 00 0001 "):
        assert search.find(Query(words=typed)).by_number


def test_a_record_marked_deleted_takes_its_copies_away_and_no_others(cast):
    load(cast.lee, record("b1", ISBN, item("31")), record("b2", item("41"), title="Emma"))
    load(cast.lenox, record("x1", ISBN, item("31")))
    report = load(
        cast.lee,
        record("b1", ISBN, item("31"), status="d"),
        record("b9", item("91"), title="Never seen", status="d"),
    )
    assert (report.written.deleted, report.written.copies_withdrawn, report.written.new) == (
        1,
        1,
        0,
    )
    assert owners("pride") == ["lenox"]
    assert owners("emma") == ["lee"]
    assert not Item.objects.filter(barcode="91").exists()
    load(cast.lee, record("b1", ISBN, item("31")))
    assert owners("pride") == ["lee", "lenox"]
    assert Record.objects.count() == 2


def test_a_deletion_needs_no_title_and_the_last_word_of_a_file_counts(cast):
    load(cast.lee, record("b1", item("31")), record("b2", item("41"), title="Emma"))
    empty = record("b1", title="", author="", status="d")
    load(
        cast.lee,
        record("b1", item("31")),
        empty,
        empty,
        record("b2", status="d"),
        record("b2", item("41"), title="Emma"),
    )
    assert statuses() == {"31": "withdrawn", "41": "in"}


def test_a_deletion_leaves_what_is_away_and_what_stands_on_another_record_now(cast):
    load(cast.lee, record("b1", item("31"), item("32")))
    Item.objects.filter(barcode="32").update(status=ItemStatus.AWAY)
    load(cast.lee, record("b2", item("31"), title="Emma"), record("b1", status="d"))
    assert statuses() == {"31": "in", "32": "away"}


def test_a_deletion_without_a_number_is_named(cast):
    report = load(cast.lee, record("", status="d"), record("b2"))
    assert [each.reason for each in report.troubles] == [
        "deleted, but without a number (field 001)"
    ]


def whole(library, *records, confirmed=False):
    return loading.load(file_of(*records), library, whole=True, confirmed=confirmed)


def many(count: int, first: int = 0) -> list[pymarc.Record]:
    numbers = range(first, first + count)
    return [record(f"b{n}", item(f"31{n:04}"), title=f"Book {n}") for n in numbers]


def test_a_whole_file_withdraws_what_is_not_in_it(cast):
    load(cast.lee, *many(40))
    load(cast.lenox, record("b39", item("310039"), title="Book 39"))
    report = whole(cast.lee, *many(38))
    assert (report.not_withdrawn, report.written.copies_withdrawn) == ("", 2)
    assert Item.objects.filter(status="withdrawn").count() == 2
    assert owners("39") == ["lenox"]
    assert load(cast.lee, *many(38)).written.copies_withdrawn == 0


def test_a_file_of_changes_withdraws_nothing_of_what_is_not_in_it(cast):
    load(cast.lee, *many(40))
    load(cast.lee, *many(1))
    assert not Item.objects.filter(status="withdrawn").exists()


def test_more_than_one_copy_of_twenty_gone_must_be_confirmed(cast, tmp_path):
    load(cast.lee, *many(40))
    path = tmp_path / "night.mrc"
    path.write_bytes(file_of(*many(37), *many(1, first=90)).getvalue())
    with pytest.raises(CommandError, match=r"3 of 41 copies \(7 %\) .* again with --confirm"):
        call_command("load", str(path), library="lee", whole=True, stdout=StringIO())
    assert not Item.objects.filter(status="withdrawn").exists()
    assert Item.objects.filter(barcode="310090").exists()
    call_command("load", str(path), library="lee", whole=True, confirm=True, stdout=StringIO())
    assert Item.objects.filter(status="withdrawn").count() == 3


def test_a_whole_file_that_breaks_off_withdraws_nothing(cast):
    load(cast.lee, *many(40))
    torn = BytesIO(file_of(*many(39)).getvalue()[:-9])
    report = loading.load(torn, cast.lee, whole=True, confirmed=True)
    assert report.breaks_off
    assert not Item.objects.filter(status="withdrawn").exists()


def test_a_record_of_a_whole_file_that_cannot_be_read_keeps_its_copies(cast):
    load(cast.lee, *many(40))
    no_title = record("b39", item("310039"), title="")
    broken = record("b38", item("310038"), title="Book 38").as_marc()
    broken = broken[:30] + broken[31:]  # a directory that cannot be cut into entries
    file = BytesIO(file_of(*many(38), no_title).getvalue() + broken)
    report = loading.load(file, cast.lee, whole=True)
    assert [each.control_number for each in report.troubles] == ["b39", "b38"]
    assert not Item.objects.filter(status="withdrawn").exists()


def test_where_nobody_knows_which_record_could_not_be_read_nothing_is_taken_away(cast, tmp_path):
    load(cast.lee, *many(40))
    path = tmp_path / "night.mrc"
    path.write_bytes(file_of(*many(39)).getvalue() + b"garbage\x1d")
    with pytest.raises(CommandError, match="could not be read, not even their numbers"):
        call_command("load", str(path), library="lee", whole=True, stdout=StringIO())
    assert not Item.objects.filter(status="withdrawn").exists()


def test_a_record_that_comes_without_copies_has_none_where_others_have_some(cast):
    load(cast.lee, record("b1", item("31")), record("b2", item("41"), title="Emma"))
    load(cast.lee, record("b1"), record("b2", item("41"), title="Emma"))
    assert statuses() == {"31": "withdrawn", "41": "in"}


def test_copies_that_a_record_was_too_long_to_list_stay(cast):
    copies = [item(f"31{n:04}", "A" * 90) for n in range(760)]
    load(cast.lee, *(record("b1", *copies[at : at + 380]) for at in (0, 380)))
    filler = 99_950 - len(record("b1", *copies, ("500", {"a": ""})).as_marc())
    long = record("b1", ("500", {"a": "x" * filler}), *copies).as_marc()
    report = loading.load(BytesIO(b"00000" + long[5:]), cast.lee)
    assert report.written.copies_withdrawn == 0
    assert set(statuses().values()) == {"in"}


PAGE = "<!doctype html>\n<html><head><meta charset=utf-8><title>Sign in</title></head><br></html>"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b" \r\n\x00\x1a",
        b"\x1d\x1d",
        PAGE.encode(),
        PAGE.encode("utf-16"),
        b"<html><body><p>503 Service Unavailable</p></body></html>",
        b"<?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml'><body/></html>",
        b"<collection xmlns='http://www.loc.gov/MARC21/slim'/>",
        b"<OAI-PMH><error code='noRecordsMatch'/></OAI-PMH>",
        b'{"error": "not found"}',
        b"HTTP/1.1 404 Not Found\r\n\r\n",
        b"001,title\r\n1,Emma\r\n",
        gzip.compress(b"", mtime=0),
        gzip.compress(PAGE.encode(), mtime=0),
        b"\x1f\x8b",
        b"%PDF-1.4\n%\xe2\xe3\xcf\xd3",
    ],
)
@pytest.mark.parametrize("options", [{}, {"whole": True, "confirm": True}])
def test_what_has_no_record_in_it_is_refused_and_takes_nothing_away(
    cast, tmp_path, content, options
):
    load(cast.lee, record("b1", item("31")))
    path = tmp_path / "night.mrc"
    path.write_bytes(content)
    with pytest.raises(CommandError, match="is not read: "):
        call_command("load", str(path), library="lee", stdout=StringIO(), **options)
    assert statuses() == {"31": "in"}


def test_a_file_of_which_nothing_can_be_read_ends_as_a_failure(cast, tmp_path):
    path = tmp_path / "night.mrc"
    path.write_bytes(record("b1", title="").as_marc())
    with pytest.raises(CommandError, match="none of its records could be read"):
        call_command("load", str(path), library="lee", stdout=StringIO())
