"""Barcodes for pages, as the bars that an SVG draws."""

from functools import lru_cache

from reportlab.graphics.barcode.code128 import Code128

QUIET = 10  # modules of white on either side, without which a scanner does not see the edge


@lru_cache(maxsize=1000)  # a pull list asks for each several times
def code_128(number: str) -> tuple[list[tuple[int, int]], int]:
    """Each bar as (where it starts, how wide), and the width of it all, in modules."""
    code = Code128(number, quiet=0)
    code.validate()
    code.encode()
    code.decompose()
    bars, at = [], QUIET
    for stripe in code.decomposed:  # a capital is a bar, else a space; a, b, c, d: one to four
        width = ord(stripe.lower()) - ord("a") + 1
        if stripe.isupper():
            bars.append((at, width))
        at += width
    return bars, at + QUIET
