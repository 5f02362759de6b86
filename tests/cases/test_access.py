"""Nobody is ever added to a conversation, and nobody else reads it."""

import random
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from postroad.accounts.models import Post, Role, User
from postroad.cases import access, handling, merging
from postroad.cases.access import NoSuchCase
from postroad.cases.lifecycle import Ending, Side
from postroad.cases.models import Case, Message, Thread
from postroad.errors import Refusal
from tests.cases.asking import MONDAY, between_libraries, by_library, by_patron, by_visitor

SECRET = "arsenic"


def readers(case: Case, people: dict[str, User]) -> set[str]:
    found = set()
    for name, user in people.items():
        try:
            access.case_for(User.objects.get(pk=user.pk), case.number)
        except NoSuchCase:
            continue
        found.add(name)
    return found


@pytest.mark.parametrize(
    ("begin", "expected"),
    [
        (lambda cast: by_visitor(), {"centre"}),
        (lambda cast: by_visitor(office=Role.DELIVERY), {"delivery"}),
        (by_patron, {"ada", "borrower", "director"}),
        (by_library, {"borrower", "director", "delivery"}),
        (between_libraries, {"borrower", "director", "lender", "allrounder"}),
    ],
    ids=["visitor-centre", "visitor-delivery", "patron", "library-office", "library-library"],
)
def test_two_parties_read_a_case_and_for_all_others_there_is_none(cast, begin, expected):
    case = begin(cast)
    assert readers(case, cast.people) == expected
    for name, user in cast.people.items():
        seen = Case.objects.filter(access.seen_by(access.seat(user))).exists()
        assert seen == (name in expected), name
        assert bool(access.find(user, case.number)) == (name in expected), name


def test_the_lending_clerk_of_her_own_library_does_not_read_what_a_patron_wrote(cast):
    case = by_patron(cast)
    clerk = User.objects.create(username="lending-lee")
    Post.objects.create(user=clerk, role=Role.LENDING, library=cast.lee)
    assert readers(case, {"clerk": clerk}) == set()


def test_a_patron_reads_nobodys_case_but_her_own(cast):
    case = by_patron(cast)
    assert access.patrons_case(cast.ada, case.number) == case
    with pytest.raises(NoSuchCase):
        access.patrons_case(cast.bea, case.number)
    cast.ada.is_active = False
    with pytest.raises(NoSuchCase):
        access.patrons_case(cast.ada, case.number)


def test_a_thread_cannot_be_changed_once_it_is_written(cast):
    thread = by_patron(cast).thread
    thread.asking = cast.lenox
    with pytest.raises(TypeError):
        thread.save()
    with pytest.raises(TypeError):
        Thread.objects.update(asking=cast.lenox)


@pytest.mark.parametrize("more", [{"office": "centre"}, {"asking": "lenox"}, {"answering": None}])
def test_the_database_knows_no_thread_of_a_patron_with_anybody_but_her_library(cast, more):
    parties = {"between": "patron-library", "patron": cast.ada, "answering": cast.lee, **more}
    if parties.get("asking"):
        parties["asking"] = cast.lenox
    with pytest.raises(IntegrityError), transaction.atomic():
        Thread.objects.create(**parties)


def press(
    dice: random.Random, case: Case, other: Case, by: User, people: list[User], at: datetime
) -> None:
    """One of the verbs, whoever it is and whatever comes of it."""
    more: dict[str, Any] = {"by": by, "name": str(by), "at": at}
    words = f"{SECRET} again" if case.thread.patron_id else "Again"
    dice.choice(
        [
            lambda: handling.answer(case, "An answer", **more),
            lambda: handling.reply(case, words, **more),
            lambda: handling.assign(case, dice.choice(people), **more),
            lambda: merging.merge(case, other, **more),
            lambda: merging.merge(other, case, **more),
            lambda: handling.reopen(case, **more),
            lambda: handling.close(case, Ending.SETTLED, **more),
            lambda: handling.follow(case, by, follows=True),
        ]
    )()


def test_whatever_is_clicked_what_a_patron_wrote_never_reaches_a_lender(cast):
    """All verbs, at random, by everybody, on all cases about one request."""
    dice = random.Random(78)
    about = "request:4K7Q2M9A"
    hers = by_patron(cast, about=about, text=f"It is about {SECRET}.")
    cases = [
        hers,
        by_patron(cast, about=about, text=f"More on {SECRET}."),
        between_libraries(cast, about=about),
        by_library(cast, about=about),
        by_library(cast, about=about, office=Role.CENTRE),
        by_visitor(about=about),
    ]
    people = list(cast.people.values())
    never = {"lender", "allrounder", "neighbour", "centre", "delivery", "driver", "operator", "bea"}
    for turn in range(120):
        at, by = MONDAY + timedelta(minutes=turn), dice.choice(people)
        case, other = (Case.objects.shown().get(pk=dice.choice(cases).pk) for _ in range(2))
        with suppress(Refusal):
            press(dice, case, other, by, people, at)
    assert Message.objects.count() > 20
    for name in never:
        user = User.objects.get(username=name)
        for each in Case.objects.shown():
            if not access.sides(access.seat(user), each.thread):
                continue
            for message in handling.messages(each):
                assert SECRET not in message.text, (name, each)
    for each in Case.objects.shown().filter(thread__patron=cast.ada):
        assert all(m.thread.patron_id == cast.ada.pk for m in handling.messages(each))


def test_who_works_on_both_sides_answers_first(cast):
    case = between_libraries(cast)
    both = User.objects.create(username="both")
    Post.objects.create(user=both, role=Role.LENDING, library=cast.lenox)
    Post.objects.create(user=both, role=Role.BORROWING, library=cast.lee)
    assert access.case_for(both, case.number)[1] == [Side.ANSWERER, Side.ASKER]


def test_the_link_of_a_letter_opens_one_thread_as_long_as_its_address_is_kept(db):
    case, other = by_visitor(), by_visitor(email="emily@example.net")
    assert access.by_token(access.token(case)) == case
    assert access.token(case) != access.token(other)
    Case.objects.filter(pk=case.pk).update(from_email="")
    with pytest.raises(NoSuchCase):
        access.by_token(access.token(other)[:-1] + "x")
    with pytest.raises(NoSuchCase):
        access.by_token(access.token(case))


@pytest.mark.parametrize("signed", ["", "x", "a:b:c", "é" * 50, "WyJ4Il0:1:2", "." * 3000])
def test_a_link_that_was_made_up_opens_nothing(db, signed):
    with pytest.raises(NoSuchCase):
        access.by_token(signed)


def test_a_case_is_found_by_a_number_that_was_typed_in_it(cast):
    case = by_library(cast, text="Clio 778899 is late")
    assert access.find(cast.delivery, "Clio-77 8899") == []  # words are no number
    assert access.find(cast.delivery, "77-88 99") == [case]
    assert access.find(cast.centre, "778899") == []
