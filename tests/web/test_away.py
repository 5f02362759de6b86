"""The database is away, for real: every page says so in words, and comes back with it."""

import json
import os
import subprocess
import sys

import pytest

pytestmark = pytest.mark.once  # it names a PostgreSQL that is not there, in a process of its own

ASK = """
import json
import django
django.setup()
from django.test import Client
from tests.web.test_gates import addresses
HTML = {"host": "127.0.0.1", "accept": "text/html"}
found = []
for cookie in ("", "a" * 32):
    client = Client(raise_request_exception=False, headers=HTML)
    if cookie:
        client.cookies["session"] = cookie
    for address in [*map("/{}".format, addresses()), "/no/such/page/"]:
        if "<" not in address:
            answer = client.get(address)
            policy = "Content-Security-Policy" in answer
            again = answer.get("Retry-After")
            words = answer.content.decode()
            found.append([address, bool(cookie), answer.status_code, policy, again, words])
program = client.get("/libraries", headers={"accept": "application/json"}).content.decode()
print(json.dumps([found, program]))
"""


def test_every_page_says_in_words_that_the_database_is_away_and_programs_hear_it_in_json():
    away = {
        "DATABASE_URL": "postgres://nobody@127.0.0.1:1/none",
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "LOG_LEVEL": "ERROR",
    }
    done = subprocess.run(
        [sys.executable, "-c", ASK], env=os.environ | away, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    found, program = json.loads(done.stdout)
    assert len(found) > 60
    assert all(policy for _address, _session, _status, policy, *_rest in found)
    assert not [each for each in found if each[2] == 500]
    said = {address: status for address, session, status, *_rest in found if session}
    assert (said["/healthz"], said["/readyz"], said["/metrics"]) == (200, 503, 200)
    metrics = [words for address, *_rest, words in found if address == "/metrics"]
    assert all("postroad_database_up 0.0" in words for words in metrics)
    asked_the_database = [
        (again, words)
        for address, session, status, _policy, again, words in found
        if session and status == 503 and address not in {"/readyz", "/search"}
    ]
    assert len(asked_the_database) > 25
    for again, words in asked_the_database:
        assert again == "30"
        assert "The database is not answering right now" in words
        assert "<!DOCTYPE html>" in words
    assert json.loads(program)["error"] == "service_unavailable"
