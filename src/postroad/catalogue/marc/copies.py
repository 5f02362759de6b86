"""The copies that a record lists: where systems write them, and what their words mean."""

import re
from dataclasses import dataclass

import pymarc

from postroad import barcodes
from postroad.catalogue.marc.fields import Fields, join, one, tidy


@dataclass(frozen=True, slots=True)
class Copy:
    """One item that the record lists."""

    barcode: str
    call_number: str = ""
    location: str = ""
    volume: str = ""
    status: str = "in"


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
