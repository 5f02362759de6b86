"""Whether a licensed copy answers before a request is made: two statements."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from urllib.parse import quote, urlsplit

from django.db.models import Q

from postroad.directory.models import Library
from postroad.econtent.models import Resource, Right, Title
from postroad.econtent.opening import Opening, open_to_everybody, opening, rights_of
from postroad.econtent.terms import Answer, covers


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for. Numbers without hyphens; an ISBN with 13 digits."""

    numbers: tuple[str, ...]
    year: int | None = None
    volume: str = ""
    issue: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """Where the library's readers find it, and how they get in."""

    resource: str
    how: str
    address: str
    title_list: int
    title: int = 0  # by which a reader says that the link did not work


def answer(wanted: Wanted, library: Library, today: date) -> Link | None:
    """The link for readers of this library; none where the licence or the coverage is not known to
    reach them."""
    titles = reached(wanted, today)
    if not titles:
        return None
    rights = rights_of(title.title_list.resource for title in titles)
    for title in titles:
        resource = title.title_list.resource
        if right := opening(rights.get(resource.pk, ()), library).right:
            address = through(right, title.address or resource.address)
            return Link(resource.name, right.how, address, title.title_list_id, title.pk)
    return None


def reached(wanted: Wanted, today: date) -> list[Title]:
    """A title of each list whose coverage reaches what is wanted, by the name of the resource."""
    return sorted(reaching(wanted, today), key=lambda title: title.title_list.resource.name)


def reaching(wanted: Wanted, today: date) -> Iterator[Title]:
    numbers = [number for number in wanted.numbers if number]
    if not numbers:
        return
    named = Q(print_number__in=numbers) | Q(online_number__in=numbers)
    rows = Title.objects.live().filter(named).select_related("title_list__resource")
    of_list = set()
    for row in rows.order_by("pk"):
        resource = row.title_list.resource
        if row.title_list_id in of_list or resource.is_over(today):
            continue
        if not (row.address or resource.address):
            continue
        if covers([row], wanted.year, wanted.volume, wanted.issue, today) is Answer.YES:
            of_list.add(row.title_list_id)
            yield row


def entry(resource: Resource, opened: Opening | None, rights: Iterable[Right]) -> str:
    """The address of a resource for one library's readers; for a reader of whom nothing is known
    only that of what is open. Empty where nobody knows that they may."""
    right = opened.right if opened else open_to_everybody(rights)
    return through(right, resource.address) if right and resource.address else ""


def through(right: Right, address: str) -> str:
    """The address behind the proxy's prefix, once: quoted, as a field's value is, but as it is
    behind EZproxy's `url=`, which takes all that follows."""
    if right.how != Right.How.PROXY or is_behind(right.prefix, address):
        return address
    as_it_is = re.search(r"[?&]url=$", right.prefix) and "//go.openathens.net/" not in right.prefix
    return right.prefix + (address if as_it_is else quote(address, safe=""))


def has_room(prefix: str) -> bool:
    """Whether the prefix of a proxy ends where the address goes: behind the name of a field."""
    return bool(re.search(r"\?(?:.*&)?[^&=?#]+=$", prefix))


def is_behind(prefix: str, address: str) -> bool:
    """As vendors write it into the lists that they make for one library."""
    proxy, said = urlsplit(prefix), urlsplit(address)
    same = (said.hostname, said.path) == (proxy.hostname, proxy.path)
    return same and bool(re.search(r"(?:^|&)q?url=", said.query))
