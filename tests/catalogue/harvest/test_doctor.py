"""The doctor says in codes what is wrong with a source, on first contact."""

import socket
import threading

import pytest

from postroad.catalogue.harvest import doctor
from postroad.catalogue.models import ItemMapping, Record
from postroad.directory.models import Connection
from tests.catalogue.harvest.conftest import NOON
from tests.catalogue.harvest.source import Held, error, frame, marc

pytestmark = pytest.mark.django_db


@pytest.fixture
def examine(source, cast):
    def look(**more):
        fields = {"address": source.address, "options": {"prefix": "marcxml"}, **more}
        found = doctor.examine(Connection(library=cast.lenox, **fields), NOON)
        return found, {code: facts for code, _weight, facts in found["findings"]}

    return look


def test_a_source_that_is_well_is_said_to_be_and_shown_with_twenty_records(source, examine):
    source.add(*(f"r{number}" for number in range(30)))
    found, codes = examine()
    assert list(codes) == ["well"]
    assert len(found["sample"]) == 20
    row = found["sample"][0]
    assert (row["number"], row["title"]) == ("r0", "Book r0")
    assert row["copies"][0][:2] == ["3100r0", "PR4034 .P7"]


def test_the_doctor_changes_nothing(source, examine):
    source.add("a")
    examine()
    assert not Record.objects.exists()
    assert not ItemMapping.objects.exists()


def test_records_without_items_are_named_with_the_system(source, examine):
    source.records = [Held(f"oai:lib:{n}", xml=marc(str(n))) for n in range(3)]
    _found, codes = examine()
    assert codes["without-items"] == {"system": "koha"}
    assert "well" not in codes


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ((200, {}, b"<!DOCTYPE html><html><body>Catalog</body></html>"), "not-oai-html"),
        ((200, {}, b""), "not-oai-empty"),
        ((200, {}, b"hello"), "not-oai-not-xml"),
        ((200, {}, b"<rss></rss>"), "not-oai-other-xml"),
        (
            (200, {}, b'<!DOCTYPE x [<!ENTITY a "b">]><OAI-PMH>&a;</OAI-PMH>'),
            "not-oai-document-type",
        ),
        ((200, {}, b"<OAI-PMH><Identify>"), "oai-cut-short"),
        ((401, {"WWW-Authenticate": "Basic"}, b""), "password-wanted"),
        ((403, {}, b""), "password-wanted"),
        ((404, {}, b"OAI-PMH service is disabled"), "koha-switched-off"),
        ((500, {}, b""), "address-answered"),
        ((503, {"Retry-After": "60"}, b""), "busy"),
        ((200, {}, error("badVerb", "who?")), "identify-refused"),
        ((302, {"Location": "?verb=Identify"}, b""), "address-redirects"),
        ((302, {"Location": "file:///etc/passwd"}, b""), "address-not-of-the-web"),
    ],
)
def test_whatever_answers_instead_is_told(source, examine, answer, code):
    source.instead = lambda asked: answer if asked.get("verb") == "Identify" else None
    _found, codes = examine()
    assert code in codes
    assert "well" not in codes


def test_the_right_address_on_the_same_server_is_suggested(source, examine):
    _found, codes = examine(address=source.address.replace("oai.pl", "opac-main.pl"))
    assert codes["try-instead"] == {"address": source.address}


def test_who_is_not_there_is_told(examine):
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    _found, codes = examine(address=f"http://127.0.0.1:{port}/oai")
    assert "address-unreached" in codes
    _found, codes = examine(address="http://no-such-host.localdomain.postroad/oai")
    assert "address-no-such-server" in codes or "address-unreached" in codes


def test_a_certificate_that_does_not_hold_is_told(examine):
    with socket.create_server(("127.0.0.1", 0)) as server:

        def speak() -> None:
            line, _who = server.accept()
            with line:
                line.recv(1000)
                line.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

        thread = threading.Thread(target=speak)
        thread.start()
        _found, codes = examine(address=f"https://127.0.0.1:{server.getsockname()[1]}/oai")
        thread.join()
    assert "address-insecure" in codes


def test_a_private_network_is_not_asked(source, examine, settings):
    settings.FETCH_PRIVATE = False
    _found, codes = examine()
    assert "address-private" in codes
    assert source.asked == []


def test_an_invented_address_is_not_asked(examine):
    _found, codes = examine(address="https://koha.example/cgi-bin/koha/oai.pl")
    assert list(codes) == ["oai-invented"]


def test_redirects_are_named_with_their_end(source, examine):
    source.add("a")
    there = source.address
    source.instead = lambda asked: (
        (301, {"Location": f"{there}?verb={asked['verb']}"}, b"")
        if asked.get("path") == "/oai"
        else None
    )
    _found, codes = examine(address=there.replace("/cgi-bin/koha/oai.pl", "/oai"))
    assert codes["moved"] == {"address": there}


@pytest.mark.parametrize(
    ("formats", "code", "facts"),
    [
        (("oai_dc", "mods"), "format-none", {"others": "oai_dc, mods"}),
        (("oai_dc", "marc21"), "format-other", {"prefix": "marcxml", "others": "marc21"}),
        (
            ("marcxml", "marc21_withholdings"),
            "format-with-items",
            {"prefix": "marc21_withholdings"},
        ),
    ],
)
def test_formats_that_do_not_help_are_told(source, examine, formats, code, facts):
    source.add("a")
    source.formats = formats
    _found, codes = examine()
    assert codes[code] == facts


def test_what_identify_says_of_deletions_and_datestamps_is_told(source, examine):
    source.add("a")
    source.deleted, source.granularity = "no", "YYYY"
    source.answered = "2026-11-27T14:00:00Z"
    _found, codes = examine()
    assert {"no-deletions", "granularity-unknown"} <= codes.keys()
    assert codes["clock-ahead"] == {"minutes": 120}


@pytest.mark.parametrize("base", ["http://[", "", "nonsense", "ftp://example.org/"])
def test_a_source_that_calls_itself_by_no_address_is_borne(source, examine, base):
    source.add("a")
    said = source.identify().decode().replace(source.address, base).encode()
    source.instead = lambda asked: said if asked.get("verb") == "Identify" else None
    _found, codes = examine()
    assert "well" in codes
    assert "calls-itself" not in codes


def test_sets_are_shown_and_one_that_is_not_there_is_told(source, examine):
    source.add("a")
    source.sets = ("BOOKS", "FILMS")
    found, codes = examine(options={"prefix": "marcxml", "set": "BOKS"})
    assert found["sets"] == [("BOOKS", "BOOKS"), ("FILMS", "FILMS")]
    assert codes["set-unknown"] == {"set": "BOKS"}
    source.sets = ()
    _found, codes = examine(options={"prefix": "marcxml", "set": "BOKS"})
    assert "no-sets" in codes


def test_tokens_that_repeat_or_do_not_hold_are_told(source, examine):
    source.page = 1
    source.add("a", "b", "c")
    page = frame(
        f"<ListRecords>{source.records[0].written()}"
        "<resumptionToken>t</resumptionToken></ListRecords>"
    )
    source.instead = lambda asked: page if asked["verb"] == "ListRecords" else None
    _found, codes = examine()
    assert "token-repeats" in codes
    source.instead = lambda asked: (
        error("badResumptionToken", "gone") if asked.get("resumptionToken") else None
    )
    _found, codes = examine()
    assert codes["token-refused"] == {"said": "gone"}
    page = frame(
        f"<ListRecords>{source.records[0].written()}"
        f"<resumptionToken>{'t' * 5_000}</resumptionToken></ListRecords>"
    )
    source.instead = lambda asked: page if asked["verb"] == "ListRecords" else None
    _found, codes = examine()
    assert codes["token-too-long"] == {"length": 5_000}
    assert "well" not in codes


def test_what_is_wrong_in_the_records_is_told(source, examine):
    source.records = [
        Held("oai:lib:1", "2027-01-01T00:00:00Z", marc("", "b1")),
        Held("oai:lib:2", "", marc("2", "b2")),
        Held("oai:lib:3", xml=marc("3", "b3", title="Bad \x0b sign & more")),
        Held("oai:lib:4", xml="<dc>no MARC</dc>"),
    ]
    _found, codes = examine()
    assert codes["without-number"] == {"count": 1, "of": 3}
    assert codes["stamps-missing"] == {"count": 1}
    assert codes["stamps-ahead"] == {"count": 1}
    assert {"characters", "mended", "unreadable"} <= codes.keys()


def test_statuses_that_nobody_knows_are_told(source, examine):
    source.records = [Held(f"oai:lib:{n}", xml=fishing(str(n))) for n in range(4)]
    found, codes = examine()
    assert codes["statuses-unknown"] == {"words": "Gone fishing"}
    assert found["sample"][0]["copies"][0][3:] == ["unknown", "Gone fishing"]


def fishing(number: str) -> str:
    """With a copy as Evergreen writes it, in a status that nobody knows."""
    parts = {"b": "BR", "p": f"p{number}", "h": "QA", "s": "Gone fishing"}
    inner = "".join(f'<subfield code="{code}">{said}</subfield>' for code, said in parts.items())
    field = f'<datafield tag="852" ind1=" " ind2=" ">{inner}</datafield>'
    return marc(number).replace("</record>", f"{field}</record>")


def test_a_server_that_refuses_its_own_datestamps_is_told(source, examine):
    source.add("a")
    source.instead = lambda asked: error("badArgument", "from") if "from" in asked else None
    _found, codes = examine()
    assert codes["granularity-refused"] == {"said": "from"}


def test_no_records_and_only_deleted_ones_are_told(source, examine):
    _found, codes = examine()
    assert "no-records" in codes
    source.delete("a", "2026-01-01T00:00:00Z")
    _found, codes = examine()
    assert codes["only-deleted"] == {"count": 1}


def test_a_password_goes_to_its_server_and_appears_nowhere(
    source, examine, cast, monkeypatch, caplog
):
    monkeypatch.setenv("SECRET_LENOX_KOHA", "reader:s3cret")
    source.add("a")
    other = source.address.replace("127.0.0.1", "localhost")
    source.instead = lambda asked: (
        (302, {"Location": f"{other}?verb=Identify"}, b"") if asked.get("path") == "/away" else None
    )
    with caplog.at_level("DEBUG"):
        found, _codes = examine(secret_name="koha")
    assert source.headers[0]["Authorization"].startswith("Basic ")
    assert "s3cret" not in caplog.text + str(found)
    source.headers.clear()
    examine(secret_name="koha", address=source.address.replace("/cgi-bin/koha/oai.pl", "/away"))
    assert ["Authorization" in each for each in source.headers[:2]] == [True, False]
