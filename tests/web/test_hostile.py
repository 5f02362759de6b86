"""What no browser of ours sends: it is refused in words, at once, on every page."""

import pytest
from django.test import Client

from postroad.web.shared import refusals
from tests.ill.story import Story
from tests.web.test_gates import addresses, example
from tests.web.test_headers import assert_strict

pytestmark = pytest.mark.django_db
MANY = "&".join(f"year={year}" for year in range(0, 9900, 10))


@pytest.fixture
def visitor() -> Client:
    return Client(raise_request_exception=False)


@pytest.mark.parametrize("query", [MANY, "q=" + "a" * refusals.LONGEST_QUERY], ids=["many", "long"])
def test_an_address_that_asks_for_too_much_is_refused_on_every_page(
    story: Story, visitor: Client, query: str
):
    for address in addresses():
        answer = visitor.get(f"{example(address, story)}?{query}")
        assert answer.status_code == 414, address
        assert "That address is too long" in answer.content.decode()
        if not address.startswith("cms/"):  # which has a policy of its own
            assert_refused(answer)


def test_as_much_as_every_filter_offers_is_answered(visitor: Client, db: None):
    query = "&".join(f"year={year}" for year in range(0, 10 * refusals.MOST_IN_QUERY, 10))
    assert visitor.get(f"/libraries?{query}").status_code == 200


def test_a_path_that_no_page_has_is_refused(visitor: Client):
    assert_refused(visitor.get("/" + "a" * 5000))


@pytest.mark.parametrize("address", ["/lend/a%00b-1-x/", "/lend/a-1-x/answer-1-%00/", "/%00"])
def test_an_address_with_a_nul_is_refused_whatever_database_would_be_asked(
    visitor: Client, db: None, address: str
):
    answer = visitor.get(address)
    assert answer.status_code == 400
    assert_refused(answer)


def test_a_number_that_no_key_reaches_is_nobodys_notice(visitor: Client, story: Story):
    visitor.force_login(story.cast.borrower)
    assert visitor.post(f"/staff/acknowledge/{10**25}/").status_code == 404


def assert_refused(answer: object) -> None:
    assert_strict(answer)
    assert "<h1>" in answer.content.decode()  # type: ignore[attr-defined]


@pytest.mark.parametrize("kind", sorted(refusals.FORMS))
@pytest.mark.parametrize("charset", ["utf-16", "utf-7", "no-such", "", "idna", "zlib"])
def test_a_form_in_a_charset_of_no_page_of_ours_is_refused(
    visitor: Client, kind: str, charset: str
):
    content_type = f"{kind}; charset={charset}; boundary=x"
    answer = visitor.generic("POST", "/accounts/login/", b"a=1", content_type)
    assert answer.status_code == 400
    assert_refused(answer)


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"--x\r\nbroken", "multipart/form-data"),
        (b"--x\r\nbroken", "multipart/form-data; boundary=" + "x" * 300),
        (b"--x\r\n\r\n\r\n--x--", "multipart/form-data; boundary=x"),
        (b"login=\x00&password=%00", "application/x-www-form-urlencoded"),
        (b"login=%ff%fe&password=%ed%a0%80", "application/x-www-form-urlencoded"),
        (b"{" * 10_000, "application/json"),
        (b"\x00" * 1000, 'no/such; a="b'),
        (b"a=1", ""),
    ],
)
def test_a_body_that_is_no_form_is_answered_in_words(
    visitor: Client, body: bytes, content_type: str
):
    answer = visitor.generic("POST", "/accounts/login/", body, content_type)
    assert answer.status_code in {200, 400}
    assert_strict(answer)


def test_the_page_of_a_trouble_stands_when_its_frame_is_broken(visitor: Client, settings):
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
    }
    settings.DEBUG = False
    answer = visitor.generic("POST", "/accounts/login/", b"--x", "multipart/form-data")
    assert answer.status_code == 400
    assert_strict(answer)
    assert "could not read that" in answer.content.decode()
