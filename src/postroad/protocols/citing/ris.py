"""RIS, as EndNote, Zotero, Mendeley and RefWorks read it: a tag, two spaces, a hyphen and a space
before each value, UTF-8, lines that end in CR LF."""

from collections.abc import Iterator

from postroad.protocols.citing import Cited, Kind, hyphened, line

MEDIA_TYPE = "application/x-research-info-systems"
TYPES = {
    Kind.BOOK: "BOOK",
    Kind.LARGE_PRINT: "BOOK",
    Kind.BRAILLE: "BOOK",
    Kind.AUDIOBOOK: "SOUND",
    Kind.EBOOK: "EBOOK",
    Kind.ONLINE: "ELEC",
    Kind.SERIAL: "JFULL",
    Kind.FILM: "VIDEO",
    Kind.MUSIC: "SOUND",
    Kind.SCORE: "MUSIC",
    Kind.MAP: "MAP",
    Kind.ARTICLE: "GEN",  # in which journal it stands is not known
    Kind.OTHER: "GEN",
}
PLAIN = frozenset({Kind.BOOK, Kind.EBOOK, Kind.SERIAL, Kind.MAP, Kind.SCORE})  # said by the type


def render(cited: Cited) -> str:
    said = ((tag, line(value)) for tag, value in lines(cited))
    return "".join(f"{tag}  - {value}\r\n" for tag, value in said if value) + "ER  - \r\n"


def lines(cited: Cited) -> Iterator[tuple[str, str]]:
    yield "TY", TYPES[cited.kind]
    yield "ID", cited.key
    yield "TI", cited.title
    yield from (("AU", each.inverted) for each in cited.authors)
    yield from (("A2", each.inverted) for each in cited.editors)
    yield from (("A4", each.inverted) for each in cited.translators)
    yield "PY", str(cited.year or "")
    yield "CY", cited.place
    yield "PB", cited.publisher
    yield "ET", cited.edition
    yield "T3", cited.series
    yield "LA", cited.language
    # In one line: of several, programs keep the first or the last.
    yield "SN", " ".join((*cited.isbns, *map(hyphened, cited.issns)))
    yield from (("KW", each) for each in cited.subjects)
    yield "M3", "" if cited.kind in PLAIN else cited.form
    yield from (("N1", each) for each in notes(cited))
    yield "UR", cited.url


def notes(cited: Cited) -> Iterator[str]:
    if cited.others:
        yield f"With {'; '.join(each.inverted for each in cited.others)}"
    yield cited.extent
