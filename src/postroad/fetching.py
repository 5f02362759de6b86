"""Fetching a file from an address that somebody entered, without being led astray by it.

No Django here. Only http and https, only to public addresses unless told otherwise, and each
redirect is looked at like the first address. The name is looked up once and that address is
connected to, so that it cannot mean another machine a moment later. Bytes, seconds and redirects
have limits.
"""

import http.client
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from postroad.errors import Refusal

BYTES = 5_000_000
SECONDS = 30.0  # for all of it
REDIRECTS = 5
PIECE = 1 << 16
MOVED = (301, 302, 303, 307, 308)
PORTS = {"http": 80, "https": 443}


class NotFetched(Refusal):
    """Nothing was had from this address."""

    code = "not-fetched"


class BadAddress(NotFetched):
    """It is no address of the web."""

    code = "address-not-of-the-web"


class PrivateAddress(NotFetched):
    """It leads into a private network."""

    code = "address-private"


class Unreached(NotFetched):
    """Nobody answers there, or not in time, or not as a web server does."""

    code = "address-unreached"


class Answered(NotFetched):
    """The server answers, but with something else than the file."""

    code = "address-answered"


class TooManyRedirects(NotFetched):
    code = "address-redirects"


class FileTooLarge(NotFetched):
    code = "address-too-large"


@dataclass(frozen=True, slots=True)
class Fetched:
    """What was there. No body: it is what we had before."""

    body: bytes | None
    address: str  # at the end of the redirects
    etag: str = ""


def fetch(
    address: str, *, etag: str = "", private: bool = False, seconds: float = SECONDS
) -> Fetched:
    """The file at an address; nothing of it if it bears the same mark as before."""
    until = time.monotonic() + seconds
    for _hop in range(REDIRECTS + 1):
        answer = _ask(address, etag, private, until)
        if isinstance(answer, Fetched):
            return answer
        address = answer
    raise TooManyRedirects(redirects=REDIRECTS)


def _ask(address: str, etag: str, private: bool, until: float) -> Fetched | str:
    """What stands at one address, or the address that it sends us on to."""
    parts = split(address)
    port = parts.port or PORTS[parts.scheme]
    machine = resolve(parts.hostname or "", port, private=private)
    connection = _connection(parts, machine, port, until)
    try:
        connection.request("GET", _path(parts), headers=_headers(parts, etag))
        with connection.getresponse() as answer:
            if answer.status in MOVED and (target := answer.getheader("Location")):
                return urljoin(address, target)
            if answer.status == http.HTTPStatus.NOT_MODIFIED and etag:
                return Fetched(None, address, etag)
            if answer.status != http.HTTPStatus.OK:
                raise Answered(status=answer.status)
            mark = (answer.getheader("ETag") or "")[:200]
            return Fetched(_body(answer, until), address, mark)
    except (OSError, http.client.HTTPException) as why:
        raise Unreached(host=parts.hostname or "") from why
    finally:
        connection.close()


def split(address: str) -> SplitResult:
    """The parts of an address of the web."""
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError as why:
        raise BadAddress from why
    controls = any(ord(sign) <= ord(" ") for sign in address)
    if parts.scheme not in PORTS or not parts.hostname or controls or port == 0:
        raise BadAddress
    if parts.username or parts.password:
        raise BadAddress
    return parts


def resolve(host: str, port: int, *, private: bool) -> str:
    """The machine of this name; none inside a private network unless that is allowed."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as why:
        raise Unreached(host=host) from why
    machines = [str(each[4][0]) for each in found]
    if not private and not all(is_public(machine) for machine in machines):
        raise PrivateAddress(host=host)
    return machines[0]


def is_public(machine: str) -> bool:
    """Whether an address of a machine is one of the open net."""
    there = ipaddress.ip_address(machine.partition("%")[0])
    if isinstance(there, ipaddress.IPv6Address):
        behind = there.ipv4_mapped or there.sixtofour
        if there in NAT64:
            behind = ipaddress.IPv4Address(int(there) & 0xFFFFFFFF)
        if behind is not None:
            return is_public(str(behind))
    return there.is_global and not there.is_multicast


NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


class _Pinned(http.client.HTTPConnection):
    """A connection to the machine that was looked up, whatever its name means by now.

    A server that sends a byte now and then keeps no timeout: so it is hung up on when time is over.
    """

    def __init__(self, host: str, port: int, machine: str, timeout: float, tls: bool) -> None:
        super().__init__(host, port, timeout=timeout)
        self.machine, self.tls, self.seconds = machine, tls, timeout
        self.watch: threading.Timer | None = None
        self.line: socket.socket | None = None

    def connect(self) -> None:
        line = socket.create_connection((self.machine, self.port), self.seconds)
        self.sock = line
        self.line = line.dup()
        self.watch = threading.Timer(self.seconds, _hang_up, [self.line])
        self.watch.daemon = True
        self.watch.start()
        if self.tls:
            context = ssl.create_default_context()
            self.sock = context.wrap_socket(line, server_hostname=self.host)

    def close(self) -> None:
        super().close()
        if self.watch is not None and self.line is not None:
            self.watch.cancel()
            self.line.close()


def _hang_up(line: socket.socket) -> None:
    with suppress(OSError):
        line.shutdown(socket.SHUT_RDWR)


def _connection(parts: SplitResult, machine: str, port: int, until: float) -> _Pinned:
    left = max(until - time.monotonic(), 0.1)
    return _Pinned(parts.hostname or "", port, machine, left, parts.scheme == "https")


def _path(parts: SplitResult) -> str:
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~")
    return f"{path}?{quote(parts.query, safe=QUERY)}" if parts.query else path


QUERY = "/?%:@!$&'()*+,;=~"


def _headers(parts: SplitResult, etag: str) -> Mapping[str, str]:
    asked = {
        "Host": parts.netloc,
        "User-Agent": "Postroad (reads a list of library statuses)",
        "Accept": "text/csv, application/vnd.openxmlformats-officedocument.spreadsheetml.sheet, "
        "application/vnd.oasis.opendocument.spreadsheet, */*;q=0.5",
        "Accept-Encoding": "identity",
    }
    return {**asked, "If-None-Match": etag} if etag else asked


def _body(answer: http.client.HTTPResponse, until: float) -> bytes:
    """All of it, within the bytes and seconds; a server that drips is let go, and half a file is
    none."""
    pieces, size = [], 0
    while piece := answer.read1(PIECE):
        size += len(piece)
        if size > BYTES:
            raise FileTooLarge(megabytes=BYTES // 1_000_000)
        if time.monotonic() > until:
            break
        pieces.append(piece)
    if answer.length or time.monotonic() > until:  # it hung up before the end, or we did
        raise http.client.IncompleteRead(b"", answer.length)
    return b"".join(pieces)
