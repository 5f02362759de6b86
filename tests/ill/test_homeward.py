"""How a thing goes home, by the published rules R4 to R7."""

import re
from dataclasses import replace
from datetime import date, timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postroad.delivery import routing
from postroad.delivery.routing import Place
from postroad.delivery.stopping import Meanwhile, Stopped
from postroad.ill import homeward
from postroad.ill.homeward import (
    RULES,
    Because,
    Facts,
    Kind,
    Source,
    Stretch,
    Way,
    Word,
    newest,
    way,
    ways,
)

TODAY = date(2026, 11, 23)
LATER = date(2026, 12, 14)
LEE = Place("Lee Library", "Lee", route="WEST 2", letter="W")
LENOX = Place("Lenox Library", "Lenox", route="WEST 2", letter="W")
OTIS = Place("Otis School Library", "Otis")  # off every route
PROVIDENCE = Place("Providence", "Providence", "RI", route="LORI", delivery_code="PRV")
YALE = Place("Yale University", "New Haven", "CT")
YES = Word(accepts=True, source=Source.LIBRARY, on=TODAY)
NO = Word(accepts=False, source=Source.LIBRARY, on=TODAY)

BY_MAIL = Facts(today=TODAY, receiver=YALE, sender=LEE, has_address=True)
BY_VAN = Facts(today=TODAY, receiver=LENOX, sender=LEE, member=True)


def because(facts):
    return [reason.because for reason in way(facts).reasons]


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        (Source.LIBRARY, Because.SAYS_YES),
        (Source.WEBSITE, Because.WEBSITE_SAYS_YES),
        (Source.TEAM, Because.TEAM_SAYS_YES),
    ],
)
def test_r4_a_return_goes_by_mail_on_a_yes_of_the_library_its_website_or_the_team(source, reason):
    facts = replace(BY_MAIL, words=(Word(accepts=True, source=source, on=TODAY),))
    assert way(facts).way == Way.MAIL
    assert because(facts)[0] == reason


@pytest.mark.parametrize(
    ("words", "decided", "reason"),
    [
        ((), Way.ASK_US, Because.NOT_KNOWN),
        ((NO,), Way.HOLD_ON, Because.SAYS_NO),
        ((Word(accepts=False, source=Source.WEBSITE),), Way.HOLD_ON, Because.WEBSITE_SAYS_NO),
        ((replace(NO, until=LATER),), Way.HOLD_ON, Because.SAYS_NO),
        ((replace(NO, until=TODAY),), Way.HOLD_ON, Because.SAYS_NO),
        # What has run out is unknown, and unknown is never a yes.
        ((replace(NO, until=TODAY - timedelta(days=1)),), Way.ASK_US, Because.NOT_KNOWN),
        ((replace(YES, until=TODAY - timedelta(days=1)),), Way.ASK_US, Because.NOT_KNOWN),
    ],
)
def test_r4_without_a_yes_it_is_kept_with_a_reason(words, decided, reason):
    facts = replace(BY_MAIL, words=words)
    assert way(facts).way == decided
    assert because(facts)[0] == reason


def test_r4_it_is_kept_until_the_day_that_was_named():
    assert way(replace(BY_MAIL, words=(replace(NO, until=LATER),))).until == LATER
    assert way(replace(BY_MAIL, words=(YES,), shut=Stretch(LATER))).until == LATER
    assert way(replace(BY_MAIL, words=(YES,), shut=Stretch())).until is None


def test_r4_behind_a_locked_door_no_yes_counts():
    facts = replace(BY_MAIL, words=(YES,), shut=Stretch(LATER))
    assert way(facts).way == Way.HOLD_ON
    assert because(facts)[0] == Because.SHUT


def test_r4_of_several_words_the_newest_counts_in_whatever_order_they_come():
    older = replace(NO, on=TODAY - timedelta(days=9))
    undated = Word(accepts=False, source=Source.WEBSITE)
    for words in permutations((YES, older, undated)):
        assert newest(words) == YES
    for words in permutations((YES, NO)):
        assert newest(words) == NO  # of one day, the no
    assert newest(()) is None


def test_r4_a_library_that_left_is_asked_about():
    assert because(replace(BY_VAN, active=False, words=(YES,))) == [Because.LEFT]


def test_r5_a_mailed_return_asks_for_its_number_and_goes_without():
    facts = replace(BY_MAIL, words=(YES,))
    assert Because.NUMBER in because(facts)
    assert way(facts).way == Way.MAIL


def test_r5_an_address_that_nobody_knows_is_said_and_stops_nothing():
    facts = replace(BY_MAIL, words=(YES,), has_address=False)
    assert way(facts).way == Way.MAIL
    assert because(facts)[1:3] == [Because.NUMBER, Because.NO_ADDRESS]


@pytest.mark.parametrize("words", [(), (YES,), (NO,)])
@pytest.mark.parametrize("shut", [None, Stretch(), Stretch(LATER)])
def test_r6_by_the_van_a_return_is_always_allowed(words, shut):
    assert way(replace(BY_VAN, words=words, shut=shut)).way == Way.VAN


@pytest.mark.parametrize("until", [None, LATER])
def test_r6_where_deliveries_have_not_resumed_it_waits_at_the_hub(until):
    advice = way(replace(BY_VAN, van_stopped=Stretch(until)))
    assert (advice.way, advice.until) == (Way.VAN_HELD, until)
    assert Because.HELD_AT_HUB in [each.because for each in advice.reasons]
    assert advice.slip is not None


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        (BY_MAIL, Because.OUTSIDE),
        (replace(BY_VAN, receiver=OTIS), Because.NO_VAN_THERE),
        (replace(BY_VAN, sender=OTIS), Because.NO_VAN_HERE),
        (replace(BY_VAN, member=False), Because.OUTSIDE),
    ],
)
def test_r6_without_the_van_at_both_ends_it_is_the_mail_and_says_why(facts, reason):
    facts = replace(facts, words=(YES,))
    assert way(facts).way == Way.MAIL
    assert reason in because(facts)


def test_r6_where_nobody_said_from_where_both_answers_are_given():
    van, mail = ways(replace(BY_VAN, sender=None, words=(YES,)))
    assert (van.way, mail.way) == (Way.VAN, Way.MAIL)
    assert [each.way for each in ways(replace(BY_MAIL, sender=None))] == [Way.ASK_US]
    assert [each.way for each in ways(replace(BY_VAN, sender=None, receiver=OTIS))] == [Way.ASK_US]


@pytest.mark.parametrize(
    ("sender", "receiver", "kind", "sign", "headline"),
    [
        (LEE, PROVIDENCE, Kind.RHODE_ISLAND, "RI", "PRV"),
        (PROVIDENCE, replace(PROVIDENCE, delivery_code="JAM"), Kind.RHODE_ISLAND, "RI", "JAM"),
        (LEE, LENOX, Kind.MASSACHUSETTS, "W", "Lenox"),
        (PROVIDENCE, LENOX, Kind.SOUTHEAST, "S", "Lenox"),
    ],
)
def test_r7_each_state_has_its_slip(sender, receiver, kind, sign, headline):
    slip = way(replace(BY_VAN, sender=sender, receiver=receiver)).slip
    assert (slip.kind, slip.sign, slip.headline) == (kind, sign, headline)


@pytest.mark.parametrize("code", ["", "PV", "prv", "PRV1", "P V"])
def test_r7_without_three_letters_there_is_no_slip_to_rhode_island(code):
    advice = way(replace(BY_VAN, receiver=replace(PROVIDENCE, delivery_code=code)))
    assert (advice.way, advice.slip) == (Way.ASK_US, None)
    assert advice.reasons[-1].because == Because.NO_CODE


def test_r7_what_goes_home_carries_no_second_slip_and_a_loan_from_rhode_island_does():
    assert routing.return_slip_inside(PROVIDENCE, LENOX, lent=True)
    for ends in permutations((LEE, LENOX, PROVIDENCE), 2):
        assert not routing.return_slip_inside(*ends, lent=False)


def test_what_is_at_home_goes_nowhere():
    assert way(replace(BY_VAN, at_home=True)).way == Way.HERE


DAYS = st.dates(TODAY - timedelta(days=60), TODAY + timedelta(days=60))
PLACES = st.builds(
    Place,
    name=st.just("A"),
    town=st.just("A"),
    state=st.sampled_from(["MA", "RI", "CT", ""]),
    route=st.sampled_from(["", "WEST 2"]),
    letter=st.sampled_from(["", "C"]),
    delivery_code=st.sampled_from(["", "JAM", "jam", "JA"]),
)
STRETCHES = st.none() | st.builds(Stretch, st.none() | DAYS)
ANY = st.builds(
    Facts,
    today=DAYS,
    receiver=PLACES,
    sender=PLACES,
    member=st.booleans(),
    active=st.booleans(),
    at_home=st.booleans(),
    words=st.lists(
        st.builds(Word, st.booleans(), st.sampled_from(Source), st.none() | DAYS, st.none() | DAYS),
        max_size=4,
    ).map(tuple),
    shut=STRETCHES,
    van_stopped=STRETCHES,
    has_address=st.booleans(),
)


@given(ANY)
def test_r4_to_r7_hold_whatever_the_facts(facts):
    advice = way(facts)
    rules = [reason.rule for reason in advice.reasons]
    assert rules == sorted(rules)
    assert (advice.reasons == ()) == (advice.way == Way.HERE)
    said = [word for word in facts.words if word.holds_on(facts.today)]
    if advice.way == Way.MAIL:  # R4
        assert facts.shut is None
        assert newest(said).accepts
    if not any(word.accepts for word in said):
        assert advice.way != Way.MAIL
    on_the_van = bool(facts.member and facts.receiver.route and facts.sender.route)
    if advice.way in (Way.VAN, Way.VAN_HELD):  # R6
        assert on_the_van
        assert (advice.way == Way.VAN_HELD) == (facts.van_stopped is not None)
    assert (advice.slip is not None) == (advice.way in (Way.VAN, Way.VAN_HELD))
    if advice.slip is not None and facts.receiver.state == "RI":  # R7
        assert re.fullmatch("[A-Z]{3}", advice.slip.headline)
    if advice.until is not None:
        assert advice.way in (Way.VAN_HELD, Way.HOLD_ON)


@given(ANY, STRETCHES)
def test_r6_no_word_of_a_library_and_no_locked_door_changes_what_the_van_takes(facts, shut):
    if way(facts).slip is not None:
        assert way(replace(facts, words=(), shut=shut)) == way(facts)


@given(ANY)
def test_an_answer_without_a_sender_is_among_those_with_one(facts):
    both = [each.way for each in ways(replace(facts, sender=None))]
    with_van = replace(facts, sender=replace(facts.sender, route="A"))
    without = replace(facts, sender=replace(facts.sender, route=""))
    assert both in ([way(with_van).way, way(without).way], [way(without).way])


def test_each_reason_has_its_rule():
    assert set(RULES) == set(Because)
    assert set(RULES.values()) == {"R4", "R5", "R6", "R7"}


def test_a_desk_hears_first_what_speaks_against_sending_it():
    usual = homeward.Reason(Because.OUTSIDE)
    no = homeward.Reason(Because.SAYS_NO)
    assert homeward.Advice(Way.HOLD_ON, (usual, no)).beware == no
    assert homeward.Advice(Way.MAIL, (usual,)).beware is None


def test_a_no_without_a_last_day_is_endless():
    assert homeward.Reason(Because.SAYS_NO).is_endless
    assert not homeward.Reason(Because.SAYS_NO, until=date(2026, 12, 1)).is_endless
    assert not homeward.Reason(Because.OUTSIDE).is_endless


STRIKE = Stopped(TODAY, date.max, "Strike", Meanwhile.MAIL)


def test_r6_while_the_whole_service_stops_the_mail_takes_it_if_it_is_accepted():
    facts = replace(BY_VAN, stopped=STRIKE)
    assert because(facts) == [Because.NOT_KNOWN, Because.STOPPED]
    assert way(facts).way == Way.ASK_US
    assert way(replace(facts, words=(YES,))).way == Way.MAIL


def test_r6_where_nothing_goes_by_mail_meanwhile_it_is_kept_until_then():
    only_copies = replace(STRIKE, meanwhile=Meanwhile.COPIES, last_day=LATER)
    found = way(replace(BY_VAN, words=(YES,), stopped=only_copies))
    assert (found.way, found.until) == (Way.HOLD_ON, LATER)
    assert found.beware is not None
    assert found.beware.why == "Strike"


def test_who_has_no_van_is_not_concerned_when_it_stops():
    only_copies = replace(STRIKE, meanwhile=Meanwhile.COPIES)
    assert way(replace(BY_MAIL, stopped=only_copies)) == way(BY_MAIL)
