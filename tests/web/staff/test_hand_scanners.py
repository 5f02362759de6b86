"""What hand scanners do to a scan page, in a real browser."""

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import expect

from postroad.ill import asking
from postroad.ill.acts import Act
from postroad.ill.lifecycle import State
from postroad.ill.models import Request
from tests.ill.story import Story, copy, title


@pytest.fixture
def receive(browse, cast, site):
    """The page Receive of Lee, and two books on their way there."""
    numbers = ["40000000000017", "40000000000025"]
    for number in numbers:
        record = title(number)
        copy(record, cast.lenox, number)
        at = timezone.now()
        ill = asking.ask(record, Act(cast.ada, at), patron=cast.ada, library=cast.lee)
        Story(cast, record, ill, now=at).at(State.SHIPPED)
    client = Client()
    client.force_login(cast.borrower)
    page = browse()
    session = {"name": "session", "value": client.cookies["session"].value, "url": site}
    page.context.add_cookies([session])
    page.goto("/staff/borrowing/receive/")
    return page, numbers


def lines(page, many):
    expect(page.locator("ol.sitting > li")).to_have_count(many)


def states():
    return sorted(Request.objects.values_list("state", flat=True))


@pytest.mark.parametrize("ends", [["Enter", "Enter"], ["Tab"], ["Enter", "Tab", "Tab"]])
def test_however_a_scanner_ends_its_codes_each_counts_once(receive, ends):
    page, numbers = receive
    for number in numbers:
        page.keyboard.type(number)
        for key in ends:
            page.keyboard.press(key)
    lines(page, 2)
    assert states() == [State.ARRIVED] * 2
    assert "On the hold shelf" in page.locator("#sitting .band").first.inner_text()


def test_a_scan_while_undo_has_the_focus_takes_nothing_back(receive):
    page, (first, second) = receive
    page.keyboard.type(first)
    page.keyboard.press("Enter")
    lines(page, 1)
    page.locator("ol.sitting button").first.focus()
    page.keyboard.type(second)
    page.keyboard.press("Enter")
    lines(page, 2)
    assert states() == [State.ARRIVED] * 2
    badge = page.locator("[data-count-of=staff-borrowing]").inner_text()
    assert badge == page.locator("#sitting [data-count=staff-borrowing]").get_attribute("value")


def test_a_clerk_who_types_by_hand_leaves_the_field_by_tab(receive):
    page, (first, _second) = receive
    page.keyboard.type(first, delay=90)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") != "scan"
    assert states() == [State.SHIPPED] * 2
