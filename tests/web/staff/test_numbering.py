"""The page on which the numbers of other systems are entered, mended, taken off and put back."""

import pytest

from postroad.ill import lending, mediation
from postroad.ill.acts import Act
from postroad.ill.lifecycle import Reason, State
from postroad.ill.models import Number
from postroad.reference_numbers import grouped
from tests.cast import outside
from tests.ill.story import MONDAY, Story
from tests.ill.test_numbering import begin_another


def path(story: Story) -> str:
    return f"/staff/requests/{story.ill.ref}/numbers/"


def press(client, story, step, **typed):
    return client.post(path(story), {"step": step, **typed}, follow=True)


def said(answer):
    return " ".join(str(message) for message in answer.context["messages"])


@pytest.fixture
def story(story):
    return story.at(State.REFERRED)


@pytest.fixture
def desk(story, at):
    return at(story.cast.borrower)


@pytest.mark.parametrize("who", ["borrower", "director", "centre"])
def test_a_number_is_entered_shown_and_found(story, at, who):
    client = at(getattr(story.cast, who))
    answer = press(client, story, "enter", place="clio", number="Clio #12 345")
    assert said(answer) == "Entered: Clio ID Clio #12 345."
    press(client, story, "enter", place="oclc:1", number="201993144")
    shown = client.get(f"/staff/requests/{story.ill.ref}/").content.decode()
    assert "Clio #12 345" in shown
    assert "201993144" in shown
    assert "Entered: OCLC ILL number 201993144." in shown
    found = client.post("/staff/find/", {"q": "ILL: 12345"})
    assert found["Location"].endswith(f"/{story.ill.ref}/")


@pytest.mark.parametrize("who", ["lender", "operator", "neighbour", "ada", "stranger", "driver"])
def test_nobody_else_writes_them(story, at, who):
    client = at(getattr(story.cast, who))
    assert client.get(path(story)).status_code == 404
    assert client.post(path(story), {"step": "enter"}).status_code == 404
    assert not Number.objects.exists()


def test_a_lender_reads_the_clio_id_and_its_own_attempts_number(story, at, desk):
    press(desk, story, "enter", place="clio", number="12345")
    press(desk, story, "enter", place="oclc:1", number="201993144")
    shown = at(story.cast.lender).get(f"/staff/requests/{story.ill.ref}/").content.decode()
    assert "12345" in shown
    assert "201993144" in shown
    assert path(story) not in shown


def test_it_is_corrected_taken_off_and_put_back(story, desk):
    press(desk, story, "enter", place="clio", number="12345")
    key = str(Number.objects.get().pk)
    answer = press(desk, story, "mend", key=key, seen="12345", place="clio", number="12354")
    assert said(answer) == "Corrected: Clio ID 12354."
    assert said(press(desk, story, "off", key=key, seen="12354")) == "Taken off: Clio ID 12354."
    answer = press(desk, story, "back", key=key)
    assert said(answer) == "Put back: Clio ID 12354."
    history = desk.get(f"/staff/requests/{story.ill.ref}/").content.decode()
    assert "Corrected: Clio ID 12354; it was Clio ID 12345." in history


def test_who_mends_what_another_has_just_changed_is_told(story, desk):
    press(desk, story, "enter", place="clio", number="1")
    key = str(Number.objects.get().pk)
    press(desk, story, "mend", key=key, seen="1", place="clio", number="2")
    for step in ("mend", "off"):
        answer = press(desk, story, step, key=key, seen="1", place="clio", number="3")
        assert "Someone else changed request" in said(answer)
    assert Number.objects.get().value == "2"


@pytest.mark.parametrize(
    ("place", "number", "wrong"),
    [
        ("clio", "", "number"),
        ("clio", "pending", "number"),
        ("clio", "12345 for Ada", "number"),
        ("clio", "1\x002", "number"),
        ("clio", "9" * 81, "number"),
        ("", "12345", "place"),
        ("oclc", "12345", "place"),
        ("oclc:9", "12345", "place"),
        ("clio:1", "12345", "place"),
    ],
)
def test_what_cannot_be_taken_stays_in_the_form(story, desk, place, number, wrong):
    answer = desk.post(path(story), {"step": "enter", "place": place, "number": number})
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [wrong]
    assert not Number.objects.exists()


def test_a_clio_id_of_another_request_is_refused_and_says_of_which(story, at, desk):
    other = begin_another(story)
    at(story.cast.neighbour).post(path(other), {"step": "enter", "place": "clio", "number": "7"})
    answer = desk.post(path(story), {"step": "enter", "place": "clio", "number": "Clio 7"})
    assert answer.status_code == 422
    assert grouped(other.ill.ref) in answer.content.decode()


def test_an_ill_number_that_two_open_requests_bear_is_kept_and_told(story, at):
    centre = at(story.cast.centre)
    other = begin_another(story)
    press(centre, other, "enter", place="other", number="7")
    answer = press(centre, story, "enter", place="other", number="7")
    assert f"is also on open request {grouped(other.ill.ref)}" in said(answer)
    seen_by_lee = press(at(story.cast.borrower), story, "back", key=Number.objects.last().pk)
    assert grouped(other.ill.ref) not in said(seen_by_lee)
    assert Number.objects.count() == 2


def test_no_number_of_another_request_is_touched(story, desk, at):
    other = begin_another(story)
    press(at(story.cast.neighbour), other, "enter", place="clio", number="7")
    key = Number.objects.get().pk
    for wrong in (key, "x", "9" * 30, "", "٣"):
        for step in ("mend", "off", "back", "nonsense"):
            answer = desk.post(path(story), {"step": step, "key": wrong, "seen": "7"})
            assert answer.status_code == 404
    assert Number.objects.standing().get().pk == key


def test_each_attempt_has_its_own_and_the_last_is_offered_first(story, at):
    lending.refuse(story.supply, Act(story.cast.lender, MONDAY), reason=Reason.ON_LOAN)
    story.listen()
    mediation.refer_outside(
        story.ill,
        Act(story.cast.centre, MONDAY),
        lender=outside("Yale"),
        system="letter",
        number="",
    )
    centre = at(story.cast.centre)
    places = centre.get(path(story)).context["form"].fields["place"].choices
    assert [group for group, _choices in places] == [
        "Of the whole request",
        "Asked Yale",
        "Asked Lenox Library",
    ]
    press(centre, story, "enter", place="lender:2", number="55")
    shown = centre.get(f"/office/centre/{story.ill.ref}/").content.decode()
    assert "by letter or e-mail, number 55" in shown


def test_what_is_typed_as_a_number_is_never_read_as_html(story, desk):
    press(desk, story, "enter", place="clio", number="<b>1</b>")
    shown = desk.get(path(story)).content.decode()
    assert "&lt;b&gt;1&lt;/b&gt;" in shown
    assert "<b>1</b>" not in shown
