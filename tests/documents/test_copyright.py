"""The rule of five against a plain restatement, and the sides of each of its edges."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postroad.documents.copyright import (
    Basis,
    Choice,
    Citation,
    Rights,
    Warn,
    basis_of,
    judge,
    key_of,
    purge_on,
    title_key,
)

PRINT, ONLINE, OTHER = "03785955", "14768453", "00280836"
DAY = date(2026, 11, 27)


@dataclass(frozen=True)
class Copy:
    title: str = "Ferries"
    numbers: str = PRINT
    is_periodical: bool = True
    asked_in: int = 2026
    basis: str = Basis.CCG
    choice: str = Choice.NONE
    cost: Decimal | None = None


def article(**more: object) -> Citation:
    facts: dict[str, object] = {"title": "Ferries", "numbers": (PRINT,), "published": "2025"}
    return Citation(**{**facts, **more})  # type: ignore[arg-type]


COPIES = st.lists(
    st.builds(
        Copy,
        numbers=st.sampled_from([PRINT, OTHER]),
        is_periodical=st.booleans(),
        asked_in=st.integers(2020, 2030),
        basis=st.sampled_from(list(Basis)),
        choice=st.sampled_from(list(Choice)),
    ),
    max_size=40,
)


@given(
    copies=COPIES,
    asked_on=st.dates(date(2020, 1, 1), date(2030, 12, 31)),
    published=st.none() | st.integers(1900, 2031),
    is_periodical=st.booleans(),
    has=st.booleans(),
)
def test_it_says_what_a_plain_restatement_says(copies, asked_on, published, is_periodical, has):
    had = [
        copy
        for copy in copies
        if copy.numbers == PRINT
        and copy.is_periodical == is_periodical
        and copy.basis in {"ccg", ""}
        and copy.choice == ""
        and (copy.asked_in == asked_on.year or not is_periodical)
    ]
    age = asked_on.year - (published or asked_on.year)
    mark = "own" if has else "ccg" if age <= (5 if is_periodical else 95) else "ccl"

    citation = article(published=str(published or ""), is_periodical=is_periodical)
    found = judge(copies, citation, asked_on, Rights(subscribes=has))
    assert (found.basis, found.count) == (mark, len(had))
    assert found.over == (mark == "ccg" and len(had) >= 5)
    assert (Warn.BEYOND in found.warn) == found.over


@given(asked_on=st.dates(date(1990, 1, 1), date(2060, 12, 31)), days=st.integers(-30, 3000))
def test_an_issue_of_a_known_day_counts_until_its_fifth_birthday_and_no_longer(asked_on, days):
    appeared = asked_on - timedelta(days)
    fifth = (appeared.year + 5, appeared.month, appeared.day)
    counts = (asked_on.year, asked_on.month, asked_on.day) <= fifth
    if (asked_on.month, asked_on.day, appeared.day) == (2, 29, 28):
        counts = asked_on.year - appeared.year <= 5  # the leap day is reckoned as the day before
    basis = basis_of(article(published=appeared.isoformat()), asked_on, Rights())
    assert basis == (Basis.CCG if counts else Basis.CCL)


@pytest.mark.parametrize(
    ("published", "basis", "warn"),
    [
        ("2021-11-27", Basis.CCG, ()),  # five years to the day
        ("2021-11-26", Basis.CCL, ()),
        ("2021-11", Basis.CCG, (Warn.AGE_IN_DOUBT,)),
        ("2021-10", Basis.CCL, ()),
        ("2021-12", Basis.CCG, ()),
        ("2021", Basis.CCG, (Warn.AGE_IN_DOUBT,)),
        ("2020", Basis.CCL, ()),
        ("2021-02-31", Basis.CCG, (Warn.AGE_IN_DOUBT,)),  # no such day: the year is known
        ("2027", Basis.CCG, ()),  # announced
        ("", Basis.CCG, (Warn.AGE_UNKNOWN,)),
        ("0000", Basis.CCG, (Warn.AGE_UNKNOWN,)),
        ("spring", Basis.CCG, (Warn.AGE_UNKNOWN,)),
    ],
)
def test_a_doubt_about_the_age_counts_and_is_said(published, basis, warn):
    found = judge([], article(published=published), DAY)
    assert (found.basis, found.warn) == (basis, warn)


@pytest.mark.parametrize(
    ("had", "over", "warn"),
    [(3, False, ()), (4, False, (Warn.LAST_FREE,)), (5, True, (Warn.BEYOND,))],
)
def test_five_are_free_and_the_sixth_is_beyond(had, over, warn):
    found = judge([Copy()] * had, article(), DAY)
    assert (found.count, found.over, found.warn) == (had, over, warn)


@pytest.mark.parametrize(
    "rights", [Rights(subscribes=True), Rights(owns_unusable=True), Rights(licensed=True)]
)
def test_what_the_library_has_itself_is_never_beyond(rights):
    found = judge([Copy()] * 9, article(), DAY, rights)
    assert not found.over
    assert found.warn == ()


def count(copies: Sequence[Copy], **more: object) -> int:
    return judge(copies, article(**more), DAY).count


def test_print_and_online_are_one_title_through_any_number_that_they_share():
    copies = [Copy(numbers=PRINT), Copy(numbers=f"{PRINT} {ONLINE}"), Copy(numbers=ONLINE)]
    assert count(copies) == 3
    assert count(copies, numbers=(ONLINE,)) == 3
    assert count(copies, numbers=(), linking="1476-8453") == 3
    assert count(copies, numbers=(OTHER,)) == 0


def test_a_number_that_only_fills_its_field_makes_no_two_periodicals_one():
    copies = [Copy(title="Trains", numbers="00000000")] * 5
    assert count(copies, title="Ferries", numbers=("0000-0000",)) == 0
    assert count(copies, title="Trains", numbers=("0000-0000",)) == 5


def test_a_title_without_a_number_is_found_by_its_name_and_it_is_said():
    copies = [Copy(numbers="", title="The Férries"), Copy(numbers="", title="Trains")]
    found = judge(copies, article(), DAY)
    assert (found.count, found.warn) == (1, (Warn.BY_TITLE,))
    assert count([Copy()], numbers=()) == 1


def test_two_bulletins_with_numbers_of_their_own_are_two_titles():
    assert count([Copy(numbers=OTHER)]) == 0


def test_a_book_counts_over_all_years_and_one_that_is_free_to_all_does_not():
    copies = [
        Copy(numbers="9780306406157", is_periodical=False, asked_in=year) for year in (24, 25)
    ]
    book = article(numbers=("0-306-40615-2",), is_periodical=False, published="1931")
    assert judge(copies, book, DAY).count == 2
    assert judge(copies, book, DAY).basis is Basis.CCG
    older = article(is_periodical=False, published="1930")
    assert judge([], older, DAY).basis is Basis.CCL


@pytest.mark.parametrize("number", ["abc", "1234", "9" * 300])
def test_what_is_no_number_joins_no_titles(number):
    assert count([Copy(numbers=number)], numbers=(number,), title="Trains") == 0


def test_its_key_is_the_linking_number_else_its_own_else_the_title():
    assert key_of(article(linking="1476-8453")) == ONLINE
    assert key_of(article(numbers=(ONLINE, PRINT))) == PRINT
    assert key_of(article(numbers=(), title="The Ferries & Trains.")) == "ferries and trains"
    assert title_key("A") == "a"


@given(st.dates(date(2020, 1, 1), date(2090, 12, 31)))
def test_a_row_is_kept_for_three_complete_calendar_years(day):
    gone = purge_on(day)
    assert (gone.month, gone.day, gone.year - day.year) == (1, 1, 4)
