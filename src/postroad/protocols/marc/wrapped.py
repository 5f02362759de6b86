"""Files whose lines were wrapped, as CDS/ISIS and mail write them: every so many signs a line end
that is no part of a record."""

from collections import Counter
from collections.abc import Iterator
from typing import IO

from postroad.protocols.marc import limits

RECORD_END = b"\x1d"
NARROWEST, WIDEST = 40, 255
WRAPPED = "the file was wrapped at {} columns: its lines were joined"


def blocks(file: IO[bytes], width: int) -> Iterator[bytes]:
    """The file piece by piece, without the line ends if it is wrapped."""
    rest = b""
    while block := file.read(limits.CHUNK):
        if not width:
            yield block
            continue
        *lines, rest = (rest + block).split(b"\n")
        yield b"".join(unwrapped(line, width) for line in lines)
    if rest:
        yield rest.rstrip(b"\r")


def unwrapped(line: bytes, width: int) -> bytes:
    """A line without its end, and with the blanks that it may have lost there."""
    line = line.rstrip(b"\r")
    if not line.strip() or line.endswith(RECORD_END):
        return line
    return line.ljust(width)


def width_of(head: bytes) -> int:
    """At how many columns the file is wrapped; 0 if it is not."""
    lines = [line.rstrip(b"\r") for line in head.split(b"\n")]
    whole = [line for line in lines[:-1] if line and not line.endswith(RECORD_END)]
    if not whole:
        return 0
    [(width, times)] = Counter(map(len, whole)).most_common(1)
    longest = max(map(len, lines[:-1]))
    fits = longest == width and NARROWEST <= width <= WIDEST and times * 5 >= len(whole) * 4
    inside = len(whole) > 2 or width in {72, 76, 80}
    return width if fits and inside else 0
