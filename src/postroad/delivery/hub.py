"""What a scan at a hub's desk means, and what follows from it. The words are the page's."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from postroad.accounts.models import User
from postroad.delivery import containers, custody, finding, parcels
from postroad.delivery.containers import At, Turned
from postroad.delivery.custody import Doubt, Noted
from postroad.delivery.models import Container, Custody, Hub, Parcel, Route

LONGEST_KEY = 48


class Hand(StrEnum):
    """What somebody at the hub is doing."""

    SORT = "sort"
    ARRIVE = "arrive"
    HOLD = "hold"
    RELEASE = "release"
    FOUND = "found"
    MISROUTED = "misrouted"
    DAMAGED = "damaged"
    CLOSE = "close"
    LOAD = "load"
    EMPTY = "empty"


class Meaning(StrEnum):
    """What a scan came to."""

    UNKNOWN = "unknown"
    SEVERAL = "several"
    OVER = "over"  # a desk has it, or it was kept back or given up
    CHOSEN = "chosen"  # what is scanned next goes into this container
    NOT_FOR_CONTAINERS = "not-for-containers"
    NOT_FOR_PARCELS = "not-for-parcels"
    ROUTE_MISSING = "route-missing"
    AGAIN = "again"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class AtHub:
    """Somebody with a scanner at a hub, at a moment; into what and onto which route it goes."""

    user: User
    hub: Hub
    hand: Hand
    at: datetime
    into: Container | None = None
    route: Route | None = None

    def spot(self, key: str = "") -> At:
        loads = self.hand is Hand.LOAD and self.route is not None
        holder = self.route.code if loads and self.route else self.hub.code
        return At(self.user, self.at, holder=holder, key=key)


@dataclass(frozen=True, slots=True)
class Answer:
    """The meaning of a scan, what it is about, and what takes it back."""

    meaning: Meaning
    parcel: Parcel | None = None
    container: Container | None = None
    undo: str = ""
    carried: int = 0
    into: Container | None = None


def scan(here: AtHub, text: str, *, key: str = "") -> Answer:
    """Write down what was scanned, a parcel or a container."""
    if here.hand is Hand.LOAD and here.route is None:
        return Answer(Meaning.ROUTE_MISSING)
    key = key[:LONGEST_KEY]
    if container := containers.find(text):
        return of_container(here, container, key)
    found = finding.matching(text)
    open_ones = [parcel for parcel in found if parcel.is_open]
    if len(open_ones) > 1:
        return Answer(Meaning.SEVERAL)
    if not found:
        return Answer(Meaning.UNKNOWN)
    return of_parcel(here, (open_ones or found)[0], key)


def of_container(here: AtHub, container: Container, key: str) -> Answer:
    spot = here.spot(key)
    if here.hand is Hand.SORT:
        is_bag = container.kind == Container.Kind.BAG
        if here.into is None or not is_bag or here.into.kind == Container.Kind.BAG:
            return Answer(Meaning.CHOSEN, container=container)
        turned = containers.put_inside(container, here.into, spot)
        return turned_to(turned, here.into)
    act = {
        Hand.ARRIVE: containers.arrive,
        Hand.CLOSE: containers.close,
        Hand.LOAD: containers.load,
        Hand.EMPTY: containers.empty,
    }.get(here.hand)
    if act is None:
        return Answer(Meaning.NOT_FOR_CONTAINERS, container=container)
    return turned_to(act(container, spot))


def turned_to(turned: Turned, into: Container | None = None) -> Answer:
    if turned.line is None:
        return Answer(Meaning.AGAIN, container=turned.container, into=into)
    undo = f"container:{turned.line.pk}"
    return Answer(Meaning.DONE, None, turned.container, undo, turned.carried, into)


def of_parcel(here: AtHub, parcel: Parcel, key: str) -> Answer:
    if here.hand in (Hand.CLOSE, Hand.EMPTY):
        return Answer(Meaning.NOT_FOR_PARCELS, parcel)
    noted = noted_as(here, parcel, key)
    into = here.into if here.hand is Hand.SORT else None
    if noted.doubt in (Doubt.ARRIVED, Doubt.CANCELLED):
        return Answer(Meaning.OVER, parcel, undo="" if noted.again else f"parcel:{noted.line.pk}")
    if noted.again:
        return Answer(Meaning.AGAIN, parcel, into=into)
    return Answer(Meaning.DONE, parcel, undo=f"parcel:{noted.line.pk}", into=into)


def noted_as(here: AtHub, parcel: Parcel, key: str) -> Noted:
    holder = here.spot().holder
    if here.hand is Hand.SORT:
        return parcels.sort(
            parcel, holder=holder, by=here.user, at=here.at, into=here.into, key=key
        )
    verbs: dict[Hand, Callable[..., Noted]] = {
        Hand.ARRIVE: parcels.sort,
        Hand.HOLD: parcels.hold,
        Hand.RELEASE: parcels.release,
        Hand.FOUND: parcels.found,
        Hand.MISROUTED: parcels.misroute,
        Hand.DAMAGED: parcels.damaged,
        Hand.LOAD: parcels.load,
    }
    return verbs[here.hand](parcel, holder=holder, by=here.user, at=here.at, key=key)


def undo(token: str, *, by: User | None, at: datetime) -> Parcel | Container:
    """Take back what one scan did; what it was about, as that stands now."""
    kind, _colon, pk = token.partition(":")
    if kind == "container":
        return containers.undo(int(pk), by=by, at=at).container
    line = Custody.objects.select_related("parcel").filter(pk=pk).first()
    if line is None:
        raise custody.NothingToUndo
    parcel = custody.undo(line, by=by, at=at).parcel
    parcel.refresh_from_db()
    return parcel
