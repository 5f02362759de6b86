"""The directory of licensed resources in the office: typed, corrected, retired, put back."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page

from postroad.econtent import editing
from postroad.econtent.models import Resource, Right
from postroad.web.office.e_resources import SHOWS
from tests.browser import assert_accessible
from tests.cast import Cast
from tests.journeys.people import Person

OFFICE = "/office/e-resources/"
HARBOR = f"{OFFICE}harbor-news/"
TYPED = {
    "name": "Harbor News",
    "kind": "news",
    "subjects": "News,  Ships , News",
    "payer": "State Fund",
    "ends_on": "2027-06-30",
    "contact_email": "desk@example.org",
}


@pytest.fixture
def editor(client: Client, cast: Cast) -> Client:
    client.force_login(cast.editor)
    return client


@pytest.fixture
def harbor(editor: Client) -> Resource:
    editor.post(f"{OFFICE}add/", TYPED)
    return Resource.objects.get()


def text(answer: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_a_resource_is_added_and_found_by_its_payer(editor: Client, harbor: Resource):
    assert (harbor.subjects, harbor.payer) == (["News", "Ships"], "State Fund")
    assert "Harbor News" in text(editor.get(f"{OFFICE}?q=state"))
    assert "No resource matches that." in text(editor.get(f"{OFFICE}?q=zeppelin"))
    said = text(editor.get(HARBOR))
    assert "Not known. Readers are told so, and get no link." in said
    assert editor.post(f"{OFFICE}add/", {**TYPED, "name": ""}).status_code == 422


def test_what_is_pressed_twice_is_one(editor: Client, harbor: Resource):
    editor.post(f"{OFFICE}add/", TYPED)
    assert Resource.objects.get() == harbor
    for _press in range(2):
        editor.post(f"{HARBOR}rights/add/", {"who": "everybody", "how": "open"})
    assert Right.objects.get().who == "everybody"
    assert harbor.changes.count() == 2
    editor.post(f"{OFFICE}add/", {**TYPED, "payer": "Town Fund"})
    assert Resource.objects.count() == 2


def test_an_address_that_somebody_takes_at_the_same_moment_is_another(
    harbor: Resource, monkeypatch: pytest.MonkeyPatch
):
    free = iter([harbor.slug, "harbor-news-2"])
    monkeypatch.setattr(editing, "free_slug", lambda _name: next(free))
    facts = {"name": harbor.name, "kind": "news"}
    assert editing.add(facts, by="x").slug == "harbor-news-2"


def test_a_right_that_was_taken_away_meanwhile_is_not_changed(harbor: Resource):
    right = editing.give(harbor, {"who": "everybody", "how": "open"}, by="x")
    Right.objects.all().delete()
    with pytest.raises(editing.ChangedSince):
        editing.change_right(right, {"how": "card"}, by="y")


def test_the_list_shows_what_needs_somebody(editor: Client, harbor: Resource):
    def listed(show: str) -> bool:
        return "Harbor News" in text(editor.get(f"{OFFICE}?show={show}"))

    assert [each for each in SHOWS if listed(each)] == ["ending", "unknown"]
    assert listed("nonsense")
    editing.give(harbor, {"who": "everybody", "how": "ip"}, by="Edie")
    Resource.objects.update(ends_on=None, checked_on=timezone.localdate() - timedelta(366))
    assert [each for each in SHOWS if listed(each)] == ["unchecked"]
    editing.retire(harbor, by="Edie")
    assert [each for each in SHOWS if listed(each)] == ["over"]


def test_a_payer_is_written_as_it_was_before(editor: Client, harbor: Resource):
    editor.post(f"{OFFICE}add/", {**TYPED, "name": "Granite", "payer": "state  fund"})
    assert Resource.objects.get(name="Granite").payer == harbor.payer


@pytest.mark.usefixtures("harbor")
def test_others_find_nothing_there(cast: Cast):
    for who in (cast.ada, cast.borrower, cast.director, cast.driver, cast.operator):
        client = Client()
        client.force_login(who)
        for path in (OFFICE, HARBOR, f"{OFFICE}funding/"):
            assert client.get(path).status_code == 404, (who, path)
        assert client.post(f"{HARBOR}step/", {"retire": "yes"}).status_code == 404


@pytest.mark.usefixtures("harbor")
def test_a_change_is_told_in_words_and_put_back_once(editor: Client, harbor: Resource):
    said = text(editor.post(f"{HARBOR}change/", {**TYPED, "lending": "no"}, follow=True))
    assert "May be lent to other libraries: “Not known”, now “No”" in said
    assert "Nothing was different." in text(
        editor.post(f"{HARBOR}change/", {**TYPED, "lending": "no"}, follow=True)
    )
    changed = harbor.changes.filter(verb="change").get()
    said = text(editor.post(f"{HARBOR}undo/{changed.pk}/", follow=True))
    assert "Put back as it was." in said
    assert "put back already" in text(editor.post(f"{HARBOR}undo/{changed.pk}/", follow=True))
    harbor.refresh_from_db()
    assert harbor.lending == ""


def test_it_is_checked_retired_and_brought_back(editor: Client, harbor: Resource):
    Resource.objects.update(checked_on=None)
    assert "all of it is right today" in text(
        editor.post(f"{HARBOR}step/", {"check": "yes"}, follow=True)
    )
    editor.post(f"{HARBOR}step/", {"retire": "yes"})
    assert "Harbor News" not in text(editor.get("/e-resources/"))
    assert "It is no longer offered." in text(editor.get(HARBOR))
    editor.post(f"{HARBOR}step/", {"back": "yes"})
    assert "Harbor News" in text(editor.get("/e-resources/"))


def test_who_may_use_it_is_typed_changed_taken_away_and_given_back(
    editor: Client, harbor: Resource, cast: Cast
):
    at_lee = {"who": "library", "library": "lee", "how": "ip", "ranges": "192.0.2.0/24\n\n::1"}
    said = text(editor.post(f"{HARBOR}rights/add/", at_lee, follow=True))
    right = Right.objects.get()
    assert (right.library, right.ranges) == (cast.lee, "192.0.2.0/24\n::1")
    assert "192.0.2.0/24" in said
    where = f"{HARBOR}rights/{right.pk}/"
    assert 'value="lee"' in editor.get(where).content.decode()
    assert "Saved." in text(editor.post(where, {**at_lee, "how": "card"}, follow=True))
    assert "Taken away." in text(editor.post(where, {"remove": "yes"}, follow=True))
    assert not Right.objects.exists()
    gone = harbor.changes.first()
    assert gone is not None
    editor.post(f"{HARBOR}undo/{gone.pk}/")
    assert Right.objects.get().how == "card"


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"who": "kind", "how": "ip"}, "Please fill this in."),
        ({"who": "library", "how": "ip"}, "Please fill this in."),
        ({"who": "library", "library": "Atlantis", "how": "ip"}, "We know no library called"),
        ({"who": "town", "how": "card"}, "Please fill this in."),
        ({"who": "zip", "place": "Lee", "how": "card"}, "Type five digits"),
        ({"who": "everybody", "how": "proxy"}, "Please fill this in."),
        (
            {"who": "everybody", "how": "proxy", "proxy": "https://proxy.example/login"},
            "It has to end where the address goes",
        ),
        (
            {"who": "everybody", "how": "proxy", "proxy": "https://proxy.example/?qurl=a"},
            "It has to end where the address goes",
        ),
        ({"who": "everybody", "how": "ip", "ranges": "10.0.0.9-10.0.0.1"}, "is no IP address"),
        ({"who": "everybody", "how": "ip", "ranges": "lee"}, "“lee” is no IP address or range."),
    ],
)
@pytest.mark.usefixtures("harbor")
def test_what_does_not_go_together_is_refused_in_words(
    editor: Client, typed: dict[str, str], says: str
):
    answer = editor.post(f"{HARBOR}rights/add/", typed)
    assert answer.status_code == 422
    assert says in text(answer)
    assert not Right.objects.exists()


def test_only_what_goes_with_the_choice_is_kept(editor: Client, harbor: Resource):
    typed = {
        "who": "kind",
        "kind": "school",
        "how": "sso",
        "place": "Otis",
        "library": "lee",
        "proxy": "https://proxy.example/?qurl=",
    }
    editor.post(f"{HARBOR}rights/add/", typed)
    right = Right.objects.get()
    assert (right.value, right.library, right.prefix) == ("school", None, "")


@pytest.mark.parametrize("many", [1, 6])
def test_the_list_takes_as_many_statements_however_long_it_is(
    editor: Client, many: int, django_assert_num_queries: Any
):
    for number in range(many):
        made = editing.add({"name": f"R {number}"}, by="Edie")
        editing.give(made, {"who": "everybody", "how": "open"}, by="Edie")
    editor.get(OFFICE)
    with django_assert_num_queries(7) as known:
        editor.get(OFFICE)
    assert len([each for each in known if "econtent" in each["sql"]]) == 3


@pytest.mark.usefixtures("harbor")
def test_the_pages_are_accessible(page: Page, site: str, cast: Cast):
    edie = Person(cast.editor.username, page, assert_accessible)
    for path in (OFFICE, f"{OFFICE}add/", HARBOR, f"{HARBOR}rights/add/", f"{OFFICE}funding/"):
        edie.goes(f"{site}{path}")
