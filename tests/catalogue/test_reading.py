"""Files in any state: what can be read is read, the rest is named, and nothing else happens."""

import gzip
import random
from io import BytesIO
from pathlib import Path

import pymarc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from postroad.catalogue import marc, reading
from postroad.catalogue.reading import NotMarc, Read, Trouble
from tests.catalogue.records import file_of, item, record

NOVELS = [record(f"b{place}", title=title) for place, title in enumerate(["Emma", "Émile", "Ivan"])]


def read(data: bytes) -> list[Read | Trouble]:
    return list(reading.records(BytesIO(data)))


def titles(found: list[Read | Trouble]) -> list[str]:
    return [marc.facts(each.record).title for each in found if isinstance(each, Read)]


def troubles(found: list[Read | Trouble]) -> list[Trouble]:
    return [each for each in found if isinstance(each, Trouble)]


def xml(*bodies: str, head: str = "") -> bytes:
    one = (
        "<record><leader>00000nam a2200000 a 4500</leader>"
        '<datafield tag="245" ind1="0" ind2="0"><subfield code="a">{}</subfield></datafield>'
        "</record>"
    )
    records = "\n".join(one.format(body) for body in bodies)
    return f'{head}<collection xmlns="{reading.SLIM}">{records}</collection>'.encode()


def test_iso_2709_and_marcxml_also_gzipped_also_with_a_byte_order_mark():
    plain = file_of(*NOVELS).getvalue()
    assert titles(read(plain)) == ["Emma", "Émile", "Ivan"]
    assert titles(read(gzip.compress(plain))) == ["Emma", "Émile", "Ivan"]
    assert titles(read(b"\xef\xbb\xbf\n" + xml("Emma", "Émile"))) == ["Emma", "Émile"]
    utf16 = ('<?xml version="1.0" encoding="UTF-16"?>' + xml("Émile").decode()).encode("utf-16")
    assert titles(read(utf16)) == ["Émile"]


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
    assert marc.facts(found[0].record).copies[0].barcode == "31"


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


@pytest.mark.parametrize(
    "data", [b"%PDF-1.7 1 0 obj " + bytes(range(256)) * 9, b"Dear Sir or Madam,\n", b"PK\x03\x04"]
)
def test_what_is_no_marc_at_all_is_refused_as_a_whole(data):
    with pytest.raises(NotMarc, match="neither MARC"):
        read(data)


def test_a_stretch_without_an_end_takes_no_memory_and_loses_nothing_behind_it(monkeypatch):
    monkeypatch.setattr(reading, "LONGEST", 100_000)
    monkeypatch.setattr(reading, "CHUNK", 10_000)
    data = NOVELS[0].as_marc()
    found = read(data + b"0" * 1_000_000 + b"\x1d" + data)
    assert titles(found) == ["Emma", "Emma"]
    assert [each.position for each in troubles(found)] == [2]
    pieces = reading.chunks(BytesIO(b"0" * 1_000_000))
    assert max(len(piece) for piece in pieces) <= 120_000


BILLION_LAUGHS = (
    '<!DOCTYPE x [<!ENTITY a "ha">'
    + "".join(
        f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    )
    + "]>"
)
EXTERNAL = '<!DOCTYPE x [<!ENTITY i SYSTEM "file:///etc/passwd">]>'
REMOTE = '<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">'


@pytest.mark.parametrize("head", [BILLION_LAUGHS, EXTERNAL, REMOTE])
@pytest.mark.parametrize("body", ["&i;", "Emma & Co", "Emma"])
def test_a_document_type_is_refused_whatever_it_hides(head, body):
    with pytest.raises(NotMarc, match="not-marc"):
        read(xml(body, head=head))


def test_one_bad_record_in_xml_loses_no_other():
    found = read(xml("Emma", "R & D", "Persuasion", "<b>", "Ivan"))
    assert titles(found) == ["Emma", "Persuasion", "Ivan"]
    assert [each.position for each in troubles(found)] == [2, 4]


def test_xml_that_breaks_off_is_said_to():
    found = read(xml("Emma", "Persuasion")[:-60])
    assert titles(found) == ["Emma"]
    assert "breaks off" in troubles(found)[0].reason


def test_xml_without_records_does_not_fill_the_memory(monkeypatch):
    monkeypatch.setattr(reading, "LONGEST", 100_000)
    monkeypatch.setattr(reading, "CHUNK", 10_000)
    with pytest.raises(NotMarc):
        read(b"<a>" + b"<b/>" * 100_000)


def test_a_record_too_long_in_xml_is_named_and_loses_no_other(monkeypatch):
    monkeypatch.setattr(reading, "LONGEST", 100_000)
    monkeypatch.setattr(reading, "CHUNK", 10_000)
    found = read(xml("Emma", "long " * 50_000, "Persuasion"))
    assert titles(found) == ["Emma", "Persuasion"]
    assert [(each.position, each.reason) for each in troubles(found)] == [
        (2, "no end of record within 4 MB")
    ]


def test_xml_that_breaks_off_behind_a_fault_is_said_to():
    found = read(xml("Emma", "R & D", "Persuasion", "Ivan")[:-60])
    assert titles(found) == ["Emma", "Persuasion"]
    assert [(each.position, each.breaks_off) for each in troubles(found)] == [(2, False), (4, True)]


def test_the_outer_record_of_oai_pmh_is_not_a_marc_record():
    inner = xml("Emma").decode()
    oai = f'<x xmlns="http://www.openarchives.org/OAI/2.0/"><record>{inner}</record></x>'
    assert titles(read(oai.encode())) == ["Emma"]


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


def test_records_that_begin_and_never_end_are_looked_through_once():
    endless = "<record>" * 300_000 + "".join(f"<p{n}:record>" for n in range(50_000))
    assert list(reading.records_in(endless)) == []
    one = "<a:record >x<record/></record></a:record>"
    assert [one[at:end] for at, end in reading.records_in(endless + one)] == [one]


@settings(deadline=None)  # the tables of MARC-8 are read at first use
@given(st.binary(max_size=3000))
def test_any_bytes_at_all_are_read_without_an_accident(data):
    try:
        found = read(data)
    except NotMarc:
        return
    assert all(isinstance(each, Read | Trouble) for each in found)


@settings(deadline=None)
@given(st.data())
def test_a_record_damaged_anywhere_stops_nothing(data):
    whole = bytearray(NOVELS[1].as_marc())
    for _ in range(data.draw(st.integers(1, 6))):
        place = data.draw(st.integers(0, len(whole) - 2))
        whole[place] = data.draw(st.integers(0, 255).filter(lambda byte: byte != 0x1D))
    found = read(NOVELS[0].as_marc() + bytes(whole) + NOVELS[2].as_marc())
    readable = [each for each in found if isinstance(each, Read)]
    assert marc.facts(readable[0].record).title == "Emma"
    assert marc.facts(readable[-1].record).title == "Ivan"


FILES = {  # how many are read, mended, left out; counted by hand against the README beside them
    "marc-psu/sample_psucat.mrc": (728, 0, 0),
    "marc-uva-marc8/uva_001_2000.mrc": (2000, 0, 0),
    "marcxml/lc_marc2bibframe2_loc_general.xml": (99, 0, 0),
    "marcxml/solrmarc_specTestRecs_withBOM.xml": (76, 0, 0),
    "marcxml/temple_marc_fixture_1_marc.xml": (16, 5, 0),  # pymarc's own reader gives up here
    "marcxml/princeton_scsb_several_records.xml": (29, 0, 0),
    "marc-malformed/pymarc_bad_records.mrc": (2, 0, 6),
    "marc-malformed/ruby-marc_three-records-second-bad.xml": (2, 0, 1),
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
        ("marc-psu/sample_psucat.mrc", 2),  # two whose leader claims what the bytes are not
        ("marc-uva-marc8/uva_001_2000.mrc", 0),
        ("marc-trln/duke.mrc", 0),
        ("marc-trln/unc.mrc", 0),
        ("marc-trln/ncsu_base.xml", 0),
        ("marcxml/lc_marc2bibframe2_gwu.xml", 0),
        ("marcxml/princeton_scsb_several_records.xml", 0),
        ("marcxml/temple_marc_fixture_2_marc.xml", 0),
        ("koha-demo/koha_biblios.marcxml", 0),
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
        if path.suffix == ".md":
            continue
        with path.open("rb") as file:
            for each in reading.records(file):
                if isinstance(each, Read):
                    assert marc.control_number(each.record) is not None


def test_real_marc_8_has_no_replacement_sign(shared: Path):
    with (shared / "data/marc-uva-marc8/uva_001_2000.mrc").open("rb") as file:
        said = [marc.facts(each.record) for each in reading.records(file) if isinstance(each, Read)]
    assert not [each.title for each in said if "\ufffd" in each.title + each.author]
    assert sum(not each.title.isascii() for each in said) > 100
