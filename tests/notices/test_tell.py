from copy import deepcopy
from datetime import UTC, date, datetime, timedelta

import pytest

from postroad.accounts.models import User
from postroad.directory.models import Policy, Threshold
from postroad.ill import asking, borrowing, lending, loans, mediation, shipping, sweeps
from postroad.ill.acts import Act
from postroad.ill.lifecycle import Reason, State
from postroad.ill.models import Event, Loan, Request, Supply
from postroad.notices import due_soon, living, post, tell
from postroad.notices.models import Kind, Notice
from postroad.worker import run
from tests.cast import Cast, outside
from tests.ill.story import MONDAY, Story, begin, copy, title


@pytest.fixture
def story(cast: Cast) -> Story:
    return begin(cast)


def tell_all(story: Story) -> None:
    """What the worker does: every event, in order."""
    for event in Event.objects.filter(request=story.ill).order_by("pk"):
        tell.people(event, event.at)


def told(person: User) -> list[str]:
    return list(Notice.objects.filter(user=person).order_by("pk").values_list("subject", flat=True))


def last(kind: Kind) -> Notice:
    return Notice.objects.filter(kind=kind).latest("pk")


def test_a_reader_is_told_of_each_step_of_her_book(story: Story):
    story.at(State.CLOSED)
    tell_all(story)
    assert told(story.cast.ada) == [
        "We have your request: Walden",
        "On its way from Lenox: Walden",
        "Ready for pickup until Thursday 3 December: Walden",
        "Yours until Monday 21 December: Walden",
    ]


def test_the_first_line_is_the_fact_and_there_is_one_link(story: Story):
    story.at(State.SHIPPED)
    tell_all(story)
    notice = last(Kind.ON_ITS_WAY)
    first, *_rest = notice.text.splitlines()
    day = story.supply.expected_on
    assert day is not None
    assert first == (
        f"Walden is on its way from Lenox and should be at Lee Library on {day:%A} {day.day} "
        f"{day:%B}."
    )
    assert notice.text.count("http") == 1
    assert notice.html.count("href=") == 1
    assert f"/patron/requests/{story.ill.ref}/" in notice.text


def test_who_is_told_twice_hears_it_once(story: Story):
    story.at(State.LENT)
    tell_all(story)
    before = list(Notice.objects.order_by("pk").values_list("pk", "subject"))
    tell_all(story)
    assert list(Notice.objects.order_by("pk").values_list("pk", "subject")) == before


def test_it_waits_as_long_as_the_library_lets_it(story: Story):
    Policy.objects.filter(library=story.cast.lee).update(hold_shelf_days=5)
    story.at(State.ARRIVED)
    tell_all(story)
    assert "until Saturday 28 November" in last(Kind.ARRIVED).subject


def test_a_renewal_names_the_new_day(story: Story):
    story.at(State.LENT)
    loans.renew(story.loan, Act(story.cast.ada, MONDAY))
    tell_all(story)
    assert told(story.cast.ada)[-1] == "Renewed until Monday 4 January: Walden"


def test_a_renewal_that_is_refused_says_why_and_keeps_the_day(story: Story):
    story.at(State.LENT)
    for _ in range(2):
        loans.renew(story.loan, Act(story.cast.ada, MONDAY))
    tell_all(story)
    notice = last(Kind.NOT_RENEWED)
    assert notice.subject == "Not renewed, due Monday 4 January: Walden"
    assert "renewed as often as its library allows" in notice.text


def test_who_cancels_is_told_that_it_is_done(story: Story):
    borrowing.cancel(story.ill, Act(story.cast.ada, MONDAY))
    tell_all(story)
    assert told(story.cast.ada)[-1] == "Canceled: Walden"


def test_what_cannot_be_supplied_has_a_reason_that_she_can_read(story: Story):
    story.listen()
    lending.refuse(story.supply, Act(story.cast.lender, MONDAY), reason=Reason.NOT_ON_SHELF)
    story.listen()
    assert story.ill.state == State.CENTRE
    borrowing.decline(
        story.ill, Act(), reason="Only one library has it, and it lies there under glass."
    )
    tell_all(story)
    notice = last(Kind.CANNOT_SUPPLY)
    assert notice.subject == "We could not get it for you: Walden"
    assert "under glass" in notice.text
    assert "not-on-shelf" not in notice.text


def test_what_expires_is_told(cast: Cast):
    story = begin(cast, need_by=date(2026, 11, 24))
    sweeps.expire(MONDAY + timedelta(days=2))
    tell_all(story)
    assert told(cast.ada)[-1] == "Not found in time: Walden"


def test_an_outside_lender_is_named(story: Story):
    story.listen()
    lending.refuse(story.supply, Act(story.cast.lender, MONDAY), reason=Reason.MISSING)
    story.listen()
    supply = mediation.refer_outside(
        story.ill,
        Act(story.cast.centre, MONDAY),
        lender=outside("Ohio State"),
        system="OCLC",
        number="200123456",
    )
    mediation.outside_shipped(supply, Act(story.cast.centre, MONDAY))
    tell_all(story)
    assert last(Kind.ON_ITS_WAY).subject == "On its way from Ohio State: Walden"


# Mistakes put right


def test_a_mistake_that_was_not_mailed_is_just_gone(story: Story):
    story.at(State.ARRIVED)
    tell_all(story)
    loans.undo_receive(story.loan, Act(story.cast.borrower, MONDAY))
    tell_all(story)
    assert "Ready for pickup" not in " ".join(told(story.cast.ada))
    assert "Not yet" not in " ".join(told(story.cast.ada))


def test_a_mistake_that_was_mailed_is_corrected_once(story: Story):
    story.at(State.ARRIVED)
    tell_all(story)
    post.send(MONDAY)
    loans.undo_receive(story.loan, Act(story.cast.borrower, MONDAY))
    tell_all(story)
    tell_all(story)
    assert told(story.cast.ada)[-1] == "Not yet after all: Walden"
    assert not Notice.objects.filter(kind=Kind.ARRIVED).exists()


def test_what_was_undone_before_anybody_was_told_is_not_told(story: Story):
    story.at(State.SHIPPED)
    shipping.undo_ship(story.loan, Act(story.cast.lender, MONDAY))
    tell_all(story)
    assert told(story.cast.ada) == ["We have your request: Walden"]


def test_what_arrives_in_the_end_is_told_as_if_for_the_first_time(story: Story):
    story.at(State.ARRIVED)
    loans.undo_receive(story.loan, Act(story.cast.borrower, MONDAY))
    story.look()
    loans.receive(story.loan, Act(story.cast.borrower, MONDAY))
    tell_all(story)
    assert Notice.objects.filter(kind=Kind.ARRIVED).count() == 1


# Days that come


def test_a_book_that_is_due_soon_is_told_once_for_each_loan_and_renewal(story: Story):
    story.at(State.LENT)
    due = story.loan.due_back
    assert due is not None
    soon = MONDAY + timedelta(days=(due - MONDAY.date()).days - 3)
    assert due_soon.send(soon - timedelta(days=1)) == 0
    assert due_soon.send(soon) == 1
    assert due_soon.send(soon + timedelta(days=1)) == 0
    assert told(story.cast.ada) == ["Due on Monday 21 December: Walden"]
    loans.renew(story.loan, Act(story.cast.ada, soon))
    assert due_soon.send(soon) == 0
    assert due_soon.send(soon + timedelta(days=14)) == 1
    assert told(story.cast.ada)[-1] == "Due on Monday 4 January: Walden"


def test_the_evening_belongs_to_its_own_day_and_a_library_may_warn_earlier(story: Story):
    story.at(State.LENT)
    due = story.loan.due_back
    evening = datetime(due.year, due.month, due.day, 4, tzinfo=UTC) - timedelta(days=3)
    assert due_soon.send(evening) == 0  # eleven at night, four days before, in Lee
    assert due_soon.send(evening + timedelta(hours=2)) == 1
    Notice.objects.filter(kind=Kind.DUE_SOON).delete()
    Threshold.objects.create(
        name="due-soon", days=5, effective=date(2026, 1, 1), library=story.cast.lee
    )
    assert due_soon.send(evening - timedelta(days=2)) == 0
    assert due_soon.send(evening - timedelta(days=1)) == 1


def test_those_who_are_overdue_do_not_stand_before_the_others(cast: Cast, monkeypatch):
    monkeypatch.setattr(due_soon, "BATCH", 1)
    late = begin(cast).at(State.LENT)
    record = title("Cape Cod")
    copy(record, cast.lenox, "30001000000025")
    ill = asking.ask(record, Act(cast.ada, MONDAY), patron=cast.ada, library=cast.lee)
    other = Story(cast, record, ill).at(State.LENT)
    assert other.loan.due_back is not None
    Loan.objects.filter(request=late.ill.pk).update(due_back=MONDAY.date())
    days = (other.loan.due_back - MONDAY.date()).days - 3
    assert due_soon.send(MONDAY + timedelta(days=days)) == 1


def test_what_is_overdue_already_is_not_called_due_soon(story: Story):
    story.at(State.LENT)
    assert due_soon.send(MONDAY + timedelta(days=60)) == 0


def test_an_overdue_book_is_told_again_each_week(story: Story):
    story.at(State.LENT)
    for days in (29, 30, 37):
        sweeps.ring(MONDAY + timedelta(days=days))
    tell_all(story)
    assert told(story.cast.ada)[-2:] == ["Overdue since Monday 21 December: Walden"] * 2


# Staff


def test_a_request_that_needs_staff_is_told_to_the_borrowing_library(story: Story):
    Policy.objects.filter(library=story.cast.lee).update(approves_by_itself=False)
    story.listen()
    tell_all(story)
    notice = last(Kind.NEEDS_REVIEW)
    assert notice.library == story.cast.lee
    assert notice.mail_to == "lee@example.org"
    assert "waiting for your decision: this library reviews every request." in notice.text
    sweeps.ring(MONDAY + timedelta(days=5))
    tell_all(story)
    assert last(Kind.NEEDS_REVIEW).subject.startswith("Still waiting for you")


def test_a_late_book_is_told_to_both_libraries(story: Story):
    story.at(State.SHIPPED)
    sweeps.ring(MONDAY + timedelta(days=15))
    tell_all(story)
    late = Notice.objects.filter(kind=Kind.LATE)
    assert {notice.library for notice in late} == {story.cast.lee, story.cast.lenox}
    assert all("left Lenox for Lee Library" in notice.text for notice in late)


def test_exactly_fourteen_days_are_not_late(story: Story):
    story.at(State.SHIPPED)
    sweeps.ring(MONDAY + timedelta(days=14) - timedelta(seconds=1))
    tell_all(story)
    assert not Notice.objects.filter(kind=Kind.LATE).exists()


def test_a_book_late_on_its_way_home_says_so(story: Story):
    story.at(State.HOMEWARD)
    sweeps.ring(MONDAY + timedelta(days=15))
    tell_all(story)
    late = Notice.objects.filter(kind=Kind.LATE)
    assert {notice.library for notice in late} == {story.cast.lee, story.cast.lenox}
    assert all(notice.subject.startswith("Late on the way home") for notice in late)


def test_what_nobody_fetches_is_told_to_the_desk(story: Story):
    story.at(State.ARRIVED)
    sweeps.ring(MONDAY + timedelta(days=11))
    tell_all(story)
    assert last(Kind.UNCLAIMED).library == story.cast.lee


def test_no_library_is_told_the_patrons_name(story: Story):
    User.objects.filter(pk=story.cast.ada.pk).update(first_name="Adalbertina", last_name="Quill")
    Policy.objects.filter(library=story.cast.lee).update(approves_by_itself=False)
    story.listen()
    borrowing.approve(story.ill, Act(story.cast.borrower, MONDAY))
    story.at(State.HOMEWARD)
    sweeps.ring(MONDAY + timedelta(days=15))
    tell_all(story)
    to_staff = Notice.objects.filter(library__isnull=False)
    assert to_staff.count() >= 3
    for notice in to_staff:
        for words in (notice.subject, notice.text, notice.html):
            assert "Adalbertina" not in words
            assert "Quill" not in words


# Forgetting


def test_a_patron_who_is_forgotten_leaves_no_notice_and_no_mail(story: Story, mail_folder):
    story.at(State.CLOSED)
    sweeps_left = Event.objects.filter(request=story.ill)
    for event in sweeps_left:
        tell.people(event, event.at)
    post.send(MONDAY)
    assert len(list(mail_folder.glob("*.eml"))) == 3  # nobody is called to the desk any more
    sweeps.forget(MONDAY + timedelta(days=1))
    tell_all(story)
    assert not Notice.objects.filter(user__isnull=False).exists()
    assert list(mail_folder.glob("*")) == []


def test_late_news_of_a_forgotten_patron_is_told_to_nobody(story: Story):
    story.at(State.CLOSED)
    sweeps.forget(MONDAY + timedelta(days=1))
    tell_all(story)
    tell_all(story)
    assert not Notice.objects.exists()


def test_a_worker_whose_lease_was_outrun_tells_nobody_who_was_forgotten_meanwhile(story: Story):
    story.at(State.CLOSED)
    slow = run.claim(Event, MONDAY)  # with the request as it is now; then it stalls
    assert any(event.request.patron_id for event in slow)
    later = MONDAY + run.LEASE
    run.until_idle(later)
    assert sweeps.forget(later) == 1
    run.until_idle(later)
    for event in slow:
        run.tell(event, later)
    run.finish(slow, later)
    assert not Notice.objects.filter(user__isnull=False).exists()


def test_who_heard_the_day_today_is_not_reminded_of_it_today(story: Story):
    """A loan of two days was reminded of in the hour in which it began."""
    story.at(State.ARRIVED)
    Supply.objects.update(loan_days=2)
    story.look()
    loans.check_out(story.loan, Act(story.cast.borrower, MONDAY))
    assert due_soon.send(MONDAY + timedelta(hours=1)) == 0
    assert due_soon.send(MONDAY + timedelta(days=1)) == 1


def test_nor_does_a_reminder_that_was_on_its_way(story: Story):
    story.at(State.LENT)
    read_before = Loan.objects.select_related(
        "request__library", "request__patron", "request__current__lender"
    ).get()
    soon = MONDAY + timedelta(days=26)
    Request.objects.update(patron=None)
    due_soon.remind(read_before, soon)
    assert not Notice.objects.exists()


def test_forgetting_one_request_keeps_what_she_hears_of_another(cast: Cast, mail_folder):
    one, other = begin(cast), begin_another(cast)
    one.at(State.CLOSED)
    for story in (one, other):
        tell_all(story)
    sweeps.forget(MONDAY + timedelta(days=1))
    tell_all(one)
    assert told(cast.ada) == ["We have your request: Cape Cod"]


def begin_another(cast: Cast) -> Story:
    from tests.ill.story import copy, title

    record = title("Cape Cod")
    copy(record, cast.lenox, "30001000000025")
    ill = asking.ask(record, Act(cast.ada, MONDAY), patron=cast.ada, library=cast.lee)
    return Story(cast, record, ill)


# Words


def test_hostile_titles_harm_neither_the_subject_nor_the_page(story: Story):
    story.ill.title = "<script>alert(1)</script>\r\nBcc: all@example.org " + "x" * 900
    story.ill.save()
    tell_all(story)
    notice = last(Kind.ASKED)
    assert "\n" not in notice.subject
    assert len(notice.subject) <= 200
    assert "<script>" not in notice.html
    assert "<script>" in notice.text  # plain text stays as it is written


def test_a_patron_without_an_address_is_told_on_the_screen(story: Story):
    User.objects.filter(pk=story.cast.ada.pk).update(email="")
    tell_all(story)
    assert last(Kind.ASKED).mail_due_at is None
    assert post.send(MONDAY) == 0


def test_a_loan_is_told_in_few_queries(story: Story, django_assert_max_num_queries):
    story.at(State.ARRIVED)
    event = Event.objects.get(request=story.ill, verb="receive")
    event.request = Request.objects.heard_of().get(pk=story.ill.pk)  # as the worker brings it
    with django_assert_max_num_queries(6):  # the sixth: does her address work?
        tell.people(event, MONDAY)


def test_what_concerns_nobody_costs_nothing(story: Story, django_assert_num_queries):
    story.listen()
    event = Event.objects.get(request=story.ill, verb="approve")
    with django_assert_num_queries(0):
        tell.people(event, MONDAY)


def test_every_notice_about_a_request_is_over_when_the_request_has_gone_on():
    """A kind that nobody thought of would be shown until it is read, long after the loan."""
    assert set(living.LIVES) == set(Kind) - living.UNTIL_READ
    assert set(living.LIVES) > living.CALLS


def test_those_whose_day_has_passed_unreminded_hold_up_no_other(story: Story):
    story.at(State.LENT)
    due = story.loan.due_back
    assert due is not None
    soon = MONDAY + timedelta(days=(due - MONDAY.date()).days - 2)
    loan = story.loan
    loan.item, loan.due_back = None, soon.date() - timedelta(days=1)
    passed = []
    for _each in range(due_soon.BATCH + 1):
        loan.pk = None
        passed.append(deepcopy(loan))
    Loan.objects.bulk_create(passed)
    Event.objects.bulk_create(
        Event(request=story.ill, loan=each, verb="check_out", after=State.LENT, at=MONDAY)
        for each in Loan.objects.filter(item=None)
    )
    assert due_soon.send(soon) == 1
