"""Files in any state: what can be read is read, the rest is named, and nothing else happens."""

import gzip
import random
from pathlib import Path

import pymarc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from postroad.protocols.marc import reading
from postroad.protocols.marc.results import NotMarc, Read, Trouble
from tests.catalogue.records import file_of
from tests.protocols.marc.files import NOVELS, read, titles, troubles, xml


def test_iso_2709_and_marcxml_also_gzipped_also_with_a_byte_order_mark():
    plain = file_of(*NOVELS).getvalue()
    assert titles(read(plain)) == ["Emma", "Émile", "Ivan"]
    assert titles(read(gzip.compress(plain))) == ["Emma", "Émile", "Ivan"]
    assert titles(read(b"\xef\xbb\xbf\n" + xml("Emma", "Émile"))) == ["Emma", "Émile"]
    utf16 = ('<?xml version="1.0" encoding="UTF-16"?>' + xml("Émile").decode()).encode("utf-16")
    assert titles(read(utf16)) == ["Émile"]


@pytest.mark.parametrize(
    "data", [b"%PDF-1.7 1 0 obj " + bytes(range(256)) * 9, b"Dear Sir or Madam,\n", b"PK\x03\x04"]
)
def test_what_is_no_marc_at_all_is_refused_as_a_whole(data):
    with pytest.raises(NotMarc, match="neither MARC"):
        read(data)


@pytest.mark.parametrize("data", [b"", b"\n\n", b"\x1a", b"\x1d\x1d"])
def test_an_empty_file_holds_nothing(data):
    assert read(data) == []


TORN = gzip.compress(b"x" * 9999, mtime=0)[:-9]


@pytest.mark.parametrize("data", [b"\x1f\x8bnot gzip at all", TORN])
def test_damaged_compression_is_said_to_be_so(data):
    with pytest.raises(NotMarc):
        read(data)


def test_what_came_before_damaged_compression_is_kept():
    data = gzip.compress(random.Random(2).randbytes(400_000), mtime=0)
    data = gzip.compress(NOVELS[0].as_marc() + data)[:300_000]
    found = read(data)
    assert titles(found) == ["Emma"]
    assert troubles(found)[-1].breaks_off


@settings(deadline=None)  # the tables of MARC-8 are read at first use
@given(st.binary(max_size=3000))
def test_any_bytes_at_all_are_read_without_an_accident(data):
    try:
        found = read(data)
    except NotMarc:
        return
    assert all(isinstance(each, Read | Trouble) for each in found)


FILES = {  # how many are read, mended, left out; counted by hand against the README beside them
    "marc-psu/sample_psucat.mrc": (728, 75, 0),
    "marc-uva-marc8/uva_001_2000.mrc": (2000, 0, 0),
    "marcxml/lc_marc2bibframe2_loc_general.xml": (99, 0, 0),
    "marcxml/solrmarc_specTestRecs_withBOM.xml": (76, 0, 0),
    "marcxml/temple_marc_fixture_1_marc.xml": (16, 5, 0),  # pymarc's own reader gives up here
    "marcxml/princeton_scsb_several_records.xml": (29, 0, 0),
    "marc-malformed/pymarc_bad_records.mrc": (5, 0, 3),
    "marc-malformed/ruby-marc_three-records-second-bad.xml": (3, 1, 0),
    "marc-malformed/pymarc_bad_tag.xml": (1, 1, 0),
    "marc-malformed/marc4j_bad_too_long_plus_2.mrc": (3, 1, 0),
}


@pytest.mark.parametrize("name", FILES)
def test_real_files(name: str, shared: Path):
    with (shared / "data" / name).open("rb") as file:
        found = list(reading.records(file))
    mended = [each for each in found if isinstance(each, Read) and each.mended]
    assert (len(found) - len(troubles(found)), len(mended), len(troubles(found))) == FILES[name]


def said_by(record: pymarc.Record) -> list[object]:
    """The whole record; but for the byte of the leader that says how it was written."""
    leader = str(record.leader)
    fields = [(field.tag, field.data, field.indicators, field.subfields) for field in record.fields]
    return [leader[:9] + leader[10:], *fields]


@pytest.mark.parametrize(
    ("name", "better"),
    [
        ("marc-psu/sample_psucat.mrc", 99),  # dollar signs of a text that became delimiters
        ("marc-uva-marc8/uva_001_2000.mrc", 0),
        ("marc-trln/duke.mrc", 1),
        ("marc-trln/unc.mrc", 0),
        ("marc-trln/ncsu_base.xml", 0),
        ("marcxml/lc_marc2bibframe2_gwu.xml", 0),
        ("marcxml/princeton_scsb_several_records.xml", 0),
        ("marcxml/temple_marc_fixture_2_marc.xml", 2),
        ("koha-demo/koha_biblios.marcxml", 1),
    ],
)
@pytest.mark.filterwarnings("ignore::pymarc.exceptions.BadSubfieldCodeWarning")
def test_sound_files_are_read_as_pymarc_reads_them(name: str, better: int, shared: Path):
    path = shared / "data" / name
    with path.open("rb") as file:
        ours = [each.record for each in reading.records(file) if isinstance(each, Read)]
    with path.open("rb") as file:
        theirs = list(
            pymarc.MARCReader(file) if path.suffix == ".mrc" else pymarc.parse_xml_to_array(file)
        )
    assert len(ours) == len(theirs)
    assert sum(said_by(a) != said_by(b) for a, b in zip(ours, theirs, strict=True)) == better


def test_no_real_file_brings_it_down(shared: Path):
    files = sorted((shared / "data" / "marc-malformed").glob("*.*"))
    assert len(files) > 20
    for path in random.Random(2).sample(files, k=len(files)):
        if path.suffix == ".md" or "unimarc" in path.name:
            continue
        with path.open("rb") as file:
            for each in reading.records(file):
                if isinstance(each, Read):
                    assert said_by(each.record)
