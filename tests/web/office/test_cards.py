"""The pages of library cards."""

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from postroad.accounts import uploads
from postroad.accounts.models import Card, Upload

CARDS = "/office/libraries/lee/cards/"
GRACE = {"barcode": "2 1234", "first": "Grace", "last": "Hopper", "email": "grace@example.org"}
FILE = b"Barcode,Name,Email,Block\n21,Grace Hopper,grace@example.org,\n,Nobody,,\n"


@pytest.fixture
def director(client, cast):
    client.force_login(cast.director)
    return client


def text(page) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.content.decode()))


def send(client, content: bytes = FILE):
    return client.post(CARDS + "file/", {"file": SimpleUploadedFile("c.csv", content)}, follow=True)


def test_a_card_is_added_changed_and_blocked(director, cast):
    page = director.post(CARDS + "add/", GRACE, follow=True)
    assert "name for signing in is lee-21234" in text(page)
    card = Card.objects.get(barcode="21234")
    one = f"{CARDS}{card.pk}/"
    page = director.post(one, {**GRACE, "blocked": "Owes 5 dollars"}, follow=True)
    assert "requests wait for the desk: Owes 5 dollars" in text(page)
    yesterday = timezone.localdate() - timedelta(days=1)
    page = director.post(one, {**GRACE, "expires": yesterday.isoformat()}, follow=True)
    assert "requests wait for the desk: it has expired" in text(page)
    page = director.post(one, {**GRACE, "barcode": cast.ada.card.barcode})
    assert "Another card of Lee Library has the number" in text(page)
    assert director.post(one, {**GRACE, "barcode": "\u200b"}).status_code == 422


def test_a_letter_with_a_link_goes_where_there_is_an_address(
    director, cast, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks() as calls:
        director.post(CARDS + "add/", {**GRACE, "invite": "on"})
        director.post(CARDS + "add/", {**GRACE, "barcode": "3", "email": "", "invite": "on"})
    assert len(calls) == 1
    with django_capture_on_commit_callbacks() as calls:
        director.post(f"{CARDS}{Card.objects.get(barcode='21234').pk}/", {"invite": "1"})
    assert len(calls) == 1


def test_the_office_finds_a_card_by_its_number_and_reads_no_names(client, cast):
    client.force_login(cast.centre)
    assert "Ada" not in text(client.get(CARDS))
    assert "No card of this library matches" in text(client.get(CARDS, {"q": "Ada"}))
    assert "Ada" in text(client.get(CARDS, {"q": cast.ada.card.barcode}))
    assert "Bea" not in text(client.get(CARDS, {"q": cast.bea.card.barcode}))


def test_the_director_reads_the_names_of_her_own_library(director, cast):
    assert [card.user for card in director.get(CARDS).context["page"]] == [cast.ada]
    assert [card.user for card in director.get(CARDS, {"q": "ad"}).context["page"]] == [cast.ada]
    assert director.get("/office/libraries/pittsfield/cards/").status_code == 404
    assert director.get(f"{CARDS}{cast.bea.card.pk}/").status_code == 404


def test_name_and_mail_of_somebody_who_works_here_are_not_changed_by_her_card(director, cast):
    card = Card.objects.create(user=cast.operator, library=cast.lee, barcode="77")
    director.post(f"{CARDS}{card.pk}/", {**GRACE, "barcode": "78", "email": "mine@example.org"})
    card = Card.objects.select_related("user").get(pk=card.pk)
    assert (card.barcode, card.user.email) == ("78", "operator@example.org")


def test_a_file_is_looked_at_taken_and_followed(director, cast):
    page = send(director)
    assert "What this file would change" in text(page)
    assert "Line 3, column A This card has no number" in text(page)
    assert "Block the 1 card that is not in the file" in text(page)
    assert not Card.objects.filter(barcode="21").exists()
    address = page.request["PATH_INFO"]
    page = director.post(address, follow=True)
    assert "0 of 2 cards are done" in text(page)
    uploads.work_off(timezone.now())
    page = director.get(address)
    assert "The file is done" in text(page)
    assert Card.objects.get(barcode="21").user.email == "grace@example.org"
    assert Card.objects.get(user=cast.ada).blocked == ""


def test_a_file_says_how_many_cards_change_in_what(director, cast):
    number = cast.ada.card.barcode
    page = send(director, f"Barcode,Name,Block\n{number},Ada Lovelace,yes\n".encode())
    assert "Name: 1 · Blocked: 1" in text(page)
    assert "Name: was Ada becomes Ada Lovelace" in text(page)


def test_a_file_is_put_away(director, cast):
    address = send(director).request["PATH_INFO"]
    director.post(address, {"cancel": "1"})
    director.post(address)
    uploads.work_off(timezone.now())
    assert not Card.objects.filter(barcode="21").exists()
    assert "put away" in text(director.get(address))


def test_the_preview_of_a_file_names_readers_to_whom_it_may(director, client, cast):
    address = send(director).request["PATH_INFO"]
    client.force_login(cast.centre)
    assert client.get(address).status_code == 404
    client.force_login(cast.neighbour)
    assert client.get(address).status_code == 404
    assert client.post(address).status_code == 404
    assert Upload.objects.get().state == "read"


def test_a_file_without_names_says_so(director):
    page = send(director, b"Barcode,Email\n21,grace@example.org\n")
    assert page.status_code == 422
    assert "in which column the names are" in text(page)
