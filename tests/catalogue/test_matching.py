import pytest
from hypothesis import given
from hypothesis import strategies as st

from postroad.catalogue.matching import Candidate, fold, is_same, key

ISBN, OTHER_ISBN, OCLC, ISSN = ("isbn", "1"), ("isbn", "2"), ("oclc", "3"), ("issn", "4")


def book(title="Emma", author="Austen, Jane", year=1816, form="book", *, numbers=()):
    return Candidate(key(title, author, year, form), frozenset(numbers))


@pytest.mark.parametrize("number", [ISBN, OCLC])
def test_a_shared_number_and_title_make_one(number):
    assert is_same(book(numbers=[number]), book(author="", year=None, numbers=[number, OTHER_ISBN]))


@pytest.mark.parametrize(
    "other",
    [
        book("Persuasion", numbers=[ISBN]),  # one ISBN for a set of two novels
        book(form="audiobook", numbers=[ISBN]),
    ],
)
def test_a_shared_number_alone_does_not(other):
    assert not is_same(book(numbers=[ISBN]), other)


def test_an_issn_says_nothing_about_one_book():
    assert not is_same(book(year=None, numbers=[ISSN]), book(year=None, numbers=[ISSN]))


def test_title_author_year_and_format_make_one_without_numbers():
    assert is_same(book("Émma!"), book("EMMA", numbers=[ISBN]))


@pytest.mark.parametrize(
    "other",
    [
        book(year=1817),
        book(author="Austin, Jane"),
        book(form="large-print"),
        book(numbers=[OTHER_ISBN]),  # both have ISBNs: two editions of one year
    ],
)
def test_any_difference_keeps_two_apart(other):
    assert not is_same(book(numbers=[ISBN]), other)


@pytest.mark.parametrize("missing", [{"author": ""}, {"year": None}, {"title": "..."}])
def test_too_little_said_is_never_the_same(missing):
    assert not is_same(book(**missing), book(**missing))


def test_folding_keeps_words_of_every_script():
    assert fold("L'Étranger, ÆON & Łódź") == "letranger aeon lodz"
    assert fold("紅楼夢") == "紅楼夢"


@given(st.text(), st.text(), st.none() | st.integers(1000, 2100))
def test_a_key_has_four_parts_and_fits_its_column(title, author, year):
    made = key(title, author, year, "large-print")
    assert made.count("|") == 3
    assert len(made) <= 200
