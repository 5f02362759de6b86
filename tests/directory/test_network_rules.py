"""The lending rules of a network: dated, each with one home, and the members that may differ."""

import re
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from django.utils import timezone

import postroad
from postroad.directory import network_rules
from postroad.directory.models import AskOrder, Library, Network, NetworkRules
from tests.cast import Cast

DAY = date(2026, 11, 23)
NOTHING = {name: getattr(NetworkRules(), name) for name in network_rules.FIELDS}


def network() -> Network:
    return Network.objects.get(code="berkshire")


def agree(effective: date = DAY, **facts: object) -> NetworkRules:
    return network_rules.enter(
        network(), {**NOTHING, **facts}, effective=effective, by="Ann", at=timezone.now()
    )


def of_lee() -> Library:
    return Library.objects.select_related("policy").get(code="lee")


def test_r14_rules_hold_from_their_day_and_each_member_decides_before(cast: Cast):
    agree(loan_days=14, renewals=0)
    before = network_rules.terms(of_lee(), DAY - timedelta(days=1))
    after = network_rules.terms(of_lee(), DAY)
    assert (before.loan_days, before.renewals, before.of_network) == (28, 1, frozenset())
    assert (after.loan_days, after.renewals) == (14, 0)
    assert after.of_network == {"loan_days", "renewals"}
    assert after.open_requests == 10  # of which the network says nothing
    elsewhere = network_rules.terms(cast.pittsfield, DAY)
    assert (elsewhere.loan_days, elsewhere.of_network) == (28, frozenset())


@pytest.mark.parametrize(("allowed", "days"), [(["loan_days"], 42), ([], 14), (["renewals"], 14)])
def test_a_member_keeps_its_own_only_where_that_is_allowed(cast: Cast, allowed, days):
    policy = of_lee().policy
    policy.loan_days, policy.keeps_own = 42, ["loan_days"]
    policy.save()
    agree(loan_days=14, own_allowed=allowed)
    assert network_rules.terms(of_lee(), DAY).loan_days == days


def test_what_a_network_keeps_inside_is_kept_from_all_others(cast: Cast):
    berkshire = network().pk
    agree(formats_kept=["film"])
    assert network_rules.keeps_inside(berkshire, None, "film", DAY)
    assert network_rules.keeps_inside(berkshire, berkshire + 1, "film", DAY)
    assert not network_rules.keeps_inside(berkshire, berkshire, "film", DAY)
    assert not network_rules.keeps_inside(berkshire, None, "book", DAY)
    assert not network_rules.keeps_inside(None, None, "film", DAY)  # of no network are not one
    agree(DAY + timedelta(days=1), lends_outside=False)
    assert network_rules.keeps_inside(berkshire, None, "book", DAY + timedelta(days=1))


def test_rules_that_have_not_begun_are_taken_back_and_others_stay(cast: Cast):
    agree(loan_days=14)
    later = agree(DAY + timedelta(days=7), loan_days=7)
    assert agree(DAY + timedelta(days=7), loan_days=7).pk == later.pk  # sent twice
    with pytest.raises(network_rules.HoldsAlready):
        agree(DAY + timedelta(days=7), loan_days=9)
    network_rules.withdraw(later, today=DAY)
    with pytest.raises(network_rules.HasBegun):
        network_rules.withdraw(network().rules.get(), today=DAY)
    assert network_rules.terms(of_lee(), DAY + timedelta(days=30)).loan_days == 14


def test_what_holds_is_left_for_what_held_before_it_from_tomorrow(cast: Cast):
    def back(today: date) -> NetworkRules:
        return network_rules.go_back(
            network(), today=today, by="Ann", at=datetime.now().astimezone()
        )

    with pytest.raises(network_rules.NothingBefore):
        back(DAY)
    agree(loan_days=21)
    agree(DAY + timedelta(days=1), loan_days=7)
    back(DAY + timedelta(days=1))
    told = [
        network_rules.terms(of_lee(), DAY + timedelta(days=each)).loan_days for each in range(3)
    ]
    assert told == [21, 7, 21]


def test_of_the_first_rules_there_is_none_before(cast: Cast):
    agree(loan_days=7, lends_outside=False)
    network_rules.go_back(network(), today=DAY, by="Ann", at=timezone.now())
    tomorrow = network_rules.terms(of_lee(), DAY + timedelta(days=1))
    assert (tomorrow.loan_days, tomorrow.of_network) == (28, frozenset())


def test_the_order_in_which_lenders_are_asked_is_the_networks(cast: Cast):
    agree(ask_order=AskOrder.NETWORK_ONLY, own_allowed=["ask_order"])
    berkshire, own = network().pk, AskOrder.UNION
    assert network_rules.ask_order(berkshire, own, (), DAY) == AskOrder.NETWORK_ONLY
    assert network_rules.ask_order(berkshire, own, ["ask_order"], DAY) == AskOrder.UNION
    assert network_rules.ask_order(None, own, (), DAY) == AskOrder.UNION


def test_the_policy_that_a_page_shows_is_never_written(cast: Cast):
    agree(loan_days=14)
    lee = of_lee()
    assert network_rules.in_force(lee, DAY).loan_days == 14
    assert (lee.rules.loan_days, of_lee().policy.loan_days) == (28, 28)


def test_what_a_network_may_decide_is_read_nowhere_else():
    """A policy alone does not say what counts: who reads these fields of one asks here."""
    root = Path(postroad.__file__).parent
    reads = re.compile(rf"(policy|rules|_USUAL)\.({'|'.join(network_rules.DECIDED)})\b")
    found = {
        str(path.relative_to(root)): match.group()
        for path in root.rglob("*.py")
        for match in reads.finditer(path.read_text())
    }
    assert found.keys() - ALLOWED == set(), found


ALLOWED = {
    "directory/network_rules.py",
    "ill/owners.py",  # in its statement, for prospects
    "ill/prospects.py",  # the usual order, which it hands on
    "words/networks.py",  # the rules of a network, in words
}
