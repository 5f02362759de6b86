"""What a mail server may say to a letter, on a real socket, and what follows for the others."""

import logging
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from smtplib import SMTPServerDisconnected

import pytest

from postroad.accounts.models import User
from postroad.notices import addresses, post
from postroad.notices.mailserver import Unanswered
from postroad.notices.models import DeadAddress, Kind, Notice
from tests.cast import Cast
from tests.ill.story import MONDAY, begin
from tests.postmaster import WELL, Postmaster, at_work

ADA, BEA = "ada@example.org", "bea@example.org"
LATER = MONDAY + timedelta(hours=1)


@pytest.fixture
def server(settings) -> Iterator[Postmaster]:
    with at_work(settings) as server:
        yield server


@pytest.fixture
def letters(cast: Cast) -> list[Notice]:
    """Two that are due, Ada's first."""
    story = begin(cast)
    common = {"source": "day", "source_key": "1", "about": f"request:{story.ill.ref}"}
    common |= {"subject": "Walden", "text": "t", "html": "h"}
    return [
        Notice.objects.create(
            user=user,
            kind=Kind.ASKED,
            made_at=MONDAY,
            mail_due_at=MONDAY,
            mail_to=user.email,
            **common,
        )
        for user in (cast.ada, cast.bea)
    ]


def to_ada(answer: str) -> Callable[[str], str]:
    return lambda to: answer if to.startswith("ada") else WELL


def received(server: Postmaster) -> list[str]:
    return [to for recipients, _message in server.letters for to in recipients]


def test_letters_leave_one_by_one_through_one_call(letters, server: Postmaster):
    assert post.send(MONDAY) == 2
    assert received(server) == [ADA, BEA]
    first, second = Notice.objects.order_by("pk")
    assert first.mailed_at
    assert second.mailed_at
    assert (first.mail_begun_at, first.mail_due_at, first.mail_tries) == (None, None, 1)


@pytest.mark.parametrize(
    ("step", "answer", "dead"),
    [
        ("at_recipient", "550 5.1.1 <ada@example.org>: no such user", True),
        ("at_recipient", "550 no mailbox here", True),
        ("at_recipient", "552 5.2.2 mailbox full", True),
        ("at_recipient", "550 5.7.1 your mail is not wanted here", False),
        ("at_data", "554 5.7.1 message for ada@example.org rejected as spam", False),
        ("at_data", "550 no", False),
    ],
)
def test_a_refusal_for_good_is_final_and_holds_up_no_other(
    letters, server: Postmaster, step: str, answer: str, dead: bool, caplog
):
    setattr(server, step, to_ada(answer))
    assert post.send(MONDAY) == 1
    assert received(server) == [BEA]
    hers = Notice.objects.get(mail_to=ADA)
    assert (hers.mail_due_at, hers.mailed_at) == (None, None)
    assert answer[:3] in hers.mail_trouble
    assert ADA not in hers.mail_trouble
    assert list(addresses.dead([ADA, BEA])) == ([ADA] if dead else [])
    assert hers.ref not in caplog.text
    assert ADA not in caplog.text
    assert post.send(LATER) == 0
    assert list(Notice.objects.failed()) == [hers]


@pytest.mark.parametrize("step", ["at_recipient", "at_data"])
def test_what_is_not_taken_just_now_is_tried_again_later_each_time(
    letters, server: Postmaster, step: str
):
    setattr(server, step, to_ada("451 4.7.1 greylisted, come back"))
    now = MONDAY
    for minutes in (1, 2, 4):
        post.send(now)
        hers = Notice.objects.get(mail_to=ADA)
        assert hers.mail_due_at == now + timedelta(minutes=minutes)
        assert "greylisted" in hers.mail_trouble
        now = hers.mail_due_at
    setattr(server, step, to_ada(WELL))
    assert post.send(now) == 1
    assert received(server) == [BEA, ADA]
    assert Notice.objects.get(mail_to=ADA).mail_trouble == ""
    assert not DeadAddress.objects.exists()


@pytest.mark.parametrize(
    ("step", "answer"),
    [
        ("at_sender", "550 5.7.1 sender rejected: no such domain"),
        ("at_sender", "530 5.7.0 Authentication required"),
        ("at_sender", "451 try later"),
        ("at_recipient", "554 5.7.1 <ada@example.org>: Relay access denied"),
        ("at_recipient", "421 4.3.2 shutting down"),
        ("at_data", "421 4.3.2 shutting down"),
    ],
)
def test_what_is_the_operators_trouble_loses_no_letter(
    letters, server: Postmaster, step: str, answer: str
):
    setattr(server, step, lambda _argument: answer)
    for seconds in (0, 2):
        with pytest.raises(post.ServerTrouble) as no:
            post.send(MONDAY + timedelta(seconds=seconds))
        assert answer[:3] in str(no.value)
        assert ADA not in str(no.value)
    assert Notice.objects.unmailed().count() == 2
    assert not DeadAddress.objects.exists()
    setattr(server, step, lambda _argument: WELL)
    assert post.send(LATER + timedelta(hours=1)) == 2


def test_a_failed_login_loses_no_letter(letters, server: Postmaster, settings):
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "postroad", "wrong"
    with pytest.raises(Exception, match=r"AUTH"):
        post.send(MONDAY)
    assert Notice.objects.unmailed().filter(mail_tries=0).count() == 2


def test_a_sender_that_cannot_be_written_loses_no_letter(letters, server: Postmaster, settings):
    settings.DEFAULT_FROM_EMAIL = "Postroad of Lee <"
    with pytest.raises(ValueError, match="address"):
        post.send(MONDAY)
    assert Notice.objects.unmailed().filter(mail_tries=0).count() == 2


@pytest.mark.parametrize(
    "typed", ["ada", "ann smith@example.org", "a@example.org\nBcc: b@example.org", "åda@x.org"]
)
def test_a_letter_that_cannot_be_written_is_noted_at_once(letters, server: Postmaster, typed: str):
    Notice.objects.filter(mail_to=ADA).update(mail_to=typed)
    assert post.send(MONDAY) == 1
    assert received(server) == [BEA]
    hers = Notice.objects.get(pk=letters[0].pk)
    assert (hers.mail_due_at, hers.mail_tries) == (None, 0)
    assert post.UNWRITABLE in hers.mail_trouble
    assert list(addresses.dead([typed])) == [typed]


def test_two_addresses_in_one_field_are_two_recipients(letters, server: Postmaster):
    Notice.objects.filter(mail_to=ADA).update(mail_to="a@example.org, b@example.org")
    assert post.send(MONDAY) == 2
    assert received(server) == ["a@example.org", "b@example.org", BEA]


def to_two(notice: Notice) -> None:
    """Ada's letter goes to two addresses."""
    Notice.objects.filter(pk=notice.pk).update(mail_to=f"{ADA}, b@example.org")


def test_who_is_put_off_gets_the_letter_later_and_who_has_it_not_twice(letters, server: Postmaster):
    """A grey list that knows one of two addresses (schweikert/postgrey#93)."""
    to_two(letters[0])
    server.at_recipient = to_ada("451 4.7.1 greylisted, come back")
    assert post.send(MONDAY) == 1
    assert received(server) == ["b@example.org", BEA]
    hers = Notice.objects.get(pk=letters[0].pk)
    assert (hers.mail_to, hers.mailed_at) == (ADA, None)
    assert hers.may_be_out
    server.at_recipient = to_ada(WELL)
    assert post.send(LATER) == 1
    assert received(server) == ["b@example.org", BEA, ADA]


def test_of_two_addresses_the_one_that_does_not_work_is_shown(letters, server: Postmaster):
    to_two(letters[0])
    server.at_recipient = to_ada("550 5.1.1 no such user")
    assert post.send(MONDAY) == 1
    assert received(server) == ["b@example.org", BEA]
    hers = Notice.objects.get(pk=letters[0].pk)
    assert list(Notice.objects.failed()) == [hers]
    assert hers.mail_to == ADA
    assert hers.may_be_out
    assert list(addresses.dead([ADA, "b@example.org", f"{ADA}, b@example.org"])) == [ADA]


def test_a_server_that_breaks_off_between_two_addresses_doubles_none(letters, server: Postmaster):
    Notice.objects.filter(pk=letters[1].pk).delete()
    Notice.objects.filter(pk=letters[0].pk).update(mail_to=f"b@example.org, {ADA}")
    server.at_recipient = to_ada("421 4.3.2 shutting down")
    with pytest.raises(post.ServerTrouble):
        post.send(MONDAY)
    server.at_recipient = to_ada(WELL)
    post.send(LATER)
    assert received(server) == ["b@example.org", ADA]


def test_a_field_that_was_dead_lives_when_one_of_its_addresses_works(letters, server: Postmaster):
    to_two(letters[0])
    addresses.bury(f"{ADA}, b@example.org", "550 no", MONDAY)
    assert post.send(MONDAY) == 2
    assert not DeadAddress.objects.exists()


def test_a_dead_address_lives_again_when_a_letter_has_left(letters, server: Postmaster):
    addresses.bury(ADA, "550 no such user", MONDAY)
    post.send(MONDAY)
    assert not DeadAddress.objects.exists()


def test_a_letter_given_up_is_sent_once_more_on_demand(letters, server: Postmaster):
    server.at_recipient = to_ada("550 no such user")
    post.send(MONDAY)
    server.at_recipient = to_ada(WELL)
    assert post.try_again(Notice.objects.failed(), LATER) == 1
    assert post.send(LATER) == 1
    assert not Notice.objects.failed().exists()


def test_a_later_letter_that_left_ends_the_trouble_of_an_earlier_one(letters, server: Postmaster):
    server.at_data = to_ada("554 no")
    post.send(MONDAY)
    assert Notice.objects.failed().count() == 1
    hers = Notice.objects.get(mail_to=ADA)
    hers.pk, hers.kind, hers.made_at, hers.mail_due_at = None, Kind.LENT, LATER, LATER
    hers.save()
    server.at_data = to_ada(WELL)
    post.send(LATER)
    assert not Notice.objects.failed().exists()


def hang_up(_to: str) -> str:
    raise ConnectionResetError("gone before it said a word")


def test_what_broke_off_while_the_letter_was_on_its_way_may_be_out(letters, server: Postmaster):
    server.at_data = hang_up
    with pytest.raises(Unanswered, match="closed"):
        post.send(MONDAY)
    assert sum(each.may_be_out for each in Notice.objects.all()) == 1


def test_a_server_that_thinks_about_a_whole_letter_gets_it_once(
    letters, server: Postmaster, settings
):
    settings.EMAIL_TIMEOUT = 0.2
    server.at_data = lambda _to: (server.goes_on.wait(0.5) and "") or WELL
    assert post.send(MONDAY) == 2
    assert received(server) == [ADA, BEA]


def test_a_server_that_takes_each_letter_and_hangs_up_does_not_get_it_without_end(
    letters, server: Postmaster
):
    taken: list[str] = []

    def take_and_hang_up(to: str) -> str:
        taken.append(to)
        return hang_up(to)

    server.at_data = take_and_hang_up
    for minutes in range(0, 4 * 24 * 60, 5):
        with suppress(Unanswered):
            post.send(MONDAY + timedelta(minutes=minutes))
    assert sorted(taken) == [ADA] * post.UNANSWERED + [BEA] * post.UNANSWERED
    assert [each.may_be_out for each in Notice.objects.failed()] == [True, True]
    assert "may have arrived" in Notice.objects.get(mail_to=ADA).mail_trouble
    server.at_data = lambda _to: WELL
    assert post.try_again(Notice.objects.failed(), LATER) == 2
    assert post.send(LATER) == 2


def test_a_server_that_hangs_up_before_the_letter_is_out_is_tried_on(letters, server: Postmaster):
    server.at_recipient = hang_up
    for minutes in range(20):
        with suppress(SMTPServerDisconnected):
            post.send(MONDAY + timedelta(minutes=minutes))
    server.at_recipient = lambda _to: WELL
    assert post.send(MONDAY + timedelta(minutes=22)) == 2


def test_no_mail_of_the_house_can_be_turned_by_a_title(letters, server: Postmaster):
    Notice.objects.filter(mail_to=ADA).update(subject="Walden\r\nBcc: all@example.org")
    assert post.send(MONDAY) == 1
    assert "BadHeaderError" in Notice.objects.get(mail_to=ADA).mail_trouble
    assert received(server) == [BEA]


def test_nobody_has_old_addresses_for_ever(cast: Cast):
    for address in (ADA, "lee@example.org", "gone@example.org"):
        addresses.bury(address, "550 no", MONDAY)
    User.objects.filter(email=ADA).update(email=" Ada@Example.org")
    assert addresses.tidy() == 1
    assert not addresses.dead(["gone@example.org"])


def test_the_log_says_no_address(letters, server: Postmaster, caplog):
    caplog.set_level(logging.DEBUG, "postroad")
    server.at_data = to_ada("554 not you, Ada@Example.ORG")
    post.send(MONDAY)
    assert "554 not you, (address)" in caplog.text
    assert "example" not in caplog.text.lower()
