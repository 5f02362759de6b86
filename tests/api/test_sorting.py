"""The doors for programs: keys, the sorter's question, holds that a library tells."""

import json
from datetime import UTC, datetime

import pytest
import time_machine
from django.core.cache import caches
from django.test import Client
from django.utils import timezone

from postroad.accounts import keys
from postroad.accounts.models import ProgramKey
from postroad.api import gates
from postroad.ill.lifecycle import State
from postroad.ill.models import ToldHold
from tests.ill.story import begin, copy, title

pytestmark = pytest.mark.django_db
BARCODE = "30610000000018"
MAY = ProgramKey.May


def program(may=MAY.SORT, library=None):
    _key, shown = keys.make("Belt 1", may, library=library, by="Dora", now=timezone.now())
    return Client(headers={"Authorization": f"Bearer {shown}"})


@pytest.fixture
def sorter(cast):
    caches["process"].clear()
    return program()


@pytest.fixture
def item(cast):
    return copy(title("Emma"), cast.lenox, BARCODE)


def test_a_loan_without_a_slip_is_told_its_stop_route_and_reason(cast, sorter):
    story = begin(cast).at(State.SHIPPED)
    said = sorter.get(f"/api/sort/{story.loan.barcode}")
    assert said.status_code == 200
    told = said.json()
    assert told["why"] == "It is lent to Lee Library, Lee by a request."
    assert told["to"] == {"code": "lee", "name": "Lee Library", "town": "Lee"}
    assert (told["do"], told["reason"], told["route"], told["place"]) == (
        *("sort", "loan"),
        *("WEST 2", 1),
    )
    assert told["sign"] == {"letter": "", "line": "Lee"}


def test_an_answer_says_nothing_of_a_reader_or_a_title(cast, sorter):
    story = begin(cast).at(State.SHIPPED)
    said = sorter.get(f"/api/sort/{story.loan.barcode}").content.decode()
    for secret in (str(cast.ada), cast.ada.username, story.record.title, story.ill.ref):
        assert secret not in said


def test_one_answer_takes_four_statements(sorter, item, django_assert_num_queries):
    sorter.get(f"/api/sort/{BARCODE}")
    with django_assert_num_queries(4):
        sorter.get(f"/api/sort/{BARCODE}?library=lenox")


def test_what_nobody_knows_is_an_answer_and_no_missing_page(sorter):
    said = sorter.get("/api/sort/1")
    assert (said.status_code, said.json()["reason"], said.json()["do"]) == (200, "unknown", "aside")


@pytest.mark.parametrize(
    ("text", "status"),
    [
        *(("9" * 100, 200), ("9" * 1500, 200), ("9" * 10_000, 414), ("A1%00B", 400)),
        *(("%D0%BA%D0%BD", 200), ("%ff%fe", 200), ("a/b/c", 200), ("..%2f..%2fetc", 200)),
    ],
)
def test_hostile_input_has_its_answer(sorter, text, status):
    assert sorter.get(f"/api/sort/{text}").status_code == status


def test_without_a_key_nothing_is_said(cast, item):
    signed_in = Client()
    signed_in.force_login(cast.delivery)
    for client in (Client(), signed_in, Client(headers={"Authorization": "Bearer " + "x" * 9999})):
        said = client.get(f"/api/sort/{BARCODE}")
        assert (said.status_code, said.json()["code"]) == (401, "program-key-missing")
        assert said.headers["WWW-Authenticate"] == "Bearer"
        assert said.headers["Content-Type"] == "application/problem+json"


def test_a_key_that_was_withdrawn_lets_nobody_in_until_it_is_given_back(cast, item):
    client = program()
    key = ProgramKey.objects.get()
    assert client.get("/api/sort/1").status_code == 200
    keys.withdraw(key.pk, by="Dora", now=timezone.now())
    assert client.get("/api/sort/1").status_code == 401
    with pytest.raises(keys.KeyOver):
        keys.withdraw(key.pk, by="Dora", now=timezone.now())
    keys.give_back(key.pk)
    assert client.get("/api/sort/1").status_code == 200


def test_only_the_digest_of_a_key_is_kept(cast):
    key, shown = keys.make("Belt", MAY.SORT, library=None, by="Dora", now=timezone.now())
    assert shown not in str(ProgramKey.objects.values_list())
    assert keys.of(shown) == key


def test_a_librarys_key_asks_nothing_and_a_sorters_tells_nothing(cast, sorter):
    library = program(MAY.HOLDS, cast.lenox)
    assert library.get("/api/sort/1").status_code == 403
    assert sorter.post("/api/holds/", "barcode", content_type="text/csv").status_code == 403


def test_who_asks_without_end_is_told_to_wait(sorter):
    with time_machine.travel(datetime(2026, 11, 30, 15, tzinfo=UTC), tick=False) as clock:
        key = ProgramKey.objects.get()
        for _ in range(gates.MOST - 1):
            gates.count(key)
        said = [sorter.get("/api/sort/1") for _ in range(2)]
        assert [each.status_code for each in said] == [200, 429]
        assert said[-1].headers["Retry-After"] == "60"
        clock.shift(60)
        assert sorter.get("/api/sort/1").status_code == 200


def test_a_list_is_answered_line_by_line(sorter, item):
    rows = f"Barcode,Library\n{BARCODE},\n1,\n{BARCODE},nowhere\n{'9' * 99},\n,lee\n"
    said = sorter.post("/api/sort/", rows, content_type="text/csv").json()
    assert [(each["line"], each["reason"]) for each in said["answers"]] == [
        *((2, "owner"), (3, "unknown"), (4, "no-library")),
        *((5, "unreadable"), (6, "unreadable")),
    ]
    assert said["wrong"] == [4, 5, 6]


@pytest.mark.parametrize("sent", [b"", b"\0\0", b"%PDF-1.4", b"no,such\n1,2\n", b"\xff\xfe"])
def test_a_list_that_cannot_be_read_is_refused_in_words(sorter, sent):
    said = sorter.post("/api/sort/", sent, content_type="text/csv")
    assert said.status_code == 422
    assert said.json()["detail"]


def test_a_library_tells_holds_and_wrong_lines_stop_no_other(cast, item):
    library = program(MAY.HOLDS, cast.lenox)
    rows = (
        "Barcode,Pick-up library,Until,Owner\n"
        f"{BARCODE},LEE,,\n"
        "2,nowhere,,\n"
        "3,lee,yesterday,\n"
        "4,lee,2020-01-01,\n"
        "5,lee,2999-01-01,\n"
        ",lee,,\n"
        f"{'6' * 41},lee,,\n"
        "7,,,\n"
        "8,pittsfield,,lee\n"
        "3.061E+13,lee,,\n"
    )
    said = library.post("/api/holds/", rows, content_type="text/csv").json()
    assert (said["taken"], said["again"]) == (3, 0)
    assert [(each["line"], each["column"], each["why"]) for each in said["wrong"]] == [
        (3, "B", "no-library"),
        (4, "C", "not-a-day"),
        (5, "C", "past"),
        (6, "C", "too-far"),
        (7, "A", "no-barcode"),
        (8, "A", "too-long"),
        (11, "A", "rounded"),
    ]
    assert json.dumps(said)
    assert ToldHold.objects.get(barcode="8").owner == cast.lee
    assert library.post("/api/holds/", rows, content_type="text/csv").json()["again"] == 3
    told = program().get(f"/api/sort/{BARCODE}").json()
    assert (told["reason"], told["to"]["code"]) == ("hold", "lee")


def test_the_word_before_a_key_may_be_written_anyhow(cast):
    _key, shown = keys.make("Belt 1", MAY.SORT, library=None, by="Dora", now=timezone.now())
    for word in ("bearer", "BEARER"):
        asks = Client(headers={"Authorization": f"{word} {shown}"})
        assert asks.get("/api/sort/1").status_code == 200


def test_a_list_that_is_too_long_at_once_is_told_so_as_programs_read_it(sorter):
    said = sorter.post(
        "/api/sort/", b"barcode,note\n1," + b"x" * 3_000_000, content_type="text/csv"
    )
    assert (said.status_code, said.headers["Content-Type"]) == (413, "application/problem+json")
    assert said.json()["code"] == "spreadsheet-too-large"
    assert "2.6 MB" in said.json()["detail"]
