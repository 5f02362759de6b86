"""Who may act as what, and for which library.

The posts of a person are read once and kept on the user object; a patron's card is the same. So a
page may ask as often as it likes.
"""

from collections.abc import Iterable

from django.contrib.auth.models import AnonymousUser

from postroad.accounts.models import Card, Post, Role, User
from postroad.directory.models import Library

Person = User | AnonymousUser


def has(user: Person, role: Role, library: Library | int | None = None) -> bool:
    """Whether this person fills the role, for this library if one is named.

    A post for the consortium counts for every library.
    """
    wanted = library.pk if isinstance(library, Library) else library
    if role is Role.PATRON:
        card = card_of(user)
        return card is not None and wanted in (None, card.library_id)
    return any(
        wanted is None or post.library_id in (None, wanted)
        for post in posts(user)
        if post.role == role
    )


def has_any(user: Person, wanted: Iterable[Role]) -> bool:
    return any(has(user, role) for role in wanted)


def libraries(user: Person, role: Role) -> list[Library]:
    """The libraries for which this person fills the role, by town."""
    if role is Role.PATRON:
        card = card_of(user)
        return [card.library] if card else []
    return [post.library for post in posts(user) if post.role == role and post.library]


def held(user: Person) -> list[Role]:
    """The roles of this person, the one whose work comes first in front."""
    return [role for role in Role if has(user, role)]


def posts(user: Person) -> tuple[Post, ...]:
    return user.held if isinstance(user, User) and user.is_active else ()


def card_of(user: Person) -> Card | None:
    """The card of an active patron. Django remembers the answer, also when there is none."""
    if not isinstance(user, User) or not user.is_active:
        return None
    try:
        return user.card
    except Card.DoesNotExist:
        return None
