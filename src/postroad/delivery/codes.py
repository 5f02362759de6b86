"""The number on a parcel, and Rhode Island's three letters.

A parcel's number is a P, ten signs of chance and a check sign, all from the alphabet of our other
numbers, so that one search box can tell them apart by their look.
"""

import re
import secrets

from stdnum import luhn

from postroad.errors import Refusal
from postroad.reference_numbers import ALPHABET, grouped, tidy

__all__ = ["CodeMissing", "grouped", "new_number", "read_number", "ri_code"]

MARK = "P"
LENGTH = 12


class CodeMissing(Refusal):
    """A slip to Rhode Island needs the library's three letters (R7)."""

    code = "delivery-code-missing"


def new_number() -> str:
    body = MARK + "".join(secrets.choice(ALPHABET) for _ in range(LENGTH - 2))
    return body + str(luhn.calc_check_digit(body, ALPHABET))


def read_number(text: str) -> str | None:
    """The parcel number that was scanned or typed, or None if it is none."""
    number = tidy(text)
    if len(number) != LENGTH or not number.startswith(MARK) or not set(number) <= set(ALPHABET):
        return None
    return number if luhn.is_valid(number, ALPHABET) else None


def ri_code(text: str) -> str:
    """The three letters, or CodeMissing."""
    if not re.fullmatch(r"[A-Z]{3}", text):
        raise CodeMissing(code=text)
    return text
