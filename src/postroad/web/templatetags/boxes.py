"""`{% live_box "closed" %}`: a box that looks up what it shows.

`{{ text|values }}`: a text in which a name like [[courier-late]] becomes the number that holds
today (R14).

BOXES is the whole list of live boxes; guides hold their names. What is the same for all readers is
kept in the process for a minute. A box that fails says so in a line, and the page stands.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from django import template
from django.core.cache import caches
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from postroad.guides import values as named
from postroad.web.shared import live
from postroad.web.shared.live import Facts

register = template.Library()
log = logging.getLogger(__name__)

KEPT = 60  # seconds


@dataclass(frozen=True, slots=True)
class Asked:
    """What a box may go by."""

    request: HttpRequest
    now: datetime
    of: str  # what follows the colon of its name: "new-in:professional"


@dataclass(frozen=True, slots=True)
class Box:
    """A live box: what it is called, and the facts for the template of its name."""

    label: Promise
    facts: Callable[[Asked], Facts]
    own: bool = False  # each reader sees her own, so it is not kept
    of: Callable[[], Sequence[tuple[str, str]]] | None = None  # of what there is one each


BOXES: Mapping[str, Box] = {
    "lending": Box(gettext_lazy("Who lends now"), lambda asked: live.lending(asked.now)),
    "delays": Box(gettext_lazy("Routes delayed"), lambda asked: live.delays(asked.now)),
    "closed": Box(gettext_lazy("Closed this week"), lambda asked: live.closed(asked.now)),
    "days": Box(
        gettext_lazy("Days to the reader's library"),
        lambda asked: live.days(asked.request, asked.now),
        own=True,
    ),
    "returns": Box(gettext_lazy("What to do with returns"), lambda asked: live.returns()),
    "team": Box(gettext_lazy("Team and contact"), lambda asked: live.team()),
    "news": Box(gettext_lazy("News"), lambda asked: live.news()),
    "search-in": Box(
        gettext_lazy("Search a collection"),
        lambda asked: live.collection(asked.of),
        of=live.of_collections,
    ),
    "new-in": Box(
        gettext_lazy("New in a collection"),
        lambda asked: live.newest(asked.of),
        of=live.of_collections,
    ),
    "licensed": Box(
        gettext_lazy("Licensed for the reader’s library"),
        lambda asked: live.licensed(asked.request, asked.now),
        own=True,
    ),
    "threshold": Box(
        gettext_lazy("A number of days"),
        lambda asked: live.threshold(asked.of, timezone.localdate(asked.now)),
        of=live.of_thresholds,
    ),
}


def choices() -> list[tuple[object, object]]:
    """The names for an editor to choose from: boxes, and those of which there are several."""
    single = [(name, box.label) for name, box in BOXES.items() if box.of is None]
    several = [
        (box.label, [(f"{name}:{key}", label) for key, label in box.of()])
        for name, box in BOXES.items()
        if box.of is not None
    ]
    return [*single, *(each for each in several if each[1])]


@register.simple_tag(takes_context=True)
def live_box(context: template.Context, name: str) -> SafeString:
    kind, _colon, of = str(name).partition(":")
    try:
        box = BOXES[kind]
        asked = Asked(context["request"], timezone.now(), of)
        return rendered(kind, box, asked) if box.own else kept(kind, box, asked)
    except Exception:  # whatever it is, the page is worth more than its box
        log.exception("the live box %s failed", name)
        return mark_safe(render_to_string("boxes/_failed.html"))  # noqa: S308  # our template


def kept(kind: str, box: Box, asked: Asked) -> SafeString:
    key = f"box:{kind}:{asked.of}:{get_language()}:{timezone.get_current_timezone_name()}"
    found: str | None = caches["process"].get(key)
    if found is None:
        found = str(rendered(kind, box, asked))
        caches["process"].set(key, found, KEPT)
    return mark_safe(found)  # noqa: S308  # what `rendered` made


def rendered(kind: str, box: Box, asked: Asked) -> SafeString:
    facts = {**box.facts(asked), "as_of": asked.now}
    return mark_safe(render_to_string(f"boxes/{kind}.html", facts))  # noqa: S308  # our template


@register.filter
def values(text: object) -> SafeString:
    """The text with today's numbers in the place of their names."""
    html = conditional_escape(cast("SafeString", text))  # or anything that says how it escapes
    return mark_safe(named.fill(html, value)) if "[[" in html else html  # noqa: S308  # escaped


def value(name: str) -> str:
    try:
        return str(conditional_escape(live.days_of(name, timezone.localdate())))
    except KeyError:
        log.error("a text names the number %s, which nobody agreed on", name)
        return _("(not known)")
