"""Looks into a file that a library sent, and makes of it the PDF that is delivered.

Run by `checks.py` as a process of its own, with little memory and time and nothing of ours: the
libraries that read PDF and pictures are large, and the file is anybody's. No Django and no other
file of ours here. It writes one line of JSON: what was found, or the code of the trouble.
"""

import errno
import io
import json
import re
import resource
import struct
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
from PIL import Image, ImageOps
from stdnum import luhn

MOST_PAGES = 2000
MOST_OBJECTS = 2_000_000
MOST_PIXELS = 120_000_000  # of one picture: A3 at 600 dots an inch has 70 million
MOST_UNPACKED = 4_000_000_000  # bytes of all streams together
MOST_OF_A_STREAM = 100_000_000  # bytes of one that is no picture
HEADS = {b"II*\0": "tiff", b"MM\0*": "tiff", b"II+\0": "tiff", b"MM\0+": "tiff"}
HEADS |= {b"\xff\xd8\xff": "jpeg", b"\x89PNG\r\n\x1a\n": "png", b"%PDF-": "pdf"}
ENDINGS = {"pdf": "pdf", "tif": "tiff", "tiff": "tiff", "png": "png"}
ENDINGS |= dict.fromkeys(("jpg", "jpeg", "jpe", "jfif"), "jpeg")
NEAR = 1024  # bytes before which a PDF may begin: mail and printers put lines of their own there
TAIL = 2048  # bytes in which the end of a whole PDF says so

SCRIPTS, PROGRAMS, FILES = "copy-with-scripts", "copy-starts-programs", "copy-with-files"
# What a PDF does or carries besides showing pages: by a key, or by what one of them says.
KEYS = {"/JS": SCRIPTS, "/JavaScript": SCRIPTS, "/XFA": SCRIPTS}
KEYS |= {"/EmbeddedFiles": FILES, "/EF": FILES, "/RichMediaContent": FILES}
ACTIONS = {"/JavaScript": SCRIPTS, "/Launch": PROGRAMS, "/SubmitForm": PROGRAMS}
ACTIONS |= {"/ImportData": PROGRAMS, "/GoToE": FILES, "/Rendition": FILES, "/Movie": FILES}
MEANINGS = {"/S": ACTIONS, "/Type": {"/EmbeddedFile": FILES}}
MEANINGS |= {"/Subtype": dict.fromkeys(("/RichMedia", "/FileAttachment", "/3D", "/Screen"), FILES)}

UNREADABLE = (OSError, SyntaxError, ValueError, zlib.error, struct.error)  # what Pillow raises
LOOKED_AT = 320  # pixels of a page's longer side, to see whether anything is on it
BARCODE_DRAWN = 2400  # pixels of it, to read its barcodes: 200 dots an inch
SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # of our numbers, whose own file is not read here
A_NUMBER = re.compile(f"[{SIGNS}]{{8}}")
MOST_NUMBERS = 10
EDGE = 0.03  # of a page, where a scanner leaves its shadow
FAR = 40  # of 255: a grain of paper differs by less
A_WORD = 0.0001  # of a page's pixels


class Trouble(Exception):
    """The code of a refusal, with the facts of its sentence."""

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code)
        self.code, self.facts = code, facts


def make(
    source: Path, name: str, notice: Path, target: Path, *, covered: bool = False
) -> dict[str, object]:
    """The PDF with the notice in front. Where it may be `covered`, the numbers in the barcodes of
    its first page, which is then left out. Raises Trouble."""
    kind = kind_of(source, name)
    with pdf_of(source, kind) as pdf, pikepdf.open(notice) as front:
        numbers = numbers_on(pdf.pages[0]) if covered else []
        if numbers:
            del pdf.pages[0]
        if not (pages := len(pdf.pages)):
            raise Trouble("copy-without-pages")
        pdf.pages.insert(0, front.pages[0])
        pdf.save(target, deterministic_id=True)  # sent twice, it is the same
    if numbers:  # what was to be seen may have been the cover alone
        require_something(target, after=1)
    return {"kind": kind, "pages": pages, "numbers": numbers}


def numbers_on(page: Any) -> list[str]:
    """What its barcodes say that may be the number of a request."""
    import zxingcpp  # only here: most files have no cover

    file = io.BytesIO()
    with pikepdf.new() as alone:
        alone.pages.append(page)
        alone.save(file)
    with pypdfium2.PdfDocument(file) as document:
        sheet = document[0]
        try:
            picture = drawn(sheet, BARCODE_DRAWN)
        finally:
            sheet.close()
    of_ours = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.Code128)
    found = zxingcpp.read_barcodes(picture, formats=of_ours)
    said = dict.fromkeys(each.text for each in found)
    # The barcode of a volume makes no cover of a page: what is taken off is lost
    ours = [text for text in said if A_NUMBER.fullmatch(text) and luhn.is_valid(text, SIGNS)]
    return ours[:MOST_NUMBERS]


def kind_of(source: Path, name: str) -> str:
    """By its first bytes; a name that says otherwise is told."""
    with source.open("rb") as file:
        head = file.read(NEAR)
    bare = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    found = next((kind for begins, kind in HEADS.items() if bare.startswith(begins)), None)
    if found is None and re.search(rb"^%PDF-\d\.\d", head, re.M):
        found = "pdf"
    if found is None:
        raise Trouble("copy-of-another-kind")
    ending = ENDINGS.get(name.lower().rpartition(".")[2], found)
    if ending != found:
        raise Trouble("copy-misnamed", named=ending.upper(), found=found.upper())
    return found


def pdf_of(source: Path, kind: str) -> pikepdf.Pdf:
    return checked(source) if kind == "pdf" else of_pictures(source, kind)


# A PDF


def checked(source: Path) -> pikepdf.Pdf:
    require_end(source)
    try:
        pdf = pikepdf.open(source, suppress_warnings=True)
    except pikepdf.PasswordError as why:
        raise Trouble("copy-locked") from why
    except pikepdf.PdfError as why:
        raise Trouble("copy-damaged") from why
    if pdf.is_encrypted:
        raise Trouble("copy-locked")
    try:
        require_pages(pdf)
        require_harmless(pdf)
        require_something(source)
    except (pikepdf.PdfError, pypdfium2.PdfiumError) as why:
        raise Trouble("copy-damaged") from why
    return pdf


def require_end(source: Path) -> None:
    """What was cut off would be read all the same, with fewer pages."""
    with source.open("rb") as file:
        file.seek(max(source.stat().st_size - TAIL, 0))
        if b"%%EOF" not in file.read():
            raise Trouble("copy-cut-short")


def require_pages(pdf: pikepdf.Pdf) -> None:
    if not (pages := len(pdf.pages)):
        raise Trouble("copy-without-pages")
    if pages > MOST_PAGES:
        raise Trouble("copy-too-many-pages", most=MOST_PAGES)


def require_harmless(pdf: pikepdf.Pdf) -> None:
    """Nothing in it acts by itself, carries other files, or is far larger than it looks."""
    if len(pdf.objects) > MOST_OBJECTS:
        raise Trouble("copy-too-heavy")
    unpacked = 0
    for thing in pdf.objects:
        for each in inside(thing):
            if code := what_it_does(each):
                raise Trouble(code)
        if isinstance(thing, pikepdf.Stream):
            unpacked += unpacked_size(thing)
            if unpacked > MOST_UNPACKED:
                raise Trouble("copy-bomb")
    for each in (part for thing in pdf.objects for part in inside(thing)):
        for key in each.keys() & {"/OpenAction", "/AA"}:  # it may open another file, on a server
            del each[key]


def inside(thing: Any) -> Iterator[Any]:
    """Every dictionary that stands in this object itself; what it refers to comes by itself."""
    waiting = [thing]
    while waiting:
        here = waiting.pop()
        values: list[Any] = []
        if isinstance(here, (pikepdf.Dictionary, pikepdf.Stream)):
            yield here
            values = [value for _key, value in here.items()]
        elif isinstance(here, pikepdf.Array):
            values = list(here)
        waiting += [each for each in values if is_direct(each)]


def is_direct(value: Any) -> bool:
    return isinstance(value, (pikepdf.Dictionary, pikepdf.Array)) and not value.is_indirect


def what_it_does(thing: Any) -> str:
    """The code of what a dictionary does besides showing a page."""
    for key in thing.keys():  # noqa: SIM118  # to iterate over a stream is an error
        if code := KEYS.get(key):
            return code
        if said := MEANINGS.get(key):
            value = thing[key]
            if isinstance(value, pikepdf.Name) and (code := said.get(str(value), "")):
                return code
    return ""


def unpacked_size(stream: Any) -> int:
    """How large the outermost packing makes it, at most as large as it may be. Raises Trouble."""
    most = MOST_OF_A_STREAM
    if stream.get("/Subtype") == "/Image":
        width, height = int(stream.get("/Width", 0)), int(stream.get("/Height", 0))
        if width < 0 or height < 0 or width * height > MOST_PIXELS:
            raise Trouble("copy-picture-too-large")
        most += width * height * 8  # four colors of 16 bits
    filters = stream.get("/Filter", [])
    names = (
        [str(each) for each in filters] if isinstance(filters, pikepdf.Array) else [str(filters)]
    )
    layers = 0
    while layers < len(names) and names[layers] in ("/FlateDecode", "/Fl"):
        layers += 1
    if not layers:
        return 0
    size = 0
    for piece in inflated(bytes(stream.read_raw_bytes()), layers):
        size += piece
        if size > most:
            raise Trouble("copy-bomb")
    return size


def inflated(packed: bytes, layers: int) -> Iterator[int]:
    """The sizes of the pieces that come out of so many layers of packing, one after another."""
    pieces: Iterator[bytes] = iter([packed])
    for _layer in range(layers):
        pieces = one_layer(pieces)
    try:
        for piece in pieces:
            yield len(piece)
    except zlib.error:
        return  # a viewer shows what it can; whether that is anything is looked at


def one_layer(pieces: Iterator[bytes]) -> Iterator[bytes]:
    packing = zlib.decompressobj()
    for piece in pieces:
        left = piece
        while left and not packing.eof:
            yield packing.decompress(left, 1 << 20)
            left = packing.unconsumed_tail


def require_something(source: Path, after: int = 0) -> None:
    """Every page opens, and on one of them, after the first so many, something is to be seen."""
    seen = False
    with pypdfium2.PdfDocument(source) as document:
        for number in range(after, len(document)):
            page = document[number]
            try:
                seen = seen or not is_blank(drawn(page))
            finally:
                page.close()
    if not seen:
        raise Trouble("copy-blank")


def drawn(page: Any, pixels: int = LOOKED_AT) -> Image.Image:
    longer = max(*page.get_size(), 1.0)
    bitmap = page.render(scale=pixels / longer, grayscale=True)
    picture: Image.Image = bitmap.to_pil().copy()
    bitmap.close()
    return picture


def is_blank(picture: Image.Image) -> bool:
    """Nothing but paper, or nothing but the dark of an open lid."""
    small = picture.convert("L")
    small.thumbnail((LOOKED_AT, LOOKED_AT))
    wide, high = int(small.width * EDGE), int(small.height * EDGE)
    small = small.crop((wide, high, max(small.width - wide, 1), max(small.height - high, 1)))
    counts = small.histogram()
    total, so_far, usual = sum(counts), 0, 0
    for usual, count in enumerate(counts):  # noqa: B007
        so_far += count
        if so_far * 2 >= total:
            break
    far = sum(count for tone, count in enumerate(counts) if abs(tone - usual) > FAR)
    return far <= total * A_WORD


# A picture


def of_pictures(source: Path, kind: str) -> pikepdf.Pdf:
    """A PDF of the pictures in the file, each a page."""
    pdf, blank = pikepdf.new(), True
    for picture in pictures(source, kind):
        blank = blank and is_blank(picture)
        paper, page = as_paper(picture), io.BytesIO()
        how = {} if paper.mode == "1" else {"quality": 90}
        paper.save(page, "PDF", resolution=dots(picture), **how)
        pdf.pages.extend(pikepdf.open(page).pages)
    if blank:
        raise Trouble("copy-blank")
    return pdf


def pictures(source: Path, kind: str) -> Iterator[Image.Image]:
    """One after another; of a moving picture the first."""
    Image.MAX_IMAGE_PIXELS = None  # counted here, with a sentence of its own
    try:
        opened = Image.open(source, formats=[kind.upper()])
    except UNREADABLE as why:
        raise Trouble("copy-damaged") from why
    with opened as picture:
        for number in range(MOST_PAGES if kind == "tiff" else 1):
            if not loaded(picture, number):
                return
            yield picture
        if kind == "tiff" and loaded(picture, MOST_PAGES):
            raise Trouble("copy-too-many-pages", most=MOST_PAGES)


def loaded(picture: Image.Image, number: int) -> bool:
    """Go to this one and read it; whether there is one."""
    try:
        picture.seek(number)
    except EOFError:
        return False
    except UNREADABLE as why:
        raise Trouble("copy-damaged") from why
    if picture.width * picture.height > MOST_PIXELS:
        raise Trouble("copy-picture-too-large")
    try:
        picture.load()
    except UNREADABLE as why:
        raise Trouble("copy-damaged") from why
    return True


def as_paper(picture: Image.Image) -> Image.Image:
    """In colors that paper has, the right way up."""
    upright = ImageOps.exif_transpose(picture)
    if upright.mode in ("1", "L", "RGB"):
        return upright
    if upright.mode.startswith(("I", "F")):  # 16 bits, which a plain conversion would cut off
        return upright.convert("F").point(lambda tone: tone * (1 / 256)).convert("L")
    if upright.has_transparency_data:
        clear = upright.convert("RGBA")
        paper = Image.new("RGBA", clear.size, "white")
        return Image.alpha_composite(paper, clear).convert("RGB")
    return upright.convert("RGB")


def dots(picture: Image.Image) -> float:
    """An inch, as it says itself; else so that it fills a page of letter paper."""
    said = float(picture.info.get("dpi", (0, 0))[0] or 0)
    longer = max(picture.size) / 200  # inches that a PDF may have
    return max(said if 50 <= said <= 2400 else picture.width / 8.5, longer, 1.0)


# The process


def limit(megabytes: int, seconds: int, largest: int) -> None:
    """Before the first byte of the file is read."""
    for what, most in (
        (resource.RLIMIT_AS, megabytes << 20),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_FSIZE, largest),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 64),
    ):
        resource.setrlimit(what, (most, most))


def main(source: str, notice: str, target: str, said: str) -> None:
    facts = json.loads(said)
    limit(facts["megabytes"], facts["seconds"], facts["largest"])
    try:
        covered = bool(facts["covered"])
        found = make(Path(source), facts["name"], Path(notice), Path(target), covered=covered)
    except Trouble as no:
        found = {"trouble": no.code, "facts": no.facts}
    except MemoryError:
        found = {"trouble": "copy-too-heavy", "facts": {}}
    except OSError as why:
        if why.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        found = {"trouble": "copy-no-room", "facts": {}}
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main(*sys.argv[1:])
