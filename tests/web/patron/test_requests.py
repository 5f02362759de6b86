import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
import time_machine
from django.test import Client

from postroad.accounts.models import Card
from postroad.directory.models import Policy
from postroad.ill import asking, borrowing, loans, sweeps
from postroad.ill.acts import Act
from postroad.ill.lifecycle import Outcome, State
from postroad.ill.models import Loan, Request, Supply
from postroad.notices import tell
from postroad.notices.models import Notice
from tests.cast import Cast
from tests.ill.story import MONDAY, Story, begin, copy, out, title
from tests.markup import tight
from tests.web.staff.crowd import crowd


@pytest.fixture
def story(cast: Cast) -> Story:
    return begin(cast)


@pytest.fixture
def ada(cast: Cast, client: Client) -> Any:
    with time_machine.travel(MONDAY, tick=False):
        client.force_login(cast.ada)
        yield client


def path(story: Story, end: str = "") -> str:
    return f"/patron/requests/{story.ill.ref}/{end}"


def page(client: Client, address: str) -> str:
    """What can be read on a page, without its marks."""
    text = re.sub(r"<[^>]+>", " ", client.get(address).content.decode())
    return " ".join(unescape(text).split())


def messages(answer: Any) -> str:
    return " ".join(str(message) for message in answer.context["messages"])


def renew(client: Client, story: Story, due: str | None = None) -> str:
    shown = due if due is not None else str(out(story.ill).due_back)  # as the page had it
    return messages(client.post(path(story, "renew/"), {"due": shown}, follow=True))


SENTENCES = {
    State.REFERRED: "Lenox Library was asked to send it.",
    State.SHIPPED: "On its way from Lenox; should be here on Tuesday 24 November.",
    State.ARRIVED: "Ready for you at Lee Library. It is held until Thursday 3 December.",
    State.LENT: "You have it until Monday 21 December.",
    State.BACK: "You have brought it back. Thank you.",
    State.HOMEWARD: "It is on its way home to Lenox Library.",
}


@pytest.mark.parametrize("state", SENTENCES)
def test_one_sentence_says_how_it_stands(ada: Client, story: Story, state: State):
    story.at(state)
    assert SENTENCES[state] in page(ada, path(story))
    assert SENTENCES[state] in page(ada, "/patron/requests/")


@pytest.mark.parametrize("state", SENTENCES)
def test_she_sees_nothing_that_only_staff_understand(ada: Client, story: Story, state: State):
    story.at(state)
    shown = ada.get(path(story)).content.decode()
    for word in ("rota", "Lender ", "Borrower ", "referred", "homeward", "skipped", "Owner"):
        assert word not in shown, word


def test_the_timeline_tells_her_story_newest_first(ada: Client, story: Story):
    story.at(State.LENT)
    told = [line.sentence for line in ada.get(path(story)).context["told"]]
    assert told == [
        "You took it home, until Monday 21 December.",
        "It arrived.",
        "Lenox Library sent it.",
        "Lenox Library was asked to send it.",
        "You asked for it.",
    ]


@pytest.mark.parametrize(
    ("state", "verbs"),
    [
        (State.REFERRED, {"cancel"}),
        (State.SHIPPED, {"cancel"}),
        (State.ARRIVED, {"cancel"}),
        (State.LENT, {"renew"}),
        (State.HOMEWARD, set()),
    ],
)
def test_only_what_can_be_done_is_offered(ada: Client, story: Story, state: State, verbs: set[str]):
    story.at(state)
    for address in (path(story), "/patron/requests/"):
        shown = ada.get(address).content.decode()
        assert {verb for verb in ("renew", "cancel") if path(story, f"{verb}/") in shown} == verbs


def test_renewing_says_the_new_day(ada: Client, story: Story):
    story.at(State.LENT)
    assert renew(ada, story) == "Renewed. Bring it back by Monday 4 January 2027."
    assert "You have it until Monday 4 January 2027." in page(ada, path(story))


def test_a_double_press_renews_once(ada: Client, story: Story):
    story.at(State.LENT)
    Supply.objects.update(renewals_allowed=5)
    renew(ada, story)
    assert renew(ada, story) == "It was already renewed. The page shows the new due date."
    assert Loan.objects.get().renewals == 1


@pytest.mark.parametrize("due", ["", "soon", "\x00", "2026-12-21" * 500])
def test_a_renewal_for_a_day_that_was_not_shown_changes_nothing(
    ada: Client, story: Story, due: str
):
    story.at(State.LENT)
    renew(ada, story, due)
    assert Loan.objects.get().renewals == 0


def never(story: Story) -> None:
    Supply.objects.update(renewals_allowed=0)


def no_more(story: Story) -> None:
    Loan.objects.update(renewals=1)


def overdue(story: Story) -> None:
    Loan.objects.update(due_back=MONDAY.date() - timedelta(days=2))


def others_wait(story: Story) -> None:
    cast = story.cast
    asking.ask(story.record, Act(cast.bea, MONDAY), patron=cast.bea, library=cast.pittsfield)


REFUSED = {
    never: "the library that owns it does not renew",
    no_more: "it has already been renewed as often as its library allows",
    overdue: "it is already overdue",
    others_wait: "someone else is waiting for it",
}


@pytest.mark.parametrize("reason", REFUSED)
def test_a_renewal_that_is_refused_says_why(ada: Client, story: Story, reason: Any):
    story.at(State.LENT)
    reason(story)
    story.look()
    due = story.loan.due_back
    said = renew(ada, story)
    assert said.startswith(f"It could not be renewed: {REFUSED[reason]}.")
    story.look()
    assert story.loan.due_back == due


@pytest.mark.parametrize("reason", REFUSED)
def test_what_is_sure_to_be_refused_is_not_offered_and_the_reason_is_said(
    ada: Client, story: Story, reason: Any
):
    story.at(State.LENT)
    for address in (path(story), "/patron/requests/"):
        assert path(story, "renew/") in ada.get(address).content.decode()
        assert "cannot be renewed" not in page(ada, address)
    reason(story)
    for address in (path(story), "/patron/requests/"):
        assert path(story, "renew/") not in ada.get(address).content.decode()
        assert f"It cannot be renewed: {REFUSED[reason]}." in page(ada, address)


def test_many_loans_are_looked_after_at_once(
    ada: Client, cast: Cast, django_assert_num_queries: Any
):
    crowd(cast, 2, State.LENT)
    ada.get("/patron/requests/")
    with django_assert_num_queries(9):
        ada.get("/patron/requests/")
    crowd(cast, 7, State.LENT, start=2)
    with django_assert_num_queries(9):
        assert ada.get("/patron/requests/").content.count(b"/renew/") == 9


def test_renewing_what_went_back_meanwhile_says_so(ada: Client, story: Story):
    story.at(State.LENT)
    due = str(story.loan.due_back)
    loans.return_item(story.loan, Act(story.cast.borrower, MONDAY))
    assert "the request has changed since" in renew(ada, story, due)


def test_cancelling_asks_first(ada: Client, story: Story):
    story.at(State.REFERRED)
    assert "Cancel your request for “Walden”?" in page(ada, path(story, "cancel/"))
    story.look()
    assert story.ill.state == State.REFERRED
    answer = ada.post(path(story, "cancel/"), follow=True)
    assert messages(answer).startswith("Canceled. We have stopped looking for it.")
    story.look()
    assert story.ill.outcome == Outcome.CANCELLED


def test_what_was_shipped_and_is_not_wanted_any_more_goes_straight_home(ada: Client, story: Story):
    story.at(State.SHIPPED)
    assert "Cancel your request for “Walden”?" in page(ada, path(story, "cancel/"))
    answer = ada.post(path(story, "cancel/"), follow=True)
    assert messages(answer).startswith("Thank you for telling us.")
    assert (story.loan.state, story.loan.not_wanted) == (State.SHIPPED, True)


def test_it_is_too_late_to_cancel_what_she_has_at_home(ada: Client, story: Story):
    story.at(State.LENT)
    for answer in (
        ada.get(path(story, "cancel/"), follow=True),
        ada.post(path(story, "cancel/"), follow=True),
    ):
        assert "the request has changed since" in messages(answer)
    story.look()
    assert story.ill.state == State.LENT


def test_cancelling_twice_is_no_trouble(ada: Client, story: Story):
    story.at(State.REFERRED)
    ada.post(path(story, "cancel/"))
    answer = ada.post(path(story, "cancel/"), follow=True)
    assert answer.status_code == 200
    assert "the request has changed since" in messages(answer)


@pytest.mark.parametrize("end", ["", "renew/", "cancel/"])
def test_somebody_elses_request_is_not_there(client: Client, story: Story, end: str):
    story.at(State.LENT)
    for person in (story.cast.bea, story.cast.borrower):
        client.force_login(person)
        assert client.get(path(story, end)).status_code in (404, 405)
        assert client.post(path(story, end)).status_code in (404, 405)
    story.look()
    assert story.loan.renewals == 0


@pytest.mark.parametrize("ref", ["00000000", "x" * 400, "--", "1"])
def test_a_number_that_nobody_has_is_not_there(ada: Client, ref: str):
    assert ada.get(f"/patron/requests/{ref}/").status_code == 404
    assert ada.post(f"/patron/requests/{ref}/renew/", {"due": "x"}).status_code == 404


def test_a_number_may_be_typed_as_it_is_read(ada: Client, story: Story):
    ref = story.ill.ref.lower()
    assert ada.get(f"/patron/requests/{ref[:4]}-{ref[4:]}/").status_code == 200


def test_nothing_asked_for_leads_to_the_catalogue(ada: Client):
    shown = ada.get("/patron/requests/").content.decode()
    assert "You have no requests right now." in shown
    assert 'class="main" href="/search"' in shown


def test_a_finished_request_stays_until_it_is_forgotten(ada: Client, story: Story):
    story.listen()
    borrowing.cancel(story.ill, Act(story.cast.ada, MONDAY))
    assert "Finished" in page(ada, "/patron/requests/")
    assert "Canceled." in page(ada, path(story))
    sweeps.forget(MONDAY + timedelta(days=15))
    assert "Finished" not in page(ada, "/patron/requests/")
    assert ada.get(path(story)).status_code == 404


def test_the_reason_of_an_unfilled_request_is_hers_to_read(ada: Client, story: Story):
    Policy.objects.filter(library=story.cast.lenox).update(lends=False)
    story.listen()
    assert story.ill.state == State.CENTRE
    borrowing.decline(story.ill, Act(story.cast.centre, MONDAY), reason="It lies under glass.")
    shown = page(ada, path(story))
    assert "We could not get it for you. It lies under glass." in shown


def hear(story: Story) -> list[Notice]:
    for event in story.ill.events.order_by("pk"):
        tell.people(event, event.at)
    return list(Notice.objects.filter(user=story.cast.ada))


def test_she_reads_a_notice_away(ada: Client, story: Story):
    story.at(State.ARRIVED)
    newest, *others = hear(story)
    assert others
    assert newest.subject in page(ada, "/patron/requests/")
    ada.post("/patron/notices/read/", {"notice": newest.pk})
    newest.refresh_from_db()
    assert newest.read_at is not None
    assert not ada.get("/patron/requests/").context["notices"]  # nor what was said before it


def test_as_many_notices_are_shown_as_are_counted(ada: Client, story: Story):
    for place in range(6):
        ill = asking.ask(
            title(f"Book {place}"), Act(at=MONDAY), patron=story.cast.ada, library=story.cast.lee
        )
        tell.people(ill.events.get(), MONDAY)
    shown = ada.get("/patron/requests/").content.decode()
    assert shown.count('name="notice" value=') == 7  # and one button for all
    assert 'New for you <span class="count">6</span>' in shown


@pytest.mark.parametrize(
    ("state", "says"),
    [
        (State.REFERRED, "We have your request"),
        (State.SHIPPED, "On its way from Lenox"),
        (State.ARRIVED, "Ready for pickup until"),
        (State.LENT, "Yours until"),
        (State.BACK, None),
        (State.HOMEWARD, None),
        (State.CLOSED, None),
    ],
)
def test_only_what_is_still_true_is_new_for_her(
    ada: Client, story: Story, state: State, says: str | None
):
    story.at(state)
    hear(story)
    subjects = [notice.subject for notice in ada.get("/patron/requests/").context["notices"]]
    assert [subject.startswith(says or "") for subject in subjects] == ([True] if says else [])


def test_overdue_goes_as_soon_as_the_book_was_brought_back(ada: Client, story: Story):
    story.at(State.LENT)
    sweeps.ring(MONDAY + timedelta(days=30))
    hear(story)
    assert "Overdue since" in page(ada, "/patron/requests/")
    loans.return_item(out(Request.objects.get()), Act(story.cast.borrower, MONDAY))
    assert "Overdue since" not in page(ada, "/patron/requests/")


def test_a_loan_that_ended_and_was_forgotten_says_so(ada: Client, story: Story):
    story.at(State.CLOSED)
    address = path(story)
    assert "Finished: it has been returned." in page(ada, address)
    sweeps.forget(MONDAY + timedelta(days=1))
    for gone in (address, "/patron/requests/ZZZZZZZZ/"):
        assert ada.get(gone).status_code == 404
        assert "nobody can look up later what you have read" in page(ada, gone)


def test_after_an_end_without_a_loan_the_next_step_is_one_press_away(ada: Client, story: Story):
    borrowing.cancel(story.ill, Act(story.cast.ada, MONDAY))
    shown = tight(ada.get(path(story)))
    assert f'class="main" href="/patron/ask/{story.record.pk}/"' in shown
    assert f'href="/record/{story.record.pk}"' in shown
    assert "you can ask for it again" in shown
    story.record.items.all().delete()
    type(story.ill).objects.update(record=None)
    shown = tight(ada.get(path(story)))
    assert 'class="main" href="/patron/ask/blank/?material=book&amp;title=Walden' in shown
    assert 'href="/search?q=Walden"' in shown


def test_she_reads_all_notices_away_and_nobody_elses(ada: Client, story: Story):
    story.at(State.ARRIVED)
    hear(story)
    hers = Notice.objects.filter(user=story.cast.ada)
    facts = {"source": "day", "source_key": "1", "kind": "asked", "about": "request:X"}
    other = Notice.objects.create(user=story.cast.bea, subject="Not hers", made_at=MONDAY, **facts)
    ada.post("/patron/notices/read/", {"notice": str(other.pk)})
    ada.post("/patron/notices/read/", {"notice": "all"})
    assert not hers.unread().exists()
    other.refresh_from_db()
    assert other.read_at is None


@pytest.mark.parametrize("typed", ["", "-1", "²", "9" * 60, "None", "\x00"])
def test_reading_a_notice_that_is_not_there_is_no_trouble(ada: Client, typed: str):
    assert ada.post("/patron/notices/read/", {"notice": typed}).status_code == 302


def test_a_long_list_takes_no_more_queries(
    ada: Client, story: Story, django_assert_num_queries: Any
):
    def more(first: int, last: int) -> None:
        for number in range(first, last):
            record = title(f"Book {number}")
            ill = asking.ask(record, Act(at=MONDAY), patron=story.cast.ada, library=story.cast.lee)
            tell.people(ill.events.get(), MONDAY)

    more(0, 3)
    ada.get("/patron/requests/")
    with django_assert_num_queries(8) as few:
        ada.get("/patron/requests/")
    more(3, 30)
    with django_assert_num_queries(len(few)):
        ada.get("/patron/requests/")


def test_what_needs_her_stands_first(ada: Client, story: Story):
    story.at(State.ARRIVED)
    cast = story.cast
    asked = {}
    for name in ("Cape Cod", "Civil Disobedience"):
        record = title(name)
        ill = asking.ask(record, Act(at=MONDAY), patron=cast.ada, library=cast.lee)
        asked[name] = Story(cast, record, ill)
    copy(asked["Cape Cod"].record, cast.lenox, "30001000000025")
    asked["Cape Cod"].at(State.LENT)
    overdue = Loan.objects.filter(request=asked["Cape Cod"].ill.pk)
    overdue.update(due_back=MONDAY.date() - timedelta(days=2))
    listed = [line.title for line in ada.get("/patron/requests/").context["open"]]
    assert listed == ["Cape Cod", "Walden", "Civil Disobedience"]


def test_days_are_those_of_her_own_library(ada: Client, story: Story):
    """When she asked it was Monday in Massachusetts, and Tuesday where her library stands."""
    for zone, day in (("America/New_York", "Monday 23"), ("Pacific/Auckland", "Tuesday 24")):
        type(story.cast.lee).objects.filter(pk=story.cast.lee.pk).update(time_zone=zone)
        for address in (path(story), "/patron/requests/"):
            assert f"{day} November" in page(ada, address)


def test_a_blocked_card_renews_neither_by_button_nor_by_hand(ada: Client, story: Story):
    story.at(State.LENT)
    due = story.loan.due_back
    Card.objects.filter(user=story.cast.ada).update(blocked="Owes 80 dollars")
    for address in (path(story), "/patron/requests/"):
        assert path(story, "renew/") not in ada.get(address).content.decode()
        assert "cannot be renewed: the library card is blocked" in page(ada, address)
    said = renew(ada, story)
    assert "the library card is blocked" in said
    assert "staff can help you" in said
    story.look()
    assert (story.loan.renewals, story.loan.due_back) == (0, due)
