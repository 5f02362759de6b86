"""Slips of both states (R7)."""

import pytest

from postroad.delivery.codes import CodeMissing
from postroad.delivery.routing import (
    Address,
    Carried,
    Place,
    address,
    carried,
    nights,
    return_slip_inside,
)

LEE = Place("Lee Library", "Lee", "MA", route="WEST 2", letter="W")
BOSTON = Place("Central Library", "Boston", "MA", route="METRO 1", letter="M")
JAMESTOWN = Place("Philomenian", "Jamestown", "RI", route="RI 3", delivery_code="JAM")
OTIS = Place("School Library", "Otis", "MA")


def test_massachusetts_is_sorted_by_letter_and_town():
    assert address(LEE, BOSTON) == Address("M", "Boston")


def test_rhode_island_is_sorted_by_three_letters():
    assert address(LEE, JAMESTOWN) == Address("RI", "JAM")


def test_what_comes_from_rhode_island_goes_by_way_of_the_southeast_with_its_way_home_inside():
    assert address(JAMESTOWN, BOSTON) == Address("S", "Boston")
    assert return_slip_inside(JAMESTOWN, BOSTON, lent=True)
    assert not return_slip_inside(BOSTON, JAMESTOWN, lent=True)
    assert not return_slip_inside(JAMESTOWN, JAMESTOWN, lent=True)


def test_what_goes_home_from_rhode_island_has_no_other_slip_inside():
    assert not return_slip_inside(JAMESTOWN, BOSTON, lent=False)


def test_between_the_states_it_takes_a_night_more():
    assert [nights(*ends) for ends in (("MA", "MA"), ("RI", "RI"))] == [1, 1]
    assert [nights(*ends) for ends in (("MA", "RI"), ("RI", "MA"))] == [2, 2]


@pytest.mark.parametrize("code", ["", "jam", "J1M", "JAME"])
def test_nothing_goes_to_rhode_island_without_three_letters(code):
    with pytest.raises(CodeMissing):
        address(LEE, Place("Somewhere", "Bristol", "RI", delivery_code=code))


def test_the_mail_needs_no_code():
    bristol = Place("Somewhere", "Bristol", "RI")
    assert address(LEE, bristol, Carried.MAIL) == Address("", "Bristol")


def test_the_van_takes_what_it_can_and_the_mail_the_rest():
    assert carried(LEE, JAMESTOWN) is Carried.DELIVERY
    assert carried(LEE, OTIS) is Carried.MAIL
    assert carried(OTIS, LEE) is Carried.MAIL
