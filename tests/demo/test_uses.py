"""The copies of the demonstration show something on any day, and are within their time."""

from datetime import UTC, datetime

import pytest

from postroad.demo import uses
from postroad.demo.people import HOME, LENDER
from postroad.directory.models import Library
from postroad.documents import reports
from postroad.documents.models import Use


@pytest.fixture
def libraries(db: None) -> dict[str, Library]:
    facts = {"town": "Lee", "state": "MA"}
    return {code: Library.objects.create(code=code, name=code, **facts) for code in (HOME, LENDER)}


@pytest.mark.parametrize(
    "now",
    [
        datetime(2026, 11, 27, 15, tzinfo=UTC),
        datetime(2027, 1, 1, 5, 30, tzinfo=UTC),  # half past midnight
        datetime(2027, 1, 1, 4, 30, tzinfo=UTC),  # the last evening of the year, there
        datetime(2028, 2, 29, 15, tzinfo=UTC),
    ],
    ids=lambda now: f"{now:%Y-%m-%d %H:%M}",
)
def test_every_year_has_copies_some_beyond_five_and_none_of_the_future(
    libraries: dict[str, Library], now: datetime
) -> None:
    uses.make(now)
    home, today = libraries[HOME], libraries[HOME].day_of(now)
    for year in (today.year, today.year - 1):
        listed = reports.titles(Use.objects.filter(library=home).counted_in(year), year)
        whole = reports.total(listed)
        assert whole.beyond == 3
        assert whole.undecided == 1
        assert whole.royalties == 2
    assert whole.not_counted == 0
    assert Use.objects.filter(asked_in=today.year - 2).exists()
    assert not Use.objects.filter(asked_in__gt=today.year).exists()
    assert not Use.objects.filter(filled_on__gt=today).exists()
    assert Use.objects.exclude(reason="").get().marked_by
    assert not Use.objects.filter(purge_on__lte=today).exists()
