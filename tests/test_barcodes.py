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
