"""The front door: what is read before a thread is taken, and what is refused, in words."""

import asyncio
import json
from collections.abc import Coroutine, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from typing import Any, TypeVar
from wsgiref.types import StartResponse

import pytest
from django.core.wsgi import get_wsgi_application
from django.urls import reverse

from postroad.catalogue import incoming
from postroad.web.shared.troubles import UNREAD
from postroad.worker.front import BY_PATH, FILES, Front, Limits, Whole, most_for

Answer = TypeVar("Answer")
FORM = [(b"content-type", b"application/x-www-form-urlencoded")]
USUAL = Limits()
FIRST = asyncio.FIRST_COMPLETED
NEVER = object()  # a visitor who says nothing more


TAKES_A_FILE: dict[str, list[Any]] = {  # pages that take larger ones than a form may be
    "office-status-list-file": [1],
    "office-libraries-file": [],
    "office-cards-file": ["lee"],
    "staff-loads-file": ["lee"],
    "staff-holds-file": [],
    "staff-mailings": [],
    "office-delivery-codes-file": [],
    "office-delivery-contractor-file": [],
    "office-delivery-scan-files": [],
    "office-delivery-sort-file": [],
    "office-delivery-timetables": [],
    "courier-files": [],
    "api-holds": [],
    "api-sort-list": [],
    "wagtailimages:add": [],
    "wagtaildocs:add": [],
}


@pytest.mark.parametrize("name", TAKES_A_FILE)
def test_a_page_that_takes_files_takes_them_at_the_front_door_too(name: str):
    assert FILES.match(reverse(name, args=TAKES_A_FILE[name]))


def test_all_that_a_library_has_may_be_larger_than_a_list_and_is_still_limited():
    records = reverse("staff-loads-file", args=["lee"])
    assert most_for(records, USUAL) == USUAL.records > incoming.BYTES
    assert most_for(reverse("office-cards-file", args=["lee"]), USUAL) == USUAL.file
    assert most_for(reverse("staff-loads", args=["lee"]), USUAL) == USUAL.form


def in_a_loop(coroutine: Coroutine[Any, Any, Answer]) -> Answer:
    """In a thread of its own: a browser's loop may run in that of the tests."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, coroutine).result()


def scope(method: str = "POST", path: str = "/said", **more: Any) -> dict[str, Any]:
    return {
        "type": "http",
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "raw_path": path.encode(),
        "query_string": b"",
        "server": ("127.0.0.1", "8000"),
        "client": ("192.0.2.7", "4711"),
        "headers": [(b"host", b"127.0.0.1"), *FORM],
        **more,
    }


async def visit(front: Front, about: dict[str, Any], *pieces: Any) -> list[dict[str, Any]]:
    """What the server is told to answer to one who sends these pieces, the last of them last."""
    waiting = [*pieces] or [b""]
    heard: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        if not waiting:
            return {"type": "http.disconnect"}
        piece = waiting.pop(0)
        if piece is NEVER:
            await asyncio.Event().wait()
        if piece is None:
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": piece, "more_body": bool(waiting)}

    async def send(message: dict[str, Any]) -> None:
        heard.append(message)

    await front(about, receive, send)  # type: ignore[arg-type]  # dicts of ours
    return heard


def echo(environ: dict[str, Any], start: StartResponse) -> Iterable[bytes]:
    """An application that says back what it was told."""
    start("200 OK", [("Content-Type", "application/json")])
    said = {name: value for name, value in environ.items() if isinstance(value, (str, int))}
    size = int(environ["CONTENT_LENGTH"])
    return [json.dumps({**said, "body": environ["wsgi.input"].read(size).decode()}).encode()]


def told(heard: list[dict[str, Any]]) -> dict[str, Any]:
    return dict(json.loads(heard[1]["body"]))


def hear(about: dict[str, Any], *pieces: Any, limits: Limits = USUAL) -> list[dict[str, Any]]:
    return in_a_loop(visit(Front(echo, limits), about, *pieces))


def refused(heard: list[dict[str, Any]]) -> tuple[int, str]:
    """The status and the words of a page of ours, which has all its headers."""
    headers = {name.decode().lower(): value.decode() for name, value in heard[0]["headers"]}
    assert "default-src 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["connection"] == "close"
    return heard[0]["status"], heard[1]["body"].decode()


def hear_pages(
    about: dict[str, Any],
    *pieces: Any,
    limits: Limits = Limits(),  # noqa: B008
) -> tuple[int, str]:
    return refused(in_a_loop(visit(Front(get_wsgi_application(), limits), about, *pieces)))


def test_a_visit_reaches_the_pages_as_it_was_sent():
    headers = [
        (b"host", b"ill.example.org"),
        (b"cookie", b"a=1"),
        (b"cookie", b"b=\xe9"),
        (b"accept", b"text/html"),
        (b"accept", b"*/*"),
        (b"x_forwarded_for", b"192.0.2.99"),
        (b"transfer-encoding", b"chunked"),
        (b"proxy", b"http://192.0.2.1"),
    ]
    about = scope(path="/gu%C3%ADa/%ff", query_string=b"q=%41&x", headers=headers)
    said = told(hear(about, b"one ", b"two"))
    assert said["body"] == "one two"
    assert said["CONTENT_LENGTH"] == "7"
    assert said["PATH_INFO"].encode("latin-1") == b"/gu\xc3\xada/\xff"
    assert said["QUERY_STRING"] == "q=%41&x"
    assert said["HTTP_COOKIE"].encode("latin-1") == b"a=1; b=\xe9"
    assert said["HTTP_ACCEPT"] == "text/html,*/*"
    assert said["REMOTE_ADDR"] == "192.0.2.7"
    assert said["HTTP_HOST"] == "ill.example.org"
    left_out = {"HTTP_X_FORWARDED_FOR", "HTTP_TRANSFER_ENCODING", "HTTP_PROXY"}
    assert not left_out & set(said)


def test_a_visitor_of_http_1_0_names_no_host():
    assert "HTTP_HOST" not in told(hear(scope(headers=[(b"host", b"")], http_version="1")))
    assert told(hear(scope(headers=[(b"host", b"")])))["HTTP_HOST"] == ""


def test_a_body_on_the_disk_arrives_whole():
    body = b"0123456789" * 20_000
    assert told(hear(scope(), body[:150_000], body[150_000:]))["body"] == body.decode()


@pytest.mark.parametrize("length", [[(b"content-length", b"2000001")], []], ids=["told", "untold"])
def test_a_body_that_is_too_large_is_refused_in_words(length):
    pieces = [b"x" * 600_000] * 4
    status, words = hear_pages(scope(headers=[(b"host", b"127.0.0.1"), *FORM, *length]), *pieces)
    assert status == 413
    assert "That was too much at once" in words
    assert "<!DOCTYPE html>" in words


def test_a_file_may_be_larger_where_an_editor_sends_one():
    picture = b"x" * 2_000_000
    assert len(told(hear(scope(path="/cms/images/add/"), picture))["body"]) == len(picture)


def test_a_program_hears_the_same_in_json():
    headers = [(b"host", b"127.0.0.1"), (b"accept", b"application/json"), *FORM]
    status, words = hear_pages(scope(headers=headers), b"x" * 2_000_000)
    assert status == 413
    assert json.loads(words)["error"] == "request_entity_too_large"


@pytest.mark.parametrize(
    "limits", [Limits(silence=0.01), Limits(whole=0.01)], ids=["silent", "slow"]
)
def test_who_does_not_come_to_the_end_is_refused_in_words(limits):
    status, words = hear_pages(scope(), b"login=", NEVER, b"a", limits=limits)
    assert status == 408
    assert "nothing was changed" in words


def test_half_a_form_is_no_form():
    status, words = hear_pages(scope(), b"login=", None)
    assert status == 400
    assert "did not arrive complete" in words


def test_no_more_is_held_at_once_than_the_process_takes_upon_itself():
    front = Front(get_wsgi_application(), Limits(held=1_500_000, silence=0.2))

    async def both() -> list[Any]:
        first = asyncio.create_task(visit(front, scope(), b"x" * 900_000, NEVER))
        await asyncio.sleep(0)
        second = await visit(front, scope(), b"x" * 900_000, b"x")
        return [await first, second]

    slow, late = in_a_loop(both())
    assert refused(slow)[0] == 408
    assert refused(late)[0] == 503
    assert front.held == 0


def test_who_writes_leaves_a_thread_to_those_who_read():
    locked, django = Event(), get_wsgi_application()

    def pages(environ: dict[str, Any], start: StartResponse) -> Iterable[bytes]:
        if UNREAD in environ:
            return django(environ, start)
        if environ["REQUEST_METHOD"] == "POST":
            locked.wait()
        start("200 OK", [])
        return [environ["REQUEST_METHOD"].encode()]

    front = Front(pages, Limits(threads=3, reading=1, wait=0.2))

    async def all_of_them() -> tuple[list[Any], list[Any]]:
        writers = [asyncio.create_task(visit(front, scope())) for _ in range(4)]
        readers = [await visit(front, scope("GET")) for _ in range(3)]
        late = [await each for each in (await asyncio.wait(writers, return_when=FIRST))[0]]
        locked.set()
        await asyncio.gather(*writers)
        return late, readers

    late, readers = in_a_loop(all_of_them())
    assert [heard[1]["body"] for heard in readers] == [b"GET"] * 3
    status, words = refused(late[0])
    assert status == 503
    assert "Nothing was lost" in words


def test_a_large_file_is_left_to_the_server_and_closed(tmp_path: Path):
    large, small = tmp_path / "large", tmp_path / "small"
    large.write_bytes(b"x" * BY_PATH)
    small.write_bytes(b"y")
    opened = []

    def files(environ: dict[str, Any], start: StartResponse) -> Iterable[bytes]:
        start("200 OK", [])
        file = Path(environ["PATH_INFO"]).open("rb")  # noqa: SIM115
        opened.append(file)
        wrapped: Whole = environ["wsgi.file_wrapper"](file)
        return wrapped

    front = Front(files)
    by_path = in_a_loop(visit(front, scope("GET", str(large))))
    assert by_path[1] == {"type": "http.response.pathsend", "path": str(large)}
    assert in_a_loop(visit(front, scope("GET", str(small))))[1]["body"] == b"y"
    assert all(file.closed for file in opened)


def test_what_is_no_visit_is_not_answered():
    with pytest.raises(ValueError, match="websocket"):
        hear({**scope(), "type": "websocket"})
