"""The worker is killed at random while loans go out. Nothing is lost and nothing acts twice."""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone

from postroad.accounts.models import Card, User
from postroad.catalogue.models import Item, ItemStatus
from postroad.ill import asking
from postroad.ill.acts import Act
from postroad.ill.lifecycle import ROWS, State, Verb
from postroad.ill.models import Event, Request, Supply, Tally
from postroad.notices.models import Notice
from postroad.worker.listeners import LISTENERS, name
from tests.cast import gather
from tests.ill.story import copy, title
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


class Victim:
    """A worker that is killed without a warning and started again."""

    def __init__(self, home: Path) -> None:
        self.home, self.deaths = home, 0
        self.process = self.start()

    def start(self) -> subprocess.Popen[bytes]:
        environment = {
            **os.environ,
            "DATABASE_URL": address(),
            "POSTROAD_HOME": str(self.home),
            "DJANGO_SETTINGS_MODULE": "postroad.settings",
            "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
        }
        return subprocess.Popen(
            [sys.executable, str(HERE.with_name("killed.py")), str(self.deaths)],
            env=environment,
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
