"""From asked to approved: the checks, and what is left to the library's staff."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from postroad.accounts.models import Card
from postroad.catalogue.folding import fold
from postroad.directory import network_rules
from postroad.ill import asked_before, asking, borrowing, counted_copies, materials, volumes
from postroad.ill.acts import house
from postroad.ill.lifecycle import Service, State, Verb
from postroad.ill.models import Event, Request


class Concern(StrEnum):
    """Why a request is left to staff."""

    NO_CARD = "no-card"
    BLOCKED = "blocked"
    EXPIRED = "expired"
    LIMIT = "limit"
    OWN_COPY = "own-copy"
    OWN_VOLUME = "own-volume"  # of which a copy is wanted
    DUPLICATE = "duplicate"
    NEED_BY = "need-by-passed"
    COPYRIGHT = "copies-beyond-five"
    POLICY = "staff-approve"


@dataclass(frozen=True, slots=True)
class Facts:
    """What intake knows of a request."""

    has_card: bool
    blocked: str  # why, or empty
    expired: bool  # the card
    outstanding: int  # what this patron waits for or has at home, this one too
    limit: int
    own_copy: bool
    duplicate: bool
    need_by: date | None
    today: date
    approves_by_itself: bool
    own_volume: bool = False
    beyond_free_copies: bool = False  # and nobody has said what is to be done about it


def concerns(facts: Facts) -> Iterator[Concern]:
    """The reasons not to approve by itself, the gravest first."""
    found = {
        Concern.NO_CARD: not facts.has_card,
        Concern.BLOCKED: bool(facts.blocked),
        Concern.EXPIRED: facts.expired,
        Concern.LIMIT: facts.outstanding > facts.limit,
        Concern.OWN_COPY: facts.own_copy,
        Concern.OWN_VOLUME: facts.own_volume,
        Concern.DUPLICATE: facts.duplicate,
        Concern.NEED_BY: facts.need_by is not None and facts.need_by < facts.today,
        Concern.COPYRIGHT: facts.beyond_free_copies,
        Concern.POLICY: not facts.approves_by_itself,
    }
    return (concern for concern, is_so in found.items() if is_so)


def check(event: Event, now: datetime) -> None:
    """Listener: approve a request that was asked, or leave it for staff with the reasons."""
    if event.verb != Verb.ASK:
        return
    ill = event.request
    if ill.state != State.ASKED:
        return
    if found := list(concerns(gather(ill, now))):
        borrowing.review(ill, house(now), concerns=[str(concern) for concern in found])
    else:
        borrowing.approve(ill, house(now))


def gather(ill: Request, now: datetime) -> Facts:
    """The facts of one request, in three queries; of a copy, in as many more as it takes to count
    those that its library had."""
    card = Card.objects.filter(user=ill.patron_id).first()
    policy = ill.library.rules
    mine = list(
        Request.objects.outstanding()
        .filter(patron=ill.patron_id)
        .values_list("pk", "record_id", "title", "volume", "service", "citation")
        if ill.patron_id
        else []
    )
    homes = {ill.library_id, card.library_id} if card else {ill.library_id}
    copy = asking.own_copy(ill.record_id, homes, ill.volume) if ill.record_id else None
    return Facts(
        has_card=card is not None,
        blocked=card.blocked if card else "",
        expired=card is not None and card.expired(ill.library.day_of(now)),
        outstanding=len(mine),
        limit=network_rules.terms(ill.library, ill.library.day_of(now)).open_requests,
        own_copy=copy is not None and not ill.is_copy,
        own_volume=ill.is_copy and counted_copies.has_it(ill),
        duplicate=any(is_same(ill, *each) for each in mine),
        need_by=ill.need_by,
        today=ill.library.day_of(now),
        approves_by_itself=policy.approves_by_itself,
        beyond_free_copies=ill.is_copy and not ill.copyright and counted_copies.verdict(ill).over,
    )


def is_same(
    ill: Request,
    key: int,
    record: int | None,
    title: str,
    volume: str,
    service: str = Service.LOAN,
    citation: Mapping[str, str] | None = None,
) -> bool:
    """Whether another request is for the same: by its record, or by its title where a catalog lists
    it not; of a copy, by the part that is wanted."""
    if key == ill.pk or service != ill.service:
        return False
    if ill.is_copy:
        ours, other = materials.read(ill.citation), materials.read(citation or {})
        is_title = fold(title) == fold(ill.title)
        return is_title and asked_before.part_of(ours) == asked_before.part_of(other)
    if ill.record_id is not None:
        return record == ill.record_id and volumes.overlap(volume, ill.volume)
    return fold(title) == fold(ill.title)
