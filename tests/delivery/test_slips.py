"""The slips, looked at as a scanner and a sorter look at them."""

import ctypes
from dataclasses import replace
from datetime import date

import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stdnum import luhn

from postroad.delivery import slips
from postroad.delivery.codes import CodeMissing, new_number
from postroad.delivery.models import Parcel, Purpose
from postroad.delivery.routing import Carried, Place
from postroad.delivery.slips import Layout, NothingToPrint, SlipFacts
from postroad.numbers import ALPHABET, grouped
from tests import barcodes as scanner

REF = "7K3M9Q2" + luhn.calc_check_digit("7K3M9Q2", ALPHABET)
LEE = Place("Lee Library", "Lee", "MA", route="WEST 2", letter="W")
LONG = Place(
    "Jefferson Elementary School Library", "Manchester-by-the-Sea", "MA", "NORTHEAST 14", "N"
)
JAMESTOWN = Place("Philomenian Library", "Jamestown", "RI", "RI 3", delivery_code="JAM")


def slip(sender=LEE, receiver=LONG, **more):
    facts = {
        "ref": REF,
        "title": "The Age of Innocence",
        "need_by": date(2026, 12, 3),
        "number": new_number(),
    }
    return SlipFacts(sender=sender, receiver=receiver, **{**facts, **more})


def pages(pdf):
    with pypdfium2.PdfDocument(pdf) as document:
        yield from document


def barcodes(pdf):
    """The numbers that a scanner reads off the printed pages at 200 dots an inch."""
    return [
        number
        for page in pages(pdf)
        for number in scanner.read(page.render(scale=200 / 72).to_pil())
    ]


def words(pdf):
    return "\n".join(page.get_textpage().get_text_bounded() for page in pages(pdf))


def sizes(pdf):
    """The height of each piece of text as set, by its words."""
    found = {}
    for page in pages(pdf):
        text = page.get_textpage()
        for thing in page.get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_TEXT]):
            found[said_by(thing, text)] = size_of(thing)
    return found


def size_of(thing):
    size = ctypes.c_float()
    assert pypdfium2.raw.FPDFTextObj_GetFontSize(thing, size)
    return size.value


def said_by(thing, text):
    raw = pypdfium2.raw
    length = raw.FPDFTextObj_GetText(thing, text, None, 0)
    buffer = (ctypes.c_ushort * (length // 2))()
    raw.FPDFTextObj_GetText(thing, text, buffer, length)
    said = bytes(buffer).decode("utf-16-le").rstrip("\0")
    return said.replace("\x02", "-")  # what pdfium takes for a hyphen of ours


@pytest.mark.parametrize("layout", list(Layout))
def test_a_scanner_reads_every_slip_on_the_page(layout):
    facts = [slip(), slip(receiver=JAMESTOWN), slip(JAMESTOWN, LEE), slip(LONG, LEE), slip()]
    read = barcodes(slips.slips(facts, layout))
    assert sorted(read) == sorted(each.number for each in facts)


@pytest.mark.parametrize("layout", list(Layout))
@pytest.mark.parametrize(
    ("receiver", "words_of_it", "least"),
    [
        (LEE, ["Lee"], 72),
        (JAMESTOWN, ["JAM"], 72),
        (replace(LEE, town="Pittsfield"), ["Pittsfield"], 72),
        (replace(LEE, town="Chesterfield"), ["Chesterfield"], 58),
        (LONG, ["Manchester-", "by-the-Sea"], 40),
        (replace(LEE, town="Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch"), None, 40),
    ],
)
def test_the_destination_is_read_at_arms_length(layout, receiver, words_of_it, least):
    set_in = sizes(slips.slips([slip(receiver=receiver)], layout))
    for line in words_of_it or [receiver.town]:
        assert set_in[line] >= least
        assert set_in[line] == max(set_in.values())


@given(st.text(st.characters(codec="cp1252", exclude_categories=["C"]), min_size=1, max_size=60))
@settings(max_examples=200)
def test_no_destination_is_ever_set_under_forty_points(town):
    lines, size = slips.fit(slips.printable(town), 260, 240)
    assert size >= 40
    assert len(lines) * size * slips.LEADING <= 240
    assert "".join("".join(lines).split()) == "".join(slips.printable(town).split())


def test_a_slip_says_what_people_need_and_no_more():
    facts = slip()
    text = words(slips.slips([facts], Layout.LABEL))
    for wanted in (
        "NORTHEAST 14",
        "Jefferson Elementary School Library",
        "Manchester-by-the-Sea, MA",
        grouped(facts.number),
        "From and back to: Lee, MA (WEST 2), Lee Library",
        f"Request {grouped(REF)}",
        "needed by Thursday 3 December",
        "The Age of Innocence",
    ):
        assert wanted in text
    assert "COPY" not in text


def test_libraries_of_one_name_are_told_apart():
    schools = [
        Place("Jefferson School", town, "MA", "WEST 2", "W") for town in ("Lee", "Otis", "Adams")
    ]
    printed = [words(slips.slips([slip(receiver=school)])) for school in schools]
    for school, text in zip(schools, printed, strict=True):
        assert f"{school.town}, MA" in text


def test_what_rhode_island_lends_has_the_slip_for_its_way_home():
    facts = slip(JAMESTOWN, LEE, lent=True)
    pdf = slips.slips([facts], Layout.LABEL)
    outside, inside = [page.get_textpage().get_text_bounded() for page in pages(pdf)]
    assert "JAM" not in outside.replace("Jamestown", "").replace("(JAM)", "")
    assert "fold inside" in inside
    assert "JAM" in inside
    assert barcodes(pdf) == [facts.number]


def test_what_goes_home_from_rhode_island_has_exactly_one_slip(make_parcel):
    """A second slip with Rhode Island's code would send the book there again."""
    for purpose in (Purpose.RETURN, Purpose.TRANSFER, Purpose.OTHER):
        parcel = make_parcel("providence", "lee", purpose=purpose)
        for layout in Layout:
            printed = slips.print_slips([parcel], layout)
            assert barcodes(printed) == [parcel.number]
            assert "fold inside" not in words(printed)
    lent = make_parcel("providence", "lee", purpose=Purpose.LOAN)
    assert "fold inside" in words(slips.print_slips([lent]))


def test_no_slip_to_rhode_island_without_its_three_letters():
    bristol = replace(JAMESTOWN, delivery_code="")
    with pytest.raises(CodeMissing):
        slips.slips([slip(), slip(receiver=bristol)])
    assert "By mail" in words(slips.slips([slip(receiver=bristol, by=Carried.MAIL)]))


@pytest.mark.parametrize(
    "title", ["", "Война и мир", "源氏物語", "A" * 5000, "<b>&amp;", "\x00\n\t"]
)
def test_any_title_leaves_the_rest_of_the_slip_alone(title):
    facts = slip(title=title)
    assert barcodes(slips.slips([facts])) == [facts.number]


def test_a_page_holds_four():
    with pypdfium2.PdfDocument(slips.slips([slip()] * 9)) as document:
        assert len(document) == 3


def test_nothing_chosen_is_said():
    with pytest.raises(NothingToPrint):
        slips.slips([])


def test_the_second_printing_says_that_it_is_a_copy(parcel, django_assert_num_queries):
    with django_assert_num_queries(3):
        first = slips.print_slips([parcel])
    assert "COPY" not in words(first)
    assert barcodes(first) == [parcel.number]
    assert "COPY" in words(slips.print_slips(list(Parcel.objects.all())))


def test_no_slip_names_a_patron(parcel, cast):
    text = words(slips.print_slips([parcel]))
    for name in cast.people.values():
        assert name.first_name not in text
