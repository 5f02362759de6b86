"""Words in any script, for paper: which font has a letter, in what order, where each glyph stands.

The order of writing becomes the order on the line as Unicode's bidirectional algorithm says it
(without brackets that match and without marks that people type to steer it); joining and stacking
is HarfBuzz's work. What none of our fonts has is a box, so that no letter vanishes.
"""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import groupby
from pathlib import Path

import uharfbuzz as hb

FONTS = Path(__file__).parent / "fonts"
BOLD = "NotoSans-Bold.ttf"
FIRST, LAST = "NotoSans-Regular.ttf", "DroidSansFallback.ttf"  # most titles; Han, kana, hangul
RIGHT = {"R", "AL"}
NUMBER = {"EN", "AN"}
MIRRORED = str.maketrans("()[]{}<>«»‹›", ")(][}{><»«›‹")
INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn"}  # nothing to be seen, but for what joins and parts


@dataclass(frozen=True, slots=True)
class Run:
    """Letters of one font that go one way, in the order of writing."""

    font: str
    text: str
    rightwards: bool


@dataclass(frozen=True, slots=True)
class Glyph:
    """An outline and its place, in units of the line's size, from the start of the line."""

    font: str
    number: int
    left: float
    up: float


@dataclass(frozen=True, slots=True)
class Stroke:
    """A step of the pen: move, line, bend (one point beside the way), curve (two), close."""

    kind: str
    points: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Seen:
    """The letters of a run from left to right, and where they stand."""

    font: str
    text: str
    left: float
    width: float


@dataclass(frozen=True, slots=True)
class Line:
    """A line as it is seen, and its letters in the order in which they are seen."""

    glyphs: tuple[Glyph, ...]
    width: float
    seen: tuple[Seen, ...]


@lru_cache(maxsize=512)
def set_line(text: str, bold: bool = False) -> Line:
    """Where everything stands on the line, at a size of one. Latin, Greek and Cyrillic letters are
    there in bold too."""
    glyphs: list[Glyph] = []
    seen: list[Seen] = []
    at = 0.0
    for run in in_sight(runs(text)):
        font = BOLD if bold and run.font == FIRST else run.font
        start = at
        for number, advance, left, up in shaped(run, font):
            glyphs.append(Glyph(font, number, at + left, up))
            at += advance
        letters = run.text if run.rightwards else run.text[::-1].translate(MIRRORED)
        seen.append(Seen(font, letters, start, at - start))
    return Line(tuple(glyphs), at, tuple(seen))


def shaped(run: Run, font: str) -> Iterator[tuple[int, float, float, float]]:
    """The glyphs of a run from left to right: number, advance, and how far each is moved."""
    scale = 1 / face(font).upem
    buffer = hb.Buffer()
    buffer.add_str(run.text)
    buffer.guess_segment_properties()
    buffer.direction = "ltr" if run.rightwards else "rtl"
    hb.shape(harfbuzz(font), buffer, {"kern": True, "liga": True})
    for info, place in zip(buffer.glyph_infos, buffer.glyph_positions or [], strict=True):
        moved = place.x_offset * scale, place.y_offset * scale
        yield (info.codepoint, place.x_advance * scale, *moved)


def in_sight(written: list[tuple[int, Run]]) -> list[Run]:
    """Runs from left to right: whatever is at a level or deeper is turned round, deepest first."""
    order = list(written)
    for level in range(max((level for level, _run in order), default=0), 0, -1):
        deep = [each[0] >= level for each in order]
        for start, end in stretches(deep):
            order[start:end] = reversed(order[start:end])
    return [run for _level, run in order]


def runs(text: str) -> list[tuple[int, Run]]:
    """The letters in the order of writing, by level and font."""
    shown = "".join(filter(is_seen, unicodedata.normalize("NFC", text)))
    marked = zip(shown, levels(shown), fonts_of(shown), strict=True)
    found = []
    for (level, font), group in groupby(marked, lambda each: each[1:]):
        letters = "".join(letter for letter, _level, _font in group)
        found.append((level, Run(font, letters, rightwards=level % 2 == 0)))
    return found


def is_seen(letter: str) -> bool:
    return letter in "\u200c\u200d" or unicodedata.category(letter) not in INVISIBLE


def fonts_of(text: str) -> list[str]:
    """A font for each letter; marks and blanks stay with the letter that they follow."""
    chosen: list[str] = []
    for letter in text:
        before = chosen[-1] if chosen else FIRST
        clings = unicodedata.category(letter)[0] in "MZ" or letter in "\u200c\u200d"
        if clings and (ord(letter) in letters_of(before) or letter in "\u200c\u200d"):
            chosen.append(before)
        else:
            chosen.append(font_of(ord(letter)))
    return chosen


@lru_cache(maxsize=4096)
def font_of(letter: int) -> str:
    return next((font for font in every_font() if letter in letters_of(font)), FIRST)


@cache
def every_font() -> tuple[str, ...]:
    others = sorted(path.name for path in FONTS.glob("*-Regular.ttf") if path.name != FIRST)
    return (FIRST, *others, LAST)


@cache
def letters_of(font: str) -> frozenset[int]:
    return frozenset(face(font).unicodes)


@cache
def face(font: str) -> hb.Face:
    return hb.Face(hb.Blob.from_file_path(str(FONTS / font)))


@cache
def harfbuzz(font: str) -> hb.Font:
    return hb.Font(face(font))


@lru_cache(maxsize=4096)
def outline(font: str, number: int) -> tuple[Stroke, ...]:
    """The strokes of a glyph as a pen draws them, at a size of one."""
    scale = 1 / face(font).upem
    drawn: list[Stroke] = []
    functions = hb.DrawFuncs()

    def keep(step: str, *points: float) -> None:
        drawn.append(Stroke(step, tuple(point * scale for point in points)))

    functions.set_move_to_func(lambda x, y, _data: keep("move", x, y))
    functions.set_line_to_func(lambda x, y, _data: keep("line", x, y))
    functions.set_cubic_to_func(lambda *points: keep("curve", *points[:6]))
    functions.set_quadratic_to_func(lambda *points: keep("bend", *points[:4]))
    functions.set_close_path_func(lambda _data: keep("close"))
    harfbuzz(font).draw_glyph(number, functions)
    return tuple(drawn)


# Which way it goes: Unicode Standard Annex 9, one paragraph, no explicit marks


def levels(text: str) -> list[int]:
    """How deep each letter is embedded: even goes rightwards, odd leftwards."""
    kinds = [unicodedata.bidirectional(letter) or "L" for letter in text]
    base = next((int(kind in RIGHT) for kind in kinds if kind in {"L", *RIGHT}), 0)
    of_base = "R" if base else "L"
    weak(kinds, of_base)
    neutral(kinds, of_base)
    if base:
        return [1 if kind == "R" else 2 for kind in kinds]
    return [{"R": 1, "L": 0}.get(kind, 2) for kind in kinds]


def weak(kinds: list[str], of_base: str) -> None:
    """Marks, numbers and what stands in and around numbers (W1 to W7)."""
    before = strong = of_base
    for at, kind in enumerate(kinds):
        if kind == "NSM":
            kinds[at] = before
        elif kind == "EN" and strong == "AL":
            kinds[at] = "AN"
        before = kinds[at]
        strong = before if before in {"L", *RIGHT} else strong
    kinds[:] = ["R" if kind == "AL" else kind for kind in kinds]
    in_numbers(kinds)
    strong = of_base
    for at, kind in enumerate(kinds):
        strong = kind if kind in ("L", "R") else strong
        if kind == "EN" and strong == "L":
            kinds[at] = "L"


def in_numbers(kinds: list[str]) -> None:
    """What separates or ends numbers belongs to them (W4, W5)."""
    for at in range(1, len(kinds) - 1):
        before, kind, after = kinds[at - 1 : at + 2]
        joins = (kind == "CS" and before in NUMBER) or (kind == "ES" and before == "EN")
        if joins and before == after:
            kinds[at] = before
    for start, end in stretches([kind == "ET" for kind in kinds]):
        if "EN" in (*kinds[max(0, start - 1) : start], *kinds[end : end + 1]):
            kinds[start:end] = ["EN"] * (end - start)


def neutral(kinds: list[str], of_base: str) -> None:
    """What has no direction takes that of both neighbours, or of the paragraph (N1, N2)."""

    def towards(at: int) -> str:
        kind = kinds[at] if 0 <= at < len(kinds) else of_base
        return "R" if kind in NUMBER else kind

    for start, end in stretches([kind not in {"L", "R", *NUMBER} for kind in kinds]):
        both = {towards(start - 1), towards(end)}
        kinds[start:end] = [both.pop() if len(both) == 1 else of_base] * (end - start)


def stretches(fits: list[bool]) -> list[tuple[int, int]]:
    """Where those that fit stand together: from, and up to."""
    found, at = [], 0
    for fit, group in groupby(fits):
        length = len(list(group))
        if fit:
            found.append((at, at + length))
        at += length
    return found
