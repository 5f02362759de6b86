"""Which right opens a resource to a library's readers, and whom its end would reach."""

from datetime import date, timedelta
from typing import Any

import pytest

from postroad.directory.models import Address, Library
from postroad.econtent import opening
from postroad.econtent.models import Resource, Right
from postroad.econtent.opening import Members
from postroad.econtent.terms import Answer
from tests.cast import Cast

TODAY = date(2026, 11, 27)


@pytest.fixture
def boats(db: None) -> Resource:
    return Resource.objects.create(slug="boats", name="Boats Online")


def allow(resource: Resource, who: str, how: str = "ip", **more: Any) -> Right:
    return Right.objects.create(resource=resource, who=who, how=how, **more)


def opens(resource: Resource, library: Library) -> opening.Opening:
    return opening.opening(list(resource.rights.all()), library)


def reached(resource: Resource) -> set[str]:
    return {each.code for each in Members.read().reached(list(resource.rights.all()))}


def test_of_several_rights_the_easiest_opens_it(cast: Cast, boats: Resource) -> None:
    allow(boats, "membership", "ip")
    by_proxy = allow(boats, "kind", "proxy", value="public")
    allow(boats, "library", "card", library=cast.lee)
    assert opens(boats, cast.lee).right == by_proxy
    school = opens(boats, cast.otis_school)
    assert school.is_for_all
    assert school.right is not None
    assert school.right.how == "ip"


def test_without_a_right_nobody_knows_and_with_anothers_alone_it_is_no(
    cast: Cast, boats: Resource
) -> None:
    assert opens(boats, cast.lee) == opening.Opening(Answer.UNKNOWN)
    allow(boats, "library", library=cast.lenox)
    assert opens(boats, cast.lee).is_for_none
    assert opens(boats, cast.lenox).is_for_all


def test_residents_and_visitors_are_some_of_the_readers(cast: Cast, boats: Resource) -> None:
    rights = (allow(boats, "town", value="Lee"), allow(boats, "on-site", library=cast.lee))
    assert opens(boats, cast.lee).is_for_some
    assert opens(boats, cast.lee).some == rights
    assert opens(boats, cast.lee).right is None
    lenox = opens(boats, cast.lenox)  # some of its readers may live in Lee: nobody knows
    assert (lenox.answer, lenox.is_for_some) == (Answer.UNKNOWN, False)


def test_one_that_has_left_is_no_member(cast: Cast, boats: Resource) -> None:
    allow(boats, "membership")
    cast.lee.active = False
    assert not opens(boats, cast.lee).is_for_all


def test_anybody_gets_in_by_what_is_open_and_by_nothing_else(boats: Resource) -> None:
    allow(boats, "everybody", "card")
    assert opening.open_to_everybody(boats.rights.all()) is None
    free = allow(boats, "everybody", "open")
    assert opening.open_to_everybody(boats.rights.all()) == free


@pytest.mark.parametrize("many", [1, 6])
def test_what_a_library_has_takes_two_statements(
    cast: Cast, many: int, django_assert_num_queries: Any
) -> None:
    for number in range(many):
        made = Resource.objects.create(slug=f"r{number}", name=f"R {number}")
        allow(made, "kind", value="public")
    gone = Resource.objects.create(slug="gone", name="Gone", ends_on=TODAY - timedelta(1))
    retired = Resource.objects.create(slug="retired", name="Retired", active=False)
    for each in (gone, retired):
        allow(each, "everybody", "open")
    with django_assert_num_queries(2):
        found = opening.offered(cast.lee, TODAY)
    assert [each.resource.slug for each in found] == [f"r{number}" for number in range(many)]
    assert opening.offered(cast.otis_school, TODAY) == []


def test_a_loss_reaches_whose_reader_next_door_might_use_it(cast: Cast, boats: Resource) -> None:
    assert reached(boats) == set()  # nothing is known, so nobody is told that it is lost
    allow(boats, "town", value="lenox")
    assert reached(boats) == {"lenox"}
    Address.objects.create(library=cast.pittsfield, lines="1 Way", town="X", zip="01201-4444")
    allow(boats, "zip", value="01201")
    allow(boats, "on-site", library=cast.providence)
    assert reached(boats) == {"lenox", "pittsfield", "providence"}
    allow(boats, "membership")
    assert reached(boats) == {each.code for each in cast.libraries}
