"""What a number is, wherever the house knows it: whose, where it stands, and what to do with it.

A desk scans things that are not its own, that never left, that are finished or no items at all. No
answer may say that nothing is known of them; `finding.UnknownNumber` is left for what is not.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from postroad import barcodes, reference_numbers
from postroad.accounts.models import Card
from postroad.catalogue import identifiers
from postroad.catalogue.identifiers import Number
from postroad.catalogue.models import Identifier, Item
from postroad.delivery import finding
from postroad.delivery.models import ParcelState
from postroad.directory.models import Library
from postroad.errors import Refusal
from postroad.ill import lending
from postroad.ill.lifecycle import UNSHIPPED, LoanState, State, SupplyState, Verb
from postroad.ill.lookup import LONGEST, by_number, items, read
from postroad.ill.models import Loan, Request, Supply
from postroad.ill.shipping import ForeignItem


class Side(StrEnum):
    """Which side of a desk asks."""

    BORROWING = "borrowing"
    LENDING = "lending"


class OwnItem(Refusal):
    """It is this library's own copy, and it is not out with another library."""

    code = "own-item"


class OwnItemOut(Refusal):
    """It is this library's own copy, lent to another library; the borrowing side has no part."""

    code = "own-item-out"


class LentElsewhere(Refusal):
    """It is on loan between two other libraries."""

    code = "lent-elsewhere"


class FinishedElsewhere(Refusal):
    """Its last loan known of is over, and this library had no part in it."""

    code = "finished-elsewhere"


class OtherSide(Refusal):
    """It is a request of this library, but of its other desk."""

    code = "other-side"


class NoLongerAsked(Refusal):
    """It is a request that this library was asked for and no longer has."""

    code = "no-longer-asked"


class RequestElsewhere(Refusal):
    """It is the number of a request of other libraries, for which nothing has left yet."""

    code = "request-elsewhere"


class FinishedParcel(Refusal):
    """It is the number of a parcel that has arrived or was taken back."""

    code = "finished-parcel"


class ParcelUnderWay(Refusal):
    """It is the number of a parcel that is under way from or to this library."""

    code = "parcel-under-way"


class LibraryCard(Refusal):
    """It is the number of a reader's card."""

    code = "library-card"


class BookNumber(Refusal):
    """It is the number of an edition, not of a copy: an ISBN, an ISSN."""

    code = "book-number"


@dataclass(frozen=True, slots=True)
class Thing:
    """One of several things that bear a number, as people tell them apart."""

    title: str
    lender: str
    ref: str
    barcode: str = ""


def listed(things: Iterable[Loan | Supply]) -> tuple[Thing, ...]:
    return tuple(_thing(each) for each in things)


def _thing(of: Loan | Supply) -> Thing:
    ill, supply = of.request, of.supply if isinstance(of, Loan) else of
    barcode = of.barcode if isinstance(of, Loan) else ""
    return Thing(ill.title[:80], supply.lender_name, ill.ref, barcode)


def loan_of(item: Item) -> Loan | None:
    """The loan in which this copy is out, if it is."""
    out = Loan.objects.open().filter(item=item)
    return out.select_related("request__library", "lender").first()


def still_to_be_had(ill: Request) -> bool:
    """Whether the request may be taken up again by a lender that had let it go.

    What another library has promised, or the ILL centre has asked for outside, stays with it.
    """
    if ill.state in (State.APPROVED, State.WAITING, State.CENTRE):
        return True
    held = ill.current
    return (
        ill.state == State.REFERRED
        and held is not None
        and held.state == SupplyState.ASKED
        and not held.is_outside
    )


def what(library: Library, text: str, side: Side) -> Refusal | None:
    """What the number is, as the desk of this library should hear it; None if nobody knows."""
    if not barcodes.readings(text[:LONGEST]):
        return None
    return (
        _own_request(library, text, side)
        or _own_item(library, text, side)
        or _foreign_item(library, text)
        or _elsewhere(library, text)
        or _parcel(library, text)
        or _no_item(text)
    )


def _refs(text: str) -> list[str]:
    return [reference_numbers.tidy(each) for each in barcodes.readings(text[:LONGEST])]


def _own_request(library: Library, text: str, side: Side) -> Refusal | None:
    """A request that this library borrows or lends, by its own number."""
    mine = Supply.objects.at(library).filter(request__ref__in=_refs(text))
    supply = mine.select_related("request").order_by("attempt", "pk").last()
    if supply is not None:
        ill = supply.request
        if side == Side.BORROWING:
            return OtherSide(ref=ill.ref, title=ill.title[:80], side=Side.LENDING)
        if supply.is_open:
            return lending.out_of_turn(supply, Verb.SHIP)
        return NoLongerAsked(ref=ill.ref, title=ill.title[:80], ending=supply.ending)
    ill_here = Request.objects.filter(library=library, ref__in=_refs(text)).first()
    if ill_here is not None and side == Side.LENDING:
        return OtherSide(ref=ill_here.ref, title=ill_here.title[:80], side=Side.BORROWING)
    return None


def _own_item(library: Library, text: str, side: Side) -> Refusal | None:
    item = read(Item.objects.filter(library=library), text)
    if item is None:
        return None
    loan = loan_of(item)
    if loan is not None and side == Side.BORROWING:
        to = loan.request.library
        return OwnItemOut(
            title=item.record.title[:80], barcode=item.barcode, to=to.name, town=to.town
        )
    return OwnItem(title=item.record.title[:80], barcode=item.barcode, shelf=shelf(item))


def shelf(item: Item) -> tuple[str, ...]:
    """Where it stands; nothing where nobody wrote that down."""
    return tuple(part for part in (item.location, item.call_number) if part)


def _foreign_item(library: Library, text: str) -> Refusal | None:
    """Whose it is; if it is on a loan, between whom."""
    found = items(text)
    loans = [loan for item in found if (loan := loan_of(item))]
    if len(loans) == 1:
        if loans[0].borrower_id == library.pk:
            ill = loans[0].request
            return OtherSide(ref=ill.ref, title=ill.title[:80], side=Side.BORROWING)
        return _lent(loans[0])
    if not found:
        return None
    owners = sorted({item.library.name for item in found})
    return ForeignItem(barcode=found[0].barcode, owner="; ".join(owners))


def _lent(loan: Loan) -> Refusal:
    ill = loan.request
    goes = loan.lender if loan.state == LoanState.HOMEWARD else ill.library
    return LentElsewhere(
        title=ill.title[:80],
        owner=loan.lender.name,
        to=ill.library.name,
        goes=goes.name,
        town=goes.town,
    )


def _elsewhere(library: Library, text: str) -> Refusal | None:
    """A request of this or other libraries by any of its numbers."""
    ills = list(by_number(text)[:20])
    ills.sort(key=lambda ill: not ill.is_open)
    if not ills:
        return None
    ill = ills[0]
    if ill.library_id == library.pk:
        return OtherSide(ref=ill.ref, title=ill.title[:80], side=Side.BORROWING)
    if ill.state in UNSHIPPED:
        return RequestElsewhere(number=text[:LONGEST])
    if ill.loan is None or ill.state == State.CLOSED:
        return FinishedElsewhere(
            title=ill.title[:80], owner=ill.current.lender_name if ill.current else ""
        )
    return _lent(ill.loan)


def _parcel(library: Library, text: str) -> Refusal | None:
    found = finding.matching(text)
    if not found:
        return None
    parcel = found[0]
    facts = {
        "parcel": parcel.number,
        "sender": parcel.from_library.name,
        "receiver": parcel.to_library.name,
    }
    over = parcel.state in (ParcelState.ARRIVED, ParcelState.CANCELLED)
    return FinishedParcel(**facts) if over else ParcelUnderWay(**facts)


def _no_item(text: str) -> Refusal | None:
    """What is no number of a copy or a loan at all."""
    meant = barcodes.readings(text[:LONGEST])
    if Card.objects.filter(barcode__in=meant).exists():
        return LibraryCard()
    known = (number for each in meant for number in _of_an_edition(each))
    return next((BookNumber(number=number.raw) for number in known), None)


def _of_an_edition(text: str) -> Iterator[Number]:
    """A long ISBN is one by its looks; what is shorter may be a barcode, so the catalogue says."""
    for number in (*identifiers.isbns(text), *identifiers.issns(text)):
        if number.raw != text:
            continue
        of_books = Identifier.objects.filter(kind=number.kind, value=number.value)
        if text.startswith(("978", "979")) or of_books.exists():
            yield number
