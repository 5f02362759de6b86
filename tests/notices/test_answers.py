"""Who hears of a lender's conditions and of a later day."""

from datetime import date

import pytest

from postroad.ill import lending
from postroad.ill.acts import Act
from postroad.ill.lending import Offer
from postroad.ill.lifecycle import Condition, Later, State
from postroad.notices import living, tell
from postroad.notices.models import Kind, Notice
from tests.ill.story import MONDAY, begin

COPY_FREE = Offer([Condition.NO_COPYING], "Please do not fold the map.")


@pytest.fixture
def story(cast):
    return begin(cast).at(State.REFERRED)


def tell_all(story):
    """The worker tells of all that happened, twice."""
    for _twice in range(2):
        for event in story.ill.events.order_by("pk"):
            tell.people(event, MONDAY)


def told(kind):
    return Notice.objects.filter(kind=kind)


def offer(story, offered=COPY_FREE):
    lending.offer(story.supply, Act(story.cast.lender, MONDAY), offered)


def test_the_borrowing_desk_hears_of_an_offer_and_of_other_conditions(story):
    offer(story)
    tell_all(story)
    notice = told(Kind.OFFERED).get()
    assert notice.library == story.cast.lee
    assert "on conditions: no copying." in notice.text
    assert "Accept or decline by Friday 27 November" in notice.text
    assert "Ada" not in notice.text
    offer(story, Offer([Condition.SIGNATURE]))
    tell_all(story)
    assert [each.subject.split(":")[0] for each in told(Kind.OFFERED).order_by("pk")] == [
        "Conditions to accept",
        "Other conditions",
    ]


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (lending.accept_offer, Kind.OFFER_ACCEPTED),
        (lending.decline_offer, Kind.OFFER_DECLINED),
    ],
)
def test_the_lender_hears_the_answer_and_the_offer_is_over(story, answer, kind):
    offer(story)
    tell_all(story)
    live = living.living(told(Kind.OFFERED))
    assert live.exists()
    answer(story.supply, Act(story.cast.borrower, MONDAY))
    tell_all(story)
    assert told(kind).get().library == story.cast.lenox
    assert not live.all().exists()
    assert not living.mailable(told(Kind.OFFERED).get()).exists()


def test_a_reader_hears_of_a_later_day_only_where_her_request_waits_for_it(story):
    act = Act(story.cast.lender, MONDAY)
    lending.retry(story.supply, act, reason=Later.BINDERY, on=date(2026, 12, 7))
    tell_all(story)
    assert not told(Kind.WAITS).exists()  # the next library is asked first
    story.listen()
    tell_all(story)
    notice = told(Kind.WAITS).get()
    assert notice.user == story.cast.ada
    assert "Lenox can from Monday 7 December" in notice.text
