"""Scans of what is not as it should be: what the page asks, and what its button does."""

import pytest

from postroad.catalogue.models import Item
from postroad.ill import asking, lending, loans
from postroad.ill.acts import Act
from postroad.ill.lifecycle import Reason, State
from postroad.ill.models import Request
from tests.ill.story import MONDAY, Story, begin, copy, title
from tests.web.staff.crowd import read

SHIP = "/staff/lending/ship/"


def scan(desk, address: str, text: str, **more: str):
    page = desk.post(address, {"scan": text, **more}, headers={"HX-Request": "true"})
    return page.context["sitting"].answer


@pytest.fixture
def volumes(cast):
    """Lenox has a work in three volumes."""
    record = title("War and peace")
    for volume, barcode in (("v.1", "3001"), ("v.2", "3002"), ("v.3", "3003")):
        copy(record, cast.lenox, barcode, volume=volume)
    return record


def test_the_reader_chooses_which_volume_and_the_lender_sees_it(cast, at, volumes):
    page = at(cast.ada).get(f"/patron/ask/{volumes.pk}/")
    found = [value for value, _name in page.context["form"].fields["volume"].choices]
    assert found == ["", "v.1", "v.2", "v.3", "*any", "*all"]
    sent = {"library": "lee", "key": page.context["form"]["key"].value()}
    assert at(cast.ada).post(f"/patron/ask/{volumes.pk}/", sent).status_code == 422
    at(cast.ada).post(f"/patron/ask/{volumes.pk}/", {**sent, "volume": "v.2"})
    story = Story(cast, volumes, Request.objects.get()).at(State.REFERRED)
    desk = at(cast.lender)
    for address in ("/staff/lending/pull-list/", "/staff/lending/"):
        assert "Wanted: v.2" in read(desk.get(address))
    for who in (cast.lender, cast.borrower):
        assert "v.2" in read(at(who).get(f"/staff/requests/{story.ill.ref}/"))
    assert "v.2" in read(at(cast.ada).get(f"/patron/requests/{story.ill.ref}/"))


def test_where_nobody_said_which_the_lender_sees_the_volumes(cast, at, volumes):
    ill = asking.ask(volumes, Act(cast.ada, MONDAY), patron=cast.ada, library=cast.lee)
    Story(cast, volumes, ill).at(State.REFERRED)
    for address in ("/staff/lending/pull-list/", "/staff/lending/"):
        assert "v.1, v.2, v.3" in read(at(cast.lender).get(address))


def test_the_wrong_volume_goes_only_at_a_second_press(cast, at, volumes):
    ill = asking.ask(
        volumes, Act(cast.ada, MONDAY), patron=cast.ada, library=cast.lee, volume="v.2"
    )
    story = Story(cast, volumes, ill).at(State.REFERRED)
    desk = at(cast.lender)
    told = scan(desk, SHIP, "3003")
    assert "This is v.3 of “War and peace”, but v.2 is wanted." in told.sentence
    story.look()
    assert story.ill.state == State.REFERRED
    scan(desk, SHIP, told.asks.scan, sure="1")
    story.look()
    assert story.ill.state == State.SHIPPED


def test_of_all_volumes_the_page_says_how_many_are_to_follow(cast, at, volumes):
    ill = asking.ask(
        volumes, Act(cast.ada, MONDAY), patron=cast.ada, library=cast.lee, volume="*all"
    )
    Story(cast, volumes, ill).at(State.REFERRED)
    desk = at(cast.lender)
    assert "2 more are to follow for this request" in scan(desk, SHIP, "3001").sentence
    assert "War and peace" in read(desk.get("/staff/lending/?show=promised"))
    assert "1 more is to follow" in scan(desk, SHIP, "3002").sentence
    assert "to follow" not in scan(desk, SHIP, "3003").sentence


@pytest.fixture
def moved_on(cast, story):
    """Lenox had said no, and Pittsfield has promised it since."""
    copy(story.record, cast.pittsfield, "30001000000025", status="out")
    story.at(State.REFERRED)
    lending.refuse(story.supply, Act(cast.lender, story.now), reason=Reason.ON_LOAN)
    Item.objects.filter(library=cast.pittsfield).update(status="in")
    story.look()
    story.listen()
    lending.promise(story.supply, Act(cast.neighbour, story.now))
    return story


def test_a_request_that_has_moved_on_is_told_of_and_served_at_a_second_press(cast, at, moved_on):
    desk = at(cast.lender)
    told = scan(desk, SHIP, "30001000000017")
    assert "Berkshire Athenaeum has promised it" in told.sentence
    assert told.asks.label == "Send it all the same"
    page = desk.post(SHIP, {"scan": told.asks.scan, "sure": "1"}, headers={"HX-Request": "true"})
    line = page.context["sitting"].lines[0]
    moved_on.look()
    assert moved_on.ill.state == State.SHIPPED
    desk.post(SHIP, {"undo": line.key})
    moved_on.look()
    assert moved_on.ill.state == State.REFERRED
    assert moved_on.supply.lender == cast.pittsfield


RECEIVE = "/staff/borrowing/receive/"


def receive(desk, text: str, **more: str):
    page = desk.post(RECEIVE, {"scan": text, **more}, headers={"HX-Request": "true"})
    return page.context["sitting"].answer, "Hold slip" in page.content.decode()


def test_only_what_waits_for_its_reader_has_a_hold_slip(cast, at):
    story, desk = begin(cast).at(State.SHIPPED), at(cast.borrower)
    loans.not_wanted(story.loan, Act(cast.borrower, story.now))
    told, slip = receive(desk, story.loan.barcode)
    assert told.sentence.startswith("Straight home")
    assert not slip
    loans.wanted(story.loan, Act(cast.borrower, story.now))
    assert "Hold slip" in read(desk.get(RECEIVE))


def test_what_came_in_its_place_has_none(cast, at):
    begin(cast).at(State.SHIPPED)
    copy(title("Emma"), cast.lenox, "30001000000777")
    desk = at(cast.borrower)
    asked, _slip = receive(desk, "30001000000777")
    told, slip = receive(desk, asked.asks.scan, sure="1")
    assert told.undo
    assert not slip
