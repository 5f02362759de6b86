"""The center's pages for lists of statuses: sent, looked at, read, fetched, and chosen."""

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from postroad.directory import reading
from postroad.directory.models import Authority, Closure, Symbol
from postroad.directory.statements import ListedName, StatementImport, StatusList
from postroad.worker.front import FILES
from tests.ill.story import MONDAY
from tests.markup import tight
from tests.test_fetching import serving

LISTS = "/office/status/lists/"
DAY = timedelta(days=1)
NEW = {"name": "Crowd", "credit": "Kept by all", "time_zone": "America/New_York"}
SHEET = (
    b"Timestamp,OCLC symbol,Library,Accepting returns?,Lending?\n"
    b"11/3/2026,ZLE,Lee Library,no,yes\n"
    b"11/3/2026,ABC,Lenox Library,no,no\n"
    b"11/3/2026,,<b>Nowhere</b>,no,no\n"
    b"soon,,,no,no\n"
)


@pytest.fixture(autouse=True)
def center(time_machine, client, cast):
    time_machine.move_to(MONDAY, tick=False)
    Symbol.objects.create(library=cast.lee, authority=Authority.OCLC, value="ZLE")
    client.force_login(cast.centre)


@pytest.fixture
def crowd(client):
    client.post(LISTS, NEW)
    return StatusList.objects.get()


def send(client, crowd, body=SHEET, name="list.csv"):
    return client.post(f"{LISTS}{crowd.pk}/file/", {"file": SimpleUploadedFile(name, body)})


def test_a_file_is_looked_at_then_read_then_told_of(client, crowd):
    page = send(client, crowd).url
    shown = client.get(page).content.decode()
    assert "4 rows, not read yet" in shown
    assert "&lt;b&gt;Nowhere" in shown
    assert "midnight" not in shown
    client.post(page)
    told = client.get(page)
    assert told.context["counted"] == {"matched": 1, "doubtful": 1, "elsewhere": 1}
    assert "Line 5: names no library" in told.content.decode()
    assert Closure.objects.get().effect == "no-returns"
    page = client.get("/status").content.decode()
    assert "Kept by all" in page
    assert "read on Monday 23 November" in page
    assert "We know of 1 of 5 member libraries" in page


def test_the_same_file_twice_is_said_to_be_known(client, crowd):
    client.post(send(client, crowd).url)
    again = client.get(send(client, crowd, name="copy.csv").url)
    assert "This very file is known already" in again.content.decode()
    assert StatementImport.objects.count() == 1


def test_a_file_is_sent_to_where_the_front_door_takes_files(client, crowd):
    page = tight(client.get(f"{LISTS}{crowd.pk}/"))
    [action] = re.findall(r'<form method="post" action="([^"]+)" enctype="multipart', page)
    assert FILES.match(action)
    assert client.get(action).url == f"{LISTS}{crowd.pk}/"  # who reloads a refusal comes back


def test_a_file_can_be_thrown_away_unread(client, crowd):
    client.post(send(client, crowd).url, {"discard": "1"})
    assert not StatementImport.objects.exists()


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"%PDF-1.7", "This is not a spreadsheet"),
        (b"Name,Phone\nLee,1\n", "None of the first rows has these headings"),
        (b"x" * 5_000_001, "too large"),
    ],
)
def test_a_file_that_is_no_list_is_refused_in_a_sentence(client, crowd, body, says):
    answer = send(client, crowd, body)
    assert answer.status_code in (413, 422)
    assert says in answer.content.decode()


def test_doubtful_names_are_chosen_one_by_one_and_a_choice_can_be_undone(client, crowd, cast):
    client.post(send(client, crowd).url)
    named = ListedName.objects.get(how="doubtful")
    page = client.get("/office/status/doubtful/").content.decode()
    assert "Lenox Library, Lenox" in page
    page = client.get(f"/office/status/doubtful/?name={named.pk}&q=athenaeum").content.decode()
    assert "Berkshire Athenaeum, Pittsfield" in page
    choose = f"/office/status/doubtful/{named.pk}/"
    client.post(choose, {"library": "lenox"})
    assert Closure.objects.current(MONDAY.date()).filter(library=cast.lenox).count() == 2
    client.post(choose, {"undo": "1"})
    assert not Closure.objects.current(MONDAY.date()).filter(library=cast.lenox).exists()
    client.post(choose, {"library": "none"})
    assert "Nothing is doubtful" in client.get("/office/status/doubtful/").content.decode()
    nowhere = client.post(choose, {"library": "nowhere"}, follow=True)
    assert "Choose a library" in nowhere.content.decode()


def test_a_list_is_fetched_on_its_timetable_and_read_once(client, crowd, settings):
    settings.FETCH_PRIVATE = True
    with serving({"/list.csv": (200, {"ETag": '"a"'}, SHEET)}) as here:
        change = {**NEW, "change": "1", "address": f"{here}/list.csv", "every_hours": "6"}
        assert client.post(f"{LISTS}{crowd.pk}/", change).status_code == 302
        assert reading.fetch_lists(MONDAY) == 1
        assert reading.fetch_lists(MONDAY) == 0
        assert reading.go_on(MONDAY) == 4
        later = MONDAY + timedelta(hours=6)
        assert reading.fetch_lists(later) == 0  # unchanged
    crowd.refresh_from_db()
    assert (crowd.read_at, crowd.trouble) == (later, "")
    assert StatementImport.objects.get().name == "list.csv"


def test_a_fetch_that_is_killed_comes_again(client, crowd, settings, monkeypatch):
    """Asked for by the button, it has no timetable that would bring it back."""
    settings.FETCH_PRIVATE = True

    def killed(*_args: object, **_more: object) -> None:
        raise KeyboardInterrupt

    with serving({"/list.csv": (200, {}, SHEET)}) as here:
        client.post(f"{LISTS}{crowd.pk}/", {**NEW, "change": "1", "address": f"{here}/list.csv"})
        with monkeypatch.context() as net:
            net.setattr("socket.getaddrinfo", killed)
            with pytest.raises(KeyboardInterrupt):
                reading.fetch_lists(MONDAY)
        assert reading.fetch_lists(MONDAY) == 0  # another may be at it still
        assert reading.fetch_lists(MONDAY + timedelta(minutes=11)) == 1
    crowd.refresh_from_db()
    assert crowd.fetch_at is None


def test_what_goes_wrong_while_fetching_is_told_and_tried_again(client, crowd):
    change = {**NEW, "change": "1", "address": "http://127.0.0.1:9/x", "every_hours": "6"}
    client.post(f"{LISTS}{crowd.pk}/", change)
    assert reading.fetch_lists(MONDAY) == 0
    for page in (LISTS, f"{LISTS}{crowd.pk}/"):
        assert "127.0.0.1 is inside a private network" in client.get(page).content.decode()
    crowd.refresh_from_db()
    assert crowd.fetch_at == MONDAY + timedelta(hours=6)
    assert client.post(f"{LISTS}{crowd.pk}/", {"fetch": "1"}).status_code == 302


@pytest.mark.parametrize(
    "wrong",
    [
        {"address": "ftp://example.org/x"},
        {"address": "http://user:pw@example.org/x"},
        {"every_hours": "0"},
        {"time_zone": "Mars/Base"},
        {"name": ""},
    ],
)
def test_a_list_with_a_mistake_is_not_added(client, wrong):
    assert client.post(LISTS, {**NEW, **wrong}).status_code == 422
    assert not StatusList.objects.exists()
