"""Whatever people and time do with a copy, in any order: each part tells the same story, it counts
once where it was delivered, and nobody can open what was taken back."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from django.db import transaction
from django.test import override_settings
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from postroad.directory.models import Policy
from postroad.documents import checks
from postroad.documents.checks import Ready, Upload
from postroad.documents.models import Copy, Use
from postroad.errors import Refusal
from postroad.ill import (
    borrowing,
    document_delivery,
    lending,
    mediation,
    service,
    sweeps,
    undo,
)
from postroad.ill.acts import Act
from postroad.ill.lifecycle import Fault, Later, Outcome, Owner, Reason, State
from postroad.ill.models import Event, Tally
from tests.cast import Cast
from tests.documents import files
from tests.ill.copy_story import begin, shelve
from tests.ill.story import Story, assert_whole

pytestmark = [pytest.mark.django_db, pytest.mark.rule]
HERE = "https://journals.example.org/birds"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A home of its own. Files are good here: what is wrong with others has its own tests, each
    with a process that looks."""

    @contextmanager
    def ready(upload: Upload) -> Iterator[Ready]:
        whole = b"".join(upload.pieces)
        path = tmp_path / "ready.pdf"
        path.write_bytes(whole)
        yield Ready(path, upload.name, "pdf", 1, len(whole), sha256(whole).hexdigest())

    monkeypatch.setattr(checks, "ready", ready)
    with override_settings(HOME=tmp_path):
        yield tmp_path


def lends(story: Story) -> Act:
    return Act(story.cast.lender, story.now, role=Owner.LENDING)


def reads(story: Story) -> Act:
    return Act(story.cast.ada, story.now)


def desk(story: Story) -> Act:
    return Act(story.cast.borrower, story.now)


def take_back(story: Story) -> None:
    last = undo.last_step(story.ill.events.all())
    if last is not None:
        undo.undo(last.event, desk(story))


def extend(story: Story) -> None:
    if copy := document_delivery.newest(story.supply):
        document_delivery.extend(copy, story.ill, story.now)


def wait(story: Story) -> None:
    story.now += timedelta(days=20)
    sweeps.ring(story.now)


STEPS: dict[str, Callable[[Story], object]] = {
    "link": lambda s: document_delivery.deliver_link(s.supply, lends(s), HERE),
    "file": lambda s: document_delivery.deliver(s.supply, lends(s), files.upload(files.article(1))),
    "again": lambda s: document_delivery.deliver_again(
        s.supply, lends(s), files.upload(files.article(2))
    ),
    "bad": lambda s: document_delivery.reject(s.supply, reads(s), Fault.ILLEGIBLE),
    "undo": take_back,
    "yes": lambda s: lending.promise(s.supply, lends(s)),
    "no": lambda s: lending.refuse(s.supply, lends(s), reason=Reason.NOT_ON_SHELF),
    "later": lambda s: lending.retry(
        s.supply, lends(s), reason=Later.BUSY, on=(s.now + timedelta(days=7)).date()
    ),
    "cancel": lambda s: borrowing.cancel(s.ill, reads(s)),
    "loan": lambda s: service.to_loan(s.ill, desk(s)),
    "anew": lambda s: mediation.refer_again(s.ill, Act(s.cast.centre, s.now, role=Owner.CENTRE)),
    "longer": extend,
    "wait": wait,
}


def go(story: Story, name: str) -> None:
    story.now += timedelta(minutes=1)
    story.look()
    with suppress(Refusal):
        STEPS[name](story)
    story.listen()
    for event in Event.objects.filter(request=story.ill):
        document_delivery.clear(event, story.now)
    look(story)


def look(story: Story) -> None:
    ill = assert_whole(story.ill)
    stands = [supply.use for supply in ill.supplies.all() if supply.use is not None]
    assert sorted(stands) == sorted(Use.objects.values_list("pk", flat=True))
    filled = ill.state == State.DELIVERED or ill.outcome == Outcome.DELIVERED
    rejected = ill.state == State.REFERRED and bool(stands)
    assert len(stands) == (filled or rejected)
    counted = sum(Tally.objects.values_list("copies_had", flat=True))
    assert counted == sum(Tally.objects.values_list("copies_sent", flat=True)) == len(stands)
    opens = Copy.objects.open(story.now)
    assert not opens.exists() or stands
    assert opens.count() <= 1


FEW = settings(deadline=None, max_examples=15, suppress_health_check=list(HealthCheck))
MANY = settings(FEW, max_examples=500)


@pytest.mark.parametrize("hard", [FEW, pytest.param(MANY, marks=pytest.mark.nightly)])
def test_whatever_happens_to_a_copy_the_house_stays_in_order(cast: Cast, hard: settings) -> None:
    @hard
    @given(st.lists(st.sampled_from(sorted(STEPS)), min_size=4, max_size=14))
    def walks(steps: list[str]) -> None:
        walk(cast, steps)

    walks()


def walk(cast: Cast, steps: list[str]) -> None:
    with transaction.atomic():
        Policy.objects.filter(library=cast.pittsfield).update(supplies_documents=True)
        story = begin(cast, shelve(cast.lenox, "v.1(1976)-v.20(1995)"))
        for name in steps:
            go(story, name)
        transaction.set_rollback(True)
