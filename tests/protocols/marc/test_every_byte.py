"""Records as systems really write them: every byte that can be read is read, and what was mended
is named. Each case is one that somebody reported; its source stands beside it."""

import pymarc
import pytest

from postroad.protocols.marc.results import NotMarc, Read, Trouble
from tests.catalogue.records import field, item, record, subfields
from tests.protocols.marc.files import read, title_of, titles, troubles


def raw(title: bytes, *more: tuple[str, bytes], flag: bytes = b"a", language: str = "eng") -> bytes:
    """A record in bytes of any encoding."""
    fixed = f"010101s1999    mau                 {language}  ".encode()
    fields = [("001", b"b1"), ("008", fixed), ("245", b"10\x1fa" + title), *more]
    directory, data = b"", b""
    for tag, text in fields:
        directory += b"%s%04d%05d" % (tag.encode(), len(text) + 1, len(data))
        data += text + b"\x1e"
    base = 24 + len(directory) + 1
    length = base + len(data) + 1
    leader = b"%05dnam " % length + flag + b"22%05d i 4500" % base
    return leader[:9] + flag + leader[10:] + directory + b"\x1e" + data + b"\x1d"


def only(data: bytes) -> Read:
    [one] = read(data)
    assert isinstance(one, Read), one
    return one


# edsu/pymarc#23
def test_marc_8_that_is_marked_as_utf_8_is_read_as_what_it_is():
    one = only(raw(b"F\xe2ed\xe2eration des \xe2etudes", ("100", b"1 \x1faM\xe8uller, Zo\xe8e")))
    assert title_of(one.record) == "Fédération des études"
    assert one.record["100"]["a"] == "Müller, Zoë"
    assert one.mended == "marked as UTF-8, but written in MARC-8"


# openlibrary#713, openlibrary#135
@pytest.mark.parametrize("flag", [b" ", b"a"])
@pytest.mark.parametrize(
    ("title", "language"),
    [
        ("Une idée très générale du système", "fre"),
        ("Über die Ästhetik der Bücher für Mädchen", "ger"),
        ("El niño y el corazón de la montaña mágica", "spa"),
        ("“Smart quotes” – and a dash’s trouble", "eng"),
        ("Småland på våren: vägen hem", "swe"),
    ],
)
def test_latin_1_is_told_from_marc_8_by_what_the_letters_would_be(flag, title, language):
    one = only(raw(title.encode("cp1252"), flag=flag, language=language))
    assert title_of(one.record) == title
    assert "taken for Windows-1252" in one.mended


@pytest.mark.parametrize(
    ("written", "title", "language"),
    [
        (b"S\xe2anchez y Mu\xe4noz", "Sánchez y Muñoz", "spa"),
        (b"Istori\xebi\xeca Rossi\xe6i", "Istorii\ufe20a\ufe21 Rossiĭ", "rus"),
        (b"\xe9Capek, Dvo\xe9r\xe2ak", "Čapek, Dvořák", "cze"),
        (b"Bj\xb2rnson, \xb1\xe2od\xe2z", "Bjørnson, łódź", "pol"),
    ],
)
def test_marc_8_stays_marc_8(written, title, language):
    one = only(raw(written, flag=b" ", language=language))
    assert one.mended == ""
    if language != "rus":
        assert title_of(one.record) == title
    else:
        assert title_of(one.record).endswith("Rossiĭ")


def test_cyrillic_of_windows_is_read():
    title = "Основы гидравлического расчета"
    one = only(raw(title.encode("cp1251"), flag=b" ", language="rus"))
    assert title_of(one.record) == title
    assert "Windows-1251" in one.mended


# vufind-org/vufind#2328, pod4lib/aggregator#123, freelib-marc4j#26
def test_a_record_longer_than_its_format_is_read_by_the_ends_of_its_fields():
    long = record("b1", *(item(f"31{n:05}", "A" * 40) for n in range(2_000)), leader="as")
    data = long.as_marc()
    assert len(data) > 99_999
    one = only(data)
    assert len(one.record.get_fields("952")) == 2_000
    assert not one.cut
    assert one.mended == "too long for its format: read by the ends of its fields"


# marc4j, bad_hathi_records.mrc
def test_a_directory_longer_than_a_record_may_be_is_read():
    data = record("b1", *(item(f"3{n}") for n in range(8_400))).as_marc()
    end = data.index(b"\x1e")
    one = only(b"99999" + data[5:12] + b"99999" + data[17:end] + data[end:])
    assert len(one.record.get_fields("952")) == 8_400


def test_a_field_longer_than_its_format_is_read():
    one = only(record("b1", ("505", {"a": "x" * 20_000})).as_marc())
    assert len(one.record["505"]["a"]) == 20_000


def test_a_record_that_lists_more_fields_than_it_has_is_cut():
    data = record("b1", item("31"), item("32"), item("33")).as_marc()
    short = data[: data.index(b"32") + 1]
    one = only(short + b"\x1e\x1d")
    assert one.cut
    assert "cut short" in one.mended


# marc4j/marc4j#103, indexdata/yaz#53
@pytest.mark.parametrize(
    ("leader", "sixth"),
    [
        ("00000nam a2200000 i 4500", "a"),
        ("0000nam a2200000 i 4500", "a"),
        ("000000cas a2200000 i 4500", "a"),
        ("00000dm  a2200000 i 4500 ", "m"),
        ("", " "),
    ],
)
def test_a_leader_of_another_length_is_laid_by_its_pattern(leader, sixth):
    fields = '<datafield tag="245"><subfield code="a">Emma</subfield></datafield>'
    one = only(f"<record><leader>{leader}</leader>{fields}</record>".encode())
    said = str(one.record.leader)
    assert len(said) == 24
    assert said[6] == sixth or leader.startswith("00000dm")
    assert said[5] != "d" or leader.startswith("00000d")


def test_a_short_leader_of_iso_2709_moves_nothing():
    data = record("b1", item("31"), title="Emma").as_marc()
    one = only(data[1:])
    assert title_of(one.record) == "Emma"
    assert str(one.record.leader)[6:8] == "am"


# pod4lib/aggregator#829
def test_control_characters_are_taken_out_and_named():
    one = only(raw(b"Rings\x08 and\x1a bells\x0bof\x00 steel"))
    assert title_of(one.record) == "Rings and bells of steel"
    assert one.mended == "control characters were taken out"
    assert one.complaints[0].seen == "U+0000 U+0008 U+001A"


# indexdata/yaz#100, pulibrary/bibdata#15
def test_what_stands_behind_a_stray_delimiter_stays_with_the_subfield_before_it():
    one = only(raw("山上\x1f树上又有什么 : \x1fb惊讶".encode()))
    assert title_of(one.record) == "山上树上又有什么 : "
    assert one.record["245"]["b"] == "惊讶"
    assert one.mended == "a subfield without a code was kept with the one before it"


def test_a_delimiter_in_a_field_of_fixed_length_moves_nothing():
    data = record("b1", title="Emma").as_marc()
    at = data.index(b"mau")
    one = only(data[: at + 5] + b"\x1f" + data[at + 6 :])
    assert str(one.record["008"].data)[35:38] == "eng"
    assert one.mended == "a subfield sign stood in a field without subfields"


def test_a_field_end_and_a_record_end_within_a_field_are_read_over():
    for sign in (b"\x1e", b"\x1d"):
        one = only(raw(b"The war" + sign + b" and the peace"))
        assert title_of(one.record) == "The war and the peace"
        assert "stood within" in one.mended


# metafacture/metafacture-core#528
def test_a_byte_order_mark_line_ends_and_the_end_of_a_dos_file_are_no_records():
    emma, ivan = (record("b1", title=title).as_marc() for title in ("Emma", "Ivan"))
    found = read(b"\xef\xbb\xbf" + emma + b"\r\n\r\n" + b"\xef\xbb\xbf" + ivan + b"\r\n\x1a")
    assert titles(found) == ["Emma", "Ivan"]
    assert not any(each.mended for each in found)


def test_what_stands_before_a_leader_is_skipped_and_named():
    emma = record("b1", title="Emma").as_marc()
    found = read(emma + b"-- next --\n" + emma)
    assert titles(found) == ["Emma", "Emma"]
    assert found[1].mended == "bytes before it were skipped"


# ABCD-DEVCOM/ABCD#428
@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_a_file_that_was_wrapped_is_read_without_its_line_ends(end):
    books = [record(f"b{n}", item(f"3{n}"), title=f"A book of {n} words") for n in range(9)]
    whole = b"".join(each.as_marc() for each in books)
    lines = [whole[at : at + 80] for at in range(0, len(whole), 80)]
    found = read(end.join(lines) + end)
    assert [each.control_number for each in found] == [f"b{n}" for n in range(9)]
    assert found[0].mended == "the file was wrapped at 80 columns: its lines were joined"
    assert not found[1].mended
    by_record = [
        end.join(one[at : at + 80] for at in range(0, len(one), 80))
        for one in (each.as_marc() for each in books)
    ]
    assert titles(read(end.join(by_record))) == titles(found)


def test_a_record_a_line_is_not_wrapped():
    found = read(b"\n".join(record("b1", title="Emma").as_marc() for _ in range(5)))
    assert titles(found) == ["Emma"] * 5
    assert not any(each.mended for each in found)


SLIM = '<collection xmlns="http://www.loc.gov/MARC21/slim">{}</collection>'
BOOK = (
    "<record><leader>00000nam a2200000 a 4500</leader>"
    '<controlfield tag="001">b1</controlfield>'
    '<datafield tag="245"><subfield code="a">{}</subfield></datafield></record>'
)


@pytest.mark.parametrize(
    ("written", "title", "mended"),
    [
        ("Rings\x08 and bells", "Rings and bells", "control characters"),
        ("Rings&#x8; and bells&#11;", "Rings and bells", "control characters"),
        ("Research & development", "Research & development", "a bare &"),
        ("Caf&eacute;&nbsp;noir", "Café\u00a0noir", "a bare &"),
        ("AT&T;", "AT&T;", "a bare &"),
    ],
)
def test_xml_that_is_none_for_a_sign_is_mended(written, title, mended):
    found = read(SLIM.format(BOOK.format(written) + BOOK.format("Emma")).encode())
    assert titles(found) == [title, "Emma"]
    assert mended in found[0].mended
    assert not found[1].mended


def test_bytes_in_xml_that_are_no_utf_8_are_named():
    found = read(SLIM.format(BOOK.format("Idée")).encode("latin-1"))
    assert titles(found) == ["Idée"]
    assert "Windows-1252" in found[0].mended


def test_missing_indicators_and_codes_move_nothing():
    fields = '<datafield tag="245" ind1=""><subfield code="a">Emma</subfield>'
    fields += "<subfield> abroad</subfield></datafield>"
    one = only(f"<record><leader/>{fields}</record>".encode())
    assert one.record["245"].indicators == pymarc.Indicators(" ", " ")
    assert one.record["245"].subfields == subfields({"a": "Emma abroad"})
    [bare] = read(raw(b"Emma").replace(b"10\x1faEmma", b"\x1faEmma__"))
    assert isinstance(bare, Read)
    assert title_of(bare.record) == "Emma__"


def unimarc() -> pymarc.Record:
    made = pymarc.Record(force_utf8=True)
    made.leader = pymarc.Leader("00000nam0 2200000   450 ")
    made.add_field(pymarc.Field("001", data="u1"))
    made.add_field(field("100", {"a": "19961119d1996    ||||0itac50      ba"}))
    made.add_field(field("200", {"a": "L'altra faccia", "f": "Isaac Asimov"}))
    return made


# edsu/pymarc, testunimarc.dat
def test_unimarc_is_refused_in_one_sentence():
    with pytest.raises(NotMarc) as why:
        read(unimarc().as_marc())
    assert "UNIMARC" in why.value.facts["reason"]
    found = read(record("b1", title="Emma").as_marc() + unimarc().as_marc())
    assert [(type(each), each.control_number) for each in found] == [(Read, "b1"), (Trouble, "u1")]
    assert "UNIMARC" in troubles(found)[0].reason
