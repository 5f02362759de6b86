"""What a search is narrowed by, where a copy is, and whether it can be lent now."""

import pytest

from postroad.catalogue import collections, holdings, members, search
from postroad.catalogue.models import Collection, Item, ItemStatus, Record, Unindexed
from postroad.catalogue.search import Query
from postroad.directory import closures
from postroad.directory.models import Effect, Network, Policy
from tests.catalogue.records import item, load, record
from tests.ill.story import MONDAY

pytestmark = pytest.mark.django_db


@pytest.fixture
def shelf(cast):
    """Emma at Lee and at Lenox, a film at Lenox, a journal and a book that is out at Pittsfield."""
    hills = Network.objects.create(code="hills", name="Hills")
    for library in (cast.lee, cast.lenox):
        library.network = hills
        library.save()
    Collection.objects.create(slug="stacks", name="Stacks", library=cast.lee, location="STACKS")
    load(cast.lee, record("b1", ("020", {"a": "0141439513"}), item("31"), title="Emma"))
    load(
        cast.lenox,
        record("x1", ("020", {"a": "0141439513"}), item("41"), title="Emma"),
        record("x2", item("42", c="FILMS"), title="Emma in a film", leader="gm", year="1996"),
    )
    load(
        cast.pittsfield,
        record("p1", item("51"), title="Emma weekly", author="", leader="as"),
        record("p2", item("52", q="2030-01-01"), title="Emma alone", author="", year="1950"),
    )


def titles(**narrowed) -> set[str]:
    return {hit.title for hit in search.find(Query(words="emma", **narrowed)).hits}


def counts(name: str, **narrowed) -> dict[str, int]:
    return search.find(Query(words="emma", **narrowed)).facets[name]


def codes(*libraries) -> frozenset[str]:
    return frozenset(each.code for each in libraries)


def test_what_can_be_lent_now_stands_on_a_shelf_and_is_lent(shelf):
    assert counts("lendable") == {"yes": 2}  # no journal, and nothing that is out
    assert titles(lendable=True) == {"Emma", "Emma in a film"}


def test_what_its_library_did_not_find_is_not_lendable_until_it_turns_up(shelf, cast):
    search.refresh()
    film = Record.objects.get(title="Emma in a film").pk
    holdings.doubt(cast.lenox.pk, film, MONDAY)
    assert titles(lendable=True) == {"Emma"}  # the index does not know it yet
    search.refresh()
    assert counts("lendable") == {"yes": 1}
    holdings.trust(cast.lenox.pk, film, MONDAY)
    search.refresh()
    assert counts("lendable") == {"yes": 2}


def test_a_copy_that_left_is_not_lendable_in_the_next_search(shelf, cast):
    search.refresh()
    for copy in Item.objects.filter(record__title="Emma"):
        holdings.take(copy)
    answer = search.find(Query(words="emma", lendable=True))  # the index does not know it yet
    assert [hit.title for hit in answer.hits] == ["Emma in a film"]
    assert answer.total == 1
    search.refresh()
    assert counts("lendable") == {"yes": 1}
    holdings.give_back(Item.objects.get(barcode="31"))
    search.refresh()
    assert counts("lendable") == {"yes": 2}


@pytest.mark.parametrize(
    ("before", "move"),
    [
        (ItemStatus.IN, holdings.take),
        (ItemStatus.AWAY, holdings.give_back),
        (ItemStatus.IN, holdings.mark_missing),
        (ItemStatus.MISSING, holdings.mark_found),
    ],
)
def test_whoever_moves_a_copy_lets_the_index_follow_without_another_statement(
    shelf, before, move, django_assert_num_queries
):
    copy = Item.objects.get(barcode="31")
    Item.objects.filter(pk=copy.pk).update(status=before)
    copy.refresh_from_db()
    Unindexed.objects.all().delete()
    with django_assert_num_queries(1):
        move(copy)
    assert list(Unindexed.objects.values_list("record_id", flat=True)) == [copy.record_id]


def test_a_file_that_says_a_copy_is_out_lets_the_index_follow(shelf, cast):
    load(
        cast.lee,
        record("b1", ("020", {"a": "0141439513"}), item("31", q="2030-01-01"), title="Emma"),
    )
    assert counts("library", lendable=True) == {cast.lenox.code: 2}


def test_who_does_not_lend_these_days_is_not_counted(shelf, cast):
    Policy.objects.update_or_create(library=cast.lenox, defaults={"lends": False})
    members.forget()
    assert titles(lendable=True) == {"Emma"}
    assert counts("library", lendable=True) == {cast.lee.code: 1}
    assert counts("library") == {cast.lee.code: 1, cast.lenox.code: 2, cast.pittsfield.code: 2}


def test_who_is_closed_for_long_does_not_lend_now_and_who_opens_soon_does(shelf, cast):
    closures.close(first_day=MONDAY.date(), libraries=[cast.lee], source="test")
    found = members.read(MONDAY).members
    assert found.not_lending == codes(cast.lee)
    closures.close(
        first_day=MONDAY.date(),
        last_day=MONDAY.date(),
        effect=Effect.NO_LENDING,
        libraries=[cast.lenox],
        source="test",
    )
    assert members.read(MONDAY).members.not_lending == codes(cast.lee)


def test_a_format_that_a_library_does_not_lend_is_not_counted_of_it(shelf, cast):
    Policy.objects.update_or_create(library=cast.lenox, defaults={"formats_not_lent": ["film"]})
    members.forget()
    assert titles(lendable=True) == {"Emma"}
    assert counts("lendable") == {"yes": 1}
    assert counts("library", lendable=True) == {cast.lee.code: 1, cast.lenox.code: 1}


def test_a_network_counts_each_title_once(shelf, cast):
    assert counts("network") == {"hills": 2}
    assert titles(networks=frozenset({"hills"})) == {"Emma", "Emma in a film"}
    assert counts("network", libraries=codes(cast.lee)) == {"hills": 1}
    assert counts("network", lendable=True) == {"hills": 2}
    assert titles(networks=frozenset({"nowhere"})) == set()


def test_place_and_shelf_are_about_one_copy(shelf, cast):
    """Emma is on Lee's shelf, and Lenox has it: that is no copy on Lenox's shelf."""
    holdings.take(Item.objects.get(barcode="41"))
    search.refresh()
    assert titles(lendable=True, libraries=codes(cast.lenox)) == {"Emma in a film"}
    assert titles(lendable=True, libraries=codes(cast.lee)) == {"Emma"}


def test_miles_from_a_place_count_what_lies_within_them(shelf, cast):
    for library, north in ((cast.lee, 42.0), (cast.lenox, 42.1), (cast.pittsfield, 43.0)):
        library.latitude, library.longitude = north, -73.0
        library.save()
    members.forget()
    rings = members.rings(members.now(MONDAY), (42.0, -73.0))
    assert dict(rings)["5"] == codes(cast.lee)
    assert codes(cast.lee, cast.lenox) == dict(rings)["10"]
    found = search.find(Query(words="emma", rings=rings, within="10"))
    assert found.total == 2
    assert found.facets["near"] == {"5": 1, "10": 2, "25": 2, "50": 2}
    assert set(found.facets["library"]) == codes(cast.lee, cast.lenox)


def test_a_collection_counts_what_stands_at_its_place(shelf):
    assert counts("collection") == {"stacks": 1}
    assert titles(collections=frozenset({"stacks"})) == {"Emma"}
    assert [
        Record.objects.get(pk=key).title
        for key in collections.find(Collection.objects.get(), "emma")
    ] == ["Emma"]


def test_a_scope_leaves_out_what_others_have(shelf, cast):
    assert titles(scope=codes(cast.lee)) == {"Emma"}
    assert counts("library", scope=codes(cast.lee)) == {cast.lee.code: 1}
    assert search.find(Query(words="31", scope=codes(cast.lenox))).hits == []


def test_a_library_that_joins_a_network_lets_the_index_follow(shelf, cast):
    cast.pittsfield.network = Network.objects.get(code="hills")
    cast.pittsfield.save()
    search.refresh()
    assert counts("network") == {"hills": 4}
    Unindexed.objects.all().delete()
    cast.pittsfield.save()  # nothing changed
    assert not Unindexed.objects.exists()


def test_a_collection_that_is_named_moved_or_given_up_lets_the_index_follow(shelf, cast):
    films = Collection.objects.create(
        slug="films", name="Films", library=cast.lenox, location="FILMS"
    )
    search.refresh()
    assert counts("collection") == {"films": 1, "stacks": 1}
    films.location = "STACKS"
    films.save()
    search.refresh()
    assert counts("collection") == {"films": 1, "stacks": 1}
    assert titles(collections=frozenset({"films"})) == {"Emma"}
    films.delete()
    search.refresh()
    assert counts("collection") == {"stacks": 1}


# The counts of a search for a number were those of everything:
# https://github.com/hbz/lobid-resources/issues/1932
@pytest.mark.parametrize("typed", ["0141439513", "978-0-14-143951-8", "ISBN 0141439513 (pbk.)"])
def test_a_number_is_found_within_what_is_narrowed_with_its_own_counts(shelf, cast, typed):
    at_lee = Query(words=typed, libraries=codes(cast.lee))
    in_scope = Query(words=typed, formats=frozenset({"book"}), scope=codes(cast.lenox))
    on_shelf = Query(words=typed, lendable=True, years=frozenset({1810}))
    both = {"lee": 1, "lenox": 1}
    for query, libraries in ((at_lee, both), (in_scope, {"lenox": 1}), (on_shelf, both)):
        found = search.find(query)
        assert ([hit.title for hit in found.hits], found.total) == (["Emma"], 1)
        assert found.facets["library"] == libraries
    elsewhere = search.find(Query(words=typed, libraries=codes(cast.pittsfield)))
    assert (elsewhere.hits, elsewhere.total, elsewhere.nearest) == ([], 0, [])
    assert elsewhere.facets["library"] == both
