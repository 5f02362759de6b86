"""The order of books on a shelf: a call number made into a text that sorts as the shelf does.

No Django here. In Library of Congress numbers the class is a whole number (QA9 stands before QA76)
and the cutter a decimal fraction (.S65 before .S7); Dewey numbers sort as they are written.
"""

import re

CONGRESS = re.compile(r"([A-Z]{1,3})\s*([0-9]{1,4})(\.[0-9]+)?(?![0-9])(.*)")
DEWEY = re.compile(r"([0-9]{3}(?:\.[0-9]+)?)(?![0-9])(.*)")
PART = re.compile(r"[A-Z]+[0-9]*|[0-9]+")
VOLUME = {"V", "VOL", "NO", "PT", "C", "BD", "T", "SER"}
LENGTH = 160


def shelf_key(call_number: str) -> str:
    """What to sort by, instead of the call number."""
    text = " ".join(call_number.upper().split())
    if match := CONGRESS.fullmatch(text):
        letters, whole, fraction, rest = match.groups()
        return f"{letters:<3} {int(whole):04d}{fraction or ''} {parts(rest)}".strip()[:LENGTH]
    if match := DEWEY.fullmatch(text):
        return f"{match.group(1)} {parts(match.group(2))}".strip()[:LENGTH]
    return parts(text)[:LENGTH]


def parts(text: str) -> str:
    """Cutters as they are; whole numbers and volume numbers filled with zeros."""
    return " ".join(part(each) for each in PART.findall(text))


def part(text: str) -> str:
    if text.isdigit():
        return text.zfill(6)
    letters = text.rstrip("0123456789")
    if letters in VOLUME and letters != text and letters not in {"C", "T", "V"}:
        return f"{letters} {text[len(letters) :].zfill(6)}"
    return text
