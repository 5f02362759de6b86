"""Two situations of the demonstration: a storm that is over, and repairs that still slow the van.

They are entered before the story, which lives through them: the worker's job begins and ends them.
"""

from datetime import date, datetime, time, timedelta

from django.utils import timezone

from postroad.accounts.models import Role
from postroad.delivery.models import Stop
from postroad.demo.people import HOME, LENDER
from postroad.directory.models import Effect
from postroad.situations import switching
from postroad.situations.models import Area, Situation

STORM = range(-21, -18)  # days from today
REPAIRS = -9


def enter(today: date) -> None:
    """Both are switched on a month ago, for days to come; nothing where the van has no regions."""
    regions = quiet_regions()
    if not regions:
        return
    at = datetime.combine(today - timedelta(days=30), time(14), timezone.get_current_timezone())
    storm = {
        "name": "Snowstorm (invented)",
        "places": [regions[0]],
        "first_day": today + timedelta(days=STORM.start),
        "last_day": today + timedelta(days=STORM.stop - 1),
        "effects": [Effect.NO_DELIVERY.value],
        "banner": f"No van in the region {regions[0]} until the roads are clear.",
    }
    repairs = {
        "name": "Bridge repairs (invented)",
        "places": [regions[-1]],
        "first_day": today + timedelta(days=REPAIRS),
        "thresholds": {"courier-late": 21},
        "banner": f"The van is slower in the region {regions[-1]}.",
    }
    for facts in (storm, repairs):
        situation = Situation.objects.create(
            area=Area.REGION,
            entered_by="Delivery office",
            office=Role.DELIVERY,
            entered_at=at,
            **facts,
        )
        switching.switch_on(situation, by="Delivery office", at=at)


def quiet_regions() -> list[str]:
    """Those in which none of the demonstration's own accounts works."""
    stops = Stop.objects.filter(active=True).select_related("route", "library")
    busy = {stop.route.region_name for stop in stops if stop.library.code in (HOME, LENDER)}
    return sorted({stop.route.region_name for stop in stops} - busy)
