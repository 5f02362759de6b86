"""Who is asked to look for what did not come, when, how often, and what an answer does."""

from datetime import timedelta

import pytest

from postroad.delivery import containers, custody, parcels, searches
from postroad.delivery.containers import At
from postroad.delivery.models import Container, How, Search
from postroad.directory import closures, thresholds
from postroad.directory.models import Effect
from tests.delivery.conftest import MONDAY_NOON, later


def asked(parcel):
    """The codes of the places that were asked, in order; "hub" is the hub."""
    rows = parcel.searches.order_by("pk").select_related("library")
    return [each.library.code if each.library else "hub" for each in rows]


def at(parcel, library):
    return parcel.searches.filter(library=library).latest("pk")


PAST = later(days=3)  # Thursday: it was expected on Wednesday


@pytest.fixture
def missing(parcel):
    """From Lee to Lenox, expected on Wednesday, and not there on Thursday."""
    assert parcel.expected_on == later(days=2).date()
    return parcel


def test_nobody_is_asked_on_the_day_itself(missing):
    assert searches.ask(later(days=2)) == 0


def test_both_ends_and_the_hub_are_asked_the_day_after_each_once(cast, missing):
    cast.lenox.open_days = "MTWTF--"
    assert searches.ask(PAST) == 3
    assert searches.ask(PAST + timedelta(hours=1)) == 0
    assert asked(missing) == ["lee", "lenox", "hub"]


def test_what_was_left_elsewhere_is_asked_for_there_too(cast, missing):
    parcels.drop(missing, library=cast.pittsfield, by=cast.driver, at=later(days=1))
    searches.ask(PAST)
    assert asked(missing) == ["lee", "lenox", "pittsfield", "hub"]


def test_of_what_goes_by_mail_no_hub_is_asked(cast, make_parcel):
    parcel = make_parcel(receiver="otis_school")
    searches.ask(parcel.late_at + timedelta(days=5))
    assert "hub" not in asked(parcel)
    assert asked(parcel)


def test_a_closed_library_is_asked_on_its_next_open_day(cast, missing):
    day = PAST.date()
    closures.close(
        effect=Effect.CLOSED,
        libraries=[cast.lenox],
        first_day=day,
        last_day=day,
        reason="Heating",
        source="test",
    )
    searches.ask(PAST)
    assert asked(missing) == ["lee", "hub"]
    searches.ask(PAST + timedelta(days=1))
    assert asked(missing) == ["lee", "hub", "lenox"]


def test_who_has_said_no_is_asked_again_after_some_days(cast, missing):
    searches.ask(PAST)
    searches.answer(at(missing, cast.lee), found=False, by=cast.borrower, at=PAST)
    assert searches.ask(PAST + timedelta(days=6)) == 0  # nor are they that have not answered
    assert searches.ask(PAST + timedelta(days=7)) == 1
    assert asked(missing)[-1] == "lee"


def test_how_many_days_is_a_threshold_with_a_date(cast, missing):
    searches.ask(PAST)
    searches.answer(at(missing, cast.lee), found=False, by=cast.borrower, at=PAST)
    thresholds.enter("look-again", 1, effective=PAST.date(), by="Cora", at=PAST)
    assert searches.ask(PAST + timedelta(days=1)) == 1


def test_found_ends_the_search_everywhere(cast, missing):
    searches.ask(PAST)
    searches.answer(at(missing, cast.lenox), found=True, by=cast.lender, at=PAST)
    assert not Search.objects.waiting().exists()
    assert searches.ask(PAST + timedelta(days=6)) == 0


def test_a_second_answer_is_refused_and_a_second_press_is_not(cast, missing):
    searches.ask(PAST)
    there, here = at(missing, cast.lenox), at(missing, cast.lee)
    searches.answer(there, found=True, by=cast.lender, at=PAST)
    searches.answer(there, found=True, by=cast.lender, at=later(days=4))
    assert at(missing, cast.lenox).answered_at == PAST
    with pytest.raises(searches.SearchAnswered):
        searches.answer(here, found=True, by=cast.borrower, at=PAST)


def test_an_answer_can_be_taken_back(cast, missing):
    searches.ask(PAST)
    searches.answer(at(missing, cast.lenox), found=True, by=cast.lender, at=PAST)
    searches.undo(at(missing, cast.lenox), by=cast.lender, at=PAST)
    assert Search.objects.waiting().count() == 3
    with pytest.raises(searches.NotAnswered):
        searches.undo(at(missing, cast.lenox), by=cast.lender, at=PAST)


def test_found_at_a_third_library_the_ledger_has_it_there_until_taken_back(cast, missing):
    parcels.drop(missing, library=cast.pittsfield, by=cast.driver, at=later(days=1))
    searches.ask(PAST)
    there = at(missing, cast.pittsfield)
    searches.answer(there, found=True, by=cast.neighbour, at=PAST)
    missing.refresh_from_db()
    assert (missing.last_step, missing.last_library) == ("received", cast.pittsfield)
    searches.undo(there, by=cast.neighbour, at=PAST + timedelta(minutes=1))
    missing.refresh_from_db()
    assert missing.last_step == "dropped"


def test_what_has_come_is_asked_for_no_more(cast, missing):
    searches.ask(PAST)
    parcels.receive(missing, library=cast.lenox, by=cast.lender, at=PAST)
    assert not Search.objects.waiting().exists()
    assert searches.ask(PAST + timedelta(days=30)) == 0


def scan(cast, parcel, at, verb=parcels.sort):
    return verb(parcel, holder="PLYMOUTH", by=cast.driver, at=at)


@pytest.mark.parametrize("verb", [parcels.sort, parcels.found, parcels.hold, parcels.load])
def test_a_scan_at_the_hub_ends_the_search_for_as_long_as_an_answer_would(cast, missing, verb):
    searches.ask(PAST)
    scan(cast, missing, PAST + timedelta(hours=1), verb)
    assert not Search.objects.waiting().exists()  # also before the next round of questions
    assert searches.ask(PAST + timedelta(days=6)) == 0
    assert searches.ask(PAST + timedelta(days=8)) == 3
    assert Search.objects.waiting().count() == 3


def test_what_the_hub_has_seen_after_its_day_nobody_is_asked_for(cast, missing):
    scan(cast, missing, PAST)
    assert searches.ask(PAST + timedelta(hours=1)) == 0


def test_a_scan_that_was_undone_ends_no_search(cast, missing):
    searches.ask(PAST)
    noted = scan(cast, missing, PAST + timedelta(hours=1))
    searches.ask(PAST + timedelta(hours=2))
    custody.undo(noted.line, by=cast.driver, at=PAST + timedelta(hours=3))
    assert searches.ask(PAST + timedelta(hours=4)) == 3


def test_what_lies_in_a_bin_that_was_scanned_nobody_has_seen(cast, missing):
    """The bin was left elsewhere and is on the van again."""
    box = containers.put_to_use(1, Container.Kind.BIN, holder="PLYMOUTH", at=MONDAY_NOON)[0]
    parcels.sort(missing, holder="PLYMOUTH", by=cast.driver, at=later(hours=1), into=box)
    searches.ask(PAST)
    containers.load(box, At(cast.driver, PAST + timedelta(hours=1), holder="WEST 3"))
    missing.refresh_from_db()
    assert missing.last_how == How.CONTAINED
    assert Search.objects.waiting().count() == 3


@pytest.mark.both
def test_a_night_of_many_costs_as_much_as_of_few(cast, make_parcel, django_assert_num_queries):
    for number in range(30):
        make_parcel(item_barcode=str(number), at=MONDAY_NOON)
    thresholds.days("look-again", on=PAST.date())  # are at hand in a running process
    with django_assert_num_queries(6):
        assert searches.ask(PAST) == 90
