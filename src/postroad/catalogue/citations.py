"""Whether the union catalog has the book or the journal that a reference names.

At most two statements, and one question to the index where no number decides; one statement more
where no title is the one that is named, which may be a journal's abbreviation.
"""

from dataclasses import dataclass
from enum import StrEnum

from postroad.catalogue import search
from postroad.catalogue.folding import fold
from postroad.catalogue.models import Format, Identifier, IdentifierKind, Record
from postroad.catalogue.query import Query
from postroad.catalogue.search import NoIndex
from postroad.protocols.openurl import Kind, Reference

MOST = 5
CANDIDATES = 500  # journals that begin with the first word of an abbreviation
IN_SERIALS = frozenset({Kind.ARTICLE, Kind.SERIAL, Kind.ISSUE})
ARTICLES = ("the ", "a ", "an ", "la ", "le ", "les ", "el ", "der ", "die ", "das ")

SMALL = frozenset("a an and de des der die du et for für in la le of on the und".split())


class Standing(StrEnum):
    """What is known of the record."""

    VERIFIED = "verified"
    NOT_FOUND = "not found"
    UNKNOWN = "not known"  # several could be meant, the index cannot be asked, or nothing is named


@dataclass(frozen=True, slots=True)
class Completed:
    """Which records are the book or the journal; one, if it is verified."""

    standing: Standing
    records: tuple[Record, ...] = ()

    @property
    def record(self) -> Record | None:
        return self.records[0] if self.standing is Standing.VERIFIED else None


def complete(reference: Reference) -> Completed:
    """By its numbers first; by the whole title of the container where none is known to us."""
    numbered = by_number(reference)
    name = named(reference)
    if numbered:
        doubted = bool(name) and not any(resembles(name, each) for each in titles(numbered[0]))
        return Completed(Standing.UNKNOWN if doubted else Standing.VERIFIED, numbered[:1])
    if not name:
        has_number = reference.issn or reference.eissn or reference.isbn
        return Completed(Standing.NOT_FOUND if has_number else Standing.UNKNOWN)
    try:
        found, is_all = by_title(name, is_serial=reference.kind in IN_SERIALS)
    except NoIndex:
        return Completed(Standing.UNKNOWN)
    if not found and reference.kind in IN_SERIALS and (meant := abbreviated(name)):
        is_sure = len(meant) == 1 and len(name.split()) > 2
        return Completed(Standing.VERIFIED if is_sure else Standing.UNKNOWN, meant)
    if not found:
        return Completed(Standing.NOT_FOUND if is_all else Standing.UNKNOWN)
    numbers = reference.issn or reference.eissn or reference.isbn  # of none of these
    return Completed(Standing.UNKNOWN if numbers or len(found) > 1 else Standing.VERIFIED, found)


def named(reference: Reference) -> str:
    """The title that a catalog lists: never an article's."""
    if reference.kind in (Kind.ARTICLE, Kind.CHAPTER, Kind.PAGES, Kind.ISSUE):
        return reference.container
    return reference.title or reference.container


def by_number(reference: Reference) -> tuple[Record, ...]:
    """The number of its own kind first: a series has an ISSN, and its volumes have ISBNs."""
    issns = [each.replace("-", "") for each in (reference.issn, reference.eissn) if each]
    wanted = [*((IdentifierKind.ISSN, each) for each in issns)]
    if reference.isbn:
        isbn = (IdentifierKind.ISBN, reference.isbn)
        wanted = [*wanted, isbn] if reference.kind in IN_SERIALS else [isbn, *wanted]
    if not wanted:
        return ()
    rows = Identifier.objects.filter(
        value__in=[value for _, value in wanted], record__moved_to=None
    ).select_related("record")
    order = {pair: place for place, pair in enumerate(wanted)}
    known = [row for row in rows.order_by("pk")[:100] if (row.kind, row.value) in order]
    known.sort(key=lambda row: order[IdentifierKind(row.kind), row.value])
    return tuple(dict.fromkeys(row.record for row in known))


def by_title(name: str, *, is_serial: bool) -> tuple[tuple[Record, ...], bool]:
    """Those whose whole title it is, and whether all that have its words were looked at: only the
    first page is. Raises NoIndex."""
    formats = frozenset({Format.SERIAL.value}) if is_serial else frozenset()
    answer = search.find(Query(words=name, formats=formats))
    same = tuple(each for each in answer.hits if same_title(name, each.title))[:MOST]
    return same, answer.total <= len(answer.hits)


def abbreviated(name: str) -> tuple[Record, ...]:
    """The journals whose title this may be in short: "Annu Rev Cell Dev Biol" (ISO 4)."""
    said = [each for each in plain(name).split() if each not in SMALL]
    if not said:
        return ()
    first = "journal" if said[0] == "j" else said[0]
    begins = Record.objects.filter(
        match_key__gte=first, match_key__lt=first[:-1] + chr(ord(first[-1]) + 1), moved_to=None
    ).filter(format=Format.SERIAL)
    for word in said[1:]:  # so that few are looked at, of a thousand journals of something
        begins = begins.filter(title__icontains=word[:2])
    listed = begins.order_by("match_key", "pk")[:CANDIDATES]
    return tuple(each for each in listed if is_short_for(name, each.title))[:MOST]


def is_short_for(name: str, title: str) -> bool:
    """Whether each word of it begins a word of the title, in their order, and none is left out but
    small ones: ISO 4 cuts words ("Biol"), or leaves out their middle ("Natl")."""
    said = [each for each in plain(name).split() if each not in SMALL]
    main = title.split(":", maxsplit=1)[0].split(" / ", maxsplit=1)[0]
    words = [each for each in plain(main).split() if each not in SMALL]
    return len(said) == len(words) and all(map(is_cut, said, words))


def is_cut(short: str, word: str) -> bool:
    """The beginning of a word, or the beginning and its end."""
    if word.startswith(short):
        return True
    return any(
        word.startswith(short[:at]) and word.endswith(short[at:]) for at in range(2, len(short))
    )


def same_title(one: str, other: str) -> bool:
    """Without a first article, and whether or not either has its subtitle."""
    whole, short = plain(one), plain(one.split(":", maxsplit=1)[0])
    titles = plain(other), plain(other.split(":", maxsplit=1)[0].split(" / ", maxsplit=1)[0])
    return whole in titles or (":" in one and short == titles[0])


def titles(record: Record) -> list[str]:
    return [record.title, record.uniform_title, *map(str, record.other_titles)]


def resembles(name: str, title: str) -> bool:
    """Whether it can be the same, abbreviated perhaps. Numbers are mistyped, and of others."""
    words = [each for each in plain(title).split() if each not in SMALL]
    said = [each for each in plain(name).split() if each not in SMALL]
    initials = "".join(each[0] for each in words)
    return "".join(said) == initials or any(
        len(each) > 1 and any(word.startswith(each) or each.startswith(word) for word in words)
        for each in said
    )


def plain(title: str) -> str:
    text = fold(title)
    return next((text[len(each) :] for each in ARTICLES if text.startswith(each)), text)
