"""A query that is composed once answers as Django's own does."""

import pytest
from django.contrib.auth.models import Permission
from django.db import connection, connections, models
from django.test.utils import CaptureQueriesContext

from postroad.composed import Composed
from postroad.directory.models import Library
from postroad.ill import asking
from postroad.ill.acts import Act
from postroad.ill.lifecycle import State
from postroad.ill.models import Request
from tests.cast import Cast
from tests.ill.story import MONDAY, begin


def kept(row: models.Model, *above: models.Model) -> dict[str, object]:
    """All that was read of a row, and of those that were read with it."""
    there = {name: value for name, value in vars(row).items() if name != "_state"}
    beside = {
        name: kept(each, row, *above)
        for name, each in row._state.fields_cache.items()
        if each is not None and each not in above
    }
    return there | beside


@pytest.fixture
def asked(cast: Cast) -> list[Request]:
    """One on the road, and one that was only asked for."""
    shipped = begin(cast).at(State.SHIPPED)
    act, record = Act(cast.ada, MONDAY), shipped.record
    other = asking.ask(record, act, patron=cast.ada, library=cast.lee, insists=True)
    return [shipped.ill, other]


def test_it_brings_the_same_rows_with_the_same_beside_them(asked: list[Request]):
    for rows in (Request.objects.shown, Request.objects.heard_of):
        composed = Composed(rows)
        for keys in ([asked[0].pk], [asked[1].pk], [each.pk for each in asked]):
            known = {each.pk: kept(each) for each in rows().filter(pk__in=keys)}
            assert {each.pk: kept(each) for each in composed.find(keys)} == known


def test_it_asks_no_more_than_once(asked: list[Request]):
    composed = Composed(Request.objects.shown, by="ref")
    for ill in asked:
        with CaptureQueriesContext(connection) as told:
            found = composed.first(ill.ref)
            assert found == ill
            assert found.library.name
        assert len(told) == 1


def test_it_reads_anew_each_time(cast: Cast):
    composed, code = Composed(Library.objects.all, by="code"), cast.lee.code
    assert [each.name for each in composed.find([code])] == ["Lee Library"]
    Library.objects.filter(code=code).update(name="Otherwise")
    assert [each.name for each in composed.find([code])] == ["Otherwise"]


def test_what_is_brought_beside_is_that_of_the_row(asked: list[Request]):
    composed = Composed(lambda: Request.objects.prefetch_related("supplies__lender"))
    found = [list(each.supplies.all()) for ill in asked for each in composed.find([ill.pk])]
    assert found == [list(ill.supplies.all()) for ill in asked]
    assert found[0]


def test_of_no_such_key_there_is_nothing(db: None):
    composed = Composed(Request.objects.shown, by="ref")
    assert composed.first("") is None
    assert composed.find([]) == []


def test_other_values_of_the_query_stay(asked: list[Request]):
    of_one = Composed(lambda: Request.objects.filter(version__gte=1, ref=asked[0].ref))
    assert of_one.find([each.pk for each in asked]) == [asked[0]]


def test_a_thread_with_another_connection_asks_that_one(db: None):
    """As after a connection that was replaced: what was composed for it asks it no more."""
    composed, usual = Composed(Permission.objects.all), connections["default"]
    composed.find([1])
    other = usual.copy()
    connections["default"] = other
    try:
        with CaptureQueriesContext(other) as asked:
            composed.find([1])
    finally:
        other.close()
        connections["default"] = usual
    assert len(asked) == 1
