"""The number under the bars of a copy's label, in the one form in which it is kept and compared.

No Django here. Labels are printed with gaps for the eye ("ES 000001"), and systems write them into
their files with or without; a scanner sends what the bars say. So gaps tell nothing apart: what
comes from a file, a scanner or a keyboard goes through `plain` before it is kept or looked up.
"""

import unicodedata

# Separators of every kind, ends of line, and what has no width: none of it is in any bars.
UNSEEN = frozenset({"Zs", "Zl", "Zp", "Cc", "Cf"})


def plain(text: str) -> str:
    """Without anything that cannot be seen, within or around it."""
    if text.isascii() and text.isalnum():
        return text
    return "".join(sign for sign in text if unicodedata.category(sign) not in UNSEEN)
