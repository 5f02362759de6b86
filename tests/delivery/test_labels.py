"""Labels of bins, and addresses for the mail, read back from the page."""

import pytest

from postroad.delivery import slips
from postroad.delivery.label_drawing import AddressLabel, BinLabel, address_labels, bin_labels
from postroad.delivery.routing import Place
from postroad.delivery.slip_facts import Layout, SlipFacts
from tests.delivery.test_bars import read
from tests.delivery.test_slips import pages, sizes, words

YALE = AddressLabel(
    "Yale University Library",
    ("Interlibrary Loan", "120 High Street", "New Haven, CT 06511"),
    ("Lee Library", "100 Main Street", "Lee, MA 01238"),
)


@pytest.mark.parametrize("layout", list(Layout))
def test_the_bars_of_every_bin_are_read_back(layout):
    labels = [BinLabel(f"B{at:06}", "C", "Marlborough, route WEST 2") for at in range(5)]
    pdf = bin_labels(labels, layout)
    assert {kind for kind, _text in read(pdf)} == {"Code128"}
    assert sorted(texts[0] for _kind, texts in read(pdf)) == [each.number for each in labels]
    set_in = sizes(pdf)
    assert set_in["C"] >= 72
    assert "route WEST 2" in words(pdf)


@pytest.mark.parametrize("layout", list(Layout))
@pytest.mark.parametrize("text", ["x" * 300, "ספרייה " * 43, ""])
def test_whatever_stands_on_a_bin_leaves_its_bars_alone(layout, text):
    assert len(read(bin_labels([BinLabel("BAG1234567", text, text, text)], layout))) == 1


@pytest.mark.parametrize("layout", list(Layout))
def test_an_address_is_set_as_the_post_reads_it(layout):
    pdf = address_labels([YALE] * 5, layout)
    said = words(pdf)
    for line in (YALE.name, *YALE.lines, *YALE.sender):
        assert said.count(line) == 5
    assert len(list(pages(pdf))) == (2 if layout in (Layout.SHEET, Layout.A4) else 5)
    assert min(sizes(pdf)[line] for line in YALE.lines) >= 14


@pytest.mark.nightly
def test_ten_thousand_slips_are_one_file():
    lee, far = Place("Lee Library", "Lee", "MA", "WEST 2", "W"), Place("Far", "Far", "MA", "N 1")
    many = [SlipFacts(f"P{at:011}", lee, far, title=f"Title {at}") for at in range(10_000)]
    assert len(list(pages(slips.slips(many)))) == 2_500


@pytest.mark.parametrize("layout", list(Layout))
def test_a_viewer_is_told_to_print_each_sheet_in_its_own_size(layout):
    lee, lenox = Place("Lee Library", "Lee", "MA"), Place("Lenox Library", "Lenox", "MA")
    for pdf in (
        bin_labels([BinLabel("BAG1234567", "C")], layout),
        address_labels([YALE], layout),
        slips.slips([SlipFacts("P1", lee, lenox)], layout),
    ):
        assert b"/PrintScaling /None" in pdf
