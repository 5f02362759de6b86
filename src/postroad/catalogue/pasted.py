"""What somebody means who pastes anything: a number, an address, a sentence, a reference.

What is in doubt stays unread: a wrong volume costs a day, an empty one a question. No Django here.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import unquote

from postroad.catalogue import identifiers, reference_line
from postroad.protocols import doi as doi_rules
from postroad.protocols import openurl
from postroad.protocols.openurl import Kind, Reference

LONGEST = 4_000
ADDRESS = re.compile(r"https?://\S+", re.I)
WHOLE_ADDRESS = re.compile(r"(?:https?://|[\w.-]+\.[a-z]{2,}/\S*\?|\?|[\w.-]+\?+[\w.]*=)", re.I)
WRAPPED = re.compile(r"[?&](?:q?url|u|target|dest|link)=(.+)", re.I)
DOI = re.compile(r"(?<![\w.])10\.\d{4,9}(?:\.\d+)*/[^\s\"“”]+", re.ASCII)
TORN_DOI = re.compile(r"(?<![\w.])10\. ?(\d{4,9}) ?/ ?(?=\S)", re.ASCII)  # by a line of a PDF
# A DOI and nothing else, with a space behind one of its points: a sentence may go on there
TORN_ALONE = re.compile(
    r"^((?:doi ?:? ?|https?://\S+/)?10\.\d{4,9}/\S*[./-]) (?=\S*\d\S*$)", re.I | re.ASCII
)
TORN_WORD = re.compile(r"(?<=[a-z])-[ \t]*\r?\n\s*(?=[a-z])")
PMID = re.compile(
    r"(?:\bpmid\s*[:#]?\s*|\bpubmed(?:\.ncbi\.nlm\.nih\.gov)?\s*(?:id\s*)?[:/]?\s*"
    r"|\beuropepmc\.org/(?:article|abstract)/med/)([1-9]\d{0,8})\b",
    re.I | re.ASCII,
)
PMC = re.compile(r"\bPMC\s?([1-9]\d{2,8})\b", re.I | re.ASCII)
PII = re.compile(r"\bS(\d{4})-?(\d{3}[\dX])(?:\((\d\d)\)|(\d\d))\d{5}-?[\dX]\b", re.I | re.ASCII)
IN_DOI = re.compile(r"/(?:[A-Z]{1,3})?(97[89](?:-?\d){10})(?!\d)", re.ASCII)  # B978, CBO978
FACTS = (
    *("title", "author", "container", "issn", "eissn", "isbn", "doi", "pmid", "pmc"),
    *("volume", "issue", "year", "pages", "publisher"),
)
CHAPTER = re.compile(r"\bch(?:ap(?:ter)?)?\.?\s*(\d{1,3}|[IVXL]{1,7})\b", re.I)
PREPRINT = re.compile(r"\barxiv\s*:\s*\d", re.I)
INSIDE = re.compile(r"\(?\b(?:https?://\S+|doi\s*:?\s*10\.\S+|(?:dx\.)?doi\.org/\S+)", re.I)


def read(text: str) -> Reference:
    """What is meant, with what is known of it. Nothing known: an empty one."""
    text = tidy(text)
    if WHOLE_ADDRESS.match(text):
        return of_address(text)
    found = of_numbers(text, identifiers_of(text))
    addressed = [of_address(match.group()) for match in ADDRESS.finditer(text)][:3]
    for each in addressed:
        found = with_facts(found, each)
    if found.doi == text or re.fullmatch(r"\S*", text):
        return found
    return with_facts(reference_line.read(without_numbers(text)), found)


def tidy(text: str) -> str:
    text = TORN_WORD.sub("", unicodedata.normalize("NFC", text[:LONGEST]))
    shown = (
        " " if sign.isspace() else sign
        for sign in text
        if sign.isspace() or unicodedata.category(sign) not in ("Cc", "Cs", "Cn", "Co", "Cf")
    )
    text = TORN_DOI.sub(r"10.\1/", " ".join("".join(shown).split()))
    return TORN_ALONE.sub(r"\1", text)


def with_facts(one: Reference, other: Reference) -> Reference:
    """The first, and what only the second knows."""
    more = {each: getattr(one, each) or getattr(other, each) for each in FACTS}
    kind = other.kind if one.kind is Kind.UNKNOWN else one.kind
    return replace(one, kind=kind, **more)


def of_address(address: str) -> Reference:
    """An OpenURL, a page of a publisher, or either behind a library's proxy."""
    for inner in unwrapped(address):
        text, has_doi = unquote(inner), DOI.search(unquote(inner))
        if openurl.is_one(inner) and ("=" in inner and "?" in inner):
            found = openurl.read(inner)
            return with_facts(found, of_numbers("", identifiers_of(text))) if found.doi else found
        number = re.fullmatch(r"(?:pmid:)?([1-9]\d{5,8})", inner, re.ASCII)
        if number:
            return Reference(kind=Kind.ARTICLE, pmid=number.group(1))
        if has_doi or PMID.search(text) or PMC.search(text) or PII.search(text):
            return of_numbers(text, identifiers_of(text))
    return of_numbers(address, Reference())


def unwrapped(address: str) -> Iterator[str]:
    """The address, and those that it carries, the innermost first."""
    inside = [address]
    for _ in range(3):
        match = WRAPPED.search(inside[-1])
        if not match:
            break
        inner = match.group(1)
        if not re.match(r"https?://", inner, re.I):
            inner = unquote(inner.split("&")[0])
        inside.append(inner)
    return reversed(inside)


def identifiers_of(text: str) -> Reference:
    """The numbers by which articles are known."""
    doi = next((doi_rules.cut(match.group()) for match in DOI.finditer(text)), "")
    if not doi and "%2f" in text.lower():
        doi = next((doi_rules.cut(match.group()) for match in DOI.finditer(unquote(text))), "")
    pmid, pmc = PMID.search(text), PMC.search(text)
    return Reference(
        doi=doi,
        pmid=pmid.group(1) if pmid else "",
        pmc=f"PMC{pmc.group(1)}" if pmc else "",
        kind=Kind.ARTICLE if doi or pmid or pmc else Kind.UNKNOWN,
    )


def of_numbers(text: str, known: Reference) -> Reference:
    """With the ISBN and the ISSN that stand in it, and what an article's PII tells."""
    if known.doi:
        if pii := PII.search(known.doi):
            return with_facts(known, of_pii(pii))
        return of_a_book(known)
    if pii := PII.search(text):
        return with_facts(known, of_pii(pii))
    if PREPRINT.search(text):
        return known
    labelled = re.search(r"\bissn\b", text, re.I) or len(text.split()) == 1
    isbn = next((each.value for each in identifiers.isbns(text)), "")
    issn = next((each.value for each in identifiers.issns(text)), "") if labelled else ""
    if isbn and not known and (chapter := CHAPTER.search(text)):
        named = f"Chapter {chapter.group(1)}"
        return replace(known, isbn=isbn, kind=Kind.CHAPTER, title=named)
    kind = Kind.BOOK if isbn else Kind.SERIAL if issn and len(text.split()) < 4 else known.kind
    issn = f"{issn[:4]}-{issn[4:]}" if issn else ""
    return replace(known, isbn=isbn, issn=issn, kind=known.kind if known else kind)


def of_a_book(known: Reference) -> Reference:
    """10.5555/978-0-19-504983-1_4: publishers make DOIs of a book's ISBN and a chapter's number."""
    match = IN_DOI.search(known.doi)
    isbn = next((each.value for each in identifiers.isbns(match.group(1))), "") if match else ""
    if not (match and isbn):
        return known
    behind = known.doi[match.end() :]
    return replace(known, isbn=isbn, kind=Kind.CHAPTER if behind else Kind.BOOK)


def of_pii(match: re.Match[str]) -> Reference:
    """S0092-8674(15)00427-6: the journal and the year."""
    issn = next(identifiers.issns(f"{match.group(1)}-{match.group(2)}"), None)
    if issn is None:
        return Reference()
    short = int(match.group(3) or match.group(4))
    year = 2000 + short if short < 60 else 1900 + short
    printed = f"{issn.value[:4]}-{issn.value[4:]}"
    return Reference(kind=Kind.ARTICLE, issn=printed, year=str(year))


def without_numbers(text: str) -> str:
    """The words of a reference, without addresses."""
    return " ".join(INSIDE.sub(" ", text).split())
