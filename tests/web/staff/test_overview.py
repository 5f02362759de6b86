"""The desk at a glance."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from postroad.directory import closures
from postroad.directory.models import Effect, Library, Policy, Threshold
from postroad.ill.lifecycle import Outcome, State, Verb
from postroad.ill.models import Event, Request
from postroad.notices import tell
from postroad.notices.models import Kind, Notice
from postroad.web.staff import queues
from tests.ill.story import MONDAY
from tests.markup import tight
from tests.web.staff.crowd import crowd, warm


@pytest.mark.parametrize(
    ("who", "sees"),
    [
        ("borrower", {"staff-borrowing"}),
        ("lender", {"staff-lending"}),
        ("director", {"staff-borrowing", "staff-lending"}),
    ],
)
def test_the_role_decides_which_side_is_shown(cast, at, who, sees):
    assert set(at(getattr(cast, who)).get("/staff/").context["counts"]) == sees


def test_every_figure_leads_to_its_rows(story, at):
    story.at(State.LENT)
    desk = at(story.cast.borrower)
    figures = desk.get("/staff/").context["borrowing"]
    assert {figure.label: figure.count for figure in figures if figure.count} == {"Lent": 1}
    for figure in figures:
        assert len(desk.get(figure.address).context["rows"]) == figure.count


def test_what_must_be_worked_off_is_listed_and_is_what_the_navigation_counts(story, at):
    story.at(State.REFERRED)
    page = at(story.cast.lender).get("/staff/")
    (work,) = page.context["to_lend"]
    assert (str(work.queue.label), work.count) == ("To answer", 1)
    assert [row.supply.request for row in work.rows] == [story.ill]
    shown = page.content.decode()
    assert "Walden" in shown
    assert "818 THO" in shown
    assert "/promise/" in shown
    assert str(story.cast.ada) not in shown
    assert page.context["counts"]["staff-lending"] == work.count
    assert "is due today" not in shown


def test_each_thing_to_do_stands_with_its_reader_and_its_button(story, at):
    story.at(State.BACK)
    page = at(story.cast.borrower).get("/staff/")
    (work,) = page.context["to_borrow"]
    assert (work.queue.key, [row.ill for row in work.rows]) == ("back", [story.ill])
    shown = page.content.decode()
    assert "for Ada" in shown
    assert f"/staff/requests/{story.ill.ref}/send-home/" in shown
    assert "Nothing is waiting for you at the borrowing desk" not in shown


def test_a_long_queue_shows_its_first_things_and_the_way_to_all(cast, at):
    crowd(cast, 7, State.BACK)
    page = at(cast.borrower).get("/staff/")
    (work,) = page.context["to_borrow"]
    assert (len(work.rows), work.count) == (5, 7)
    assert 'href="/staff/borrowing/?show=back">All 7' in page.content.decode()


@pytest.mark.parametrize(
    ("days", "step"),
    [
        (1, "1 day late; the reader is reminded by e-mail"),
        (6, "6 days late; the reader is reminded by e-mail"),
        (7, "7 days late; talk to the reader"),
        (28, "28 days late; agree with the lender on what to do"),
    ],
)
def test_overdue_loans_stand_on_the_desks_list_by_steps(story, at, days, step):
    story.at(State.LENT)
    now = datetime(2026, 12, 21, 15, tzinfo=UTC) + timedelta(days=days)
    with time_machine.travel(now, tick=False):
        desk = at(story.cast.borrower)
        for address in ("/staff/", "/staff/borrowing/?show=overdue"):
            shown = desk.get(address).content.decode()
            assert "Walden" in shown
            assert str(story.cast.ada) in shown
            assert step.lower() in shown.lower()
        assert desk.get("/staff/").context["counts"]["staff-borrowing"] == 1
        assert not desk.get("/staff/borrowing/?show=lent").context["rows"]


def test_a_trade_that_agrees_on_other_days_reads_other_steps(story, at):
    story.at(State.LENT)
    Threshold.objects.create(name="overdue-desk", days=2, effective=date(2026, 1, 1))
    with time_machine.travel(datetime(2026, 12, 23, 15, tzinfo=UTC), tick=False):
        shown = at(story.cast.borrower).get("/staff/").content.decode()
    assert "2 days late; talk to the reader" in shown


def test_a_notice_is_read_once_and_by_its_own_library(story, at):
    notice = told_late(story)
    desk, address = at(story.cast.borrower), f"/staff/notices/{notice.pk}/read/"
    assert notice.subject in desk.get("/staff/").content.decode()
    assert at(story.cast.lender).post(address).status_code == 404
    desk.post(address)
    assert not desk.get("/staff/").context["notices"]


def test_many_notices_do_not_hide_the_work_and_are_read_at_one_press(cast, at):
    crowd(cast, 5, State.SHIPPED)
    for event in Event.objects.all():
        moment = event.at + timedelta(minutes=event.pk)
        Notice.objects.create(subject="Late", made_at=moment, **late(event, cast.lee))
    desk = at(cast.borrower)
    page = desk.get("/staff/")
    shown = page.context["notices"]
    assert (len(shown), page.context["unread"]) == (3, Notice.objects.count())
    another = Event.objects.create(request=event.request, verb=Verb.REMIND_LOAN, at=moment)
    after = moment + timedelta(hours=1)
    Notice.objects.create(subject="Came just now", made_at=after, **late(another, cast.lee))
    desk.post(f"/staff/notices/{shown[0].pk}/read/", {"all": "yes"})
    assert [notice.subject for notice in desk.get("/staff/").context["notices"]] == [
        "Came just now"
    ]


def test_a_notice_of_what_is_done_is_over(story, at):
    told_late(story)
    desk = at(story.cast.borrower)
    assert len(desk.get("/staff/").context["notices"]) == 1
    desk.post(f"/staff/requests/{story.ill.ref}/receive/")
    assert not desk.get("/staff/").context["notices"]


def told_late(story) -> Notice:
    """The library was told that what is on its way is late."""
    event = story.at(State.SHIPPED).ill.events.latest("pk")
    facts = late(event, story.cast.lee)
    return Notice.objects.create(subject="Late: Walden", made_at=MONDAY, **facts)


def late(event: Event, library: Library) -> dict[str, Any]:
    """Of a notice that follows from this event."""
    source = {"source": "ill.event", "source_key": event.pk}
    about = f"request:{event.request.ref}"
    return {"library": library, "kind": Kind.LATE, "about": about, **source}


def test_what_stands_in_a_list_is_not_told_beside_it_too(story, at):
    Policy.objects.filter(library=story.cast.lee).update(approves_by_itself=False)
    story.listen()
    for event in story.ill.events.all():
        tell.people(event, MONDAY)
    assert Notice.objects.at(story.cast.lee).get().kind == Kind.NEEDS_REVIEW
    page = at(story.cast.borrower).get("/staff/")
    assert [row.ill for work in page.context["to_borrow"] for row in work.rows] == [story.ill]
    assert not page.context["notices"]


def test_of_a_reader_no_mail_reaches_the_desk_is_told_once_while_a_list_has_it(story, at):
    story.cast.ada.email = ""
    story.cast.ada.save()
    event = story.at(State.ARRIVED).ill.events.latest("pk")
    tell.people(event, MONDAY)
    assert Notice.objects.at(story.cast.lee).get().kind == Kind.UNREACHED
    desk = at(story.cast.borrower)
    page = desk.get("/staff/")
    assert "call" in [work.queue.key for work in page.context["to_borrow"]]
    assert not page.context["notices"]
    ended = {"state": State.CLOSED, "outcome": Outcome.UNFILLED, "things_out": 0}
    Request.objects.update(**ended, closed_at=MONDAY, turn_until=None)  # no list has it
    assert len(desk.get("/staff/").context["notices"]) == 1


def test_what_somebody_must_judge_leads_to_the_reasons_and_acts_by_no_single_press(story, at):
    Policy.objects.filter(library=story.cast.lee).update(approves_by_itself=False)
    story.listen()
    desk = at(story.cast.borrower)
    for page in ("/staff/", "/staff/borrowing/?show=review"):
        shown = tight(desk.get(page))
        assert f'href="/staff/requests/{story.ill.ref}/">Review' in shown
        assert "/approve/" not in shown
    assert "/approve/" in desk.get(f"/staff/requests/{story.ill.ref}/").content.decode()


def test_an_empty_desk_says_what_it_means(cast, at):
    page = at(cast.borrower).get("/staff/borrowing/").content.decode()
    assert "Nothing is waiting for your review." in page
    assert (
        "No library is waiting for your answer."
        in at(cast.lender).get("/staff/lending/").content.decode()
    )


def test_the_counts_cost_one_query_for_each_table_of_a_side(cast, at, django_assert_num_queries):
    Policy.objects.update(open_requests=99)
    desk = warm(at(cast.director))
    with django_assert_num_queries(
        20
    ):  # the last five: cases, questions, searches, messages, count week
        desk.get("/staff/")
    crowd(cast, 5, State.LENT)
    with django_assert_num_queries(
        20
    ):  # the last five: cases, questions, searches, messages, count week
        desk.get("/staff/")
    crowd(cast, 8, State.BACK, start=5)
    with django_assert_num_queries(21):  # and one for each queue in which there is something
        desk.get("/staff/")


def test_a_closed_day_is_said_beside_the_day(cast, at):
    desk = at(cast.borrower)
    assert "closed today" not in desk.get("/staff/").content.decode()
    closures.close(
        first_day=MONDAY.date(),
        last_day=MONDAY.date(),
        reason="Burst pipe",
        libraries=[cast.lee],
        source="library",
    )
    assert "closed today: Burst pipe" in desk.get("/staff/").content.decode()


def test_that_no_van_comes_is_no_reason_for_closed_doors(cast, at):
    closures.close(
        effect=Effect.NO_DELIVERY,
        first_day=MONDAY.date(),
        last_day=None,
        reason="Burst pipe",
        libraries=[cast.lee],
        source="delivery",
    )
    Library.objects.filter(pk=cast.lee.pk).update(open_days="-TWTF--")
    shown = at(cast.borrower).get("/staff/").content.decode()
    assert "closed today" in shown
    assert "closed today: Burst pipe" not in shown


def test_an_empty_queue_says_what_comes_there(cast):
    now = timezone.now()
    for queue in [*queues.borrowing(now), *queues.lending(now), *queues.out(now, cast.lee)]:
        assert queue.next, queue.key
