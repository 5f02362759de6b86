import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import isbn as isbn_rules

from postroad.catalogue import identifiers
from postroad.catalogue.models import IdentifierKind

FILLERS = {digit * 9 for digit in "0123456789"} | {"123456789", "012345678", "987654321"}


def values(text: str) -> list[str]:
    return [number.value for number in identifiers.isbns(text)]


@st.composite
def isbn13s(draw: st.DrawFn) -> str:
    core = st.text("0123456789", min_size=9, max_size=9)
    body = "978" + draw(core.filter(lambda digits: digits not in FILLERS))
    return body + ean_check(body)


def ean_check(body: str) -> str:
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(body))
    return str(-total % 10)


def isbn10_of(isbn13: str) -> str:
    body = isbn13[3:12]
    rest = (
        -sum(int(digit) * weight for digit, weight in zip(body, range(10, 1, -1), strict=True)) % 11
    )
    return body + ("X" if rest == 10 else str(rest))


@given(isbn13s())
def test_an_isbn_of_ten_and_of_thirteen_digits_are_one(isbn13):
    assert values(isbn13) == values(isbn10_of(isbn13)) == [isbn13]


@given(isbn13s(), st.sampled_from(["-", " ", "‐", "–"]))
def test_hyphens_and_blanks_make_no_difference(isbn13, gap):
    written = gap.join([isbn13[:3], isbn13[3:4], isbn13[4:7], isbn13[7:12], isbn13[12:]])
    assert values(written) == [isbn13]


@given(isbn13s(), st.integers(0, 12), st.integers(1, 9))
def test_one_wrong_digit_is_noticed(isbn13, place, change):
    wrong = isbn13[:place] + str((int(isbn13[place]) + change) % 10) + isbn13[place + 1 :]
    assert values(wrong) == []


@given(st.text(max_size=200))
def test_any_text_is_read_without_a_mistake(text):
    for number in [*identifiers.isbns(text), *identifiers.issns(text), *identifiers.typed(text)]:
        assert re.fullmatch(r"[0-9a-z]{1,14}X?", number.value)
        assert number.kind in IdentifierKind.values


@pytest.mark.parametrize(
    ("field", "found"),
    [
        ("0141439513 (pbk. : alk. paper) : $7.95", ["9780141439518"]),
        ("0195049829 (v. 1) 0-19-504983-7 (v. 2)", ["9780195049824", "9780195049831"]),
        ("0195049829 0195049837", ["9780195049824", "9780195049831"]),
        ("080442957x", ["9780804429573"]),
        ("$24.95", []),
        ("1234567890123", []),
        ("x0141439513", []),  # part of another word
    ],
)
def test_qualifiers_are_cut_and_several_are_found(field, found):
    assert values(field) == found


@pytest.mark.parametrize(
    "written", ["ocm00012345", "ocn000012345", "on12345", "(OCoLC)12345", "(OCoLC)ocm00012345"]
)
def test_an_oclc_number_has_no_prefix(written):
    number = identifiers.oclc(written)
    assert number
    assert number.value == "12345"
    assert identifiers.is_marked_oclc(written)


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("   85012345 ", "85012345"),
        ("85-12345", "85012345"),
        ("n  79018119 ", "n79018119"),
        ("2001-000002", "2001000002"),
        ("75425165//r75", "75425165"),
        ("not one", None),
        ("", None),
    ],
)
def test_an_lccn_is_written_as_the_library_of_congress_links_it(written, value):
    number = identifiers.lccn(written)
    assert (number and number.value) == value


@pytest.mark.parametrize(
    ("typed", "kinds"),
    [
        ("978-0-14-143951-8", {"isbn"}),
        ("ISBN: 0141439513", {"isbn"}),
        ("0378-5955", {"issn"}),
        ("ocm12345678", {"oclc"}),
        ("12345678", {"oclc", "lccn"}),
        ("1984", set()),  # a title, not an OCLC number
        ("pride and prejudice", set()),
        ("once upon a time 2", set()),
        ("", set()),
    ],
)
def test_what_is_typed_may_be_a_number(typed, kinds):
    assert {number.kind for number in identifiers.typed(typed)} == kinds


@pytest.mark.parametrize(
    ("typed", "trouble"),
    [
        ("978-0-00-000000-0", "check"),
        ("9780140328721", "none"),
        ("9780140328722", "check"),
        ("ISBN 0-14-032872-6", "none"),
        ("0-14-032872-1", "check"),
        ("ISBN: 0140328721", "check"),
        ("978014032872", "length"),
        ("ISBN 014032872", "length"),
        ("0140328721", ""),  # may be an OCLC number
        ("31000000000001", ""),
        ("1984", ""),
        ("pride and prejudice", ""),
        ("", ""),
    ],
)
def test_what_is_wrong_with_what_must_be_an_isbn(typed, trouble):
    assert identifiers.isbn_trouble(typed) == trouble


ISBN_LIKE = st.from_regex(r"(97[89][ -]?)?([0-9][ -]?){9}[0-9Xx]", fullmatch=True)


@given(ISBN_LIKE | st.from_regex(r"978[0-9]{10}|[0-9]{9}[0-9X]", fullmatch=True))
def test_an_isbn_has_the_thirteen_digits_that_the_library_of_numbers_gives_it(said):
    known = isbn_rules.is_valid(said)
    assert identifiers.isbn13(said) == (
        isbn_rules.compact(isbn_rules.to_isbn13(said)) if known else ""
    )


@pytest.mark.parametrize("text", ["0000-0000", "ISSN 1234-5679", "0000-0000 (online)"])
def test_a_number_that_only_fills_its_field_is_no_issn(text):
    assert list(identifiers.issns(text)) == []
