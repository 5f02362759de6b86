"""How a slip is drawn, as PDF: black on white, the destination at arm's length."""

import io
import textwrap
import unicodedata
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from reportlab import rl_config
from reportlab.lib.pagesizes import A4, landscape, letter
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from postroad.delivery import bars, lettering
from postroad.delivery.letter_drawing import draw_letters
from postroad.delivery.routing import Address, Carried, Place
from postroad.delivery.slip_facts import Layout, SlipFacts
from postroad.reference_numbers import grouped, is_ours

PLAIN, BOLD, MONO = "Helvetica", "Helvetica-Bold", "Courier-Bold"
LARGEST, SMALLEST = 72, 40  # points; what is smaller cannot be read at arm's length
CODE_SIZE = 110  # three letters have room to be larger still
NARROW = 0.75  # of its width: a tall narrow word is read from further away than a small wide one
LEADING = 0.92
MARGIN = 14
LOW_MARGIN = 8  # below what is set on a low slip


# The pages as bytes: in letters they are a quarter longer, and to write them takes a tenth longer.
rl_config.useA85 = 0


@dataclass(frozen=True, slots=True)
class Box:
    """The place of one slip on its page. On a low one everything is set somewhat smaller."""

    width: float
    height: float

    @property
    def wide(self) -> float:
        """Between its margins."""
        return self.width - 2 * MARGIN

    @property
    def low(self) -> bool:
        return self.height < 3.5 * 72


SHEETS = {Layout.SHEET: landscape(letter), Layout.A4: landscape(A4)}
LABELS = {Layout.LABEL: Box(4 * 72, 6 * 72), Layout.CARD: Box(4 * 72, 3 * 72)}


def draw(addressed: Sequence[tuple[SlipFacts, Address]], layout: Layout) -> bytes:
    if layout in LABELS:
        return draw_labels(addressed, LABELS[layout])
    return draw_sheets(addressed, *SHEETS[layout])


def draw_sheets(
    addressed: Sequence[tuple[SlipFacts, Address]], width: float, height: float
) -> bytes:
    """Four to a sheet on its side, with lines to cut along."""
    box = Box(width / 2, height / 2)
    file, canvas = new_canvas(width, height)
    for place, (facts, address) in enumerate(addressed):
        column, row = place % 2, place // 2 % 2
        if place and place % 4 == 0:
            canvas.showPage()
        if place % 4 == 0:
            draw_cuts(canvas, width, height)
        canvas.saveState()
        canvas.translate(column * box.width, (1 - row) * box.height)
        draw_slip(canvas, box, facts, address)
        canvas.restoreState()
    return finished(file, canvas)


def draw_labels(addressed: Sequence[tuple[SlipFacts, Address]], box: Box) -> bytes:
    file, canvas = new_canvas(box.width, box.height)
    for facts, address in addressed:
        draw_slip(canvas, box, facts, address)
        canvas.showPage()
    return finished(file, canvas)


def new_canvas(width: float, height: float) -> tuple[io.BytesIO, Canvas]:
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=(width, height), pageCompression=1)
    canvas.setTitle(_("Slips"))
    # Scaled to the printer's margins, bars become too narrow and labels leave their place.
    canvas.setViewerPreference("PrintScaling", "None")
    return file, canvas


def finished(file: io.BytesIO, canvas: Canvas) -> bytes:
    canvas.save()
    return file.getvalue()


def draw_cuts(canvas: Canvas, width: float, height: float) -> None:
    canvas.saveState()
    canvas.setDash(2, 4)
    canvas.setLineWidth(0.3)
    canvas.line(width / 2, 0, width / 2, height)
    canvas.line(0, height / 2, width, height / 2)
    canvas.restoreState()


def draw_slip(canvas: Canvas, box: Box, facts: SlipFacts, address: Address) -> None:
    """From the top: sign and destination, the library; from the bottom: small print, barcodes."""
    top = draw_head(canvas, box, facts, address)
    floor = draw_foot(canvas, box, facts)
    several = bool(facts.number and facts.item)
    if facts.item:
        floor = draw_barcode(canvas, box, facts, facts.item, floor, several=several)
    if facts.number:
        floor = draw_barcode(canvas, box, facts, facts.number, floor, several=several)
    if facts.receiver.lines:
        draw_postal(canvas, box, facts.receiver, top, floor)
        return
    floor = draw_library(canvas, box, facts, floor)
    draw_destination(canvas, box, address.headline, top, floor)


def draw_head(canvas: Canvas, box: Box, facts: SlipFacts, address: Address) -> float:
    """The sign in black, the route, and whether this is a copy or belongs inside."""
    top, size = box.height - MARGIN, 18 if box.low else 24
    left = float(MARGIN)
    if address.sign:
        wide = stringWidth(address.sign, BOLD, size) + 14
        canvas.rect(left, top - size - 4, wide, size + 4, stroke=0, fill=1)
        canvas.setFillGray(1)
        canvas.setFont(BOLD, size)
        canvas.drawString(left + 7, top - size + 2, address.sign)
        canvas.setFillGray(0)
        left += wide + 8
    canvas.setFont(BOLD, 16)
    canvas.drawString(
        left, top - size + 4, _("By mail") if facts.by is Carried.MAIL else facts.receiver.route
    )
    marks = [_("COPY")] if facts.copy else []
    if facts.inside:
        marks.append(_("Way home: fold inside"))
    if facts.receiver.by_clearinghouse and facts.by is not Carried.MAIL:
        marks.append(_("By the clearinghouse"))
    canvas.setFont(BOLD, 12)
    canvas.drawRightString(box.width - MARGIN, top - size + 4, "  ".join(marks))
    return top - size - 8


def draw_destination(canvas: Canvas, box: Box, text: str, top: float, floor: float) -> None:
    lines, size = fit(" ".join(text.split()), box.wide, top - floor)
    full = widest(lines) * size
    narrow = min(1, box.wide / full) if full else 1
    slack = (top - floor - len(lines) * size * LEADING) / 2
    base = top - slack
    for line in lines:
        base -= size * LEADING
        Written.of(line, BOLD).draw(canvas, MARGIN, base + size * 0.16, size, narrow)


def draw_postal(canvas: Canvas, box: Box, receiver: Place, top: float, floor: float) -> None:
    """The address as the post reads it: name and lines, as large as there is room for."""
    lines = [receiver.name, *receiver.lines]
    wide = box.width - 2 * MARGIN
    size = min(20.0, (top - floor) / (len(lines) * 1.25))
    base = top - ((top - floor) - len(lines) * size * 1.25) / 2
    for line in lines:
        base -= size * 1.25
        draw_line(canvas, line, BOLD, size, MARGIN, base + size * 0.3, wide)


def draw_library(canvas: Canvas, box: Box, facts: SlipFacts, floor: float) -> float:
    """Name and town: there are three schools of the same name."""
    name, town = (11, 9) if box.low else (17, 14)
    base = floor + town * 0.4
    draw_line(canvas, facts.receiver.where, PLAIN, town, MARGIN, base, box.wide)
    base += town * 1.15
    draw_line(canvas, facts.receiver.name, BOLD, name, MARGIN, base, box.wide)
    return base + name * 1.2


def draw_barcode(
    canvas: Canvas, box: Box, facts: SlipFacts, number: str, floor: float, *, several: bool
) -> float:
    """In the middle, the quiet zone kept; under it the number as people read it. The parcel's own
    is written larger than the item's."""
    ours = number == facts.number
    high = (18 if several else 24) if box.low else (30 if several else 40)
    size = 13 if ours and not box.low else 8
    shown = grouped(number) if ours else _("Item %(barcode)s") % {"barcode": number}
    written = Written.of(shown, MONO if ours else PLAIN)
    draw_line(
        canvas,
        shown,
        written.font,
        size,
        max(MARGIN, (box.width - written.width * size) / 2),
        floor + size * 0.3,
        box.wide,
    )
    floor += size * 1.25
    if found := bars.fitting(number, facts.symbology, box.width - 8):
        bars.draw(canvas, found, box.width / 2, floor, high, box.width - 8)
        floor += high
    return floor + (3 if box.low else 6)


def draw_foot(canvas: Canvas, box: Box, facts: SlipFacts) -> float:
    sender = facts.sender
    stop = "" if facts.by is Carried.MAIL else sender.delivery_code or sender.route
    words = _("From and back to: %(stop)s") if facts.number else _("From: %(stop)s")
    place = sender.where + (f" ({stop})" if stop else "")
    written = (sender.name, *sender.lines) if sender.lines else (place, sender.name)
    back = words % {"stop": ", ".join(part for part in written if part)}
    order = order_line(facts)
    if box.low:
        together = "  ".join(part for part in (order, facts.title) if part)
        draw_line(canvas, together, PLAIN, 7, MARGIN, LOW_MARGIN, box.wide)
        draw_line(canvas, back, PLAIN, 7, MARGIN, LOW_MARGIN + 9, box.wide)
        return LOW_MARGIN + 18
    draw_line(canvas, facts.title, PLAIN, 8, MARGIN, MARGIN, box.wide)
    draw_line(canvas, order, BOLD, 10, MARGIN, MARGIN + 11, box.wide)
    draw_line(canvas, back, PLAIN, 9, MARGIN, MARGIN + 24, box.wide)
    return MARGIN + 36


def order_line(facts: SlipFacts) -> str:
    parts = []
    if facts.ref:
        shown = grouped(facts.ref) if is_ours(facts.ref) else facts.ref
        parts.append(_("Request %(ref)s") % {"ref": shown})
    if facts.need_by:
        day = date_format(facts.need_by, "l j F")
        parts.append(_("needed by %(day)s") % {"day": day})
    return "    ".join(parts)


def draw_line(
    canvas: Canvas, text: str, font: str, size: float, left: float, base: float, wide: float
) -> None:
    """One line; what does not fit at three quarters of its size is cut with an ellipsis."""
    line = Written.of(text, font)
    size = max(size * 0.75, min(size, wide / line.width)) if line.width else size
    if line.width * size > wide + 0.01:  # what was just made to fit fits
        line = cut(text, font, wide / size)
    line.draw(canvas, left, base, size)


def cut(text: str, font: str, wide: float) -> "Written":
    """As much of the text as has room, and an ellipsis."""
    letters = range(len(text))
    most = bisect_right(letters, wide, key=lambda at: Written.of(text[:at] + "…", font).width)
    while most > 1 and unicodedata.combining(text[most - 1 : most] or " "):
        most -= 1
    return Written.of(text[: max(0, most - 1)].rstrip() + "…", font)


@dataclass(frozen=True, slots=True)
class Written:
    """Words as they will stand on paper: in the printer's own font, or in those of their script."""

    text: str
    font: str
    line: lettering.Line | None
    width: float  # at a size of one point

    @classmethod
    def of(cls, text: str, font: str) -> "Written":
        plain = " ".join(text.split())
        if is_plain(plain):
            return cls(plain, font, None, float(stringWidth(plain, font, 1)))
        line = lettering.set_line(plain, bold=font == BOLD)
        return cls(plain, font, line, line.width)

    def draw(
        self, canvas: Canvas, left: float, base: float, size: float, narrow: float = 1
    ) -> None:
        """Drawn where it belongs; `narrow` is the part of its width that it may take."""
        if self.line is not None:
            draw_letters(canvas, self.line, left, base, size, narrow)
            return
        drawn = canvas.beginText(left, base)
        drawn.setFont(self.font, size)
        if narrow < 1:
            drawn.setHorizScale(100 * narrow)
        drawn.textOut(self.text)
        canvas.drawText(drawn)


def is_plain(text: str) -> bool:
    """Whether the printer's own fonts have all of it."""
    try:
        return text.encode("cp1252").decode("cp1252").isprintable()
    except UnicodeError:
        return False


def fit(text: str, wide: float, high: float) -> tuple[list[str], float]:
    """The lines of a destination and the largest size at which they fit, never under 40 points.

    A long line is set somewhat narrower before it is set smaller, and at 40 points as narrow as it
    must be.
    """
    most = CODE_SIZE if len(text) <= 3 else LARGEST
    for size in range(most, SMALLEST - 1, -1):
        ways = ways_to_break(text, int(high // (size * LEADING)))
        if ways and widest(lines := min(ways, key=widest)) * size * NARROW <= wide:
            roomy = (way for way in ways if widest(way) * size <= wide)
            return next(roomy, lines), size
    room = max(1, int(high // (SMALLEST * LEADING)))
    return min(ways_to_break(text, room) or [[text]], key=widest), SMALLEST


def widest(lines: Sequence[str]) -> float:
    """The longest of these lines at a size of one point."""
    return max(Written.of(line, BOLD).width for line in lines)


def ways_to_break(text: str, room: int) -> list[list[str]]:
    """The text in one line, in two, and so on as far as there is room, broken between words."""
    ways = []
    for count in range(1, room + 1):
        width = max(map(len, text.replace("-", "- ").split()), default=1)
        while len(lines := textwrap.wrap(text, width, break_long_words=False) or [""]) > count:
            width += 1
        if lines not in ways:
            ways.append(lines)
    return ways
