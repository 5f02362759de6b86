"""A statement as a row of tokens."""

import re
import unicodedata
from enum import Enum, auto
from functools import cache
from typing import NamedTuple

from postroad.catalogue.serials import words

DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−﹣－~〜", "-"))  # all that there are
FIRST_YEAR, LAST_YEAR = 1400, 2100
DIGITS = re.compile(r"\d{1,9}")
ROMAN = re.compile(r"m{0,3}(?:cm|cd|d?c{0,3})(?:xc|xl|l?x{0,3})(?:ix|iv|v?i{0,3})$")
ROMAN_VALUES = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100, "d": 500, "m": 1000}


class What(Enum):
    SERIES = auto()
    VOLUME = auto()  # a caption
    NUMBER = auto()  # a caption
    UNIT = auto()  # reels and the like: not a part of the serial
    NUM = auto()
    YEAR = auto()
    MONTH = auto()
    OPEN = auto()
    DASH = auto()
    COMMA = auto()
    SEMICOLON = auto()
    COLON = auto()
    EQUALS = auto()
    SLASH = auto()  # between months: Dec./Jan.
    LEFT = auto()
    RIGHT = auto()
    SUPPLEMENT = auto()
    INDEX = auto()
    PARTIAL = auto()
    WORD = auto()


class Token(NamedTuple):
    what: What
    text: str
    low: int = 0  # of a number or year
    high: int = 0  # of one that counts for several: 25/26
    space: bool = False  # stands before it
    odd: bool = False  # a letter stands behind the number, or it was counted by letters


def one_of(pattern: str) -> str:
    return f"(?:{pattern})(?![^\\W\\d_])\\.?"


@cache
def scanner() -> re.Pattern[str]:
    months = "|".join(words.MONTHS.values())
    number = r"(?=\.?\s*\[?\d|\.?\s*\(?[ivxlcdm]+\b)"
    parts = {
        "series": rf"(?:{words.NEW_SERIES})(?![^\W\d_])(?!\s*\()|\d+(?:st|nd|rd|th|d|e|a|\.)?\s*"
        rf"(?:{words.SERIES})(?![^\W\d_])(?!\.?\s*\d)|(?:{words.SERIES})(?![^\W_])\s*(?:\d+|[a-z]\b)"
        rf"|(?:{words.SERIES})\d+|\ds\.?(?=:)",
        "suppl": one_of(words.SUPPLEMENTS),
        "index": one_of(words.INDEXES),
        "unit": one_of(words.UNITS),
        "open": rf"(?:->|→)|(?:{words.OPEN})\b\.?(?!\s+\w)",
        "partial": rf"(?:{words.PARTIAL})(?![^\W\d_])\.?",
        "and": r"(?:and|und|et)(?![^\W\d_])|(?:och|en|y|e)(?![^\W\d_])(?=\s*[\dvnjbt(])",
        "through": r"(?:through|thru|bis|until|to)(?![^\W\d_])(?=\s*[\dvnjbt(])",
        "month": rf"(?:{months}|{words.SEASONS})(?![^\W\d_])\.?",
        "volume": rf"(?:{words.VOLUMES})(?![^\W\d_]){number}\.?",
        "number": rf"(?:{words.NUMBERS})(?![^\W\d_]){number}\.?",
        "ordinal": r"\d+(?:st|nd|rd|th|d|ème|e|er)(?![^\W_])\.?(?:\s*ed\b\.?)?",
        "num": r"\d+(?:/\d+)*[a-z]?(?![^\W_])",
        "roman": r"[ivxlcdm]+\b",
        "punct": r"[-,;:=()&+/]",
        "word": r"[^\s\d\-,;:=()&+./]+",
        "skip": r"[.]+",
    }
    return re.compile("|".join(f"(?P<{name}>{pattern})" for name, pattern in parts.items()), re.I)


PUNCTUATION = {
    "-": What.DASH,
    ",": What.COMMA,
    "&": What.COMMA,
    "+": What.SEMICOLON,
    ";": What.SEMICOLON,
    ":": What.COLON,
    "=": What.EQUALS,
    "(": What.LEFT,
    ")": What.RIGHT,
    "/": What.SLASH,
}
KINDS = {
    "suppl": What.SUPPLEMENT,
    "index": What.INDEX,
    "unit": What.UNIT,
    "open": What.OPEN,
    "partial": What.PARTIAL,
    "and": What.COMMA,
    "through": What.DASH,
    "volume": What.VOLUME,
    "number": What.NUMBER,
}
CHINESE = (
    (re.compile(r"(?:第\s*)?(\d+(?:\s*[-/]\s*\d+)?)\s*[卷巻輯辑冊册권]"), r" v.\1 "),
    (re.compile(r"(?:第|no\.)?\s*(\d+(?:\s*[-/]\s*\d+)?)\s*[号號期호]"), r" no.\1 "),
    (re.compile(r"(\d{4})\s*[年년]"), r"\1 "),
)
GERMAN = (
    # 27.1951,3 and 1.1970/71: the volume, its year, its issue
    (re.compile(r"(?:\b(?:[Bb]d|[Jj]g|[Jj]ahrg|[Vv]ol|[Vv])\.?\s*)?(?<![\w,:/])(?<!\d\.)(\d{1,3}(?:/\d{1,3})?)\.\s?((?:1[5-9]|20)\d\d(?:/\d{2,4})?)"
                r",(\d{1,3}(?:/\d{1,3})?)(?![\d.])"), r"v.\1:no.\3(\2)"),
    (re.compile(r"(?:\b(?:[Bb]d|[Jj]g|[Jj]ahrg|[Vv]ol|[Vv])\.?\s*)?(?<![\w,:/])(?<!\d\.)(\d{1,3}(?:/\d{1,3})?)\.\s?((?:1[5-9]|20)\d\d(?:/\d{2,4})?)"
                r"(?![\d.])"), r"v.\1(\2)"),
    # 12. Jahrgang
    (re.compile(r"(?<![\w.])(\d+(?:/\d+)?)\.\s*(jahrgang|jahrg|jg|band|bd|évf|årg(?:ang)?"
                r"|roč(?:ník)?)\b\.?(?!\s*\d)", re.I), r"v.\1"),
)  # fmt: skip


def plain(text: str) -> str:
    """One form of dashes, digits and brackets."""
    text = unicodedata.normalize("NFKC", text).translate(DASHES)
    text = re.sub(r"(?<=\d)_(?=\d)", "-", text)
    text = re.sub(r"(?<=[\d)])\s?\+(?=\s*(?:$|[,;]))", "-", text)  # 1990+
    text = re.sub(r"([-,])(?:\s*\1)+", r"\1", text)
    text = re.sub(r"[\[\]<>{}\"']", lambda found: ">" if is_arrow(found) else "", text)
    for pattern, instead in (*CHINESE, *GERMAN):
        text = pattern.sub(instead, text)
    return " ".join(text.split())


def is_arrow(found: re.Match[str]) -> bool:
    return found[0] == ">" and found.string[: found.start()].endswith("-")


def tokens(text: str) -> list[Token]:
    made: list[Token] = []
    end = 0
    for found in scanner().finditer(text.lower()):
        space = found.start() > end or end == 0
        end = found.end()
        name = found.lastgroup or "word"
        if name != "skip":
            made.append(token(name, found[0], made[-1] if made else None, space))
    return years_told(made)


def years_told(made: list[Token]) -> list[Token]:
    """With years where they are written otherwise: 1980-84, v.1851:Sept.-2003."""
    told: list[Token] = []
    for token, after, then in zip(made, [*made[1:], None], [*made[2:], None, None], strict=False):
        told.append(token)
        dash = len(told) > 1 and told[-2].what is What.DASH
        if dash and len(told) > 2 and is_rest_of(told[-3], token):
            told[-1] = numeric(
                str(abbreviated(told[-3].low, token.low)), captioned=False, space=False
            )
        elif len(told) > 1 and told[-2].what is What.VOLUME and is_year_here(token, after, then):
            told[-2:] = [Token(What.YEAR, token.text, token.low, token.high, told[-2].space)]
    return told


def is_rest_of(year: Token, token: Token) -> bool:
    plain = year.what is What.YEAR and year.low == year.high and year.text.isdigit()
    if not plain or token.what is not What.NUM or len(token.text) != 2 or token.odd:
        return False
    return token.low > year.low % 100 or (token.low < 10 and year.low % 100 > 90)


def is_year_here(token: Token, after: Token | None, then: Token | None) -> bool:
    """Whether what is called a volume is a year: months follow, or a year."""
    if token.what is not What.NUM or not 1600 < token.low <= token.high <= LAST_YEAR:
        return False
    if after is None or then is None:
        return False
    months = after.what is What.COLON and then.what is What.MONTH
    return months or (after.what is What.DASH and then.what is What.YEAR)


def token(name: str, text: str, before: Token | None, space: bool) -> Token:
    """Whether a number is a year depends on what stands before it."""
    captioned = before is not None and before.what in {What.VOLUME, What.NUMBER}
    if name in KINDS:
        return Token(KINDS[name], text, space=space)
    if name == "series":
        return Token(What.SERIES, series(text), space=space)
    if name == "month":
        return Token(What.MONTH, text, *months(text), space=space)
    if name == "punct":
        return Token(PUNCTUATION[text], text, space=space)
    if name == "ordinal":
        number = int(DIGITS.findall(text)[0])
        return Token(What.NUM, text, number, number, space)
    if name == "roman" and captioned and ROMAN.match(text):
        number = roman(text)
        return Token(What.NUM, text, number, number, space)
    if name == "num":
        return numeric(text, captioned=captioned, space=space)
    return Token(What.WORD, text, space=space)


def numeric(text: str, *, captioned: bool, space: bool) -> Token:
    odd = text[-1].isalpha()
    parts = [int(part[:9]) for part in text.rstrip("abcdefghijklmnopqrstuvwxyz").split("/")]
    low, high = parts[0], abbreviated(parts[0], parts[-1])
    is_year = FIRST_YEAR <= low <= LAST_YEAR and not captioned
    if is_year and low <= high <= LAST_YEAR and not odd:
        return Token(What.YEAR, text, low, high, space)
    return Token(What.NUM, text, low, high, space, odd or high < low)


def abbreviated(low: int, high: int) -> int:
    """1951/58 is 1951/1958, and 5621/22 is 5621/5622."""
    if high >= low:
        return high
    digits: int = 10 ** len(str(high))
    full = low - low % digits + high
    return full if full >= low else full + digits  # 1999/00


def series(text: str) -> str:
    number = re.search(r"\d+", text)
    if number:
        return f"ser.{int(number[0])}"
    letter = re.search(r"(?:ser|sér|serie|sérié|series|reihe)\.?\s+([a-z])$", text)
    return f"ser.{letter[1]}" if letter else "n.s."


def months(text: str) -> tuple[int, int]:
    """The number of the month; 0 of a season."""
    text = text.rstrip(".")
    return next(
        ((month, month) for month, names in words.MONTHS.items() if text in names.split("|")),
        (0, 0),
    )


def roman(text: str) -> int:
    values = [ROMAN_VALUES[letter] for letter in text]
    total = 0
    for value, after in zip(values, [*values[1:], 0], strict=True):
        total += -value if value < after else value
    return total
