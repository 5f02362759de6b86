"""Library cards: entered and changed by hand, or by a file from the library's own system.

A file is compared with what is on record first: matched by the number of the card within the
library, it says of each card what would be new. Nothing is deleted by it; a card that is not in it
stays, unless somebody wants such cards blocked. The same file twice changes nothing.

A reader who also works here signs in by the same account, which only she and those who may give
her posts change: of her a file changes the card alone.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from django.db import transaction

from postroad import barcodes
from postroad.accounts import invitations, roles
from postroad.accounts.card_lists import NOT_IN_THE_FILE, Difference, Step, Wanted, on_record, step
from postroad.accounts.models import Card, NameKey, Role, User
from postroad.directory.models import Library
from postroad.errors import Refusal


class NumberTaken(Refusal):
    """Another card of the library has this number."""

    code = "card-number-taken"


# What a file says


# What would be new


@transaction.atomic
def apply(library: Library, good: Sequence[Wanted], columns: Collection[str]) -> Counter[str]:
    """Write some of the cards of a file; done twice, the second time changes nothing."""
    known = {card.barcode: card for card in on_record(library, [each.barcode for each in good])}
    steps = [step(card, known.get(card.barcode), columns) for card in good]
    difference = Difference(steps)
    _add(library, [each.wanted for each in difference.new])
    _change(difference.changed)
    return Counter(new=len(difference.new), changed=len(difference.changed), same=difference.same)


def _add(library: Library, cards: Sequence[Wanted]) -> None:
    wished = [f"{library.code}-{card.barcode}".lower()[:150] for card in cards]
    taken = set(User.objects.filter(username__in=wished).values_list("username", flat=True))
    people = list[User]()
    for wish, card in zip(wished, cards, strict=True):
        name = wish
        if wish in taken:  # as by a number that differs in its capitals only
            name = invitations.free_name(card.first, card.last, taken)
        taken.add(name.lower())
        people.append(blank(name, card.first, card.last, card.email or ""))
    User.objects.bulk_create(people)
    Card.objects.bulk_create(
        [
            Card(
                user=person,
                library=library,
                barcode=card.barcode,
                blocked=card.blocked or "",
                expires=card.expires,
            )
            for person, card in zip(people, cards, strict=True)
        ]
    )


NO_PASSWORD = "!" + "0" * 40  # as Django marks a password that nobody can type


def blank(name: str, first: str, last: str, email: str) -> User:
    """An account that opens once its reader has chosen a password."""
    return User(username=name, first_name=first, last_name=last, email=email, password=NO_PASSWORD)


def _change(steps: Sequence[Step]) -> None:
    for each in steps:
        card, found, changes = each.wanted, each.found, each.changes
        assert found is not None  # it is changed, not new
        if {"name", "email"} & {*changes}:
            person = User(pk=found.user, first_name=card.first, last_name=card.last)
            more = {"email": card.email} if "email" in changes else {}
            if "name" in changes:
                key = NAME_KEY.pre_save(person, add=False)
                more |= {"first_name": card.first, "last_name": card.last, "name_key": key}
            User.objects.filter(pk=found.user).update(**more)
        hers: dict[str, Any] = {}
        if "expires" in changes:
            hers["expires"] = card.expires
        if "blocked" in changes:
            hers["blocked"] = card.blocked
        if hers:
            Card.objects.filter(pk=found.pk).update(**hers)


NAME_KEY = User._meta.get_field("name_key")
assert isinstance(NAME_KEY, NameKey)


def block_absent(library: Library, listed: Collection[str], today: date) -> int:
    """Block the cards that are not in a file; those that are blocked already keep their reason."""
    gone = [
        card.pk for card in on_record(library) if card.barcode not in listed and not card.blocked
    ]
    why = NOT_IN_THE_FILE % f"{today:%m/%d/%Y}"
    for start in range(0, len(gone), 500):
        Card.objects.filter(pk__in=gone[start : start + 500]).update(blocked=why)
    return len(gone)


# By hand


def keeps(user: User, library: Library) -> bool:
    """Whether somebody keeps the cards of a library."""
    return roles.has_any(user, (Role.OPERATOR, Role.CENTRE)) or roles.has(
        user, Role.DIRECTOR, library
    )


@transaction.atomic
def enter(
    library: Library,
    *,
    barcode: str,
    first: str,
    last: str,
    email: str,
    expires: date | None = None,
    blocked: str = "",
) -> Card:
    """A new card, and with it the account of its reader."""
    number = barcodes.plain(barcode)
    if Card.objects.filter(library=library, barcode=number).exists():
        raise NumberTaken(barcode=number, library=library.name)
    _add(library, [Wanted(0, number, first, last, email, expires, blocked)])
    return Card.objects.select_related("user", "library").get(library=library, barcode=number)


@transaction.atomic
def change(
    card: Card,
    *,
    barcode: str,
    first: str,
    last: str,
    email: str,
    expires: date | None,
    blocked: str,
) -> None:
    number = barcodes.plain(barcode)
    others = Card.objects.filter(library=card.library, barcode=number).exclude(pk=card.pk)
    if others.exists():
        raise NumberTaken(barcode=number, library=card.library.name)
    card.barcode, card.expires, card.blocked = number, expires, blocked
    card.save(update_fields=["barcode", "expires", "blocked"])
    person = card.user
    if not person.posts.exists():
        person.first_name, person.last_name, person.email = first, last, email
        person.save(update_fields=["first_name", "last_name", "email"])
