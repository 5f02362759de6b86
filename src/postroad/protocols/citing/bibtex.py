r"""BibTeX, in UTF-8.

What TeX would take for a command is written as a command. A brace counts for BibTeX even behind a
backslash, so that one in a title is `\textbraceleft{}`. Words of a title with capitals, but for the
first, are names: braces keep a style from making them small.
"""

import re
from collections.abc import Iterator

from postroad.protocols.citing import Cited, Kind, Name, hyphened, line

MEDIA_TYPE = "application/x-bibtex"
BOOKS = frozenset({Kind.BOOK, Kind.LARGE_PRINT, Kind.BRAILLE, Kind.EBOOK})
SIGNS = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "{": r"\textbraceleft{}",
        "}": r"\textbraceright{}",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
        **{sign: f"\\{sign}" for sign in "$%&#_"},
    }
)
WORD = re.compile(r"[^\s/:;,.()\[\]-]+")
AND = re.compile(r"\band\b", re.I)


def render(cited: Cited) -> str:
    is_book = cited.kind in BOOKS
    said = [(name, value) for name, value in fields(cited, is_book=is_book) if value]
    lines = "".join(f"  {name} = {{{value}}},\n" for name, value in said)
    return f"@{'book' if is_book else 'misc'}{{{cited.key},\n{lines}}}\n"


def fields(cited: Cited, *, is_book: bool) -> Iterator[tuple[str, str]]:
    yield "title", titled(cited.title)
    yield "author", names(cited.authors)
    yield "editor", names(cited.editors)
    yield "translator", names(cited.translators)
    yield "year", str(cited.year or "")
    yield "address", plain(cited.place)
    yield "publisher", plain(cited.publisher)
    yield "edition", plain(cited.edition)
    yield "series", plain(cited.series)
    yield "isbn", ", ".join(cited.isbns)
    yield "issn", ", ".join(map(hyphened, cited.issns))
    yield "language", plain(cited.language)
    yield "keywords", plain(", ".join(subject.replace(",", "") for subject in cited.subjects))
    yield "howpublished", "" if is_book else plain(cited.form)
    yield "note", plain(". ".join(notes(cited, is_book=is_book)))
    yield "url", address(cited.url)


def notes(cited: Cited, *, is_book: bool) -> Iterator[str]:
    if is_book and cited.kind != Kind.BOOK and cited.form:
        yield cited.form[:1].upper() + cited.form[1:]
    if cited.others:
        yield f"With {', '.join(each.as_said for each in cited.others)}"
    if cited.extent:
        yield cited.extent


def plain(text: str) -> str:
    return line(text).translate(SIGNS)


def titled(text: str) -> str:
    text = line(text)
    first = WORD.search(text)

    def kept(found: re.Match[str]) -> str:
        word = found.group()
        rest = word[1:] if first and found.start() == first.start() else word
        return f"\0{word}\1" if rest != rest.lower() else word

    marked = WORD.sub(kept, text).translate(SIGNS)
    return marked.replace("\0", "{").replace("\1", "}")


def names(all_of_them: tuple[Name, ...]) -> str:
    return " and ".join(named(each) for each in all_of_them)


def named(name: Name) -> str:
    """ "King, Jr., Martin Luther". In braces what must not be taken apart: a body's name, and an
    "and" or a comma within a name."""
    if not name.given:
        return f"{{{plain(name.family)}}}"
    parts = (name.family, name.suffix, name.given)
    return ", ".join(part(each) for each in parts if each)


def part(text: str) -> str:
    is_whole = AND.search(text) or "," in text
    return f"{{{plain(text)}}}" if is_whole else plain(text)


def address(url: str) -> str:
    """As it is, but for what BibTeX would stumble over."""
    return url.replace("{", "%7B").replace("}", "%7D").replace("\\", "%5C")
