"""What becomes a bulletin: listeners that let subscribers and feeds hear of what happened."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from postroad.delivery.models import Route, Stop
from postroad.directory.models import Closure, Effect, Happening, Library, State
from postroad.guides.models import Announcement, AnswerPage, NewsPage, is_tab
from postroad.notices import links, topics, updates

HAPPENING = Happening._meta.label_lower
ANNOUNCEMENT = Announcement._meta.label_lower

# What is over when a closure ends: what the place does again.
AGAIN: dict[str, Promise] = {
    Effect.CLOSED: gettext_lazy("open again"),
    Effect.NO_LENDING: gettext_lazy("lending again"),
    Effect.NO_DELIVERY: gettext_lazy("delivery again"),
    Effect.NO_RETURNS: gettext_lazy("accepting returns again"),
}


def of_pages(announcement: Announcement, now: datetime) -> None:
    """Listener: a page is published for the first time, or announced again (R15). One that readers
    do not see, since it was taken down at once, is not told."""
    page = announcement.page.specific
    if not updates.readable([page.pk]):
        return
    _site, _root, path = page.get_url_parts()
    updates.publish(
        ANNOUNCEMENT,
        announcement.pk,
        title=page.title,
        summary=page.intro,
        path=path,
        about=about(page),
        at=announcement.at,
        now=now,
    )


def about(page: Any) -> set[str]:
    """The topics of a guide, an answer or news. A tab is part of its guide."""
    if isinstance(page, NewsPage):
        return {topics.NEWS}
    if isinstance(page, AnswerPage):
        return {topics.GUIDES, *([topics.of_subject(page.topic_id)] if page.topic_id else [])}
    guide = page.get_parent() if is_tab(page) else page
    return {topics.GUIDES, topics.of_guide(guide.slug)}


def of_libraries(happening: Happening, now: datetime) -> None:
    """Listener: a library, or a route, is closed, open again, or closed after all."""
    word, _colon, entry = happening.subject.partition(":")
    if word != "closure":
        return
    rows = list(Closure.objects.filter(entry=UUID(entry)).select_related("library"))
    facts = happening.facts
    last = date.fromisoformat(facts["last_day"])
    if not rows or last < timezone.localdate(happening.at):
        return  # it is over already: no news
    libraries = [row.library for row in rows if row.library is not None]
    if these := facts.get("these"):  # it is news for these alone
        libraries = list(Library.objects.filter(pk__in=these).order_by("pk"))
    effect = Effect(facts["effect"])
    updates.publish(
        HAPPENING,
        happening.pk,
        title=f"{place(libraries, facts['state'])}: {what(happening.verb, effect, facts)}",
        summary=facts["reason"],
        path=links.library(libraries[0].code) if len(libraries) == 1 else links.libraries(),
        about=concerned(libraries, facts["state"], effect),
        at=happening.at,
        now=now,
    )


def what(verb: str, effect: Effect, facts: dict[str, str]) -> str:
    if verb == "reopen":
        return str(AGAIN[effect])
    first, last = (date.fromisoformat(facts[name]) for name in ("first_day", "last_day"))
    if verb == "amend":
        return _("%(effect)s, now %(days)s") % {"effect": effect.label, "days": days(first, last)}
    return f"{effect.label}, {days(first, last)}"


def days(first: date, last: date) -> str:
    begins = date_format(first, "l j F")
    if last == Closure.FURTHER_NOTICE:
        return _("from %(day)s until further notice") % {"day": begins}
    if last == first:
        return _("on %(day)s") % {"day": begins}
    return _("%(first)s to %(last)s") % {"first": begins, "last": date_format(last, "l j F")}


def place(libraries: Sequence[Library], state: str) -> str:
    """Of whom it is said: a library, a route if they are the libraries of one, or how many."""
    if len(libraries) == 1:
        return f"{libraries[0].name}, {libraries[0].town}"
    if libraries:
        on = Route.objects.filter(stops__library__in=libraries).distinct()
        routes = list(on[:2])
        if len(routes) == 1:
            return _("Delivery route %(route)s") % {"route": routes[0].name}
        return _("%(count)d libraries") % {"count": len(libraries)}
    return str(State(state).label) if state else _("All libraries")


def concerned(libraries: Sequence[Library], state: str, effect: Effect) -> set[str]:
    """The topics that it is about: those libraries, and where no van comes their routes."""
    places = Library.objects.members()
    if libraries:
        places = Library.objects.filter(pk__in=[each.pk for each in libraries])
    elif state:
        places = places.filter(state=state)
    found = {topics.of_library(code) for code in places.values_list("code", flat=True)}
    if effect == Effect.NO_DELIVERY:
        stops = Stop.objects.filter(active=True, library__in=places).order_by()
        codes = set(stops.values_list("route__code", flat=True))
        found |= {topics.of_route(code) for code in codes} | ({topics.ROUTES} if codes else set())
    return found
