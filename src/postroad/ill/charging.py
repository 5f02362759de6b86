"""What one library owes another for a thing, as a record: charged, paid, waived, given back.

No money moves here, and no patron is charged: her fees are her own library's.
"""

from collections.abc import Mapping
from decimal import Decimal

from django.db import IntegrityError, transaction

from postroad.errors import Refusal
from postroad.ill.acts import Act
from postroad.ill.lifecycle import Verb
from postroad.ill.models import Charge, ChargeKind, ChargeState, Loan, MovedMeanwhile

# What may become of a charge; each can be put right.
AFTER: Mapping[ChargeState, tuple[ChargeState, ...]] = {
    ChargeState.OWED: (ChargeState.PAID, ChargeState.WAIVED),
    ChargeState.PAID: (ChargeState.REFUNDED, ChargeState.OWED),
    ChargeState.WAIVED: (ChargeState.OWED,),
    ChargeState.REFUNDED: (ChargeState.PAID,),
}


class ChargedAlready(Refusal):
    """A charge of this kind is owed for the thing already."""

    code = "charged-already"


class ChargeMoved(Refusal):
    """Somebody else settled it just before, or it cannot become this."""

    code = "charge-moved"


@transaction.atomic
def charge(loan: Loan, act: Act, *, kind: ChargeKind, amount: Decimal, note: str = "") -> Charge:
    """The borrowing library owes this to the lender. Raises ChargedAlready, or MovedMeanwhile."""
    made = Charge(
        loan=loan,
        kind=kind,
        amount=amount,
        owed_by=loan.borrower,
        owed_to=loan.lender,
        note=note,
        made_at=act.at,
        made_by=act.by,
    )
    loan.request.seal(Verb.CHARGE)
    _save(made)
    _write_down(made, loan, Verb.CHARGE, act, note)
    return made


@transaction.atomic
def settle(owed: Charge, act: Act, *, state: ChargeState) -> None:
    """It was paid, waived or given back; or that was a mistake, and it is owed as before."""
    before = ChargeState(owed.state)
    facts = {"ref": owed.loan.request.ref}
    if state not in AFTER[before]:
        raise ChargeMoved(**facts)
    changes = {"state": state, "settled_at": None if state == ChargeState.OWED else act.at}
    _seal(owed, facts)
    try:
        with transaction.atomic():
            if not Charge.objects.filter(pk=owed.pk, state=before).update(**changes):
                raise ChargeMoved(**facts)
    except IntegrityError as taken:
        raise ChargedAlready(**facts) from taken
    owed.state, owed.settled_at = state, changes["settled_at"]
    _write_down(owed, owed.loan, Verb.SETTLE_CHARGE, act)


def _seal(owed: Charge, facts: Mapping[str, object]) -> None:
    """The request first, as every verb takes its rows; of two who settle it one hears of that."""
    try:
        owed.loan.request.seal(Verb.SETTLE_CHARGE)
    except MovedMeanwhile as moved:
        if not Charge.objects.filter(pk=owed.pk, state=owed.state).exists():
            raise ChargeMoved(**facts) from moved
        raise


def _save(made: Charge) -> None:
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError as taken:
        raise ChargedAlready(ref=made.loan.request.ref) from taken


def _write_down(of: Charge, loan: Loan, verb: Verb, act: Act, note: str = "") -> None:
    said = {"kind": of.kind, "amount": f"{of.amount:.2f} {of.currency}", "state": of.state}
    loan.request.write_down(verb, act, supply=loan.supply, loan=loan, said=said, note=note)
