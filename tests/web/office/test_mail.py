from email.message import EmailMessage
from pathlib import Path

import pytest
from django.test import Client

from postroad.notices import folder, post, tell
from postroad.notices.models import Kind, Notice
from tests.cast import Cast
from tests.ill.story import MONDAY, begin


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
    assert "ask for a book as a patron" in page


def test_the_office_reads_what_people_would_have_received(cast: Cast, client: Client, name: str):
    client.force_login(cast.operator)
    assert "We have your request: Walden" in client.get("/office/mail/").content.decode()
    letter = client.get(f"/office/mail/{name}/").content.decode()
    assert "ada@example.org" in letter
    assert "look for a library that can lend it" in letter
    as_html = client.get(f"/office/mail/{name}/html/")
    assert "<cite>Walden</cite>" in as_html.content.decode()
    assert "script-src 'self'" in as_html["Content-Security-Policy"]


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
    for address in ("/office/mail/", f"/office/mail/{name}/", f"/office/mail/{name}/html/"):
        assert client.get(address).status_code == 404
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
