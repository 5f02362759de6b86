"""A reader at the desk: found by her card or her name, by her own library's staff only."""

import re
from typing import Any

import pytest

from postroad.accounts.models import Card, User
from postroad.ill import asking, loans
from postroad.ill.acts import Act
from postroad.ill.lifecycle import State
from postroad.ill.models import Loan
from postroad.notices import addresses, tell
from postroad.notices.models import Kind, Notice
from postroad.web.shared.scanning import Tone
from tests.ill.story import MONDAY, Story, copy, title


def reader(library: Any, name: str, number: str) -> Card:
    first, last = name.split()
    user = User.objects.create(username=number, first_name=first, last_name=last, email="r@b.org")
    return Card.objects.create(user=user, library=library, barcode=number)


def find(desk: Any, typed: str) -> Any:
    return desk.post("/staff/find/", {"q": typed}, follow=True)


def words(page: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page.content.decode()).split())


@pytest.mark.parametrize("shape", ["{}", " {} ", "A{}B", "a{}a", "{0:.4} {0}"])
def test_a_card_opens_its_reader_with_all_that_is_hers(story, at, shape):
    story.at(State.ARRIVED)
    number = story.cast.ada.card.barcode
    typed = shape.format(number) if ":" not in shape else " ".join(re.findall(".{1,4}", number))
    for answer in (find(at(story.cast.borrower), typed),):
        assert answer.redirect_chain[-1][0] == f"/staff/readers/{story.cast.ada.card.pk}/"
        shown = words(answer)
        assert "Walden" in shown
        assert "held until Thursday 3 December" in shown
        assert f"/staff/requests/{story.ill.ref}/lend/" in answer.content.decode()


def test_her_loans_stand_there_with_their_days_and_what_she_brought_back_apart(story, at):
    story.at(State.LENT)
    page = f"/staff/readers/{story.cast.ada.card.pk}/"
    assert "due Monday 21 December" in words(at(story.cast.borrower).get(page))
    Loan.objects.update(due_back="2026-11-20")
    assert "was due Friday 20 November" in words(at(story.cast.borrower).get(page))
    loans.return_item(story.loan, Act(at=MONDAY))
    assert "Brought back" in words(at(story.cast.borrower).get(page))


def test_a_name_lists_everybody_of_that_name_and_stands_in_no_address(story, at):
    first = reader(story.cast.lee, "José Núñez", "29990000000011")
    second = reader(story.cast.lee, "Jose Nunez", "29990000000012")
    reader(story.cast.lenox, "José Núñez", "29990000000013")
    answer = find(at(story.cast.borrower), "nunez")
    assert answer.context["people"] == sorted(
        [first, second], key=lambda card: (card.user.last_name, card.user.first_name, card.pk)
    )
    assert not answer.redirect_chain
    for card in (first, second):
        assert f"/staff/readers/{card.pk}/" in answer.content.decode()
    alone = find(at(story.cast.borrower), "Ada")
    assert alone.context["people"] == [story.cast.ada.card]
    assert not alone.redirect_chain
    assert 'method="post"' in alone.content.decode().split("Whole site")[1][:200]


def test_a_title_is_still_looked_for_in_the_catalogue(story, at):
    answer = at(story.cast.borrower).post("/staff/find/", {"q": "walden"})
    assert answer["Location"] == "/search?q=walden"


@pytest.mark.parametrize("who", ["lender", "neighbour", "centre", "driver", "operator", "ada"])
def test_nobody_else_finds_her_or_opens_her_page(story, at, who):
    story.at(State.ARRIVED)
    browser = at(getattr(story.cast, who))
    assert browser.get(f"/staff/readers/{story.cast.ada.card.pk}/").status_code == 404
    for typed in (story.cast.ada.card.barcode, "ada"):
        answer = browser.post("/staff/find/", {"q": typed})
        assert f"/staff/readers/{story.cast.ada.card.pk}/" not in answer.content.decode()
        assert answer.status_code in (200, 302)
        assert "/readers/" not in answer.headers.get("Location", "")


def test_who_fetches_something_here_is_known_here_with_that_alone(story, at):
    """Bea of Pittsfield fetches one book in Lee and one at home."""
    here, there = title("Emma"), title("Typee")
    for number, record in enumerate((here, there)):
        copy(record, story.cast.lenox, f"3000100000005{number}")
    lee, home = story.cast.lee, story.cast.pittsfield
    for record, library in ((here, lee), (there, home)):
        ill = asking.ask(record, Act(at=MONDAY), patron=story.cast.bea, library=library)
        if library == lee:
            guest = Story(story.cast, record, ill).at(State.ARRIVED)
    shown = words(find(at(story.cast.borrower), story.cast.bea.card.barcode))
    assert "Emma" in shown
    assert "Typee" not in shown
    assert "Berkshire Athenaeum" in shown
    loans.ship_return(guest.loan, Act(at=MONDAY))
    guest.look()
    type(guest.ill).objects.filter(pk=guest.ill.pk).update(patron=None)
    desk = at(story.cast.borrower)
    assert desk.get(f"/staff/readers/{story.cast.bea.card.pk}/").status_code == 404
    assert "No request that you can see" in words(find(desk, story.cast.bea.card.barcode))


def test_one_number_on_the_cards_of_two_libraries_is_asked_about(story, at):
    """Cards collide as barcodes do; Pittsfield's reader fetches something in Lee."""
    number = story.cast.ada.card.barcode
    Card.objects.filter(user=story.cast.bea).update(barcode=number)
    copy(emma := title("Emma"), story.cast.lenox, "30001000000099")
    asking.ask(emma, Act(at=MONDAY), patron=story.cast.bea, library=story.cast.lee)
    answer = find(at(story.cast.borrower), number)
    assert {card.user for card in answer.context["people"]} == {story.cast.ada, story.cast.bea}


def test_a_card_at_the_lend_page_shows_the_reader_and_her_holds(story, at):
    story.at(State.ARRIVED)
    desk, number = at(story.cast.borrower), story.cast.ada.card.barcode
    answer = desk.post(
        "/staff/borrowing/lend/", {"scan": f"A{number}A"}, headers={"HX-Request": "true"}
    )
    said = answer.context["sitting"].answer
    assert said.tone == Tone.OK
    assert "1 item to hand out" in said.sentence
    shown = words(answer)
    assert "Ada" in shown
    assert "held until Thursday 3 December" in shown
    kept = str(dict(desk.session))
    assert "Ada" not in kept
    assert number not in kept
    desk.post("/staff/borrowing/lend/", {"scan": "30001000000017"})
    story.look()
    assert story.ill.state == State.LENT


@pytest.mark.parametrize("number", ["20000000009999", "bea"])
def test_a_card_of_another_library_is_unknown_at_the_lend_page(story, at, number):
    typed = story.cast.bea.card.barcode if number == "bea" else number
    desk = at(story.cast.borrower)
    answer = desk.post("/staff/borrowing/lend/", {"scan": typed}, headers={"HX-Request": "true"})
    assert answer.context["sitting"].answer.tone == Tone.NO
    assert "Bea" not in answer.content.decode()


def test_the_lend_page_names_the_readers_and_until_when_it_holds(story, at):
    story.at(State.ARRIVED)
    shown = words(at(story.cast.borrower).get("/staff/borrowing/lend/"))
    assert str(story.cast.ada) in shown
    assert "held until Thursday 3 December" in shown


# Readers whom no mail reaches


def arrive_untold(story: Story) -> Story:
    User.objects.filter(pk=story.cast.ada.pk).update(email="")
    story.look()
    story.at(State.ARRIVED)
    for event in story.ill.events.all():
        tell.people(event, event.at)
    return story


def test_the_answer_to_receive_says_that_she_must_be_called(story, at):
    User.objects.filter(pk=story.cast.ada.pk).update(email="")
    story.look()
    story.at(State.SHIPPED)
    answer = at(story.cast.borrower).post(
        "/staff/borrowing/receive/", {"scan": "30001000000017"}, headers={"HX-Request": "true"}
    )
    said = answer.context["sitting"].answer
    assert said.tone == Tone.WARN
    assert "E-mail does not reach this reader (no e-mail address): call" in said.sentence


def test_she_waits_on_a_list_until_a_clerk_says_that_she_was_told(story, at):
    arrive_untold(story)
    desk = at(story.cast.borrower)
    page = desk.get("/staff/borrowing/?show=call")
    assert [row.ill for row in page.context["rows"]] == [story.ill]
    assert "no e-mail address" in page.content.decode()
    assert page.context["counts"]["staff-borrowing"] == 1
    assert "no e-mail address" in desk.get("/staff/").content.decode()
    said = desk.post(f"/staff/requests/{story.ill.ref}/told/", follow=True).content.decode()
    assert "Saved: the reader has been told." in said
    assert not desk.get("/staff/borrowing/?show=call").context["rows"]


def test_whoever_reads_it_on_the_screen_need_not_be_told(story, at):
    arrive_untold(story)
    assert Notice.objects.filter(kind=Kind.ARRIVED, user=story.cast.ada).exists()
    at(story.cast.ada).post("/patron/notices/read/", {"notice": "all"})
    assert not at(story.cast.borrower).get("/staff/borrowing/?show=call").context["rows"]


def test_whom_mail_reaches_stands_on_no_such_list(story, at):
    story.at(State.ARRIVED)
    for event in story.ill.events.all():
        tell.people(event, event.at)
    assert not at(story.cast.borrower).get("/staff/borrowing/?show=call").context["rows"]


def test_an_address_that_was_refused_for_good_reaches_nobody(story, at):
    User.objects.filter(pk=story.cast.ada.pk).update(email=" Ada@Example.org")
    addresses.bury("ada@example.org", "550 no such mailbox", MONDAY)
    story.look()
    story.at(State.ARRIVED)
    for event in story.ill.events.all():
        tell.people(event, event.at)
    desk = at(story.cast.borrower)
    shown = desk.get("/staff/borrowing/?show=call")
    assert [row.ill for row in shown.context["rows"]] == [story.ill]
    assert "e-mail does not reach this address" in shown.content.decode()
