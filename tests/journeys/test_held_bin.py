"""Bins are held for a library that cannot take them, and released when it can again (R6)."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from postroad.catalogue.models import Record
from postroad.delivery import outlook, parcels
from postroad.delivery.models import Courier, Hub, Parcel, Purpose, Region
from postroad.ill import asking
from postroad.ill.acts import Act
from postroad.ill.lifecycle import State
from tests.cast import Cast
from tests.ill.story import Story
from tests.journeys.people import Play
from tests.journeys.road import stop_at

WIDTHS = [360, pytest.param(1280, marks=pytest.mark.nightly)]
HUB = "/office/delivery/hub/?hub=PLYMOUTH"
NO_DAY = "No day can be promised for now (Burst pipe). It is not late"


@pytest.mark.parametrize("width", WIDTHS)
def test_what_is_for_a_library_with_a_burst_pipe_waits_at_the_hub_and_is_not_late(
    stage: Callable[[int], Play], cast: Cast, walden: Record, width: int
) -> None:
    play = stage(width)
    parcel, other, ref = two_on_their_way_to_lee(cast, walden)
    play.later(hours=5)
    at_the_hub(play, parcel, other)

    the_office_holds_its_bins(play)
    everybody_reads_that_no_day_is_promised(play, parcel, ref)
    assert [each.subject for each in told("ada")] == ["Later than expected: Walden"]

    play.later(days=20, hours=18)  # nine in the morning
    play.worker()
    nothing_is_late_and_nothing_leaves_the_hub(play)

    deliveries_go_on(play)
    play["delivery"].goes(f"/office/delivery/parcels/{other.number}/")
    play["delivery"].reads("should arrive on Monday 14 December")
    the_hub_releases_it_and_the_driver_brings_both(play, parcel, other, ref)
    assert [each.subject for each in told("lee")] == [
        "Your bins are held from Tuesday 24 November",
        "Your bins are delivered again",
    ]
    assert [each.subject for each in told("ada")] == ["Later than expected: Walden"]


def two_on_their_way_to_lee(cast: Cast, walden: Record) -> tuple[Parcel, Parcel, str]:
    """Walden, lent to Ada, and a book of Lee's own that goes home from Pittsfield."""
    now = timezone.now()
    courier = Courier.objects.create(code="BAY", name="Bay", state="MA")
    hub = Hub.objects.create(code="PLYMOUTH", name="Plymouth sort", courier=courier)
    Region.objects.update(hub=hub)
    outlook.follow(now)
    ill = asking.ask(walden, Act(cast.ada, now), patron=cast.ada, library=cast.lee)
    lent = Story(cast, walden, ill).at(State.SHIPPED).loan.parcel_out
    assert lent is not None
    home = parcels.make(
        from_library=cast.pittsfield,
        to_library=cast.lee,
        item_barcode="35",
        title="Ethan Frome",
        ref="",
        at=now,
        by=cast.neighbour,
        purpose=Purpose.RETURN,
    )
    for parcel in (home, lent):
        parcels.pick_up(parcel, by=cast.driver, at=now + timedelta(hours=3))
    return lent, home, ill.ref


def told(who: str) -> list[mail.EmailMessage]:
    """Of the van, and not that it was asked for or sent."""
    said = ("Later", "Your bins", "Now expected")
    mails = [each for each in mail.outbox if each.to == [f"{who}@example.org"]]
    return [each for each in mails if each.subject.startswith(said)]


def at_the_hub(play: Play, kept: Parcel, other: Parcel) -> None:
    office = play["delivery"]
    office.goes(f"{HUB}&do=hold")
    office.scans(kept.number, "Held at the hub. It goes to Lee Library, Lee when it is released.")
    office.goes(f"{HUB}&do=arrive")
    office.scans(other.number, "Came in. It goes to Lee Library, Lee.")


def the_office_holds_its_bins(play: Play) -> None:
    office = play["delivery"]
    page = office.goes("/office/delivery/pauses/")
    page.get_by_label("What happens").select_option("Bins are held")
    page.get_by_label("One library only").fill("Lee Library")
    page.get_by_label("First day").fill("2026-11-24")
    page.get_by_label("Reason, as readers will see it").fill("Burst pipe")
    office.presses("Save")
    office.reads("Bins are held from Tuesday 24 November until further notice (Burst pipe)")
    office.reads("2 parcels wait at the hub.")
    office.look(page)
    play.worker()
    play.worker()  # what the first turn wrote is mailed


def everybody_reads_that_no_day_is_promised(play: Play, parcel: Parcel, ref: str) -> None:
    for who, address in (
        ("delivery", f"/office/delivery/parcels/{parcel.number}/"),
        ("borrower", f"/staff/requests/{ref}/"),
        ("lender", f"/staff/requests/{ref}/"),
        ("ada", f"/patron/requests/{ref}/"),
    ):
        play[who].goes(address)
        play[who].reads(NO_DAY)
        play[who].reads_not("December 2027")  # no clock runs, so no day is named by which to act
    play["borrower"].goes("/staff/")
    play["borrower"].reads("Your bins are held from Tuesday 24 November")
    play["visitor"].goes("/libraries/lee")
    play["visitor"].reads("Bins are held from Tuesday 24 November until further notice")


def nothing_is_late_and_nothing_leaves_the_hub(play: Play) -> None:
    play["borrower"].goes("/staff/shelf/")
    play["borrower"].reads("Nothing is missing that might be here.")
    office = play["delivery"]
    office.goes("/office/delivery/")
    office.reads("Nothing is late.")
    office.goes(f"{HUB}&do=load&route=WEST+2")
    office.reads("1 more is kept here: nothing is delivered to its library now.")
    driver = play["driver"]
    driver.goes("/courier/")
    driver.presses("WEST 2")
    driver.reads("Burst pipe")
    driver.look(driver.page)


def deliveries_go_on(play: Play) -> None:
    office = play["delivery"]
    office.goes("/office/delivery/pauses/")
    office.presses("Deliver again")
    office.reads("None is planned: the van runs on every delivery day.")
    office.look(office.page)
    play.worker()
    play.worker()


def the_hub_releases_it_and_the_driver_brings_both(
    play: Play, parcel: Parcel, other: Parcel, ref: str
) -> None:
    play["ada"].goes(f"/patron/requests/{ref}/")
    play["ada"].reads_not("should be here on")  # the hub has not let it go
    office = play["delivery"]
    office.goes(f"{HUB}&do=release")
    office.scans(parcel.number, "Released. It goes to Lee Library, Lee.")
    play["ada"].goes(f"/patron/requests/{ref}/")
    play["ada"].reads("should be here on Tuesday 15 December.")
    office.goes(f"{HUB}&do=load&route=WEST+2")
    office.reads("Lee 2")
    office.presses("Took them all: 2")
    play.later(hours=3)
    driver = play["driver"]
    stop_at(driver, "Lee")
    for each in (other, parcel):
        driver.scans(each.number, "Dropped. It comes from")
    driver.look(driver.page)
