"""Any number finds the request: ours, an ILL number, an item's barcode, a parcel's number.

A barcode is unique in its library only. So where one number fits two things that may lie before the
clerk, nothing moves: both are named (`Ambiguous`), and the number on the slip tells them apart.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import F, Q, QuerySet

from postroad import barcodes, reference_numbers
from postroad.catalogue.models import Item, ItemStatus
from postroad.delivery import tracking
from postroad.delivery.models import ParcelState
from postroad.directory.models import Library
from postroad.errors import Refusal
from postroad.ill import identity
from postroad.ill.lifecycle import (
    ROWS,
    UNSHIPPED,
    Ending,
    LoanEnding,
    LoanState,
    OutOfTurn,
    State,
    Verb,
)
from postroad.ill.lookup import LONGEST, Seen, by_number, items, keys, read
from postroad.ill.models import Loan, MovedMeanwhile, Request, Supply
from postroad.ill.models.request import together
from postroad.ill.volumes import fits

# Where what was borrowed may lie before a clerk, whatever the page: also what its patron brings.
AT_HAND = frozenset({LoanState.SHIPPED, LoanState.ARRIVED, LoanState.LENT, LoanState.BACK})

# What a lender's desk may mean of what it sent; what came back on the way is to be sent anew.
ENDED = frozenset({"", LoanEnding.RETURNED, LoanEnding.LOST, LoanEnding.FOUND})
AT_HOME = (LoanEnding.RETURNED, LoanEnding.FOUND)

# How an attempt ended by which the lender may have sent it all the same.
MAY_COME = frozenset(
    {
        *(Ending.REFUSED, Ending.LATER, Ending.LAPSED),
        *(Ending.CLOSED, Ending.WITHDRAWN, Ending.CONDITIONS_DECLINED),
    }
)


class UnknownNumber(Refusal):
    """No request, item, parcel or card has this number."""

    code = "unknown-number"


class Ambiguous(Refusal):
    """The number fits two things or more; none was moved."""

    code = "ambiguous-number"


class SeveralThings(Ambiguous):
    """The number is of a request, of which more than one thing may be meant; none was moved."""

    code = "several-things"


class NotWanted(Refusal):
    """The item is this library's own, and nobody has asked for it."""

    code = "not-wanted"


class OtherCopy(Refusal):
    """The title is right, but another copy of it is the one that was shipped."""

    code = "other-copy"


class ScanTheItem(Refusal):
    """The request was found, but not which copy is meant."""

    code = "scan-the-item"


def to_borrow(library: Library, text: str, verb: Verb) -> Loan:
    """The thing that a borrowing desk means by a scan, for this verb.

    Raises Ambiguous if the number fits two things that may lie here, OutOfTurn if none of them can
    do that now, and else what the number is, or UnknownNumber.
    """
    mine = _borrowed(library, text)
    things = [loan for ill in mine for loan in _things(ill, text)]
    _only_one(text, [loan for loan in things if may_lie_here(loan)])
    ready = [loan for loan in things if loan.state in _starts(verb)]
    if ready:
        return ready[0]
    if mine:
        raise _out_of_turn(mine[0], things, verb)
    _say_if_other_copy(text, Q(borrower=library, state__in=_starts(verb)))
    raise unknown(library, text, identity.Side.BORROWING)


def _starts(verb: Verb) -> frozenset[LoanState | None]:
    part = ROWS[verb].loan
    return part.starts if part is not None else frozenset()


def _out_of_turn(ill: Request, things: Sequence[Loan], verb: Verb) -> OutOfTurn:
    """Where the thing stands or, if none has left yet, its request."""
    mine = [loan for loan in things if loan.request == ill]
    if mine:
        return OutOfTurn(state=mine[0].state, verb=verb, part="loan", ref=ill.ref)
    part = "loan" if ill.state == State.CLOSED else "wish"
    return OutOfTurn(state=ill.state, verb=verb, part=part, ref=ill.ref)


def _borrowed(library: Library, text: str) -> list[Request]:
    """What this library borrows by this number: what is open first, then the newest."""
    found = by_number(text, Seen(borrowers=frozenset({library.pk})))
    found = found.select_related("library__policy", "current_loan__parcel_home")
    return sorted(found, key=lambda ill: not ill.is_open)


def _things(ill: Request, text: str) -> list[Loan]:
    """The things of a request that the number may mean: those that bear it, open ones first of all;
    what is out, where it is on none of them: then it is of the request."""
    foremost = ill.loan
    if foremost is None:
        return []
    own = ill.ref in map(reference_numbers.tidy, barcodes.readings(text[:LONGEST]))
    if ill.things_out < 2 and (own or _bears(foremost, text)):
        return [foremost]
    every = list(ill.loans.select_related("supply__lender", "parcel_out", "parcel_home"))
    for loan in every:
        together(ill, None, loan)
    meant = _named(every, text)
    return [loan for loan in meant if loan.is_open] or (meant if meant != every else [foremost])


def _named(things: list[Loan], text: str) -> list[Loan]:
    """Those of several things that bear the number; all, where it is on none."""
    return [loan for loan in things if _bears(loan, text)] or things


def _bears(loan: Loan, text: str) -> bool:
    """Whether the number is on this thing itself, on its slip or on what the mail stuck on it."""
    meant = barcodes.readings(text[:LONGEST])
    slips = {reference_numbers.tidy(each) for each in meant}
    mailed = {tracking.tidy(each) for each in meant} - {""}
    parcels = [each for each in (loan.parcel_out, loan.parcel_home) if each is not None]
    return (
        loan.barcode in meant
        or any(parcel.number in slips for parcel in parcels)
        or any(parcel.tracking_number in mailed for parcel in parcels)
    )


def the_one(
    ill: Request, verb: Verb, *, supply: Supply | None = None, named: str = ""
) -> Loan | None:
    """The thing that a button means: the one that it names by its key, wherever that is by now.

    Of several out, of this attempt or of any, where it names none: the only one that its verb can
    move. Raises SeveralThings if it could be more than one.
    """
    if named:
        return _that_one(ill, verb, supply, named)
    if ill.things_out < 2:
        return None
    out = ill.loans.open().select_related("item", "supply__lender", "parcel_out", "parcel_home")
    every = list(out if supply is None else out.filter(supply=supply))
    ready = [loan for loan in every if loan.state in _starts(verb)]
    for loan in ready:
        together(ill, supply, loan)
    _only_one(ill.ref, ready)
    return ready[0] if ready else None


def _that_one(ill: Request, verb: Verb, supply: Supply | None, named: str) -> Loan:
    known = ill.loans.select_related("item", "supply__lender", "parcel_out", "parcel_home")
    mine = known if supply is None else known.filter(supply=supply)
    loan = next((each for each in mine if str(each.pk) == named), None)
    if loan is None:
        raise MovedMeanwhile(ref=ill.ref, verb=verb)
    together(ill, supply, loan)
    return loan


def may_lie_here(loan: Loan) -> bool:
    """Whether the thing itself may lie before a clerk of the borrowing desk."""
    if loan.state != LoanState.HOMEWARD:
        return loan.state in AT_HAND
    parcel = loan.parcel_home
    return parcel is not None and parcel.state == ParcelState.READY  # not collected yet


def _only_one(text: str, things: Sequence[Loan | Supply]) -> None:
    if len(things) > 1:
        of_one = len({each.request_id for each in things}) == 1
        kind = SeveralThings if of_one else Ambiguous
        raise kind(number=text[:LONGEST], things=identity.listed(things))


@dataclass(frozen=True, slots=True)
class Arrival:
    """What has come to a borrowing desk: a thing, or what its lender never scanned out."""

    ill: Request
    loan: Loan | None = None
    supply: Supply | None = None
    item: Item | None = None


def to_receive(library: Library, text: str) -> Arrival:
    """What a borrowing desk received, whether or not it was shipped by a scan.

    A lender forgets to scan, its promise lapses, its "no" was too early: the book is here all the
    same. But a copy that was scanned out came for whom it was sent, whoever else here waits for
    the title. Raises what `to_borrow` raises.
    """
    mine = _borrowed(library, text)
    here = [loan for ill in mine for loan in _things(ill, text) if may_lie_here(loan)]
    sent = {loan.item_id for loan in here}
    unscanned = [
        arrival
        for arrival in _unscanned(library, text)
        if arrival.ill not in [loan.request for loan in here]
        and (arrival.item is None or arrival.item.pk not in sent)
    ]
    _only_one(text, [*here, *(each.supply for each in unscanned if each.supply is not None)])
    if not here and unscanned:
        return unscanned[0]
    waiting = next((ill for ill in mine if ill.state in UNSHIPPED), None)
    if not here and waiting is not None and (arrival := _by_request(waiting)):
        return arrival
    loan = to_borrow(library, text, Verb.RECEIVE)
    return Arrival(loan.request, loan)


def _unscanned(library: Library, text: str) -> list[Arrival]:
    """By the item's barcode: one for each copy that bears it and is waited for here."""
    found = []
    for item in items(text):
        supplies = _may_come(library).filter(served_by(item)).order_by("-state", "asked_at", "pk")
        attempts = [each for each in supplies if _is_to_come(each)]
        if attempts:
            waiting = [each for each in attempts if each.is_open] or attempts
            found.append(Arrival(waiting[0].request, None, waiting[0], item))
    return found


def served_by(item: Item) -> Q:
    """The attempts that this copy would serve: of its title, or those that had it in mind."""
    return Q(lender=item.library_id) & (Q(request__record=item.record_id) | Q(item=item))


def _may_come(library: Library) -> QuerySet[Supply]:
    """Attempts by which something may come to this library though nobody scanned it out."""
    ended = Q(ending__in=MAY_COME)
    return (
        Supply.objects.of_members()
        .filter(ended | Q(pk__in=Supply.objects.waiting().values("pk")))
        .filter(request__library=library, request__state__in=UNSHIPPED)
        .select_related("request__library", "request__current__lender", "lender__policy", "item")
    )


def _is_to_come(supply: Supply) -> bool:
    return supply.is_open or supply.request.state != State.CLOSED


def _by_request(ill: Request) -> Arrival | None:
    """By the request's own number, if it tells which library sent it, and which copy."""
    attempts = list(_may_come(ill.library).filter(request=ill).order_by("attempt"))
    lenders = {supply.lender_id for supply in attempts}
    if not attempts:
        return None
    supply = attempts[-1]
    if len(lenders) > 1:
        raise ScanTheItem(title=ill.title[:80], ref=ill.ref)
    copies = copies_of(supply)
    if len(copies) > 1 and any(item.barcode for item in copies):
        raise ScanTheItem(title=ill.title[:80], ref=ill.ref)
    item = copies[0] if len(copies) == 1 else supply.item
    return Arrival(supply.request, None, supply, item) if item is not None else None


def copies_of(supply: Supply) -> list[Item]:
    """The lender's copies of what is asked for, where the catalogue has them now."""
    mine = Item.objects.filter(library=supply.lender_id).exclude(status=ItemStatus.WITHDRAWN)
    wanted = Q(record=supply.request.record_id) if supply.request.record_id else Q(pk=None)
    return list(mine.filter(wanted).order_by("pk")) or ([supply.item] if supply.item else [])


def to_lend(library: Library, text: str, verb: Verb) -> Loan:
    """The thing that a lending desk means by a scan of something that was sent out."""
    seen = Seen(lenders=frozenset({library.pk}))
    found = keys(text, seen)
    rows = Loan.objects.lent_by(library).filter(request__in=found)
    rows = rows.select_related(
        "request__library", "item", "supply__lender", "parcel_out", "parcel_home"
    )
    rows = rows.order_by(F("closed_at").desc(nulls_first=True), "-shipped_at", "-pk")
    named = _named(list(rows), text)
    mine = [loan for loan in named if loan.ending in ENDED]
    _only_one(text, [loan for loan in mine if loan.is_open])
    ready = [loan for loan in mine if loan.state in _starts(verb)]
    if ready:
        return ready[0]
    if mine:
        raise OutOfTurn(state=mine[0].state, verb=verb, part="loan", ref=mine[0].request.ref)
    waiting = Supply.objects.waiting().at(library).filter(request__in=found)
    if (supply := waiting.select_related("request").first()) is not None:
        raise OutOfTurn(state=supply.state, verb=verb, part="supply", ref=supply.request.ref)
    _say_if_other_copy(text, Q(lender=library, state__in=_starts(verb)))
    raise unknown(library, text, identity.Side.LENDING)


def came_home(library: Library, text: str, ref: str) -> Loan:
    """What this library lent by a request and has again: the thing that bears the number."""
    home = Loan.objects.lent_by(library).filter(request__ref=ref, ending__in=AT_HOME)
    rows = home.select_related("request", "parcel_out", "parcel_home").order_by("-closed_at", "-pk")
    return _named(list(rows), text)[0]


def given_up(library: Library, text: str, ref: str) -> Loan:
    """What this library lent by a request and closed as lost: the thing that bears the number.
    Raises SeveralThings, if it could be more than one."""
    lost = Loan.objects.lent_by(library).filter(request__ref=ref, state=LoanState.LOST)
    rows = lost.select_related(
        "request__library", "item", "supply__lender", "parcel_out", "parcel_home"
    )
    meant = _named(list(rows.order_by("-closed_at", "-pk")), text)
    _only_one(text, meant)
    return meant[0]


def to_ship(library: Library, text: str, *, meant: Supply | None = None) -> tuple[Supply, Item]:
    """The oldest waiting request for the item that a lending clerk has in hand.

    Raises Ambiguous (the same number is on a book that this library has borrowed, too), NotWanted
    (nobody asked for this title), OutOfTurn (it is shipped already), and else what the number is.
    """
    item = read(Item.objects.filter(library=library), text)
    if item is None:
        raise unknown(library, text, identity.Side.LENDING)
    waiting = (
        Supply.objects.waiting()
        .filter(served_by(item), lender=library)
        .select_related("request__library", "lender", "item")
        .order_by("asked_at", "pk")
    )
    every = list(waiting)
    if not every:
        raise _not_now(item)
    supply = next((each for each in every if fits(each.request.volume, item.volume)), every[0])
    borrowed = [
        loan
        for ill in _borrowed(library, text)
        for loan in _things(ill, text)
        if may_lie_here(loan)
    ]
    of_its_own = [meant] if meant is not None and meant != supply else []
    _only_one(text, [supply, *of_its_own, *borrowed])
    return supply, item


def unknown(library: Library, text: str, side: identity.Side) -> Refusal:
    """What the number is, if the house knows it anywhere; else that it does not."""
    return identity.what(library, text, side) or UnknownNumber(
        number=text[:LONGEST], desk=library.name
    )


def _say_if_other_copy(text: str, meant: Q) -> None:
    """Raise OtherCopy if one of these things is of the title that bears this barcode."""
    for item in items(text):
        same = Q(lender=item.library_id, request__record=item.record_id)
        loan = Loan.objects.open().filter(meant, same).exclude(barcode="").first()
        if loan is not None:
            raise OtherCopy(title=item.record.title, sent=loan.barcode, ref=loan.request.ref)


def _not_now(item: Item) -> Refusal:
    gone = identity.loan_of(item)
    if gone is not None:
        ill = gone.request
        return OutOfTurn(
            state=gone.state, verb=Verb.SHIP, part="loan", ref=ill.ref, to=ill.library.name
        )
    return NotWanted(barcode=item.barcode, title=item.record.title)
