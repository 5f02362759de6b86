"""What an outside lender says on the way, entered by the center: terms, address, loss."""

import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.test import Client

from postroad.delivery import slips
from postroad.directory.models import Address, Contact
from postroad.ill import lending, loans, returns, sweeps
from postroad.ill.acts import Act
from postroad.ill.lifecycle import Condition, Ending, LoanState, Outcome, State, SupplyState, Verb
from postroad.ill.models import Request
from postroad.notices import tell
from postroad.notices.models import Kind, Notice
from tests.cast import Cast
from tests.ill.story import MONDAY, Story, assert_whole, begin
from tests.web.office.mediated import asked_outside, page, path, press, said, sent, unfilled

TERMS = {
    "renewals": "1",
    "conditions": ["library-use"],
    "cost": "12.50",
    "note": "No mail on Fridays",
}
RETURN_TO = "Sterling Library\n120 High St\nNew Haven, CT 06511"


@pytest.fixture
def story(cast: Cast) -> Story:
    return unfilled(cast)


@pytest.fixture
def centre(cast: Cast, client: Client) -> Any:
    with time_machine.travel(MONDAY, tick=False):
        client.force_login(cast.centre)
        yield client


def act(story: Story) -> Act:
    return Act(story.cast.borrower, MONDAY)


def test_what_it_sends_bears_its_own_conditions_cost_due_date_and_address(
    centre: Client, story: Story
):
    asked_outside(story)
    press(centre, story, "sent", lender_due_on="2026-12-31", return_to=RETURN_TO, **TERMS)
    supply = story.supply
    assert supply.state == SupplyState.SUPPLYING
    assert supply.conditions == [Condition.LIBRARY_USE, Condition.COST]
    assert supply.cost == Decimal("12.50")
    assert supply.lender_due_on == date(2026, 12, 31)
    assert supply.return_to == RETURN_TO
    shown = page(centre, path(story))
    assert "Use in the library only, it costs $12.50: “No mail on Fridays”" in shown
    assert "120 High St" in shown


def test_it_goes_home_to_the_address_of_this_very_thing_else_to_its_lenders(
    centre: Client, story: Story
):
    sent(story)
    Address.objects.create(
        library=story.supply.lender,
        purpose="return",
        lines="1 Old St",
        town="New Haven",
        state="CT",
    )
    known = returns.return_address(story.supply)
    assert known is not None
    assert known.written[0] == "1 Old St"
    press(centre, story, "terms", renewals="0", return_to=RETURN_TO)
    loans.receive(story.loan, act(story))
    story.look()
    loans.ship_return(story.loan, act(story))
    story.look()
    home = story.loan.parcel_home
    assert home is not None
    (facts,) = slips.facts_of([home])
    assert facts.receiver.lines == tuple(RETURN_TO.splitlines())
    press(centre, story, "terms", renewals="0", return_to="Elsewhere\nNew Haven, CT")
    home.refresh_from_db()
    assert home.send_to == "Elsewhere\nNew Haven, CT"


def test_terms_that_were_mistyped_are_corrected_and_the_history_says_so(
    centre: Client, story: Story
):
    sent(story)
    press(centre, story, "terms", lender_due_on="2026-12-20", **TERMS)
    assert story.supply.lender_due_on == date(2026, 12, 20)
    assert "Corrected: the terms of Yale University" in page(centre, path(story))
    event = story.ill.events.get(verb=Verb.CORRECT)
    assert event.facts["before"]["conditions"] == []
    press(centre, story, "terms", lender_due_on="2026-12-20", **TERMS)
    assert story.ill.events.filter(verb=Verb.CORRECT).count() == 1


def test_a_changed_due_date_is_that_until_which_it_is_lent(centre: Client, story: Story):
    sent(story)
    loans.receive(story.loan, act(story))
    story.look()
    press(centre, story, "terms", renewals="0", lender_due_on="2026-12-11")
    loans.check_out(story.loan, act(story))
    assert story.loan.due_back == date(2026, 12, 11)


def test_conditions_wait_for_the_borrowing_librarys_word(centre: Client, story: Story):
    asked_outside(story)
    press(centre, story, "offer", conditions=["supervised"], cost="20")
    assert story.supply.state == SupplyState.OFFERED
    assert "sent" not in centre.get(path(story)).context["forms"]
    press(centre, story, "offer", conditions=["supervised"], cost="15")
    assert story.supply.cost == Decimal(15)
    lending.accept_offer(story.supply, act(story))
    story.look()
    form = centre.get(path(story)).context["forms"]["sent"]
    assert form.initial["cost"] == Decimal(15)
    press(centre, story, "sent", renewals="0", conditions=["supervised"], cost="15")
    assert story.supply.cost == Decimal(15)
    assert story.loan.state == LoanState.SHIPPED


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"conditions": ["other"]}, "note"),
        ({"conditions": ["cost"]}, "cost"),
        ({"cost": "-1"}, "cost"),
        ({"cost": "a lot"}, "cost"),
        ({"conditions": ["nonsense"]}, "conditions"),
        ({"return_to": "x" * 301}, "return_to"),
        ({"lender_due_on": "2020-01-01"}, "lender_due_on"),
    ],
)
@pytest.mark.parametrize("step", ["sent", "terms"])
def test_what_makes_no_sense_is_said_beside_its_field(
    centre: Client, story: Story, step: str, typed: dict[str, Any], field: str
):
    asked_outside(story) if step == "sent" else sent(story)
    answer = press(centre, story, step, renewals="0", **typed)
    assert answer.status_code == 422
    assert field in answer.context["forms"][step].errors
    assert story.supply.conditions == []


def test_a_loss_is_asked_first_closed_and_taken_back(centre: Client, story: Story):
    sent(story)
    asked = press(centre, story, "lost", note="their letter of Monday")
    assert "Close it as lost?" in asked.content.decode()
    assert story.ill.state == State.SHIPPED
    press(centre, story, "lost", note="their letter of Monday", sure="yes")
    assert (story.ill.state, story.ill.outcome) == (State.CLOSED, Outcome.LOST)
    assert story.supply.ending == Ending.LOST
    assert "It is not lost" in page(centre, path(story))
    press(centre, story, "mistake")
    assert story.ill.state == State.SHIPPED
    assert_whole(story.ill)


def test_a_no_by_mistake_is_taken_back(centre: Client, story: Story):
    asked_outside(story)
    press(centre, story, "no", reason="on-loan")
    assert "Take back the no" in page(centre, path(story))
    press(centre, story, "mistake")
    assert story.ill.state == State.REFERRED
    assert story.supply.lender.name == "Yale University"
    assert "mistake" not in centre.get(path(story)).context["forms"]


@pytest.mark.parametrize("step", ["terms", "offer", "lost", "mistake"])
def test_nothing_is_entered_for_a_member(client: Client, cast: Cast, step: str):
    story = begin(cast).at(State.SHIPPED)
    client.force_login(cast.centre)
    answer = client.post(path(story, step), {"renewals": "0", "sure": "yes"})
    assert answer.status_code == 404
    story.look()
    assert story.ill.state == State.SHIPPED


@pytest.mark.parametrize("step", ["terms", "offer", "lost", "mistake"])
@pytest.mark.parametrize("who", ["ada", "borrower", "lender"])
def test_nobody_but_the_centre_enters_it(client: Client, story: Story, step: str, who: str):
    sent(story)
    client.force_login(getattr(story.cast, who))
    assert client.post(path(story, step), {"renewals": "0", "sure": "yes"}).status_code == 404


def test_fields_of_several_forms_on_one_page_have_names_of_their_own(centre: Client, story: Story):
    asked_outside(story)
    text = centre.get(path(story)).content.decode()
    ids = re.findall(r'\bid="([^"]+)"', text)
    assert sorted(set(ids)) == sorted(ids)


def test_what_does_not_come_is_asked_of_its_owner_by_a_ready_text(centre: Client, story: Story):
    sent(story)
    assert centre.get(path(story)).context["inquiry"] is None
    rang = story.loan.due_at
    assert rang is not None
    sweeps.things(rang + timedelta(minutes=1))
    inquiry = centre.get(path(story)).context["inquiry"]
    assert "201993144" in inquiry.text
    assert "Ada" not in inquiry.text
    assert inquiry.to == ""
    lender = story.supply.lender
    Contact.objects.create(library=lender, purpose="ill", email="ill@yale.example")
    shown = centre.get(path(story)).content.decode()
    assert "mailto:ill%40yale.example?subject=" in shown
    notice = Notice.objects.filter(office="centre", kind=Kind.LATE)
    tell.people(story.ill.events.get(verb=Verb.REMIND_LOAN), rang)
    assert notice.count() == 1


@pytest.mark.parametrize(
    ("expected", "late"), [("2026-12-10", True), ("2026-12-04", False), ("", True)]
)
def test_what_comes_after_the_reader_needs_it_is_saved_with_a_warning(
    centre: Client, story: Story, expected: str, late: bool
):
    asked_outside(story)
    Request.objects.update(need_by=date(2026, 12, 4))
    answer = press(centre, story, "sent", expected_on=expected, renewals="0")
    assert story.supply.state == SupplyState.SUPPLYING
    assert ("the reader needs it by Friday 4 December" in said(answer)) is late
