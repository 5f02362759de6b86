"""The addresses of questions, and datestamps."""

from datetime import UTC, datetime

import pytest

from postroad.protocols.oai import asking, stamps
from postroad.protocols.oai.values import Verb

pytestmark = pytest.mark.once
BASE = "https://lib.example/oai?db=1"
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_a_question_keeps_what_the_address_says_of_its_own():
    assert asking.question(BASE, Verb.IDENTIFY) == f"{BASE}&verb=Identify"


def test_a_list_is_asked_with_all_and_goes_on_with_its_token_alone():
    asked = asking.records("https://a.example/o", prefix="marc21", spec="A:B", since=NOON)
    assert asked.endswith("metadataPrefix=marc21&set=A%3AB&from=2026-03-01T12%3A00%3A00Z")
    by_day = asking.records("https://a.example/o", prefix="marc21", since=NOON, by_day=True)
    assert by_day.endswith("from=2026-03-01")
    on = asking.records("https://a.example/o", prefix="marc21", since=NOON, token="a/b&c=1")
    assert on == "https://a.example/o?verb=ListRecords&resumptionToken=a%2Fb%26c%3D1"


@pytest.mark.parametrize(
    ("typed", "base"),
    [
        ("https://a.example/o?verb=Identify", "https://a.example/o"),
        (
            " https://a.example/o?db=1&verb=ListRecords&metadataPrefix=x ",
            "https://a.example/o?db=1",
        ),
        ("https://a.example/o#top", "https://a.example/o"),
    ],
)
def test_what_somebody_copied_from_a_browser_is_cut_to_the_address(typed, base):
    assert asking.base_of(typed) == base


@pytest.mark.parametrize(
    ("said", "means"),
    [
        ("2026-03-01T12:00:00Z", NOON),
        ("2026-03-01T12:00:00.123Z", NOON),
        ("2026-03-01T12:00:00", NOON),
        ("2026-03-01 12:00:00", NOON),
        ("2026-03-01T13:00:00+01:00", NOON),
        ("2026-03-01", NOON.replace(hour=0)),
        ("", None),
        ("yesterday", None),
        ("2026-13-01", None),
        ("0001-01-01T00:00:00Z", None),
        ("9999-12-31T23:59:59Z", None),
    ],
)
def test_datestamps_are_read_however_they_are_written(said, means):
    assert stamps.moment(said) == means
