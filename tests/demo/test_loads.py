"""The files that a library of the demonstration has sent, and what came of each."""

from typing import Any

from django.utils import timezone

from postroad.accounts.models import Role, User
from postroad.catalogue.load_models import Load
from postroad.catalogue.models import Item
from postroad.demo import loads, people
from postroad.directory.models import Library


def test_one_is_done_one_asks_and_one_has_troubles(db: None, settings: Any, tmp_path: Any):
    settings.HOME = tmp_path
    Library.objects.create(code=people.HOME, name="Lee Library", town="Lee", state="MA")
    User.objects.create(username=Role.DIRECTOR.value)
    loads.make(timezone.now())
    done, asks, troubled = Load.objects.order_by("pk")
    assert (done.state, done.counts["written"]["new"]) == ("done", len(loads.TOWN))
    assert (asks.state, asks.absent) == ("asks", loads.GONE)
    assert troubled.state == "done"
    assert {each.mended for each in troubled.troubles.all()} == {True, False}
    assert Item.objects.count() == len(loads.TOWN) + 2
