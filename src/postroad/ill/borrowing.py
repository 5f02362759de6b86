"""The verbs of the borrowing side: the patron, her library's staff, and what time does for them."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from postroad.accounts.models import User
from postroad.catalogue.models import Item
from postroad.delivery import parcels
from postroad.ill import clocks, dates, lending, lifecycle, referral, renewals, returns
from postroad.ill.lifecycle import Ending, Outcome, Owner, State
from postroad.ill.models import Event, Request, Supply


@transaction.atomic
def review(
    ill: Request, *, concerns: list[str], by: User | None, at: datetime | None = None
) -> None:
    """Intake leaves the request to the library's staff, with the reasons."""
    ill.move(
        "review",
        by=by,
        at=at or timezone.now(),
        change={"concerns": concerns},
        facts={"concerns": concerns},
    )


@transaction.atomic
def approve(ill: Request, *, by: User | None, at: datetime | None = None, note: str = "") -> None:
    """The request may be referred; staff who overrule a concern stand in the history."""
    ill.move("approve", by=by, at=at or timezone.now(), note=note, role=ill.role_of(by))


@transaction.atomic
def receive(
    ill: Request, *, by: User | None, at: datetime | None = None, unscanned: bool = False
) -> None:
    """The item is on the hold shelf. Its due day is a proposal: it counts from when it is lent."""
    at = at or timezone.now()
    supply = _current(ill, "receive")
    due_back = dates.loan_end(ill.library, supply, at)
    ill.move(
        "receive",
        by=by,
        at=at,
        supply=supply,
        change={"due_back": due_back},
        facts={
            "due_back": due_back.isoformat(),
            "from": supply.lender_name,
            **({"unscanned": True} if unscanned else {}),
        },
        role=Owner.BORROWING,
    )
    if supply.parcel_out is not None:
        parcels.receive(supply.parcel_out, library=ill.library, by=by, at=at)


@transaction.atomic
def receive_unscanned(
    supply: Supply, *, item: Item, by: User | None, at: datetime | None = None
) -> Request:
    """The item is here, though its lender forgot to scan it, or had let the request go.

    The lender's supply is marked shipped by the borrower; an attempt that has ended is followed by
    a new one, and whoever was asked meanwhile need not look for it any more.
    """
    at = at or timezone.now()
    if not supply.is_open:
        supply = referral.resume(supply, by=by, at=at, role=Owner.BORROWING, why="here")
    ill = supply.request
    ill.current = supply
    lending.left_unscanned(supply, item=item, by=by, at=at)
    receive(ill, by=by, at=at, unscanned=True)
    return ill


@transaction.atomic
def unreceive(ill: Request, *, by: User | None, at: datetime | None = None) -> None:
    """The receipt was a mistake: the item is still on its way."""
    at = at or timezone.now()
    supply = _current(ill, "unreceive")
    ill.move("unreceive", by=by, at=at, supply=supply, change={"due_back": None}, role="borrowing")
    if supply.parcel_out is not None:
        parcels.unreceive(supply.parcel_out, by=by, at=at)


@transaction.atomic
def lend(ill: Request, *, by: User | None, at: datetime | None = None) -> None:
    """The patron takes the item with her: the days that its lender grants count from now.

    Neither the road nor the hold shelf takes a day of the loan. Both sides read the due day.
    """
    at = at or timezone.now()
    supply = _current(ill, "lend")
    due_back = dates.loan_end(ill.library, supply, at)
    proposed = ill.due_back or due_back
    ill.move(
        "lend",
        by=by,
        at=at,
        supply=supply,
        change={"lent_at": at, "due_back": due_back},
        facts={"due_back": due_back.isoformat(), "proposed": proposed.isoformat()},
        role=Owner.BORROWING,
    )


@transaction.atomic
def unlend(ill: Request, *, by: User | None, at: datetime | None = None) -> None:
    """The loan was a mistake: the item is on the hold shelf."""
    at = at or timezone.now()
    lent = ill.events.filter(verb="lend").order_by("-pk").first()
    proposed = lent.facts.get("proposed") if lent else None
    due_back = date.fromisoformat(proposed) if proposed else ill.due_back
    ill.move(
        "unlend",
        by=by,
        at=at,
        supply=_current(ill, "unlend"),
        change={"lent_at": None, "due_back": due_back},
        role=Owner.BORROWING,
    )


@transaction.atomic
def renew(ill: Request, *, by: User | None, at: datetime | None = None) -> Event:
    """Ask the lender's policy for more days; the answer, yes or no, is the event returned.

    A blocked card does not renew. Her library's staff may do it for her all the same, which stands
    in the history; the lender, which is not told of cards, hears of neither.
    """
    at = at or timezone.now()
    supply = _current(ill, "renew")
    blocked = renewals.blocked(ill)
    herself = blocked if ill.role_of(by) == Owner.PATRON else ""
    if why := renewals.why_not(ill, supply, at, renewals.held_for_others([ill]), herself):
        if (said := _said_today(ill, why, by, at)) is not None:
            return said
        return ill.move(
            "refuse_renewal",
            by=by,
            at=at,
            supply=supply if why != renewals.BLOCKED else None,
            facts={"why": why},
            role=ill.role_of(by),
        )
    assert ill.due_back is not None  # a lent request has one; why_not looked
    day = ill.due_back + timedelta(days=supply.renewal_days)
    due_back = dates.open_from(clocks.at_work(ill.library, at), day)
    return ill.move(
        "renew",
        by=by,
        at=at,
        supply=supply,
        change={"due_back": due_back, "renewals": ill.renewals + 1},
        facts={"due_back": due_back.isoformat()} | ({"blocked": True} if blocked else {}),
        role=ill.role_of(by),
    )


def _said_today(ill: Request, why: str, by: User | None, at: datetime) -> Event | None:
    """The same no to the same person, if nothing has happened since: two presses are one."""
    last = ill.events.order_by("pk").last()
    if last is None or last.verb != "refuse_renewal" or last.by_id != (by.pk if by else None):
        return None
    same_day = ill.library.day_of(last.at) == ill.library.day_of(at)
    return last if same_day and last.facts.get("why") == why else None


@transaction.atomic
def take_back(ill: Request, *, by: User | None, at: datetime | None = None) -> None:
    """The patron has brought the item back."""
    ill.move("take_back", by=by, at=at or timezone.now(), role=Owner.BORROWING)


@transaction.atomic
def untake_back(ill: Request, *, by: User | None, at: datetime | None = None) -> None:
    """It was not brought back: the patron still has it."""
    ill.move("untake_back", by=by, at=at or timezone.now(), role=Owner.BORROWING)


@transaction.atomic
def send_home(
    ill: Request, *, by: User | None, at: datetime | None = None, tracking_number: str = ""
) -> None:
    """The item goes back to its library, lent or unclaimed, in a parcel of its own (R4 to R7).

    What goes by mail goes without a number too; then its page says so until there is one (R5).
    """
    at = at or timezone.now()
    supply = _current(ill, "send_home")
    number = returns.checked(tracking_number, sure=True)
    parcel = returns.parcel_home(ill, supply, by=by, at=at, tracking_number=number)
    facts = {"to": supply.lender_name}
    if parcel.expected_on is not None:
        facts["expected_on"] = parcel.expected_on.isoformat()
    ill.move(
        "send_home",
        by=by,
        at=at,
        supply=supply,
        supply_change={"parcel_home": parcel},
        facts=facts,
        role=Owner.BORROWING,
    )


@transaction.atomic
def unsend(ill: Request, *, by: User | None, at: datetime | None = None) -> None:
    """It has not left after all, and lies where it lay before. Refused once the driver has it."""
    at = at or timezone.now()
    supply = _current(ill, "unsend")
    parcel = supply.parcel_home
    ill.move(
        "unsend" if ill.lent_at else "reshelve",
        by=by,
        at=at,
        supply=supply,
        supply_change={"parcel_home": None},
        role=Owner.BORROWING,
    )
    if parcel is not None:
        parcels.cancel(parcel, by=by, at=at)


@transaction.atomic
def cancel(ill: Request, *, by: User | None, at: datetime | None = None, note: str = "") -> None:
    """The patron, or her library for her, no longer wants it. Too late once it was shipped."""
    _end(ill, "cancel", Outcome.CANCELLED, by=by, at=at or timezone.now(), note=note)


@transaction.atomic
def decline(ill: Request, *, reason: str, by: User | None, at: datetime | None = None) -> None:
    """Her library closes the request, with a reason that the patron can read."""
    ill.move(
        "decline",
        by=by,
        at=at or timezone.now(),
        change={"outcome": Outcome.UNFILLED, "reason": reason},
        facts={"reason": reason},
        role=Owner.CENTRE if ill.state == State.CENTRE else Owner.BORROWING,
    )


@transaction.atomic
def expire(ill: Request, *, at: datetime) -> None:
    """The need-by day has passed and nothing was shipped."""
    _end(ill, "expire", Outcome.EXPIRED, by=None, at=at)


def _end(
    ill: Request, verb: str, outcome: Outcome, *, by: User | None, at: datetime, note: str = ""
) -> None:
    held = ill.current if ill.state == State.REFERRED else None
    ill.move(
        verb,
        by=by,
        at=at,
        supply=held,
        change={"outcome": outcome},
        supply_change={"ending": Ending.WITHDRAWN},
        note=note,
        role=ill.role_of(by),
    )


def _current(ill: Request, verb: str) -> Supply:
    """The supply that the request lives by; a request without one is out of turn here."""
    if ill.current is None:
        raise lifecycle.OutOfTurn(state=ill.state, verb=verb, side="borrowing")
    return ill.current
