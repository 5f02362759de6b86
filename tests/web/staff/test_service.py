"""A loan becomes a copy, and a copy a loan, under the same number."""

from collections.abc import Callable

import pytest
from django.test import Client
from playwright.sync_api import Page

from postroad.ill import asking, borrowing, service
from postroad.ill.acts import Act
from postroad.ill.lifecycle import Service, State
from postroad.ill.models import Request
from tests.browser import assert_accessible
from tests.cast import Cast
from tests.ill import copy_story
from tests.ill.story import MONDAY, Story, begin, title
from tests.journeys.people import Person
from tests.markup import tight


def address(ill: Request) -> str:
    return f"/staff/requests/{ill.ref}/service/"


@pytest.fixture
def loan(cast: Cast) -> Story:
    """Lenox looks for a book."""
    return begin(cast).at(State.REFERRED)


@pytest.fixture
def desk(cast: Cast, client: Client) -> Client:
    client.force_login(cast.borrower)
    return client


def now(ill: Request) -> Request:
    return Request.objects.get(pk=ill.pk)


def test_a_loan_becomes_a_copy_and_a_loan_again(desk: Client, loan: Story):
    page = f"/staff/requests/{loan.ill.ref}/"
    assert address(loan.ill) in desk.get(page).content.decode()
    assert "Warning Concerning Copyright" in tight(desk.get(address(loan.ill)))
    answer = desk.post(address(loan.ill), {"pages": "10-19", "also": "on"})
    assert answer["Location"] == page
    ill = now(loan.ill)
    assert (ill.service, ill.citation["pages"], ill.citation["also"]) == (
        Service.COPY,
        "10-19",
        "title-page",
    )
    shown = tight(desk.get(page))
    assert "a copy is wanted, not the thing itself" in shown
    assert "The book itself instead" in shown
    assert desk.post(address(ill), {"is_copy": "yes"})["Location"] == page
    assert (now(ill).service, now(ill).ref) == (Service.LOAN, loan.ill.ref)


def test_which_pages_must_be_said_and_of_which_book(desk: Client, loan: Story):
    assert "Please fill this in" in tight(desk.post(address(loan.ill), {"pages": ""}))
    Request.objects.filter(pk=loan.ill.pk).update(author="", year=None)
    answer = desk.post(address(loan.ill), {"pages": "10"})
    assert (answer.status_code, "Give at least one of these" in tight(answer)) == (422, True)
    assert desk.post(address(loan.ill), {"pages": "10", "year": "1854"}).status_code == 302
    assert now(loan.ill).is_copy


def test_a_second_press_changes_nothing_back(desk: Client, loan: Story, cast: Cast):
    service.to_copy(loan.ill, Act(cast.borrower, loan.now), service.as_pages(loan.ill, "10"))
    answer = desk.post(address(loan.ill), {"pages": "10"})
    assert "It was changed just before" in tight(answer)
    assert now(loan.ill).is_copy


def test_an_article_is_no_book(desk: Client, cast: Cast):
    record = copy_story.shelve(cast.lenox, "v.1(1976)-v.20(1995)")
    story = copy_story.begin(cast, record)
    assert "The book itself instead" not in tight(desk.get(f"/staff/requests/{story.ill.ref}/"))
    assert "do not lend whole journals" in tight(desk.post(address(story.ill), {"is_copy": "yes"}))
    assert now(story.ill).is_copy


def test_nobody_else_changes_it(loan: Story, cast: Cast, client: Client):
    for who in (cast.lender, cast.neighbour, cast.ada, cast.stranger):
        client.force_login(who)
        assert client.post(address(loan.ill), {"pages": "10"}).status_code in (403, 404)
    assert not now(loan.ill).is_copy


def test_the_center_changes_what_it_looks_for_itself(cast: Cast, client: Client):
    act = Act(cast.ada, MONDAY)
    ill = asking.ask(title("Cape Cod", year=1865), act, patron=cast.ada, library=cast.lee)
    loan = Story(cast, title("Nobody has it"), ill)
    loan.listen()
    client.force_login(cast.centre)
    page = f"/office/centre/{loan.ill.ref}/"
    assert address(loan.ill) in client.get(page).content.decode()
    assert client.post(address(loan.ill), {"pages": "10"})["Location"] == page


def test_what_ended_in_vain_is_asked_for_again_as_a_copy(desk: Client, cast: Cast, client: Client):
    record = copy_story.shelve(cast.lenox, "v.1(1976)-v.20(1995)")
    story = copy_story.begin(cast, record)
    borrowing.cancel(story.ill, Act(cast.ada, MONDAY))
    client.force_login(cast.ada)
    shown = client.get(f"/patron/requests/{story.ill.ref}/").content.decode()
    assert "/patron/ask/blank/?material=article&amp;" in shown
    assert f"/patron/ask/{record.pk}/" not in shown


def test_the_facts_of_a_copy_stand_on_its_page(cast: Cast, client: Client):
    record = copy_story.shelve(cast.lenox, "v.1(1976)-v.20(1995)")
    ref = copy_story.begin(cast, record, rush=True).ill.ref
    pages = {
        f"/staff/requests/{ref}/": (cast.borrower, cast.lender),
        f"/patron/requests/{ref}/": (cast.ada,),
        f"/office/centre/{ref}/": (cast.centre,),
    }
    told = (
        "copy of an article",
        "Rush",
        "a copy, quickly",
        "verified: the catalog has what it is in",
        "Berkshire naturalist",
    )
    for page, people in pages.items():
        for who in people:
            client.force_login(who)
            shown = tight(client.get(page))
            assert [each for each in told if each not in shown] == [], (page, who)
            assert "pick it up" not in shown.lower()


@pytest.mark.browser
@pytest.mark.parametrize(("width", "dark"), [(1280, False), (360, True)])
def test_the_question_is_for_everybody(
    browse: Callable[..., Page], loan: Story, width: int, dark: bool
):
    clerk = Person("borrower", browse(width=width, dark=dark), assert_accessible)
    clerk.goes(f"/staff/requests/{loan.ill.ref}/")
    clerk.follows("A copy of some pages instead")
    clerk.page.get_by_label("Which pages?").fill("10-19")
    clerk.presses("Ask for a copy")
    clerk.is_told("Changed. Who can supply it is asked anew.")
    clerk.follows("The book itself instead")
    clerk.presses("Ask for the book itself")
    clerk.reads("a loan is wanted, not a copy")
