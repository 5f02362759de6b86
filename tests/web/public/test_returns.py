"""The page /returns: where a book goes and how, for anybody, and never whose it was."""

from datetime import timedelta
from html import unescape

import pytest
import time_machine
from django.test import Client

from postroad.delivery import stops
from postroad.delivery.models import Stop
from postroad.directory import saying
from postroad.directory.models import Contact, Library, Membership
from postroad.directory.saying import Words
from postroad.directory.standing import Service
from postroad.directory.statements import Source
from postroad.ill import loans, numbering
from postroad.ill.acts import Act
from postroad.ill.lifecycle import State
from postroad.ill.models import System
from postroad.ill.numbering import Place
from tests.ill.story import MONDAY, begin, copy, title
from tests.markup import tight

BARCODE = "30001000000017"


@pytest.fixture(autouse=True)
def _morning():
    with time_machine.travel(MONDAY + timedelta(hours=1), tick=False):
        yield


@pytest.fixture
def story(cast):
    story = begin(cast).at(State.BACK)
    act = Act(cast.borrower, MONDAY)
    numbering.enter(story.ill, Place(System.CLIO), "12345", act)
    return story


@pytest.fixture
def at():
    def sit(user):
        client = Client()
        client.force_login(user)
        return client

    return sit


def ask(client, **typed):
    page = client.get("/returns", typed)
    return page, " ".join(unescape(page.content.decode()).split())


def test_the_page_answers_without_being_asked_anything(client, db):
    page, text = ask(client)
    assert page.status_code == 200
    assert "Clio ID, ILL number, barcode or title" in text


@pytest.mark.parametrize("number", ["Clio #12345", BARCODE, "ref"])
def test_a_stranger_learns_the_destination_and_the_slip_never_title_borrower_or_person(
    story, client, number
):
    page, text = ask(client, q=story.ill.ref if number == "ref" else number)
    assert page.context["answer"].home.library == story.cast.lenox
    assert "Send it by the van" in text
    for secret in ("Walden", "Thoreau", "Ada", "Lee Library", "Print this slip"):
        assert secret not in text
    if number != "ref":
        assert story.ill.ref not in text.replace(" ", "")


@pytest.mark.parametrize("who", ["ada", "bea", "stranger", "neighbour", "driver", "editor"])
def test_who_has_no_part_in_it_learns_no_more(story, at, who):
    _page, text = ask(at(getattr(story.cast, who)), q=BARCODE)
    assert ("Walden" in text) == (who == "ada")
    assert "Lee Library" not in text.replace("Library card", "") or who == "ada"


def test_a_desk_sees_its_request_prints_the_slip_and_sends_it_home(story, at):
    desk = at(story.cast.borrower)
    _page, text = ask(desk, q="Clio 12345")
    assert "Walden" in text
    assert f'action="/staff/requests/{story.ill.ref}/send-home/"' in text
    assert "Print this slip" not in text  # it is sent home first, and has a number then
    loans.ship_return(story.loan, Act(story.cast.borrower))
    _page, text = ask(desk, q="Clio 12345")
    assert "Print its slip" in text
    _page, text = ask(desk, **{"from": "Lenox"})
    assert "Print this slip" in text
    printed = desk.post("/staff/returns/slip.pdf", {"library": "lenox"})
    assert printed["Content-Type"] == "application/pdf"
    assert printed.content.startswith(b"%PDF")
    assert desk.post("/staff/returns/slip.pdf", {"library": "atlantis"}).status_code == 404


def test_a_slip_without_its_code_is_not_printed_and_says_why(story, at):
    Library.objects.filter(code="providence").update(delivery_code="")
    answer = at(story.cast.borrower).post(
        "/staff/returns/slip.pdf", {"library": "providence"}, follow=True
    )
    text = answer.content.decode()
    assert "three letters" in text
    assert "Ask the ILL center before you send it" in text


@pytest.mark.parametrize("who", ["client", "ada", "stranger", "centre"])
def test_nobody_else_prints_slips(story, at, client, who):
    asks = client if who == "client" else at(getattr(story.cast, who))
    answer = asks.post("/staff/returns/slip.pdf", {"library": "lenox"})
    assert answer.status_code in (302, 404)
    assert not answer.content.startswith(b"%PDF")


def test_the_eleventh_try_in_a_minute_waits_and_staff_do_not(story, client, at):
    for _try in range(10):
        assert ask(client, q="404")[0].status_code == 200
    page, text = ask(client, q=BARCODE)
    assert page.status_code == 429
    assert page["Retry-After"] == "60"
    assert "Wait a minute" in text
    assert "Lenox" not in text
    assert ask(client, **{"from": "Lenox"})[0].status_code == 200  # what is public stays open
    assert ask(at(story.cast.ada), q="1")[0].status_code == 429  # a patron is of the same place
    for _try in range(12):
        assert ask(at(story.cast.borrower), q="404")[0].status_code == 200
    with time_machine.travel(MONDAY + timedelta(hours=1, minutes=2), tick=False):
        assert ask(client, q=BARCODE)[0].status_code == 200


@pytest.mark.parametrize("text", ["Providence", "PRV", "providence public"])
def test_a_library_alone_is_enough_and_rhode_island_has_its_letters(cast, client, text):
    page, shown = ask(client, **{"from": text})
    ways = [each.advice.way for each in page.context["answer"].shown]
    assert ways == ["van", "ask-us"]
    slip = page.context["answer"].shown[0].advice.slip
    assert (slip.sign, slip.headline) == ("RI", "PRV")
    assert "PRV</p>" in tight(shown)
    assert "If the van stops where it is now" in shown


def test_where_it_is_now_decides_between_van_and_mail(cast, client):
    page, _text = ask(client, **{"from": "Lenox", "at": "Lee"})
    assert [each.advice.way for each in page.context["answer"].shown] == ["van"]
    page, text = ask(client, **{"from": "Lenox", "at": "Otis"})
    assert [each.advice.way for each in page.context["answer"].shown] == ["ask-us"]
    assert "we do not guess" in text
    _page, text = ask(client, **{"from": "Lenox", "at": "Atlantis"})
    assert "We know no library that is called “Atlantis”" in text
    page, _text = ask(client, **{"from": "Lenox", "at": "library"})
    assert len(page.context["answer"].senders) == 4


def test_a_name_that_several_have_is_chosen_from(cast, client):
    page, _text = ask(client, **{"from": "library"})
    choices = page.context["answer"].choices
    assert {each.library.code for each in choices} == {"lee", "lenox", "providence", "otis-school"}
    page = client.get(f"/returns{choices[0].address}")
    assert page.context["answer"].home.library == choices[0].library


def test_a_number_on_two_things_is_chosen_from(story, client):
    copy(title("Emma"), story.cast.pittsfield, BARCODE)
    page, text = ask(client, q=BARCODE)
    assert "Which library's is it?" in text
    assert len(page.context["answer"].choices) == 2
    page, _text = ask(client, q=BARCODE, **{"from": "Pittsfield"})
    assert page.context["answer"].home.library == story.cast.pittsfield
    page, text = ask(client, q=BARCODE, library="lee")
    assert page.context["answer"].home.library == story.cast.lee
    assert "We do not know that number, so this goes by the library alone." in text


def test_what_nobody_knows_says_whom_to_ask_with_the_number_filled_in(cast, client):
    Contact.objects.create(
        purpose=Contact.Purpose.TEAM,
        name="Resource Sharing Team",
        email="team@example.org",
        phone="555-0100",
        menu_option="3",
        extension="12",
    )
    page, text = ask(client, q="ILL 4711 & more")
    assert "We know nothing with “ILL 4711 & more” on it." in text
    assert "Resource Sharing Team" in text
    assert "option 3" in text
    assert "extension 12" in text
    assert "mailto:team@example.org?subject=ILL%204711%20%26%20more" in text
    assert client.get(page.context["case"]).context["form"]["ill_number"].initial == (
        "ILL 4711 & more"
    )


def test_r3_a_desk_asks_the_team_with_library_clio_id_and_ill_number_filled_in(story, at):
    Stop.objects.filter(library=story.cast.lee).delete()
    act = Act(story.cast.borrower, MONDAY)
    numbering.enter(story.ill, Place(System.OCLC, story.supply), "201993144", act)
    desk = at(story.cast.borrower)
    page, text = ask(desk, q=BARCODE)
    assert "Ask with these numbers filled in" in text
    form = desk.get(page.context["case"]).context["form"]
    filled = {name: form[name].value() for name in ("library", "clio_id", "ill_number")}
    assert filled == {"library": "lenox", "clio_id": "12345", "ill_number": "201993144"}


def test_a_stranger_who_types_one_number_does_not_learn_the_other(story, client):
    Stop.objects.filter(library=story.cast.lee).delete()
    act = Act(story.cast.borrower, MONDAY)
    numbering.enter(story.ill, Place(System.OCLC, story.supply), "201993144", act)
    page, text = ask(client, q="Clio 12345")
    assert "Ask with these numbers filled in" in text
    assert "201993144" not in page.content.decode()
    form = client.get(page.context["case"]).context["form"]
    assert (form["clio_id"].value(), form["ill_number"].value()) == ("Clio 12345", "")


def test_without_a_team_the_center_is_named_and_without_that_the_own_library(cast, client):
    assert "Ask at your own library" in ask(client, q="404")[1]
    Library.objects.create(
        code="ctr", name="The Center", town="X", state="MA", kind="centre", email="c@example.org"
    )
    assert "mailto:c@example.org" in ask(client, q="404")[1]


def test_a_request_for_which_nothing_was_sent_is_asked_about(cast, client):
    story = begin(cast).at(State.REFERRED)
    _page, text = ask(client, q=story.ill.ref)
    assert "no library has recorded that it sent something" in text
    assert "Lenox" not in text


def test_mail_shows_the_address_and_the_reasons_with_their_days(cast, client):
    yale = Library.objects.create(
        code="x-yale", name="Yale University", membership=Membership.OUTSIDE, open_days=""
    )
    words = Words({Service.RETURNS: True})
    saying.say(yale, words, source=Source.TEAM, said_by="Cora", at=MONDAY)
    page, text = ask(client, **{"from": "Yale"})
    assert [each.advice.way for each in page.context["answer"].shown] == ["mail"]
    assert "The ILL center has confirmed that Yale University is accepting returns." in text
    assert "That was on Monday 23 November." in text
    assert "We do not have its address" in text
    assert 'href="/libraries/x-yale"' not in text


def test_a_bin_that_is_held_says_until_when(cast, client):
    stops.pause(
        first_day=MONDAY.date(),
        last_day=MONDAY.date() + timedelta(days=20),
        reason="Flood",
        at=cast.lenox,
    )
    _page, text = ask(client, **{"from": "Lenox", "at": "Lee"})
    assert "the hub will hold it" in text
    assert "It holds until Sunday 13 December." in text
    assert "does not count as late" in text


def test_what_goes_by_mail_already_asks_its_desk_for_the_number(story, at):
    Stop.objects.filter(library=story.cast.lee).delete()
    story.look()
    loans.ship_return(story.loan, Act(story.cast.borrower))
    _page, text = ask(at(story.cast.borrower), q=BARCODE)
    assert f'action="/staff/requests/{story.ill.ref}/tracking/"' in text


@pytest.mark.parametrize(
    "typed",
    [
        {"q": "' OR 1=1 --"},
        {"q": "<script>alert(1)</script>"},
        {"q": "9" * 5000},
        {"q": "\x00"},
        {"from": "%" * 300},
        {"library": "9" * 90},
        {"sender": "\x00"},
        {"at": "Lee"},
        {"q": "\udcff1"},
    ],
)
def test_whatever_is_typed_is_answered_and_never_read_as_html(cast, client, typed):
    sent = {name: value.encode("utf-8", "surrogatepass") for name, value in typed.items()}
    page = client.get("/returns", sent)
    assert page.status_code == 200
    assert "<script>alert" not in page.content.decode()


def test_the_answer_is_kept_by_no_cache(cast, client):
    assert "no-store" in client.get("/returns?q=1")["Cache-Control"]


def test_many_loans_ask_no_more_than_one(story, client, django_assert_max_num_queries):
    with django_assert_max_num_queries(32):
        ask(client, q=BARCODE)


def test_a_list_of_libraries_that_was_cut_says_that_there_may_be_others(client, cast):
    Library.objects.bulk_create(
        Library(code=f"hill{n}", name=f"Hill Library {n}", town="Hill", state="MA", kind="public")
        for n in range(21)
    )
    page = client.get("/returns", {"from": "Hill"}).content.decode()
    assert "There may be others." in page
