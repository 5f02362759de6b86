"""Lists as CSV: the same gate, filters and order as the page, and no cell that is a formula."""

import csv
from io import StringIO
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from postroad.ill.lifecycle import State
from postroad.ill.models import Request
from postroad.web.shared.csv_files import defused
from tests.cast import Cast
from tests.ill.story import Story, begin

LISTS = {
    "/office/centre/?show=all": "centre",
    "/staff/borrowing/?show=lent": "borrower",
    "/staff/lending/out/?show=received": "lender",
}


@pytest.fixture
def story(cast: Cast) -> Story:
    return begin(cast).at(State.LENT)


def rows(client: Client, address: str) -> list[dict[str, str]]:
    mark = "&" if "?" in address else "?"
    answer: Any = client.get(f"{address}{mark}format=csv")
    assert answer.streaming
    assert answer["Content-Disposition"].startswith("attachment")
    text = b"".join(answer.streaming_content).decode()
    assert text.startswith("\ufeff")
    return list(csv.DictReader(StringIO(text[1:])))


@pytest.mark.parametrize(
    "cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "\uff1d1"]
)
def test_a_cell_that_a_spreadsheet_takes_for_a_formula_is_defused(cell: str):
    assert defused(cell) == f"'{cell}"
    assert defused(f"a{cell}") == f"a{cell}"


@pytest.mark.parametrize("address", LISTS)
def test_each_list_is_downloaded_as_it_stands(client: Client, story: Story, address: str):
    Request.objects.update(title='=HYPERLINK("http://example.org")', author="Émile, “Zoë”")
    client.force_login(getattr(story.cast, LISTS[address]))
    (row,) = rows(client, address)
    assert row["Title"] == '\'=HYPERLINK("http://example.org")'
    assert row["Author"] == "Émile, “Zoë”"
    assert (row["Borrowing library"], row["Lending library"]) == ("Lee Library", "Lenox Library")
    assert row["Asked"] == timezone.localtime(story.ill.asked_at).strftime("%Y-%m-%d %H:%M")
    assert "Download this list" in client.get(address).content.decode()


def test_the_columns_are_chosen_and_the_filters_kept(client: Client, story: Story):
    client.force_login(story.cast.centre)
    address = "/office/centre/?state=lent&column=number&column=due&column=nonsense"
    (row,) = rows(client, address)
    assert list(row) == ["Number", "Due"]
    assert rows(client, "/office/centre/?state=centre") == []


def test_a_patron_stands_in_her_own_librarys_lists_alone(client: Client, story: Story):
    for address, who in LISTS.items():
        client.force_login(getattr(story.cast, who))
        (row,) = rows(client, address + "&column=patron&column=number")
        assert ("Ada" in str(row)) == (who == "borrower")
    client.force_login(story.cast.stranger)
    for address in LISTS:
        assert client.get(f"{address}&format=csv").status_code == 404
