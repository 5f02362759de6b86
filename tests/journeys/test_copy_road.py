"""A copy from the list of its lender to its reader's hands, by a code, and gone after its day."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import override_settings
from playwright.sync_api import expect

from postroad.accounts.models import User
from postroad.documents import storage
from postroad.documents.models import Copy, Use
from postroad.ill.models import Request
from postroad.notices.models import Kind, Notice
from tests.cast import Cast
from tests.documents import files
from tests.ill import copy_story
from tests.journeys.people import Play, click
from tests.journeys.seeing import look, look_on_a_phone_at_night


@pytest.fixture(autouse=True)
def home(tmp_path: Path) -> Iterator[Path]:
    with override_settings(HOME=tmp_path):
        yield tmp_path


def test_it_is_sent_complained_of_sent_once_more_opened_with_a_code_and_gone(
    play: Play, cast: Cast, tmp_path: Path
):
    User.objects.filter(pk=cast.ada.pk).update(email="ada@example.org")
    ill = copy_story.ask(cast, copy_story.shelve(cast.lenox, "v.1(1976)-v.20(1995)"))
    play.worker()
    first, second = tmp_path / "scan-1.pdf", tmp_path / "scan-2.pdf"
    first.write_bytes(files.article(1))
    second.write_bytes(files.article(2))

    ben = play["lender"]
    page = ben.goes("/staff/lending/copies/")
    ben.reads("Birds of October Mountain")
    ben.reads_not("Ada")
    ben.follows("Send the copy")
    page.get_by_label("The file").set_input_files(first)
    ben.presses("Send")
    play.worker()

    ada = play["ada"]
    page = ada.goes(f"/patron/requests/{ill.ref}/")
    ada.reads("Your copy is here.")
    look_on_a_phone_at_night(page)
    ada.follows("Something is wrong with it")
    page.get_by_label("Pages are missing").check()
    ada.presses("Ask for it once more")
    play.worker()

    page = ben.goes("/staff/lending/copies/")
    ben.reads("Pages are missing")
    ben.follows("Send the copy")
    page.get_by_label("The file").set_input_files(second)
    ben.presses("Send")
    play.worker()
    assert Use.objects.count() == 1

    opened_with_a_code(play)

    play.later(days=31)
    play.worker()
    assert list(storage.everything()) == []
    assert Request.objects.get(ref=ill.ref).patron is None


def opened_with_a_code(play: Play) -> None:
    """On a computer where nobody is signed in, by the link of her mail."""
    told = Notice.objects.filter(kind=Kind.COPY_READY).order_by("-pk")[0]
    stranger = play.enter("nobody").page
    stranger.goto(told.link)
    look(stranger)
    assert Copy.objects.get().opened == 0
    click(stranger.get_by_role("button", name="Mail me a code"))
    code = Notice.objects.get(kind=Kind.COPY_CODE).text.split("copy: ")[1].split(".")[0]
    stranger.get_by_label("Code").fill(code)
    with stranger.expect_download() as came:
        stranger.get_by_role("button", name="Open the copy").click()
    assert Path(came.value.path()).read_bytes().startswith(b"%PDF-")
    assert Copy.objects.get().opened == 1
    stranger.goto(told.link)
    expect(stranger.get_by_text("opened 4 more times")).to_be_visible()
