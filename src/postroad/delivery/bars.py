"""The bars of a barcode: Code 128, or Code 39 or Codabar where a library's scanners want those.

What a symbology cannot say is set in Code 128, which says any text of a label; so is what would be
too wide for the paper. What has no room even then has no bars, and its number is there to be typed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from reportlab.graphics.barcode.code39 import Standard39
from reportlab.graphics.barcode.code128 import Code128
from reportlab.graphics.barcode.common import Codabar
from reportlab.pdfgen.canvas import Canvas

WIDEST, NARROWEST = 1.3, 0.72  # points a module: 18 and 10 thousandths of an inch
QUIET = 10  # modules that stay white on either side
WIDE = 3  # modules of a wide bar where there are two widths: the more, the surer it is read

OF_CODE_39 = frozenset("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ -.$/+%")
OF_CODABAR = frozenset("0123456789-$:/.+")


class Symbology(StrEnum):
    CODE_128 = "code128"
    CODE_39 = "code39"
    CODABAR = "codabar"


@dataclass(frozen=True, slots=True)
class Bars:
    """Where the black ones begin and how wide they are, in modules, and how wide it is in all."""

    black: Sequence[tuple[int, int]]
    wide: int
    symbology: Symbology

    def module(self, room: float) -> float:
        """How wide a module may be, in points; 0 if it has no room that a scanner can read."""
        wide = min(WIDEST, room / (self.wide + 2 * QUIET))
        return wide if wide >= NARROWEST else 0


def can_say(symbology: Symbology, text: str) -> bool:
    """Whether it has every sign of this text."""
    if symbology is Symbology.CODE_128:
        return text.isascii() and text.isprintable()
    return set(text) <= (OF_CODE_39 if symbology is Symbology.CODE_39 else OF_CODABAR)


def fitting(text: str, wanted: Symbology, room: float) -> Bars | None:
    """The bars of this text in the symbology that is wanted, or else in Code 128; None if neither
    can say it in this room."""
    for symbology in (wanted, Symbology.CODE_128):
        if text and can_say(symbology, text):
            bars = bars_of(text, symbology)
            if bars.module(room):
                return bars
    return None


@lru_cache(maxsize=1024)
def bars_of(text: str, symbology: Symbology) -> Bars:
    match symbology:
        case Symbology.CODE_39:
            pattern = decomposed(Standard39(text, checksum=0, stop=1))
            widths = [WIDE if sign in "BS" else 1 for sign in pattern]
            black = [sign in "bB" for sign in pattern]
        case Symbology.CODABAR:
            pattern = decomposed(Codabar(text))
            widths = [WIDE if sign in "BS" else 1 for sign in pattern]
            black = [sign in "bB" for sign in pattern]
        case _:
            pattern = decomposed(Code128(text))
            widths = [ord(sign.lower()) - ord("a") + 1 for sign in pattern]
            black = [sign.isupper() for sign in pattern]
    found, at = [], 0
    for width, is_black in zip(widths, black, strict=True):
        if is_black:
            found.append((at, width))
        at += width
    return Bars(tuple(found), at, symbology)


def decomposed(barcode: Standard39 | Codabar | Code128) -> str:
    """A letter for each bar and space, as the library of barcodes has it."""
    barcode.validate()
    barcode.encode()
    barcode.decompose()
    return str(barcode.decomposed)


def draw(canvas: Canvas, bars: Bars, middle: float, base: float, high: float, room: float) -> None:
    """All black bars as one shape, in whole modules: to write each as points takes ten times as
    long."""
    module = bars.module(room)
    left = middle - bars.wide * module / 2
    shape = " ".join(f"{at} 0 {wide} 1 re" for at, wide in bars.black)
    canvas.saveState()
    canvas.transform(module, 0, 0, high, left, base)
    canvas.addLiteral(f"{shape} f")
    canvas.restoreState()
