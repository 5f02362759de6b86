"""By which number each book of a list is known when the list comes again. No Django here.

A spreadsheet hardly ever has a number of its own for a record. So a book that was in an earlier
list keeps the number that it was given then: it is known by its barcode, by title and author, by
its ISBN; and in a list of everything also by where it stands, if its title is nearly the same.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from hashlib import blake2b

import pymarc

from postroad.catalogue.folding import fold
from postroad.catalogue.lists import OTHER, Line, kind_of
from postroad.catalogue.marc.copies import Copy

PREFIX = "list-"
ALIKE = 0.6  # of two titles on one place of the shelf, of which the one is the other's correction
Book = list[Line]


@dataclass(frozen=True, slots=True)
class Before:
    """A record of the library as an earlier list left it."""

    control_number: str
    title: str  # folded
    author: str  # folded
    isbns: frozenset[str]
    copies: tuple[Copy, ...]  # that are not withdrawn

    @property
    def barcodes(self) -> frozenset[str]:
        return frozenset(copy.barcode for copy in self.copies if copy.barcode)

    @property
    def places(self) -> frozenset[str]:
        return frozenset(fold(copy.call_number) for copy in self.copies if copy.call_number)


@dataclass(frozen=True, slots=True)
class Numbered:
    """The rows of one book, the number of its record, and copies that stay though not listed."""

    control_number: str
    book: Sequence[Line]
    stay: tuple[Copy, ...] = ()


def numbered(books: Iterable[Book], before: Sequence[Before], *, full: bool) -> list[Numbered]:
    """Every book with its number. A list of changes takes no copy away: those with a barcode that
    it does not mention stay; those without one are as the list says."""
    listed = list(books)
    said = {line.barcode for book in listed for line in book if line.barcode}
    known = known_again(listed, before, said, full=full)
    taken = {each.control_number for each in known.values()}
    made = []
    for at, book in enumerate(listed):
        own = book[0].number
        was = known.get(at)
        number = own or (was.control_number if was else fresh(book, taken))
        taken.add(number)
        stay = tuple(
            copy
            for copy in (was.copies if was and not full else ())
            if copy.barcode and copy.barcode not in said
        )
        made.append(Numbered(number, book, stay))
    return made


def known_again(
    books: list[Book], before: Sequence[Before], said: set[str], *, full: bool
) -> dict[int, Before]:
    """By the place of a book in the list, what it was before: each at most once."""
    free, known = list(before), dict[int, Before]()

    def match(
        of_book: Callable[[Book], Iterable[Hashable]],
        of_before: Callable[[Before], Iterable[Hashable]],
    ) -> None:
        keyed = defaultdict[Hashable, list[Before]](list)
        for each in free:
            for key in of_before(each):
                keyed[key].append(each)
        used = set[str]()
        for at, book in enumerate(books):
            if at in known or not (keys := list(of_book(book))):
                continue
            found = (one for key in keys for one in keyed.get(key, ()))
            one = next((one for one in found if one.control_number not in used), None)
            if one is not None and may_be(book, one, said, full=full):
                known[at] = one
                used.add(one.control_number)
        free[:] = [each for each in free if each.control_number not in used]

    match(lambda book: [book[0].number] if book[0].number else [], lambda old: [old.control_number])
    match(lambda book: [line.barcode for line in book if line.barcode], lambda old: old.barcodes)
    match(
        lambda book: [(isbn, title_of(book)) for isbn in isbns_of(book)],
        lambda old: [(isbn, old.title) for isbn in old.isbns],
    )
    match(
        lambda book: [(title_of(book), fold(book[0].author))],
        lambda old: [(old.title, old.author)],
    )
    match(isbns_of, lambda old: old.isbns)
    if full:
        nearly(books, free, known)
    return known


def may_be(book: Book, old: Before, said: set[str], *, full: bool) -> bool:
    """Copies with barcodes of their own are others, unless the old ones are gone from the list."""
    if book[0].number:
        return book[0].number == old.control_number
    if not old.control_number.startswith(PREFIX):
        return False
    mine = {line.barcode for line in book if line.barcode}
    if not mine or not old.barcodes or mine & old.barcodes:
        return True
    return not (old.barcodes & said) if full else title_of(book) == old.title


def nearly(books: list[Book], free: list[Before], known: dict[int, Before]) -> None:
    """A title that was corrected, on the place where the book stood: it alone stands there."""
    places = defaultdict[str, list[Before]](list)
    for old in free:
        for place in old.places:
            places[place].append(old)
    for at, book in enumerate(books):
        if at in known or book[0].number:
            continue
        alone = {fold(line.call_number) for line in book if line.call_number}
        for old in (old for place in alone for old in places.get(place, ())):
            if old in free and alike(title_of(book), old.title):
                known[at] = old
                free.remove(old)
                break


def alike(one: str, other: str) -> bool:
    return SequenceMatcher(None, one, other).ratio() >= ALIKE


def title_of(book: Book) -> str:
    return fold(book[0].title)


def isbns_of(book: Book) -> list[str]:
    return [isbn for line in book for isbn in line.isbns]


def fresh(book: Book, taken: set[str]) -> str:
    """A number that the same book gets in the same list."""
    first = book[0]
    said = "\x1f".join([first.barcode, *first.book])
    number = base = PREFIX + blake2b(said.encode(), digest_size=9).hexdigest()
    times = 1
    while number in taken:
        times += 1
        number = f"{base}-{times}"
    return number


def record_of(each: Numbered) -> pymarc.Record:
    """As MARC, so that it is loaded as any other record is."""
    first = each.book[0]
    kind = kind_of(first.format) or OTHER
    made = pymarc.Record(force_utf8=True)
    made.leader = pymarc.Leader(f"00000n{kind[0]} a2200000 a 4500")
    year = first.year or "    "
    made.fields += [
        pymarc.Field("001", data=each.control_number),
        pymarc.Field("008", data=f"      s{year}    xx     {kind[1]}               d"),
        *(field("020", a=isbn) for isbn in dict.fromkeys(isbns_of(list(each.book)))),
    ]
    said = (
        ("100", "a", first.author),
        ("245", "a", first.title),
        ("250", "a", first.edition),
        ("264", "b", first.publisher),
        ("300", "a", first.format if kind != ("am", " ") else ""),
    )
    made.fields += [field(tag, **{code: text}) for tag, code, text in said if text]
    for line in each.book:
        for which in range(line.copies):
            barcode = line.barcode if which == 0 else ""
            place = line.call_number, line.location, line.volume
            made.fields.append(item(barcode, *place, line.status))
        if not line.copies:  # said, so those that were there are gone
            place = line.call_number, line.location, line.volume
            made.fields.append(item("", *place, "STATUS WITHDRAWN"))
    for copy in each.stay:
        status = f"STATUS {copy.status.upper()}"
        place = copy.call_number, copy.location, copy.volume
        made.fields.append(item(copy.barcode, *place, status))
    return made


def deletion_of(line: Line) -> pymarc.Record:
    made = pymarc.Record(force_utf8=True)
    made.leader = pymarc.Leader("00000dam a2200000 a 4500")
    made.fields.append(pymarc.Field("001", data=line.number))
    return made


def item(barcode: str, call_number: str, location: str, volume: str, status: str) -> pymarc.Field:
    """A subfield is there though it is empty: of a copy nothing at all may be known."""
    return field("952", o=call_number, c=location, h=volume, p=barcode, s=status)


def field(tag: str, **parts: str) -> pymarc.Field:
    clean = {code: text.translate(SEPARATORS) for code, text in parts.items()}
    return pymarc.Field(
        tag,
        indicators=pymarc.Indicators(" ", " "),
        subfields=[pymarc.Subfield(code, text) for code, text in clean.items()],
    )


SEPARATORS = dict.fromkeys((0x1D, 0x1E, 0x1F, 0), " ")
