"""A named part of the catalogue: what is in it, and finding it there."""

import pytest

from postroad.catalogue import collections
from postroad.catalogue.models import Collection, ItemStatus
from tests.cast import Cast
from tests.ill.story import copy, title


@pytest.fixture
def shelf(cast: Cast) -> Collection:
    """At Lenox, beside a copy of the same library that stands elsewhere."""
    made = Collection.objects.create(
        slug="professional", name="Professional collection", library=cast.lenox, location="Office"
    )
    for number, (name, author, place) in enumerate(
        [
            ("Library work with children", "Hazeltine, Alice", "Office"),
            ("Old English libraries", "Savage, Ernest", "Office"),
            ("The story-teller's library", "Shedlock, Marie", "Office"),
            ("Walden", "Thoreau, Henry David", "Stacks"),
        ]
    ):
        record = title(name)
        record.author = author
        record.subjects = ["Librarians -- Training of"] if "Old" in name else []
        record.save()
        item = copy(record, cast.lenox, f"3000900000{number:04}")
        item.location = place
        item.save()
    return made


def found(shelf: Collection, words: str) -> list[str]:
    rows = {record.pk: record.title for record in collections.newest(shelf, 99)}
    return [rows[key] for key in collections.find(shelf, words)]


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("", ["Library work with children", "Old English libraries", "The story-teller's library"]),
        (
            "libraries",
            ["Library work with children", "Old English libraries", "The story-teller's library"],
        ),
        ("LIBRARY children", ["Library work with children"]),
        ("storytellers", []),
        ("story teller", ["The story-teller's library"]),
        ("savage old", ["Old English libraries"]),
        ("training", ["Old English libraries"]),
        ("walden", []),
        ("brary", []),
        (
            "%",
            ["Library work with children", "Old English libraries", "The story-teller's library"],
        ),
        (
            "\x00",
            ["Library work with children", "Old English libraries", "The story-teller's library"],
        ),
    ],
)
def test_only_its_own_titles_are_found_and_by_any_of_their_words(
    shelf: Collection, words: str, wanted: list[str]
):
    assert found(shelf, words) == wanted


def test_a_title_with_all_words_goes_before_one_whose_subjects_have_them(shelf: Collection):
    assert found(shelf, "librarian") == ["Old English libraries"]
    assert found(shelf, "librar")[0] == "Library work with children"


def test_a_number_finds_the_copy_if_it_is_in_the_collection(shelf: Collection):
    assert found(shelf, "3000 9000 000 001") == ["Old English libraries"]
    assert found(shelf, "30009000000003") == []  # Walden, elsewhere in the house


def test_the_newest_are_those_of_which_a_copy_came_last(shelf: Collection):
    newest = [record.title for record in collections.newest(shelf, 2)]
    assert newest == ["The story-teller's library", "Old English libraries"]


def test_what_was_withdrawn_is_no_longer_there(shelf: Collection):
    collections.copies(shelf).filter(barcode="30009000000001").update(status=ItemStatus.WITHDRAWN)
    assert "Old English libraries" not in found(shelf, "")


def test_without_a_location_all_that_the_library_has_is_the_collection(shelf: Collection):
    shelf.location = ""
    shelf.save()
    assert "Walden" in found(shelf, "")
