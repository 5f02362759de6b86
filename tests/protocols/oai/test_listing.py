"""The records of an answer: one bad character, name or record loses no other."""

import pytest

from postroad.protocols.marc.results import Read, Trouble
from postroad.protocols.oai import answers
from postroad.protocols.oai.listing import ANOTHER_NAMESPACE, Listing
from postroad.protocols.oai.values import CutShort, Error, Identity, NotOai, Token

pytestmark = pytest.mark.once
OAI = "http://www.openarchives.org/OAI/2.0/"
SLIM = "http://www.loc.gov/MARC21/slim"


def marc(title: str, space: str = f' xmlns="{SLIM}"') -> str:
    return (
        f"<record{space}><leader>00000nam a2200000 a 4500</leader>"
        f'<controlfield tag="001">{title}</controlfield><datafield tag="245" ind1="0" ind2="0">'
        f'<subfield code="a">{title}</subfield></datafield></record>'
    )


def one(number: int, inner: str, stamp: str = "2026-03-01T00:00:00Z") -> str:
    header = f"<identifier>oai:x:{number}</identifier><datestamp>{stamp}</datestamp>"
    return f"<record><header>{header}</header><metadata>{inner}</metadata></record>"


def body(*records: str, token: str = "", space: str = OAI) -> bytes:
    said = f'<resumptionToken completeListSize="9" cursor="0">{token}</resumptionToken>'
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><OAI-PMH xmlns="{space}"><responseDate>'
        f"2026-11-27T12:00:00Z</responseDate><request>x</request><ListRecords>{''.join(records)}"
        f"{said}</ListRecords></OAI-PMH>"
    ).encode()


def titles(listing: Listing) -> list[str]:
    read = [each.marc for each in listing]
    return [
        str(each.record.title) if isinstance(each, Read) else str(each and each.reason)
        for each in read
    ]


def test_records_come_with_their_headers_and_the_token_behind_them():
    listing = Listing(body(one(1, marc("Emma")), one(2, marc("Ivan")), token="a&amp;b"))
    found = list(listing)
    assert [each.identifier for each in found] == ["oai:x:1", "oai:x:2"]
    assert [each.marc.control_number for each in found] == ["Emma", "Ivan"]
    assert listing.token == Token("a&b", 9, 0)
    assert listing.answered_at.hour == 12


@pytest.mark.parametrize("bad", ["R \x0b D", "R & D", "R&nbsp;D", "R &#2; D", "R \udcff D"])
def test_one_bad_character_is_mended_and_loses_nothing(bad):
    said = body(one(1, marc("Emma")), one(2, marc("MARK")), one(3, marc("Ivan")), token="t&amp;1")
    listing = Listing(said.replace(b"MARK", bad.encode("utf-8", "surrogateescape")))
    found = list(listing)
    assert [each.identifier for each in found] == ["oai:x:1", "oai:x:2", "oai:x:3"]
    assert all(isinstance(each.marc, Read) for each in found)
    assert found[1].marc.complaints
    assert (listing.mended, listing.token.said) == (True, "t&1")


def test_one_record_that_cannot_be_mended_is_named():
    listing = Listing(body(one(1, marc("Emma")), one(2, marc("R </D")), one(3, marc("Ivan"))))
    found = list(listing)
    assert [type(each.marc) for each in found] == [Read, Trouble, Read]
    assert found[1].identifier == "oai:x:2"
    assert found[1].stamp is not None


@pytest.mark.parametrize("space", ["", "http://www.openarchives.org/OAI/2.0", "urn:x"])
def test_a_wrong_namespace_around_the_records_is_no_empty_list(space):
    assert titles(Listing(body(one(1, marc("Emma")), space=space))) == ["Emma"]


@pytest.mark.parametrize("space", ["", ' xmlns="urn:wrong"', ' xmlns="http://www.loc.gov/MARC21/"'])
def test_a_wrong_namespace_of_the_record_is_put_right_also_in_its_bytes(space):
    (found,) = Listing(body(one(1, marc("Emma", space))))
    assert found.marc.record.title == "Emma"
    assert f'xmlns="{SLIM}"'.encode() in found.marc.raw
    assert ANOTHER_NAMESPACE in found.marc.mended


def test_a_record_in_a_collection_is_found_and_what_is_no_marc_is_named():
    inside = f'<collection xmlns="{SLIM}">{marc("Emma", "")}</collection>'
    assert titles(Listing(body(one(1, inside), one(2, "<dc/>"), one(3, "")))) == [
        "Emma",
        "what comes is not MARC",
        "the record is there without its data",
    ]


def test_unimarc_is_refused_record_by_record():
    other = (
        marc("x")
        .replace("245", "200")
        .replace(
            "</record>",
            '<datafield tag="100" ind1=" " ind2=" "><subfield code="a">20260101d2026    m  y0engy50'
            "</subfield></datafield></record>",
        )
    )
    (found,) = Listing(body(one(1, other)))
    assert "UNIMARC" in found.marc.reason


def test_a_deleted_record_has_its_identifier_alone():
    said = body(one(1, "")).replace(b"<header>", b'<header status="deleted">')
    (found,) = Listing(said)
    assert (found.deleted, found.marc) == (True, None)


@pytest.mark.parametrize("cut", [10, 60, 200, 400])
def test_an_answer_that_is_cut_is_said_to_be(cut):
    with pytest.raises((CutShort, NotOai)):
        list(Listing(body(one(1, marc("Emma")), one(2, marc("Ivan")))[:-cut]))


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (b"", "empty"),
        (b"\n<!DOCTYPE html><html><body>", "html"),
        (b"<html lang='en'>", "html"),
        (b"Service unavailable", "not-xml"),
        (b"<rss/>", "other-xml"),
        (b'<!DOCTYPE OAI-PMH [<!ENTITY a "b">]><OAI-PMH>&a;</OAI-PMH>', "document-type"),
    ],
)
def test_what_is_no_answer_is_told_apart(said, reason):
    with pytest.raises(NotOai) as no:
        list(Listing(said))
    assert no.value.facts == {"reason": reason}
    with pytest.raises(NotOai):
        answers.identity(said)


def test_a_bomb_of_entities_is_not_opened():
    bomb = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'
    said = body(one(1, marc("Emma"))).replace(b"<OAI-PMH", bomb + b"<OAI-PMH", 1)
    with pytest.raises(NotOai):
        list(Listing(said))


def test_a_document_type_far_before_the_root_is_found_too():
    bomb = b"<!--" + b"x" * 5000 + b'--><!DOCTYPE x [<!ENTITY a "ha">]>'
    said = body(one(1, marc("Emma"))).replace(b"<OAI-PMH", bomb + b"<OAI-PMH", 1)
    with pytest.raises(NotOai):
        list(Listing(said))


def test_errors_are_told_with_their_code():
    said = f'<OAI-PMH xmlns="{OAI}"><error code="badVerb">No  such\nverb</error></OAI-PMH>'.encode()
    listing = Listing(said)
    assert list(listing) == []
    assert listing.errors == (Error("badVerb", "No such verb"),)
    assert answers.identity(said) == (Error("badVerb", "No such verb"),)


def test_an_identity_with_bad_characters_is_read():
    said = (
        f'<OAI-PMH xmlns="{OAI}"><Identify><repositoryName>Smith & Sons \x0b</repositoryName>'
        "<granularity>YYYY-MM-DD</granularity></Identify></OAI-PMH>"
    ).encode()
    who = answers.identity(said)
    assert isinstance(who, Identity)
    assert who.name == "Smith & Sons"
