"""The desk at a glance."""

from datetime import timedelta

import pytest
from django.utils import timezone

from postroad.directory.models import Policy
from postroad.ill.lifecycle import State
from postroad.ill.models import Event, Supply
from postroad.notices import tell
from postroad.notices.models import Kind, Notice
from postroad.web.staff import queues
from tests.ill.story import MONDAY
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


def test_what_must_be_worked_off_stands_out_and_is_what_the_navigation_counts(story, at):
    story.at(State.REFERRED)
    page = at(story.cast.lender).get("/staff/")
    marked = [figure for figure in page.context["lending"] if figure.chosen and figure.count]
    assert [str(figure.label) for figure in marked] == ["To answer"]
    assert page.content.decode().count('<li class="tone-warn">') == len(marked)
    assert page.context["counts"]["staff-lending"] == sum(figure.count for figure in marked)


def test_what_is_due_by_tonight_is_named(story, at):
    story.at(State.REFERRED)
    desk = at(story.cast.lender)
    assert not desk.get("/staff/").context["to_lend"]
    Supply.objects.update(due_at=MONDAY)
    page = desk.get("/staff/")
    assert [supply.request for supply in page.context["to_lend"]] == [story.ill]
    assert "was due Monday 23 November" in page.content.decode()


def test_a_notice_is_read_once_and_by_its_own_library(story, at):
    Policy.objects.filter(library=story.cast.lee).update(approves_by_itself=False)
    story.listen()
    for event in story.ill.events.all():
        tell.people(event, MONDAY)
    notice = Notice.objects.at(story.cast.lee).get()
    desk, address = at(story.cast.borrower), f"/staff/notices/{notice.pk}/read/"
    assert notice.subject in desk.get("/staff/").content.decode()
    assert at(story.cast.lender).post(address).status_code == 404
    desk.post(address)
    assert not desk.get("/staff/").context["notices"]


def test_many_notices_do_not_hide_the_work_and_are_read_at_one_press(cast, at):
    crowd(cast, 5, State.REFERRED)
    for event in Event.objects.all():
        moment = event.at + timedelta(minutes=event.pk)
        facts = {"library": cast.lee, "kind": Kind.NEEDS_REVIEW, "ref": event.request.ref}
        Notice.objects.create(event=event, subject="Needs you", made_at=moment, **facts)
    desk = at(cast.borrower)
    page = desk.get("/staff/")
    shown = page.context["notices"]
    assert (len(shown), page.context["unread"]) == (3, Notice.objects.count())
    late = Event.objects.create(request=event.request, verb="nudge", at=moment)
    after = moment + timedelta(hours=1)
    Notice.objects.create(event=late, subject="Came just now", made_at=after, **facts)
    desk.post(f"/staff/notices/{shown[0].pk}/read/", {"all": "yes"})
    assert [notice.subject for notice in desk.get("/staff/").context["notices"]] == [
        "Came just now"
    ]


def test_an_empty_desk_says_what_it_means(cast, at):
    page = at(cast.borrower).get("/staff/borrowing/").content.decode()
    assert "Nothing waits for you to look at it." in page
    assert (
        "No library waits for your answer."
        in at(cast.lender).get("/staff/lending/").content.decode()
    )


def test_the_counts_cost_one_query_a_side(cast, at, django_assert_num_queries):
    Policy.objects.update(open_requests=99)
    desk = warm(at(cast.director))
    with django_assert_num_queries(9):
        desk.get("/staff/")
    crowd(cast, 5, State.LENT)
    with django_assert_num_queries(9):
        desk.get("/staff/")


def test_an_empty_queue_says_what_comes_there():
    now = timezone.now()
    for queue in [*queues.borrowing(now), *queues.lending(now), *queues.out(now)]:
        assert queue.next, queue.key
