import pytest

from postroad.catalogue import marc
from postroad.catalogue.marc import Copy, HoldingsRecord, NoTitle
from postroad.catalogue.models import Format, ItemStatus
from tests.catalogue.records import field, item, record


def facts(*fields, **more):
    return marc.facts(record("b1", *fields, **more)).description


def copies(*fields):
    return marc.facts(record("b1", *fields)).copies


def test_what_a_record_says():
    said = facts(
        ("020", {"a": "0141439513 (pbk.)", "z": "0195049829"}),
        ("035", {"a": "(OCoLC)ocm00012345"}),
        ("250", {"a": "2nd ed."}),
        ("260", {"a": "London :", "b": "T. Egerton,", "c": "1813."}),
        ("300", {"a": "3 v. ;", "c": "18 cm."}),
        ("650", {"a": "Sisters", "v": "Fiction."}),
        ("650", {"a": "sisters", "v": "fiction."}),
        ("700", {"a": "Jones, Vivien,", "e": "editor."}),
        title="Pride and prejudice /",
        author="Austen, Jane, 1775-1817.",
    )
    assert (said.title, said.author, said.year) == (
        "Pride and prejudice",
        "Austen, Jane, 1775-1817",
        1813,
    )
    assert (said.language, said.format) == ("eng", "book")
    assert (said.edition, said.publisher, said.extent) == ("2nd ed.", "T. Egerton", "3 v.")
    assert said.subjects == ("Sisters -- Fiction",)
    assert said.contributors == ("Jones, Vivien",)
    assert [(number.kind, number.value) for number in said.numbers] == [
        ("isbn", "9780141439518"),
        ("isbn-z", "9780195049824"),  # the canceled one of another edition: to find it by
        ("oclc", "12345"),
    ]
    assert said.match_key == "pride and prejudice|1813|book"


def test_a_leading_article_is_left_out_of_the_key_and_not_of_the_title():
    made = record(title="")
    made.add_field(field("245", {"a": "The house of mirth"}, "14"))
    assert marc.facts(made).description.title == "The house of mirth"
    assert marc.facts(made).description.match_key.startswith("house of mirth|")


def test_the_title_in_its_own_script_is_another_title():
    said = facts(("880", {"6": "245-01/$1", "a": "紅楼夢 /"}), title="Hong lou meng")
    assert said.other_titles == ("紅楼夢",)


@pytest.mark.parametrize(
    ("leader", "more", "form"),
    [
        ("am", {}, Format.BOOK),
        ("as", {}, Format.SERIAL),
        ("am", {"250": {"a": "Large print edition"}}, Format.LARGE_PRINT),
        ("am", {"245": {"h": "[electronic resource]"}}, Format.ERESOURCE),
        ("am", {"245": {"h": "[microform]"}}, Format.OTHER),
        ("cm", {}, Format.SCORE),
        ("em", {}, Format.MAP),
        ("gm", {}, Format.FILM),
        ("im", {}, Format.AUDIOBOOK),
        ("jm", {}, Format.MUSIC),
        ("mm", {}, Format.ERESOURCE),
        ("rm", {}, Format.OTHER),
        ("  ", {}, Format.OTHER),
    ],
)
def test_the_format_is_read_from_the_leader_and_the_title(leader, more, form):
    said = dict(more)
    title = {"a": "Emma", **said.pop("245", {})}
    made = record("b1", ("245", title), *said.items(), title="", leader=leader)
    assert marc.facts(made).description.format == form


@pytest.mark.parametrize(
    ("coded", "imprint", "year"), [("19uu", "c1987.", 1987), ("    ", "", None)]
)
def test_a_year_that_is_not_coded_is_read_from_the_imprint(coded, imprint, year):
    assert facts(("260", {"c": imprint}), year=coded).year == year


@pytest.mark.parametrize(
    ("code", "language"), [("eng", "eng"), ("und", ""), ("|||", ""), ("ÄÖÜ", "")]
)
def test_a_language_is_three_letters_or_unknown(code, language):
    assert facts(language=code).language == language


@pytest.mark.parametrize(
    ("tag", "parts", "copy"),
    [
        (
            "952",
            {"p": "31 ", "o": "FIC AUS", "c": "ADULT", "h": "v.1"},
            Copy("31", "FIC AUS", "ADULT", "v.1", "in"),
        ),
        ("952", {"p": "31", "q": "2026-12-01"}, Copy("31", status="out")),
        ("952", {"p": "31", "7": "1"}, Copy("31", status="reference")),
        ("952", {"p": "31", "1": "1"}, Copy("31", status="missing")),
        ("952", {"p": "31", "0": "1"}, Copy("31", status="withdrawn")),
        (
            "999",
            {"a": "PR1 .A5", "i": "X01", "l": "STACKS", "m": "ALDERMAN", "k": "CHECKEDOUT"},
            Copy("X01", "PR1 .A5", "ALDERMAN STACKS", status="out"),
        ),
        ("999", {"i": "X01", "l": "LOST"}, Copy("X01", location="LOST", status="missing")),
        ("949", {"a": "REF 1", "i": "02", "s": "N"}, Copy("02", "REF 1", status="reference")),
        ("945", {"i": "03", "l": "wadc"}, Copy("03", location="wadc")),
        ("852", {"p": "04", "h": "Q1", "i": ".A5"}, Copy("04", "Q1 .A5")),
        ("852", {"b": "PERKN", "h": "Q1"}, Copy("", "Q1", "PERKN")),  # a holding, no barcode
    ],
)
def test_copies_are_read_from_each_system(tag, parts, copy):
    assert copies((tag, parts)) == (copy,)
    assert copy.status in ItemStatus.values


def test_the_first_layout_with_barcodes_wins_and_what_is_online_is_no_copy():
    said = copies(
        ("999", {"i": "X01", "l": "STACKS"}),
        ("949", {"i": "X01", "l": "STACKS"}),
        ("999", {"i": "X02", "l": "INTERNET"}),
        ("999", {"c": "17", "d": "17"}),  # Koha's own numbers
    )
    assert [copy.barcode for copy in said] == ["X01"]


def test_what_is_no_description_is_refused():
    with pytest.raises(NoTitle):
        facts(item("31"), title="")
    with pytest.raises(HoldingsRecord):
        facts(leader="xn")


KOHA = {"p": "31", "o": "FIC", "c": "STACKS"}
SAID = [
    ("952", KOHA, "in"),
    ("952", KOHA | {"7": "0", "1": "0", "0": "0"}, "in"),
    ("952", KOHA | {"q": "2026-12-24"}, "out"),
    ("952", KOHA | {"7": "1"}, "reference"),
    ("952", KOHA | {"7": "-1"}, "unknown"),
    ("949", {"i": "31", "l": "STACKS", "m": "MAIN"}, "in"),
    *(
        ("949", {"i": "31", "l": place, "m": "MAIN"}, "unknown")
        for place in ("ON-ORDER", "INPROCESS", "CATALOGING", "BINDERY", "REPAIR")
    ),
    ("949", {"i": "31", "l": "RESERVES", "m": "MAIN"}, "reference"),
    ("949", {"i": "31", "l": "STACKS", "k": "STACKS"}, "in"),
    ("949", {"i": "31", "l": "STACKS", "k": "CHECKEDOUT"}, "out"),
    ("949", {"i": "31", "l": "STACKS", "k": "XYZZY"}, "unknown"),
    ("999", {"i": "31", "l": "STACKS", "k": "LOST-ASSUM"}, "missing"),
    ("945", {"i": "31", "a": "FIC", "l": "main", "s": "-"}, "in"),
    ("945", {"i": "31", "a": "FIC", "l": "main", "s": "m"}, "missing"),
    ("945", {"i": "31", "a": "FIC", "l": "main", "s": "o"}, "reference"),
    ("945", {"i": "31", "a": "FIC", "l": "main", "s": "?"}, "unknown"),
    ("852", {"p": "31", "s": "Available"}, "in"),
    ("852", {"p": "31", "s": "Checked out"}, "out"),
    ("852", {"p": "31", "s": "Lost and Paid"}, "missing"),
    ("852", {"p": "31", "s": "Long Overdue"}, "missing"),
    ("852", {"p": "31", "s": "Discard/Weed"}, "withdrawn"),
    ("852", {"p": "31", "s": "On order"}, "unknown"),
    ("852", {"p": "31", "s": "Damaged"}, "unknown"),
    ("852", {"p": "31", "s": "Auf dem Mond"}, "unknown"),
    ("852", {"p": "31", "s": "Available", "x": "noncirculating"}, "reference"),
    ("852", {"p": "31"}, "in"),
]


@pytest.mark.parametrize(("tag", "parts", "status"), SAID)
def test_what_a_system_says_of_a_copy_that_we_do_not_know_is_never_in(tag, parts, status):
    [copy] = marc.facts(record("b1", (tag, parts))).copies
    assert copy.status == status
