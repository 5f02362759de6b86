"""The reasons of a no and of a later, to and from the words of others."""

import pytest

from postroad.ill import reasons
from postroad.ill.lifecycle import Later, Reason

# DOMAIN: the numbers of ISO 10161 that are reasons of a lender
KNOWN = [*range(1, 21), 23, 24, 27]
MEANT_BY_OTHERS = {Reason.LICENCE, Reason.BRANCH, Reason.TECHNICAL}  # OCLC's own


@pytest.mark.parametrize("number", KNOWN)
def test_each_number_is_a_reason_of_its_own_and_back(number):
    assert reasons.number(reasons.of_number(number)) == number


@pytest.mark.parametrize("number", [0, -1, 21, 22, 25, 26, 28, 10**9])
def test_an_unknown_number_is_another_reason(number):
    assert reasons.of_number(number) == Reason.OTHER


@pytest.mark.parametrize("reason", Reason)
def test_each_reason_has_a_number_and_a_word(reason):
    assert reasons.number(reason) in KNOWN
    assert reasons.of_number(reasons.number(reason)) == reason or reason in MEANT_BY_OTHERS
    assert reasons.word(reason) in {
        *("NonCirculating", "NotAvailableForILL", "NotHeld"),
        *("NotOnShelf", "PolicyProblem", "PoorCondition"),
    }


@pytest.mark.parametrize("word", ["", "because", "NotAvailableForILL", "<b>", "x" * 1_000_000])
def test_an_unknown_word_is_another_reason(word):
    assert reasons.of_word(word) == Reason.OTHER
    assert reasons.of_retry_word(word) == Later.OTHER


@pytest.mark.parametrize(
    ("word", "reason"),
    [
        ("NotOnShelf", Reason.NOT_ON_SHELF),
        ("not on shelf", Reason.NOT_ON_SHELF),
        ("NOTHELD", Reason.NOT_OWNED),
        ("OnLoan", Reason.ON_LOAN),
        ("AtBindery", Reason.BINDERY),
    ],
)
def test_a_word_is_read_however_it_is_spelled(word, reason):
    assert reasons.of_word(word) == reason


@pytest.mark.parametrize("reason", [Later.IN_USE, Later.ON_ORDER, Later.BINDERY])
def test_a_later_day_goes_out_and_comes_back_as_the_same(reason):
    assert reasons.of_retry_word(reasons.retry_word(reason)) == reason


def test_the_page_shows_every_reason_once_the_likeliest_first():
    assert sorted(reasons.IN_ORDER) == sorted(Reason)
    assert reasons.IN_ORDER[:3] == (Reason.NOT_ON_SHELF, Reason.ON_LOAN, Reason.LACKS_PART)
    assert reasons.IN_ORDER[-1] == Reason.OTHER
