"""Several loans from outside go home in one box, and are closed together."""

from typing import Any

import pytest
import time_machine
from django.test import Client

from postroad.ill import asking, boxes, lookup, mediation, numbering
from postroad.ill.acts import Act
from postroad.ill.lifecycle import Outcome, State
from postroad.ill.models import System
from postroad.ill.numbering import Place
from tests.cast import Cast, outside
from tests.ill.story import MONDAY, Story, assert_whole, title
from tests.web.office.mediated import page, path, press, unfilled

TRACKING = "9400100000000000000000"


@pytest.fixture
def clients(cast: Cast) -> Any:
    with time_machine.travel(MONDAY, tick=False):
        desk, centre = Client(), Client()
        desk.force_login(cast.borrower)
        centre.force_login(cast.centre)
        yield desk, centre


@pytest.fixture
def story(cast: Cast) -> Story:
    return unfilled(cast)


def another(story: Story) -> Story:
    record = title("Walden, the sequel")
    ill = asking.ask(
        record, Act(story.cast.bea, MONDAY), patron=story.cast.bea, library=story.cast.lee
    )
    second = Story(story.cast, record, ill)
    second.listen()
    assert second.ill.state == State.CENTRE
    return second


def comes(story: Story, barcode: str, number: str) -> None:
    """It fails at members, goes outside with an ILL number, and comes by mail to its reader."""
    act = Act(story.cast.centre, MONDAY)
    mediation.refer_outside(
        story.ill, act, lender=outside(), system="OCLC WorldShare", number=number
    )
    story.look()
    mediation.outside_shipped(story.supply, act, barcode=barcode, tracking_number=TRACKING)
    story.look()


def scan(desk: Client, page_name: str, text: str) -> str:
    answer = desk.post(f"/staff/borrowing/{page_name}/", {"scan": text}, follow=True)
    return str(answer.content.decode())


def sent_home(desk: Client, story: Story, barcode: str) -> str:
    for page_name in ("receive", "lend", "take-back"):
        scan(desk, page_name, barcode)
    shown = scan(desk, "send-home", barcode)
    story.look()
    assert story.ill.state == State.HOMEWARD
    return shown


def test_from_nobody_at_home_to_a_box_that_its_lender_has_back(clients: Any, story: Story):
    desk, centre = clients
    second = another(story)
    number = Place(System.CLIO)
    numbering.enter(story.ill, number, "123 456", Act(story.cast.centre, MONDAY))
    story.look()
    comes(story, "39002000000018", "201993144")
    comes(second, "39002000000026", "201993145")
    assert "Same box" not in sent_home(desk, story, "39002000000018")
    tracking = f"/staff/requests/{story.ill.ref}/tracking/"
    desk.post(tracking, {"way": "home", "number": TRACKING, "sure": "yes"})
    assert "Same box as “Walden”" in sent_home(desk, second, "39002000000026")

    desk.post(f"/staff/requests/{second.ill.ref}/box/")
    second.look()
    first_home, second_home = story.loan.parcel_home, second.loan.parcel_home
    assert first_home is not None
    assert second_home is not None
    assert second_home.tracking_number == TRACKING
    assert first_home.box == second_home.box == first_home.number
    assert first_home.number != second_home.number  # each has its own slip
    assert [each.pk for each in boxes.others(story.loan)] == [second.loan.pk]
    for typed in ("Clio 123456", "201-993-144", TRACKING, first_home.number):
        assert story.ill in lookup.by_number(typed), typed
    for typed in (TRACKING, first_home.number):  # all that is in the box
        assert second.ill in lookup.by_number(typed), typed

    other = "9400100000000000000017"
    desk.post(tracking, {"way": "home", "number": other, "sure": "yes"})
    second_home.refresh_from_db()
    assert second_home.tracking_number == other

    assert "Walden, the sequel" in page(centre, path(story))
    asked = press(centre, story, "home", rests_on="message", box=[str(second.loan.pk)])
    assert f'name="box" value="{second.loan.pk}"' in asked.content.decode()
    press(centre, story, "home", rests_on="message", box=[str(second.loan.pk)], sure="yes")
    second.look()
    for each in (story, second):
        assert (each.ill.state, each.ill.outcome) == (State.CLOSED, Outcome.FILLED)
        assert_whole(each.ill)


def test_what_was_not_in_the_box_is_left_out(clients: Any, story: Story):
    desk, centre = clients
    second = another(story)
    comes(story, "39002000000018", "201993144")
    comes(second, "39002000000026", "201993145")
    sent_home(desk, story, "39002000000018")
    sent_home(desk, second, "39002000000026")
    desk.post(f"/staff/requests/{second.ill.ref}/box/")
    press(centre, story, "home", rests_on="message", sure="yes")
    second.look()
    assert (story.ill.state, second.ill.state) == (State.CLOSED, State.HOMEWARD)


def test_it_is_taken_out_of_the_box_again(clients: Any, story: Story):
    desk, _centre = clients
    second = another(story)
    comes(story, "39002000000018", "201993144")
    comes(second, "39002000000026", "201993145")
    sent_home(desk, story, "39002000000018")
    sent_home(desk, second, "39002000000026")
    box = f"/staff/requests/{second.ill.ref}/box/"
    desk.post(box)
    desk.post(box, {"out": "yes"})
    second.look()
    homes = [each.loan.parcel_home for each in (story, second)]
    assert [home.box for home in homes if home] == ["", ""]
    assert boxes.others(story.loan) == []
    answer = desk.post(box, {"out": "yes"})
    assert answer.status_code == 409


@pytest.mark.parametrize("who", ["ada", "lender", "centre", "neighbour"])
def test_nobody_packs_but_the_desk_that_sends_it(
    client: Client, clients: Any, story: Story, who: str
):
    desk, _centre = clients
    comes(story, "39002000000018", "201993144")
    sent_home(desk, story, "39002000000018")
    client.force_login(getattr(story.cast, who))
    assert client.post(f"/staff/requests/{story.ill.ref}/box/").status_code == 404
