"""What time does by itself."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from postroad.delivery.models import Stop
from postroad.directory.models import Closure, Effect, Policy, Threshold
from postroad.ill import asking, borrowing, lending, loans, sweeps
from postroad.ill.acts import Act
from postroad.ill.lifecycle import WISH_CLOCKS, Outcome, State
from postroad.ill.models import Event, Loan, MovedMeanwhile, Request, Supply, Tally
from tests.ill.story import MONDAY, Story, assert_whole, begin, copy, title


@pytest.mark.parametrize("state", sorted(WISH_CLOCKS))
def test_no_request_that_waits_without_a_clock(cast, state):
    story = begin(cast)
    with pytest.raises(IntegrityError), transaction.atomic():
        Request.objects.filter(pk=story.ill.pk).update(state=state, due_at=None)


def test_no_thing_that_is_out_without_a_clock(cast):
    story = begin(cast).at(State.LENT)
    with pytest.raises(IntegrityError), transaction.atomic():
        Loan.objects.filter(pk=story.loan.pk).update(due_at=None)


def test_no_request_that_is_on_loan_with_nothing_out(cast):
    story = begin(cast).at(State.LENT)
    with pytest.raises(IntegrityError), transaction.atomic():
        Request.objects.filter(pk=story.ill.pk).update(things_out=0)


def test_no_supply_without_a_clock(cast):
    story = begin(cast).at(State.REFERRED)
    with pytest.raises(IntegrityError), transaction.atomic():
        Supply.objects.filter(pk=story.supply.pk).update(due_at=None)


@pytest.mark.parametrize(
    "state", [State.SHIPPED, State.ARRIVED, State.LENT, State.BACK, State.HOMEWARD]
)
def test_a_clock_that_rings_tells_somebody_and_is_set_again(cast, state):
    story = begin(cast).at(state)
    rings_at = story.rings_at
    assert sweeps.ring(rings_at - timedelta(seconds=1)) == 0
    assert sweeps.ring(rings_at) == 1
    story.look()
    assert assert_whole(story.ill).state == state
    assert story.rings_at > rings_at
    assert story.ill.events.get(verb="remind_loan").facts["state"] == state


def test_a_worker_that_was_stopped_for_a_day_rings_each_clock_once(cast):
    story = begin(cast).at(State.BACK)
    late = story.rings_at + timedelta(days=1)
    assert sweeps.ring(late) == 1
    assert sweeps.ring(late) == 0


def test_of_two_workers_that_ring_a_clock_at_once_one_tells(cast):
    story = begin(cast).at(State.BACK)
    seen_by_another, rings = story.loan, story.rings_at
    sweeps.ring_loan(story.loan, rings)
    with pytest.raises(MovedMeanwhile):
        sweeps.ring_loan(seen_by_another, rings)
    assert story.ill.events.filter(verb="remind_loan").count() == 1


def test_a_request_that_intake_never_saw_is_left_to_staff(cast):
    story = begin(cast)
    story.ill.events.update(due_at=None, gave_up_at=story.rings_at)
    sweeps.requests(story.rings_at)
    story.look()
    assert (story.ill.state, story.ill.concerns) == (State.REVIEW, ["not-checked"])


def test_exactly_fourteen_days_on_the_road_is_not_late(cast):
    begin(cast).at(State.SHIPPED)
    midnight = MONDAY.replace(month=12, day=8, hour=5)  # the end of 7 December in Lee
    assert sweeps.ring(midnight - timedelta(seconds=2)) == 0
    assert sweeps.ring(midnight) == 1


def test_while_deliveries_are_suspended_no_clock_of_the_road_counts(cast):
    Closure.objects.create(
        library=cast.lee,
        effect=Effect.NO_DELIVERY,
        first_day=date(2026, 11, 30),
        last_day=date(2026, 12, 9),
        reason="Roof",
    )
    story = begin(cast).at(State.SHIPPED)
    end = datetime(2026, 12, 18, 4, 59, 59, tzinfo=UTC)  # ten days more than fourteen
    assert story.rings_at == story.loan.parcel_out.late_at == end


def test_what_goes_by_mail_between_members_has_the_days_of_the_mail(cast):
    story = begin(cast).at(State.REFERRED)
    Stop.objects.filter(library=cast.lee).delete()
    story.ship()
    story.look()
    assert story.rings_at == datetime(2026, 12, 15, 4, 59, 59, tzinfo=UTC)


def test_what_is_late_on_the_road_is_told_of_once_a_week(cast):
    story = begin(cast).at(State.SHIPPED)
    rings = []
    for _each in range(3):
        rings.append(story.rings_at)
        assert sweeps.things(story.rings_at) == 1
        story.look()
    assert [(ring - rings[0]).days for ring in rings] == [0, 7, 14]


def test_a_refused_renewal_puts_no_reminder_off(cast):
    story = begin(cast).at(State.LENT)
    story.now = story.rings_at + timedelta(hours=1)
    assert sweeps.ring(story.now) == 1
    story.look()
    reminder = story.rings_at
    assert story.ill.library.day_of(reminder) == story.loan.due_back + timedelta(days=7)
    loans.renew(story.loan, Act(cast.ada, story.now + timedelta(days=3)))
    story.look()
    assert story.ill.events.filter(verb="refuse_renewal").exists()
    assert story.rings_at == reminder


def test_a_library_may_keep_names_longer_than_the_others(cast):
    Threshold.objects.create(
        name="forget-after-loan", days=30, effective=date(2026, 1, 1), library=cast.lee
    )
    begin(cast).at(State.CLOSED)
    assert sweeps.forget(MONDAY + timedelta(days=29)) == 0
    assert sweeps.forget(MONDAY + timedelta(days=30)) == 1


def test_the_need_by_day_ends_with_the_librarys_own_day(cast):
    story = begin(cast, need_by=date(2026, 11, 25)).at(State.REFERRED)
    evening = MONDAY.replace(day=26, hour=3)  # ten in the evening of the 25th in Lee
    assert sweeps.expire(evening) == 0
    assert sweeps.expire(evening + timedelta(hours=3)) == 1
    story.look()
    assert story.ill.outcome == Outcome.EXPIRED
    assert story.supply.ending == "withdrawn"


def test_what_was_shipped_in_time_does_not_expire(cast):
    begin(cast, need_by=date(2026, 11, 25)).at(State.SHIPPED)
    assert sweeps.expire(MONDAY + timedelta(days=30)) == 0


def test_when_nothing_is_owed_the_patrons_name_goes_and_the_counts_stay(cast):
    story = begin(cast, note="for my thesis").at(State.CLOSED)
    assert sweeps.forget(MONDAY) == 1
    assert sweeps.forget(MONDAY) == 0
    story.look()
    assert story.ill.patron is None
    assert story.ill.note == ""
    assert not Event.objects.filter(request=story.ill, by=cast.ada).exists()
    assert Event.objects.filter(request=story.ill, role="patron").exists()
    assert sum(tally.lent for tally in Tally.objects.all()) == 1


def test_an_open_loan_keeps_its_patron(cast):
    begin(cast).at(State.HOMEWARD)
    assert sweeps.forget(MONDAY + timedelta(days=400)) == 0


def test_who_was_turned_down_can_read_why_for_a_fortnight(cast):
    story = begin(cast)
    borrowing.cancel(story.ill, Act(cast.ada, MONDAY))
    assert sweeps.forget(MONDAY + timedelta(days=13)) == 0
    assert sweeps.forget(MONDAY + timedelta(days=14)) == 1


def test_a_record_that_somebody_moved_meanwhile_is_left_to_them(cast):
    story = begin(cast).at(State.REFERRED)
    stale = story.supply
    lending.promise(story.supply, Act(cast.lender, MONDAY))
    with pytest.raises(MovedMeanwhile):
        sweeps.ring_supply(stale, MONDAY)
    story.look()
    assert story.ill.state == State.REFERRED
    assert story.supply.state == "promised"


def many_ask(cast, names):
    """Requests that wait for their lender's answer, each asked a minute later than the last."""
    for minutes, name in enumerate(names):
        record = title(name)
        copy(record, cast.lenox, name)
        moment = MONDAY + timedelta(minutes=minutes)
        ill = asking.ask(record, Act(cast.ada, moment), patron=cast.ada, library=cast.lee)
        Story(cast, record, ill, moment).at(State.REFERRED)


def test_however_many_cannot_be_moved_they_starve_no_other(cast, monkeypatch):
    monkeypatch.setattr(sweeps, "BATCH", 2)
    Policy.objects.update(open_requests=99)
    many_ask(cast, ["a", "b", "c", "d", "e", "last"])
    stuck = Request.objects.exclude(title="last")
    stuck.update(
        state=State.CLOSED, outcome="filled", due_at=None, turn_until=None, closed_at=MONDAY
    )
    later = MONDAY + timedelta(days=30)
    assert [sweeps.supplies(later) for _sweep in range(4)] == [0, 0, 1, 0]
    assert not Supply.objects.filter(request__title="last", state="asked").exists()
    stuck.update(state=State.REFERRED, outcome="", turn_until=MONDAY, closed_at=None)
    assert sum(sweeps.supplies(later) for _sweep in range(4)) == 5


def test_the_oldest_comes_first(cast, monkeypatch):
    monkeypatch.setattr(sweeps, "BATCH", 1)
    Policy.objects.update(open_requests=99)
    many_ask(cast, ["young", "old"])
    Supply.objects.filter(request__title="old").update(due_at=MONDAY)
    assert sweeps.supplies(MONDAY + timedelta(days=30)) == 1
    assert Supply.objects.get(state="asked").request.title == "young"


def test_a_reader_is_deleted_only_when_nothing_of_hers_is_left_to_forget(cast):
    """rero/rero-ils#2251: the note stayed, and nobody would have forgotten it."""
    story = begin(cast, note="Ada, after six").at(State.CLOSED)
    with pytest.raises(ProtectedError):
        cast.ada.delete()
    assert sweeps.forget(MONDAY + timedelta(days=400)) == 1
    cast.ada.delete()
    story.look()
    assert (story.ill.patron, story.ill.note) == (None, "")
