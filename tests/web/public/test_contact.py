"""The contact page, its form, and the page that the link of a letter opens."""

import re
from datetime import date, timedelta
from uuid import uuid4

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from postroad.accounts.models import Role
from postroad.cases import access, handling, merging, sweeps
from postroad.cases.lifecycle import Ending, State
from postroad.cases.models import Absence, Case, Duty, Kind, Message, Teammate, Topic
from postroad.directory.models import Contact
from postroad.notices.models import Notice
from postroad.worker import run
from tests.cases.asking import MONDAY, by_visitor
from tests.cast import Cast

TYPED = {
    "name": "Walt Whitman",
    "email": "walt@example.net",
    "text": "Does Lenox take back a book?",
    "key": "7c9e6679-7425-40de-944b-e07fc1f90ae7",
}


@pytest.fixture
def at(cast: Cast):
    with time_machine.travel(MONDAY, tick=False):
        yield cast


@pytest.fixture
def topic(at: Cast) -> Topic:
    """Returns are Carl's, who signs in as the center; Dan covers."""
    return Topic.objects.create(name="Returns", office=Role.CENTRE, kind=Kind.RETURN)


def mate(name: str, user=None, **more) -> Teammate:
    card = Contact.objects.create(purpose="team", name=name, **more)
    return Teammate.objects.create(contact=card, user=user)


def send(client: Client, place: str = "192.0.2.1", **more):
    topic = Topic.objects.first()
    typed = {**TYPED, "topic": topic.pk if topic else "other", **more}
    return client.post("/contact", typed, REMOTE_ADDR=place)


def errors(response) -> str:
    return str(response.context["form"].errors)


def test_a_question_begins_a_case_and_the_asker_sees_it_at_once(client, at):
    answer = send(client)
    case = Case.objects.get()
    assert answer["Location"] == f"/case/{access.token(case)}/"
    page = client.get(answer["Location"])
    assert "Does Lenox take back a book?" in page.content.decode()
    assert "no-store" in page["Cache-Control"]
    assert page["Referrer-Policy"] == "same-origin"


def test_pressed_twice_it_is_one_case(client, at):
    assert send(client)["Location"] == send(client)["Location"]
    assert Case.objects.count() == 1


def test_r16_people_stand_there_with_telephone_option_extension_and_hours(client, topic, at):
    carl = mate(
        "Carl Channing",
        at.centre,
        phone="555-0100",
        menu_option="2",
        extension="14",
        hours="Mon to Fri, 9 to 5",
    )
    dan = mate("Dan Dewey", phone="555-0101")
    Duty.objects.create(topic=topic, teammate=carl, since=date(2026, 1, 1))
    Absence.objects.create(
        teammate=carl, first_day=MONDAY.date(), last_day=date(2026, 11, 27), cover=dan
    )
    page = " ".join(re.sub("<[^>]+>", " ", client.get("/contact").content.decode()).split())
    assert "555-0100 , option 2, extension 14" in page
    assert "Mon to Fri, 9 to 5" in page
    assert "away through Friday 27 November; Dan Dewey covers" in page
    assert "Dan Dewey for Carl Channing, who is away" in page
    with time_machine.travel(MONDAY + timedelta(days=7)):
        assert "away through" not in client.get("/contact").content.decode()


def test_r16_a_case_goes_to_who_is_there_for_its_topic(client, topic, at):
    carl, dan = mate("Carl", at.centre), mate("Dan", at.delivery)
    Duty.objects.create(topic=topic, teammate=carl, since=date(2026, 1, 1))
    send(client, clio_id="123456")
    assert Case.objects.get().assigned == at.centre
    away = Absence.objects.create(
        teammate=carl, first_day=MONDAY.date(), last_day=MONDAY.date(), cover=dan
    )
    send(client, clio_id="123456", key="")
    assert Case.objects.latest("pk").assigned is None  # who covers is of another office
    away.delete()


def test_r3_a_return_wants_a_number_and_says_so_at_the_field(client, topic):
    answer = send(client)
    assert answer.status_code == 422
    assert "Give the Clio ID or the ILL number" in errors(answer)
    assert TYPED["text"] in answer.content.decode()
    assert send(client, ill_number="201993144").status_code == 302


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("email", "walt@example.net\nBcc: all@example.org", "e-mail address"),
        ("email", "walt", "e-mail address"),
        ("text", "x" * 1_000_000, "at most 8000 characters; you have 1000000"),
        ("text", "  \n ", "Please fill this in"),
        ("library", "Atlantis", "We know no library called “Atlantis”."),
        ("library", "Le", "may be several libraries. Type the code:"),
        ("topic", "777", "no longer in the list"),
        ("name", "", "Please fill this in"),
    ],
)
def test_what_cannot_be_sent_is_kept_and_said_at_its_field(client, at, field, value, said):
    answer = send(client, **{field: value})
    assert answer.status_code == 422
    assert said in errors(answer)
    assert not Case.objects.exists()
    assert "Walt Whitman" in answer.content.decode() or field == "name"


def test_no_name_breaks_a_line_and_no_text_of_a_stranger_becomes_html(client, at):
    hostile = "<script>alert(1)</script>"
    answer = send(client, name="Walt\r\nBcc: x@example.org", text=f"{hostile}\n\n<b>now</b>")
    case = Case.objects.get()
    assert "\n" not in case.from_name
    assert "\r" not in case.from_name
    client.force_login(at.centre)
    for path in (answer["Location"], f"/office/cases/{case.number}/", "/office/cases/"):
        page = client.get(path).content.decode()
        assert hostile not in page
        assert "&lt;script&gt;" in page
    run.until_idle(MONDAY)
    for notice in Notice.objects.all():
        assert "<script" not in notice.html


def test_from_one_place_no_more_than_ten_in_an_hour_and_nothing_is_lost(client, at):
    for _ in range(10):
        assert send(client, key="").status_code == 302
    answer = send(client, key="")
    assert answer.status_code == 429
    assert "Nothing was lost" in errors(answer)
    assert TYPED["text"] in answer.content.decode()
    assert Case.objects.count() == 10


def test_a_second_press_of_one_form_counts_as_none(client, cast):
    key = str(uuid4())
    for _ in range(12):
        assert send(client, key=key).status_code == 302
    assert Case.objects.count() == 1


def test_one_address_gets_so_many_letters_wherever_they_were_asked_for(client, cast):
    sent = [send(client, f"192.0.2.{place}", key="").status_code for place in range(1, 23)]
    assert sent == [302] * 20 + [429] * 2


def test_another_page_may_fill_in_the_numbers(client, topic):
    page = client.get("/contact?kind=return&clio=123456&ill=201993144&library=LENOX")
    initial = page.context["form"].initial
    assert initial["clio_id"] == "123456"
    assert (initial["ill_number"], initial["library"]) == ("201993144", "lenox")
    assert initial["topic"] == str(topic.pk)


def test_what_was_typed_at_returns_is_filled_in(client, topic):
    page = client.get("/returns", {"q": "Clio # 123 456"}).content.decode()
    [link] = re.findall(r'href="(/contact\?[^"]*)"', page)
    initial = client.get(link.replace("&amp;", "&")).context["form"].initial
    assert initial["topic"] == str(topic.pk)
    assert "123" in initial["clio_id"]


def test_whose_case_was_merged_reads_on_where_it_is_answered(client, at):
    first, second = by_visitor(), by_visitor(text="Hello again")
    merging.merge(second, first, by=at.centre, name="Carl", at=MONDAY)
    handling.answer(first, "Here I am.", by=at.centre, name="Carl", at=MONDAY)
    page = client.get(reverse("case", args=[access.token(second)])).content.decode()
    assert "Here I am." in page
    assert "Hello again" in page
    assert "merged" not in page


def test_the_acknowledgement_quotes_nothing_since_anybody_may_give_anothers_address(client, at):
    send(client, text="Buy cheap pills at www.example.com", name="www.example.com")
    run.until_idle(MONDAY)
    mail = Notice.objects.get(kind="case-received")
    assert mail.address == "walt@example.net"
    assert "pills" not in mail.text + mail.subject
    assert "example.com" not in mail.text + mail.subject + mail.name
    assert f"/case/{access.token(Case.objects.get())}/" in mail.text


def test_the_answer_is_mailed_with_its_words_and_answered_from_the_link(client, at):
    case = by_visitor(text="My secret is 1234.")
    handling.answer(
        case, "Yes.\nBy van.", by=at.centre, name="Carl", closes=Ending.ANSWERED, at=MONDAY
    )
    run.until_idle(MONDAY)
    [mail] = Notice.objects.filter(address="walt@example.net", kind="case-answered")
    assert "By van." in mail.text
    assert "secret" not in mail.text
    assert not Notice.objects.filter(kind="case-closed").exists()
    path = re.search(r"/case/[^\s]+/", mail.text)
    assert path
    page = client.get(path[0])
    assert "By van." in page.content.decode()
    form = page.context["form"]
    sent = client.post(path[0], {"text": "And DVDs?", "seen": form.initial["seen"], "key": ""})
    assert sent.status_code == 302
    case.refresh_from_db()
    assert case.state == State.OURS
    run.until_idle(MONDAY)
    [told] = Notice.objects.filter(kind="case-replied")
    assert told.user == at.centre


def test_what_was_answered_while_she_wrote_is_shown_first_and_her_words_stay(client, at):
    case = by_visitor()
    path = reverse("case", args=[access.token(case)])
    seen = Message.objects.latest("pk").pk
    handling.answer(case, "We found it.", by=at.centre, name="Carl", at=MONDAY)
    page = client.post(path, {"text": "Hello?", "seen": seen, "key": ""})
    assert page.status_code == 409
    assert "We found it." in page.content.decode()
    assert "Hello?" in page.content.decode()
    assert Message.objects.count() == 2


def test_a_link_after_its_day_or_cut_off_gets_its_sentence(client, at):
    case = by_visitor()
    token = access.token(case)
    assert "no longer works" in client.get(f"/case/{token[:-3]}/").content.decode()
    handling.close(case, Ending.SETTLED, by=at.centre, name="C", at=MONDAY)
    sweeps.purge(MONDAY + timedelta(days=200))
    page = client.get(f"/case/{token}/")
    assert page.status_code == 404
    assert "no longer works" in page.content.decode()
    assert client.post(f"/case/{token}/", {"text": "x"}).status_code == 404


def test_the_asker_says_that_it_is_settled(client, at):
    case = by_visitor()
    page = reverse("case", args=[access.token(case)])
    client.post(page, {"settled": "yes"})
    case.refresh_from_db()
    assert case.ending == Ending.WITHDRAWN
    assert "closed: nothing more is needed" in client.get(page).content.decode()


def test_the_contact_page_takes_few_statements(client, topic, at, django_assert_max_num_queries):
    for number in range(8):
        Duty.objects.create(
            topic=topic, teammate=mate(f"Person {number}"), since=date(2026, 1, 1 + number)
        )
    with django_assert_max_num_queries(8):
        client.get("/contact")
