"""What staff split or join stays so, whatever their libraries send later."""

from datetime import UTC, datetime

import pytest

from postroad.catalogue import decisions
from postroad.catalogue.decisions import NotToJoin, NotToSplit
from postroad.catalogue.models import Contribution, Decision, Item, Record
from tests.cast import Cast
from tests.catalogue.records import item, load, record

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 3, 2, 12, tzinfo=UTC)
ISBN = ("020", {"a": "0141439513"})


def libraries_of(one: Record) -> set[str]:
    return set(one.contributions.values_list("library__code", flat=True))


@pytest.fixture
def joined(cast: Cast) -> Record:
    load(cast.lee, record("b1", ISBN, item("31")))
    load(cast.lenox, record("x1", ISBN, item("41")))
    return Record.objects.get()


def lenox_s(one: Record, cast: Cast) -> int:
    return Contribution.objects.get(library=cast.lenox, record=one).pk


def test_what_was_split_stays_split_after_the_nightly_file(joined: Record, cast: Cast):
    other = decisions.split(joined, [lenox_s(joined, cast)], cast.ada, MONDAY, "another printing")
    assert (libraries_of(joined), libraries_of(other)) == ({"lee"}, {"lenox"})
    assert Item.objects.get(barcode="41").record == other
    for _ in range(2):
        load(cast.lenox, record("x1", ISBN, item("41"), title="Pride & prejudice"))
        load(cast.lee, record("b1", ISBN, ("300", {"a": "3 v."}), item("31")))
    assert (libraries_of(joined), libraries_of(other)) == ({"lee"}, {"lenox"})
    assert Item.objects.get(barcode="41").record == other
    assert Record.objects.count() == 2


def test_what_was_joined_stays_joined_though_nothing_speaks_for_it(cast: Cast):
    load(cast.lee, record("b1", item("31")))
    load(cast.lenox, record("x1", item("41"), title="Stolz und Vorurteil"))
    here, there = Record.objects.order_by("pk")
    decisions.join(there, here, cast.ada, MONDAY, "the same book, badly cataloged")
    there.refresh_from_db()
    assert there.moved_to == here
    assert libraries_of(here) == {"lee", "lenox"}
    assert {each.record for each in Item.objects.all()} == {here}
    load(cast.lenox, record("x1", item("41"), title="Stolz und Vorurteil, neu"))
    assert libraries_of(here) == {"lee", "lenox"}


def test_a_split_is_undone_by_joining_and_the_reverse(joined: Record, cast: Cast):
    other = decisions.split(joined, [lenox_s(joined, cast)], cast.ada, MONDAY, "")
    decisions.join(other, joined, cast.ada, MONDAY, "it was one after all")
    assert libraries_of(joined) == {"lee", "lenox"}
    assert [each.kind for each in Decision.objects.all()] == [Decision.Kind.TOGETHER]
    again = decisions.split(joined, [lenox_s(joined, cast)], cast.ada, MONDAY, "no")
    assert libraries_of(again) == {"lenox"}
    assert [each.kind for each in Decision.objects.all()] == [Decision.Kind.APART]


# What was merged wrongly could not be undone once something else was merged after it, and links
# led to the other: https://github.com/internetarchive/openlibrary/issues/5664
def test_a_link_to_what_was_joined_wrongly_leads_to_it_again_when_it_is_split(cast: Cast):
    load(cast.lee, record("b1", item("31")))
    load(cast.lenox, record("x1", item("41"), title="Stolz und Vorurteil"))
    load(cast.pittsfield, record("p1", item("51"), title="Pride and prejudice, abridged"))
    here, there, third = Record.objects.order_by("pk")
    decisions.join(there, third, cast.ada, MONDAY, "")
    decisions.join(third, here, cast.ada, MONDAY, "")
    other = decisions.split(here, [lenox_s(here, cast)], cast.ada, MONDAY, "")
    for each in (here, there, third):
        each.refresh_from_db()
    assert (there.moved_to, third.moved_to, here.moved_to) == (other, here, None)
    assert libraries_of(here) == {"lee", "pittsfield"}


def test_what_is_pinned_stays_whatever_it_says(joined: Record, cast: Cast):
    one = Contribution.objects.get(pk=lenox_s(joined, cast))
    decisions.pin(one, cast.ada, MONDAY, "")
    decisions.pin(one, cast.ada, MONDAY, "twice is once")
    load(cast.lenox, record("x1", item("41"), title="Cooking with herbs", author="Green, Rosa"))
    assert libraries_of(joined) == {"lee", "lenox"}
    decisions.unpin(one)
    load(cast.lenox, record("x1", item("41"), title="Cooking with salt", author="Green, Rosa"))
    assert libraries_of(joined) == {"lee"}


def test_what_makes_no_sense_is_refused_and_changes_nothing(joined: Record, cast: Cast):
    every = [each.pk for each in joined.contributions.all()]
    for off in ([], every, [0]):
        with pytest.raises(NotToSplit):
            decisions.split(joined, off, cast.ada, MONDAY, "")
    with pytest.raises(NotToJoin):
        decisions.join(joined, joined, cast.ada, MONDAY, "")
    other = decisions.split(joined, every[1:], cast.ada, MONDAY, "")
    decisions.join(other, joined, cast.ada, MONDAY, "")
    with pytest.raises(NotToJoin):
        decisions.join(joined, other, cast.ada, MONDAY, "")
    assert libraries_of(joined) == {"lee", "lenox"}


def test_what_one_library_deletes_and_sends_again_comes_to_where_it_was_put(
    joined: Record, cast: Cast
):
    other = decisions.split(joined, [lenox_s(joined, cast)], cast.ada, MONDAY, "")
    load(cast.lenox, record("x1", status="d"))
    load(cast.lenox, record("x1", ISBN, item("41")))
    assert libraries_of(joined) == {"lee"}
    assert libraries_of(other) == {"lenox"}


def test_what_a_library_deleted_stops_nobody_from_joining(cast: Cast):
    load(cast.lee, record("b1", item("31")))
    load(cast.lenox, record("x1", item("41"), title="Stolz und Vorurteil"))
    load(cast.pittsfield, record("p1", title="Stolz und Vorurteil"))
    load(cast.pittsfield, record("p1", status="d"))
    here, there = Record.objects.order_by("pk")
    decisions.join(there, here, cast.ada, MONDAY, "")
    assert libraries_of(here) == {"lee", "lenox"}
    load(cast.pittsfield, record("p1", title="Stolz und Vorurteil"))
    again = Contribution.objects.get(library=cast.pittsfield).record
    assert again.moved_to is None  # what comes again is found, not hidden on a record that moved
