"""A reference as a list of literature prints it: what can be told of it without guessing.

Styles differ, and so do people: each part is read by a sign that only it has (a year in brackets,
quotation marks, initials), and left unread without one. No Django here.
"""

import re
from dataclasses import dataclass, replace

from postroad.protocols.openurl import Kind, Reference

LONGEST = 1_500
DASH = r"\-–—‐‑−"
PAGE = rf"[A-Za-z]{{0,2}}\d{{1,6}}(?:\s?[{DASH}]{{1,2}}\s?[A-Za-z]{{0,2}}\d{{1,6}})?"
RANGE = rf"[A-Za-z]{{0,2}}\d{{1,6}}\s?[{DASH}]{{1,2}}\s?[A-Za-z]{{0,2}}\d{{1,6}}"
MARK = re.compile(r"^\s*(?:\[\w{1,12}\]|\(\d{1,3}\)|\d{1,3}[.)]?)\s+(?=\S)")
YEAR = r"(?:1[5-9]|20)\d\d"
IN_BRACKETS = re.compile(
    rf"[(\[](?:[^()\[\]]{{0,20}}\b)?({YEAR})[a-z]?(?:[,/ ][^()\[\]]{{0,25}})?[)\]]"
)
ALONE = re.compile(
    rf"(?<![\d{DASH}/.:])(?<!\d\s)({YEAR})(?=[a-z]?(?:[\s.,;:)]|$))(?!\s?[{DASH}]\s?\d)"
)
ISSUE = rf"\d[\w/{DASH}]{{0,8}}|[IVX]{{1,5}}|Suppl\.?(?:\s\d{{1,3}})?"
# volume (issue): pages; volume: pages; volume, pages
NUMBERS = re.compile(
    rf"(?<![\w.])(?:vol\.?\s*)?(?P<volume>\d{{1,4}}|[IVXL]{{1,7}})\s*\(\s*(?:no\.?\s*)?(?P<issue>{ISSUE})\s*\)"
    rf"\s*(?:\({YEAR}\))?[\s:,.]*(?:pp?\.?\s*)?(?P<pages>{PAGE})?(?!\w)",
    re.I,
)
CHICAGO = re.compile(
    r"(?<![\w.])(?:vol\.?\s*)?(?P<volume>\d{1,4}|[IVXL]{1,7}),?\s+(?:no|nr|issue|iss)\.?\s*"
    rf"(?P<issue>{ISSUE})\s*(?:\([^()]{{0,20}}{YEAR}\))?\s?[:,]\s*(?:pp?\.?\s*)?(?P<pages>{PAGE})(?!\w)",
    re.I,
)
SHORT = re.compile(
    rf"(?<![\w.{DASH}])(?P<volume>\d{{1,4}})\s?(?:\({YEAR}\))?\s?[:,]\s*(?:pp?\.?\s*)?(?P<pages>{RANGE})(?![\w])"
)
DOTTED = re.compile(
    rf"(?<![\w.{DASH}])(?P<volume>\d{{1,4}})\.(?P<issue>\d{{1,3}}(?:[/{DASH}]\d{{1,3}})?)"
    rf"\s*(?:\((?:[A-Z][a-z]+\s)?{YEAR}\))?\s?[:,]\s*(?P<pages>{PAGE})(?!\w)"
)
VOLUME = re.compile(r"\b(?:vol(?:ume)?s?|bd|jg)\b\.?\s*(?P<volume>\d{1,4}|[IVXL]{1,7})\b", re.I)
NUMBER = re.compile(r"\b(?:no|nr|number|issue|iss|n°|num)\.?\s*(?P<issue>\d[\w/-]{0,8})\b", re.I)
PAGES = re.compile(rf"\b(?:(?:pp?|pages?|S)\b\.?\s*|pp?(?=\d))(?P<pages>{PAGE})(?!\w)")
# 23 p101: a volume that no word names, before its pages
BARE_VOLUME = re.compile(rf"(?<![\w.{DASH}])(?P<volume>\d{{1,3}})[,;]?\s+pp?\.?\s?{PAGE}(?!\w)")
# vol. 17 2001: a year that stands behind a number
YEAR_BEHIND = re.compile(rf"\bvol(?:ume)?\.?\s*\d{{1,4}}[,;]?\s+({YEAR})(?=[\s.,;:)]|$)", re.I)
PLAIN_PAGES = re.compile(rf"(?<![\w.{DASH}/])(?P<pages>{RANGE})(?![\w{DASH}/])")
QUOTED = re.compile(r"[“„«\"]\s?(?P<title>[^“”„«»\"]{8,400}?)\s?[”“»\"]")
APA = re.compile(
    r"^(?P<author>[^()\d“”„«»\"]{3,400}?),?\s"
    rf"\({YEAR}[a-z]?(?:,[^()]{{0,25}})?\)[.,:]?\s(?P<rest>.+)$"
)
NAME = r"(?:(?:van|von|de|der|den|del|la|le|di|da|du|ter|ten)\s)*"
NAME += r"[^\W\d_][\w’'‐-]*(?:[ -][A-Z][\w’'-]+)?"
# With points or without: in "Hill A. DNA of bees" the point ends the name, and D is of the title
INITIALS = r"(?:(?:[A-Z]\.[ -]?){1,3}[A-Z](?=,|\s(?:and|&|und|et|y)\s)|(?:[A-Z]\.[ -]?){1,4}"
INITIALS += r"|[A-Z](?:[ -]?[A-Z]){0,3}\b\.?)"
PERSON = rf"(?:{NAME},?\s{INITIALS}|(?:[A-Z]\.[ -]?){{1,4}}\s?{NAME})(?:,?\s(?:Jr|Sr|III?)\.?)?"
PEOPLE = re.compile(
    rf"^(?P<author>{PERSON}(?:(?:\s*[,;]\s*(?:and\s|&\s)?|\s(?:and|&|und|et|y)\s){PERSON})*"
    r"(?:,?\s*(?:et al|and others)\.?)?)(?P<end>[.:,]?\s+)(?P<rest>.+)$"
)
EDITED = re.compile(r"\b(?:[Ii]n|IN):?\s+(?P<container>.+)$")
JOURNAL = re.compile(
    r"\b(?:journal|j\.|review|rev\.|proceedings|proc\.|annals|ann\.|transactions|trans\.|bulletin|bull\."
    r"|quarterly|letters|lett\.|magazine|zeitschrift|revue|acta|archives?|arch\.|science|nature)(?:\W|$)",
    re.I,
)
FOLLOWED = re.compile(r"[.?!]\s+(?=[A-ZÀ-Þ])")


@dataclass(frozen=True, slots=True)
class Counted:
    """Where in its journal it stands, and the text before that."""

    volume: str = ""
    issue: str = ""
    pages: str = ""
    begins: int = -1  # nothing of it found


def read(text: str) -> Reference:
    """The facts of one line."""
    text = MARK.sub("", text[:LONGEST], count=1).strip()
    counted, year = counted_in(text), year_in(text)
    author, title, container = words_of(text, counted)
    in_book = bool(re.search(r"(?:[.,”\"»]|^)\s*[Ii]n:?\s", text)) or "(eds" in text.lower()
    facts = Reference(
        author=author,
        title=title,
        container=container,
        volume=counted.volume,
        issue=counted.issue,
        pages=counted.pages,
        year=year,
    )
    return replace(facts, kind=kind_of(facts, in_book=in_book))


def kind_of(facts: Reference, *, in_book: bool) -> Kind:
    if facts.volume and facts.pages and not (in_book and not facts.issue):
        return Kind.ARTICLE
    if in_book and facts.title and facts.pages:
        return Kind.CHAPTER
    if facts.container and (facts.issue or JOURNAL.search(facts.container)) and not in_book:
        return Kind.ARTICLE
    return Kind.UNKNOWN


def year_in(text: str) -> str:
    """The one in brackets; otherwise the only one that stands alone, or ends the line."""
    bracketed = list(dict.fromkeys(IN_BRACKETS.findall(text)))
    if len(bracketed) == 1:
        return str(bracketed[0])
    alone = list(ALONE.finditer(outside_quotes(text)))
    years = list(dict.fromkeys(match.group(1) for match in alone))
    if len(years) == 1:
        return str(years[0])
    if years and alone[-1].end() >= len(text) - 2:
        return str(alone[-1].group(1))
    behind = YEAR_BEHIND.findall(outside_quotes(text))
    return str(behind[0]) if len(behind) == 1 else ""


def outside_quotes(text: str) -> str:
    """Titles name years, too."""
    return QUOTED.sub(lambda match: " " * len(match.group()), text)


def counted_in(text: str) -> Counted:
    """Volume, issue and pages."""
    plain = outside_quotes(text)
    for pattern in (CHICAGO, NUMBERS, DOTTED, SHORT):
        for match in reversed(list(pattern.finditer(plain))):
            said = match.groupdict()
            if is_year(said["volume"]) and not said.get("issue"):
                continue
            issue = said.get("issue") or ""
            if is_year(issue):  # 41 (2010), 239-261
                issue = ""
            pages = said.get("pages") or by_mark(PAGES, plain, "pages", match.end())
            if is_year(pages):  # 29, no. 1, 2004, pp. 5-20
                pages = by_mark(PAGES, plain, "pages", match.end())
            if not (issue or pages):
                continue
            issue = issue or by_mark(NUMBER, plain, "issue", 0)
            return Counted(said["volume"], issue, spaceless(pages), match.start())
    return marked(plain)


def marked(plain: str) -> Counted:
    """Each by the word before it."""
    volume = VOLUME.search(plain) or BARE_VOLUME.search(plain)
    number, pages = NUMBER.search(plain), PAGES.search(plain)
    begins = [each.start() for each in (volume, number, pages) if each]
    plainly = pages or only(PLAIN_PAGES, plain)
    return Counted(
        volume.group("volume") if volume else "",
        number.group("issue") if number else "",
        spaceless(plainly.group("pages")) if plainly else "",
        min(begins) if begins else plainly.start() if plainly else -1,
    )


def only(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    """The match, where there is one only, and it is no run of years."""
    found = [each for each in pattern.finditer(text) if not is_years(each.group())]
    return found[0] if len(found) == 1 else None


def by_mark(pattern: re.Pattern[str], text: str, name: str, start: int) -> str:
    match = pattern.search(text, start)
    return match.group(name) if match else ""


def is_year(text: str) -> bool:
    return re.fullmatch(YEAR, text) is not None


def is_years(text: str) -> bool:
    first = re.split(rf"\s?[{DASH}]+\s?", text)
    return is_year(first[0]) or first[0].startswith("0")


def spaceless(pages: str) -> str:
    return re.sub(r"\s", "", pages)


def words_of(text: str, counted: Counted) -> tuple[str, str, str]:
    """Author, title and container."""
    author, rest = author_of(text)
    begins = counted.begins - (len(text) - len(rest)) if counted.begins >= 0 else -1
    quoted = QUOTED.search(rest)
    if quoted:
        behind = rest[quoted.end() : begins] if begins > quoted.end() else ""
        front = rest[: quoted.start()].strip(" ,.:")
        if not author and is_name(front):
            author = front
        return author, bare(quoted.group("title")), container_of(behind)
    if not author:
        return "", "", journal_alone(rest, begins)
    if rest == text:
        return author, "", ""
    before = rest[:begins] if begins > 0 else rest
    parts = FOLLOWED.split(before)
    if len(parts) < 2:
        return author, "", ""
    title, behind = bare(parts[0]), before[len(parts[0]) + 1 :]
    if not is_title(title, behind, counted):
        return author, "", ""
    if re.search(r"\W[Ii]n\s.*\([Ee]ds?\b|^in\s", title):  # two titles, and no sign between
        return author, "", ""
    named = counted.volume or counted.issue or re.match(r"\W*[Ii]n:?\s", behind)
    return author, title, container_of(behind) if begins > 0 and named else ""


def is_title(title: str, behind: str, counted: Counted) -> bool:
    """Whether this is no part of a journal's abbreviation. A short one has a long journal and its
    pages behind it."""
    if JOURNAL.match(title):
        return False
    spelled = re.search(r"\s(?:and|of|the|for|und|der|des|de)\s", behind)
    return len(title) >= 8 or (len(title) > 3 and bool(counted.pages and spelled))


def journal_alone(text: str, begins: int) -> str:
    """The journal of a line that begins with it: "Annual review of physics vol. 17 ..."."""
    name = text[:begins].strip(" ,.;:") if begins > 0 else ""
    is_one = JOURNAL.search(name) and not FOLLOWED.search(name) and not re.search(r"[\d()]", name)
    return container_of(name) if is_one else ""


def author_of(text: str) -> tuple[str, str]:
    """Who stands in front, and what follows."""
    if match := APA.match(text):
        return bare(match.group("author"), keep=True), match.group("rest")
    if match := PEOPLE.match(text):
        rest = re.sub(rf"^\(?{YEAR}[a-z]?\)?[.,:]?\s+", "", match.group("rest"))
        return bare(match.group("author"), keep=True), rest
    return "", text


def is_name(text: str) -> bool:
    words = text.split()
    return 1 < len(words) < 9 and all(
        each[0].isupper() or each.lower() in ("and", "de", "von", "van", "der", "&")
        for each in words
    )


def container_of(text: str) -> str:
    """The name of the journal or the book: what stands before its numbers, if that is one thing."""
    text = re.sub(rf"[(\[]?\b{YEAR}[a-z]?\b[)\]]?[.,;:]*", " ", text)
    text = re.split(r"\b(?:vol|no|pp?|eds?|hrsg)\b\.?|\(eds?", text, maxsplit=1, flags=re.I)[0]
    text = text.strip(' ,.;:(“”"')
    if match := re.match(r"(?:in|dans):?\s+(.+)$", text, re.I):
        text = match.group(1)
    text = text.split(", edited by")[0].strip(" ,;:")
    if re.search(r"\b(?:report|thesis|dissertation)\b|\w\.\s[A-Z][a-z]{3}.*:\s", text, re.I):
        return ""
    return text if 2 < len(text) <= 150 and text.count(":") < 2 and not text.isdigit() else ""


def bare(text: str, *, keep: bool = False) -> str:
    """Without what parts it from the rest."""
    text = text.strip(" ,;:’‘'")
    return text if keep else text.removesuffix(".").strip(" ,;:")
