"""What a library sends is looked into by its content: what is good becomes a PDF with the notice in
front, and each trouble has its own name."""

import io
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pypdfium2
import pytest

from postroad.documents import inspecting, notice, troubles
from postroad.documents.inspecting import Trouble
from tests.documents import files

pytestmark = pytest.mark.once


@pytest.fixture
def make(tmp_path: Path) -> Callable[[bytes, str], dict[str, object]]:
    def made(content: bytes, name: str = "scan") -> dict[str, object]:
        source, front = tmp_path / "sent", tmp_path / "notice.pdf"
        source.write_bytes(content)
        front.write_bytes(notice.page())
        return inspecting.make(source, name, front, tmp_path / "made.pdf")

    return made


def words_of(path: Path) -> list[str]:
    with pypdfium2.PdfDocument(path) as document:
        return [page.get_textpage().get_text_bounded() for page in document]


GOOD = {
    "a PDF": (files.article, "scan.pdf", 3),
    "a PDF in capitals": (files.article, "SCAN.PDF", 3),
    "a PDF without an ending": (files.article, "scan", 3),
    "a PDF behind lines of a printer": (
        lambda: b"\x1b%-12345X@PJL JOB\r\n@PJL SET COPIES=1\r\n" + files.article(),
        "scan.pdf",
        3,
    ),
    "a PDF behind lines of a form": (
        lambda: b"--7f\r\nContent-Type: application/pdf\r\n\r\n" + files.article(),
        "scan.pdf",
        3,
    ),
    "a PDF with a link": (files.with_link, "scan.pdf", 3),
    "one word on one page": (lambda: files.article(1, said="Erratum"), "scan.pdf", 1),
    "a TIFF of black and white": (lambda: files.tiff(3), "scan.tif", 3),
    "a TIFF of 16 bits": (lambda: files.picture("TIFF", "I;16"), "scan.tiff", 1),
    "a TIFF in four inks": (lambda: files.picture("TIFF", "CMYK"), "scan.tiff", 1),
    "a JPEG": (lambda: files.picture("JPEG", "RGB"), "scan.jpeg", 1),
    "a PNG one can see through": (lambda: files.picture("PNG", "RGBA"), "scan.png", 1),
    "a PNG with a palette": (lambda: files.picture("PNG", "P"), "scan.png", 1),
}


@pytest.mark.parametrize("what", GOOD)
def test_what_is_good_becomes_a_pdf_with_the_notice_in_front(what, make, tmp_path):
    content, name, pages = GOOD[what]
    assert make(content(), name)["pages"] == pages
    said = words_of(tmp_path / "made.pdf")
    assert len(said) == pages + 1
    assert "copyright law of the United States (title 17" in " ".join(said[0].split())
    with pypdfium2.PdfDocument(tmp_path / "made.pdf") as document:
        assert not inspecting.is_blank(inspecting.drawn(document[1]))


BAD = {
    "copy-of-another-kind": (lambda: b"PK\x03\x04" + bytes(900), "scan.pdf"),
    "copy-misnamed": (lambda: files.picture("PNG"), "scan.pdf"),
    "copy-cut-short": (lambda: files.article()[:-700], "scan.pdf"),
    "copy-damaged": (lambda: b"%PDF-1.7\n" + b"garbage " * 400 + b"%%EOF", "scan.pdf"),
    "copy-locked": (lambda: files.locked(user="secret"), "scan.pdf"),
    "copy-with-scripts": (files.hidden_script, "scan.pdf"),
    "copy-starts-programs": (lambda: files.acts("/Launch", F="calc.exe"), "scan.pdf"),
    "copy-with-files": (files.with_file, "scan.pdf"),
    "copy-without-pages": (files.without_pages, "scan.pdf"),
    "copy-blank": (files.blank, "scan.pdf"),
    "copy-picture-too-large": (files.huge_picture, "scan.pdf"),
    "copy-bomb": (files.bomb, "scan.pdf"),
}
MORE = {
    "a page of HTML": (lambda: b"<html><script>alert(1)</script>", "scan", "copy-of-another-kind"),
    "a picture of SVG": (lambda: b"<svg onload='alert(1)'/>", "scan", "copy-of-another-kind"),
    "a page that tells of PDF": (
        lambda: b"<html>It began with %PDF-1.7, and went on</html>%%EOF",
        "scan",
        "copy-of-another-kind",
    ),
    "a PDF that says it is a TIFF": (files.article, "scan.tif", "copy-misnamed"),
    "restrictions alone": (files.locked, "scan.pdf", "copy-locked"),
    "a script that opens with it": (
        lambda: files.acts("/JavaScript", JS="app.alert(1)"),
        "scan.pdf",
        "copy-with-scripts",
    ),
    "a form that is sent": (
        lambda: files.acts("/SubmitForm", F="https://example.org"),
        "scan.pdf",
        "copy-starts-programs",
    ),
    "a bomb in a bomb": (lambda: files.bomb(2), "scan.pdf", "copy-bomb"),
    "a grainy blank sheet": (files.grainy, "scan.jpg", "copy-blank"),
    "half a JPEG": (lambda: files.picture("JPEG")[:4000], "scan.jpg", "copy-damaged"),
    "half a TIFF": (lambda: files.picture("TIFF")[:40_000], "scan.tif", "copy-damaged"),
    "a PNG that says it is huge": (files.huge_png, "scan.png", "copy-picture-too-large"),
}
EVERY = {code: (*bad, code) for code, bad in BAD.items()} | MORE
LONG = {"a bomb in a bomb"}


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        pytest.param(*each, id=what, marks=[pytest.mark.nightly] if what in LONG else [])
        for what, each in EVERY.items()
    ],
)
def test_each_trouble_has_its_own_name(content, name, code, make, tmp_path):
    with pytest.raises(Trouble) as trouble:
        make(content(), name)
    assert trouble.value.code == code
    assert code in troubles.BY_CODE
    assert not (tmp_path / "made.pdf").exists()


def test_too_many_pages_are_too_many(make):
    with pytest.raises(Trouble) as trouble:
        make(files.article(inspecting.MOST_PAGES + 1))
    assert (trouble.value.code, trouble.value.facts) == ("copy-too-many-pages", {"most": 2000})


def test_what_is_sent_twice_becomes_the_same_file(make, tmp_path):
    make(files.article())
    first = (tmp_path / "made.pdf").read_bytes()
    make(files.article())
    assert (tmp_path / "made.pdf").read_bytes() == first


def test_what_lies_unused_in_the_file_is_not_delivered(make, tmp_path):
    make(files.article() + b"\n<script>alert(1)</script>\n%%EOF\n")
    assert b"<script>" not in (tmp_path / "made.pdf").read_bytes()
    with pikepdf.open(io.BytesIO((tmp_path / "made.pdf").read_bytes())) as pdf:
        assert len(pdf.pages) == 4


def opens_another_file(pdf: pikepdf.Pdf) -> None:
    there = pikepdf.Dictionary(S=pikepdf.Name.GoToR, F="\\\\server\\share\\x.pdf", D=[0])
    pdf.Root.OpenAction = pdf.make_indirect(there)
    pdf.pages[1].obj.AA = pikepdf.Dictionary(O=there)


def test_what_would_happen_by_itself_is_left_out_of_what_is_delivered(make, tmp_path):
    make(files.changed(opens_another_file), "scan.pdf")
    with pikepdf.open(tmp_path / "made.pdf") as pdf:
        assert "/OpenAction" not in pdf.Root
        assert not any("/AA" in page.obj for page in pdf.pages)
