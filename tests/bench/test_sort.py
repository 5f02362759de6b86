"""The benches of the sorter's question and of the days from one library to all others."""

import pytest

from postroad.bench import days, sort


@pytest.mark.django_db
def test_the_bench_of_the_sorter_looks_at_each_answer():
    found = {each.metric: each for each in sort.measure(count=50, asked=40)}
    assert found["one answer p99"].n == 40
    assert found["one answer p99"].conditions["open"] == 50
    assert found["what nobody knows p99"].n == 10


@pytest.mark.django_db
def test_the_bench_of_the_days_reaches_all():
    found = {each.metric: each for each in days.measure(libraries=12, times=5)}
    assert found["days to all others p95"].n == 5
    assert found["days to all others p95"].conditions["destinations"] == 11
