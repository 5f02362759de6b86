"""How people write the numbers of other systems, and the one form in which they are compared.

No Django here. "Clio # 123 456", "ILL: 201-993-144" and "OCLC ILL number 201993144" are what stands
on slips, in mail and in spreadsheets; what counts is behind the words and between the gaps.
"""

import re
import unicodedata
from dataclasses import dataclass

LONGEST = 40  # characters of a number without its gaps
AS_TYPED = 80  # with them, and with the words before it
READ = 200  # what comes after is read by nobody

# What may stand before a number and is no part of it. A word that names a system tells whose it is.
NAMED = {
    "CLIO": "clio",
    "CLIOADVANCED": "clio",
    "CLIOID": "clio",
    "OCLC": "oclc",
    "WORLDSHARE": "oclc",
    "WORLDCAT": "oclc",
    "DOCLINE": "docline",
    "RAPID": "rapidill",
    "RAPIDILL": "rapidill",
}
BARE = (
    "ILL ILLIAD ILLNO ILLID TIPASA INTERLIBRARY LOAN REQUEST REQ REQNO TRANSACTION TN REFERENCE "
    "REF IDENTIFIER ID NUMBER NUM NBR NO NR N"
).split()
WORDS = "|".join(sorted((*NAMED, *BARE), key=len, reverse=True))
BEFORE = re.compile(rf"(?:[^A-Z0-9]+|(?:{WORDS})(?![A-Z]))*")
BEHIND = re.compile(rf"(?:[^A-Z0-9]+(?:{WORDS}))*[^A-Z0-9]*$")
WORD = re.compile(r"[A-Z]+")
# A number may begin with one word (a DOCLINE symbol); another one, or one behind its digits, is
# somebody's remark.
REMARK = re.compile(r"[A-Z]+[^A-Z0-9]+[A-Z]|[0-9].*[^A-Z0-9][A-Z]{2,}(?![A-Z0-9])")


@dataclass(frozen=True, slots=True)
class Spelled:
    """A number without its words and gaps, and the system that the words named."""

    value: str
    system: str = ""
    whole: bool = True  # nothing stood there that is no part of a number


def read(text: str) -> Spelled:
    """What is meant by it. Without a digit, or too long, nothing is."""
    sent = unicodedata.normalize("NFKC", text[:READ]).upper()
    signs = "".join(_digit(sign) for sign in sent if unicodedata.category(sign) != "Cf")
    first = BEFORE.match(signs)
    begins = first.end() if first else 0
    behind = BEHIND.search(signs, begins)
    ends = behind.start() if behind else len(signs)
    around = WORD.findall(f"{signs[:begins]} {signs[ends:]}")
    system = next((NAMED[word] for word in around if word in NAMED), "")
    number = signs[begins:ends]
    value = re.sub(r"[^A-Z0-9]+", "", number)
    if len(value) > LONGEST or not any(sign.isdigit() for sign in value):
        return Spelled("", system)
    return Spelled(value, system, whole=not REMARK.search(number))


def _digit(sign: str) -> str:
    """Digits of any script are digits."""
    return str(unicodedata.decimal(sign, sign))
