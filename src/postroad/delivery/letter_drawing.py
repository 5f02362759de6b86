"""Letters of any script on a page of PDF, as `lettering` places them."""

from collections.abc import Iterable
from functools import cache

from reportlab.pdfbase.pdfmetrics import registerFont, stringWidth
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import FILL_NON_ZERO as NON_ZERO
from reportlab.pdfgen.canvas import Canvas
from reportlab.pdfgen.pathobject import PDFPathObject

from postroad.delivery import lettering

EM = 1000  # at which an outline is drawn, once in a file
UNSEEN = 3  # letters that are there for who searches or copies: their outlines are drawn


def draw_letters(
    canvas: Canvas, line: lettering.Line, left: float, base: float, size: float, narrow: float
) -> None:
    """The outlines as HarfBuzz places them, and over them, unseen, the letters to be searched."""
    across = size * narrow
    for glyph in line.glyphs:
        canvas.saveState()
        start = (left + glyph.left * across, base + glyph.up * size)
        canvas.transform(across / EM, 0, 0, size / EM, *start)
        canvas.doForm(form_of(canvas, glyph))
        canvas.restoreState()
    for seen in line.seen:
        embed(seen.font)
        natural = stringWidth(seen.text, seen.font, size)
        unseen = canvas.beginText(left + seen.left * across, base)
        unseen.setFont(seen.font, size)
        unseen.setTextRenderMode(UNSEEN)
        if natural:
            unseen.setHorizScale(100 * seen.width * across / natural)
        unseen.textOut(seen.text)
        canvas.drawText(unseen)


def form_of(canvas: Canvas, glyph: lettering.Glyph) -> str:
    """The name under which the file has this outline: drawn once, at the size of `EM`."""
    name = f"{glyph.font}.{glyph.number}"  # a name in PDF has no blank
    if not canvas.hasForm(name):
        canvas.beginForm(name, -EM, -EM, 4 * EM, 2 * EM)
        path = canvas.beginPath()
        trace(path, lettering.outline(glyph.font, glyph.number))
        canvas.drawPath(path, stroke=0, fill=1, fillMode=NON_ZERO)
        canvas.endForm()
    return name


def trace(path: PDFPathObject, strokes: Iterable[lettering.Stroke]) -> None:
    """The strokes of one glyph. PDF knows only the longer of the two kinds of curve."""
    pen = (0.0, 0.0)
    for stroke in strokes:
        pairs = zip(stroke.points[::2], stroke.points[1::2], strict=True)
        points = [(x * EM, y * EM) for x, y in pairs]
        match stroke.kind:
            case "move":
                path.moveTo(*points[0])
            case "line":
                path.lineTo(*points[0])
            case "bend":
                (x, y), end = points
                first = (pen[0] + 2 / 3 * (x - pen[0]), pen[1] + 2 / 3 * (y - pen[1]))
                second = (end[0] + 2 / 3 * (x - end[0]), end[1] + 2 / 3 * (y - end[1]))
                path.curveTo(*first, *second, *end)
            case "curve":
                path.curveTo(*points[0], *points[1], *points[2])
            case _:
                path.close()
        pen = points[-1] if points else pen


@cache
def embed(font: str) -> None:
    """Make a font known to the writer of the file, which takes of it what a page uses."""
    registerFont(TTFont(font, str(lettering.FONTS / font)))
