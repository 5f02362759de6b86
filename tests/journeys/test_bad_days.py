"""Bad days: two hands at once, odd scans, a lender that closes, a full disk, hostile forms.

Each gets an answer in the reader's words, and nothing is lost or half done.
"""

import logging
import re
import threading
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from html import unescape
from typing import Any

import pytest
import time_machine
from django.core.cache import caches
from django.db import OperationalError, connection, connections, transaction
from django.db.backends.utils import CursorWrapper
from django.test import Client
from playwright.sync_api import Page, expect

from postroad.accounts.models import User
from postroad.delivery.models import Stop
from postroad.directory.models import Closure, Effect
from postroad.ill import sweeps
from postroad.ill.lifecycle import State
from postroad.ill.models import Event, Request
from postroad.worker import run
from tests import lots
from tests.cast import Cast
from tests.ill.story import MONDAY, Story, begin, copy, title
from tests.journeys.people import Person
from tests.web.public_house import something_of_each
from tests.web.test_gates import KNOCKING, addresses, example, shown, written

WALDEN = "30001000000017"


@pytest.fixture(autouse=True)
def _monday() -> Iterator[None]:
    with time_machine.travel(MONDAY, tick=True):
        yield


@pytest.fixture
def story(cast: Cast) -> Story:
    """Ada of Lee asked for Walden, and Lenox was asked for it."""
    return begin(cast).at(State.REFERRED)


def sit(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def words_of(answer: Any) -> str:
    text = re.sub(r"<(script|style).*?</\1>|<[^>]+>", " ", answer.content.decode(), flags=re.S)
    return " ".join(unescape(text).split())


# Two clerks at once


def test_the_second_of_two_clerks_is_told_and_nothing_happens_twice(
    story: Story, browse: Callable[..., Page]
):
    first, second = (Person("lender", browse(), lambda page: None) for _each in range(2))
    for clerk in (first, second):
        clerk.goes("/staff/lending/")
    first.presses("Yes, on the shelf")
    first.is_told("Promised; ship it next.")
    second.presses("Yes, on the shelf")
    expect(second.page.get_by_role("heading", level=1)).to_have_text("Already done")
    second.reads("is promised and is waiting to be sent. Nothing was changed.")
    second.follows("Back")
    second.reads("Walden")
    assert story.ill.events.filter(verb="promise").count() == 1


@pytest.mark.both
@pytest.mark.django_db(transaction=True)
def test_of_two_presses_at_the_same_moment_one_counts(cast: Cast):
    story = begin(cast).at(State.REFERRED)
    ref = story.ill.ref
    clerks = [sit(cast.lender), sit(cast.lender)]
    together = threading.Barrier(2)
    heard: list[int] = []

    def press(clerk: Client) -> None:
        together.wait(10)
        heard.append(clerk.post(f"/staff/supplies/{ref}/1/promise/").status_code)
        connections.close_all()

    hands = [threading.Thread(target=press, args=[clerk]) for clerk in clerks]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join(30)
    assert sorted(heard) == [302, 409]
    assert Event.objects.filter(request=story.ill, verb="promise").count() == 1


def test_a_press_on_an_old_page_says_where_it_stands_and_leads_back(story: Story):
    clerk = sit(story.cast.lender)
    address = f"/staff/supplies/{story.ill.ref}/1/promise/"
    assert clerk.post(address).status_code == 302
    again = clerk.post(address, headers={"Referer": "http://testserver/staff/lending/"})
    assert again.status_code == 409
    assert "is promised and is waiting to be sent" in words_of(again)
    assert "Nothing was changed." in words_of(again)
    assert 'href="http://testserver/staff/lending/"' in again.content.decode()


# Scans of what is not wanted

SCAN_PAGES = {
    "/staff/lending/ship/": "lender",
    "/staff/lending/check-in/": "lender",
    "/staff/borrowing/receive/": "borrower",
    "/staff/borrowing/lend/": "borrower",
    "/staff/borrowing/take-back/": "borrower",
    "/staff/borrowing/send-home/": "borrower",
    "/courier/scan/": "driver",
}
UNKNOWN, FOREIGN = "99999999999999", "32000000000001"
A_CODE = re.compile(r"\b[a-z]+(-[a-z]+)+\b.*\(|out-of-turn|unknown-number|foreign-item|None")


def scan(client: Client, address: str, number: str) -> Any:
    answer = client.post(address, {"scan": number}, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    return answer.context["sitting"].answer


@pytest.fixture
def done_and_over(cast: Cast) -> Story:
    """Walden went out and is home again; Pittsfield has a book that nobody asked for."""
    story = begin(cast).at(State.CLOSED)
    copy(title("Emma"), cast.pittsfield, FOREIGN)
    return story


@pytest.mark.parametrize("address", SCAN_PAGES)
def test_a_scan_that_means_nothing_here_is_answered_in_words(done_and_over: Story, address: str):
    client = sit(getattr(done_and_over.cast, SCAN_PAGES[address]))
    stop = Stop.objects.get(library=done_and_over.cast.lenox)
    if address == "/courier/scan/":
        client.post("/courier/", {"stop": stop.pk})
    before = Event.objects.count()
    for number in (UNKNOWN, FOREIGN, WALDEN, "x" * 10_000, "' OR 1=1 --", "\x00"):
        said = scan(client, address, number)
        assert str(said.tone) in {"no", "warn"}, number[:20]
        assert said.sentence.endswith((".", "shelf.")), said.sentence
        assert not A_CODE.search(said.sentence), said.sentence
        assert Event.objects.count() == before, number[:20]


def test_whose_it_is_is_said_where_it_is_known(done_and_over: Story):
    cast = done_and_over.cast
    lender = sit(cast.lender)
    foreign = scan(lender, "/staff/lending/ship/", FOREIGN).sentence
    assert "belongs to Berkshire Athenaeum" in foreign
    assert "Put it out for the van." in foreign
    home = scan(lender, "/staff/lending/check-in/", WALDEN).sentence
    assert home.startswith("Already checked in, on Monday 23 November.")
    unwanted = scan(lender, "/staff/lending/ship/", WALDEN).sentence
    assert unwanted.startswith("Nobody is waiting for “Walden”")


# Libraries and days


def test_a_lender_that_closes_while_it_holds_a_request_loses_it_to_the_next(cast: Cast):
    story = begin(cast)
    copy(story.record, cast.pittsfield, "32")
    story.at(State.REFERRED)
    holder = story.supply.lender
    assert holder is not None
    shut = {"first_day": date(2026, 11, 24), "last_day": date(2026, 12, 31)}
    Closure.objects.create(library=holder, effect=Effect.CLOSED, reason="Burst pipe", **shut)
    story.now = MONDAY + timedelta(days=1)
    sweeps.closed_lenders(story.now)
    story.listen()
    assert story.ill.state == State.REFERRED
    assert story.supply.lender not in (None, holder)
    page = words_of(sit(cast.borrower).get(f"/staff/requests/{story.ill.ref}/"))
    assert f"{holder.name} closed before it answered." in page


def test_a_need_by_day_in_the_past_is_sent_back_with_what_was_typed(cast: Cast):
    record = title()
    copy(record, cast.lenox, WALDEN)
    typed = {"library": "lee", "need_by": "2026-11-20", "note": "For my class."}
    answer = sit(cast.ada).post(f"/patron/ask/{record.pk}/", typed)
    assert answer.status_code == 422
    assert "The date you need it by has already passed." in words_of(answer)
    assert "For my class." in words_of(answer)
    assert not Request.objects.exists()


def test_a_library_without_delivery_days_gets_it_by_mail(cast: Cast):
    """Otis is off every route; what its patron asks for is still found, and goes by mail."""
    Stop.objects.filter(library=cast.lee).delete()
    story = begin(cast)
    run.until_idle(MONDAY)
    story.look()
    assert story.ill.state in (State.REFERRED, State.CENTRE)
    page = words_of(sit(cast.ada).get(f"/patron/requests/{story.ill.ref}/"))
    assert "None" not in page
    assert "unknown day" not in page
    if story.ill.state == State.CENTRE:
        shown = words_of(sit(cast.borrower).get(f"/staff/requests/{story.ill.ref}/"))
        assert "the van does not stop at the pickup library" in shown


def test_a_worker_that_was_stopped_for_a_day_takes_up_what_waited(cast: Cast):
    story = begin(cast)
    caches["process"].clear()
    with time_machine.travel(MONDAY + timedelta(days=1), tick=False):
        page = words_of(sit(cast.borrower).get("/staff/borrowing/"))
    assert "Nothing is lost; keep working." in page
    caches["process"].clear()
    run.until_idle(MONDAY + timedelta(days=1))
    story.look()
    assert story.ill.state == State.REFERRED


# A disk that is full


@pytest.fixture
def full_disk() -> Iterator[None]:
    """From now on the database takes nothing more, as SQLite says it when the disk is full."""

    def refuse(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith('INSERT INTO "ill_event"'):
            raise OperationalError("database or disk is full")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(refuse):
        yield


def test_a_full_disk_is_told_in_words_and_in_the_log_and_nothing_is_half_done(
    story: Story, full_disk: None, caplog: pytest.LogCaptureFixture
):
    clerk = sit(story.cast.lender)
    before = (story.supply.state, story.ill.state, Event.objects.count())
    address = f"/staff/supplies/{story.ill.ref}/1/promise/"
    with caplog.at_level(logging.ERROR):
        answer = clerk.post(address)
    assert answer.status_code == 503
    assert "disk is full, so this could not be saved" in words_of(answer)
    assert "Nothing was half done." in words_of(answer)
    assert answer["X-Request-ID"]
    assert any(story.ill.ref in line.getMessage() for line in caplog.records)
    story.look()
    assert (story.supply.state, story.ill.state, Event.objects.count()) == before


def said(cursor: CursorWrapper, pragma: str) -> int:
    cursor.execute(f"PRAGMA {pragma}")
    (number,) = cursor.fetchone()
    return int(number)


def fill_what_is_free(cursor: CursorWrapper) -> None:
    """Other tests left free pages in the file, which would take all that this one writes."""
    free = said(cursor, "freelist_count")
    cursor.execute("CREATE TABLE filling (bytes BLOB)")
    cursor.execute("INSERT INTO filling VALUES (zeroblob(%s))", [free * said(cursor, "page_size")])


@pytest.mark.once  # a limit that only SQLite has
@pytest.mark.django_db(transaction=True)
def test_a_file_that_cannot_grow_stops_half_way_through_nothing(cast: Cast):
    """The real thing: the file may have no page more than it has, so some write in a verb fails."""
    record = title()
    copy(record, cast.lenox, WALDEN)
    clerk = sit(cast.ada)
    with connection.cursor() as cursor:
        fill_what_is_free(cursor)
        pages = said(cursor, "page_count")
        limit = said(cursor, "max_page_count")
        cursor.execute(f"PRAGMA max_page_count = {pages}")
    try:
        statuses = [
            clerk.post(
                f"/patron/ask/{record.pk}/",
                {"library": "lee", "note": "n" * 500, "insists": "on"},
            ).status_code
            for _each in range(60)
        ]
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA max_page_count = {limit}")
            cursor.execute("DROP TABLE filling")
    assert 503 in statuses
    assert set(statuses) <= {302, 503}
    asked = Request.objects.count()
    assert asked == statuses.count(302)
    assert Event.objects.filter(verb="ask").count() == asked
    assert clerk.get("/patron/requests/").status_code == 200


# Hostile, enormous and wrongly encoded values at every address that takes a form

HOSTILE = [
    "",
    " ",
    "\x00",
    "a\x00b\x1b\x07",
    "-1",
    "0",
    "99999999999999999999999999",
    "٣",
    "1e309",
    "NaN",
    "' OR 1=1; DROP TABLE ill_request; --",
    "<script>alert(1)</script>",
    "{{ 7|add:7 }}%s%(name)s{0}",
    "../../../../etc/passwd",
    "https://elsewhere.test/",
    "0000-00-00",
    "9999-12-31",
    "\u202e\u0000\ud7ff\uffff😀",
    "x" * 100_000,
]
NAMES = re.compile(r'name="([^"]+)"')
ALWAYS = ["scan", "key", "undo", "clear", "library", "next", "q", "reason", "note", "notice"]
FORM = "application/x-www-form-urlencoded"
NO_FORMS = [
    (FORM, b"\xff\xfe=%ff%fe&q=%80"),
    (FORM, b"&".join(b"a=1" for _n in range(2_000))),
    (FORM, b"{"),
    ("multipart/form-data", b"--x\r\n\xff"),
    ("multipart/form-data; boundary=x", b"--x\r\n\xff"),
    ("text/plain; charset=none", b"\xff"),
]
BROKEN = range(500, 600)
ATTACKERS = [
    "visitor",
    "patron",
    "borrowing",
    "lending",
    "director",
    "ILL center",
    "driver",
    "delivery",
    "operator",
]
# Whoever opens this as himself is signed out, which is what it is for.
EXEMPT = {"cms/", "documents/", "accounts/logout/"}


def fields(client: Client, path: str) -> list[str]:
    """The names of what this address asks for, as far as its page tells, and a few of all pages."""
    with transaction.atomic():
        page = client.get(path)
        transaction.set_rollback(True)
    known = (
        NAMES.findall(page.content.decode())
        if page.status_code == 200 and not page.streaming
        else []
    )
    return sorted({*known, *ALWAYS} - {"csrfmiddlewaretoken", "viewport"})


def open_to(heading: str) -> list[str]:
    """The addresses at which this person is the first who may come in."""
    table = written()
    earlier = ATTACKERS[: ATTACKERS.index(heading)][:1]  # what a visitor may open, he has tried
    return [
        address
        for address in addresses()
        if (row := table[f"/{shown(address)}"])[heading] == "yes"
        and not any(row[other] == "yes" for other in earlier)
        and address not in EXEMPT
    ]


def sent(client: Client, path: str, value: dict[str, str] | tuple[str, bytes]) -> int:
    """What comes of a form with these values, or of a body that is none. It is undone."""
    with transaction.atomic():
        if isinstance(value, dict):
            answer = client.post(path, value)
        else:
            answer = client.generic("POST", path, value[1], content_type=value[0])
        transaction.set_rollback(True)
    return answer.status_code


SHARE = 20  # of all forms with each value in their fields, one in this; of all pages one in two


@pytest.mark.rule
@pytest.mark.parametrize("heading", ATTACKERS)
def test_no_form_value_breaks_a_page(done: Story, heading: str):
    """Who may come in sends anything: a page that says what is wrong, never a broken one."""
    client = Client(raise_request_exception=False)
    if who := KNOCKING[heading]:
        client.force_login(getattr(done.cast, who))
    broken = []
    for address in lots.some(open_to(heading), 2, apart=connection.vendor):
        path = example(address, done)
        names = fields(client, path)
        forms: list[Any] = [*(dict.fromkeys(names, value) for value in HOSTILE), *NO_FORMS]
        heard = [
            (str(form)[:80], sent(client, path, form))
            for form in lots.some(forms, SHARE, apart=f"{connection.vendor} {address}")
        ]
        broken += [(path, form, status) for form, status in heard if status in BROKEN]
    assert broken == [], f"the same again: POSTROAD_SEED={lots.SEED}"


@pytest.fixture
def done(cast: Cast) -> Story:
    """As in tests/web/test_gates.py: a book on its way, a late one, a closure to be removed."""
    from postroad.notices import tell

    story = begin(cast).at(State.SHIPPED)
    sweeps.ring(MONDAY + timedelta(days=15))
    for event in story.ill.events.all():
        tell.people(event, event.at)
    Closure.objects.create(library=cast.lee, first_day=date(2027, 1, 1), last_day=date(2027, 1, 2))
    something_of_each(cast.lee)
    return story
