"""The numbers on parcels and containers, and Rhode Island's three letters.

A parcel's number is a P, ten signs of chance and a check sign, all from the alphabet of our other
numbers, so that one search box can tell them apart by their look. A bin's or bag's begins with a B.
"""

import re
import secrets
from enum import StrEnum

from stdnum import luhn

from postroad import barcodes
from postroad.errors import Refusal
from postroad.reference_numbers import ALPHABET, grouped, tidy

__all__ = [
    "CONTAINER",
    "LONGEST_SCAN",
    "CodeMissing",
    "grouped",
    "new_number",
    "read_number",
    "ri_code",
    "scanned_number",
]

PARCEL, CONTAINER = "P", "B"
LENGTH = 12
LONGEST_SCAN = 60  # characters; no number of ours, with what frames it, is longer


class CodeMissing(Refusal):
    """A slip to Rhode Island needs the library's three letters (R7)."""

    code = "delivery-code-missing"


class StopCodeMissing(CodeMissing):
    """On the day on which it arrives another courier drives, in whose table the library is not."""

    code = "stop-code-missing"


class CodeUnknown(Refusal):
    """No list of Rhode Island has these letters."""

    code = "delivery-code-unknown"


class CodeRetired(Refusal):
    """They are nobody's any more."""

    code = "delivery-code-retired"


class CodeTaken(Refusal):
    """They are another library's."""

    code = "delivery-code-taken"


class CodeTrouble(StrEnum):
    """What is wrong with letters that look right."""

    UNKNOWN = "unknown"
    RETIRED = "retired"


def new_number(mark: str = PARCEL) -> str:
    body = mark + "".join(secrets.choice(ALPHABET) for _ in range(LENGTH - 2))
    return body + str(luhn.calc_check_digit(body, ALPHABET))


def read_number(text: str, mark: str = PARCEL) -> str | None:
    """The number of a parcel, or of a container, that was scanned or typed; None if it is none."""
    number = tidy(text)
    if len(number) != LENGTH or not number.startswith(mark) or not set(number) <= set(ALPHABET):
        return None
    return number if luhn.is_valid(number, ALPHABET) else None


def scanned_number(text: str, mark: str = PARCEL) -> str | None:
    """The same of what a scanner sends, with whatever it puts around the bars."""
    known = read_number(text, mark)
    if known is None and not text.isalnum():
        meant = (read_number(each, mark) for each in barcodes.readings(text[:LONGEST_SCAN]))
        known = next(filter(None, meant), None)
    return known


def ri_code(text: str, trouble: CodeTrouble | None = None) -> str:
    """The three letters, or CodeMissing, CodeUnknown, CodeRetired."""
    if not re.fullmatch(r"[A-Z]{3}", text):
        raise CodeMissing(code=text)
    if trouble is not None:
        raise {CodeTrouble.UNKNOWN: CodeUnknown, CodeTrouble.RETIRED: CodeRetired}[trouble](
            letters=text
        )
    return text
