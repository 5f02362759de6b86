"""The worker is killed at random while loans go out. Nothing is lost and nothing acts twice."""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone

from postroad.accounts.models import Card, User
from postroad.catalogue.models import Item, ItemStatus
from postroad.ill import asking
from postroad.ill.acts import Act
from postroad.ill.lifecycle import ROWS, LoanState, State, Verb
from postroad.ill.lifecycle.questions import Answer
from postroad.ill.models import Charge, Event, Loan, Question, Request, Supply, Tally
from postroad.notices.models import Notice
from postroad.worker import run
from postroad.worker.listeners import LISTENERS, name
from tests.cast import gather
from tests.ill.order import (
    each_copy_is_in_one_place,
    history_leads_here,
    only_what_makes_sense_is_asked,
)
from tests.ill.story import assert_whole, copy, title
from tests.worker import clerks

FEW, MANY = (40, 3), (200, 10)  # loans, and deaths meanwhile
HERE = Path(__file__)
ROOT = HERE.parents[2]
WHOLE = "ask approve refer ship receive check_out return ship_return check_in".split()


def address() -> str:
    """The database of this test, as another process finds it."""
    facts = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{facts['NAME']}"
    host = str(facts["HOST"]).replace("/", "%2F")
    port = f":{facts['PORT']}" if facts["PORT"] else ""
    return f"postgres://{facts['USER']}:{facts['PASSWORD']}@{host}{port}/{facts['NAME']}"


def environment(home: Path) -> dict[str, str]:
    """In which another process works with this test's database, and with this home."""
    return {
        **os.environ,
        "DATABASE_URL": address(),
        "POSTROAD_HOME": str(home),
        "DJANGO_SETTINGS_MODULE": "postroad.settings",
        "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
    }


class Victim:
    """A worker that is killed without a warning and started again."""

    def __init__(self, home: Path, script: str = "killed.py") -> None:
        self.home, self.script, self.deaths = home, script, 0
        self.process = self.start()

    def start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, str(HERE.with_name(self.script)), str(self.deaths)],
            env=environment(self.home),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )

    def wait_until_it_works(self) -> None:
        assert self.process.stdout is not None
        assert self.process.stdout.readline().startswith(b"working")

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        assert self.process.stdout is not None
        self.process.stdout.close()
        self.deaths += 1


def everybody_asks(loans: int) -> list[Request]:
    cast = gather()
    hurried = User.objects.bulk_create(
        User(username=f"reader-{number}", email=f"reader-{number}@example.org")
        for number in range(loans)
    )
    Card.objects.bulk_create(
        Card(user=user, library=cast.lee, barcode=f"card-{user.pk}") for user in hurried
    )
    asked = []
    for number, user in enumerate(hurried):
        record = title(f"Title {number}")
        copy(record, (cast.lenox, cast.pittsfield)[number % 2], f"b{number}")
        asked.append(asking.ask(record, Act(user, timezone.now()), patron=user, library=cast.lee))
    return asked


@pytest.mark.first
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("loans", "deaths"), [FEW, pytest.param(*MANY, marks=pytest.mark.nightly)])
def test_a_worker_that_is_killed_again_and_again_loses_nothing_and_does_nothing_twice(
    tmp_path, loans, deaths
):
    chance = random.Random(1673)
    everybody_asks(loans)
    victim = Victim(tmp_path)
    end = time.monotonic() + 300
    open_at_death: list[int] = []
    seen: set[int] = set()
    try:
        while Request.objects.open().exists() or Event.objects.untold().exists():
            assert time.monotonic() < end, "the loans do not end"
            if victim.deaths not in seen:
                victim.wait_until_it_works()
                seen.add(victim.deaths)
            lives = chance.uniform(0.05, 2.5) if victim.deaths < deaths else 5
            dies_at = time.monotonic() + lives
            while time.monotonic() < dies_at:
                clerks.work()
                time.sleep(0.02)
            if victim.deaths < deaths:
                victim.kill()
                victim.process = victim.start()
                open_at_death.append(Request.objects.open().count())
    finally:
        victim.kill()
    assert sum(map(bool, open_at_death)) >= deaths // 2, "it died when all was done"
    check_that_all_is_as_if_nobody_had_died(loans)


def check_that_all_is_as_if_nobody_had_died(loans: int) -> None:
    stories: dict[int, list[str]] = {}
    for event in Event.objects.order_by("pk"):
        stories.setdefault(event.request_id, []).append(event.verb)
        heard = ROWS[Verb(event.verb)].heard
        assert set(event.told) == ({name(each) for each in LISTENERS[Event]} if heard else set())
        assert event.trouble == ""
    without_the_last_rite = [
        [verb for verb in verbs if verb != "forget"] for verbs in stories.values()
    ]
    assert without_the_last_rite == [WHOLE] * loans
    assert all(verbs.count("forget") <= 1 for verbs in stories.values())
    assert Counter(Request.objects.values_list("state", flat=True)) == {State.CLOSED: loans}
    assert Supply.objects.count() == loans
    assert not Item.objects.exclude(status=ItemStatus.IN).exists()
    assert sum(tally.lent for tally in Tally.objects.all()) == loans
    assert sum(tally.borrowed for tally in Tally.objects.all()) == loans
    told = Counter(Notice.objects.values_list("source", "source_key", "kind", "user", "library"))
    assert set(told.values()) <= {1}


@pytest.mark.nightly
@pytest.mark.django_db(transaction=True)
def test_who_is_killed_while_asking_answering_and_charging_leaves_nothing_half_done(tmp_path):
    chance = random.Random(1673)
    everybody_asks(20)
    while Loan.objects.filter(state=LoanState.LENT).count() < 20:
        run.until_idle(timezone.now())
        clerks.lend_out(timezone.now())
        clerks.bring_to_their_readers(timezone.now())
    victims = [Victim(tmp_path), *(Victim(tmp_path, "talkers.py") for _desk in range(2))]
    try:
        for _death in range(15):
            for victim in victims:
                victim.wait_until_it_works()
            time.sleep(chance.uniform(0.2, 2))
            for victim in victims:
                victim.kill()
                victim.process = victim.start()
    finally:
        for victim in victims:
            victim.kill()
    run.until_idle(timezone.now() + timedelta(minutes=5))
    assert not Event.objects.untold().exists()
    check_that_nothing_is_half_said()


def check_that_nothing_is_half_said() -> None:
    events, asked = list(Event.objects.order_by("pk")), list(Question.objects.all())
    things = list(Loan.objects.all())
    for ill in Request.objects.all():
        assert_whole(ill)
        story = [event for event in events if event.request_id == ill.pk]
        out = [loan for loan in things if loan.request_id == ill.pk]
        mine = [question for question in asked if question.request_id == ill.pk]
        history_leads_here(ill, list(ill.supplies.all()), out, story)
        only_what_makes_sense_is_asked(ill, out, mine)
    each_copy_is_in_one_place(things)
    verbs = Counter(event.verb for event in events)
    answers = Counter(question.answer for question in asked if question.answer)
    assert verbs[Verb.ASK_QUESTION] == len(asked)
    assert verbs[Verb.ANSWER] == sum(
        count for word, count in answers.items() if word in list(Answer)
    )
    assert verbs[Verb.ANSWER] > 20, "nothing was said"
    assert verbs[Verb.CHARGE] == Charge.objects.count() > 0
    assert verbs[Verb.WRITE_OFF] == answers[Answer.WRITE_OFF]
    told = Counter(Notice.objects.values_list("source", "source_key", "kind", "user", "library"))
    assert set(told.values()) <= {1}
