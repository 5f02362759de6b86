"""The truth about copies: what each system writes of its items, and what is made of it.

Each case is one that somebody reported; its source stands beside it.
"""

import csv
from collections import Counter
from io import StringIO
from pathlib import Path

import pymarc
import pytest
from django.core.management import call_command

from postroad.catalogue import loading, mapping, marc
from postroad.catalogue.marc import layouts
from postroad.catalogue.marc.copies import Reading, copies_of
from postroad.catalogue.marc.fields import by_tag
from postroad.catalogue.models import Item, ItemMapping
from postroad.protocols.marc import reading
from postroad.protocols.marc.results import Read
from tests.catalogue.records import field, file_of, item, load, record


def copies(*fields, layout=None, **more):
    return copies_of(by_tag(record("b1", *fields)), Reading(layout, **more))


def repeated(*fields: pymarc.Field) -> pymarc.Record:
    made = record("b1")
    made.add_field(*fields)
    return made


# pulibrary/bibdata#40
@pytest.mark.parametrize(
    ("fields", "count"),
    [
        ([item("", "FIC SMI")], 1),
        ([item("31", "FIC SMI"), ("952", {"a": "BRANCH", "o": "FIC SMI"})], 2),
        ([("852", {"a": "Town Archive", "e": "1 High St."})], 1),
        ([("949", {"a": "QA76 .S2", "w": "LC", "l": "STACKS", "m": "MAIN"})], 1),
        ([], 0),
        ([("852", {"b": "ANNEX", "h": "QA1"}), ("949", {"a": "QA1", "i": "31", "l": "S"})], 1),
        ([("852", {"8": "22", "b": "main", "h": "QA1"}), ("876", {"0": "22", "p": "31"})], 1),
        ([("945", {"a": "a note of another kind"})], 0),
        ([("999", {"c": "17", "d": "17"})], 0),  # Koha's own numbers
        ([("852", {"b": "main", "c": "online"})], 0),
    ],
)
def test_items_without_a_barcode_are_copies_and_other_fields_are_not(fields, count):
    assert len(copies(*fields)) == count


def test_numbers_of_folio_in_999_are_no_copies():
    own = field("999", {"i": "fe36fa14-fea9-5966-8caf-0b181a7dc195", "s": "ba700a36"}, "ff")
    symphony = field("999", {"a": "G4080", "i": "361", "l": "STACKS", "m": "MAIN"})
    [copy] = marc.facts(repeated(own, symphony)).copies
    assert (copy.barcode, copy.status) == ("361", "in")


def test_two_items_that_are_alike_are_two_copies_each_time_they_come(cast):
    alike = [("952", {"o": "FIC SMI", "c": "STACKS"})] * 2
    assert load(cast.lee, record("b1", *alike)).written.copies_new == 2
    assert load(cast.lee, record("b1", *alike)).written.copies_new == 0
    load(cast.lee, record("b1", alike[0]))
    assert Counter(Item.objects.values_list("status", flat=True)) == {"in": 1, "withdrawn": 1}


# evergreen-library-system/Evergreen, marc_export.in; ualbertalib/discovery#606
def evergreen(**more: str) -> pymarc.Field:
    parts = {"b": "LEE", "c": "Stacks", "k": "J", "j": "FIC SMI", "m": "c.2", "p": "31", **more}
    return field("852", parts, "4 ")


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ({"s": "Available"}, "in"),
        ({"s": "Checked out"}, "out"),
        ({"s": "On reservation shelf"}, "out"),
        ({"s": "Lost"}, "missing"),
        ({"s": "Long Overdue"}, "missing"),
        ({"s": "Available", "x": "noncirculating"}, "reference"),
        ({"s": "Available", "x": "unholdable"}, "reference"),
        ({"s": "Available", "x": "hidden"}, "unknown"),
        ({"s": "On order"}, "unknown"),
        ({"s": "Canceled Transit"}, "unknown"),
        ({"s": "Discard/Weed"}, "withdrawn"),
        ({"s": "0"}, "in"),
        ({"s": "1"}, "out"),
        ({"s": "17"}, "missing"),
        ({"s": "99"}, "unknown"),
    ],
)
def test_evergreen(said, status):
    made = repeated(evergreen(**said))
    [copy] = marc.facts(made, Reading(layouts.EVERGREEN)).copies
    assert (copy.call_number, copy.location, copy.status) == ("J FIC SMI c.2", "LEE Stacks", status)
    assert copy.strange == ("99" if said["s"] == "99" else "")


@pytest.mark.parametrize(
    ("system", "tag", "parts", "status"),
    [
        ("polaris", "852", {"a": "Main", "d": "Stacks", "h": "FIC", "p": "3", "r": "In"}, "in"),
        ("polaris", "852", {"p": "3", "r": "Out"}, "out"),
        ("polaris", "852", {"p": "3", "r": "Held"}, "out"),
        ("polaris", "852", {"p": "3", "r": "Claim Returned"}, "missing"),
        ("polaris", "852", {"p": "3", "r": "In-Repair"}, "unknown"),
        ("polaris", "852", {"p": "3", "r": "In", "7": "false"}, "reference"),
        ("polaris", "852", {"p": "3", "r": "Non-circulating"}, "reference"),
        ("polaris", "852", {"p": "3", "r": "Gone fishing"}, "unknown"),
        ("destiny", "852", {"a": "HS", "k": "F", "h": "SMI", "p": "T 3", "9": "12.50"}, "in"),
        ("destiny", "852", {"a": "HS", "h": "SMI", "p": "T 3", "x": "FSC@aReference"}, "reference"),
        ("destiny", "852", {"a": "HS", "h": "SMI", "p": "T 3", "x": "FSC@aRegular"}, "in"),
        ("tlc", "852", {"p": "3", "h": "FIC", "s": "Claimed returned"}, "missing"),
        ("sierra", "945", {"i": "3", "l": "main", "s": "-"}, "in"),
        ("sierra", "945", {"i": "3", "l": "main", "s": "-", "h": "  -  -  "}, "in"),
        ("sierra", "945", {"i": "3", "l": "main", "s": "-", "h": "12-24-26"}, "out"),
        ("sierra", "945", {"i": "3", "l": "t", "s": "-"}, "in"),  # a place, not a sign
        ("koha", "952", {"p": "3", "4": "1"}, "unknown"),
        ("koha", "952", {"p": "3", "5": "1"}, "reference"),
        ("koha", "952", {"p": "3", "y": "REF"}, "reference"),
        ("alma", "876", {"p": "3", "j": "1"}, "in"),
        ("alma", "876", {"p": "3", "j": "0"}, "unknown"),
        ("alma", "876", {"p": "3", "j": "Not Charged"}, "in"),
        ("alma", "876", {"p": "3", "j": "LOAN"}, "out"),
        ("alma", "876", {"p": "3", "j": "WORK_ORDER_DEPARTMENT"}, "unknown"),
        ("alma", "876", {"p": "3", "j": "1", "h": "Supervised Use"}, "reference"),
        # ualbertalib/discovery#606, #890
        ("symphony", "999", {"i": "3", "m": "MAIN", "l": "BINDERY-DN"}, "unknown"),
        ("symphony", "999", {"i": "3", "m": "MAIN", "l": "ONHOLD-AA"}, "out"),
        ("symphony", "999", {"i": "3", "m": "MAIN", "l": "RESERVE-PA"}, "reference"),
        ("symphony", "999", {"i": "3", "m": "MAIN", "l": "SPC-MISS"}, "missing"),
        ("symphony", "999", {"i": "3", "m": "MAIN", "l": "S", "k": "AVAIL_SOON"}, "unknown"),
        ("symphony", "999", {"i": "3", "m": "MAIN", "l": "S", "t": "LIBUSEONLY"}, "reference"),
        ("symphony", "999", {"i": "3", "m": "MAIN", "l": "S", "t": "ILL"}, "out"),
    ],
)
def test_what_each_system_says_of_a_copy(system, tag, parts, status):
    [copy] = copies((tag, parts), layout=layouts.PRESETS[system])
    assert copy.status == status


def test_alma_has_the_call_number_beside_the_item():
    made = repeated(
        field("852", {"8": "221", "b": "main", "c": "stacks", "h": "QA1", "i": ".B2"}, "0 "),
        field("852", {"8": "222", "b": "annex", "c": "low", "h": "QA9"}, "0 "),
        field("876", {"0": "222", "a": "231", "p": "32", "3": "v.2", "j": "1"}),
        field("876", {"0": "221", "a": "232", "p": "31", "j": "0"}),
    )
    found = [(c.barcode, c.call_number, c.location, c.volume) for c in marc.facts(made).copies]
    assert found == [("32", "QA9", "annex low", "v.2"), ("31", "QA1 .B2", "main stacks", "")]


UNAVAILABLE = ("unavailable", "bindery", "catalog", "acquired", "on order", "repaired", "process")
AWAY = ("checked out", "hold", "ill office", "interlibrary loan office", "transferred between")
HERE = ("reserve", "in-library use", "in library only", "onsite", "archives", "on display")


def expected(meaning: str) -> set[str]:
    """What a librarian would make of the meaning that the system's own table gives."""
    said = meaning.lower()
    if "copy unavailable" in said or "missing" in said:
        return {"missing", "unknown"}
    if "available only" in said or any(word in said for word in HERE):
        return {"reference"}
    if any(word in said for word in UNAVAILABLE) or "marking" in said or "annex" in said:
        return {"unknown", "out", "reference"}
    return {"out", "unknown"} if any(word in said for word in AWAY) else {"in"}


def test_every_place_of_penn_state_that_means_a_status_is_read_as_one(shared: Path):
    with (shared / "data/ils-item-exports/status_codes.tsv").open() as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    places = [row for row in rows if row["system"].startswith("symphony current location")]
    assert len(places) == 139
    wrong = {}
    for row in places:
        parts = {"i": "31", "m": "UP-PAT", "l": row["code"]}
        [copy] = copies(("949", parts), layout=layouts.PENN_STATE)
        if copy.status not in expected(row["meaning"]):
            wrong[row["code"]] = (row["meaning"], copy.status)
    assert set(wrong) <= {"RESHELVING", "CIRCDESKBD", "DSLOFFCHRG", "MEDIA-SL"}, wrong


def test_every_status_of_evergreen_is_in_only_if_evergreen_says_that_it_is(shared: Path):
    with (shared / "data/ils-item-exports/status_codes.tsv").open() as file:
        rows = [r for r in csv.DictReader(file, delimiter="\t") if r["system"] == "evergreen"]
    assert len(rows) == 19
    for row in rows:
        for said in (row["code"], row["meaning"]):
            [copy] = copies(("852", {"p": "31", "s": said}), layout=layouts.EVERGREEN)
            assert (copy.status == "in") == ("is_available=t" in row["flags"]), row
            assert copy.strange == ""


REAL = {  # the system guessed, items, and of them those in, for use here, of unknown words
    "ils-item-exports/symphony_psu_949.marcxml.gz": ("symphony-psu", 1133, 520, 57, 0),
    "ils-item-exports/symphony_stanford_999.marcxml.gz": ("symphony", 122, 110, 9, 0),
    "ils-item-exports/symphony_marc4j_999.marcxml.gz": ("symphony", 46, 42, 0, 0),
    "ils-item-exports/alma_princeton_852_876.marcxml.gz": ("alma", 190, 111, 69, 0),
    "marcxml/princeton_scsb_several_records.xml": ("alma", 35, 35, 0, 0),
    "marc-trln/unc.mrc": ("sierra", 67, 42, 22, 2),
    "koha-demo/koha_biblios.marcxml": ("", 1, 1, 0, 0),  # its items stand in another file
}


@pytest.mark.parametrize("name", REAL)
def test_the_system_of_a_real_file_is_guessed_and_its_items_are_read(name, shared: Path):
    with (shared / "data" / name).open("rb") as file:
        records = [each.record for each in reading.records(file) if isinstance(each, Read)]
    guess = mapping.guess(records)
    seen = mapping.preview(records, Reading(guess.layout))
    found = (
        guess.layout.system if guess.layout else "",
        seen.by_status.total(),
        seen.by_status["in"],
        seen.by_status["reference"],
        seen.strange.total(),
    )
    assert found == REAL[name]
    assert seen.records == len(records)
    assert len(seen.rows) == min(len(records), mapping.SHOWN)


@pytest.mark.parametrize(
    ("system", "parts"),
    [
        ("evergreen", {"b": "LEE", "j": "FIC SMI", "p": "31", "s": "Available"}),
        ("polaris", {"a": "Main", "h": "FIC", "p": "31", "r": "In"}),
        ("destiny", {"a": "HS", "h": "FIC", "p": "T 31", "9": "12.50"}),
        ("holdings", {"b": "main", "h": "QA1"}),
    ],
)
def test_systems_that_share_a_field_are_told_apart_by_what_only_they_write(system, parts):
    guess = mapping.guess(record(f"b{n}", ("852", parts)) for n in range(5))
    assert guess.layout == layouts.PRESETS[system]
    assert max(guess.evidence, key=lambda each: each.weight).items == 5


def test_a_guess_is_kept_and_what_staff_say_stands(cast):
    assert load(cast.lee, record("b1", item("31"))).guessed
    assert ItemMapping.objects.get().system == "koha"
    own = Reading(layouts.of_rules({**layouts.KOHA.as_rules(), "call_number": "x"}), only=True)
    mapping.keep(cast.lee, own)
    assert mapping.of(cast.lee) == own
    report = load(cast.lee, record("b1", item("31", x="SHELF 9")))
    assert (report.guessed, report.system) == (False, "koha")
    assert Item.objects.get().call_number == "SHELF 9"


def test_a_word_that_staff_explain_is_known_from_then_on(cast):
    book = record("b1", ("949", {"i": "31", "a": "FIC", "l": "STACKS", "k": "GAINES"}))
    report = load(cast.lee, book)
    assert report.strange == {"GAINES": 1}
    assert Item.objects.get().status == "unknown"
    rules = {**layouts.SYMPHONY_949.as_rules(), "words": {"GAINES": "reference"}}
    mapping.keep(cast.lee, Reading(layouts.of_rules(rules)))
    assert load(cast.lee, book).strange == {}
    assert Item.objects.get().status == "reference"


def test_a_record_without_items_makes_an_owner_or_not_by_a_setting(cast):
    load(cast.lee, record("b1", item("31")), record("b2", title="Emma"))
    assert Item.objects.count() == 1
    mapping.keep(cast.lee, Reading(layouts.KOHA, owns_without_items=True))
    books = [record("b1", item("31")), record("b2", title="Emma")]
    report = load(cast.lee, *books)
    assert (report.without_copies, report.owns_without_items) == (1, True)
    assert Item.objects.get(control_number="b2").status == "unknown"
    load(cast.lee, record("b2", item("41"), title="Emma"))
    assert dict(Item.objects.filter(control_number="b2").values_list("barcode", "status")) == {
        "": "withdrawn",
        "41": "in",
    }


def test_the_report_says_how_items_were_read_and_what_nobody_knows(cast, tmp_path):
    path = tmp_path / "lee.mrc"
    strange = ("852", {"b": "LEE", "j": "FIC", "p": "31", "s": "Auf dem Mond"})
    path.write_bytes(file_of(record("b1", strange), record("b2", title="Emma")).getvalue())
    out = StringIO()
    call_command("load", str(path), library="lee", stdout=out)
    said = out.getvalue()
    assert "items read as evergreen writes them (guessed from this file)" in said
    assert "1 records list no copy: the library does not count as their owner" in said
    assert "1 copies with the status 'Auf dem Mond', which is not known" in said


# pod4lib/aggregator#272, #490; ualbertalib/discovery#770
def test_deletions_of_what_was_there_and_of_what_never_was_are_both_counted(cast, tmp_path):
    load(cast.lee, record("b1", item("31")))
    path = tmp_path / "lee.mrc"
    gone = [record("b1", status="d"), record("b9", title="Never seen", status="d")]
    path.write_bytes(file_of(*gone).getvalue())
    out = StringIO()
    call_command("load", str(path), library="lee", stdout=out)
    assert "2 deleted" in out.getvalue()
    assert Item.objects.get().status == "withdrawn"


def test_a_record_that_was_cut_before_its_items_takes_none_away(cast):
    load(cast.lee, record("b1", item("31")), record("b2", item("41"), title="Emma"))
    data = record("b1", item("31")).as_marc()
    short = data[: data.index(b"\x1fp31")] + b"\x1e\x1d"
    file = file_of(record("b2", item("41"), title="Emma"))
    file.seek(0, 2)
    file.write(short.replace(b"952", b"900", 1))  # so that not even one is listed
    file.seek(0)
    report = loading.load(file, cast.lee)
    assert report.written.copies_withdrawn == 0
    assert set(Item.objects.values_list("status", flat=True)) == {"in"}
