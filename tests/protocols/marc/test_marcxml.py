"""MARCXML: one bad record loses no other, and no document type gets in."""

import pytest

from postroad.protocols.marc import limits, marcxml
from postroad.protocols.marc.results import NotMarc
from tests.protocols.marc.files import read, titles, troubles, xml

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
    found = read(xml("Emma", "R </D", "Persuasion", "<b>", "Ivan"))
    assert titles(found) == ["Emma", "Persuasion", "Ivan"]
    assert [each.position for each in troubles(found)] == [2, 4]


def test_xml_that_breaks_off_is_said_to():
    found = read(xml("Emma", "Persuasion")[:-60])
    assert titles(found) == ["Emma"]
    assert "breaks off" in troubles(found)[0].reason


def test_xml_without_records_does_not_fill_the_memory(monkeypatch):
    monkeypatch.setattr(limits, "LONGEST", 100_000)
    monkeypatch.setattr(limits, "CHUNK", 10_000)
    with pytest.raises(NotMarc):
        read(b"<a>" + b"<b/>" * 100_000)


def test_a_record_too_long_in_xml_is_named_and_loses_no_other(monkeypatch):
    monkeypatch.setattr(limits, "LONGEST", 100_000)
    monkeypatch.setattr(limits, "CHUNK", 10_000)
    found = read(xml("Emma", "long " * 50_000, "Persuasion"))
    assert titles(found) == ["Emma", "Persuasion"]
    assert [(each.position, each.reason) for each in troubles(found)] == [
        (2, "no end of record within 4 MB")
    ]


def test_xml_that_breaks_off_behind_a_fault_is_said_to():
    found = read(xml("Emma", "R <D", "Persuasion", "Ivan")[:-60])
    assert titles(found) == ["Emma", "Persuasion"]
    assert [(each.position, each.breaks_off) for each in troubles(found)] == [(2, False), (4, True)]


def test_the_outer_record_of_oai_pmh_is_not_a_marc_record():
    inner = xml("Emma").decode()
    oai = f'<x xmlns="http://www.openarchives.org/OAI/2.0/"><record>{inner}</record></x>'
    assert titles(read(oai.encode())) == ["Emma"]


def test_records_that_begin_and_never_end_are_looked_through_once():
    endless = "<record>" * 300_000 + "".join(f"<p{n}:record>" for n in range(50_000))
    assert list(marcxml.records_in(endless)) == []
    one = "<a:record >x<record/></record></a:record>"
    assert [one[at:end] for at, end in marcxml.records_in(endless + one)] == [one]
