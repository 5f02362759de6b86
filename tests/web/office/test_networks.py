"""Who looks after a network, what they change, and how applications end."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from postroad.cases import applying, handling
from postroad.cases.lifecycle import Ending
from postroad.cases.models import Application, Case
from postroad.directory import network_rules
from postroad.directory.models import Library, Network, Policy
from postroad.notices import cases
from postroad.notices.models import Notice
from tests.cases.test_applying import ask
from tests.cast import Cast

OFFICE = "/office/networks/berkshire/"
RULES = {"lends_outside": "on", "loan_days": "14"}


@pytest.fixture
def berkshire(cast: Cast) -> Network:
    """Its office is the library of Lee."""
    network = Network.objects.get(code="berkshire")
    network.office, network.takes_applications = cast.lee, True
    network.save()
    return network


@pytest.fixture
def director(client: Client, cast: Cast, berkshire: Network) -> Client:
    client.force_login(cast.director)
    return client


@pytest.fixture
def center(cast: Cast, berkshire: Network) -> Client:
    client = Client()
    client.force_login(cast.centre)
    return client


def text(answer: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def today(days: int = 0) -> str:
    return (timezone.localdate() + timedelta(days=days)).isoformat()


def test_another_librarys_director_finds_nothing_there(cast: Cast, berkshire: Network):
    asked = ask(berkshire)
    elsewhere = Client()
    elsewhere.force_login(cast.neighbour)
    for path in ("", "page/", "rules/", f"applications/{asked.pk}/"):
        assert elsewhere.get(OFFICE + path).status_code == 404
    assert elsewhere.post(OFFICE + "page/", {"lead": "Ours"}).status_code == 404
    assert "Berkshire" not in text(elsewhere.get("/office/networks/")).split("Networks")[-1]


def test_its_office_changes_the_words_and_puts_them_back(director: Client, berkshire: Network):
    sent = {"lead": "In the hills.", "about": "Old and new.", "takes_applications": "on"}
    said = text(director.post(OFFICE + "page/", sent, follow=True))
    assert "One sentence at the top: nothing, now “In the hills.”" in said
    assert "In the hills." in text(director.get("/networks/berkshire/"))
    change = berkshire.changes.get()
    said = text(director.post(f"{OFFICE}undo/{change.pk}/", follow=True))
    assert "Put back as it was." in said
    assert "In the hills." not in text(director.get("/networks/berkshire/"))
    assert "put back already" in text(director.post(f"{OFFICE}undo/{change.pk}/", follow=True))


def test_of_name_office_and_address_only_the_center_decides(
    director: Client, center: Client, berkshire: Network, cast: Cast, settings: Any
):
    settings.ALLOWED_HOSTS = ["testserver", "hills.example.org"]
    sent = {"name": "Hills", "host": "hills.example.org", "office": "lenox"}
    director.post(OFFICE + "page/", sent)
    berkshire.refresh_from_db()
    assert (berkshire.name, berkshire.host) == ("Berkshire Libraries", "")
    center.post(OFFICE + "page/", sent)
    berkshire.refresh_from_db()
    assert (berkshire.name, berkshire.host) == ("Hills", "hills.example.org")
    assert berkshire.office == cast.lenox
    change = berkshire.changes.first()
    assert change is not None
    center.post(f"{OFFICE}undo/{change.pk}/")
    berkshire.refresh_from_db()
    assert (berkshire.name, berkshire.office) == ("Berkshire Libraries", cast.lee)


def test_the_office_puts_back_nothing_that_only_the_center_may_change(
    director: Client, center: Client, berkshire: Network
):
    center.post(OFFICE + "page/", {"name": "Hills", "office": "lee"})
    change = berkshire.changes.first()
    assert change is not None
    director.post(f"{OFFICE}undo/{change.pk}/")
    berkshire.refresh_from_db()
    assert berkshire.name == "Hills"


@pytest.mark.parametrize(
    ("host", "says"),
    [
        ("not a name", "A name like schools.example.org"),
        ("localhost", "A name like schools.example.org"),
        ("http://[", "A name like schools.example.org"),
        ("http://[::1]/x?y", "A name like schools.example.org"),
        ("https://taken.example.org/x", "This is the address of Other"),
        ("unknown.example.org", "does not answer to that name yet"),
        ("taken.example.org", "This is the address of Other"),
    ],
)
def test_a_name_to_which_the_server_does_not_answer_is_refused(
    center: Client, settings: Any, host: str, says: str
):
    settings.ALLOWED_HOSTS = ["testserver", "taken.example.org"]
    Network.objects.create(code="other", name="Other", host="taken.example.org")
    answer = center.post(OFFICE + "page/", {"name": "Hills", "host": host})
    assert answer.status_code == 422
    assert says in text(answer)


def test_rules_are_read_before_they_are_entered(director: Client, berkshire: Network):
    sent = {**RULES, "effective": today(), "own_allowed": ["loan_days"]}
    said = text(director.post(OFFICE + "rules/", {**sent, "look": "1"}))
    assert "may be kept for 14 days" in said
    assert not berkshire.rules.exists()
    for _ in range(2):
        said = text(director.post(OFFICE + "rules/", sent, follow=True))
    assert "holds now" in said
    row = berkshire.rules.get()
    assert (row.loan_days, row.entered_by) == (14, "Director")


def test_rules_to_come_are_taken_back_and_those_that_hold_are_left(
    director: Client, berkshire: Network
):
    director.post(OFFICE + "rules/", {**RULES, "effective": today(9)})
    director.post(OFFICE + "rules/", {"withdraw": str(berkshire.rules.get().pk)})
    assert not berkshire.rules.exists()
    director.post(OFFICE + "rules/", {**RULES, "effective": today()})
    said = text(
        director.post(OFFICE + "rules/", {"withdraw": str(berkshire.rules.get().pk)}, follow=True)
    )
    assert "so they stay in the history" in said
    director.post(OFFICE + "rules/", {"back": "yes"})
    tomorrow = network_rules.of(berkshire.pk, timezone.localdate() + timedelta(days=1))
    assert tomorrow is not None
    assert tomorrow.loan_days is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"effective": ""},
        {"effective": "2020-01-01"},
        {"effective": "9999-12-31"},
        {"effective": "today", "loan_days": "0"},
        {"effective": "today", "renewals": "-1"},
        {"effective": "today", "ask_order": "nobody"},
        {"effective": "today", "formats_kept": "stone"},
    ],
)
def test_what_makes_no_rule_is_not_entered(
    director: Client, berkshire: Network, wrong: dict[str, str]
):
    sent = {**RULES, **wrong}
    sent["effective"] = today() if sent["effective"] == "today" else sent["effective"]
    assert director.post(OFFICE + "rules/", sent).status_code == 422
    assert not berkshire.rules.exists()


def test_a_member_sees_what_its_network_decides_and_keeps_what_it_may(
    director: Client, berkshire: Network, cast: Cast
):
    sent = {**RULES, "renewals": "3", "effective": today(), "own_allowed": ["loan_days"]}
    director.post(OFFICE + "rules/", sent)
    said = text(director.get("/staff/library/?show=policy"))
    assert "Our network decides this: 3." in said
    assert "Our network’s rule: 14. It counts unless we decide this ourselves." in said
    policy = {
        "lends": "on",
        "answer_days": "2",
        "ship_days": "2",
        "loan_days": "42",
        "renewals": "9",
        "renewal_days": "14",
        "hold_shelf_days": "10",
        "open_requests": "10",
        "ask_order": "union mediated",
        "keeps_own": ["loan_days"],
    }
    assert director.post("/staff/library/policy/", policy).status_code == 302
    lee = Library.objects.get(code="lee")
    terms = network_rules.terms(lee, timezone.localdate())
    assert (terms.loan_days, terms.renewals) == (42, 3)
    assert Policy.objects.get(library=lee).renewals == 1  # what the network decides is not typed


# Who asks to join


def test_the_center_finds_it_among_its_cases_and_takes_it_in(center: Client, berkshire: Network):
    asked = ask(berkshire)
    address = f"{OFFICE}applications/{asked.pk}/"
    assert address in center.get(f"/office/cases/{asked.case.number}/").content.decode()
    assert "Becket School Library" in text(center.get(OFFICE))
    answer = center.post(address, {"take_in": "yes", "in-text": "Welcome."})
    assert answer["Location"] == "/office/libraries/becket-school-li/joining/"
    assert center.get(answer["Location"]).status_code == 200
    assert "Becket School Library" in text(center.get("/networks/berkshire/members"))
    center.post(address, {"undo": "yes", "undo-said": "A mistake of ours."})
    assert "Becket School Library" not in text(center.get("/networks/berkshire/members"))
    assert list(applying.waiting()) == [asked]


def test_its_office_refuses_with_a_reason(director: Client, berkshire: Network):
    asked = ask(berkshire)
    address = f"{OFFICE}applications/{asked.pk}/"
    assert director.post(address, {"refuse": "yes", "no-reason": ""}).status_code == 422
    director.post(address, {"refuse": "yes", "no-reason": "The van does not reach you."})
    said = text(director.get(address))
    assert "Refused" in said
    assert "The van does not reach you." in said
    director.post(address, {"undo": "yes"})
    assert Application.objects.get().decision == ""


def test_a_case_closed_without_a_decision_does_not_hide_the_application(
    director: Client, berkshire: Network, cast: Cast
):
    asked = ask(berkshire)
    case = Case.objects.shown().get(pk=asked.case_id)
    handling.close(case, Ending.SETTLED, by=cast.centre, name="Ann")
    page = director.get(OFFICE)
    assert f"{OFFICE}applications/{asked.pk}/" in page.content.decode()
    assert "without a decision" in text(page)


def test_two_who_decide_at_once_decide_once(director: Client, center: Client, berkshire: Network):
    asked = ask(berkshire)
    address = f"{OFFICE}applications/{asked.pk}/"
    center.post(address, {"refuse": "yes", "no-reason": "No."})
    said = text(director.post(address, {"take_in": "yes", "in-text": "Welcome."}, follow=True))
    assert "Somebody decided about Becket School Library meanwhile." in said
    assert not Library.objects.filter(town="Becket").exists()


def test_its_office_hears_of_it_and_comes_to_the_page(
    director: Client, berkshire: Network, cast: Cast
):
    asked = ask(berkshire)
    event = asked.case.events.get()
    for _ in range(2):  # told twice, it writes them once
        cases.parties(event, timezone.now())
    notice = Notice.objects.get(user=cast.director)
    assert notice.kind == "case-opened"
    assert notice.link == f"{OFFICE}applications/{asked.pk}/"
    assert director.get(notice.link).status_code == 200
    assert not Notice.objects.filter(user=cast.neighbour).exists()


def test_a_desk_that_finds_nothing_may_look_in_its_own_network(director: Client):
    said = director.get("/staff/find/?q=99887766").content.decode()
    assert 'href="/networks/berkshire/search?q=99887766"' in said
    assert "Look only in Berkshire Libraries" in said
