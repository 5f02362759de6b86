"""From approved to a lender: the facts are gathered, the rota ranks, the first is asked."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from math import asin, cos, radians, sin, sqrt
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Count, Exists, OuterRef, Q

from postroad.accounts.models import User
from postroad.catalogue import holdings
from postroad.catalogue.models import Record
from postroad.delivery import forecast, stops
from postroad.directory import thresholds
from postroad.directory.models import Closure, Effect, Keys, Library, calendar
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
    owners = survey(ill.record, ill.library, now, need_by=ill.need_by, ill=ill)
    lenders = [lender for _library, lender in owners.values()]
    order = rota.rank(lenders)
    kept = explain(lenders, order)
    with transaction.atomic():
        if not order:
            ill.move("escalate", by=None, at=now, facts={"rota": kept}, role=Owner.MACHINE)
            return
        first = order[0]
        lender, _facts = owners[first.code]
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
    except IntegrityError as taken:  # one open supply a request, one attempt a number
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
    owners = survey(record, borrower, now, need_by=need_by, ill=ill)
    return [lender for _library, lender in owners.values()]


def survey(
    record: Record | None,
    borrower: Library,
    now: datetime,
    *,
    need_by: date | None,
    ill: Request | None,
) -> dict[str, tuple[Library, rota.Lender]]:
    """Each library that owns the record, by its code, and what is known of it today."""
    if record is None:
        return {}
    held = {holding.library_id: holding for holding in holdings.counts(record)}
    owners = Library.objects.filter(pk__in=holdings.owners(record), active=True).order_by()
    facts = _Facts(holdings.owners(record), borrower, now, need_by, ill)
    return {
        library.code: (library, facts.lender(library, held[library.pk], record.format))
        for library in owners.select_related("policy")
        if library.pk in held  # not one whose first copy came just now
    }


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
        self.patience = thresholds.days("closure-patience", on=borrower.day_of(now))

    def lender(self, library: Library, holding: holdings.Holding, format_: str) -> rota.Lender:
        policy = library.rules
        own = [*self.closures.get(None, ()), *self.closures.get(library.pk, ())]
        desk = calendar(library, own, [Effect.CLOSED])
        lends_less = any(closure.effect == Effect.NO_LENDING for closure in own)
        lending = calendar(library, own, AT_WORK) if lends_less else desk
        today = desk.day_of(self.now)
        lending_on = lending.next_open(today)
        lent, borrowed = self.tally.get(library.pk, (0, 0))
        return rota.Lender(
            code=library.code,
            name=library.name,
            town=library.town,
            on_shelf=holding.on_shelf,
            lends=policy.lends,
            lends_format=format_ not in policy.formats_not_lent,
            is_borrower=library.pk == self.borrower.pk,
            asked_already=library.pk in self.asked,
            open_on=desk.next_open(today),
            lending_on=lending_on,
            on_route=library.pk in self.vans,
            borrower_on_route=self.borrower.pk in self.vans,
            arrives=self._arrives(library, lending_on),
            need_by=self.need_by,
            today=today,
            patience=self.patience,
            lent=lent,
            borrowed=borrowed,
            in_hand=self.in_hand.get(library.pk, 0),
            miles=_miles(library, self.borrower),
        )

    def _arrives(self, library: Library, ready: date | None) -> date | None:
        """The day the van would bring it, if it is pulled on the first day of lending (R11)."""
        sender: Calendar | None = self.vans.get(library.pk)
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


def _miles(one: Library, other: Library) -> float | None:
    """The distance as the crow flies, rounded: only the order counts."""
    places = (one.latitude, one.longitude, other.latitude, other.longitude)
    if any(place is None for place in places):
        return None
    lat1, lon1, lat2, lon2 = (radians(place) for place in places if place is not None)
    half = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin((lon2 - lon1) / 2) ** 2
    return round(2 * EARTH_MILES * asin(sqrt(half)), 1)
