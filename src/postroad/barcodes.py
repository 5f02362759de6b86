"""The number under the bars of a copy's label, in the one form in which it is kept and compared.

No Django here. Labels are printed with gaps for the eye ("ES 000001"), and systems write them into
their files with or without; a scanner sends what the bars say. So gaps tell nothing apart: what
comes from a file, a scanner or a keyboard goes through `plain` before it is kept or looked up.
"""

import re
import unicodedata

# Separators of every kind, ends of line, and what has no width: none of it is in any bars.
UNSEEN = frozenset({"Zs", "Zl", "Zp", "Cc", "Cf"})


def plain(text: str) -> str:
    """Without anything that cannot be seen, within or around it."""
    if text.isascii() and text.isalnum():
        return text
    return "".join(sign for sign in text if unicodedata.category(sign) not in UNSEEN)


# What a scanner may send around the bars: the start and stop signs of Codabar, by either of their
# names, the asterisks of Code 39, and a mark that tells which kind of code it was.
CODABAR = re.compile(r"[A-DTNE*]([0-9$:/.+-]+)[A-DTNE*]", re.IGNORECASE)
CODE_39 = re.compile(r"\*(.+)\*")
KIND = re.compile(r"\][A-Za-z][0-9A-Za-z](.+)")

# What a spreadsheet program makes of a long number when it saves a file: its last digits are lost.
ROUNDED = re.compile(r"[0-9](?:[.,][0-9]+E\+?|E\+)[0-9]+", re.IGNORECASE)


def is_rounded(text: str) -> bool:
    """Whether a number stands there from which nobody can tell what the label says."""
    return ROUNDED.fullmatch(plain(text)) is not None


# What a scanner's keys mean to a computer that is set to another keyboard: by a sign that only
# such a keyboard sends, and how its row of digits reads.
ELSEWHERE = (
    ("éèçà", str.maketrans("&é\"'(-è_çà)", "1234567890-")),  # French
    ("éèçà§", str.maketrans("&é\"'(§è!çà)", "1234567890-")),  # Belgian
    ("ßüöä", str.maketrans("ßyzYZ", "-zyZY")),  # German
)
SHIFTED = str.maketrans("!@#$%^&*()", "1234567890")


def readings(text: str) -> list[str]:
    """What may be meant by what a scanner sends, the likeliest first; none for nothing.

    The very text always comes first, so that a label which happens to look framed is itself.
    """
    sent = plain(text)
    meant = [sent]
    if kind := KIND.fullmatch(sent):
        meant.append(kind[1])
    meant += [found for each in meant for found in _on_our_keys(each)]
    for frame in (CODE_39, CODABAR):
        meant += [framed[1] for each in meant if (framed := frame.fullmatch(each))]
    meant += [other for each in meant if (other := _of_a_shop(each))]
    meant += [each for bare in meant for each in (bare.upper(), bare.lower())]
    return [each for each in dict.fromkeys(meant) if each]


def _of_a_shop(code: str) -> str:
    """A UPC is an EAN that begins with 0, which one scanner sends and the next one does not."""
    ean = code if len(code) == 13 else f"0{code}"
    if not (ean.isascii() and ean.isdigit() and len(ean) == 13 and ean[0] == "0"):
        return ""
    weighed = sum(int(digit) * (3 if at % 2 else 1) for at, digit in enumerate(ean))
    return "" if weighed % 10 else (ean[1:] if code == ean else ean)


def _on_our_keys(sent: str) -> list[str]:
    found = [unicodedata.normalize("NFKC", sent)]  # of an East Asian keyboard: digits full width
    found += [sent.translate(keys) for signs, keys in ELSEWHERE if set(signs) & set(sent.lower())]
    if sent and set(sent) <= set("!@#$%^&*()"):
        found.append(sent.translate(SHIFTED))
    return found
