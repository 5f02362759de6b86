"""Fetching a file from an address that somebody entered, without being led astray by it.

No Django here. Only http and https, only to public addresses unless told otherwise, and each
redirect is looked at like the first address. The name is looked up once and that address is
connected to, so that it cannot mean another machine a moment later. Bytes, seconds and redirects
have limits, also what comes out of a compressed body. A password goes to the server that was
named, and to no other that this one sends us on to.
"""

import base64
import http.client
import ipaddress
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from postroad.errors import Refusal

BYTES = 5_000_000
SECONDS = 30.0  # for all of it
REDIRECTS = 5
PIECE = 1 << 16
LONGEST_WAIT = 86_400  # seconds: no server makes us wait longer before we ask again
TOLD = 4_000  # bytes of an answer that is not the file, for whoever wants to know what it says
GZIP = b"\x1f\x8b"
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


class NoSuchServer(Unreached):
    """There is no server of this name."""

    code = "address-no-such-server"


class Insecure(Unreached):
    """Its certificate does not hold, or it speaks no TLS that we do."""

    code = "address-insecure"


class CutShort(Unreached):
    """The answer ended before its end."""

    code = "address-cut-short"


class Answered(NotFetched):
    """The server answers, but with something else than the file."""

    code = "address-answered"
    body = b""  # how its answer begins
    kind = ""  # of its content
    wait: int | None = None  # seconds after which it wants to be asked again


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


@dataclass(frozen=True, slots=True)
class Manners:
    """How a server is asked, and how much it may say."""

    agent: str = "Postroad (reads a list of library statuses)"
    accept: str = (
        "text/csv, application/vnd.openxmlformats-officedocument.spreadsheetml.sheet, "
        "application/vnd.oasis.opendocument.spreadsheet, */*;q=0.5"
    )
    most: int = BYTES
    packed: bool = False  # whether the answer may be compressed
    credentials: str = ""  # "name:password"


LISTS = Manners()
LINKS = Manners(agent="Postroad (looks whether its links answer)", accept="*/*")
REFUSED = 400  # from this status on


def knock(address: str, *, private: bool = False, seconds: float = SECONDS) -> int:
    """The status with which an address answers at the end of its redirects. The answer itself is
    not read; a server that refuses to answer without it is asked for it."""
    until = time.monotonic() + seconds
    status = _status(address, "HEAD", private, until)
    return status if status < REFUSED else _status(address, "GET", private, until)


def _status(address: str, method: str, private: bool, until: float) -> int:
    for _hop in range(REDIRECTS + 1):
        parts = split(address)
        port = parts.port or PORTS[parts.scheme]
        machine = resolve(parts.hostname or "", port, private=private)
        connection = _connection(parts, machine, port, until)
        try:
            connection.request(method, _path(parts), headers=_headers(parts, "", LINKS))
            with connection.getresponse() as answer:
                target = answer.getheader("Location")
                if answer.status not in MOVED or not target:
                    return answer.status
                address = _onward(address, target)
        except (OSError, http.client.HTTPException) as why:
            raise Unreached(host=parts.hostname or "") from why
        finally:
            connection.close()
    raise TooManyRedirects(redirects=REDIRECTS)


def fetch(
    address: str,
    *,
    etag: str = "",
    private: bool = False,
    seconds: float = SECONDS,
    manners: Manners = LISTS,
) -> Fetched:
    """The file at an address; nothing of it if it bears the same mark as before."""
    until = time.monotonic() + seconds
    for _hop in range(REDIRECTS + 1):
        answer = _ask(address, etag, private, until, manners)
        if isinstance(answer, Fetched):
            return answer
        if not _same_server(address, answer):
            manners = replace(manners, credentials="")
        address = answer
    raise TooManyRedirects(redirects=REDIRECTS)


def _same_server(one: str, other: str) -> bool:
    """Whether what the first may know may be told to the second: http may become https, and not
    the other way round."""
    was, now = urlsplit(one), urlsplit(other)
    safe = now.scheme == "https" or was.scheme == now.scheme
    return safe and was.hostname == now.hostname


def _ask(address: str, etag: str, private: bool, until: float, manners: Manners) -> Fetched | str:
    """What stands at one address, or the address that it sends us on to."""
    parts = split(address)
    port = parts.port or PORTS[parts.scheme]
    machine = resolve(parts.hostname or "", port, private=private)
    connection = _connection(parts, machine, port, until)
    try:
        connection.request("GET", _path(parts), headers=_headers(parts, etag, manners))
        with connection.getresponse() as answer:
            if answer.status in MOVED and (target := answer.getheader("Location")):
                return _onward(address, target)
            if answer.status == http.HTTPStatus.NOT_MODIFIED and etag:
                return Fetched(None, address, etag)
            if answer.status != http.HTTPStatus.OK:
                raise _no_file(answer)
            mark = (answer.getheader("ETag") or "")[:200]
            return Fetched(_body(answer, until, manners.most), address, mark)
    except ssl.SSLError as why:
        reason = getattr(why, "verify_message", "") or why.reason or "TLS"
        raise Insecure(host=parts.hostname or "", reason=str(reason)[:200]) from why
    except http.client.IncompleteRead as why:
        raise CutShort(host=parts.hostname or "") from why
    except (OSError, http.client.HTTPException) as why:
        raise Unreached(host=parts.hostname or "") from why
    finally:
        connection.close()


def _onward(address: str, target: str) -> str:
    """The address to which a server sends us on; whatever it writes there may be none."""
    try:
        onward = urljoin(address, target)
    except ValueError as why:
        raise BadAddress from why
    split(onward)
    return onward


def _no_file(answer: http.client.HTTPResponse) -> Answered:
    no = Answered(status=answer.status)
    no.kind = (answer.getheader("Content-Type") or "")[:100]
    no.wait = seconds_of(answer.getheader("Retry-After") or "")
    with suppress(OSError, http.client.HTTPException):
        no.body = answer.read1(TOLD)
    return no


def seconds_of(said: str) -> int | None:
    """What Retry-After says, a number of seconds or a moment; nothing that is out of reason."""
    said = said.strip()
    if said.isascii() and said.isdigit():
        return min(int(said[:9]), LONGEST_WAIT)
    try:
        moment = parsedate_to_datetime(said)
    except (ValueError, TypeError, IndexError):
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    ahead = (moment - datetime.now(UTC)).total_seconds()
    return min(max(int(ahead), 0), LONGEST_WAIT)


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
        raise NoSuchServer(host=host) from why
    machines = [str(each[4][0]) for each in found]
    if not private and not all(is_public(machine) for machine in machines):
        raise PrivateAddress(host=host)
    return machines[0]


def is_public(machine: str) -> bool:
    """Whether an address of a machine is one of the open net."""
    there = ipaddress.ip_address(machine.partition("%")[0])
    if isinstance(there, ipaddress.IPv6Address):
        behind = there.ipv4_mapped or there.sixtofour
        if any(there in each for each in OF_IPV4):
            behind = ipaddress.IPv4Address(int(there) & 0xFFFFFFFF)
        if behind is not None:
            return is_public(str(behind))
        if there.is_site_local:
            return False
    return there.is_global and not there.is_multicast


# An IPv4 address stands at their end: NAT64, and two older ways of writing it.
OF_IPV4 = [ipaddress.IPv6Network(each) for each in ("64:ff9b::/96", "::/96", "::ffff:0:0:0/96")]


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


def _named(parts: SplitResult) -> str:
    """The server as a header may name it: in letters that each server reads."""
    if parts.netloc.isascii():
        return parts.netloc
    try:
        host = (parts.hostname or "").encode("idna").decode()
    except UnicodeError as why:
        raise BadAddress from why
    return f"{host}:{parts.port}" if parts.port else host


def _headers(parts: SplitResult, etag: str, manners: Manners) -> Mapping[str, str]:
    asked = {
        "Host": _named(parts),
        "User-Agent": manners.agent,
        "Accept": manners.accept,
        "Accept-Encoding": "gzip, identity" if manners.packed else "identity",
    }
    if manners.credentials:
        secret = base64.b64encode(manners.credentials.encode()).decode()
        asked["Authorization"] = f"Basic {secret}"
    return {**asked, "If-None-Match": etag} if etag else asked


def _body(answer: http.client.HTTPResponse, until: float, most: int) -> bytes:
    """All of it, within the bytes and seconds; a server that drips is let go, and half a file is
    none."""
    pieces, size = [], 0
    while piece := answer.read1(PIECE):
        size += len(piece)
        if size > most:
            raise FileTooLarge(megabytes=most // 1_000_000)
        if time.monotonic() > until:
            break
        pieces.append(piece)
    if answer.length or time.monotonic() > until:  # it hung up before the end, or we did
        raise http.client.IncompleteRead(b"", answer.length)
    body = b"".join(pieces)
    packed = answer.getheader("Content-Encoding", "").strip().lower() in {"gzip", "x-gzip"}
    return _unpacked(body, most) if packed and body.startswith(GZIP) else body


def _unpacked(body: bytes, most: int) -> bytes:
    """What a server compressed. A little that would become very much does not."""
    unpacking = zlib.decompressobj(wbits=31)
    try:
        found = unpacking.decompress(body, most + 1)
    except zlib.error as why:
        raise http.client.IncompleteRead(b"") from why
    if len(found) > most:
        raise FileTooLarge(megabytes=most // 1_000_000)
    if not unpacking.eof:
        raise http.client.IncompleteRead(found)
    return found
