"""Which editions are of one work, and which only bear the same title."""

from typing import Any

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from postroad.catalogue import decisions, editions, works
from postroad.catalogue.description import Description
from postroad.catalogue.models import Record
from tests.catalogue.records import load, record


def said(title: str, author: str = "", form: str = "book", **more: Any) -> Description:
    return Description(title=title, author=author, format=form, **more)


AUSTEN, KING = "Austen, Jane, 1775-1817", "King, Stephen, 1947-"

ONE = [
    (said("Emma", AUSTEN), said("Emma : a novel", "Jane Austen", "audiobook")),
    (said("The stand", KING), said("Stand", "King, Stephen", "large-print")),
    (said("1984", "Orwell, George"), said("Nineteen eighty-four", "Orwell, George, 1903-1950")),
    (said("Sapiens", "Harari, Y."), said("Sapiens : a brief history", "Harari, Yuval Noah")),
    (
        said("The left hand of darkness", "Ursula K. Le Guin"),
        said("The left hand of darkness (Large print)", "Le Guin, Ursula K."),
    ),
    # A series that a vendor writes behind the title (Calibre-Web-NextGen 2226)
    (
        said("Golden son", "Brown, Pierce"),
        said("Golden Son (Red Rising Series Book 2)", "Brown, Pierce", part="2"),
    ),
    (
        said("The road", "McCarthy, C."),
        said("The Road (Vintage International)", "McCarthy, Cormac"),
    ),
    # Names as catalogers differ about them (Open Library 1928; Aspen's variants of authors)
    (
        said("History and criticism", "LaCapra, Dominick"),
        said("History & criticism", "Lacapra, D."),
    ),
    (
        said("The Sunday philosophy club", "McCall Smith, Alexander, 1948- author"),
        said("The Sunday philosophy club", "Smith, Alexander McCall"),
    ),
    # A translation, by its uniform title, with the original and with a reading of the translation
    (
        said("Pippi Longstocking", "Lindgren, Astrid", uniform_title="Pippi Långstrump"),
        said("Pippi Långstrump", "Lindgren, Astrid"),
    ),
    (
        said("Pippi Longstocking", "Lindgren, Astrid", uniform_title="Pippi Långstrump"),
        said("Pippi Longstocking", "Lindgren, Astrid", "audiobook"),
    ),
    (
        said("Hamlet", "Shakespeare, William", uniform_title="Hamlet"),
        said("The tragedy of Hamlet", "Shakespeare, William", uniform_title="Hamlet"),
    ),
    (
        said("Emma", form="film", uniform_title="Emma (Motion picture : 1996)", carrier="dvd"),
        said("Jane Austen’s Emma", form="film", uniform_title="Emma (1996)", carrier="blu-ray"),
    ),
    (
        said("Quotations for all", publisher="Oxford University Press"),
        said("Quotations for all", form="eresource", publisher="Oxford Univ. Press"),
    ),
    (
        said("Symphony no. 5", "Beethoven", "music", uniform_title="Symphonies no. 5 C minor"),
        said("Fifth symphony", "Beethoven", "score", uniform_title="Symphonies no. 5 C minor"),
    ),
]
APART = [
    (said("Letters", "Keats, John"), said("Letters", "Byron, George")),
    (said("Letters", "Smith, John"), said("Letters", "Smith, Jane")),
    (said("Letters"), said("Letters")),
    (said("Poems", "Smith, J., 1900-1950"), said("Poems", "Smith, J., 1950-")),
    (said("Annual report", publisher="Town"), said("Annual report", publisher="Town")),
    (said("Sonatas", "Mozart", "music"), said("Sonatas", "Mozart", "music")),
    (
        said("Harry Potter : the chamber of secrets", "Rowling, J. K."),
        said("Harry Potter : the prisoner of Azkaban", "Rowling, J. K."),
    ),
    (
        said("The lord of the rings", "Tolkien, J. R. R."),
        said("The lord of the rings : the two towers", "Tolkien, J. R. R."),
    ),
    (said("Calculus", "Stewart, J."), said("Calculus : early transcendentals", "Stewart, J.")),
    (said("Henry IV", "S.", part="1"), said("Henry IV", "S.", part="2")),
    (said("Henry IV", "S.", part="1"), said("Henry IV", "S.")),
    (said("Naruto", "K.", series="Naruto ; 1"), said("Naruto", "K.", series="Naruto ; 2")),
    (said("Emma", AUSTEN), said("Emma", form="film", uniform_title="Emma (1996)")),
    (
        said("Emma", form="film", uniform_title="Emma (1996)"),
        said("Emma", form="film", uniform_title="Emma (2009)"),
    ),
    (said("Emma", form="film"), said("Emma", form="film")),  # of which year is not known
    (said("Atlas", publisher="Rand McNally"), said("Atlas", publisher="Hammond")),
    (said("Atlas", "Ito, A."), said("Atlas", "")),
    (
        said("The trial", "Kafka, Franz", uniform_title="Prozess"),
        said("The trial", "Kafka, Franz", uniform_title="Urteil"),
    ),
    (
        said("Stories", "Kafka, Franz", uniform_title="Short stories"),
        said("The trial", "Kafka, Franz", uniform_title="Short stories"),
    ),
    (said("Guide : 1999", "Fodor, E."), said("Guide : 2005", "Fodor, E.")),
    (
        said("Wayward Pines (Book 1)", "Crouch, Blake", part="1"),
        said("Wayward Pines (Book 2)", "Crouch, Blake", part="2"),
    ),
    (said("Frontmatter"), said("Frontmatter")),  # swissbib 471
    # A series that stands as the title (Open Library 7978), and two selections (its client's 104)
    (
        said("Felicity Wishes : snowflakes and sparkledust", "Thomson, Emma"),
        said("Felicity Wishes : friendship and fairyschool", "Thomson, Emma"),
    ),
    (
        said("Eleven plays of Henrik Ibsen", "Ibsen, Henrik", uniform_title="Plays"),
        said("Ibsen's poems", "Ibsen, Henrik", uniform_title="Poems"),
    ),
    (
        said("Bible. N.T.", uniform_title="Bible. N.T.", publisher="Oxford"),
        said("Bible. O.T.", uniform_title="Bible. O.T.", publisher="Oxford"),
    ),
]


@pytest.mark.parametrize(("one", "other"), ONE)
def test_editions_and_formats_of_one_work_are_joined(one, other):
    assert works.same(one, other)
    assert works.same(other, one)


@pytest.mark.parametrize(("one", "other"), APART)
def test_what_only_bears_the_same_title_is_not(one, other):
    assert not works.same(one, other)
    assert not works.same(other, one)


WORDS = st.sampled_from("emma letters poems the works guide atlas novel two towers ring".split())
PARTS = st.sampled_from(["", "", "1", "2", "return of the king"])
DESCRIBED = st.builds(
    Description,
    title=st.lists(
        st.sampled_from(["emma", "letters", "atlas", ":", "novel", "2"]), min_size=1
    ).map(" ".join),
    author=st.sampled_from(["", "Austen, Jane", "Jane Austen", "Austen, James", "Ito, A.", "Ito"]),
    format=st.sampled_from(["book", "audiobook", "film", "music", "serial", "article", ""]),
    part=PARTS,
    series=st.sampled_from(["", "Emma ; 1", "Emma ; 2", "Letters ; v. 3"]),
    publisher=st.sampled_from(["", "Knopf", "Alfred A. Knopf", "Tor"]),
    uniform_title=st.sampled_from(["", "Emma", "Works", "Emma (1996)", "Emma (2009)"]),
    contributors=st.lists(st.sampled_from(["Ito, A.", "Yu, B."]), max_size=2).map(tuple),
)


@given(DESCRIBED, DESCRIBED)
def test_whatever_is_said_two_volumes_and_two_authors_are_never_one_work(one, other):
    assert works.same(one, other) == works.same(other, one)
    if works.same(one, other):
        assert one.part == other.part
        assert bool(one.author) == bool(other.author) or one.format == "film"
        assert {one.author, other.author} != {"Austen, Jane", "Austen, James"}
        assert works.KINDS[one.format] == works.KINDS[other.format]
        assert works.keys(one).all & works.keys(other).all


@given(st.text(max_size=300), st.text(max_size=300), st.text(max_size=100))
def test_a_key_can_be_made_of_anything_and_fits_its_column(title, author, part):
    keys = works.keys(said(title, author, part=part, uniform_title=title))
    assert all(len(key) <= Record._meta.get_field("work_key").max_length for key in keys.all)


def test_a_record_keeps_its_work_and_loses_it_when_it_is_mended(cast):
    load(cast.lee, record("b1", title="Emma"))
    load(cast.lenox, record("x1", title="Emma", leader="im", year="2010"))
    book = Record.objects.get(format="book")
    assert [each.format for each in editions.others(book)] == ["audiobook"]
    load(cast.lee, record("b1", title="Emma and I"))
    book.refresh_from_db()
    assert editions.others(book) == []


def test_a_translation_stands_beside_its_original_and_its_reading(cast):
    lindgren = {"author": "Lindgren, Astrid, 1907-2002"}
    original = record("s1", title="Pippi Långstrump", language="swe", year="1945", **lindgren)
    title = {"a": "Pippi Långstrump.", "l": "English"}
    printed = record("e1", ("240", title), title="Pippi Longstocking", year="1950", **lindgren)
    read_aloud = record("e2", title="Pippi Longstocking", leader="im", year="2001", **lindgren)
    noted = record(
        "f1",
        ("500", {"a": "Translation of: Pippi Långstrump."}),
        title="Fifi Brindacier",
        language="fre",
        year="1951",
        **lindgren,
    )
    load(cast.lee, original, printed, read_aloud, noted)
    shown = Record.objects.get(title="Pippi Longstocking", format="book")
    assert {each.title for each in editions.others(shown)} == {
        "Pippi Långstrump",
        "Pippi Longstocking",
        "Fifi Brindacier",
    }


def test_the_key_follows_a_split_and_a_record_that_moved_is_no_edition(cast):
    isbn = ("020", {"a": "9780141439587"})
    load(cast.lee, record("b1", isbn, title="Emma"))
    load(cast.lenox, record("x1", isbn, title="Emma"))
    shown = Record.objects.get()
    other = decisions.split(
        shown, [shown.contributions.get(library=cast.lenox).pk], None, timezone.now(), ""
    )
    assert [each.pk for each in editions.others(shown)] == [other.pk]
    decisions.join(other, shown, None, timezone.now(), "")
    assert editions.others(shown) == []


def test_a_page_of_hits_asks_once_for_all_their_works(cast, django_assert_num_queries):
    load(
        cast.lee,
        record("b1", title="Emma"),
        record("b2", title="Emma", leader="im", year="2010"),
        record("b3", title="Persuasion"),
    )
    hits = list(Record.objects.order_by("pk"))
    with django_assert_num_queries(1):
        found = editions.formats_beside(hits)
    assert [[str(each) for each in found[hit.pk]] for hit in hits] == [["audiobook"], ["book"], []]


FILM = {"leader": "gm", "author": ""}


@pytest.mark.parametrize(
    ("notes", "year"),
    [
        ({"a": "Originally released as a motion picture in 1996."}, "1996"),
        ({"a": "Originally broadcast on television in 2009 by the BBC."}, "2009"),
        ({"a": "First released in 1996; this DVD in 2005."}, "1996"),
        ({"a": "Originally released on DVD in 2005."}, ""),
        ({"a": "Based on the novel of 1815."}, ""),
    ],
)
def test_a_film_is_known_by_the_year_in_which_it_was_first_shown(notes, year, cast):
    load(cast.lee, record("v1", ("500", notes), title="Emma", year="2005", **FILM))
    shown = Record.objects.get()
    assert shown.uniform_title == (f"Emma ({year})" if year else "")
    assert bool(shown.work_key) == bool(year)
