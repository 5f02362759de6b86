"""The pick-up library is changed while the thing travels."""

from datetime import date

import pytest
from django.test import Client

from postroad.delivery import parcels
from postroad.ill import asking, loans, questions, rerouting, shipping
from postroad.ill.acts import Act
from postroad.ill.identity import LentElsewhere
from postroad.ill.lifecycle import OutOfTurn, Owner, State, Verb
from postroad.ill.lifecycle.questions import QuestionKind
from postroad.ill.models import Question, Tally
from postroad.ill.questions import Asking, Said
from postroad.ill.rerouting import NoVanThere
from postroad.ill.scans import borrowing
from postroad.notices import living
from postroad.notices.models import Kind, Notice
from postroad.worker import run
from tests.ill.story import MONDAY, assert_whole, begin


@pytest.fixture
def story(cast):
    return begin(cast).at(State.SHIPPED)


def send_on(story, to):
    return rerouting.reroute(story.loan, Act(story.cast.borrower, story.now), library=to)


@pytest.mark.parametrize("on_the_van", [False, True])
def test_the_parcel_its_day_and_the_request_follow_and_the_new_desk_receives_it(story, on_the_van):
    cast = story.cast
    parcel = story.loan.parcel_out
    if on_the_van:
        parcels.pick_up(parcel, by=cast.driver, at=MONDAY)
    assert rerouting.may(story.ill)
    send_on(story, cast.pittsfield)
    ill = assert_whole(story.ill)
    parcel.refresh_from_db()
    assert (ill.library, parcel.to_library, story.loan.borrower) == (cast.pittsfield,) * 3
    assert parcel.expected_on is not None
    lent = dict(Tally.objects.values_list("library__code", "borrowed"))
    assert (lent["lee"], lent["pittsfield"]) == (0, 1)
    with pytest.raises(LentElsewhere) as told:
        borrowing.receive(cast.lee, parcel.number, Act(cast.borrower, story.now))
    assert "Berkshire Athenaeum" in str(told.value.facts)
    borrowing.receive(cast.pittsfield, parcel.number, Act(cast.neighbour, story.now))
    assert assert_whole(story.ill).state == State.ARRIVED
    assert story.ill.events.get(verb=Verb.REROUTE).facts == {
        "library": "Berkshire Athenaeum",
        "was_at": "Lee Library",
        "expected_on": parcel.expected_on.isoformat(),
    }


def test_its_reader_hears_where_it_goes_now_and_reads_no_other_place(story):
    run.until_idle(MONDAY)
    send_on(story, story.cast.pittsfield)
    run.until_idle(MONDAY)
    every = living.living(Notice.objects.filter(user=story.cast.ada, kind=Kind.ON_ITS_WAY))
    newest = living.newest_of_each(every.order_by("-pk"))
    assert [("Berkshire Athenaeum" in each.text) for each in newest] == [True]
    assert "should be at" in newest[0].text
    shipping.undo_ship(story.loan, Act(story.cast.lender, story.now))
    run.until_idle(MONDAY)
    assert not Notice.objects.filter(user=story.cast.ada, kind=Kind.ON_ITS_WAY).exists()


def test_where_it_cannot_go_is_refused_whole(story):
    cast = story.cast
    with pytest.raises(NoVanThere):
        send_on(story, cast.otis_school)
    with pytest.raises(asking.PickUpIsLender):
        send_on(story, cast.lenox)
    assert assert_whole(story.ill).library == cast.lee


def test_what_has_arrived_is_not_sent_on_by_this(story):
    loans.receive(story.loan, Act(story.cast.borrower, story.now))
    with pytest.raises(OutOfTurn):
        send_on(story, story.cast.pittsfield)


def test_its_reader_and_her_desk_change_it_on_the_page_on_which_they_changed_it_before(story):
    hers, desk = Client(), Client()
    hers.force_login(story.cast.ada)
    desk.force_login(story.cast.borrower)
    ref = story.ill.ref
    assert "Pick up elsewhere" in desk.get(f"/staff/requests/{ref}/").content.decode()
    address = f"/patron/requests/{ref}/amend/"
    assert "Pick up elsewhere" in hers.get(address).content.decode()
    wrong = hers.post(address, {"library": "lenox"})
    assert wrong.status_code == 422
    same = hers.post(address, {"library": "lee", "need_by": "2026-12-24"}, follow=True)
    assert "Nothing was changed." in same.content.decode()
    hers.post(address, {"library": "pittsfield"})
    assert assert_whole(story.ill).library == story.cast.pittsfield
    staff = Client()
    staff.force_login(story.cast.neighbour)
    staff.post(f"/staff/requests/{ref}/amend/", {"library": "lee"})
    assert assert_whole(story.ill).library == story.cast.lee


@pytest.mark.parametrize("shipped", [True, False])
def test_what_the_old_desk_was_asked_the_new_one_answers(cast, shipped):
    story, act = begin(cast), Act(cast.borrower, MONDAY)
    if shipped:
        loan = story.at(State.SHIPPED).loan
        said = Said(day=date(2026, 12, 4))
        asking_ = Asking(QuestionKind.RECALL, loan.request, loan, said)
        question = questions.ask(asking_, Act(cast.lender, MONDAY, role=Owner.LENDING))
        run.until_idle(MONDAY)
        send_on(story, cast.pittsfield)
    else:
        asked = questions.ask(Asking(QuestionKind.ASK_PATRON, story.ill), act)
        question = Question.objects.shown().get(pk=asked.pk)
        questions.remind(question, act, owner=Owner.BORROWING)
        story.look()
        asking.amend(story.ill, act, need_by=None, library=cast.pittsfield, note="")
    page, listed = f"/staff/questions/{question.pk}/", []
    for who in (cast.borrower, cast.neighbour):
        client = Client()
        client.force_login(who)
        listed.append(page in client.get("/staff/questions/").content.decode())
        assert client.get(page).status_code == (404 if who == cast.borrower else 200)
    assert listed == [False, True]
    told = Notice.objects.filter(kind=Kind.DESK_QUESTION)
    assert (told.count(), living.living(told).count()) == (int(shipped), 0)
