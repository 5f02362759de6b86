"""Invitations: a signed link by mail, with which a person chooses a password.

It works once and for a while; a newer one ends it. What it is signed with changes when a password
is set, so that a link that was used, or forwarded after use, opens nothing.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from functools import partial

from django.conf import settings
from django.core import signing
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac

from postroad.accounts import names, posts
from postroad.accounts.adapter import BY_A_MACHINE, beside_the_answer
from postroad.accounts.models import PostChange, User
from postroad.errors import Refusal

GOOD_FOR = timedelta(days=14)
SALT = "postroad.accounts.invitations"
LONGEST = 60  # characters of a name that we make


class LinkIsOver(Refusal):
    """It was used, it is too old, a newer one was sent, or it was never ours."""

    code = "invitation-is-over"


def token(person: User) -> str:
    return signing.dumps([person.pk, _state(person)], salt=SALT)


def person_of(text: str) -> User:
    """Whose invitation this is; LinkIsOver if it opens nothing."""
    try:
        key, state = signing.loads(text, salt=SALT, max_age=GOOD_FOR)
    except (signing.BadSignature, ValueError, TypeError) as no:
        raise LinkIsOver from no
    person = User.objects.filter(pk=key, is_active=True).first()
    if person is None or _state(person) != state:
        raise LinkIsOver
    return person


def _state(person: User) -> str:
    """Changes when the password is set and when another invitation is sent."""
    sent = person.invited_at.isoformat() if person.invited_at else ""
    known = f"{person.password} {sent} {person.email}"
    return salted_hmac(SALT, known).hexdigest()[:20]


def is_open(person: User) -> bool:
    """Invited, and no password was chosen yet."""
    return person.invited_at is not None and not person.has_usable_password()


@transaction.atomic
def invite(person: User, *, by: str, at: datetime | None = None) -> None:
    """Send the link, or send it again. When the mail does not leave, the history says so."""
    person.invited_at = at or timezone.now()
    person.save(update_fields=["invited_at"])
    posts.write(PostChange.Verb.INVITE, person, by=by, at=at)
    transaction.on_commit(partial(beside_the_answer, partial(_send, person, by)))


def _send(person: User, by: str) -> None:
    link = settings.SITE_URL + reverse("account_invitation", args=[token(person)])
    facts = {
        "username": person.username,
        "by": by,
        "link": link,
        "consortium": settings.CONSORTIUM,
        "days": GOOD_FOR.days,
    }
    subject = render_to_string("account/email/invitation_subject.txt", facts).strip()
    text = render_to_string("account/email/invitation_message.txt", facts)
    try:
        EmailMessage(subject, text, to=[person.email], headers=BY_A_MACHINE).send()
    except Exception as trouble:
        posts.write(PostChange.Verb.NOT_SENT, person, by="", note=str(trouble))
        raise


@transaction.atomic
def accept(text: str, password: str, *, at: datetime | None = None) -> User:
    """Set the password; of two who press at once only one finds the link still good."""
    person = person_of(text)
    User.objects.select_for_update(no_key=True).get(pk=person.pk)
    person = person_of(text)
    person.set_password(password)
    person.save(update_fields=["password"])
    posts.write(PostChange.Verb.ACCEPT, person, by=str(person), at=at)
    return person


def new_person(first: str, last: str, email: str) -> User:
    """An account without a password, under a name that is free."""
    person = User(username=free_name(first, last), first_name=first, last_name=last, email=email)
    person.set_unusable_password()
    person.save()
    return person


def free_name(first: str, last: str, besides: Collection[str] = ()) -> str:
    """A name to sign in with that nobody has: "maria.silva", then "maria.silva2".

    `besides` are names that are about to be given, in small letters.
    """
    wanted = ".".join("".join(names.words(each)) for each in (first, last) if each)[:LONGEST]
    wanted = wanted.encode("ascii", "ignore").decode().strip(".") or "person"
    known = set(
        User.objects.filter(username__istartswith=wanted).values_list("username", flat=True)
    )
    taken = {each.lower() for each in known} | {*besides}
    number, name = 1, wanted
    while name in taken:
        number += 1
        name = f"{wanted}{number}"
    return name
