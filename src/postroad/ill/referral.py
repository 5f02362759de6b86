"""From approved to a lender: the facts are gathered, the rota ranks, the first is asked."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from math import asin, cos, radians, sin, sqrt
from typing import Any, NamedTuple

from django.db import IntegrityError, transaction
from django.db.models import Count, Exists, OuterRef, Q

from postroad.accounts.models import User
from postroad.catalogue import holdings
from postroad.catalogue.models import Record
from postroad.delivery import forecast, stops
from postroad.directory import thresholds
from postroad.directory.models import Closure, Effect, Keys, Library, Policy, calendar
from postroad.directory.opening import Calendar
from postroad.ill import rota, tally
from postroad.ill.clocks import of_supply
from postroad.ill.lifecycle import WAITING, Owner, State, SupplyState
from postroad.ill.models import Event, MovedMeanwhile, Request, Supply

AWAITS_LENDER = frozenset({"approve", "refuse", "lapse", "refer_again"})
AT_WORK = (Effect.CLOSED, Effect.NO_LENDING)
AHEAD = timedelta(days=60)  # closures further away change no lender's turn today


def refer(event: Event, now: datetime) -> None:
    """Listener: ask the next lender of an approved request, or pass it to the ILL centre."""
    if event.verb in AWAITS_LENDER:
        refer_by_rota(event.request, now)


def refer_by_rota(ill: Request, now: datetime) -> None:
    """The same for one request; does nothing if it no longer waits for a lender."""
    if ill.state != State.APPROVED:
        return
    lenders = prospects(ill.record, ill.library, now, need_by=ill.need_by, ill=ill)
    order = rota.rank(lenders)
    kept = explain(lenders, order)
    with transaction.atomic():
        if not order:
            ill.move("escalate", by=None, at=now, facts={"rota": kept}, role=Owner.MACHINE)
            return
        first = order[0]
        lender = Library.objects.select_related("policy").get(code=first.code)
        attempt(
            ill,
            "refer",
            Supply(lender=lender, rota=kept, expected_on=first.arrives),
            by=None,
            at=now,
            facts={
                "lender": lender.name,
                "town": lender.town,
                "expected_on": first.arrives.isoformat() if first.arrives else None,
            },
            role=Owner.MACHINE,
        )


def attempt(
    ill: Request,
    verb: str,
    supply: Supply,
    *,
    by: User | None,
    at: datetime,
    facts: dict[str, Any],
    role: str,
) -> Supply:
    """Write the next supply of a request and move the request to it. In a transaction.

    Raises MovedMeanwhile if another process did so just before.
    """
    supply.request, supply.attempt, supply.asked_at = ill, ill.attempts + 1, at
    running = of_supply(SupplyState.ASKED, at, lender=supply.lender, borrower=ill.library)
    supply.owner, supply.due_at = Owner(running.owner), running.due_at
    try:
        supply.save(force_insert=True)
    except IntegrityError as taken:  # one open supply a request, or an outside lender's number
        raise MovedMeanwhile(ref=ill.ref, verb=verb) from taken
    change = {"attempts": supply.attempt, "current": supply}
    ill.move(verb, by=by, at=at, supply=supply, change=change, facts=facts, role=role)
    return supply


def explain(lenders: Collection[rota.Lender], order: Collection[rota.Lender]) -> dict[str, Any]:
    """The choice as it is kept with the supply: the order, each "why not", and the facts."""
    return {
        "order": [_plain(lender) for lender in order],
        "passed_over": [
            {**_plain(lender), "why_not": str(reason)}
            for lender, reason in rota.passed_over(lenders)
        ],
    }


KEPT = ("code", "name", "town", "on_shelf", "arrives", "lent", "borrowed", "in_hand", "miles")


def _plain(lender: rota.Lender) -> dict[str, Any]:
    facts = {name: getattr(lender, name) for name in KEPT}
    return {**facts, "arrives": lender.arrives.isoformat() if lender.arrives else None}


def prospects(
    record: Record | None,
    borrower: Library,
    now: datetime,
    *,
    need_by: date | None = None,
    ill: Request | None = None,
) -> list[rota.Lender]:
    """What is known today of every library that owns a record. A constant number of queries."""
    if record is None:
        return []
    held = {holding.library_id: holding for holding in holdings.counts(record)}
    owners = holdings.owners(record)
    facts = _Facts(owners, borrower, now, need_by, ill)
    active = Library.objects.filter(pk__in=owners, active=True).order_by()
    return [
        facts.lender(owner, held[owner.pk], record.format)
        for owner in map(_Owner._make, active.values_list(*_OWNER))
        if owner.pk in held  # not one whose first copy came just now
    ]


class _Owner(NamedTuple):
    """What the ranking needs of a library. Of two hundred, whole models take thrice as long."""

    pk: int
    code: str
    name: str
    town: str
    open_days: str
    time_zone: str
    latitude: float | None
    longitude: float | None
    lends: bool | None  # None where nobody wrote a policy
    formats_not_lent: list[str] | None


_OWNER = (*_Owner._fields[:-2], "policy__lends", "policy__formats_not_lent")
_USUAL = Policy()


class _Days(NamedTuple):
    """A library's own date, and from it on the first days at work and lending."""

    today: date
    open_on: date | None
    lending_on: date | None


class _Facts:
    """The facts about many libraries, each kind fetched once."""

    def __init__(
        self,
        owners: Keys,
        borrower: Library,
        now: datetime,
        need_by: date | None,
        ill: Request | None,
    ) -> None:
        self.borrower, self.now, self.need_by = borrower, now, need_by
        with_borrower = Library.objects.filter(Q(pk__in=owners) | Q(pk=borrower.pk)).order_by()
        self.closures = _closures(owners, now)
        self.vans = stops.calendars(with_borrower.values("pk"))
        self.tally = tally.of_the_year(owners, now.date())
        self.in_hand = _in_hand(owners)
        self.asked = _asked(ill) if ill and ill.attempts else set()
        self.shared: dict[tuple[str, str], _Days] = {}
        self.patience = thresholds.days("closure-patience", on=borrower.day_of(now))

    def lender(self, owner: _Owner, holding: holdings.Holding, format_: str) -> rota.Lender:
        days = self._days(owner)
        lent, borrowed = self.tally.get(owner.pk, (0, 0))
        return rota.Lender(
            code=owner.code,
            name=owner.name,
            town=owner.town,
            on_shelf=holding.on_shelf,
            lends=_USUAL.lends if owner.lends is None else owner.lends,
            lends_format=format_ not in (owner.formats_not_lent or ()),
            is_borrower=owner.pk == self.borrower.pk,
            asked_already=owner.pk in self.asked,
            open_on=days.open_on,
            lending_on=days.lending_on,
            on_route=owner.pk in self.vans,
            borrower_on_route=self.borrower.pk in self.vans,
            arrives=self._arrives(owner, days.lending_on),
            need_by=self.need_by,
            today=days.today,
            patience=self.patience,
            lent=lent,
            borrowed=borrowed,
            in_hand=self.in_hand.get(owner.pk, 0),
            miles=_miles(owner, self.borrower),
        )

    def _days(self, owner: _Owner) -> _Days:
        """Libraries without a closure of their own, that open on the same days, share theirs."""
        own = self.closures.get(owner.pk, ())
        shared = (owner.open_days, owner.time_zone) if not own else None
        if shared is not None and shared in self.shared:
            return self.shared[shared]
        closures = [*self.closures.get(None, ()), *own]
        desk = calendar(owner, closures, [Effect.CLOSED])
        lends_less = any(closure.effect == Effect.NO_LENDING for closure in closures)
        lending = calendar(owner, closures, AT_WORK) if lends_less else desk
        today = desk.day_of(self.now)
        days = _Days(today, desk.next_open(today), lending.next_open(today))
        if shared is not None:
            self.shared[shared] = days
        return days

    def _arrives(self, owner: _Owner, ready: date | None) -> date | None:
        """The day the van would bring it, if it is pulled on the first day of lending (R11)."""
        sender: Calendar | None = self.vans.get(owner.pk)
        receiver: Calendar | None = self.vans.get(self.borrower.pk)
        if ready is None or sender is None or receiver is None:
            return None
        days = forecast.legs(ready, sender, receiver)
        return days[-1] if days else None


def _asked(ill: Request) -> set[int | None]:
    """Who was asked already, since the members were last asked anew."""
    anew = ill.events.filter(verb="refer_again", at__gt=OuterRef("asked_at")).order_by()
    return set(ill.supplies.filter(~Exists(anew)).order_by().values_list("lender", flat=True))


def _closures(owners: Keys, now: datetime) -> dict[int | None, list[Closure]]:
    day = now.date()
    found: dict[int | None, list[Closure]] = {}
    touching = Closure.objects.touching(day - timedelta(days=1), day + AHEAD)
    theirs = Q(library=None) | Q(library__in=owners)
    for closure in touching.filter(theirs, effect__in=AT_WORK):
        found.setdefault(closure.library_id, []).append(closure)
    return found


def _in_hand(owners: Keys) -> dict[int, int]:
    """How many requests each library has not yet answered or shipped."""
    waiting = Supply.objects.filter(lender__in=owners, state__in=WAITING)
    return dict(waiting.order_by().values_list("lender").annotate(Count("pk")))


EARTH_MILES = 3959


def _miles(one: _Owner, other: Library) -> float | None:
    """The distance as the crow flies, rounded: only the order counts."""
    places = (one.latitude, one.longitude, other.latitude, other.longitude)
    if any(place is None for place in places):
        return None
    lat1, lon1, lat2, lon2 = (radians(place) for place in places if place is not None)
    half = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin((lon2 - lon1) / 2) ** 2
    return round(2 * EARTH_MILES * asin(sqrt(half)), 1)
