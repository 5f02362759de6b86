"""Two books were taken for one, and stay apart once somebody said so; one work has many forms."""

import pytest

from postroad.catalogue import search
from postroad.catalogue.models import Item, Record
from tests.cast import Cast
from tests.catalogue.records import item, load, record
from tests.journeys.people import Play
from tests.journeys.seeing import look_on_a_phone_at_night

ISBN = ("020", {"a": "9780691096124"})  # the publisher gave it to both
CAPE_COD = ("520", {"a": "The annotated edition"})


def of_lee(**more: str):
    return record("b1", ISBN, item("31"), title="Cape Cod", year="1988", **more)


def of_lenox():
    return record("x1", ISBN, CAPE_COD, item("41"), title="Cape Cod", year="1988")


@pytest.fixture
def joined(cast: Cast, walden: Record) -> Record:
    load(cast.lee, of_lee())
    load(cast.lenox, of_lenox())
    search.refresh()
    return Record.objects.get(title="Cape Cod")


@pytest.mark.first
def test_a_wrong_join_is_split_and_stays_split_after_the_nightly_file(
    play: Play, cast: Cast, joined: Record
):
    centre, ada = play["centre"], play["ada"]
    centre.goes("/accounts/start/")
    centre.goes(f"/record/{joined.pk}")
    centre.follows("why these are one")
    centre.reads("They agree in ISBN 9780691096124, the format, the title")
    look_on_a_phone_at_night(centre.page)
    centre.page.get_by_label("Lenox Library").check()
    centre.page.get_by_label("Why (for your colleagues)").fill("The annotated one")
    centre.presses("The ones that I checked are another book")
    centre.is_told("stay apart")
    centre.reads("The annotated one")
    other = Record.objects.order_by("-pk")[0]
    assert [copy.library for copy in Item.objects.filter(record=other)] == [cast.lenox]

    play.later(days=1)
    load(cast.lenox, of_lenox())
    load(cast.lee, of_lee(author="Thoreau, Henry David, 1817-1862"))
    play.worker()
    search.refresh()
    assert {each.pk for each in Record.objects.filter(title="Cape Cod", moved_to=None)} == {
        joined.pk,
        other.pk,
    }
    ada.searches("cape cod")
    ada.reads("2 titles")

    centre.goes(f"/staff/records/{joined.pk}/")
    centre.reads("two different books")
    centre.page.get_by_label("Another record that is the same book").fill(str(other.pk))
    centre.presses("Join it to this one")
    centre.is_told("Joined.")
    page = ada.goes(f"/record/{other.pk}")
    assert page.url.endswith(f"/record/{joined.pk}")
    ada.reads("Lenox Library")


def test_a_reader_goes_from_the_book_to_the_reading_of_it_and_takes_both_along(
    play: Play, cast: Cast, walden: Record
):
    load(cast.lee, record("b1", ISBN, item("31"), title="Emma", year="1815"))
    load(cast.lenox, record("x1", item("41"), title="Emma : a novel", leader="im", year="2010"))
    search.refresh()
    ada = play["ada"]
    ada.searches("emma austen")
    ada.reads("Also as audiobook")
    ada.follows("Emma")
    ada.reads("Other editions and formats")
    look_on_a_phone_at_night(ada.page)
    for address in ("editions", "marc"):
        ada.goes(f"{ada.page.url.split('/record/')[0]}/record/{emma().pk}/{address}")
        look_on_a_phone_at_night(ada.page)
    with ada.page.expect_download() as began:
        ada.page.get_by_role("link", name="Download MARCXML").click()
    assert began.value.suggested_filename == f"record-{emma().pk}-lee.xml"


def emma() -> Record:
    return Record.objects.get(title="Emma")
