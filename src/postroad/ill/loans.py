"""The verbs of a thing at its borrower: received, checked out, renewed, returned, sent home."""

from collections.abc import Callable
from datetime import date

from django.db import transaction

from postroad.catalogue.models import Item
from postroad.delivery import parcels
from postroad.ill import (
    arrivals,
    clocks,
    dates,
    finding,
    in_hand,
    referral,
    renewals,
    returns,
    shipping,
)
from postroad.ill.acts import Act
from postroad.ill.lifecycle import ON_LOAN, LoanState, OutOfTurn, Owner, Verb
from postroad.ill.models import Event, Loan, Request, Supply
from postroad.ill.models.request import together
from postroad.ill.renewals import NoRenewal

UNFETCHED = frozenset({LoanState.SHIPPED, LoanState.ARRIVED})


def of(ill: Request, verb: Verb, named: str = "") -> Loan:
    """The thing of a request that a verb means: the one that was named by its key, the only one
    that it can move, or the foremost. One of which nothing was sent is out of turn here."""
    if ill.loan is None:
        raise OutOfTurn(state=ill.state, verb=verb, part="loan", ref=ill.ref)
    return finding.the_one(ill, verb, named=named) or ill.loan


@transaction.atomic
def receive(
    loan: Loan, act: Act, *, unscanned: bool = False, instead: Item | None = None
) -> arrivals.NotForHer | None:
    """The item is on the hold shelf. Its due day is a proposal: it counts from when it is lent.

    `instead` is what came, where that is another copy than the one that was scanned out. Returns
    why its patron is not told, if there is a reason; then a question stands open, or it goes home.
    """
    ill = loan.request
    desk = clocks.at_work(ill.library, act.at)
    due = dates.loan_end(loan, act.at, desk)
    why = arrivals.not_for_her(loan, instead, unscanned=unscanned)
    said: dict[str, object] = {"due_back": due.back.isoformat(), "lender": loan.supply.lender_name}
    change: dict[str, object] = {**due.columns, "received_at": act.at}
    if unscanned:
        said["unscanned"] = True
    if why is not None:
        said["not_for_her"] = why
    if why == arrivals.NotForHer.SECOND_COPY:
        change["not_wanted"] = True
    if instead is not None:
        said |= {"sent": loan.item_id} if loan.item_id else {}
        change |= in_hand.exchange(loan, instead)
    ill.move(Verb.RECEIVE, act, loan=loan, desk=desk, loan_change=change, said=said)
    if loan.parcel_out is not None:
        parcels.receive(loan.parcel_out, library=ill.library, by=act.by, at=act.at)
    arrivals.ask(loan, act, why)
    return why


@transaction.atomic
def receive_unscanned(
    supply: Supply, act: Act, *, item: Item
) -> tuple[Loan, arrivals.NotForHer | None]:
    """The item is here, though its lender forgot to scan it, or had let the request go.

    The lender's supply is marked shipped by the borrower; an attempt that has ended is followed by
    a new one, and whoever was asked meanwhile need not look for it any more.
    """
    if not supply.is_open and supply.request.state in ON_LOAN:  # beside what is out
        supply = shipping.following(supply, supply.request, act, item)
    elif not supply.is_open:
        supply = referral.resume(supply, act.as_role(Owner.BORROWING), why="here")
    loan = shipping.left_unscanned(supply, act, item=item)
    return loan, receive(loan, act, unscanned=True)


@transaction.atomic
def not_wanted(loan: Loan, act: Act) -> None:
    """Its patron does not want it any more: it goes straight home when it comes, or from the hold
    shelf."""
    loan.request.move(Verb.NOT_WANTED, act, loan=loan, loan_change={"not_wanted": True})


def may_let_go(ill: Request) -> list[Loan]:
    """What is on its way to its patron or waits for her, and she wants, as far as anybody knows."""
    if ill.things_out < 2:
        every = [ill.loan] if ill.loan is not None else []
    else:
        every = list(ill.loans.open().select_related("supply__lender"))
    for loan in every:
        together(ill, None, loan)
    return [each for each in every if each.state in UNFETCHED and not each.not_wanted]


@transaction.atomic
def let_go(ill: Request, act: Act) -> None:
    """She wants none of it."""
    for loan in may_let_go(ill):
        not_wanted(loan, act)


@transaction.atomic
def wanted(loan: Loan, act: Act) -> None:
    """She wants it all the same; on the hold shelf it waits for her anew."""
    loan.request.move(Verb.WANTED, act, loan=loan, loan_change={"not_wanted": False})


@transaction.atomic
def undo_receive(loan: Loan, act: Act, *, sent: Item | None = None) -> None:
    """The receipt was a mistake: the item is still on its way. `sent` is the copy that its lender
    had scanned out, where the receipt said that another one came."""
    change: dict[str, object] = {
        "due_back": None,
        "due_home": None,
        "received_at": None,
        "wrong_item": False,
    }
    if sent is not None:
        change |= in_hand.exchange(loan, sent, undo=True)
    loan.request.move(Verb.UNDO_RECEIVE, act, loan=loan, loan_change=change)
    if loan.parcel_out is not None:
        parcels.unreceive(loan.parcel_out, by=act.by, at=act.at)


@transaction.atomic
def check_out(loan: Loan, act: Act) -> None:
    """The patron takes the item with her: the days that its lender grants count from now.

    Neither the road nor the hold shelf takes a day of the loan. Both sides read the due day.
    """
    desk = clocks.at_work(loan.request.library, act.at)
    due = dates.loan_end(loan, act.at, desk)
    said = {"due_back": due.back.isoformat(), "proposed": (loan.due_back or due.back).isoformat()}
    if loan.due_home is not None:
        said["proposed_home"] = loan.due_home.isoformat()
    loan.request.move(
        Verb.CHECK_OUT,
        act,
        loan=loan,
        desk=desk,
        loan_change={"lent_at": act.at, **due.columns},
        said=said,
    )


@transaction.atomic
def undo_check_out(loan: Loan, act: Act) -> None:
    """The loan was a mistake: the item is on the hold shelf."""
    lent = Event.objects.filter(loan=loan, verb=Verb.CHECK_OUT).order_by("-pk").first()
    due_back = date.fromisoformat(lent.facts["proposed"]) if lent else loan.due_back
    home = lent.facts.get("proposed_home") if lent else None
    due_home = date.fromisoformat(home) if home else loan.due_home
    change = {"lent_at": None, "due_back": due_back, "due_home": due_home}
    loan.request.move(Verb.UNDO_CHECK_OUT, act, loan=loan, loan_change=change)


@transaction.atomic
def renew(loan: Loan, act: Act) -> Event:
    """Ask the lender's policy for more days; the answer, yes or no, is the event returned.

    A blocked card does not renew. Her library's staff may do it for her all the same, which stands
    in the history; the lender, which is not told of cards, hears of neither.
    """
    ill = loan.request
    blocked = renewals.blocked(ill)
    herself = blocked if ill.role_of(act.by) == Owner.PATRON else ""
    if why := renewals.why_not(loan, act.at, renewals.held_for_others([loan]), herself):
        if (said := _said_today(loan, why, act)) is not None:
            return said
        return ill.move(Verb.REFUSE_RENEWAL, act, loan=loan, said={"why": why})
    due = dates.renewed(loan, act.at)
    return ill.move(
        Verb.RENEW,
        act,
        loan=loan,
        loan_change={**due.columns, "renewals": loan.renewals + 1},
        said={"due_back": due.back.isoformat()} | ({"blocked": True} if blocked else {}),
    )


@transaction.atomic
def renew_once(find: Callable[[], Request], act: Act, *, due: str, named: str = "") -> Event | None:
    """The lender's answer, once for each due day that somebody saw (`due`, an ISO day): None, if
    that is no longer the due day, since somebody was faster.

    `find` reads the request, and refuses it to whoever may not see it.
    """
    Request.objects.select_for_update().get(pk=find().pk)  # two presses wait here for each other
    loan = of(find(), Verb.RENEW, named)
    if loan.due_back is not None and due != loan.due_back.isoformat():
        return None
    return renew(loan, act)


def _said_today(loan: Loan, why: NoRenewal, act: Act) -> Event | None:
    """The same no to the same person, if nothing has happened since: two presses are one."""
    ill = loan.request
    last = ill.events.order_by("pk").last()
    if last is None or last.verb != Verb.REFUSE_RENEWAL or last.loan_id != loan.pk:
        return None
    same_day = ill.library.day_of(last.at) == ill.library.day_of(act.at)
    same_person = last.by_id == (act.by.pk if act.by else None)
    return last if same_day and same_person and last.facts["why"] == why else None


@transaction.atomic
def return_item(loan: Loan, act: Act) -> None:
    """The patron has brought the item back."""
    loan.request.move(Verb.RETURN, act, loan=loan)


@transaction.atomic
def undo_return(loan: Loan, act: Act) -> None:
    """It was not brought back: the patron still has it."""
    loan.request.move(Verb.UNDO_RETURN, act, loan=loan)


@transaction.atomic
def ship_return(loan: Loan, act: Act, *, tracking_number: str = "") -> None:
    """The item goes back to its library, lent or unclaimed, in a parcel of its own (R4 to R7).

    What goes by mail goes without a number too; then its page says so until there is one (R5).
    """
    number = returns.checked(tracking_number, sure=True)
    parcel = returns.parcel_home(loan, by=act.by, at=act.at, tracking_number=number)
    said = {"to": loan.supply.lender_name}
    if parcel.expected_on is not None:
        said["expected_on"] = parcel.expected_on.isoformat()
    change = {"parcel_home": parcel}
    loan.request.move(Verb.SHIP_RETURN, act, loan=loan, loan_change=change, said=said)


@transaction.atomic
def undo_ship_return(loan: Loan, act: Act) -> None:
    """It has not left after all, and lies where it lay before. Refused once the driver has it."""
    parcel = loan.parcel_home
    loan.request.move(
        Verb.UNDO_SHIP_RETURN,
        act,
        loan=loan,
        to=LoanState.BACK if loan.lent_at else LoanState.ARRIVED,
        loan_change={"parcel_home": None},
    )
    if parcel is not None:
        parcels.cancel(parcel, by=act.by, at=act.at)
