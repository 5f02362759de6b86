from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postroad.catalogue import identifiers, matching
from postroad.catalogue.description import Description
from postroad.catalogue.folding import fold
from postroad.catalogue.identifiers import Number
from postroad.catalogue.matching import Says, compare, key

ISBN, OTHER_ISBN = Number("isbn", "9780141439587", ""), Number("isbn", "9780140430103", "")
OCLC, ISSN = Number("oclc", "3", ""), Number("issn", "03785955", "")

EMMA = Description(
    title="Emma : a novel",
    author="Austen, Jane, 1775-1817",
    year=1816,
    language="eng",
    format="book",
    publisher="John Murray",
    extent="3 v.",
)


def with_isbn(**more: Any) -> Description:
    return replace(EMMA, numbers=(ISBN,), **more)


ONE_BOOK = {
    "a number and the title": (with_isbn(), with_isbn(author="", year=None)),
    "no number, and all else alike": (EMMA, replace(EMMA, numbers=(ISBN,))),
    "an accent, a sign, capitals": (EMMA, replace(EMMA, title="ÉMMA! A novel")),
    "the subtitle": (with_isbn(), with_isbn(title="Emma")),
    "the subtitle not marked": (with_isbn(title="Emma a novel"), with_isbn(title="Emma")),
    "and, &": (with_isbn(title="Emma & others"), with_isbn(title="Emma and others")),
    "an article": (with_isbn(title="[The] Emma"), with_isbn(title="Emma")),
    "an okina": (with_isbn(title="Hawaiʻi"), with_isbn(title="Hawai'i")),
    "numbers in words": (
        with_isbn(title="Nineteen eighty-four"),
        with_isbn(title="1984"),
    ),
    "a slip of the pen": (
        with_isbn(title="The pharmacological basis of therapeutics"),
        with_isbn(title="The pharmacologcal basis of therapeutics"),
    ),
    "an initial": (EMMA, replace(EMMA, author="Austen, J.")),
    "the author among the others": (
        with_isbn(),
        with_isbn(author="", contributors=("Austen, Jane",)),
    ),
    "the copyright's year": (with_isbn(), with_isbn(year=1815)),
    "an edition that one names first": (EMMA, replace(EMMA, edition="First edition.")),
    "an edition in two spellings": (
        with_isbn(edition="Second edition"),
        with_isbn(edition="2nd ed."),
    ),
    "no author at all": (replace(EMMA, author=""), replace(EMMA, author="")),
    "a publisher's short name": (EMMA, replace(EMMA, publisher="J. Murray & Co.")),
    "a title in full, and the first words of it": (
        replace(EMMA, author="", title="A tour through the midland counties", extent=""),
        replace(EMMA, author="", title="A tour through the midland counties : 1815", extent=""),
    ),
    "a journal without a number": (
        Description(title="Quarterly", format="serial", year=1975, publisher="Guild Press"),
        Description(title="Quarterly", format="serial", year=1975, publisher="The Guild"),
    ),
    "an author in two scripts": (
        EMMA,
        replace(EMMA, author="オースティン", contributors=("Austen, Jane",)),
    ),
    "a number more in the series": (
        with_isbn(series="Penguin classics ; 12"),
        with_isbn(series="Penguin classics ; no. 12, 3"),
    ),
    "a journal by its ISSN": (
        Description(title="Annals", format="serial", year=1950, numbers=(ISSN,)),
        Description(title="The annals", format="serial", year=1975, numbers=(ISSN,)),
    ),
}
TWO_BOOKS = {
    "one number on a set of two novels": (with_isbn(), with_isbn(title="Persuasion")),
    "form": (with_isbn(), with_isbn(format="audiobook")),
    "large print": (EMMA, replace(EMMA, format="large-print")),
    "DVD and Blu-ray": (
        with_isbn(format="film", carrier="dvd"),
        with_isbn(format="film", carrier="blu-ray"),
    ),
    "volumes": (with_isbn(part="1"), with_isbn(part="2")),
    "a volume and the whole": (with_isbn(part="1"), with_isbn()),
    "volumes by name": (with_isbn(part="the towers"), with_isbn(part="the king")),
    "numbers of one series": (
        with_isbn(series="Magic tree house ; 1"),
        with_isbn(series="Magic tree house ; no. 2"),
    ),
    "numbers of one series within a text": (
        with_isbn(series="Standard ; ISO 683-1"),
        with_isbn(series="Standard ; ISO 684-1"),
    ),
    "a reprint that bears the number of what it reprints": (
        replace(EMMA, numbers=(OCLC,)),
        replace(EMMA, numbers=(OCLC,), year=1843, publisher="Dover"),
    ),
    "the workbook": (with_isbn(), with_isbn(title="Emma : workbook")),
    "few pages under another subtitle": (
        with_isbn(extent="474 p."),
        with_isbn(title="Emma : retold", extent="48 p."),
    ),
    "the year in a subtitle": (
        with_isbn(title="Acts : congress of 1983"),
        with_isbn(title="Acts : congress of 1984"),
    ),
    "leaves": (replace(EMMA, extent="251 leaves"), replace(EMMA, extent="48 p.")),
    "numbers within a title": (
        with_isbn(title="Reports of the commission 11"),
        with_isbn(title="Reports of the commission 12"),
    ),
    "language": (EMMA, replace(EMMA, language="ger")),
    "editions": (with_isbn(edition="2nd ed."), with_isbn(edition="Third edition")),
    "a revised edition, without a number": (EMMA, replace(EMMA, edition="Rev. ed.")),
    "years": (with_isbn(), with_isbn(year=1833)),
    "years without a number": (EMMA, replace(EMMA, year=1817)),
    "two authors": (with_isbn(title="Letters"), with_isbn(title="Letters", author="Keats, John")),
    "two of one family": (EMMA, replace(EMMA, author="Austen, Cassandra")),
    "publishers": (EMMA, replace(EMMA, publisher="Penguin")),
    "two ISBNs of one year": (with_isbn(), replace(EMMA, numbers=(OTHER_ISBN,))),
    "pages": (replace(EMMA, extent="90 p."), replace(EMMA, extent="474 pages")),
    "subtitles": (EMMA, replace(EMMA, title="Emma : adapted for children")),
    "too little said": (replace(EMMA, author="", publisher=""),) * 2,
    "no year": (replace(EMMA, year=None),) * 2,
    "books with one ISSN": (
        replace(EMMA, year=None, numbers=(ISSN,)),
        replace(EMMA, year=None, numbers=(ISSN,)),
    ),
}


@pytest.mark.parametrize("name", ONE_BOOK)
def test_these_make_no_other_book(name):
    one, other = ONE_BOOK[name]
    assert compare(one, other).same, compare(one, other)
    assert compare(other, one).same


@pytest.mark.parametrize("name", TWO_BOOKS)
def test_these_keep_two_books_apart(name):
    one, other = TWO_BOOKS[name]
    assert not compare(one, other).same, compare(one, other)
    assert not compare(other, one).same


def test_a_verdict_names_what_spoke_for_it_and_what_against():
    verdict = compare(with_isbn(edition="2nd ed."), with_isbn(edition="3rd ed."))
    said = {each.of: each.says for each in verdict.evidence}
    assert (said["number"], said["title"]) == (Says.SAME, Says.SAME)
    assert [(each.of, each.one, each.other) for each in matching.against(verdict)] == [
        ("edition", "2nd ed.", "3rd ed.")
    ]


@pytest.mark.parametrize("number", ["0000000000", "9780000000002", "1111111111", "123456789X"])
def test_a_filler_is_no_number(number):
    assert list(identifiers.isbns(number)) == []


WORDS = st.text("abc 12.:&'é", max_size=12)
SOME = st.builds(
    Description,
    title=WORDS,
    author=st.sampled_from(["", "Austen, Jane", "Austen, J.", "Keats"]),
    year=st.none() | st.integers(1990, 1993),
    format=st.sampled_from(["book", "film", "serial"]),
    edition=st.sampled_from(["", "1st ed.", "2nd ed."]),
    part=st.sampled_from(["", "1", "2", "abc"]),
    publisher=st.sampled_from(["", "Murray", "Penguin Books"]),
    extent=st.sampled_from(["", "90 p.", "300 p."]),
    numbers=st.lists(st.sampled_from([ISBN, OTHER_ISBN, OCLC, ISSN]), unique=True).map(tuple),
)


@given(SOME, SOME)
def test_no_matter_which_comes_first(one, other):
    assert compare(one, other).same == compare(other, one).same


@given(SOME)
def test_what_bears_a_number_is_itself(one):
    assert compare(one, one).same or not one.numbers or {n.kind for n in one.numbers} == {"issn"}


def test_folding_keeps_words_of_every_script():
    assert fold("L'Étranger, ÆON & Łódź") == "letranger aeon and lodz"
    assert fold("紅楼夢") == "紅楼夢"
    assert fold("हिन्दी किताब") == "हिन्दी किताब"  # a vowel sign is a letter
    assert fold("किताब") != fold("कतब")
    assert fold("בְּרֵאשִׁית") == fold("בראשית")
    assert fold("أحمد") == fold("احمد")
    assert fold("Ὅμηρος") == fold("ΟΜΗΡΟΣ")


@pytest.mark.parametrize(
    "title",
    ["The Emma :", "Emma : a novel", "EMMA / by Jane", "Emma = Em", "[Emma]"],
)
def test_whoever_writes_the_title_otherwise_is_compared_all_the_same(title):
    assert key(title, 1816, "book") == key("Emma", 1816, "book")
    assert key("Two years before", None, "book") == key("2 years before", None, "book")


@given(st.text(), st.none() | st.integers(1000, 2100))
def test_a_key_has_three_parts_and_fits_its_column(title, year):
    made = key(title, year, "large-print")
    assert made.count("|") == 2
    assert len(made) <= 200
