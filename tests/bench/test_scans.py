"""The bench of the van's scans, with few parcels."""

import random
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.utils import timezone

from postroad.bench import scans
from postroad.delivery.models import Custody, CustodyStep


@pytest.mark.django_db
def test_the_bench_counts_what_is_in_the_ledger() -> None:
    found = {each.metric: each for each in scans.measure(parcels=30, one_by_one=0)}
    assert found["scans from files"].n == 90
    assert Custody.objects.exclude(step="made").count() == 90


def test_each_scanner_of_the_bench_scans_its_part(site: str) -> None:
    now = timezone.now()
    libraries = scans.network(4, now)
    parcels = scans.furnish(7, libraries, now - timedelta(days=2), random.Random(1))
    port = urlsplit(site).port or 0
    waits = scans.shared_out([port, port], scans.signed_in(), [each.number for each in parcels])
    assert len(waits) == Custody.objects.filter(step=CustodyStep.FOUND).count() == 7


def test_a_scan_that_is_not_taken_ends_the_bench(site: str) -> None:
    port = urlsplit(site).port or 0
    with pytest.raises(scans.WrongStory, match="answered 403"):
        scans.shared_out([port], {"HX-Request": "true"}, ["1"])
