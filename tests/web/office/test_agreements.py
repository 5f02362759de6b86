"""What libraries agreed on with one another: entered with a day, and never changed."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from postroad.directory import agreements, thresholds
from postroad.directory.models import Agreement
from tests.web.office.test_thresholds import ahead, office, text

__all__ = ["office"]
PAGE = "/office/agreements/"
SENT = {
    "name": "Rhode Island",
    "lender_side": "state:RI",
    "borrower_side": "network:berkshire",
    "due_means": "back-home",
    "silence_on_renewal": "grant",
}


def sent(days: int = 0, **more: str) -> dict[str, str]:
    return {**SENT, "effective": ahead(days), **more}


def test_it_holds_from_its_day_on_between_its_two_sides(office, cast):
    assert "None yet" in text(office.get(PAGE))
    for _press in range(2):
        assert office.post(PAGE, sent(3)).status_code == 302
    agreed = Agreement.objects.get()
    today = timezone.localdate()
    assert agreements.between(cast.providence, cast.lee, today + timedelta(days=2)) is None
    assert agreements.between(cast.providence, cast.lee, today + timedelta(days=3)) == agreed
    assert agreements.between(cast.lee, cast.providence, today + timedelta(days=3)) is None
    shown = text(office.get(PAGE))
    for told in ("Rhode Island", "Berkshire Libraries", "back at the lending library", "to come"):
        assert told in shown


def test_what_has_not_begun_is_taken_back_and_what_holds_stays(office):
    office.post(PAGE, sent(3))
    office.post(PAGE, sent(name="Now"))
    later, now = (Agreement.objects.get(name=name) for name in ("Rhode Island", "Now"))
    office.post(PAGE, {"withdraw": str(later.pk)})
    answer = office.post(PAGE, {"withdraw": str(now.pk)}, follow=True)
    assert "so it stays in the history" in text(answer)
    assert Agreement.objects.get() == now
    for key in ("", "x", "9" * 30):
        assert office.post(PAGE, {"withdraw": key}).status_code == 404


def test_what_has_numbers_of_its_own_is_not_taken_back(office):
    office.post(PAGE, sent(3))
    agreed = Agreement.objects.get()
    thresholds.enter(
        "courier-late",
        9,
        effective=agreed.effective,
        agreement=agreed,
        by="Centre",
        at=timezone.now(),
    )
    answer = office.post(PAGE, {"withdraw": str(agreed.pk)}, follow=True)
    assert "Take those back first" in text(answer)
    assert Agreement.objects.exists()


def test_another_for_the_same_two_and_day_is_told_of_and_a_later_one_replaces_it(office):
    office.post(PAGE, sent())
    answer = office.post(PAGE, sent(due_means="at-borrower"))
    assert answer.status_code == 422
    assert "between the same two sides already" in text(answer)
    office.post(PAGE, sent(5, name="Anew", due_means="at-borrower"))
    lines = office.get(PAGE).context["lines"]
    assert [(line.row.name, line.to_come, line.replaced) for line in lines] == [
        ("Anew", True, False),
        ("Rhode Island", False, False),
    ]
    Agreement.objects.filter(name="Rhode Island").update(effective=date(2026, 1, 1))
    Agreement.objects.filter(name="Anew").update(effective=timezone.localdate())
    assert [line.replaced for line in office.get(PAGE).context["lines"]] == [False, True]


@pytest.mark.parametrize(
    "wrong",
    [
        {"effective": "2020-01-01"},
        {"effective": "9999-01-01"},
        {"lender_side": "library:nobody"},
        {"name": ""},
        {"due_means": "whenever"},
    ],
)
def test_what_cannot_be_is_said_at_its_field(office, wrong):
    answer = office.post(PAGE, sent(**wrong))
    assert answer.status_code == 422
    assert answer.context["form"].errors.keys() == wrong.keys()
    assert not Agreement.objects.exists()
