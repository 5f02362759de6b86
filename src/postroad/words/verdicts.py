"""What is said of two records: in what they agree, what keeps them apart (`matching.Verdict`)."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from postroad.catalogue.matching import Evidence, Says, Verdict
from postroad.catalogue.models import Format
from postroad.words import catalogue, languages
from postroad.words.labels import Words, label

LONGEST = 80  # signs of what a record says, in a sentence
NUMBERS = {"isbn": "ISBN", "issn": "ISSN", "oclc": "OCLC", "lccn": "LCCN"}
SAME: Words = {
    "number": gettext_lazy("a number"),
    "form": gettext_lazy("the format"),
    "carrier": gettext_lazy("what it is on"),
    "title": gettext_lazy("the title"),
    "author": gettext_lazy("the author"),
    "part": gettext_lazy("the part"),
    "series": gettext_lazy("the number in the series"),
    "language": gettext_lazy("the language"),
    "edition": gettext_lazy("the edition"),
    "year": gettext_lazy("the year"),
    "publisher": gettext_lazy("the publisher"),
    "extent": gettext_lazy("the extent"),
}
# Where one record says nothing, and that speaks against it.
UNSAID: Words = {
    "part": gettext_lazy("no part"),
    "edition": gettext_lazy("no statement"),
}


@dataclass(frozen=True, slots=True)
class Difference:
    """What this record says of a thing, and what the other does."""

    of: str
    here: str
    there: str


@dataclass(frozen=True, slots=True)
class Told:
    same: bool
    agrees: str  # in which things, with the number that is common
    against: tuple[Difference, ...]
    harmless: tuple[Difference, ...]  # said otherwise, and no proof of anything


def told(verdict: Verdict) -> Told:
    agree = [agreeing(each) for each in verdict.evidence if each.says == Says.SAME]
    against = [each for each in verdict.evidence if each.says == Says.OTHER]
    if verdict.same:  # other numbers of one book, say
        against = []
    harmless = [
        each
        for each in verdict.evidence
        if each not in against and each.says != Says.SAME and each.one and each.other
    ]
    return Told(
        same=verdict.same,
        agrees=", ".join(agree),
        against=tuple(difference(each) for each in against),
        harmless=tuple(difference(each) for each in harmless if each.one != each.other),
    )


def agreeing(each: Evidence) -> str:
    if each.of != "number":
        return label(SAME, each.of)
    return value(each.of, each.one)


def difference(each: Evidence) -> Difference:
    name = label(catalogue.EVIDENCE, each.of)
    return Difference(name, value(each.of, each.one), value(each.of, each.other))


def value(of: str, text: str) -> str:
    """As a librarian would say it."""
    if not text:
        return label(UNSAID, of) if of in UNSAID else _("nothing")
    if of == "number":
        kind, _space, number = text.partition(" ")
        return f"{NUMBERS[kind]} {number}" if number and kind in NUMBERS else text
    if of == "form" and text in Format.values:
        return str(Format(text).label)
    if of == "carrier":
        return ", ".join(label(catalogue.CARRIERS, each) for each in text.split(", "))
    if of == "language":
        return languages.name(text)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
