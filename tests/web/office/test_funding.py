"""What falls away when the money ends, as the office sees it, enters it and takes it back."""

import csv
import re
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from postroad.econtent import editing
from postroad.econtent.models import FundingEnd, Resource
from tests.cast import Cast

FUNDING = "/office/e-resources/funding/"
STATE = "State Fund"


@pytest.fixture
def center(client: Client, cast: Cast) -> Client:
    client.force_login(cast.centre)
    return client


@pytest.fixture
def harbor(cast: Cast) -> Resource:
    made = editing.add({"name": "Harbor News", "payer": STATE}, by="Edie")
    editing.give(made, {"who": "library", "library": cast.lee, "how": "card"}, by="Edie")
    return made


@pytest.fixture
def others(cast: Cast) -> None:
    soon = timezone.localdate() + timedelta(9)
    editing.add({"name": "=Granite()", "payer": "Friends", "trial_until": soon}, by="Edie")
    editing.add({"name": "Commons"}, by="Edie")  # nobody pays


def text(answer: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def day(ahead: int) -> str:
    return (timezone.localdate() + timedelta(ahead)).isoformat()


@pytest.mark.usefixtures("harbor", "others")
def test_by_payer_and_by_day_it_says_what_falls_away_and_for_whom(center: Client):
    said = text(center.get(FUNDING))
    assert "2 resources and 1 library" in said
    assert "Lee Library" not in said
    assert "Lee Library" in text(center.get(f"{FUNDING}?payer=State+Fund"))
    assert "Commons" not in said
    assert "Harbor News" not in text(center.get(f"{FUNDING}?payer=Friends"))
    until = text(center.get(f"{FUNDING}?until={day(10)}"))
    assert "=Granite()" in until
    assert "Harbor News" not in until
    assert "Nothing falls away" in text(center.get(f"{FUNDING}?payer=Nobody"))
    assert "2 resources" in text(center.get(f"{FUNDING}?until=2026-99-99"))


def test_what_all_lose_is_told_without_their_names(center: Client, harbor: Resource):
    editing.give(harbor, {"who": "membership", "how": "card"}, by="Edie")
    said = text(center.get(f"{FUNDING}?payer=State+Fund"))
    assert "all 5 members" in said
    assert "Lee Library" not in said


@pytest.mark.usefixtures("harbor", "others")
def test_the_same_list_is_a_file_in_which_no_cell_is_a_formula(center: Client):
    answer = center.get(f"{FUNDING}?format=csv")
    assert answer["Content-Disposition"] == 'attachment; filename="funding.csv"'
    rows = list(csv.reader(StringIO(answer.content.decode("utf-8-sig"))))
    assert rows == [
        ["Payer", "Resource", "Last day", "Library", "Town", "Code"],
        ["Friends", "'=Granite()", day(9), "", "", ""],
        [STATE, "Harbor News", "", "Lee Library", "Lee", "lee"],
    ]


def test_it_is_looked_at_first_then_entered_and_taken_back(center: Client, harbor: Resource):
    typed = {"payer": STATE, "day": day(30)}
    said = text(center.post(f"{FUNDING}end/", {**typed, "look": "yes"}))
    assert "1 library loses something and is told." in said
    harbor.refresh_from_db()
    assert harbor.ends_on is None
    center.post(f"{FUNDING}end/", {**typed, "sure": "yes"})
    harbor.refresh_from_db()
    assert str(harbor.ends_on) == day(30)
    again = center.post(f"{FUNDING}end/", {**typed, "sure": "yes"})
    assert again.status_code == 422
    assert "Nothing that State Fund pays for lasts longer" in text(again)
    ended = FundingEnd.objects.get()
    assert "Taken back" in text(center.post(f"{FUNDING}{ended.pk}/undo/", follow=True))
    harbor.refresh_from_db()
    assert harbor.ends_on is None
    assert "taken back already" in text(center.post(f"{FUNDING}{ended.pk}/undo/", follow=True))


@pytest.mark.parametrize("typed", [{"day": day(-1)}, {"day": "soon"}, {"payer": "Nobody"}, {}])
@pytest.mark.usefixtures("harbor")
def test_a_day_that_is_over_or_nobodys_money_ends_nothing(center: Client, typed: dict[str, str]):
    known = {"payer": STATE, "day": day(3)} if typed else {}
    answer = center.post(f"{FUNDING}end/", {**known, **typed, "sure": "yes"})
    assert answer.status_code == 422
    assert not FundingEnd.objects.exists()


@pytest.mark.parametrize("many", [1, 5])
def test_the_page_takes_as_many_statements_however_much_falls_away(
    center: Client, cast: Cast, many: int, django_assert_num_queries: Any
):
    for number in range(many):
        made = editing.add({"name": f"R {number}", "payer": STATE}, by="Edie")
        editing.give(made, {"who": "membership", "how": "card"}, by="Edie")
    center.get(FUNDING)
    with django_assert_num_queries(10):
        center.get(FUNDING)
