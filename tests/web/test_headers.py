import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from postroad import web
from tests.cast import PASSWORD, Cast
from tests.ill.story import Story
from tests.web.test_gates import addresses, example

STRICT = {
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "base-uri 'none'",
    "object-src 'none'",
    "frame-ancestors 'none'",
    "form-action 'self'",
}


def policy(response) -> set[str]:
    return {part.strip() for part in response["Content-Security-Policy"].split(";")}


def test_every_page_has_the_strict_policy(story: Story, client: Client):
    lax = {}
    for address in addresses():
        if not address.startswith("cms/"):
            with transaction.atomic():
                answer = client.get(example(address, story))
                transaction.set_rollback(True)
            try:
                assert_strict(answer)
            except (AssertionError, KeyError) as fault:
                lax[address] = str(fault)
    assert lax == {}


def assert_strict(response) -> None:
    assert policy(response) >= STRICT
    assert "unsafe" not in response["Content-Security-Policy"]
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["X-Frame-Options"] == "DENY"
    assert response["Referrer-Policy"] == "same-origin"
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"
    assert response["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "geolocation=()" in response["Permissions-Policy"]


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        ("/no/such/page/", {}, 404),
        ("/no/such/page", {}, 301),
        ("/", {"Host": "elsewhere.test"}, 400),
        ("/favicon.ico", {}, 404),
    ],
)
def test_an_answer_that_is_no_page_has_the_strict_policy_too(client, db, path, headers, status):
    response = client.get(path, headers=headers)
    assert response.status_code == status
    assert_strict(response)


def test_a_form_without_our_token_is_refused_under_the_strict_policy(db: None):
    response = Client(enforce_csrf_checks=True).post("/accounts/login/")
    assert response.status_code == 403
    assert_strict(response)


def test_only_the_editors_pages_have_a_looser_policy(cast: Cast, client: Client):
    client.force_login(cast.editor)
    response = client.get("/cms/")
    assert response.status_code == 200
    assert "style-src 'self' 'unsafe-inline'" in policy(response)
    assert "frame-ancestors 'self'" in policy(response)
    assert "default-src 'none'" in policy(response)


def test_only_the_driver_s_pages_may_ask_for_the_camera(cast: Cast, client: Client):
    client.force_login(cast.driver)
    assert "camera=(self)" in client.get("/courier/round/")["Permissions-Policy"]
    assert "camera=()" in client.get("/")["Permissions-Policy"]


def test_what_a_reader_saw_stays_in_no_cache(cast: Cast, client: Client):
    assert "no-store" not in client.get("/accounts/password/reset/").get("Cache-Control", "")
    client.force_login(cast.lender)
    assert client.get("/staff/desk/")["Cache-Control"] == "private, no-store"


def test_cookies_are_not_for_scripts_nor_for_other_sites(cast: Cast, client: Client):
    client.get(reverse("account_login"))
    client.post(reverse("account_login"), {"login": "ada", "password": PASSWORD})
    for name in ("session", "csrf"):
        cookie = client.cookies[name]
        assert cookie["httponly"], name
        assert cookie["samesite"] == "Lax", name
    assert client.cookies["session"]["expires"] == ""  # ends with the browser


def deployed(site: str, home: Path) -> str:
    """What Django thinks of our settings under this address."""
    facts = (
        "from django.conf import settings as s; "
        "print(s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.SECURE_HSTS_SECONDS > 0, "
        "s.SECURE_SSL_REDIRECT, s.SESSION_COOKIE_NAME)"
    )
    env = {
        **os.environ,
        "SITE_URL": site,
        "POSTROAD_HOME": str(home),
        "DJANGO_SETTINGS_MODULE": "postroad.settings",
    }
    return subprocess.run(
        [sys.executable, "-c", facts], env=env, check=True, capture_output=True, text=True
    ).stdout.strip()


def test_with_https_cookies_are_secure_and_browsers_keep_to_it(tmp_path: Path):
    assert deployed("https://ill.example.org", tmp_path) == "True True True True __Host-session"


def test_without_https_the_demonstration_still_signs_in(tmp_path: Path):
    assert deployed("http://127.0.0.1:8000", tmp_path) == "False False False False session"


def test_no_page_mixes_another_language_with_ours(client, db):
    page = client.get("/accounts/login/", headers={"Accept-Language": "de"}).content.decode()
    assert '<html lang="en"' in page


def test_no_page_has_browsers_hide_where_its_forms_come_from():
    """With "no-referrer" a browser sends its origin as null, and the form is refused."""
    for file in Path(web.__file__).parent.rglob("*.py"):
        assert '["Referrer-Policy"] = "no-referrer"' not in file.read_text(), file
