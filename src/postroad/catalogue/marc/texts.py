"""Titles, names and subjects, in every script in which the record has them (field 880)."""

import re
from collections.abc import Iterator

import pymarc

from postroad.catalogue.marc.fields import Fields, control, each, first, join, tidy, unique

NO_LANGUAGE = frozenset({"und", "zxx", "xxx", "|||", "   ", "n/a"})
NAMES = ("100", "110", "111", "700", "710", "711")
OTHER_TITLES = {
    "130": "anp",
    "210": "a",
    "222": "a",
    "240": "anp",
    "246": "abnp",
    "247": "abnp",
    "740": "anp",
    "490": "av",
    "800": "t",
    "830": "av",
    "700": "tnp",
    "710": "tnp",
}
NO_PLACE = re.compile(r"s\. ?l\.?|sine loco|place of publication not identified", re.I)
SUBJECTS = ("600", "610", "611", "630", "650", "651", "655")
NOTES = {"505": "agrt", "508": "a", "511": "a", "500": "a", "501": "a", "534": "abt"}
LONGEST_NOTES = 2000  # characters


def in_own_script(fields: Fields, *tags: str) -> Iterator[pymarc.Field]:
    """Fields 880 that stand for one of these tags, linked to it or alone."""
    return (field for field in fields.get("880", ()) if join(field, "6")[:3] in tags)


def titles_of(fields: Fields) -> tuple[str, str]:
    """The whole title, and what is compared: without subtitle and leading article."""
    if title := first(fields, "245", "abfgknps"):
        return title, first(fields, "245", "anp", nonfiling=True) or title
    own = {"245": list(in_own_script(fields, "245"))}
    title = first(own, "245", "abfgknps")
    return title, first(own, "245", "anp") or title


def author_of(fields: Fields) -> str:
    for tag, codes in (("100", "abcqd"), ("110", "ab"), ("111", "a")):
        if name := first(fields, tag, codes):
            return name
    own = (tidy(join(field, "abcqd")) for field in in_own_script(fields, "100", "110", "111"))
    return next(own, "")


def contributors_of(fields: Fields) -> tuple[str, ...]:
    found = [heading for tag in NAMES[3:] for heading in each(fields, tag, "abcqd")]
    found += [tidy(join(field, "abcqd"))[:300] for field in in_own_script(fields, *NAMES)]
    return unique(name for name in found if name)[:40]


def language_of(fields: Fields) -> str:
    coded = control(fields, "008")[35:38].lower()
    if len(coded) < 3 or coded in NO_LANGUAGE or not (coded.isascii() and coded.isalpha()):
        coded = "".join(join(field, "a")[:3].lower() for field in fields.get("041", ())[:1])
    is_code = len(coded) == 3 and coded.isascii() and coded.isalpha()
    return coded if is_code and coded not in NO_LANGUAGE else ""


def publisher_of(fields: Fields) -> str:
    return next((text for field in imprints(fields) if (text := tidy(join(field, "b")))), "")


def place_of(fields: Fields) -> str:
    """The first of several; nothing of "S.l.", which says that it is not known."""
    for field in imprints(fields):
        for sub in field.subfields:
            if sub.code == "a" and (text := tidy(sub.value).strip("[]? ")):
                return "" if NO_PLACE.fullmatch(text) else text
    return ""


def imprints(fields: Fields) -> list[pymarc.Field]:
    """Of publication first."""
    published = [field for field in fields.get("264", ()) if (field.indicators or "  ")[1] == "1"]
    return [*published, *fields.get("260", ()), *fields.get("264", ())]


def other_titles_of(fields: Fields) -> tuple[str, ...]:
    """Other names to find it by: uniform, varying and former titles, of works in it, its series."""
    found = [text for tag, codes in OTHER_TITLES.items() for text in each(fields, tag, codes)]
    own = in_own_script(fields, "245", *OTHER_TITLES)
    found += [tidy(join(field, "abnptv"))[:300] for field in own]
    return unique(text for text in found if text)[:30]


def subjects_of(fields: Fields) -> tuple[str, ...]:
    there = [field for tag in SUBJECTS for field in fields.get(tag, ())]
    found = map(subject, [*there, *in_own_script(fields, *SUBJECTS)])
    return unique(text for text in found if text)[:40]


def subject(field: pymarc.Field) -> str:
    heading = tidy(join(field, "abcdnpqt"))
    parts = [tidy(sub.value) for sub in field.subfields if sub.code in "vxyz"]
    return " -- ".join(filter(None, [heading, *parts]))[:300]


def notes_of(fields: Fields) -> str:
    """What is in it, who else had a part in it, and other notes of the kind."""
    found = [text for tag, codes in NOTES.items() for text in each(fields, tag, codes)]
    found += [tidy(join(field, "agrt"))[:300] for field in in_own_script(fields, *NOTES)]
    return " -- ".join(unique(text for text in found if text))[:LONGEST_NOTES]
