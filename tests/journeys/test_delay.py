"""A delay of the van moves a reader's day, of which she hears once; it ends by itself, or by a
press."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from postroad.catalogue.models import Record
from postroad.delivery import outlook, parcels
from postroad.guides.models import GuidePage, Guides
from postroad.ill import asking
from postroad.ill.acts import Act
from postroad.ill.lifecycle import State
from tests.cast import Cast
from tests.ill.story import Story
from tests.journeys.people import Person, Play

WIDTHS = [pytest.param(360, marks=pytest.mark.nightly), 1280]
SAID = "Tuesday 24 November: no van (Ice storm)"
PUBLIC = ("/guides/van/", "/delivery/", "/delivery/routes/WEST%202/", "/delivery/stops/lee/")


@pytest.mark.parametrize("width", WIDTHS)
def test_it_moves_a_readers_day_tells_her_once_and_ends_by_itself(
    stage: Callable[[int], Play], cast: Cast, walden: Record, width: int
) -> None:
    play = stage(width)
    ref = on_its_way_to_ada(play, cast, walden)
    ada, office = play["ada"], play["delivery"]
    ada.goes(f"/patron/requests/{ref}/")
    ada.reads("should be here on Tuesday 24 November.")

    says(office, "No van", "2026-11-24", "Ice storm")
    office.reads(SAID)
    play.worker()
    play.worker()
    ada.goes(f"/patron/requests/{ref}/")
    ada.reads("should be here on Wednesday 25 November.")
    for address in PUBLIC:
        play["visitor"].goes(address)
        play["visitor"].reads(SAID)

    says(office, "The van is late", "2026-11-23", "Flat tire")
    office.reads("Monday 23 November: the van is late (Flat tire)")
    play.worker()
    ends(office, "Flat tire")
    play.later(hours=1)
    play.worker()
    play.worker()
    play["visitor"].goes("/guides/van/")
    play["visitor"].reads_not("Flat tire")
    assert subjects("lee@example.org") == [
        "No van on Tuesday 24 November",
        "The van will be late on Monday 23 November",
        "The van is on time again",
    ]

    play.later(days=2)
    play.worker()
    office.goes("/office/delivery/pauses/")
    office.reads("None is planned: the van runs on every delivery day.")
    for address in PUBLIC:
        play["visitor"].goes(address)
        play["visitor"].reads_not("Ice storm")
    assert subjects("ada@example.org") == ["Now expected on Wednesday 25 November: Walden"]


def on_its_way_to_ada(play: Play, cast: Cast, walden: Record) -> str:
    now = timezone.now()
    outlook.follow(now)
    guide = GuidePage(slug="van", title="The van", intro="Its week.", body=[("live", "delays")])
    Guides.objects.get().add_child(instance=guide)
    ill = asking.ask(walden, Act(cast.ada, now), patron=cast.ada, library=cast.lee)
    parcel = Story(cast, walden, ill).at(State.SHIPPED).loan.parcel_out
    assert parcel is not None
    parcels.pick_up(parcel, by=cast.driver, at=now + timedelta(hours=3))
    play.worker()
    play.later(hours=4)
    return ill.ref


def says(office: Person, what: str, day: str, reason: str) -> None:
    page = office.goes("/office/delivery/pauses/")
    page.get_by_label("What happens").select_option(what)
    page.get_by_label("Route", exact=False).select_option("WEST 2")
    page.get_by_label("First day").fill(day)
    page.get_by_label("Reason, as readers will see it").fill(reason)
    office.presses("Save")
    office.look(page)


def ends(office: Person, reason: str) -> None:
    office.goes("/office/delivery/pauses/")
    office.presses(f"End it : {reason}")
    office.reads("Delays that were ended")


def subjects(address: str) -> list[str]:
    """Of what the van says, not of what was asked and sent."""
    mails = [str(each.subject) for each in mail.outbox if each.to == [address]]
    return [each for each in mails if "van" in each or "expected" in each]
