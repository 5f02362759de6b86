"""The center's one list of all that is open: filters and counts say the same."""

from datetime import timedelta

import pytest

from postroad.ill import managing, mediation, worklist
from postroad.ill.acts import Act
from postroad.ill.lifecycle import Owner, State
from postroad.ill.models import Request
from postroad.ill.worklist import Filter
from tests.cast import outside
from tests.ill.story import MONDAY, begin

LATER = MONDAY + timedelta(days=60)
FILTERS = {
    "all": Filter(),
    "with a lender": Filter(frozenset({State.REFERRED})),
    "two states": Filter(frozenset({State.REFERRED, State.CENTRE})),
    "the center's turn": Filter(turn=Owner.CENTRE),
    "the lender's turn": Filter(turn=Owner.LENDING),
    "from outside": Filter(outside=True),
    "from members": Filter(outside=False),
    "nobody's": Filter(nobody=True),
    "by a word": Filter(text="WALDEN thoreau"),
    "by another": Filter(text="Cape Cod"),
    "late": Filter(late=True),
    "late at lenders": Filter(late=True, turn=Owner.LENDING),
}


@pytest.mark.both
def test_the_counts_are_those_of_the_lists_at_every_step(cast, django_assert_num_queries):
    story = begin(cast).at(State.REFERRED)
    every = {**FILTERS, "of Lee": Filter(libraries=frozenset({cast.lee.pk}))}
    every |= {"of Lenox": Filter(libraries=frozenset({cast.lenox.pk}))}
    every |= {"of Otis": Filter(libraries=frozenset({cast.otis_school.pk}))}
    every |= {"hers": Filter(manager=cast.centre.pk)}
    managing.assign(story.ill, Act(cast.centre, MONDAY), cast.centre)
    found = {}
    for now in (MONDAY, LATER):
        with django_assert_num_queries(1):
            counts = worklist.counted(list(every.values()), now)
        listed = [worklist.listed(each, now).count() for each in every.values()]
        assert counts == listed
        found[now] = {name for name, count in zip(every, counts, strict=True) if count}
    assert found[LATER] - found[MONDAY] == {"late", "late at lenders"}
    assert found[MONDAY] == {
        *("all", "with a lender", "two states", "the lender's turn", "from members"),
        *("by a word", "of Lee", "of Lenox", "hers"),
    }
    assert [ill.ref for ill in worklist.listed(Filter(text=story.ill.ref.lower()), MONDAY)] == [
        story.ill.ref
    ]


def test_whose_turn_it_is_and_since_when_follows_each_move(cast):
    story = begin(cast)
    assert (story.ill.turn_since, story.ill.turn_until) == (MONDAY, story.ill.due_at)
    story.at(State.SHIPPED)
    assert (story.ill.owner, story.ill.turn_since) == (Owner.BORROWING, MONDAY)
    assert not story.ill.outside


def test_what_is_asked_for_outside_is_known_as_such(cast):
    story = begin(cast)
    Request.objects.update(state=State.CENTRE, owner=Owner.CENTRE)
    story.look()
    mediation.refer_outside(
        story.ill, Act(cast.centre, MONDAY), lender=outside(), system="letter", number=""
    )
    story.look()
    assert (story.ill.outside, story.ill.owner) == (True, Owner.CENTRE)
