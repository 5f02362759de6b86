"""Requests as they are looked for."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from postroad.accounts.models import User
from postroad.catalogue import holdings
from postroad.directory.models import Library
from postroad.ill import lifecycle
from postroad.ill.lifecycle import State

if TYPE_CHECKING:
    from datetime import datetime

    from postroad.ill.models.request import Request  # noqa: F401  # named in a string


class RequestQuerySet(models.QuerySet["Request"]):
    def open(self) -> "RequestQuerySet":
        return self.exclude(state=State.CLOSED)

    def outstanding(self) -> "RequestQuerySet":
        """What a patron waits for or has at home: what counts against her. Not what she brought
        back, though it may still be on its way home."""
        return self.filter(state__in=lifecycle.OUTSTANDING)

    def at(self, library: Library) -> "RequestQuerySet":
        """Those that this library borrows."""
        return self.filter(library=library)

    def of(self, patron: User) -> "RequestQuerySet":
        return self.filter(patron=patron)

    def give_until(self, moment: "datetime", *, supply: int = 0, loan: int = 0) -> None:
        """Its foremost part rings at another moment, by a closure or the road: no move."""
        led = Q(current_loan=loan) if loan else Q(current=supply)
        self.filter(led, turn_until__isnull=False).update(turn_until=moment)

    def due_before(self, moment: "datetime") -> "RequestQuerySet":
        return self.filter(due_at__lte=moment)

    def shown(self) -> "RequestQuerySet":
        """With what every list and page of requests shows, in one query."""
        return self.select_related(
            "patron__card", "library", "current__lender", "current_loan__parcel_out"
        )

    def heard_of(self) -> "RequestQuerySet":
        """With what the listeners of an event ask for, in one query."""
        found = self.select_related("patron", "library__policy", "current__lender", "current_loan")
        return found.annotate(doubted=holdings.are_doubted("record", "current__lender"))
