"""Numbers that people type."""

import pytest

from postroad import reference_numbers
from postroad.cases.mentions import MOST, found_in, plain


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Clio # 123456 please", ["123456"]),
        ("ILL 201993144, thanks.", ["201993144"]),
        ("the barcode is 3 0001 00000 0017", ["30001000000017"]),
        ("barcode 30001-00000-0017!", ["30001000000017"]),
        ("1Z5R89390357567127 by UPS", ["1Z5R89390357567127"]),
        ("ill-number ABC-12345", ["ABC12345"]),
        ("two: 123456 and 123456", ["123456"]),
        ("nothing here", []),
        ("on 2026-11-23, in 1998, or 11-23-2026", []),
        ("call 413-555-0199", []),
        ("mail ann1234@example.org", []),
        ("", []),
    ],
)
def test_what_is_a_number_in_a_letter(text, found):
    assert found_in(text) == found


def test_our_own_number_is_found_as_people_write_it():
    ref = reference_numbers.new()
    assert found_in(f"Where is {ref[:4].lower()} {ref[4:]}?")[0] == ref


def test_a_long_text_gives_no_more_than_a_few():
    assert len(found_in(" ".join(str(100000 + n) for n in range(5000)))) == MOST


def test_a_hostile_text_is_read_at_once():
    for text in ("1 " * 500_000, "-" * 1_000_000, "9-" * 400_000, "A1" * 500_000):
        assert len(found_in(text)) <= MOST


def test_numbers_are_compared_without_case_and_gaps():
    assert plain("abc-12 34") == plain("ABC1234") == "ABC1234"
