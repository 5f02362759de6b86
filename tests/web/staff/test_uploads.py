"""Cover sheets, and scans that are filed by them."""

import io
from datetime import timedelta

import pikepdf
import pypdfium2
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import override_settings
from reportlab.graphics.barcode.code128 import Code128
from reportlab.lib.pagesizes import letter
from reportlab.pdfgen.canvas import Canvas

from postroad import reference_numbers
from postroad.directory import thresholds
from postroad.documents import incoming, inspecting, keeping, storage
from postroad.documents.models import Copy, Incoming
from postroad.ill import filing, lending
from postroad.ill.acts import Act
from postroad.ill.lifecycle import Reason, State
from tests.documents import files
from tests.ill.copy_story import article, begin, shelve
from tests.ill.story import MONDAY
from tests.web.staff.crowd import read, warm

UPLOAD = "/staff/lending/copies/upload/"
LIST = "/staff/lending/copies/"
COVERS = "/staff/lending/copies/covers.pdf"


@pytest.fixture(autouse=True)
def home(tmp_path):
    with override_settings(HOME=tmp_path):
        yield tmp_path


@pytest.fixture
def story(cast):
    return begin(cast, shelve(cast.lenox, "v.1(1976)-v.20(1995)"))


def covers(story, at, **how):
    return at(story.cast.lender).get(COVERS, how).content


def under(*parts: bytes) -> bytes:
    """One PDF of all these."""
    whole, file = pikepdf.new(), io.BytesIO()
    for part in parts:
        with pikepdf.open(io.BytesIO(part)) as pdf:
            whole.pages.extend(pdf.pages)
    whole.save(file)
    return file.getvalue()


def scanned(pdf: bytes, kind: str, turned: float = 1.5) -> bytes:
    """As a flatbed makes it: a picture of each page, at 200 dots an inch and a little askew."""
    file, pages = io.BytesIO(), []
    with pypdfium2.PdfDocument(pdf) as document:
        for page in document:
            paper = page.render(scale=200 / 72, grayscale=True).to_pil()
            pages.append(paper.rotate(turned, fillcolor=255, expand=True))
    first, *rest = pages
    first.save(file, kind, save_all=True, append_images=rest, dpi=(200, 200))
    return file.getvalue()


def upload(desk, *contents: bytes, name: str = "scan.pdf"):
    return desk.post(UPLOAD, {"scans": [SimpleUploadedFile(name, each) for each in contents]})


def said(page) -> list[str]:
    return [str(each["said"]) for each in page.context["results"]]


def test_the_cover_sheet_says_what_to_copy_and_bears_the_number(story, at):
    with pypdfium2.PdfDocument(covers(story, at)) as document:
        assert len(document) == 1
        text = " ".join(document[0].get_textpage().get_text_range().split())
        assert document[0].get_size() == (612, 792)
    for words in ("Birds of October Mountain", "41-49", "v.1(1976)-v.20(1995)", "Lee Library"):
        assert words in text
    assert "Ada" not in text
    with pypdfium2.PdfDocument(covers(story, at, paper="a4")) as document:
        assert document[0].get_width() == pytest.approx(595.3, abs=0.1)
    assert at(story.cast.neighbour).get(COVERS).status_code == 302  # nothing is asked of them


@pytest.mark.parametrize("paper", ["a4", "letter"])
def test_a_scan_is_filed_by_its_cover_sheet_which_is_taken_off(story, at, paper):
    scan = scanned(under(covers(story, at, paper=paper), files.article(2)), "PDF")
    page = upload(at(story.cast.lender), scan)
    assert said(page) == ["Sent. The reader is told how to open it."]
    story.look()
    assert story.ill.state == State.DELIVERED
    copy = Copy.objects.get()
    assert copy.pages == 2
    with storage.opened(copy.stored_as) as kept, pypdfium2.PdfDocument(kept.read()) as document:
        assert len(document) == 3  # with the notice, without the cover
    assert not Incoming.objects.exists()


def test_a_tiff_of_several_pages_is_filed_too(story, at):
    scan = scanned(under(covers(story, at), files.article(2)), "TIFF")
    page = upload(at(story.cast.lender), scan, name="scan.tif")
    assert said(page) == ["Sent. The reader is told how to open it."]
    assert Copy.objects.get().pages == 2


def test_the_same_file_twice_is_sent_once_and_another_one_waits(story, at):
    cover = covers(story, at)
    first, second = under(cover, files.article(2)), under(cover, files.article(4))
    page = upload(at(story.cast.lender), first, first, second)
    sent, again, other = said(page)
    assert sent.startswith("Sent")
    assert "nothing was sent twice" in again
    assert "a copy was already sent" in other
    assert Copy.objects.get().pages == 2
    assert Incoming.objects.get().pages == 4


def with_barcode(said: str) -> bytes:
    """A first page that bears a barcode of somebody else."""
    file = io.BytesIO()
    canvas = Canvas(file, letter)
    Code128(said, barWidth=1.2, barHeight=50).drawOn(canvas, 100, 600)
    canvas.drawString(100, 500, "On ferries")
    canvas.save()
    return file.getvalue()


@pytest.mark.parametrize("bears", ["12345678", "31234000123456"])
def test_a_page_with_a_barcode_that_is_not_ours_is_no_cover_and_stays(story, at, bears):
    page = upload(at(story.cast.lender), under(with_barcode(bears), files.article(2)))
    assert "no cover sheet" in said(page)[0]
    assert Incoming.objects.get().pages == 3


def test_the_signs_that_are_looked_for_are_those_of_our_numbers():
    assert inspecting.SIGNS == reference_numbers.ALPHABET
    assert inspecting.A_NUMBER.fullmatch(reference_numbers.new())


@pytest.mark.parametrize("turned", [90, 180, 270])
def test_a_scan_that_lies_on_its_side_or_head_is_filed(story, at, turned):
    scan = scanned(under(covers(story, at), files.article(2)), "PDF", 1.5 + turned)
    assert said(upload(at(story.cast.lender), scan)) == ["Sent. The reader is told how to open it."]


def test_without_a_cover_it_waits_until_somebody_says_what_it_is(story, at):
    desk = at(story.cast.lender)
    page = upload(desk, files.article(2))
    assert "no cover sheet" in said(page)[0]
    row = Incoming.objects.get()
    assert f"{UPLOAD}{row.pk}/" in read(desk.get(UPLOAD))
    for none in ("", "a\0b"):  # PostgreSQL refuses to be asked for a NUL
        assert desk.post(f"{UPLOAD}{row.pk}/", {"ref": none}).status_code == 302
    assert Incoming.objects.exists()
    desk.post(f"{UPLOAD}{row.pk}/", {"ref": story.ill.ref})
    story.look()
    assert story.ill.state == State.DELIVERED
    assert not Incoming.objects.exists()


def test_a_cover_of_another_librarys_request_tells_nothing_of_it(story, at):
    scan = under(covers(story, at), files.article(2))
    page = upload(at(story.cast.neighbour), scan)
    assert "not that of a copy that your library was asked for" in said(page)[0]
    assert "Birds" not in read(page)
    row = Incoming.objects.get()
    assert at(story.cast.lender).post(f"{UPLOAD}{row.pk}/", {"discard": "y"}).status_code == 404
    assert not Copy.objects.exists()


def test_a_cover_of_a_request_that_is_over_waits(story, at):
    scan = under(covers(story, at), files.article(2))
    lending.refuse(story.supply, Act(story.cast.lender, MONDAY), reason=Reason.NOT_AS_CITED)
    assert "is over for your library" in said(upload(at(story.cast.lender), scan))[0]


def test_one_bad_file_keeps_no_other(story, at):
    good = under(covers(story, at), files.article(2))
    cover_alone = covers(story, at)
    page = upload(
        at(story.cast.lender),
        *(files.bomb(), files.hidden_script(), files.blank(), good[:-700], b"", cover_alone, good),
    )
    assert [each["sent"] for each in page.context["results"]] == [False] * 6 + [True]
    assert len(set(said(page))) == 7
    assert not Incoming.objects.exists()


def test_an_empty_scan_under_its_cover_is_not_sent(story, at):
    page = upload(at(story.cast.lender), under(covers(story, at), files.blank()))
    assert not page.context["results"][0]["sent"]
    assert not Copy.objects.exists()


def test_what_nobody_files_is_gone_on_its_day_and_no_sweep_takes_it_before(
    story, at, django_capture_on_commit_callbacks
):
    upload(at(story.cast.lender), files.article(2))
    row = Incoming.objects.get()
    keeping.compare(MONDAY + timedelta(days=3))
    assert storage.is_there(row.stored_as)
    with django_capture_on_commit_callbacks(execute=True):
        assert incoming.purge(MONDAY + timedelta(days=8)) == 1
    assert not storage.is_there(row.stored_as)


def test_it_is_thrown_away(story, at, django_capture_on_commit_callbacks):
    desk = at(story.cast.lender)
    upload(desk, files.article(2))
    row = Incoming.objects.get()
    asked = desk.post(f"{UPLOAD}{row.pk}/", {"discard": "yes"})
    assert "It was sent to nobody." in asked.content.decode()
    assert Incoming.objects.exists()
    with django_capture_on_commit_callbacks(execute=True):
        desk.post(f"{UPLOAD}{row.pk}/", {"discard": "yes", "sure": "yes"})
    assert not Incoming.objects.exists()
    assert not storage.is_there(row.stored_as)


def test_the_list_of_copies_says_that_scans_wait(story, at):
    desk = at(story.cast.lender)
    assert "to say for which request" not in read(desk.get(LIST))
    upload(desk, files.article(2), files.article(3))
    assert "2 scans wait for you to say for which request they are" in read(desk.get(LIST))
    assert "to say for which request" not in read(at(story.cast.neighbour).get(LIST))


def test_beyond_so_many_that_wait_none_is_kept(story, at, monkeypatch):
    desk = at(story.cast.lender)
    monkeypatch.setattr(incoming, "MOST", 2)
    page = upload(desk, files.article(2), files.article(3), files.article(4))
    assert "2 scans of your library wait" in said(page)[2]
    assert Incoming.objects.count() == 2
    assert "no cover sheet" in said(upload(desk, files.article(3)))[0]  # it waits already
    assert "Sent" in said(upload(desk, under(covers(story, at), files.article(4))))[0]


def test_how_long_a_scan_waits_is_a_threshold(story, at):
    lenox = story.cast.lenox
    thresholds.enter("scan-days", 2, effective=MONDAY.date(), library=lenox, by="Center", at=MONDAY)
    upload(at(story.cast.lender), files.article(2))
    row = Incoming.objects.get()
    assert row.expires_at - row.made_at == timedelta(days=2)


@pytest.mark.parametrize(("address", "statements"), [(UPLOAD, 9), (COVERS, 6)])
def test_its_pages_ask_the_same_statements_for_one_and_for_many(
    story, at, address, statements, django_assert_num_queries
):
    desk = warm(at(story.cast.lender))
    upload(desk, files.article(2))
    with django_assert_num_queries(statements):
        desk.get(address)
    upload(desk, files.article(3))
    begin(story.cast, story.record, citation=article(pages="50-51"))
    with django_assert_num_queries(statements):
        desk.get(address)


def test_of_two_who_file_one_scan_the_second_hears_that_it_is_gone(story, at):
    upload(at(story.cast.lender), files.article(2))
    row, act = Incoming.objects.get(), Act(story.cast.lender, MONDAY)
    filing.assign(row, story.supply, act)
    other = begin(story.cast, story.record, citation=article(pages="50-51"))
    with pytest.raises(FileNotFoundError):
        filing.assign(row, other.supply, act)
    assert Copy.objects.get().ref == story.ill.ref


def test_nothing_chosen_is_said(story, at):
    page = at(story.cast.lender).post(UPLOAD, {})
    assert page.status_code == 422
    assert "Choose one file or several" in read(page)
