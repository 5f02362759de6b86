"""The front door: a visit is read whole, within a size and a time, before a thread is taken for it.

Pages are made by threads, of which there are few. A visitor who sends one byte in five seconds, or
reads as slowly, is kept in the server's event loop, where he costs a little memory and nobody's
time. What cannot be read is refused by a page like any other: in words, with our headers, and with
its line in the log.
"""

import asyncio
import os
import re
import sys
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from http import HTTPStatus
from io import BufferedReader
from tempfile import SpooledTemporaryFile
from typing import Any
from urllib.parse import unquote_to_bytes
from wsgiref.types import WSGIApplication

from postroad.web.shared.troubles import UNREAD

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]
Environ = dict[str, Any]
Body = SpooledTemporaryFile[bytes]

# Where an editor sends a picture or a document, and staff, drivers and programs send a list.
FILES = re.compile(
    r"/cms/(images|documents)/|/(office|staff)/(.+/)?file/$|/lend/[^/]+/copy/$"
    r"|/office/delivery/(scan-files|timetables)/$|/courier/files/$|/staff/mailings/$"
    r"|/api/(holds|sort)/$"
)
# Where a library sends all that it has, and where copies of articles come in.
RECORDS = re.compile(  # where a library sends all that it has, an office all that is licensed
    r"/staff/catalog/[-\w]+/file/$|/office/e-resources/lists/file/$"
    r"|/staff/lending/copies/upload/$|/staff/supplies/[-\w]+/\d+/copy/$|/office/centre/[-\w]+/copy/$"
)
IN_MEMORY = 65_536  # bytes of a body; the rest waits on the disk
BY_PATH = 262_144  # bytes; a larger file is sent by the server from the disk, as it is read


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one page process takes upon itself."""

    threads: int = 2 * (os.cpu_count() or 1) + 1  # one waits for the database, another is answered
    reading: int = 2  # of them never wait for a lock of the database: there is always a search
    wait: float = 20  # seconds for a thread; who waited so long has given up, or presses again
    form: int = 1_000_000  # bytes; the longest of our forms is the text of a guide
    file: int = 20_000_000
    records: int = 201_000_000
    silence: float = 10  # seconds between two pieces of a body
    whole: float = 30  # seconds for all of it, and one more for each of these bytes:
    bytes_a_second: int = 50_000  # what a telephone at the edge of the network still sends
    held: int = 256_000_000  # bytes of all bodies that are read just now
    drained: int = 32_000_000  # bytes thrown away after a no: who still sends does not hear it


class Unread(Exception):
    """A visit is not taken in; the status says why."""

    def __init__(self, status: HTTPStatus) -> None:
        super().__init__(status)
        self.status = status


@dataclass(slots=True)
class Answer:
    status: int
    headers: Headers
    body: bytes = b""
    path: str = ""


@dataclass(slots=True)
class Front:
    """An ASGI application before a WSGI one."""

    application: WSGIApplication
    limits: Limits = field(default_factory=Limits)
    held: int = 0
    threads: ThreadPoolExecutor = field(init=False)
    usher: ThreadPoolExecutor = field(init=False)
    room: asyncio.Semaphore = field(init=False)
    room_to_write: asyncio.Semaphore = field(init=False)

    def __post_init__(self) -> None:
        threads = self.limits.threads
        self.threads = ThreadPoolExecutor(threads, "page")
        self.usher = ThreadPoolExecutor(1, "refusal")  # a no needs no room among the pages
        self.room = asyncio.Semaphore(threads)
        self.room_to_write = asyncio.Semaphore(max(threads - self.limits.reading, 1))

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            raise ValueError(f"only pages are served here, no {scope['type']}")
        environ = environ_of(scope)
        with SpooledTemporaryFile(IN_MEMORY) as body:
            try:
                size = await self.read(environ, receive, body)
                try:
                    answer = await self.in_a_thread(environ, body, size)
                finally:
                    self.held -= size
            except Unread as no:
                await tell(await self.refuse(environ, no.status), send)
                if "HTTP_EXPECT" not in environ:  # else he waits for us before he sends
                    await drain(receive, self.limits)
            else:
                await tell(answer, send)

    async def read(self, environ: Environ, receive: Receive, body: Body) -> int:
        """The bytes of the body, which is written down whole."""
        limits = self.limits
        most = most_for(environ["PATH_INFO"], limits)
        if announced(environ) > most:
            raise Unread(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        clock = asyncio.get_running_loop().time
        start, size, more = clock(), 0, True
        try:
            while more:
                by_now = start + limits.whole + size / limits.bytes_a_second
                last = min(clock() + limits.silence, by_now)
                piece, more = await next_piece(receive, last)
                size += len(piece)
                self.held += len(piece)
                if size > most:
                    raise Unread(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
                if self.held > limits.held:
                    raise Unread(HTTPStatus.SERVICE_UNAVAILABLE)
                keep(body, piece)
        except BaseException:
            self.held -= size
            raise
        body.seek(0)
        return size

    async def in_a_thread(self, environ: Environ, body: Body, size: int) -> Answer:
        environ |= {"wsgi.input": body, "CONTENT_LENGTH": str(size)}
        loop = asyncio.get_running_loop()
        async with AsyncExitStack() as stack:
            try:
                async with asyncio.timeout(self.limits.wait):
                    if environ["REQUEST_METHOD"] not in {"GET", "HEAD"}:
                        await stack.enter_async_context(self.room_to_write)
                    await stack.enter_async_context(self.room)
            except TimeoutError:
                raise Unread(HTTPStatus.SERVICE_UNAVAILABLE) from None
            return await loop.run_in_executor(self.threads, made, self.application, environ)

    async def refuse(self, environ: Environ, status: HTTPStatus) -> Answer:
        """The page of a no. What was not read stands between us and the next visit: close."""
        with SpooledTemporaryFile() as nothing:
            environ |= {UNREAD: status, "wsgi.input": nothing, "CONTENT_LENGTH": "0"}
            loop = asyncio.get_running_loop()
            answer = await loop.run_in_executor(self.usher, made, self.application, environ)
        answer.headers.append((b"connection", b"close"))
        return answer


def environ_of(scope: Message) -> Environ:
    """What WSGI tells of a visit, but for its body."""
    host, port = scope["server"]
    environ: Environ = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(scope["raw_path"]).decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_NAME": host,
        "SERVER_PORT": str(port),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "REMOTE_ADDR": scope["client"][0],
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope["scheme"],
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
        "wsgi.file_wrapper": Whole,
    }
    for name, value in scope["headers"]:
        add_header(environ, name.decode("latin-1"), value.decode("latin-1"))
    if scope["http_version"] in {"1", "1.0"} and not environ.get("HTTP_HOST"):
        environ.pop("HTTP_HOST", None)  # it came later; the server writes an empty one
    return environ


NOT_PASSED_ON = frozenset({"TRANSFER_ENCODING", "PROXY"})  # it is read; and what httpoxy abused


def add_header(environ: Environ, name: str, value: str) -> None:
    """A header by the name that WSGI gives it. One with `_` would pass for that with `-`."""
    known = name.upper().replace("-", "_")
    if "_" in name or known in NOT_PASSED_ON:
        return
    key = known if known in {"CONTENT_TYPE", "CONTENT_LENGTH"} else f"HTTP_{known}"
    between = "; " if known == "COOKIE" else ","
    environ[key] = f"{environ[key]}{between}{value}" if key in environ else value


def announced(environ: Environ) -> int:
    length = environ.get("CONTENT_LENGTH", "")
    return int(length) if length.isascii() and length.isdigit() else 0


def most_for(path: str, limits: Limits) -> int:
    """How many bytes may be sent to this address."""
    if RECORDS.match(path):
        return limits.records
    return limits.file if FILES.match(path) else limits.form


async def next_piece(receive: Receive, last: float) -> tuple[bytes, bool]:
    """A piece of the body, and whether there is more."""
    try:
        async with asyncio.timeout_at(last):
            message = await receive()
    except TimeoutError:
        raise Unread(HTTPStatus.REQUEST_TIMEOUT) from None
    if message["type"] == "http.disconnect":  # it ends before its end; half a form is no form
        raise Unread(HTTPStatus.BAD_REQUEST)
    return message.get("body", b""), message.get("more_body", False)


def keep(body: Body, piece: bytes) -> None:
    try:
        body.write(piece)
    except OSError as why:  # the disk is full
        raise Unread(HTTPStatus.INSUFFICIENT_STORAGE) from why


async def drain(receive: Receive, limits: Limits) -> None:
    """Let who still sends come to the end, so that he hears the answer."""
    last = asyncio.get_running_loop().time() + limits.silence
    size, more = 0, True
    while more and size < limits.drained:
        try:
            piece, more = await next_piece(receive, last)
        except Unread:
            return
        size += len(piece)


async def tell(answer: Answer, send: Send) -> None:
    start = {"type": "http.response.start", "status": answer.status, "headers": answer.headers}
    await send(start)
    if answer.path:
        await send({"type": "http.response.pathsend", "path": answer.path})
    else:
        await send({"type": "http.response.body", "body": answer.body})


def made(application: WSGIApplication, environ: Environ) -> Answer:
    """What the application answers, with all that it does afterwards."""
    started: list[tuple[str, list[tuple[str, str]]]] = []
    written: list[bytes] = []

    def start(
        status: str, headers: list[tuple[str, str]], exc_info: object = None, /
    ) -> Callable[[bytes], object]:
        started[:] = [(status, headers)]
        return written.append

    said = application(environ, start)
    try:
        path = said.path() if isinstance(said, Whole) else ""
        body = b"" if path else b"".join([*written, *said])
    finally:
        getattr(said, "close", lambda: None)()
    [(status, headers)] = started
    encoded = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers]
    return Answer(int(status[:3]), encoded, body, path)


@dataclass(slots=True)
class Whole:
    """A file that the application hands over. A large one is left to the server, which sends it as
    the visitor takes it."""

    file: Any
    block_size: int = 65_536

    def path(self) -> str:
        if not isinstance(self.file, BufferedReader) or self.file.tell():
            return ""
        large = os.fstat(self.file.fileno()).st_size >= BY_PATH
        return os.path.abspath(self.file.name) if large and isinstance(self.file.name, str) else ""

    def __iter__(self) -> Iterator[bytes]:
        return iter(lambda: self.file.read(self.block_size), b"")

    def close(self) -> None:
        self.file.close()
