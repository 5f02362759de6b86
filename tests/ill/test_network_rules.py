"""What a network agreed on decides who is asked, how long a thing is lent and how many may be asked
for: asked of `network_rules`, and nowhere else."""

from datetime import date
from typing import Any

import pytest
from django.utils import timezone

from postroad.directory import network_rules
from postroad.directory.models import AskOrder, Library, Network, NetworkRules, Policy
from postroad.ill import asking
from postroad.ill.acts import Act
from postroad.ill.intake import Concern
from postroad.ill.lifecycle import State
from postroad.ill.rota import WhyNot
from tests.cast import Cast
from tests.ill.story import MONDAY, Story, begin, copy, title

TODAY = MONDAY.date()
NOTHING: dict[str, Any] = {name: getattr(NetworkRules(), name) for name in network_rules.FIELDS}


def agree(code: str = "berkshire", effective: date = TODAY, **facts: Any) -> None:
    network = Network.objects.get_or_create(code=code, defaults={"name": code})[0]
    network_rules.enter(
        network, {**NOTHING, **facts}, effective=effective, by="Ann", at=timezone.now()
    )


def passed_over(story: Story) -> dict[str, list[str]]:
    """By reason, as it was kept with the request."""
    event = story.ill.events.filter(verb__in=("refer", "escalate")).latest("pk")
    found: dict[str, list[str]] = event.facts["rota"]["passed_over"]
    return found


@pytest.fixture
def both(cast: Cast) -> Story:
    """Lenox, of Lee's own network, and Pittsfield own what Ada of Lee asks for."""
    story = begin(cast)
    copy(story.record, cast.pittsfield, "30001000000099")
    return story


def of_another(library: Library) -> None:
    other = Network.objects.get_or_create(code="other", defaults={"name": "Other"})[0]
    Library.objects.filter(pk=library.pk).update(network=other)


def test_what_another_network_keeps_inside_is_not_asked_for(cast: Cast, both: Story):
    of_another(cast.pittsfield)
    of_another(cast.lenox)
    agree("other", lends_outside=False)
    both.listen()
    assert both.ill.state == State.CENTRE
    assert set(passed_over(both)[WhyNot.KEPT_INSIDE]) == {"lenox", "pittsfield"}


def test_to_its_own_members_it_is_lent(cast: Cast, both: Story):
    agree(lends_outside=False, formats_kept=["book"])
    both.listen()
    assert both.supply.lender == cast.lenox


@pytest.mark.parametrize(("kept", "asked"), [("film", True), ("book", False)])
def test_only_the_kinds_that_it_names_are_kept(cast: Cast, both: Story, kept: str, asked: bool):
    of_another(cast.lenox)
    Library.objects.filter(pk=cast.pittsfield.pk).update(active=False)
    agree("other", formats_kept=[kept])
    both.listen()
    assert (both.ill.state == State.REFERRED) is asked


def test_rules_that_begin_tomorrow_keep_nothing_today(cast: Cast, both: Story):
    of_another(cast.lenox)
    Library.objects.filter(pk=cast.pittsfield.pk).update(active=False)
    agree("other", effective=date(2026, 11, 24), lends_outside=False)
    both.listen()
    assert both.supply.lender == cast.lenox


def test_the_order_of_the_network_goes_before_that_of_the_library(cast: Cast, both: Story):
    Library.objects.filter(pk=cast.lenox.pk).update(network=None)
    agree(ask_order=AskOrder.NETWORK_ONLY)
    both.listen()
    assert both.ill.state == State.CENTRE
    assert set(passed_over(both)[WhyNot.NOT_IN_ORDER]) == {"lenox", "pittsfield"}


def test_a_library_that_may_decide_the_order_itself_does(cast: Cast, both: Story):
    Library.objects.filter(pk=cast.lenox.pk).update(network=None)
    agree(ask_order=AskOrder.NETWORK_ONLY, own_allowed=["ask_order"])
    Policy.objects.filter(library=cast.lee).update(keeps_own=["ask_order"])
    both.listen()
    assert both.ill.state == State.REFERRED


def test_a_thing_is_lent_on_the_terms_of_its_lenders_network(cast: Cast):
    agree(loan_days=9, renewals=3)
    story = begin(cast).at(State.SHIPPED)
    assert (story.supply.loan_days, story.supply.renewals_allowed) == (9, 3)


def test_one_more_than_the_network_allows_waits_for_staff(cast: Cast):
    agree(open_requests=1)
    begin(cast).listen()
    emma = title("Emma")
    copy(emma, cast.lenox, "30001000000018")
    ill = asking.ask(emma, Act(cast.ada, MONDAY), patron=cast.ada, library=cast.lee)
    second = Story(cast, emma, ill)
    second.listen()
    assert second.ill.state == State.REVIEW
    assert second.ill.events.latest("pk").facts["concerns"] == [Concern.LIMIT]
