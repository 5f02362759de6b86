"""A field with subfields, from its text: also where a delimiter stands where none should.

Systems write a dollar sign of a text as a delimiter, put accents on codes, and leave out
indicators.
"""

import unicodedata
from collections.abc import Iterable

import pymarc

from postroad.protocols.marc.results import Complaints

DELIMITER = "\x1f"
STRAY = "a subfield without a code was kept with the one before it"
NO_INDICATORS = "indicators were missing"
SIGNS_OF_A_CODE = frozenset("¿ǂ‡|$")  # shown for a delimiter; some systems write it behind one


def is_control(tag: str) -> bool:
    return tag < "010" and tag.isdigit()


def field_of(tag: str, text: str, complaints: Complaints) -> pymarc.Field:
    """A data field from its indicators on."""
    head, *pieces = text.split(DELIMITER)
    if len(head) < 2:
        complaints.note(NO_INDICATORS, shown_as(tag, text))
    elif len(head) > 2 and not pieces:  # neither indicators nor delimiters: a text
        head, pieces = "  ", [f"a{head}"]
        complaints.note(NO_INDICATORS, shown_as(tag, text))
    coded = (coded_in(tag, piece) for piece in pieces if piece)
    return pymarc.Field(
        tag=tag, indicators=indicators(head), subfields=glued(tag, coded, complaints)
    )


def indicators(head: str) -> pymarc.Indicators:
    return pymarc.Indicators(plain(head[:1] or " "), plain(head[1:2] or " "))


def plain(sign: str) -> str:
    return sign if sign.isascii() and sign.isprintable() else " "


def coded_in(tag: str, piece: str) -> tuple[str, str]:
    """The code and the value of what follows a delimiter: no code, where there is none."""
    code = piece[0]
    if code.isascii() and code.isprintable() and code not in " $,;.()" and may_be(code, tag):
        return code, piece[1:]
    if code in SIGNS_OF_A_CODE and piece[1:2].isascii() and piece[1:2].isalnum():
        return piece[1], piece[2:].lstrip()
    letter = unicodedata.normalize("NFD", code)[0]
    if letter != code and letter.isascii() and letter.islower():
        return letter, piece[1:]
    return "", piece


def may_be(code: str, tag: str) -> bool:
    """Codes are small letters and digits; capitals are a library's own, in its own fields."""
    return not code.isupper() or tag[:1] == "9" or tag[1:2] == "9" or tag[:2] in {"85", "86", "87"}


def glued(
    tag: str, coded: Iterable[tuple[str, str]], complaints: Complaints
) -> list[pymarc.Subfield]:
    """The subfields; what has no code belongs to the one before it."""
    made: list[pymarc.Subfield] = []
    for code, value in coded:
        if code:
            made.append(pymarc.Subfield(code, value))
            continue
        complaints.note(STRAY, shown_as(tag, value))
        if made:
            made[-1] = pymarc.Subfield(made[-1].code, made[-1].value + value)
        else:
            made.append(pymarc.Subfield("a", value))
    return made


def shown_as(tag: str, text: str) -> str:
    return f"{tag} {text[:40]}".replace(DELIMITER, "$")
