"""Parcel numbers and Rhode Island's letters."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postroad.delivery.codes import CodeMissing, new_number, read_number, ri_code
from postroad.reference_numbers import ALPHABET, grouped


def test_a_number_is_short_enough_for_a_label_and_new_each_time():
    made = {new_number() for _ in range(500)}
    assert len(made) == 500
    assert {len(number) for number in made} == {12}
    assert all(read_number(number) == number for number in made)


@given(st.integers(1, 11), st.sampled_from(ALPHABET))
def test_one_wrong_sign_is_noticed(place, sign):
    number = new_number()
    wrong = number[:place] + sign + number[place + 1 :]
    assert read_number(wrong) == (number if wrong == number else None)


def test_a_number_reads_in_three_groups_and_back():
    number = new_number()
    assert grouped(number).count(" ") == 2
    assert read_number(grouped(number).lower()) == number


@given(st.text(max_size=40))
def test_any_text_is_read_without_a_fault(text):
    read = read_number(text)
    assert read is None or (len(read) == 12 and read.startswith("P"))


def test_the_three_letters_of_rhode_island():
    assert ri_code("JAM") == "JAM"


@pytest.mark.parametrize("text", ["", "JA", "JAMS", "jam", "J4M", "JAM\n", " JAM", "ÄÖÜ"])
def test_what_is_not_three_letters_is_refused(text):
    with pytest.raises(CodeMissing):
        ri_code(text)
