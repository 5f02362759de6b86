"""What is typed into a field for an address, and what is remembered of those that do not work."""

from datetime import timedelta

import pytest

from postroad.notices import addresses
from postroad.notices.models import DeadAddress
from tests.ill.story import MONDAY


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("ada@example.org", ["ada@example.org"]),
        ("  ada@example.org ", ["ada@example.org"]),
        ("a@example.org, b@example.org", ["a@example.org", "b@example.org"]),
        ("a@example.org;b@example.org", ["a@example.org", "b@example.org"]),
        ("a@example.org b@example.org", ["a@example.org", "b@example.org"]),
        ("a@example.org, a@example.org,", ["a@example.org"]),
        ("Ada King <ada@example.org>", ["ada@example.org"]),
        ('"King, Ada" <ada@example.org>; b@example.org', ["ada@example.org", "b@example.org"]),
        ("ada@bücher.example", ["ada@bücher.example"]),
        ("o'hara+books@example.org", ["o'hara+books@example.org"]),
    ],
)
def test_what_people_type_is_read(typed: str, meant: list[str]):
    assert addresses.recipients(typed) == meant


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "   ",
        "none",
        "ada",
        "ada@",
        "@example.org",
        "ada(at)example.org",
        "ann smith@example.org",  # smith is perhaps somebody else
        "ada@example.org, none",
        "ada@example.org (work)",
        "ada@example.org\r\nBcc: all@example.org",
        "ada@example.org\nbcc:all@example.org",
        "ada@example.org\x00",
        "åda@example.org",  # few servers take it
        "ada@@example.org",
        "ada@example..org",
        "<>",
        "x" * 300 + "@example.org",
    ],
)
def test_nothing_is_guessed_of_what_is_no_address(typed: str):
    assert addresses.recipients(typed) == []


def test_an_address_that_does_not_work_is_found_whatever_its_case_until_it_works(db: None):
    addresses.bury("Ada@example.org", "550 no such user", MONDAY)
    addresses.bury("ada@example.org", "550 still none", MONDAY + timedelta(days=1))
    found = addresses.dead([" ada@Example.org", "bea@example.org", ""])
    assert list(found) == [" ada@Example.org"]
    assert (found[" ada@Example.org"].said, found[" ada@Example.org"].since) == (
        "550 still none",
        MONDAY,
    )
    addresses.revive("ADA@example.org")
    assert not DeadAddress.objects.exists()
