"""Pages of a queue that shrinks while somebody works it off: none of its rows is passed over.

Pages cut by number alone skip: who deals with five rows of the second page finds the third one
begun five rows further on. So the way to the next page names the rows that it begins with, and
every way says how long the queue was: as much as it has shrunk since, a page begins earlier.
"""

from collections.abc import Sequence
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest

NAMED = 8  # rows of the next page that its way names: a colleague may have dealt with some


class Queued(Page):  # type: ignore[type-arg]
    """A page that begins where the one before it ended, wherever that is now."""

    def __init__(self, rows: Sequence[Any], number: int, paginator: Any, start: int) -> None:
        super().__init__(rows, number, paginator)
        self.start = start
        self.next_rows = ""  # the keys of the rows that the next page begins with

    def start_index(self) -> int:
        return self.start + 1 if self.paginator.count else 0

    def end_index(self) -> int:
        return self.start + len(self.object_list)

    def has_next(self) -> bool:
        return self.end_index() < self.paginator.count

    def has_previous(self) -> bool:
        return self.number > 1

    def has_other_pages(self) -> bool:
        return self.has_previous() or self.has_next()

    def next_page_number(self) -> int:
        return self.number + 1

    def previous_page_number(self) -> int:
        return self.number - 1


def page_of(
    request: HttpRequest,
    rows: QuerySet[Any, Any],
    size: int,
    count: int | None = None,
    key: str = "pk",
) -> Queued:
    """The page that the address asks for; the nearest there is, if it asks for another.

    Whoever has counted the rows already says how many there are. `key` names the number by which
    a row is known.
    """
    paginator = Paginator(rows, size)
    if count is not None:
        paginator.__dict__["count"] = count  # as it would keep it, had it asked by itself
    number = paginator.get_page(request.GET.get("page")).number
    start = begins(request, rows, paginator, key) if paginator.num_pages > 1 else 0
    number = number if start else 1
    part = list(rows[start : start + size + NAMED])
    page = Queued(part[:size], number, paginator, start)
    page.next_rows = ",".join(str(getattr(row, key)) for row in part[size:])
    return page


def begins(request: HttpRequest, rows: QuerySet[Any, Any], paginator: Any, name: str) -> int:
    """At which row of the queue, as it is now, the page begins that the address asks for."""
    number, size, count = (
        number_in(request.GET.get("page", "")),
        paginator.per_page,
        paginator.count,
    )
    named = [int(key) for key in request.GET.get("from", "").split(",") if is_key(key)][:NAMED]
    if named and number > 1:
        places = {key: at for at, key in enumerate(rows.values_list(name, flat=True))}
        found = [places[key] for key in named if key in places]
        if found:
            return min(found)
    shrunk = max(0, number_in(request.GET.get("of", "")) - count)
    last = (paginator.num_pages - 1) * size
    return int(min(max(0, (number - 1) * size - shrunk), last))


def number_in(text: str) -> int:
    return int(text) if is_key(text) else 0


def is_key(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 18
