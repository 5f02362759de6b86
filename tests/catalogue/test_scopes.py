"""A search within some libraries: what it finds, counts and never shows."""

import pytest

from postroad.catalogue import scopes, search
from postroad.catalogue.models import ItemStatus
from postroad.catalogue.search import Query
from tests.cast import Cast
from tests.ill.story import copy, title

LEE = frozenset({"lee"})


@pytest.fixture
def shelves(cast: Cast, settings, tmp_path) -> None:
    settings.HOME = tmp_path
    walden = title("Walden")
    copy(walden, cast.lee, "1")
    copy(walden, cast.pittsfield, "2")
    copy(title("Emma"), cast.pittsfield, "3")
    copy(title("Persuasion"), cast.lee, "4", status=ItemStatus.WITHDRAWN)
    search.refresh()


def found(words: str = "", scope: frozenset[str] | None = LEE, **more: object) -> list[str]:
    return sorted(hit.title for hit in search.find(Query(words=words, scope=scope, **more)).hits)  # type: ignore[arg-type]


@pytest.mark.usefixtures("shelves")
def test_only_what_one_of_them_has_is_found():
    assert found("walden") == ["Walden"]
    assert found("emma") == []
    assert found("persuasion") == []
    assert found("emma", None) == ["Emma"]
    assert found("emma", frozenset()) == []  # a network without members has nothing, and not all


@pytest.mark.usefixtures("shelves")
def test_a_facet_counts_within_and_names_no_library_outside():
    answer = search.find(Query(words="walden", scope=LEE))
    assert answer.facets["library"] == {"lee": 1}
    assert sum(answer.facets["format"].values()) == 1
    both = search.find(Query(words="walden", scope=LEE | {"pittsfield"}))
    assert both.facets["library"] == {"lee": 1, "pittsfield": 1}


@pytest.mark.usefixtures("shelves")
def test_a_library_outside_the_scope_finds_nothing_though_both_have_it():
    assert found("walden", LEE, libraries=frozenset({"pittsfield"})) == []
    assert found("walden", LEE, libraries=frozenset({"lee", "pittsfield"})) == ["Walden"]


@pytest.mark.usefixtures("shelves")
def test_a_number_is_looked_up_within(cast: Cast):
    assert found("30000000") == []
    copy(title("Numbered"), cast.pittsfield, "30000777")
    assert found("30000777", None) == ["Numbered"]
    assert found("30000777") == []
    assert found("30000777", frozenset({"pittsfield"})) == ["Numbered"]


@pytest.mark.usefixtures("shelves")
def test_what_may_have_been_meant_is_in_the_scope_too():
    assert search.find(Query(words="walden emma", scope=LEE)).hits == []
    slip = search.find(Query(words="emna", scope=LEE))
    assert slip.suggestion is None
    assert slip.hits == []


@pytest.mark.usefixtures("shelves")
def test_how_many_titles_and_which_came_last(cast: Cast):
    assert scopes.titles(LEE) == 1
    assert scopes.titles(LEE | {"pittsfield"}) == 2
    assert scopes.titles(frozenset()) == 0
    newest = scopes.newest([cast.lee.pk, cast.pittsfield.pk], 5)
    assert [each.title for each in newest] == ["Emma", "Walden"]
    assert scopes.newest([cast.lenox.pk], 5) == []


def test_without_an_index_nobody_says_a_number(settings, tmp_path):
    settings.HOME = tmp_path
    assert scopes.titles(LEE) is None
