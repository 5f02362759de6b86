"""Who hears of a copy: its reader that it is here, its lender that it is no good; nobody twice."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import override_settings

from postroad.accounts.models import User
from postroad.documents import gate
from postroad.documents.models import Copy
from postroad.ill import document_delivery, undo
from postroad.ill.acts import Act
from postroad.ill.lifecycle import Fault, Verb
from postroad.ill.models import Event, Request
from postroad.notices import delivered, links, reach
from postroad.notices.models import Kind, Notice
from tests.cast import Cast
from tests.documents import files
from tests.ill.copy_story import begin, shelve
from tests.ill.story import MONDAY, Story

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def home(tmp_path: Path) -> Iterator[Path]:
    with override_settings(HOME=tmp_path):
        yield tmp_path


@pytest.fixture
def story(cast: Cast) -> Story:
    User.objects.filter(pk=cast.ada.pk).update(email="ada@example.org")
    story = begin(cast, shelve(cast.lenox, "v.1(1976)-v.20(1995)"))
    document_delivery.deliver(story.supply, Act(cast.lender, MONDAY), files.upload())
    tell()
    story.look()
    return story


def tell() -> None:
    for _twice in range(2):
        for event in Event.objects.order_by("pk"):
            delivered.people(event, MONDAY)


def told(kind: Kind) -> list[Notice]:
    return list(Notice.objects.filter(kind=kind))


def test_she_hears_once_that_it_is_here_with_a_link_and_until_when(story):
    [notice] = told(Kind.COPY_READY)
    assert notice.user == story.cast.ada
    assert notice.link == links.copy(gate.token(Copy.objects.get()))
    assert "until Wednesday 23 December" in notice.text
    assert "5 times" in notice.text


def test_her_desk_hears_where_no_mail_reaches_her(cast):
    User.objects.filter(pk=cast.ada.pk).update(email="")
    story = begin(cast, shelve(cast.lenox, "v.1(1976)-v.20(1995)"))
    here = "https://journals.example.org/birds"
    document_delivery.deliver_link(story.supply, Act(cast.lender, MONDAY), here)
    tell()
    [notice] = told(Kind.COPY_READY)
    assert (notice.link, notice.mail_due_at) == ("", None)
    [to_desk] = told(Kind.UNREACHED)
    assert to_desk.library == cast.lee
    assert "needs to be told: a copy is here." in to_desk.text
    assert Request.objects.filter(reach.to_tell()).get() == story.ill


def test_its_lender_hears_what_is_wrong_and_no_name(story):
    act = Act(story.cast.ada, MONDAY)
    document_delivery.reject(story.ill.supply, act, Fault.PAGES_MISSING, "p. 45")
    tell()
    [notice] = told(Kind.COPY_REJECTED)
    assert notice.library == story.cast.lenox
    assert "pages are missing" in notice.text
    assert "p. 45" in notice.text
    assert "Ada" not in notice.text
    undo.undo(Event.objects.get(verb=Verb.REJECT_COPY), act)
    tell()
    assert told(Kind.COPY_REJECTED) == []


def test_a_mistake_is_taken_back_before_its_mail_leaves_and_said_after(story):
    Notice.objects.filter(kind=Kind.COPY_READY).update(mailed_at=MONDAY, mail_due_at=None)
    undo.undo(Event.objects.get(verb=Verb.DELIVER), Act(story.cast.lender, MONDAY))
    tell()
    assert told(Kind.COPY_READY) == []
    [notice] = told(Kind.COPY_TAKEN_BACK)
    assert notice.user == story.cast.ada
