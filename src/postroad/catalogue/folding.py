"""Text in one form for comparing: words in lower case, without accents and punctuation. No Django.

An accent over a Latin, Greek or Cyrillic letter goes, and so do the points of Hebrew and the short
vowels of Arabic, which most who write leave out. A vowel sign of an Indic script or of Thai is a
letter of the word and stays.
"""

import re
import unicodedata

LETTERS = str.maketrans(
    {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"}
)
# Apostrophes and what is typed for them, ʻokina, ayn and alif: within a word they say nothing.
APOSTROPHES = dict.fromkeys(map(ord, "'’‘ʻʼʽʾʿ`´′"))
WORDS = re.compile(r"[a-z0-9]+")
# Forms of one Arabic letter that are written for each other.
ARABIC = str.maketrans({"أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ة": "ه", "ـ": None})
WRITTEN_WITH_ACCENTS = ("LATIN", "GREEK", "CYRILLIC")


def fold(text: str) -> str:
    """Words of any script, with a space between them."""
    text = text.casefold().translate(APOSTROPHES).replace("&", " and ")
    if text.isascii():
        return " ".join(WORDS.findall(text))
    return " ".join("".join(map(letter, unicodedata.normalize("NFC", bare(text)))).split())


def bare(text: str) -> str:
    """Without the marks that are accents, and signs in their usual form."""
    signs: list[str] = []
    base = ""
    for sign in unicodedata.normalize("NFKD", text.translate(LETTERS)):
        if not unicodedata.combining(sign):
            base = sign
        elif is_accent(sign, base):
            continue
        signs.append(sign)
    return "".join(signs).translate(ARABIC).translate(APOSTROPHES)


def is_accent(mark: str, base: str) -> bool:
    if "\u0591" <= mark <= "\u05c7" or "\u064b" <= mark <= "\u0655" or mark == "\u0670":
        return True  # Hebrew points, Arabic vowels and hamza
    return unicodedata.name(base, "").startswith(WRITTEN_WITH_ACCENTS) if base else True


def letter(sign: str) -> str:
    """A letter, a number, a mark of a letter; a space in place of anything else."""
    return sign if sign.isalnum() or unicodedata.category(sign).startswith("M") else " "
