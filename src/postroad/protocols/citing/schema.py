"""schema.org in JSON-LD: what search engines read of a page."""

import json
from dataclasses import dataclass
from typing import Any

from postroad.protocols.citing import Cited, Kind, Name, hyphened, line

TYPES = {
    Kind.BOOK: "Book",
    Kind.LARGE_PRINT: "Book",
    Kind.BRAILLE: "Book",
    Kind.AUDIOBOOK: "Audiobook",
    Kind.EBOOK: "Book",
    Kind.ONLINE: "CreativeWork",
    Kind.SERIAL: "Periodical",
    Kind.FILM: "Movie",
    Kind.MUSIC: "MusicRecording",
    Kind.SCORE: "SheetMusic",
    Kind.MAP: "Map",
    Kind.ARTICLE: "Article",
    Kind.OTHER: "CreativeWork",
}
BOOK_FORMATS = {Kind.AUDIOBOOK: "AudiobookFormat", Kind.EBOOK: "EBook"}
FEATURES = {Kind.LARGE_PRINT: "largePrint", Kind.BRAILLE: "braille"}
LEND = "http://purl.org/goodrelations/v1#LeaseOut"
AUTHORS = {Kind.MUSIC: "byArtist", Kind.SCORE: "composer"}
# A title may hold "</script>"; nothing in the text may look like HTML.
HIDDEN = str.maketrans({"<": r"\u003C", ">": r"\u003E", "&": r"\u0026"})


@dataclass(frozen=True, slots=True)
class Held:
    """A library that has it, and whether it could lend it now."""

    library: str
    url: str
    lends: bool
    in_library_only: bool = False


def render(cited: Cited, held: list[Held]) -> str:
    said: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": TYPES[cited.kind],
        "@id": cited.url,
        "url": cited.url,
        "name": line(cited.title),
        AUTHORS.get(cited.kind, "author"): [named(each) for each in cited.authors],
        "editor": [named(each) for each in cited.editors],
        "translator": [named(each) for each in cited.translators],
        "contributor": [named(each) for each in cited.others],
        "datePublished": str(cited.year) if cited.year else "",
        "publisher": {"@type": "Organization", "name": cited.publisher} if cited.publisher else "",
        "bookEdition": cited.edition if TYPES[cited.kind] in {"Book", "Audiobook"} else "",
        "bookFormat": schema(BOOK_FORMATS.get(cited.kind, "")),
        "accessibilityFeature": FEATURES.get(cited.kind, ""),
        "inLanguage": cited.language_tag,
        "isbn": list(cited.isbns) if TYPES[cited.kind] in {"Book", "Audiobook"} else [],
        "issn": [hyphened(each) for each in cited.issns] if cited.kind == Kind.SERIAL else [],
        "keywords": list(cited.subjects),
        "sameAs": [f"http://www.worldcat.org/oclc/{each}" for each in cited.oclc]
        + [f"https://lccn.loc.gov/{each}" for each in cited.lccn],
        "offers": [offer(each) for each in held],
    }
    told = {name: value for name, value in said.items() if value}
    return json.dumps(told, ensure_ascii=False).translate(HIDDEN)


def named(name: Name) -> dict[str, str] | str:
    """A person, where we know that it is one; else only the name."""
    said = line(name.as_said)
    return {"@type": "Person", "name": said} if name.given else said


def offer(held: Held) -> dict[str, Any]:
    stock = "InStock" if held.lends else "InStoreOnly" if held.in_library_only else "OutOfStock"
    return {
        "@type": "Offer",
        "businessFunction": LEND,
        "availability": schema(stock),
        "offeredBy": {"@type": "Library", "name": line(held.library), "url": held.url},
    }


def schema(word: str) -> str:
    return f"https://schema.org/{word}" if word else ""
