"""Drawn worlds: parcels, bins and bags; lines late, twice and in any order. One story comes out,
by single scans and by thousands."""

import random
from datetime import timedelta
from itertools import islice

from django.db import transaction

from postroad.delivery import bulk, containers, custody, ledger
from postroad.delivery.containers import At
from postroad.delivery.custody import Scan
from postroad.delivery.models import Container, ContainerStep, CustodyStep, How, Parcel
from tests.delivery.conftest import MONDAY_NOON, later
from tests.lots import some

HUB, ROUTE = "PLYMOUTH", "WEST 2"
HEARD = later(days=9)
OF_PARCELS = (
    CustodyStep.PICKED_UP,
    CustodyStep.SORTED,
    CustodyStep.HELD,
    CustodyStep.RELEASED,
    CustodyStep.FOUND,
    CustodyStep.MISROUTED,
    CustodyStep.DAMAGED,
    CustodyStep.DROPPED,
    CustodyStep.RECEIVED,
)


class World:
    """Parcels, two bins and a bag, and all that happened to them."""

    def __init__(self, dice, cast, make_parcel):
        self.dice, self.libraries = dice, [cast.lee, cast.lenox, cast.pittsfield]
        self.parcels = [make_parcel() for _ in range(4)]
        self.bins = containers.put_to_use(2, Container.Kind.BIN, holder=HUB, at=MONDAY_NOON)
        self.bag = containers.put_to_use(1, Container.Kind.BAG, holder=HUB, at=MONDAY_NOON)[0]
        minutes = dice.sample(range(1, 3000), 40)
        self.events = [self.event(minute) for minute in minutes]

    def event(self, minute):
        at = MONDAY_NOON + timedelta(minutes=minute)
        if self.dice.random() < 0.6:
            return self.scan(at)
        thing = self.dice.choice([*self.bins, self.bag])
        steps = [step for step in ContainerStep if step != ContainerStep.PUT_IN]
        step, into = self.dice.choice(steps), None
        if thing == self.bag and self.dice.random() < 0.4:
            step, into = ContainerStep.PUT_IN, self.dice.choice(self.bins)
        library = self.dice.choice(self.libraries) if step == ContainerStep.DROPPED else None
        holder = {ContainerStep.DROPPED: "", ContainerStep.LOADED: ROUTE}.get(step, HUB)
        here = At(None, at, library, holder, HEARD)
        return lambda: containers.line_of(thing, step, here, into)

    def scan(self, at):
        parcel, step = self.dice.randrange(len(self.parcels)), self.dice.choice(OF_PARCELS)
        at_library = step in (CustodyStep.PICKED_UP, CustodyStep.DROPPED, CustodyStep.RECEIVED)
        place = self.dice.choice(self.libraries).pk if at_library else None
        into = None
        if self.dice.random() < 0.5:
            step, place, into = CustodyStep.SORTED, None, self.dice.choice([*self.bins, self.bag])
        how = self.dice.choice([How.SCANNED, How.SCANNED, How.DECLARED, How.INFERRED])
        scan = Scan(
            step,
            at,
            None,
            place,
            holder="" if place else HUB,
            how=how,
            noted_at=HEARD,
            container=into.pk if into else None,
        )
        return lambda: (self.parcels[parcel].pk, scan)

    def one_by_one(self, order):
        for number in order:
            happened = self.events[number]()
            if isinstance(happened, tuple):
                custody.note(Parcel.objects.get(pk=happened[0]), happened[1])
            else:
                bulk.write([], [happened], HEARD)

    def at_once(self, order):
        """In files of many lines."""
        numbers = iter(order)
        while part := list(islice(numbers, self.dice.randint(1, 30))):
            happened = [self.events[number]() for number in part]
            scans = [each for each in happened if isinstance(each, tuple)]
            bulk.write(scans, [each for each in happened if not isinstance(each, tuple)], HEARD)

    def story(self):
        """What the ledgers say, without when each line was heard of or which were taken back."""
        told = []
        for parcel in Parcel.objects.filter(pk__in=[each.pk for each in self.parcels]).order_by(
            "pk"
        ):
            lines = [
                (e.step, e.at, e.how, e.library, e.container)
                for e in ledger.in_force(line.entry for line in custody.chain(parcel))
            ]
            kept = tuple(
                getattr(parcel, f"{name}_id", getattr(parcel, name)) for name in custody.KEPT
            )
            told.append((lines, kept))
        stand = Container.objects.order_by("pk").values_list("state", "library", "holder", "inside")
        return told, list(stand)

    def holds(self):
        """What must be so of each parcel, whatever happened."""
        for parcel in Parcel.objects.all():
            lines = ledger.in_force(line.entry for line in custody.chain(parcel))
            at_end = [line for line in lines if line.library == parcel.to_library_id]
            if parcel.state == "arrived":
                assert any(
                    line.step == "received" and line.how in ledger.IN_HAND for line in at_end
                )
            if parcel.state == "dropped":
                assert at_end[-1].how != ledger.How.INFERRED
                assert parcel.last_library_id == parcel.to_library_id
            keys = [line.key for line in lines]
            assert len(keys) == len(set(keys))


class Back(Exception):
    """Undo a telling."""


def told(world, way, order):
    """The story of one telling, which leaves nothing behind."""
    story = None
    try:
        with transaction.atomic():
            way(order)
            world.holds()
            story = world.story()
            raise Back
    except Back:
        return story


def test_one_story_comes_out_in_whatever_order_and_by_whichever_way(cast, make_parcel):
    carried = 0
    for seed in some(range(100), 33):
        dice = random.Random(seed)
        world = World(dice, cast, make_parcel)
        ordered = range(len(world.events))
        doubled = [*ordered, *dice.sample(ordered, 10)]
        stories = []
        for way in (world.one_by_one, world.at_once, world.at_once):
            dice.shuffle(doubled)
            stories.append(told(world, way, doubled))
        assert stories[1] == stories[0], seed
        assert stories[2] == stories[0], seed
        carried += sum(line[2] == "contained" for lines, _kept in stories[0][0] for line in lines)
    assert carried
