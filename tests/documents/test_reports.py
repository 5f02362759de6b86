"""The report says what the verdict says, against a plain restatement."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from postroad.documents import reports
from postroad.documents.copyright import Basis, Choice, families
from postroad.documents.reports import Counts, Sum
from tests.documents.test_copyright import DAY, ONLINE, OTHER, PRINT, Copy, count

MARKS = st.builds(
    Copy,
    title=st.sampled_from(["Ferries", "The ferries", "Trains"]),
    numbers=st.sampled_from([PRINT, ONLINE, f"{ONLINE} {PRINT}", OTHER, ""]),
    is_periodical=st.booleans(),
    basis=st.sampled_from(sorted(Basis)),
    choice=st.sampled_from(sorted(Choice)),
    cost=st.none() | st.integers(0, 90).map(Decimal),
)


def together(copies: Sequence[Copy]) -> set[frozenset[int]]:
    """A plain restatement: two are of one title if a chain of shared numbers leads from one to the
    other; what has no number joins the only such title of its name."""
    groups = [{place} for place, copy in enumerate(copies) if copy.numbers]

    def share(one: set[int], two: set[int]) -> bool:
        return any(
            copies[a].is_periodical == copies[b].is_periodical
            and set(copies[a].numbers.split()) & set(copies[b].numbers.split())
            for a in one
            for b in two
        )

    joined = True
    while joined:
        joined = False
        for one in groups:
            two = next((each for each in groups if each is not one and share(one, each)), None)
            if two is not None:
                one.update(two)
                groups.remove(two)
                joined = True
                break
    numbered = [frozenset(group) for group in groups]

    def name(place: int) -> tuple[bool, str]:
        return copies[place].is_periodical, copies[place].title.lower().removeprefix("the ")

    own: dict[tuple[bool, str], set[int]] = {}
    for place, copy in enumerate(copies):
        if not copy.numbers:
            same = [at for at, each in enumerate(numbered) if name(place) in map(name, each)]
            if len(same) == 1:
                groups[same[0]].add(place)
            else:
                own.setdefault(name(place), set()).add(place)
    return {frozenset(group) for group in [*groups, *own.values()]}


@given(st.lists(MARKS, max_size=14))
def test_copies_are_put_together_as_a_plain_restatement_does(copies: list[Copy]) -> None:
    places = {id(copy): place for place, copy in enumerate(copies)}
    found = {frozenset(places[id(copy)] for copy in family) for family in families(copies)}
    assert found == together(copies)


@given(st.lists(MARKS, max_size=20))
def test_each_copy_is_in_one_line_of_the_report(copies: list[Copy]) -> None:
    listed = reports.titles(copies, 2026)
    assert sum(len(each.uses) for each in listed) == len(copies)
    whole = reports.total(listed)
    made = [copy for copy in copies if copy.basis in {"ccg", ""} and copy.choice != "declined"]
    paid = [copy for copy in copies if copy.choice == "royalty"]
    assert whole.made == len(made)
    assert whole.free == sum(copy.choice == "" for copy in made)
    assert whole.declined == sum(copy.choice == "declined" for copy in copies)
    assert whole.cost.amount == sum(copy.cost or 0 for copy in paid)
    assert whole.cost.unknown == sum(copy.cost is None for copy in paid)
    assert whole.made + whole.declined + whole.not_counted == len(copies)


@given(st.lists(MARKS, max_size=14))
def test_the_report_counts_as_the_warning_does(copies: list[Copy]) -> None:
    periodicals = [replace(copy, numbers=PRINT, is_periodical=True) for copy in copies]
    counts = reports.counts(periodicals)
    assert counts.free == count(periodicals)
    assert counts.undecided == max(0, count(periodicals) - 5)


def test_five_of_a_title_are_within_and_what_is_paid_for_is_beyond_them() -> None:
    five = [Copy() for _ in range(5)]
    assert reports.counts(five) == Counts(made=5, free=5)
    paid = Copy(choice=Choice.ROYALTY, cost=Decimal(30))
    bought = Copy(choice=Choice.OTHER_SOURCE)
    found = reports.counts([*five, paid, bought, Copy(), Copy(choice=Choice.DECLINED)])
    assert found == Counts(
        made=8,
        free=6,
        beyond=3,
        undecided=1,
        royalties=1,
        elsewhere=1,
        declined=1,
        cost=Sum(Decimal(30)),
        spent=Sum(Decimal(0), 1),
    )


def test_a_title_of_another_year_is_not_listed_and_a_book_brings_its_former_years() -> None:
    book = Copy(numbers="9780306406157", is_periodical=False)
    copies = [replace(book, asked_in=2024), replace(book, asked_in=2026)]
    assert [each.counts.made for each in reports.titles(copies, 2026)] == [2]
    assert reports.titles(copies[:1], 2026) == []


def test_titles_are_found_by_words_and_by_any_of_their_numbers() -> None:
    listed = reports.titles([Copy(), Copy(numbers=f"{PRINT} {ONLINE}"), Copy(title="Trains")], 2026)
    ferries = [Copy(), Copy(numbers=OTHER, title="Férries & Trains")]
    every = reports.titles(ferries, DAY.year)
    assert [each.title for each in reports.found(every, "FERRIES trains")] == ["Férries & Trains"]
    assert [each.title for each in reports.found(every, "0028-0836")] == ["Férries & Trains"]
    assert reports.found(every, "buses") == []
    assert reports.found(every, "0000-0019") == []
    assert reports.found(listed, "1476-8453")[0].numbers == [PRINT, ONLINE]
