"""What kind of thing it is, and on what carrier."""

import pytest

from postroad.catalogue import marc
from postroad.catalogue.models import Format
from tests.catalogue.records import record


def said(*fields, leader="am"):
    return marc.facts(record("b1", *fields, leader=leader)).description


@pytest.mark.parametrize(
    ("fields", "form"),
    [
        ([("650", {"a": "Braille", "x": "History"})], Format.BOOK),  # what it is about
        ([("650", {"a": "Microfilms"})], Format.BOOK),
        ([("655", {"a": "Braille books."})], Format.OTHER),
        ([("650", {"a": "Large type books."})], Format.LARGE_PRINT),  # a form, as many write it
        ([("650", {"a": "Large type books", "x": "Bibliography"})], Format.LARGE_PRINT),
        ([("340", {"n": "large print"})], Format.LARGE_PRINT),
        ([("300", {"a": "1 online resource (20 p.)"})], Format.ERESOURCE),
        ([("338", {"b": "cr"})], Format.ERESOURCE),
        ([("338", {"b": "nc"}), ("338", {"b": "cr"})], Format.BOOK),  # with an access code
        ([("856", {"u": "https://example.org/contents"})], Format.BOOK),
    ],
)
def test_the_form_is_what_it_is_and_not_what_it_is_about(fields, form):
    assert said(*fields).format == form


def test_a_compact_disc_that_is_coded_as_electronic_is_not_online():
    made = record("b1", ("300", {"a": "1 sound disc :", "b": "digital"}), leader="jm")
    [coded] = made.get_fields("008")
    said = coded.data or ""
    coded.data = f"{said[:23]}s{said[24:]}"
    assert marc.facts(made).description.format == Format.MUSIC


@pytest.mark.parametrize(
    ("leader", "fields", "carrier"),
    [
        ("gm", [("300", {"a": "1 Blu-ray disc"}), ("538", {"a": "No DVD players."})], "blu-ray"),
        ("gm", [("300", {"a": "1 DVD, 1 Blu-ray disc"})], "dvd, blu-ray"),
        ("gm", [("538", {"a": "DVD, region 1."})], "dvd"),
        ("gm", [("300", {"a": "1 videocassette"})], "vhs"),
        ("im", [("300", {"a": "1 Playaway"}), ("538", {"a": "Also on compact disc"})], "playaway"),
        ("gm", [("300", {"a": "40 fr. :", "b": "color"})], "filmstrip"),
        ("gm", [("300", {"a": "9 film reels"})], "reel"),
        ("jm", [("300", {"a": "2 compact discs"})], "cd"),
        ("jm", [("300", {"a": "1 sound disc :", "b": "digital, stereo ; 4 3/4 in."})], "cd"),
        ("jm", [("300", {"a": "4 sound discs :", "b": "analog, 45 rpm, mono"})], "vinyl"),
        ("jm", [], ""),
        ("am", [("538", {"a": "DVD in pocket"})], ""),
    ],
)
def test_on_what_it_is(leader, fields, carrier):
    assert said(*fields, leader=leader).carrier == carrier
