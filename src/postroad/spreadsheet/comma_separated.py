"""The rows of a text file, whatever stands between its cells."""

import csv
import io
import itertools
import re
from collections.abc import Iterator

from postroad.spreadsheet.rows import (
    COLUMNS,
    LONGEST,
    LOOKED_THROUGH,
    NotASpreadsheet,
    OpenQuote,
    Row,
    TooWide,
)


def text_of(sent: bytes) -> str:
    """UTF-16 by its mark or its zeros, UTF-8, or else what Windows writes."""
    if sent.startswith((b"\xff\xfe", b"\xfe\xff")):
        tried: tuple[str, ...] = ("utf-16",)
    elif b"\0" in sent[:200]:
        tried = ("utf-16-le",) if sent[1:2] == b"\0" else ("utf-16-be",)
    else:
        tried = ("utf-8-sig", "cp1252")
    for encoding in tried:
        try:
            text = sent.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise NotASpreadsheet


def of_csv(text: str) -> Iterator[Row]:
    first, _end, rest = text.lstrip("\r\n").partition("\n")
    if first.strip().lower() in ("sep=,", "sep=;", "sep=\t", "sep=|"):  # written by Excel
        between, text, skipped = first.strip()[4:] or "\t", rest, 1
    else:
        between, skipped = _between(text), 0
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=between, strict=True)
    try:
        for line, cells in enumerate(lines, start=1 + skipped):
            yield Row(line, tuple(cells))
    except csv.Error as why:
        if "field larger" in str(why):
            raise TooWide(columns=COLUMNS, characters=LONGEST) from why
        raise OpenQuote(line=lines.line_num + skipped) from why


def _between(text: str) -> str:
    """What stands between the cells: the sign that is most often in the headings.

    Above them there may be a title, with signs of its own or none, so the headings are the first
    line whose sign is in the next line, too; or the one with most of them if there is no such line.
    """
    head = itertools.islice(io.StringIO(text), LOOKED_THROUGH)
    lines = [bare for line in head if (bare := re.sub(r'"[^"]*"', "", line).strip(" \r\n"))]
    signs = [max(",;\t|", key=line.count) for line in lines] or [","]
    for sign, line, following in zip(signs, lines, lines[1:], strict=False):
        if sign in line and sign in following:
            return sign
    widest = max(range(len(lines)), key=lambda at: lines[at].count(signs[at]), default=0)
    return signs[widest]
