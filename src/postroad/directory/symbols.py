"""How a library's symbol is written, wherever it is kept, typed or looked for. No Django here."""

import unicodedata

LONGEST = 40


def normalize(text: str) -> str:
    """The one form in which symbols are compared: capitals, no space, nothing that is not seen.

    A hyphen stays: an ISIL has one, and "US-MB" is not "USMB".
    """
    plain = unicodedata.normalize("NFKC", text)
    seen = (sign for sign in plain if not unicodedata.category(sign).startswith(("C", "Z")))
    return "".join(seen).upper()
