"""Notices that follow from no event of a request: from a day, from a closure."""

from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction

from postroad.accounts.models import Role, User
from postroad.directory.models import Library
from postroad.ill import sweeps
from postroad.ill.lifecycle import State
from postroad.ill.models import Request
from postroad.notices import addresses, post, tell
from postroad.notices.models import DeadAddress, Kind, Mailbox, Notice
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
    about = f"request:{story.ill.ref}"
    tell.note(Kind.LENT, cast.ada, facts, about=about, **DAY)
    assert post.send(MONDAY) == 1
    assert sweeps.forget(MONDAY + timedelta(days=1)) == 1
    tell.people(story.ill.events.get(verb="forget"), MONDAY)
    assert not Notice.objects.exists()
    assert list(mail_folder.iterdir()) == []


def test_nor_is_it_written_to_somebody_who_was_forgotten_meanwhile(cast: Cast):
    story = begin(cast)
    Request.objects.update(patron=None)
    about = f"request:{story.ill.ref}"
    tell.note(Kind.LENT, cast.ada, Facts(ref=story.ill.ref), about=about, **DAY)
    assert not Notice.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"source": ""},  # it follows from nothing
        {"user": None, "library": None},  # it is for nobody
        {"source_key": ""},
        {"office": Role.CENTRE},  # it is for two
        {"address": "ann@example.org"},
    ],
)
def test_a_notice_has_one_source_and_one_recipient(cast: Cast, wrong: dict[str, Any]):
    facts: dict[str, Any] = {
        "library": cast.lee,
        "source": "morning",
        "source_key": "2026-11-23",
        "kind": Kind.LATE,
        "made_at": MONDAY,
    }
    with pytest.raises(IntegrityError), transaction.atomic():
        Notice.objects.create(**(facts | wrong))
    Notice.objects.create(**facts)


# Somebody without an account

ANN = Mailbox("Ann.Smith@Example.org ", "Ann Smith")


def only_letter(mail_folder: Path) -> EmailMessage:
    [file] = mail_folder.iterdir()
    return message_from_bytes(file.read_bytes(), policy=default)


def test_an_address_without_an_account_is_told_once_however_it_is_typed(db, mail_folder):
    for typed in (ANN.email, "ann.smith@example.org"):
        tell.note(Kind.LATE, Mailbox(typed, "Ann Smith"), Facts(), **DAY)
    told = Notice.objects.to_mailbox(Mailbox("ANN.SMITH@example.org")).get()
    assert (told.user, told.library, told.office) == (None, None, "")
    assert post.send(MONDAY) == 1
    letter = only_letter(mail_folder)
    assert letter["To"] == "Ann Smith <Ann.Smith@Example.org>"
    assert "/patron/" not in told.text
    assert "/staff/" not in told.text


@pytest.mark.parametrize(
    "name",
    [
        "Win now at casino.example/free",
        "visit www.casino.example",
        "Ann\r\nBcc: all@example.org",
        "all@example.org",
        "A" * 101,
        'Ann" <all@example.org>',
    ],
)
def test_a_name_that_is_none_stands_on_no_letter(db, mail_folder, name: str):
    tell.note(Kind.LATE, Mailbox("ann@example.org", name), Facts(), **DAY)
    assert post.send(MONDAY) == 1
    letter = only_letter(mail_folder)
    assert letter["To"] == "ann@example.org"
    assert letter["Bcc"] is None


@pytest.mark.parametrize(
    "typed",
    [
        "ann@example.org, bob@example.org",
        "ann@example.org\nBcc: bob@example.org",
        "ann",
        f"ann@{'a.' * 118}example.org.elsewhere.example",  # which cut off would be another's
    ],
)
def test_one_person_has_one_address(db, mail_folder, typed: str):
    tell.note(Kind.LATE, Mailbox(typed), Facts(), **DAY)
    assert post.send(MONDAY) == 0
    assert Notice.objects.failed().count() == 1
    assert not mail_folder.exists()


def test_what_follows_from_nothing_or_goes_to_nobody_is_a_mistake_and_no_silence(cast: Cast):
    """SQLite ignores such a row where it ignores what was told before."""
    for wrong in ({"source": ""}, {"source_key": ""}):
        with pytest.raises(ValueError, match="follows from something"):
            tell.note(Kind.LATE, cast.lee, Facts(), **(DAY | wrong))
    with pytest.raises(ValueError, match="nobody"):
        tell.note(Kind.LATE, Mailbox(" "), Facts(), **DAY)


def test_who_has_no_account_is_written_to_no_more_once_the_address_is_dead(db, mail_folder):
    tell.note(Kind.LATE, ANN, Facts(), **DAY)
    addresses.bury(ANN.email, "550 no such user", MONDAY)
    addresses.bury(ANN.email, "550 no such user", MONDAY)
    assert DeadAddress.objects.get().bounces == 2
    assert post.send(MONDAY) == 0
    assert not mail_folder.exists()
    told = Notice.objects.failed().get()
    assert "not tried" in told.mail_trouble
    assert not told.may_be_out
    assert post.try_again(Notice.objects.failed(), MONDAY) == 1  # an operator says so
    assert post.send(MONDAY) == 1


def test_what_was_written_to_an_address_is_forgotten_after_a_while(cast: Cast, mail_folder):
    tell.note(Kind.LATE, ANN, Facts(), **DAY)
    tell.note(Kind.LATE, cast.lee, Facts(), **DAY)
    addresses.bury(ANN.email, "550 no such user", MONDAY)
    assert tell.tidy(MONDAY + timedelta(days=29)) == 0
    assert tell.tidy(MONDAY + timedelta(days=31)) == 1  # and that it is dead
    assert Notice.objects.get().library == cast.lee
    assert not DeadAddress.objects.exists()


def test_nothing_of_a_request_stays_with_an_address_when_its_patron_is_forgotten(cast: Cast):
    story = begin(cast).at(State.CLOSED)
    about = f"request:{story.ill.ref}"
    for to in (ANN, cast.lee):
        tell.note(Kind.LATE, to, Facts(ref=story.ill.ref, title="Walden"), about=about, **DAY)
    assert sweeps.forget(MONDAY + timedelta(days=1)) == 1
    tell.people(story.ill.events.get(verb="forget"), MONDAY)
    assert Notice.objects.get().library == cast.lee


def test_mail_that_one_may_leave_says_so_to_mail_programs(db, mail_folder):
    leave = "/alerts/leave/abc:def/"
    tell.note(Kind.LATE, ANN, Facts(), reply_to="help@example.org", leave=leave, **DAY)
    assert post.send(MONDAY) == 1
    letter = only_letter(mail_folder)
    assert letter["List-Unsubscribe"] == f"<{settings.SITE_URL}/alerts/leave/abc:def/>"
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert letter["Reply-To"] == "help@example.org"


def test_answers_go_to_no_address_that_is_none(db, mail_folder):
    tell.note(Kind.LATE, ANN, Facts(), reply_to="a@b\r\nBcc: all@example.org", **DAY)
    assert post.send(MONDAY) == 1
    letter = only_letter(mail_folder)
    assert (letter["Reply-To"], letter["Bcc"]) == (None, None)


def test_a_letters_number_is_no_other_letters_where_a_database_was_restored(cast: Cast):
    tell.note(Kind.LATE, cast.lee, Facts(), **DAY)
    told = Notice.objects.get()
    first = post.message_id(told)
    assert first == post.message_id(Notice.objects.get())
    told.made_at += timedelta(hours=1)  # another one that has its row's number
    assert post.message_id(told) != first


def test_a_new_kind_needs_no_migration():
    field = Notice._meta.get_field("kind")
    assert callable(field.deconstruct()[3]["choices"])
