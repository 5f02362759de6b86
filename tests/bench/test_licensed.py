"""The bench of licensed titles, with few rows."""

import pytest

from postroad.bench import licensed
from postroad.econtent.models import Title


@pytest.mark.django_db
def test_the_bench_asks_among_as_many_rows_as_it_says() -> None:
    found = {each.metric: each for each in licensed.measure(rows=500, lists=20, asked=30)}
    assert Title.objects.count() == 500
    assert sorted(found) == [
        "is it licensed cpu p50",
        "is it licensed cpu p95",
        "is it licensed p50",
        "is it licensed p95",
    ]
    assert {each.n for each in found.values()} == {30}
    assert 0 < int(found["is it licensed p50"].conditions["found"]) < 80
