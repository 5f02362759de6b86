"""Scans at the desk that lends: ship, check in."""

from dataclasses import dataclass

from postroad import barcodes, reference_numbers
from postroad.catalogue.models import Item, ItemStatus
from postroad.directory.models import Library
from postroad.errors import Refusal
from postroad.ill import (
    copies,
    ended,
    finding,
    identity,
    lending,
    lookup,
    losing,
    mending,
    referral,
    shipping,
    volumes,
)
from postroad.ill.acts import Act
from postroad.ill.lifecycle import Ending, LoanState, OutOfTurn, Owner, SupplyState, Verb
from postroad.ill.models import ChargeState, Loan, Request, Supply


@dataclass(frozen=True, slots=True)
class Shipped:
    """It is ready to go to the library that waits for it."""

    loan: Loan
    was: ItemStatus  # what the catalogue said of the copy
    undone: Ending | None = None  # how the attempt had ended that this copy has taken up again
    late: bool = False  # though the request had moved on


@dataclass(frozen=True, slots=True)
class ScanItsItem:
    """It is a request's number, and its lender has several copies, or none that it knows of."""

    supply: Supply


@dataclass(frozen=True, slots=True)
class WhichVolume:
    """The library has several volumes, and the request names none. Nothing was changed."""

    supply: Supply
    item: Item
    volumes: list[str]


@dataclass(frozen=True, slots=True)
class WrongVolume:
    """It is another volume than the one that is wanted. Nothing was changed."""

    supply: Supply
    item: Item


@dataclass(frozen=True, slots=True)
class SentBefore:
    """This volume was sent already for the same request. Nothing was changed."""

    supply: Supply
    item: Item


@dataclass(frozen=True, slots=True)
class MovedOn:
    """The request has moved on since the library let it go. Nothing was changed."""

    ended: Supply
    item: Item


@dataclass(frozen=True, slots=True)
class FoundAgain:
    """It was missing and is on its shelf again; nobody waits for it now."""

    item: Item
    waited: Request | None  # who did, the last time that it was looked for in vain
    ended: Supply | None = None  # the attempt by which it may be sent all the same


@dataclass(frozen=True, slots=True)
class CheckedIn:
    """It is home."""

    loan: Loan
    unclaimed: bool  # nobody had picked it up
    owes: bool = False  # its library is still to send another for the same request


@dataclass(frozen=True, slots=True)
class CameBack:
    """It never reached its borrower: it is to be shipped again, or refused."""

    loan: Loan


@dataclass(frozen=True, slots=True)
class HomeAlready:
    """It was checked in before. Nothing was changed."""

    loan: Loan


@dataclass(frozen=True, slots=True)
class Recovered:
    """Its loan was closed as lost: it is found, and belongs on its shelf."""

    loan: Loan
    charged: bool  # something was owed for it, and is, or was paid


@dataclass(frozen=True, slots=True)
class NotOut:
    """It was not out, and somebody waits for its title. Nothing was changed."""

    item: Item
    waiting: Supply


Asked = WhichVolume | WrongVolume | SentBefore


def ship(
    library: Library, text: str, act: Act, *, sure: bool = False
) -> Shipped | ScanItsItem | Asked | MovedOn | FoundAgain | Recovered:
    """Send a copy to who waits for it. `sure` says that this copy is meant all the same.

    Raises what `finding.to_ship` raises.
    """
    asked = by_request(library, text)
    try:
        supply, item = finding.to_ship(library, text, meant=asked[0] if asked else None)
    except finding.NotWanted:
        return _not_wanted(library, text, act, sure=sure)
    except Refusal:
        if asked is None:
            raise
        supply, only = asked
        if only is None:
            return ScanItsItem(supply)
        item = only
    return (None if sure else _asks(supply, item)) or _shipped(supply, item, act)


def _asks(supply: Supply, item: Item) -> Asked | None:
    """What a clerk must say before this volume goes."""
    wanted = supply.request.volume
    if not volumes.fits(wanted, item.volume):
        return WrongVolume(supply, item)
    if supply.state == SupplyState.SUPPLYING and item.volume:
        sent = supply.loans.exclude(ending__in=lookup.NEVER_WENT).exclude(wrong_item=True)
        if any(volumes.same(item.volume, each.label) for each in sent):
            return SentBefore(supply, item)
    if wanted or not item.volume:
        return None
    several = volumes.of_title(item.record_id, item.library_id)
    return WhichVolume(supply, item, several) if several else None


def by_request(library: Library, text: str) -> tuple[Supply, Item | None] | None:
    """What is meant by the request's number on the pull list: its one copy, or no telling which.

    So a library whose books bear no barcodes can ship by scan too.
    """
    waiting = Supply.objects.waiting().at(library)
    waiting = waiting.select_related("request__library", "lender", "item")
    refs = [reference_numbers.tidy(each) for each in barcodes.readings(text[: lookup.LONGEST])]
    supply = waiting.filter(request__ref__in=refs).first()
    if supply is None:
        return None
    known = copies.of([supply], library).get(supply.pk)
    on_shelf = [item for item in known.items if item.status == ItemStatus.IN] if known else []
    return supply, on_shelf[0] if len(on_shelf) == 1 else None


def _shipped(supply: Supply, item: Item, act: Act, undone: Ending | None = None) -> Shipped:
    was = ItemStatus(item.status)
    if was == ItemStatus.MISSING and (lost := losing.lost_with(item)) is not None:
        losing.recover(lost, act.as_role(Owner.LENDING))
        item.refresh_from_db(fields=["status"])
    return Shipped(shipping.ship(supply, act, item=item), was, undone)


def _not_wanted(
    library: Library, text: str, act: Act, *, sure: bool
) -> Shipped | MovedOn | FoundAgain | Recovered:
    """Nobody waits for it now. A "no" that came too early is undone by the copy that lies here; a
    request that has moved on since is told of, and served if the clerk is `sure`."""
    item = lookup.read(Item.objects.filter(library=library), text)
    assert item is not None  # or it would not be unwanted
    if (attempt := ended.turned_up(library, item)) is not None:
        ending = Ending(attempt.ending)
        supply = referral.resume(attempt, act.as_role(Owner.LENDING), why="found", taken=False)
        return _shipped(supply, item, act, ending)
    moved_on = ended.moved_on(library, item)
    if moved_on is not None and sure:
        was = ItemStatus(item.status)
        return Shipped(shipping.ship_late(moved_on, act, item=item), was, late=True)
    if item.status == ItemStatus.MISSING and (lost := losing.lost_with(item)) is not None:
        return recovered(lost, act)
    if item.status == ItemStatus.MISSING:
        return found_again(library, item, act, moved_on)
    if moved_on is not None:
        return MovedOn(moved_on, item)
    raise finding.NotWanted(barcode=item.barcode, title=item.record.title)


def found_again(
    library: Library, item: Item, act: Act, moved_on: Supply | None = None
) -> FoundAgain:
    """It was missing, and is not: it belongs on its shelf, and the catalogue says so again."""
    lending.found(item.pk)
    mending.trust(library.pk, item.record_id, act.at)
    return FoundAgain(item, ended.waited_for(library, item), moved_on)


def recovered(loan: Loan, act: Act) -> Recovered:
    """It was given up, and is here: its loan says so, whatever has become of the charge."""
    losing.recover(loan, act.as_role(Owner.LENDING))
    stands = loan.charges.filter(state__in=(ChargeState.OWED, ChargeState.PAID))
    return Recovered(loan, stands.exists())


def check_in(
    library: Library, text: str, act: Act
) -> CheckedIn | CameBack | HomeAlready | FoundAgain | NotOut | Recovered:
    """Bring a copy back to its shelf. Raises what `finding.to_lend` raises."""
    try:
        loan = finding.to_lend(library, text, Verb.CHECK_IN)
    except OutOfTurn as no:
        return _not_on_its_way_home(library, text, act, no)
    except identity.OwnItem:
        item = lookup.read(Item.objects.filter(library=library), text)
        if item is not None and item.status == ItemStatus.MISSING:
            return found_again(library, item, act)
        if item is not None:
            mending.trust(library.pk, item.record_id, act.at)
        if item is not None and (wanted := waits_for(library, item)) is not None:
            return NotOut(item, wanted)
        raise
    unclaimed = loan.lent_at is None
    shipping.check_in(loan, act)
    return CheckedIn(loan, unclaimed, owes=loan.request.is_open and loan.request.things_out == 0)


def waits_for(library: Library, item: Item) -> Supply | None:
    """Who has asked this library for the title in hand, and has waited longest."""
    asked = Supply.objects.waiting().at(library).filter(request__record=item.record)
    return asked.select_related("request__library").order_by("asked_at", "pk").first()


def _not_on_its_way_home(
    library: Library, text: str, act: Act, no: OutOfTurn
) -> CameBack | HomeAlready | Recovered:
    """What never got to its borrower has come back, and what was given up is found; what is home
    already is told as such."""
    if no.facts["state"] == LoanState.SHIPPED:
        loan = finding.to_lend(library, text, Verb.COME_BACK)
        shipping.back_again(loan, act)
        return CameBack(loan)
    if no.facts["state"] == LoanState.LOST:
        return recovered(finding.given_up(library, text, str(no.facts["ref"])), act)
    if no.facts["state"] != LoanState.CLOSED:
        raise no
    return HomeAlready(finding.came_home(library, text, str(no.facts["ref"])))
