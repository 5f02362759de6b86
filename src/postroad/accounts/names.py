"""Names as they are compared: without accents and capitals, each word by its beginning.

No Django here. What a clerk types at the desk need not have the accents of the name, nor its order:
"nunez jose" finds José Núñez.
"""

import unicodedata

# Letters that are not a plain one with an accent.
LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h"}
)
JOINERS = frozenset("'’ʼ`´.")  # within a word: O'Brien is obrien


def key(name: str) -> str:
    """The words of a name, each after a space, so that " lov" finds Lovelace and not Glover."""
    return "".join(f" {word}" for word in words(name))


def words(text: str) -> list[str]:
    spelled = unicodedata.normalize("NFKD", text.casefold().translate(LETTERS)).translate(LETTERS)
    kept = (
        " " if not sign.isalnum() else sign
        for sign in spelled
        if not unicodedata.combining(sign) and sign not in JOINERS
    )
    return "".join(kept).split()
