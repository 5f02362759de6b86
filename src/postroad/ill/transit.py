"""Anything of any library on its way home, or elsewhere, without a request of ours.

Delivery takes items back to any library, whoever brought them in. Whose something is the catalog
knows by its barcode, or somebody says so; what we lent or borrowed by a request goes by that.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from django.db import transaction

from postroad import barcodes
from postroad.catalogue.models import Item
from postroad.delivery import parcels, routing, slips
from postroad.delivery.models import Parcel, ParcelState, Purpose
from postroad.delivery.routing import Place
from postroad.directory.models import Library
from postroad.errors import Refusal
from postroad.ill.acts import Act
from postroad.ill.lookup import LONGEST
from postroad.ill.models import Loan

MOST = 100  # things that are sent at once


class Why(StrEnum):
    """What keeps a thing from being sent."""

    UNKNOWN = "unknown"  # whose it is
    SEVERAL = "several"  # libraries have this barcode
    OURS = "ours"  # it is where it belongs
    BORROWED = "borrowed"  # by a request of ours: it goes home by that
    NO_SLIP = "no-slip"  # the code of its destination is missing, unknown or retired


@dataclass(frozen=True, slots=True)
class Thing:
    """One thing: what is on it, whose it is, where it shall go, and what is in the way."""

    barcode: str
    title: str = ""
    owners: tuple[Library, ...] = ()
    to: Library | None = None
    why: Why | None = None
    refusal: Refusal | None = None  # of NO_SLIP
    request: str = ""  # of BORROWED

    @property
    def owner(self) -> Library | None:
        return self.owners[0] if len(self.owners) == 1 else None

    @property
    def purpose(self) -> Purpose:
        return Purpose.RETURN if self.to == self.owner else Purpose.TRANSFER


def look(
    texts: Iterable[str],
    sender: Library,
    *,
    said: Mapping[str, Library] | None = None,
    to: Library | None = None,
) -> list[Thing]:
    """Whose these are, in four queries, each of them once. `said` names the owners of some; `to` is
    where all go, if that is not home."""
    read = {barcodes.plain(text): barcodes.readings(text[:LONGEST]) for text in texts}
    read = {text[:LONGEST]: meant for text, meant in read.items() if meant}
    meant = {each for readings in read.values() for each in readings}
    known = _known(meant)
    borrowed = dict(
        Loan.objects.open()
        .borrowed_by(sender)
        .filter(barcode__in=meant)
        .values_list("barcode", "request__ref")
    )
    things = [
        _thing(text, readings, known, borrowed, said or {}, to) for text, readings in read.items()
    ][:MOST]
    return _checked({each.barcode: each for each in things}.values(), sender)


def _known(meant: Iterable[str]) -> dict[str, list[Item]]:
    found = defaultdict[str, list[Item]](list)
    rows = Item.objects.filter(barcode__in=meant).select_related("record", "library")
    for item in rows.order_by("library__town", "pk"):
        found[item.barcode].append(item)
    return found


def _thing(
    text: str,
    readings: Sequence[str],
    known: Mapping[str, Sequence[Item]],
    borrowed: Mapping[str, str],
    said: Mapping[str, Library],
    to: Library | None,
) -> Thing:
    barcode = next((each for each in readings if known.get(each) or each in borrowed), text)
    items = known.get(barcode, ())
    if owner := said.get(barcode[:40], said.get(text)):
        items = [item for item in items if item.library == owner]
    owners = (owner,) if owner else tuple(item.library for item in items)
    title = items[0].record.title if len(items) == 1 else ""
    thing = Thing(barcode[:40], title, owners, to or (owners[0] if len(owners) == 1 else None))
    if barcode in borrowed:
        return replace(thing, why=Why.BORROWED, request=borrowed[barcode])
    if thing.to is None:
        return replace(thing, why=Why.SEVERAL if owners else Why.UNKNOWN)
    return thing


def _checked(things: Collection[Thing], sender: Library) -> list[Thing]:
    """With what keeps each from having a slip."""
    places = slips.places({sender.pk, *(each.to.pk for each in things if each.to)})
    return [_may_go(each, sender, places) for each in things]


def _may_go(thing: Thing, sender: Library, places: Mapping[int, Place]) -> Thing:
    if thing.why is not None or thing.to is None:
        return thing
    if thing.to == sender:
        return replace(thing, why=Why.OURS)
    ends = places[sender.pk], places[thing.to.pk]
    try:
        routing.address(*ends, routing.carried(*ends))
    except Refusal as no:
        return replace(thing, why=Why.NO_SLIP, refusal=no)
    return thing


@transaction.atomic
def send(things: Iterable[Thing], sender: Library, act: Act) -> list[Parcel]:
    """A parcel for each that may be sent. One that stands ready already is that parcel, so that a
    second press sends nothing twice."""
    list(Library.objects.select_for_update(no_key=True).filter(pk=sender.pk).values_list("pk"))
    standing = waiting(sender)
    ready = {(each.item_barcode, each.to_library_id): each for each in standing}
    sent = []
    for thing in things:
        if thing.why is not None or thing.to is None:
            continue
        key = thing.barcode, thing.to.pk
        if key not in ready:
            ready[key] = parcels.make(
                from_library=sender,
                to_library=thing.to,
                item_library=thing.owner,
                item_barcode=thing.barcode,
                title=thing.title,
                ref="",
                purpose=thing.purpose,
                at=act.at,
                by=act.by,
            )
        sent.append(ready[key])
    return sent


def waiting(sender: Library) -> list[Parcel]:
    """What stands ready here without a request, the last made first."""
    ready = Parcel.objects.filter(
        from_library=sender,
        state=ParcelState.READY,
        ref="",
        purpose__in=(Purpose.RETURN, Purpose.TRANSFER),
    )
    return list(ready.select_related("to_library").order_by("-made_at", "-pk")[:MOST])


def bare(things: Iterable[Thing], sender: Library) -> list[slips.Bare]:
    """The same without a parcel: only the slip of each."""
    return [
        slips.Bare(thing.to, thing.barcode, thing.title)
        for thing in things
        if thing.why is None and thing.to is not None
    ]
