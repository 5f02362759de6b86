"""What programs are told of a record, read back by programs that are not ours."""

import json
import re
from dataclasses import replace
from urllib.parse import parse_qsl

import pytest
import rispy
from hypothesis import given
from hypothesis import strategies as st
from pybtex.database import parse_string

from postroad.protocols.citing import Cited, Kind, Name, bibtex, coins, ris, schema

HOSTILE = r"C# & 100% of {curly} braces } {, $5_00 \ ~^ <b>“quoted”</b> </script><!-- ’"
BOOK = Cited(
    kind=Kind.BOOK,
    title="Emma: a novel",
    key="austen1815emmar7",
    url="https://catalog.example.org/record/7",
    authors=(Name("Austen", "Jane"),),
    editors=(Name("King", "Martin Luther", "Jr."), Name("National Geographic Society")),
    translators=(Name("García Márquez", "Gabriel"),),
    others=(Name("村上", "春樹"),),
    year=1815,
    place="London",
    publisher="John Murray & Sons",
    edition="2nd ed.",
    language="fre",
    language_tag="fr",
    series="Everyman ; 24",
    extent="3 v.",
    form="book",
    subjects=("Women, young -- Fiction",),
    isbns=("9780141439587",),
    issns=("00280836",),
    oclc=("12",),
    lccn=("n78890351",),
)
NOTHING = Cited(
    kind=Kind.OTHER, title="Thing", key="r9", url="https://catalog.example.org/record/9"
)


def test_ris_says_all_there_is_and_nothing_more():
    (read,) = rispy.loads(ris.render(BOOK))
    assert read == {
        "type_of_reference": "BOOK",
        "id": "austen1815emmar7",
        "title": "Emma: a novel",
        "authors": ["Austen, Jane"],
        "secondary_authors": ["King, Martin Luther, Jr.", "National Geographic Society"],
        "subsidiary_authors": ["García Márquez, Gabriel"],
        "year": "1815",
        "place_published": "London",
        "publisher": "John Murray & Sons",
        "edition": "2nd ed.",
        "tertiary_title": "Everyman ; 24",
        "language": "fre",
        "issn": "9780141439587 0028-0836",
        "keywords": ["Women, young -- Fiction"],
        "notes": ["With 村上, 春樹", "3 v."],
        "urls": ["https://catalog.example.org/record/7"],
    }
    (bare,) = rispy.loads(ris.render(NOTHING))
    assert bare.keys() == {"type_of_reference", "id", "title", "urls"}


def test_bibtex_says_all_there_is_and_nothing_more():
    read = parse_string(bibtex.render(BOOK), "bibtex").entries["austen1815emmar7"]
    assert read.type == "book"
    assert (read.fields["title"], read.fields["year"]) == ("Emma: a novel", "1815")
    assert read.fields["address"] == "London"
    assert read.fields["publisher"] == r"John Murray \& Sons"
    assert (read.fields["isbn"], read.fields["issn"]) == ("9780141439587", "0028-0836")
    (author,), (king, society) = read.persons["author"], read.persons["editor"]
    assert (author.last_names, author.first_names) == (["Austen"], ["Jane"])
    assert (king.last_names, king.lineage_names) == (["King"], ["Jr."])
    assert society.last_names == ["{National Geographic Society}"]
    bare = parse_string(bibtex.render(NOTHING), "bibtex").entries["r9"]
    assert (bare.type, set(bare.fields), len(bare.persons)) == ("misc", {"title", "url"}, 0)


def test_a_style_may_not_make_a_name_in_a_title_small():
    title = "The Great Gatsby: a DNA story of the U.S."
    written = bibtex.render(replace(BOOK, title=title))
    assert "title = {The {Great} {Gatsby}: a {DNA} story of the {U}.{S}.}" in written


@pytest.mark.parametrize("kind", Kind)
def test_each_kind_has_its_type_in_every_format(kind):
    cited = replace(BOOK, kind=kind)
    assert len(rispy.loads(ris.render(cited))) == 1
    assert len(parse_string(bibtex.render(cited), "bibtex").entries) == 1
    assert json.loads(schema.render(cited, []))["@type"]
    assert "rft_val_fmt" in dict(parse_qsl(coins.render(cited, "example.org")))


def test_the_types_are_those_of_the_formats():
    def types(kind: Kind) -> tuple[str, str, str]:
        cited = replace(BOOK, kind=kind)
        entry = parse_string(bibtex.render(cited), "bibtex").entries[BOOK.key]
        read = rispy.loads(ris.render(cited))[0]["type_of_reference"]
        return read, entry.type, json.loads(schema.render(cited, []))["@type"]

    assert types(Kind.BOOK) == ("BOOK", "book", "Book")
    assert types(Kind.SERIAL) == ("JFULL", "misc", "Periodical")
    assert types(Kind.FILM) == ("VIDEO", "misc", "Movie")
    assert types(Kind.MUSIC) == ("SOUND", "misc", "MusicRecording")
    assert types(Kind.AUDIOBOOK) == ("SOUND", "misc", "Audiobook")
    assert types(Kind.MAP) == ("MAP", "misc", "Map")
    assert types(Kind.SCORE) == ("MUSIC", "misc", "SheetMusic")
    assert types(Kind.EBOOK) == ("EBOOK", "book", "Book")


def test_what_others_were_told_of_their_exports_is_so_here():
    """Two numbers left none (orangelight 218), two types broke the file (rero-ils 3978), year and
    place were lost (swissbib 144 and 230), an ampersand stopped LaTeX (Zenodo 997)."""
    cited = replace(BOOK, isbns=("9780141439587", "9780192833556"), publisher="Simon & Schuster")
    told = parse_qsl(coins.render(cited, "example.org"), keep_blank_values=True)
    assert [value for key, value in told if key == "rft.isbn"] == ["9780141439587"]
    assert all(value for _, value in told)
    text = ris.render(replace(cited, kind=Kind.LARGE_PRINT))
    assert [line[:2] for line in text.splitlines()].count("TY") == 1
    assert "\r\nPY  - 1815\r\nCY  - London\r\n" in text
    assert r"publisher = {Simon \& Schuster}" in bibtex.render(cited)


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=60) | st.sampled_from(
    [HOSTILE, "TY  - JOUR\r\nER  - \r\n", "a and b", "{", "}", "\\", "@book{x,", "%", "\u2028x"]
)
NAMES = st.builds(Name, TEXT.map(lambda text: text or "x"), TEXT, st.sampled_from(["", "Jr."]))


@given(title=TEXT, name=NAMES, publisher=TEXT, subject=TEXT, url=st.sampled_from([BOOK.url]))
def test_no_text_breaks_out_of_its_place(title, name, publisher, subject, url):
    cited = replace(
        BOOK, title=title, authors=(name,), publisher=publisher, subjects=(subject,), url=url
    )
    (read,) = rispy.loads(ris.render(cited))
    assert read["type_of_reference"] == "BOOK"
    assert read["urls"] == [url]
    (entry,) = parse_string(bibtex.render(cited), "bibtex").entries.values()
    assert entry.fields["url"] == url
    assert len(entry.persons["author"]) == 1
    told = schema.render(cited, [])
    assert not set(told) & set("<>&")
    assert json.loads(told)["url"] == url
    pairs = parse_qsl(coins.render(cited, "example.org"))
    assert ("rft.genre", "book") in pairs
    assert [value for key, value in pairs if key == "rfr_id"] == ["info:sid/example.org:catalog"]


def test_schema_org_hides_what_html_could_take_for_its_own_and_says_who_lends():
    held = [
        schema.Held("Lee", "https://x/lee", lends=True),
        schema.Held("Lenox", "https://x/lenox", lends=False),
        schema.Held("Adams", "https://x/adams", lends=False, in_library_only=True),
    ]
    told = schema.render(replace(BOOK, title=HOSTILE), held)
    assert not re.search("[<>&]", told)
    read = json.loads(told)
    assert read["name"] == HOSTILE
    assert read["author"] == [{"@type": "Person", "name": "Jane Austen"}]
    assert read["editor"][1] == "National Geographic Society"
    assert (read["isbn"], read["inLanguage"]) == (["9780141439587"], "fr")
    assert [offer["availability"].rpartition("/")[2] for offer in read["offers"]] == [
        "InStock",
        "OutOfStock",
        "InStoreOnly",
    ]
    bare = json.loads(schema.render(NOTHING, []))
    assert bare.keys() == {"@context", "@type", "@id", "url", "name"}


def test_a_coin_is_of_the_format_that_fits_and_repeats_no_number_wrongly():
    book = dict(parse_qsl(coins.render(BOOK, "example.org")))
    assert book["ctx_ver"] == "Z39.88-2004"
    assert (book["rft.aulast"], book["rft.isbn"]) == ("Austen", "9780141439587")
    assert "+" not in coins.render(BOOK, "example.org")  # Zotero would read a plus
    journal = dict(parse_qsl(coins.render(replace(BOOK, kind=Kind.SERIAL), "example.org")))
    assert (journal["rft.jtitle"], journal["rft.issn"]) == ("Emma: a novel", "0028-0836")
    assert "rft.date" not in journal  # of one of its numbers, which this is not
    film = dict(parse_qsl(coins.render(replace(BOOK, kind=Kind.FILM), "example.org")))
    assert (film["rft_val_fmt"], film["rft.type"]) == ("info:ofi/fmt:kev:mtx:dc", "videoRecording")
