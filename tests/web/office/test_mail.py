import re
from datetime import timedelta
from email.message import EmailMessage
from html import unescape
from pathlib import Path

import pytest
import time_machine
from django.core.mail import send_mail
from django.test import Client

from postroad import reference_numbers
from postroad.notices import folder, post, tell
from postroad.notices.models import Kind, Mailbox, Notice
from postroad.notices.words import Facts
from tests.cast import Cast
from tests.ill.story import MONDAY, Story, begin


@pytest.fixture(autouse=True)
def mail_folder(tmp_path: Path, settings) -> Path:
    settings.DEMO = True
    settings.MAIL_FOLDER = tmp_path / "mail"
    settings.EMAIL_BACKEND = "postroad.notices.folder.EmailBackend"
    return tmp_path / "mail"


@pytest.fixture
def name(cast: Cast, mail_folder: Path) -> str:
    """The name of one message in the folder."""
    for event in begin(cast).ill.events.all():
        tell.people(event, MONDAY)
    post.send(MONDAY)
    (file,) = mail_folder.glob("*.eml")
    return file.stem


def keep(**heads: str) -> str:
    message = EmailMessage()
    for head, value in {
        "Message-ID": "<one@test>",
        "To": "ada@example.org",
        "Subject": "One",
        "Date": "Mon, 23 Nov 2026 15:00:00 +0000",
        **heads,
    }.items():
        message[head] = value
    message.set_content("Hello")
    folder.keep(message)
    return folder.name_of(str(message["Message-ID"]))


def test_an_empty_folder_says_how_mail_comes(cast: Cast, client: Client):
    client.force_login(cast.operator)
    page = client.get("/office/mail/").content.decode()
    assert "No mail yet." in page
    assert "Ask for a book as a patron" in page


def test_the_office_reads_what_people_would_have_received(cast: Cast, client: Client, name: str):
    client.force_login(cast.operator)
    assert "We have your request: Walden" in client.get("/office/mail/").content.decode()
    letter = client.get(f"/office/mail/{name}/").content.decode()
    assert "ada@example.org" in letter
    assert "are looking for a library that can send it" in letter
    as_html = client.get(f"/office/mail/{name}/html/")
    assert "<cite>Walden</cite>" in as_html.content.decode()
    assert "script-src 'self'" in as_html["Content-Security-Policy"]


def test_a_letter_that_django_dates_is_listed_as_any(cast: Cast, client: Client):
    """One about a password, which names no zone."""
    send_mail("A new password", "Hello", None, ["ada@example.org"])
    client.force_login(cast.operator)
    assert "A new password" in client.get("/office/mail/").content.decode()


def test_the_newest_message_stands_first(cast: Cast, client: Client):
    keep(Subject="Older")
    keep(**{"Subject": "Newer", "Message-ID": "<two@test>"})
    client.force_login(cast.centre)
    page = client.get("/office/mail/").content.decode()
    assert page.index("Newer") < page.index("Older")


def test_hostile_mail_is_shown_as_words(cast: Cast, client: Client):
    name = keep(Subject="<script>alert(1)</script>", To="<img src=x>@example.org")
    client.force_login(cast.operator)
    for address in ("/office/mail/", f"/office/mail/{name}/"):
        page = client.get(address).content.decode()
        assert "<script>alert" not in page
        assert "<img src=x" not in page


@pytest.mark.parametrize("damage", [b"", b"\xff\xfe\x00", b"Subject: half", b"Date: never\n\n"])
def test_a_damaged_message_does_not_hide_the_others(
    cast: Cast, client: Client, mail_folder: Path, damage: bytes
):
    name = keep(Subject="Whole")
    (mail_folder / "damaged.eml").write_bytes(damage)
    client.force_login(cast.operator)
    assert "Whole" in client.get("/office/mail/").content.decode()
    assert client.get(f"/office/mail/{name}/").status_code == 200
    assert client.get("/office/mail/damaged/").status_code in {200, 404}


def test_mail_that_is_not_there_is_not_there(cast: Cast, client: Client):
    client.force_login(cast.operator)
    assert client.get("/office/mail/nothing/").status_code == 404
    plain = keep()
    assert client.get(f"/office/mail/{plain}/html/").status_code == 404


def test_outside_the_demonstration_nobody_reads_others_mail(
    cast: Cast, client: Client, name: str, settings
):
    settings.DEMO = False
    client.force_login(cast.operator)
    for address in (f"/office/mail/{name}/", f"/office/mail/{name}/html/"):
        assert client.get(address).status_code == 404
    assert "looking for a library" not in client.get("/office/mail/").content.decode()
    assert 'href="/office/mail/"' not in client.get("/office/notices/").content.decode()


def test_mail_is_read_not_changed(cast: Cast, client: Client):
    client.force_login(cast.operator)
    assert client.post("/office/mail/").status_code == 405


def test_every_kind_of_notice_is_shown_with_an_example(cast: Cast, client: Client):
    client.force_login(cast.centre)
    page = client.get("/office/notices/").content.decode()
    for kind in Kind:
        assert f'id="kind-{kind}"' in page
    assert "style=" not in page
    assert not Notice.objects.exists()  # looking sends nothing


# What waits, and what could not be sent


@pytest.fixture
def story(cast: Cast) -> Story:
    story = begin(cast)
    for event in story.ill.events.all():
        tell.people(event, MONDAY)
    return story


def words(client: Client, address: str) -> str:
    text = re.sub(r"<[^>]+>", " ", client.get(address).content.decode())
    return " ".join(unescape(text).split())


def test_a_letter_that_waits_is_listed_with_its_reason_and_its_next_try(
    client: Client, story: Story
):
    client.force_login(story.cast.operator)
    assert "Waiting for its first try since" in words(client, "/office/mail/?show=waiting")
    Notice.objects.update(mail_tries=3, mail_trouble="451 greylisted")
    shown = words(client, "/office/mail/?show=waiting")
    assert "Next try: Monday 23 November" in shown
    assert "Tried 3 times." in shown
    assert "451 greylisted" in shown
    assert client.get("/office/operations/").content.decode().count("?show=waiting") >= 2


def test_a_letter_that_failed_is_listed_until_it_is_sent_again(
    client: Client, story: Story, mail_folder: Path
):
    Notice.objects.update(mail_due_at=None, mail_trouble="550 no such user")
    notice = Notice.objects.get()
    for who in (story.cast.centre, story.cast.operator):
        client.force_login(who)
        assert "550 no such user" in words(client, "/office/mail/?show=failed")
    with time_machine.travel(MONDAY, tick=False):
        answer = client.post(f"/office/mail/{notice.pk}/again/", follow=True)
    assert "will be sent again in a moment" in answer.content.decode()
    assert post.send(MONDAY) == 1
    assert "No message failed." in words(client, "/office/mail/?show=failed")
    answer = client.post(f"/office/mail/{notice.pk}/again/", follow=True)
    assert "Nothing was sent" in answer.content.decode()


def test_what_is_too_old_to_be_mailed_has_no_button(client: Client, story: Story):
    Notice.objects.update(mail_due_at=None, mail_trouble=post.TOO_OLD)
    for days, offered in ((6, True), (8, False)):
        with time_machine.travel(MONDAY + timedelta(days=days), tick=False):
            client.force_login(story.cast.operator)
            shown = words(client, "/office/mail/?show=failed")
        assert ("Send it again" in shown) == offered


def test_only_an_operator_sends_again(client: Client, story: Story):
    Notice.objects.update(mail_due_at=None, mail_trouble="550 no such user")
    client.force_login(story.cast.centre)
    assert client.post(f"/office/mail/{Notice.objects.get().pk}/again/").status_code == 404
    assert "Send it again" not in words(client, "/office/mail/?show=failed")


@pytest.mark.parametrize("show", ["waiting", "sent"])
@pytest.mark.parametrize("demo", [True, False])
def test_letters_are_found_by_the_number_of_a_request_or_by_an_address(
    client: Client, story: Story, settings, demo: bool, show: str
):
    settings.DEMO = demo
    if show == "sent":
        post.send(MONDAY)
    client.force_login(story.cast.operator)
    ref = story.ill.ref.lower()
    none = "No such message here."
    for asked in (ref, f"{ref[:4]} {ref[4:]}", "Ada@Example.org"):
        assert none not in words(client, f"/office/mail/?show={show}&q={asked}")
    for asked in ("ZZZZZZZZ", "bea@example.org", "@", "@\x00", "%"):
        assert none in words(client, f"/office/mail/?show={show}&q={asked}")


def test_of_real_mail_an_operator_never_sees_a_request_beside_a_readers_address(
    client: Client, story: Story, settings
):
    settings.DEMO = False
    tell.note(Kind.LATE, story.cast.lee, Facts(), source="day", source_key="1", now=MONDAY)
    client.force_login(story.cast.operator)
    ref, grouped = story.ill.ref, reference_numbers.grouped(story.ill.ref)
    for show in ("waiting", "failed", "sent"):
        post.send(MONDAY) if show == "sent" else None
        for asked in ("", ref, "ada@example.org"):
            page = client.get(f"/office/mail/?show={show}&q={asked}").content.decode()
            lines = page[page.find("<tbody>") :]
            assert "Walden" not in page
            assert "ada@example.org" not in lines or (ref not in lines and grouped not in lines)
    shown = words(client, "/office/mail/?show=sent")
    assert "…@example.org" in shown
    assert "Lee Library, lee@example.org" in shown


def test_real_mail_is_shown_to_operators_alone(client: Client, story: Story, settings):
    settings.DEMO = False
    for who in (story.cast.centre, story.cast.delivery, story.cast.borrower, story.cast.ada):
        client.force_login(who)
        assert client.get("/office/mail/").status_code == 404


def test_who_has_no_account_is_found_by_address_and_stands_in_no_list_with_it(
    client: Client, story: Story, settings
):
    settings.DEMO = False
    ann = Mailbox("Ann@Example.net", "Ann Smith")
    tell.note(Kind.LATE, ann, Facts(), source="day", source_key="1", now=MONDAY)
    client.force_login(story.cast.operator)
    shown = words(client, "/office/mail/?show=waiting")
    assert "…@Example.net" in shown
    assert "Ann" not in shown.replace("…@Example.net", "")
    assert "Ann@Example.net" in words(client, "/office/mail/?show=waiting&q=ann@example.net")


def test_a_long_list_takes_no_more_queries(
    client: Client, story: Story, django_assert_max_num_queries
):
    client.force_login(story.cast.operator)
    notice = Notice.objects.get()
    for number in range(60):
        notice.pk, notice.source, notice.source_key = None, "n", str(number)
        notice.save()
    with django_assert_max_num_queries(10):
        assert words(client, "/office/mail/?show=waiting").count("Waiting for its first try") == 40
