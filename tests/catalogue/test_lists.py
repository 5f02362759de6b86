"""A library's list in a spreadsheet: the same again changes nothing, a corrected row corrects."""

import pytest
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from postroad.catalogue import incoming, list_numbers, lists, loads, marc
from postroad.catalogue.folding import fold
from postroad.catalogue.lists import Line, Why, columns_of, lines_of
from postroad.catalogue.load_models import Load
from postroad.catalogue.models import Contribution, Item, Record
from postroad.directory.models import Library
from postroad.spreadsheet import Row
from tests.cast import Cast

HEAD = "Title,Author,ISBN,Call number,Barcode,Year,Copies"
BOOKS = (
    'Emma,"Austen, Jane",9780141439587,F AUS,31,1815,',
    'Walden,"Thoreau, Henry David",,818 THO,,1854,2',
    "Frog and Toad are friends,Arnold Lobel,,E LOB,33,,",
    "Atlas of the world,,,R 912 ATL,,1999,",
)


def load(library: Library, *rows: str, kind: str = "full", head: str = HEAD) -> Load:
    """A list of these rows, sent by a page and loaded."""
    sent = "\n".join([head, *rows]).encode()
    made = incoming.receive([sent], "list.csv", library, kind, by=None, at=timezone.now())
    loads.queue(made, timezone.now())
    while loads.work_off(timezone.now()):
        pass
    made.refresh_from_db()
    assert made.state in ("done", "asks"), made.reason
    return made


def catalogue() -> list[object]:
    return [
        list(Record.objects.order_by("pk").values()),
        list(Item.objects.order_by("pk").values()),
        list(Contribution.objects.order_by("pk").values("pk", "control_number", "record", "state")),
    ]


def copies(title: str) -> list[tuple[str, str, str]]:
    items = Item.objects.filter(record__title=title).order_by("pk")
    return list(items.values_list("barcode", "call_number", "status"))


def rows(*cells: tuple[str, ...]) -> list[Row]:
    return [Row(line, each) for line, each in enumerate(cells, start=1)]


def test_each_row_is_a_copy_and_the_same_list_changes_nothing(cast: Cast):
    first = load(cast.lee, *BOOKS)
    assert first.counts["written"]["copies_new"] == 5
    assert copies("Walden") == [("", "818 THO", "in")] * 2
    assert copies("Frog and Toad are friends") == [("33", "E LOB", "in")]
    before = catalogue()
    again = load(cast.lee, *BOOKS)
    assert again.counts["written"]["unchanged"] == 4
    load(cast.lee, *reversed(BOOKS), kind="changes")
    assert catalogue() == before


@pytest.mark.parametrize("kind", ["full", "changes"])
@pytest.mark.parametrize(
    ("at", "row", "title"),
    [
        (0, 'Emma : a novel,"Austen, Jane",9780141439587,F AUS,31,1815,', "Emma : a novel"),
        (0, 'Emma,"Austen, Jane",9780141439587,FIC AUS,31,1816,', "Emma"),
        (1, 'Walden,"Thoreau, Henry David",9780691096124,818 THO,,1854,2', "Walden"),
        (1, 'Walden,"Thoreau, Henry David",,818.3 THO,,1854,2', "Walden"),
        (2, "Frog and toad are friends,Lobel,,E LOB,33,1970,", "Frog and toad are friends"),
    ],
)
def test_a_corrected_row_is_a_correction(cast: Cast, kind: str, at: int, row: str, title: str):
    load(cast.lee, *BOOKS)
    records, numbers = (
        Record.objects.count(),
        set(Contribution.objects.values_list("control_number")),
    )
    corrected = [row if each == at else old for each, old in enumerate(BOOKS)]
    load(cast.lee, *corrected, kind=kind)
    assert Record.objects.filter(title=title).count() == 1
    assert Record.objects.count() == records
    assert set(Contribution.objects.values_list("control_number")) == numbers
    assert Item.objects.exclude(status="withdrawn").count() == 5


def test_a_title_is_corrected_on_its_place_in_a_list_of_everything(cast: Cast):
    load(cast.lee, *BOOKS)
    load(cast.lee, *BOOKS[:3], "Atlas of the whole world,,,R 912 ATL,,1999,")
    assert copies("Atlas of the whole world") == [("", "R 912 ATL", "in")]
    assert Record.objects.count() == 4


def test_a_copy_more_of_a_book_takes_none_away(cast: Cast):
    load(cast.lee, *BOOKS)
    load(cast.lee, 'Emma,"Austen, Jane",9780141439587,F AUS,39,1815,', kind="changes")
    assert copies("Emma") == [("31", "F AUS", "in"), ("39", "F AUS", "in")]
    Item.objects.filter(barcode="31").update(status="missing")
    load(cast.lee, 'Emma,"Austen, Jane",9780141439587,F AUS,40,1815,', kind="changes")
    assert sorted(copies("Emma")) == [
        ("31", "F AUS", "missing"),
        ("39", "F AUS", "in"),
        ("40", "F AUS", "in"),
    ]


def test_what_is_not_in_a_list_of_everything_is_asked_about_or_withdrawn(cast: Cast):
    many = [f"Book {at},Author {at},,F {at},5{at:03},2001," for at in range(60)]
    load(cast.lee, *many)
    assert load(cast.lee, *many[2:]).state == "done"
    assert copies("Book 1") == [("5001", "F 1", "withdrawn")]
    assert load(cast.lee, *many[20:]).state == "asks"


def test_a_row_that_cannot_be_read_takes_nothing_away(cast: Cast):
    """It may be the very one that is missing."""
    load(cast.lee, *BOOKS)
    asks = load(cast.lee, *BOOKS[1:], 'Emma,"Austen, Jane",,F AUS,3.1E+13,1815,')
    assert (asks.state, asks.counts["not_withdrawn"]) == ("asks", "nameless")
    assert copies("Emma") == [("31", "F AUS", "in")]


def test_a_record_number_of_its_own_is_the_number(cast: Cast):
    head = "Bib number,Title,Barcode"
    load(cast.lee, "b77,Emma,31", "b77,Emma,32", "b78,Persuasion,33", head=head)
    assert set(Contribution.objects.values_list("control_number", flat=True)) == {"b77", "b78"}
    load(cast.lee, "b77,Emma and others,31", kind="changes", head=head)
    assert len(copies("Emma and others")) == 2


@pytest.mark.parametrize(
    ("headings", "named"),
    [
        ("Title|Author|ISBN-13|Call #|Bar Code", "title author isbn call_number barcode"),
        ("TITLE|Author (last, first)|Dewey|No. of copies", "title author call_number copies"),
        ("Local Call Number|Title|Material Type|Vol.", "call_number title format volume"),
        ("AUTHOR (last, first)|TITLE|Std. No.", "author title isbn"),
        ("Author's Name|Title|ISBN (10)|ISBN (13)", "author title isbn other_isbn"),
        ("Book title|Written|Shelf location|Status", "title - location status"),
    ],
)
def test_columns_are_guessed_by_their_headings(headings: str, named: str):
    found = columns_of(rows(("Our books",), tuple(headings.split("|")), ("x", "y")))
    assert found.begins == 2
    wanted = {name: at for at, name in enumerate(named.split()) if name != "-"}
    assert found.named == wanted


def read(*cells: tuple[str, ...]) -> tuple[list[Line], list[lists.Wrong]]:
    """A list by its headings."""
    listed = rows(*cells)
    found = columns_of(listed)
    return lines_of(listed[found.begins :], found.named)


# One column for the ISBN of ten digits and one for that of thirteen, and nothing was taken in:
# https://github.com/bayang/jelu/issues/258
def test_an_isbn_may_stand_in_either_of_two_columns():
    good, wrong = read(
        ("title", "author_text", "isbn_10", "isbn_13"),
        ("Emma", "Jane Austen", "", "9780141439587"),
        ("Dune", "Frank Herbert", "0441013597", "9780441013593"),
        ("Ubik", "Philip K. Dick", "n/a", "12345"),
    )
    assert [line.isbns for line in good] == [("9780141439587",), ("9780441013593",), ()]
    assert good[0].author == "Jane Austen"
    assert [(each.line, each.column, each.why) for each in wrong] == [(4, "D", Why.NOT_AN_ISBN)]


# Digits of other scripts: https://github.com/Librarika/Issues/issues/152
# Hyphens in places of their own: https://github.com/textbrowser/biblioteq/issues/177
# Zeros that a program took away: https://github.com/gwu-libraries/launchpad/issues/1126
# A whole number with a point: https://github.com/SEL-Columbia/bamboo/issues/349
@pytest.mark.parametrize(
    "typed",
    [
        *("٩٧٨٠١٤١٤٣٩٥٨٧", "９７８０１４１４３９５８７", "9-780141-439587", "978.0.14.143958.7"),
        *("141439580", "141439580.0", "9780141439587.0", "ISBN-13: 978-0141439587"),
    ],
)
def test_an_isbn_is_read_however_it_is_written(typed: str):
    good, wrong = read(("Title", "ISBN"), ("Emma", typed))
    assert (good[0].isbns, wrong) == (("9780141439587",), [])


# A number of the school's own in the column of ISBNs: https://github.com/Librarika/Issues/issues/730
@pytest.mark.parametrize("typed", ["51777", "10", "19", "813.54 / 12", "978-014", "9780141439588"])
def test_a_short_number_is_not_filled_up_to_be_an_isbn(typed: str):
    (line,), (wrong,) = read(("Title", "ISBN"), ("Emma", typed))
    assert (line.isbns, wrong.why) == ((), Why.NOT_AN_ISBN)


# Documents without a number all had "N/A" for it, and only the first was taken in:
# https://github.com/textbrowser/biblioteq/issues/222
@pytest.mark.parametrize("nothing", ["N/A", "n.a.", "none", "-", "—", "NULL", "0", "0.0", "nan"])
def test_a_word_for_nothing_is_no_number_that_rows_share(nothing: str):
    good, wrong = read(
        ("Title", "ISBN", "Barcode"), ("Emma", nothing, nothing), ("Dune", nothing, nothing)
    )
    assert [(line.title, line.isbns, line.barcode) for line in good] == [
        ("Emma", (), ""),
        ("Dune", (), ""),
    ]
    assert not wrong


def test_a_word_for_nothing_is_no_status_and_may_be_a_title():
    (line,), wrong = read(("Title", "Status"), ("None", "N/A"))
    assert (line.title, line.status, wrong) == ("None", "N/A", [])


# Whole numbers were written with a point: https://github.com/SEL-Columbia/bamboo/issues/349
def test_a_whole_number_with_a_point_is_whole():
    (line,), wrong = read(
        ("Title", "Barcode", "Copies", "Vol.", "Record ID", "Dewey"),
        ("Emma", "31234000123456.0", "2.0", "3.0", "77.0", "813.0"),
    )
    assert (line.barcode, line.copies, line.volume) == ("31234000123456", 2, "3")
    assert (line.number, line.call_number, wrong) == ("77", "813.0", [])


# A quantity of nothing could not be said by a list:
# https://github.com/opensourcepos/opensourcepos/issues/3078
def test_no_copies_are_no_copy(cast: Cast):
    load(cast.lee, BOOKS[1], "Emma,,,,,,0")
    assert copies("Walden") == [("", "818 THO", "in")] * 2
    assert {status for *_, status in copies("Emma")} <= {"withdrawn"}
    load(cast.lee, 'Walden,"Thoreau, Henry David",,818 THO,,1854,0', kind="changes")
    assert [status for *_, status in copies("Walden")] == ["withdrawn"] * 2
    load(cast.lee, BOOKS[1], kind="changes")
    assert copies("Walden") == [("", "818 THO", "in")] * 2


def test_bad_cells_are_named_by_line_and_column():
    named = {"title": 0, "isbn": 1, "barcode": 2, "year": 3, "copies": 4, "format": 5}
    good, wrong = lines_of(
        rows(
            ("Emma", "0141439580", "31", "c1815", "2", "Paperback"),
            ("", "", "32", "", "", ""),
            ("Walden", "12345", "31", "old", "many", "scroll"),
            ("Dune", "9780441013593", "3,00E+13", "", "", ""),
            ("Ubik", "123", "35", "old", "0", "scroll"),
        ),
        named,
    )
    assert [(line.title, line.year, line.copies) for line in good] == [
        ("Emma", "1815", 2),
        ("Ubik", "", 1),
    ]
    assert {(each.line, each.column, each.why) for each in wrong if each.left_out} == {
        (2, "A", Why.NO_TITLE),
        (3, "C", Why.TWICE),
        (4, "C", Why.DAMAGED_NUMBER),
    }
    assert {(each.column, each.why) for each in wrong if each.line == 5} == {
        ("B", Why.NOT_AN_ISBN),
        ("D", Why.NOT_A_YEAR),
        ("E", Why.NOT_A_COUNT),
        ("F", Why.NO_SUCH_FORMAT),
    }


@pytest.mark.parametrize(
    ("typed", "form", "carrier"),
    [
        ("", "book", ""),
        ("Hardcover", "book", ""),
        ("Large Print", "large-print", ""),
        ("DVD", "film", "dvd"),
        ("Blu-ray", "film", "blu-ray"),
        ("Book on CD", "audiobook", "cd"),
        ("Playaway", "audiobook", "playaway"),
        ("Music CD", "music", "cd"),
        ("e-book", "eresource", ""),
        ("Magazine", "serial", ""),
        ("Board game", "other", ""),
        ("scroll", "other", ""),
    ],
)
def test_a_format_is_read_as_it_is_typed(typed: str, form: str, carrier: str):
    book = list_numbers.Numbered("list-1", [Line(1, "Emma", format=typed)])
    said = marc.facts(list_numbers.record_of(book), lists.ITEMS).description
    assert (said.format, said.carrier) == (form, carrier)


@pytest.mark.parametrize(
    ("said", "status"),
    [("Available", "in"), ("Checked Out", "out"), ("Lost", "missing"), ("with the owl", "unknown")],
)
def test_a_status_that_nobody_knows_is_not_known_to_be_in(said: str, status: str):
    book = list_numbers.Numbered("list-1", [Line(1, "Emma", status=said)])
    [copy] = marc.facts(list_numbers.record_of(book), lists.ITEMS).copies
    assert copy.status == status


WORDS = st.text(
    st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=12
)
LINES = st.lists(
    st.builds(
        Line,
        st.just(1),
        title=WORDS,
        author=WORDS | st.just(""),
        call_number=WORDS | st.just(""),
        barcode=st.text("0123456789", max_size=4),
        volume=WORDS | st.just(""),
    ),
    max_size=8,
    unique_by=lambda line: line.barcode or id(line),
)


@settings(max_examples=25, deadline=None)
@given(LINES, st.randoms())
def test_a_book_has_the_number_that_it_had_in_whatever_order_the_list_comes(lines, random):
    """Numbers are of one book each, and the same list in another order has the same ones."""
    first = list_numbers.numbered(lists.books(lines), [], full=True)
    numbers = [each.control_number for each in first]
    assert len(set(numbers)) == len(numbers)
    before = [
        list_numbers.Before(
            each.control_number,
            list_numbers.title_of(list(each.book)),
            fold(each.book[0].author),
            frozenset(),
            tuple(marc.Copy(line.barcode, line.call_number) for line in each.book),
        )
        for each in first
    ]
    shuffled = list(lines)
    random.shuffle(shuffled)
    again = list_numbers.numbered(lists.books(shuffled), before, full=True)
    said = {each.book[0].book: each.control_number for each in first}
    for each in again:
        same = [line.barcode for line in each.book if line.barcode]
        was = next(old for old in first if old.control_number == each.control_number)
        assert not same or set(same) == {line.barcode for line in was.book if line.barcode}
    assert {each.control_number for each in again} == set(said.values())


@pytest.mark.parametrize("typed", ["0000019999999", "1" * 300, "000000", "\u0661\u0662"])
def test_more_copies_than_anybody_has_are_no_count(typed: str):
    good, wrong = lines_of(rows(("Emma", typed)), {"title": 0, "copies": 1})
    assert [each.copies for each in good] == [1]
    assert [each.why for each in wrong] == [Why.NOT_A_COUNT]
