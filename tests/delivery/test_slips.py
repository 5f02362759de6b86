"""The slips, looked at as a scanner and a sorter look at them."""

import ctypes
import unicodedata
from dataclasses import replace
from datetime import date

import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stdnum import luhn

from postroad.delivery import lettering, slip_drawing, slips
from postroad.delivery.codes import CodeMissing, new_number
from postroad.delivery.models import Parcel, Purpose
from postroad.delivery.routing import Carried, Place
from postroad.delivery.slip_facts import Layout, SlipFacts
from postroad.delivery.slips import NothingToPrint
from postroad.reference_numbers import ALPHABET, grouped
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
    lines, size = slip_drawing.fit(town, 260, 240)
    assert size >= 40
    assert len(lines) * size * slip_drawing.LEADING <= 240
    assert "".join("".join(lines).split()) == "".join(town.split())


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


IN_SCRIPTS = {
    "Hebrew": "ספר הזהר (1990)",
    "Hebrew with points": "גִּבּוֹר",
    "Arabic": "ألف ليلة وليلة",
    "Persian": "هزار و یک شب",
    "Cyrillic": "Война и мир",
    "Greek": "Ὀδύσσεια",
    "Chinese": "紅樓夢",
    "Japanese": "源氏物語 げんじものがたり",
    "Korean": "토지",
    "Devanagari": "क्षेत्र की कहानी",
    "Bengali": "গীতাঞ্জলি",
    "Tamil": "திருக்குறள்",
    "Thai": "สี่แผ่นดิน น้ำ",
    "Armenian": "Դավիթ",
    "Georgian": "ვეფხისტყაოსანი",
    "Amharic": "ፍቅር እስከ መቃብር",
    "accents": "Đặng Thùy Trâm ā Łódź ğ",
}


@pytest.mark.parametrize("title", IN_SCRIPTS.values(), ids=IN_SCRIPTS)
@pytest.mark.parametrize("layout", list(Layout))
def test_a_title_stands_on_its_slip_in_its_own_script(title, layout):
    """Its letters can be searched, each of them has a glyph that is no empty box, and ink."""
    bare = slip(title="", ref="", need_by=None)  # on a card the three share a line
    pdf = slips.slips([replace(bare, title=title)], layout)
    letters = unicodedata.normalize("NFC", title)
    assert letters in unicodedata.normalize("NFC", words(pdf))
    glyphs = lettering.set_line(title).glyphs
    assert glyphs
    assert 0 not in {glyph.number for glyph in glyphs}
    with_title, without = (ink(each) for each in (pdf, slips.slips([bare], layout)))
    assert with_title - without > 5 * len(letters.replace(" ", ""))


def ink(pdf):
    """Dark dots at the foot of the first slip, where the title stands."""
    page = next(opened := pages(pdf))
    picture = page.render(scale=200 / 72).to_pil().convert("L")
    sheet = page.get_width() > 300
    opened.close()
    foot = picture.height // 2 if sheet else picture.height
    low, high = (42, 20) if picture.height < 700 else (61, 33)
    box = (0, foot - low, picture.width // 2 if sheet else picture.width, foot - high)
    return sum(count for shade, count in enumerate(picture.crop(box).histogram()) if shade < 128)


def test_letters_join_stack_and_run_as_their_script_does():
    """Lam and alif are one glyph; a conjunct is fewer than its letters; Hebrew runs leftwards."""
    assert len(lettering.set_line("لا").glyphs) == 1
    assert len(lettering.set_line("क्ष").glyphs) < 3
    first, last = "א", "ב"
    order = [glyph.number for glyph in lettering.set_line(first + last).glyphs]
    alone = [lettering.set_line(letter).glyphs[0].number for letter in (last, first)]
    assert order == alone


@pytest.mark.parametrize(
    ("written", "seen"),
    [
        ("abc", "abc"),
        ("אבג", "גבא"),
        ("אבג 12", "12 גבא"),
        ("abc אבג def", "abc גבא def"),
        ("אבג abc 1-2, דה", "הד ,abc 1-2 גבא"),
        ("אבג (דה)", "(הד) גבא"),
        ("(אבג) abc", "abc (גבא)"),
        ("كتاب 12-13", "13-12 باتك"),
        ("ab 12% אב", "ab 12% בא"),
        ("אב 12%", "12% בא"),
    ],
)
def test_a_line_of_two_directions_is_seen_in_the_right_order(written, seen):
    assert "".join(each.text for each in lettering.set_line(written).seen) == seen


def test_a_letter_that_no_font_has_is_a_box_and_the_others_stay():
    line = lettering.set_line("𓀀 Egypt")
    assert line.glyphs[0].number == 0
    assert "Egypt" in words(slips.slips([slip(title="𓀀 Egypt")]))
    assert ink(slips.slips([slip(title="𓀀")])) > ink(slips.slips([slip(title="")]))


def test_a_long_title_in_another_script_is_cut_between_letters_and_says_so():
    facts = slip(title="की कहानी " * 60)
    pdf = slips.slips([facts], Layout.LABEL)
    assert "…" in words(pdf)
    assert barcodes(pdf) == [facts.number]


def test_a_town_whose_letters_the_printer_lacks_keeps_them():
    text = words(slips.slips([slip(receiver=replace(LEE, town="Łódź", name="Książnica"))]))
    assert "Łódź" in text
    assert "Książnica" in text


@pytest.mark.parametrize(
    "title", ["", "Война и мир", "源氏物語", "A" * 5000, "<b>&amp;", "\x00\n\t"]
)
def test_any_title_leaves_the_rest_of_the_slip_alone(title):
    facts = slip(title=title)
    assert barcodes(slips.slips([facts])) == [facts.number]


@pytest.mark.parametrize("layout", list(Layout))
def test_what_goes_by_mail_bears_its_address_as_the_post_reads_it(layout):
    lines = ("Interlibrary Loan", "120 High Street", "New Haven, CT 06511")
    yale = Place("Yale University Library", "New Haven", "CT", lines=lines)
    facts = slip(receiver=yale, by=Carried.MAIL)
    pdf = slips.slips([facts], layout)
    set_in = sizes(pdf)
    assert all(set_in[line] >= 14 for line in (yale.name, *lines))
    assert barcodes(pdf) == [facts.number]


@pytest.mark.parametrize("place", [Place("Yale University Library", "", ""), LEE])
def test_without_an_address_it_bears_what_is_known(place):
    pdf = slips.slips([slip(receiver=place, by=Carried.MAIL)])
    assert place.name in words(pdf).replace("\r\n", " ")
    assert ", \r" not in words(pdf)


def test_a_page_holds_four():
    with pypdfium2.PdfDocument(slips.slips([slip()] * 9)) as document:
        assert len(document) == 3


def test_nothing_chosen_is_said():
    with pytest.raises(NothingToPrint):
        slips.slips([])


def test_the_second_printing_says_that_it_is_a_copy(parcel, django_assert_num_queries):
    with django_assert_num_queries(4):
        first = slips.print_slips([parcel])
    assert "COPY" not in words(first)
    assert barcodes(first) == [parcel.number]
    assert "COPY" in words(slips.print_slips(list(Parcel.objects.all())))


def test_no_slip_names_a_patron(parcel, cast):
    text = words(slips.print_slips([parcel]))
    for name in cast.people.values():
        assert name.first_name not in text
