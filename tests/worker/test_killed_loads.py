"""The worker is killed at random while a file is loaded. It goes on where it was, and the end is as
if nothing had been."""

import random
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from postroad.catalogue import incoming, loading, loads
from postroad.catalogue.load_models import Load, LoadPart, LoadState
from postroad.catalogue.models import Contribution, Item
from postroad.directory.models import Library
from tests.cast import gather
from tests.catalogue.records import file_of, item, record
from tests.worker.test_kill import environment

HERE = Path(__file__)


def books(count: int, first: int = 1) -> bytes:
    made = (
        record(
            f"b{at}",
            item(f"3{at:06}"),
            *([item(f"4{at:06}")] if at % 3 == 0 else []),
            title="" if at % 50 == 7 else f"Book {at}",
            author=f"Author {at % 40}",
        )
        for at in range(first, first + count)
    )
    return file_of(*made).getvalue()


def send(library: Library, sent: bytes) -> Load:
    load = incoming.receive([sent], "b.mrc", library, "full", by=None, at=timezone.now())
    loads.queue(load, timezone.now())
    return load


def die_in_mid_load(home: Path, dice: random.Random) -> None:
    """A process of its own that is killed behind a few steps."""
    process = subprocess.Popen(
        [sys.executable, str(HERE.with_name("loader.py"))],
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


def told(load: Load) -> dict[str, Any]:
    load.refresh_from_db()
    assert load.state == LoadState.DONE, load.reason
    counts = {**load.counts, **load.counts["written"]}
    counts["all"] = counts.pop("new") + counts.pop("joined")  # who came first
    for each in ("library", "guessed", "seconds", "written"):
        counts.pop(each)
    return counts


def of(library: Library) -> list[Any]:
    mine = Contribution.objects.filter(library=library)
    return [
        sorted(mine.values_list("control_number", "state", "digest")),
        sorted(
            Item.objects.filter(library=library).values_list("barcode", "control_number", "status")
        ),
    ]


@pytest.mark.parametrize(
    ("count", "deaths"),
    [(80, 1), pytest.param(1500, 12, marks=pytest.mark.nightly)],
    ids=["now", "nightly"],
)
@pytest.mark.django_db(transaction=True)
def test_a_load_goes_on_behind_the_step_at_which_its_worker_was_killed(
    settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, count: int, deaths: int
):
    settings.HOME = tmp_path
    cast, dice = gather(), random.Random(count)
    monkeypatch.setattr(loading, "BATCH", 10)
    for library in (cast.lee, cast.lenox):
        send(library, books(count))
    while loads.work_off(timezone.now()):
        pass
    again = books(count - count // 40 - 1, first=count // 40 + 1)  # a few are gone
    unkilled = send(cast.lenox, again)
    while loads.work_off(timezone.now()):
        pass
    killed, positions = send(cast.lee, again), list[int]()
    for _ in range(deaths):
        die_in_mid_load(tmp_path, dice)
        killed.refresh_from_db()
        positions.append(killed.position)
    assert positions == sorted(positions)
    assert 0 < positions[0] < count
    Load.objects.filter(pk=killed.pk).update(beat_at=None)
    while loads.work_off(timezone.now()):
        pass
    assert told(killed) == told(unkilled)
    assert of(cast.lee) == of(cast.lenox)
    assert killed.troubles.count() == unkilled.troubles.count()
    assert not LoadPart.objects.exists()
    assert not incoming.place(killed).exists()
