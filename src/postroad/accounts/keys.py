"""Keys by which programs come in: a sorter, or a library's own system."""

import secrets
from datetime import datetime
from hashlib import sha256

from postroad.accounts.models import ProgramKey
from postroad.composed import Composed
from postroad.directory.models import Library
from postroad.errors import Refusal

MARK = "postroad-"  # by which whoever finds one knows what it is
LONGEST = 100  # characters of what a program shows


class KeyOver(Refusal):
    """It was withdrawn, or given back, meanwhile."""

    code = "program-key-over"


def make(
    name: str, may: ProgramKey.May, *, library: Library | None, by: str, now: datetime
) -> tuple[ProgramKey, str]:
    """A new key and what its program shows, which nobody is told again."""
    shown = MARK + secrets.token_urlsafe(32)
    key = ProgramKey.objects.create(
        name=name,
        may=may,
        library=library,
        digest=digest(shown),
        ends=shown[-4:],
        made_at=now,
        made_by=by,
    )
    return key, shown


def digest(shown: str) -> str:
    return sha256(shown.encode()).hexdigest()


def of(shown: str) -> ProgramKey | None:
    """The key in force that a program shows, with its library; in one query."""
    return _IN_FORCE.first(digest(shown)) if 0 < len(shown) <= LONGEST else None


_IN_FORCE = Composed(
    lambda: ProgramKey.objects.filter(withdrawn_at=None).select_related("library"), "digest"
)


def withdraw(pk: int, *, by: str, now: datetime) -> ProgramKey:
    """Who shows it is let in no more."""
    return _mark(pk, True, withdrawn_at=now, withdrawn_by=by)


def give_back(pk: int) -> ProgramKey:
    """It holds again."""
    return _mark(pk, False, withdrawn_at=None, withdrawn_by="")


def _mark(pk: int, in_force: bool, **change: object) -> ProgramKey:
    found = ProgramKey.objects.filter(pk=pk, withdrawn_at__isnull=in_force)
    if not found.update(**change):
        raise KeyOver
    return ProgramKey.objects.select_related("library").get(pk=pk)
