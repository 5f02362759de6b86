"""Under which title the work is known that a record describes an edition of."""

import re

from postroad.catalogue.marc.dates import YEAR
from postroad.catalogue.marc.fields import Fields, control, first, join, tidy

NAMED = {"240": "anpmr", "130": "anpmr"}
NOT_THE_WHOLE = frozenset("ko")  # selections, and arrangements for other instruments
TRANSLATED = re.compile(r"\btranslation of:?\s+(.+?)(?:\s+[/:;]\s|\.\s|\.?$)", re.I)
FILM_YEAR = re.compile(
    r"\b(?:(?:originally|first) (?:\w+ )?(?:released|produced|issued|broadcast|shown|aired)"
    r"|(?:motion picture|television (?:program|series|film)) (?:\w+ ){0,3}in)\b"
    r"(?:(?!dvd|video|blu-?ray)[^.;])*?\b(18[89][0-9]|19[0-9]{2}|20[0-9]{2})\b",
    re.I,
)


def uniform_title_of(form: str, fields: Fields) -> str:
    """As a cataloger said it, or the title from which it was translated; nothing where nobody did.
    Of a film always with the year in which it was first shown, or nothing."""
    named = named_of(fields)
    if form == "film":
        if YEAR.search(named):
            return named
        year = first_shown(fields)
        title = named or first(fields, "245", "a", nonfiling=True)
        return f"{title} ({year})" if year and title else ""
    return named or original_of(fields)


def named_of(fields: Fields) -> str:
    for tag, codes in NAMED.items():
        for field in fields.get(tag, ()):
            if any(sub.code in NOT_THE_WHOLE for sub in field.subfields):
                continue
            if text := tidy(join(field, codes)):
                return skipped(text, (field.indicators or "  ")[1 if tag == "240" else 0])
    return ""


def skipped(text: str, nonfiling: str) -> str:
    """Without its leading article."""
    return text[int(nonfiling) :] if nonfiling in set("123456789") else text


def original_of(fields: Fields) -> str:
    """Of a translation: from the link to the original (765), or from a note."""
    for field in fields.get("765", ()):
        if text := tidy(join(field, "s") or join(field, "t")):
            return text
    for field in fields.get("500", ()):
        if found := TRANSLATED.search(join(field, "a")):
            return tidy(found.group(1)).strip("\"'“”")
    return ""


def first_shown(fields: Fields) -> str:
    """The second of two coded dates, or what a note says."""
    coded = control(fields, "008")
    if coded[6:7] in {"p", "r"} and YEAR.fullmatch(coded[11:15]):
        return coded[11:15]
    for tag in ("500", "534", "518"):
        for field in fields.get(tag, ()):
            if found := FILM_YEAR.search(join(field, "abc")):
                return found.group(1)
    return ""
