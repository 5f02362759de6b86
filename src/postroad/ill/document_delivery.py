"""The verbs of a copy: its lender delivers it, its reader says that it is no good, and it is done.

The file and its day are `documents`' business, as is what the law counts; here both happen with the
step of the request, or not at all.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import transaction

from postroad.documents import checks, delivering, uses
from postroad.documents.checks import Ready, Upload
from postroad.documents.delivering import Policy
from postroad.documents.models import Copy, CopyQuerySet
from postroad.errors import Refusal
from postroad.ill import counted_copies, lending, tally
from postroad.ill.acts import Act, house
from postroad.ill.lifecycle import Condition, Ending, Fault, Outcome, Service, State, Verb
from postroad.ill.models import Event, Request, Supply

LONGEST_LINK = 500
# After which nothing of an attempt was delivered, whatever it had sent before.
NOT_FILLED = frozenset(
    {
        *(Verb.REFUSE, Verb.RETRY, Verb.LAPSE, Verb.DECLINE_OFFER),
        *(Verb.CANCEL, Verb.EXPIRE, Verb.CHANGE_SERVICE),
    }
)


class NoSuchLink(Refusal):
    """It is no address at which anybody could read it."""

    code = "no-such-link"


class CostNotAgreed(Refusal):
    """It costs more than its reader's library said that it may: it is offered first."""

    code = "cost-not-agreed"


@dataclass(frozen=True, slots=True)
class Sent:
    """What is said of a copy as it is delivered."""

    lacks: str = ""  # what of it could not be sent
    cost: Decimal | None = None  # in dollars


WHOLE = Sent()


def deliver(supply: Supply, act: Act, upload: Upload, said: Sent = WHOLE) -> Copy:
    """The lender sends the copy as a file. Not in a transaction: it takes seconds to look into it.

    Raises NotSent with what is wrong with the file, AskedForLoan, CostNotAgreed, OutOfTurn,
    MovedMeanwhile; then nothing has happened.
    """
    _check(supply, said)
    with checks.ready(upload) as file:
        return deliver_ready(supply, act, file, said)


@transaction.atomic
def deliver_ready(supply: Supply, act: Act, file: Ready, said: Sent = WHOLE) -> Copy:
    """The same of a file that has been looked into."""
    _check(supply, said)
    ill = supply.request
    policy = Policy.of(ill.library, ill.library.day_of(act.at))
    before = newest(supply)
    if before is None:
        copy = delivering.send(ill.ref, supply.lender, file, policy, act.at)
    else:  # the one that was no good: the link in her mail stays good
        copy = delivering.replace(before, file, policy, act.at)
    _delivered(supply, act, said, pages=copy.pages)
    return copy


@transaction.atomic
def deliver_link(supply: Supply, act: Act, link: str, said: Sent = WHOLE) -> None:
    """The lender tells where it can be read. Raises NoSuchLink."""
    _check(supply, said)
    try:
        URLValidator(schemes=["https", "http"])(link)
    except ValidationError as why:
        raise NoSuchLink from why
    if len(link) > LONGEST_LINK:
        raise NoSuchLink
    _delivered(supply, act, said, link=link)


def _check(supply: Supply, said: Sent) -> None:
    ill = supply.request
    if not ill.is_copy:
        raise lending.AskedForLoan(ref=ill.ref, title=ill.title[:80])
    lending.check(supply, Verb.DELIVER)
    if said.cost and not _agreed(supply, said.cost):
        raise CostNotAgreed(cost=f"{said.cost:.2f}", ref=ill.ref)


def _agreed(supply: Supply, cost: Decimal) -> bool:
    """Whether it may cost so much: as asked for, or as offered and accepted since."""
    most = supply.request.max_cost
    offered = supply.cost if Condition.COST in supply.conditions else None
    return any(limit is not None and cost <= limit for limit in (most, offered))


def _delivered(supply: Supply, act: Act, said: Sent, *, pages: int = 0, link: str = "") -> None:
    ill = supply.request
    use = counted_copies.record(supply, act.at)
    if supply.shipped_at is None:  # else it was no good, and is sent once more
        lender, borrower = supply.lender, ill.library
        tally.count(lender=lender, borrower=borrower, at=act.at, service=Service.COPY)
    facts: dict[str, object] = {"lender": supply.lender_name}
    if link:
        facts["link"] = True
    else:
        facts["pages"] = pages
    if said.lacks:
        facts["lacks"] = said.lacks[:300]
    if said.cost is not None:
        facts["cost"] = f"{said.cost:.2f} USD"
    ill.move(
        Verb.DELIVER,
        act,
        supply=supply,
        supply_change={
            "answered_at": supply.answered_at or act.at,
            "shipped_at": supply.shipped_at or act.at,
            "link": link,
            "use": use.pk,
            **({} if said.cost is None else {"cost": said.cost}),
        },
        said=facts,
        note=said.lacks[:300],
    )


def deliver_again(supply: Supply, act: Act, upload: Upload) -> Copy:
    """Another file in the place of the one that was delivered, unasked: by the same link."""
    supply.request.refuse_out_of_turn(Verb.DELIVER_AGAIN, supply=supply)
    with checks.ready(upload) as file, transaction.atomic():
        ill = supply.request
        policy = Policy.of(ill.library, ill.library.day_of(act.at))
        before = newest(supply)
        if before is None:
            copy = delivering.send(ill.ref, supply.lender, file, policy, act.at)
        else:
            copy = delivering.replace(before, file, policy, act.at)
        said = {"lender": supply.lender_name, "pages": copy.pages}
        change = {"link": ""}
        ill.move(Verb.DELIVER_AGAIN, act, supply=supply, supply_change=change, said=said)
        return copy


@transaction.atomic
def undo_deliver(supply: Supply, act: Act) -> None:
    """It was another reader's, or another article: nobody can open it any more, and nothing was
    copied. The lender has still to send it."""
    supply.request.refuse_out_of_turn(Verb.UNDO_DELIVER, supply=supply)
    use, sent_at = supply.use, supply.shipped_at
    supply.request.move(  # first, so that of two who undo it at once one takes it back
        Verb.UNDO_DELIVER,
        act,
        supply=supply,
        supply_change={"link": "", "use": None, "shipped_at": None},
        said={"lender": supply.lender_name},
    )
    _take_back(supply, act.at, use, sent_at)


@transaction.atomic
def reject(supply: Supply, act: Act, fault: Fault, note: str = "") -> None:
    """The reader, or her library, cannot use it: its lender sends it once more, for the same
    request. What was sent stays to be read until then, and counts once."""
    supply.request.move(
        Verb.REJECT_COPY,
        act,
        supply=supply,
        said={"lender": supply.lender_name, "fault": fault},
        note=note[:300],
    )


@transaction.atomic
def undo_reject(supply: Supply, act: Act) -> None:
    """It can be used after all: for as long as before."""
    ill = supply.request
    sent = Copy.objects.of_request(ill.ref).filter(supplier=supply.lender_id).first()
    ill.move(
        Verb.UNDO_REJECT_COPY,
        act,
        supply=supply,
        change={} if sent is None else {"due_at": max(sent.expires_at, act.at)},
        said={"lender": supply.lender_name},
    )


@transaction.atomic
def extend(copy: Copy, ill: Request, now: datetime) -> Copy:
    """Her reader needs it longer: as many days and openings as a new one has. Raises Gone."""
    longer = delivering.extend(copy, Policy.of(ill.library, ill.library.day_of(now)), now)
    _waits_for(ill, longer)
    return longer


def _waits_for(ill: Request, copy: Copy) -> None:
    """While a copy may be opened, its request is open too: both have one last day."""
    waits = Request.objects.filter(pk=ill.pk, state=State.DELIVERED, version=ill.version)
    waits.update(due_at=copy.expires_at, turn_until=copy.expires_at)


def finish(ill: Request, now: datetime) -> bool:
    """Nobody complained, and nobody can open it any more: the request is filled. While a copy may
    still be opened it waits, and her name with it. Whether it is finished."""
    until = copies(ill).filter(expires_at__gt=now).order_by("-expires_at", "pk").first()
    if until is not None:
        _waits_for(ill, until)
        return False
    supply = ill.supply
    assert supply is not None  # a lender has delivered it
    ill.move(
        Verb.FINISH,
        house(now),
        supply=supply,
        change={"outcome": Outcome.DELIVERED},
        supply_change={"ending": Ending.SUPPLIED},
        said={"lender": supply.lender_name},
    )
    return True


def copies(ill: Request) -> CopyQuerySet:
    """The files of a request that are still in storage, the newest first."""
    return Copy.objects.here().of_request(ill.ref)


def newest(supply: Supply) -> Copy | None:
    """The file that an attempt sent last, if it is still in storage."""
    return copies(supply.request).filter(supplier=supply.lender_id).first()


def _take_back(supply: Supply, now: datetime, use: int | None, sent_at: datetime | None) -> None:
    for copy in copies(supply.request).filter(supplier=supply.lender_id):
        delivering.withdraw(copy, now)
    if use is not None:
        uses.take_back(use)
    if sent_at is not None:
        lender, borrower = supply.lender, supply.request.library
        tally.uncount(lender=lender, borrower=borrower, at=sent_at, service=Service.COPY)


def clear(event: Event, now: datetime) -> None:
    """Listener: an attempt that had sent a copy which was no good, and has ended without another.
    Its file goes, and does not count."""
    if event.verb not in NOT_FILLED or event.supply_id is None:
        return
    rows = Supply.objects.select_for_update(no_key=True, of=("self",))
    with transaction.atomic():
        supply = rows.select_related("request__library", "lender").get(pk=event.supply_id)
        if supply.use is None or supply.is_open:
            return
        _take_back(supply, now, supply.use, supply.shipped_at)
        Supply.objects.filter(pk=supply.pk).update(use=None, shipped_at=None)
