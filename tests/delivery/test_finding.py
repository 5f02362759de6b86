"""Which parcel is meant by a number."""

import pytest

from postroad.delivery import finding


@pytest.mark.parametrize("text", ["{}", " {} ", "{}\r\n"])
def test_a_parcel_is_found_by_its_number_however_it_is_typed(parcel, text):
    grouped = " ".join(parcel.number[at : at + 4] for at in (0, 4, 8))
    for number in (parcel.number, parcel.number.lower(), grouped, grouped.replace(" ", "-")):
        assert finding.find(text.format(number)) == parcel


@pytest.mark.parametrize(
    "text", ["", "P", "31234000000017", "P" * 5000, "P00000000\x000", "٣" * 12]
)
def test_what_is_no_parcel_number_finds_nothing(parcel, text):
    assert finding.find(text) is None


def test_any_number_on_a_parcel_finds_it(make_parcel):
    parcel = make_parcel(via="mail", tracking_number="9400111206206406260787")
    for text in (parcel.number, "31234000000017", "7k3m 9q2x", "9400 1112 0620 6406 2607 87"):
        assert finding.matching(text) == [parcel]
    for text in ("", "  ", "\0", "9" * 100_000, "31234000000018"):
        assert finding.matching(text) == []
