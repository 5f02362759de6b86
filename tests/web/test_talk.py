"""Two parties write to each other about a request, and nobody else reads it."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from postroad.accounts.models import Post, Role, User
from postroad.cases import access, talking
from postroad.cases import sweeps as of_cases
from postroad.cases.lifecycle import Side
from postroad.cases.models import (
    Message,
    Parties,
    Talk,
    TalkEvent,
    Thread,
    libraries,
    library_and,
    of_request,
    patron_and,
)
from postroad.ill import loans, shipping, sweeps
from postroad.ill.acts import Act
from postroad.ill.lifecycle import State
from postroad.ill.models import Request
from postroad.notices import talk as telling
from postroad.notices.models import Kind, Notice
from tests.cast import Cast
from tests.ill.story import Story, begin

SECRET = "Arsenic and old lace"


@pytest.fixture
def story(cast: Cast) -> Story:
    """Lenox has sent Walden to Lee, for Ada."""
    return begin(cast).at(State.SHIPPED)


def parties(cast: Cast, name: str) -> tuple[Parties, Side]:
    """Each thread that there may be about Ada's request, and the side that begins."""
    return {
        "patron": (patron_and(cast.ada, cast.lee), Side.ANSWERER),
        "libraries": (libraries(cast.lee, cast.lenox), Side.ASKER),
        "borrower and center": (library_and(cast.lee, Role.CENTRE), Side.ASKER),
        "lender and center": (library_and(cast.lenox, Role.CENTRE), Side.ASKER),
    }[name]


# Who reads which: the page of that thread, by the name in the cast.
READS = {
    "patron": {"ada", "borrower", "director"},
    "libraries": {"borrower", "director", "lender", "allrounder"},
    "borrower and center": {"borrower", "director", "centre"},
    "lender and center": {"lender", "allrounder", "centre"},
}


def write(story: Story, name: str, text: str = SECRET, by: User | None = None) -> Talk:
    between, side = parties(story.cast, name)
    return talking.write(
        between,
        of_request(story.ill.ref),
        text,
        side=side,
        name="Somebody, Lee Library",
        by=by,
        key=uuid4(),
    )


def everywhere(story: Story, who: str, user: User) -> str:
    """All that this person may open about the request, as one text."""
    client = Client()
    client.force_login(user)
    ref = story.ill.ref
    pages = [f"/staff/requests/{ref}/", f"/office/centre/{ref}/", f"/patron/requests/{ref}/"]
    pages += [f"/patron/requests/{ref}/messages/", "/staff/messages/", "/office/messages/"]
    for library in story.cast.libraries:
        pages.append(f"/staff/requests/{ref}/messages/{library.code}/")
    pages += [f"/staff/requests/{ref}/messages/{party}/" for party in ("patron", "center")]
    return " ".join(client.get(page).content.decode() for page in pages)


def test_two_parties_read_a_thread_and_nobody_else_does(story: Story):
    talks = {name: write(story, name, text=f"{SECRET} for {name}.") for name in READS}
    for who, user in story.cast.people.items():
        text = everywhere(story, who, user)
        lies_here = talking.lie_here(access.seat(User.objects.get(pk=user.pk)))
        theirs = {name for name, readers in READS.items() if who in readers}
        assert {name for name in READS if f"{SECRET} for {name}." in text} == theirs, who
        assert {name for name, talk in talks.items() if talk in lies_here} == theirs, who


def test_nobody_writes_to_a_party_that_is_not_theirs(story: Story):
    ref = story.ill.ref
    for who, user in story.cast.people.items():
        client = Client()
        client.force_login(user)
        for party in ("patron", "center", "lee", "lenox", "pittsfield", "providence"):
            client.post(f"/staff/requests/{ref}/messages/{party}/", {"text": f"by {who}"})
        client.post(f"/patron/requests/{ref}/messages/", {"text": f"by {who}"})
    wrote = {
        (t.parties.split()[0], m.text[3:]) for t in Talk.objects.all() for m in talking.messages(t)
    }
    assert {who for between, who in wrote if between == "patron-library"} <= READS["patron"]
    assert {who for between, who in wrote if between == "library-library"} == READS["libraries"]
    office = READS["borrower and center"] | READS["lender and center"]
    assert {who for between, who in wrote if between == "library-office"} == office


def test_the_lending_clerk_of_the_patrons_own_library_reads_none_of_it(story: Story):
    write(story, "patron")
    clerk = User.objects.create(username="lends for lee")
    Post.objects.create(user=clerk, role=Role.LENDING, library=story.cast.lee)
    assert SECRET not in everywhere(story, "clerk", clerk)


def test_a_library_writes_to_its_patron_and_she_answers(story: Story):
    desk, hers = Client(), Client()
    desk.force_login(story.cast.borrower)
    hers.force_login(story.cast.ada)
    ref = story.ill.ref
    begins = hers.get(f"/patron/requests/{ref}/messages/")  # as long as nobody has begun
    assert begins["Location"] == f"/patron/requests/{ref}/question/"
    at = f"/staff/requests/{ref}/messages/patron/"
    desk.post(at, {"text": "Would large print do?", "key": str(uuid4())})
    told(story)
    notice = Notice.objects.get(kind=Kind.MESSAGE)
    assert notice.user == story.cast.ada
    assert "> Would large print do?" in notice.text
    page = hers.get(f"/patron/requests/{ref}/")
    assert "new message" in page.content.decode()
    assert "Would large print do?" in hers.get(f"/patron/requests/{ref}/messages/").content.decode()
    assert "new message" not in hers.get(f"/patron/requests/{ref}/").content.decode()
    assert "· read" in re.sub(r"\s+", " ", desk.get(at).content.decode())
    hers.post(f"/patron/requests/{ref}/messages/", {"text": "Yes, it would."})
    told(story)
    to_desk = Notice.objects.get(kind=Kind.MESSAGE_TO_STAFF)
    assert to_desk.library == story.cast.lee
    assert "Ada" not in to_desk.text + to_desk.subject
    assert "Yes, it would" not in to_desk.text
    assert "1 new message about a request" in re.sub(
        r"\s+", " ", desk.get("/staff/").content.decode()
    )
    assert "Yes, it would." in desk.get(at).content.decode()
    assert "new message" not in desk.get("/staff/").content.decode()


def told(story: Story) -> None:
    for event in TalkEvent.objects.untold():
        telling.other_side(event, timezone.now())
        telling.other_side(event, timezone.now())  # told twice, it tells once


def test_a_lender_hears_of_a_message_without_any_word_of_it(story: Story):
    write(story, "libraries")
    told(story)
    notice = Notice.objects.get(kind=Kind.MESSAGE_TO_STAFF)
    assert notice.library == story.cast.lenox
    assert "Lee Library has written about Walden" in notice.text
    assert SECRET not in notice.text


def test_the_center_hears_and_sees_what_is_new(story: Story):
    write(story, "borrower and center")
    told(story)
    assert Notice.objects.get(kind=Kind.MESSAGE_TO_STAFF).office == Role.CENTRE
    client = Client()
    client.force_login(story.cast.centre)
    assert "(1)" in client.get("/office/cases/").content.decode()
    assert "new message" in client.get("/office/messages/").content.decode()
    client.get(f"/staff/requests/{story.ill.ref}/messages/lee/")
    assert "new message" not in client.get("/office/messages/").content.decode()


def test_two_parties_have_one_thread_about_a_request_whoever_begins(story: Story):
    write(story, "libraries")
    between, _side = parties(story.cast, "libraries")
    about = of_request(story.ill.ref)
    again = talking.write(between, about, "Yes", side=Side.ANSWERER, name="Len")
    assert Talk.objects.count() == 1
    assert (again.asker_unread, again.answerer_unread) == (True, True)
    with pytest.raises(IntegrityError), transaction.atomic():
        Talk.objects.create(
            thread=Thread.objects.create(
                between=between.between, asking=story.cast.lee, answering=story.cast.lenox
            ),
            about=about,
            parties=talking.key_of(between),
            heard_at=timezone.now(),
        )


def test_a_form_that_is_sent_twice_writes_once(story: Story):
    client, key = Client(), str(uuid4())
    client.force_login(story.cast.borrower)
    for _press in range(2):
        client.post(
            f"/staff/requests/{story.ill.ref}/messages/lenox/", {"text": "Here?", "key": key}
        )
    assert Message.objects.count() == TalkEvent.objects.count() == 1


@pytest.mark.parametrize("text", ["", "   ", "\x00"])
def test_nothing_is_no_message(story: Story, text: str):
    client = Client()
    client.force_login(story.cast.borrower)
    answer = client.post(f"/staff/requests/{story.ill.ref}/messages/lenox/", {"text": text})
    assert answer.status_code == 422
    assert not Message.objects.exists()


def test_a_message_of_a_megabyte_with_markup_is_refused_and_a_short_one_is_text(story: Story):
    client = Client()
    client.force_login(story.cast.borrower)
    at = f"/staff/requests/{story.ill.ref}/messages/lenox/"
    assert client.post(at, {"text": "<script>" * 130_000}).status_code == 422
    client.post(at, {"text": "<script>alert(1)</script>"})
    assert "<script>alert" not in client.get(at).content.decode()
    assert "&lt;script&gt;alert" in client.get(at).content.decode()


def test_when_the_patron_is_forgotten_her_thread_goes_and_of_others_the_words(story: Story):
    story.now = timezone.now()
    for verb in (loans.receive, loans.check_out, loans.return_item, loans.ship_return):
        verb(story.loan, Act(story.cast.borrower, story.now))
        story.look()
    shipping.check_in(story.loan, Act(story.cast.lender, story.now))
    write(story, "patron")
    write(story, "libraries", f"Ada wants {SECRET}", by=story.cast.borrower)
    told(story)
    sweeps.forget(story.now + timedelta(days=1))
    assert Request.objects.get(pk=story.ill.pk).patron is None
    assert [talk.parties.split()[0] for talk in Talk.objects.all()] == ["library-library"]
    (left,) = Message.objects.all()
    assert (left.text, left.user, left.name_shown) == ("", None, "")
    client = Client()
    client.force_login(story.cast.lender)
    page = client.get(f"/staff/requests/{story.ill.ref}/messages/lee/").content.decode()
    assert "The words are no longer kept" in page


def test_to_forget_costs_no_statement_more_for_the_talk(story: Story):
    with CaptureQueriesContext(connection) as seen:
        assert of_cases.forget_request(story.ill.ref) == []
    assert len(seen) == 1


def test_a_new_pick_up_library_does_not_read_what_the_one_before_wrote(story: Story):
    write(story, "patron")
    Request.objects.filter(pk=story.ill.pk).update(library=story.cast.pittsfield)
    for who in ("neighbour", "allrounder", "borrower"):
        client = Client()
        client.force_login(story.cast.people[who])
        answer = client.get(f"/staff/requests/{story.ill.ref}/messages/patron/")
        assert SECRET not in answer.content.decode(), who
