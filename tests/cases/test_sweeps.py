"""What rings, and what is forgotten."""

from datetime import timedelta

from postroad.cases import access, handling, merging, sweeps
from postroad.cases.lifecycle import ESCALATES, Ending, State
from postroad.cases.models import Case, Message, Thread
from postroad.directory.models import Threshold
from tests.cases.asking import MONDAY, between_libraries, by_patron, by_visitor

DAY = timedelta(days=1)


def at(case, state):
    case.refresh_from_db()
    assert case.state == state
    return case


def test_a_case_that_nobody_answers_rings_again_and_again(cast):
    case = by_visitor()
    now = MONDAY
    for count in range(1, ESCALATES + 2):
        now = at(case, State.NEW).due_at + timedelta(seconds=1)
        assert sweeps.ring(now - timedelta(minutes=5)) == 0
        assert sweeps.ring(now) == 1
        assert at(case, State.NEW).reminders == count
    assert case.events.filter(verb="remind").count() == ESCALATES + 1


def test_what_was_put_off_is_ours_on_its_day_and_what_nobody_answered_closes(cast):
    case = by_visitor()
    until = (MONDAY + 8 * DAY).date()
    handling.put_off(case, until, by=cast.centre, name="C", at=MONDAY)
    sweeps.ring(MONDAY + 7 * DAY)
    at(case, State.PUT_OFF)
    sweeps.ring(MONDAY + 8 * DAY)
    handling.answer(at(case, State.OURS), "So?", by=cast.centre, name="C", at=MONDAY + 8 * DAY)
    sweeps.ring(MONDAY + 22 * DAY)
    at(case, State.THEIRS)
    sweeps.ring(MONDAY + 23 * DAY)
    assert at(case, State.CLOSED).ending == Ending.NO_REPLY
    handling.reply(case, "Sorry, I was ill.", name="Walt", at=MONDAY + 60 * DAY)
    at(case, State.OURS)


def test_the_days_of_a_case_are_dated_thresholds(cast):
    Threshold.objects.create(name="case-new", days=5, effective=MONDAY.date())
    assert by_visitor().due_at - MONDAY > 6 * DAY
    assert by_visitor(at=MONDAY - DAY).due_at - MONDAY < 2 * DAY


def test_a_strangers_name_and_address_go_half_a_year_after_closing_and_the_rest_stays(cast):
    case = by_visitor(text="Write to walt@example.net, or to me at home.")
    handling.close(case, Ending.ANSWERED, by=cast.centre, name="C", at=MONDAY)
    sweeps.purge(MONDAY + 179 * DAY)
    assert access.by_token(access.token(case)) == case
    assert sweeps.purge(MONDAY + 181 * DAY) == 1
    case.refresh_from_db()
    assert (case.from_name, case.from_email) == ("", "")
    message = Message.objects.get()
    assert message.text == case.subject == "Write to [address removed], or to me at home."
    assert message.name_shown == ""
    assert not case.events.filter(name__contains="Walt").exists()
    assert sweeps.purge(MONDAY + 182 * DAY) == 0


def test_an_open_case_keeps_its_address(cast):
    by_visitor()
    assert sweeps.purge(MONDAY + 900 * DAY) == 0


def test_what_a_reader_and_her_library_wrote_goes_with_the_request(cast):
    about = "request:4K7Q2M9A"
    hers, merged = by_patron(cast, about=about), by_patron(cast, about=about)
    merging.merge(merged, hers, by=cast.borrower, name="B", at=MONDAY)
    theirs = between_libraries(cast, about=about)
    closed = between_libraries(cast, about=about, text="The pages are torn")
    handling.close(closed, Ending.SETTLED, by=cast.lender, name="L", at=MONDAY)
    sweeps.forget_request("4K7Q2M9A")
    assert not Thread.objects.filter(patron=cast.ada).exists()
    assert set(Case.objects.all()) == {theirs, closed}
    sweeps.purge(MONDAY)
    assert set(Message.objects.values_list("text", flat=True)) == {"", "The spine is broken."}
    theirs.refresh_from_db()
    handling.close(theirs, Ending.SETTLED, by=cast.lender, name="L", at=MONDAY + DAY)
    sweeps.purge(MONDAY + DAY)
    assert set(Message.objects.values_list("text", flat=True)) == {""}
