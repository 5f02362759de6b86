"""A change of contractor: both tables of codes, and which one a slip bears."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from postroad import spreadsheet
from postroad.delivery import contractors, routing, slips
from postroad.delivery.codes import StopCodeMissing
from postroad.delivery.contractors import Why
from postroad.delivery.models import Changeover, Courier, Hub, Region, StopCode
from postroad.directory.models import Library
from tests.cast import Cast
from tests.delivery.conftest import later

TODAY, LATER = date(2026, 11, 30), date(2026, 12, 14)


@pytest.fixture
def old(cast: Cast) -> Courier:
    courier = Courier.objects.create(code="OLD", name="Old Vans", state="MA")
    hub = Hub.objects.create(code="HUB", name="Hub", courier=courier)
    Region.objects.update(hub=hub, letter="W")
    return courier


@pytest.fixture
def new() -> Courier:
    return Courier.objects.create(code="NEW", name="New Vans", state="MA")


def change(old: Courier, new: Courier, first_day: date = LATER) -> Changeover:
    return contractors.change(old, new, first_day, by="Dora", now=later(), key=uuid4())


def code(courier: Courier, library: Library, sign: str = "7", word: str = "LNX") -> None:
    StopCode.objects.create(courier=courier, library=library, sign=sign, word=word)


def read(cast: Cast, day: date) -> tuple[str, str]:
    known = slips.places([cast.lee.pk, cast.lenox.pk])
    found = routing.address(known[cast.lee.pk], known[cast.lenox.pk].on(day))
    return found.sign, found.headline


def test_a_slip_bears_the_code_of_who_drives_when_it_arrives(cast, old, new):
    code(new, cast.lenox)
    change(old, new)
    eve = LATER - timedelta(days=1)
    assert read(cast, eve) == ("W", "Lenox")
    assert read(cast, LATER) == ("7", "LNX")
    code(old, cast.lenox, "9", "OLX")
    assert read(cast, eve) == ("9", "OLX")


def test_without_a_code_for_that_day_it_cannot_be_printed(cast, old, new):
    code(new, cast.lee)
    changed = change(old, new)
    with pytest.raises(StopCodeMissing):
        read(cast, LATER)
    assert cast.lenox in {stop.library for stop in contractors.missing(changed)}
    assert cast.lee not in {stop.library for stop in contractors.missing(changed)}


def test_who_goes_back_prints_the_old_codes_and_may_change_her_mind(cast, old, new):
    code(new, cast.lenox)
    changed = change(old, new)
    contractors.go_back(changed, by="Dora", now=later())
    assert read(cast, LATER) == ("W", "Lenox")
    with pytest.raises(contractors.NoChange):
        contractors.go_back(changed, by="Dora", now=later())
    contractors.put_back(changed, now=later())
    assert read(cast, LATER) == ("7", "LNX")
    with pytest.raises(contractors.NoChange):
        contractors.put_back(changed, now=later())


def test_one_courier_is_followed_by_one(old, new):
    first = change(old, new)
    with pytest.raises(contractors.ChangesAlready):
        change(old, new)
    contractors.go_back(first, by="Dora", now=later())
    change(old, new)
    with pytest.raises(contractors.ChangesAlready):
        contractors.put_back(first, now=later())


def test_a_parcels_slip_goes_by_its_expected_day(make_parcel, cast, old, new):
    code(new, cast.lenox)
    parcel = make_parcel()
    assert parcel.expected_on is not None
    change(old, new, parcel.expected_on)
    [facts] = slips.facts_of([parcel])
    assert routing.address(facts.sender, facts.receiver).headline == "LNX"
    parcel.expected_on -= timedelta(days=1)
    [facts] = slips.facts_of([parcel])
    assert routing.address(facts.sender, facts.receiver).headline == "Lenox"


def test_from_its_day_on_all_that_asks_reads_the_new_code(cast, old, new):
    code(new, cast.lenox)
    change(old, new, timezone.localdate())
    assert slips.places([cast.lenox.pk])[cast.lenox.pk].word == "LNX"


def table(text: str) -> spreadsheet.Table:
    return spreadsheet.table(spreadsheet.read(text.encode()), contractors.HEADINGS, ["word"])


def test_a_table_is_shown_as_a_difference_and_wrong_rows_are_named(cast, new):
    code(new, cast.lee, "1", "LEE")
    code(new, cast.lenox)
    found = contractors.difference(
        new,
        table(
            "Library,Community,Sign,Code\n"
            "lee,,1,LEE\n"
            "lenox,,8,LNX\n"
            "atlantis,,1,ATL\n"
            "lenox,,8,LNX\n"
            "pittsfield,,1,\n"
            "providence,,LONGER,PRV\n"
        ),
    )
    assert found.same == 1
    assert [(s.library, s.before, s.sign) for s in found.steps] == [(cast.lenox, "7 LNX", "8")]
    assert [(w.line, w.column, w.why) for w in found.wrong] == [
        (4, "A", Why.LIBRARY),
        (5, "A", Why.TWICE),
        (6, "D", Why.MISSING),
        (7, "C", Why.TOO_LONG),
    ]
    assert contractors.enter(new, found.steps) == 1
    assert StopCode.objects.get(courier=new, library=cast.lenox).sign == "8"
    assert StopCode.objects.count() == 2
