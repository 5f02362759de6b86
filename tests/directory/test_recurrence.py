"""The days on which something repeats are those that another program finds, within a stretch."""

from datetime import date, datetime, time, timedelta

import pytest
from dateutil.rrule import rrulestr  # type: ignore[import-untyped]  # it brings no types

from postroad.directory.recurrence import Budget, Refused, Rule, rule

TODAY = date(2026, 11, 23)
LAST = TODAY + timedelta(days=731)
RULES = (
    "FREQ=DAILY;INTERVAL=10",
    "FREQ=DAILY;BYMONTH=12;BYDAY=SA,SU",
    "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,SU;WKST=SU",
    "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,SU;WKST=MO",
    "FREQ=WEEKLY;COUNT=150",
    "FREQ=MONTHLY",
    "FREQ=MONTHLY;BYDAY=-1FR",
    "FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=-1,15",
    "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
    "FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13",
    "FREQ=YEARLY",
    "FREQ=YEARLY;BYMONTH=11;BYDAY=4TH",
    "FREQ=YEARLY;BYDAY=-1MO",
    "FREQ=YEARLY;BYMONTH=1,7;COUNT=9",
    "FREQ=YEARLY;BYMONTHDAY=1;INTERVAL=2",
)


@pytest.mark.parametrize("text", RULES)
@pytest.mark.parametrize("start", [date(2023, 1, 31), date(2026, 11, 26), date(2024, 2, 29)])
def test_the_days_are_those_that_dateutil_finds(text, start):
    parts = {each.split("=")[0]: each.split("=")[1].split(",") for each in text.split(";")}
    theirs = rrulestr(text, dtstart=datetime.combine(start, time()))
    between = theirs.between(
        datetime.combine(TODAY, time()), datetime.combine(LAST, time()), inc=True
    )
    ours = list(rule(start, parts, None).days(TODAY, LAST, Budget(10**5)))
    assert ours == [each.date() for each in between]


def test_no_more_days_are_looked_at_than_there_is_budget_for():
    endless = Rule(date(1, 1, 1), "DAILY", count=10**9)
    with pytest.raises(Refused):
        list(endless.days(TODAY, LAST, Budget(1_000)))
