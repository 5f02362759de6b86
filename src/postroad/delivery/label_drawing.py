"""Labels that are no slips: of bins and presorted bins, and addresses for the mail.

They take plain facts, no rows of tables, so that whoever keeps bins can print them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from django.utils.translation import gettext as _
from reportlab.pdfgen.canvas import Canvas

from postroad.delivery import bars
from postroad.delivery.bars import Symbology
from postroad.delivery.routing import Place
from postroad.delivery.slip_drawing import (
    BOLD,
    LABELS,
    MARGIN,
    MONO,
    PLAIN,
    SHEETS,
    Box,
    Written,
    draw_cuts,
    draw_destination,
    draw_line,
    draw_postal,
    finished,
    new_canvas,
)
from postroad.delivery.slip_facts import Layout

HIGH = 60  # points: a bin is scanned from further away than a book


@dataclass(frozen=True, slots=True)
class BinLabel:
    """What stands on a bin. `code` is large: a hub's, a region's letter, a stop's three letters."""

    number: str  # what its bars say
    code: str
    where: str = ""  # the hub, route or library for which it is presorted
    note: str = ""


@dataclass(frozen=True, slots=True)
class AddressLabel:
    """Where the mail takes something, and from where; lines as on an envelope."""

    name: str
    lines: tuple[str, ...]
    sender: tuple[str, ...] = ()


def bin_labels(labels: Sequence[BinLabel], layout: Layout = Layout.LABEL) -> bytes:
    """One for each, with its bars."""
    return _drawn([partial(_draw_bin, label) for label in labels], layout)


def address_labels(labels: Sequence[AddressLabel], layout: Layout = Layout.LABEL) -> bytes:
    """One for each, as the post reads it."""
    return _drawn([partial(_draw_address, label) for label in labels], layout)


def _drawn(drawings: Sequence[Callable[[Canvas, Box], None]], layout: Layout) -> bytes:
    size = SHEETS.get(layout)
    box = Box(size[0] / 2, size[1] / 2) if size else LABELS[layout]
    a_page = 4 if size else 1
    width, height = size or (box.width, box.height)
    file, canvas = new_canvas(width, height)
    canvas.setTitle(_("Labels"))
    for place, draw in enumerate(drawings):
        column, row = place % 2 if size else 0, place // 2 % 2 if size else 1
        if place and place % a_page == 0:
            canvas.showPage()
        if size and place % a_page == 0:
            draw_cuts(canvas, width, height)
        canvas.saveState()
        canvas.translate(column * box.width, (1 - row) * box.height)
        draw(canvas, box)
        canvas.restoreState()
    return finished(file, canvas)


def _draw_bin(label: BinLabel, canvas: Canvas, box: Box) -> None:
    """From the bottom: note, number, bars, for what it is sorted; above all the code."""
    floor, high = float(MARGIN), HIGH / 2 if box.low else HIGH
    if label.note:
        draw_line(canvas, label.note, PLAIN, 10, MARGIN, floor, box.wide)
        floor += 14
    written = Written.of(label.number, MONO)
    left = max(MARGIN, (box.width - written.width * 14) / 2)
    draw_line(canvas, label.number, MONO, 14, left, floor + 2, box.wide)
    floor += 18
    if found := bars.fitting(label.number, Symbology.CODE_128, box.width - 8):
        bars.draw(canvas, found, box.width / 2, floor, high, box.width - 8)
        floor += high
    draw_line(canvas, label.where, BOLD, 20, MARGIN, floor + 10, box.wide)
    draw_destination(canvas, box, label.code, box.height - MARGIN, floor + 34)


def _draw_address(label: AddressLabel, canvas: Canvas, box: Box) -> None:
    """The sender small at the top, the receiver as large as there is room for."""
    top = box.height - MARGIN
    for line in label.sender:
        top -= 11
        draw_line(canvas, line, PLAIN, 9, MARGIN, top, box.wide)
    draw_postal(canvas, box, Place(label.name, "", "", lines=label.lines), top - 8, MARGIN)
