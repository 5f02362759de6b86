"""The counts of the van: the office's by route, day, stop and lane, a library's own."""

import csv
import io
from datetime import timedelta

import pytest
from django.utils import timezone

from postroad.reports.models import CountRun, LaneDay, StopDay
from tests.markup import tight

COUNTS = "/office/delivery/counts/"
OURS = "/staff/van/counts/"


@pytest.fixture
def yesterday():
    return timezone.localdate() - timedelta(days=1)


@pytest.fixture
def counted(cast, yesterday):
    """Lenox: 3 scanned, 2 in bins, 6 typed. Of Lee nobody said anything. Once, two months ago."""
    facts = {"route": "WEST 2", "due": True}
    StopDay.objects.bulk_create(
        [
            StopDay(
                day=yesterday,
                library=cast.lenox,
                left_scanned=3,
                left_in_bins=2,
                taken_declared=4,
                typed_left=6,
                bins_left=1,
                **facts,
            ),
            StopDay(day=yesterday, library=cast.lee, **facts),
            StopDay(
                day=yesterday - timedelta(days=60), library=cast.lenox, left_scanned=99, **facts
            ),
        ]
    )
    LaneDay.objects.create(day=yesterday, origin="=WEST 2", destination="", items=4)
    CountRun.objects.create(pk=1, through=yesterday)


@pytest.fixture
def office(client, cast):
    client.force_login(cast.delivery)
    return client


def lines(answer):
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_what_is_known_in_different_ways_stands_side_by_side(office, counted):
    page = office.get(COUNTS)
    (row,) = page.context["rows"]
    assert (row.label, dict(row.cells)) == (
        "WEST 2",
        {
            "Scanned": 3,
            "In a scanned bin": 2,
            "Recorded without a scan": 0,
            "First seen at the desk": 0,
            "Typed by the driver": 6,
            "Counted by the library": None,
        },
    )
    assert [(part.kind, part.length) for part in row.parts] == [
        ("scanned", "60.0%"),
        ("in-bins", "40.0%"),
    ]
    assert "1 of 2" in tight(page)
    assert "not known" in tight(page)


def test_each_row_opens_what_it_is_the_sum_of(office, counted, cast):
    (route,) = office.get(COUNTS).context["rows"]
    stops = office.get(COUNTS + route.address).context["rows"]
    assert [each.label for each in stops] == ["Lee, Lee Library", "Lenox, Lenox Library"]
    (day,) = office.get(COUNTS + stops[1].address).context["rows"]
    assert dict(day.cells)["Scanned"] == 3


@pytest.mark.parametrize(
    ("query", "cells"),
    [
        ("?way=taken", {"Recorded without a scan": 4}),
        ("?way=bins", {"Left": 1, "Taken along": 0}),
        ("?by=lane", {"Items put in": 4}),
        ("?by=day&way=rubbish&from=rubbish&through=2026-02-31", {"Scanned": 3}),
        ("?from=1980-01-01&through=9999-12-31", {"Scanned": 102}),
    ],
)
def test_the_address_says_what_is_counted(office, counted, query, cells):
    (row,) = office.get(COUNTS + query).context["rows"]
    assert dict(row.cells).items() >= cells.items()


def test_a_spreadsheet_has_all_and_no_formula(office, counted):
    (row,) = lines(office.get(COUNTS + "?format=csv"))
    assert (row["Route"], row["Left at libraries: Scanned"]) == ("WEST 2", "3")
    assert row["Left at libraries: Typed by the driver"] == "6"
    assert row["Left at libraries: Counted by the library"] == ""
    (lane,) = lines(office.get(COUNTS + "?by=lane&format=csv"))
    assert lane["From route"] == "'=WEST 2"


def test_it_says_until_when_it_is_whole(office, counted, yesterday):
    page = office.get(COUNTS)
    assert page.context["whole_until"] == timezone.localdate() - timedelta(days=4)
    assert "Complete through" in tight(page)
    CountRun.objects.all().delete()
    assert "Nothing was counted yet" in tight(office.get(COUNTS))


@pytest.mark.parametrize("query", ["", "?by=stop", "?by=day", "?by=lane"])
def test_a_page_costs_the_same_for_few_and_for_many(
    office, counted, cast, yesterday, query, django_assert_max_num_queries
):
    StopDay.objects.bulk_create(
        StopDay(day=yesterday - timedelta(days=back), library=library, route=f"R {back}")
        for back in range(1, 20)
        for library in cast.libraries
    )
    with django_assert_max_num_queries(12):
        office.get(COUNTS + query)


def test_a_library_sees_its_own_stop_alone(client, cast, counted, yesterday):
    client.force_login(cast.lender)
    page = client.get(OURS)
    (row,) = page.context["rows"]
    assert dict(row.cells)["Scanned"] == 3
    client.force_login(cast.borrower)
    (row,) = client.get(OURS).context["rows"]
    assert (dict(row.cells)["Scanned"], row.silent) == (0, 1)
    (line,) = lines(client.get(f"{OURS}?format=csv"))
    assert line["Day"] == yesterday.isoformat()


def test_where_the_van_was_not_the_page_says_so(client, cast):
    client.force_login(cast.lender)
    assert "as far as we know" in tight(client.get(OURS))
