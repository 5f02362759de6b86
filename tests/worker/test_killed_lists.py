"""The worker is killed at random while a title list is read. It goes on where it was, and the end
is as if nothing had been."""

import random
import signal
import subprocess
import sys
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
from django.utils import timezone

from postroad.econtent import reading, staging, taking
from postroad.econtent.models import FileState, ListFile, Title
from tests.econtent.lists import line, listed, send, shown, titles
from tests.worker.test_kill import environment

HERE = Path(__file__)


def die_in_mid_list(home: Path, dice: random.Random) -> None:
    """A process of its own that is killed behind a few steps."""
    process = subprocess.Popen(
        [sys.executable, str(HERE.with_name("lister.py"))],
        env=environment(home),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert process.stdout is not None
    assert process.stdout.readline().startswith(b"working")
    for _ in range(dice.randrange(1, 4)):
        process.stdout.readline()
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()


@pytest.mark.parametrize(
    ("count", "deaths"),
    [(120, 1), pytest.param(1500, 12, marks=pytest.mark.nightly)],
    ids=["now", "nightly"],
)
@pytest.mark.django_db(transaction=True)
def test_a_list_goes_on_behind_the_step_at_which_its_worker_was_killed(
    settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, count: int, deaths: int
) -> None:
    settings.HOME = tmp_path
    monkeypatch.setattr(staging, "A_BATCH", 10)
    before = shown(titles(*(f"T{at}" for at in range(count))))
    taking.take_effect(before, by=None, now=timezone.now())
    some = range(count // 2, count + count // 2)
    bad = {at: "X" if at % 9 == 0 else "P" for at in some}
    content = listed(*(line(f"T{at}", access_type=access) for at, access in bad.items()))
    file = send(content)
    dice = random.Random(count)  # the same deaths each time
    for _ in range(deaths):
        die_in_mid_list(tmp_path, dice)
    killed_at = ListFile.objects.get(pk=file.pk)
    assert killed_at.state in reading.IN_LINE, "it was done before it was killed"
    reading.go_on(killed_at, monotonic() + 600)
    there = ListFile.objects.get(pk=file.pk)
    good = {f"T{at}" for at, access in bad.items() if access == "P"}
    old = {f"T{at}" for at in range(count)}
    assert there.state == FileState.SHOWN
    assert (there.added, there.kept, there.removed, there.bad) == (
        len(good - old),
        len(good & old),
        len(old - good),
        len(bad) - len(good),
    )
    taking.take_effect(there, by=None, now=timezone.now(), good_only=True)
    assert sorted(title.title for title in Title.objects.live()) == sorted(good)
