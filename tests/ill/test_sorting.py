"""Where a thing goes by what is known of its barcode: the rule alone."""

import pytest

from postroad.ill.sorting import RANK, Clue, Do, Reason, Source, Trouble, decide, does

LEE, LENOX, OTIS = 1, 2, 3


def loan(to=LEE, owner=LENOX, reason=Reason.LOAN):
    return Clue(Source.LOAN, reason, owner, to)


def hold(to, owner=LENOX):
    return Clue(Source.HOLD, Reason.HOLD, owner, to)


def item(owner=LENOX):
    return Clue(Source.ITEM, Reason.OWNER, owner, owner)


def parcel(to, owner=LENOX, reason=Reason.PARCEL, container=""):
    return Clue(Source.PARCEL, reason, owner, to, container)


def test_nothing_known_is_unknown_and_goes_nowhere():
    found = decide([])
    assert (found.reason, found.to, does(found, None)) == (Reason.UNKNOWN, None, Do.ASIDE)


def test_an_item_of_which_nothing_else_is_known_goes_home():
    assert decide([item()]).to == LENOX
    assert decide([item()]).reason is Reason.OWNER


def test_an_open_loan_goes_before_a_hold_that_was_told_later():
    found = decide([item(), loan(LENOX, reason=Reason.RETURN), hold(OTIS)])
    assert (found.reason, found.to) == (Reason.RETURN, LENOX)


def test_of_holds_the_one_told_last_counts():
    assert decide([item(), hold(LEE), hold(OTIS)]).to == OTIS
    assert decide([item(), hold(OTIS), hold(LEE)]).to == LEE


def test_a_hold_that_is_over_brings_no_older_one_back():
    found = decide([hold(LEE), hold(None), item()])
    assert (found.reason, found.to) == (Reason.OWNER, LENOX)
    assert decide([hold(LEE), hold(None)]).to == LENOX  # whose it is was told with it


def test_of_a_hold_and_a_parcel_the_last_counts():
    assert decide([hold(LEE), parcel(OTIS)]).reason is Reason.PARCEL
    assert decide([parcel(OTIS), hold(LEE)]).reason is Reason.HOLD
    assert decide([parcel(OTIS), hold(LEE), hold(None)]).to == OTIS


@pytest.mark.parametrize("first", [loan(), hold(OTIS), item(), parcel(OTIS)], ids=str)
def test_a_barcode_of_two_libraries_goes_to_neither(first):
    found = decide([first, item(LEE)])
    assert (found.reason, found.to) == (Reason.SEVERAL, None)
    assert set(found.owners) == {LENOX, LEE}
    assert does(found, None) is Do.ASIDE


def test_the_library_tells_a_barcode_of_two_apart():
    clues = [loan(OTIS), item(LEE)]
    assert decide(clues, LENOX).to == OTIS
    assert decide(clues, LEE).to == LEE
    assert decide(clues, OTIS).reason is Reason.UNKNOWN


def test_it_stays_in_the_bin_in_which_it_is():
    assert decide([item(), parcel(OTIS, container="B1"), hold(LEE)]).container == "B1"


@pytest.mark.parametrize("trouble", sorted(Trouble))
def test_nothing_in_the_way_is_passed_over(trouble):
    assert does(decide([item()]), trouble) is not Do.SORT


def test_every_source_has_its_rank():
    assert RANK.keys() == set(Source)
