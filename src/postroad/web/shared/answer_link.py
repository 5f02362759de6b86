"""The link by which a lender answers from its mail, as its staff and the center see and stop it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from postroad.directory.models import Library
from postroad.ill.access import Sight
from postroad.ill.models import AnswerLink, Request, Supply


@dataclass(frozen=True, slots=True)
class Shown:
    """A link: whose it is, where its mail went, and whether it was stopped."""

    supply: Supply
    address: str
    mailed_at: datetime | None
    stopped_at: datetime | None
    unreached: bool

    @property
    def lender(self) -> Library:
        return self.supply.lender


def shown(ill: Request, sight: Sight, supplies: list[Supply]) -> dict[str, Any]:
    """That of the attempt that is open, for those who may stop it; one statement."""
    if sight not in (Sight.LENDING, Sight.CENTRE):
        return {}
    open_now = {each.pk: each for each in supplies if each.is_open and not each.is_outside}
    link = AnswerLink.objects.filter(supply__in=open_now).first() if open_now else None
    if link is None:
        return {}
    found = Shown(
        open_now[link.supply_id],
        link.address,
        link.mailed_at,
        link.stopped_at,
        link.unreached_at is not None,
    )
    return {"answer_link": found}
