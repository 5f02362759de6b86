"""A clerk with a scanner sends what came in to its libraries, on a phone and at a desk."""

import pytest
from playwright.sync_api import expect

from postroad.catalogue.models import Item, Record
from tests.browser import assert_accessible
from tests.journeys.people import click
from tests.web.staff.test_in_a_browser import sign_in


@pytest.mark.parametrize("width", [360, pytest.param(1280, marks=pytest.mark.nightly)])
def test_what_came_in_is_scanned_asked_for_and_sent(browse, cast, width):
    record = Record.objects.create(title="Walden", match_key="walden")
    for library in (cast.lenox, cast.pittsfield):
        Item.objects.create(record=record, library=library, barcode="39999")
    Item.objects.create(record=record, library=cast.lenox, barcode="31111")
    page = sign_in(browse(width=width), "borrower")
    page.goto("/staff/transit/")
    scanned = page.get_by_label("Barcodes, one a line")
    scanned.press_sequentially("31111\n39999\n")  # a scanner ends each with Enter
    click(page.get_by_role("button", name="Whose are they?"))
    expect(page.get_by_text("Several libraries have this barcode.")).to_be_visible()
    expect(scanned).to_have_value("31111\n39999")
    assert_accessible(page)
    page.get_by_label("Its library").select_option(cast.pittsfield.code)
    click(page.get_by_role("button", name="Look again"))
    click(page.get_by_role("button", name="Make parcels of them"))
    expect(page.get_by_text("2 parcels are ready.")).to_be_visible()
    assert_accessible(page)
    expect(scanned).to_have_value("")
    expect(page.get_by_label("Paper")).to_have_value("label")
