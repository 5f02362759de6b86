"""The bench of the center's desk furnishes what its lists show."""

import pytest
from django.utils import timezone

from postroad.bench import centre
from postroad.ill import worklist
from postroad.ill.models import Request
from postroad.ill.worklist import Filter


@pytest.mark.django_db
def test_so_many_requests_are_on_file_and_each_leads_to_its_parts():
    centre.furnish(requests=1600, libraries=20)
    assert Request.objects.count() == 1600
    every = [Filter(), Filter(late=True), Filter(outside=True), Filter(nobody=True)]
    counts = worklist.counted(every, timezone.now())
    assert counts[0] == 200
    assert all(0 < count < 200 for count in counts[1:])
    shipped = Request.objects.filter(state="shipped").select_related("current", "current_loan")
    assert all(ill.loan is not None and ill.loan.supply_id == ill.current_id for ill in shipped)
