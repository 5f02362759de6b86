"""Crowd-sourced lists are read in pieces, once, and go by whoever was chosen for a name."""

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest

from postroad import spreadsheet
from postroad.directory import crowd, reading
from postroad.directory.models import Authority, Closure, Effect, Library, Symbol
from postroad.directory.statements import ListedName, Statement, StatementImport, StatusList

NOW = datetime(2026, 11, 23, 15, tzinfo=UTC)
DAY = timedelta(days=1)
HEADINGS = ("Timestamp", "OCLC symbol", "Library", "Accepting returns?", "Lending?", "Notes")


@pytest.fixture
def status_list(cast):
    Symbol.objects.create(library=cast.lee, authority=Authority.OCLC, value="ZLE")
    return StatusList.objects.create(name="The crowd's list", credit="By the crowd")


def sheet(*rows, headings=HEADINGS):
    table = io.StringIO()
    csv.writer(table).writerows([headings, *rows])
    return table.getvalue().encode()


def read(status_list, *rows, at=NOW, name="list.csv", sent=None):
    file, _new = reading.receive(status_list, name, sent or sheet(*rows), by="Carl", at=at)
    reading.begin(file, at)
    reading.go_on(at)
    file.refresh_from_db()
    assert file.finished_at == at
    return file


def stopped(library, at=NOW):
    rows = Closure.objects.current(at.date()).filter(library=library)
    return {Effect(row.effect) for row in rows}


def test_each_entry_counts_by_its_own_date_and_closures_follow(status_list, cast):
    file = read(
        status_list,
        ("11/3/2026 09:00", "ZLE", "Lee Library", "no", "no", "amended"),
        ("11/1/2026 09:00", "zle", "LEE LIBRARY", "yes", "no", "first"),
        ("11/2/2026 09:00", "", "Lenox Library", "", "no", ""),
        ("11/2/2026 09:00", "QQX", "Far Away University", "yes", "yes", ""),
    )
    assert (file.rows, file.new, file.same, file.ahead) == (4, 4, 0, 0)
    assert stopped(cast.lee) == {Effect.NO_RETURNS, Effect.NO_LENDING}
    assert stopped(cast.lenox) == {Effect.NO_LENDING}
    assert Statement.objects.filter(library=None).get().listed.how == "nobody"


def test_the_same_file_twice_adds_nothing(status_list):
    rows = [("11/3/2026", "ZLE", "Lee Library", "no", "no", "")]
    first = read(status_list, *rows)
    again, new = reading.receive(status_list, "other.csv", sheet(*rows), by="C", at=NOW + DAY)
    assert (again.pk, new) == (first.pk, False)
    longer = read(status_list, *rows, ("11/4/2026", "", "Lenox Library", "no", "", ""))
    assert (longer.new, longer.same) == (1, 1)
    assert Statement.objects.count() == 2


def test_an_amended_row_under_an_equal_stamp_counts_and_so_does_taking_it_back(status_list, cast):
    yes = ("11/3/2026", "ZLE", "Lee Library", "yes", "yes", "")
    no = ("11/3/2026", "ZLE", "Lee Library", "yes", "no", "")
    read(status_list, yes)
    read(status_list, no, at=NOW + DAY)
    assert stopped(cast.lee) == {Effect.NO_LENDING}
    read(status_list, yes, ("11/1/2026", "", "Lenox Library", "", "", ""), at=NOW + 2 * DAY)
    assert stopped(cast.lee, NOW + 2 * DAY) == set()
    assert Statement.objects.filter(library=cast.lee).count() == 2


def test_r1_of_equal_stamps_the_last_row_counts_and_a_future_one_is_left_out(status_list, cast):
    file = read(
        status_list,
        ("11/3/2026", "ZLE", "Lee Library", "yes", "no", ""),
        ("11/3/2026", "ZLE", "Lee Library", "no", "yes", ""),
        ("11/3/2031", "ZLE", "Lee Library", "no", "no", ""),
    )
    assert file.ahead == 1
    assert stopped(cast.lee) == {Effect.NO_RETURNS}


def test_what_is_doubtful_waits_and_what_was_chosen_is_remembered(status_list, cast):
    read(status_list, ("11/3/2026", "ABC", "Lenox Library", "yes", "no", ""))
    (named,) = reading.doubtful()
    assert named.candidates == ["lenox"]
    assert stopped(cast.lenox) == set()
    reading.choose(named, cast.lenox, by="Carl", at=NOW)
    assert stopped(cast.lenox) == {Effect.NO_LENDING}
    read(status_list, ("11/4/2026", "abc", "The Lenox Library", "no", "no", ""), at=NOW + DAY)
    assert not reading.doubtful().exists()
    assert stopped(cast.lenox) == {Effect.NO_RETURNS, Effect.NO_LENDING}
    reading.unchoose(ListedName.objects.get(), at=NOW + DAY)
    assert stopped(cast.lenox, NOW + DAY) == set()
    assert reading.doubtful().count() == 1
    reading.choose(ListedName.objects.get(), None, by="Carl", at=NOW + DAY)
    read(status_list, ("11/5/2026", "ABC", "Lenox Library", "no", "no", ""), at=NOW + DAY)
    assert stopped(cast.lenox, NOW + DAY) == set()
    assert not reading.doubtful().exists()


def test_a_library_that_gets_its_symbol_later_is_found_in_the_next_file(status_list, cast):
    read(status_list, ("11/3/2026", "ABC", "Some Name Else", "no", "no", ""))
    Symbol.objects.create(library=cast.lenox, authority=Authority.OCLC, value="ABC")
    read(
        status_list,
        ("11/3/2026", "ABC", "Some Name Else", "no", "no", ""),
        sent=sheet(
            ("11/3/2026", "ABC", "Some Name Else", "no", "no", ""),
            ("11/1/2026", "ZLE", "Lee", "", "", ""),
        ),
    )
    assert stopped(cast.lenox) == {Effect.NO_RETURNS, Effect.NO_LENDING}


def test_rows_that_cannot_be_read_are_told_by_line_and_the_others_are_read(status_list):
    file = read(
        status_list,
        ("11/3/2026", "", "", "yes", "yes", ""),
        ("soon", "ZLE", "Lee Library", "yes", "yes", ""),
    )
    assert file.skipped == [[2, "nameless"], [3, "stamp"]]
    assert file.new == 1


def test_nothing_is_read_before_somebody_says_so_and_it_can_be_thrown_away(status_list):
    file, new = reading.receive(
        status_list, "x.csv", sheet(("11/3/2026", "ZLE", "Lee", "no", "no", "")), by="C", at=NOW
    )
    assert new
    assert reading.go_on(NOW) == 0
    assert reading.discard(file)
    assert not StatementImport.objects.exists()


def test_a_reader_that_is_killed_between_pieces_goes_on_and_doubles_nothing(status_list):
    rows = [(f"11/{1 + n % 20}/2026", "", f"Far Library {n}", "no", "", "") for n in range(1_050)]
    file, _new = reading.receive(status_list, "long.csv", sheet(*rows), by="C", at=NOW)
    reading.begin(file, NOW)
    assert reading.go_on(NOW, pieces=1) == 1_000
    file.refresh_from_db()
    assert (file.read, file.finished_at) == (1_000, None)
    assert reading.go_on(NOW) == 50
    assert Statement.objects.count() == 1_050
    assert reading.go_on(NOW) == 0


def test_markup_and_formulas_stay_the_text_that_they_are(status_list):
    read(
        status_list,
        ("11/3/2026", "ZLE", "<b>Lee</b>", "=1+1", '=HYPERLINK("x")', "<script>alert(1)</script>"),
    )
    said = Statement.objects.get()
    assert (said.accepts_returns, said.lends) == (None, None)
    assert "<script>" in said.note


def test_utf_16_and_semicolons_are_read(status_list, cast):
    text = "Library;Accepting returns;Lending\nLenox Library;Yes;No\n"
    read(status_list, sent=text.encode("utf-16"))
    assert stopped(cast.lenox) == {Effect.NO_LENDING}


@pytest.mark.parametrize(
    ("sent", "refused"),
    [
        (b"", spreadsheet.NoRows),
        (b"x" * 5_000_001, spreadsheet.TooLarge),
        (b"%PDF-1.4", spreadsheet.NotASpreadsheet),
        (b"Name,Telephone\nLee,555\n", spreadsheet.NoHeadings),
        (b'Name,Lending\n"Lee,yes\n', spreadsheet.OpenQuote),
        (b"PK\x03\x04 no folder", spreadsheet.Unreadable),
    ],
)
def test_a_hostile_file_is_refused_and_leaves_nothing(status_list, sent, refused):
    with pytest.raises(refused):
        reading.receive(status_list, "x", sent, by="C", at=NOW)
    assert not StatementImport.objects.exists()


def test_all_libraries_are_looked_for_by_name_once_a_piece(
    status_list, cast, django_assert_max_num_queries
):
    rows = [("11/3/2026", "", f"Far Library {n}", "no", "", "") for n in range(300)]
    with django_assert_max_num_queries(40):
        read(status_list, *rows)
    assert crowd.Finder(reading.places(), {}).find("ZLE", "").library == cast.lee.pk
    assert Library.objects.count() == 5
