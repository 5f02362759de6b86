"""Title lists: what is read, what is told by line and column, what is refused in a sentence."""

from functools import partial

import pytest

from postroad.protocols import kbart
from postroad.protocols.kbart import COLUMNS_2010, COLUMNS_2014, Bad, NotATitleList

GOOD = {
    "publication_title": "Annals of Ferries",
    "print_identifier": "0378-5955",
    "date_first_issue_online": "1987-02",
    "num_first_vol_online": "12",
    "title_url": "https://journals.example/ferries",
    "embargo_info": "P1Y",
    "coverage_depth": "fulltext",
    "publication_type": "Serial",
    "access_type": "P",
}


def line(columns: list[str] = COLUMNS_2014, separator: str = "\t", **said: str) -> str:
    return separator.join({**GOOD, **said}.get(column, "") for column in columns)


def listed(*lines: str, columns: list[str] = COLUMNS_2014, separator: str = "\t") -> str:
    return "\n".join([separator.join(columns), *lines])


def wrong(column: str, said: str) -> list[str]:
    return [
        bad.column
        for bad in kbart.read(listed(line(COLUMNS_2014, "\t", **{column: said})).encode()).bad
    ]


def test_a_full_header_is_read_by_the_rules_of_2014() -> None:
    found = kbart.read(listed(line()).encode())
    (row,) = found.rows
    assert (found.layout, found.encoding, found.bad) == ("RP-9-2014", "UTF-8", ())
    assert (row.line, row.title, row.print_number) == (2, "Annals of Ferries", "03785955")
    assert (row.begin, row.first_volume, row.embargo, row.is_book) == (
        "1987-02",
        "12",
        "P1Y",
        False,
    )


@pytest.mark.parametrize(
    ("column", "said"),
    [
        ("publication_title", ""),
        ("print_identifier", "0378-5956"),
        ("online_identifier", "n/a"),
        ("date_first_issue_online", "Feb 1987"),
        ("date_first_issue_online", "1987-02-31"),
        ("date_first_issue_online", ""),
        ("date_last_issue_online", "1986"),
        ("embargo_info", "1 year"),
        ("title_url", "javascript:alert(1)"),
        ("coverage_depth", "Volltext"),
        ("coverage_depth", ""),
        ("publication_type", "Magazine"),
        ("publication_type", ""),
        ("access_type", "X"),
        ("access_type", ""),
        ("title_url", ""),
        ("title_url", "https://journals.example/a b"),
        ("print_identifier", "03785955"),
        ("embargo_info", "P1Y;P2Y"),
        ("embargo_info", "P1Y;R0D"),
        ("date_monograph_published_print", "12/09/1996"),
        ("num_first_vol_online", "vol. 12"),
        ("first_author", "Quill"),
        ("publisher_name", "F\N{REPLACEMENT CHARACTER}hren"),
    ],
)
def test_what_is_wrong_is_told_by_its_column(column: str, said: str) -> None:
    assert {*wrong(column, said)} == {column}


def test_a_number_that_only_fills_its_column_is_told() -> None:
    assert wrong("print_identifier", "0000-0000") == ["print_identifier"]
    assert wrong("online_identifier", "1234-5679") == ["online_identifier"]


def test_signs_that_nobody_sees_are_no_part_of_numbers_and_addresses() -> None:
    said = line(
        print_identifier="\u200b0028-0836\ufeff",
        title_url="https://a.example/\u200bx",
        publication_title="می\u200cخواهم",
    )
    (row,) = kbart.read(listed(said).encode()).rows
    assert (row.print_number, row.address) == ("00280836", "https://a.example/x")
    assert row.title == "می\u200cخواهم"


def test_an_ampersand_out_of_a_page_is_one() -> None:
    said = line(publication_title="Wax &amp; Wings", title_url="https://a.example/?a=1&amp;b=2")
    (row,) = kbart.read(listed(said).encode()).rows
    assert (row.title, row.address) == ("Wax & Wings", "https://a.example/?a=1&b=2")


def test_a_last_volume_needs_its_date_and_two_embargoes_may_differ() -> None:
    assert wrong("num_last_vol_online", "40") == ["date_last_issue_online"]
    assert wrong("embargo_info", "R10Y;P30D") == []


def test_what_a_book_says_of_issues_is_out_of_place() -> None:
    book = partial(line, publication_type="monograph", date_first_issue_online="")
    text = listed(book(num_first_vol_online=""), book(first_editor="Quill"))
    assert [(bad.line, bad.column) for bad in kbart.read(text.encode()).bad] == [
        (3, "num_first_vol_online")
    ]


def test_bad_lines_keep_no_good_one_out_and_are_told_by_their_number() -> None:
    text = listed(
        line(), "", line(publication_title="Other", embargo_info="X"), line(), line() + "\tmore"
    )
    found = kbart.read(text.encode())
    assert [row.line for row in found.rows] == [2]
    assert [(bad.line, bad.column) for bad in found.bad] == [(4, "embargo_info"), (5, ""), (6, "")]
    assert found.bad[1] == Bad(5, "", kbart.REPEATED)


def test_a_stray_quotation_mark_swallows_no_line() -> None:
    text = listed(line(publication_title='"Ferries'), line(publication_title='"Boats, ""old"""'))
    assert [row.title for row in kbart.read(text.encode()).rows] == ['"Ferries', 'Boats, "old"']


@pytest.mark.parametrize(
    ("text", "encoding", "told"),
    [
        (listed(line(publication_title="Fähren")), "utf-16", "UTF-16"),
        (listed(line(publication_title="Fähren")), "utf-8-sig", "UTF-8"),
        (listed(line(publication_title="Fähren")).replace("\n", "\r"), "utf-8", "UTF-8"),
        (
            listed(line(separator=";", publication_title="Fähren"), separator=";"),
            "latin-1",
            "Latin-1",
        ),
    ],
)
def test_every_encoding_line_end_and_separator_gives_the_same(
    text: str, encoding: str, told: str
) -> None:
    found = kbart.read(text.encode(encoding))
    assert (found.encoding, found.bad, found.rows[0].title) == (told, (), "Fähren")


def test_lines_above_the_header_are_passed_over_and_still_counted() -> None:
    columns = [*COLUMNS_2010, "platform_name", "platform_name"]
    text = listed(line(columns, ",", embargo_info="X"), columns=columns, separator=",")
    found = kbart.read(("SO Name,Ferries\nProvider,Someone\n,\n" + text).encode())
    assert (found.layout, [bad.line for bad in found.bad]) == ("KBART 2010", [5])


def test_cufts_is_read_under_the_names_of_kbart() -> None:
    text = "title\tissn\tft_start_date\tembargo_days\nFerries\t03785955\t1987-01-01\t90"
    found = kbart.read(text.encode())
    assert (found.layout, found.rows[0].embargo, found.rows[0].begin) == (
        "CUFTS",
        "P90D",
        "1987-01-01",
    )


def test_a_book_needs_no_dates() -> None:
    (row,) = kbart.read(
        listed(
            line(COLUMNS_2010, print_identifier="0-306-40615-2", date_first_issue_online=""),
            columns=COLUMNS_2010,
        ).encode()
    ).rows
    assert (row.print_number, row.is_book) == ("9780306406157", True)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b" \n", "empty"),
        (b"PK\x03\x04...", "spreadsheet or an archive"),
        (b"PK\x05\x06...", "spreadsheet or an archive"),
        (b"\x1f\x8b\x08...", "spreadsheet or an archive"),
        (b"a\0b", "not a text file"),
        (b"a" * 70_000 + b"\0", "not a text file"),
        (b"\xe9" * 70_000 + b"\0", "not a text file"),
        (b"a" * 300_000, "Line 1 is too long"),
        ("Fähren".encode() + b"\xc3", "breaks off"),
        (b"\xff\xfea", "breaks off"),
        (b"Title\tPublisher\nFerries\tSomeone", "no KBART file"),
        (b"publication_title\tissn\nFerries\t", "lacks the column print_identifier"),
        (listed(columns=[*COLUMNS_2014, "notes"]).encode(), "names the column notes twice"),
        (listed().encode(), "no titles under it"),
    ],
)
def test_what_is_no_title_list_is_refused_in_a_sentence(content: bytes, words: str) -> None:
    with pytest.raises(NotATitleList, match=words):
        kbart.read(content)


@pytest.mark.parametrize(
    ("text", "encoding", "words"),
    [
        (listed(line(), columns=COLUMNS_2014), "utf-16", ["UTF-16"]),
        (listed(line(publication_title="Fähren")), "latin-1", ["Latin-1"]),
        (listed(line(separator=","), separator=","), "utf-8", ["commas"]),
        ("SO Name\n" + listed(line()), "utf-8", ["header is line 2"]),
        (
            listed(line(COLUMNS_2014[::-1]), columns=COLUMNS_2014[::-1]),
            "utf-8",
            ["not in the order"],
        ),
        (listed(line(COLUMNS_2014[:-1]), columns=COLUMNS_2014[:-1]), "utf-8", ["access_type"]),
        (listed(line(COLUMNS_2010), columns=COLUMNS_2010), "utf-8", ["of 2010"]),
        (listed(line()), "utf-8-sig", []),
    ],
)
def test_what_is_not_as_the_rule_wants_is_read_with_a_warning(
    text: str, encoding: str, words: list[str]
) -> None:
    found = kbart.read(text.encode(encoding))
    assert (len(found.rows), len(found.warnings)) == (1, len(words))
    assert all(word in said for word, said in zip(words, found.warnings, strict=True))


def test_a_byte_that_is_no_letter_spoils_its_own_line_and_no_other() -> None:
    text = listed(line(publication_title="Fähren"), line(publication_title="Boats?")).encode()
    found = kbart.read(text.replace(b"Boats?", b"Boats\xff"))
    assert [row.title for row in found.rows] == ["Fähren"]
    assert [(bad.line, bad.column) for bad in found.bad] == [(3, "publication_title")]


def test_a_quotation_mark_that_is_not_closed_is_told_by_its_line() -> None:
    text = listed(line(separator=","), '"Boats,1', line(separator=",", title_id="2"), separator=",")
    found = kbart.read(text.encode())
    assert ([row.line for row in found.rows], [bad.line for bad in found.bad]) == ([2, 4], [3])
