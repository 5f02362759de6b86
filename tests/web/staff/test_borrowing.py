"""The borrowing desk: its queues and its buttons."""

import pytest
from django.contrib.messages import get_messages

from postroad.directory.models import Policy
from postroad.ill import asking
from postroad.ill.acts import Act
from postroad.ill.lifecycle import Outcome, State, Verb
from postroad.ill.models import Loan, Supply
from tests.ill.story import MONDAY, Story
from tests.markup import tight
from tests.web.staff.crowd import crowd, ring, warm

# Where a request stands, the queue that shows it, and the button of its row.
QUEUES = {
    State.REFERRED: ("waiting", None),
    State.SHIPPED: ("coming", "It is here"),
    State.ARRIVED: ("shelf", "Lend it"),
    State.LENT: ("lent", "Take back"),
    State.BACK: ("back", "Send home"),
    State.HOMEWARD: ("homeward", None),
}


QUERIES = 9  # session, person, posts, card, the desk's day, two counts, number of rows, rows


def in_review(story: Story) -> Story:
    Policy.objects.filter(library=story.cast.lee).update(approves_by_itself=False)
    story.listen()
    assert story.ill.state == State.REVIEW
    return story


@pytest.mark.parametrize("state", QUEUES)
def test_each_state_has_its_queue_and_its_button(story, at, state):
    story.at(state)
    key, button = QUEUES[state]
    page = at(story.cast.borrower).get("/staff/borrowing/")
    assert page.context["queue"].key == key  # the only one with something in it
    assert [row.ill for row in page.context["rows"]] == [story.ill]
    counted = {choice.address: choice.count for choice in page.context["choices"]}
    assert counted == {**dict.fromkeys(counted, 0), f"?show={key}": 1}
    if button:  # where a thing is scanned back, the button of its row is a quiet one
        class_ = "small" if key == "lent" else "main"
        assert f'class="{class_}">{button}' in tight(page)


def test_what_needs_staff_comes_with_its_reasons(story, at):
    in_review(story)
    page = at(story.cast.borrower).get("/staff/borrowing/?show=review")
    assert "This library reviews every request" in page.content.decode()
    assert page.context["counts"] == {"staff-borrowing": 1}


def test_nobody_fetched_it_so_it_leaves_the_hold_shelf(story, at):
    story.at(State.ARRIVED)
    ring(story)
    desk = at(story.cast.borrower)
    assert [row.ill for row in desk.get("/staff/borrowing/?show=unclaimed").context["rows"]] == [
        story.ill
    ]
    assert not desk.get("/staff/borrowing/?show=shelf").context["rows"]


@pytest.mark.parametrize(
    ("show", "page"),
    [
        ("", ""),
        ("nonsense", "0"),
        ("\x00", "-1"),
        ("x" * 5000, "9" * 40),
        ("\udcff".encode("utf-8", "surrogatepass"), "two"),
    ],
)
def test_a_filter_that_is_none_shows_the_first_queue(story, at, show, page):
    story.at(State.LENT)
    answer = at(story.cast.borrower).get("/staff/borrowing/", {"show": show, "page": page})
    assert answer.context["queue"].key == "lent"
    assert len(answer.context["rows"]) == 1


@pytest.mark.parametrize(
    ("state", "verb", "after"),
    [
        (State.SHIPPED, "receive", State.ARRIVED),
        (State.ARRIVED, "lend", State.LENT),
        (State.ARRIVED, "send-home", State.HOMEWARD),
        (State.LENT, "take-back", State.BACK),
        (State.BACK, "send-home", State.HOMEWARD),
    ],
)
def test_a_button_moves_it_on(story, at, state, verb, after):
    story.at(state)
    here = "/staff/borrowing/?show=coming"
    answer = at(story.cast.borrower).post(
        f"/staff/requests/{story.ill.ref}/{verb}/",
        headers={"Referer": f"http://testserver{here}"},
    )
    assert answer["Location"] == f"http://testserver{here}"
    story.look()
    assert story.ill.state == after
    event = story.ill.events.last()
    assert event.by == story.cast.borrower
    (said,) = get_messages(answer.wsgi_request)
    assert "Walden" in str(said)


def test_a_button_does_not_lead_to_another_site(story, at):
    story.at(State.SHIPPED)
    answer = at(story.cast.borrower).post(
        f"/staff/requests/{story.ill.ref}/receive/", headers={"Referer": "https://evil.test/"}
    )
    assert answer["Location"] == f"/staff/requests/{story.ill.ref}/"


def test_two_clerks_press_at_once(story, at):
    story.at(State.ARRIVED)
    one, other = at(story.cast.borrower), at(story.cast.director)
    address = f"/staff/requests/{story.ill.ref}/lend/"
    assert one.post(address).status_code == 302
    late = other.post(address)
    assert late.status_code == 409
    assert "is with the patron" in late.content.decode()
    assert story.ill.events.filter(verb=Verb.CHECK_OUT).count() == 1


@pytest.mark.parametrize("who", ["lender", "allrounder", "centre", "ada"])
def test_nobody_elsewhere_acts_for_this_library(story, at, who):
    story.at(State.ARRIVED)
    before, elsewhere = story.ill.events.count(), at(getattr(story.cast, who))
    for verb in ("receive", "lend", "take-back", "send-home", "cancel", "decline"):
        answer = elsewhere.post(f"/staff/requests/{story.ill.ref}/{verb}/", {"sure": "yes"})
        assert answer.status_code in (302, 404)  # to another desk of his own, or not there
        if answer.status_code == 302:
            assert answer["Location"] == "/staff/desk/"
    assert story.ill.events.count() == before


def test_approve_lets_it_go_on(story, at):
    in_review(story)
    at(story.cast.borrower).post(f"/staff/requests/{story.ill.ref}/approve/")
    story.listen()
    assert story.ill.state == State.REFERRED


def test_the_patron_reads_why_not(story, at):
    in_review(story)
    at(story.cast.borrower).post(
        f"/staff/requests/{story.ill.ref}/decline/", {"reason": "We have ordered it for you."}
    )
    story.look()
    assert (story.ill.outcome, story.ill.reason) == (
        Outcome.UNFILLED,
        "We have ordered it for you.",
    )


@pytest.mark.parametrize("reason", ["", "   ", "x" * 301, "\x00"])
def test_no_without_a_reason_is_not_sent(story, at, reason):
    in_review(story)
    answer = at(story.cast.borrower).post(
        f"/staff/requests/{story.ill.ref}/decline/", {"reason": reason}
    )
    assert answer.status_code == 422
    assert "Not sent yet" in answer.content.decode()
    story.look()
    assert story.ill.state == State.REVIEW


def test_cancelling_asks_first(story, at):
    story.at(State.REFERRED)
    desk, address = at(story.cast.borrower), f"/staff/requests/{story.ill.ref}/cancel/"
    assert "cannot be reopened" in desk.get(address).content.decode()
    desk.post(address)
    story.look()
    assert story.ill.is_open
    desk.post(address, {"sure": "yes"})
    story.look()
    assert story.ill.outcome == Outcome.CANCELLED


def test_the_lender_s_policy_answers_a_renewal(story, at):
    story.at(State.LENT)
    desk, address = at(story.cast.borrower), f"/staff/requests/{story.ill.ref}/renew/"

    def press() -> str:
        story.look()
        answer = desk.post(address, {"due": str(story.loan.due_back)})
        return [str(each) for each in get_messages(answer.wsgi_request)][-1]

    assert press().startswith("Renewed until")
    assert "renewed as often as its library allows" in press()


def test_a_double_press_renews_once_where_twice_were_allowed(story, at):
    story.at(State.LENT)
    Supply.objects.update(renewals_allowed=2)
    desk, address = at(story.cast.borrower), f"/staff/requests/{story.ill.ref}/"
    due = str(story.loan.due_back)
    field = f'name="due" value="{due}"'
    assert field in desk.get(address).content.decode()
    for _press in range(2):
        answer = desk.post(f"{address}renew/", {"due": due})
    told = [str(each) for each in get_messages(answer.wsgi_request)]
    assert told[-1] == "It was already renewed. The page shows the new due date."
    assert story.loan.renewals == 1


def test_days_are_those_of_the_library(story, at):
    """It is Monday in Lee and Tuesday in Kiritimati."""
    story.at(State.LENT)
    type(story.cast.lee).objects.filter(pk=story.cast.lee.pk).update(time_zone="Pacific/Kiritimati")
    Loan.objects.update(due_back="2026-11-23")
    row = at(story.cast.borrower).get("/staff/borrowing/?show=overdue").context["rows"][0]
    assert row.class_ == "due"  # there it is Tuesday already
    type(story.cast.lee).objects.filter(pk=story.cast.lee.pk).update(time_zone="America/New_York")
    row = at(story.cast.borrower).get("/staff/borrowing/?show=lent").context["rows"][0]
    assert row.class_ == "soon"


def late(show: str) -> None:
    if show == "overdue":
        Loan.objects.update(due_back="2026-11-02")


@pytest.mark.parametrize("show", ["coming", "lent", "waiting", "overdue"])
def test_a_long_queue_asks_no_more_than_a_short_one(cast, at, show, django_assert_num_queries):
    lent = dict.fromkeys(("lent", "overdue"), State.LENT)
    state = {"coming": State.SHIPPED, "waiting": State.REFERRED, **lent}[show]
    Policy.objects.update(open_requests=99)
    desk = warm(at(cast.borrower))
    crowd(cast, 3, state)
    late(show)
    with django_assert_num_queries(QUERIES):
        assert len(desk.get(f"/staff/borrowing/?show={show}").context["rows"]) == 3
    crowd(cast, 7, state, start=3)
    late(show)
    with django_assert_num_queries(QUERIES):
        assert len(desk.get(f"/staff/borrowing/?show={show}").context["rows"]) == 10


def test_a_request_whose_patron_has_gone_still_moves(story, at):
    story.at(State.ARRIVED)
    type(story.ill).objects.filter(pk=story.ill.pk).update(patron=None)
    page = at(story.cast.borrower).get("/staff/borrowing/?show=shelf")
    assert "name removed" in page.content.decode()


def test_the_second_wish_of_a_patron_does_not_hide_the_first(story, at):
    story.at(State.LENT)
    again = begin_again(story)
    page = at(story.cast.borrower).get("/staff/borrowing/")
    assert page.context["queue"].key == "review"
    assert [row.ill for row in page.context["rows"]] == [again]


def begin_again(story: Story):
    ill = asking.ask(
        story.record,
        Act(story.cast.ada, MONDAY),
        patron=story.cast.ada,
        library=story.cast.lee,
        insists=True,
    )
    other = Story(story.cast, story.record, ill)
    other.listen()
    return other.ill
