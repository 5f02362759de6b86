"""A link that sets the password, once."""

from datetime import datetime, timedelta

import pytest
import time_machine
from django.core import mail
from django.utils import timezone

from postroad.accounts import adapter, invitations
from postroad.accounts.invitations import LinkIsOver
from postroad.accounts.models import User


@pytest.fixture
def maria(db):
    return invitations.new_person("María", "Silva", "maria@example.org")


@pytest.fixture
def invited(maria, django_capture_on_commit_callbacks):
    def invite() -> str:
        with django_capture_on_commit_callbacks(execute=True):
            invitations.invite(maria, by="Olga")
        adapter.post.submit(lambda: None).result(5)
        return invitations.token(User.objects.get(pk=maria.pk))

    return invite


def test_an_invitation_is_mailed_and_sets_the_password_once(invited, maria):
    link = invited()
    assert invitations.is_open(maria)
    accepted = invitations.accept(link, "by the post road 1673")
    assert accepted == maria
    assert mail.outbox[0].extra_headers == {"Auto-Submitted": "auto-generated"}
    assert User.objects.get(pk=maria.pk).check_password("by the post road 1673")
    for act in (invitations.person_of, lambda text: invitations.accept(text, "another 1234")):
        with pytest.raises(LinkIsOver):
            act(link)
    assert [each.verb for each in maria.changes.all()] == ["accept", "invite"]


def test_a_newer_invitation_ends_the_one_before(invited):
    first = invited()
    second = invited()
    with pytest.raises(LinkIsOver):
        invitations.person_of(first)
    assert invitations.person_of(second).username == "maria.silva"


def test_an_invitation_is_over_after_its_days(invited):
    link = invited()
    later = datetime.now(tz=timezone.get_current_timezone()) + invitations.GOOD_FOR
    with time_machine.travel(later + timedelta(hours=1)), pytest.raises(LinkIsOver):
        invitations.person_of(link)


def test_an_invitation_to_another_address_or_a_closed_account_opens_nothing(invited, maria):
    link = invited()
    User.objects.filter(pk=maria.pk).update(email="else@example.org")
    with pytest.raises(LinkIsOver):
        invitations.person_of(link)
    link = invitations.token(User.objects.get(pk=maria.pk))
    User.objects.filter(pk=maria.pk).update(is_active=False)
    with pytest.raises(LinkIsOver):
        invitations.person_of(link)


@pytest.mark.parametrize("text", ["", "x", "x:y:z", "é" * 300, "\0"])
def test_what_is_no_link_of_ours_opens_nothing(db, text):
    with pytest.raises(LinkIsOver):
        invitations.person_of(text)


def test_names_to_sign_in_with_are_free_and_plain(maria):
    assert maria.username == "maria.silva"
    assert invitations.free_name("Maria", "Silva") == "maria.silva2"
    assert invitations.free_name("", "O’Brien") == "obrien"
    assert invitations.free_name("李", "") == "person"
    assert mail.outbox == []
