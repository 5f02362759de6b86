"""The directory of resources is changed, and put back; money ends, and goes on after all."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from postroad.econtent import editing, funding
from postroad.econtent.models import FundingEnd, Resource, Right
from tests.cast import Cast

TODAY = date(2026, 11, 27)
JUNE = date(2027, 6, 30)
STATE = "State Fund"


@pytest.fixture
def boats(db: None) -> Resource:
    return editing.add({"name": "Boats Online", "payer": STATE}, by="Edith")


def test_a_name_twice_has_two_addresses(boats: Resource) -> None:
    again = editing.add({"name": "Boats  online"}, by="Edith")
    assert (boats.slug, again.slug) == ("boats-online", "boats-online-2")
    assert editing.add({"name": "海"}, by="Edith").slug == "resource"
    assert editing.add({"name": "Lists"}, by="Edith").slug == "lists-2"
    long = [editing.add({"name": "long " * 30, "payer": each}, by="Edith").slug for each in "ab"]
    assert len({*long}) == 2


def test_what_is_changed_is_kept_and_put_back_once(boats: Resource) -> None:
    changed = editing.change(boats, {"ends_on": JUNE, "subjects": ["Boats"]}, by="Edith")
    assert changed is not None
    assert changed.facts == {"ends_on": [None, "2027-06-30"], "subjects": [[], ["Boats"]]}
    assert editing.change(boats, {"ends_on": JUNE}, by="Edith") is None
    editing.undo(changed, by="Otto")
    boats.refresh_from_db()
    assert (boats.ends_on, boats.subjects) == (None, [])
    with pytest.raises(editing.UndoneAlready):
        editing.undo(changed, by="Otto")


def test_what_was_changed_again_is_not_put_back(boats: Resource) -> None:
    changed = editing.change(boats, {"ends_on": JUNE}, by="Edith")
    editing.change(boats, {"ends_on": JUNE + timedelta(1)}, by="Edith")
    assert changed is not None
    with pytest.raises(editing.ChangedSince):
        editing.undo(changed, by="Otto")


def test_retired_it_stays_and_comes_back(boats: Resource) -> None:
    editing.retire(boats, by="Edith")
    assert boats.is_over(TODAY)
    assert list(Resource.objects.usable(TODAY)) == []
    editing.bring_back(boats, by="Edith")
    assert list(Resource.objects.usable(TODAY)) == [boats]
    assert [each.verb for each in boats.changes.all()] == ["bring-back", "retire", "add"]


def test_a_right_taken_away_comes_back_with_its_history(cast: Cast, boats: Resource) -> None:
    facts = {"who": "library", "library": cast.lee, "how": "ip", "ranges": "192.0.2.0/24"}
    right = editing.give(boats, facts, by="Edith")
    given = boats.changes.get(verb="right")
    assert {*given.facts} == {"who", "library", "how", "ranges"}
    changed = editing.change_right(right, {"how": "card"}, by="Edith")
    right.refresh_from_db()
    key = right.pk
    editing.take_away(right, by="Edith")
    assert changed is not None
    with pytest.raises(editing.ChangedSince):
        editing.undo(changed, by="Otto")
    editing.undo(boats.changes.all()[0], by="Otto")
    again = Right.objects.get()
    assert (again.pk, again.library, again.how, again.ranges) == (
        *(key, cast.lee, "card"),
        "192.0.2.0/24",
    )
    editing.undo(changed, by="Otto")
    assert Right.objects.get().how == "ip"
    editing.undo(given, by="Otto")
    assert not Right.objects.exists()


def end(on: date = JUNE) -> FundingEnd:
    return funding.end(STATE, on, by="Edith", at=timezone.now(), today=TODAY)


def test_the_money_ends_for_what_would_last_longer_and_for_nothing_else(boats: Resource) -> None:
    sooner = editing.add(
        {"name": "Sooner", "payer": STATE, "ends_on": TODAY + timedelta(9)}, by="Edith"
    )
    other = editing.add({"name": "Other", "payer": "Friends"}, by="Edith")
    later = editing.add(
        {"name": "Later", "payer": STATE, "ends_on": JUNE + timedelta(9)}, by="Edith"
    )
    ended = end()
    last = dict(Resource.objects.values_list("name", "ends_on"))
    assert last == {
        "Boats Online": JUNE,
        "Sooner": sooner.ends_on,
        "Other": None,
        "Later": JUNE,
    }
    with pytest.raises(funding.NothingEnds):
        end()
    assert {each.name for each in funding.lost(ended)} == {"Boats Online", "Later"}
    assert funding.regained(ended) == []
    editing.change(later, {"ends_on": TODAY}, by="Otto")
    assert funding.undo(ended, by="Edith", at=timezone.now()) == 1
    assert [each.name for each in funding.regained(ended)] == ["Boats Online"]
    last = dict(Resource.objects.values_list("name", "ends_on"))
    assert (last["Boats Online"], last["Later"]) == (None, TODAY)
    with pytest.raises(funding.TakenBackAlready):
        funding.undo(ended, by="Edith", at=timezone.now())
    assert not any(editing.may_undo(each) for each in boats.changes.all())
    assert other.ends_on is None


@pytest.mark.parametrize("many", [1, 5])
def test_what_falls_away_takes_as_many_statements_however_much_it_is(
    cast: Cast, many: int, django_assert_num_queries: Any
) -> None:
    for number in range(many):
        made = editing.add({"name": f"R {number}", "payer": STATE}, by="Edith")
        editing.give(made, {"who": "library", "library": cast.lee, "how": "ip"}, by="Edith")
    with django_assert_num_queries(4):
        losses = funding.losses(funding.paid(TODAY, STATE))
    assert [each.libraries for each in losses] == [[cast.lee]] * many
    assert funding.losses_by_library(losses) == {cast.lee: [each.resource for each in losses]}
