import smtplib
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection

from postroad.ill import loans
from postroad.ill.acts import Act
from postroad.ill.lifecycle import State
from postroad.ill.models import Event
from postroad.notices import folder, post, tell
from postroad.notices.models import Kind, Notice
from tests.cast import Cast
from tests.disk import full_disk
from tests.ill.story import MONDAY, Story, begin


class FailingServer(BaseEmailBackend):
    """A mail server that refuses in the way told by `trouble`, and else remembers."""

    trouble: Exception | None = None
    sent: list[mail.EmailMessage] = []
    open_transactions: list[bool] = []

    def send_messages(self, email_messages):
        FailingServer.open_transactions.append(connection.in_atomic_block)
        if self.trouble is not None:
            raise self.trouble
        FailingServer.sent += email_messages
        return len(email_messages)


@pytest.fixture
def server(settings) -> type[FailingServer]:
    settings.EMAIL_BACKEND = "tests.notices.test_post.FailingServer"
    FailingServer.trouble, FailingServer.sent, FailingServer.open_transactions = None, [], []
    return FailingServer


def announce(story: Story) -> Notice:
    for event in story.ill.events.all():
        tell.people(event, event.at)
    return Notice.objects.get()


@pytest.fixture
def notice(cast: Cast) -> Notice:
    return announce(begin(cast))


def test_mail_says_what_the_screen_says(notice: Notice, mail_folder: Path):
    assert post.send(MONDAY) == 1
    (file,) = mail_folder.glob("*.eml")
    message = message_from_bytes(file.read_bytes(), policy=default)
    assert message["Subject"] == notice.subject == "We have your request: Walden"
    assert message["To"] == "ada@example.org"
    assert message["Auto-Submitted"] == "auto-generated"
    plain, html = message.get_body(("plain",)), message.get_body(("html",))
    assert plain is not None
    assert plain.get_content().strip() == notice.text.strip()
    assert html is not None
    assert notice.html in html.get_content()


def test_mail_goes_out_once(notice: Notice, server):
    assert [post.send(MONDAY), post.send(MONDAY)] == [1, 0]
    assert len(server.sent) == 1
    notice.refresh_from_db()
    assert notice.mailed_at == MONDAY


def test_a_server_that_is_away_is_tried_again_until_it_is_back(notice: Notice, server):
    server.trouble = ConnectionRefusedError("nobody listens")
    for minutes in (0, 3, 6):
        with pytest.raises(ConnectionRefusedError):
            post.send(MONDAY + timedelta(minutes=minutes))
    notice.refresh_from_db()
    assert notice.mailed_at is None
    assert "nobody listens" in notice.mail_trouble
    server.trouble = None
    assert post.send(MONDAY + timedelta(minutes=9)) == 1
    sent = Notice.objects.get(pk=notice.pk)
    assert sent.mailed_at is not None
    assert sent.mail_trouble == ""


def test_each_try_has_the_same_number_so_that_a_doubled_mail_is_known(notice: Notice, server):
    post.send(MONDAY)
    Notice.objects.update(mail_due_at=MONDAY, mailed_at=None)  # killed before it was marked
    post.send(MONDAY)
    first, second = (message.message()["Message-ID"] for message in server.sent)
    assert first == second


def test_a_doubled_mail_lies_in_the_folder_once(notice: Notice, mail_folder: Path):
    post.send(MONDAY)
    Notice.objects.update(mail_due_at=MONDAY, mailed_at=None)
    post.send(MONDAY)
    assert len(list(mail_folder.iterdir())) == 1


def test_a_full_disk_leaves_no_half_letter_and_the_mail_goes_when_there_is_room(
    notice: Notice, mail_folder: Path
):
    with full_disk(), pytest.raises(OSError, match="large"):
        folder.keep(post.letter(notice).message())
    assert list(mail_folder.iterdir()) == []
    assert post.send(MONDAY) == 1
    assert [file.suffix for file in mail_folder.iterdir()] == [".eml"]


def test_an_address_that_is_refused_does_not_stand_before_the_others(cast: Cast, server):
    notice = announce(begin(cast))
    server.trouble = smtplib.SMTPRecipientsRefused({"ada@example.org": (550, b"no such user")})
    assert post.send(MONDAY) == 0
    notice.refresh_from_db()
    assert notice.mail_due_at is None
    assert "no such user" in notice.mail_trouble
    server.trouble = None
    assert post.send(MONDAY + timedelta(hours=1)) == 0


def test_one_that_always_breaks_off_lets_the_next_one_pass(notice: Notice, server):
    server.trouble = smtplib.SMTPServerDisconnected("Connection unexpectedly closed")
    with pytest.raises(smtplib.SMTPServerDisconnected):
        post.send(MONDAY)
    notice.pk, notice.kind, notice.mail_to = None, "lent", "bob@example.org"
    notice.save()
    server.trouble = None
    assert post.send(MONDAY + timedelta(seconds=2)) == 1
    assert [message.to for message in server.sent] == [["bob@example.org"]]


def test_what_another_process_has_in_hand_is_left_to_it(notice: Notice, server):
    assert post.take(MONDAY) == notice
    assert post.take(MONDAY) is None
    assert post.send(MONDAY) == 0
    assert post.send(MONDAY + post.LEASE) == 1  # the other one was killed


def test_of_one_that_was_stopped_for_longer_than_its_lease_nothing_leaves_twice(
    notice: Notice, server
):
    stopped = post.take(MONDAY)
    assert stopped
    assert post.send(MONDAY + post.LEASE) == 1  # another process took it up meanwhile
    assert not post.deliver(stopped, server(), lambda: MONDAY + post.LEASE)
    assert len(server.sent) == 1


def test_old_news_is_not_mailed_but_stays_on_the_screen(notice: Notice, server):
    assert post.send(MONDAY + timedelta(days=8)) == 0
    assert server.sent == []
    assert Notice.objects.filter(pk=notice.pk, mail_due_at=None).exists()


def test_old_news_does_not_hold_up_what_is_fresh(notice: Notice, server):
    old, notice.pk = notice.pk, None
    notice.kind, notice.made_at, notice.mail_due_at = "lent", MONDAY + timedelta(days=8), MONDAY
    notice.save()
    assert post.send(MONDAY + timedelta(days=8)) == 1
    assert Notice.objects.get(pk=old).mailed_at is None


def test_looking_for_nothing_is_cheap(db: None, django_assert_num_queries):
    with django_assert_num_queries(1):
        post.send(MONDAY)


def test_nobody_is_called_when_there_is_nothing_to_send(db: None, settings):
    settings.EMAIL_BACKEND = "no.such.backend"
    assert post.send(MONDAY) == 0


@pytest.mark.django_db(transaction=True)
def test_no_transaction_is_open_while_we_wait_for_the_server(server):
    from tests.cast import gather

    announce(begin(gather()))
    post.send(MONDAY)
    assert server.open_transactions == [False]


def test_mail_to_a_patron_who_was_forgotten_meanwhile_does_not_stay(
    notice: Notice, mail_folder: Path
):
    folder.keep(post.letter(notice).message())
    post.begin(notice, MONDAY)
    Notice.objects.all().delete()
    assert post.mark(notice, MONDAY)
    assert list(mail_folder.iterdir()) == []


def test_the_folder_gives_no_other_file_away(mail_folder: Path):
    mail_folder.mkdir()
    (mail_folder.parent / "secret.eml").write_text("Subject: secret\n\n")
    for name in ("../secret", "..%2fsecret", "", ".", "secret"):
        assert folder.read(name) is None


OVER_LATER = timedelta(days=2)  # the mail server was away meanwhile


@pytest.mark.parametrize(
    ("kind", "state"),
    [
        (Kind.OVERDUE, State.BACK),
        (Kind.DUE_SOON, State.BACK),
        (Kind.ARRIVED, State.LENT),
        (Kind.HELD_LONGER, State.LENT),
        (Kind.LATE, State.ARRIVED),
    ],
)
def test_what_was_done_meanwhile_is_not_asked_for_by_mail(
    cast: Cast, server, kind: Kind, state: State
):
    """Librarika/Issues#318, SUPLA/supla-cloud#506."""
    story = begin(cast).at(state)
    waiting = of(story, kind)
    assert post.send(MONDAY + OVER_LATER) == 0
    waiting.refresh_from_db()
    assert (waiting.mail_due_at, waiting.mailed_at) == (None, None)
    assert not Notice.objects.failed().exists()


def test_a_reminder_of_a_day_that_was_moved_is_not_mailed(cast: Cast, server):
    story = begin(cast).at(State.LENT)
    of(story, Kind.DUE_SOON)
    loans.renew(story.loan, Act(cast.ada, MONDAY))
    assert post.send(MONDAY + OVER_LATER) == 0


def test_what_only_tells_is_mailed_though_it_went_on(cast: Cast, server):
    of(begin(cast).at(State.BACK), Kind.LENT)
    assert post.send(MONDAY + OVER_LATER) == 1


def of(story: Story, kind: Kind) -> Notice:
    """Written at the last event of the story, while no server took mail."""
    return Notice.objects.create(
        user=story.cast.ada,
        source="ill.event",
        source_key=Event.objects.filter(request=story.ill).latest("pk").pk,
        kind=kind,
        about=f"request:{story.ill.ref}",
        subject="Walden",
        text="t",
        html="h",
        made_at=MONDAY,
        mail_due_at=MONDAY,
        mail_to=story.cast.ada.email,
    )
