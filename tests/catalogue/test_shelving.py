import random

import pytest
from hypothesis import given
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
    "Dewey": ["005.133 PYT", "813 AUS", "813.5 HEM", "813.54 ABB", "920 LIN"],
    "by name": ["DVD 9", "DVD 10", "DVD 100", "FIC AUSTEN", "FIC BRONTE"],
}


@pytest.mark.parametrize("shelf", SHELVES)
def test_keys_sort_as_the_books_stand(shelf):
    mixed = random.Random(1673).sample(SHELVES[shelf], k=len(SHELVES[shelf]))
    assert sorted(mixed, key=shelf_key) == SHELVES[shelf]


@given(st.text(max_size=300))
def test_every_call_number_has_a_key_that_fits(call_number):
    assert len(shelf_key(call_number)) <= LENGTH
