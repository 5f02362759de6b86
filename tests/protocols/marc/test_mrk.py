"""MARC as lines of text, in the dialects in which programs and people write it."""

from io import BytesIO

import pymarc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from postroad.protocols.marc import mrk, reading
from postroad.protocols.marc.results import Read, Trouble

WALDEN = r"""=LDR  00714cam a2200205 a 4500
=001  walden1
=008  900101s1854\\\\mau\\\\\\\\\\\000\0\eng\d
=020  \\$a9780691096124$c{dollar}9.95
=245  10$aWalden ;$bor, Life in the woods /$cHenry D. Thoreau.
=300  \\$a357 p.
"""


def read(sent: bytes | str, skip: int = 0) -> list[Read | Trouble]:
    raw = sent.encode() if isinstance(sent, str) else sent
    return list(reading.records(BytesIO(raw), skip))


def only(sent: bytes | str) -> Read:
    [found] = read(sent)
    assert isinstance(found, Read)
    return found


def subfield(found: Read, tag: str, code: str) -> str | None:
    return found.record[tag].get(code)


def test_a_record_is_read_with_its_blanks_and_its_dollars():
    found = only(WALDEN)
    assert found.control_number == "walden1"
    assert subfield(found, "020", "c") == "$9.95"
    assert subfield(found, "245", "b") == "or, Life in the woods /"
    assert found.record["245"].indicators == pymarc.Indicators("1", "0")
    assert found.record["300"].indicators == pymarc.Indicators(" ", " ")
    assert found.record["008"].data == "900101s1854    mau           000 0 eng d"
    assert found.complaints == ()


@pytest.mark.parametrize(
    "sent",
    [
        WALDEN.replace("\n", "\r\n"),
        WALDEN.replace("=LDR", "=000"),
        "\ufeff" + WALDEN,
        "\n\n" + WALDEN,
        WALDEN.replace("=245  10", "=245\t10").replace("=300  ", "=300 "),
        WALDEN.replace("\n", "\r"),
        WALDEN.replace("$bor, Life", "$bor,\nLife"),  # a wrapped line
        WALDEN.replace("=020", "\n=020"),  # a blank line within it
    ],
    ids=["crlf", "000", "bom", "blank", "tabs", "macintosh", "wrapped", "blank within"],
)
def test_dialects_say_the_same(sent: str):
    assert str(only(sent).record) == str(only(WALDEN).record)


@pytest.mark.parametrize(
    ("said", "means"),
    [
        ("Les mis{acute}erables", "Les misérables"),
        ("Les mis{eacute}rables", "Les misérables"),
        ("{AElig}neid", "Æneid"),
        ("{lcub}x{rcub}", "{x}"),
        ("C{bsol}D", "C\\D"),
        ("{llig}i{rlig}a", "i\ufe20a\ufe21"),
        ("Hawai{mlrhring}i", "Hawaiʻi"),
    ],
)
def test_names_in_braces_are_signs(said: str, means: str):
    found = only(f"=LDR  00714cam a2200205 a 4500\n=001  1\n=245  00$a{said}\n")
    assert subfield(found, "245", "a") == means
    assert found.complaints == ()


def test_what_is_in_braces_and_unknown_stays_and_is_told():
    found = only("=LDR  00714cam a2200205 a 4500\n=001  1\n=245  00$aA {sic} b\n")
    assert subfield(found, "245", "a") == "A {sic} b"
    assert [each.what for each in found.complaints] == [mrk.UNNAMED]


def test_what_windows_wrote_is_read_and_told():
    found = only(WALDEN.replace("Thoreau", "Thoréau").encode("cp1252"))
    assert subfield(found, "245", "c") == "Henry D. Thoréau."
    assert [each.what for each in found.complaints] == [mrk.WINDOWS]


def test_records_without_leaders_are_told_apart():
    bare = "\n".join(WALDEN.splitlines()[1:])
    found = read(f"{bare}\n{bare.replace('walden1', 'walden2')}\n\n{bare}")
    assert [each.control_number for each in found] == ["walden1", "walden2", "walden1"]


def test_a_short_leader_and_an_endless_record_are_told():
    short = only(WALDEN.replace("00714cam a2200205 a 4500", "cam a"))
    assert str(short.record.leader)[6] == "a"
    assert short.complaints
    huge = f"=LDR  x\n=001  h\n=500  \\\\$a{'x' * 4_100_000}\n\n{WALDEN}"
    first, second = read(huge)
    assert isinstance(first, Trouble)
    assert first.control_number == "h"
    assert second.control_number == "walden1"


@pytest.mark.parametrize("skip", [1, 2])
def test_what_is_skipped_is_counted(skip: int):
    found = read(f"{WALDEN}\n{WALDEN}\n{WALDEN}", skip)
    assert [each.position for each in found] == list(range(skip + 1, 4))


VALUES = st.text(
    st.characters(codec="utf-8", exclude_categories=("C", "Z")) | st.just(" "),
    min_size=1,
    max_size=20,
).filter(lambda text: text == text.strip() and not set(text) & set("\x85\u2028"))


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["020", "100", "245", "300", "650", "952"]),
            st.text("01 ", min_size=2, max_size=2),
            st.lists(st.tuples(st.sampled_from("abcx"), VALUES), min_size=1, max_size=3),
        ),
        min_size=1,
        max_size=5,
    )
)
def test_what_is_written_is_read_again(fields):
    record = pymarc.Record()
    record.leader = pymarc.Leader("00000nam a2200000 a 4500")
    for tag, marks, parts in fields:
        subfields = [pymarc.Subfield(code, value) for code, value in parts]
        record.fields.append(pymarc.Field(tag, pymarc.Indicators(*marks), subfields))
    found = only(mrk.written(record))
    again = [
        (
            each.tag,
            "".join(each.indicators or ()),
            [(sub.code, sub.value) for sub in each.subfields],
        )
        for each in found.record.fields
    ]
    assert again == fields
