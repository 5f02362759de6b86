"""Mail that came back: it counts once a letter, for whom the letter went to, and then stops."""

import sys
from datetime import timedelta
from io import BytesIO, StringIO, TextIOWrapper
from mailbox import Maildir
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from postroad.directory.models import Threshold
from postroad.notices import addresses, bounces, post, tell, updates
from postroad.notices.bounces import Read
from postroad.notices.models import DeadAddress, Kind, Notice
from postroad.notices.subscribers import Bounce, Subscriber
from postroad.notices.words import Facts
from tests.cast import Cast
from tests.notices.test_updates import ANN, MONDAY, published, signed_up

REPORT = """\
From: MAILER-DAEMON@mx.example.org
To: postroad@localhost
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

This is the mail system. Your message could not be delivered.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.org

Final-Recipient: rfc822; {to}
Original-Recipient: rfc822;{to}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 5.1.1 <{to}>: Recipient address rejected: User unknown

--b
Content-Type: text/rfc822-headers

Subject: No delivery on Thanksgiving
Message-ID: {letter}

--b--
"""


def report(letter: Notice, to: str = ANN, action: str = "failed", status: str = "5.1.1") -> bytes:
    facts = {"letter": post.message_id(letter), "to": to, "action": action, "status": status}
    return REPORT.format(**facts).encode()


def told(number: int = 1) -> Notice:
    published(number)
    updates.send(MONDAY)
    return Notice.objects.filter(kind=Kind.UPDATE).latest("pk")


def test_r15_updates_end_after_as_many_returns_as_the_setting_says(db: None):
    signed_up()
    Threshold.objects.create(name="bounces", days=2, effective=MONDAY.date())
    assert bounces.read(report(told(1)), MONDAY) == Read.COUNTED
    assert Subscriber.objects.exists()
    assert bounces.read(report(told(2)), MONDAY) == Read.COUNTED
    assert not Subscriber.objects.exists()
    assert not Bounce.objects.exists()
    assert DeadAddress.objects.get().address == ANN


def test_a_letter_that_comes_back_again_and_again_counts_once(db: None):
    signed_up()
    letter = told()
    bounces.read(report(letter), MONDAY)
    assert bounces.read(report(letter), MONDAY) == Read.KNOWN
    assert Bounce.objects.count() == 1


def test_returns_of_long_ago_count_no_more(db: None):
    signed_up()
    Threshold.objects.create(name="bounces", days=2, effective=MONDAY.date())
    bounces.read(report(told(1)), MONDAY - timedelta(days=91))
    bounces.read(report(told(2)), MONDAY)
    assert Subscriber.objects.exists()
    updates.tidy(MONDAY)
    assert Bounce.objects.count() == 1


def test_a_full_mailbox_of_today_ends_nothing(db: None):
    signed_up()
    for action, status in (("delayed", "4.2.2"), ("delivered", "2.0.0")):
        assert bounces.read(report(told(), action=action, status=status), MONDAY) == Read.TEMPORARY
    assert not Bounce.objects.exists()


def test_nobody_ends_anothers_mail_by_writing_that_it_came_back(db: None):
    signed_up()
    signed_up("ben@example.org", "guides")
    letter = told()
    wrong = Notice(pk=letter.pk, made_at=letter.made_at + timedelta(seconds=1))
    assert bounces.read(report(letter, to="ben@example.org"), MONDAY) == Read.STRANGE
    assert bounces.read(report(wrong), MONDAY) == Read.STRANGE
    assert bounces.read(b"Subject: hello\n\nann@example.org is away", MONDAY) == Read.STRANGE
    assert not Bounce.objects.exists()


def test_a_server_that_writes_in_prose_is_understood(db: None):
    signed_up()
    prose = (
        "From: <>\nSubject: failure notice\n\nHi. This is the qmail-send program at mx.example.org."
        "\nI'm afraid I wasn't able to deliver your message to the following addresses.\n"
        f"This is a permanent error; I've given up. Sorry it didn't work out.\n\n<{ANN}>:\n"
        "no mailbox here by that name.\n\n--- Below this line is a copy of the message.\n\n"
        f"Return-Path: <postroad@localhost>\nMessage-ID: {post.message_id(told())}\n\nHello\n"
    )
    assert bounces.read(prose.encode(), MONDAY) == Read.COUNTED


def test_the_letter_of_a_library_counts_for_its_address(cast: Cast):
    tell.note(Kind.LATE, cast.lee, Facts(), source="day", source_key=1, now=MONDAY)
    Threshold.objects.create(name="bounces", days=1, effective=MONDAY.date())
    letter = Notice.objects.get()
    assert bounces.read(report(letter, to="LEE@example.org"), MONDAY) == Read.COUNTED
    assert addresses.dead(["lee@example.org"])


# Whatever somebody sends


def nested(levels: int, letter: str) -> bytes:
    text = "".join(
        f'Content-Type: multipart/mixed; boundary="{level}"\n\n--{level}\n'
        for level in range(levels)
    )
    return (text + f"\nMessage-ID: {letter}\n").encode()


@pytest.mark.parametrize(
    ("hostile", "said"),
    [
        (lambda ours: b"x" * (bounces.LARGEST + 1), Read.TOO_LARGE),
        (lambda ours: nested(21, ours), Read.UNREADABLE),
        (lambda ours: nested(3000, ours), Read.UNREADABLE),
        (lambda ours: f"From: a@b\n\n{ours}\n".encode() + b"a" * 200_000, Read.TEMPORARY),
        (lambda ours: f"From: a@b\n\n{ours}\n".encode() + b"\x00\xff\r" * 60_000, Read.TEMPORARY),
        (lambda ours: ours.encode(), Read.UNREADABLE),  # a message without any header
        (lambda ours: b"<notice-1-1@x>" * 15_000, Read.STRANGE),
        (lambda ours: b"<notice-999999999999999999-1@x>", Read.STRANGE),
        (lambda ours: b"", Read.STRANGE),
    ],
    ids=["large", "deep", "deeper", "long line", "bytes", "bare", "many", "far", "empty"],
)
def test_what_is_too_large_or_too_deep_harms_nothing(db: None, hostile: Any, said: Read):
    signed_up()
    ours = post.message_id(told())
    assert bounces.read(hostile(ours), MONDAY) == said
    assert Subscriber.objects.exists()


# The command


def test_a_message_is_read_from_the_standard_input(db: None, monkeypatch: pytest.MonkeyPatch):
    signed_up()
    monkeypatch.setattr(sys, "stdin", TextIOWrapper(BytesIO(report(told()))))
    said = StringIO()
    call_command("bounces", stdout=said)
    assert said.getvalue() == "counted\n"


def test_a_folder_is_worked_off_and_what_was_no_report_stays_to_be_read(db: None, tmp_path: Path):
    signed_up()
    box = Maildir(tmp_path / "mail")
    box.add(report(told()))
    box.add(b"Subject: a question\n\nMay I ask you something?\n")
    said = StringIO()
    call_command("bounces", "--maildir", str(tmp_path / "mail"), stdout=said)
    assert said.getvalue() == "1 counted\n1 not about a letter of ours\n"
    [left] = Maildir(tmp_path / "mail")
    assert (left["Subject"], left.get_flags(), left.get_subdir()) == ("a question", "S", "cur")
    call_command("bounces", "--maildir", str(tmp_path / "mail"), stdout=StringIO())
    with pytest.raises(CommandError, match="no maildir"):
        call_command("bounces", "--maildir", str(tmp_path))
