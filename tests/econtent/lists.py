"""Files of title lists, made of a few words."""

from collections.abc import Iterator
from datetime import UTC, datetime
from time import monotonic

from postroad.econtent import arriving, reading
from postroad.econtent.models import ListFile, Resource
from postroad.protocols.kbart import COLUMNS_2014

NOW = datetime(2026, 11, 27, 15, 0, tzinfo=UTC)
SAID = {
    "print_identifier": "0378-5955",
    "date_first_issue_online": "1987",
    "coverage_depth": "fulltext",
    "publication_type": "serial",
    "access_type": "P",
}


def line(title: str, **more: str) -> str:
    address = f"https://j.example/{title.replace(' ', '-')}"
    said = {**SAID, "publication_title": title, "title_url": address, **more}
    return "\t".join(said.get(column, "") for column in COLUMNS_2014)


def listed(*lines: str) -> bytes:
    return "\n".join(["\t".join(COLUMNS_2014), *lines]).encode()


def titles(*names: str) -> bytes:
    return listed(*(line(name) for name in names))


def boats() -> Resource:
    return Resource.objects.get_or_create(slug="boats", defaults={"name": "Boats Online"})[0]


def send(content: bytes, name: str = "boats.txt", platform: str = "j.example") -> ListFile:
    """A file comes, and is not read yet."""
    return arriving.receive(pieces(content), name, boats(), platform, by=None, now=NOW)


def pieces(content: bytes) -> Iterator[bytes]:
    for at in range(0, len(content), 1000):
        yield content[at : at + 1000]


def shown(content: bytes, **more: str) -> ListFile:
    """A file comes and is read."""
    file = send(content, **more)
    reading.go_on(file, monotonic() + 60)
    return ListFile.objects.get(pk=file.pk)
