"""What the live boxes of guides show: each asks where the other pages ask, and guesses nothing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.core.cache import caches
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from postroad import words
from postroad.accounts import roles
from postroad.accounts.models import AT_A_LIBRARY
from postroad.catalogue import citation, collections
from postroad.catalogue.models import Collection
from postroad.delivery import stops
from postroad.delivery.models import Delay
from postroad.directory import thresholds
from postroad.directory.models import Closure, Contact, Effect, Library
from postroad.econtent import opening
from postroad.econtent.models import Resource
from postroad.guides.models import NewsPage
from postroad.ill import lending_now
from postroad.reports import counts
from postroad.web.shared.resources import Shown

WEEK = timedelta(days=6)  # today and the six days after it
MOST = 8  # lines of a list
FEW = 4  # of a list of which a box has two
SEEN_FOR = 600  # seconds for which it is not reckoned anew

Facts = dict[str, Any]


def lending(now: datetime) -> Facts:
    return {"lending": lending_now.count(now), "status": address("status")}


def delays(now: datetime) -> Facts:
    """What is not as usual with the van today, or begins within the week."""
    today = timezone.localdate(now)
    said = [each for each in Delay.objects.standing(today) if each.first_day <= today + WEEK]
    entries = {each.entry for each in said}
    pauses = [each for each in stops.pauses(today) if each.entry not in entries]
    soon = [each for each in pauses if each.first_day <= today + WEEK]
    more = len(soon[MOST:]) + len(said[MOST:])
    return {"delays": said[:MOST], "pauses": soon[:MOST], "more": more}


def closed(now: datetime) -> Facts:
    """Who is closed on a day of this week, what is closed for many first."""
    today = timezone.localdate(now)
    held = Closure.objects.touching(today, today + WEEK).filter(effect=Effect.CLOSED)
    known = held.select_related("library").order_by("first_day", "library__town", "pk")
    found = [each for each in known if each.library is None or is_member(each.library)]
    found.sort(key=lambda each: each.library_id is not None)
    return {"closures": found[:MOST], "more": len(found[MOST:])}


def is_member(library: Library) -> bool:
    return library.active and not library.is_outside


def days(request: HttpRequest, now: datetime) -> Facts:
    """How long it takes until a thing is at the reader's library, or at the one she works for."""
    library = library_of(request)
    if library is None:
        return {"library": None}
    key = f"usual-days:{library.pk}"
    usual: counts.Usual | None = caches["process"].get(key)
    if usual is None:
        usual = counts.usual_days(library, now - counts.SEASON)
        caches["process"].set(key, usual, SEEN_FOR)
    few = usual.days is None or usual.times < counts.FEWEST_TIMES
    whole = max(1, round(usual.days or 0))
    season = counts.SEASON.days
    return {"library": library, "usual": usual, "few": few, "days": whole, "season": season}


def library_of(request: HttpRequest) -> Library | None:
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return None
    if card := roles.card_of(user):
        return card.library
    at = [each.library for each in roles.posts(user) if each.role in AT_A_LIBRARY]
    return next((library for library in at if library), None)


def returns() -> Facts:
    return {"returns": address("returns")}


def team() -> Facts:
    return {"contacts": list(Contact.objects.filter(library=None))}


def news() -> Facts:
    return {"news": list(NewsPage.objects.shown()[:5])}


@dataclass(frozen=True, slots=True)
class Title:
    title: str
    author: str
    year: int | None
    address: str


def collection(slug: str) -> Facts:
    """A collection may have been dissolved after a page was written: then there is none."""
    found = Collection.objects.filter(slug=slug).first()
    return {"collection": found, "address": reverse("collection", args=[slug])}


def newest(slug: str) -> Facts:
    facts = collection(slug)
    found = facts["collection"]
    return {**facts, "titles": titles(collections.newest(found, MOST)) if found else []}


def titles(records: Iterable[Any]) -> list[Title]:
    return [
        Title(
            citation.as_read(each.title),
            citation.person(each.author),
            each.year,
            reverse("record", args=[each.pk]),
        )
        for each in records
    ]


def licensed(request: HttpRequest, now: datetime) -> Facts:
    """What the readers of her library may use: the newest, and what ends soon. Of a reader whose
    library is not known, of all that there is."""
    library, today = library_of(request), timezone.localdate(now)
    if library is not None:
        offers = [each for each in opening.offered(library, today) if each.opening.is_for_all]
        found = [Shown(each.resource, each.rights, each.opening, today) for each in offers]
    else:
        found = [Shown(each, (), None, today) for each in Resource.objects.usable(today)]
    newest = sorted(found, key=lambda each: each.resource.added_on or date.min, reverse=True)
    ending = [each for each in found if each.ends_soon]
    ending.sort(key=lambda each: each.resource.last_day or date.max)
    return {"library": library, "newest": newest[:FEW], "ending": ending[:FEW]}


def threshold(name: str, today: date) -> Facts:
    return {
        "label": words.directory.THRESHOLDS[name],
        "value": days_of(name, today),
        "since": since(name, today),
    }


def days_of(name: str, today: date) -> str:
    """What a threshold is today, in words: "14 days". KeyError for an unknown one."""
    return words.directory.amount(name, thresholds.days(name, on=today))


def since(name: str, today: date) -> str:
    """From which day on it holds, in words; empty where it was never changed."""
    began = thresholds.since(name, on=today)
    return date_format(began, "j F Y") if began else ""


def address(name: str) -> str:
    """Where a page of ours is; empty while there is none of this name."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def of_collections() -> Sequence[tuple[str, str]]:
    return list(Collection.objects.values_list("slug", "name"))


def of_thresholds() -> Sequence[tuple[str, str]]:
    return [
        (name, _("%(what)s …") % {"what": label})
        for name, label in words.directory.THRESHOLDS.items()
    ]
