"""What the README promises to whoever plays the story."""

import pytest

from postroad.demo import facts, house, people
from postroad.demo.stock import StockFact, stock

pytestmark = pytest.mark.xdist_group(
    "stock"
)  # beside tests/demo/test_facts.py, which invents it too


@pytest.fixture(scope="module")
def shelved() -> list[StockFact]:
    """Every copy, as the demo shelves it."""
    return list(house.last_copies(list(stock())))


def owners_of(title: str, shelved: list[StockFact]) -> set[tuple[str, str]]:
    """(library, status) of every copy of a title."""
    numbers = {
        each.control_number
        for each in facts.title_facts()
        if " : ".join(part for part in (each.title, each.rest) if part) == title
    }
    return {(copy.library, copy.status) for copy in shelved if copy.control_number in numbers}


def test_the_titles_to_try_are_where_the_readme_says(shelved):
    *at_the_lenders, at_home = house.TRY
    for title in at_the_lenders:
        assert owners_of(title, shelved) == {(people.LENDER, "in")}, title
    assert owners_of(at_home, shelved) == {(people.HOME, "in")}


def test_no_two_accounts_have_one_name():
    names = [name for name, _label in people.sign_ins()]
    readers = [f"{first}.{last}".lower() for first, last in people.READERS]
    assert len({*names, *readers}) == len(names) + len(readers)
