"""A record as programs are told of it (`protocols.citing`). No Django here.

Who is named besides the author had a part in it; which one, only the title page says ("edited by").
"""

import re
import unicodedata
from collections.abc import Iterable
from typing import Protocol

from postroad.catalogue import citation, naming
from postroad.catalogue.folding import fold
from postroad.protocols.citing import Cited, Kind, Name

KINDS = {
    "book": Kind.BOOK,
    "large-print": Kind.LARGE_PRINT,
    "audiobook": Kind.AUDIOBOOK,
    "serial": Kind.SERIAL,
    "film": Kind.FILM,
    "music": Kind.MUSIC,
    "score": Kind.SCORE,
    "map": Kind.MAP,
    "article": Kind.ARTICLE,
}
# The shortest code of BCP 47 for MARC's; of languages that have none of two letters, MARC's is it.
TAGS = dict(
    pair.split(":")
    for pair in (
        "afr:af alb:sq amh:am ara:ar arm:hy baq:eu bel:be ben:bn bos:bs bul:bg cat:ca chi:zh"
        " cze:cs dan:da dut:nl eng:en epo:eo est:et fin:fi fre:fr geo:ka ger:de gle:ga glg:gl"
        " gre:el guj:gu hat:ht heb:he hin:hi hrv:hr hun:hu ice:is ind:id ita:it jpn:ja kan:kn"
        " khm:km kor:ko lao:lo lat:la lav:lv lit:lt mac:mk mal:ml mao:mi mar:mr may:ms mon:mn"
        " nep:ne nor:no ori:or pan:pa per:fa pol:pl por:pt pus:ps rum:ro rus:ru san:sa sin:si"
        " slo:sk slv:sl som:so spa:es srp:sr swa:sw swe:sv tam:ta tel:te tgl:tl tha:th tib:bo"
        " tur:tr ukr:uk urd:ur uzb:uz vie:vi wel:cy yid:yi zul:zu"
    ).split()
)
SEVERAL = frozenset({"mul", "und", "zxx", ""})
FULLER = re.compile(r"\s*\([^()]*\)")
SUFFIX = re.compile(r"(?:jr|sr|ii|iii|iv|2nd|3rd)\.?", re.I)
NO_GIVEN_NAME = re.compile(
    r"(?:inc|ltd|llc|co|corp|gmbh|the|of|king|queen|pope|saint|emperor|empress|prince|princess|duke"
    r"|grand|archbishop|bishop|sultan|baron|count|earl|lord|lady|sir)\b",
    re.I,
)
EDITED = re.compile(r"\b(?:edit\w*|eds?|compil\w*|hrsg|herausgegeben|bearb\w*|dir)\b", re.I)
TRANSLATED = re.compile(r"\b(?:transl\w*|trad\w*|übers\w*|tr)\b", re.I)
OTHERWISE = re.compile(
    r"\b(?:illustr\w*|pictures|photograph\w*|foreword|introduction|preface|afterword|read|narrat\w*"
    r"|perform\w*|direct\w*|produc\w*|with)\b",
    re.I,
)
NOBODY: dict[str, tuple[Name, ...]] = {"author": (), "editor": (), "translator": (), "other": ()}
BY_AUTHORS = ("book", "large-print", "audiobook", "eresource", "map", "other")


class Numbered(Protocol):
    @property
    def kind(self) -> str: ...
    @property
    def value(self) -> str: ...


class Recorded(Protocol):
    """A record, or a description of one."""

    @property
    def title(self) -> str: ...
    @property
    def author(self) -> str: ...
    @property
    def year(self) -> int | None: ...
    @property
    def language(self) -> str: ...
    @property
    def format(self) -> str: ...
    @property
    def carrier(self) -> str: ...
    @property
    def edition(self) -> str: ...
    @property
    def place(self) -> str: ...
    @property
    def publisher(self) -> str: ...
    @property
    def extent(self) -> str: ...
    @property
    def series(self) -> str: ...
    @property
    def responsibility(self) -> str: ...
    @property
    def subjects(self) -> "tuple[str, ...] | list[str]": ...
    @property
    def contributors(self) -> "tuple[str, ...] | list[str]": ...


def of(said: Recorded, numbers: Iterable[Numbered], *, pk: int, url: str) -> Cited:
    """The record `pk`, whose page is at `url`."""
    known: dict[str, list[str]] = {}
    for each in numbers:
        known.setdefault(each.kind, []).append(each.value)
    parts = parts_of(said) if said.contributors else NOBODY
    return Cited(
        kind=kind_of(said, known),
        title=citation.as_read(said.title),
        key=key(said, pk),
        url=url,
        authors=(*((name(said.author),) if said.author else ()), *parts["author"]),
        editors=parts["editor"],
        translators=parts["translator"],
        others=parts["other"],
        year=said.year,
        place=said.place,
        publisher=said.publisher,
        edition=said.edition,
        language=said.language,
        language_tag=tag(said.language),
        series=said.series,
        extent=said.extent,
        subjects=tuple(said.subjects),
        isbns=tuple(sorted(known.get("isbn", ()))),
        issns=tuple(sorted(known.get("issn", ()))),
        oclc=tuple(sorted(known.get("oclc", ()))),
        lccn=tuple(sorted(known.get("lccn", ()))),
    )


def kind_of(said: Recorded, numbers: dict[str, list[str]]) -> Kind:
    if said.format == "eresource":
        return Kind.EBOOK if "isbn" in numbers else Kind.ONLINE
    if said.carrier == "braille":
        return Kind.BRAILLE
    return KINDS.get(said.format, Kind.OTHER)


def tag(language: str) -> str:
    return "" if language in SEVERAL else TAGS.get(language, language)


def key(said: Recorded, pk: int) -> str:
    """ "austen1813pride17": letters and digits, and no two records have one."""
    words = [naming.parts_of(said.title)[1].split(" ")[0]]
    if said.author:
        words.insert(0, fold(said.author.partition(",")[0]).rpartition(" ")[2])
    words.insert(-1, str(said.year or ""))
    made = "".join(sign for sign in "".join(words) if sign.isascii() and sign.isalnum())
    return f"{made}r{pk}" if made else f"r{pk}"


def name(heading: str) -> Name:
    """ "King, Martin Luther, Jr., 1929-1968". What stands behind the first comma is no given name
    where it is a title, or the end of a company's name."""
    bare = FULLER.sub("", citation.RELATOR.sub("", citation.YEARS.sub("", heading))).strip(" ,،")
    family, _comma, behind = bare.partition(",")
    given, _comma, suffix = behind.strip().partition(",")
    given, suffix = given.strip(), suffix.strip()
    if SUFFIX.fullmatch(given):  # "King, Jr., Martin"
        given, suffix = suffix, given
    if not given or NO_GIVEN_NAME.match(given):
        return Name(f"{family} {given}" if given.startswith("the ") else bare or heading)
    return Name(family.strip(), given, suffix)


def parts_of(said: Recorded) -> dict[str, tuple[Name, ...]]:
    """What part each contributor had, by the statement of responsibility."""
    found: dict[str, list[Name]] = {"author": [], "editor": [], "translator": [], "other": []}
    statements = [(each, fold(each).split()) for each in said.responsibility.split(";")]
    latin = is_latin(said.title)
    for heading in said.contributors:
        if said.author and naming.same_name(heading, said.author):
            continue
        if latin and not is_latin(heading):
            continue  # the same people once more, in their own script (880)
        who = name(heading)
        family = fold(who.family).split()
        told = (text for text, words in statements if family and set(family) <= set(words))
        statement = next(told, "")
        is_first = statement == statements[0][0] and said.format in BY_AUTHORS
        found[part_in(statement, is_first=is_first)].append(who)
    return {part: tuple(dict.fromkeys(names)) for part, names in found.items()}


def is_latin(text: str) -> bool:
    """By its first letter."""
    first = next((sign for sign in text if sign.isalpha()), "a")
    return unicodedata.name(first, "").startswith("LATIN")


def part_in(statement: str, *, is_first: bool) -> str:
    if not statement:
        return "other"
    if EDITED.search(statement):
        return "editor"
    if TRANSLATED.search(statement):
        return "translator"
    return "author" if is_first and not OTHERWISE.search(statement) else "other"
