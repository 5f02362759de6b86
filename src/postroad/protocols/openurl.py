"""What an OpenURL names: version 0.1, and the keys and values of 1.0 (ANSI/NISO Z39.88), as
databases write them, which is not always as the standard has it.

Anything may come in, of any length: what makes no sense is left out, and nothing raises.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from html import unescape
from urllib.parse import unquote_to_bytes

from stdnum import isbn as isbn_rules
from stdnum import issn as issn_rules

from postroad.protocols import doi
from postroad.protocols.fillers import is_filler_isbn, is_filler_issn

LONGEST, LONGEST_VALUE, MOST_PAIRS = 16_000, 500, 300
FREE = frozenset("title atitle btitle jtitle stitle au aulast aucorp pub place pid".split())
KNOWN = FREE | frozenset(
    "aufirst auinit auinit1 auinitm ausuffix artnum bici chron coden date day degree doi edition"
    " eissn epage genre id inst isbn issn issue issue_start language lccn month oclcnum pages part"
    " pmid pmc pmcid quarter series sici sid spage ssn tpages volume year charset __charset".split()
)
OF_1_0 = re.compile(r"(?:rft|rfr|rfe|req|svc|res|ctx|url)[._]\w", re.ASCII)
OF_IDS = frozenset({"doi", "id", "rft_id"})  # a DOI has no space, and may have a plus sign
KEY = re.compile(r"[A-Za-z_][\w.:-]*", re.ASCII)
TELLING = frozenset(
    "atitle btitle jtitle stitle issn eissn isbn genre spage aulast doi pmid pmc pmcid"
    " rft_id".split()
)
ENCODED = re.compile(r"(?:%[0-9A-Fa-f]{2})+")
ESCAPED = re.compile(r"(?:\\u[0-9A-Fa-f]{4})+")
YEAR = re.compile(r"(?<!\d)(?:1[4-9]|20)\d\d(?!\d)", re.ASCII)
ISSN = re.compile(r"(?<![\dXx-])\d{4}-?\d{3}[\dXx](?![\dXx-])", re.ASCII)
ISBN = re.compile(r"(?<![\dXx-])(?:97[89][ -]?)?(?:\d[ -]?){9}[\dXx](?!\d)", re.ASCII)
PMID = re.compile(
    r"(?:https?://\S+?/pubmed/|https?://pubmed\.\S+?/)?(?:info:pmid/)?(?:pmid\s*[:/])?\s*"
    r"([1-9]\d{0,8})(?:[/?#]\S*)?",
    re.I | re.ASCII,
)
PMC = re.compile(r"\bPMC\s?([1-9]\d{2,8})\b", re.I | re.ASCII)
ARTICLES = frozenset({"article", "preprint"})
PARTS = frozenset({"bookitem", "chapter"})
WHOLE = frozenset({"book", "report", "document", "conference", "proceeding"})
THESES = frozenset({"dissertation", "thesis"})


class Kind(StrEnum):
    """What is named, as far as it is said."""

    ARTICLE = "article"
    CHAPTER = "chapter"
    PAGES = "pages"
    BOOK = "book"
    SERIAL = "serial"
    ISSUE = "issue"
    THESIS = "thesis"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Reference:
    """A work that somebody refers to; what is not known of it is empty."""

    kind: Kind = Kind.UNKNOWN
    title: str = ""
    author: str = ""
    container: str = ""
    issn: str = ""
    eissn: str = ""
    isbn: str = ""
    doi: str = ""
    pmid: str = ""
    pmc: str = ""
    volume: str = ""
    issue: str = ""
    year: str = ""
    pages: str = ""
    publisher: str = ""

    def __bool__(self) -> bool:
        said = (self.title, self.container, self.issn, self.eissn, self.isbn, self.doi)
        return any((*said, self.pmid, self.pmc))


Said = dict[str, list[str]]


def read(text: str) -> Reference:
    """Of a whole address, or of what stands behind its question mark."""
    said = pairs_of(text)
    first = _First(said)
    ids = [*said.get("rft_id", ()), *said.get("id", ())]
    article = first("atitle")
    facts = Reference(
        author=author_of(first),
        issn=next(issns(said.get("issn", [])), ""),
        eissn=next(issns(said.get("eissn", [])), ""),
        isbn=next(isbns([*said.get("isbn", ()), *ids]), ""),
        doi=doi.first_of([*said.get("doi", ()), *ids]),
        pmid=pmid_of([*said.get("pmid", ()), *ids]),
        pmc=pmc_of([*said.get("pmc", ()), *said.get("pmcid", ()), *ids]),
        volume=first("volume")[:40],
        issue=first("issue", "issue_start")[:40],
        year=year_of(first("date", "year")),
        pages=pages_of(first("pages"), first("spage"), first("epage"), first("artnum")),
        publisher=first("pub", "inst"),
    )
    kind = kind_of(first, facts)
    if kind in (Kind.ARTICLE, Kind.CHAPTER, Kind.PAGES):
        whole = first("jtitle", "btitle", "title", "stitle")
        title, container = article, "" if whole == article else whole
    else:
        title, container = first("btitle", "title", "jtitle") or article or first("stitle"), ""
        if kind is Kind.ISSUE:
            title, container = "", title
    return replace(facts, kind=kind, title=title, container=container)


class _First:
    """The first of these keys that says something."""

    def __init__(self, said: Said) -> None:
        self.said = said

    def __call__(self, *keys: str) -> str:
        return next((text for key in keys for text in self.said.get(key, ()) if text), "")


def is_one(text: str) -> bool:
    """Whether this can be meant as an OpenURL."""
    said = pairs_of(text)
    return any(said.get(key) for key in TELLING) or bool(
        said.get("title") or doi.first_of(said.get("id", [])) or pmid_of(said.get("id", []))
    )


def pairs_of(text: str) -> Said:
    """What each key says, without the prefix of version 1.0; nothing twice."""
    raw = list(split(text))
    charset = charset_of(raw)
    spaced = any(" " in value for _, value in raw)  # then a plus sign is one
    said: Said = {}
    for key, value in raw:
        name = key.lower().removeprefix("rft.")
        is_plain = spaced or (name in OF_IDS and doi.DOI.search(decoded(value, charset)))
        plain = tidy(decoded(value if is_plain else value.replace("+", " "), charset))
        if plain and plain not in said.setdefault(name, []):
            said[name].append(plain)
    return said


def split(text: str) -> Iterator[tuple[str, str]]:
    """Keys and values as they stand. An ampersand within a title that nobody encoded parts
    nothing."""
    text = text[:LONGEST].strip()
    query = text.partition("?")[2] if "?" in text.partition("=")[0] else text
    pairs: list[list[str]] = []
    for written in query.lstrip("?&").split("&")[:MOST_PAIRS]:
        piece = written.removeprefix("amp;") if "=" in written else written
        key, equals, value = piece.partition("=")
        if pairs and not is_key(key, equals, value, pairs[-1][0]):
            if piece:
                more = piece.removesuffix("=")
                pairs[-1][1] += f"&{more}"
        elif equals:
            pairs.append([key, value])
    for key, value in pairs:
        yield key, value


def is_key(key: str, equals: str, value: str, before: str) -> bool:
    """Whether a pair begins here, or the value before it goes on."""
    if equals and (key.lower().removeprefix("rft.") in KNOWN or OF_1_0.match(key.lower())):
        return True
    if before.lower().removeprefix("rft.") not in FREE:
        return True
    return bool(equals and KEY.fullmatch(key) and (value or "." in key or "_" in key))


def charset_of(raw: list[tuple[str, str]]) -> str:
    """As the address says; otherwise UTF-8."""
    for key, value in raw:
        if key.lower() in ("ctx_enc", "charset", "__charset", "__char_set"):
            said = decoded(value, "utf-8").rpartition(":")[2].strip().lower()
            if said in ("iso-8859-1", "latin1", "latin-1", "windows-1252", "cp1252"):
                return "cp1252"
            if said in ("iso-8859-15", "iso-8859-2", "shift_jis", "big5", "gb2312", "euc-kr"):
                return said
    return "utf-8"


def decoded(value: str, charset: str) -> str:
    def plain(match: re.Match[str]) -> str:
        signs = unquote_to_bytes(match.group())
        for each in (charset, "utf-8", "cp1252"):
            try:
                return signs.decode(each)
            except UnicodeDecodeError:
                continue
        return signs.decode("latin-1")

    return ESCAPED.sub(_escaped, ENCODED.sub(plain, value))


def _escaped(match: re.Match[str]) -> str:
    units = [int(each, 16) for each in match.group().split("\\u")[1:]]
    return b"".join(each.to_bytes(2, "big") for each in units).decode("utf-16-be", "replace")


def tidy(value: str) -> str:
    """One line, without what cannot be shown."""
    value = unescape(value[: 4 * LONGEST_VALUE])
    shown = "".join(
        " " if sign.isspace() else sign
        for sign in unicodedata.normalize("NFC", value)
        if sign.isspace() or unicodedata.category(sign) not in ("Cc", "Cs", "Cn", "Co", "Cf")
    )
    return " ".join(shown.split())[:LONGEST_VALUE].strip()


def author_of(first: _First) -> str:
    last, given = first("aulast"), first("aufirst") or first("auinit")
    if last and given:
        return f"{last.rstrip(',')}, {given}"[:LONGEST_VALUE]
    return first("au") or last or first("aucorp")


def issns(texts: list[str]) -> Iterator[str]:
    """Each that is one, as it is printed."""
    for text in texts:
        for match in ISSN.finditer(text):
            if issn_rules.is_valid(match.group()) and not is_filler_issn(match.group()):
                yield issn_rules.format(match.group())


def isbns(texts: list[str]) -> Iterator[str]:
    """Each that is one, with 13 digits."""
    for text in texts:
        for match in ISBN.finditer(text):
            if isbn_rules.is_valid(match.group()):
                isbn = str(isbn_rules.to_isbn13(isbn_rules.compact(match.group())))
                if not is_filler_isbn(isbn):
                    yield isbn


def pmid_of(texts: list[str]) -> str:
    """Bare, as info:pmid/, or as the address of its page."""
    found = (PMID.fullmatch(text) for text in texts)
    return next((match.group(1) for match in found if match), "")


def pmc_of(texts: list[str]) -> str:
    found = (PMC.search(text) for text in texts)
    return next((f"PMC{match.group(1)}" for match in found if match), "")


def year_of(text: str) -> str:
    found = YEAR.search(text) or re.match(r"(?:1[4-9]|20)\d\d(?=\d{2}(?:\d{2})?$)", text, re.ASCII)
    return found.group() if found else ""


def pages_of(pages: str, start: str, end: str, article: str) -> str:
    """Only what has a number: "Ahead of print" is no page."""
    if re.search(r"\d", pages):
        return re.sub(r"\s*([-–])\s*", r"\1", pages)[:60]
    if re.search(r"\d", start):
        return f"{start}-{end}"[:60] if end and end != start and "-" not in start else start[:60]
    return article[:60] if re.search(r"\d", article) else ""


def kind_of(first: _First, facts: Reference) -> Kind:
    """As its keys show. The genre counts where they do not contradict it."""
    genre = first("genre").lower()
    form = first("rft_val_fmt").rpartition(":")[2].lower()
    serial = bool(first("jtitle") or facts.issn or facts.eissn)
    book = bool(first("btitle") or facts.isbn)
    if genre in THESES or (form == "dissertation" and not first("atitle")):
        return Kind.THESIS
    if first("atitle") and first("atitle") == first("btitle"):
        return Kind.BOOK
    if first("atitle"):
        if not (genre or form or serial or book or first("title", "stitle") or facts.doi):
            return Kind.UNKNOWN  # a film has a title, too
        part = genre in PARTS or (book and not serial) or (form == "book" and not serial)
        return Kind.CHAPTER if part else Kind.ARTICLE
    if genre in PARTS:
        return Kind.PAGES if facts.pages else Kind.BOOK
    if genre in WHOLE and not (serial and not book):
        return Kind.BOOK
    if genre == "issue" or (genre == "journal" and facts.issue and not facts.pages):
        return Kind.ISSUE
    if genre == "journal":
        return Kind.SERIAL
    return kind_of_rest(genre, form, facts, serial=serial, book=book)


def kind_of_rest(genre: str, form: str, facts: Reference, *, serial: bool, book: bool) -> Kind:
    """Of what names no article and no part."""
    if book and not serial:
        return Kind.BOOK
    if form == "book" and genre in ("", "book"):
        return Kind.BOOK
    if facts.doi or facts.pmid or facts.pmc or (serial and facts.pages):
        return Kind.ARTICLE
    if serial:
        return Kind.ISSUE if facts.volume and facts.issue and genre != "article" else Kind.SERIAL
    if genre in ARTICLES and (facts.volume or facts.pages):
        return Kind.ARTICLE
    return Kind.UNKNOWN
