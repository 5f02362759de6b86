"""Which libraries a situation is about."""

from django.db.models import QuerySet

from postroad.delivery.models import Route, Stop
from postroad.directory.models import Library
from postroad.notices import staff_notices
from postroad.notices.staff import Reach
from postroad.situations.models import Area, Situation


def libraries(situation: Situation) -> QuerySet[Library]:
    reach, places = reached(situation)
    return staff_notices.concerned(reach, places)


def reached(situation: Situation) -> tuple[Reach, list[str]]:
    """The same as staff notices say it; a region is its routes."""
    if situation.area == Area.REGION:
        return Reach.ROUTE, [r.code for r in Route.objects.all() if r.region in situation.places]
    return Reach(situation.area), list(situation.places)


def stops(situation: Situation) -> QuerySet[Stop]:
    return Stop.objects.filter(active=True, library__in=libraries(situation))
