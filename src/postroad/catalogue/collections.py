"""What is in a collection: a library's copies at one location.

The search index knows libraries and not their locations. A professional collection has some
hundreds of titles, seldom some thousands, so these are read and compared here.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.core.cache import caches
from django.db.models import Max, QuerySet

from postroad.catalogue import search
from postroad.catalogue.analysis import plain
from postroad.catalogue.models import Collection, Item, ItemStatus, Record
from postroad.catalogue.query import tidy
from postroad.directory.models import Library

MOST_WORDS = 8
KEPT = 60  # seconds that a process remembers the words of a collection's titles


def copies(collection: Collection) -> QuerySet[Item]:
    """What is listed there just now."""
    found = Item.objects.filter(library=collection.library_id)
    if collection.location:
        found = found.filter(location=collection.location)
    return found.exclude(status=ItemStatus.WITHDRAWN)


def locations(library: Library) -> list[str]:
    """Where its copies are, by the names that its records give."""
    listed = Item.objects.filter(library=library).exclude(status=ItemStatus.WITHDRAWN)
    named = listed.exclude(location="").order_by("location").values_list("location", flat=True)
    return list(named.distinct())


def newest(collection: Collection, count: int) -> list[Record]:
    """The titles of which a copy came last."""
    last = copies(collection).order_by().values("record_id").annotate(last=Max("pk"))
    keys = [row["record_id"] for row in last.order_by("-last", "-record_id")[:count]]
    found = Record.objects.in_bulk(keys)
    return [found[key] for key in keys]


def find(collection: Collection, text: str) -> list[int]:
    """The keys of its titles that have all of the words, the likeliest first; without a word, all
    by title. A number is looked up as in the whole catalogue."""
    known = _words(collection)
    if wanted := [stem(word) for word in folded(tidy(text)).split()[:MOST_WORDS]]:
        here = {each.record for each in known}
        by_number = [each.pk for each in search.by_number(text) if each.pk in here]
        return by_number or [each.record for each in _ranked(known, wanted)]
    return [each.record for each in known]


@dataclass(frozen=True, slots=True)
class Words:
    """Of a title: what it is called, who wrote it, and what else it is found by."""

    record: int
    title: str
    author: str
    rest: str

    def place(self, wanted: list[str]) -> int | None:
        """0 if the title has all words, 1 with the author's name, 2 with all else, or nowhere."""
        texts = (self.title, f"{self.title} {self.author}")
        for place, text in enumerate((*texts, f"{texts[1]} {self.rest}")):
            if all(f" {word}" in f" {text}" for word in wanted):
                return place
        return None


def _ranked(known: list[Words], wanted: list[str]) -> list[Words]:
    placed = [(each.place(wanted), each) for each in known]
    found = [(place, each) for place, each in placed if place is not None]
    return [each for _place, each in sorted(found, key=lambda pair: pair[0])]


def _words(collection: Collection) -> list[Words]:
    key = f"collection-words:{collection.pk}"
    found: list[Words] | None = caches["process"].get(key)
    if found is None:
        found = list(_read(collection))
        caches["process"].set(key, found, KEPT)
    return found


def _read(collection: Collection) -> Iterator[Words]:
    rows = Record.objects.filter(pk__in=copies(collection).values("record_id")).order_by(
        "title", "pk"
    )
    facts = ("pk", "title", "author", "contributors", "subjects", "other_titles", "series")
    for key, title, author, contributors, subjects, others, series in rows.values_list(*facts):
        rest = " ".join([*contributors, *subjects, *others, series])
        yield Words(key, folded(title), folded(author), folded(rest))


def folded(text: str) -> str:
    """As it is compared: no accents, no capitals, no signs between the words."""
    bare = plain(text).casefold().replace("'", "").replace("’", "")
    return " ".join("".join(sign if sign.isalnum() else " " for sign in bare).split())


def stem(word: str) -> str:
    """The beginning that the singular and the plural of a word share."""
    if len(word) > 4 and word.endswith(("ies", "y")):
        return word.removesuffix("ies").removesuffix("y")
    return word.removesuffix("s") if len(word) > 3 else word
