"""The own network goes first where there is one, and each library has the order that it chose."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postroad.directory.models import AskOrder, Library, Policy
from postroad.ill import mediation, rota
from postroad.ill.acts import Act
from postroad.ill.lifecycle import State
from postroad.ill.models import Tally
from postroad.ill.rota import Lender, Step, WhyNot
from postroad.words.wanted import ask_order
from tests.cast import Cast
from tests.ill.story import MONDAY, Story, begin, copy

DAY = date(2026, 11, 24)
ABLE = Lender("", "", "", 1, open_on=DAY, lending_on=DAY, today=DAY, arrives=DAY)
ORDERS = [tuple(map(Step, order.value.split())) for order in AskOrder]

lenders = st.lists(
    st.builds(
        lambda days, lent, busy, near, own, stock: replace(
            ABLE,
            arrives=DAY + timedelta(days=days),
            lent=lent,
            in_hand=busy,
            miles=near,
            same_network=own,
            on_shelf=stock,
        ),
        st.integers(0, 5),
        st.integers(0, 5),
        st.integers(0, 3),
        st.one_of(st.none(), st.floats(0, 99)),
        st.booleans(),
        st.integers(0, 1),
    ),
    max_size=12,
)


@given(lenders, st.sampled_from(ORDERS))
def test_who_is_asked_goes_by_step_then_arrival_share_work_and_way(
    found: list[Lender], order: tuple[Step, ...]
):
    found = [replace(each, code=f"{n:02}", order=order) for n, each in enumerate(found)]
    ranked = rota.rank(found)
    assert ranked == sorted(ranked, key=rota.turn)
    asked_only_own = Step.UNION not in order
    assert set(ranked) == {
        each
        for each in found
        if each.on_shelf and (each.same_network or not asked_only_own) and order[0] != "mediated"
    }
    if order[0] == Step.NETWORK:
        own = [each.same_network for each in ranked]
        assert own == sorted(own, reverse=True)
    for own_one in (True, False):  # within a step nothing has changed
        mine = [each for each in ranked if each.same_network is own_one]
        assert mine == sorted(mine, key=lambda each: rota.turn(each)[3:])
    if order == (Step.UNION, Step.MEDIATED):
        assert ranked == sorted(ranked, key=lambda each: rota.turn(each)[3:])


def sooner(cast: Cast) -> Story:
    """Lenox, of Lee's own network, and Pittsfield, where the van calls every day, both own it."""
    story = begin(cast)
    copy(story.record, cast.pittsfield, "30001000000099")
    return story


def chosen(library: Library, order: AskOrder) -> None:
    Policy.objects.filter(library=library).update(ask_order=order)


def busy(story: Story) -> None:
    """Lenox has lent much: by fair share it would be the last."""
    Tally.objects.create(library=story.cast.lenox, month=date(2026, 10, 1), lent=50)


@pytest.mark.parametrize(
    ("order", "lender"),
    [
        (AskOrder.NETWORK_FIRST, "lenox"),
        (AskOrder.UNION, "pittsfield"),
        (AskOrder.NETWORK_ONLY, "lenox"),
    ],
)
def test_the_order_that_the_borrower_chose_decides(cast: Cast, order: AskOrder, lender: str):
    story = sooner(cast)
    busy(story)
    chosen(cast.lee, order)
    story.listen()
    assert story.supply.lender.code == lender
    kept = story.ill.events.get(verb="refer").facts["rota"]
    assert kept["steps"] == order.value.split()
    assert kept["order"][0].get("same_network", False) == (lender == "lenox")


def test_what_only_the_network_is_asked_goes_to_the_center_which_may_ask_all(cast: Cast):
    story = sooner(cast)
    chosen(cast.lee, AskOrder.NETWORK_ONLY)
    Library.objects.filter(pk=cast.lenox.pk).update(network=None)
    story.listen()
    assert story.ill.state == State.CENTRE
    over = story.ill.events.get(verb="escalate").facts["rota"]["passed_over"]
    assert set(over[WhyNot.NOT_IN_ORDER]) == {"lenox", "pittsfield"}
    mediation.refer_again(story.ill, Act(cast.centre, MONDAY))
    story.listen()
    assert story.ill.state == State.REFERRED


def test_a_library_that_wants_it_mediated_gets_it_so(cast: Cast):
    story = sooner(cast)
    chosen(cast.lee, AskOrder.MEDIATED)
    story.listen()
    assert story.ill.state == State.CENTRE


def test_the_order_is_said_in_words():
    assert (
        ask_order(AskOrder.NETWORK_FIRST.split(), "SAILS")
        == "first SAILS, then all member libraries, then the ILL center"
    )
    assert ask_order(AskOrder.MEDIATED.split()) == "the ILL center from the start"


def test_two_libraries_without_a_network_are_not_of_one(cast: Cast):
    Library.objects.update(network=None)
    story = sooner(cast)
    busy(story)
    story.listen()
    assert story.supply.lender == cast.pittsfield
