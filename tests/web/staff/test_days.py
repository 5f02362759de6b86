"""Each page of a library's staff speaks in the days of that library, wherever the server stands."""

import pytest
from django.test import signals
from django.utils import timezone

from postroad.directory.models import Library
from postroad.ill.lifecycle import State

OF_ALL = ["/staff/", "/staff/find/?q=none1", "/staff/desk/"]
BORROWING = ["", "?show=lent", "receive/", "lend/", "take-back/", "send-home/", "slips/"]
LENDING = ["", "out/", "pull-list/", "ship/", "check-in/", "slips/"]
PAGES = {
    "borrower": [*OF_ALL, "/staff/ask/", *(f"/staff/borrowing/{page}" for page in BORROWING)],
    "lender": [*OF_ALL, *(f"/staff/lending/{page}" for page in LENDING)],
    "director": [*OF_ALL, "/staff/library/"],
}
ZONES = {"lee": "America/Chicago", "lenox": "Pacific/Honolulu"}
DESK = {"borrower": "lee", "director": "lee", "lender": "lenox"}


@pytest.fixture
def zones():
    """In which zones templates were rendered."""
    found = set()

    def note(**_facts):
        found.add(timezone.get_current_timezone_name())

    signals.template_rendered.connect(note)
    yield found
    signals.template_rendered.disconnect(note)


@pytest.mark.parametrize(("who", "page"), [(who, page) for who in PAGES for page in PAGES[who]])
def test_a_page_of_staff_is_read_in_their_own_zone(story, at, zones, who, page):
    story.at(State.SHIPPED)
    for code, zone in ZONES.items():
        Library.objects.filter(code=code).update(time_zone=zone)
    assert at(getattr(story.cast, who)).get(page).status_code == 200
    assert zones == {ZONES[DESK[who]]}


@pytest.mark.parametrize("who", DESK)
def test_so_is_one_request_by_either_side(story, at, zones, who):
    story.at(State.SHIPPED)
    for code, zone in ZONES.items():
        Library.objects.filter(code=code).update(time_zone=zone)
    at(getattr(story.cast, who)).get(f"/staff/requests/{story.ill.ref}/")
    assert zones == {ZONES[DESK[who]]}
