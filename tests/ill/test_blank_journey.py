"""One blank request through all that it may meet: three members that have it not, a library
elsewhere by mail, and home again."""

import pytest
from django.test import Client

from postroad.ill import access, asking, catalogued, lending, loans, mediation, numbering, returns
from postroad.ill.acts import Act
from postroad.ill.lifecycle import Outcome, Owner, Proof, Reason, State
from postroad.ill.materials import Citation, Field, Material
from postroad.ill.models import System
from postroad.ill.numbering import Place
from postroad.ill.shipping import check_in
from postroad.ill.wanted import Wanted
from tests.cast import Cast, outside
from tests.ill.story import MONDAY, Story, assert_whole, copy, title

OUT, HOME = "9400111899223100001230", "1Z5R89390357567127"
SAID = {Field.TITLE: "A yankee in Canada", Field.AUTHOR: "Thoreau", Field.EDITION: "1st"}


@pytest.fixture
def story(cast: Cast) -> Story:
    wanted = Wanted(cast.ada, cast.lee, citation=Citation(Material.BOOK, SAID), note="For Ada")
    ill = asking.ask_blank(wanted, Act(cast.ada, MONDAY))
    told = Story(cast, title("A Yankee in Canada", year=1866), ill)
    told.listen()
    return told


def test_three_members_say_no_a_library_elsewhere_lends_it_and_it_goes_home_by_mail(
    story: Story, client: Client
):
    cast, center = story.cast, Act(story.cast.centre, MONDAY, role=Owner.CENTRE)
    for number, owner in enumerate((cast.lenox, cast.pittsfield, cast.providence)):
        copy(story.record, owner, f"3000100000010{number}")
    catalogued.match(story.ill, center, record=story.record)
    story.listen()
    asked = []
    while story.ill.state == State.REFERRED:
        asked.append(story.supply.lender.code)
        lending.refuse(story.supply, Act(at=MONDAY), reason=Reason.NOT_AS_CITED)
        story.listen()
        assert_whole(story.ill)
    assert sorted(asked) == ["lenox", "pittsfield", "providence"]
    assert asked[0] == "lenox"  # of Lee's own network
    assert story.ill.state == State.CENTRE

    numbering.enter(story.ill, Place(System.CLIO), "CLIO-4711", center)
    mediation.refer_outside(
        story.ill, center, lender=outside(), system="OCLC WorldShare", number="201993144"
    )
    mediation.outside_shipped(story.supply, center, tracking_number=OUT)
    story.look()
    for typed in ("CLIO-4711", "201993144"):
        assert access.find(cast.centre, typed)[0][0].pk == story.ill.pk
    client.force_login(cast.centre)
    page = client.get(f"/office/centre/{story.ill.ref}/").content.decode()
    for told in ("1st", "201993144", "CLIO-4711"):
        assert told in page

    desk = Act(cast.borrower, MONDAY)
    loans.receive(story.loan, desk)
    loans.check_out(story.loan, desk)
    loans.return_item(story.loan, desk)
    loans.ship_return(story.loan, desk, tracking_number=HOME)
    ways = [posting.parcel.tracking_number for posting in returns.postings(story.loan)]
    assert ways == [OUT, HOME]
    story.look()
    check_in(story.loan, center, rests_on=Proof.TRACKING)
    story.look()
    assert (story.ill.state, story.ill.outcome) == (State.CLOSED, Outcome.FILLED)
    assert_whole(story.ill)
