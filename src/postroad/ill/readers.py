"""The gate to a reader: who she is, what she waits for and has at home, is her library's business.

Borrowing staff find the readers with a card of their own library, by number or name, and those who
fetch something at their desk just now, whose names they read there anyhow. "Not yours" looks like
"not there".
"""

from collections.abc import Collection

from postroad import barcodes
from postroad.accounts.models import BORROWING, Card, CardQuerySet, User
from postroad.accounts.roles import posts
from postroad.ill.access import NoSuchRequest
from postroad.ill.lookup import LONGEST
from postroad.ill.models import Request

MOST = 50  # found by one name; more of the name tells them apart


class NoSuchReader(NoSuchRequest):
    """There is no such reader for this person."""

    code = "no-such-reader"


def libraries(user: User) -> list[int]:
    """The libraries whose readers this person may know, by their keys."""
    return [post.library_id for post in posts(user) if post.role in BORROWING and post.library_id]


def one(user: User, key: int) -> Card:
    """A reader's card by its key; otherwise as if there were none."""
    for cards in known(libraries(user)):
        if (card := cards.filter(pk=key).first()) is not None:
            return card
    raise NoSuchReader


def by_number(at: Collection[int], text: str) -> list[Card]:
    """The cards that a scan or a typed number may mean at these libraries, their own ones first.

    Of what a scanner may have sent, with the frame of its label or without, the likeliest counts.
    """
    meant = barcodes.readings(text[:LONGEST])
    found = [card for cards in known(at) for card in cards.filter(barcode__in=meant)]
    best = min((meant.index(card.barcode) for card in found), default=0)
    return list(dict.fromkeys(card for card in found if meant.index(card.barcode) == best))


def by_name(at: Collection[int], text: str) -> list[Card]:
    """Readers whose names have these words, or beginnings of them, in any order."""
    found = {card for cards in known(at) for card in cards.named(text).order_by("pk")[:MOST]}
    return sorted(found, key=lambda card: (card.user.last_name, card.user.first_name, card.pk))


def known(at: Collection[int]) -> tuple[CardQuerySet, CardQuerySet]:
    """The cards of these libraries, and those of readers who fetch something there just now."""
    every = Card.objects.of_readers()
    here = Request.objects.open().filter(library__in=at, patron__isnull=False)
    guests = every.filter(user__in=here.values("patron")).exclude(library__in=at)
    return every.filter(library__in=at), guests
