"""The demonstration's situations: one that ended, with its report, and one that holds."""

from datetime import timedelta

from postroad.demo import situations
from postroad.directory import thresholds
from postroad.directory.models import Closure
from postroad.situations import switching
from postroad.situations.models import Situation, Stands
from tests.ill.story import MONDAY


def test_one_ended_and_one_holds_and_both_say_that_they_are_invented(cast):
    situations.enter(MONDAY.date())
    for day in range(30, -1, -1):
        switching.follow(MONDAY - timedelta(days=day))
    stands = {each.name: each.stands for each in Situation.objects.all()}
    assert stands == {
        "Snowstorm (invented)": Stands.OVER,
        "Bridge repairs (invented)": Stands.ON,
    }
    assert Situation.objects.get(name__startswith="Snow").report["days"] == 3
    assert not Closure.objects.filter(last_day__gte=MONDAY.date()).exists()
    slow = [each for each in cast.libraries if late(each) == 21]
    assert slow
    assert late(None) == 14


def late(library) -> int:
    return thresholds.days("courier-late", on=MONDAY.date(), library=library)
