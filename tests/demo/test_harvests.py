"""The demo shows a harvested library, on any day, and asks nobody over the network."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from postroad.catalogue.harvest import turns
from postroad.catalogue.harvest.rows import Harvest, HarvestRun
from postroad.demo import harvests
from postroad.demo.people import LENDER
from postroad.directory.models import Library
from tests.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("days", [0, 100, 400])
def test_its_last_nights_are_shown_and_its_server_is_not_asked(
    cast: Cast, client: Client, days: int
):
    library = Library.objects.create(code=LENDER, name="A lender", town="Lenox", state="MA")
    now = timezone.now() + timedelta(days=days)
    harvests.make(now)
    for hours in (0, 20, 50):
        turns.go_on(now + timedelta(hours=hours))
    harvest = Harvest.objects.get()
    assert (harvest.failures, harvest.trouble) == (0, "")
    assert harvest.due_at is not None
    assert harvest.due_at > now + timedelta(hours=50)
    assert HarvestRun.objects.count() == len(harvests.CHANGED)
    client.force_login(cast.operator)
    said = client.get(f"/office/libraries/{library.code}/harvest/").content.decode()
    assert "The address is invented" in said
    assert "228 records came" in " ".join(said.split())
