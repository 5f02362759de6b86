"""COinS: a citation that Zotero and link resolvers find in a page, by Z39.88 (OpenURL 1.0)."""

from collections.abc import Iterator
from urllib.parse import quote, urlencode

from postroad.protocols.citing import Cited, Kind, Name, hyphened, line

FORMAT = "info:ofi/fmt:kev:mtx:"
BOOKS = frozenset(
    {Kind.BOOK, Kind.LARGE_PRINT, Kind.BRAILLE, Kind.EBOOK, Kind.AUDIOBOOK, Kind.SCORE}
)
TYPES = {Kind.FILM: "videoRecording", Kind.MUSIC: "audioRecording", Kind.MAP: "map"}  # Zotero's
MOST_AUTHORS = 10


def render(cited: Cited, source: str) -> str:
    """The whole of a span's `title`, still to be escaped for HTML. `source` is our catalogue's
    name: a domain."""
    if cited.kind in BOOKS:
        said = of_book(cited)
    elif cited.kind == Kind.SERIAL:
        said = of_journal(cited)
    else:
        said = of_anything(cited)
    always = [("ctx_ver", "Z39.88-2004"), ("rfr_id", f"info:sid/{source}:catalog")]
    pairs = [*always, *((key, line(value)) for key, value in said)]
    pairs += [("rft_id", each) for each in numbers(cited)]
    return urlencode([pair for pair in pairs if pair[1]], quote_via=quote, safe="")


def of_book(cited: Cited) -> Iterator[tuple[str, str]]:
    yield "rft_val_fmt", FORMAT + "book"
    yield "rft.genre", "book"
    yield "rft.btitle", cited.title
    yield from people(cited.authors)
    yield "rft.date", str(cited.year or "")
    yield "rft.place", cited.place
    yield "rft.pub", cited.publisher
    yield "rft.edition", cited.edition
    yield "rft.series", cited.series
    yield "rft.isbn", next(iter(cited.isbns), "")


def of_journal(cited: Cited) -> Iterator[tuple[str, str]]:
    yield "rft_val_fmt", FORMAT + "journal"
    yield "rft.genre", "journal"
    yield "rft.jtitle", cited.title
    yield "rft.issn", next(map(hyphened, cited.issns), "")


def of_anything(cited: Cited) -> Iterator[tuple[str, str]]:
    yield "rft_val_fmt", FORMAT + "dc"
    yield "rft.type", TYPES.get(cited.kind, "")
    yield "rft.title", cited.title
    yield from (("rft.creator", each.inverted) for each in cited.authors[:MOST_AUTHORS])
    yield "rft.date", str(cited.year or "")
    yield "rft.publisher", cited.publisher
    yield "rft.language", cited.language


def people(authors: tuple[Name, ...]) -> Iterator[tuple[str, str]]:
    for number, each in enumerate(authors[:MOST_AUTHORS]):
        if number == 0 and each.given:
            yield "rft.aulast", each.family
            yield "rft.aufirst", each.given
            yield "rft.ausuffix", each.suffix
        yield "rft.au", each.inverted


def numbers(cited: Cited) -> Iterator[str]:
    yield cited.url
    yield from (f"urn:ISBN:{each}" for each in cited.isbns[:1])
    yield from (f"info:oclcnum/{each}" for each in cited.oclc[:1])
    yield from (f"info:lccn/{each}" for each in cited.lccn[:1])
