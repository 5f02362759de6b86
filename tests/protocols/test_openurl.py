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


def test_letters_are_read_as_the_address_says_they_are_written():
    assert read("?ctx_enc=info:ofi/enc:ISO-8859-1&atitle=M%FCnchen&issn=x").title == "München"
    assert read("?atitle=M%C3%BCnchen&jtitle=A").title == "München"
    assert read("?atitle=M%FCnchen&jtitle=A").title == "München"
    assert read(r"?atitle=\u010cebele&jtitle=A").title == "Čebele"


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
