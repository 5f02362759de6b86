"""Who gives what to whom, and who stays."""

from typing import Any

import pytest

from postroad.accounts import invitations, posts, roles
from postroad.accounts.models import AT_A_LIBRARY, Card, Post, PostChange, Role, User
from postroad.accounts.posts import LastDirector, LastOperator, NoPlace, NotYoursToGive


@pytest.fixture
def maria(db):
    return invitations.new_person("Maria", "Silva", "maria@example.org")


@pytest.mark.parametrize(
    ("who", "at_lee", "elsewhere", "everywhere"),
    [
        ("operator", AT_A_LIBRARY, AT_A_LIBRARY, set(Role) - AT_A_LIBRARY - {Role.PATRON}),
        ("centre", AT_A_LIBRARY, AT_A_LIBRARY, {Role.CENTRE}),
        ("director", AT_A_LIBRARY, set(), set()),
        ("borrower", set(), set(), set()),
        ("delivery", set(), set(), set()),
        ("editor", set(), set(), set()),
        ("driver", set(), set(), set()),
        ("ada", set(), set(), set()),
        ("stranger", set(), set(), set()),
    ],
)
def test_nobody_gives_more_than_they_have(cast, maria, who, at_lee, elsewhere, everywhere):
    by = getattr(cast, who)
    assert set(posts.gives(by, cast.lee)) == set(at_lee)
    assert set(posts.gives(by, cast.lenox)) == set(elsewhere)
    assert set(posts.gives(by, None)) == set(everywhere)
    for role in set(Role) - {Role.PATRON}:
        at = cast.lee if role in AT_A_LIBRARY else None
        if role in {*at_lee, *everywhere}:
            assert posts.give(maria, role, at, by=by)
        else:
            with pytest.raises(NotYoursToGive):
                posts.give(maria, role, at, by=by)


def test_a_post_is_given_once_and_leaves_its_history(cast, maria):
    assert posts.give(maria, Role.LENDING, cast.lee, by=cast.director)
    assert not posts.give(maria, Role.LENDING, cast.lee, by=cast.director)
    assert roles.has(maria, Role.LENDING, cast.lee)
    posts.take(maria.posts.get(), by=cast.director)
    assert not roles.has(maria, Role.LENDING, cast.lee)
    told = maria.changes.values_list("verb", "role", "library__code", "by")
    assert list(told) == [
        ("take", "lending", "lee", "Director"),
        ("give", "lending", "lee", "Director"),
    ]


@pytest.mark.parametrize(
    ("role", "at"), [(Role.LENDING, None), (Role.CENTRE, "lee"), (Role.PATRON, None)]
)
def test_a_post_stands_where_its_work_is(cast, maria, role, at):
    with pytest.raises(NoPlace):
        posts.give(maria, role, at and cast.lee, by=cast.operator)


def test_nobody_works_at_a_library_outside_or_retired(cast, maria):
    cast.lee.active = False
    with pytest.raises(NoPlace):
        posts.give(maria, Role.LENDING, cast.lee, by=cast.operator)


def test_the_last_operator_stays_whoever_insists(cast, maria):
    post = cast.operator.posts.get()
    for act in (
        lambda: posts.take(post, by=cast.operator, insists=True),
        lambda: posts.deactivate(cast.operator, by=cast.operator, insists=True),
    ):
        with pytest.raises(LastOperator):
            act()
    posts.give(maria, Role.OPERATOR, None, by=cast.operator)
    posts.take(post, by=cast.operator)
    assert not Post.objects.filter(user=cast.operator).exists()


def test_an_operator_whose_account_is_closed_does_not_count(cast, maria):
    posts.give(maria, Role.OPERATOR, None, by=cast.operator)
    posts.deactivate(maria, by=cast.operator)
    with pytest.raises(LastOperator):
        posts.deactivate(cast.operator, by=cast.operator)


def test_the_last_director_goes_only_when_somebody_insists(cast):
    post = cast.director.posts.get()
    with pytest.raises(LastDirector):
        posts.take(post, by=cast.director)
    with pytest.raises(LastDirector):
        posts.deactivate(cast.director, by=cast.centre)
    posts.take(post, by=cast.director, insists=True)
    assert not Post.objects.filter(role=Role.DIRECTOR, library=cast.lee).exists()


def test_only_who_could_give_all_posts_of_an_account_changes_it(cast):
    """Else an address of mail would be a way to another's rights."""
    posts.give(cast.borrower, Role.CENTRE, None, by=cast.operator)
    mail: Any = {"first": "B", "last": "B", "email": "mine@example.org"}
    for by in (cast.director, cast.delivery, cast.neighbour):
        with pytest.raises(NotYoursToGive):
            posts.rename(cast.borrower, **mail, by=by)
        with pytest.raises(NotYoursToGive):
            posts.deactivate(cast.borrower, by=by)
    posts.rename(cast.borrower, **mail, by=cast.centre)
    with pytest.raises(NotYoursToGive):
        posts.rename(cast.operator, **mail, by=cast.centre)
    with pytest.raises(NotYoursToGive):
        posts.rename(cast.allrounder, **mail, by=cast.neighbour)  # he works at Lenox, too


def test_who_reads_at_another_library_is_changed_by_neither_of_its_directors_alone(cast):
    """Where she works, nobody may open what she borrows elsewhere, nor end it."""
    Card.objects.create(user=cast.borrower, library=cast.lenox, barcode="77")
    with pytest.raises(NotYoursToGive):
        posts.rename(cast.borrower, first="B", last="B", email="mine@example.org", by=cast.director)
    with pytest.raises(NotYoursToGive):
        posts.deactivate(cast.borrower, by=cast.director)
    posts.deactivate(cast.borrower, by=cast.centre)
    with pytest.raises(NotYoursToGive):
        posts.reactivate(User.objects.get(pk=cast.borrower.pk), by=cast.director)
    Card.objects.update(library=cast.lee)
    posts.reactivate(User.objects.get(pk=cast.borrower.pk), by=cast.director)


def test_a_closed_account_rests_and_is_opened_again(cast):
    posts.deactivate(cast.borrower, by=cast.director)
    assert not roles.has(cast.borrower, Role.BORROWING)
    posts.reactivate(cast.borrower, by=cast.director)
    fresh = User.objects.get(pk=cast.borrower.pk)
    assert roles.has(fresh, Role.BORROWING, cast.lee)
    assert [each.verb for each in PostChange.objects.all()] == ["reactivate", "deactivate"]


def test_a_director_knows_the_people_of_her_own_library(cast):
    assert set(posts.known_to(cast.director)) == {cast.director, cast.borrower}
    posts.take(cast.borrower.posts.get(), by=cast.director)
    assert cast.borrower in posts.known_to(cast.director)  # the history is hers
    staff = set(posts.known_to(cast.centre))
    assert cast.operator in staff
    assert not {cast.ada, cast.stranger} & staff
    assert Card.objects.exists()
