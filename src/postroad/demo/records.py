"""The demo's titles as MARC 21 records of our own making: ISO 2709, UTF-8.

Written by hand and not by pymarc, since a newcomer waits for it: twenty thousand in a second.
"""

import re
from collections.abc import Container, Iterable, Iterator
from dataclasses import replace

from postroad.demo.facts import TitleFact, title_facts

FIELD_END, RECORD_END, DELIMITER = "\x1e", "\x1d", "\x1f"
Field = tuple[str, str]  # tag, and all that stands in the field

LEADERS = {
    "book": "am",
    "large-print": "am",
    "eresource": "am",
    "serial": "as",
    "audiobook": "im",
    "music": "jm",
    "film": "gm",
    "score": "cm",
    "map": "em",
}
PHYSICAL = {
    "book": "ta",
    "large-print": "tb",
    "serial": "ta",
    "audiobook": "sd fsngnn",
    "music": "sd fsngnn",
    "film": "mr bf",
    "score": "qu",
    "map": "aj canzn",
    "eresource": "cr  n",
}
CATALOGUES = {
    "PG": "Facts from the catalog of Project Gutenberg, which also has the text.",
    "BL": "Facts from a list of books digitized by the British Library.",
    "CCE": "Facts from a copyright renewal, transcribed by the New York Public Library;"
    " the year is that of the registration.",
    "LC": "Facts from a sample record of the Library of Congress.",
}
LOCAL = (
    ("Paper mills on the Housatonic", "1931", "Available"),
    ("Marble for the Capitol : the quarries of Lee", "1956", "In the display case"),
    ("Streets of Lee and how they got their names", "1978", "Checked out"),
    ("The Lee town reports, 1850-1900", "1984", "In the display case"),
    ("Laurel Lake in photographs", "1999", "Available"),
    ("Walks around Lee", "2011", "Damaged"),
)
ARTICLES = {
    "eng": ("The ", "A ", "An "),
    "fre": ("Le ", "La ", "Les ", "L'", "Un ", "Une "),
    "ger": ("Der ", "Die ", "Das ", "Ein ", "Eine "),
    "spa": ("El ", "La ", "Los ", "Las ", "Un ", "Una "),
    "ita": ("Il ", "La ", "Le ", "I ", "Gli ", "L'", "Lo ", "Un ", "Una "),
    "por": ("O ", "A ", "Os ", "As ", "Um ", "Uma "),
    "dut": ("De ", "Het ", "Een "),
}
PERSON_AS_SUBJECT = re.compile(r"[^,]+, [^,]+(?:, [^,]+)*, \d{3,4}-(?:\d{3,4})?$")
GENRE = re.compile(r"(?:fiction|stories|tales|poetry|films)$", re.I)


def titles(wanted: int | None = None, surely: Container[str] = ()) -> Iterator[bytes]:
    """One MARC record for each title of the demo, or for so many of them and those named."""
    known = title_facts()
    step = max(len(known) // wanted, 1) if wanted else 1
    return (
        record(title)
        for place, title in enumerate(known)
        if place % step == 0 or title.title in surely
    )


def again(named: Container[str]) -> Iterator[bytes]:
    """These titles as a small library writes them: by hand, without dates of authors and notes."""
    for title in title_facts():
        if title.title in named:
            plain = replace(title, dates="", subjects="", others="", title=title.title.upper())
            yield record(plain)


def record(title: TitleFact) -> bytes:
    return written(title.format, fields(title))


def local() -> Iterator[bytes]:
    """A few books about its town, invented, as a library of Evergreen's sends them with its copies.
    One of their statuses nobody knows, until the library's director says what it means."""
    for place, (title, year, status) in enumerate(LOCAL, start=1):
        copy = (
            *(("b", "Lee"), ("c", "Local history"), ("j", f"974.41 LEE {place}")),
            *(("p", f"2904699000{place:04}"), ("s", status)),
        )
        yield written(
            "book",
            [
                ("001", f"lee-local-{place}"),
                ("008", f"261101s{year}    mau           000 0 eng d"),
                field("245", "00", ("a", title)),
                field("264", " 1", ("a", "Lee :"), ("b", "Lee Historical Press,"), ("c", year)),
                field("650", " 0", ("a", "Lee (Mass.)"), ("x", "History")),
                field("852", "  ", *copy),
            ],
        )


def written(form: str, fields: Iterable[Field]) -> bytes:
    """Directory, fields and leader, as ISO 2709 wants them."""
    directory, body = [], []
    start = 0
    for tag, text in sorted(fields, key=lambda field: field[0]):
        data = (text + FIELD_END).encode()
        directory.append(f"{tag}{len(data):04d}{start:05d}")
        body.append(data)
        start += len(data)
    base = 24 + 12 * len(directory) + 1
    kind = LEADERS[form]
    leader = f"{base + start + 1:05d}n{kind} a22{base:05d} i 4500"
    head = leader + "".join(directory) + FIELD_END
    return head.encode() + b"".join(body) + RECORD_END.encode()


def fields(title: TitleFact) -> Iterator[Field]:
    yield "001", title.control_number
    yield "003", "PostroadDemo"
    yield "007", PHYSICAL[title.format]
    yield "008", coded(title)
    yield from numbers(title)
    yield from statement(title)
    yield from description(title)
    yield from headings(title)


def coded(title: TitleFact) -> str:
    """Field 008, forty places: dates, form, whether it is fiction, language."""
    dates = f"s{title.year}    " if title.year else "nuuuuuuuu"
    if title.format == "serial":
        dates = f"c{title.year or 'uuuu'}9999"
    place = 29 - 18 if title.format in {"map", "film"} else 23 - 18
    middle = list(" " * 17)
    middle[place] = {"large-print": "d", "eresource": "o"}.get(title.format, " ")
    if title.format == "film":
        middle[33 - 18] = "m"
    elif title.format in {"book", "large-print", "eresource"}:
        middle[29 - 18] = middle[30 - 18] = middle[31 - 18] = "0"
        middle[33 - 18] = "1" if title.fiction else "0"
    return f"261101{dates}xx {''.join(middle)}{title.language} d"


def field(tag: str, indicators: str, *parts: tuple[str, str]) -> Field:
    text = "".join(f"{DELIMITER}{code}{value}" for code, value in parts if value)
    return tag, indicators + text


def numbers(title: TitleFact) -> Iterator[Field]:
    if title.lccn:
        yield field("010", "  ", ("a", title.lccn))
    if title.source == "CCE":
        yield field("017", "  ", ("a", title.number), ("b", "U.S. Copyright Office"))
    for isbn in filter(None, title.isbn.split("|")):
        yield field("020", "  ", ("a", isbn))
    if title.issn:
        yield field("022", "  ", ("a", title.issn))
    if title.oclc:
        yield field("035", "  ", ("a", f"(OCoLC){title.oclc}"))
    if title.source != "CCE":
        yield field("035", "  ", ("a", f"({title.source}){title.number}"))
    if title.congress and any(sign.isdigit() for sign in title.congress):
        yield field("050", " 4", ("a", title.congress))
    if title.dewey:
        yield field("082", "04", ("a", title.dewey))


def heading(title: TitleFact) -> Field:
    """Field 100 or 110: a body, a person with a surname, or one without."""
    if title.corporate:
        return field("110", "2 ", ("a", title.author))
    name, fuller = title.author, ""
    if match := re.fullmatch(r"(.+?) (\([^)]+\))(.*)", title.author):
        name, fuller = match[1] + match[3], match[2]
    surname, comma, rest = name.partition(", ")
    forename, _, epithet = rest.partition(", ")
    full = surname + comma + forename
    parts = (("a", full), ("q", fuller), ("c", epithet), ("d", title.dates))
    return field("100", "1 " if comma else "0 ", *parts)


def statement(title: TitleFact) -> Iterator[Field]:
    """The heading, and field 245 with its punctuation."""
    if title.author:
        yield heading(title)
    articles = ARTICLES.get(title.language, ())
    skip = max((len(each) for each in articles if title.title.startswith(each)), default=0)
    name = direct(title)
    main = title.title + (" :" if title.rest else " /" if name else "")
    rest = title.rest + (" /" if title.rest and name else "")
    added = "1" if title.author else "0"
    yield field("245", f"{added}{skip}", ("a", main), ("b", rest), ("c", name))


def direct(title: TitleFact) -> str:
    """The author as a title page has the name: Jane Austen."""
    if title.corporate or not title.author:
        return title.author
    name = re.sub(r" \([^)]*\)", "", title.author)
    parts = name.split(", ")
    return f"{parts[1]} {parts[0]}" if len(parts) > 1 else name


def description(title: TitleFact) -> Iterator[Field]:
    if title.edition:
        yield field("250", "  ", ("a", title.edition))
    if title.place or title.publisher or title.year:
        place = title.place + (" :" if title.publisher and title.place else "")
        comma = "," if title.publisher and title.year else ""
        year = f"[{title.year}]" if title.source in {"PG", "CCE"} and title.year else title.year
        imprint = (("a", place), ("b", title.publisher + comma), ("c", year))
        yield field("264", " 1", *imprint)
    if title.extent:
        yield field("300", "  ", ("a", title.extent))
    yield field("500", "  ", ("a", CATALOGUES[title.source]))
    if title.source == "PG":
        address = f"https://www.gutenberg.org/ebooks/{title.number}"
        link = (("3", "Free electronic text"), ("u", address))
        yield field("856", "42", *link)


def headings(title: TitleFact) -> Iterator[Field]:
    for subject in filter(None, title.subjects.split("|")):
        head, *parts = subject.split(" -- ")
        divisions = [("x", part) for part in parts]
        if PERSON_AS_SUBJECT.fullmatch(head):
            name, _, dates = head.rpartition(", ")
            yield field("600", "10", ("a", f"{name},"), ("d", dates), *divisions)
        elif not parts and GENRE.search(head):
            yield field("655", " 0", ("a", head))
        else:
            yield field("650", " 0", ("a", head), *divisions)
    for name in filter(None, title.others.split("|")):
        yield field("700", "1 " if "," in name else "0 ", ("a", name))
