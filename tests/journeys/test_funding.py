"""A resource loses its funder: its libraries hear of it once, and once that it goes on."""

from collections import Counter

import pytest
from playwright.sync_api import expect

from postroad.econtent import editing
from postroad.econtent.models import Resource
from postroad.notices.models import Kind, Notice
from tests.cast import Cast
from tests.journeys.people import Person, Play

STATE = "Fund for Statewide Reading"


@pytest.fixture
def harbor(cast: Cast) -> Resource:
    made = editing.add(
        {"name": "Harbor Newspapers", "payer": STATE, "address": "https://harbor.example/"},
        by="Edie",
    )
    editing.give(made, {"who": "kind", "value": "public", "how": "card"}, by="Edie")
    return made


def told(kind: Kind) -> Counter[str]:
    rows = Notice.objects.filter(kind=kind).values_list("library__code", flat=True)
    return Counter(map(str, rows))


def ends(edie: Person, day: str) -> None:
    edie.goes("/office/e-resources/funding/")
    edie.follows("The funding ends on a day")
    edie.page.get_by_label("Last day").fill(day)
    edie.presses("See what falls away")
    edie.reads("4 libraries lose something and are told.")
    edie.reads("Harbor Newspapers")
    edie.presses("The funding ends on")
    edie.is_told("Entered.")


def test_libraries_hear_of_the_end_once_and_once_that_it_was_taken_back(
    play: Play, harbor: Resource
):
    edie, ada = play["editor"], play["ada"]
    losing = dict.fromkeys(("lee", "lenox", "pittsfield", "providence"), 1)
    ends(edie, "2027-06-30")
    play.worker()
    assert told(Kind.FUNDING_ENDS) == {}  # a mistake might still be taken back
    play.later(minutes=11)
    play.worker()
    play.worker()
    assert told(Kind.FUNDING_ENDS) == losing
    ada.goes("/e-resources/harbor-newspapers/?library=lee")
    ada.reads("It can be used until Wednesday 30 June 2027.")
    expect(ada.page.get_by_role("link", name="Open Harbor Newspapers")).to_be_visible()

    edie.goes("/office/e-resources/funding/")
    edie.reads("libraries were told")
    edie.presses("Take back")
    edie.is_told("Taken back")
    play.worker()
    play.worker()
    assert told(Kind.FUNDING_STAYS) == losing
    assert told(Kind.FUNDING_ENDS) == losing
    ada.goes("/e-resources/harbor-newspapers/?library=lee")
    ada.reads("No end is known.")


def test_on_the_day_after_the_last_no_link_is_given_and_nothing_is_listed(
    play: Play, harbor: Resource
):
    edie, ada = play["editor"], play["ada"]
    ends(edie, "2026-12-03")
    play.later(days=11)
    ada.goes("/e-resources/harbor-newspapers/?library=lee")
    ada.reads("It ended on Thursday 3 December.")
    expect(ada.page.get_by_role("link", name="Open Harbor Newspapers")).to_have_count(0)
    ada.goes("/libraries/lee/e-resources")
    ada.reads("No resource is known that its readers may use.")
