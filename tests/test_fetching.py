"""A file is fetched from an address, and from no other than what was meant."""

import gzip
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from postroad import fetching

pytestmark = pytest.mark.once


@contextmanager
def serving(answers) -> Iterator[str]:
    """A server on this machine; `answers` maps a path to status, headers and body."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, headers, body = answers[self.path]
            if headers.get("ETag") and headers["ETag"] == self.headers.get("If-None-Match"):
                status, body = 304, b""
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_args: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_a_file_comes_with_its_mark_and_is_not_sent_again_unchanged():
    with serving({"/list.csv?a=b%20c": (200, {"ETag": '"1"'}, b"Name,Lending")}) as here:
        found = fetching.fetch(f"{here}/list.csv?a=b%20c", private=True)
        assert (found.body, found.etag) == (b"Name,Lending", '"1"')
        again = fetching.fetch(f"{here}/list.csv?a=b%20c", etag='"1"', private=True)
        assert again.body is None


def test_redirects_are_followed_and_come_to_an_end():
    ways = {
        "/one": (302, {"Location": "/two"}, b""),
        "/two": (301, {"Location": "two.csv"}, b""),
        "/two.csv": (200, {}, b"there"),
        "/round": (307, {"Location": "/round"}, b""),
    }
    with serving(ways) as here:
        found = fetching.fetch(f"{here}/one", private=True)
        assert (found.body, found.address) == (b"there", f"{here}/two.csv")
        with pytest.raises(fetching.TooManyRedirects):
            fetching.fetch(f"{here}/round", private=True)


@pytest.mark.parametrize(
    "target",
    [
        "file:///etc/passwd",
        "ftp://example.org/",
        "gopher:x",
        "http://[",
        "http://[::1",
        "//[x]/",
        "http://example.org:b/",
    ],
)
def test_a_redirect_to_what_is_no_address_of_the_web_is_not_followed(target):
    with (
        serving({"/": (302, {"Location": target}, b"")}) as here,
        pytest.raises(fetching.BadAddress),
    ):
        fetching.fetch(here, private=True)


@pytest.mark.parametrize(
    "address",
    [
        "file:///etc/passwd",
        "http://",
        "http://user:word@example.org/",
        "http://example.org:0/",
        "http://example.org:99999/",
        "http://exa mple.org/",
        "http://example.org/\r\nHost: evil",
        "javascript:alert(1)",
        "http://[::1",
    ],
)
def test_what_is_no_address_is_refused_before_anything_is_asked(address):
    with pytest.raises(fetching.BadAddress):
        fetching.fetch(address, private=True)


def test_a_server_whose_name_is_in_other_letters_is_asked(monkeypatch):
    """The names of servers are looked up elsewhere: this one leads here."""
    with serving({"/": (200, {}, b"there")}) as here:
        port = int(here.rpartition(":")[2])
        machine = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_asked, **_more: [machine])
        for name in (
            "\u0431\u0438\u0431\u043b\u0438\u043e\u0442\u0435\u043a\u0430.\u0440\u0444",
            "\u2603.example",
        ):
            assert fetching.fetch(f"http://{name}:{port}/", private=True).body == b"there"


@pytest.mark.parametrize(
    "machine",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "::1",
        "fe80::1%eth0",
        "fd00::1",
        "::ffff:10.0.0.1",
        "64:ff9b::a00:1",
        "2002:a00:1::",
        "::10.0.0.1",
        "::ffff:0:10.0.0.1",
        "fec0::1",
    ],
)
def test_private_machines_are_known_in_every_spelling(machine):
    assert not fetching.is_public(machine)


@pytest.mark.parametrize("machine", ["8.8.8.8", "2001:4860:4860::8888", "::ffff:8.8.8.8"])
def test_public_machines_are_known(machine):
    assert fetching.is_public(machine)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "[::1]"])
def test_nothing_is_fetched_from_a_private_network_unless_it_is_allowed(host):
    with pytest.raises((fetching.PrivateAddress, fetching.Unreached)):
        fetching.fetch(f"http://{host}:9/")


def test_what_is_not_the_file_is_told():
    with serving({"/": (403, {}, b"no")}) as here, pytest.raises(fetching.Answered) as refused:
        fetching.fetch(f"{here}/", private=True)
    assert refused.value.facts == {"status": 403}


def test_more_bytes_than_we_take_are_not_taken():
    body = b"x" * (fetching.BYTES + 1)
    with serving({"/": (200, {}, body)}) as here, pytest.raises(fetching.FileTooLarge):
        fetching.fetch(f"{here}/", private=True)


def test_who_sends_a_byte_now_and_then_is_hung_up_on():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        stop = threading.Event()

        def drip() -> None:
            line, _who = silent.accept()
            with line:
                while not stop.wait(0.02):
                    try:
                        line.send(b"H")
                    except OSError:
                        return

        thread = threading.Thread(target=drip)
        thread.start()
        here = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        try:
            with pytest.raises(fetching.Unreached):
                fetching.fetch(here, private=True, seconds=0.3)
        finally:
            stop.set()
            thread.join()


def test_half_a_file_is_none():
    """A list that breaks off in the middle would be kept, and not be fetched again unchanged."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def half() -> None:
            line, _who = server.accept()
            with line:
                line.recv(1000)
                line.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nName,Lending\nLe")

        thread = threading.Thread(target=half)
        thread.start()
        with pytest.raises(fetching.Unreached):
            fetching.fetch(f"http://127.0.0.1:{server.getsockname()[1]}/", private=True)
        thread.join()


def test_who_is_not_there_is_told():
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    with pytest.raises(fetching.Unreached):
        fetching.fetch(f"http://127.0.0.1:{port}/", private=True)


def test_a_little_that_would_become_very_much_is_not_unpacked():
    bomb = gzip.compress(b"0" * 5_000_000)
    assert len(bomb) < 10_000
    manners = fetching.Manners(most=100_000, packed=True)
    with (
        serving({"/": (200, {"Content-Encoding": "gzip"}, bomb)}) as here,
        pytest.raises(fetching.FileTooLarge),
    ):
        fetching.fetch(f"{here}/", private=True, manners=manners)


def test_what_is_compressed_is_unpacked_where_that_was_asked_for():
    packed = gzip.compress(b"Name,Lending")
    manners = fetching.Manners(packed=True)
    with serving({"/": (200, {"Content-Encoding": "gzip"}, packed)}) as here:
        assert fetching.fetch(f"{here}/", private=True, manners=manners).body == b"Name,Lending"
    with (
        serving({"/": (200, {"Content-Encoding": "gzip"}, packed[:-9])}) as here,
        pytest.raises(fetching.CutShort),
    ):
        fetching.fetch(f"{here}/", private=True, manners=manners)


def test_a_body_without_an_end_is_let_go_at_its_limit():
    with socket.create_server(("127.0.0.1", 0)) as server:

        def pour() -> None:
            line, _who = server.accept()
            with line, suppress(OSError):
                line.recv(1000)
                line.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
                for _piece in range(10_000):  # 10 GB, if anybody took it
                    line.sendall(b"0" * 1_000_000)

        thread = threading.Thread(target=pour)
        thread.start()
        here = f"http://127.0.0.1:{server.getsockname()[1]}/"
        with pytest.raises(fetching.FileTooLarge):
            fetching.fetch(here, private=True, manners=fetching.Manners(most=3_000_000))
        thread.join()


@pytest.mark.parametrize(
    "head", ["X: " + "y" * 100_000, "\r\n".join(f"X{n}: y" for n in range(500))]
)
def test_headers_out_of_reason_are_nobody(head):
    with socket.create_server(("127.0.0.1", 0)) as server:

        def shout() -> None:
            line, _who = server.accept()
            with line, suppress(OSError):
                line.recv(1000)
                line.sendall(f"HTTP/1.1 200 OK\r\n{head}\r\n\r\nbody".encode())

        thread = threading.Thread(target=shout)
        thread.start()
        with pytest.raises(fetching.Unreached):
            fetching.fetch(f"http://127.0.0.1:{server.getsockname()[1]}/", private=True)
        thread.join()


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("120", 120),
        ("0", 0),
        ("99999999999999", fetching.LONGEST_WAIT),
        ("-5", None),
        ("soon", None),
        ("", None),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 0),
        ("Wed, 21 Oct 2099 07:28:00 GMT", fetching.LONGEST_WAIT),
    ],
)
def test_when_a_server_wants_to_be_asked_again_is_read_within_reason(said, seconds):
    assert fetching.seconds_of(said) == seconds
