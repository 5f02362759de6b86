import pytest
from django.utils import timezone

from postroad.catalogue import holdings
from postroad.catalogue.holdings import Holding, ItemNotHere
from postroad.catalogue.models import Item, ItemStatus, Record
from postroad.directory.models import Library


@pytest.fixture
def emma(db):
    return Record.objects.create(title="Emma", match_key="emma|austen|1816|book")


@pytest.fixture
def copy(cast, emma):
    return Item.objects.create(record=emma, library=cast.lee, barcode="31")


MOVES = {
    "take": (holdings.take, ItemStatus.IN, ItemStatus.AWAY),
    "give_back": (holdings.give_back, ItemStatus.AWAY, ItemStatus.IN),
    "mark_missing": (holdings.mark_missing, ItemStatus.IN, ItemStatus.MISSING),
    "mark_found": (holdings.mark_found, ItemStatus.MISSING, ItemStatus.IN),
}


@pytest.mark.parametrize("name", MOVES)
@pytest.mark.parametrize("status", ItemStatus)
def test_a_copy_moves_only_from_where_it_is(name, status, copy, django_assert_num_queries):
    move, before, after = MOVES[name]
    Item.objects.filter(pk=copy.pk).update(status=status)
    with django_assert_num_queries(1):
        if status == before:
            move(copy)
        else:
            with pytest.raises(ItemNotHere):
                move(copy)
    assert Item.objects.get(pk=copy.pk).status == (after if status == before else status)


def test_of_two_clerks_one_takes_the_copy(copy):
    seen_by_the_second = Item.objects.get(pk=copy.pk)
    holdings.take(copy)
    with pytest.raises(ItemNotHere):
        holdings.take(seen_by_the_second)


def test_counts_tell_what_each_library_has(cast, emma, django_assert_num_queries):
    for place, (library, status) in enumerate(
        [
            (cast.lee, ItemStatus.IN),
            (cast.lee, ItemStatus.OUT),
            (cast.lenox, ItemStatus.REFERENCE),
            (cast.lenox, ItemStatus.WITHDRAWN),
            (cast.pittsfield, ItemStatus.WITHDRAWN),
        ]
    ):
        Item.objects.create(record=emma, library=library, barcode=str(place), status=status)
    with django_assert_num_queries(1):
        counted = holdings.counts(emma)
    assert sorted(counted, key=lambda holding: holding.library_id) == [
        Holding(cast.lee.pk, copies=2, on_shelf=1, in_library_only=0),
        Holding(cast.lenox.pk, copies=1, on_shelf=0, in_library_only=1),
    ]


def test_what_is_in_doubt_or_of_a_library_that_takes_no_part_is_on_no_shelf(cast, emma):
    Item.objects.create(record=emma, library=cast.lee, barcode="1")
    Item.objects.create(record=emma, library=cast.lenox, barcode="2")
    assert [each.on_shelf for each in holdings.counts(emma)] == [1, 1]
    holdings.doubt(cast.lee.pk, emma.pk, timezone.now())
    Library.objects.filter(pk=cast.lenox.pk).update(active=False)
    assert [(each.copies, each.on_shelf) for each in holdings.counts(emma)] == [(1, 0), (1, 0)]
    holdings.trust(cast.lee.pk, emma.pk, timezone.now())
    assert [each.on_shelf for each in holdings.counts(emma)] == [1, 0]


@pytest.mark.once  # PostgreSQL reads a table through as long as it is as small as here
@pytest.mark.django_db
def test_the_copies_of_some_titles_are_found_without_reading_all_that_a_library_owns():
    theirs = Item.objects.filter(library=1, record__in=[1, 2, 3])
    plan = theirs.exclude(status=ItemStatus.WITHDRAWN).order_by("shelf_key", "pk").explain()
    assert "(record_id=? AND library_id=?)" in plan
