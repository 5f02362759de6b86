"""The one way to the file of a copy: a signed link, a proof that it is its reader, and one view.

The link opens a page and nothing more. Whose the copy is, the door asks the hall; here only the two
are compared.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import IO

from django.core import signing
from django.db import transaction
from django.db.models import F
from django.utils.crypto import constant_time_compare, salted_hmac

from postroad import reference_numbers
from postroad.documents import storage
from postroad.documents.models import Copy, Key
from postroad.documents.troubles import (
    CodeWrong,
    Gone,
    LinkUnknown,
    Missing,
    NotTheReader,
    NoViewsLeft,
)

SALT = "postroad.documents.copy"
CODE = 8  # signs of the alphabet of our numbers: 2 to the power of 40 codes
TRIES = 5
GOOD_FOR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who is here, and whose the copy is; None of both is nobody's."""

    user: int | None
    reader: int | None


@dataclass(frozen=True, slots=True)
class Code:
    """What was typed from a mail to the reader."""

    typed: str


@dataclass(frozen=True, slots=True)
class AtDesk:
    """For which libraries whoever is here works, and which is the reader's."""

    works_for: frozenset[int]
    readers: int


Proof = SignedIn | Code | AtDesk


@dataclass(frozen=True, slots=True)
class Opened:
    """The file, open at its start, and what is left."""

    file: IO[bytes]
    copy: Copy


def token(copy: Copy) -> str:
    """What stands in the link: the same for as long as the copy is there, and after."""
    return f"{copy.pk}-{_signer().signature(_signed(copy))}"


def read(text: str) -> Copy:
    """The copy of a link. Raises LinkUnknown."""
    key, _dash, signature = text.partition("-")
    if not (key.isascii() and key.isdecimal() and len(key) < 18):
        raise LinkUnknown
    copy = Copy.objects.select_related("supplier").filter(pk=int(key)).first()
    if copy is None or not constant_time_compare(signature, _signer().signature(_signed(copy))):
        raise LinkUnknown
    return copy


def may_read(copy: Copy, proof: Proof, now: datetime) -> bool:
    """Whether this proves to be its reader, or staff who hand it to her. A code that is typed
    costs one of its tries."""
    match proof:
        case SignedIn(user, reader):
            return user is not None and user == reader
        case AtDesk(works_for, readers):
            return readers in works_for
        case Code(typed):
            return _key(copy, typed, now) is not None


def open_copy(copy: Copy, proof: Proof, now: datetime) -> Opened:
    """Spend one view and hand over the file. Raises NotOpened; then no view is spent."""
    require_open(copy, now)
    key = _key(copy, proof.typed, now) if isinstance(proof, Code) else None
    if isinstance(proof, Code) and key is None:
        raise CodeWrong
    if not isinstance(proof, Code) and not may_read(copy, proof, now):
        raise NotTheReader
    with transaction.atomic():
        if key is not None and not Key.objects.filter(pk=key.pk).delete()[0]:
            raise CodeWrong  # it was used at the same moment
        # One statement, which locks the row: two at once spend two, and none goes below zero
        spent = Copy.objects.open(now).filter(pk=copy.pk)
        done = spent.update(views_left=F("views_left") - 1, opened=F("opened") + 1)
        copy.refresh_from_db()
        if not done:
            require_open(copy, now)
            raise NoViewsLeft
        try:
            return Opened(storage.opened(copy.stored_as), copy)
        except FileNotFoundError as why:
            raise Missing from why


def require_open(copy: Copy, now: datetime) -> None:
    if copy.is_over(now):
        raise Gone
    if not copy.views_left:
        raise NoViewsLeft


def new_code(copy: Copy, now: datetime) -> tuple[Key, str]:
    """A one-time code for this copy, in the place of any before. It is kept as a hash only."""
    require_open(copy, now)
    code = "".join(secrets.choice(reference_numbers.ALPHABET) for _ in range(CODE))
    with transaction.atomic():
        Key.objects.filter(copy=copy).delete()
        key = Key(copy=copy, hash=_hashed(copy, code), made_at=now, expires_at=now + GOOD_FOR)
        key.save()
    return key, code


def _key(copy: Copy, typed: str, now: datetime) -> Key | None:
    """The key that this code opens. The try is counted before it is looked at."""
    keys = Key.objects.filter(copy=copy, expires_at__gt=now, tries__lt=TRIES)
    if not keys.update(tries=F("tries") + 1):
        return None
    hashed = _hashed(copy, reference_numbers.tidy(typed[:40]))
    known = Key.objects.filter(copy=copy, expires_at__gt=now, tries__lte=TRIES)
    return next((key for key in known if constant_time_compare(key.hash, hashed)), None)


def _hashed(copy: Copy, code: str) -> str:
    return salted_hmac(SALT, f"{copy.pk}:{code}", algorithm="sha256").hexdigest()


def _signed(copy: Copy) -> str:
    return f"{copy.pk}.{copy.ref}"


def _signer() -> signing.Signer:
    return signing.Signer(salt=SALT)
