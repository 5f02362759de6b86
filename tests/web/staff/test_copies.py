"""The desk that makes copies: its list, and the page that sends one."""

from datetime import timedelta
from html import escape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import override_settings

from postroad.documents.models import Copy
from postroad.ill import document_delivery
from postroad.ill.acts import Act
from postroad.ill.lifecycle import Fault, Level, State, SupplyState
from tests.documents import files
from tests.ill.copy_story import begin, shelve
from tests.ill.story import MONDAY
from tests.web.staff.crowd import read, warm

# Session, person, posts, card, who has what may be late, two counts, numbers of the filters, rows,
# copies, volumes; with one more where something came back.
QUERIES = 12
LIST = "/staff/lending/copies/"


@pytest.fixture(autouse=True)
def home(tmp_path):
    with override_settings(HOME=tmp_path):
        yield tmp_path


@pytest.fixture
def story(cast):
    return begin(cast, shelve(cast.lenox, "v.1(1976)-v.20(1995)"))


def address(story, rest="copy/"):
    return f"/staff/supplies/{story.ill.ref}/1/{rest}"


def scan(content=None, name="scan.pdf"):
    return SimpleUploadedFile(name, files.article() if content is None else content)


def test_the_list_says_what_to_copy_for_whom_and_until_when(story, at):
    page = at(story.cast.lender).get(LIST)
    said = read(page)
    for text in (
        "Birds of October Mountain",
        "Berkshire naturalist",
        "1987",
        "41-49",
        "Lee Library",
    ):
        assert text in said
    assert "v.1(1976)-v.20(1995)" in said
    assert "'text'" not in said
    assert page.context["counts"] == {"staff-lending": 1}
    for secret in ("Ada", "ada@example.org"):
        assert secret not in said


def test_a_copy_is_nothing_to_ship(story, at):
    desk = at(story.cast.lender)
    assert not desk.get("/staff/lending/").context["rows"]
    assert not desk.get("/staff/lending/pull-list/").context["lines"]
    assert "Copies to make" in read(desk.get("/staff/lending/"))
    shown = desk.get("/staff/")
    assert address(story) in shown.content.decode()


def test_it_is_sent_as_a_file(story, at):
    desk = at(story.cast.lender)
    assert "Send the copy" in read(desk.get(f"/staff/requests/{story.ill.ref}/"))
    answer = desk.post(address(story), {"file": scan(), "lacks": "", "link": "", "cost": ""})
    assert answer["Location"] == LIST
    story.look()
    assert story.ill.state == State.DELIVERED
    assert Copy.objects.get().pages == 3
    assert "Birds of October Mountain" in read(desk.get(f"{LIST}?show=delivered"))


def test_it_is_sent_as_a_link_with_what_is_missing(story, at):
    given = {"link": "https://example.org/birds", "lacks": "page 44 is torn", "cost": ""}
    at(story.cast.lender).post(address(story), given)
    story.look()
    assert (story.ill.state, story.supply.link) == (State.DELIVERED, "https://example.org/birds")


HOSTILE = {
    "a zip bomb": (files.bomb, "scan.pdf"),
    "an empty scan": (files.blank, "scan.pdf"),
    "cut short": (lambda: files.article()[:-700], "scan.pdf"),
    "no file at all": (lambda: b"PK\x03\x04" + bytes(900), "scan.pdf"),
    "scripts": (files.hidden_script, "scan.pdf"),
    "a picture that claims to be a PDF": (lambda: files.picture("PNG"), "scan.pdf"),
}


@pytest.mark.parametrize("what", sorted(HOSTILE))
def test_a_file_that_is_not_delivered_has_its_sentence_and_nothing_is_lost(story, at, what):
    content, name = HOSTILE[what]
    page = at(story.cast.lender).post(address(story), {"file": scan(content(), name)})
    assert page.status_code == 422
    ((field, (said,)),) = page.context["form"].errors.items()
    assert field == "file"
    assert escape(said) in read(page)
    story.look()
    assert story.ill.state == State.REFERRED
    assert not Copy.objects.exists()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "one of the two"),
        ({"link": "here"}, "address"),
        ({"link": "https://example.org/a", "cost": "12.50"}, "$12.50"),
    ],
)
def test_what_cannot_be_sent_is_said(story, at, given, said):
    page = at(story.cast.lender).post(address(story), given)
    assert page.status_code == 422
    assert said in read(page)
    assert story.supply.is_open


def test_pressed_twice_it_is_one_copy(story, at):
    desk = at(story.cast.lender)
    desk.post(address(story), {"file": scan()})
    assert desk.post(address(story), {"file": scan()}).status_code == 302
    assert Copy.objects.count() == 1


def test_another_file_is_sent_in_its_place_and_it_is_taken_back(story, at):
    desk = at(story.cast.lender)
    desk.post(address(story), {"file": scan()})
    assert desk.post(address(story), {"file": scan(files.article(5))}).status_code == 302
    assert Copy.objects.get().pages == 5
    assert "Take the copy back" in read(desk.get(f"/staff/requests/{story.ill.ref}/"))
    assert "Take the copy back?" in read(desk.post(address(story, "copy/take-back/")))
    story.look()
    assert story.supply.state == SupplyState.SUPPLYING  # it asks before anybody hears of it
    sure = {"sure": "yes"}
    assert desk.post(address(story, "copy/take-back/"), sure).status_code == 302
    story.look()
    assert story.supply.state == SupplyState.PROMISED
    assert Copy.objects.get().views_left == 0
    assert desk.post(address(story, "copy/take-back/"), sure).status_code == 409  # pressed twice


def test_what_came_back_stands_first_with_why(story, at):
    lends = Act(story.cast.lender, MONDAY)
    document_delivery.deliver(story.supply, lends, files.upload())
    story.look()
    document_delivery.reject(
        story.supply, Act(story.cast.ada, MONDAY), Fault.ILLEGIBLE, "The left edge is cut off"
    )
    other = begin(
        story.cast, story.record, rush=True, patron=story.cast.bea, library=story.cast.pittsfield
    )
    assert other.supply.level == Level.RUSH
    page = at(story.cast.lender).get(LIST)
    assert [row.ill.ref for row in page.context["rows"]] == [story.ill.ref, other.ill.ref]
    assert "It cannot be read: “The left edge is cut off”" in read(page)


@pytest.mark.parametrize("who", ["ada", "borrower", "driver", "neighbour"])
def test_nobody_else_sends_it(story, at, who):
    there = at(getattr(story.cast, who))
    assert story.ill.ref not in read(there.get(LIST))
    assert there.post(address(story), {"file": scan()}).status_code in (403, 404)
    story.look()
    assert story.ill.state == State.REFERRED


def test_the_list_asks_a_dozen_statements(story, at, django_assert_num_queries):
    desk = warm(at(story.cast.lender))
    desk.get(LIST)
    with django_assert_num_queries(QUERIES):
        desk.get(LIST)


def test_what_is_late_is_marked(story, at):
    story.supply.__class__.objects.update(due_at=MONDAY - timedelta(days=1))
    (row,) = at(story.cast.lender).get(LIST).context["rows"]
    assert row.late
