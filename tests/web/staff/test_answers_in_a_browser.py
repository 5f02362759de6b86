"""What a lender answers and a borrower says to it, in a real browser: axe and width."""

from decimal import Decimal

import pytest

from postroad.ill import lending
from postroad.ill.acts import Act
from postroad.ill.lending import Offer
from postroad.ill.lifecycle import Condition, State
from postroad.ill.models import Supply
from tests.browser import assert_accessible
from tests.ill.story import MONDAY, begin
from tests.web.staff.test_in_a_browser import sign_in

MAP = Offer(
    [Condition.LIBRARY_USE, Condition.COST], "Keep it flat, in its folder.", Decimal("12.50")
)


@pytest.mark.parametrize(
    ("width", "dark"), [(360, True), pytest.param(1280, False, marks=pytest.mark.nightly)]
)
def test_a_conditional_loan_from_offer_to_yes(browse, cast, width, dark):
    story = begin(cast)
    story.at(State.REFERRED)
    lender = sign_in(browse(width=width, dark=dark), "lender")
    for part in ("refuse", "later", "offer"):
        lender.goto(f"/staff/supplies/{story.ill.ref}/1/{part}/")
        assert_accessible(lender)
    lender.check("[value=no-copying]")
    lender.fill("[name=cost]", "$3")
    lender.click("main button.main")
    lender.goto("/staff/lending/?show=offered")
    assert_accessible(lender)
    lending.offer(Supply.objects.get(), Act(cast.lender, MONDAY), MAP)
    borrower = sign_in(browse(width=width, dark=dark), "borrower")
    for address in (f"/staff/requests/{story.ill.ref}/", "/staff/borrowing/?show=conditions"):
        borrower.goto(address)
        assert_accessible(borrower)
    borrower.get_by_role("button", name="Accept").click()
    borrower.wait_for_load_state()
    assert_accessible(borrower)
    borrower.get_by_role("button", name="Accept the conditions").click()
    borrower.wait_for_load_state()
    assert Supply.objects.get().state == "promised"
