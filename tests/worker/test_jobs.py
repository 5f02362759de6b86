"""What every turn of the timetable asks of the database."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from postroad.ill.lifecycle import State
from postroad.worker.timetable import TIMETABLE, Job
from tests.cast import Cast
from tests.ill.story import MONDAY, begin

# What only grows: of these no job may read all there ever was.
LARGE = ("ill_request", "ill_supply", "ill_event", "notices_notice", "delivery_parcel")


@pytest.mark.once  # PostgreSQL reads a table through as long as it is as small as here
@pytest.mark.parametrize("job", TIMETABLE, ids=lambda job: job.name)
def test_no_job_reads_all_that_ever_was(cast: Cast, job: Job):
    begin(cast).at(State.SHIPPED)
    with CaptureQueriesContext(connection) as asked:
        job.act(MONDAY)
        job.act(MONDAY + timedelta(hours=21, minutes=30))  # in the morning
    reads = [each["sql"] for each in asked if any(table in each["sql"] for table in LARGE)]
    with connection.cursor() as cursor:
        for sql in reads:
            if sql.startswith(("SELECT", "UPDATE", "DELETE")):
                plan = cursor.execute(f"EXPLAIN QUERY PLAN {sql}").fetchall()
                assert not any(f"SCAN {table}" in str(plan) for table in LARGE), sql
