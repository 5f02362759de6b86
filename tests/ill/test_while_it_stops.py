"""Whom the rota asks, and how a thing leaves, while the whole delivery service stops."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from postroad.delivery import delays
from postroad.delivery.models import Delay, Via
from postroad.delivery.stopping import Meanwhile, ServiceStopped
from postroad.ill import loans, referral, rota
from postroad.ill.acts import Act
from postroad.ill.lifecycle import State
from postroad.ill.rota import WhyNot
from tests.cast import Cast
from tests.ill.story import MONDAY, begin
from tests.ill.test_ask_order import ABLE, DAY

TODAY = MONDAY.date()


def stop(instead: Delay.Instead, **facts: Any) -> Delay:
    usual: dict[str, Any] = {
        "kind": Delay.Kind.SUSPENDED,
        "first_day": TODAY,
        "reason": "Strike",
        "by": "Dora",
    }
    given = {**usual, "at": None, "now": MONDAY, "key": None, "instead": instead, **facts}
    return delays.announce(**given)


def test_by_mail_no_day_is_known_and_its_limit_counts():
    by_mail = replace(ABLE, arrives=None, meanwhile=Meanwhile.MAIL, mailed_by=DAY)
    assert rota.why_not(by_mail) is None
    assert rota.why_not(replace(by_mail, need_by=DAY)) is None
    assert rota.why_not(replace(by_mail, need_by=DAY - timedelta(days=1))) == WhyNot.TOO_LATE


def test_where_only_copies_are_sent_nobody_is_asked_to_lend():
    assert rota.why_not(replace(ABLE, meanwhile=Meanwhile.COPIES)) == WhyNot.COPIES_ONLY


@pytest.mark.parametrize("begins_in", [0, 1])
def test_a_lender_is_asked_without_a_day(cast: Cast, begins_in: int):
    stop(Delay.Instead.MAIL, first_day=TODAY + timedelta(days=begins_in))
    story = begin(cast).at(State.REFERRED)
    assert story.supply.expected_on is None
    limit = referral.soonest(story.record, cast.lenox, MONDAY)
    assert limit is None or limit > TODAY + timedelta(days=7)


def test_what_is_sent_meanwhile_is_mailed(cast: Cast):
    stop(Delay.Instead.MAIL)
    story = begin(cast).at(State.SHIPPED)
    assert story.loan.parcel_out is not None
    assert story.loan.parcel_out.via == Via.MAIL


def test_what_was_asked_for_before_stays_where_only_copies_are_sent(cast: Cast):
    story = begin(cast).at(State.REFERRED)
    stop(Delay.Instead.COPIES)
    with pytest.raises(ServiceStopped):
        story.at(State.SHIPPED)
    story.look()
    assert story.ill.state == State.REFERRED


def test_while_it_is_wound_down_what_was_lent_goes_home_by_the_van(cast: Cast):
    story = begin(cast).at(State.BACK)
    facts = {"kind": Delay.Kind.WOUND_DOWN, "last_pick_up": TODAY + timedelta(days=30)}
    stop(Delay.Instead.COPIES, **facts)
    loans.ship_return(story.loan, Act(cast.borrower, MONDAY))
    home = story.loan.parcel_home
    assert home is not None
    assert home.via == Via.DELIVERY
