"""Posts given and taken away, accounts closed and opened again; and who may do so.

Nobody gives more than they have: an operator gives every post, the center those at any library and
its own, a director those at her own library. Whose account it is, only somebody may change who
could give every post that it holds, and keeps its card: else an address of mail would be a way to
another's rights, or to what she reads.
"""

from collections.abc import Collection, Iterable
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from postroad.accounts import roles
from postroad.accounts.models import AT_A_LIBRARY, Card, Post, PostChange, Role, User
from postroad.directory.models import Library
from postroad.errors import Refusal

Verb = PostChange.Verb
Held = tuple[Role, Library | None]


class NotYoursToGive(Refusal):
    """A post that whoever asks could not give, or an account with such a post."""

    code = "post-not-yours-to-give"


class LastOperator(Refusal):
    """Nobody would be left who could give a post of operator again."""

    code = "last-operator"


class LastDirector(Refusal):
    """Nobody would be left at a library who decides; whoever insists may do it."""

    code = "last-director"


class NoPlace(Refusal):
    """Work at a library names one, and it is a member; other work names none."""

    code = "post-without-its-place"


def may_give(by: User, role: Role, library: Library | None) -> bool:
    if roles.has(by, Role.OPERATOR):
        return True
    if roles.has(by, Role.CENTRE) and (role in AT_A_LIBRARY or role == Role.CENTRE):
        return True
    at = library is not None and roles.has(by, Role.DIRECTOR, library)
    return role in AT_A_LIBRARY and at


def may_change(by: User, person: User) -> bool:
    """Whether somebody may change the account itself: name, address, whether it is open."""
    posts = list(person.posts.select_related("library"))
    if not roles.has_any(by, (Role.OPERATOR, Role.CENTRE)):
        card = Card.objects.select_related("library").filter(user=person).first()
        if not posts or (card and not roles.has(by, Role.DIRECTOR, card.library)):
            return False  # as a reader she is another library's
    return all(may_give(by, Role(post.role), post.library) for post in posts)


def gives(by: User, library: Library | None) -> list[Role]:
    """The roles that somebody may give, at a library or for the consortium."""
    at = AT_A_LIBRARY if library is not None else frozenset(Role) - AT_A_LIBRARY - {Role.PATRON}
    return [role for role in Role if role in at and may_give(by, role, library)]


@transaction.atomic
def give(
    person: User, role: Role, library: Library | None, *, by: User, at: datetime | None = None
) -> bool:
    """A post; False if the person has it already."""
    if (role in AT_A_LIBRARY) != (library is not None) or role == Role.PATRON:
        raise NoPlace
    if library is not None and (library.is_outside or not library.active):
        raise NoPlace
    if not may_give(by, role, library):
        raise NotYoursToGive
    made = Post.objects.get_or_create(user=person, role=role, library=library)[1]
    if made:
        write(Verb.GIVE, person, by=str(by), at=at, role=role, library=library)
        forget_held(person)
    return made


@transaction.atomic
def take(post: Post, *, by: User, at: datetime | None = None, insists: bool = False) -> None:
    """A post away; of the last operator never, of a library's last director to whom insists."""
    if not may_give(by, Role(post.role), post.library):
        raise NotYoursToGive
    _somebody_stays([post], insists=insists)
    write(Verb.TAKE, post.user, by=str(by), at=at, role=Role(post.role), library=post.library)
    forget_held(post.user)
    post.delete()


@transaction.atomic
def deactivate(
    person: User, *, by: User, at: datetime | None = None, insists: bool = False
) -> None:
    """Close an account: it signs in no more, and its posts rest until it is opened again."""
    if not may_change(by, person):
        raise NotYoursToGive
    _somebody_stays(list(person.posts.select_related("library")), insists=insists)
    if User.objects.filter(pk=person.pk, is_active=True).update(is_active=False):
        write(Verb.DEACTIVATE, person, by=str(by), at=at)
    person.is_active = False


@transaction.atomic
def reactivate(person: User, *, by: User, at: datetime | None = None) -> None:
    if not may_change(by, person):
        raise NotYoursToGive
    if User.objects.filter(pk=person.pk, is_active=False).update(is_active=True):
        write(Verb.REACTIVATE, person, by=str(by), at=at)
    person.is_active = True


def _somebody_stays(going: Collection[Post], *, insists: bool) -> None:
    """Refuse what would leave the house without an operator, or a library without a director.

    The rows of those who stay are locked, so that two who go at once do not each count the other.
    """
    for post in going:
        if post.role not in (Role.OPERATOR, Role.DIRECTOR):
            continue
        alike = Post.objects.filter(role=post.role, library=post.library, user__is_active=True)
        staying = [each for each in alike.select_for_update(no_key=True) if each.pk != post.pk]
        if staying or not post.user.is_active:
            continue
        if post.role == Role.OPERATOR:
            raise LastOperator(name=str(post.user))
        if not insists:
            assert post.library is not None  # the database holds it
            raise LastDirector(name=str(post.user), library=post.library.name)


@transaction.atomic
def rename(
    person: User, *, first: str, last: str, email: str, by: User, at: datetime | None = None
) -> None:
    if not may_change(by, person):
        raise NotYoursToGive
    before, after = _known_as(person), (first, last, email)
    if before == after:
        return
    person.first_name, person.last_name, person.email = after
    person.save(update_fields=["first_name", "last_name", "email"])
    write(Verb.CHANGE, person, by=str(by), at=at)


def _known_as(person: User) -> tuple[str, str, str]:
    return person.first_name, person.last_name, person.email


def write(
    verb: str,
    person: User,
    *,
    by: str,
    at: datetime | None = None,
    role: Role | None = None,
    library: Library | None = None,
    note: str = "",
) -> None:
    PostChange.objects.create(
        user=person,
        verb=verb,
        role=role or "",
        library=library,
        at=at or timezone.now(),
        by=by,
        note=note[:300],
    )


def forget_held(person: User) -> None:
    """The posts that the object remembers are not those of the database any more."""
    person.__dict__.pop("held", None)


def known_to(by: User) -> Iterable[User]:
    """The staff that somebody may look up: everybody's, or those of her own libraries."""
    staff = User.objects.filter(posts__isnull=False) | User.objects.filter(changes__isnull=False)
    if roles.has_any(by, (Role.OPERATOR, Role.CENTRE)):
        return staff.distinct()
    mine = [library.pk for library in roles.libraries(by, Role.DIRECTOR)]
    return User.objects.filter(
        pk__in=[
            *Post.objects.filter(library__in=mine).values_list("user", flat=True),
            *PostChange.objects.filter(library__in=mine).values_list("user", flat=True),
        ]
    )
