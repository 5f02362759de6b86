"""What a search asks of the libraries: which there are, in which network, how far apart, and which
of them lend these days. Read once a minute by each process; the search index knows none of it.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.core.cache import caches

from postroad.catalogue.models import Collection
from postroad.catalogue.query import Members
from postroad.directory import closures, distances, thresholds
from postroad.directory.models import Library

AT_HAND = 60  # seconds
KEY = "catalogue-members"
MILES: Final = (5, 10, 25, 50)
COLUMNS = ("code", "membership", "state", "open_days", "time_zone", "latitude", "longitude")
ALSO = ("network__code", "network__name", "policy__lends", "policy__formats_not_lent")


@dataclass(frozen=True, slots=True)
class Placed:
    """What is known of the libraries, by their codes."""

    members: Members
    places: dict[str, tuple[float, float]]  # latitude and longitude
    networks: dict[str, str]  # what each is called
    collections: dict[str, str]


def now(at: datetime) -> Placed:
    """Of those that take part."""
    kept: Placed | None = caches["process"].get(KEY)
    if kept is None:
        kept = read(at)
        caches["process"].set(KEY, kept, AT_HAND)
    return kept


def read(at: datetime) -> Placed:
    """Three statements. A library that opens within the days for which a request waits lends."""
    libraries = list(
        Library.objects.members().select_related("network", "policy").only(*COLUMNS, *ALSO)
    )
    patience = thresholds.days("closure-patience", on=at.date())
    calendars = closures.calendars(libraries, at.date() - timedelta(days=1), closures.LENDING)
    networks: dict[str, set[str]] = defaultdict(set)
    not_lent: dict[str, set[str]] = defaultdict(set)
    not_lending = set()
    for each in libraries:
        policy = getattr(each, "policy", None)
        calendar = calendars[each.pk]
        today = calendar.day_of(at)
        opens = calendar.next_open(today)
        if (policy and not policy.lends) or opens is None or (opens - today).days > patience:
            not_lending.add(each.code)
        for form in policy.formats_not_lent if policy else ():
            not_lent[form].add(each.code)
        if each.network:
            networks[each.network.code].add(each.code)
    return Placed(
        Members(
            codes=frozenset(each.code for each in libraries),
            networks={code: frozenset(codes) for code, codes in networks.items()},
            not_lending=frozenset(not_lending),
            not_lent={form: frozenset(codes) for form, codes in not_lent.items()},
        ),
        {
            each.code: (each.latitude, each.longitude)
            for each in libraries
            if each.latitude is not None and each.longitude is not None
        },
        {each.network.code: each.network.name for each in libraries if each.network},
        dict(Collection.objects.values_list("slug", "name")),
    )


def rings(
    placed: Placed, centre: tuple[float, float], limits: Iterable[int] = MILES
) -> tuple[tuple[str, frozenset[str]], ...]:
    """The libraries within so many miles of a place, as the crow flies."""
    away = {code: distances.miles(centre, place) for code, place in placed.places.items()}
    return tuple(
        (str(limit), frozenset(code for code, far in away.items() if far <= limit))
        for limit in limits
    )


def forget() -> None:
    """Let this process look anew."""
    caches["process"].delete(KEY)
