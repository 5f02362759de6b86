"""A journal of which several libraries have other volumes. What they say of it is invented."""

import io
from collections.abc import Iterator, Mapping

from postroad.catalogue import loading
from postroad.demo import records
from postroad.demo.facts import title_facts
from postroad.demo.people import HOME, LENDER
from postroad.directory.models import Library

JOURNAL = "Annual review of cell and developmental biology"
VOLUMES = {
    "SIMMONS-U": ("v.11(1995)-",),
    LENDER: ("v.11(1995)-v.18(2002), v.21(2005)-v.30(2014)", "LACKS: v.26"),
    HOME: ("Latest 5 years only",),
}


def load(libraries: Mapping[str, Library]) -> None:
    """By their own records, as any library's file comes."""
    for code, lines in VOLUMES.items():
        if code in libraries:
            file = io.BytesIO(b"".join(described(lines)))
            loading.load(file, libraries[code], refresh=False)


def described(lines: tuple[str, ...]) -> Iterator[bytes]:
    for title in title_facts():
        if title.title == JOURNAL:
            said = [records.field("866", " 0", ("8", "0"), ("a", line)) for line in lines]
            yield records.written(title.format, [*records.fields(title), *said])
