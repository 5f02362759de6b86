"""What kind of thing a record describes, and on what carrier.

From the leader, the coded fields, and what the text says. Whoever can play a DVD may not be able to
play a Blu-ray disc.
"""

import re
from collections.abc import Iterator, Mapping

from postroad.catalogue.marc.fields import Fields, control, first, join

RECORD_TYPE = re.compile(r"[acdnp]([a-t])([a-ms])")
LARGE_PRINT = re.compile(r"\blarge[ -](?:print|type)\b", re.I)
LARGE_TYPE_BOOKS = re.compile(r"large[ -](?:print|type)(?: books?)?", re.I)
BRAILLE = re.compile(r"\bbraille\b", re.I)
PAGES = re.compile(r"[0-9] ?(?:p\b|pp\b|pages?\b)", re.I)
MICROFORM = re.compile(r"\bmicro(?:form|film|fiche|opaque|card)s?\b", re.I)
ONLINE = re.compile(r"\b(?:online resource|electronic (?:resource|book|text)|e-?books?)\b", re.I)
DIGITAL_DISC = r"(?:sound|audio) discs?[^;]*?\bdigital"
DISC = re.compile(r"\b(?:sound|audio) (?:discs?|cassettes?)\b", re.I)
# On what it is: the first words that are found name it; a set of two carriers has both.
CARRIERS = {
    "film": (
        ("dvd", re.compile(r"\bdvds?\b", re.I)),
        ("blu-ray", re.compile(r"\b(?:blu-?ray|4k ultra hd|uhd)\b", re.I)),
        ("vhs", re.compile(r"\b(?:vhs|video ?cassettes?)\b", re.I)),
        ("filmstrip", re.compile(r"\b(?:filmstrips?|[0-9]+ fr\b)", re.I)),
        ("reel", re.compile(r"\bfilm reels?\b", re.I)),
    ),
    "sound": (
        ("playaway", re.compile(r"\b(?:playaway|preloaded|pre-loaded|launchpad)\b", re.I)),
        ("mp3", re.compile(r"\bmp3\b", re.I)),
        ("cassette", re.compile(r"\b(?:audio ?|sound )cassettes?\b", re.I)),
        ("vinyl", re.compile(r"\b(?:vinyl|lps?|(?:33 1/3|45|78) rpm)\b", re.I)),
        ("cd", re.compile(rf"\b(?:cds?|compact discs?|{DIGITAL_DISC})\b", re.I)),
    ),
}
Words = tuple[tuple[str, re.Pattern[str]], ...]
# Where records say on what a recording is: the thing as it is described, and notes about it.
DESCRIBED = {"300": "abce", "347": "ab", "250": "ab", "344": "abcdh", "340": "a", "346": "a"}
NOTED = {"538": "a", "655": "a", "028": "b"}
VOLUME = "nc"  # 338 $b of what is bound
FILM_SIGNS = {"v": "dvd", "s": "blu-ray", "b": "vhs"}  # 007/04
SPEED_SIGNS = {"f": "cd", "b": "vinyl", "l": "cassette"}  # 007/03
KINDS = {
    "c": "score",
    "d": "score",
    "e": "map",
    "f": "map",
    "g": "film",
    "i": "audiobook",
    "j": "music",
}


def type_of(leader: str) -> tuple[str, str]:
    """Leader/06 and /07: by their place, or by their pattern, where the leader is too short.

    Nothing is known of one that has neither.
    """
    if len(leader) >= 24 and leader[10:12].strip() in {"22", ""}:
        return leader[6:7].strip(), leader[7:8].strip()
    found = RECORD_TYPE.search(leader[:9])
    return (found.group(1), found.group(2)) if found else ("", "")


def format_of(leader: str, fields: Fields) -> str:
    """One of `models.Format`."""
    kind, level = type_of(leader)
    medium = " ".join(join(field, "h") for field in fields.get("245", ())).lower()
    place = 29 if kind in set("efgkor") else 23
    form = control(fields, "008")[place : place + 1]
    if is_online(fields, medium, kind, form):
        return "eresource"
    if level and level in set("ab"):
        return "article"
    said = " ".join([medium, *physical(fields)])
    if form in set("abcf") or BRAILLE.search(said) or MICROFORM.search(said):
        return "other"
    if kind in set("at") or (not kind and PAGES.search(first(fields, "300", "a"))):
        if level in set("is"):
            return "serial"
        return "large-print" if form == "d" or LARGE_PRINT.search(said) else "book"
    return KINDS.get(kind, "other")


def is_online(fields: Fields, medium: str, kind: str, form: str) -> bool:
    """Coded so, or said so where the thing is described; a link or an access code beside a printed
    book says nothing."""
    if form == "s" and kind in set("ij") and DISC.search(first(fields, "300", "a")):
        return False  # a compact disc, called electronic
    if form in set("oqs") or kind == "m" or control(fields, "007").startswith("cr"):
        return True
    carriers = {join(field, "b").strip() for field in fields.get("338", ())}
    if VOLUME in carriers:
        return False
    said = f"{medium} {first(fields, '300', 'a')} {first(fields, '338', 'a')}"
    return "cr" in carriers or bool(ONLINE.search(said))


def physical(fields: Fields) -> Iterator[str]:
    """What is said of the thing itself: edition, extent, form of print, genre, series. Not what it
    is about: a book about braille is printed."""
    wanted = {"250": "ab", "300": "ab", "338": "a", "340": "an", "655": "a", "490": "a", "830": "a"}
    for tag, codes in wanted.items():
        for field in fields.get(tag, ()):
            yield join(field, codes)
    for field in fields.get("650", ()):  # a form that many write as a subject
        if LARGE_TYPE_BOOKS.fullmatch(join(field, "a").strip(" .")):
            yield join(field, "a")


def carrier_of(form: str, fields: Fields) -> str:
    """On what a film or a recording is, and whether a thing to read is in braille or in microform;
    nothing for print, and where nothing is said."""
    medium = " ".join(join(field, "h") for field in fields.get("245", ()))
    if form == "other":
        said = " ".join([medium, *physical(fields)])
        coded = control(fields, "008")[23:24]
        if coded == "f" or BRAILLE.search(said):
            return "braille"
        return "microform" if coded in set("abc") or MICROFORM.search(said) else ""
    signs = [str(field.data) for field in fields.get("007", ())]
    if form == "film":
        known = {FILM_SIGNS.get(sign[4:5]) for sign in signs}
        return carrier(CARRIERS["film"], known, fields, medium)
    if form in {"audiobook", "music"}:
        known = {SPEED_SIGNS.get(sign[3:4]) for sign in signs if sign.startswith("s")}
        words = CARRIERS["sound"]
        # A player is coded as a disc or not at all: what is said of it goes before.
        return carrier(words, set(), fields, medium) or all_of(words, known, "")
    return ""


def carrier(words: Words, coded: set[str | None], fields: Fields, medium: str) -> str:
    """As it is coded, or as the thing is described, or else as its notes say: "will not play on a
    DVD player" stands in the notes of a Blu-ray disc."""
    described = f"{medium} {recorded(fields, DESCRIBED)}"
    return (
        all_of(words, coded, "")
        or all_of(words, set(), described)
        or all_of(words, set(), recorded(fields, NOTED))
    )


def recorded(fields: Fields, where: Mapping[str, str]) -> str:
    return " ".join(join(f, codes) for tag, codes in where.items() for f in fields.get(tag, ()))


def all_of(words: Words, coded: set[str | None], said: str) -> str:
    """The carriers that are coded or named: "dvd", or "dvd, blu-ray" of a set with both."""
    return ", ".join(name for name, named in words if name in coded or named.search(said))
