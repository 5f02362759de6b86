"""Any number finds the request: ours, an ILL number, an item's barcode, a parcel's number."""

import re

from django.db.models import Q, QuerySet

from postroad import numbers
from postroad.catalogue.models import Item
from postroad.delivery import tracking
from postroad.directory.models import Library
from postroad.errors import Refusal
from postroad.ill.lending import ForeignItem
from postroad.ill.lifecycle import BORROWING, LENDING, OutOfTurn
from postroad.ill.models import Request, Supply

CODABAR = re.compile(r"[A-Da-d]([0-9]{14})[A-Da-d]")  # what frames the digits is no part of them
LONGEST = 60  # signs; a scanner that stutters sends more, and no number of ours is longer


class UnknownNumber(Refusal):
    """No request, item or parcel has this number."""

    code = "unknown-number"


class NotWanted(Refusal):
    """The item is this library's own, and nobody has asked for it."""

    code = "not-wanted"


class OtherCopy(Refusal):
    """The title is right, but another copy of it is the one that was shipped."""

    code = "other-copy"


def by_number(text: str) -> QuerySet[Request]:
    """The requests that carry this number in any of its places, the newest first."""
    plain = "".join(text.split())[:LONGEST]
    if not plain:
        return Request.objects.none()
    return Request.objects.filter(pk__in=_keys(plain)).shown().order_by("-asked_at")


def _keys(plain: str) -> set[int]:
    """One index look-up a place; a join over all of them would scan."""
    tidy = numbers.tidy(plain)
    item = Q(item_barcode__in=readings(plain))
    places = Q(ill_number=plain), item, Q(parcel_out__number=tidy)
    keys = set(Request.objects.filter(ref=tidy).values_list("pk", flat=True))
    carriers = Q(lender=None, tracking_number=tracking.tidy(plain) or plain)  # or "-" finds all
    for place in (*places, Q(parcel_home__number=tidy), carriers):
        found = Supply.objects.filter(place).order_by("-asked_at")  # an item is lent many times
        keys.update(found.values_list("request", flat=True)[:50])
    return keys


def readings(barcode: str) -> list[str]:
    """What a scanner may mean by what it sends, the likeliest first.

    Some send the start and stop signs of Codabar along with a library's fourteen digits; while
    CapsLock is on, letters come in the other case.
    """
    framed = CODABAR.fullmatch(barcode)
    bare = framed[1] if framed else barcode
    return list(dict.fromkeys((barcode, bare, bare.upper(), bare.lower())))


def to_borrow(library: Library, text: str, verb: str) -> Request:
    """The request that a borrowing desk means by a scan, for this verb.

    Raises UnknownNumber if it is none of this library's, OutOfTurn if it is but cannot do that
    now: of several with one barcode the one that can is meant.
    """
    mine = [ill for ill in by_number(text) if ill.library_id == library.pk]
    if not mine:
        open_here = Q(request__library=library, request__state__in=BORROWING[verb][0])
        _say_if_other_copy(text, open_here)
        raise UnknownNumber(number=text[:LONGEST], desk=library.name)
    ready = [ill for ill in mine if ill.state in BORROWING[verb][0]]
    if not ready:
        raise OutOfTurn(state=mine[0].state, verb=verb, side="borrowing", ref=mine[0].ref)
    return ready[0]


def to_lend(library: Library, text: str, verb: str) -> Supply:
    """The supply that a lending desk means by a scan of something that was sent out."""
    keys = [ill.pk for ill in by_number(text)]
    mine = list(
        Supply.objects.at(library)
        .filter(request__in=keys)
        .select_related("request__library", "item", "lender", "parcel_out", "parcel_home")
        .order_by("-asked_at")
    )
    if not mine:
        _say_if_other_copy(text, Q(lender=library, state__in=LENDING[verb][0]))
        raise UnknownNumber(number=text[:LONGEST], desk=library.name)
    ready = [supply for supply in mine if supply.state in LENDING[verb][0]]
    if not ready:
        first = mine[0]
        raise OutOfTurn(state=first.state, verb=verb, side="lending", ref=first.request.ref)
    return ready[0]


def to_ship(library: Library, text: str) -> tuple[Supply, Item]:
    """The oldest waiting request for the item that a lending clerk has in hand.

    Raises UnknownNumber, ForeignItem (another library's barcode), NotWanted (nobody asked for
    this title), or OutOfTurn (it is shipped already).
    """
    barcode = "".join(text.split())[:LONGEST]
    item = _read(Item.objects.filter(library=library), barcode)
    if item is None:
        _say_whose(library, barcode)
        raise UnknownNumber(number=barcode, desk=library.name)
    waiting = (
        Supply.objects.waiting()
        .at(library)
        .filter(request__record=item.record_id)
        .select_related("request__library", "lender")
        .order_by("asked_at", "pk")
    )
    if (supply := waiting.first()) is not None:
        return supply, item
    raise _not_now(item)


def _read(items: QuerySet[Item], barcode: str) -> Item | None:
    """The item of the likeliest reading."""
    meant = readings(barcode)
    found = items.filter(barcode__in=meant).select_related("record", "library")
    return min(found, key=lambda item: meant.index(item.barcode), default=None)


def _say_if_other_copy(text: str, meant: Q) -> None:
    """Raise OtherCopy if one of these supplies is of the title that bears this barcode."""
    barcode = "".join(text.split())[:LONGEST]
    for item in Item.objects.filter(barcode__in=readings(barcode)).select_related("record"):
        same = Q(lender=item.library_id, request__record=item.record_id)
        supply = Supply.objects.open().filter(meant, same).select_related("request").first()
        if supply is not None:
            raise OtherCopy(
                title=item.record.title, sent=supply.item_barcode, ref=supply.request.ref
            )


def _say_whose(library: Library, barcode: str) -> None:
    """Raise ForeignItem if another library has an item with this barcode."""
    other = _read(Item.objects.all(), barcode) if barcode else None
    if other is not None:
        raise ForeignItem(barcode=barcode, owner=other.library.name)


def _not_now(item: Item) -> Refusal:
    gone = Supply.objects.open().filter(item=item).select_related("request__library").first()
    if gone is not None:
        ill = gone.request
        return OutOfTurn(
            state=gone.state, verb="ship", side="lending", ref=ill.ref, to=ill.library.name
        )
    return NotWanted(barcode=item.barcode, title=item.record.title)
