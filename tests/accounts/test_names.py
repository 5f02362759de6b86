"""Names as they are compared."""

import pytest

from postroad.accounts import names
from postroad.accounts.models import Card, User
from tests.cast import Cast


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("José Núñez", "nunez jose"),
        ("Ada Lovelace", "LOVE"),
        ("Siobhán O’Brien", "o'brien"),
        ("Anne-Marie Smith-Jones", "smith-jones anne"),
        ("Łukasz Đorđević", "lukasz dordevic"),
        ("Søren Ærø", "soren aero"),
        ("Straße Weiß", "strasse weiss"),
        ("Владимир Ёлкин", "елкин"),
        ("Nguyễn Thị Mai", "nguyen mai"),
        ("J. R. R. Tolkien", "tolkien j"),
        ("İsmail Yıldız", "ismail yildiz"),
    ],
)
def test_a_name_is_found_without_its_accents_capitals_and_order(name: str, typed: str):
    key = names.key(name)
    assert all(f" {word}" in key for word in names.words(typed)), (key, names.words(typed))


def test_the_middle_of_a_word_finds_nothing():
    assert " lace" not in names.key("Ada Lovelace")
    assert names.words(" %_'. ") == []


def test_the_key_follows_the_name_however_it_is_saved(cast: Cast):
    cast.ada.first_name = "Élodie"
    cast.ada.save(update_fields=["first_name"])
    assert User.objects.get(pk=cast.ada.pk).name_key == names.key(str(cast.ada))
    User.objects.bulk_create([User(username="zoë", first_name="Zoë"), User(username="nobody")])
    assert User.objects.get(username="zoë").name_key == " zoe"
    assert User.objects.get(username="nobody").name_key == " nobody"


def test_a_card_keeps_its_number_without_gaps_and_is_one_of_its_library(cast: Cast):
    people = [User(username=name) for name in ("x", "y")]
    User.objects.bulk_create(people)
    Card.objects.create(user=people[0], library=cast.lee, barcode="2 9046 00")
    Card.objects.bulk_create(
        [Card(user=people[1], library=cast.lenox, barcode="2 9046\u00a000")]  # the same digits
    )
    assert set(Card.objects.filter(user__in=people).values_list("barcode", flat=True)) == {
        "2904600"
    }
