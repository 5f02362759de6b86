"""The numbers that we give: eight signs that are read aloud, typed and scanned without mistakes.

Seven random signs of Crockford's alphabet (no I, L, O, U) and a Luhn check sign over it. People see
them in two groups of four; Code 128 carries them without the gap.
"""

import secrets

from stdnum import luhn

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 8
MISREAD = str.maketrans("ILO", "110")


def new() -> str:
    """A number that nobody has yet, but for a chance of one in 34 thousand million."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH - 1))
    return body + luhn.calc_check_digit(body, ALPHABET)


def tidy(text: str) -> str:
    """As typed or scanned, to as stored: no gaps, upper case, I and L are 1, O is 0."""
    return "".join(text.split()).replace("-", "").upper().translate(MISREAD)


def is_ours(text: str) -> bool:
    """Whether a tidied text has our length, our alphabet and the right check sign."""
    return (
        len(text) == LENGTH and set(text) <= set(ALPHABET) and bool(luhn.is_valid(text, ALPHABET))
    )


def grouped(number: str) -> str:
    """Four by four, as people read it."""
    return " ".join(number[at : at + 4] for at in range(0, len(number), 4))
