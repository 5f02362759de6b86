"""A book that the van lost: looked for on both shelves, claimed, and found after all."""

from datetime import timedelta

from django.utils import timezone

from postroad.catalogue.models import Record
from postroad.delivery import parcels
from postroad.delivery.models import Claim, ClaimBatch
from postroad.ill import asking
from postroad.ill.acts import Act
from postroad.ill.lifecycle import State
from postroad.ill.models import Loan
from tests.cast import Cast
from tests.ill.story import Story
from tests.journeys.people import Play
from tests.journeys.seeing import look_on_a_phone_at_night


def test_from_search_to_claim_to_found(play: Play, cast: Cast, walden: Record):
    act = Act(cast.ada, timezone.now())
    ill = asking.ask(walden, act, patron=cast.ada, library=cast.lee)
    story = Story(cast, walden, ill).at(State.SHIPPED)
    parcel = story.loan.parcel_out
    assert parcel is not None
    parcels.pick_up(parcel, by=cast.driver, at=timezone.now() + timedelta(hours=3))

    play.later(days=4)  # Friday; it was expected on Tuesday
    play.worker()
    nobody_finds_it(play)

    play.later(days=59)
    play.worker()
    its_owner_claims_it(play, story.ill.ref)

    play.later(days=9)  # the first of the next month is over
    play.worker()
    the_carrier_has_it(play)

    its_borrower_finds_it(play)
    assert Claim.objects.get().state == "cancelled"
    assert Loan.objects.get().state == "arrived"

    play.later(days=28)
    play.worker()
    withdrawn = play["delivery"].goes("/office/delivery/claims/")
    play["delivery"].follows(f"{ClaimBatch.objects.latest('month').month:%B %Y}")
    play["delivery"].reads("withdrawn")
    look_on_a_phone_at_night(withdrawn)


def nobody_finds_it(play: Play) -> None:
    for who, start, link in (
        ("borrower", "/staff/", "look on your shelf"),
        ("lender", "/staff/", "look on your shelf"),
        ("delivery", "/office/delivery/", "Look for"),
    ):
        person = play[who]
        person.goes(start)
        person.follows(link)
        person.reads("Walden")
        person.presses("Not here")
        person.is_told("you are asked again")
    look_on_a_phone_at_night(play["borrower"].page)


def its_owner_claims_it(play: Play, ref: str) -> None:
    ben = play["lender"]
    ben.goes(f"/staff/requests/{ref}/")
    ben.reads("Nobody has scanned it since the van at Lenox")
    page = ben.follows("Claim it as lost")
    page.get_by_label("Cost of a new copy").fill("28.50")
    ben.presses("Open the claim")
    ben.reads("A scan shows that it left")
    page.get_by_label("What you know, and how").fill("Looked on our shelves on three days.")
    page.get_by_label("Your initials").fill("BL")
    ben.presses("It is complete")
    ben.is_told("goes to the carrier on the first of next month")
    look_on_a_phone_at_night(page)


def the_carrier_has_it(play: Play) -> None:
    office = play["delivery"]
    page = office.goes("/office/delivery/claims/?state=sent")
    office.reads("Walden")
    office.follows("Walden")
    office.reads("Sent to the carrier with the file of the month.")
    look_on_a_phone_at_night(page)


def its_borrower_finds_it(play: Play) -> None:
    ann = play["borrower"]
    ann.goes("/staff/shelf/")
    ann.presses("Found here")
    ann.reads("Receive it: it is for one of your readers.")
    ben = play["lender"]
    page = ben.goes("/staff/claims/")
    ben.reads_not("Missing, not claimed")
    ben.follows("Walden")
    ben.reads("It was found, so it is no longer claimed.")
    look_on_a_phone_at_night(page)
    ann.presses("It is here")
    ann.is_told("Walden")
