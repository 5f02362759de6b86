"""What library systems say of a copy, and what it means to us.

A word is looked up in capitals and without signs between its parts, first among those of its system
and then among those that all use. What is in none of them is not known, and counts as no copy that
is in.
"""

import re
from collections.abc import Mapping

BETWEEN = re.compile(r"[\W_]+")
SAID = {
    "in": {
        *("AVAILABLE", "RESHELVING", "ON SHELF", "ONSHELF", "IN", "CHECKED IN", "NOT CHECKED OUT"),
        *("NOT CHARGED", "SHELVING", "IN PLACE", "ITEM IN PLACE", "RETURNED", "CHECK SHELF"),
    },
    "out": {
        *("CHECKEDOUT", "CHECKED OUT", "ON LOAN", "LOANED", "CHARGED", "HOLDS", "ON HOLDS SHELF"),
        *(
            "ON HOLD SHELF",
            "ON HOLDSHELF",
            "HOLD SHELF",
            "HOLDSHELF",
            "ON HOLD",
            "ON RESERVATION SHELF",
        ),
        *("INTRANSIT", "IN TRANSIT", "TRANSIT", "ILL", "OVERDUE", "DUE", "OUT", "HELD", "LOAN"),
        *("TRANSFERRED", "OUT ILL", "INSHIPPING", "RENEWED", "REQUESTED", "CHECKEDOUT ILL"),
    },
    "missing": {
        *("LOST", "MISSING", "LOST PAID", "LOST AND PAID", "LOST ASSUM", "LOST CLAIM", "TRACE"),
        *("CLAIMS RETURNED", "CLAIM RETURNED", "CLAIMED RETURNED", "LONG OVERDUE", "LONGOVRDUE"),
        *("STOLEN", "BILLED", "BILLED PAID", "BILLED NOTPAID", "ASSUMED LOST", "LOST LOAN"),
        *("LOST ILL", "LOST LOAN AND PAID", "CLAIM RETURNED LOAN", "CLAIMED RETURNED LOAN"),
        *("DECLARED LOST", "NOT ON SHELF", "SEARCHING", "CLAIM MISSING PARTS", "MISSING PARTS"),
        *("CLAIMED NEVER HAD", "AGED TO LOST", "NEVER RETURNED"),
    },
    "withdrawn": {
        *("WITHDRAWN", "DISCARD", "DISCARD WEED", "DISCARDED", "WEEDED", "WEED", "DELETED"),
        *("RETIRED", "DEACCESSIONED", "REMOVED"),
    },
    "reference": {
        *("REFERENCE", "USE IN LIBRARY", "LIBRARY USE ONLY", "LIB USE ONLY", "LIBUSEONLY"),
        *("IN LIBRARY USE", "IN LIBRARY USE ONLY", "SUPERVISED USE", "NON CIRCULATING"),
        *("NONCIRCULATING", "NOT FOR LOAN", "ON DISPLAY"),
    },
    # Not on its shelf, and nobody says when it will be.
    "unknown": {
        *("ON ORDER", "INPROCESS", "IN PROCESS", "PROCESSING", "CATALOGING", "BINDERY", "BINDING"),
        *("REPAIR", "IN REPAIR", "MENDING", "DAMAGED", "UNAVAILABLE", "UNKNOWN", "ORDERED"),
        *("RECEIVED", "TECHSERV", "TECHNICAL SERVICES", "STORAGE RETRIEVAL", "DISPLAY PREP"),
        *("QUARANTINE", "CANCELED TRANSIT", "CANCELLED TRANSIT", "CANCELED", "CANCELLED"),
        *("AVAIL SOON", "NEVER ARRIVED", "ROUTED", "ACQ", "ACQUISITION", "TECHNICAL"),
        *("WORK ORDER DEPARTMENT", "ITEM NOT IN PLACE", "NOT IN PLACE", "NOT AVAILABLE"),
        *("HIDDEN", "SUPPRESSED", "RETURNED ILL", "EXPECTED", "CATALOGUING", "AT BINDERY"),
    },
}
MEANING = {words: status for status, said in SAID.items() for words in said}
# Libraries with branches hang the branch on the word: BINDERY-DN, ONHOLD-AA, RESERVE-PA.
BEGINS = (
    ("unknown", re.compile(r"(?:BINDERY|BINDPRP|BIND PREP)\b|IN MARKING\b|AX CATALOG\b")),
    ("out", re.compile(r"(?:ONHOLD|ON HOLD|ILL|ILLEND|LOCKER)\b")),
    ("reference", re.compile(r"(?:RESERVES?|CLOSERES\w*|RESDESK|REFRES|(?:\w+ )?RESV)\b")),
    ("missing", re.compile(r"(?:\w+ )?(?:LOST\w*|MISS|MISSING)\b")),
    ("unknown", re.compile(r"\w*INPROC(?:ESS)?\b|\w+ PROCRM\b")),
)
IN_LIBRARY_ONLY = re.compile(
    r"\b(?:REF|REFERENCE|RESERVES?|(?:LIB(?:RARY)?|IN)[ -]USE[ -]ONLY"
    r"|SPEC(?:IAL)?[ -]?COLL?\w*|RARE\w*|ARCHIVES?|NON-?CIRC\w*)\b",
    re.I,
)
NUMBERS_OF_EVERGREEN = {
    "in": "0 7",
    "out": "1 6 8 10 15",
    "missing": "3 4 16 17",
    "reference": "12",
    "withdrawn": "13",
    "unknown": "2 5 9 11 14 18",
}
EVERGREEN = {
    code: status for status, codes in NUMBERS_OF_EVERGREEN.items() for code in codes.split()
}
SIERRA = {"-": "in", "o": "reference", "w": "withdrawn", "!": "out", "t": "out", "k": "missing"}
SIERRA |= dict.fromkeys("mlnz$d", "missing")
ALMA = {"1": "in", "0": "unknown"}
# Penn State's places and types: what they mean stands in its own catalog.
PENN_STATE = {
    **dict.fromkeys(
        "AMER GIFT|AUTHORS|CATOFF HY|CIRCDESKBD|CIRCDESKHN|DARCHIVE P|DEPTCHARGE|GAINES|HARSHBARGR"
        "|HATHIETAS|HC SERIALS|HENISCH|MCCARTHY|ONHOLD MT|PRIESTLEY|PSUPRESS|ROXBURGHE|SOFTWAREHN"
        "|SPC SCISTO|STACKS PY".split("|"),
        "unknown",
    ),
    "DSLOFFCHRG": "out",
    **dict.fromkeys(
        "CATREF UP|COUNTY|DIGIPRES|DISPLAY SL|OHARA SL|PURPLEQUIL|REF SL|RICHTER|SLTXTBK|SPECCOL SL"
        "|BOOKSPEC|MAPSPEC|SCORESPEC|PERIODSPEC|REF ITEM|ARCHIVES".split("|"),
        "reference",
    ),
}


def plain(word: str) -> str:
    """As words are looked up. A sign alone stays as it is: to some systems it says all."""
    word = word.strip()
    return BETWEEN.sub(" ", word.upper()).strip() or word


def meaning(word: str, of_system: Mapping[str, str]) -> str:
    """The status that this word or sign stands for, if we know it."""
    said = word.strip()
    if not said:
        return ""
    words = plain(said)
    known = of_system.get(said) or of_system.get(words) or MEANING.get(words, "")
    return known or next((status for status, form in BEGINS if form.match(words)), "")
