"""Who had which part in a book, and how names are taken apart."""

import pytest

from postroad.catalogue import cited
from postroad.catalogue.cited import name
from postroad.catalogue.description import Description
from postroad.catalogue.identifiers import Number
from postroad.protocols.citing import Cited, Kind, Name


@pytest.mark.parametrize(
    ("heading", "told"),
    [
        ("Austen, Jane, 1775-1817", Name("Austen", "Jane")),
        ("King, Martin Luther, Jr., 1929-1968", Name("King", "Martin Luther", "Jr.")),
        ("Lewis, C. S. (Clive Staples), 1898-1963", Name("Lewis", "C. S.")),
        ("Tran, Ed", Name("Tran", "Ed")),
        ("Smith, Jo, ed.", Name("Smith", "Jo")),
        ("Homer", Name("Homer")),
        ("Pliny, the Elder", Name("Pliny the Elder")),
        (
            "Elizabeth II, Queen of Great Britain, 1926-2022",
            Name("Elizabeth II, Queen of Great Britain"),
        ),
        ("National Geographic Society (U.S.)", Name("National Geographic Society")),
        ("Penguin Books, Inc.", Name("Penguin Books, Inc.")),
        ("García Márquez, Gabriel, 1927-2014", Name("García Márquez", "Gabriel")),
        ("نجيب محفوظ، 1911-2006", Name("نجيب محفوظ")),
        ("村上, 春樹", Name("村上", "春樹")),
        ("1942-", Name("1942-")),
    ],
)
def test_a_heading_is_taken_apart_as_its_commas_say(heading, told):
    assert name(heading) == told


def of(**said: object) -> Cited:
    described = Description(**{"title": "Emma", "format": "book", **said})  # type: ignore[arg-type]
    return cited.of(described, described.numbers, pk=7, url="https://x/record/7")


def test_the_title_page_says_who_edited_and_who_translated():
    told = of(
        author="Austen, Jane",
        responsibility="Jane Austen ; edited by F. Stafford ; translated by Ana Ruiz ; with L. Na",
        contributors=("Stafford, Fiona", "Ruiz, Ana", "Na, Li", "Ito, Ken", "Austen, Jane"),
    )
    assert told.authors == (Name("Austen", "Jane"),)
    assert told.editors == (Name("Stafford", "Fiona"),)
    assert told.translators == (Name("Ruiz", "Ana"),)
    assert told.others == (Name("Na", "Li"), Name("Ito", "Ken"))


def test_a_name_in_its_own_script_is_nobody_else():
    told = of(author="Agnon, S. Y.", contributors=("עגנון, ש״י", "Laor, Dan"))
    assert told.others == (Name("Laor", "Dan"),)
    assert of(title="שלום", contributors=("לאור, דן",)).others == (Name("לאור", "דן"),)


def test_a_second_author_is_one_and_of_a_film_nobody_is():
    both = {"responsibility": "by Ann Ny and Bo Yu", "contributors": ("Yu, Bo",)}
    assert of(author="Ny, Ann", **both).authors == (Name("Ny", "Ann"), Name("Yu", "Bo"))
    assert of(format="film", **both).others == (Name("Yu", "Bo"),)
    assert of(contributors=("Yu, Bo",), responsibility="edited by B. Yu").editors


def test_numbers_of_other_editions_are_not_told_and_no_year_is_made_up():
    numbers = (Number("isbn-z", "9780141439587", ""), Number("isbn", "9780192833556", ""))
    told = of(numbers=numbers, language="und")
    assert (told.isbns, told.year, told.language_tag) == (("9780192833556",), None, "")
    assert told.key.isalnum()


def test_what_is_read_on_a_screen_is_a_book_only_where_it_has_the_number_of_one():
    assert of(format="eresource").kind == Kind.ONLINE
    numbers = (Number("isbn", "9780192833556", ""),)
    assert of(format="eresource", numbers=numbers).kind == Kind.EBOOK
    assert of(format="other", carrier="braille").kind == Kind.BRAILLE
