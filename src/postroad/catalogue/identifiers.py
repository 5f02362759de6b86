"""The numbers of the book trade, brought to one form so that they can be compared.

No Django here. An ISBN has 13 digits, an ISSN 8 signs, an OCLC number no prefix and no leading
zeros, an LCCN the form that the Library of Congress prescribes for links.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from operator import mul
from typing import Literal

from stdnum import isbn as isbn_rules
from stdnum import issn as issn_rules

from postroad.protocols.fillers import is_filler_isbn, is_filler_issn

Kind = Literal["isbn", "isbn-z", "issn", "oclc", "lccn"]

# One field may hold several, each with a qualifier: "0195049829 (v. 1) 0-19-504983-7 (v. 2) : $9"
ISBN = re.compile(r"(?<![0-9A-Za-z])(?:97[89][ -]?)?(?:[0-9][ -]?){9}[0-9Xx](?![0-9])")
ISSN = re.compile(r"(?<![0-9A-Za-z-])[0-9]{4}-?[0-9]{3}[0-9Xx](?![0-9A-Za-z-])")
OCLC = re.compile(r"\s*(?:\(OCoLC\)|oclc:?)?\s*(?:ocm|ocn|on)?\s*0*([1-9][0-9]{0,13})\s*", re.I)
OCLC_MARKED = re.compile(r"\s*(?:\(OCoLC\)|oclc:?\s|oclc:?(?=[0-9])|ocm|ocn|on(?=[0-9]))", re.I)
LCCN = re.compile(r"[a-z]{0,3}[0-9]{8,10}")
# What stands before a number on a title page or in a list: "ISBN-13: 978...", "ISSN 0001-5180"
LABEL = re.compile(r"(?:isbn|issn|lccn)(?:[- ]?1[03](?=[\s:]))?(?:\s*:\s*|\s+|(?=[0-9]))", re.I)
# What stands behind one: a note on the binding, a price, the short code of a bar code's add-on.
BEHIND = re.compile(r"\s*(?:\([^()]*\)|:?\s*[$£€][0-9.,]+|(?<=[0-9Xx]) [0-9]{5}|[.;,])+$")
DASHES = str.maketrans("‐‑‒–—−", "------")
DIGITS = re.compile(r"[0-9]")


@dataclass(frozen=True, slots=True)
class Number:
    """A number in the form for comparing, and as somebody wrote it."""

    kind: Kind
    value: str
    raw: str


def isbns(text: str) -> Iterator[Number]:
    """Each valid ISBN in the text, as 13 digits."""
    for match in ISBN.finditer(text.translate(DASHES)):
        raw = match.group()
        if (value := isbn13(raw)) and not is_filler_isbn(value):
            yield Number("isbn", value, raw)


def isbn13(raw: str) -> str:
    """With 13 digits; nothing, where the check digit is wrong. As `stdnum` has it, in a tenth of
    the time."""
    signs = raw.replace("-", "").replace(" ", "").upper()
    if len(signs) == 10:
        values = [10 if sign == "X" else int(sign) for sign in signs]
        if sum(map(mul, values, range(10, 0, -1))) % 11:
            return ""
        signs = f"978{signs[:9]}"
    elif len(signs) != 13 or not signs.isdigit() or check_of(signs) != signs[12]:
        return ""
    return signs[:12] + check_of(signs)


def check_of(digits: str) -> str:
    """The 13th of these."""
    return str(-sum(map(mul, map(int, digits[:12]), (1, 3) * 6)) % 10)


def issns(text: str) -> Iterator[Number]:
    """Each valid ISSN in the text, without its hyphen."""
    for match in ISSN.finditer(text.translate(DASHES)):
        if issn_rules.is_valid(match.group()) and not is_filler_issn(match.group()):
            yield Number("issn", issn_rules.compact(match.group()), match.group())


def oclc(text: str) -> Number | None:
    """The OCLC number, if the text is one, with or without a prefix."""
    match = OCLC.fullmatch(text)
    return Number("oclc", match.group(1), text.strip()) if match and text.isascii() else None


def is_marked_oclc(text: str) -> bool:
    """Whether the text says that it is an OCLC number."""
    return OCLC_MARKED.match(text) is not None


def lccn(text: str) -> Number | None:
    """The LCCN, if the text is one: no blanks, no suffix, the serial part six digits long."""
    value = "".join(text.split()).split("/")[0].lower()
    front, hyphen, serial = value.partition("-")
    if hyphen and serial.isdigit() and len(serial) <= 6:
        value = front + serial.zfill(6)
    return Number("lccn", value, text.strip()) if LCCN.fullmatch(value) else None


def isbn_trouble(text: str) -> str:
    """What may be wrong with a text that must be meant as an ISBN: its "check" digit, its "length",
    or nothing ("none"). Empty if it is no ISBN at all: ten digits alone may be another number."""
    said = text.strip().translate(DASHES)
    labelled = said.lower().startswith("isbn")
    bare = LABEL.sub("", said, count=1) if LABEL.match(said) else said
    digits = re.sub("[ -]", "", bare)
    if not re.fullmatch("[0-9]{8,15}[0-9Xx]", digits):
        return ""
    begins = digits.startswith(("978", "979"))
    if (len(digits) == 13 and begins) or (len(digits) == 10 and (labelled or digits != bare)):
        return "none" if isbn_rules.is_valid(digits) else "check"
    return "length" if labelled or (begins and len(digits) in (11, 12, 14)) else ""


def typed(text: str) -> tuple[Number, ...]:
    """What a person who typed this, and nothing else, may have meant by it."""
    text = text.strip().translate(DASHES)
    if not DIGITS.search(text) or len(text) > 80:
        return ()
    text = LABEL.sub("", text, count=1) if LABEL.match(text) else text
    text = unicodedata.normalize("NFKC", text)
    if ISBN.fullmatch(alone := BEHIND.sub("", text)):
        text = alone
    whole = len(text.split()) == 1 or ISBN.fullmatch(text)
    if found := [*isbns(text), *issns(text)] if whole else []:
        return tuple(found)
    if is_marked_oclc(text):
        return tuple(filter(None, [oclc(text)]))
    bare = text.isdigit() and len(text) >= 6
    return tuple(filter(None, [oclc(text) if bare else None, lccn(text)]))
