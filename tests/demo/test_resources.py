"""The demonstration's e-resources show something on every page that they have, on any day."""

from datetime import UTC, date, datetime, timedelta

import pytest

from postroad.demo import house, resources
from postroad.demo.people import HOME
from postroad.directory.models import Library
from postroad.econtent import funding
from postroad.econtent.models import FundingEnd, Resource, Right
from postroad.econtent.opening import offered

TODAY = date(2028, 2, 29)
NOW = datetime(2028, 2, 29, 12, tzinfo=UTC)


@pytest.fixture
def made(db: None) -> dict[str, Library]:
    libraries = house.make_libraries()
    resources.make(libraries, TODAY, NOW)
    return libraries


@pytest.mark.usefixtures("made")
def test_there_is_each_way_of_getting_in_and_nearly_each_kind():
    rights = Right.objects.all()
    assert {each.who for each in rights} == {*Right.Who.values}
    assert {each.how for each in rights} == {*Right.How.values}
    assert {each.kind for each in Resource.objects.all()} == {*Resource.Kind.values}
    assert Resource.objects.filter(rights=None).exists()  # of which nobody knows who may


@pytest.mark.usefixtures("made")
def test_one_trial_ends_soon_one_has_ended_one_is_retired_and_money_ends():
    usable = Resource.objects.usable(TODAY)
    assert usable.filter(trial_until__gte=TODAY).count() == 1
    assert Resource.objects.filter(trial_until__lt=TODAY).count() == 1
    assert Resource.objects.filter(active=False).count() == 1
    assert len({each.payer for each in funding.paid(TODAY)}) >= 3
    assert FundingEnd.objects.get().changes.count() == 2
    soon = funding.paid(TODAY, until=TODAY + timedelta(days=60))
    letters = sum(len(each.libraries) for each in funding.losses(soon))
    assert 0 < letters < 10  # else the first start would write to hundreds


def test_the_readers_library_has_some_for_all_and_some_for_some(made: dict[str, Library]):
    found = offered(made[HOME], TODAY)
    assert any(each.opening.is_for_all for each in found)
    assert any(each.opening.is_for_some for each in found)
