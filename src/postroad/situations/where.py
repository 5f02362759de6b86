"""Which libraries a situation is about."""

from collections.abc import Collection
from copy import copy

from django.db.models import QuerySet

from postroad.delivery.models import Route, Stop
from postroad.directory.models import Library
from postroad.notices import staff_notices
from postroad.notices.staff import Reach
from postroad.situations.models import Area, Situation


def libraries(situation: Situation) -> QuerySet[Library]:
    reach, places = reached(situation)
    return staff_notices.concerned(reach, places)


def ever(situation: Situation) -> QuerySet[Library]:
    """Those that it concerns, and that it concerned since it was switched on."""
    held, former = libraries(situation), copy(situation)
    for change in situation.changes.filter(while_on=True).reverse():  # back to how it began
        if {"area", "places"} & set(change.was):
            former.area = change.was.get("area", former.area)
            former.places = change.was.get("places", former.places)
            held = held | libraries(former)
    return held


def some(keys: Collection[int]) -> QuerySet[Library]:
    return Library.objects.filter(pk__in=keys)


def everybody() -> QuerySet[Library]:
    return staff_notices.concerned(Reach.ALL, ())


def reached(situation: Situation) -> tuple[Reach, list[str]]:
    """The same as staff notices say it; a region is its routes."""
    if situation.area == Area.REGION:
        routes = Route.objects.select_related("region")
        return Reach.ROUTE, [r.code for r in routes if r.region_name in situation.places]
    return Reach(situation.area), list(situation.places)


def stops(situation: Situation) -> QuerySet[Stop]:
    return Stop.objects.filter(active=True, library__in=libraries(situation))
