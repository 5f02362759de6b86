"""The pages to which notices lead are there, and each recipient is led to the right one."""

from pathlib import Path

import pytest
from django.urls import NoReverseMatch, reverse

from postroad.accounts.models import Role
from postroad.notices import links
from postroad.notices.models import Notice
from tests.cast import Cast

REF = "4K7Q2M9A"
NOTICES = Path(links.__file__).parent


@pytest.mark.parametrize("name", [links.FOR_PATRON, links.FOR_STAFF, *links.FOR_OFFICE.values()])
def test_each_page_of_a_request_is_there(name: str):
    assert REF in reverse(name, args=[REF])


@pytest.mark.parametrize("about", links.PAGES)
def test_each_other_page_is_there(about: str):
    for argument in ("", f":{REF}"):
        try:
            assert links.path(Notice(about=about + argument)).startswith("/")
        except NoReverseMatch:
            continue
        return
    raise AssertionError(f"{about} leads nowhere")


def test_no_other_file_of_notices_names_a_page():
    for file in NOTICES.glob("*.py"):
        assert file.name == "links.py" or "reverse(" not in file.read_text()
    for file in NOTICES.rglob("*.txt"):
        assert "{% url" not in file.read_text()


def test_a_reader_and_her_library_are_led_to_pages_of_their_own(cast: Cast):
    assert links.path(Notice(user=cast.ada, ref=REF)) == f"/patron/requests/{REF}/"
    assert links.path(Notice(library=cast.lee, ref=REF)) == f"/staff/requests/{REF}/"
    assert links.path(Notice(office=Role.CENTRE, ref=REF)) == f"/office/centre/{REF}/"


def test_what_is_about_no_request_leads_to_what_it_is_about_or_to_where_work_begins(cast: Cast):
    assert links.path(Notice(library=cast.lee, about="lending")) == "/staff/lending/"
    assert links.path(Notice(library=cast.lee)) == "/staff/"
    assert links.path(Notice(office=Role.CENTRE)) == "/office/centre/"
    assert links.path(Notice(user=cast.ada)) == "/patron/requests/"


def test_a_letter_names_the_house_too(cast: Cast, settings):
    settings.SITE_URL = "https://postroad.example/"
    assert links.address(Notice(library=cast.lee)) == "https://postroad.example/staff/"
