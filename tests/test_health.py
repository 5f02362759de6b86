"""What machines hear when they ask: the truth, also on a bad day."""

import logging
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from io import StringIO

import pytest
from django.db import DatabaseError, Error, InterfaceError, connection
from django.utils import timezone

from postroad.catalogue import search
from postroad.catalogue.models import Unindexed
from postroad.directory import closures
from postroad.directory.models import Happening
from postroad.ill.lifecycle import State
from postroad.ill.models import Request
from postroad.web.shared import trace
from postroad.worker import pulse
from postroad.worker.models import Turn
from postroad.worker.timetable import TIMETABLE
from tests.ill.story import begin

HERE = {"Host": "127.0.0.1:8000"}


@pytest.fixture
def working(db, monkeypatch):
    """A machine that has all it needs; its clocks ring."""
    monkeypatch.setattr(search, "is_ready", lambda: True)
    monkeypatch.setattr(search, "agrees", lambda: True)
    now = timezone.now()
    Turn.objects.bulk_create(Turn(name=job.name, next_at=now, ran_at=now) for job in TIMETABLE)
    return Turn.objects.get(name="clocks")


def test_a_process_that_lives_says_so_without_asking_anybody(client):
    assert client.get("/healthz").json() == {"process": "ok"}


def test_a_machine_that_has_all_it_needs_is_ready(client, working):
    answer = client.get("/readyz")
    assert answer.status_code == 200
    lanes = dict.fromkeys(("house", "post", "net", "index", "night"), "ok")
    assert answer.json() == {"database": "ok", "index": "ok", "worker": "ok", "lanes": lanes}
    assert "no-store" in answer.headers["Cache-Control"]


def test_a_silent_worker_is_noticed(client, working, caplog):
    working.ran_at -= pulse.SILENCE + timedelta(seconds=1)
    working.save()
    with caplog.at_level(logging.WARNING):
        answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["worker"] == "silent"
    assert "silent" in caplog.text


def test_the_lane_that_is_silent_is_named(client, working):
    Turn.objects.filter(name="mail").update(ran_at=working.ran_at - timedelta(minutes=4))
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert (answer.json()["lanes"]["post"], answer.json()["lanes"]["house"]) == ("silent", "ok")


@pytest.mark.parametrize("ahead", [timedelta(minutes=1), timedelta(hours=1), timedelta(days=365)])
@pytest.mark.parametrize("column", ["ran_at", "next_at"])
def test_a_job_whose_times_are_still_to_come_has_not_run(client, working, column, ahead):
    Turn.objects.filter(pk=working.pk).update(**{column: timezone.now() + ahead})
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["worker"]) == (503, "silent")


def test_a_job_that_takes_its_time_is_not_dead(client, working):
    began = timezone.now() - timedelta(minutes=20)
    index = Turn.objects.filter(name="search index")
    index.update(began_at=began, ran_at=began - timedelta(seconds=5), next_at=began)
    assert client.get("/readyz").status_code == 200
    index.update(began_at=began - timedelta(hours=1))
    index.update(ran_at=began - timedelta(hours=2))
    assert client.get("/readyz").json()["lanes"]["index"] == "silent"


def test_a_machine_on_which_no_worker_ever_ran_is_not_ready(client, working):
    Turn.objects.all().delete()
    assert client.get("/readyz").json()["worker"] == "never seen"


def test_a_missing_index_is_noticed(client, working, monkeypatch):
    monkeypatch.setattr(search, "is_ready", lambda: False)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["index"]) == (503, "none yet")


@pytest.mark.parametrize("error", [DatabaseError, InterfaceError])
@pytest.mark.parametrize("has_index", [False, True])
def test_a_database_that_is_away_is_told_and_not_fallen_over(
    client, db, monkeypatch, has_index, error: type[Error]
):
    def away(*_: object) -> None:
        raise error("the server closed the connection")

    monkeypatch.setattr(search, "is_ready", lambda: has_index)
    with connection.execute_wrapper(away):
        answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json() == {
        "database": "no answer",
        "index": "unknown" if has_index else "none yet",
        "worker": "unknown",
    }
    assert answer.json()["worker"] == "unknown"


def test_the_figures_count_what_waits(client, working):
    text = client.get("/metrics", headers=HERE).content.decode()
    assert "postroad_database_up 1.0" in text
    assert "postroad_events_due 0.0" in text
    assert "postroad_worker_silence_seconds" in text
    assert 'postroad_job_failures{job="mail",lane="post"} 0.0' in text


@pytest.mark.parametrize("error", [DatabaseError, InterfaceError])
def test_the_figures_without_a_database_are_what_the_process_counts_by_itself(
    client, db, error: type[Error]
):
    statements = 0

    def lost_halfway(run: Callable[..., object], *ask: object) -> object:
        nonlocal statements
        statements += 1
        if statements > 1:
            raise error("the server closed the connection")
        return run(*ask)

    with connection.execute_wrapper(lost_halfway):
        answer = client.get("/metrics", headers=HERE)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/plain")
    text = answer.content.decode()
    assert "postroad_database_up 0.0" in text
    assert "postroad_events_due" not in text  # no half of it
    assert "python_info" in text


def test_the_figures_count_the_events_of_every_room(client, working, cast):
    begin(cast)
    day = timezone.localdate()
    for _closure in range(3):
        closures.close(libraries=[cast.lee], first_day=day, source="library")
    text = client.get("/metrics", headers=HERE).content.decode()
    assert "postroad_events_due 4.0" in text
    Happening.objects.update(due_at=None, gave_up_at=timezone.now())
    text = client.get("/metrics", headers=HERE).content.decode()
    assert "postroad_events_due 1.0" in text
    assert "postroad_events_given_up 3.0" in text


def test_the_figures_count_only_what_is_open(client, working, cast, django_assert_max_num_queries):
    begin(cast).at(State.CLOSED)
    with django_assert_max_num_queries(9):
        text = client.get("/metrics", headers=HERE).content.decode()
    assert 'postroad_requests{state="closed"}' not in text
    Request.objects.update(
        state=State.ASKED,
        outcome="",
        closed_at=None,
        due_at=timezone.now(),
        turn_until=timezone.now(),
    )
    text = client.get("/metrics", headers=HERE).content.decode()
    assert 'postroad_requests{state="asked"} 1.0' in text


@pytest.mark.parametrize(
    "from_elsewhere",
    [
        {"REMOTE_ADDR": "192.0.2.7"},
        {"headers": {"X-Forwarded-For": "192.0.2.7"}},
        {"headers": {"X-Real-IP": "192.0.2.7"}},
        {"headers": {"Host": "ill.example.org"}},
    ],
    ids=["directly", "through a proxy here", "through another", "through one that says the name"],
)
def test_the_figures_are_for_this_machine_or_for_who_has_the_token(
    client, working, settings, from_elsewhere
):
    settings.ALLOWED_HOSTS = ["127.0.0.1", "ill.example.org"]
    headers = {**HERE, **from_elsewhere.get("headers", {})}
    asked = {**from_elsewhere, "headers": headers}
    assert client.get("/metrics", headers=HERE).status_code == 200
    assert client.get("/metrics", **asked).status_code == 403
    settings.METRICS_TOKEN = "a token"
    headers["Authorization"] = "Bearer a token"
    assert client.get("/metrics", **asked).status_code == 200
    headers["Authorization"] = "Bearer another"
    assert client.get("/metrics", **asked).status_code == 403
    assert client.get("/metrics", headers=HERE).status_code == 403  # where there is one, it counts


def test_behind_a_public_address_the_figures_need_the_token(client, working, settings):
    """A proxy as it comes calls us 127.0.0.1 and does not say whose visit it passes on."""
    settings.SITE_URL = "https://ill.example.org"
    assert client.get("/metrics", headers=HERE).status_code == 403


def test_nothing_is_changed_by_asking(client, working):
    assert client.post("/healthz").status_code == 405


def test_a_visit_has_one_number_in_its_answer_and_in_the_log(client, db, caplog):
    with caplog.at_level(logging.INFO, logger="postroad.visits"):
        answer = client.get("/healthx/?words=private", headers={"X-Request-ID": "visit-17"})
    assert answer.headers["X-Request-ID"] == "visit-17"
    assert "GET /healthx/: 404" in caplog.text
    assert "private" not in caplog.text


def test_a_number_that_could_forge_a_line_of_the_log_is_not_taken(client):
    answer = client.get("/healthz", headers={"X-Request-ID": "1\n2026 INFO all is well"})
    assert answer.headers["X-Request-ID"].isalnum()


def test_a_path_cannot_break_the_log_into_lines(client, db, caplog):
    with caplog.at_level(logging.INFO, logger="postroad.visits"):
        client.get("/guides/%0AINFO all is well")
    [line] = [each.getMessage() for each in caplog.records if each.name == "postroad.visits"]
    assert "\n" not in line


@pytest.fixture
def log() -> Iterator[StringIO]:
    """What the operator reads: the handler of the settings, with what it leaves out and adds."""
    kept = [each for each in logging.getLogger().handlers if any(map(is_ours, each.filters))]
    [handler] = [each for each in kept if isinstance(each, logging.StreamHandler)]
    lines = StringIO()
    before = handler.setStream(lines)
    yield lines
    handler.setStream(before)


def is_ours(each: object) -> bool:
    return isinstance(each, trace.Visit)


@pytest.mark.parametrize(
    ("sent", "headers", "said"),
    [
        ({str(n): "" for n in range(1_500)}, {}, "POST /accounts/login/: The number of GET/POST"),
        ({"note": "x" * 3_000_000}, {}, "POST /accounts/login/: Request body exceeded"),
        ({}, {"Host": "elsewhere.test"}, "POST /accounts/login/: Invalid HTTP_HOST header"),
    ],
)
def test_what_a_visitor_may_not_send_is_one_line_in_the_log(client, db, log, sent, headers, said):
    client.raise_request_exception = False
    headers = {"X-Request-ID": "visit-17", **headers}
    assert client.post("/accounts/login/", sent, headers=headers).status_code in (400, 413)
    [line] = [each for each in log.getvalue().splitlines() if "postroad.visits" not in each]
    assert f"[visit-17] {said}" in line


def behind(client, by: str) -> float:
    text = client.get("/metrics", headers=HERE).content.decode()
    found = re.search(rf'postroad_index_behind_seconds\{{by="{by}"\}} ([0-9.]+)', text)
    assert found
    return float(found[1])


def test_the_figures_say_how_long_the_index_is_behind(client, working, cast):
    Unindexed.objects.all().delete()
    assert behind(client, "files") == behind(client, "people") == 0
    Unindexed.objects.note([1], loaded=True)
    Unindexed.objects.update(at=timezone.now() - timedelta(hours=1))
    assert 3600 <= behind(client, "files") < 7200
    assert behind(client, "people") == 0
