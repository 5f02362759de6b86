"""The center's queue: filters, views of one's own, and who looks after what."""

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from postroad.accounts.models import Post, Role, SavedView, User
from postroad.ill import lending, managing
from postroad.ill.acts import Act
from postroad.ill.lifecycle import Later, State, Verb
from postroad.ill.managing import ManagedByOther, ManagerAway
from postroad.ill.models import Event
from postroad.web.office.centre import queue
from tests.cast import Cast
from tests.ill.story import MONDAY, Story, begin

QUEUE = "/office/centre/"


@pytest.fixture
def story(cast: Cast) -> Story:
    return begin(cast).at(State.REFERRED)


@pytest.fixture
def colleague(cast: Cast) -> User:
    made = User.objects.create(username="cora", first_name="Cora")
    Post.objects.create(user=made, role=Role.CENTRE)
    return made


@pytest.fixture
def centre(cast: Cast) -> Any:
    with time_machine.travel(MONDAY, tick=False):
        client = Client()
        client.force_login(cast.centre)
        yield client


def titles(client: Client, query: str) -> list[str]:
    return [row["title"] for row in client.get(QUEUE + query).context["rows"]]


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("?show=all", True),
        ("?state=referred", True),
        ("?state=centre&state=referred", True),
        ("?state=centre", False),
        ("?turn=lending", True),
        ("?turn=centre", False),
        ("?library=lee", True),
        ("?library=Lenox", True),
        ("?library=providence", False),
        ("?q=walden", True),
        ("?q=moby", False),
        ("?outside=no", True),
        ("?outside=yes", False),
        ("?manager=nobody", True),
        ("?manager=me", False),
        ("?late=yes", False),
        ("?filtered=yes", True),
        # what means nothing shows nothing
        ("?state=stolen", False),
        ("?turn=the+cat", False),
        ("?library=nowhere", False),
        ("?manager=99999999999999999999", False),
        ("?sort=by+colour&state=referred", False),
    ],
)
def test_the_address_filters(centre: Client, story: Story, query: str, shown: bool):
    assert titles(centre, query) == (["Walden"] if shown else [])


def test_each_row_says_whose_turn_it_is_since_when_and_until_when(centre: Client, story: Story):
    (row,) = centre.get(QUEUE + "?show=all").context["rows"]
    assert row["turn"] == "Lenox Library"
    assert row["since"].endswith("(today)")
    assert row["until"].startswith("until ")
    with time_machine.travel(MONDAY + timedelta(days=30), tick=False):
        centre.force_login(story.cast.centre)
        (row,) = centre.get(QUEUE + "?show=late").context["rows"]
        assert row["late"]
        assert row["until"].startswith("late: it was until ")


def test_a_view_is_saved_counted_renamed_moved_and_deleted(centre: Client, story: Story):
    add = QUEUE + "views/add/?state=referred&library=Lenox"
    assert centre.post(add, {"name": " At  Lenox "}).status_code == 302
    saved = SavedView.objects.get()
    assert (saved.name, saved.query) == ("At Lenox", "state=referred&library=lenox")
    choices = centre.get(f"{QUEUE}?show={saved.pk}").context["choices"]
    (mine,) = [each for each in choices if each.label == "At Lenox"]
    assert (mine.count, mine.chosen) == (1, True)
    assert centre.post(add, {"name": "At Lenox"}).status_code == 422
    centre.post(QUEUE + "views/add/?late=yes", {"name": "Late"})
    late = SavedView.objects.get(name="Late")
    centre.post(f"{QUEUE}views/{late.pk}/up/")
    assert [each.name for each in SavedView.objects.all()] == ["Late", "At Lenox"]
    centre.post(f"{QUEUE}views/{late.pk}/", {"name": "Too late"})
    assert centre.get(f"{QUEUE}views/{late.pk}/delete/").status_code == 200
    assert SavedView.objects.filter(name="Too late").exists()
    centre.post(f"{QUEUE}views/{late.pk}/delete/", {"sure": "yes"})
    assert [each.name for each in SavedView.objects.all()] == ["At Lenox"]


def test_a_view_is_its_owners_alone(centre: Client, story: Story, colleague: User):
    other = SavedView.objects.create(user=colleague, name="Hers")
    assert "Hers" not in centre.get(QUEUE).content.decode()
    for step in ("", "delete/"):
        assert centre.get(f"{QUEUE}views/{other.pk}/{step}").status_code == 404
    assert centre.post(f"{QUEUE}views/{other.pk}/up/").status_code == 404


def test_what_is_taken_stands_in_her_list_and_in_the_history(centre: Client, story: Story):
    answer = centre.post(QUEUE + "take/?show=all", {"ref": story.ill.ref})
    assert answer["Location"] == QUEUE + "?show=all"
    assert titles(centre, "?show=mine") == ["Walden"]
    history = centre.get(f"{QUEUE}{story.ill.ref}/").context["told"]
    assert "Centre looks after it." in [line.sentence for line in history]
    client = Client()
    client.force_login(story.cast.borrower)
    page = client.get(f"/staff/requests/{story.ill.ref}/").content.decode()
    assert "looks after it" not in page


def test_of_two_who_take_it_the_second_is_told_who_has_it(cast: Cast, story: Story, colleague):
    seen = type(story.ill).objects.get(pk=story.ill.pk)
    managing.assign(story.ill, Act(cast.centre, MONDAY), cast.centre)
    with pytest.raises(ManagedByOther) as no:
        managing.assign(seen, Act(colleague, MONDAY), colleague)
    assert no.value.facts["name"] == "Centre"
    story.look()
    assert story.ill.managed_by == cast.centre


def manage(client: Client, story: Story, **typed: object) -> Any:
    answer = client.post(f"{QUEUE}{story.ill.ref}/manager/", typed, follow=True)
    story.look()
    return answer


def test_it_is_taken_over_undone_and_given_back(centre: Client, story: Story, colleague: User):
    managing.assign(story.ill, Act(colleague, MONDAY), colleague)
    me = story.cast.centre
    answer = manage(centre, story, to=me.pk, instead_of="")
    assert "Cora looks after request" in answer.content.decode()
    assert story.ill.managed_by == colleague
    manage(centre, story, to=me.pk, instead_of=colleague.pk)
    assert story.ill.managed_by == me
    taken = Event.objects.filter(verb=Verb.ASSIGN).latest("pk")
    assert taken.facts["instead_of"] == "Cora"
    manage(centre, story, undo=taken.pk)
    assert story.ill.managed_by == colleague
    manage(centre, story, to=me.pk, instead_of=colleague.pk)
    manage(centre, story, to="", instead_of=me.pk)
    assert story.ill.managed_by is None


def test_nothing_is_handed_to_who_is_away_but_what_she_has_may_be_taken_over(
    centre: Client, story: Story, colleague: User
):
    managing.assign(story.ill, Act(colleague, MONDAY), colleague)
    client = Client()
    client.force_login(colleague)
    assert client.post(QUEUE + "away/", {"until": "2026-12-04"}).status_code == 302
    assert client.post(QUEUE + "away/", {"until": "2020-12-04"}).status_code == 422
    (row,) = centre.get(QUEUE + "?show=all").context["rows"]
    assert row["away"] == "away through Fri 4\N{NO-BREAK SPACE}Dec"
    manage(centre, story, to=story.cast.centre.pk, instead_of=colleague.pk)
    colleague.refresh_from_db()
    with pytest.raises(ManagerAway):
        managing.assign(
            story.ill,
            Act(story.cast.centre, MONDAY),
            colleague,
            instead_of=story.cast.centre.pk,
        )
    client.post(QUEUE + "away/", {"back": "yes"})
    colleague.refresh_from_db()
    assert colleague.away_until is None


def test_nobody_but_the_center_looks_after_a_request(cast: Cast, story: Story):
    with pytest.raises(ManagerAway):
        managing.assign(story.ill, Act(cast.centre, MONDAY), cast.borrower)


@pytest.mark.parametrize("state", [State.REFERRED, State.SHIPPED, State.LENT, State.HOMEWARD])
def test_what_a_row_says_is_read_by_one_query(
    cast: Cast, colleague: User, state: State, django_assert_num_queries: Any
):
    """`queue.READ` names every column that a row asks for, wherever the request stands."""
    story = begin(cast).at(state)
    managing.assign(story.ill, Act(cast.centre, MONDAY), colleague, instead_of=None)
    with django_assert_num_queries(1):
        (row,) = queue.rows([story.ill.pk], story.now)
    assert row["manager"] == "Cora"
    assert row["lender"]


def test_what_waits_for_a_member_is_read_by_one_query(cast: Cast, django_assert_num_queries: Any):
    story = begin(cast).at(State.REFERRED)
    by = Act(cast.lender, MONDAY)
    lending.retry(story.supply, by, reason=Later.BINDERY, on=date(2026, 12, 7))
    story.listen()
    with django_assert_num_queries(1):
        (row,) = queue.rows([story.ill.pk], MONDAY)
    assert "Lenox Library" in row["stands"]


@pytest.mark.parametrize(("few", "times"), [(500, 1), (0, 2)])
def test_a_text_is_looked_for_once_and_where_many_have_it_for_the_page_again(
    centre: Client, story: Story, few: int, times: int, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(queue, "FEW", few)
    with CaptureQueriesContext(connection) as asked:
        answer = centre.get(QUEUE + "?q=walden")
    assert [row["title"] for row in answer.context["rows"]] == ["Walden"]
    assert answer.context["page"].paginator.count == 1
    assert sum("walden" in each["sql"].lower() and "LIKE" in each["sql"] for each in asked) == times
