"""The whole service suspended, or wound down before a contract ends: what the van still takes, and
which days nobody can promise.

Pure: facts come in, answers come out.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from postroad.directory.opening import Shut
from postroad.errors import Refusal


class Meanwhile(StrEnum):
    """What is done instead, as long as it lasts."""

    MAIL = "mail"  # loans go by mail
    COPIES = "copies"  # nothing is lent; copies are sent


class ServiceStopped(Refusal):
    """The van does not take it, and nothing goes by mail meanwhile."""

    code = "service-stopped"


@dataclass(frozen=True, slots=True)
class Stopped:
    """One stop of the service. Without a last pick-up day nothing moves at all; with one what is
    under way goes home, and only what is newly lent stays where it is."""

    first_day: date
    last_day: date
    reason: str
    meanwhile: Meanwhile
    last_pick_up: date | None = None

    @property
    def is_winding_down(self) -> bool:
        return self.last_pick_up is not None

    @property
    def until(self) -> date | None:
        """Its last day; None is further notice."""
        return None if self.last_day == date.max else self.last_day

    def covers(self, day: date) -> bool:
        return self.first_day <= day <= self.last_day

    def takes(self, day: date, *, lent: bool) -> bool:
        """Whether the van takes something that is sent on this day: what is `lent` is new."""
        if not self.covers(day):
            return True
        return self.last_pick_up is not None and not lent and day <= self.last_pick_up

    def leaves_open(self, day: date, today: date) -> bool:
        """Whether nobody can promise this day: it lies behind the beginning of a suspension, and
        when that ends is a guess as long as it lasts."""
        return not self.is_winding_down and self.first_day <= day and today <= self.last_day

    @property
    def no_pick_up(self) -> Shut | None:
        """The days on which the van still brings, and takes nothing any more."""
        if self.last_pick_up is None:
            return None
        first = self.last_pick_up + timedelta(days=1)
        return Shut(first, self.last_day, self.reason) if first <= self.last_day else None
