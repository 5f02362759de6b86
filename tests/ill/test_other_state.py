"""Who lends to the other state is what each library says of itself: its policy."""

import pytest
from django.test import Client

from postroad.directory.models import Library, Policy
from postroad.ill.lifecycle import State
from postroad.ill.rota import WhyNot
from tests.cast import Cast
from tests.ill.story import Story, begin, copy
from tests.ill.test_network_rules import passed_over

pytestmark = pytest.mark.django_db


@pytest.fixture
def over_the_border(cast: Cast) -> Story:
    """Of two owners of what Ada of Lee asks for one is in Rhode Island; the other takes no part."""
    story = begin(cast)
    copy(story.record, cast.providence, "30001000000099")
    Library.objects.filter(pk=cast.lenox.pk).update(active=False)
    return story


def keep(library: Library, *, lends: bool = False) -> None:
    Policy.objects.update_or_create(library=library, defaults={"lends_to_other_states": lends})


@pytest.mark.both
def test_a_library_that_lends_in_its_own_state_alone_is_not_asked_from_the_other(
    cast: Cast, over_the_border: Story
):
    keep(cast.providence)
    over_the_border.listen()
    assert over_the_border.ill.state == State.CENTRE
    assert passed_over(over_the_border)[WhyNot.KEPT_IN_STATE] == ["providence"]


def test_one_that_said_nothing_of_it_lends_to_both(cast: Cast, over_the_border: Story):
    over_the_border.listen()
    assert over_the_border.supply.lender == cast.providence


def test_within_its_state_it_is_asked(cast: Cast, over_the_border: Story):
    keep(cast.providence)
    Library.objects.filter(pk=cast.providence.pk).update(state=cast.lee.state)
    over_the_border.listen()
    assert over_the_border.supply.lender == cast.providence


def test_its_page_says_so(client: Client, cast: Cast):
    address = f"/libraries/{cast.providence.code}"
    assert "to libraries of its own state only" not in client.get(address).content.decode()
    keep(cast.providence)
    assert "to libraries of its own state only" in client.get(address).content.decode()
