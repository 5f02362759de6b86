"""A library copies an article of 1987: its cover sheet, scanned with two pages, files itself."""

import io
from pathlib import Path

import pikepdf
import pytest
from playwright.sync_api import expect

from postroad.catalogue.models import Record
from postroad.documents.models import Copy
from postroad.ill.lifecycle import State
from postroad.ill.models import Request
from tests.cast import Cast
from tests.documents import files
from tests.ill import copy_story
from tests.journeys.people import Play
from tests.journeys.seeing import look_on_a_phone_at_night

LIST = "/staff/lending/copies/"


@pytest.fixture
def asked(walden: Record, cast: Cast, play: Play) -> Request:
    ill = copy_story.ask(cast, copy_story.shelve(cast.lenox, "v.1(1976)-v.20(1995)"))
    play.worker()
    return ill


def with_cover(cover: bytes) -> bytes:
    """What a scanner makes of the sheet and two pages under it."""
    whole, file = pikepdf.new(), io.BytesIO()
    for part in (cover, files.article(2)):
        with pikepdf.open(io.BytesIO(part)) as pdf:
            whole.pages.extend(pdf.pages)
    whole.save(file)
    return file.getvalue()


def test_the_cover_sheet_files_the_scan(
    play: Play, asked: Request, tmp_path: Path, settings: object
):
    lender = play["lender"]
    page = lender.goes("/staff/lending/")
    lender.follows("Copies to make")
    lender.reads("Birds of October Mountain")
    look_on_a_phone_at_night(page)
    sheet = page.get_by_role("link", name="Cover sheets of all").get_attribute("href")
    assert sheet is not None
    cover = page.request.get(str(page.url).split("/staff/")[0] + sheet).body()
    scan, other = tmp_path / "scan.pdf", tmp_path / "other.pdf"
    scan.write_bytes(with_cover(cover))
    other.write_bytes(files.article(4))
    lender.follows("Upload scans")
    page.get_by_label("The scans").set_input_files([scan, other])
    lender.presses("Upload them")
    lender.reads("Sent. The reader is told how to open it.")
    lender.reads("It has no cover sheet on top")
    look_on_a_phone_at_night(page)
    asked.refresh_from_db()
    assert asked.state == State.DELIVERED
    assert Copy.objects.get().pages == 2
    lender.presses("Throw it away")
    lender.reads("It was sent to nobody.")
    lender.presses("Throw it away")
    lender.is_told("Thrown away: other.pdf.")
    lender.goes(f"/staff/requests/{asked.ref}/")
    lender.follows("Send another file")
    page.get_by_label("The file").set_input_files(other)
    look_on_a_phone_at_night(page)
    lender.presses("Send it")
    lender.is_told("Sent in its place.")
    lender.goes(f"/staff/requests/{asked.ref}/")
    lender.follows("Take the copy back")
    lender.presses("Take the copy back")
    lender.is_told("Taken back")
    expect(page.get_by_role("link", name="Send the copy")).to_be_visible()
