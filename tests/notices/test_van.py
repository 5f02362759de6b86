"""Who hears of a delay of the van, and who of a later day. Each once."""

from datetime import date, timedelta
from uuid import uuid4

import pytest

from postroad.delivery import delays, outlook
from postroad.delivery.models import Delay, Stop
from postroad.ill import loans
from postroad.ill.acts import Act
from postroad.ill.lifecycle import State
from postroad.notices.models import Kind, Notice
from postroad.worker import run
from tests.cast import Cast
from tests.ill.story import MONDAY, Story, begin


@pytest.fixture
def story(cast: Cast) -> Story:
    Stop.objects.update(drop_days="MTWTFSS", pick_up_days="MTWTFSS")
    outlook.follow(MONDAY)
    story = begin(cast).at(State.SHIPPED)
    run.until_idle(MONDAY)
    Notice.objects.all().delete()
    return story


def say(kind: Delay.Kind, first_day: date, **facts: object) -> Delay:
    usual = {"at": None, "reason": "Ice", "by": "Dora", "now": MONDAY, "key": uuid4()}
    return delays.announce(kind, first_day=first_day, **(usual | facts))  # type: ignore[arg-type]


def told(kind: Kind) -> list[str]:
    run.until_idle(MONDAY)
    return sorted(str(each.library or each.user) for each in Notice.objects.filter(kind=kind))


def test_a_delay_that_moves_a_readers_day_tells_her_once(story: Story):
    parcel = story.loan.parcel_out
    assert parcel is not None
    assert parcel.expected_on is not None
    day = parcel.expected_on
    say(Delay.Kind.NONE, day)
    run.until_idle(MONDAY)
    outlook.follow(MONDAY)
    assert told(Kind.COMES_LATER) == [str(story.cast.ada)]
    outlook.follow(MONDAY)
    assert told(Kind.COMES_LATER) == [str(story.cast.ada)]
    notice = Notice.objects.get(kind=Kind.COMES_LATER)
    assert "Ice" in notice.text
    assert f"/patron/requests/{story.ill.ref}/" in notice.leads_to
    assert len(told(Kind.VAN_DELAY)) == 4  # one for each library with a stop


def test_who_has_it_already_hears_nothing(story: Story):
    parcel = story.loan.parcel_out
    assert parcel is not None
    assert parcel.expected_on is not None
    say(Delay.Kind.NONE, parcel.expected_on)
    outlook.follow(MONDAY)
    loans.receive(story.loan, Act(story.cast.borrower, MONDAY))
    assert told(Kind.COMES_LATER) == []


def test_what_was_ended_before_anybody_was_told_is_told_to_nobody(story: Story):
    said = say(Delay.Kind.HELD, MONDAY.date(), at=story.cast.lenox)
    delays.end(said, by="Dora", now=MONDAY + timedelta(minutes=1))
    assert told(Kind.VAN_DELAY) == told(Kind.VAN_AGAIN) == []


def test_who_heard_of_a_delay_hears_of_its_end(story: Story):
    said = say(Delay.Kind.HELD, MONDAY.date(), at=story.cast.lenox)
    assert told(Kind.VAN_DELAY) == ["Lenox Library"]
    delays.end(said, by="Dora", now=MONDAY)
    assert told(Kind.VAN_AGAIN) == ["Lenox Library"]
    delays.put_back(said, by="Dora", now=MONDAY)
    assert told(Kind.VAN_DELAY) == ["Lenox Library"] * 2


def test_an_end_that_was_put_back_before_anybody_heard_of_it_is_told_to_nobody(story: Story):
    said = say(Delay.Kind.HELD, MONDAY.date(), at=story.cast.lenox)
    assert told(Kind.VAN_DELAY) == ["Lenox Library"]
    delays.end(said, by="Dora", now=MONDAY)
    delays.put_back(said, by="Dora", now=MONDAY)
    assert (told(Kind.VAN_DELAY), told(Kind.VAN_AGAIN)) == (["Lenox Library"], [])
    delays.end(said, by="Dora", now=MONDAY)
    assert told(Kind.VAN_AGAIN) == ["Lenox Library"]
    delays.put_back(said, by="Dora", now=MONDAY)
    delays.end(said, by="Dora", now=MONDAY)
    assert (told(Kind.VAN_DELAY), told(Kind.VAN_AGAIN)) == (["Lenox Library"], ["Lenox Library"])


def test_a_delay_that_ends_and_is_put_back_before_anybody_heard_is_told_once(story: Story):
    said = say(Delay.Kind.HELD, MONDAY.date(), at=story.cast.lenox)
    delays.end(said, by="Dora", now=MONDAY)
    delays.put_back(said, by="Dora", now=MONDAY)
    assert (told(Kind.VAN_DELAY), told(Kind.VAN_AGAIN)) == (["Lenox Library"], [])


def test_a_reader_who_was_told_a_day_is_not_told_the_same_again(story: Story):
    parcel = story.loan.parcel_out
    assert parcel is not None
    assert parcel.expected_on is not None
    said = say(Delay.Kind.NONE, parcel.expected_on)
    outlook.follow(MONDAY)
    assert told(Kind.COMES_LATER) == [str(story.cast.ada)]
    delays.end(said, by="Dora", now=MONDAY)
    outlook.follow(MONDAY)
    run.until_idle(MONDAY)
    delays.put_back(said, by="Dora", now=MONDAY)
    outlook.follow(MONDAY)
    assert told(Kind.COMES_LATER) == [str(story.cast.ada)]
    parcel.refresh_from_db()
    assert parcel.expected_on is not None
    say(Delay.Kind.NONE, parcel.expected_on)
    outlook.follow(MONDAY)
    assert told(Kind.COMES_LATER) == [str(story.cast.ada)] * 2


@pytest.mark.parametrize(
    ("kind", "instead", "says"),
    [
        (Delay.Kind.SUSPENDED, "mail", ["until further notice", "no day is promised", "by mail"]),
        (Delay.Kind.SUSPENDED, "copies", ["only copies are sent"]),
        (Delay.Kind.WOUND_DOWN, "mail", ["takes nothing new", "until Friday 27 November"]),
    ],
)
def test_when_the_whole_service_stops_each_library_hears_what_to_do_and_of_its_end(
    story: Story, kind: Delay.Kind, instead: str, says: list[str]
):
    last = MONDAY.date() + timedelta(days=4)
    said = say(kind, MONDAY.date(), instead=instead, last_pick_up=last)
    served = Stop.objects.filter(active=True).count()
    assert len(told(Kind.VAN_DELAY)) == len(set(told(Kind.VAN_DELAY))) == served
    notice = Notice.objects.filter(kind=Kind.VAN_DELAY).latest("pk")
    assert [each for each in says if each not in f"{notice.subject} {notice.text}"] == []
    delays.end(said, by="Dora", now=MONDAY)
    assert len(told(Kind.VAN_AGAIN)) == served
    again = Notice.objects.filter(kind=Kind.VAN_AGAIN).latest("pk")
    assert again.subject == "The delivery service runs again"
