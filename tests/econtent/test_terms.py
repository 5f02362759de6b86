"""Who may use a resource and what its coverage reaches: unknown is never yes."""

from dataclasses import dataclass
from datetime import date

import pytest

from postroad.econtent.terms import Answer, Facts, Right, covers, entitled

TODAY = date(2026, 11, 27)
YES, NO, UNKNOWN = Answer.YES, Answer.NO, Answer.UNKNOWN


@dataclass(frozen=True)
class Stretch:
    begin: str = "1987"
    first_volume: str = ""
    first_issue: str = ""
    end: str = ""
    last_volume: str = ""
    last_issue: str = ""
    embargo: str = ""
    depth: str = "fulltext"
    is_book: bool = False


@pytest.mark.parametrize(
    ("right", "facts", "answer"),
    [
        (Right("everybody"), Facts(), YES),
        (Right("kind", "public"), Facts(kind="public"), YES),
        (Right("kind", "public"), Facts(kind="school"), NO),
        (Right("kind", "public"), Facts(), UNKNOWN),
        (Right("kind", ""), Facts(), UNKNOWN),
        (Right("library", "ARD"), Facts(library="ARD"), YES),
        (Right("network", "north"), Facts(networks=frozenset({"north"})), YES),
        (Right("network", "north"), Facts(networks=frozenset()), NO),
        (Right("network", "north"), Facts(), UNKNOWN),
        (Right("town", "Ardmore"), Facts(town=" ardmore"), YES),
        (Right("zip", "12345"), Facts(zip_code="12345-6789"), YES),
        (Right("zip", "12345"), Facts(zip_code="12346"), NO),
        (Right("on-site"), Facts(), UNKNOWN),
        (Right("on-site"), Facts(is_on_site=True), YES),
        (Right("on-site", "LEE"), Facts("LEE", is_on_site=True), YES),
        (Right("on-site", "LEE"), Facts("ADAMS", is_on_site=True), NO),
        (Right("on-site", "LEE"), Facts("LEE"), UNKNOWN),
        (Right("membership", "member"), Facts(membership="member"), YES),
        (Right("membership", "member"), Facts(membership="outside"), NO),
        (Right("membership", "member"), Facts(), UNKNOWN),
    ],
)
def test_a_right_holds_for_known_facts_only(right: Right, facts: Facts, answer: Answer) -> None:
    assert entitled(facts, [right]) is answer


def test_one_right_is_enough_and_none_written_down_is_unknown() -> None:
    public, north = Right("kind", "public"), Right("network", "north")
    assert entitled(Facts(kind="public"), [north, public]) is YES
    assert entitled(Facts(kind="school"), [north, public]) is UNKNOWN
    assert entitled(Facts(kind="public"), []) is UNKNOWN


@pytest.mark.parametrize(
    ("stretch", "year", "answer"),
    [
        (Stretch(), 1986, NO),
        (Stretch(), 1987, YES),
        (Stretch("1987-02"), 1987, UNKNOWN),
        (Stretch("1987-02"), 1988, YES),
        (Stretch(first_issue="3"), 1987, UNKNOWN),
        (Stretch(end="1990"), 1990, YES),
        (Stretch(end="1990-06"), 1990, UNKNOWN),
        (Stretch(end="1990"), 1991, NO),
        (Stretch(), 2027, NO),
        (Stretch(), None, UNKNOWN),
        (Stretch(begin=""), 1990, UNKNOWN),
        (Stretch(depth=""), 1990, UNKNOWN),
        (Stretch(depth="selected articles"), 1990, UNKNOWN),
        (Stretch(depth="abstracts"), 1990, NO),
        (Stretch(begin="", depth="", is_book=True), None, YES),
        (Stretch(embargo="P1Y"), 2025, YES),
        (Stretch(embargo="P1Y"), 2026, NO),
        (Stretch(embargo="P12M"), 2025, UNKNOWN),
        (Stretch(embargo="P12M"), 2024, YES),
        (Stretch(embargo="P90D"), 2026, UNKNOWN),
        (Stretch(embargo="R1Y"), 2026, YES),
        (Stretch(embargo="R10Y"), 2017, YES),
        (Stretch(embargo="R10Y"), 2016, NO),
        (Stretch(embargo="R10Y;P1Y"), 2026, NO),
        (Stretch(embargo="R99999Y"), 1990, YES),
        (Stretch(embargo="Q1Y"), 1990, UNKNOWN),
    ],
)
def test_a_year_is_covered_only_if_the_whole_of_it_is(
    stretch: Stretch, year: int | None, answer: Answer
) -> None:
    assert covers([stretch], year, "", "", TODAY) is answer


@pytest.mark.parametrize(
    ("year", "volume", "issue", "answer"),
    [
        (1987, "12", "3", YES),
        (1987, "12", "2", NO),
        (1987, "12", "", UNKNOWN),
        (1987, "13", "", YES),
        (1990, "15", "4", YES),
        (1990, "15", "5", NO),
        (1988, "13", "1", YES),
        (1988, "3", "1", UNKNOWN),  # the year and the volume do not agree
        (1987, "XII", "3", UNKNOWN),
    ],
)
def test_volume_and_issue_tell_in_the_years_at_the_edges(
    year: int, volume: str, issue: str, answer: Answer
) -> None:
    stretch = Stretch("1987-05", "12", "3", "1990-08", "15", "4")
    assert covers([stretch], year, volume, issue, TODAY) is answer


def test_a_gap_between_two_rows_is_covered_by_neither() -> None:
    rows = [Stretch("1987", end="1990"), Stretch("1995")]
    assert [covers(rows, year, "", "", TODAY) for year in (1990, 1992, 1995)] == [YES, NO, YES]
    assert covers([], 1990, "", "", TODAY) is NO


@pytest.mark.parametrize("volume", ["13", "9" * 5000])
@pytest.mark.parametrize("first", ["12", "9" * 5000])
def test_digits_without_end_are_no_number(volume: str, first: str) -> None:
    both = volume == "13" and first == "12"
    row = Stretch("1987-05", first, "3")
    assert covers([row], 1987, volume, "", TODAY) is (YES if both else UNKNOWN)
    row = Stretch("1987-05", "12", first)
    assert covers([row], 1987, "12", volume, TODAY) is (YES if both else UNKNOWN)


def test_no_calendar_has_a_year_0() -> None:
    assert covers([Stretch(embargo="P1Y")], 0, "", "", TODAY) is UNKNOWN
