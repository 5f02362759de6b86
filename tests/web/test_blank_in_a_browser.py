"""Asking for what no catalog lists, in a real browser: axe, width, and what a script finds."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from postroad.accounts.models import Card
from postroad.catalogue import search
from postroad.catalogue.models import Identifier
from postroad.ill import patron_links, questions
from postroad.ill.acts import Act
from postroad.ill.lifecycle.questions import QuestionKind
from postroad.ill.models import Request
from postroad.ill.questions import Asking, Said
from tests.browser import assert_accessible
from tests.cast import PASSWORD, Cast
from tests.ill.story import copy, title


def enter(page: Page, who: str) -> None:
    page.goto("/accounts/login/")
    page.fill("[name=login]", who)
    page.fill("[name=password]", PASSWORD)
    page.click("main button.main")
    page.wait_for_load_state("networkidle")


def looked_at(page: Page, name: str) -> None:
    assert_accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    if folder := os.environ.get("POSTROAD_SHOTS"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


@pytest.mark.nightly
@pytest.mark.parametrize(("width", "dark"), [(1280, False), (360, True)])
def test_the_forms_are_for_everybody_and_a_script_suggests_what_the_catalog_has(
    browse: Callable[..., Page],
    cast: Cast,
    settings: Any,
    tmp_path: Path,
    width: int,
    dark: bool,
):
    settings.HOME = tmp_path
    record = title("Walden; or, Life in the woods", year=1854)
    Identifier.objects.create(record=record, kind="isbn", value="9780195049831")
    copy(record, cast.lenox, "30001000000017")
    search.rebuild()
    page = browse(width=width, dark=dark)
    enter(page, "ada")
    page.goto("/search?q=yankee")
    page.click("text=It is not in the catalog")
    looked_at(page, f"choose-{width}")
    page.goto("/patron/ask/blank/?material=book")
    looked_at(page, f"book-{width}")
    page.locator("[name=number]").press_sequentially("9780195049831")
    expect(page.get_by_text("Ask for this one")).to_be_visible()
    looked_at(page, f"suggested-{width}")
    page.fill("[name=number]", "")
    page.fill("[name=title]", "Life in the woods")
    page.fill("[name=year]", "20")
    page.click("text=Other editions, formats")
    page.click("main form.form button.main")
    looked_at(page, f"wrong-{width}")
    page.fill("[name=year]", "1866")
    page.click("main form.form button.main")
    looked_at(page, f"checked-{width}")
    page.click("text=None of these: send the request")
    looked_at(page, f"hers-{width}")
    ill = Request.objects.get()
    staff = browse(width=width, dark=dark)
    enter(staff, "borrower")
    card = Card.objects.get(user=cast.ada).barcode
    staff.goto(f"/staff/ask/blank/?card={card}&material=map")
    looked_at(staff, f"map-{width}")
    staff.goto(f"/staff/requests/{ill.ref}/match/")
    looked_at(staff, f"match-{width}")
    said = Said(note="Is any edition fine?")
    asked = questions.ask(Asking(QuestionKind.ASK_PATRON, ill, said=said), Act(cast.borrower))
    staff.goto(f"/staff/requests/{ill.ref}/")
    looked_at(staff, f"desk-{width}")
    visitor = browse(width=width, dark=dark)
    visitor.goto(f"/question/{patron_links.token(asked)}/")
    looked_at(visitor, f"question-{width}")
    visitor.fill("[name=text]", "Yes")
    visitor.click("text=Send the answer")
    looked_at(visitor, f"answered-{width}")
