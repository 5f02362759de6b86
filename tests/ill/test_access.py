"""The gates: who sees a request, and as whom."""

import pytest

from postroad.accounts.models import Post, Role
from postroad.ill import access
from postroad.ill.access import NoSuchRequest, Sight
from postroad.ill.lifecycle import State
from tests.ill.story import begin

SEEN = {
    "ada": Sight.PATRON,
    "bea": None,
    "borrower": Sight.BORROWING,
    "lender": Sight.LENDING,
    "director": Sight.BORROWING,
    "allrounder": Sight.LENDING,
    "neighbour": None,
    "centre": Sight.CENTRE,
    "driver": None,
    "delivery": None,
    "editor": None,
    "operator": Sight.OPERATOR,
    "stranger": None,
}


@pytest.mark.parametrize("name", SEEN)
def test_everybody_sees_a_request_as_whom_they_are_or_not_at_all(cast, name):
    story = begin(cast).at(State.SHIPPED)
    person = cast.people[name]
    if SEEN[name] is None:
        with pytest.raises(NoSuchRequest):
            access.request_for(person, story.ill.ref)
        assert access.find(person, story.ill.ref) == []
    else:
        assert access.request_for(person, story.ill.ref) == (story.ill, SEEN[name])


def test_the_table_above_has_the_whole_cast(cast):
    assert set(SEEN) == set(cast.people)


def test_who_only_lends_at_the_borrowing_library_does_not_see_its_patrons(cast):
    story = begin(cast).at(State.SHIPPED)
    Post.objects.create(user=cast.stranger, role=Role.LENDING, library=cast.lee)
    with pytest.raises(NoSuchRequest):
        access.request_for(cast.stranger, story.ill.ref)


@pytest.mark.parametrize("name", ["ada", "borrower", "centre", "driver", "stranger"])
def test_only_the_lenders_own_staff_reach_its_supply(cast, name):
    story = begin(cast).at(State.REFERRED)
    with pytest.raises(NoSuchRequest):
        access.supply_for(cast.people[name], story.ill.ref, 1)
    assert access.supply_for(cast.lender, story.ill.ref, 1) == story.supply


@pytest.mark.parametrize("name", ["borrower", "lender", "centre", "stranger"])
def test_only_the_patron_reaches_her_own_page(cast, name):
    story = begin(cast)
    with pytest.raises(NoSuchRequest):
        access.patron_request(cast.people[name], story.ill.ref)
    assert access.patron_request(cast.ada, story.ill.ref.lower()) == story.ill


def test_who_may_know_the_patron_and_who_what_was_written():
    assert {sight for sight in Sight if sight.knows_patron} == {Sight.PATRON, Sight.BORROWING}
    assert {sight for sight in Sight if sight.reads_notes} == {
        Sight.PATRON,
        Sight.BORROWING,
        Sight.CENTRE,
    }
