"""A library reports itself closed from the mailed link, and a waiting request moves on."""

from django.utils import timezone
from playwright.sync_api import expect

from postroad.catalogue.models import Item, Record
from postroad.directory import known
from postroad.ill import asking as asks
from postroad.ill import sweeps
from postroad.ill.acts import Act
from postroad.ill.models import Request, Supply
from postroad.notices import asking
from postroad.notices.models import Kind, Notice
from postroad.worker import run
from tests.browser import assert_accessible
from tests.cast import gather


def test_a_library_reports_itself_closed_from_the_mail_and_a_request_moves_on(browse):
    cast, now = gather(), timezone.now()
    record = Record.objects.create(title="Walden", author="Thoreau", match_key="walden")
    for library, barcode in ((cast.lenox, "30001"), (cast.pittsfield, "30002")):
        Item.objects.create(record=record, library=library, barcode=barcode)
    asked = asks.ask(record, Act(cast.ada), patron=cast.ada, library=cast.lee)
    run.until_idle(timezone.now())
    first = Supply.objects.get(request=asked).lender
    asking.ask(now)
    letter = Notice.objects.get(kind=Kind.STATUS_ASKED, library=first)

    for width, dark in ((1280, True), (1280, False), (360, True)):
        looking = browse(width=width, dark=dark)
        looking.goto(letter.link)
        assert_accessible(looking)
    phone = browse(width=360)
    phone.goto(letter.link)
    expect(phone.get_by_text("Nothing is recorded until you press")).to_be_visible()
    phone.get_by_role("button", name="We are closed").click()
    expect(phone.get_by_text(f"Recorded for {first.name}")).to_be_visible()
    assert_accessible(phone)

    run.until_idle(timezone.now())
    sweeps.closed_lenders(timezone.now())  # a job, whose turn the closure has brought forward
    run.until_idle(timezone.now())
    moved = Request.objects.select_related("current__lender").get(pk=asked.pk)
    assert moved.current.lender in {cast.lenox, cast.pittsfield} - {first}
    assert known.one(first, timezone.now()).standing.open.value is False

    phone.goto(letter.link)
    expect(phone.get_by_text("has been used already")).to_be_visible()
    phone.goto("/status?show=closed")
    expect(phone.get_by_role("link", name=first.name)).to_be_visible()
