"""What a MARC 21 record says, in our terms. No Django here.

Punctuation of the card catalogue is taken off, Unicode is brought to one form, and what is too
long for a column is cut.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import pymarc

from postroad import barcodes
from postroad.catalogue import identifiers, matching
from postroad.catalogue.description import Description
from postroad.catalogue.identifiers import Number
from postroad.errors import Refusal


class HoldingsRecord(Refusal):
    """A holdings record (MFHD) among the bibliographic ones."""

    code = "holdings-record"


class Deleted(Refusal):
    """The library says that it has this record no more (leader/05 = d)."""

    code = "deleted-record"


class NoTitle(Refusal):
    """Nobody could find or ask for a record without a title."""

    code = "no-title"

    def __str__(self) -> str:
        return "no title (field 245)"


@dataclass(frozen=True, slots=True)
class Copy:
    """One item that the record lists."""

    barcode: str
    call_number: str = ""
    location: str = ""
    volume: str = ""
    status: str = "in"


@dataclass(frozen=True, slots=True)
class Facts:
    """What a record says about a book, and which copies it lists."""

    control_number: str
    description: Description
    copies: tuple[Copy, ...] = ()


@dataclass(frozen=True, slots=True)
class Layout:
    """Where a library system writes its items: the field, and what each subfield holds."""

    tag: str
    barcode: str
    call_number: str
    location: str
    volume: str = ""
    current: str = ""  # where it is now, if not at its location
    status: str = ""  # how it is, in a word or a sign of the system
    circulates: str = ""  # N: in the library only
    lost: str = ""
    on_loan: str = ""
    not_for_loan: str = ""
    withdrawn: str = ""


# Tried in this order; the first with a barcode in it is the one that this record uses.
# Documented in docs/reference/marc.md.
LAYOUTS = (
    Layout(  # Koha
        "952", "p", "o", "c", "h", lost="1", on_loan="q", not_for_loan="7", withdrawn="0"
    ),
    Layout("999", "i", "a", "ml", "v", current="k", circulates="s"),  # SirsiDynix Symphony
    Layout("949", "i", "a", "ml", "v", current="k", circulates="s"),  # Symphony, other profile
    Layout("945", "i", "a", "l", "c", status="s"),  # Sierra
    Layout("852", "p", "khijm", "bc", "3", status="s"),  # MARC holdings: Evergreen and others
)
ONLINE = frozenset({"ONLINE", "INTERNET", "WEB", "E-RESOURCE", "ELECTRONIC"})
# What systems say of a copy, in capitals and without signs between the words. What is in none of
# these is not known, and counts as no copy that is in.
SAID = {
    "in": {"AVAILABLE", "RESHELVING", "ON SHELF", "ONSHELF", "IN", "CHECKED IN", "NOT CHECKED OUT"},
    "out": {
        *("CHECKEDOUT", "CHECKED OUT", "ON LOAN", "LOANED", "CHARGED", "HOLDS", "ON HOLDS SHELF"),
        *("ON HOLD SHELF", "INTRANSIT", "IN TRANSIT", "ILL", "OVERDUE", "DUE"),
    },
    "missing": {
        *("LOST", "MISSING", "LOST PAID", "LOST AND PAID", "LOST ASSUM", "LOST CLAIM", "TRACE"),
        *("CLAIMS RETURNED", "LONG OVERDUE", "STOLEN", "BILLED"),
    },
    "withdrawn": {"WITHDRAWN", "DISCARD", "DISCARD WEED", "DISCARDED", "WEEDED", "DELETED"},
    # Not on its shelf, and nobody says when it will be.
    "unknown": {
        *("ON ORDER", "INPROCESS", "IN PROCESS", "PROCESSING", "CATALOGING", "BINDERY", "BINDING"),
        *("REPAIR", "MENDING", "DAMAGED", "UNAVAILABLE", "UNKNOWN", "ORDERED", "RECEIVED"),
        *("TECHSERV", "TECHNICAL SERVICES", "STORAGE RETRIEVAL", "DISPLAY PREP", "QUARANTINE"),
    },
}
MEANING = {words: status for status, said in SAID.items() for words in said}
# Sierra says it with one sign.
SIGNS = {"-": "in", "o": "reference", "w": "withdrawn", "!": "out", "t": "out", "k": "missing"}
SIGNS |= dict.fromkeys("mlnz$d", "missing")
BETWEEN = re.compile(r"[\W_]+")
IN_LIBRARY_ONLY = re.compile(
    r"\b(?:REF|REFERENCE|RESERVES?|(?:LIB(?:RARY)?|IN)[ -]USE[ -]ONLY"
    r"|SPEC(?:IAL)?[ -]?COLL?\w*|RARE\w*|ARCHIVES?|NONCIRC\w*)\b",
    re.I,
)

CARD = " /:;=,"
YEAR = re.compile(r"(?<![0-9])(1[0-9]{3}|20[0-9]{2})(?![0-9])")
ABBREVIATION = re.compile(r"(?:\b\w|\b(?:etc|ed|rev|vol|no|v|Jr|Sr|Dr|Co|Inc|Ltd|St))\.$", re.I)
LARGE_PRINT = re.compile(r"large[ -](?:print|type)", re.I)
NO_LANGUAGE = frozenset({"und", "zxx", "xxx", "|||", "   ", "n/a"})

Fields = dict[str, list[pymarc.Field]]


def facts(record: pymarc.Record) -> Facts:
    """What the record says."""
    if record.leader[6] in set("uvxy"):
        raise HoldingsRecord
    if record.leader[5] == "d":
        raise Deleted
    fields: Fields = {}
    for field in record.fields:
        fields.setdefault(field.tag, []).append(field)
    description = description_of(str(record.leader), fields)
    return Facts(control_number(record), description, copies_of(fields))


def description_of(leader: str, fields: Fields) -> Description:
    """What the record says of the book."""
    title = first(fields, "245", "abfgknps")
    if not title:
        raise NoTitle
    short = first(fields, "245", "anp", nonfiling=True) or title
    author = (
        first(fields, "100", "abcqd") or first(fields, "110", "ab") or first(fields, "111", "a")
    )
    year = year_of(fields)
    form = format_of(leader, fields)
    return Description(
        title=title[:1000],
        author=author[:300],
        year=year,
        language=language_of(fields),
        format=form,
        edition=first(fields, "250", "ab")[:200],
        publisher=publisher_of(fields)[:300],
        extent=first(fields, "300", "ab")[:200],
        series=(first(fields, "490", "av") or first(fields, "830", "av"))[:300],
        other_titles=other_titles_of(fields),
        subjects=subjects_of(fields),
        contributors=unique(
            heading for tag in ("700", "710", "711") for heading in each(fields, tag, "abcqd")
        )[:40],
        match_key=matching.key(short, first(fields, "100", "a") or author, year, form),
        numbers=numbers_of(fields),
    )


def control_number(record: pymarc.Record) -> str:
    """By which the library that sent the record knows it."""
    found = (field.data or "" for field in record.fields if field.tag == "001")
    return next(found, "").replace("\x00", "").strip()[:80]


def tidy(text: str) -> str:
    """One form of Unicode, single spaces, no punctuation of the card catalogue at the end."""
    text = text if text.isascii() else unicodedata.normalize("NFC", text)
    text = " ".join(text.replace("\x00", "").split()).rstrip(CARD).lstrip(CARD)
    if text.endswith(".") and not text.endswith("..") and not ABBREVIATION.search(text):
        text = text[:-1].rstrip(CARD)
    return text


def control(fields: Fields, tag: str) -> str:
    return (fields[tag][0].data or "").replace("\x00", "") if tag in fields else ""


def join(field: pymarc.Field, codes: str, separator: str = " ") -> str:
    """The subfields with these codes, in the order of the record."""
    return separator.join(sub.value for sub in field.subfields if sub.code in codes)


def first(fields: Fields, tag: str, codes: str, *, nonfiling: bool = False) -> str:
    """The first field that says anything. `nonfiling` leaves out a leading article."""
    for field in fields.get(tag, ()):
        if text := join(field, codes):
            skip = str(field.indicators[1]) if nonfiling and field.indicators else ""
            text = text[int(skip) :] if skip in set("123456789") else text
            return tidy(text)
    return ""


def each(fields: Fields, tag: str, codes: str) -> Iterator[str]:
    for field in fields.get(tag, ()):
        if text := tidy(join(field, codes)):
            yield text[:300]


def unique(texts: Iterable[str]) -> tuple[str, ...]:
    """Without repeats that differ in case only, in their order."""
    return tuple({text.casefold(): text for text in reversed(list(texts))}.values())[::-1]


def year_of(fields: Fields) -> int | None:
    """The year of publication: from the coded dates, or else from the imprint."""
    coded = control(fields, "008")[7:11]
    if YEAR.fullmatch(coded):
        return int(coded)
    for tag in ("264", "260"):
        for field in fields.get(tag, ()):
            if match := YEAR.search(join(field, "c")):
                return int(match.group())
    return None


def language_of(fields: Fields) -> str:
    coded = control(fields, "008")[35:38].lower()
    if len(coded) < 3 or coded in NO_LANGUAGE or not (coded.isascii() and coded.isalpha()):
        coded = "".join(join(field, "a")[:3].lower() for field in fields.get("041", ())[:1])
    is_code = len(coded) == 3 and coded.isascii() and coded.isalpha()
    return coded if is_code and coded not in NO_LANGUAGE else ""


def format_of(leader: str, fields: Fields) -> str:
    """What kind of thing it is, from the leader, the coded fields, and what the title says."""
    kind, level = leader[6:7], leader[7:8]
    medium = " ".join(join(field, "h") for field in fields.get("245", ())).lower()
    place = 29 if kind in set("efgkor") else 23
    form = control(fields, "008")[place : place + 1]
    if form in set("oqs") or kind == "m" or control(fields, "007").startswith("cr"):
        return "eresource"
    if "electronic resource" in medium:
        return "eresource"
    if form in set("abc") or "microform" in medium:
        return "other"
    return by_type(kind, level, large=form == "d" or is_large_print(fields, medium))


def by_type(kind: str, level: str, *, large: bool) -> str:
    """Leader/06, and for text leader/07."""
    if kind in set("at"):
        if level in set("bis"):
            return "serial"
        return "large-print" if large else "book"
    kinds = {"c": "score", "d": "score", "e": "map", "f": "map"}
    kinds |= {"g": "film", "i": "audiobook", "j": "music"}
    return kinds.get(kind, "other")


def is_large_print(fields: Fields, medium: str) -> bool:
    said = [medium, first(fields, "250", "ab"), first(fields, "300", "ab")]
    return any(LARGE_PRINT.search(text) for text in said)


def publisher_of(fields: Fields) -> str:
    imprints = [field for field in fields.get("264", ()) if (field.indicators or "  ")[1] == "1"]
    for field in imprints + fields.get("260", []) + fields.get("264", []):
        if text := tidy(join(field, "b")):
            return text
    return ""


def other_titles_of(fields: Fields) -> tuple[str, ...]:
    """Other names to find it by; field 880 carries the title in its own script."""
    found = [
        *each(fields, "130", "anp"),
        *each(fields, "240", "anp"),
        *each(fields, "246", "abnp"),
        *each(fields, "740", "anp"),
    ]
    own_script = (field for field in fields.get("880", ()) if join(field, "6").startswith("245"))
    found += [tidy(join(field, "abnp"))[:300] for field in own_script]
    return unique(text for text in found if text)[:20]


def subjects_of(fields: Fields) -> tuple[str, ...]:
    found = []
    for tag in ("600", "610", "611", "630", "650", "651", "655"):
        for field in fields.get(tag, ()):
            heading = tidy(join(field, "abcdnpqt"))
            parts = [tidy(sub.value) for sub in field.subfields if sub.code in "vxyz"]
            found.append(" -- ".join([heading, *filter(None, parts)])[:300])
    return unique(text for text in found if text)[:40]


def numbers_of(fields: Fields) -> tuple[Number, ...]:
    """Its own numbers, not the cancelled ones of 020 $z, which belong to other editions."""
    found: list[Number | None] = []
    for field in fields.get("020", ()):
        found += identifiers.isbns(join(field, "a", " ; "))
    for field in fields.get("022", ()):
        found += identifiers.issns(join(field, "al", " ; "))
    for field in fields.get("010", ())[:1]:
        found.append(identifiers.lccn(join(field, "a")))
    for field in fields.get("035", ()):
        said = join(field, "a")
        if said.strip().lower().startswith("(ocolc)"):
            found.append(identifiers.oclc(said))
    own = control(fields, "001")
    if identifiers.is_marked_oclc(own) or control(fields, "003").strip() == "OCoLC":
        found.append(identifiers.oclc(own))
    cut = (Number(each.kind, each.value, each.raw[:120]) for each in found if each)
    return tuple({(number.kind, number.value): number for number in cut}.values())


def copies_of(fields: Fields) -> tuple[Copy, ...]:
    """The items, by the first layout that has barcodes; without any, one for each holding."""
    for layout in LAYOUTS:
        copies = [copy_of(field, layout) for field in fields.get(layout.tag, ())]
        if barcoded := [copy for copy in copies if copy and copy.barcode]:
            return tuple(barcoded)
    holdings = [copy_of(field, LAYOUTS[-1]) for field in fields.get("852", ())]
    return tuple(dict.fromkeys(copy for copy in holdings if copy and copy.call_number))


def copy_of(field: pymarc.Field, layout: Layout) -> Copy | None:
    """One item, or None for what is not on any shelf."""
    if not field.subfields:
        return None
    places = [
        tidy(sub.value) for code in layout.location for sub in field.subfields if sub.code == code
    ]
    if any(place.upper() in ONLINE for place in places):
        return None
    return Copy(
        barcode=barcodes.plain(tidy(one(field, layout.barcode)))[:40],
        call_number=tidy(join(field, layout.call_number))[:120],
        location=" ".join(dict.fromkeys(filter(None, places)))[:80],
        volume=tidy(one(field, layout.volume))[:80],
        status=status_of(field, layout, places),
    )


def one(field: pymarc.Field, code: str) -> str:
    return next((sub.value for sub in field.subfields if code and sub.code == code), "")


def is_set(field: pymarc.Field, code: str) -> bool:
    return bool(one(field, code).strip(" 0"))


def status_of(field: pymarc.Field, layout: Layout, places: list[str]) -> str:
    """What the library's system said of the item when it wrote the file."""
    current = tidy(one(field, layout.current))
    word = one(field, layout.status).strip()
    meant = {meaning(each) for each in [*places, current, word]}
    if is_set(field, layout.withdrawn) or "withdrawn" in meant:
        return "withdrawn"
    if is_set(field, layout.lost) or "missing" in meant:
        return "missing"
    if "unknown" in meant or one(field, layout.not_for_loan).strip().startswith("-"):
        return "unknown"  # Koha has a minus before what is not there yet: ordered, in process
    if is_set(field, layout.on_loan) or "out" in meant:
        return "out"
    if is_for_use_here(field, layout, [*places, current, word]):
        return "reference"
    strange = [each for each in (current, word) if each and each not in places]
    return "in" if all(meaning(each) == "in" for each in strange) else "unknown"


def is_for_use_here(field: pymarc.Field, layout: Layout, said: list[str]) -> bool:
    if is_set(field, layout.not_for_loan) or one(field, layout.circulates).strip() == "N":
        return True
    notes = [sub.value for sub in field.subfields if layout.tag == "852" and sub.code == "x"]
    said = [*said, *notes]
    return "reference" in map(meaning, said) or any(map(IN_LIBRARY_ONLY.search, said))


def meaning(text: str) -> str:
    """The status that this word or sign of a system stands for, if any."""
    text = text.strip()
    return SIGNS.get(text) or MEANING.get(BETWEEN.sub(" ", text.upper()).strip(), "")
