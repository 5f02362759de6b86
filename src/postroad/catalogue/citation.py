"""Titles and names as people say them to each other. No Django here."""

import re

YEARS = re.compile(
    r"[,،]?\s*(?:(?:active|fl\.|b\.|d\.|ca\.)\s*)?(?:approximately )?"
    r"(?:-?\d{3,4}\??-?|\b\d{1,2}\??-(?=$|[\s\d])|\b\d{1,4} B\.C\.).*$"  # "-1241", "61-112"
)
SPACED = re.compile(r"\s+([:;,])(?=\s)")  # as cataloguers set them
SUBTITLE = re.compile(r" [:/] ")
# "ed." and not Ed: "Tran, Ed" is his name.
RELATOR = re.compile(r",\s*(?:(?i:author|editor|illustrator|translator|compiler)|ed|ill)\.?$")


def short_title(title: str) -> str:
    """The title without its subtitle."""
    return SUBTITLE.split(title, maxsplit=1)[0].strip() or title


def as_read(title: str) -> str:
    """The whole title with its signs where readers expect them: "Emma: a novel"."""
    return SPACED.sub(r"\1", title)


def person(heading: str) -> str:
    """A heading turned round: "Austen, Jane, 1775-1817" is Jane Austen."""
    name = RELATOR.sub("", YEARS.sub("", heading)).strip(" ,،")
    family, comma, given = name.partition(",")
    if not comma:
        return name
    given, _, title = given.strip().partition(",")
    if given.startswith("the "):  # Pliny the Younger
        return f"{family} {given}"
    turned = f"{given.split(' (')[0]} {family}".strip()
    return f"{turned},{title}" if title else turned
