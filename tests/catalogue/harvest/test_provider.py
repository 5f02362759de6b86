"""A real OAI-PMH server, not ours, is harvested whole and followed."""

from datetime import datetime, timedelta

import pytest
from lxml import etree

from postroad.catalogue.harvest import doctor
from postroad.catalogue.harvest.rows import HarvestRun
from postroad.catalogue.models import Contribution
from tests.catalogue.harvest.conftest import NOON, Walk
from tests.catalogue.harvest.provider import providing
from tests.catalogue.harvest.source import marc

pytestmark = pytest.mark.django_db
FIRST = datetime(2026, 3, 1)  # noqa: DTZ001


def rows(count):
    return [
        (str(n), FIRST + timedelta(hours=n), marc(f"k{n}", f"b{n}", title=f"Title {n}"))
        for n in range(count)
    ]


@pytest.fixture(autouse=True)
def near(settings):
    settings.FETCH_PRIVATE = True


def test_the_doctor_finds_nothing_wrong_with_it(cast):
    with providing(rows(25)) as shelf:
        walk = Walk(shelf, cast.lenox)
        found = doctor.examine(walk.connection, NOON)
    assert {code for code, _weight, _facts in found["findings"]} <= {
        *("well", "clock-ahead", "clock-behind")
    }
    assert found["source"] == "A library of the tests"
    assert len(found["sample"]) == 20


def test_it_is_harvested_whole_then_what_changed_and_what_was_deleted(cast):
    with providing(rows(45)) as shelf:
        walk = Walk(shelf, cast.lenox)
        run = walk.go()
        assert (run.state, run.pages, run.read) == (HarvestRun.State.DONE, 5, 45)
        assert len(walk.barcodes) == 45
        later = FIRST + timedelta(days=9)
        shelf.rows[3] = ("3", later, None)
        shelf.rows[4] = ("4", later, marc("k4", "b4", "b4x", title="Title 4"))
        run = walk.tomorrow()
        assert (run.read, run.whole) == (3, False)
        assert set(walk.barcodes) == {f"b{n}" for n in range(45) if n != 3} | {"b4x"}
        walk.tomorrow()
        assert len(shelf.asked) == 5 + 3 * 1 + 1 + 1  # a question who it is for each run


@pytest.mark.nightly
def test_the_records_of_a_real_koha_come_through_it(cast, shared):
    text = (shared / "data" / "koha-demo" / "koha_biblios.marcxml").read_bytes()
    found = [
        etree.tostring(each, encoding="unicode")
        for each in etree.fromstring(text).iter("{http://www.loc.gov/MARC21/slim}record")
    ]
    there = [(str(n), FIRST + timedelta(hours=n), xml) for n, xml in enumerate(found)]
    with providing(there, page=100) as shelf:
        walk = Walk(shelf, cast.lenox)
        run = walk.go()
    assert (run.state, run.read) == (HarvestRun.State.DONE, 435)
    assert run.report["left_out"] == 0
    # Two of them bear one number and one title, and have no copies: they are one.
    assert Contribution.objects.filter(library=cast.lenox).count() == 434
