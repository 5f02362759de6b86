"""A question from the form to its answer, closed, and asked again from the link, in a browser."""

import re
from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from postroad.accounts.models import Role
from postroad.cases.models import CannedAnswer, Case, Kind, Topic
from postroad.notices.models import Notice
from postroad.worker import run
from tests.browser import assert_accessible
from tests.cast import Cast
from tests.journeys.people import Person


@pytest.mark.parametrize(
    ("width", "dark", "scripts"),
    [
        (1280, False, True),
        (360, True, True),
        pytest.param(360, False, False, marks=pytest.mark.nightly),
    ],
)
def test_a_question_is_asked_by_form_answered_closed_and_asked_again_from_the_link(
    browse: Callable[..., Page], cast: Cast, width: int, dark: bool, scripts: bool
):
    Topic.objects.create(name="Returns", office=Role.CENTRE, kind=Kind.RETURN)
    CannedAnswer.objects.create(office=Role.CENTRE, title="By the van", text="Send it by the van.")

    def look(page: Page) -> None:
        if scripts:
            assert_accessible(page)

    visitor = browse(width=width, dark=dark, scripts=scripts)
    visitor.goto("/contact")
    look(visitor)
    visitor.get_by_label("Your name").fill("Walt Whitman")
    visitor.get_by_label("Your e-mail address").fill("walt@example.net")
    visitor.get_by_label("Your message").fill("Does Lenox take it back?\n\n<b>Thanks</b>")
    visitor.get_by_role("main").get_by_role("button", name="Send").click()
    expect(visitor.get_by_role("alert")).to_contain_text("Give the Clio ID or the ILL number")
    look(visitor)
    visitor.get_by_label("Clio ID").fill("123456")
    visitor.get_by_role("main").get_by_role("button", name="Send").click()
    expect(visitor.get_by_role("heading", level=1)).to_contain_text("Does Lenox take it back?")
    expect(visitor.locator(".thread")).to_contain_text("<b>Thanks</b>")
    look(visitor)
    run.until_idle(timezone.now())

    carl = Person("centre", browse(width=width, dark=dark, scripts=scripts), look)
    carl.goes("/office/cases/")
    carl.follows("Does Lenox take it back?")
    carl.follows("Write an answer")
    carl.page.get_by_label("Message", exact=True).fill("Dear Walt,")
    carl.page.get_by_text("Insert a saved answer").click()
    carl.presses("Insert")
    written = carl.page.get_by_label("Message", exact=True)
    expect(written).to_have_value("Dear Walt,\n\nSend it by the van.")
    carl.presses("Send and close")
    expect(carl.page.get_by_role("main")).to_contain_text("closed: answered")
    look(carl.page)
    run.until_idle(timezone.now())

    [mail] = Notice.objects.filter(address="walt@example.net", kind="case-answered")
    assert "Send it by the van." in mail.text
    link = re.search(r"/case/\S+", mail.text)
    assert link
    visitor.goto(link[0])
    expect(visitor.get_by_role("main")).to_contain_text("This case is closed")
    look(visitor)
    visitor.get_by_label("Message", exact=True).fill("And by mail?")
    visitor.get_by_role("main").get_by_role("button", name="Send").click()
    expect(visitor.locator(".thread li")).to_have_count(3)
    assert Case.objects.get().state == "ours"

    carl.goes("/office/cases/?show=mine")
    expect(carl.page.get_by_role("main")).to_contain_text("new message")
