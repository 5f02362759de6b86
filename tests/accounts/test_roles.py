import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, transaction

from postroad.accounts import roles
from postroad.accounts.models import Post, Role, User
from tests.cast import Cast


def again(user: User) -> User:
    return User.objects.get(pk=user.pk)


def test_a_card_makes_a_patron_of_one_library(cast: Cast):
    assert roles.has(cast.ada, Role.PATRON)
    assert roles.has(cast.ada, Role.PATRON, cast.lee)
    assert not roles.has(cast.ada, Role.PATRON, cast.lenox)
    assert roles.libraries(cast.ada, Role.PATRON) == [cast.lee]


def test_a_clerk_works_for_his_own_library_only(cast: Cast):
    assert roles.has(cast.lender, Role.LENDING, cast.lenox)
    assert not roles.has(cast.lender, Role.LENDING, cast.lee)
    assert not roles.has(cast.lender, Role.BORROWING, cast.lenox)
    assert not roles.has(cast.lender, Role.PATRON)


def test_a_post_for_the_consortium_counts_for_every_library(cast: Cast):
    assert roles.has(cast.centre, Role.CENTRE, cast.lee)
    assert roles.has(cast.centre, Role.CENTRE, cast.providence.pk)


def test_the_libraries_of_a_role_come_by_town(cast: Cast):
    assert roles.libraries(cast.allrounder, Role.LENDING) == [cast.lenox, cast.pittsfield]
    assert roles.libraries(cast.allrounder, Role.BORROWING) == [cast.pittsfield]


def test_a_stranger_and_a_visitor_fill_no_role(cast: Cast):
    assert roles.held(cast.stranger) == []
    assert roles.held(AnonymousUser()) == []


def test_who_is_switched_off_fills_no_role(cast: Cast):
    User.objects.filter(pk__in=[cast.ada.pk, cast.lender.pk]).update(is_active=False)
    assert roles.held(again(cast.ada)) == []
    assert roles.held(again(cast.lender)) == []


def test_a_page_may_ask_as_often_as_it_likes(cast: Cast, django_assert_max_num_queries):
    clerk = again(cast.allrounder)
    with django_assert_max_num_queries(2):  # posts with their libraries, and the card
        for role in Role:
            roles.has(clerk, role)
            roles.libraries(clerk, role)
        roles.held(clerk)


@pytest.mark.parametrize("role", [Role.BORROWING, Role.LENDING, Role.DIRECTOR])
def test_work_at_a_library_names_the_library(cast: Cast, role: Role):
    with pytest.raises(IntegrityError), transaction.atomic():
        Post.objects.create(user=cast.stranger, role=role)


def test_nobody_is_made_patron_by_a_post(cast: Cast):
    with pytest.raises(IntegrityError), transaction.atomic():
        Post.objects.create(user=cast.stranger, role=Role.PATRON, library=cast.lee)
