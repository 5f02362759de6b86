"""Who answers for a topic (R16)."""

from datetime import date, timedelta

import pytest

from postroad.cases.cover import Away, Duty, absence, in_charge, there

DAY = date(2026, 11, 23)
CARL, DAN, EVE = 1, 2, 3


def away(person, first=0, last=0, cover=None):
    return Away(person, DAY + timedelta(first), DAY + timedelta(last), cover)


def test_r16_a_topic_is_whose_duty_began_last():
    duties = [Duty(CARL, date(2026, 1, 1)), Duty(DAN, DAY), Duty(EVE, DAY + timedelta(1))]
    assert in_charge(duties, DAY) == DAN
    assert in_charge(duties, DAY - timedelta(1)) == CARL
    assert in_charge(duties, DAY + timedelta(30)) == EVE
    assert in_charge(duties, date(2025, 1, 1)) is None


@pytest.mark.parametrize(
    ("absences", "answers"),
    [
        ([], CARL),
        ([away(CARL, cover=DAN)], DAN),
        ([away(CARL)], None),
        ([away(CARL, -5, -1, DAN)], CARL),
        ([away(CARL, 1, 5, DAN)], CARL),
        ([away(CARL, cover=DAN), away(DAN, cover=EVE)], EVE),
        ([away(CARL, cover=DAN), away(DAN, cover=CARL)], None),
        ([away(CARL, cover=DAN), away(DAN)], None),
        ([away(CARL, cover=CARL)], None),
    ],
)
def test_r16_cover_holds_for_the_days_of_an_absence_and_in_a_row(absences, answers):
    assert there(absences, CARL, DAY) == answers


def test_r16_of_two_absences_the_longer_is_told():
    short, long = away(CARL, 0, 1), away(CARL, 0, 9)
    assert absence([short, long], CARL, DAY) == long
