"""ISO 2709: the bytes are believed, not what a record claims of itself."""

from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from postroad.protocols.marc import iso2709, limits, reading, wrapped
from postroad.protocols.marc.results import Read
from tests.catalogue.records import item, record
from tests.protocols.marc.files import NOVELS, read, title_of, titles, troubles


def test_the_bytes_are_believed_and_not_the_leader():
    data = bytearray(NOVELS[1].as_marc())
    data[9:10] = b" "  # says MARC-8, is UTF-8
    assert titles(read(bytes(data))) == ["Émile"]


def test_marc_8_is_read():
    data = NOVELS[1].as_marc().replace("É".encode(), b"\xe2E")  # the accent before its letter
    data = data[:9] + b" " + data[10:]
    assert titles(read(data)) == ["Émile"]


def test_a_wrong_length_loses_no_later_record():
    first, second, third = (each.as_marc() for each in NOVELS)
    found = read(first + b"99999" + second[5:] + b"00010" + third[5:] + first)
    assert titles(found) == ["Emma", "Émile", "Ivan", "Emma"]
    assert [each.mended for each in found if isinstance(each, Read)].count("") == 2


def counted_in_characters(data: bytes) -> bytes:
    """As a system writes it that takes a letter for a byte."""
    base = int(data[12:17])
    directory, place = b"", 0
    fields = data[base:-2].decode().split("\x1e")
    for number, field in enumerate(fields):
        tag = data[24 + 12 * number : 27 + 12 * number]
        directory += b"%3b%04d%05d" % (tag, len(field) + 1, place)
        place += len(field) + 1
    return data[:24] + directory + data[base - 1 :]


def test_lengths_counted_in_characters_are_mended():
    made = record("b1", ("500", {"a": "é" * 20}), item("31"), title="Émile")
    found = read(counted_in_characters(made.as_marc()))
    assert titles(found) == ["Émile"]
    assert found[0].mended == "its lengths were wrong"
    assert isinstance(found[0], Read)
    assert found[0].record["952"]["p"] == "31"


def test_garbage_between_records_is_named_with_its_place():
    first, second, third = (each.as_marc() for each in NOVELS)
    found = read(first + b"what is this\x1d" + second + third[:40])
    assert titles(found) == ["Emma", "Émile"]
    assert [each.position for each in troubles(found)] == [2, 4]
    assert troubles(found)[1].reason == "the file ends in the middle of a record"
    assert [each.breaks_off for each in troubles(found)] == [False, True]


def test_bytes_that_are_no_characters_become_a_sign():
    data = NOVELS[0].as_marc().replace(b"Emma", b"Em\xff\xfe").replace(b"2200", b"2200")
    found = read(data[:9] + b"a" + data[10:])
    assert titles(found) == ["Em\ufffd\ufffd"]
    assert found[0].mended == "some characters could not be read"


@pytest.mark.parametrize(
    ("good", "bad"),
    [(b"b1", b"b\xff"), (b"260101s1813", b"260101s181\xff"), (b"  \x1faEmma", b"\xff \x1faEmma")],
    ids=["001", "008", "indicator"],
)
def test_a_bad_byte_in_a_coded_field_does_not_lose_the_record(good, bad):
    data = NOVELS[0].as_marc().replace(b"b0", b"b1").replace(good, bad, 1)
    found = read(data)
    assert titles(found) == ["Emma"]
    assert found[0].mended == "some characters could not be read"


def test_a_stretch_without_an_end_takes_no_memory_and_loses_nothing_behind_it(monkeypatch):
    monkeypatch.setattr(limits, "LONGEST", 100_000)
    monkeypatch.setattr(limits, "CHUNK", 10_000)
    data = NOVELS[0].as_marc()
    found = read(data + b"0" * 1_000_000 + b"\x1d" + data)
    assert titles(found) == ["Emma", "Emma"]
    assert [each.position for each in troubles(found)] == [2]
    pieces = iso2709.chunks(wrapped.blocks(BytesIO(b"0" * 1_000_000), 0))
    assert max(len(piece) for piece in pieces) <= 120_000


@settings(deadline=None)
@given(st.data())
def test_a_record_damaged_anywhere_stops_nothing(data):
    whole = bytearray(NOVELS[1].as_marc())
    for _ in range(data.draw(st.integers(1, 6))):
        place = data.draw(st.integers(0, len(whole) - 2))
        whole[place] = data.draw(st.integers(0, 255).filter(lambda byte: byte != 0x1D))
    found = read(NOVELS[0].as_marc() + bytes(whole) + NOVELS[2].as_marc())
    readable = [each for each in found if isinstance(each, Read)]
    assert title_of(readable[0].record) == "Emma"
    assert title_of(readable[-1].record) == "Ivan"


def test_real_marc_8_has_no_replacement_sign(shared: Path):
    with (shared / "data/marc-uva-marc8/uva_001_2000.mrc").open("rb") as file:
        found = [each.record for each in reading.records(file) if isinstance(each, Read)]
    said = [f"{each.title} {each.author}" for each in found]
    assert not [each for each in said if "\ufffd" in each]
    assert sum(not each.isascii() for each in said) > 100
