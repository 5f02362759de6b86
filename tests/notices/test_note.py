"""Notices that follow from no event of a request: from a day, from a closure."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from postroad.accounts.models import Role, User
from postroad.directory.models import Library
from postroad.ill import sweeps
from postroad.ill.lifecycle import State
from postroad.ill.models import Request
from postroad.notices import post, tell
from postroad.notices.models import Kind, Notice
from postroad.notices.words import Facts
from tests.cast import Cast
from tests.ill.story import MONDAY, begin

DAY: dict[str, Any] = {"source": "morning", "source_key": "2026-11-23", "now": MONDAY}


def test_a_library_is_told_once_of_a_day_and_anew_of_the_next(cast: Cast):
    for _worker in range(2):
        tell.note(Kind.LATE, cast.lee, Facts(library="Lee Library"), about="lending", **DAY)
    note = Notice.objects.get()
    assert (note.library, note.mail_to, note.ref) == (cast.lee, "lee@example.org", "")
    assert note.leads_to == "/staff/lending/"
    assert "/staff/lending/" in note.text
    assert "Request" not in note.html
    tell.note(Kind.LATE, cast.lenox, Facts(library="Lenox Library"), **DAY)
    tell.note(Kind.LATE, cast.lee, Facts(library="Lee Library"), **(DAY | {"source_key": "24"}))
    assert Notice.objects.count() == 3


def test_an_office_hears_as_all_who_hold_it(cast: Cast, mail_folder):
    second = User.objects.create(username="second", email="second@example.org")
    second.posts.create(role=Role.CENTRE)
    User.objects.create(username="gone", email="gone@example.org", is_active=False).posts.create(
        role=Role.CENTRE
    )
    tell.note(Kind.LATE, Role.CENTRE, Facts(), **DAY)
    tell.note(Kind.LATE, Role.CENTRE, Facts(), **DAY)
    note = Notice.objects.at_office(Role.CENTRE).get()
    assert sorted(note.mail_to.split(", ")) == ["centre@example.org", "second@example.org"]
    assert post.send(MONDAY) == 1
    [letter] = mail_folder.iterdir()
    assert b"second@example.org" in letter.read_bytes()


def test_who_has_no_address_is_told_on_the_screen(cast: Cast):
    Library.objects.filter(pk=cast.lee.pk).update(email="")
    cast.lee.refresh_from_db()
    tell.note(Kind.LATE, cast.lee, Facts(), **DAY)
    assert Notice.objects.get().mail_due_at is None


def test_what_a_reader_hears_of_a_request_by_a_day_is_forgotten_with_it(cast: Cast, mail_folder):
    story = begin(cast).at(State.CLOSED)
    facts = Facts(ref=story.ill.ref, title="Walden", library="Lee Library")
    tell.note(Kind.LENT, cast.ada, facts, ill=story.ill, **DAY)
    assert post.send(MONDAY) == 1
    assert sweeps.forget(MONDAY + timedelta(days=1)) == 1
    tell.people(story.ill.events.get(verb="forget"), MONDAY)
    assert not Notice.objects.exists()
    assert list(mail_folder.iterdir()) == []


def test_nor_is_it_written_to_somebody_who_was_forgotten_meanwhile(cast: Cast):
    story = begin(cast)
    Request.objects.update(patron=None)
    tell.note(Kind.LENT, cast.ada, Facts(ref=story.ill.ref), ill=story.ill, **DAY)
    assert not Notice.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"source": ""},  # it follows from nothing
        {"user": None, "library": None},  # it is for nobody
        {"office": Role.CENTRE},  # it is for two
    ],
)
def test_a_notice_has_one_source_and_one_recipient(cast: Cast, wrong: dict[str, Any]):
    facts: dict[str, Any] = {
        "library": cast.lee,
        "source": "morning",
        "kind": Kind.LATE,
        "made_at": MONDAY,
    }
    with pytest.raises(IntegrityError), transaction.atomic():
        Notice.objects.create(**(facts | wrong))
    Notice.objects.create(**facts)
