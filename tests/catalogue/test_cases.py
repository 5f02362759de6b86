"""Troubles that others reported in public, as the shared cases tell them with their sources.

What one library sends after another, and how many books that makes; what is typed, and which record
is to be among the first three.
"""

import json
from pathlib import Path

import pytest

from postroad.catalogue import loading, search
from postroad.catalogue.models import Contribution, Record
from postroad.catalogue.search import Query
from postroad.directory.models import Library
from tests.cast import Cast

pytestmark = pytest.mark.django_db
BOOKS = {
    **dict.fromkeys(("M01", "M02b", "M02d", "M03a", "M05", "M07a", "M08a", "M08b", "M09a"), 2),
    **dict.fromkeys(("M10", "M11", "M13", "M14", "M15", "M17", "M19", "M23", "M26", "M31"), 1),
    "M32": 1,
    "M33": 2,
}


@pytest.fixture
def cases(shared: Path) -> Path:
    folder = shared / "cases" / "catalogue"
    if not folder.is_dir():
        pytest.skip("no shared cases of catalogs here")
    return folder


def load(cases: Path, case: str, cast: Cast) -> None:
    """The files of a case, in their order; the libraries are any two of ours."""
    ours: dict[str, Library] = {"LEE": cast.lee, "ADAMS": cast.lenox}
    plan = json.loads((cases / "plan.json").read_text())
    for name, code in plan[case]["loads"]:
        with (cases / case / name).open("rb") as file:
            loading.load(file, ours[code], refresh=False)


@pytest.mark.parametrize("case", BOOKS)
def test_so_many_books_are_made_of_what_two_libraries_send(cases, cast, case):
    load(cases, case, cast)
    held = Record.objects.filter(moved_to=None)
    assert held.count() == BOOKS[case], list(held.values_list("title", flat=True))


def test_a_hundred_and_twenty_searches_find_what_was_meant(cases, cast):
    load(cases, "S", cast)
    search.refresh()
    number = dict(Contribution.objects.values_list("record_id", "control_number"))
    missed = []
    for kind, words, wanted in json.loads((cases / "S" / "queries.json").read_text()):
        got = [number[hit.pk] for hit in search.find(Query(words=words)).hits]
        if wanted not in got[:3] if wanted else got:
            missed.append((kind, words, wanted, got[:3]))
    assert missed == []


@pytest.mark.parametrize(
    ("case", "words"),
    [
        *(("L02", words) for words in ("federation etudes", "muller")),  # edsu/pymarc#23
        *(("L03c", words) for words in ("idee tres generale", "lefevre")),  # openlibrary#713
        ("L09", "rings and bells"),  # pod4lib/aggregator#829
        ("L10", "树上又有什么"),  # indexdata/yaz#100
        *(
            ("L22", words) for words in ("边城", "沈从文", "杨宪益", "只有原文的题名")
        ),  # bibdata#1980
    ],
)
def test_what_came_damaged_or_in_another_script_is_found(cases, cast, case, words):
    load(cases, case, cast)
    search.refresh()
    assert search.find(Query(words=words)).total == 1
