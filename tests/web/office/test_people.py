"""People who work here: invited, given posts, and what is asked first."""

import re

import pytest
from django.core import mail

from postroad.accounts import adapter, invitations, posts
from postroad.accounts.models import Role, User

PEOPLE = "/office/people/"
MARIA = {"first": "Maria", "last": "Silva", "email": "maria@example.org"}


@pytest.fixture
def office(client, cast):
    client.force_login(cast.operator)
    return client


def text(page) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.content.decode()))


def one(person) -> str:
    return f"{PEOPLE}{person.pk}/"


def letters():
    for _ in range(2):
        adapter.post.submit(int).result(10)
    return mail.outbox


def test_a_person_is_invited_chooses_a_password_and_works(
    office, client, cast, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        page = office.post(
            PEOPLE + "add/", {**MARIA, "role": "lending", "library": "lee"}, follow=True
        )
    assert "no password was chosen yet" in text(page)
    (letter,) = letters()
    assert letter.to == ["maria@example.org"]
    assert "Operator has made an account for you" in letter.body
    (link,) = re.findall(r"https?://[^/]+(/accounts/invitation/\S+)", letter.body)
    client.logout()
    page = client.get(link)
    assert "Welcome, Maria Silva" in text(page)
    assert "maria.silva" in text(page)
    assert not User.objects.get(email="maria@example.org").has_usable_password()
    weak = client.post(link, {"password1": "123", "password2": "123"})
    assert weak.status_code == 422
    good = {"password1": "by the post road 1673", "password2": "by the post road 1673"}
    page = client.post(link, good, follow=True)
    assert page.redirect_chain[-1][0] == "/staff/lending/"
    client.logout()
    for again in (client.get(link), client.post(link, good)):
        assert again.status_code == 410
        assert "This link no longer works" in text(again)


def test_an_invitation_is_sent_again_until_it_is_accepted(
    office, cast, django_capture_on_commit_callbacks
):
    person = invitations.new_person("Maria", "Silva", "maria@example.org")
    posts.give(person, Role.LENDING, cast.lee, by=cast.operator)
    with django_capture_on_commit_callbacks(execute=True):
        invitations.invite(person, by="Olga")
        page = office.post(one(person), {"act": "invite"}, follow=True)
    assert "the link sent before is over" in text(page)
    assert len(letters()) == 2
    assert person.changes.filter(verb="invite").count() == 2
    person.refresh_from_db()
    person.set_password("by the post road 1673")
    person.save()
    assert office.post(one(person), {"act": "invite"}).status_code == 404


def test_nobody_is_invited_to_a_post_that_the_inviter_could_not_give(client, cast):
    client.force_login(cast.director)
    for role, at in [("lending", "lenox"), ("operator", ""), ("centre", ""), ("director", "")]:
        page = client.post(PEOPLE + "add/", {**MARIA, "role": role, "library": at})
        assert page.status_code == 422
    assert not User.objects.filter(email="maria@example.org").exists()
    assert client.get(PEOPLE + "add/").context["form"].fields["library"].choices == [
        ("lee", "Lee: Lee Library")
    ]


def test_somebody_who_is_here_already_is_not_invited_twice(office, cast):
    sent = {"first": "B", "last": "B", "email": cast.borrower.email.upper(), "role": "lending"}
    page = office.post(PEOPLE + "add/", {**sent, "library": "lee"})
    assert "has this address and an account already" in text(page)


def test_posts_are_given_and_taken_with_their_history(office, cast):
    page = office.post(
        one(cast.borrower), {"act": "give", "role": "lending", "library": "lenox"}, follow=True
    )
    assert "Given: lending staff, Lenox Library" in text(page)
    post = cast.borrower.posts.get(role="lending")
    page = office.post(one(cast.borrower), {"act": "take", "post": post.pk}, follow=True)
    assert "Taken away: lending staff, Lenox Library" in text(page)
    assert [each.role for each in cast.borrower.posts.all()] == ["borrowing"]


def test_a_post_of_another_person_is_not_taken_at_this_page(office, cast):
    post = cast.lender.posts.get()
    assert office.post(one(cast.borrower), {"act": "take", "post": post.pk}).status_code == 404
    assert office.post(one(cast.borrower), {"act": "take", "post": "9" * 30}).status_code == 404
    assert office.post(one(cast.borrower), {"act": "rob"}).status_code == 404
    assert cast.lender.posts.exists()


def test_the_last_director_goes_after_a_word(office, cast):
    post = cast.director.posts.get()
    page = office.post(one(cast.director), {"act": "take", "post": post.pk})
    assert "Leave Lee Library without a director?" in text(page)
    assert cast.director.posts.exists()
    office.post(one(cast.director), {"act": "take", "post": post.pk, "sure": "yes"})
    assert not cast.director.posts.exists()
    page = office.post(one(cast.neighbour), {"act": "deactivate"})
    assert "without a director?" in text(page)
    office.post(one(cast.neighbour), {"act": "deactivate", "sure": "yes"})
    assert not User.objects.get(pk=cast.neighbour.pk).is_active


def test_the_last_operator_stays_and_hears_why(office, cast):
    for sent in ({"act": "deactivate"}, {"act": "take", "post": cast.operator.posts.get().pk}):
        page = office.post(one(cast.operator), {**sent, "sure": "yes"}, follow=True)
        assert "Operator is the last operator" in text(page)
    assert User.objects.get(pk=cast.operator.pk).is_active


def test_a_director_sees_and_manages_her_own_people_only(client, cast):
    client.force_login(cast.director)
    found = set(client.get(PEOPLE).context["page"])
    assert found == {cast.director, cast.borrower}
    assert client.get(one(cast.lender)).status_code == 404
    client.post(one(cast.borrower), {"act": "give", "role": "lending", "library": "lee"})
    assert cast.borrower.posts.count() == 2
    posts.give(cast.borrower, Role.CENTRE, None, by=cast.operator)
    page = client.post(
        one(cast.borrower), {"act": "rename", "first": "x", "last": "x", "email": "x@example.org"}
    )
    page = client.get(one(cast.borrower))
    assert "Only somebody who may give all posts of this account can change it" in text(page)
    assert not page.context["may_change"]
    assert User.objects.get(pk=cast.borrower.pk).email == "borrower@example.org"


def test_somebody_is_found_by_name_mail_or_library(office, cast):
    for asked, found in [("borr", "borrower"), ("neigh", "neighbour"), ("lee dir", "director")]:
        assert [str(each).lower() for each in office.get(PEOPLE, {"q": asked}).context["page"]] == [
            found
        ]
    assert cast.ada not in office.get(PEOPLE, {"q": "ada"}).context["page"]


def test_an_account_is_closed_and_opened_again(office, client, cast):
    office.post(one(cast.borrower), {"act": "deactivate"})
    assert "deactivated" in text(office.get(one(cast.borrower)))
    office.post(one(cast.borrower), {"act": "reactivate"})
    assert User.objects.get(pk=cast.borrower.pk).is_active
