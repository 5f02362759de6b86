"""An act: who does something, in which role, for which library, when, and through which door.

Every verb takes one, whoever calls it: a page, the worker, a command, later a partner's message.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from django.utils import timezone

from postroad.accounts.models import User
from postroad.directory.models import Library
from postroad.ill.lifecycle import Owner


class Door(StrEnum):
    """Through what somebody acts."""

    HOUSE = "house"  # the worker, time itself, a command
    PAGE = "page"
    API = "api"
    MESSAGE = "message"  # of a partner's system
    MAIL = "mail"  # the link in a mail, without signing in


@dataclass(frozen=True, slots=True)
class Act:
    """Who acts and when. Without anybody it is the house itself.

    `role` and `library` are given where they do not follow from the verb: who acts for another.
    """

    by: User | None = None
    at: datetime = field(default_factory=timezone.now)
    role: Owner | None = None
    library: Library | None = None
    door: Door = Door.HOUSE

    def as_role(self, role: Owner | None) -> "Act":
        """The same in another role."""
        return replace(self, role=role)


def house(at: datetime) -> Act:
    """What the worker does, and time."""
    return Act(at=at, role=Owner.MACHINE)
