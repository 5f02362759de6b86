"""The demo's facts are whole, right where they can be checked, and the same each time."""

import io
import subprocess
import sys
import warnings
from collections import Counter
from itertools import islice
from pathlib import Path

import pymarc
import pytest
from stdnum import isbn, luhn

from postroad.catalogue import marc
from postroad.catalogue.models import Format, ItemStatus
from postroad.demo import facts, records, stock
from postroad.directory.models import Kind, State
from postroad.directory.opening import weekdays

ROOT = Path(__file__).parent.parent.parent
DATA = ROOT / "src" / "postroad" / "demo" / "data"
pytestmark = pytest.mark.xdist_group("stock")  # the stock is invented once for all of these
SOURCES = {"PG", "BL", "CCE", "LC"}  # all public domain or CC0


@pytest.fixture(scope="session")
def read() -> list[marc.Facts]:
    """All titles, as a strict reader and our own catalogue understand them."""
    everything = io.BytesIO(b"".join(records.titles()))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        reader = pymarc.MARCReader(everything, permissive=False)
        return [marc.facts(record) for record in reader if record]


@pytest.fixture(scope="session")
def copies() -> list[stock.StockFact]:
    return list(stock.stock(1))


# ------------------------------------------------------------------ libraries


def test_every_public_library_of_both_states_is_there():
    heads = Counter(
        library.state
        for library in facts.libraries()
        if library.kind == "public" and not library.branch_of
    )
    assert heads == {"MA": 370, "RI": 48}


def test_codes_are_short_unique_slugs():
    codes = [library.code for library in facts.libraries()]
    assert len(codes) == len(set(codes))
    assert all(len(code) <= 16 and code == code.upper().strip("-") for code in codes)
    assert all(code.replace("-", "").isalnum() and code.isascii() for code in codes)
    assert {"LEE", "BOSTON", "BOSTON-WEST-END", "MIT"} <= set(codes)


@pytest.mark.parametrize(
    "name",
    [
        "Framingham Public Library, McAuliffe Branch",
        "Cambridge Public Library, Mildred A. O'Neill Branch",
        "Young Men's Library Association",
        "G. A. R. Memorial Library",
        "Brewster Ladies' Library Association",
    ],
)
def test_names_are_written_as_people_write_them(name):
    assert name in {library.name for library in facts.libraries()}


def test_no_name_shouts_and_none_is_cut_short():
    for library in facts.libraries():
        assert not library.town.isupper()
        assert "`" not in library.name
        assert not library.name.endswith((" Lib", " Lib.", "Assoc."))


def test_every_library_stands_in_its_state():
    boxes = {"MA": (41.2, 42.9, -73.6, -69.9), "RI": (41.1, 42.1, -71.95, -71.1)}
    for library in facts.libraries():
        south, north, west, east = boxes[library.state]
        assert south < library.latitude < north, library
        assert west < library.longitude < east, library


def test_the_directory_knows_every_kind_state_network_and_day():
    networks = {network.code for network in facts.networks()}
    for library in facts.libraries():
        assert library.kind in Kind
        assert library.state in State
        assert library.network in networks | {""}
        assert weekdays(library.open_days)


def test_three_jefferson_schools_at_least_are_told_apart_by_town():
    towns = [library.town for library in facts.libraries() if library.name == "Jefferson School"]
    assert len(towns) >= 3
    assert len(towns) == len(set(towns))


def test_what_no_survey_has_is_marked_as_invented():
    for library in facts.libraries():
        real_special = library.name == "Redwood Library and Athenaeum"
        assert library.invented == (library.kind not in {"public", "academic"} and not real_special)


def test_each_rhode_island_library_has_three_letters_and_only_three_codes_are_real():
    in_state = [library for library in facts.libraries() if library.state == "RI"]
    codes = [library.delivery_code for library in in_state]
    assert all(len(code) == 3 and code.isalpha() and code.isupper() for code in codes)
    assert len(codes) == len(set(codes))
    real = {lib.delivery_code: lib.name for lib in in_state if not lib.delivery_code_invented}
    assert real == {
        "JAM": "Jamestown Philomenian Library",
        "BRO": "Brown University Library",
        "RED": "Redwood Library and Athenaeum",
    }
    assert not any(lib.delivery_code for lib in facts.libraries() if lib.state == "MA")


def test_branches_name_a_library_that_exists():
    codes = {library.code for library in facts.libraries()}
    assert {library.branch_of for library in facts.libraries()} - {""} <= codes


# ------------------------------------------------------------------ delivery


def test_stops_are_numbered_along_each_route_and_a_handful_of_libraries_has_none():
    places: dict[str, list[int]] = {}
    for stop in facts.stops():
        places.setdefault(stop.route, []).append(stop.place)
        assert weekdays(stop.days)
    assert all(sorted(each) == list(range(1, len(each) + 1)) for each in places.values())
    assert set(places) == {route.code for route in facts.routes()}
    stopped = {stop.library for stop in facts.stops()}
    assert 3 <= sum(library.code not in stopped for library in facts.libraries()) <= 12
    assert facts.CENTRE in stopped


def test_the_van_calls_only_when_somebody_is_there():
    opening = {library.code: weekdays(library.open_days) for library in facts.libraries()}
    assert [stop for stop in facts.stops() if weekdays(stop.days) - opening[stop.library]] == []


def test_schedules_that_change_belong_to_stops_and_end_after_they_start():
    stopped = {stop.library for stop in facts.stops()}
    changes = list(facts.schedule_changes(2026, 2027))
    assert changes
    for change in changes:
        assert change.library in stopped
        assert change.first_day <= change.last_day
        weekdays(change.days)


# ------------------------------------------------------------------ titles


def test_every_record_is_read_by_a_strict_reader(read):
    assert len(read) == len(facts.title_facts()) >= 19_000


def test_no_two_records_are_the_same_thing(read):
    numbers = {title.control_number for title in read}
    assert len(numbers) == len(read)
    of = [title.description for title in read]
    same = Counter((each.title.casefold(), each.author, each.year, each.format) for each in of)
    assert max(same.values()) == 1, same.most_common(3)


def test_every_format_is_there_but_what_nobody_catalogs(read):
    assert {title.description.format for title in read} == set(Format.values) - {"article", "other"}


def test_a_record_says_what_the_fact_says(read):
    for fact, title in zip(facts.title_facts(), read, strict=True):
        assert title.control_number == fact.control_number
        assert title.description.format == fact.format
        assert str(title.description.year or "") == fact.year
        assert title.description.language in {fact.language, ""}


def test_every_isbn_has_a_right_check_digit():
    numbers = [each for fact in facts.title_facts() for each in fact.isbn.split("|") if each]
    assert len(numbers) > 200
    assert all(isbn.is_valid(number) and len(number) == 13 for number in numbers)


def test_titles_come_from_free_sources_only():
    assert {fact.source for fact in facts.title_facts()} == SOURCES


@pytest.mark.parametrize(
    ("title", "author"),
    [
        ("Pride and Prejudice", "Austen"),
        ("Walden", "Thoreau"),
        ("Moby Dick", "Melville"),
        ("Little Women", "Alcott"),
        ("The Scarlet Letter", "Hawthorne"),
        ("Frankenstein", "Shelley"),
    ],
)
def test_what_everybody_knows_is_widely_held(title, author, copies):
    found = [
        fact.control_number
        for fact in facts.title_facts()
        if fact.title == title and fact.author.startswith(author)
    ]
    assert found
    holders = {copy.library for copy in copies if copy.control_number in found}
    assert len(holders) > 60


def test_titles_look_like_titles():
    for fact in facts.title_facts():
        assert fact.title.strip() == fact.title != ""
        assert "$" not in fact.title[:3]
        assert "�" not in fact.title
        assert "&#" not in fact.title + fact.author


# ------------------------------------------------------------------ stock


def test_every_title_but_the_electronic_ones_stands_on_a_shelf(copies):
    held = {copy.control_number for copy in copies}
    for fact in facts.title_facts():
        assert (fact.control_number in held) == (fact.format != "eresource")


def test_stock_has_the_size_of_the_story_and_known_states(copies):
    assert 100_000 <= len(copies) <= 130_000
    shares = Counter(copy.status for copy in copies)
    assert set(shares) == {"in", "out", "missing", "reference"} <= set(ItemStatus.values)
    assert shares["in"] > len(copies) * 0.75


def test_the_big_library_owns_more_than_the_small_one(copies):
    owned = Counter(copy.library for copy in copies)
    assert owned["BOSTON"] > 10 * owned["LEE"] > 0
    assert owned[facts.CENTRE] == 0


def test_a_barcode_is_unique_in_its_library_and_collides_elsewhere(copies):
    assert len({(copy.library, copy.barcode) for copy in copies}) == len(copies)
    seen = Counter(copy.barcode for copy in copies)
    twice = {barcode for barcode, count in seen.items() if count > 1}
    assert 5 <= len(twice) <= 200
    name = {library.code: library.name for library in facts.libraries()}
    assert {name[copy.library] for copy in copies if copy.barcode in twice} == {"Jefferson School"}


def test_barcodes_have_fourteen_digits_and_a_check_digit(copies):
    assert all(len(copy.barcode) == 14 and luhn.is_valid(copy.barcode) for copy in copies)


def test_call_numbers_follow_the_custom_of_the_house(copies):
    kind = {library.code: library.kind for library in facts.libraries()}
    walden = {
        kind[copy.library]: copy.call_number for copy in copies if copy.control_number == "PG26289"
    }
    assert walden["public"][:3].isdigit()
    assert walden["academic"].startswith("PS")
    assert all(copy.call_number and copy.location for copy in copies)


def test_the_same_seed_gives_the_same_stock_and_another_one_another(copies):
    assert list(islice(stock.stock(1), 500)) == copies[:500]
    assert list(islice(stock.stock(2), 500)) != copies[:500]


# ------------------------------------------------------------------ the files


def test_the_data_is_light():
    assert sum(path.stat().st_size for path in DATA.iterdir()) < 1_500_000


@pytest.mark.nightly  # it reads all that is shared, for files that hardly ever change
def test_the_builder_makes_the_same_bytes_again(shared, tmp_path):
    script = "import sys, make_demo_data as make; from pathlib import Path;"
    script += " make.TARGET = Path(sys.argv[1]); make.main(Path(sys.argv[2]))"
    command = [sys.executable, "-c", script, str(tmp_path), str(shared / "data")]
    subprocess.run(command, cwd=ROOT / "tools", check=True, capture_output=True)
    for path in DATA.iterdir():
        assert (tmp_path / path.name).read_bytes() == path.read_bytes(), path.name
