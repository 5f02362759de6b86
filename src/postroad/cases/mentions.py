"""Numbers that people type into a letter: ours, a Clio ID, an ILL number, a barcode.

No Django here.
"""

import re
from collections.abc import Iterable

from postroad import reference_numbers

MOST = 12  # of one text
READ = 20_000  # characters; what comes after is looked at by nobody
SHORTEST, LONGEST = 4, 40

# A word with a digit in it, or digits with single gaps, as a barcode is printed.
RUN = re.compile(r"(?<![\w.@/-])(?:[0-9](?:[ -]?[0-9]){5,30}|[A-Za-z0-9-]{4,40})(?![\w@])")
OURS = re.compile(r"(?<!\w)[0-9A-Za-z]{4}[ \u00a0-][0-9A-Za-z]{4}(?!\w)")
DAY = re.compile(r"(?:19|20)\d\d-\d\d?-\d\d?|\d\d?-\d\d?-(?:19|20)\d\d|(?:19|20)\d\d")
PHONE = re.compile(r"(?:1-)?[2-9]\d\d[- ]\d{3}-\d{4}")


def plain(text: str) -> str:
    """A number as it is compared: upper case, without gaps."""
    return re.sub(r"[^A-Z0-9]", "", text.upper())[:LONGEST]


def found_in(text: str) -> list[str]:
    """What may be a number in this text, as it is compared, in order and each once."""
    text = text[:READ]
    ours = [reference_numbers.tidy(each) for each in OURS.findall(text)]
    found = [number for number in ours if reference_numbers.is_ours(number)]
    for run in RUN.findall(text):
        if DAY.fullmatch(run) or PHONE.fullmatch(run):
            continue
        number = plain(run)
        if len(number) >= SHORTEST and sum(sign.isdigit() for sign in number) >= SHORTEST - 1:
            found.append(number)
    return unique(found)[:MOST]


def unique(found: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(found))
