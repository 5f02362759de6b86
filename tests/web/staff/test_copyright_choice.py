"""The sixth copy of a title is left to its library, which says what it does about it."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from postroad.documents import uses
from postroad.documents.models import Use
from postroad.ill import counted_copies
from postroad.ill.lifecycle import State
from postroad.ill.models import Request
from tests.browser import assert_accessible
from tests.cast import Cast
from tests.ill import copy_story
from tests.ill.story import MONDAY, Story, begin
from tests.journeys.people import Person
from tests.markup import tight

RECENT = {"year": "2025", "volume": "50"}


@pytest.fixture
def sixth(cast: Cast) -> Story:
    """Five copies of the journal were made for Lee this year, and Ada asks for one more."""
    record = copy_story.shelve(cast.lenox, "v.1(1976)-")
    for page in range(5):
        ill = copy_story.ask(cast, record, copy_story.article(**RECENT, pages=str(page)))
        uses.record(counted_copies.asked(ill), MONDAY)
        Request.objects.filter(pk=ill.pk).delete()
    story = copy_story.begin(cast, record, citation=copy_story.article(**RECENT))
    story.look()
    assert story.ill.state == State.REVIEW
    return story


@pytest.fixture
def desk(cast: Cast, client: Client) -> Client:
    client.force_login(cast.borrower)
    return client


def choose(client: Client, story: Story, **typed: str) -> Any:
    return client.post(f"/staff/requests/{story.ill.ref}/copyright/", typed)


def test_the_desk_reads_what_the_count_says_and_is_led_to_the_choice(desk: Client, sixth: Story):
    page = f"/staff/requests/{sixth.ill.ref}/"
    shown = desk.get(page)
    assert "This warns and never blocks" in tight(shown)
    assert f"{page}copyright/" in shown.content.decode()
    assert "Pay the royalty" in tight(desk.get(f"{page}copyright/"))


def test_a_royalty_is_kept_with_its_cost_and_the_request_goes_on(desk: Client, sixth: Story):
    choose(desk, sixth, choice="royalty", cost="12.50", approve="on")
    sixth.look()
    assert (sixth.ill.copyright, sixth.ill.state) == (
        {"choice": "royalty", "cost": "12.50"},
        State.APPROVED,
    )
    shown = tight(desk.get(f"/staff/requests/{sixth.ill.ref}/"))
    assert "The royalty is paid, $12.50." in shown
    assert "Copyright: the royalty is paid." in shown


def test_it_can_be_chosen_otherwise(desk: Client, sixth: Story):
    choose(desk, sixth, choice="royalty", cost="12.50")
    sixth.look()
    assert sixth.ill.state == State.REVIEW
    for _press in range(2):
        choose(desk, sixth, choice="other-source")
    sixth.look()
    assert sixth.ill.copyright == {"choice": "other-source"}
    assert sixth.ill.events.filter(verb="choose_copyright").count() == 2


def test_declined_its_reader_is_told_why_and_the_report_keeps_it(
    desk: Client, sixth: Story, client: Client, cast: Cast
):
    assert choose(desk, sixth, choice="declined").status_code == 422
    choose(desk, sixth, choice="declined", reason="Five were made this year.")
    sixth.look()
    assert (sixth.ill.state, sixth.ill.reason) == (State.CLOSED, "Five were made this year.")
    assert Use.objects.filter(choice="declined").count() == 1
    choose(desk, sixth, choice="declined", reason="Five were made this year.")
    assert Use.objects.filter(choice="declined").count() == 1


def test_going_on_without_a_choice_is_a_choice(desk: Client, sixth: Story):
    choose(desk, sixth, choice="", approve="on")
    sixth.look()
    assert (sixth.ill.copyright, sixth.ill.state) == ({"choice": ""}, State.APPROVED)


def test_what_costs_nothing_has_no_cost(desk: Client, sixth: Story):
    answer = choose(desk, sixth, choice="", cost="5")
    assert (answer.status_code, sixth.ill.copyright) == (422, {})


def test_nobody_else_chooses(sixth: Story, cast: Cast, client: Client):
    for who in (cast.lender, cast.neighbour, cast.ada, cast.stranger):
        client.force_login(who)
        assert choose(client, sixth, choice="royalty").status_code in (403, 404)


def test_of_a_loan_there_is_nothing_to_choose(desk: Client, cast: Cast):
    story = begin(cast).at(State.REFERRED)
    assert choose(desk, story, choice="royalty").status_code == 404


def test_the_page_of_a_copy_costs_few_statements(
    desk: Client, sixth: Story, django_assert_num_queries: Any
):
    with django_assert_num_queries(21):
        desk.get(f"/staff/requests/{sixth.ill.ref}/")


@pytest.mark.browser
@pytest.mark.parametrize(("width", "dark"), [(1280, False), (360, True)])
def test_the_choice_is_for_everybody(
    browse: Callable[..., Page], sixth: Story, width: int, dark: bool
):
    clerk = Person("borrower", browse(width=width, dark=dark), assert_accessible)
    clerk.goes(f"/staff/requests/{sixth.ill.ref}/")
    clerk.follows("Choose what to do about the copyright")
    expect(clerk.page.get_by_label("Pay the royalty")).to_be_visible()
