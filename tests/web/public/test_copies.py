"""The door to a delivered copy: its reader opens it by a button, and nobody else by anything."""

import re
from datetime import timedelta
from itertools import product

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client

from postroad.documents import delivering, gate, keeping, storage
from postroad.documents.models import Copy
from postroad.ill.models import Request
from postroad.notices.models import Kind, Notice
from tests.cast import Cast
from tests.documents import files
from tests.documents.stored import a_copy
from tests.ill.story import MONDAY, Story, begin
from tests.markup import tight


@pytest.fixture(autouse=True)
def now():
    cache.clear()
    with time_machine.travel(MONDAY, tick=False):
        yield


@pytest.fixture
def story(cast: Cast) -> Story:
    return begin(cast)


@pytest.fixture
def copy(story: Story) -> Copy:
    return a_copy(story.cast.lenox, story.ill.ref)


@pytest.fixture
def address(copy: Copy) -> str:
    return f"/copies/{gate.token(copy)}/"


def whole(answer) -> bytes:
    """All that is answered."""
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def views(copy: Copy) -> tuple[int, int]:
    copy.refresh_from_db()
    return copy.views_left, copy.opened


def test_its_reader_presses_the_button_and_has_the_file(cast: Cast, story, copy, address, client):
    client.force_login(cast.ada)
    page = client.get(address)
    assert "Each press uses one opening" in page.content.decode()
    assert "When you came to this page, it could be opened 5 more times" in tight(page)
    assert story.ill.title not in page.content.decode()
    assert views(copy) == (5, 0)
    answer = client.post(address, headers={"Accept-Encoding": "gzip", "Range": "bytes=0-9"})
    assert answer.status_code == 200
    assert whole(answer) == files.article()
    head = answer.headers
    assert head["Content-Type"] == "application/pdf"
    assert head["Content-Disposition"] == f'attachment; filename="copy-{copy.ref}.pdf"'
    assert head["Content-Length"] == str(copy.size)
    assert head["X-Content-Type-Options"] == "nosniff"
    assert head["Accept-Ranges"] == "none"
    assert {"no-store", "private"} <= set(re.split(r", *", head["Cache-Control"]))
    assert not {"Content-Range", "Content-Encoding", "ETag", "Last-Modified"} & set(head)
    assert "default-src 'none'" in head["Content-Security-Policy"]
    assert views(copy) == (4, 1)


def test_after_the_last_view_and_after_the_last_day_a_sentence(cast: Cast, copy, address, client):
    client.force_login(cast.ada)
    Copy.objects.update(views_left=0)
    for answer in (client.get(address), client.post(address)):
        assert answer.status_code == 410
        assert "as often as it may be" in answer.content.decode()
        assert f'href="/patron/requests/{copy.ref}/"' in answer.content.decode()
    copy.refresh_from_db()
    delivering.extend(copy, delivering.Policy(5, 30), MONDAY)
    assert whole(client.post(address)) == files.article()
    with time_machine.travel(MONDAY + timedelta(days=30), tick=False):
        keeping.purge(MONDAY + timedelta(days=30))
        client.force_login(cast.ada)
        for answer in (client.get(address), client.post(address)):
            assert answer.status_code == 410
            assert "no longer here" in answer.content.decode()


def test_a_file_that_is_missing_is_our_fault_and_costs_nothing(cast: Cast, copy, address, client):
    storage.remove(copy.stored_as)
    client.force_login(cast.ada)
    answer = client.post(address)
    assert (answer.status_code, views(copy)) == (503, (5, 0))
    assert "missing on our side" in answer.content.decode()


def test_without_signing_in_a_code_from_her_mail_opens_it_once(cast: Cast, copy, address, client):
    assert "Mail me a code" in client.get(address).content.decode()
    sent = client.post(f"{address}code/", follow=True)
    assert "a code is on its way" in sent.content.decode()
    mail = Notice.objects.get(kind=Kind.COPY_CODE)
    assert (mail.user, mail.mail_to, mail.link) == (cast.ada, "ada@example.org", address)
    [code] = re.findall(r"page of your copy: (\w{4} \w{4})", mail.text)
    wrong = client.post(address, {"code": "AAAA AAAA"})
    assert (wrong.status_code, views(copy)) == (422, (5, 0))
    assert "does not open the copy" in wrong.content.decode()
    assert whole(client.post(address, {"code": code})) == files.article()
    assert client.post(address, {"code": code}).status_code == 422
    assert views(copy) == (4, 1)


def test_nobody_is_told_whether_there_is_a_reader_or_an_address(cast: Cast, copy, address, client):
    said = whole(client.post(f"{address}code/", follow=True))
    cast.ada.email = ""
    cast.ada.save()
    none = whole(client.post(f"{address}code/", follow=True))
    Request.objects.update(patron=None)
    nobody = whole(client.post(f"{address}code/", follow=True))
    bare = [re.sub(rb'value="[^"]*"|nonce="[^"]*"', b"", each) for each in (said, none, nobody)]
    assert bare[0] == bare[1] == bare[2]
    assert Notice.objects.filter(kind=Kind.COPY_CODE).count() == 1
    client.force_login(cast.ada)  # nor is it hers once her name has left the request
    assert client.post(address).status_code == 422


def test_codes_are_few_at_one_place_and_for_one_copy(copy, address, client):
    answers = [client.post(f"{address}code/").status_code for _ in range(7)]
    assert answers == [302] * 5 + [422] * 2
    tried = [client.post(address, {"code": f"{n:08}"}).content for n in range(32)]
    assert b"Too many codes" not in tried[29]
    assert b"Too many codes" in tried[31]
    assert views(copy) == (5, 0)


OTHERS = "bea borrower lender director allrounder neighbour centre driver delivery editor operator"
METHODS = ("GET", "HEAD", "OPTIONS", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND", "POST")
HEADERS: tuple[dict[str, str], ...] = (
    {},
    {"Range": "bytes=0-99"},
    {"Range": "bytes=-1", "If-Range": "x"},
    {"If-None-Match": "*", "If-Modified-Since": "Mon, 23 Nov 2026 15:00:00 GMT"},
    {"X-HTTP-Method-Override": "POST", "X-Forwarded-User": "ada", "Remote-User": "ada"},
    {"X-Original-URL": "/copies/", "X-Sendfile": "copies", "Accept": "application/pdf"},
    {"HX-Request": "true", "Accept": "application/json"},
    {"User-Agent": "Mozilla/5.0 (compatible; Googlebot/2.1)", "Purpose": "prefetch"},
)


def guesses(copy: Copy, address: str) -> list[str]:
    """Where somebody may look who knows everything but is not its reader."""
    name, signature = copy.stored_as, address.split("-", 1)[1].strip("/")
    roots = ("", "media/", "static/", "copies/", "documents/", "media/images/", "mail/", "var/")
    made = [f"/{root}{path}" for root, path in product(roots, (name, f"copies/{name}"))]
    made += [f"/media/images/../../copies/{name}", f"/static/..%2f..%2fcopies/{name}"]
    made += [f"/documents/{copy.pk}/{name}", f"/copies/{copy.pk}/", f"/copies/{copy.ref}/"]
    made += [f"/copies/{copy.pk + 1}-{signature}/", f"/copies/{copy.pk}-{signature[:-1]}/"]
    made += [
        f"{address}{name}",
        f"{address}file/",
        f"{address}copy-{copy.ref}.pdf",
        f"{address}?code=",
    ]
    return [*made, address[:-1], f"{address}?user={1}&open=1", f"{address}code/"]


def test_nobody_else_has_it_by_any_address_method_or_header(cast: Cast, copy, address):
    clients = {name: Client(raise_request_exception=False) for name in ("visitor", *OTHERS.split())}
    clients["stranger"] = Client(raise_request_exception=False)
    for name, client in clients.items():
        if name != "visitor":
            client.force_login(getattr(cast, name))
    tries = [(who, how, HEADERS[0], address) for who, how in product(clients, METHODS)]
    tries += list(product(("visitor", "bea", "lender"), METHODS, HEADERS[1:], [address]))
    every = guesses(copy, address)
    tries += list(product(("visitor",), ("GET", "POST"), HEADERS[:1], every))
    tries += list(product(("bea",), ("GET",), HEADERS[1:2], every))
    content = files.article()
    for who, how, headers, at in tries:
        answer = clients[who].generic(how, at, headers=headers)
        body = whole(answer)
        assert not body.startswith(b"%PDF"), (who, how, headers, at)
        assert content[:60] not in body, (who, how, headers, at)
        assert answer.headers.get("Content-Type", "text/html").startswith(
            ("text/", "application/json")
        )
        assert not (200 <= answer.status_code < 300 and how not in ("GET", "HEAD", "OPTIONS")), (
            who,
            how,
            at,
        )
    assert views(copy) == (5, 0)


def test_opening_the_link_is_no_press_even_for_its_reader(cast: Cast, copy, address, client):
    """A mail scanner may follow the link with her own cookies, or anybody's."""
    client.force_login(cast.ada)
    for how, headers in product(("GET", "HEAD", "OPTIONS"), HEADERS):
        body = whole(client.generic(how, address, headers=headers))
        assert not body.startswith(b"%PDF")
    assert views(copy) == (5, 0)
    assert client.get(address)["X-Robots-Tag"] == "noindex"


def test_another_site_cannot_press_the_button_for_her(cast: Cast, copy, address):
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.ada)
    assert client.post(address).status_code == 403
    assert client.post(f"{address}code/").status_code == 403
    assert views(copy) == (5, 0)
