"""The facts about everybody who may lend a title. Gathered here; `rota` chooses, `referral` asks.

Two statements, whatever the number of owners (`owners`). Nothing here judges: what a library does
not do, or when it would come too late, is a fact like others.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import NamedTuple

from django.db.models import Exists, OuterRef, Q

from postroad.catalogue import serial_rows
from postroad.catalogue.models import Format, Record
from postroad.catalogue.serials import Answer
from postroad.delivery import forecast, lanes, stops
from postroad.delivery.lanes import Lane, Van
from postroad.delivery.stopping import Meanwhile
from postroad.directory import closures, distances, network_rules, opening, thresholds
from postroad.directory.models import Library, Policy
from postroad.directory.opening import Calendar, Scope, Shut, Spell, weekdays
from postroad.ill import materials, owners, volumes
from postroad.ill.lifecycle import Level, Owner, Verb
from postroad.ill.models import Request
from postroad.ill.owners import Change, Place
from postroad.ill.rota import Lender, Step, Tier

AHEAD = 14  # days; what changes days after that is read only if the van does not come before


def gather(
    record: Record | None,
    borrower: Library,
    now: datetime,
    *,
    need_by: date | None = None,
    ill: Request | None = None,
) -> list[Lender]:
    """What is known today of every library that owns a record. A constant number of queries."""
    if record is None:
        return []
    facts = _Facts(record, borrower, now, need_by, ill)
    return [facts.lender(owner) for owner in facts.places if owner.on_shelf is not None]


def gather_for_copy(ill: Request, now: datetime) -> list[Lender]:
    """What is known today of every library that may make the copy: of its serial or book, or for
    all. Three statements."""
    facts = _CopyFacts(ill, now)
    return [facts.lender(owner) for owner in facts.places if owner.on_shelf is not None]


_USUAL = Policy()


class _Days(NamedTuple):
    """A library's own date, and from it on the first days at work and lending."""

    today: date
    open_on: date | None
    lending_on: date | None
    desk: Calendar


class _Facts:
    """The facts about many libraries. What some of them have in common is worked out once."""

    COPIES = False  # of a part of it, instead of the thing itself

    def __init__(
        self,
        record: Record | None,
        borrower: Library,
        now: datetime,
        need_by: date | None,
        ill: Request | None,
    ) -> None:
        self.format = record.format if record else ""
        self.record, self.borrower, self.now, self.need_by = record, borrower, now, need_by
        self.places = owners.with_borrower(record, borrower, now.date(), copies=self.COPIES)
        self.row = next((each for each in self.places if each.on_shelf is None), None)
        self.network = self.row.network if self.row else None
        self.here = borrower.day_of(now)
        self.order = _order(self.row, self.here, ill)
        self.asked = _asked(ill) if ill and ill.attempts else {}
        self.lacking = volumes.lacking(ill.volume, record.pk) if ill and record else ()
        self.patience = thresholds.days("closure-patience", on=self.here)
        self._look_ahead(now.date() + timedelta(days=self.patience + AHEAD))

    def _look_ahead(self, until: date) -> None:
        """Bring what changes the days of these libraries, up to a day."""
        yesterday = self.now.date() - timedelta(days=1)  # where it is still that day
        self.changes = owners.changes(
            self.record, self.borrower, yesterday, until, copies=self.COPIES
        )
        self.until = until
        self.closed, self.no_lending, self.no_van = (
            self._shut_by(effects) for effects in (closures.DESK, closures.LENDING, stops.NO_VAN)
        )
        whole = [each for each in self.changes.get("", ()) if each.effect == owners.STOPPED]
        self.stopped = [each.stopped() for each in whole]
        self.desks: dict[tuple[object, ...], _Days] = {}
        self.roads: dict[tuple[object, ...], date | None] = {}
        self.receiver = self._van(self.row) if self.row else None

    def _shut_by(self, effects: Sequence[str]) -> Mapping[Scope, Sequence[Shut]]:
        """The days on which one of these effects holds, by whose they are."""
        return {
            scope: [
                Shut(each.first_day, each.last_day) for each in changes if each.effect in effects
            ]
            for scope, changes in self.changes.items()
        }

    def lender(self, owner: Place) -> Lender:
        days = self._days(owner)
        arrives = self._arrives(owner, days)
        meanwhile = self._meanwhile(owner, days, arrives)
        return Lender(
            code=owner.code,
            name=owner.name,
            town=owner.town,
            on_shelf=owner.on_shelf or 0,
            lacks_volume=owner.pk in self.lacking,
            lends=_USUAL.lends if owner.lends is None else owner.lends,
            lends_format=owner.lends_format(self.format),
            keeps_inside=network_rules.keeps_inside(
                owner.network, self.network, self.format, days.today
            ),
            keeps_in_state=not owner.lends_to(self.borrower.state),
            is_borrower=owner.pk == self.borrower.pk,
            asked_already=owner.pk in self.asked,
            retry_on=self.asked.get(owner.pk),
            days_known=bool(weekdays(owner.open_days)),
            open_on=days.open_on,
            lending_on=days.lending_on,
            on_route=owner.pick_up_days is not None,
            borrower_on_route=self.receiver is not None,
            arrives=None if meanwhile else arrives,
            meanwhile=meanwhile,
            mailed_by=self._mailed_by(days) if meanwhile is Meanwhile.MAIL else None,
            need_by=self.need_by,
            today=days.today,
            borrowers_day=self.here,
            doubted=bool(owner.doubted),
            patience=self.patience,
            lent=owner.lent or 0,
            borrowed=owner.borrowed or 0,
            in_hand=owner.in_hand,
            miles=_miles(owner, self.borrower),
            same_network=owner.network is not None and owner.network == self.network,
            order=self.order,
        )

    def _days(self, owner: Place) -> _Days:
        alike = (owner.open_days, owner.time_zone, owner.state, self.changes.get(owner.pk))
        if alike not in self.desks:
            desk = _calendar(owner, owner.open_days, self.closed)
            lending = _calendar(owner, owner.open_days, self.no_lending)
            today = desk.day_of(self.now)
            days = desk.next_open(today), lending.next_open(today)
            self.desks[alike] = _Days(today, *days, desk)
        return self.desks[alike]

    def _arrives(self, owner: Place, days: _Days) -> date | None:
        """The day the van would bring it, if it is pulled on the first day of lending (R11)."""
        if days.lending_on is None or self.receiver is None or owner.pick_up_days is None:
            return None
        van = (owner.pick_up_days, owner.drop_days, owner.hub, owner.notice_hours, owner.behind)
        alike = (days.lending_on, van, owner.state, self.changes.get(owner.pk))
        if alike not in self.roads:
            self.roads[alike] = self._delivered(owner, days.lending_on, self.receiver)
        arrives = self.roads[alike]
        soon = (days.lending_on - days.today).days <= self.patience
        if soon and self.until < date.max and (arrives is None or arrives > self.until):
            self._look_ahead(date.max)
            return self._arrives(owner, days)
        return arrives

    def _meanwhile(self, owner: Place, days: _Days, arrives: date | None) -> Meanwhile | None:
        """What is done instead, if the whole service has stopped when the van would take it, or
        before it would bring it."""
        ready = days.lending_on
        if not self.stopped or ready is None or self.receiver is None or owner.drop_days is None:
            return None
        there = arrives or date.max
        for each in self.stopped:
            if not each.takes(ready, lent=True) or each.leaves_open(there, days.today):
                return each.meanwhile
        return None

    def _mailed_by(self, days: _Days) -> date | None:
        """The last day on which what is mailed is not late: a limit, and no promise."""
        return days.lending_on + self.by_mail if days.lending_on else None

    @cached_property
    def by_mail(self) -> timedelta:
        return timedelta(days=thresholds.days("mail-late", on=self.here, library=self.borrower))

    def _delivered(self, owner: Place, ready: date, receiver: Van) -> date | None:
        sender = self._van(owner)
        if sender is None:
            return None
        between = self.lanes if {sender.hub, receiver.hub} - {None, receiver.hub} else ()
        nights = lanes.nights(sender, receiver, between, ready)
        days = forecast.legs(ready, sender, receiver, nights)
        return days[-1] if days else None

    @cached_property
    def lanes(self) -> tuple[Lane, ...]:
        """Between hubs; most of what is asked for comes from one's own."""
        return stops.lanes()

    def _van(self, place: Place) -> Van | None:
        """The days on which the van calls there, if it does."""
        if place.pick_up_days is None or place.drop_days is None:
            return None
        changes = [each for each in self.changes.get(place.pk, ()) if each.of_van]
        pick_up = [(each, each.pick_up_days) for each in changes]
        drop = [(each, each.drop_days) for each in changes]
        return Van(
            self._calls(place, place.pick_up_days, pick_up),
            self._calls(place, place.drop_days, drop),
            place.state,
            place.hub,
            place.notice_hours or 0,
            self.towns.get(place.behind) if place.behind else None,
        )

    @cached_property
    def towns(self) -> Mapping[int, Van]:
        """The stops of hub towns, where any of these places is a satellite of one."""
        wanted = {each.behind for each in self.places if each.behind}
        return stops.calendars(wanted, self.now.date() - timedelta(days=1))

    def _calls(self, place: Place, days: str, changes: Iterable[tuple[Change, str]]) -> Calendar:
        spells = [Spell(each.first_day, each.last_day, weekdays(own)) for each, own in changes]
        return _calendar(place, days, self.no_van, spells)


class _CopyFacts(_Facts):
    """The same of a copy: what is not lent can be copied, no van carries it, and its day is that
    within which its lender promises copies. When it is needed rules nobody out: a promise is a
    limit, and most are sent sooner."""

    COPIES = True

    def __init__(self, ill: Request, now: datetime) -> None:
        super().__init__(ill.record, ill.library, now, None, ill)
        self.ill = ill
        self.answers = self._who_has()

    def _who_has(self) -> Mapping[int, Answer]:
        """What they say of the year and volume, where it is a serial."""
        citation, record = materials.read(self.ill.citation), self.ill.record
        if citation is None or record is None or record.format != Format.SERIAL:
            return {}
        return serial_rows.who_has(record.pk, materials.volume_of(citation), self.here)

    def lender(self, owner: Place) -> Lender:
        tier = self._tier(owner)
        supplies = tier == Tier.SUPPLIES
        days = self._days(owner)
        return replace(
            super().lender(owner),
            tier=tier,
            on_shelf=1 if supplies or self.answers else owner.on_shelf or 0,
            lacks_volume=not supplies and self.answers.get(owner.pk) == Answer.NOT,
            lends=owner.copies is not False,
            lends_format=True,
            keeps_inside=False,
            keeps_in_state=False,
            on_route=True,
            borrower_on_route=True,
            meanwhile=None,
            arrives=self._sent_by(owner, days, level(self.ill, tier)),
            need_by=None,
        )

    def _tier(self, owner: Place) -> Tier:
        answer = self.answers.get(owner.pk)
        if answer == Answer.HAS or (not self.answers and owner.on_shelf):
            return Tier.HAS_IT
        if owner.supplies_documents:
            return Tier.SUPPLIES
        return Tier.MAY_HAVE_IT

    def _sent_by(self, owner: Place, days: _Days, level: Level) -> date | None:
        hours = thresholds.days(level, on=days.today, library=owner)
        limit = days.desk.hours_after(self.now, hours)
        return days.desk.day_of(limit) if limit else None


def level(ill: Request, tier: Tier) -> Level:
    """How soon a copy is promised: sooner if it is needed soon, later if somebody has to find out
    first who has it."""
    if tier != Tier.HAS_IT:
        return Level.UNVERIFIED
    return Level.RUSH if ill.rush else Level.VERIFIED


def _calendar(
    place: Place, days: str, shut: Mapping[Scope, Sequence[Shut]], spells: Sequence[Spell] = ()
) -> Calendar:
    scopes = opening.scopes(place.pk, place.state)
    return opening.calendar(days, place.time_zone, scopes, shut, spells)


def _order(here: Place | None, today: date, ill: Request | None) -> tuple[Step, ...]:
    """The borrower's order, or its network's; once the center has sent a request round the members,
    all of them."""
    chosen = (here.ask_order if here else None) or _USUAL.ask_order
    if here is not None:
        chosen = network_rules.ask_order(here.network, chosen, here.own, today)
    order = tuple(map(Step, chosen.split()))
    if Step.UNION in order or ill is None or not ill.pk:
        return order
    sent = ill.events.filter(verb=Verb.REFER_AGAIN, role=Owner.CENTRE)
    return (*order[:-1], Step.UNION, Step.MEDIATED) if sent.exists() else order


def _asked(ill: Request) -> dict[int, date | None]:
    """Who was asked already for the same service, since the members were last asked anew; with the
    day from which each can send it that said "later"."""
    by_hand = Q(verb=Verb.REFER_AGAIN) & ~Q(role=Owner.MACHINE)
    again = ill.events.filter(by_hand | Q(verb=Verb.CHANGE_SERVICE)).order_by()
    anew = again.filter(at__gt=OuterRef("asked_at"))
    since = ill.supplies.filter(~Exists(anew)).order_by("attempt")
    return dict(since.values_list("lender", "retry_on"))


def _miles(one: Place, other: Library) -> float | None:
    """The distance as the crow flies, rounded: only the order counts."""
    if one.latitude is None or one.longitude is None:
        return None
    if other.latitude is None or other.longitude is None:
        return None
    here, there = (one.latitude, one.longitude), (other.latitude, other.longitude)
    return round(distances.miles(here, there), 1)
