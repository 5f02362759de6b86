"""Files that libraries send: good ones, and those that do harm. All are made here."""

import io
import zlib
from collections.abc import Callable
from functools import cache
from typing import Any

import pikepdf
from PIL import Image, ImageDraw
from reportlab.lib.pagesizes import letter
from reportlab.pdfgen.canvas import Canvas

from postroad.documents.checks import Upload


@cache
def article(pages: int = 3, *, said: str = "On ferries") -> bytes:
    file = io.BytesIO()
    canvas = Canvas(file, letter, invariant=1)
    for number in range(1, pages + 1):
        canvas.drawString(72, 700, f"{said}, page {number}")
        canvas.showPage()
    canvas.save()
    return file.getvalue()


def upload(content: bytes | None = None, name: str = "scan.pdf") -> Upload:
    whole = article() if content is None else content
    pieces = (whole[at : at + 1000] for at in range(0, len(whole), 1000))
    return Upload(name, pieces, len(whole))


def changed(change: Callable[[pikepdf.Pdf], None], **how: Any) -> bytes:
    file = io.BytesIO()
    with pikepdf.open(io.BytesIO(article())) as pdf:
        change(pdf)
        pdf.save(file, **how)
    return file.getvalue()


def scan(mode: str = "L", size: tuple[int, int] = (850, 1100)) -> Image.Image:
    paper = Image.new("RGB", size, "white")
    ImageDraw.Draw(paper).text((100, 100), "On ferries, by hand", fill="black", font_size=40)
    if mode == "I;16":
        return paper.convert("I").point(lambda tone: tone * 257).convert(mode)
    return paper.convert(mode)


def picture(kind: str, mode: str = "L", **how: Any) -> bytes:
    file = io.BytesIO()
    scan(mode).save(file, kind, **how)
    return file.getvalue()


def tiff(pages: int, mode: str = "1") -> bytes:
    file = io.BytesIO()
    scan(mode).save(
        file,
        "TIFF",
        save_all=True,
        append_images=[scan(mode)] * (pages - 1),
        dpi=(100, 100),
    )
    return file.getvalue()


def grainy() -> bytes:
    """A blank sheet as a scanner sees it: not quite white, and with a shadow at its edge."""
    paper = Image.effect_noise((1700, 2200), 12).point(lambda tone: min(tone + 105, 255))
    ImageDraw.Draw(paper).rectangle((0, 0, 20, 2200), fill=40)
    file = io.BytesIO()
    paper.save(file, "JPEG", dpi=(200, 200))
    return file.getvalue()


def blank() -> bytes:
    file = io.BytesIO()
    canvas = Canvas(file, letter)
    canvas.showPage()
    canvas.showPage()
    canvas.save()
    return file.getvalue()


def without_pages() -> bytes:
    file = io.BytesIO()
    pikepdf.new().save(file)
    return file.getvalue()


def locked(owner: str = "owner", user: str = "") -> bytes:
    return changed(lambda pdf: None, encryption=pikepdf.Encryption(owner=owner, user=user))


def acts(kind: str, **more: Any) -> bytes:
    action = pikepdf.Dictionary(S=pikepdf.Name(kind), **more)

    def change(pdf: pikepdf.Pdf) -> None:
        pdf.Root.OpenAction = action

    return changed(change)


def hidden_script() -> bytes:
    """In an annotation's action of an action, in objects that stand in one another."""

    def change(pdf: pikepdf.Pdf) -> None:
        later = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")
        first = pikepdf.Dictionary(S=pikepdf.Name.URI, URI="https://example.org", Next=[later])
        note = pikepdf.Dictionary(
            Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, Rect=[0, 0, 9, 9], A=first
        )
        pdf.pages[0].Annots = pikepdf.Array([note])

    return changed(change, object_stream_mode=pikepdf.ObjectStreamMode.generate)


def with_file() -> bytes:
    def change(pdf: pikepdf.Pdf) -> None:
        pdf.attachments["data.exe"] = pikepdf.AttachedFileSpec(pdf, b"MZ", filename="data.exe")

    return changed(change)


def with_link() -> bytes:
    """A plain link to a page of the web harms nobody."""
    return acts("/URI", URI="https://example.org")


def bomb(layers: int = 1) -> bytes:
    packing = zlib.compressobj(9)
    packed = b"".join(packing.compress(bytes(1_000_000)) for _ in range(150)) + packing.flush()
    for _ in range(layers - 1):
        packed = zlib.compress(packed, 9)

    def change(pdf: pikepdf.Pdf) -> None:
        stream = pikepdf.Stream(pdf, packed)
        stream.Filter = pikepdf.Array([pikepdf.Name.FlateDecode] * layers)
        pdf.pages[1].Contents = pdf.make_indirect(stream)

    return changed(change, compress_streams=False)


def huge_picture() -> bytes:
    def change(pdf: pikepdf.Pdf) -> None:
        stream = pikepdf.Stream(pdf, zlib.compress(bytes(1000)))
        stream.Filter, stream.Type = pikepdf.Name.FlateDecode, pikepdf.Name.XObject
        stream.Subtype, stream.Width, stream.Height = pikepdf.Name.Image, 60_000, 60_000
        stream.ColorSpace, stream.BitsPerComponent = pikepdf.Name.DeviceGray, 8
        pdf.pages[0].Resources.XObject = pikepdf.Dictionary(Im0=pdf.make_indirect(stream))

    return changed(change, compress_streams=False)


def huge_png() -> bytes:
    """A head that says 60,000 by 60,000, and next to nothing behind it."""
    whole = bytearray(picture("PNG"))
    whole[16:24] = (60_000).to_bytes(4, "big") * 2
    whole[29:33] = zlib.crc32(bytes(whole[12:29])).to_bytes(4, "big")
    return bytes(whole)
