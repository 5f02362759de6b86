"""Bins and bags: one scan moves what is in one, whenever each line was heard of."""

from datetime import timedelta

import pytest

from postroad.delivery import containers, custody, parcels
from postroad.delivery.containers import At
from postroad.delivery.models import Container, Custody, CustodyStep, How, ParcelState
from tests.delivery.conftest import later, steps

HUB = "PLYMOUTH"


@pytest.fixture
def bins(cast):
    return containers.put_to_use(2, Container.Kind.BIN, holder=HUB, at=later())


@pytest.fixture
def bag(cast):
    return containers.put_to_use(1, Container.Kind.BAG, holder=HUB, at=later())[0]


@pytest.fixture
def at(cast):
    def stand(hours, library=None, holder=HUB, noted=None):
        place = getattr(cast, library) if library else None
        return At(cast.driver, later(hours=hours), place, "" if place else holder, noted_at=noted)

    return stand


def sort(parcel, container, hours):
    return parcels.sort(parcel, holder=HUB, by=None, at=later(hours=hours), into=container)


def test_one_scan_of_a_bin_moves_all_that_is_in_it(make_parcel, bins, at, cast):
    inside, beside = [make_parcel(), make_parcel()], make_parcel()
    for parcel in inside:
        sort(parcel, bins[0], 1)
    turned = containers.drop(bins[0], at(3, "lenox"))
    assert turned.carried == 2
    for parcel in inside:
        parcel.refresh_from_db()
        assert (parcel.state, parcel.last_how) == (ParcelState.DROPPED, How.CONTAINED)
        assert parcel.last_library == cast.lenox
    beside.refresh_from_db()
    assert beside.state == ParcelState.READY
    assert containers.contents(bins[0]) == inside


def test_what_was_dropped_in_a_bin_is_received_only_by_hand(parcel, bins, at, cast):
    sort(parcel, bins[0], 1)
    containers.drop(bins[0], at(3, "lenox"))
    containers.empty(bins[0], at(4, "lenox"))
    parcel.refresh_from_db()
    assert (parcel.state, parcel.container) == (ParcelState.DROPPED, None)
    parcels.receive(parcel, library=cast.lenox, by=None, at=later(hours=5))
    assert parcel.state == ParcelState.ARRIVED


def test_what_was_taken_out_is_not_moved_with_it(parcel, bins, at):
    sort(parcel, bins[0], 1)
    sort(parcel, None, 2)
    assert containers.load(bins[0], at(3, holder="WEST 2")).carried == 0
    assert steps(parcel) == ["made", "sorted", "sorted"]


def test_a_bag_in_a_bin_moves_with_it(parcel, bins, bag, at):
    sort(parcel, bag, 1)
    containers.put_inside(bag, bins[0], at(2))
    assert containers.load(bins[0], at(3, holder="WEST 2")).carried == 1
    parcel.refresh_from_db()
    assert (parcel.last_holder, parcel.container) == ("WEST 2", bag)
    bag.refresh_from_db()
    assert bag.inside == bins[0]


def test_nothing_is_inside_itself_however_far_around(bins, bag, at):
    first, second = bins
    containers.put_inside(first, second, at(1))
    containers.put_inside(second, bag, at(2))
    for inner, outer in ((first, first), (bag, second), (bag, first)):
        outer.refresh_from_db()
        with pytest.raises(containers.ContainerInItself):
            containers.put_inside(inner, outer, at(3))
    bag.refresh_from_db()
    assert bag.inside is None


def test_a_scan_of_a_bin_is_undone_with_all_that_followed(parcel, bins, at):
    sort(parcel, bins[0], 1)
    line = containers.drop(bins[0], at(3, "lenox")).line
    assert containers.undo(line.pk, by=None, at=later(hours=4)).carried == 1
    parcel.refresh_from_db()
    assert (parcel.state, parcel.container) == (ParcelState.MOVING, bins[0])
    assert steps(parcel) == ["made", "sorted", "dropped", "undone"]
    with pytest.raises(containers.ContainerUndone):
        containers.undo(line.pk, by=None, at=later(hours=4))
    assert containers.drop(bins[0], at(5, "lenox")).carried == 1
    parcel.refresh_from_db()
    assert parcel.state == ParcelState.DROPPED


def test_the_same_scan_twice_is_one(parcel, bins, at):
    sort(parcel, bins[0], 1)
    assert not containers.drop(bins[0], at(3, "lenox")).again
    assert containers.drop(bins[0], at(3, "lenox")).again
    assert Custody.objects.filter(how=How.CONTAINED).count() == 1


def test_a_parcel_that_was_put_in_is_moved_though_that_is_heard_of_later(parcel, bins, at):
    containers.drop(bins[0], at(3, "lenox"))
    scan = custody.Scan(
        CustodyStep.SORTED,
        later(hours=1),
        None,
        None,
        holder=HUB,
        container=bins[0].pk,
        noted_at=later(hours=9),
    )
    custody.note(parcel, scan)
    assert parcel.state == ParcelState.DROPPED
    assert steps(parcel) == ["made", "sorted", "dropped"]


def test_what_was_taken_out_before_is_told_later_and_taken_back(parcel, bins, at):
    sort(parcel, bins[0], 1)
    containers.drop(bins[0], at(3, "lenox"))
    out = custody.Scan(
        CustodyStep.SORTED, later(hours=2), None, None, holder=HUB, noted_at=later(hours=9)
    )
    custody.note(parcel, out)
    assert (parcel.state, parcel.container) == (ParcelState.MOVING, None)
    assert steps(parcel) == ["made", "sorted", "sorted", "dropped", "undone"]


def test_a_drop_that_followed_from_a_bin_is_undone_with_the_bin_only(parcel, bins, at):
    sort(parcel, bins[0], 1)
    containers.drop(bins[0], at(3, "lenox"))
    line = parcel.custody.get(how=How.CONTAINED)
    assert not line.may_be_undone


def test_empties_are_asked_for_and_confirmed_by_what_is_left_there(parcel, bins, at, cast):
    containers.ask_for_empties(cast.lenox, 2, by=None, at=later())
    sort(parcel, bins[0], 1)
    containers.drop(bins[0], at(2, "lenox"))  # it is full: no empty
    assert [each.left for each in containers.empties_wanted()] == [2]
    containers.drop(bins[1], at(3, "lenox"))
    assert [each.left for each in containers.empties_wanted(cast.lenox)] == [1]
    containers.ask_for_empties(cast.lenox, 0, by=None, at=later(hours=4))
    assert containers.empties_wanted() == []


def test_bins_are_counted_where_they_stand(bins, bag, at, cast):
    containers.drop(bins[0], at(2, "lenox"))
    counted = {(pile.library or pile.place): (pile.bins, pile.bags) for pile in containers.piles()}
    assert counted == {cast.lenox: (1, 0), HUB: (1, 1)}
    assert containers.standing_at(cast.lenox) == [bins[0]]


@pytest.mark.parametrize("verb", ["hold", "release", "found", "misroute", "damaged", "load"])
def test_what_a_hub_says_is_kept_and_ends_nothing(parcel, verb):
    noted = getattr(parcels, verb)(parcel, holder=HUB, by=None, at=later(hours=1))
    assert (noted.again, noted.line.holder, parcel.is_open) == (False, HUB, True)
    again = getattr(parcels, verb)(parcel, holder=HUB, by=None, at=later(hours=1, minutes=3))
    assert again.again


def test_damage_moves_nothing(parcel, cast):
    parcels.drop(parcel, library=cast.lenox, by=None, at=later(hours=1))
    parcels.damaged(parcel, holder=HUB, by=None, at=later(hours=2))
    assert parcel.state == ParcelState.DROPPED


def test_nobody_is_believed_who_says_that_it_has_been_in_a_bin_for_months(parcel, bins, at):
    sort(parcel, bins[0], 1)
    late = At(None, later(days=40), holder="WEST 2")
    assert containers.load(bins[0], late).carried == 0
    parcels.hold(parcel, holder=HUB, by=None, at=later(days=41))
    assert parcel.custody.filter(how=How.CONTAINED).count() == 0


def test_a_bin_is_scanned_in_few_statements(make_parcel, bins, at, django_assert_num_queries):
    for _ in range(5):
        sort(make_parcel(), bins[0], 1)
    here = At(None, later(hours=1) + timedelta(minutes=1), holder="WEST 2")
    with django_assert_num_queries(17):
        containers.load(bins[0], here)
