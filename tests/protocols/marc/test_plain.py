"""The short way through a record without faults: as pymarc reads it, and as our own longer way."""

from io import BytesIO
from pathlib import Path

import pymarc
import pytest
from hypothesis import given
from hypothesis import strategies as st

from postroad.catalogue import marc
from postroad.protocols.marc import iso2709, plain
from postroad.protocols.marc.results import Complaints, Read
from tests.catalogue.records import field, item, record

SETS = {  # how many of their records have no fault
    "marc-psu/sample_psucat.mrc": 600,
    "marc-trln/duke.mrc": 80,
    "marc-trln/unc.mrc": 80,
    "marc-uva-marc8/uva_001_2000.mrc": 1000,
}
GOOD = record(
    "b1",
    ("020", {"a": "9780141439587"}),
    ("650", {"a": "Sisters", "x": "Fiction"}),
    ("650", {"a": "Œuvres"}),
    item("1"),
    title="Émma 紅楼夢 :",
).as_marc()
Said = list[tuple[str, str | None, tuple[str, ...], list[tuple[str, str]]]]


def said(read: pymarc.Record) -> Said:
    return [
        (
            each.tag,
            each.data,
            tuple(each.indicators or ()),
            [(s.code, s.value) for s in each.subfields],
        )
        for each in read.fields
    ]


def the_longer_way(chunk: bytes) -> tuple[Said, str, tuple[object, ...]]:
    read, _encoding = iso2709.mended(chunk, 1, Complaints(), 0.0)
    assert isinstance(read, Read), read
    return said(read.record), str(read.record.leader), read.complaints


LARGE = {"marc-psu/sample_psucat.mrc", "marc-uva-marc8/uva_001_2000.mrc"}


@pytest.mark.parametrize(
    "name", [pytest.param(n, marks=[pytest.mark.nightly] * (n in LARGE)) for n in SETS]
)
def test_a_record_without_faults_is_read_as_pymarc_reads_it_and_as_we_do(shared: Path, name):
    with (shared / "data" / name).open("rb") as file:
        pieces = list(iso2709.chunks(iter(lambda: file.read(1 << 16), b"")))
    plainly = 0
    for chunk in pieces:
        if (made := plain.record_of(chunk)) is None:
            continue
        plainly += 1
        assert the_longer_way(chunk) == (said(made), str(made.leader), ())
        assert said(pymarc.Record(chunk, force_utf8=True)) == said(made)
        assert marc.control_number(made) == marc.control_number(pymarc.Record(chunk))
    assert plainly >= SETS[name]


@given(st.lists(st.tuples(st.integers(0, len(GOOD) - 2), st.integers(0, 255)), max_size=3))
def test_what_is_read_the_short_way_had_nothing_to_be_mended(changes):
    chunk = bytearray(GOOD)
    for place, byte in changes:
        chunk[place] = byte
    if (made := plain.record_of(bytes(chunk))) is not None:
        assert the_longer_way(bytes(chunk)) == (said(made), str(made.leader), ())


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        (b"Sisters", b"Sis\x00ers"),
        (b"Sisters", b"Sis\xe9ers"),
        (b"Sisters", b"Sis\x1bers"),
        (b"\x1fxFiction", b"\x1f Fiction"),
        (b"\x1fxFiction", b"\x1fXFiction"),
        (b"\x1e  \x1faSis", b"\x1e \x1faaSis"),
    ],
)
def test_with_a_fault_it_goes_the_longer_way(right, wrong):
    assert plain.record_of(GOOD) is not None
    assert plain.record_of(GOOD.replace(right, wrong)) is None


def test_its_fields_are_those_of_any_record():
    [read] = iso2709.records(BytesIO(GOOD))
    assert isinstance(read, Read)
    made = read.record
    assert isinstance(made, plain.Plain)
    assert (made.first("001"), made.first("999")) == ("b1", "")
    assert [each["a"] for each in made.get_fields("650")] == ["Sisters", "Œuvres"]
    assert [each.tag for each in made.fields][:2] == ["001", "008"]
    assert made.as_marc() == GOOD
    made.add_field(field("651", {"a": "Bath"}))
    assert made["651"]["a"] == "Bath"
