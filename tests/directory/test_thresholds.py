"""Dated thresholds (R14): which row holds on a day, and that a change is felt."""

from datetime import date

import pytest
from django.core.cache import caches

from postroad.directory import thresholds
from postroad.directory.models import Threshold
from tests.cast import Cast

BEFORE, DAY, AFTER = date(2026, 6, 30), date(2026, 7, 1), date(2026, 7, 2)


@pytest.fixture
def two_rules(cast: Cast) -> Cast:
    """From July on ten days for all; Lenox has always had three, and six from July on."""
    Threshold.objects.create(name="courier-late", days=10, effective=DAY)
    Threshold.objects.create(name="courier-late", days=3, effective=BEFORE, library=cast.lenox)
    Threshold.objects.create(name="courier-late", days=6, effective=DAY, library=cast.lenox)
    return cast


def test_the_rule_of_the_day_holds_and_a_librarys_own_comes_first(two_rules: Cast):
    def days(on: date, library=None) -> int:
        return thresholds.days("courier-late", on=on, library=library)

    assert [days(BEFORE), days(DAY), days(AFTER)] == [14, 10, 10]
    assert [days(on, two_rules.lenox) for on in (BEFORE, DAY, AFTER)] == [3, 6, 6]
    assert [days(on, two_rules.lee) for on in (BEFORE, DAY, AFTER)] == [14, 10, 10]


def test_a_name_that_nobody_agreed_on_is_an_error(db: None):
    with pytest.raises(KeyError):
        thresholds.days("corier-late", on=DAY)


def test_they_are_read_once_and_a_change_is_felt_at_once_here(
    cast: Cast, django_assert_num_queries
):
    with django_assert_num_queries(1):
        for _each in range(5):
            assert thresholds.days("desk", on=DAY, library=cast.lee) == 1
    row = Threshold.objects.create(name="desk", days=4, effective=BEFORE)
    assert thresholds.days("desk", on=DAY) == 4
    row.days = 5
    row.save()
    assert thresholds.days("desk", on=DAY) == 5
    row.delete()
    assert thresholds.days("desk", on=DAY) == 1


def test_what_another_process_changed_is_felt_when_the_rows_are_read_anew(cast: Cast):
    assert thresholds.days("desk", on=DAY) == 1
    Threshold.objects.bulk_create([Threshold(name="desk", days=9, effective=BEFORE)])
    caches["process"].clear()  # as after thresholds.AT_HAND seconds
    assert thresholds.days("desk", on=DAY) == 9
