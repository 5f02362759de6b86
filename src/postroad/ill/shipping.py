"""The verbs of a thing at its lender: it leaves, comes back on the way, and is home again."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from postroad.catalogue import holdings
from postroad.catalogue.models import Item, ItemStatus
from postroad.delivery import parcels
from postroad.delivery.models import How, Parcel, ParcelState, Purpose, Via
from postroad.errors import Refusal
from postroad.ill import lending, tally, terms, volumes, wrong_items
from postroad.ill.acts import Act
from postroad.ill.in_hand import status_at_home, status_before, take
from postroad.ill.lifecycle import (
    Ending,
    LoanEnding,
    LoanState,
    Outcome,
    Owner,
    Proof,
    Reason,
    State,
    SupplyState,
    Verb,
)
from postroad.ill.models import Event, Loan, Request, Supply
from postroad.ill.models.loan import FOR_NOBODY
from postroad.ill.models.request import together


class WrongItem(Refusal):
    """The item in hand is another title than the one asked for."""

    code = "wrong-item"


class ForeignItem(Refusal):
    """The item in hand belongs to another library than the one that was asked."""

    code = "foreign-item"


@transaction.atomic
def ship(
    supply: Supply,
    act: Act,
    *,
    item: Item | None,
    barcode: str = "",
    tracking_number: str = "",
    instead_of: Supply | None = None,
) -> Loan:
    """The item leaves in a parcel of its own, on the terms of the lender of this day (R14).

    By the van where it calls at both; with a number of a carrier it was mailed all the same.
    `instead_of` is the attempt that has given way to it; `barcode` that of what no catalog lists.
    """
    _may_go(supply, item)
    ill, lender = supply.request, supply.lender
    was = take(item) if item is not None else ItemStatus.IN
    parcel = parcels.make(
        from_library=lender,
        to_library=ill.library,
        purpose=Purpose.LOAN,
        item_library=lender,
        item_barcode=item.barcode if item is not None else barcode,
        title=volumes.titled(ill.title, item.volume if item is not None else ""),
        ref=ill.ref,
        at=act.at,
        by=act.by,
        need_by=ill.need_by,
        via=Via.MAIL if tracking_number else None,
        tracking_number=tracking_number,
    )
    expected = parcel.expected_on.isoformat() if parcel.expected_on else None
    gave_way = {"instead_of": instead_of.pk} if instead_of is not None else {}
    return _leave(supply, item, was, parcel, act, expected_on=expected, **gave_way)


@transaction.atomic
def ship_late(ended: Supply, act: Act, *, item: Item) -> Loan:
    """A lender whose attempt had ended sends it all the same: a new attempt follows the old one.

    Whoever was asked meanwhile need not look for it any more; what is out for the request stays
    out. Raises Elsewhere where the ILL center has asked outside.
    """
    ill = Request.objects.select_related("library", "current__lender").get(pk=ended.request_id)
    held = ill.supply if ill.state == State.REFERRED else None
    if held is not None:
        if held.is_outside:
            raise lending.Elsewhere(ref=ill.ref, title=ill.title[:80], lender=held.lender_name)
        lending.withdraw(held, act.as_role(Owner.LENDING))
    return ship(following(ended, ill, act, item), act, item=item, instead_of=held)


def following(ended: Supply, ill: Request, act: Act, item: Item) -> Supply:
    """An attempt after one that had ended, not saved yet: what it sends at once makes it."""
    return Supply(
        request=ill,
        attempt=ill.attempts + 1,
        lender=ended.lender,
        item=item,
        asked_at=act.at,
        follows=ended,
    )


@transaction.atomic
def left_unscanned(supply: Supply, act: Act, *, item: Item) -> Loan:
    """The borrowing library has the item in hand, and its lender never scanned it out.

    There is no parcel: nobody made one. To be followed by its receipt, in one transaction.
    """
    _may_go(supply, item)
    was = take(item)
    return _leave(supply, item, was, None, act.as_role(Owner.BORROWING), unscanned=True)


def _leave(
    supply: Supply, item: Item | None, was: str, parcel: Parcel | None, act: Act, **facts: object
) -> Loan:
    """A new loan, on the terms of the lender of this day (R14)."""
    ill, lender = supply.request, supply.lender
    said = {"lender": lender.name, "town": lender.town, "to": ill.library.name, **facts}
    if supply.state == SupplyState.SUPPLYING and supply.to_send:
        said["more"] = supply.to_send
    barcode = item.barcode if item is not None else parcel.item_barcode if parcel else ""
    loan = begin(supply, act, item=item, barcode=barcode, parcel=parcel)
    loan.status_before = "" if was == ItemStatus.IN else was
    ill.move(
        Verb.SHIP_LATE if supply.is_new else Verb.SHIP,
        act,
        supply=supply,
        loan=loan,
        change={"attempts": supply.attempt} if supply.is_new else {},
        supply_change={
            **terms.of(supply, act.at),
            **_to_follow(supply, item),
            "item": item or supply.item,
            "shipped_at": supply.shipped_at or act.at,
            "answered_at": supply.answered_at or act.at,
            "expected_on": parcel.expected_on if parcel else None,
        },
        said=said,
    )
    tally.count(lender=lender, borrower=ill.library, at=act.at)
    return loan


def mail(supply: Supply, act: Act, parcel: Parcel | None, barcode: str, **said: object) -> Loan:
    """A new loan of an outside lender, which sends by mail and on terms of its own (R9)."""
    ill, expected = supply.request, parcel.expected_on if parcel else supply.expected_on
    loan = begin(supply, act, item=None, barcode=barcode, parcel=parcel)
    ill.move(
        Verb.SHIP,
        act,
        supply=supply,
        loan=loan,
        supply_change={
            **terms.of(supply, act.at),
            **said,
            "shipped_at": supply.shipped_at or act.at,
            "answered_at": supply.answered_at or act.at,
            "expected_on": expected,
        },
        said={
            "lender": supply.lender_name,
            "to": ill.library.name,
            "expected_on": expected.isoformat() if expected else None,
            "by_mail": True,
        },
    )
    return loan


def begin(
    supply: Supply, act: Act, *, item: Item | None, barcode: str, parcel: Parcel | None
) -> Loan:
    """A thing that is about to leave, not saved yet: `Request.move` does."""
    return Loan(
        request=supply.request,
        supply=supply,
        lender=supply.lender,
        borrower=supply.request.library,
        item=item,
        barcode=barcode,
        call_number=item.call_number if item else "",
        label=item.volume if item else "",
        shipped_at=act.at,
        parcel_out=parcel,
    )


def _may_go(supply: Supply, item: Item | None) -> None:
    """Refuse another library's copy and another title; the copy promised may be catalogued anew."""
    ill, lender = supply.request, supply.lender
    if ill.is_copy:
        raise lending.AskedForCopy(ref=ill.ref, title=ill.title[:80])
    if item is not None and item.library_id != lender.pk:
        raise ForeignItem(barcode=item.barcode, owner=item.library.name)
    if item is not None and item.record_id != ill.record_id and item.pk != supply.item_id:
        raise WrongItem(barcode=item.barcode, title=item.record.title, wanted=ill.title)
    if supply.state != SupplyState.SUPPLYING:  # of a set, another volume
        lending.check(supply, Verb.SHIP)


def _to_follow(supply: Supply, item: Item | None) -> dict[str, int]:
    """How many things are still to come after this one: one less; or, of the first one where all
    volumes are wanted, the others that its lender has."""
    if supply.state == SupplyState.SUPPLYING:
        return {"to_send": max(0, supply.to_send - 1)}
    if item is None or supply.request.volume != volumes.ALL or supply.to_send:
        return {}
    others = len(volumes.of_title(item.record_id, item.library_id)) - 1
    return {"to_send": max(0, others)}


@transaction.atomic
def undo_ship(loan: Loan, act: Act) -> None:
    """It has not left after all: while the driver has not collected it."""
    _back_in_hand(loan, Verb.UNDO_SHIP, LoanEnding.NEVER_LEFT, act)
    if loan.parcel_out is not None:
        parcels.cancel(loan.parcel_out, by=act.by, at=act.at)


@transaction.atomic
def come_back(loan: Loan, act: Act) -> None:
    """The parcel went astray and is at its lender again, to be sent once more or refused."""
    _back_in_hand(loan, Verb.COME_BACK, LoanEnding.CAME_BACK, act)
    if loan.parcel_out is not None:
        parcels.receive(loan.parcel_out, library=loan.lender, by=act.by, at=act.at)


def back_again(loan: Loan, act: Act) -> None:
    """It is at its lender, whichever way: what has not left is undone, all else has come back."""
    parcel = loan.parcel_out
    waits = parcel is not None and parcel.state == ParcelState.READY
    (undo_ship if waits else come_back)(loan, act)


def _back_in_hand(loan: Loan, verb: Verb, ending: LoanEnding, act: Act) -> None:
    supply, lender = loan.supply, loan.lender
    said = {"lender": supply.lender_name}
    if loan.parcel_out is not None:  # for whoever finds that it did not come back
        said["parcel"] = loan.parcel_out.number
    was, not_sent = status_before(loan), _not_sent(loan)
    if loan.request.things_out > 1 and _was_to_follow(loan):
        not_sent = {**not_sent, "to_send": supply.to_send + 1}
    if _out_elsewhere(loan):  # then nobody asks for it again
        verb = Verb.STAY_HOME
        not_sent = {"ending": Ending.CAME_BACK} if last(loan)[0] else {}
    loan.request.move(
        verb,
        act,
        loan=loan,
        loan_change={"ending": ending},
        supply_change=not_sent,
        said=said,
    )
    if loan.item is not None:
        holdings.give_back(loan.item, was)
    if not lender.is_outside:
        tally.uncount(lender=lender, borrower=loan.borrower, at=loan.shipped_at)


def _was_to_follow(loan: Loan) -> bool:
    """Whether it was one of those that were still to be sent, and another of them is out."""
    sent = loan.request.events.filter(loan=loan, verb=Verb.SHIP).order_by("-pk").first()
    return sent is not None and "more" in sent.facts and not last(loan)[0]


def _out_elsewhere(loan: Loan) -> bool:
    """Whether another lender's thing is out for the same wish."""
    if loan.request.things_out == 1:
        return False
    return loan.request.loans.open().exclude(supply=loan.supply_id).exists()


def _not_sent(loan: Loan) -> Mapping[str, object]:
    """What the attempt forgets, unless something else of it was sent: out now, or home again."""
    others = loan.supply.loans.exclude(pk=loan.pk)
    sent = others.exclude(ending__in=(LoanEnding.NEVER_LEFT, LoanEnding.CAME_BACK))
    return {} if sent.exists() else {"shipped_at": None, "expected_on": None}


# What was said of a thing, whichever loan it is out on.
OF_THE_THING = ("call_number", "label", "pieces", "pieces_back", *FOR_NOBODY)


@transaction.atomic
def reship(event: Event, act: Act) -> None:
    """It did not come back after all: the opposite of `undo_ship` and `come_back`.

    A record that has ended stays ended: what is out now is another loan, in the same parcel.
    """
    _ill, supply, loan = event.parts()
    assert supply is not None  # it came back with its supply
    assert loan is not None  # and is a thing
    parcel = loan.parcel_out
    if supply.is_outside:  # its terms stand where they stood
        again = mail(supply, act, parcel, loan.barcode)
    else:
        expected = parcel.expected_on if parcel else None
        day = expected.isoformat() if expected else None
        was = take(loan.item) if loan.item is not None else ItemStatus.IN
        again = _leave(supply, loan.item, was, parcel, act, expected_on=day)
    Loan.objects.filter(pk=again.pk).update(**{name: getattr(loan, name) for name in OF_THE_THING})
    if parcel is not None:
        back = parcels.uncancel if event.verb == Verb.UNDO_SHIP else parcels.unreceive
        back(parcel, by=act.by, at=act.at)


# What of a record that has ended is taken back where it goes on after all.
REOPENED: Mapping[str, Any] = {
    "change": {"outcome": "", "closed_at": None},
    "supply_change": {"ending": "", "closed_at": None},
    "loan_change": {"ending": "", "closed_at": None},
}


@transaction.atomic
def undo_check_in(event: Event, act: Act) -> None:
    """The check-in was a mistake: the loan stands where it stood before."""
    ill, supply, loan = event.parts()
    assert supply is not None  # a thing is checked in with its supply
    assert loan is not None
    if loan.item is not None:
        take(loan.item)
    reopened = dict(REOPENED)
    if event.verb == Verb.CHECK_IN_OPEN:  # as many are to follow as before
        reopened |= {"change": {}, "supply_change": {"to_send": event.facts["more"]}}
    ill.move(
        Verb.UNDO_CHECK_IN,
        act,
        supply=supply,
        loan=loan,
        to=LoanState(event.loan_before),
        **reopened,
        said={"lender": supply.lender_name},
    )
    if loan.parcel_home is not None:
        parcels.unreceive(loan.parcel_home, by=act.by, at=act.at)


@transaction.atomic
def check_in(loan: Loan, act: Act, *, rests_on: Proof | None = None, note: str = "") -> None:
    """The item is home. What the lender has in hand wins over what the borrower forgot to scan.

    Where the lender is elsewhere, nobody here has it in hand: `rests_on` says how we know. The last
    of a supply's things ends it, and the last of all the request; unless its lender still owes
    another: then that one is to be sent, or refused.
    """
    ill, supply = loan.request, loan.supply
    said: dict[str, object] = {"lender": supply.lender_name}
    if rests_on:
        said["rests_on"] = rests_on
    last_of_supply, last_of_all = last(loan)
    owes = last_of_all and (loan.wrong_item or supply.to_send > 0)
    if owes:
        said["more"] = supply.to_send
        changes: dict[str, Any] = {"supply_change": {"to_send": max(0, supply.to_send - 1)}}
    else:
        changes = {
            "change": {"outcome": outcome(loan)} if last_of_all else {},
            "supply_change": {"ending": Ending.SUPPLIED} if last_of_supply else {},
        }
    ill.move(
        Verb.CHECK_IN_OPEN if owes else Verb.CHECK_IN,
        act,
        loan=loan,
        loan_change={"ending": LoanEnding.RETURNED},
        said=said,
        note=note,
        **changes,
    )
    if loan.item is not None:
        holdings.give_back(loan.item, status_at_home(loan))
    if loan.parcel_home is not None:
        how = How.DECLARED if supply.is_outside else How.SCANNED
        parcels.receive(loan.parcel_home, library=supply.lender, by=act.by, at=act.at, how=how)
    if owes and (no := wrong_items.refusal(loan)) is not None:
        together(ill, supply, loan)
        lending.refuse(supply, act, reason=Reason.OTHER, note=no.answer_note)


def last(loan: Loan) -> tuple[bool, bool]:
    """Whether nothing else is out of its supply, and nothing else at all."""
    if loan.request.things_out == 1:
        return True, True
    others = list(loan.request.loans.open().exclude(pk=loan.pk).values_list("supply", flat=True))
    return loan.supply_id not in others, not others


def outcome(loan: Loan) -> Outcome:
    """Filled, if anything of it was lent to its patron."""
    lent = loan.lent_at is not None or loan.request.was_lent()
    return Outcome.FILLED if lent else Outcome.UNCLAIMED
