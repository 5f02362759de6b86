"""Text as it is looked up: the same for what records say and for what somebody types. No Django.

The engine then cuts it into words, in lower case and without what is left of accents.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache
from itertools import chain, pairwise

import opencc

from postroad.catalogue import folding, naming

# Accents of every alphabet that has them, the ties of transcriptions, the signs for ain and soft;
# of Indic scripts the sign that joins two letters and the point under one, which many leave out,
# and what else is put between letters to join or to part them: vowel signs stay.
MARKS = re.compile(
    "[\u0300-\u036f\ufe20-\ufe2f\u02b0-\u02ff\u0591-\u05c7\u064b-\u0655\u0670\u093c\u094d\u09bc\u09cd"
    "\u0a3c\u0a4d\u0abc\u0acd\u0b3c\u0b4d\u0bcd\u0c4d\u0cbc\u0ccd\u0d4d\u0dca\u200c\u200d\u2060\ufeff\u00ad]"
)
APOSTROPHE = dict.fromkeys(map(ord, "’‘ʻʼʽʾʿ`´′"), "'")
# Signs that are half of a name: C++, C#, .NET.
SIGNED = re.compile(r"(?<!\w)(?:([a-z])(\+\+|#)(?!\w)|\.(net)\b)", re.I)
SIGNS = {"++": "plusplus", "#": "sharp"}
# Words with a sign inside: O'Connor, rail-road, AC/DC, AT&T, Ph.D.
COMPOUND = re.compile(r"\w+(?:['’/&.-]\w+)+\.?")
INSIDE = re.compile(r"['’/&.-]")
INITIALS = re.compile(r"(?<!\w)(?:\w\.\s?){2,}")
# Scripts that put no space between words: what is written in a row is looked up by pairs of signs.
HAN = "\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
RUN = re.compile(
    f"[{HAN}\u3040-\u30ff\uff66-\uff9f\u31f0-\u31ff\uac00-\ud7af\u0e00-\u0e7f\u0e80-\u0eff"
    "\u1000-\u109f\u1780-\u17ff]+"
)
CHINESE = re.compile(f"[{HAN}]")
ROMAN = {
    numeral: str(number)
    for number, numeral in enumerate(
        "ii iii iv v vi vii viii ix x xi xii xiii xiv xv xvi xvii xviii xix xx".split(), 2
    )
}
SHORT = {"st": "saint", "mt": "mount", "ft": "fort", "dr": "doctor", "mr": "mister"}
MEANS_A_NUMBER = frozenset({*naming.NUMBERS, *ROMAN})
LONG = {word: short for short, word in SHORT.items()}
# Words that say so little that a title without them may be meant, if there are others.
SMALL = frozenset("the a an and of to in le la les l un une der die das el los las il lo".split())


def plain(text: str) -> str:
    """As somebody types it who has no such keys: Frederic for Frédéric, nol for nolʹ."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text).translate(APOSTROPHE)
        bare = MARKS.sub("", unicodedata.normalize("NFD", text)).translate(folding.ARABIC)
        text = unicodedata.normalize("NFC", bare).replace("ς", "σ")
        text = RUN.sub(in_pairs, simplified(text))
    text = SIGNED.sub(spelt_out, text) if "+" in text or "#" in text or "." in text else text
    return text.replace("&", " and ") if " & " in text else text


def spelt_out(match: re.Match[str]) -> str:
    letter, sign, net = match.groups()
    return f"{net} dot{net}" if net else f"{letter}{SIGNS[sign]}"


def simplified(text: str) -> str:
    """Chinese in the simplified signs: who types the one form looks for the other too."""
    return str(converter().convert(text)) if CHINESE.search(text) else text


@cache
def converter() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


def in_pairs(match: re.Match[str]) -> str:
    """Each sign with the next one; a mark stays with its sign."""
    signs = clusters(match.group())
    pairs = [one + other for one, other in pairwise(signs)] or signs
    return f" {' '.join(pairs)} "


def clusters(run: str) -> list[str]:
    signs: list[str] = []
    for sign in run:
        if signs and unicodedata.category(sign).startswith("M"):
            signs[-1] += sign
        else:
            signs.append(sign)
    return signs


def singles(text: str) -> list[str]:
    """The signs of such runs one by one, for who types only one."""
    if text.isascii():
        return []
    said = simplified(unicodedata.normalize("NFKC", text))
    return [sign for run in RUN.findall(said) for sign in clusters(run)]


def joined(text: str) -> list[str]:
    """Words with a sign inside, without it: OConnor for O'Connor, railroad for rail-road, ACDC for
    AC/DC; initials in one: JRR for J. R. R."""
    text = text.translate(APOSTROPHE)
    words = [INSIDE.sub("", word) for word in COMPOUND.findall(text)]
    return [*words, *(re.sub(r"[.\s]", "", each) for each in INITIALS.findall(text))]


def without_signs(text: str) -> str:
    """The text with its words joined, for who types a phrase so; nothing, if it is the same."""
    said = text.translate(APOSTROPHE)
    other = COMPOUND.sub(lambda match: INSIDE.sub("", match.group()), said)
    return other if other != said else ""


def others(text: str) -> list[str]:
    """What else may be typed for words of the text: figures for numbers in words or in Roman."""
    words = folding.fold(text)
    if MEANS_A_NUMBER.isdisjoint(words.split()):
        return []
    digits = naming.numbers_as_digits(words)
    figures = [word for word in digits.split() if word.isdigit()] if digits != words else []
    return [*figures, *(ROMAN[word] for word in words.split() if word in ROMAN and len(word) > 1)]


@lru_cache(1 << 13)  # names and subjects are those of many records
def also(text: str) -> tuple[str, ...]:
    """All that may be typed for words of the text beside them."""
    return (*joined(text), *singles(text), *others(text))


def alternatives(word: str) -> Iterator[str]:
    """What else a typed word may stand for in a record: 7 for seven, 2 for II, St. for Saint."""
    number = naming.NUMBERS.get(word)
    return chain(
        [str(number)] if number is not None else [],
        [ROMAN[word]] if word in ROMAN and len(word) > 1 else [],
        [SHORT[word]] if word in SHORT else [],
        [LONG[word]] if word in LONG else [],
    )
