"""Bins and bags: what can happen to them, what is in them, how many are where.

One scan of a container moves all that is in it. Call the verbs inside a transaction of your own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from django.db import transaction
from django.db.models import Case, Count, Exists, OuterRef, Q, Value, When

from postroad.accounts.models import User
from postroad.delivery import bulk, codes
from postroad.delivery.models import (
    Container,
    ContainerLine,
    ContainerState,
    ContainerStep,
    Custody,
    EmptiesAsked,
    How,
    Hub,
    Parcel,
    Route,
)
from postroad.directory.models import Library
from postroad.errors import Refusal

DEEPEST = 8  # bags in bags; nothing real comes near
MOST_AT_ONCE = 500  # bins that are put to use with one press


class ContainerInItself(Refusal):
    """A bin would be inside itself, or inside one that is inside it."""

    code = "container-in-itself"


class ContainerUndone(Refusal):
    """There is no such line, or it was taken back before."""

    code = "container-line-undone"


@dataclass(frozen=True, slots=True)
class Turned:
    """What a container's scan came to."""

    container: Container
    line: ContainerLine | None  # None: this was known already
    carried: int = 0  # parcels that were moved with it

    @property
    def again(self) -> bool:
        return self.line is None


@dataclass(frozen=True, slots=True)
class At:
    """Who scans, when, and where: a library, or a hub's or route's code."""

    by: User | None
    at: datetime
    library: Library | None = None
    holder: str = ""
    noted_at: datetime | None = None
    key: str = ""


def find(text: str) -> Container | None:
    """The container whose number was scanned or typed."""
    number = codes.scanned_number(text, codes.CONTAINER)
    if number is None:
        return None
    return Container.objects.select_related("library", "inside").filter(number=number).first()


def put_to_use(
    count: int, kind: Container.Kind, *, holder: str, at: datetime, invented: bool = False
) -> list[Container]:
    """New containers, each with a number of its own, standing open at a hub."""
    return Container.objects.bulk_create(
        Container(
            number=codes.new_number(codes.CONTAINER),
            kind=kind,
            made_at=at,
            last_at=at,
            holder=holder,
            invented=invented,
        )
        for _ in range(min(count, MOST_AT_ONCE))
    )


def close(container: Container, here: At) -> Turned:
    """It is full, and goes as it is."""
    return _turn(container, ContainerStep.CLOSED, here)


def arrive(container: Container, here: At) -> Turned:
    """It stands at a hub, with all that is in it."""
    return _turn(container, ContainerStep.ARRIVED, here)


def load(container: Container, here: At) -> Turned:
    """It is on the van, with all that is in it."""
    return _turn(container, ContainerStep.LOADED, here)


def drop(container: Container, here: At) -> Turned:
    """It was left at a library, with all that is in it."""
    return _turn(container, ContainerStep.DROPPED, here)


def empty(container: Container, here: At) -> Turned:
    """What was in it lies where it stands; it is empty from now on."""
    return _turn(container, ContainerStep.OPENED, here)


def put_inside(inner: Container, outer: Container, here: At) -> Turned:
    """Refused where it would be inside itself, over however many others."""
    # Two that are put into each other at once wait here: the second sees where the first is.
    both = Container.objects.select_for_update().filter(pk__in=(inner.pk, outer.pk)).order_by("pk")
    refuse_a_circle(inner, {each.pk: each for each in both}[outer.pk])
    return _turn(inner, ContainerStep.PUT_IN, here, into=outer)


def take_out(inner: Container, here: At) -> Turned:
    return _turn(inner, ContainerStep.TAKEN_OUT, here)


def refuse_a_circle(
    inner: Container, outer: Container, moved: Mapping[int, Container | None] = MappingProxyType({})
) -> None:
    """`moved` says in which each is by now that was told of and is not written yet."""
    around: Container | None = outer
    for _ in range(DEEPEST):
        if around is None:
            return
        if around.pk == inner.pk:
            raise ContainerInItself(inner=inner.number, outer=outer.number)
        around = moved.get(around.pk, around.inside)
    raise ContainerInItself(inner=inner.number, outer=outer.number)


def line_of(
    container: Container,
    step: ContainerStep,
    here: At,
    into: Container | None = None,
    undone: int = 0,
) -> ContainerLine:
    """A line that is not written yet; of the same event told twice the key is the same."""
    spot = here.library.pk if here.library else here.holder
    minute = int(here.at.timestamp()) // 60
    own = here.key or f"{step}:{spot}:{into.pk if into else ''}:{minute}:{undone}"
    return ContainerLine(
        container=container,
        key=f"{container.pk}:{own}",
        step=step,
        at=here.at,
        noted_at=here.noted_at or here.at,
        library=here.library,
        holder=here.holder,
        into=into,
        user=here.by,
    )


def _turn(
    container: Container, step: ContainerStep, here: At, into: Container | None = None
) -> Turned:
    undone = container.lines.filter(undone_at__lte=here.at).count()
    line = line_of(container, step, here, into, undone)
    written = bulk.write([], [line], here.noted_at or here.at)
    container.refresh_from_db()
    if not written.turns:
        return Turned(container, None)
    return Turned(container, ContainerLine.objects.get(key=line.key), written.moved)


def undo(pk: int, *, by: User | None, at: datetime) -> Turned:
    """Take back a scan of a container, with all that followed from it."""
    line = ContainerLine.objects.select_related("container").filter(pk=pk, undone_at=None).first()
    if line is None:
        raise ContainerUndone
    line.undone_at, line.undone_by = at, by
    line.save(update_fields=["undone_at", "undone_by"])
    written = bulk.fold_again([line], at)
    line.container.refresh_from_db()
    return Turned(line.container, line, written.moved)


def contents(container: Container) -> list[Parcel]:
    """What is in it now, and in what is inside it."""
    return list(
        Parcel.objects.open()
        .filter(within(container))
        .with_ends()
        .order_by("to_library__code", "pk")
    )


def within(container: Container) -> Q:
    """The parcels in it, and in the bags in it, and in theirs."""
    return (
        Q(container=container)
        | Q(container__inside=container)
        | Q(container__inside__inside=container)
    )


@dataclass(frozen=True, slots=True)
class Pile:
    """How many containers stand at one place."""

    place: str
    library: Library | None
    bins: int
    bags: int


def piles() -> list[Pile]:
    """How many where: those in use, by library, hub or route."""
    on_the_van = Q(state=ContainerState.LOADED) & ~Q(holder="")
    rows = list(
        Container.objects.filter(retired_on=None)
        .values(
            at=Case(When(on_the_van, then=None), default="library"),
            by=Case(When(on_the_van | Q(library=None), then="holder"), default=Value("")),
        )
        .annotate(
            bins=Count("pk", filter=Q(kind=Container.Kind.BIN)),
            bags=Count("pk", filter=Q(kind=Container.Kind.BAG)),
        )
    )
    libraries = Library.objects.in_bulk({row["at"] for row in rows if row["at"]})
    names = dict(Hub.objects.values_list("code", "name"))
    names |= dict(Route.objects.values_list("code", "name"))
    counted = [
        Pile(
            names.get(row["by"], row["by"]),
            libraries.get(row["at"]),
            row["bins"],
            row["bags"],
        )
        for row in rows
    ]
    return sorted(counted, key=lambda pile: (pile.library.name if pile.library else "", pile.place))


def standing_at(library: Library) -> list[Container]:
    """The containers that were left at a library and not taken since."""
    at_it = Container.objects.filter(library=library, retired_on=None)
    return list(at_it.exclude(state=ContainerState.LOADED).order_by("-last_at", "pk"))


@dataclass(frozen=True, slots=True)
class Wanted:
    """An open asking for empties, and how many were brought since."""

    asked: EmptiesAsked
    brought: int

    @property
    def left(self) -> int:
        return max(self.asked.wanted - self.brought, 0)


@transaction.atomic
def ask_for_empties(library: Library, wanted: int, *, by: User | None, at: datetime) -> None:
    """The newest asking counts; none: it is taken back."""
    EmptiesAsked.objects.filter(library=library, over_at=None).update(over_at=at)
    if wanted:
        EmptiesAsked.objects.create(library=library, wanted=wanted, asked_at=at, asked_by=by)


def empties_wanted(library: Library | None = None) -> list[Wanted]:
    """Who waits for empties, the longest first. A bin that was left with nothing in it confirms."""
    carried = Custody.objects.filter(
        how=How.CONTAINED, container=OuterRef("container"), at=OuterRef("at"), undone_by=None
    )
    asked = EmptiesAsked.objects.filter(over_at=None).select_related("library")
    if library is not None:
        asked = asked.filter(library=library)
    rows = list(asked)
    if not rows:
        return []
    dropped = ContainerLine.objects.filter(
        step=ContainerStep.DROPPED,
        library__in=[row.library_id for row in rows],
        at__gte=min(row.asked_at for row in rows),
        undone_at=None,
    ).exclude(Exists(carried))
    brought: Sequence[tuple[int | None, datetime]] = list(dropped.values_list("library", "at"))
    counted = [
        Wanted(row, sum(at >= row.asked_at and to == row.library_id for to, at in brought))
        for row in rows
    ]
    return [each for each in counted if each.left]
