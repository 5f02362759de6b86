"""What a situation writes into other rooms while it holds: closures, and numbers of days.

Both are dated, and reckoned from what is to hold, so to switch one on and to change one that is on
are the same act: what is missing is entered, what is wanted no more ends.
"""

from datetime import date, datetime

from postroad.directory import amending, thresholds
from postroad.directory.amending import Difference, Wanted
from postroad.directory.models import Closure
from postroad.situations import where
from postroad.situations.models import Area, Situation


def wanted(situation: Situation, first_day: date) -> Wanted:
    """What it is to hold closed; what is entered now begins on `first_day`."""
    many = {Area.ALL.value: [""], Area.STATE.value: list(situation.places)}
    return Wanted(
        source=situation.source,
        effects=list(situation.effects),
        many=many.get(situation.area, []),
        libraries=frozenset(where.libraries(situation).values_list("pk", flat=True)),
        first_day=first_day,
        last_day=situation.last_day or Closure.FURTHER_NOTICE,
        reason=situation.name,
    )


def differences(situation: Situation, first_day: date, today: date) -> list[Difference]:
    """What its closures would become."""
    return amending.differences(wanted(situation, first_day), today)


def write(situation: Situation, first_day: date, *, by: str, at: datetime, today: date) -> None:
    meant = wanted(situation, first_day)
    found = amending.differences(meant, today)
    amending.carry_out(meant, found, by=by, at=at, today=today)
    everywhere = situation.area == Area.ALL
    thresholds.hold_meanwhile(
        situation.thresholds,
        first_day=first_day,
        last_day=situation.last,
        libraries=None if everywhere else where.libraries(situation),
        source=situation.source,
        today=today,
    )
