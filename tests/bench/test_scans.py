"""The bench of the van's scans, with few parcels."""

import pytest

from postroad.bench import scans
from postroad.delivery.models import Custody


@pytest.mark.django_db
def test_the_bench_counts_what_is_in_the_ledger() -> None:
    found = {each.metric: each for each in scans.measure(parcels=30, one_by_one=24)}
    assert found["scans from files"].n == 90
    assert found["scans one by one"].n == 24 - scans.WARM_UP
    assert Custody.objects.exclude(step="made").count() == 90 + 24
