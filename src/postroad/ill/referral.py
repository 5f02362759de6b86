"""From approved to a lender: the facts are gathered, the rota ranks, the first is asked."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from math import asin, cos, radians, sin, sqrt
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import Exists, OuterRef

from postroad.catalogue import holdings
from postroad.catalogue.models import Record
from postroad.delivery import forecast, routing, stops
from postroad.directory import closures, thresholds
from postroad.directory.models import Library, Policy
from postroad.directory.opening import Calendar, Shut, Spell, weekdays
from postroad.errors import Refusal
from postroad.ill import identity, lending, owners, rota
from postroad.ill.acts import Act, house
from postroad.ill.lifecycle import Owner, State, Verb
from postroad.ill.models import Event, Request, Supply
from postroad.ill.owners import Place

AWAITS_LENDER = frozenset({Verb.APPROVE, Verb.REFUSE, Verb.LAPSE, Verb.REFER_AGAIN})
AHEAD = 14  # days; what changes days after that is read only if the van does not come before


class Elsewhere(Refusal):
    """Another library has promised the request meanwhile, or one outside was asked."""

    code = "promised-elsewhere"


def refer(event: Event, now: datetime) -> None:
    """Listener: ask the next lender of an approved request, or pass it to the ILL centre."""
    if event.verb in AWAITS_LENDER:
        refer_by_rota(event.request, now)
    elif event.verb == Verb.AMEND:
        look_again(event.request, now)


def soonest(
    record: Record | None, borrower: Library, now: datetime, ill: Request | None = None
) -> date | None:
    """The first day on which some member could bring it, whenever needed; None if none can."""
    days = (lender.arrives for lender in rota.rank(prospects(record, borrower, now, ill=ill)))
    return min((day for day in days if day is not None), default=None)


def look_again(ill: Request, now: datetime) -> None:
    """What went to the centre goes round the members again, if one can bring it now: she has said
    that she needs it later, or fetches it elsewhere. Who said no is not asked twice."""
    if ill.state == State.CENTRE and rota.rank(
        prospects(ill.record, ill.library, now, need_by=ill.need_by, ill=ill)
    ):
        with transaction.atomic():
            ill.move(Verb.REFER_AGAIN, house(now))


def refer_by_rota(ill: Request, now: datetime) -> None:
    """The same for one request; does nothing if it no longer waits for a lender."""
    if ill.state != State.APPROVED:
        return
    lenders = prospects(ill.record, ill.library, now, need_by=ill.need_by, ill=ill)
    order = rota.rank(lenders)
    kept = explain(lenders, order)
    with transaction.atomic():
        if not order:
            ill.move(Verb.ESCALATE, house(now), said={"rota": kept})
            return
        first = order[0]
        lender = Library.objects.select_related("policy").get(code=first.code)
        attempt(
            ill,
            Verb.REFER,
            Supply(
                lender=lender,
                item=holdings.likeliest(ill.record_id, lender.pk),
                rota=kept,
                expected_on=first.arrives,
            ),
            house(now),
            said={
                "lender": lender.name,
                "town": lender.town,
                "expected_on": first.arrives.isoformat() if first.arrives else None,
            },
        )


def attempt(
    ill: Request, verb: Verb, supply: Supply, act: Act, *, said: Mapping[str, Any]
) -> Supply:
    """Write the next supply of a request and move the request to it. In a transaction.

    Raises MovedMeanwhile if another process did so just before.
    """
    supply.request, supply.attempt, supply.asked_at = ill, ill.attempts + 1, act.at
    ill.move(verb, act, supply=supply, change={"attempts": supply.attempt}, said=said)
    return supply


@transaction.atomic
def resume(ended: Supply, act: Act, *, why: str, taken: bool = True) -> Supply:
    """A lender that had let the request go has the item after all: a new attempt follows the old.

    Whoever was asked meanwhile is told to look no more. With `taken` it is in hand at the borrower,
    so a promise of another gives way too; otherwise it stays, as does what was asked for outside.
    """
    ill = Request.objects.select_related("library", "current__lender").get(pk=ended.request_id)
    held = ill.supply
    if ill.state == State.REFERRED and held is not None:
        if held.is_outside or not (taken or identity.still_to_be_had(ill)):
            raise Elsewhere(ref=ill.ref, title=ill.title[:80], lender=held.lender_name)
        lending.withdraw(held, act)
    follows = Supply(lender=ended.lender, item=ended.item, rota={})
    said = {"lender": ended.lender_name, "why": why}
    return attempt(ill, Verb.RESUME, follows, act, said=said)


def explain(lenders: Collection[rota.Lender], order: Sequence[rota.Lender]) -> dict[str, Any]:
    """The choice as it is kept with the supply: the order, each "why not", and the facts.

    Of two hundred owners the facts alone would be 33 kB a referral: the first `TOLD` keep theirs,
    and of all others the code says enough. {"order": [facts], "then": [codes],
    "passed_over": {why not: [codes]}}
    """
    over: dict[str, list[str]] = {}
    for lender, reason in rota.passed_over(lenders):
        over.setdefault(str(reason), []).append(lender.code)
    return {
        "order": [_plain(lender) for lender in order[:TOLD]],
        "then": [lender.code for lender in order[TOLD:]],
        "passed_over": over,
    }


TOLD = 20
KEPT = ("code", "on_shelf", "arrives", "lent", "borrowed", "in_hand", "miles")


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
    facts = _Facts(record, borrower, now, need_by, ill)
    return [facts.lender(owner) for owner in facts.places if owner.on_shelf is not None]


_USUAL = Policy()


class _Days(NamedTuple):
    """A library's own date, and from it on the first days at work and lending."""

    today: date
    open_on: date | None
    lending_on: date | None


class _Facts:
    """The facts about many libraries. What some of them have in common is worked out once."""

    def __init__(
        self,
        record: Record,
        borrower: Library,
        now: datetime,
        need_by: date | None,
        ill: Request | None,
    ) -> None:
        self.record, self.borrower, self.now, self.need_by = record, borrower, now, need_by
        self.places = owners.with_borrower(record, borrower, now.date())
        self.asked = _asked(ill) if ill and ill.attempts else set()
        self.patience = thresholds.days("closure-patience", on=borrower.day_of(now))
        self.look_ahead(now.date() + timedelta(days=self.patience + AHEAD))

    def look_ahead(self, until: date) -> None:
        """Bring what changes the days of these libraries, up to a day."""
        yesterday = self.now.date() - timedelta(days=1)  # where it is still that day
        self.changes = owners.changes(self.record, self.borrower, yesterday, until)
        self.until = until
        self.desks: dict[tuple[object, ...], _Days] = {}
        self.roads: dict[tuple[object, ...], date | None] = {}
        here = (place for place in self.places if place.on_shelf is None)
        self.receiver = next(map(self._van, here), None)

    def lender(self, owner: Place) -> rota.Lender:
        days = self._days(owner)
        return rota.Lender(
            code=owner.code,
            name=owner.name,
            town=owner.town,
            on_shelf=owner.on_shelf or 0,
            lends=_USUAL.lends if owner.lends is None else owner.lends,
            lends_format=owner.lends_format(self.record.format),
            is_borrower=owner.pk == self.borrower.pk,
            asked_already=owner.pk in self.asked,
            days_known=bool(weekdays(owner.open_days)),
            open_on=days.open_on,
            lending_on=days.lending_on,
            on_route=owner.van_days is not None,
            borrower_on_route=self.receiver is not None,
            arrives=self._arrives(owner, days),
            need_by=self.need_by,
            today=days.today,
            patience=self.patience,
            lent=owner.lent or 0,
            borrowed=owner.borrowed or 0,
            in_hand=owner.in_hand,
            miles=_miles(owner, self.borrower),
        )

    def _days(self, owner: Place) -> _Days:
        alike = (owner.open_days, owner.time_zone, owner.state, self.changes.get(owner.pk))
        if alike not in self.desks:
            desk = self._calendar(owner, owner.open_days, closures.DESK)
            lending = self._calendar(owner, owner.open_days, closures.LENDING)
            today = desk.day_of(self.now)
            self.desks[alike] = _Days(today, desk.next_open(today), lending.next_open(today))
        return self.desks[alike]

    def _arrives(self, owner: Place, days: _Days) -> date | None:
        """The day the van would bring it, if it is pulled on the first day of lending (R11)."""
        if days.lending_on is None or self.receiver is None or owner.van_days is None:
            return None
        alike = (days.lending_on, owner.van_days, owner.state, self.changes.get(owner.pk))
        if alike not in self.roads:
            self.roads[alike] = self._delivered(owner, days.lending_on, self.receiver)
        arrives = self.roads[alike]
        soon = (days.lending_on - days.today).days <= self.patience
        if soon and self.until < date.max and (arrives is None or arrives > self.until):
            self.look_ahead(date.max)
            return self._arrives(owner, days)
        return arrives

    def _delivered(self, owner: Place, ready: date, receiver: Calendar) -> date | None:
        sender = self._van(owner)
        nights = routing.nights(owner.state, self.borrower.state)
        days = forecast.legs(ready, sender, receiver, nights) if sender else None
        return days[-1] if days else None

    def _van(self, place: Place) -> Calendar | None:
        """The days on which the van calls there, if it does."""
        if place.van_days is None:
            return None
        return self._calendar(place, place.van_days, stops.NO_VAN, spells=True)

    def _calendar(
        self, place: Place, days: str, effects: Collection[str], *, spells: bool = False
    ) -> Calendar:
        own = self.changes.get(place.pk, ())
        said = (self.changes.get("", ()), self.changes.get(place.state, ()), own)
        shut = (each for scope in said for each in scope if each.effect in effects)
        return Calendar(
            weekdays(days),
            place.time_zone,
            tuple(Shut(each.first_day, each.last_day) for each in shut),
            tuple(
                Spell(each.first_day, each.last_day, weekdays(each.days))
                for each in own
                if spells and each.days
            ),
        )


def _asked(ill: Request) -> set[int | None]:
    """Who was asked already, since the members were last asked anew."""
    again = ill.events.filter(verb=Verb.REFER_AGAIN).exclude(role=Owner.MACHINE).order_by()
    anew = again.filter(at__gt=OuterRef("asked_at"))
    return set(ill.supplies.filter(~Exists(anew)).order_by().values_list("lender", flat=True))


EARTH_MILES = 3959


def _miles(one: Place, other: Library) -> float | None:
    """The distance as the crow flies, rounded: only the order counts."""
    places = (one.latitude, one.longitude, other.latitude, other.longitude)
    if any(place is None for place in places):
        return None
    lat1, lon1, lat2, lon2 = (radians(place) for place in places if place is not None)
    half = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin((lon2 - lon1) / 2) ** 2
    return round(2 * EARTH_MILES * asin(sqrt(half)), 1)
