import random

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from postroad.catalogue.shelving import LENGTH, shelf_key

SHELVES = {
    "Library of Congress": [
        "Q1 .A5",
        "QA9 .S65 1982",
        "QA9 .S7 1980",
        "QA76 .B3 v.2 1990",
        "QA76 .B3 v.10 1991",
        "QA76.73 .P98 L8",
        "QA107 .C2",
        "QB3 .A1",
    ],
    "double cutters, years and copies": [
        "PS3545.O337",
        "PS3545.O337 Z6",
        "PS3545.O337 Z65 1999",
        "PS3545.O337 Z65 2010 c.2",
        "PS3545.O337 Z65 2010 c.10",
        "PS3545.O337 Z7",
        "PS3545.O4",
    ],
    "Library of Congress behind a prefix": [
        "REF QA9 .S65",
        "REF QA76 .A5",
        "REF QA76.73 .P98",
        "REF QA76.9 .D3",
        "REF QA107 .C2",
    ],
    "Dewey": ["005.133 PYT", "813 AUS", "813.5 HEM", "813.54 ABB", "920 LIN"],
    "three digits of a low number": ["4.9 A", "025.04 B", "99 C", "100 D", "0813 E"],
    "Dewey with marks": ["641.5 A", "641.5'945 B", "641.594/6 C", "641.5’95 D", "641/.6 E"],
    "Dewey with a cutter and a work mark": ["823 D54", "823 D54g", "823 D548", "823 D548g"],
    "large print": ["LARGE PRINT 641.45 A", "LARGE PRINT 641.5 A", "LARGE PRINT 641.555 B"],
    "two prefixes": ["YA GN 741.5 A", "YA GN 741.5973 B", "YA GN 741.6 C"],
    "a prefix with a point": ["J. 641.45 A", "J 641.5 B", "[J] 641.55 C", "j641.5'945 D"],
    "a long prefix": ["OVERSIZE 649.123 A", "Oversize 649.4 B", "OVERSIZE 700 C"],
    "by author": ["FIC Éluard", "FIC O'Brian", "FIC Obst", "FIC Sm", "FIC SMITH", "FIC Smithe"],
    "by the author's cutter": ["FIC S6", "FIC S65", "FIC S65 v.2", "FIC S65 v.11", "FIC S7"],
    "two letters and digits": ["Bio Sm6", "BIO Sm64", "BIO Sm641", "Bio Sm65"],
    "volumes": ["FIC SMI", "FIC SMI V2", "FIC SMI v.3", "FIC SMI vol. 9", "FIC SMI v10"],
    "numbers as they came in": ["DVD 9", "DVD 10", "DVD 100", "DVD 123456789", "DVD 1234567890"],
    "other alphabets": ["FIC Ζορμπάς", "FIC Ивлин", "FIC иволга"],
    "names": ["FIC AUSTEN", "FIC BRONTE", "FIC Brontë, E."],
    "numbers, then letters": ["641.5 ABC", "B LIN", "FIC 12", "FIC ABC", "J 641.5 ABC", "REF 1"],
}


@pytest.mark.parametrize("shelf", SHELVES)
def test_keys_sort_as_the_books_stand(shelf):
    mixed = random.Random(1673).sample(SHELVES[shelf], k=len(SHELVES[shelf]))
    assert sorted(mixed, key=shelf_key) == SHELVES[shelf]


PREFIXES = ["", "J ", "J. ", "j", "REF ", "J REF ", "LARGE PRINT ", "Parent ", "YA-GN ", "(Éd.) "]
DIGITS = st.text("0123456789", max_size=6)
DEWEY = st.tuples(st.integers(0, 999), DIGITS)


def written(prefix: str, dewey: tuple[int, str], author: str, mark: str = "") -> str:
    whole, fraction = dewey
    point = "." if fraction else ""
    marked = mark.join((fraction[:2], fraction[2:])) if len(fraction) > 2 else fraction
    return f"{prefix}{whole:03d}{point}{marked} {author}"


@given(st.sampled_from(PREFIXES), DEWEY, DEWEY, st.sampled_from(["", "'", "/", "′"]))
def test_behind_any_prefix_dewey_numbers_stand_by_their_value(prefix, one, other, mark):
    values = [float(f"{whole}.{fraction or 0}") for whole, fraction in (one, other)]
    assume(values[0] != values[1])
    keys = [
        shelf_key(written(prefix, one, "ZED", mark)),
        shelf_key(written(prefix, other, "ABC")),
    ]
    assert (keys[0] < keys[1]) == (values[0] < values[1])


COUNTS = ["v.", "v. ", "vol.", "no.", "c.", "pt. ", "Disc "]
CALL_NUMBERS = ["641.5 SMI", "FIC SMI", "QA76.9 .D3", "PS1 .C2 1999"]
MANY = st.integers(1, 10**12)


@given(*(st.sampled_from(each) for each in (PREFIXES, CALL_NUMBERS, COUNTS)), MANY, MANY)
def test_volumes_and_copies_are_counted(prefix, call_number, count, one, other):
    keys = [shelf_key(f"{prefix}{call_number} {count}{number}") for number in (one, other)]
    assert (keys[0] < keys[1]) == (one < other)
    assert shelf_key(f"{prefix}{call_number}") < min(keys)


@given(st.integers(1, 9999), st.integers(1, 9999), DIGITS, DIGITS)
def test_cutters_are_fractions_and_classes_whole_numbers(one, other, cutter, another):
    keys = [
        shelf_key(f"QA{number} .S{digits}5") for number, digits in ((one, cutter), (other, another))
    ]
    values = (one, f"{cutter}5"), (other, f"{another}5")
    assume(values[0] != values[1])
    assert (keys[0] < keys[1]) == (values[0] < values[1])


@given(st.text("AÉbß09. '/-", max_size=12), st.text(" AÉbß09. '/-", max_size=12))
@example("0", ".0")
def test_case_and_spaces_tell_nothing_apart(one, other):
    text = f"{one} {other}"
    assert shelf_key(text) == shelf_key("  ".join(text.split(" ")) + " ")


@given(st.text(max_size=300))
def test_every_call_number_has_a_key_that_fits(call_number):
    key = shelf_key(call_number)
    assert len(key) <= LENGTH
    assert "\x00" not in key
