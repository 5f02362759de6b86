"""What stands on the label, in the file and in the scanner's message is one barcode."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postroad import barcodes


@pytest.mark.parametrize(
    "written",
    [
        "ES000001",
        "ES 000001",
        " ES  000 001 ",
        "ES\u00a0000001",
        "ES\t000001\r\n",
        "ES\u2009000001",
        "ES\u200b000001",
        "\ufeffES000001",
        "ES\x00000001",
    ],
)
def test_gaps_tell_no_barcodes_apart(written):
    assert barcodes.plain(written) == "ES000001"


@pytest.mark.parametrize("one", ["ES-000001", "es000001", "ES/000001", "0ES000001"])
def test_what_is_in_the_bars_tells_them_apart(one):
    assert barcodes.plain(one) != barcodes.plain("ES000001")


@given(st.text(max_size=60))
def test_what_is_plain_stays_as_it_is(text):
    assert barcodes.plain(barcodes.plain(text)) == barcodes.plain(text)


@pytest.mark.parametrize(
    ("sent", "label"),
    [
        ("0697929110035", "697929110035"),
        ("697929110035", "0697929110035"),
        ("]E00697929110035", "697929110035"),
        ("\uff13\uff11\uff12\uff13\uff14\uff10\uff10\uff10", "31234000"),
        ("\uff2c\uff25\uff25\uff10\uff10\uff11", "LEE001"),
    ],
)
def test_one_label_is_one_number_whichever_scanner_and_keyboard_read_it(sent: str, label: str):
    """odoo/odoo#15814; longbridge/gpui-kit#2261."""
    assert barcodes.readings(sent)[0] != label
    assert label in barcodes.readings(sent)


@pytest.mark.parametrize("number", ["697929110036", "0697929110036", "1697929110035", "00000", "0"])
def test_a_nought_is_added_or_left_out_only_where_the_check_digit_is_right(number: str):
    assert barcodes.readings(number) == [number]


@pytest.mark.parametrize("text", ["3.1234E+13", "3,06E+13", "3E+13", " 2.1234e13 "])
def test_a_number_that_a_spreadsheet_program_has_rounded_is_known(text):
    assert barcodes.is_rounded(text)


@pytest.mark.parametrize("text", ["31234000000017", "3E00123", "E+13", "ES000001", "3.14", ""])
def test_a_number_with_all_its_signs_is_not_taken_for_rounded(text):
    assert not barcodes.is_rounded(text)
