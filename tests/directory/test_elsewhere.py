"""Libraries outside the consortium, found by what somebody types, and added once."""

import pytest

from postroad.directory import elsewhere
from postroad.directory.models import Authority, Library, Symbol
from tests.cast import Cast, outside


@pytest.fixture
def yale(cast: Cast) -> Library:
    yale = outside("Yale University Library", town="New Haven", state="CT")
    Symbol.objects.create(library=yale, authority=Authority.OCLC, value="XYAL")
    return yale


@pytest.mark.parametrize(
    "typed", ["Yale University Library", "  yale  university library ", "XYAL", "xy al"]
)
def test_it_is_named_by_its_whole_name_or_a_symbol(yale: Library, typed: str):
    assert elsewhere.named(typed) == [yale]


@pytest.mark.parametrize("typed", ["", " ", "Yale", "XYA", "Lee Library", "%", "x" * 500])
def test_nothing_else_names_it_and_no_member_is_found(yale: Library, typed: str):
    assert elsewhere.named(typed) == []


@pytest.mark.parametrize("typed", ["yale", "haven lib", "xya", "UNIVERSITY new"])
def test_it_is_like_what_has_its_words_or_the_beginning_of_its_symbol(yale: Library, typed: str):
    assert elsewhere.like(typed) == [yale]
    assert elsewhere.about(yale) == "New Haven, CT · XYAL"


def test_one_that_is_no_longer_dealt_with_is_not_offered(yale: Library):
    Library.objects.filter(pk=yale.pk).update(active=False)
    assert elsewhere.named("XYAL") == elsewhere.like("Yale") == elsewhere.known(8) == []


def test_what_is_added_is_outside_and_of_its_days_nothing_is_known(cast: Cast):
    added = elsewhere.add(" Athenaeum  of Nantucket ", by="Cora", town="Nantucket", symbol=" xnan ")
    assert (added.name, added.open_days, added.is_outside) == ("Athenaeum of Nantucket", "", True)
    assert elsewhere.named("XNAN") == [added]
    assert added.changes.filter(verb="add", by="Cora").exists()
    assert added not in Library.objects.members()


def test_a_symbol_of_another_library_is_refused_and_nothing_is_added(yale: Library):
    with pytest.raises(elsewhere.SymbolTaken) as no:
        elsewhere.add("Yale Law Library", by="Cora", symbol="xyal")
    assert no.value.facts == {"symbol": "XYAL", "library": "Yale University Library"}
    assert Library.objects.outside().count() == 1


def test_an_umbrella_names_all_that_stand_under_it(yale: Library):
    law = outside("Yale Law Library")
    for each in (yale, law):
        Symbol.objects.create(library=each, authority=Authority.OCLC, value="XALL", umbrella=True)
    assert elsewhere.named("xall") == [law, yale]
