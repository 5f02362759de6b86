"""The page of a library's harvest: who may change it, and what it says."""

from datetime import UTC, datetime

import pytest

from postroad.catalogue.harvest import turns
from postroad.catalogue.harvest.rows import Harvest, HarvestRun
from postroad.directory.models import Connection
from tests.catalogue.harvest.source import Source, marc, serving

pytestmark = pytest.mark.django_db
PAGE = "/office/libraries/lee/harvest/"
NOON = datetime(2026, 11, 27, 12, tzinfo=UTC)


def typed(address: str = "https://koha.example/cgi-bin/koha/oai.pl", **more: str) -> dict[str, str]:
    return {"address": address, "format": "marcxml", "every_hours": "24", "active": "on", **more}


@pytest.fixture
def director(client, cast):
    client.force_login(cast.director)
    return client


def test_a_director_connects_her_own_library_and_tries_it_first(director, settings):
    settings.FETCH_PRIVATE = True
    source = Source()
    source.add("a", "b", "c")
    with serving(source):
        answer = director.post(PAGE, typed(f"{source.address}?verb=Identify", **{"try": "1"}))
        assert answer.status_code == 302
        connection = Connection.objects.get()
        assert (connection.address, connection.active) == (source.address, False)
        assert "being tried" in director.get(PAGE).content.decode()
        assert source.asked == []  # no visit waits for another server
        turns.go_on(datetime.now(UTC))
    said = director.get(PAGE).content.decode()
    assert "It can be harvested" in said
    assert "Book a" in said
    assert "3100a" in said


def test_without_items_she_reads_what_to_switch_on(director, settings):
    settings.FETCH_PRIVATE = True
    source = Source()
    source.add("a")
    source.put("a", "2026-01-01T00:00:00Z", marc("a"))
    with serving(source):
        director.post(PAGE, typed(source.address, **{"try": "1"}))
        turns.go_on(datetime.now(UTC))
    said = director.get(PAGE).content.decode()
    assert "come without items" in said
    assert "include_items: 1" in said
    assert "OAI-PMH:ConfFile" in said


@pytest.mark.parametrize(
    "address", ["file:///etc/passwd", "ftp://x.example/", "https://u:p@x.example/", "nonsense here"]
)
def test_what_is_no_address_is_not_kept(director, address):
    assert director.post(PAGE, typed(address, save="1")).status_code == 422
    assert not Connection.objects.exists()


def test_staff_see_it_and_change_nothing(client, cast):
    connection = Connection.objects.create(library=cast.lee, address="https://x.example/oai")
    client.force_login(cast.borrower)
    said = client.get(PAGE).content.decode()
    assert "x.example" in said
    assert '<form method="post" class="form"' not in said
    assert client.post(PAGE, typed(save="1")).status_code == 404
    assert client.post(PAGE, {"do": "look"}).status_code == 404
    connection.refresh_from_db()
    assert connection.address == "https://x.example/oai"


def test_another_librarys_harvest_looks_like_none(director, cast):
    Connection.objects.create(library=cast.lenox, address="https://x.example/oai")
    assert director.get("/office/libraries/lenox/harvest/").status_code == 404
    assert director.post("/office/libraries/lenox/harvest/", {"do": "anew"}).status_code == 404


def test_only_the_office_names_a_password_and_another_server_never_gets_it(client, cast):
    client.force_login(cast.centre)
    client.post(PAGE, typed(save="1", secret_name="koha"))
    assert Connection.objects.get().secret_name == "koha"
    client.force_login(cast.director)
    client.post(PAGE, typed(save="1", secret_name="other"))
    assert Connection.objects.get().secret_name == "koha"
    client.post(PAGE, typed("https://mine.example/oai", save="1"))
    assert Connection.objects.get().secret_name == ""


def test_a_password_is_not_sent_without_encryption(client, cast):
    client.force_login(cast.centre)
    answer = client.post(PAGE, typed("http://koha.example/oai", save="1", secret_name="koha"))
    assert answer.status_code == 422


def test_it_asks_before_much_is_taken_away(director, cast):
    connection = Connection.objects.create(
        library=cast.lee, address="https://x.example/oai", active=True
    )
    Harvest.objects.create(connection=connection, asks_at=NOON, asks_copies=27, asks_of=30)
    assert "May 27 of 30 copies be taken away?" in director.get(PAGE).content.decode()
    director.post(PAGE, {"do": "keep"})
    assert Harvest.objects.get().asks_at is None
    assert director.post(PAGE, {"do": "keep"}).status_code == 404  # answered


def test_another_set_or_server_begins_at_the_beginning(director, cast):
    director.post(PAGE, typed(save="1"))
    harvest = Harvest.objects.get()
    Harvest.objects.update(newest=NOON)
    HarvestRun.objects.create(harvest=harvest, begun_at=NOON, token="t")
    director.post(PAGE, typed(save="1", every_hours="6"))
    assert Harvest.objects.get().newest == NOON
    director.post(PAGE, typed(save="1", set="BOOKS"))
    assert Harvest.objects.get().newest is None
    assert HarvestRun.objects.get().state == HarvestRun.State.STOPPED


def test_a_run_is_told_with_what_it_left_out(director, cast):
    connection = Connection.objects.create(
        library=cast.lee, address="https://x.example/oai", active=True
    )
    harvest = Harvest.objects.create(
        connection=connection, failures=2, trouble="not-oai", trouble_facts={"reason": "html"}
    )
    HarvestRun.objects.create(
        harvest=harvest,
        begun_at=NOON,
        state=HarvestRun.State.DONE,
        report={
            "read": 1200,
            "copies_new": 7,
            "strange": {"Gone <b>": 2},
            "complaints": [[False, "no title (field 245)", 3, "b9"]],
        },
    )
    said = " ".join(director.get(PAGE).content.decode().split())
    assert "1,200 records came" in said
    assert "3 × no title (field 245) (b9)" in said
    assert "Gone &lt;b&gt;" in said
    assert "A web page for people answers there" in said
