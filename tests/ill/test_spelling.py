"""However people write the numbers of other systems, one form is compared."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postroad.ill import spelling

ONE = [
    "201993144",
    " 201 993 144 ",
    "201-993-144",
    "ILL: 201993144",
    "ill#201993144",
    "ILL Number 201993144.",
    "ILLiad TN 201993144",
    "[TN:201993144]",
    "Request ID: 201993144",
    "Interlibrary loan no. 201993144",
    "N\N{DEGREE SIGN} 201993144",
    "201993144 (ILL)",
    "２０１９９３１４４",
    "ILL:\N{NO-BREAK SPACE}201\N{ZERO WIDTH SPACE}993144",
    "٢٠١٩٩٣١٤٤",
]
NAMED = {
    "Clio # 12345": "clio",
    "clio12345": "clio",
    "CLIO-ID:12345": "clio",
    "Clio ID 12 345": "clio",
    "12345 (Clio)": "clio",
    "OCLC ILL number 12345": "oclc",
    "WorldShare 12345": "oclc",
    "DOCLINE: 12345": "docline",
    "RAPID-12345": "rapidill",
    "12345": "",
}


@pytest.mark.parametrize("text", ONE)
def test_each_way_of_writing_is_the_same_number(text):
    assert spelling.read(text) == spelling.Spelled("201993144")


@pytest.mark.parametrize("text", NAMED)
def test_a_word_before_or_behind_names_the_system(text):
    assert spelling.read(text) == spelling.Spelled("12345", NAMED[text])


@pytest.mark.parametrize("text", ["MAUMIL-12345", "maumil 12345"])
def test_letters_that_are_part_of_a_number_stay(text):
    assert spelling.read(text) == spelling.Spelled("MAUMIL12345")


def test_a_word_that_only_begins_like_ours_is_no_label():
    assert spelling.read("Illinois 5").value == "ILLINOIS5"


@pytest.mark.parametrize("text", ["", "  ", "ILL:", "Clio ID", "#", "none yet", "-" * 5000, "\x00"])
def test_without_a_digit_it_is_no_number(text):
    assert not spelling.read(text).value


def test_what_is_longer_than_any_number_is_none():
    assert not spelling.read("1" * 41).value


@pytest.mark.parametrize("text", ["12345 for Ada", "for Ada 12345", "201993144 MTH"])
def test_a_remark_beside_the_number_is_seen(text):
    assert not spelling.read(text).whole


@given(st.integers(min_value=0, max_value=10**12), st.sampled_from(["", "ILL: ", "Clio #", "no. "]))
def test_gaps_and_labels_make_no_difference(number, label):
    spaced = " - ".join(str(number))
    assert spelling.read(f"{label}{spaced}").value == str(number)


@given(st.text(max_size=300))
def test_whatever_is_typed_a_number_has_letters_and_digits_alone(text):
    once = spelling.read(text).value
    assert once == "" or (once.isascii() and once.isalnum() and len(once) <= spelling.LONGEST)
