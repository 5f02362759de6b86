"""Every barcode that is printed, read back from the page as it is rendered."""

from dataclasses import replace

import pypdfium2
import pytest

from postroad import barcodes
from postroad.delivery import bars, slips
from postroad.delivery.bars import Symbology
from postroad.delivery.routing import Place
from postroad.delivery.slip_facts import Layout, SlipFacts
from tests import barcodes as scanner

NAMES = {Symbology.CODE_128: "Code128", Symbology.CODE_39: "Code39", Symbology.CODABAR: "Codabar"}
LEE = Place("Lee Library", "Lee", "MA", route="WEST 2", letter="W")
FAR = Place("Jefferson Elementary School Library", "Manchester-by-the-Sea", "MA", "NE 14", "N")
NUMBER = "P7K3M9Q2A4C8"


def read(pdf, dots=203):
    """What is read at the dots an inch of a label printer."""
    with pypdfium2.PdfDocument(pdf) as document:
        found = [scanner.seen(page.render(scale=dots / 72).to_pil()) for page in document]
    return [(kind, barcodes.readings(text)) for page in found for kind, text in page]


def one(**more):
    return SlipFacts(**{"number": NUMBER, "sender": LEE, "receiver": FAR, **more})


def kinds(pdf, text):
    return {kind for kind, readings in read(pdf) if text in readings}


@pytest.mark.parametrize("symbology", list(Symbology))
@pytest.mark.parametrize("layout", list(Layout))
@pytest.mark.parametrize("item", ["31234000123456", "31234-0001$23"])
def test_both_barcodes_are_read_back_from_every_paper(layout, symbology, item):
    facts = one(item=item, symbology=symbology)
    pdf = slips.slips([facts] * 3, layout)
    found = read(pdf)
    assert len(found) == 6
    assert kinds(pdf, item) == {NAMES[symbology]}
    # Codabar has no letters, so the parcel's own number is in Code 128 there.
    own = Symbology.CODE_128 if symbology is Symbology.CODABAR else symbology
    assert kinds(pdf, NUMBER) == {NAMES[own]}


@pytest.mark.parametrize("layout", list(Layout))
def test_a_slip_without_a_parcel_bears_the_item_alone(layout):
    pdf = slips.slips([one(number="", item="31234000123456", symbology=Symbology.CODABAR)], layout)
    assert kinds(pdf, "31234000123456") == {"Codabar"}
    assert len(read(pdf)) == 1


@pytest.mark.parametrize(
    ("text", "wanted", "becomes"),
    [
        ("31234000123456", Symbology.CODABAR, Symbology.CODABAR),
        ("ABC-31234", Symbology.CODABAR, Symbology.CODE_128),
        ("abc31234", Symbology.CODE_39, Symbology.CODE_128),
        ("ES 000001", Symbology.CODE_39, Symbology.CODE_39),
        ("1" * 40, Symbology.CODE_39, Symbology.CODE_128),  # too wide for the paper
        ("*A*", Symbology.CODE_39, Symbology.CODE_128),  # what begins and ends it is no sign of it
    ],
)
def test_what_a_symbology_cannot_say_is_said_in_code_128(text, wanted, becomes):
    found = bars.fitting(text, wanted, 280)
    assert found is not None
    assert found.symbology is becomes
    assert found.module(280) >= bars.NARROWEST


@pytest.mark.parametrize("text", ["", "é", "a" * 40, "\n"])
def test_what_no_scanner_could_read_has_no_bars_and_is_there_to_be_typed(text):
    assert bars.fitting(text, Symbology.CODE_128, 280) is None
    if text.isprintable() and text:
        pdf = slips.slips([one(item=text)], Layout.CARD)
        assert len(read(pdf)) == 1


@pytest.mark.parametrize("layout", list(Layout))
@pytest.mark.parametrize("name", ["x" * 300, "ספרייה " * 43, "كتب خانه " * 33, "W" * 300])
def test_a_name_of_three_hundred_signs_leaves_the_bars_alone(layout, name):
    receiver = replace(FAR, name=name, town=name, lines=())
    pdf = slips.slips([one(receiver=receiver, title=name, ref=name[:40], item="3123")], layout)
    assert len(read(pdf)) == 2
