"""What one may get updates on: a word, or a word and which one ("news", "library:LEE").

A topic is a text and points at no table, so that an interest survives whatever becomes of the page,
and a feed keeps its address.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from postroad.delivery.models import Route
from postroad.directory.models import Library
from postroad.guides.models import TOP_GUIDE, GuidePage
from postroad.guides.models import Topic as Subject

NEWS, GUIDES, ROUTES = "news", "guides", "routes"
ROUTE, LIBRARY, GUIDE, SUBJECT = "route", "library", "guide", "subject"

# Each by itself is everything of its kind.
WHOLE: Mapping[str, Promise] = {
    NEWS: gettext_lazy("News"),
    GUIDES: gettext_lazy("New guides and answers"),
    ROUTES: gettext_lazy("Delays on any delivery route"),
}


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic, and what readers call it."""

    key: str
    label: str


def of_route(code: str) -> str:
    return f"{ROUTE}:{code}"[:60]


def of_library(code: str) -> str:
    return f"{LIBRARY}:{code}"[:60]


def of_guide(slug: str) -> str:
    return f"{GUIDE}:{slug}"[:60]


def of_subject(key: int) -> str:
    return f"{SUBJECT}:{key}"


def _guides(slugs: Collection[str]) -> Mapping[str, str]:
    return dict(_published().filter(slug__in=slugs).values_list("slug", "title"))


def _published() -> Any:
    return GuidePage.objects.live()


def _subjects(keys: Collection[str]) -> Mapping[str, str]:
    wanted = [key for key in keys if key.isdecimal() and len(key) < LONGEST_KEY]
    found = Subject.objects.filter(pk__in=wanted).values_list("pk", "name")
    return {str(key): _("Answers about %(subject)s") % {"subject": name} for key, name in found}


LONGEST_KEY = 18


def _routes(codes: Collection[str]) -> Mapping[str, str]:
    found = Route.objects.filter(code__in=codes).values_list("code", "name")
    return {code: _("Delays on %(route)s") % {"route": name} for code, name in found}


def _libraries(codes: Collection[str]) -> Mapping[str, str]:
    return dict(Library.objects.filter(active=True, code__in=codes).values_list("code", "name"))


# How many there are now, by the word before the colon, with what each is called.
KINDS: Mapping[str, Callable[[Collection[str]], Mapping[str, str]]] = {
    GUIDE: _guides,
    SUBJECT: _subjects,
    ROUTE: _routes,
    LIBRARY: _libraries,
}


def known(keys: Iterable[str]) -> list[Topic]:
    """Of these those that there are, each once, with what they are called; a query a kind."""
    keys = list(dict.fromkeys(keys))
    which: dict[str, list[str]] = {}
    for key in keys:
        word, colon, one = key.partition(":")
        if colon:
            which.setdefault(word, []).append(one)
    labels = {word: str(label) for word, label in WHOLE.items()}
    for word, ones in which.items():
        if word in KINDS:
            labels |= {f"{word}:{one}": label for one, label in KINDS[word](ones).items()}
    return [Topic(key, labels[key]) for key in keys if key in labels]


def labels(keys: Iterable[str]) -> str:
    return ", ".join(topic.label for topic in known(keys))


def whole() -> list[Topic]:
    return [Topic(word, str(label)) for word, label in WHOLE.items()]


def routes() -> list[Topic]:
    return [Topic(of_route(code), name) for code, name in Route.objects.values_list("code", "name")]


def guides() -> list[Topic]:
    """The guides that stand in the list of guides; what is below one belongs to it."""
    shown = _published().filter(depth=TOP_GUIDE).order_by("path").values_list("slug", "title")
    return [Topic(of_guide(slug), title) for slug, title in shown]


def subjects() -> list[Topic]:
    return [Topic(of_subject(key), name) for key, name in Subject.objects.values_list("pk", "name")]
