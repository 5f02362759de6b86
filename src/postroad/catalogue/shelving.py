"""The order of books on a shelf: a call number made into a text that sorts as the shelf does.

No Django here. The key is a row of words with a blank between them, compared word by word.

- A number is a whole number with what follows its point as a decimal fraction, wherever it stands:
  641.45 before 641.5 behind "J", "LARGE PRINT" or nothing, QA9 before QA76, v.2 before v.10. How
  long it is stands before it, since texts are compared letter by letter. The marks of older Dewey
  numbers (641.5'945, 813/.54) show where they may be cut short, and are no part of them.
- A cutter is a decimal fraction behind letters: .S65 before .S7, D54g before D548.
- Letters count without accents and in one case; punctuation only parts them.
- Nothing stands before something, and digits before letters.
"""

import re
import unicodedata
from functools import lru_cache

LENGTH = 160
CUTS = "'’‘′″\"ʹ`´/"  # where a Dewey number may be cut short
NUMBER = re.compile(rf"[0-9]+(?:[{CUTS}]*\s?\.[0-9]+(?:[{CUTS}]+[0-9]+)*)?")
WORD = re.compile(rf"(?P<number>{NUMBER.pattern})|(?P<letters>[^\W\d_]+)")
DIGITS = re.compile(r"[0-9]+")
# Library of Congress: letters and a whole number, and behind them a cutter.
CONGRESS = re.compile(r"[A-Z]{1,3}\s*[0-9]{1,4}(?![0-9])(?:\s*\.[0-9]+)?[\s.]*[A-Z][0-9]", re.I)
WITHIN_A_NAME = re.compile(r"(?<=[^\W\d_])['’‘ʹ`´](?=[^\W\d_])")
LETTERS = str.maketrans({"Æ": "AE", "Œ": "OE", "Ø": "O", "Ł": "L", "Đ": "D", "Ð": "D", "Þ": "TH"})
# What is counted: the digits behind them are a whole number.
COUNTED = frozenset(
    "VOL VOLS NO NOS NR PT PTS PART BD SER BK BOOK COPY COP CD DISC DISK DVD ISSUE YEAR".split()
)
SAME = {"VOL": "V", "VOLS": "V", "COPY": "C", "COP": "C", "NOS": "NO", "NR": "NO", "DISK": "DISC"}
SAME |= {"PTS": "PT", "PART": "PT", "BOOK": "BK"}
A_NUMBER_FOLLOWS = re.compile(r"[\s.]*[0-9]")
COUNTED_OR_CUTTER = frozenset("VCT")  # v2 and c.2 are counted, .C2 is a cutter
# Behind these stands the author's cutter: FIC S65, B L63.
BY_NAME = frozenset(
    "F FIC FICT FICTION B BIO BIOG BIOGRAPHY E EASY ER JE JB JF JFIC SC SS PIC MYS MYSTERY".split()
)


@lru_cache(4096)  # copies of one book stand side by side
def shelf_key(call_number: str) -> str:
    """What to sort by, instead of the call number."""
    text = unicodedata.normalize("NFKD", " ".join(call_number.split()))
    text = "".join(sign for sign in text if not unicodedata.combining(sign))
    text = WITHIN_A_NAME.sub("", text)
    return " ".join(Reading(text).words())[:LENGTH]


class Reading:
    """One call number, read from its beginning to its end."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.key: list[str] = []
        self.classed = False  # whether the number of its class has been passed
        self.congress = False
        self.speaks_in_capitals = text != text.lower()

    def words(self) -> list[str]:
        at = 0
        while match := WORD.search(self.text, at):
            at = match.end()
            if match["number"]:
                self.key.append(number(match["number"]))
                self.classed = True
                continue
            letters = match["letters"].upper().translate(LETTERS)
            digits = DIGITS.match(self.text, at)
            if self.begins_the_class(match, glued=digits is not None):
                self.congress = self.classed = True
            elif letters in SAME and self.key and A_NUMBER_FOLLOWS.match(self.text, at):
                letters = SAME[letters]
            elif digits and not self.is_counted(letters, match["letters"]):
                letters += digits.group()  # a cutter
                self.classed = True
                at = digits.end()
            self.key.append(letters)
        return self.key

    def begins_the_class(self, match: re.Match[str], *, glued: bool) -> bool:
        """Whether these letters are those of a class, so that a whole number follows."""
        if self.classed or BY_NAME.intersection(self.key[-1:]):
            return False
        if CONGRESS.match(self.text, match.start()):
            return True
        # Without a cutter behind it: first of all, or behind a prefix if two capitals speak for it.
        letters = match["letters"]
        return glued and (not self.key or (len(letters) in (2, 3) and letters.isupper()))

    def is_counted(self, letters: str, written: str) -> bool:
        """Whether these letters count volumes or copies, so that a whole number follows."""
        if letters in COUNTED:
            return True
        if letters not in COUNTED_OR_CUTTER or not self.key:
            return False
        if written.islower() and self.speaks_in_capitals:
            return True
        if self.classed and not self.congress:  # behind Dewey: a second cutter there is none
            return DIGITS.search(self.key[-1]) is None or self.key[-1][0].isalpha()
        # Behind the author's name: FIC SMI V2, and not FIC V2.
        return self.key[-1].isalpha() and bool(BY_NAME.intersection(self.key[:-1]))


def number(text: str) -> str:
    """A number that as a text stands among others as its value does."""
    whole, _, fraction = text.partition(".")
    whole = "".join(DIGITS.findall(whole)).lstrip("0") or "0"
    length = str(len(whole)) if len(whole) < 9 else f"9{len(whole):03d}"
    fraction = "".join(DIGITS.findall(fraction)).rstrip("0")
    return length + whole + (f".{fraction}" if fraction else "")
