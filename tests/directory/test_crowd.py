"""What the rows of a crowd-sourced list say, and whom they may mean: pure, no database."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from postroad.directory import crowd
from postroad.directory.crowd import Finder, Place
from postroad.directory.standing import Service
from postroad.spreadsheet import NoHeadings, Row

ZONE = ZoneInfo("America/New_York")
HEADINGS = (
    "Timestamp",
    "OCLC Symbol (required)",
    "Library/Institution",
    "Is your library currently accepting physical ILL returns?",
    "Are you lending physical items?",
    "Comments",
)


def rows(*cells, headings=HEADINGS):
    return [Row(n, each) for n, each in enumerate((headings, *cells), start=1)]


def entry(*cells, headings=HEADINGS):
    every = rows(cells, headings=headings)
    at, above = crowd.columns(every)
    return crowd.entry(every[above], at, ZONE)


def test_a_forms_long_questions_are_understood_as_columns():
    at, above = crowd.columns(rows())
    assert above == 1
    assert at == {
        "stamp": 0, "symbol": 1, "name": 2, "returns": 3, "lending": 4, "note": 5
    }  # fmt: skip


def test_a_title_may_stand_above_the_headings_but_something_must_be_one():
    title = [Row(1, ("ILL status list",)), Row(3, ("Name", "Lending?"))]
    assert crowd.columns(title) == ({"name": 0, "lending": 1}, 2)
    with pytest.raises(NoHeadings):
        crowd.columns([Row(1, ("Name", "Telephone")), Row(2, ("Lee", "555"))])


@pytest.mark.parametrize(
    ("written", "means"),
    [
        *((each, True) for each in ("Yes", "YES ", "y", "TRUE", "1", "Yes, all items", "x")),
        *((each, False) for each in ("No", "no.", "Not at this time", "No, building is shut", "0")),
        *((each, None) for each in ("", "-", "N/A", "?", "Unknown", "Not sure", "maybe later")),
        *((each, None) for each in ("Yes, but only within the state", "yes starting July 1")),
        *((each, None) for each in ("No longer closed", "limited", '=IF(A1,"Yes","No")')),
        *((each, None) for each in ("Yes, not yet", "Sí", "nope?", "\u2714")),
    ],
)
def test_unknown_is_never_yes_and_what_is_not_surely_a_no_is_none(written, means):
    assert crowd.answer(written) is means


def test_what_is_not_surely_an_answer_is_kept_as_a_note():
    said = entry(
        "9/1/2020 10:30:00", "ABC", "Abc Library", "Yes, but only in state", "No", "Call us"
    )
    assert said.answers == {Service.RETURNS: None, Service.LENDING: False}
    assert said.note == "Call us · Yes, but only in state"
    assert said.said_at == datetime(2020, 9, 1, 10, 30, tzinfo=ZONE)


def test_a_column_that_is_not_there_was_not_asked():
    said = entry("Lee", "yes", headings=("Library", "Accepting returns"))
    assert said.answers == {Service.RETURNS: True}


@pytest.mark.parametrize(
    ("written", "means"),
    [
        ("9/1/2020 14:30", datetime(2020, 9, 1, 14, 30, tzinfo=ZONE)),
        ("2020-09-01 14:30:00", datetime(2020, 9, 1, 14, 30, tzinfo=ZONE)),
        ("2020-09-01T14:30:00Z", datetime(2020, 9, 1, 14, 30, tzinfo=UTC)),
        ("2020-09-01T14:30:00+02:00", datetime(2020, 9, 1, 12, 30, tzinfo=UTC)),
        ("Sept 1, 2020", datetime(2020, 9, 1, tzinfo=ZONE)),
        ("1-Sep-2020", datetime(2020, 9, 1, tzinfo=ZONE)),
        ("44075", datetime(2020, 9, 1, tzinfo=ZONE)),
        ("31/9/2020", None),
        ("yesterday", None),
        ("1/1/0001", None),
        ("", None),
    ],
)
def test_a_stamp_is_read_however_it_is_written_or_there_is_none(written, means):
    assert crowd.stamp(written, ZONE) == means


def test_a_stamp_that_cannot_be_read_is_told():
    assert entry("yesterday", "ABC", "Abc", "yes", "yes", "").troubles == ("stamp",)
    assert entry("", "ABC", "Abc", "yes", "yes", "").troubles == ()


@pytest.mark.parametrize(
    "stamp", ["0001-01-01 00:00:00+14:00", "9999-12-31 23:59:59-14:00", "1/1/0001", "2999-01-01"]
)
def test_a_stamp_of_another_age_is_none_and_told(stamp):
    read = entry(stamp, "ABC", "Abc", "yes", "yes", "")
    assert (read.said_at, read.troubles) == (None, ("stamp",))


@pytest.mark.parametrize(
    ("since", "until"),
    [("0001-01-01", ""), ("0001-01-01", "0001-01-01"), ("", "9999-12-31"), ("9999-12-30", "")],
)
def test_days_of_another_age_are_none_and_told(since, until):
    """What follows from a statement reckons with the day before it and the day after."""
    headings = ("Symbol", "Lending", "Since", "Until")
    read = entry("ABC", "no", since, until, headings=headings)
    assert (read.since, read.until, read.troubles) == (None, None, ("days",))


def test_a_row_without_a_library_is_none():
    assert entry("9/1/2020", "", " ", "yes", "yes", "") is None


def test_the_same_words_are_the_same_entry_wherever_they_stand():
    cells = ("9/1/2020", "ABC", "Abc", "yes", "yes", "")
    every = rows(("9/2/2020", "X", "X", "no", "no", ""), cells)
    at, _above = crowd.columns(every)
    assert crowd.entry(every[2], at, ZONE).key == entry(*cells).key
    assert entry(*cells[:-1], "Closed").key != entry(*cells).key


def place(pk, name, town="", state="MA", *, symbols=(), umbrellas=()):
    own, shared = frozenset(symbols), frozenset(umbrellas)
    return Place(pk, f"c{pk}", name, town, state, own, shared)


FINDER = Finder(
    [
        place(1, "Lee Library Association", "Lee", symbols=["ZLE"]),
        place(2, "Lenox Library", "Lenox"),
        place(3, "Jefferson School", "Holden"),
        place(4, "Jefferson School", "Rockland"),
        place(5, "Saint Anselm College Library", "Manchester", "NH"),
        place(6, "Barrington Public Library", "Barrington", "RI", umbrellas=["RDS"]),
        place(7, "Bristol Public Library", "Bristol", "RI", umbrellas=["RDS"]),
        place(8, "Université de Montréal", "Montréal", "QC"),
    ],
    {"massachusetts": "MA", "nh": "NH", "oh": "OH", "vermont": "VT"},
)


@pytest.mark.parametrize(
    ("symbol", "name", "town", "state", "by", "whom"),
    [
        ("ZLE", "Anything at all", "", "", "symbol", 1),
        ("", "LENOX LIBRARY", "", "", "name", 2),
        ("", "The Lenox Lib.", "", "Massachusetts", "name", 2),
        ("", "St. Anselm Coll. Library", "", "N.H.", "name", 5),
        ("", "universite de montreal", "", "", "name", 8),
        ("", "Jefferson School", "Holden", "", "name", 3),
        ("", "Jefferson School", "", "", "doubtful", ("c3", "c4")),
        ("XYZ", "Lenox Library", "", "", "doubtful", ("c2",)),
        ("", "Lee Library", "", "", "doubtful", ("c1",)),
        ("", "Lenox Library", "", "OH", "nobody", None),
        ("", "Lenox Library", "", "Vermont", "nobody", None),
        ("", "Lenox Library", "Springfield", "", "nobody", None),
        ("RDS", "Bristol Public Library", "", "", "name", 7),
        ("RDS", "", "", "", "doubtful", ("c6", "c7")),
        ("QQQ", "Far Away University", "", "", "nobody", None),
        ("", "Public Library", "", "", "nobody", None),
    ],
)
def test_r1_a_library_is_known_by_symbol_then_by_name_and_else_is_doubtful(
    symbol, name, town, state, by, whom
):
    found = FINDER.find(symbol, name, town, state)
    assert found.by == by
    assert (found.library or found.candidates or None) == whom
