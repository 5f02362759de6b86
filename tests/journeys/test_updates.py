"""An editor publishes news with a live box; a reader gets one letter, leaves, and gets none."""

import re
from collections.abc import Callable
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from postroad.guides.models import News, NewsPage
from postroad.notices import post, updates
from postroad.notices.subscribers import Subscriber
from postroad.worker import run
from tests.cast import PASSWORD, Cast
from tests.journeys.people import click
from tests.journeys.seeing import look, look_on_a_phone_at_night


@pytest.fixture
def mail(settings: Any, tmp_path: Path) -> Path:
    settings.MAIL_FOLDER = tmp_path / "mail"
    settings.EMAIL_BACKEND = "postroad.notices.folder.EmailBackend"
    return tmp_path / "mail"


def the_worker_goes_round() -> None:
    for _round in range(2):
        now = timezone.now()
        run.until_idle(now)
        updates.send(now)
        post.send(now)


def letters(mail: Path) -> list[EmailMessage]:
    found = [message_from_bytes(each.read_bytes(), policy=default) for each in mail.glob("*.eml")]
    return [each for each in found if each["To"] == "ann@example.org"]


def path_in(text: str, page: str) -> str:
    [link] = set(re.findall(rf"http\S+{page}\S+", text))
    return str(urlsplit(link).path)


def see(page: Page) -> None:
    look(page)
    look_on_a_phone_at_night(page)


def test_a_reader_gets_one_letter_leaves_with_one_click_and_gets_none(
    cast: Cast, browse: Callable[..., Page], mail: Path
):
    reader = browse()
    reader.goto("/libraries/lee")
    click(reader.get_by_role("link", name="E-mail updates"))
    see(reader)
    reader.get_by_label("E-mail address").fill("ann@example.org")
    click(reader.get_by_role("button", name="Sign up"))
    expect(reader.get_by_role("heading", level=1)).to_have_text("Look in your mailbox")
    see(reader)
    the_worker_goes_round()
    [asked] = letters(mail)
    body = asked.get_body(("plain",))
    assert body is not None
    reader.goto(path_in(body.get_content(), "/updates/confirm/"))
    see(reader)
    click(reader.get_by_role("button", name="Yes, send me these"))
    expect(reader.get_by_role("heading", level=1)).to_have_text("Your updates")
    see(reader)

    draft = NewsPage(title="Snow", intro="The van stays at home.", live=False)
    draft.body = [("live", "closed")]
    page = News.objects.get().add_child(instance=draft)
    page.save_revision()
    the_worker_goes_round()
    assert letters(mail) == []

    editor = browse()
    editor.goto(f"/cms/pages/{page.pk}/edit/")
    editor.get_by_label("Name").fill("editor")
    editor.get_by_label("Password").fill(PASSWORD)
    click(editor.get_by_role("button", name="Sign in"))
    click(editor.get_by_role("button", name="Publish", exact=True))
    the_worker_goes_round()
    [news] = letters(mail)
    assert news["Subject"] == "Snow"
    reader.goto("/news/snow/")
    expect(reader.get_by_role("heading", name="Snow")).to_be_visible()

    leave = urlsplit(str(news["List-Unsubscribe"]).strip(" <>")).path
    reader.goto(leave)
    see(reader)
    assert Subscriber.objects.exists()
    click(reader.get_by_role("button", name="Stop all updates"))
    expect(reader.get_by_role("heading", level=1)).to_have_text("You get no more updates")
    see(reader)
    assert not Subscriber.objects.exists()

    editor.goto(f"/office/updates/announce/{page.pk}/")
    expect(editor.get_by_text("0 subscribers hear of it once more")).to_be_visible()
    see(editor)
    click(editor.get_by_role("button", name="Announce it again"))
    the_worker_goes_round()
    assert letters(mail) == []  # the first was deleted with her address
    editor.goto("/office/updates/")
    see(editor)


def test_a_notice_to_staff_is_written_read_and_listed(
    cast: Cast, browse: Callable[..., Page], mail: Path
):
    def sign_in(name: str, address: str) -> Page:
        page = browse()
        page.goto(address)
        page.get_by_label("Name").fill(name)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        return page

    office = sign_in("delivery", "/office/staff-notices/")
    see(office)
    office.get_by_label("In one line").fill("No van on Friday")
    office.get_by_label("Text").fill("Ice on the roads.")
    office.get_by_label("one delivery route").check()
    office.get_by_label("Which route").select_option("WEST 2")
    office.get_by_role("button", name="See to whom it goes").click()
    expect(office.get_by_text("It goes to 5 people at 3 libraries.")).to_be_visible()
    see(office)
    office.get_by_role("button", name="Send it").click()
    see(office)
    clerk = sign_in("borrower", "/staff/")
    expect(clerk.get_by_role("heading", name="Please read")).to_be_visible()
    see(clerk)
    clerk.get_by_role("button", name="I have read it").click()
    expect(clerk.get_by_role("heading", name="Please read")).to_have_count(0)
    office.reload()
    expect(office.get_by_role("heading", name="Acknowledged 1", exact=True)).to_be_visible()
