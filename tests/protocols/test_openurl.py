"""What databases write into their links, read."""

import csv
import re
from pathlib import Path

import pytest

from postroad.protocols import openurl
from postroad.protocols.openurl import Kind, Reference, read

DATA = Path(__file__).parents[3] / "shared/data/openurls/labelled.tsv"
KINDS = {"serial": "journal", "issue": "journal", "thesis": "dissertation", "pages": "chapter"}


def test_an_address_of_version_one_names_an_article():
    found = read(
        "https://library.example/openurl?url_ver=Z39.88-2004&rft_val_fmt=info:ofi/fmt:kev:mtx:journal"
        "&rft.genre=article&rft.atitle=Bees+in+winter&rft.jtitle=Journal+of+Bees&rft.issn=00280836"
        "&rft.volume=3&rft.issue=2&rft.date=1987-05&rft.spage=11&rft.epage=19&rft.aulast=Hill"
        "&rft.aufirst=Ada&rft_id=info:doi/10.5555/bees.1&rft_id=info:pmid/12345678"
    )
    assert found == Reference(
        kind=Kind.ARTICLE,
        title="Bees in winter",
        author="Hill, Ada",
        container="Journal of Bees",
        issn="0028-0836",
        doi="10.5555/bees.1",
        pmid="12345678",
        volume="3",
        issue="2",
        year="1987",
        pages="11-19",
    )


def test_an_ampersand_that_nobody_encoded_belongs_to_the_title():
    found = read("?title=Hives+&+Honey=&volume=3&atitle=Of+wax+&amp;+wings&issn=0028-0836")
    assert (found.container, found.title, found.volume) == (
        "Hives & Honey",
        "Of wax & wings",
        "3",
    )


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("?genre=article&title=Nature&issn=0028-0836", Kind.SERIAL),
        ("?genre=article&atitle=Wax&title=Bees&isbn=9780195049831", Kind.CHAPTER),
        ("?genre=bookitem&title=Bees&isbn=9780195049831&pages=3-9", Kind.PAGES),
        ("?genre=journal&title=Nature&volume=3&issue=2", Kind.ISSUE),
        ("?rft.genre=dissertation&rft.title=Of+bees", Kind.THESIS),
        ("?title=Of+bees", Kind.UNKNOWN),
        ("?id=pmid:16499135", Kind.ARTICLE),
    ],
)
def test_the_genre_counts_where_the_other_keys_do_not_contradict_it(address: str, kind: Kind):
    assert read(address).kind is kind


@pytest.mark.parametrize(
    ("address", "doi"),
    [
        (
            "?rft_id=info:doi/10.5555/a(1999)36:1+%3C1::B%3E3.0.CO;2-0",
            "a(1999)36:1+<1::B>3.0.CO;2-0",
        ),
        ("?rft_id=info%3Adoi%2F10.5555%2Fa%253C1%253A%253AB%253E3", "a<1::B>3"),
        ("?doi=10.5555%2Fa%26lt%3B1%26gt%3B3", "a<1>3"),
        ("?doi=10.5555/bees.1/&atitle=Wax+and+wings", "bees.1"),
        ("?id=https://doi.org/10.5555/bees.1%3Fvia=x", "bees.1"),
        ("?doi=(10.5555/bees(1))", "bees(1)"),
    ],
)
def test_a_doi_is_read_whole_however_it_was_coded(address: str, doi: str):
    assert read(address).doi == f"10.5555/{doi}"


@pytest.mark.parametrize(
    "said",
    [
        "rft_id=info:pmid/16499135",
        "rft_id=info%3Apmid%2FPMID%3A16499135",
        "rft_id=https%3A%2F%2Fpubmed.ncbi.nlm.nih.gov%2F16499135%2F",
        "rft_id=http://www.ncbi.nlm.nih.gov/pubmed/16499135",
        "pmid=PMID:+16499135",
    ],
)
def test_the_number_of_pubmed_is_read_as_a_number_or_as_an_address(said: str):
    assert read(f"?{said}").pmid == "16499135"
    assert read(f"?{said}").kind is Kind.ARTICLE


def test_an_address_of_something_else_is_no_number_of_pubmed():
    assert not read("?rft_id=https://a.example/16499135&atitle=A&jtitle=B").pmid
    assert not read("?rft_id=https://pubmed.ncbi.nlm.nih.gov/?term=bees&atitle=A&jtitle=B").pmid


def test_the_number_of_pubmed_central_is_read():
    found = read("?rft_id=https%3A%2F%2Fpmc.ncbi.nlm.nih.gov%2Farticles%2FPMC4410446%2F")
    assert (found.pmc, found.kind) == ("PMC4410446", Kind.ARTICLE)
    assert openurl.is_one("?pmcid=PMC4410446")


def test_letters_are_read_as_the_address_says_they_are_written():
    assert read("?ctx_enc=info:ofi/enc:ISO-8859-1&atitle=M%FCnchen&issn=x").title == "München"
    assert read("?atitle=M%C3%BCnchen&jtitle=A").title == "München"
    assert read("?atitle=M%FCnchen&jtitle=A").title == "München"
    assert read(r"?atitle=\u010cebele&jtitle=A").title == "Čebele"


def test_a_number_that_only_fills_its_field_is_none():
    found = read("?issn=0000-0000&eissn=1234-5679&isbn=0000000000&atitle=A&jtitle=B")
    assert (found.issn, found.eissn, found.isbn) == ("", "", "")
    assert read("?issn=0000-0000&issn=0028-0836&atitle=A").issn == "0028-0836"


def test_a_number_that_is_none_and_a_page_that_is_none_are_left_out():
    found = read("?issn=1234-5678&isbn=123&atitle=A&jtitle=B&spage=Ahead+of+print&date=soon")
    assert (found.issn, found.isbn, found.pages, found.year) == ("", "", "", "")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "?",
        "&&&===",
        "?atitle=%",
        "?atitle=%00%ff%fe%u1234",
        "?atitle=" + "\ud800",
        r"?atitle=\ud800",
        "?" + "&" * 50_000,
        "?atitle=" + "a" * 1_000_000,
        "?" + "&".join(f"k{n}=v" for n in range(20_000)),
        "?id=" + "10.1234/" * 5_000,
    ],
    ids=range(11),
)
def test_whatever_comes_in_is_read_within_its_limits(text: str):
    found = read(text)
    assert all(len(getattr(found, each)) <= 500 for each in ("title", "author", "container"))
    assert "\x00" not in found.title


@pytest.mark.skipif(not DATA.exists(), reason=f"the labelled addresses are not here: {DATA}")
def test_nearly_all_that_libraries_logged_is_read_as_it_is_labelled():
    with DATA.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    assert len(rows) == 222
    wrong = [name for row in rows for name in differing(row, openurl.read(row["string"]))]
    assert len(wrong) <= 5, wrong


def differing(row: dict[str, str], found: Reference) -> list[str]:
    got = {
        "kind": KINDS.get(found.kind.value, found.kind.value),
        "doi": found.doi,
        "pmid": found.pmid,
        "issn": found.issn or found.eissn,
        "year": found.year,
        "volume": found.volume,
        "issue": found.issue,
        "start_page": found.pages.split("-")[0],
        "title": found.title,
        "in_title": found.container,
    }
    want = {**row, "start_page": row["start_page"].split("-")[0]}
    return [
        f"{each}: {row['string'][:90]}" for each in got if plain(got[each]) != plain(want[each])
    ]


def plain(text: str) -> str:
    return re.sub(r"\W+", "", text.lower())
