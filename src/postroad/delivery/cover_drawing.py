"""The cover sheet of a copy: what to fetch and to copy, and page one of its scan."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext as _
from reportlab.graphics.barcode.code128 import Code128
from reportlab.lib.pagesizes import A4, letter
from reportlab.pdfgen.canvas import Canvas

from postroad.delivery.slip_drawing import (
    BOLD,
    MONO,
    PLAIN,
    Written,
    draw_line,
    finished,
    new_canvas,
)
from postroad.reference_numbers import grouped

MARGIN = 54
BAR = 2.2  # points: a flatbed at 150 dots an inch still reads it
HIGH = 72
LINES = 4  # of one text; what is longer is on the screen


class Paper(StrEnum):
    LETTER = "letter"
    A4 = "a4"


SIZES = {Paper.LETTER: letter, Paper.A4: A4}


@dataclass(frozen=True, slots=True)
class Cover:
    """What stands on one sheet; no reader."""

    ref: str
    title: str
    level: str
    due: str  # the hour until which it is to be sent
    shelf: tuple[str, ...]  # where the volume stands
    wanted: Sequence[tuple[str, str]]  # names and texts
    library: str  # for which


def draw(covers: Sequence[Cover], paper: Paper) -> bytes:
    """A page for each."""
    width, height = SIZES[paper]
    file, canvas = new_canvas(width, height)
    canvas.setTitle(_("Cover sheets"))
    for cover in covers:
        draw_cover(canvas, width, height, cover)
        canvas.showPage()
    return finished(file, canvas)


def draw_cover(canvas: Canvas, width: float, height: float, cover: Cover) -> None:
    wide, base = width - 2 * MARGIN, height - MARGIN - 12
    draw_line(canvas, _("Cover sheet of a copy"), PLAIN, 12, MARGIN, base, wide)
    base -= 24 + HIGH
    bars = Code128(cover.ref, barWidth=BAR, barHeight=HIGH, quiet=1)
    bars.drawOn(canvas, (width - bars.width) / 2, base)
    canvas.setFont(MONO, 20)
    canvas.drawCentredString(width / 2, base - 22, grouped(cover.ref))
    base -= 64
    head = ", ".join(part for part in (cover.level, cover.due) if part)
    draw_line(canvas, head, BOLD, 18, MARGIN, base, wide)
    base -= 12
    for text, font, size in said(cover):
        for line in broken(text, font, wide / size):
            base -= size * 1.35
            if base < MARGIN + 40:
                break
            draw_line(canvas, line, font, size, MARGIN, base, wide)
        base -= 4
    note = _("Scan this sheet first, then the pages. It is taken off, and the copy is filed by it.")
    draw_line(canvas, note, PLAIN, 10, MARGIN, MARGIN, wide)


def said(cover: Cover) -> Iterator[tuple[str, str, float]]:
    """Each text with its font and size."""
    for place in cover.shelf:
        yield place, BOLD, 20.0
    yield cover.title, BOLD, 14.0
    for name, text in cover.wanted:
        yield f"{name}: {text}", PLAIN, 12.0
    yield _("For: %(library)s") % {"library": cover.library}, PLAIN, 12.0


def broken(text: str, font: str, wide: float) -> list[str]:
    """In lines of this width, at a size of one point; the last takes what is left."""
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        fits = bool(lines) and Written.of(longer, font).width <= wide
        if lines and (fits or len(lines) == LINES):
            lines[-1] = longer
        else:
            lines.append(word)
    return lines
