"""A journal by its abbreviation, as PubMed and most lists of literature print it (ISO 4)."""

import pytest

from postroad.catalogue import citations, matching, search
from postroad.catalogue.citations import Standing
from postroad.catalogue.models import Format, Record
from postroad.catalogue.search import Answer
from postroad.protocols.openurl import Kind, Reference

CELLS = "Annual review of cell and developmental biology"


def journal(title: str, **more) -> Record:
    key = matching.key(title, None, "serial")
    return Record.objects.create(title=title, format=Format.SERIAL, match_key=key, **more)


@pytest.mark.parametrize(
    ("short", "title", "is_it"),
    [
        ("Annu Rev Cell Dev Biol", CELLS, True),
        ("Ann. Rev. Cell & Dev. Biol.", CELLS, True),
        ("Annu Rev Cell Biol", CELLS, False),
        ("Proc Natl Acad Sci", "Proceedings of the National Academy of Sciences", True),
        ("J Biol Chem", "The journal of biological chemistry", True),
        ("N Engl J Med", "The New England journal of medicine", True),
        ("N Engl J Med", "The New England journal of metallurgy", False),
        ("", CELLS, False),
    ],
)
def test_each_word_is_one_of_the_titles_cut_short(short: str, title: str, is_it: bool):
    assert citations.is_short_for(short, title) == is_it


@pytest.mark.django_db
def test_one_journal_is_meant_and_of_several_nobody_knows_which(monkeypatch):
    monkeypatch.setattr(search, "find", lambda _query: Answer([], 0))
    cells = journal(CELLS)
    journal("Annual review of physical chemistry")
    article = Reference(kind=Kind.ARTICLE, container="Annu Rev Cell Dev Biol")
    assert citations.complete(article).record == cells
    twin = journal(f"{CELLS} : online")
    found = citations.complete(article)
    assert (found.standing, set(found.records)) == (Standing.UNKNOWN, {cells, twin})
    nothing = Reference(kind=Kind.ARTICLE, container="Annu Rev Nothing")
    assert citations.complete(nothing).standing == Standing.NOT_FOUND


@pytest.mark.django_db
def test_the_word_journal_may_be_one_letter():
    chemistry = journal("The journal of biological chemistry")
    assert citations.abbreviated("J Biol Chem") == (chemistry,)
    assert citations.abbreviated("J") == ()
