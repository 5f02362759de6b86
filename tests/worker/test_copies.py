"""What the worker removes of copies by itself, by its own timetable."""

from datetime import UTC, datetime, timedelta

import pytest

from postroad.documents import storage
from postroad.documents.models import Copy, Use
from postroad.notices.models import Kind, Notice
from postroad.worker.timetable import TIMETABLE, Job, Lane
from tests.cast import Cast
from tests.documents.stored import a_copy
from tests.ill.story import MONDAY
from tests.web.counted import had

JOBS = {job.name: job for job in TIMETABLE}
OFTEN = {
    "old copies": timedelta(minutes=10),
    "files of copies": timedelta(days=1),
    "old codes of copies": timedelta(minutes=10),
    "old uses": timedelta(hours=1),
}


@pytest.mark.parametrize("name", sorted(OFTEN))
def test_it_runs_as_often_as_the_how_to_says_and_keeps_no_other_waiting(name: str) -> None:
    job: Job = JOBS[name]
    assert (job.every, job.lane) == (OFTEN[name], Lane.NIGHT)


def test_a_copy_is_gone_on_its_day_from_the_folder_too(cast: Cast) -> None:
    copy = a_copy(cast.lenox)
    name, last = copy.stored_as, copy.expires_at
    JOBS["old copies"].act(last - timedelta(seconds=1))
    assert storage.is_there(name)
    JOBS["old copies"].act(last)
    assert not storage.is_there(name)
    assert not Copy.objects.here().exists()


def test_the_folder_and_the_rows_are_compared_and_the_operators_are_told(cast: Cast) -> None:
    copy = a_copy(cast.lenox)
    storage.remove(copy.stored_as)
    for _ in range(2):
        JOBS["files of copies"].act(MONDAY + timedelta(hours=1))
    assert Notice.objects.filter(kind=Kind.COPIES_MISSING).count() == 1


def test_a_counted_copy_is_kept_for_three_complete_years_and_no_longer(cast: Cast) -> None:
    had(cast.lee, 2)
    midnight = datetime(2030, 1, 1, 5, tzinfo=UTC)  # in Lee
    JOBS["old uses"].act(midnight - timedelta(seconds=1))
    assert Use.objects.count() == 2
    JOBS["old uses"].act(midnight)
    assert not Use.objects.exists()
