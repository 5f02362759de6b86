"""A loan with every detour, through the real pages; then nothing joins her to the book any more.

Looked at are every row of every table (sessions unpacked), every file below the house's folder,
and every line of the log: her name, her address and her card's number are in none of them but her
own rows, and no line of the log ever had a number of ours beside an address.
"""

import json
import logging
import re
import uuid
from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.utils import timezone

from postroad.accounts.models import Card, User
from postroad.ill import borrowing, loans, sweeps
from postroad.ill.acts import Act
from postroad.ill.lifecycle import State
from postroad.ill.models import Event, Request
from postroad.notices import folder, post
from postroad.notices.models import Kind, Notice
from postroad.worker import run
from postroad.worker.models import Turn
from postroad.worker.timetable import TIMETABLE
from tests.cast import Cast
from tests.ill.story import MONDAY, Story, begin
from tests.postmaster import WELL, at_work

NAMES = ("Xantippe", "Zorobabel", "xz@zorobabel.test", "ZOROCARD77")
HERSELF = {"accounts_user", "accounts_card"}
WALDEN = "30001000000017"
SCANS = {
    "ship": ("lender", "/staff/lending/ship/"),
    "receive": ("borrower", "/staff/borrowing/receive/"),
    "lend": ("borrower", "/staff/borrowing/lend/"),
    "take back": ("borrower", "/staff/borrowing/take-back/"),
    "send home": ("borrower", "/staff/borrowing/send-home/"),
    "check in": ("lender", "/staff/lending/check-in/"),
}


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(MONDAY, tick=False) as clock:
        yield clock


@pytest.fixture
def story(cast: Cast, clock: object) -> Story:
    """Ada has a name that is nobody else's."""
    User.objects.filter(pk=cast.ada.pk).update(
        first_name=NAMES[0], last_name=NAMES[1], email=NAMES[2], username="xz"
    )
    Card.objects.filter(user=cast.ada).update(barcode=NAMES[3])
    cast.ada.refresh_from_db()
    return begin(cast, note="Xantippe Zorobabel, call me")


class Walk:
    """The desks of a loan, each at its own pages; mail leaves after each step."""

    def __init__(self, clock: time_machine.Traveller, story: Story) -> None:
        self.clock, self.story = clock, story
        self.desks = {name: Client() for name in ("lender", "borrower", "ada")}
        for name, client in self.desks.items():
            client.force_login(getattr(story.cast, name))

    def settle(self) -> None:
        """The worker tells what happened, and mail leaves."""
        self.clock.shift(timedelta(minutes=5))
        run.until_idle(timezone.now())
        post.send(timezone.now())
        self.story.look()

    def scan(self, step: str, number: str = WALDEN) -> None:
        who, address = SCANS[step]
        self.desks[who].post(address, {"scan": number, "key": uuid.uuid4().hex})
        self.settle()

    def undo(self, step: str) -> None:
        who, address = SCANS[step]
        page = self.desks[who].get(address).content.decode()
        key = re.search(r'name="undo" value="([^"]+)"', page)
        assert key, step
        self.desks[who].post(address, {"undo": key[1]})
        self.settle()

    def borrow(self) -> None:
        """To and fro: each step is taken back once after its mail has left."""
        for step in ("ship", "receive", "lend"):
            self.scan(step)
            self.undo(step)
            self.scan(step)
        self.scan("lend", NAMES[3])  # her card, where a book is wanted
        due = self.story.loan.due_back
        assert due
        renewal = f"/patron/requests/{self.story.ill.ref}/renew/"
        self.desks["ada"].post(renewal, {"due": due.isoformat()})
        self.settle()

    def bring_home(self) -> None:
        for step in ("take back", "send home", "check in"):
            self.scan(step)
        assert self.story.ill.state == State.CLOSED
        assert sweeps.forget(timezone.now()) == 1
        self.settle()


@pytest.fixture
def walk(clock: time_machine.Traveller, story: Story) -> Walk:
    walk = Walk(clock, story)
    walk.settle()
    return walk


def rows() -> Iterator[tuple[str, str]]:
    """Every row of every table but her own, as text; a session's with what is packed in it."""
    with connection.cursor() as cursor:
        for table in set(connection.introspection.table_names(cursor)) - HERSELF:
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            yield from ((table, repr(row)) for row in cursor.fetchall())
    for session in Session.objects.all():
        yield "what a session holds", json.dumps(session.get_decoded())


def files(folder: Path) -> Iterator[tuple[str, str]]:
    for file in folder.rglob("*"):
        if file.is_file():
            letter = message_from_bytes(file.read_bytes(), policy=default)
            yield file.name, f"{letter} {file.read_bytes()!r}"


def traces(log: str, folder: Path) -> list[tuple[str, str]]:
    """Where something of her stands."""
    places = [*rows(), *files(folder), *(("log", line) for line in log.splitlines())]
    return [(name, place) for place, text in places for name in NAMES if name in text]


def test_after_a_loan_with_every_detour_nothing_tells_who_had_the_book(
    walk: Walk, mail_folder: Path, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.INFO)
    walk.borrow()
    told = Notice.objects.filter(user=walk.story.cast.ada)
    assert {Kind.ON_ITS_WAY, Kind.NOT_YET, Kind.ARRIVED, Kind.LENT, Kind.RENEWED} <= set(
        told.values_list("kind", flat=True)
    )
    letters = [text for _name, text in files(mail_folder) if NAMES[2] in text]
    assert len(letters) == told.count()  # what was taken back has left no letter
    before = dict(traces(caplog.text, mail_folder))
    assert {NAMES[0], NAMES[2]} <= set(before)  # or else we would not see it go
    walk.bring_home()
    assert Request.objects.get().patron is None
    assert traces(caplog.text, mail_folder) == []
    assert not Event.objects.filter(by=walk.story.cast.ada).exists()


@pytest.mark.parametrize(
    ("step", "answer"),
    [
        ("at_recipient", f"550 5.1.1 <{NAMES[2]}>: user unknown"),
        ("at_recipient", f"451 4.2.0 <{NAMES[2]}>: greylisted"),
        ("at_recipient", f"554 5.7.1 <{NAMES[2]}>: Relay access denied"),
        ("at_data", f"554 5.7.1 message for {NAMES[2]} rejected as spam"),
        ("at_sender", "550 who are you"),
        ("at_data", "421 going down"),
    ],
)
def test_nor_does_a_mail_server_that_refuses_her_letters(
    walk: Walk,
    mail_folder: Path,
    settings,
    caplog: pytest.LogCaptureFixture,
    step: str,
    answer: str,
):
    caplog.set_level(logging.INFO)
    mail = next(job for job in TIMETABLE if job.name == "mail")
    with at_work(settings) as server:
        setattr(server, step, lambda said: answer if step == "at_sender" or "xz" in said else WELL)
        Notice.objects.update(mail_due_at=timezone.now(), mailed_at=None)
        Turn.objects.create(name="mail", next_at=timezone.now())
        for _turn in range(3):
            run.run(mail, timezone.now())
            walk.clock.shift(timedelta(minutes=30))
        assert Notice.objects.exclude(mail_trouble="").exists()
        borrowing.cancel(walk.story.ill, Act(walk.story.cast.ada, timezone.now()))
        Request.objects.update(closed_at=timezone.now() - timedelta(days=20))
        assert sweeps.forget(timezone.now()) == 1
        run.until_idle(timezone.now())
    found = {place for _name, place in traces(caplog.text, mail_folder)}
    assert found <= {"notices_deadaddress"}  # her address alone, as in her account
    lines = [line for line in caplog.text.splitlines() if walk.story.ill.ref in line]
    assert not [line for line in lines if "@" in line]


def test_a_letter_that_is_just_leaving_when_it_is_taken_back_is_corrected_and_goes(
    walk: Walk, mail_folder: Path
):
    for step in ("ship", "receive"):
        walk.scan(step)
    arrived = Notice.objects.get(kind=Kind.ARRIVED)
    Notice.objects.filter(pk=arrived.pk).update(mailed_at=None, mail_due_at=timezone.now())
    leaving = post.take(timezone.now())
    assert leaving == arrived
    assert post.begin(leaving, timezone.now())  # the server has it in hand
    loans.undo_receive(walk.story.loan, Act(walk.story.cast.borrower, timezone.now()))
    run.until_idle(timezone.now())
    folder.keep(post.letter(leaving).message())
    post.mark(leaving, timezone.now())
    assert not any("Ready for pickup" in text for _name, text in files(mail_folder))
    assert Notice.objects.filter(kind=Kind.NOT_YET).exists()
