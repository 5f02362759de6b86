"""A library that lets requests lapse one after the other is suggested for a pause."""

from datetime import timedelta

from postroad.directory import pausing
from postroad.directory.models import Threshold
from postroad.directory.statements import PauseSuggestion
from postroad.ill import asking, lending, unanswered
from postroad.ill.acts import Act
from postroad.ill.lifecycle import State
from postroad.ill.models import Supply
from tests.ill.story import MONDAY, Story, copy, title

HOUR = timedelta(hours=1)


def asked(cast, number, hours=0):
    """A request that stands at Lenox."""
    record = title(f"Book {number}")
    copy(record, cast.lenox, f"3000{number:010}")
    at = MONDAY + hours * HOUR
    ill = asking.ask(record, Act(cast.ada, at), patron=cast.ada, library=cast.lee)
    return Story(cast, record, ill, at).at(State.REFERRED)


def lapse(cast, number, hours):
    story = asked(cast, number, hours)
    lending.lapse(story.supply, Act(at=MONDAY + hours * HOUR))


def test_after_so_many_in_a_row_a_pause_is_suggested_once(cast):
    Threshold.objects.create(name="pause-after", days=3, effective=MONDAY.date())
    for number in range(2):
        lapse(cast, number, number)
    assert unanswered.suggest(MONDAY + 9 * HOUR) == 0
    lapse(cast, 2, 2)
    assert [unanswered.suggest(MONDAY + 9 * HOUR) for _turn in range(2)] == [1, 0]
    made = PauseSuggestion.objects.get()
    assert (made.library, made.unanswered, made.since) == (cast.lenox, 3, MONDAY)


def test_an_answer_in_between_begins_the_count_anew_and_takes_the_suggestion_back(cast):
    Threshold.objects.create(name="pause-after", days=2, effective=MONDAY.date())
    for number in range(2):
        lapse(cast, number, number)
    assert unanswered.suggest(MONDAY + 3 * HOUR) == 1
    story = asked(cast, 7, 4)
    lending.promise(story.supply, Act(cast.lender, MONDAY + 5 * HOUR))
    assert unanswered.suggest(MONDAY + 6 * HOUR) == 0
    assert not PauseSuggestion.objects.exists()


def test_what_was_dismissed_comes_again_only_for_later_requests(cast):
    Threshold.objects.create(name="pause-after", days=2, effective=MONDAY.date())
    for number in range(2):
        lapse(cast, number, number)
    unanswered.suggest(MONDAY + 3 * HOUR)
    pausing.dismiss(PauseSuggestion.objects.get(), by="Carl", at=MONDAY + 3 * HOUR)
    lapse(cast, 3, 4)
    assert unanswered.suggest(MONDAY + 5 * HOUR) == 0
    lapse(cast, 4, 5)
    assert unanswered.suggest(MONDAY + 6 * HOUR) == 1
    assert Supply.objects.filter(ending="lapsed").count() == 4
