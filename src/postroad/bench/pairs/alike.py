"""One record, written down by two libraries: real records with one known difference of cataloging.

Each difference is one that catalogs are documented to have, and leaves the edition what it is: so
the label follows from what was changed, and from no rule of ours. Whoever compares both sees the
numbers of the book, or in half of the pairs none.
"""

import re
import unicodedata
from collections.abc import Callable
from functools import partial

import pymarc

from postroad.bench.pairs import fields
from postroad.bench.pairs.fields import change, drop, drop_codes, has, text, words

RDA = {  # how the rules of 1978 shorten it, and those of 2010 spell it out
    r"\bp\.": "pages",
    r"\bv\.": "volumes",
    r"\bill\.": "illustrations",
    r"\bports?\.": "portraits",
    r"\bcol\.": "color",
    r"\bfacsims?\.": "facsimiles",
}
EDITION = {
    r"\b2nd\b|\b2d\b": "Second",
    r"\b3rd\b|\b3d\b": "Third",
    r"\b1st\b": "First",
    r"\b4th\b": "Fourth",
    r"\b[Ee]d\.": "edition",
    r"\b[Rr]ev\.": "revised",
}
OF_FIRMS = re.compile(r",? (?:Inc|Ltd|Co|Pub|Corp)\.?(?=\W*$)|,? (?:and|&) Company(?=\W*$)", re.I)


def spelt_out(record: pymarc.Record) -> bool:
    """RDA instead of AACR2: "pages", "Second edition", field 264 (LC, "Changes from AACR2")."""
    changed = False
    for pattern, word in RDA.items():
        changed |= change(record, "300", "abe", partial(re.sub, pattern, word))
    for pattern, word in EDITION.items():
        changed |= change(record, "250", "a", partial(re.sub, pattern, word))
    for field in fields.fields(record, "260"):
        field.tag, changed = "264", True
        field.indicators = pymarc.Indicators(" ", "1")
    return changed


def shortened(record: pymarc.Record) -> bool:
    """AACR2 instead of RDA."""
    changed = change(record, "300", "a", lambda said: re.sub(r"\bpages\b", "p.", said))
    changed |= change(record, "300", "a", lambda said: re.sub(r"\bvolumes?\b", "v.", said))
    changed |= change(record, "250", "a", lambda said: said.replace("Second edition", "2nd ed."))
    changed |= change(record, "250", "a", lambda said: said.replace("edition", "ed."))
    return changed | drop(record, "336", "337", "338")


def capitals(record: pymarc.Record) -> bool:
    """Small systems of schools keep titles in capitals."""
    return change(record, "245", "ab", str.upper)


def bare_letters(record: pymarc.Record) -> bool:
    """Accents lost on the way through a system that knew ASCII only."""
    return words(record, bare)


def bare(said: str) -> str:
    apart = unicodedata.normalize("NFD", said)
    kept = "".join(sign for sign in apart if not unicodedata.combining(sign))
    return kept if kept.isascii() else said


def decomposed(record: pymarc.Record) -> bool:
    """Unicode in its other form, as MARC-8 becomes it (MARC 21 specifications, part 3)."""
    return words(record, lambda said: unicodedata.normalize("NFD", said))


def sign_for_and(record: pymarc.Record) -> bool:
    """ "&" as on the title page, or "and" (Koha bug 22828 and others of its kind)."""
    if " & " in text(record, "245", "ab"):
        return change(record, "245", "ab", lambda said: said.replace(" & ", " and "))
    return change(record, "245", "ab", lambda said: said.replace(" and ", " & "))


def all_in_one(record: pymarc.Record) -> bool:
    """The subtitle in $a, as short records of vendors have it."""
    done = False
    for field in fields.fields(record, "245"):
        parts = {sub.code for sub in field.subfields}
        if parts <= set("abc") and "b" in parts:
            title = " ".join(sub.value for sub in field.subfields if sub.code in "ab")
            rest = [sub for sub in field.subfields if sub.code == "c"]
            field.subfields, done = [pymarc.Subfield("a", title), *rest], True
    return done


def no_subtitle(record: pymarc.Record) -> bool:
    """Level 3 cataloging leaves it out (AACR2 1.0D1, first level of description)."""
    if {"n", "p"} & {sub.code for f in fields.fields(record, "245") for sub in f.subfields}:
        return False
    return drop_codes(record, "245", "b")


def wrong_filing(record: pymarc.Record) -> bool:
    """The second indicator of 245 says nothing of the article."""
    done = False
    for field in fields.fields(record, "245"):
        done = str((field.indicators or "  ")[1]) in set("123456")
        field.indicators = pymarc.Indicators("1", "0")
    return done


def name_without_dates(record: pymarc.Record) -> bool:
    """A heading that nobody controls: no dates, no fuller form."""
    return has(record, "100") and drop_codes(record, "100", "dqcejt04") | drop(record, "240")


def initials(record: pymarc.Record) -> bool:
    """Given names as initials, as on many title pages."""
    drop_codes(record, "100", "dq")
    return change(record, "100", "a", with_initials)


def with_initials(said: str) -> str:
    family, comma, given = said.rstrip(" ,.").partition(", ")
    short = " ".join(f"{name[0]}." for name in given.split() if name[0].isalpha())
    return f"{family}, {short}" if comma and short else said


def title_first(record: pymarc.Record) -> bool:
    """Entered under its title: its author stands in 700 and in the statement."""
    for field in list(fields.fields(record, "100")):
        field.tag = "700"
        return bool(text(record, "245", "c"))
    return False


def firm_shortened(record: pymarc.Record) -> bool:
    """The publisher in the shortest form in which it is understood (AACR2 1.4D2)."""
    return drop_in(record, "260", OF_FIRMS) | drop_in(record, "264", OF_FIRMS)


def drop_in(record: pymarc.Record, tag: str, pattern: re.Pattern[str]) -> bool:
    return change(record, tag, "b", lambda said: pattern.sub("", said))


def body_pages(record: pymarc.Record) -> bool:
    """Without the leaves before the text."""
    return change(record, "300", "a", lambda said: re.sub(r"^[ivxlc]+, ?", "", said))


def fewer_fields(record: pymarc.Record) -> bool:
    """Minimal level (encoding level 7): no series, notes, subjects, other names."""
    return drop(record, "490", "830", "500", "505", "520", "504", "650", "651", "700", "710", "246")


def no_fixed_field(record: pymarc.Record) -> bool:
    """Dates and language not coded: fill signs in 008."""
    fields.coded(record, 6, "|" * 9)
    fields.coded(record, 35, "|||")
    return has(record, "008") and (has(record, "260") or has(record, "264"))


def material_named(record: pymarc.Record) -> bool:
    """A general material designation, which those of 1978 have and later ones not."""
    if str(record.leader)[6] != "a":
        return False
    for field in fields.fields(record, "245"):
        field.add_subfield("h", "[text] /", pos=1)
        return True
    return False


Difference = Callable[[pymarc.Record], bool]
DIFFERENCES: dict[str, Difference] = {
    each.__name__.replace("_", " "): each
    for each in (
        *(spelt_out, shortened, capitals, bare_letters, decomposed, sign_for_and, all_in_one),
        *(no_subtitle, wrong_filing, name_without_dates, initials, title_first, firm_shortened),
        *(body_pages, fewer_fields, no_fixed_field, material_named),
    )
}


# Only beside a number of the book: without one, nobody could tell


def brief(record: pymarc.Record) -> bool:
    """Typed at the desk: title, author, ISBN, nothing else."""
    fields.change(record, "245", "a", lambda said: said.rstrip(" /:"))
    drop_codes(record, "245", "bch")
    drop_codes(record, "100", "dqce")
    kept = ("001", "020", "022", "035", "010", "100", "245")
    fields.coded(record, 6, "|" * 9)
    fields.coded(record, 35, "|||")
    record.fields = [field for field in record.fields if field.tag in (*kept, "008")]
    parts = {sub.code for f in fields.fields(record, "245") for sub in f.subfields}
    return not parts & set("npfk")


def copyright_year(record: pymarc.Record) -> bool:
    """The year of the copyright for that of publication (OCLC, "When to input a new record")."""
    said = fields.year(record)
    if said is None or text(record, "250", "a") or str(record.leader)[7] != "m":
        return False
    fields.set_year(record, said - 1)
    return True


def slip(record: pymarc.Record) -> bool:
    """Two letters of the title changed places."""
    title = text(record, "245", "a")
    at = next((m.start() for m in re.finditer(r"(?<=[a-z]{3})[a-z]{4}", title)), None)
    if at is None or title[at] == title[at + 1] or len(title) < 12:
        return False
    swapped = title[:at] + title[at + 1] + title[at] + title[at + 2 :]
    return change(record, "245", "a", lambda _said: swapped)


def other_form_of_isbn(record: pymarc.Record) -> bool:
    """Ten digits for 13, with a note on the binding and a price behind (MARC 21, field 020)."""
    drop(record, "035", "010")
    return change(record, "020", "a", in_ten)


def in_ten(said: str) -> str:
    found = re.match(r"978-?([0-9]{9})[0-9]\b", said.replace("-", ""))
    if not found:
        return re.sub(r"^([0-9]{9}[0-9Xx])\b.*", r"\1 (pbk. : alk. paper) : $12.95", said)
    core = found.group(1)
    check = -sum((10 - place) * int(sign) for place, sign in enumerate(core)) % 11
    return f"{core}{'X' if check == 10 else check} (hbk.) : $24.00"


BY_NUMBER: dict[str, Difference] = {
    each.__name__.replace("_", " "): each
    for each in (brief, copyright_year, slip, other_form_of_isbn)
}
